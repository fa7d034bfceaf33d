// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence of one unit, from its traces. Nothing is judged: a reference near a
 * flag's write is written down with the number of paths that have both, and
 * whether it is the flag's is found out when all units are summed.
 */
#include "flow/evidence.h"

#include <string.h>

#include "flow/pairs.h"

/* A site while it is collected. */
struct draft {
	struct evidence_site site;
	GArray *refs;		/* struct evidence_ref */
	GPtrArray *locks;	/* const char *: those of all paths so far */
	GPtrArray *window;	/* const char * */
	bool met;		/* the locks are some path's */
};

struct collector {
	struct flow *flow;
	struct evidence *out;
	GHashTable *index;	/* struct draft * as a set, by its place */
	GPtrArray *drafts;	/* struct draft *, in order */
	GHashTable *seen;	/* interned names that were noted once */
};

static void draft_free(gpointer p)
{
	struct draft *d = p;

	g_array_unref(d->refs);
	g_ptr_array_unref(d->locks);
	g_ptr_array_unref(d->window);
	g_free(d);
}

static guint draft_hash(gconstpointer p)
{
	return evidence_site_hash(&((const struct draft *)p)->site);
}

static gboolean draft_equal(gconstpointer p, gconstpointer q)
{
	return evidence_site_equal(&((const struct draft *)p)->site,
				   &((const struct draft *)q)->site);
}

static struct draft *draft_of(struct collector *c,
			      const struct evidence_site *key)
{
	struct draft lookup = { .site = *key }, *d;

	d = g_hash_table_lookup(c->index, &lookup);
	if (d)
		return d;
	d = g_new0(struct draft, 1);
	d->site = *key;
	d->refs = g_array_new(FALSE, TRUE, sizeof(struct evidence_ref));
	d->locks = g_ptr_array_new();
	d->window = g_ptr_array_new();
	g_hash_table_add(c->index, d);
	g_ptr_array_add(c->drafts, d);
	return d;
}

/* ---- places and locks ---- */

/* In whose text an act stands, and where in the analysed function. */
static void place(struct evidence_site *s, const struct act *a)
{
	s->func = a->func;
	s->file = a->at.file;
	s->line = a->at.line;
	s->in = a->in->func->name;
	s->in_line = act_line(a);
}

static void add_lock(GPtrArray *into, const char *owner, const char *field,
		     const char *class)
{
	const char *interned;
	char *text;

	if (!field || !g_strcmp0(class, "rcu"))
		return;
	text = owner ? g_strdup_printf("%s.%s", owner, field) :
		       g_strdup(field);
	interned = g_intern_string(text);
	g_free(text);
	if (!g_ptr_array_find(into, interned, NULL))
		g_ptr_array_add(into, (gpointer)interned);
}

/* All that excludes somebody at @a; RCU does not. */
static void add_locks(GPtrArray *into, const struct act *a)
{
	const char *owner, *field;
	const struct held *h;
	guint i;

	for (h = a->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		add_lock(into, owner, field, h->class);
	}
	for (i = 0; i < a->in->entry_locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			a->in->entry_locks, struct entry_lock, i);

		add_lock(into, e->owner, e->field, e->class);
	}
}

/* Keeps of the draft's locks those that this path holds, too. */
static void meet_locks(struct draft *d, const struct act *a)
{
	GPtrArray *now = g_ptr_array_new();
	guint i = 0;

	add_locks(now, a);
	while (d->met && i < d->locks->len) {
		if (g_ptr_array_find(now, d->locks->pdata[i], NULL))
			i++;
		else
			g_ptr_array_remove_index(d->locks, i);
	}
	for (i = 0; !d->met && i < now->len; i++)
		g_ptr_array_add(d->locks, now->pdata[i]);
	d->met = true;
	g_ptr_array_unref(now);
}

/* ---- sites of single acts ---- */

static const struct {
	enum act_kind act;
	enum evidence_kind kind;
} singles[] = {
	{ ACT_SET, EVIDENCE_SET },	 { ACT_CLEAR, EVIDENCE_CLEAR },
	{ ACT_STORE, EVIDENCE_STORE },	 { ACT_GET, EVIDENCE_GET },
	{ ACT_PUT, EVIDENCE_PUT },	 { ACT_ALLOC, EVIDENCE_ALLOC },
	{ ACT_FREE, EVIDENCE_FREE },	 { ACT_INSERT, EVIDENCE_INSERT },
	{ ACT_REMOVE, EVIDENCE_REMOVE }, { ACT_SELECT, EVIDENCE_SELECT },
	{ ACT_PUBLISH, EVIDENCE_PUBLISH },
};

static bool is_write(const struct act *a)
{
	return is_flag_write(a) || a->kind == ACT_STORE;
}

/* What the site is about, by name. False: it has none that others know. */
static bool name_of(const struct act *a, const char **ret_record,
		    const char **ret_name)
{
	struct flag_id id = { NULL, NULL };
	/* some calls take the reference that goes with a bit, and name that */
	bool bit = a->loc && is_reference_act(a) && a->loc->kind == EXPR_BIT;

	if (a->loc && !bit && !flow_flag(a->loc, &id)) {
		if (is_write(a) || a->kind == ACT_TEST)
			return false;
		if (a->loc->kind == EXPR_GLOBAL)
			id.name = a->loc->name;
	}
	if (!id.name)
		id.record = (!a->loc || bit) && a->class ? a->class :
			    a->obj ? a->obj->record : NULL;
	*ret_record = id.record;
	*ret_name = id.name;
	return id.record || id.name;
}

/* Does the last put of the object stand before it on this path? */
static bool is_behind_last_put(const struct act *a)
{
	const struct act *b;

	for (b = a->prev; b && a->obj; b = b->prev)
		if (b->kind == ACT_PUT && b->last == LAST_YES && b->obj &&
		    (flow_mentions(a->obj, b->obj)))
			return true;
	return false;
}

static void describe(struct evidence_site *s, const struct act *a)
{
	if (a->obj)
		s->object = a->obj->record;
	s->callee = a->name;
	if (a->kind == ACT_SET)
		s->value = a->value->value;
	s->pointer = is_write(a) && a->loc->pointers;
	s->atomic |= a->atomic;
	s->delegated = is_part(a->in);
	s->last |= a->kind == ACT_PUT ? a->last == LAST_YES :
					is_behind_last_put(a);
}

static void note_single(struct collector *c, const struct act *a,
			enum evidence_kind kind)
{
	struct evidence_site key = { .kind = kind };
	struct draft *d;

	if (a->via || !name_of(a, &key.record, &key.name))
		return;
	place(&key, a);
	d = draft_of(c, &key);
	d->site.init = a->is_init && (!d->met || d->site.init);
	meet_locks(d, a);
	describe(&d->site, a);
}

static void note_tested(struct collector *c, const struct act *a)
{
	struct evidence_site key = { .kind = EVIDENCE_TEST };
	const char *text = flag_text(a->loc);

	if (!text || !g_hash_table_add(c->seen, (gpointer)text))
		return;
	name_of(a, &key.record, &key.name);
	place(&key, a);
	describe(&draft_of(c, &key)->site, a);
}

static bool same_call(const struct act *a, const struct act *b)
{
	return a->via && b->via && a->block == b->block && a->event == b->event;
}

/* ---- pins: select windows, and what reapers test ---- */

/* @cleared is the end of what was set in a select window on this path. */
static void note_window(struct collector *c, const struct act *cleared)
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
		name_of(a, &key.record, &key.name);
		place(&key, a);
		d = draft_of(c, &key);
		describe(&d->site, a);
		add_locks(d->window, a);
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

	if (!name_of(test, &key.record, &key.name))
		return;
	place(&key, test);
	d = draft_of(c, &key);
	describe(&d->site, test);
	d->site.value = key.value;
	d->site.last |= reap->kind == ACT_FREE;
	add_locks(d->window, test);
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

/*
 * What the path asked the object about before it goes. If one callee does
 * both, it is the reaper, and is looked at itself.
 */
static void note_reap(struct collector *c, const struct act *reap)
{
	const struct act *a;
	const struct via *v;

	if (!is_reap(reap))
		return;
	for (a = reap->prev; a; a = a->prev) {
		if (a->obj != reap->obj || same_call(a, reap))
			continue;
		if (a->kind == ACT_TEST && a->loc != reap->loc &&
		    !flow_is_assertion(a->macro))
			note_reaper_test(c, a, reap);
		for (v = a->via; v; v = v->inner)
			note_callee_tests(c, v->callee, reap);
	}
}

/* Its function takes such an object out of the container or makes a new one. */
static void note_reuse(struct collector *c, const struct act *select)
{
	struct evidence_site key = { .kind = EVIDENCE_SELECT };
	const struct act *const *allocs;
	guint i, n;

	if (select->via || !select->obj || !select->obj->record ||
	    !name_of(select, &key.record, &key.name))
		return;
	allocs = flow_acts(c->flow, select->in, ACT_ALLOC, &n);
	for (i = 0; i < n; i++)
		if (allocs[i]->obj->record == select->obj->record)
			break;
	if (i == n)
		return;
	place(&key, select);
	draft_of(c, &key)->site.last = true;
}

/* ---- references near a write ---- */

/* Members and pointers only; which element of an array is another matter. */
static bool is_plain(const char *path)
{
	return !g_str_has_suffix(path, "->") && !strstr(path, "->->") &&
	       !strstr(path, "->.");
}

/* Also to the structure that the owner of the flag is built around. */
static const char *path_of(const struct path *p, const struct expr *owner,
			   const struct expr *object, bool equals)
{
	char *path = equals ? path_to_object(p, owner, object) :
			      flow_path_between(owner, object);
	const char *interned = NULL;

	if (!path && owner->kind == EXPR_CONTAINER && owner->a == object)
		path = g_strdup_printf("->%s", owner->name);
	if (path && is_plain(path))
		interned = g_intern_string(path);
	g_free(path);
	return interned;
}

static bool same_ref(const struct evidence_ref *a, const struct evidence_ref *b)
{
	return a->record == b->record && a->name == b->name &&
	       a->path == b->path && a->callee == b->callee &&
	       a->arg == b->arg && a->kind == b->kind;
}

static struct evidence_ref *ref_of(GArray *refs, const struct evidence_ref *key)
{
	guint i;

	for (i = 0; i < refs->len; i++)
		if (same_ref(&g_array_index(refs, struct evidence_ref, i), key))
			break;
	if (i == refs->len)
		g_array_append_val(refs, *key);
	return &g_array_index(refs, struct evidence_ref, i);
}

/*
 * Between a flag's write and its reference somebody else may see the object.
 * An unlock hands it over, and a reference too many for a while does no harm.
 */
static bool is_apart(const struct path *p, int write, int at)
{
	const struct act *w = p->acts[write], *ref = p->acts[at], *a;
	int i;

	if (w->kind == ACT_SET && at < write)
		return false;
	for (i = MIN(write, at) + 1; i < MAX(write, at); i++) {
		a = p->acts[i];
		if ((a->kind == ACT_CALL || a->kind == ACT_PUBLISH ||
		     a->kind == ACT_INSERT || a->kind == ACT_WAKE) && a->obj &&
		    (a->obj == w->obj || a->obj == ref->obj))
			return true;
	}
	return false;
}

/* One reference, call or not, into the path's sum; with: gets less puts. */
static void tally(GArray *sums, const struct path *p, int write, int at)
{
	const struct act *w = p->acts[write], *a = p->acts[at];
	struct evidence_ref key = {
		.kind = a->kind == ACT_CALL ? EVIDENCE_CALL : EVIDENCE_GET,
		.object = a->obj->record, .file = a->at.file,
		.line = a->at.line, .distance = ABS(at - write)
	};
	struct evidence_ref *r;

	key.path = path_of(p, w->obj, a->obj, a->kind != ACT_CALL);
	if (!key.path)
		return;
	if (a->kind == ACT_CALL) {
		key.callee = a->name;
		key.arg = a->arg;
	} else if (!name_of(a, &key.record, &key.name)) {
		return;
	}
	r = ref_of(sums, &key);
	r->with += a->kind == ACT_PUT ? -1 : 1;
	if (is_apart(p, write, at))
		r->apart = 1;
	if (key.distance < r->distance) {
		r->distance = key.distance;
		r->file = key.file;
		r->line = key.line;
	}
}

static bool is_unknown_call(const struct act *a)
{
	return a->kind == ACT_CALL && a->name && a->obj && a->obj->record;
}

static GArray *references(const struct path *p, int write)
{
	GArray *sums = g_array_new(FALSE, TRUE, sizeof(struct evidence_ref));
	const struct act *w = p->acts[write];
	int i;

	for (i = 0; i < p->n; i++)
		if (i != write && !same_call(w, p->acts[i]) &&
		    (is_reference_act(p->acts[i]) ||
		     (is_flag_write(w) && is_unknown_call(p->acts[i]))))
			tally(sums, p, write, i);
	return sums;
}

static void merge_refs(GArray *into, const GArray *sums)
{
	guint i;

	for (i = 0; i < sums->len; i++) {
		struct evidence_ref sum = g_array_index(
			sums, struct evidence_ref, i), *r;
		int apart = sum.apart;

		if (!sum.with)
			continue;
		if (sum.with < 0)
			sum.kind = EVIDENCE_PUT;
		sum.with = sum.apart = 0;
		r = ref_of(into, &sum);
		r->with++;
		r->apart += apart;
		r->distance = MIN(r->distance, sum.distance);
	}
}

/* A path through a write, or through a call of another unit's function. */
static void scan_site(struct collector *c, const struct path *p, int i)
{
	const struct act *a = p->acts[i];
	struct evidence_site key = { .kind = a->kind == ACT_SET ?
		EVIDENCE_SET : a->kind == ACT_CLEAR ? EVIDENCE_CLEAR :
		EVIDENCE_CALL };
	struct draft *d;
	GArray *sums;
	int known = -1;

	if (!a->obj || a->is_init || !name_of(a, &key.record, &key.name))
		return;
	if (is_flag_write(a)) {
		known = path_known(p, i);
		if (known == (a->kind == ACT_SET))
			return;
	} else {
		key.callee = a->name;
		key.arg = a->arg;
	}
	sums = references(p, i);
	if (sums->len || (is_flag_write(a) && !a->via)) {
		place(&key, a);
		d = draft_of(c, &key);
		describe(&d->site, a);
		if (p->complete || sums->len)
			d->site.paths++;
		d->site.known += known >= 0;
		merge_refs(d->refs, sums);
	}
	g_array_unref(sums);
}

static void scan_trace(struct collector *c, const struct act *leaf)
{
	struct arena *scratch = arena_new();
	struct path p;
	int i;

	path_init(c->flow, scratch, leaf, &p);
	for (i = 0; i < p.n; i++)
		if (is_flag_write(p.acts[i]) ||
		    (p.n_refs && !p.acts[i]->via &&
		     is_unknown_call(p.acts[i])))
			scan_site(c, &p, i);
	arena_free(scratch);
}

static void scan_func(struct collector *c, const struct func_flow *ff)
{
	bool writes = ff->acts[ACT_SET].n || ff->acts[ACT_CLEAR].n;
	bool counts = ff->acts[ACT_GET].n || ff->acts[ACT_PUT].n;
	guint i;

	if (!writes && !(counts && ff->acts[ACT_CALL].n))
		return;
	for (i = 0; i < ff->traces->len; i++)
		scan_trace(c, ff->traces->pdata[i]);
}

/* ---- what functions do to their parameters ---- */

/* Which parameter leads to @obj, and how; -1: its result; -2: neither. */
static int param_of(struct unit *u, const struct func *f,
		    const struct outcome *o, const struct expr *obj,
		    const char **ret_path)
{
	const struct expr *param;
	char *path;
	int i;

	*ret_path = "";
	if (obj == o->result)
		return -1;
	for (i = 0; i < f->n_params; i++) {
		param = expr_numbered(u, EXPR_PARAM, i, f->locals[i].record,
				      f->locals[i].pointers);
		path = flow_path_between(param, obj);
		if (path) {
			*ret_path = g_intern_string(path);
			g_free(path);
			return i;
		}
	}
	return -2;
}

static bool same_effect(const struct evidence_effect *a,
			const struct evidence_effect *b)
{
	return a->kind == b->kind && a->param == b->param &&
	       a->path == b->path && a->record == b->record &&
	       a->name == b->name;
}

/* Does this way return something that is not 0? -1: nobody knows. */
static int result_of(const struct outcome *o)
{
	if (!o->result)
		return -1;
	if (o->result->kind == EXPR_CONST)
		return o->result->value != 0;
	if (o->nonzero || o->low > 0 || o->high < 0)
		return 1;
	return o->low == 0 && o->high == 0 ? 0 : -1;
}

/* An effect of some ways while it is collected. */
struct effect_sum {
	struct evidence_effect effect;
	int net;		/* of the way at hand */
	int nonzero, zero;	/* of the ways that have it: their result */
};

static struct effect_sum *effect_of(GArray *sums,
				    const struct evidence_effect *key)
{
	struct effect_sum fresh = { .effect = *key };
	guint i;

	for (i = 0; i < sums->len; i++)
		if (same_effect(&g_array_index(sums, struct effect_sum,
					       i).effect, key))
			break;
	if (i == sums->len)
		g_array_append_val(sums, fresh);
	return &g_array_index(sums, struct effect_sum, i);
}

static bool kind_of(const struct act *a, enum evidence_kind *ret_kind)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(singles); i++) {
		if (singles[i].act == a->kind) {
			*ret_kind = singles[i].kind;
			return a->kind != ACT_STORE && a->kind != ACT_ALLOC &&
			       a->kind != ACT_SELECT && !a->is_init;
		}
	}
	return false;
}

static void note_effect(struct collector *c, const struct func_flow *ff,
			const struct outcome *o, const struct act *a,
			GArray *sums)
{
	struct evidence_effect key = { .kind = EVIDENCE_KINDS };

	if (!a->obj || !kind_of(a, &key.kind) ||
	    !name_of(a, &key.record, &key.name))
		return;
	key.param = param_of(c->flow->unit, ff->func, o, a->obj, &key.path);
	if (key.param < -1)
		return;
	key.object = a->obj->record;
	if (a->kind == ACT_PUT)
		key.kind = EVIDENCE_GET;
	effect_of(sums, &key)->net += a->kind == ACT_PUT ? -1 : 1;
}

/* What one way of a function comes to, into the sum over all of its ways. */
static void close_way(GArray *all, const GArray *way, int result)
{
	struct evidence_effect key;
	struct effect_sum *sum;
	guint i;

	for (i = 0; i < way->len; i++) {
		const struct effect_sum *w = &g_array_index(
			way, struct effect_sum, i);

		if (!w->net)
			continue;
		key = w->effect;
		if (w->net < 0)
			key.kind = EVIDENCE_PUT;
		sum = effect_of(all, &key);
		sum->effect.ways++;
		sum->nonzero += result == 1;
		sum->zero += result == 0;
	}
}

static void keep_func(struct collector *c, const struct func *f,
		      const GArray *all, int ways, int nonzero)
{
	struct evidence_func *e = arena_new_object(c->out->arena,
						   struct evidence_func);
	guint i;

	e->name = f->name;
	e->file = f->loc.file;
	e->line = f->loc.line;
	e->is_static = f->is_static;
	e->ways = ways;
	e->n_effects = (int)all->len;
	e->effects = arena_new_array(c->out->arena, struct evidence_effect,
				     all->len);
	for (i = 0; i < all->len; i++) {
		const struct effect_sum *s = &g_array_index(
			all, struct effect_sum, i);

		e->effects[i] = s->effect;
		e->effects[i].if_result = s->nonzero == s->effect.ways &&
					  s->nonzero == nonzero &&
					  nonzero < ways;
	}
	g_ptr_array_add(c->out->funcs, e);
}

/* Of functions that another unit may call. */
static void note_func(struct collector *c, const struct func_flow *ff)
{
	GArray *all, *way;
	int nonzero = 0, result, i, k;

	if (ff->func->is_static || !ff->summary.known)
		return;
	all = g_array_new(FALSE, TRUE, sizeof(struct effect_sum));
	for (i = 0; i < ff->summary.n_outcomes; i++) {
		const struct outcome *o = &ff->summary.outcomes[i];

		way = g_array_new(FALSE, TRUE, sizeof(struct effect_sum));
		for (k = 0; k < o->n_acts; k++)
			note_effect(c, ff, o, o->acts[k], way);
		result = result_of(o);
		nonzero += result == 1;
		close_way(all, way, result);
		g_array_unref(way);
	}
	if (all->len)
		keep_func(c, ff->func, all, ff->summary.n_outcomes, nonzero);
	g_array_unref(all);
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
	name_of(a, &count->record, &count->name);
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

	for (k = 0; k < G_N_ELEMENTS(singles); k++) {
		const GPtrArray *acts = c->flow->acts[singles[k].act];

		for (i = 0; i < acts->len; i++)
			note_single(c, acts->pdata[i], singles[k].kind);
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

	c.index = g_hash_table_new(draft_hash, draft_equal);
	c.drafts = g_ptr_array_new_with_free_func(draft_free);
	c.seen = g_hash_table_new(NULL, NULL);
	note_singles(&c);
	for_each(&c, ACT_TEST, note_tested);
	for_each(&c, ACT_CLEAR, note_window);
	for_each(&c, ACT_FREE, note_reap);
	for_each(&c, ACT_REMOVE, note_reap);
	for_each(&c, ACT_CLEAR, note_reap);
	for_each(&c, ACT_SELECT, note_reuse);
	g_hash_table_remove_all(c.seen);
	for_each(&c, ACT_GET, note_count);
	for_each(&c, ACT_PUT, note_count);
	for (i = 0; i < fl->funcs->len; i++) {
		scan_func(&c, fl->funcs->pdata[i]);
		note_func(&c, fl->funcs->pdata[i]);
		evidence_tell(c.out, fl, fl->funcs->pdata[i]);
	}
	for (i = 0; i < c.drafts->len; i++)
		keep(&c, c.drafts->pdata[i]);
	g_hash_table_unref(c.index);
	g_ptr_array_unref(c.drafts);
	g_hash_table_unref(c.seen);
	return c.out;
}
