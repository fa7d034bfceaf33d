// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: which flag owns a reference. Mined from the unit (a flag that is set
 * where a reference is taken and cleared where one on the same object is
 * dropped) and taken from the model. A mined pair acts only if it passes the
 * strict filter: both sides seen, the majority of each side, never crossed,
 * and the count a lifetime. Alias tracking comes from the values themselves.
 *
 * Which flag belongs to which reference is guessed here, from what stands
 * near; whether a place then does both is counted in balance.c.
 */
#include "flow/pairs.h"

#include <string.h>

/* One place in one function that sets or clears a flag. */
struct site {
	struct flag_id flag;
	const struct func_flow *in;
	enum act_kind kind;
	int line;		/* of the write, or of the call to it */
	struct site *below;	/* the same write, seen in the callee */
	const struct act *write, *ref;
	char *object;		/* of ref, from the flag's owner */
	const char *object_record;
	struct flag_id count;
	int with, without, crossed;
	bool met_above;		/* a caller brings the reference */
};

static void site_free(gpointer p)
{
	struct site *s = p;

	g_free(s->object);
	g_free(s);
}

static guint site_hash(gconstpointer p)
{
	const struct site *s = p;

	return g_direct_hash(s->flag.name) ^ g_direct_hash(s->flag.record) ^
	       (guint)s->line * 31u ^ g_direct_hash(s->in) ^ s->kind;
}

static gboolean site_equal(gconstpointer p, gconstpointer q)
{
	const struct site *a = p, *b = q;

	return flag_equal(&a->flag, &b->flag) && a->line == b->line &&
	       a->in == b->in && a->kind == b->kind;
}

/* Everything that writes flags in the unit. */
struct miner {
	struct flow *flow;
	GHashTable *index;	/* the sites as a set */
	GPtrArray *sites;	/* struct site *, callees first */
	GHashTable *tested;	/* interned "record.flag" of what decides */
};

/*
 * Where the model says which bit of a word owns a reference, the others of
 * the word do not: PG_writeback.
 */
static bool is_vetted_word(const struct miner *m, const struct flag_id *flag)
{
	const GPtrArray *pairs = m->flow->model->pairs;
	const char *bit = strchr(flag->name, ':');
	guint i;

	for (i = 0; bit && i < pairs->len; i++) {
		const struct pair_decl *d = pairs->pdata[i];

		if (d->record == flag->record &&
		    !strncmp(d->flag, flag->name,
			     (size_t)(bit + 1 - flag->name)))
			return true;
	}
	return false;
}

/* A flag that nothing depends on, or a pointer, tells nobody of a reference. */
static bool is_telling(const struct miner *m, const struct act *write)
{
	struct flag_id id;

	return !write->loc->pointers && flow_flag(write->loc, &id) &&
	       g_hash_table_contains(m->tested, flag_text(write->loc)) &&
	       !is_vetted_word(m, &id);
}

static void collect_tested(struct miner *m)
{
	const GPtrArray *tests = m->flow->acts[ACT_TEST];
	const char *flag;
	guint i;

	for (i = 0; i < tests->len; i++) {
		const struct act *a = tests->pdata[i];

		flag = flag_text(a->loc);
		if (flag)
			g_hash_table_add(m->tested, (gpointer)flag);
	}
}

/* Is another flag of the same object written nearer to @ref? */
static bool claimed(const struct miner *m, const struct path *p, int write,
		    int ref)
{
	int i, distance = ABS(ref - write);

	for (i = MAX(0, ref - distance + 1);
	     i < MIN(p->n, ref + distance); i++)
		if (i != write && is_flag_write(p->acts[i]) &&
		    p->acts[i]->kind == p->acts[write]->kind &&
		    p->acts[i]->obj == p->acts[write]->obj &&
		    p->acts[i]->loc != p->acts[write]->loc &&
		    is_telling(m, p->acts[i]))
			return true;
	return false;
}

/* The nearest act of @kind that belongs to the write, or NULL. */
static const struct act *nearest(const struct miner *m, const struct path *p,
				 int write, enum act_kind kind,
				 char **ret_path)
{
	const struct act *w = p->acts[write];
	struct nearby near = nearby_start(p, write);
	char *path;
	int i;

	while ((i = nearby_next(&near)) >= 0) {
		if (p->acts[i]->kind != kind)
			continue;
		path = path_to_object(p, w->obj, p->acts[i]->obj);
		if (path && !claimed(m, p, write, i)) {
			*ret_path = path;
			return p->acts[i];
		}
		g_free(path);
	}
	return NULL;
}

/* The site of the same write in the function that was called. */
static struct site *site_below(const struct miner *m, struct site *key,
			       const struct act *a)
{
	const struct func *f = unit_find(m->flow->unit, a->via->callee);
	struct site below = *key;

	below.in = f ? flow_of(m->flow, f) : NULL;
	below.line = a->via->inner ? a->via->inner->at.line : a->at.line;
	return below.in ? g_hash_table_lookup(m->index, &below) : NULL;
}

/* NULL: the write is no flag's, or none of this function's business. */
static struct site *site_of(const struct miner *m, const struct func_flow *ff,
			    const struct act *a, bool create)
{
	struct site key = { .in = ff, .line = act_line(a), .kind = a->kind };
	struct site *s;

	if (!a->obj || !flow_flag(a->loc, &key.flag))
		return NULL;
	if (a->via) {
		key.below = site_below(m, &key, a);
		if (!key.below || key.below->with || !is_part(key.below->in))
			return NULL;
	}
	s = g_hash_table_lookup(m->index, &key);
	if (s || !create)
		return s;
	s = g_new(struct site, 1);
	*s = key;
	s->write = a;
	g_hash_table_add(m->index, s);
	g_ptr_array_add(m->sites, s);
	return s;
}

static void keep_reference(struct site *s, const struct act *write,
			   const struct act *ref, char *path)
{
	s->ref = ref;
	s->write = write;
	s->object = path;
	s->object_record = ref->obj->record;
	if (ref->loc)
		flow_flag(ref->loc, &s->count);
}

/* Does the path write the flag the other way as well? */
static bool is_undone(const struct path *p, int write)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (is_flag_write(p->acts[i]) &&
		    p->acts[i]->loc == p->acts[write]->loc &&
		    p->acts[i]->kind != p->acts[write]->kind)
			return true;
	return false;
}

static void note_write(const struct miner *m, struct site *s,
		       const struct path *p, int i)
{
	bool set = s->kind == ACT_SET;
	const struct act *ref;
	char *path = NULL;

	ref = nearest(m, p, i, set ? ACT_GET : ACT_PUT, &path);
	if (ref && flow_is_lifetime(p->flow, ref)) {
		s->with++;
		if (!s->ref) {
			keep_reference(s, p->acts[i], ref, path);
			path = NULL;
		}
	} else if (p->complete) {
		s->without++;
		g_free(path);
		path = NULL;
		ref = nearest(m, p, i, set ? ACT_PUT : ACT_GET, &path);
		s->crossed += ref && !is_undone(p, i);
	}
	g_free(path);
}

static void scan_trace(struct miner *m, const struct func_flow *ff,
		       const struct act *leaf, struct arena *scratch)
{
	struct path p;
	struct site *s;
	int i;

	if (!path_new(m->flow, scratch, leaf, &p))
		return;
	for (i = 0; i < p.n; i++) {
		if (!is_flag_write(p.acts[i]))
			continue;
		s = site_of(m, ff, p.acts[i], true);
		if (s)
			note_write(m, s, &p, i);
	}
}

static void scan_func(struct miner *m, const struct func_flow *ff)
{
	struct arena *scratch;
	guint i;

	if (!ff->acts[ACT_SET].n && !ff->acts[ACT_CLEAR].n)
		return;
	scratch = arena_new();
	for (i = 0; i < ff->traces->len; i++)
		scan_trace(m, ff, ff->traces->pdata[i], scratch);
	arena_free(scratch);
}

/* Callers stand behind their callees. */
static void link_callers(const struct miner *m)
{
	guint i;

	for (i = m->sites->len; i-- > 0;) {
		struct site *s = m->sites->pdata[i];

		if (s->below && (s->with || s->met_above))
			s->below->met_above = true;
	}
}

/*
 * Do callers see the write? A summary leaves out what it has no room for, and
 * then it is not known what they do about it.
 */
static bool is_told(const struct site *s)
{
	const struct summary *sum = &s->in->summary;
	const struct act *a;
	int i, k;

	for (i = 0; i < sum->n_outcomes; i++) {
		for (k = 0; k < sum->outcomes[i].n_acts; k++) {
			a = sum->outcomes[i].acts[k];
			if (a->kind == s->kind &&
			    a->at.file == s->write->at.file &&
			    a->at.line == s->write->at.line &&
			    a->at.column == s->write->at.column)
				return true;
		}
	}
	return false;
}

/*
 * Is this the place to judge, of the function that writes and those that call
 * it? A pair that is declared has accessors, so whoever writes it elsewhere
 * has to bring the reference himself.
 */
static bool is_delegated(const struct site *s, bool mined)
{
	return mined && !s->with && is_part(s->in) &&
	       (!s->in->func->in_main_file || s->met_above ||
		!is_told(s));
}

static bool is_judged(const struct site *s, bool mined)
{
	const struct site *b;

	for (b = s->below; b; b = b->below)
		if (!is_delegated(b, mined))
			return false;
	return !is_delegated(s, mined);
}

static bool same_reference(const struct site *a, const struct site *b)
{
	return !g_strcmp0(a->object, b->object) &&
	       flag_equal(&a->count, &b->count);
}

static struct pair *pair_of(struct flow *fl, const struct flag_id *flag)
{
	struct pair *p;
	guint i;

	for (i = 0; i < fl->pairs->len; i++) {
		p = fl->pairs->pdata[i];
		if (flag_equal(&p->flag, flag))
			return p;
	}
	p = arena_new_object(fl->arena, struct pair);
	p->flag = *flag;
	p->origin = ORIGIN_MINED;
	p->accessors = g_ptr_array_new();
	p->sites = g_ptr_array_new();
	g_ptr_array_add(fl->pairs, p);
	return p;
}

/* What the paths through one site come to. */
struct verdict {
	int kept, lost, tested, untested;
	const struct act *write, *ref, *leaf;
};

static void judge_write(struct verdict *v, const struct path *p,
			const struct pair *pair, const struct flag_id *count,
			int i)
{
	const struct act *ref = NULL;

	switch (path_balance(p, pair, count, i, &ref)) {
	case BALANCE_KEPT:
		v->kept++;
		if (path_known(p, i) >= 0)
			v->tested++;
		else
			v->untested++;
		if (!v->ref) {
			v->ref = ref;
			v->write = p->acts[i];
		}
		break;
	case BALANCE_LOST:
		v->lost++;
		v->leaf = p->acts[p->n - 1];
		break;
	default:
		break;
	}
}

static void judge_trace(const struct miner *m, const struct site *s,
			const struct pair *pair, const struct flag_id *count,
			const struct act *leaf, struct verdict *v)
{
	struct arena *scratch = arena_new();
	struct path p;
	int i;

	if (path_new(m->flow, scratch, leaf, &p))
		for (i = 0; i < p.n; i++)
			if (is_flag_write(p.acts[i]) &&
			    site_of(m, s->in, p.acts[i], false) == s)
				judge_write(v, &p, pair, count, i);
	arena_free(scratch);
}

static void count_site(struct pair *p, const struct pair_site *ps)
{
	if (ps->write->kind == ACT_SET) {
		p->sets++;
		p->sets_with_get += ps->ref != NULL;
	} else {
		p->clears++;
		p->clears_with_put += ps->ref != NULL;
		p->clears_tested += ps->ref && ps->tested;
	}
	if (ps->always)
		g_ptr_array_add(p->accessors, (gpointer)ps->in->func);
}

static void add_site(const struct miner *m, struct pair *p,
		     const struct site *s, const struct flag_id *count)
{
	struct pair_site *ps = arena_new_object(m->flow->arena,
						struct pair_site);
	struct verdict v = { .write = s->write };
	guint i;

	for (i = 0; i < s->in->traces->len; i++)
		judge_trace(m, s, p, count, s->in->traces->pdata[i], &v);
	if (!v.kept && !v.lost)
		return;
	ps->in = s->in;
	ps->write = v.write;
	ps->ref = v.ref;
	ps->tested = v.tested && !v.untested;
	ps->always = v.kept && !v.lost;
	ps->lost = v.leaf;
	g_ptr_array_add(p->sites, ps);
	count_site(p, ps);
}

static void add_sites(const struct miner *m, struct pair *p,
		      const struct flag_id *count)
{
	bool mined = p->origin == ORIGIN_MINED;
	guint i;

	for (i = 0; i < m->sites->len; i++) {
		const struct site *s = m->sites->pdata[i];

		if (flag_equal(&s->flag, &p->flag) && is_judged(s, mined))
			add_site(m, p, s, count);
	}
}

/* Does the flag of @seed own the reference that stands at @seed? */
static bool passes(const GPtrArray *sites, const struct site *seed)
{
	int sets = 0, gets = 0, clears = 0, puts = 0, crossed = 0;
	guint i;

	for (i = 0; i < sites->len; i++) {
		const struct site *s = sites->pdata[i];
		bool with;

		if (!flag_equal(&s->flag, &seed->flag) || !is_judged(s, true))
			continue;
		with = s->ref && same_reference(s, seed);
		crossed += s->crossed && !with;
		if (s->kind == ACT_SET) {
			sets++;
			gets += with;
		} else {
			clears++;
			puts += with;
		}
	}
	return gets && puts && !crossed && gets * 2 >= sets &&
	       puts * 2 >= clears && (gets + puts) * 2 > sets + clears;
}

/* On second thoughts, with every path counted: still a pair? */
static void drop_if_one_sided(struct flow *fl, struct pair *p)
{
	if (p->sets_with_get && p->clears_with_put)
		return;
	g_ptr_array_unref(p->accessors);
	g_ptr_array_unref(p->sites);
	g_ptr_array_remove(fl->pairs, p);
}

static void mine(const struct miner *m)
{
	struct flow *fl = m->flow;
	guint i;

	for (i = 0; i < m->sites->len; i++) {
		const struct site *seed = m->sites->pdata[i];
		struct pair *p;

		if (!seed->ref || seed->kind != ACT_SET ||
		    !is_telling(m, seed->write) ||
		    flow_pair(fl, &seed->flag) || !passes(m->sites, seed))
			continue;
		p = pair_of(fl, &seed->flag);
		p->object = g_intern_string(seed->object);
		p->object_known = true;
		p->object_record = seed->object_record;
		p->count = seed->count.name;
		add_sites(m, p, &seed->count);
		drop_if_one_sided(fl, p);
	}
}

static void declared(const struct miner *m)
{
	static const struct flag_id any;
	guint i;

	for (i = 0; i < m->flow->model->pairs->len; i++) {
		const struct pair_decl *d = m->flow->model->pairs->pdata[i];
		struct flag_id flag = { d->record, d->flag };
		struct pair *p = pair_of(m->flow, &flag);

		p->decl = d;
		p->origin = d->origin;
		p->object = d->object ? d->object : "";
		p->object_known = d->object != NULL;
		p->object_record = d->object_record;
		add_sites(m, p, &any);
	}
}

void pairs_compute(struct flow *fl)
{
	struct miner m = { .flow = fl };
	guint i;

	m.index = g_hash_table_new(site_hash, site_equal);
	m.sites = g_ptr_array_new_with_free_func(site_free);
	m.tested = g_hash_table_new(NULL, NULL);
	collect_tested(&m);
	for (i = 0; i < fl->funcs->len; i++)
		scan_func(&m, fl->funcs->pdata[i]);
	link_callers(&m);
	declared(&m);
	mine(&m);
	g_hash_table_unref(m.index);
	g_hash_table_unref(m.tested);
	g_ptr_array_unref(m.sites);
}
