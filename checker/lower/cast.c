// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may be the other CPUs: functions of the unit that change the same flag,
 * take or drop a reference on the same record, or find, unlink or free such
 * objects; and clients made of several of them: look it up, use it, drop it.
 * The order is fixed, the likeliest first.
 */
#include "lower/private.h"

/* Candidates that are tried with the finding's function, one and two at a */
/* time. */
#define MAX_SINGLE 8
#define MAX_DOUBLE 4
/* Calls between a function that waits and what comes after the wait. */
#define MAX_CALLERS 4

struct candidate {
	const struct func_flow *ff;
	int score, index;
	bool gets;	/* returns the object with a reference */
	bool drops;	/* its caller's reference, and it gets no other object */
	bool changes;	/* the flag */
	bool wakes;	/* who waits for the flag */
};

static const char *stake_record(const struct subject *s)
{
	if (s->pair && s->pair->object_record)
		return s->pair->object_record;
	if (s->object && s->object->record)
		return s->object->record;
	return s->flag.record;
}

bool owns_nothing(const struct subject *s)
{
	guint i;

	if (s->remedy != REMEDY_PAIR || !s->pair)
		return false;
	for (i = 0; i < s->pair->sites->len; i++)
		if (((const struct pair_site *)s->pair->sites->pdata[i])->ref)
			return false;
	return true;
}

/* Where the finding is that a flag owns none, it does not. */
bool owns_reference(const struct flow *fl, const struct subject *s,
		    const struct act *a, const char *record)
{
	const struct pair *p;
	struct flag_id id;

	if (!a->loc || !flow_flag(a->loc, &id))
		return false;
	p = flow_pair(fl, &id);
	return p && p->object_record == record &&
	       !(s->pair == p && owns_nothing(s));
}

/* Is it an act on such an object, also where a cast hid what it points at? */
static bool is_on(const struct act *a, const char *record)
{
	const struct expr *loc = a->loc;

	if (a->obj && a->obj->record == record)
		return true;
	if (loc && loc->kind == EXPR_BIT)
		loc = loc->a;
	return loc && loc->kind == EXPR_FIELD && loc->owner == record;
}

/* What one act does to the references that the caller has. */
static int consumes(const struct flow *fl, const struct subject *s,
		    const struct act *a, const char *record)
{
	switch (a->kind) {
	case ACT_PUT:
		return is_on(a, record);
	case ACT_GET:
		return is_on(a, record) ? -1 : 0;
	case ACT_CLEAR:
		return owns_reference(fl, s, a, record) ? -1 : 0;
	case ACT_SET:
		return owns_reference(fl, s, a, record);
	default:
		return 0;
	}
}

/* Is there anything on the function's paths that does? */
static bool may_consume(const struct flow *fl, const struct subject *s,
			const struct func_flow *ff, const char *record)
{
	static const enum act_kind kinds[] = { ACT_PUT, ACT_SET };
	const struct act *const *acts;
	size_t k;
	guint i, n;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		acts = flow_acts(fl, ff, kinds[k], &n);
		for (i = 0; i < n; i++)
			if (consumes(fl, s, acts[i], record))
				return true;
	}
	return false;
}

int references_consumed(const struct flow *fl, const struct subject *s,
			const struct func_flow *ff, const char *record)
{
	const struct act *a;
	int most = 0, n;
	guint i;

	/* paths are long, and most functions drop none */
	if (!may_consume(fl, s, ff, record))
		return 0;
	for (i = 0; i < ff->traces->len; i++) {
		n = 0;
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			n += consumes(fl, s, a, record);
		most = MAX(most, n);
	}
	return MIN(most, 3);
}

static bool is_about(const struct act *a, const struct subject *s,
		     const char *record, bool *ret_flag)
{
	struct flag_id id;

	*ret_flag = s->flag.name && a->loc && flow_flag(a->loc, &id) &&
		    flag_equal(&id, &s->flag);
	return *ret_flag || is_on(a, record);
}

/* How much such an act has to say in the story; @flag: it is about the flag. */
static int weight(enum act_kind kind, bool flag)
{
	switch (kind) {
	case ACT_SET:
	case ACT_CLEAR:
	case ACT_STORE:
		return flag ? 8 : 1;
	case ACT_FREE:
	case ACT_REMOVE:
		return 6;
	case ACT_PUT:
	case ACT_GET:
		return 5;
	case ACT_SELECT:
		return 3;
	case ACT_TEST:
		return flag ? 2 : 0;
	case ACT_WAKE:
		return flag ? 7 : 0;
	default:
		return 0;
	}
}

/* What the function's acts of one kind have to say: the most counts. */
static int weight_of(const struct flow *fl, const struct subject *s,
		     const char *record, const struct func_flow *ff,
		     enum act_kind kind)
{
	/* most acts are of kinds that never have anything to say */
	int most = weight(kind, s->flag.name), best = 0;
	const struct act *const *acts;
	bool flag;
	guint i, n;

	acts = flow_acts(fl, ff, kind, &n);
	for (i = 0; i < n && best < most; i++)
		if (!acts[i]->is_init && is_about(acts[i], s, record, &flag))
			best = MAX(best, weight(kind, flag));
	return best;
}

/* Does it wake those who wait for what the finding waits for? */
static bool wakes_waiter(const struct flow *fl, const struct subject *s,
			 const struct func_flow *ff)
{
	const struct act *const *wakes;
	struct flag_id id;
	guint i, n;

	wakes = flow_acts(fl, ff, ACT_WAKE, &n);
	for (i = 0; s->remedy == REMEDY_RESCAN && i < n; i++)
		if (wakes[i]->loc && flow_flag(wakes[i]->loc, &id) &&
		    flag_equal(&id, &s->flag))
			return true;
	return false;
}

/* Each kind of act counts once. */
static int score_of(const struct flow *fl, const struct subject *s,
		    const char *record, const struct func_flow *ff)
{
	int k, sum = 0;

	for (k = 0; k < ACT_KINDS; k++)
		sum += weight_of(fl, s, record, ff, k);
	return sum;
}

/* Does it get the object on its own, and not from its caller? */
static bool is_given(const struct func_flow *ff, const char *record)
{
	int i;

	for (i = 0; i < ff->func->n_params; i++)
		if (ff->func->locals[i].record == record &&
		    ff->func->locals[i].pointers == 1)
			return true;
	return false;
}

static bool returns_one(const struct func_flow *ff, const char *record)
{
	const struct act *a, *b;
	guint i;

	if (ff->func->return_record != record ||
	    ff->func->return_pointers != 1)
		return false;
	for (i = 0; i < ff->traces->len; i++) {
		a = ff->traces->pdata[i];
		if (a->kind != ACT_RETURN || !a->value)
			continue;
		for (b = a->prev; b; b = b->prev)
			if (b->kind == ACT_GET && b->obj == a->value)
				return true;
	}
	return false;
}

static bool is_release_row(const struct api *row)
{
	return row->effect == EFFECT_COUNT_DEC_FREE ||
	       row->effect == EFFECT_COUNT_DEC_FREE_LOCK ||
	       row->effect == EFFECT_FREE_LATER;
}

static void add_releases_of(const struct flow *fl, const struct event *ev,
			    GHashTable *set)
{
	const GArray *rows;
	guint r;
	int i;

	if (ev->kind != EVENT_CALL || ev->callee->kind != EXPR_FUNC)
		return;
	rows = model_api(fl->model, ev->callee->name);
	for (r = 0; rows && r < rows->len; r++)
		if (is_release_row(&g_array_index(rows, struct api, r)))
			for (i = 0; i < ev->n_args; i++)
				if (ev->args[i]->kind == EXPR_FUNC)
					g_hash_table_add(set, (gpointer)
						ev->args[i]->name);
}

/* Functions that the last put calls: nobody else does. */
static GHashTable *releases_of(const struct flow *fl)
{
	GHashTable *set = g_hash_table_new(NULL, NULL);
	guint i;
	int b, k;

	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];

		for (b = 0; b < ff->func->n_blocks; b++)
			for (k = 0; k < ff->func->blocks[b].n_events; k++)
				add_releases_of(fl, &ff->func->blocks[b]
							     .events[k], set);
	}
	return set;
}

/* Somebody from outside of the unit can come here. */
static bool is_entrance(const struct func_flow *ff, GHashTable *releases)
{
	if (g_hash_table_contains(releases, ff->func->name))
		return false;
	return ff->address_taken || !ff->func->is_static ||
	       !ff->callers->len;
}

static int compare(gconstpointer a, gconstpointer b)
{
	const struct candidate *x = a, *y = b;

	if (x->score != y->score)
		return y->score - x->score;
	return x->index - y->index;
}

static GArray *candidates_of(const struct flow *fl, const struct subject *s)
{
	GArray *list = g_array_new(FALSE, TRUE, sizeof(struct candidate));
	GHashTable *releases = releases_of(fl);
	const char *record = stake_record(s);
	guint i;

	for (i = 0; i < fl->funcs->len; i++) {
		struct candidate c = { .ff = fl->funcs->pdata[i],
				       .index = (int)i };

		/* a helper alone lacks what its callers test before */
		if (!is_entrance(c.ff, releases) &&
		    (c.ff != s->in || s->remedy == REMEDY_RESCAN))
			continue;
		c.score = score_of(fl, s, record, c.ff);
		if (!c.score)
			continue;
		c.changes = is_given(c.ff, record) && c.score >= 8;
		c.gets = returns_one(c.ff, record);
		c.drops = !c.gets && is_given(c.ff, record) &&
			  !c.ff->entry_locks->len &&
			  references_consumed(fl, s, c.ff, record) == 1;
		c.changes &= !c.gets && !c.drops;
		c.wakes = is_given(c.ff, record) && wakes_waiter(fl, s, c.ff);
		c.score += c.ff->func == s->other ? 40 : 0;
		c.score -= MIN(c.ff->func->n_blocks / 8, 8);
		c.score -= c.ff == s->in ? 3 : 0;
		g_array_append_val(list, c);
	}
	g_hash_table_unref(releases);
	g_array_sort(list, compare);
	return list;
}

static struct script *add_thread(struct cast *c, const struct func_flow *ff)
{
	struct script *s = &c->threads[c->n++];

	s->calls[s->n++] = ff;
	return s;
}

/* From where in the unit the function is called; itself, if from nowhere. */
static const struct func_flow *entrance_to(const struct flow *fl,
					   const struct func_flow *ff)
{
	const struct call_site *site;
	int depth;

	for (depth = 0; depth < MAX_CALLERS && ff->callers->len; depth++) {
		site = ff->callers->pdata[0];
		ff = flow_of(fl, site->caller);
	}
	return ff;
}

static struct cast start(const struct flow *fl, const struct subject *s)
{
	struct cast c = { .n = 0 };

	/* what a wait is good for is seen behind it, in the callers */
	add_thread(&c, s->remedy == REMEDY_RESCAN ? entrance_to(fl, s->in) :
						     s->in);
	return c;
}

/* The @nth candidate, likeliest first, that has the property. */
static const struct candidate *find(const GArray *list, size_t member,
				    guint nth)
{
	const struct candidate *c;
	guint i;

	for (i = 0; i < list->len; i++) {
		c = &g_array_index(list, struct candidate, i);
		if (*(const bool *)((const char *)c + member) && !nth--)
			return c;
	}
	return NULL;
}

/* Who wakes those who wait for the flag; NULL: nobody, or there is no wait. */
static const struct func_flow *waker_of(const GArray *list)
{
	const struct candidate *c = find(list, G_STRUCT_OFFSET(
		struct candidate, wakes), 0);

	return c ? c->ff : NULL;
}

/* Who gets what others wait for lets go of it: they would wait for ever. */
static void add_part(struct script *s, const struct candidate *c,
		     const struct func_flow *waker)
{
	s->calls[s->n++] = c->ff;
	if (c->gets && waker)
		s->calls[s->n++] = waker;
}

static void add_client(GArray *casts, const struct cast *alone,
		       const struct candidate *get,
		       const struct candidate *use,
		       const struct candidate *drop)
{
	struct cast cast = *alone;
	struct script *client = add_thread(&cast, get->ff);

	if (use)
		client->calls[client->n++] = use->ff;
	client->calls[client->n++] = drop->ff;
	g_array_append_val(casts, cast);
}

/* Looks it up, [changes the flag,] and drops it. */
static void add_clients(GArray *casts, const GArray *list,
			const struct cast *alone)
{
	const struct candidate *get, *drop, *use;
	guint i, j, k;

	for (i = 0; i < 2; i++) {
		get = find(list, G_STRUCT_OFFSET(struct candidate, gets), i);
		for (j = 0; get && j < 2; j++) {
			drop = find(list, G_STRUCT_OFFSET(struct candidate,
							  drops), j);
			if (!drop)
				break;
			add_client(casts, alone, get, NULL, drop);
			for (k = 0; k < 2; k++) {
				use = find(list, G_STRUCT_OFFSET(
					struct candidate, changes), k);
				if (use)
					add_client(casts, alone, get, use,
						   drop);
			}
		}
	}
}

/* Lets go of one object after the other. Who does has no other part. */
static void add_releases(GArray *casts, GArray *list, const struct cast *alone)
{
	const struct candidate *c;
	struct script *all;
	struct cast cast;
	guint i;

	for (i = 0; i < 2; i++) {
		c = find(list, G_STRUCT_OFFSET(struct candidate, wakes), i);
		if (!c)
			break;
		cast = *alone;
		all = add_thread(&cast, c->ff);
		while (all->n < MAX_INSTANCES)
			all->calls[all->n++] = c->ff;
		all->each = true;
		g_array_append_val(casts, cast);
	}
	for (i = list->len; i-- > 0;)
		if (g_array_index(list, struct candidate, i).wakes)
			g_array_remove_index(list, i);
}

/* The @nth function, of those that others can call, that fills a table. */
static const struct func_flow *filler(const struct flow *fl,
				      const struct subject *s,
				      const struct expr *slot, guint nth)
{
	GHashTable *releases = releases_of(fl);
	const struct func_flow *ff, *found = NULL;
	guint i;

	for (i = 0; !found && i < fl->funcs->len; i++) {
		ff = fl->funcs->pdata[i];
		if (ff != s->in && is_entrance(ff, releases) &&
		    fills_slot(fl, ff, slot) && !nth--)
			found = ff;
	}
	g_hash_table_unref(releases);
	return found;
}

/* Fills a table, and finds the object by what it filled in. */
static void add_finders(GArray *casts, const struct flow *fl,
			const struct subject *s, const struct expr *slot,
			const GArray *list, const struct func_flow *waker,
			const struct cast *alone)
{
	const struct func_flow *fill;
	const struct candidate *find;
	struct script *client;
	struct cast cast;
	guint i, k;

	for (i = 0; slot && i < 2 && (fill = filler(fl, s, slot, i)); i++) {
		for (k = 0; k < list->len && k < MAX_SINGLE; k++) {
			find = &g_array_index(list, struct candidate, k);
			if (find->ff == s->in ||
			    !finds_by_slot(fl, s, find->ff, slot))
				continue;
			cast = *alone;
			client = add_thread(&cast, fill);
			add_part(client, find, waker);
			g_array_append_val(casts, cast);
		}
	}
}

GArray *casts_of(const struct flow *fl, const struct subject *s,
		 const struct expr *slot)
{
	GArray *casts = g_array_new(FALSE, TRUE, sizeof(struct cast));
	GArray *list = candidates_of(fl, s);
	const struct func_flow *waker = waker_of(list);
	const struct cast alone = start(fl, s);
	struct cast cast;
	guint i, k;

	if (s->remedy == REMEDY_RESCAN)
		add_releases(casts, list, &alone);
	for (i = 0; i < list->len && i < MAX_SINGLE; i++) {
		cast = alone;
		add_part(&cast.threads[cast.n++],
			 &g_array_index(list, struct candidate, i), waker);
		g_array_append_val(casts, cast);
	}
	add_clients(casts, list, &alone);
	add_finders(casts, fl, s, slot, list, waker, &alone);
	for (i = 0; i < list->len && i < MAX_DOUBLE; i++) {
		for (k = i; k < list->len && k < MAX_DOUBLE; k++) {
			cast = alone;
			add_part(&cast.threads[cast.n++], &g_array_index(
				list, struct candidate, i), waker);
			add_part(&cast.threads[cast.n++], &g_array_index(
				list, struct candidate, k), waker);
			g_array_append_val(casts, cast);
		}
	}
	g_array_unref(list);
	return casts;
}
