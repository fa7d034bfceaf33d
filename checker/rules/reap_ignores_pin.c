// SPDX-License-Identifier: GPL-2.0-only
/*
 * reap-ignores-pin: a bit or a count keeps reapers off an object; one path
 * that frees, reuses or unlinks objects of this type does not test it.
 *
 * A bit is a pin when it is set on an object that was just found in a
 * container, under a lock held since; when the path lets go of that lock and
 * clears the bit later; and when somebody who tests it, under a lock that the
 * setter holds, goes on to reap. A count is one when it is raised instead. So
 * is the mark by which one of several reapers makes the object its own: found
 * clear and set under a lock, which is dropped before the object is freed.
 * Whoever reaps an object on which the bit is known to be set shows that it
 * means something else.
 *
 * Where an unlinked object is freed or waited for later, that is the reaping.
 * An object that is only unlinked counts if the same line unlinks for those
 * who test: it is their way to reap.
 *
 * Known weakness: pins that are handed to somebody else to be cleared, and
 * those of users who have the object and need not find it.
 */
#include "rules/rule.h"

#include <string.h>

struct pin {
	struct flag_id flag;
	const char *record;	    /* of the object */
	bool count;
	bool claim;		    /* its setter is a reaper itself */
	const struct act *set;	    /* where it is set in a select window */
	const struct act *test;	    /* a reaper that minds it */
	bool refuted;		    /* somebody reaps what is marked */
};

struct hunt {
	struct rule_run *run;
	GArray *pins;		/* struct pin */
	GHashTable *testers;	/* functions' names -> their test of the pin */
	GHashTable *minded;	/* "function file:line" of reaps that test */
	GHashTable *lines;	/* "file:line" of the same */
	GHashTable *unlinks;	/* REMOVE acts with a later reap behind them */
	GHashTable *told;	/* reported, for whichever pin */
};

/* ---- what is a pin ---- */

static struct pin *find_pin(GArray *pins, const struct flag_id *flag)
{
	guint i;

	for (i = 0; i < pins->len; i++)
		if (flag_equal(&g_array_index(pins, struct pin, i).flag, flag))
			return &g_array_index(pins, struct pin, i);
	return NULL;
}

static bool is_about(const struct act *a, const struct flag_id *flag)
{
	struct flag_id id;

	return a->loc && flow_flag(a->loc, &id) && flag_equal(&id, flag);
}

/* Is it set to several values? Then it tells states apart, and 0 is one. */
static bool is_state(const struct flow *fl, const struct flag_id *flag)
{
	const GPtrArray *sets = fl->acts[ACT_SET];
	const struct expr *value = NULL;
	guint i;

	for (i = 0; i < sets->len; i++) {
		const struct act *a = sets->pdata[i];

		if (!is_about(a, flag))
			continue;
		if (value && a->value->value != value->value)
			return true;
		value = a->value;
	}
	return false;
}

/* @cleared: the end of the pin. Its beginning on this path makes it one. */
static void note_bit(struct hunt *h, const struct act *cleared)
{
	struct pin p = { .record = cleared->obj->record };
	const struct act *a;
	struct flag_id id;

	if (cleared->is_init || !flow_flag(cleared->loc, &p.flag) ||
	    find_pin(h->pins, &p.flag))
		return;
	for (a = cleared->prev; a && !p.set; a = a->prev)
		if (a->kind == ACT_SET && a->obj && !a->is_init &&
		    flow_flag(a->loc, &id) && flag_equal(&id, &p.flag) &&
		    flow_select_window(a, cleared))
			p.set = a;
	if (p.set && !is_state(h->run->flow, &p.flag))
		g_array_append_val(h->pins, p);
}

static bool is_lowered(const struct flow *fl, const struct flag_id *count)
{
	const GPtrArray *stores = fl->acts[ACT_STORE];
	struct flag_id id;
	guint i;

	for (i = 0; i < stores->len; i++)
		if (flow_is_step(stores->pdata[i], '-') &&
		    flow_flag(((const struct act *)stores->pdata[i])->loc,
			      &id) && flag_equal(&id, count))
			return true;
	return false;
}

static void note_count(struct hunt *h, const struct act *raised)
{
	struct pin p = { .set = raised, .count = true };

	p.record = raised->obj->record;
	if (flow_is_step(raised, '+') && flow_flag(raised->loc, &p.flag) &&
	    !find_pin(h->pins, &p.flag) && flow_select_window(raised, NULL) &&
	    is_lowered(h->run->flow, &p.flag))
		g_array_append_val(h->pins, p);
}

/* Found clear in the section that sets it, which is over at @later? */
static bool is_claimed(const struct act *set, const struct act *later)
{
	const struct act *a;
	const struct held *h;

	for (a = set->prev; a; a = a->prev)
		if (a->kind == ACT_TEST && a->loc == set->loc &&
		    flow_tested_value(a) == 0)
			break;
	for (h = a ? a->locks : NULL; h; h = h->next)
		if (h->lock && flow_still_held(h, set) &&
		    !flow_still_held(h, later))
			return true;
	return false;
}

/* A reaper of several marks the object as its own, then goes to free it. */
static void note_claim(struct hunt *h, const struct act *freed)
{
	struct pin p = { .record = freed->obj->record, .claim = true };
	const struct act *a;

	for (a = freed->prev; a; a = a->prev) {
		if (a->kind != ACT_SET || a->obj != freed->obj || a->is_init ||
		    !flow_flag(a->loc, &p.flag) ||
		    find_pin(h->pins, &p.flag) || !is_claimed(a, freed) ||
		    is_state(h->run->flow, &p.flag))
			continue;
		p.set = a;
		g_array_append_val(h->pins, p);
	}
}

/* ---- who reaps, and who tests before ---- */

/* Does @a write 0 to the whole word that the pin is a bit of? */
static bool resets(const struct act *a, const struct pin *p)
{
	struct flag_id id;
	gsize n;

	if (a->kind != ACT_CLEAR || a->is_init || !flow_flag(a->loc, &id) ||
	    id.record != p->flag.record)
		return false;
	n = strlen(id.name);
	return !strncmp(id.name, p->flag.name, n) && p->flag.name[n] == ':';
}

static bool reaps(const struct act *a, const struct pin *p)
{
	return a->obj && a->obj->record == p->record &&
	       (a->kind == ACT_FREE || a->kind == ACT_REMOVE || resets(a, p));
}

/* Is a lock held that the setter holds when it pins? */
static bool with_setter(const struct act *a, const struct pin *p)
{
	const struct held *h;
	const char *owner, *field;

	for (h = p->set->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (flow_holds_kind(a->in, a, owner, field))
			return true;
	}
	return false;
}

/* Was the object unlinked earlier, where no setter can find it any more? */
static bool unlinked_before(const struct act *a, const struct expr *obj,
			    const struct pin *p)
{
	for (a = a->prev; a; a = a->prev)
		if (a->kind == ACT_REMOVE && a->obj == obj && with_setter(a, p))
			return true;
	return false;
}

/* The functions that test the pin under the setter's lock, by name. */
static GHashTable *find_testers(const struct rule_run *r, const struct pin *p)
{
	const GPtrArray *tests = r->flow->acts[ACT_TEST];
	GHashTable *testers = g_hash_table_new(g_str_hash, g_str_equal);
	guint i;

	for (i = 0; i < tests->len; i++) {
		const struct act *t = tests->pdata[i];
		const char *name = t->in->func->name;

		if (is_about(t, &p->flag) && with_setter(t, p) &&
		    !g_hash_table_contains(testers, name))
			g_hash_table_insert(testers, (gpointer)name,
					    (gpointer)t);
	}
	return testers;
}

/* A test in a callee, whose summary was too coarse to keep it. */
static const struct act *tested_by_callee(const struct hunt *h,
					  const struct act *a)
{
	const struct act *t = NULL;
	const struct via *v;

	if (!g_hash_table_size(h->testers))
		return NULL;
	for (v = a->via; v && !t; v = v->inner)
		t = g_hash_table_lookup(h->testers, v->callee);
	return t;
}

/*
 * What keeps this reap from hitting a pinned object: a test, a wait, or that
 * the pin is the path's own. NULL: nothing. A test of a bit that is set is
 * returned as well; the caller looks.
 */
static const struct act *minds(const struct hunt *h, const struct act *reap,
			       const struct pin *p)
{
	const struct act *a, *t;

	for (a = reap->prev; a; a = a->prev) {
		if (!a->obj || (a->obj != reap->obj &&
				!flow_mentions(a->obj, reap->obj)))
			continue;
		if (!is_about(a, &p->flag)) {
			t = tested_by_callee(h, a);
			if (t)
				return t;
			continue;
		}
		if (a->kind == ACT_CLEAR || a->kind == ACT_WAIT ||
		    a->kind == ACT_STORE)
			return a;
		if (a->kind == ACT_TEST && !rule_is_assertion(a) &&
		    (with_setter(a, p) || unlinked_before(a, reap->obj, p)))
			return a;
	}
	return NULL;
}

/* The last put brought it here: the count decides, not the pin. */
static bool counted_out(const struct act *reap)
{
	const struct act *a;

	for (a = reap->prev; a; a = a->prev)
		if (a->kind == ACT_PUT && a->last == LAST_YES &&
		    a->obj == reap->obj)
			return true;
	return false;
}

/* Does @e lead through what @obj points at, to a list in it, say? */
static bool lies_in(const struct expr *e, const struct expr *obj)
{
	for (; e; e = e->a)
		if (e->kind == EXPR_DEREF && e->a == obj)
			return true;
	return false;
}

/*
 * Everything of one holder goes, and the holder itself was taken out of where
 * it is found: this is its end, and whoever ends it has waited for its users.
 */
static bool ends_holder(const struct act *reap, const struct pin *p)
{
	const struct expr *from = NULL;
	const struct act *a;

	for (a = reap->prev; a; a = a->prev) {
		if (a->kind == ACT_SELECT && a->obj == reap->obj)
			from = a->loc;
		if (from && a->kind == ACT_REMOVE && a->obj &&
		    a->obj != reap->obj && with_setter(a, p) &&
		    lies_in(from, a->obj))
			return true;
	}
	return false;
}

static char *line_key(const struct act *a, const char *func)
{
	return g_strdup_printf("%s %s:%d", func, a->at.file, a->at.line);
}

static void note_reap(struct hunt *h, struct pin *p, const struct act *reap)
{
	const struct act *t = minds(h, reap, p), *a;

	for (a = reap->prev; a && reap->kind != ACT_REMOVE; a = a->prev)
		if (a->kind == ACT_REMOVE && a->obj == reap->obj)
			g_hash_table_add(h->unlinks, (gpointer)a);
	if (!t || t->kind != ACT_TEST)
		return;
	if (flow_tested_value(t) == 1 && t->in == reap->in) {
		p->refuted |= reap->kind == ACT_FREE;
		return;
	}
	if (!p->test && !(p->claim && t->in == p->set->in))
		p->test = t;
	g_hash_table_add(h->minded, line_key(reap, reap->in->func->name));
	g_hash_table_add(h->lines, line_key(reap, ""));
}

/* ---- the reap that does not ---- */

static const char *verb(const struct act *reap)
{
	return reap->kind == ACT_FREE ? "freed" :
	       reap->kind == ACT_REMOVE ? "unlinked" : "reused";
}

static void tell(struct rule_run *r, const struct pin *p,
		 const struct act *reap)
{
	const char *obj = rule_text(r, reap->obj);
	struct finding *f;
	char *flag;

	flag = g_strdup_printf("%s.%s", p->flag.record, p->flag.name);
	f = rule_report(r, SEVERITY_WARNING, reap, flag,
			"'%s' is %s without a test of '%s', which keeps others off it",
			obj, verb(reap), flag);
	if (f) {
		rule_about(r, f, reap, reap, p->set->in->func)->flag = p->flag;
		finding_step(f, 1, p->set->at.file, p->set->at.line,
			     "%s() sets '%s' and drops the lock",
			     p->set->in->func->name, flag);
		rule_step(f, 0, reap, "'%s' is %s all the same", obj,
			  verb(reap));
		finding_step(f, 1, p->set->at.file, p->set->at.line,
			     "%s() goes on with the object",
			     p->set->in->func->name);
		finding_evidence(f, "%s:%d: %s() tests it before it reaps",
				 p->test->at.file, p->test->at.line,
				 p->test->func);
	}
	g_free(flag);
}

/* The function knows the pin, and its own test is no good. */
static bool tests_in_vain(const struct act *reap, const struct pin *p)
{
	const struct act *a;

	for (a = reap->prev; a; a = a->prev)
		if (a->kind == ACT_TEST && a->obj == reap->obj &&
		    is_about(a, &p->flag))
			return true;
	return false;
}

/* A helper's reap is judged in its callers, who may have tested. */
static bool judged_by_callers(const struct act *reap, const struct pin *p)
{
	const struct func_flow *ff = reap->in;

	return ff->func->is_static && !ff->address_taken &&
	       ff->callers->len && !tests_in_vain(reap, p);
}

static bool has_line(GHashTable *set, const struct act *a, const char *func)
{
	char *key = line_key(a, func);
	bool found = g_hash_table_contains(set, key);

	g_free(key);
	return found;
}

/*
 * Is this reap one that its function, or a helper on the way, makes after a
 * test on another path? Then the test is there, and this path has lost it in
 * a summary that was too coarse.
 */
static bool elsewhere_minds(const struct hunt *h, const struct act *reap)
{
	const struct via *v;

	if (has_line(h->minded, reap, reap->in->func->name))
		return true;
	for (v = reap->via; v; v = v->inner)
		if (has_line(h->minded, reap, v->callee))
			return true;
	return false;
}

static void check_reap(struct hunt *h, const struct pin *p,
		       const struct act *reap)
{
	struct rule_run *r = h->run;

	r->ff = reap->in;
	if (!r->ff->func->in_main_file || judged_by_callers(reap, p) ||
	    p->set->in == r->ff || flow_private(reap, reap->obj) ||
	    counted_out(reap) || ends_holder(reap, p))
		return;
	if (reap->kind == ACT_REMOVE &&
	    (g_hash_table_contains(h->unlinks, reap) ||
	     !has_line(h->lines, reap, "")))
		return;
	/* without the setter's lock it must be the end of everything */
	if (!with_setter(reap, p) && !unlinked_before(reap, reap->obj, p))
		return;
	if (minds(h, reap, p) || elsewhere_minds(h, reap) ||
	    has_line(h->told, reap, r->ff->func->name))
		return;
	g_hash_table_add(h->told, line_key(reap, r->ff->func->name));
	tell(r, p, reap);
}

static void for_each_act(struct hunt *h, enum act_kind kind,
			 void (*fn)(struct hunt *, const struct act *))
{
	const GPtrArray *acts = h->run->flow->acts[kind];
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (a->obj && (a->loc || kind == ACT_FREE))
			fn(h, a);
	}
}

static void for_each_reap(struct hunt *h, struct pin *p,
			  void (*fn)(struct hunt *, struct pin *,
				     const struct act *))
{
	static const enum act_kind kinds[] = { ACT_FREE, ACT_CLEAR,
					       ACT_REMOVE };
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = h->run->flow->acts[kinds[k]];

		for (i = 0; i < acts->len; i++)
			if (reaps(acts->pdata[i], p))
				fn(h, p, acts->pdata[i]);
	}
}

static void check_pin_reap(struct hunt *h, struct pin *p,
			   const struct act *reap)
{
	check_reap(h, p, reap);
}

static void check_pin(struct hunt *h, struct pin *p)
{
	h->testers = find_testers(h->run, p);
	h->minded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  NULL);
	h->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	h->unlinks = g_hash_table_new(NULL, NULL);
	for_each_reap(h, p, note_reap);
	if (p->test && !p->refuted)
		for_each_reap(h, p, check_pin_reap);
	g_hash_table_unref(h->testers);
	g_hash_table_unref(h->minded);
	g_hash_table_unref(h->lines);
	g_hash_table_unref(h->unlinks);
}

/* ---- declared pins: these functions must test ---- */

static bool must_test(const struct pin_decl *d, const struct func *f)
{
	guint i;

	for (i = 0; i < d->reapers->len; i++)
		if (d->reapers->pdata[i] == f->name)
			return true;
	return false;
}

/* Tested, waited for or changed on the path that comes to the reap. */
static bool asks(const struct act *reap, const struct flag_id *flag)
{
	const struct act *a;

	for (a = reap->prev; a; a = a->prev)
		if (a->obj == reap->obj && is_about(a, flag))
			return true;
	return false;
}

static void tell_declared(struct rule_run *r, const struct pin_decl *d,
			  const struct act *reap)
{
	const char *obj = rule_text(r, reap->obj);
	struct finding *f;
	char *flag;

	flag = g_strdup_printf("%s.%s", d->record, d->flag);
	f = rule_report(r, SEVERITY_WARNING, reap, flag,
			"'%s' is %s without a test of '%s', which keeps others off it",
			obj, verb(reap), flag);
	if (f) {
		rule_step(f, 0, reap, "'%s' is %s, '%s' set or not", obj,
			  verb(reap), flag);
		finding_evidence(f, "%s:%d: declared pin", d->file, d->line);
	}
	g_free(flag);
}

static void check_declared(struct rule_run *r, const struct pin_decl *d)
{
	static const enum act_kind kinds[] = { ACT_FREE, ACT_CLEAR,
					       ACT_REMOVE };
	const struct pin p = { .flag = { d->record, d->flag },
			       .record = d->record };
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = r->flow->acts[kinds[k]];

		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			r->ff = a->in;
			if (must_test(d, a->in->func) && reaps(a, &p) &&
			    !asks(a, &p.flag))
				tell_declared(r, d, a);
		}
	}
}

static void check(struct rule_run *r)
{
	struct hunt h = { .run = r };
	guint i;

	h.pins = g_array_new(FALSE, TRUE, sizeof(struct pin));
	h.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for_each_act(&h, ACT_CLEAR, note_bit);
	for_each_act(&h, ACT_STORE, note_count);
	for_each_act(&h, ACT_FREE, note_claim);
	for (i = 0; i < h.pins->len; i++)
		check_pin(&h, &g_array_index(h.pins, struct pin, i));
	for (i = 0; i < r->flow->model->pins->len; i++) {
		const struct pin_decl *d = r->flow->model->pins->pdata[i];

		/* mined: its reapers are those who were seen to test it */
		if (d->origin != ORIGIN_MINED)
			check_declared(r, d);
	}
	g_hash_table_unref(h.told);
	g_array_unref(h.pins);
}

const struct rule rule_reap_ignores_pin = {
	.info = {
		.id = "reap-ignores-pin",
		.summary = "an object is freed or unlinked without a test of the bit that pins it",
		.doc =
"A bit or count keeps reapers off an object: it is set when the object is\n"
"chosen from a container, under the container's lock, it is cleared when the\n"
"work on the object is done, and reapers test it under that lock. One path that\n"
"frees, reuses or unlinks objects of this type does not.\n"
"\n"
"Silent for exclusive teardown, also of all that hangs from an object that was\n"
"taken out itself, for objects that were never published, and for\n"
"those that are unlinked first and then tested or waited for.\n"
"\n"
"Repair: test the bit (or wait for it) before the object is reaped.\n"
"\n"
"From bcache btree_node_free() (Linux 50a260e85996).\n",
	},
	.unit = check,
};
