// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence of one unit, from its traces. Nothing is judged: a reference near a
 * flag's write is written down with the number of paths that have both, and
 * whether it is the flag's is found out when all units are summed.
 */
#include "flow/evidence_collect.h"

/* ---- sites of single acts ---- */

static void note_single(struct collector *c, const struct act *a,
			enum evidence_kind kind)
{
	struct evidence_site key = { .kind = kind };
	struct draft *d;

	if (a->via || !evidence_name(a, &key.record, &key.name))
		return;
	evidence_place(&key, a);
	d = evidence_draft(c, &key);
	d->site.init = a->is_init && (!d->met || d->site.init);
	evidence_meet_locks(d, a);
	evidence_describe(&d->site, a);
}

static void note_tested(struct collector *c, const struct act *a)
{
	struct evidence_site key = { .kind = EVIDENCE_TEST };
	const char *text = flag_text(a->loc);

	if (!text || !g_hash_table_add(c->seen, (gpointer)text))
		return;
	evidence_name(a, &key.record, &key.name);
	evidence_place(&key, a);
	evidence_describe(&evidence_draft(c, &key)->site, a);
}

/* ---- counts ---- */

static void note_count(struct collector *c, const struct act *a)
{
	struct evidence_count *count;
	const char *key = a->loc ? flag_text(a->loc) : NULL;
	enum fate fate;

	if (!key || !g_hash_table_add(c->seen, (gpointer)key))
		return;
	count = arena_new_object(c->out->arena, struct evidence_count);
	evidence_name(a, &count->record, &count->name);
	count->typed = flow_is_count_type(a->loc);
	if (g_hash_table_contains(c->flow->model->lifetimes, key))
		count->typed = count->freed = true;
	if (flow_fate(c->flow, key, &fate)) {
		count->freed |= fate == FATE_FREED;
		count->passed = fate == FATE_PASSED;
		count->kept = fate == FATE_NONE;
	}
	g_ptr_array_add(c->out->counts, count);
}

/* ---- all of it ---- */

static void for_each(struct collector *c, enum act_kind kind,
		     void (*note)(struct collector *c, const struct act *a))
{
	const GPtrArray *acts = c->flow->acts[kind];
	guint i;

	for (i = 0; i < acts->len; i++)
		note(c, acts->pdata[i]);
}

static void note_singles(struct collector *c)
{
	guint i, k;

	for (k = 0; k < EVIDENCE_SINGLES; k++) {
		const GPtrArray *acts = c->flow->acts[evidence_singles[k].act];

		for (i = 0; i < acts->len; i++)
			note_single(c, acts->pdata[i], evidence_singles[k].kind);
	}
}

static const char **take_names(struct arena *a, const GPtrArray *names,
			       int *ret_n)
{
	*ret_n = (int)names->len;
	return arena_copy(a, names->pdata, names->len * sizeof(gpointer));
}

/* What a caller sees of a write, or a call, tells by its references only. */
static bool is_telling(const struct draft *d)
{
	const struct evidence_site *s = &d->site;

	return d->refs->len || d->window->len || s->reaps ||
	       (s->kind != EVIDENCE_CALL && s->in == s->func &&
		s->in_line == s->line);
}

static void keep(struct collector *c, const struct draft *d)
{
	struct arena *a = c->out->arena;
	struct evidence_site *s;

	if (!is_telling(d))
		return;
	s = arena_copy(a, &d->site, sizeof(d->site));
	s->locks = take_names(a, d->locks, &s->n_locks);
	s->window = take_names(a, d->window, &s->n_window);
	s->n_refs = (int)d->refs->len;
	s->refs = arena_copy(a, d->refs->data,
			     d->refs->len * sizeof(struct evidence_ref));
	g_ptr_array_add(c->out->sites, s);
}

struct evidence *evidence_collect(struct flow *fl)
{
	struct collector c = { .flow = fl, .out = evidence_new() };
	guint i;

	evidence_drafts_init(&c);
	c.seen = g_hash_table_new(NULL, NULL);
	note_singles(&c);
	for_each(&c, ACT_TEST, note_tested);
	for_each(&c, ACT_CLEAR, evidence_window);
	for_each(&c, ACT_FREE, evidence_reap);
	for_each(&c, ACT_REMOVE, evidence_reap);
	for_each(&c, ACT_CLEAR, evidence_reap);
	for_each(&c, ACT_SELECT, evidence_reuse);
	g_hash_table_remove_all(c.seen);
	for_each(&c, ACT_GET, note_count);
	for_each(&c, ACT_PUT, note_count);
	for (i = 0; i < fl->funcs->len; i++) {
		evidence_references(&c, fl->funcs->pdata[i]);
		evidence_effects(&c, fl->funcs->pdata[i]);
		evidence_tell(c.out, fl, fl->funcs->pdata[i]);
	}
	for (i = 0; i < c.drafts->len; i++)
		keep(&c, c.drafts->pdata[i]);
	evidence_drafts_clear(&c);
	g_hash_table_unref(c.seen);
	return c.out;
}
