// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence of pins: flags set on what was just found and cleared later, and
 * what is tested before an object goes.
 */
#include "flow/evidence_collect.h"

void evidence_window(struct collector *c, const struct act *cleared)
{
	struct evidence_site key = { .kind = EVIDENCE_SET };
	struct flag_id id, set;
	const struct act *a;
	struct draft *d;

	if (cleared->is_init || !flow_flag(cleared->loc, &id))
		return;
	for (a = cleared->prev; a; a = a->prev) {
		if (a->kind != ACT_SET || !a->obj || a->is_init ||
		    !flow_flag(a->loc, &set) || !flag_equal(&id, &set) ||
		    !flow_select_window(a, cleared))
			continue;
		evidence_name(a, &key.record, &key.name);
		evidence_place(&key, a);
		d = evidence_draft(c, &key);
		evidence_describe(&d->site, a);
		evidence_locks(d->window, a);
	}
}

/* Is it the end of the object, or does it go from where it is found? */
static bool is_reap(const struct act *a)
{
	struct flag_id id;

	if (!a->obj || !a->obj->record)
		return false;
	return a->kind == ACT_FREE || a->kind == ACT_REMOVE ||
	       (a->kind == ACT_CLEAR && !a->is_init && flow_flag(a->loc, &id));
}

static void note_reaper_test(struct collector *c, const struct act *test,
			     const struct act *reap)
{
	struct evidence_site key = { .kind = EVIDENCE_TEST, .reaps = true,
				     .value = flow_tested_value(test) };
	struct draft *d;

	if (!evidence_name(test, &key.record, &key.name))
		return;
	evidence_place(&key, test);
	d = evidence_draft(c, &key);
	evidence_describe(&d->site, test);
	d->site.value = key.value;
	d->site.last |= reap->kind == ACT_FREE;
	evidence_locks(d->window, test);
}

/*
 * Tests in a callee that its summary may have been too coarse to keep: of a
 * parameter of the type that is reaped. Once a callee and type.
 */
static void note_callee_tests(struct collector *c, const char *callee,
			      const struct act *reap)
{
	struct func *f = unit_find(c->flow->unit, callee);
	char *text = g_strdup_printf("%s %s %d", callee, reap->obj->record,
				     reap->kind == ACT_FREE);
	const char *key = g_intern_string(text);
	const struct act *const *tests;
	guint i, n;

	g_free(text);
	if (!f || !flow_of(c->flow, f) ||
	    !g_hash_table_add(c->seen, (gpointer)key))
		return;
	tests = flow_acts(c->flow, flow_of(c->flow, f), ACT_TEST, &n);
	for (i = 0; i < n; i++)
		if (tests[i]->obj && tests[i]->obj->kind == EXPR_PARAM &&
		    tests[i]->obj->record == reap->obj->record &&
		    !flow_is_assertion(tests[i]->macro))
			note_reaper_test(c, tests[i], reap);
}

void evidence_reap(struct collector *c, const struct act *reap)
{
	const struct act *a;
	const struct via *v;

	if (!is_reap(reap))
		return;
	for (a = reap->prev; a; a = a->prev) {
		if (a->obj != reap->obj || evidence_same_call(a, reap))
			continue;
		if (a->kind == ACT_TEST && a->loc != reap->loc &&
		    !flow_is_assertion(a->macro))
			note_reaper_test(c, a, reap);
		for (v = a->via; v; v = v->inner)
			note_callee_tests(c, v->callee, reap);
	}
}

void evidence_reuse(struct collector *c, const struct act *select)
{
	struct evidence_site key = { .kind = EVIDENCE_SELECT };
	const struct act *const *allocs;
	guint i, n;

	if (select->via || !select->obj || !select->obj->record ||
	    !evidence_name(select, &key.record, &key.name))
		return;
	allocs = flow_acts(c->flow, select->in, ACT_ALLOC, &n);
	for (i = 0; i < n; i++)
		if (allocs[i]->obj->record == select->obj->record)
			break;
	if (i == n)
		return;
	evidence_place(&key, select);
	evidence_draft(c, &key)->site.last = true;
}
