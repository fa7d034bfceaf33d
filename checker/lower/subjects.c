// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subjects that no rule reported: of a function that is named by force, and
 * that of another flow in this one.
 */
#include "lower/trial.h"

#include <string.h>

const struct func_flow *subject_namesake(const struct flow *fl,
					 const struct func_flow *ff)
{
	struct func *f = unit_find(fl->unit, ff->func->name);

	return f ? flow_of(fl, f) : NULL;
}

static bool is_about_flag(const struct act *a, const struct flag_id *flag)
{
	struct flag_id id;

	return a->loc && flow_flag(a->loc, &id) && flag_equal(&id, flag);
}

static bool is_named(const struct flag_id *flag, const char *name)
{
	char *text = g_strdup_printf("%s.%s", flag->record, flag->name);
	bool yes = !name || !strcmp(text, name);

	g_free(text);
	return yes;
}

/* The path that does most about the flag: its first and last act. */
static bool widest(const struct flow *fl, const struct func_flow *ff,
		   const char *name, struct subject *s)
{
	const struct act *a, *first, *last;
	int most = -1;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		first = last = NULL;
		for (a = ff->traces->pdata[i]; a; a = a->prev) {
			struct flag_id id;

			if (s->flag.name ? !is_about_flag(a, &s->flag) :
			    !(a->loc && flow_flag(a->loc, &id) &&
			      is_named(&id, name) &&
			      (name || flow_pair(fl, &id))))
				continue;
			if (!s->flag.name)
				flow_flag(a->loc, &s->flag);
			first = a;
		}
		for (a = ff->traces->pdata[i]; first && a != first && !last;
		     a = a->prev)
			if (a->kind == ACT_PUT || a->kind == ACT_GET ||
			    is_about_flag(a, &s->flag))
				last = a;
		if (!first || (int)((last ? last : first)->seq -
				    first->seq) <= most)
			continue;
		s->from = first;
		s->to = last ? last : first;
		most = s->to->seq - first->seq;
	}
	return most >= 0;
}

/* Where an object of the record is found, up to where its lock is taken. */
static bool find_pick(const struct func_flow *ff, const char *record,
		      struct subject *s)
{
	const struct act *a, *lock;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		lock = NULL;
		for (a = ff->traces->pdata[i]; a; a = a->prev) {
			if (a->kind == ACT_LOCK && a->loc &&
			    a->loc->kind == EXPR_FIELD &&
			    !g_strcmp0(a->loc->owner, record))
				lock = a;
			if (!lock || a->kind != ACT_SELECT || !a->obj ||
			    g_strcmp0(a->obj->record, record))
				continue;
			s->from = a;
			s->to = lock;
			return true;
		}
	}
	return false;
}

/* Does the path ask this with a wait queue joined, and no sleep since? */
static bool has_joined(const struct act *test)
{
	const struct act *a;

	for (a = test->prev; a && a->kind != ACT_SLEEP; a = a->prev)
		if (a->kind == ACT_PREPARE)
			return true;
	return false;
}

/*
 * Where the function asks for the count; @joined: where it is about to wait for
 * it. NULL: nowhere.
 */
static const struct act *find_test(const struct func_flow *ff,
				   const struct flag_id *flag, bool joined)
{
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			if (a->kind == ACT_TEST && a->obj &&
			    a->rel == OP2('=', '=') && is_about_flag(a, flag) &&
			    (!joined || has_joined(a)))
				return a;
	return NULL;
}

/* Does a path look for an object again behind the test? */
static bool looks_again(const struct func_flow *ff, const struct act *test)
{
	const struct act *a;
	bool found;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		found = false;
		for (a = ff->traces->pdata[i]; a; a = a->prev) {
			found |= a->kind == ACT_SELECT;
			if (found && a->kind == ACT_TEST &&
			    a->block == test->block && a->event == test->event)
				return true;
		}
	}
	return false;
}

static bool is_woken_for(const struct flow *fl, const struct flag_id *flag)
{
	guint i;

	for (i = 0; i < fl->acts[ACT_WAKE]->len; i++)
		if (is_about_flag(fl->acts[ACT_WAKE]->pdata[i], flag))
			return true;
	return false;
}

/*
 * Is the function one that waits for the flag, which somebody in the unit wakes
 * it for, and that looks again then? Its story is the rule's about waits.
 */
static void make_wait(const struct flow *fl, struct subject *s)
{
	const struct act *test = find_test(s->in, &s->flag, true);
	guint sleeps;

	flow_acts(fl, s->in, ACT_SLEEP, &sleeps);
	if (!test || !sleeps || !looks_again(s->in, test) ||
	    !is_woken_for(fl, &s->flag))
		return;
	s->remedy = REMEDY_RESCAN;
	s->from = s->to = test;
}

struct subject *subject_force(const struct flow *fl, const struct func_flow *ff,
			      const char *about)
{
	struct subject *s = arena_new_object(fl->arena, struct subject);

	s->in = ff;
	if (about && !strchr(about, '.') ? !find_pick(ff, about, s) :
					   !widest(fl, ff, about, s))
		return NULL;
	s->pair = s->flag.name ? flow_pair(fl, &s->flag) : NULL;
	if (s->flag.name)
		make_wait(fl, s);
	s->object = s->from->obj;
	return s;
}

/* What of the function is such an object; NULL: nothing. */
static const struct expr *object_of(const struct func_flow *ff,
				    const char *record)
{
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			if (a->obj && a->obj->record == record)
				return a->obj;
	return NULL;
}

/* The function's write that has the reference which that one lacks; or NULL. */
static const struct act *same_write(const struct subject *s,
				    const struct subject *was)
{
	const struct pair_site *site, *best = NULL;
	guint i;

	for (i = 0; s->pair && i < s->pair->sites->len; i++) {
		site = s->pair->sites->pdata[i];
		if (site->in == s->in && site->write->kind == was->from->kind &&
		    (!best || best->ref))
			best = site;
	}
	return best ? best->write : NULL;
}

struct subject *subject_again(const struct flow *fl, const struct subject *was)
{
	const struct func_flow *ff = subject_namesake(fl, was->in);
	const struct act *write;
	struct subject *s;

	if (!ff)
		return NULL;
	s = arena_new_object(fl->arena, struct subject);
	s->in = ff;
	s->flag = was->flag;
	if (s->flag.name) {
		widest(fl, ff, NULL, s);
		s->pair = flow_pair(fl, &s->flag);
	}
	if (was->remedy == REMEDY_RESCAN) {
		s->remedy = REMEDY_RESCAN;
		s->from = find_test(ff, &was->flag, false);
		s->to = s->from;
		s->object = s->from ? s->from->obj : NULL;
		return s->from ? s : NULL;
	}
	write = was->remedy == REMEDY_PAIR ? same_write(s, was) : NULL;
	if (write) {
		s->remedy = REMEDY_PAIR;
		s->from = s->to = write;
	}
	if (was->object && was->object->record)
		s->object = object_of(ff, was->object->record);
	return s;
}
