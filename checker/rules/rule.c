// SPDX-License-Identifier: GPL-2.0-only
/* What the rules share: telling a finding, and questions about acts. */
#include "rules/rule.h"

#include <string.h>

/* ---- answers ---- */

struct answer {
	gconstpointer about, and_about;
	int question;
	gconstpointer is;
};

static guint answer_hash(gconstpointer p)
{
	const struct answer *a = p;

	return (g_direct_hash(a->about) * 31u ^ g_direct_hash(a->and_about)) *
		       31u ^ (guint)a->question;
}

static gboolean answer_equal(gconstpointer p, gconstpointer q)
{
	const struct answer *a = p, *b = q;

	return a->about == b->about && a->and_about == b->and_about &&
	       a->question == b->question;
}

gconstpointer *rule_answer(struct rule_run *r, int question,
			   gconstpointer about, gconstpointer and_about)
{
	const struct answer key = { about, and_about, question, NULL };
	struct answer *a;

	if (!r->answers)
		r->answers = g_hash_table_new_full(answer_hash, answer_equal,
						   g_free, NULL);
	a = g_hash_table_lookup(r->answers, &key);
	if (!a) {
		a = g_memdup2(&key, sizeof(key));
		g_hash_table_add(r->answers, a);
	}
	return &a->is;
}

/* ---- findings ---- */

struct src_loc rule_place(const struct act *a)
{
	return a->via ? a->via->at : a->at;
}

struct subject *rule_about(struct rule_run *r, const struct finding *f,
			   const struct act *from, const struct act *to,
			   const struct func *other)
{
	struct subject *s = r->subjects ?
				    g_hash_table_lookup(r->subjects, f) : NULL;

	if (!s) { /* kept for nobody: a rule need not ask */
		s = arena_new_object(r->flow->arena, struct subject);
		if (r->subjects)
			g_hash_table_insert(r->subjects, (gpointer)f, s);
	}
	s->in = r->ff;
	s->from = from;
	s->to = to;
	s->other = other;
	if (from && from->loc && flow_flag(from->loc, &s->flag))
		s->pair = flow_pair(r->flow, &s->flag);
	if (from)
		s->object = from->obj;
	return s;
}

struct finding *rule_report(struct rule_run *r, enum severity severity,
			    const struct act *at, const char *key,
			    const char *format, ...)
{
	struct src_loc loc = rule_place(at);
	struct finding *f;
	char *seen, *message;
	va_list ap;

	seen = g_strdup_printf("%s:%d:%s", loc.file, loc.line, key);
	if (!g_hash_table_add(r->seen, seen))
		return NULL;
	f = finding_new(r->info->id, severity, loc.file, loc.line, loc.column,
			r->ff->func->name);
	va_start(ap, format);
	message = g_strdup_vprintf(format, ap);
	va_end(ap);
	finding_message(f, "%s", message);
	finding_key(f, "%s", key);
	g_free(message);
	report_add(r->report, f);
	at = arena_copy(r->flow->arena, at, sizeof(*at));
	rule_about(r, f, at, at, NULL);
	return f;
}

void rule_step(struct finding *f, int cpu, const struct act *act,
	       const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (act->via)
		finding_step(f, cpu, act->at.file, act->at.line,
			     "%s (in %s(), called at line %d)", text,
			     act->func, act->via->at.line);
	else
		finding_step(f, cpu, act->at.file, act->at.line, "%s", text);
	g_free(text);
}

const char *rule_text(struct rule_run *r, const struct expr *e)
{
	char *text = flow_text(r->flow, r->ff ? r->ff->func : NULL, e);
	const char *kept = g_intern_string(text);

	g_free(text);
	return kept;
}

const char *rule_lock_text(struct rule_run *r, const struct expr *lock,
			   const char *class)
{
	return lock ? rule_text(r, lock) : class;
}

const char *rule_flag_text(struct rule_run *r, const struct expr *loc)
{
	struct flag_id id;
	const char *kept;
	char *text;

	if (!flow_flag(loc, &id))
		return rule_text(r, loc);
	text = g_strdup_printf("%s.%s", id.record, id.name);
	kept = g_intern_string(text);
	g_free(text);
	return kept;
}

/* ---- acts ---- */

bool rule_same_call(const struct act *a, const struct act *b)
{
	return a->via && b->via && rule_same_event(a, b);
}

bool rule_same_event(const struct act *a, const struct act *b)
{
	return a->block == b->block && a->event == b->event && a->event >= 0;
}

static bool has_result(const struct expr *e, int call)
{
	return e && ((e->kind == EXPR_CALL && e->id == call) ||
		     has_result(e->a, call) || has_result(e->b, call));
}

static bool event_has_result(const struct event *ev, int call)
{
	int i;

	for (i = 0; i < ev->n_args; i++)
		if (has_result(ev->args[i], call))
			return true;
	return has_result(ev->value, call);
}

bool rule_is_helper(const struct func_flow *ff)
{
	return ff->func->is_static && !ff->address_taken && ff->callers->len;
}

bool rule_asks_result(const struct func *f, int call)
{
	int i, k;

	for (i = 0; i < f->n_blocks; i++) {
		const struct block *b = &f->blocks[i];

		if (has_result(b->cond, call))
			return true;
		for (k = 0; k < b->n_events; k++)
			if (event_has_result(&b->events[k], call))
				return true;
	}
	return false;
}

bool rule_publishes(const struct act *a, const struct expr *obj)
{
	switch (a->kind) {
	case ACT_UNLOCK:
	case ACT_WAKE:
		return true;
	case ACT_PUBLISH:
	case ACT_INSERT:
	case ACT_CALL:
		return a->obj == obj || (a->obj && flow_mentions(a->obj, obj));
	case ACT_STORE:
		return a->value == obj && a->obj != obj;
	default:
		return false;
	}
}

bool rule_touches(const struct act *a, const struct expr *obj)
{
	if (a->obj != obj)
		return false;
	switch (a->kind) {
	case ACT_USE:
	case ACT_LOCK:
	case ACT_UNLOCK:
	case ACT_SET:
	case ACT_CLEAR:
	case ACT_STORE:
	case ACT_WAKE:
		return true;
	case ACT_TEST:
		return !a->kept; /* a copy that was read before */
	case ACT_WAIT:
		return !a->key_only;
	default:
		return false;
	}
}

bool rule_is_assertion(const struct act *test)
{
	return flow_is_assertion(test->macro);
}

const struct act *rule_load_of(const struct act *const *acts, int test)
{
	int k;

	for (k = test - 1; k >= 0 && acts[test]->kept; k--)
		if (acts[k]->kind == ACT_LOAD &&
		    flow_mentions(acts[k]->loc, acts[test]->loc))
			return acts[k];
	return NULL;
}

/* The end of the section in which the flag was written hands it over. */
static bool held_by(const struct act *write, const struct act *unlock)
{
	const struct held *h;

	for (h = write->locks; h; h = h->next)
		if (h->lock == unlock->loc)
			return true;
	return false;
}

/* Whoever wants to look has to wait until both are done. */
static bool one_section(const struct act *first, const struct act *last)
{
	const struct held *h;

	for (h = first->locks; h; h = h->next)
		if (h->lock && flow_still_held(h, last))
			return true;
	return false;
}

const struct act *rule_gap(const struct act *write, const struct act *ref)
{
	const struct act *first = write->seq < ref->seq ? write : ref;
	const struct act *last = first == write ? ref : write;
	const struct act *a, *found = NULL;

	/* a reference too many, for a while, does no harm */
	if (one_section(first, last) ||
	    (write->kind == ACT_SET && first == ref))
		return NULL;
	for (a = last->prev; a && a != first; a = a->prev)
		if (a->kind == ACT_UNLOCK ? !held_by(write, a) :
		    rule_publishes(a, write->obj) ||
		    (ref->obj && rule_publishes(a, ref->obj)))
			found = a;
	return found;
}

static bool names(GPtrArray *list, const char *name)
{
	return list && g_ptr_array_find(list, name, NULL);
}

bool rule_is_declared(const struct pair *p, const struct func *f)
{
	return p->decl && (names(p->decl->gets, f->name) ||
			   names(p->decl->puts, f->name));
}

/* page->mapping->..., a page being anything that has a mapping */
static bool follows(const struct expr *e, const char *member)
{
	if (!e)
		return false;
	if (e->kind == EXPR_DEREF && e->a->kind == EXPR_FIELD &&
	    !strcmp(e->a->name, member))
		return true;
	return follows(e->a, member) || follows(e->b, member);
}

static bool uses_owner(const struct func *f, const struct object_kind *kind)
{
	int i, k;

	for (i = 0; i < f->n_blocks; i++)
		for (k = 0; k < f->blocks[i].n_events; k++)
			if (follows(f->blocks[i].events[k].lvalue,
				    kind->member))
				return true;
	return false;
}

/* It gets the object together with what that belongs to. */
static bool gets_owner(const struct func *f, const struct object_kind *kind)
{
	int i;

	for (i = 0; i < f->n_params; i++) {
		const char *record = f->locals[i].record;

		if (record && g_strv_contains(kind->owners, record))
			return true;
	}
	return false;
}

static bool knows_owner(const struct pair_site *s,
			const struct object_kind *kind)
{
	return s->write->obj->kind == EXPR_PARAM &&
	       (gets_owner(s->in->func, kind) || uses_owner(s->in->func, kind));
}

/*
 * Does the site handle objects of the kind, and not only borrow the type? A
 * place that does not say so is known by its company: one that does, and
 * forgets the reference like this one.
 */
static bool handles_kind(const struct rule_run *r, const struct pair *p,
			 const struct pair_site *s)
{
	const struct object_kind *kind = p->decl->covers;
	const GArray *ops = r->flow->unit->ops;
	guint i;

	for (i = 0; i < ops->len; i++)
		if (!g_strcmp0(g_array_index(ops, struct ops_entry, i).record,
			       kind->operations))
			return true;
	if (knows_owner(s, kind))
		return true;
	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *other = p->sites->pdata[i];

		if (!other->ref && knows_owner(other, kind))
			return true;
	}
	return false;
}

/*
 * How this function came by the object: ACT_ALLOC, ACT_SELECT, ACT_GET if it
 * looked it up with a reference, or ACT_RETURN: it was given it.
 */
static enum act_kind origin_of(const struct act *act)
{
	enum act_kind kind = ACT_RETURN;
	const struct act *a;

	if (act->obj->kind != EXPR_FRESH)
		return kind;
	for (a = act->prev; a; a = a->prev)
		if (a->obj == act->obj &&
		    (a->kind == ACT_ALLOC || a->kind == ACT_SELECT ||
		     a->kind == ACT_GET))
			kind = a->kind;
	return kind;
}

bool rule_covers(const struct rule_run *r, const struct pair *p,
		 const struct pair_site *s)
{
	if (!p->decl || !p->decl->covers)
		return true;
	switch (origin_of(s->write)) {
	case ACT_ALLOC:
	case ACT_SELECT: /* from a list of somebody's own */
		return false;
	case ACT_GET: /* only these are looked up with a reference */
		return true;
	default:
		return handles_kind(r, p, s);
	}
}

bool rule_is_reaped(const struct rule_run *r, const char *record)
{
	static const enum act_kind kinds[] = { ACT_FREE, ACT_PUT, ACT_REMOVE };
	guint i, k;

	for (k = 0; record && k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = r->flow->acts[kinds[k]];

		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			if (a->obj && a->obj->record == record)
				return true;
		}
	}
	return false;
}

bool rule_involves(const struct expr *e, const struct flag_id *flag)
{
	struct flag_id id;

	if (!e)
		return false;
	if (flow_flag(e, &id) && flag_equal(&id, flag))
		return true;
	return rule_involves(e->a, flag) || rule_involves(e->b, flag);
}

/* The object that has the container in it which @select looks into. */
static const struct expr *has_container(struct unit *u,
					const struct act *select)
{
	const struct expr *from = select->loc;

	if (!from)
		return NULL;
	return flow_object(u, from->kind == EXPR_CONTAINER ? from->a : from);
}

const struct expr *rule_holder(const struct rule_run *r, const struct act *a,
			       const struct expr *obj)
{
	const struct expr *holder = NULL;

	/* what a walk found leads to the next */
	for (; a && obj; a = a->prev)
		if (a->kind == ACT_SELECT && a->obj == obj)
			obj = holder = has_container(r->flow->unit, a);
	return holder;
}

bool rule_is_same_place(const struct rule_run *r, const struct act *a,
			const struct func_flow *callee,
			const struct expr *place, const struct expr *there)
{
	guint i;

	if (!place || !a->via || a->via->callee != callee->func->name)
		return false;
	for (i = 0; i < r->ff->calls->len; i++) {
		const struct call_site *s = r->ff->calls->pdata[i];

		if (s->event == a->event && s->callee == callee &&
		    flow_in_callee(r->flow, s, place) == there)
			return true;
	}
	return false;
}
