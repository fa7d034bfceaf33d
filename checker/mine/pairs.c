// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: for each flag the reference that goes with it at most places. A get
 * or put is credited to one flag only, the one whose case is best without it.
 */
#include "mine/private.h"

#include <string.h>

#include "base/arena.h"

/* Acts between a write and its reference: more are a coincidence. */
#define MAX_DISTANCE 6

/* What a flag might own: a count, and the way to its object. */
struct guess {
	const struct flag *flag;
	const char *record, *name, *path, *object;
	struct mined_pair *pair;
	GPtrArray *judged;	/* struct judged *: one a place */
};

/* A place as this guess sees it. */
struct judged {
	const struct place *place;
	const struct clue *with;    /* NULL: nothing of the kind */
	const struct clue *against; /* a put with a set... */
};

static bool is_about(const struct clue *c, const struct guess *g)
{
	return c->ref.record == g->record && c->ref.name == g->name &&
	       c->ref.path == g->path;
}

static enum evidence_kind wanted(const struct place *p)
{
	return p->site->kind == EVIDENCE_SET ? EVIDENCE_GET : EVIDENCE_PUT;
}

/* On at least half of the paths, that is; what is rarer is a coincidence. */
static bool is_usual(const struct clue *c)
{
	return c->ref.with * 2 >= c->paths;
}

static bool is_better(const struct clue *c, const struct clue *best)
{
	return !best || c->ref.distance < best->ref.distance;
}

/* A reference that was credited elsewhere, by its place: who has it. */
static const struct flag *creditor(GHashTable *credits, const struct clue *c)
{
	char *key = g_strdup_printf("%d %s:%d %s", (int)c->ref.kind,
				    c->ref.file, c->ref.line, c->ref.path);
	const struct flag *f = g_hash_table_lookup(credits, key);

	g_free(key);
	return f;
}

static void credit(GHashTable *credits, const struct clue *c,
		   const struct flag *f)
{
	g_hash_table_insert(credits,
			    g_strdup_printf("%d %s:%d %s", (int)c->ref.kind,
					    c->ref.file, c->ref.line,
					    c->ref.path), (gpointer)f);
}

static void judge(struct judged *j, const struct guess *g, GHashTable *credits)
{
	guint i;

	j->with = j->against = NULL;
	for (i = 0; i < j->place->clues->len; i++) {
		const struct clue *c = &g_array_index(j->place->clues,
						      struct clue, i);
		const struct flag *taken;

		if (!is_about(c, g))
			continue;
		taken = creditor(credits, c);
		if (taken && taken != g->flag)
			continue;
		if (c->ref.kind != wanted(j->place)) {
			if (is_better(c, j->against))
				j->against = c;
		} else if (is_usual(c) && is_better(c, j->with)) {
			j->with = c;
		}
	}
}

static bool is_counted(const struct place *p)
{
	return !p->site->init && (p->site->paths || p->clues->len);
}

static void count(struct guess *g)
{
	struct mined_pair *p = g->pair;
	int sum = 0, n = 0;
	guint i;

	p->sets = p->gets = p->clears = p->puts = p->crossed = 0;
	p->tested = p->atomic = p->near = 0;
	for (i = 0; i < g->judged->len; i++) {
		const struct judged *j = g->judged->pdata[i];
		bool set = j->place->site->kind == EVIDENCE_SET;

		if (set)
			p->sets++;
		else
			p->clears++;
		p->crossed += !j->with && j->against;
		p->atomic += j->place->site->atomic;
		if (!j->with)
			continue;
		p->gets += set;
		p->puts += !set;
		p->near += j->with->row == j->place->site;
		p->tested += !set && j->with->known > 0;
		sum += j->with->ref.distance;
		n++;
	}
	p->distance = n ? sum / n : 0;
	p->stores = (int)g->flag->stores->len;
}

/* With the reference on another object it may well be chance. */
static bool is_untold(const struct mined_pair *p)
{
	return !p->tested && !p->atomic && *p->object;
}

static const char *why_not(const struct mined_pair *p)
{
	if (!p->lifetime)
		return "the count's last put is not seen to free";
	if (!p->gets)
		return "no place that sets it takes a reference";
	if (!p->puts)
		return "no place that clears it drops one";
	if (p->crossed)
		return "set with a put, or cleared with a get";
	if (!p->near)
		return "no function does both";
	if (p->distance > MAX_DISTANCE)
		return "the reference is far away";
	if (p->stores)
		return "written with values that nobody knows";
	if (p->gets * 2 < p->sets || p->puts * 2 < p->clears ||
	    (p->gets + p->puts) * 2 <= p->sets + p->clears)
		return "most places leave the count alone";
	if (is_untold(p))
		return "nobody asks for it before the put";
	return NULL;
}

/*
 * The share of places that keep to it, 100 for each side; the share of puts
 * behind a test, 40; 20 for each place that agrees, up to 6. Less 5 for each act
 * between a write and its reference, and for what speaks against it: what is
 * only proposed is read in this order, too.
 */
static int score(const struct mined_pair *p)
{
	int s = 0;

	if (p->sets)
		s += 100 * p->gets / p->sets;
	if (p->clears)
		s += 100 * p->puts / p->clears;
	if (!p->gets || !p->puts)
		s /= 2;
	if (p->puts)
		s += 40 * p->tested / p->puts;
	s += 20 * MIN(p->gets + p->puts, 6);
	s -= 5 * MIN(p->distance, 20) + (p->distance > MAX_DISTANCE ? 60 : 0);
	s -= p->near ? 0 : 80;
	s -= is_untold(p) ? 80 : 0;
	s -= 40 * p->crossed + 20 * MIN(p->stores, 3);
	return s;
}

static void assess(struct guess *g, GHashTable *credits)
{
	guint i;

	for (i = 0; i < g->judged->len; i++)
		judge(g->judged->pdata[i], g, credits);
	count(g);
	g->pair->why_not = why_not(g->pair);
	g->pair->strict = !g->pair->why_not;
	g->pair->score = score(g->pair);
}

static struct guess *guess_new(struct tables *t, const struct flag *f,
			       const struct evidence_ref *ref)
{
	struct guess *g = arena_new_object(t->out->arena, struct guess);
	struct mined_pair *p = arena_new_object(t->out->arena,
						struct mined_pair);
	guint i;

	*g = (struct guess){ f, ref->record, ref->name, ref->path,
			     ref->object, p, tables_array(t) };
	p->record = f->record;
	p->flag = f->name;
	p->object = ref->path;
	p->object_record = ref->object;
	p->count_record = ref->record;
	p->count = ref->name;
	p->lifetime = tables_is_lifetime(t, ref->record, ref->name);
	for (i = 0; i < f->places->len; i++) {
		struct judged *j;

		if (!is_counted(f->places->pdata[i]))
			continue;
		j = arena_new_object(t->out->arena, struct judged);
		j->place = f->places->pdata[i];
		g_ptr_array_add(g->judged, j);
	}
	return g;
}

static bool is_known(const GPtrArray *guesses, const struct clue *c)
{
	guint i;

	for (i = 0; i < guesses->len; i++)
		if (is_about(c, guesses->pdata[i]))
			return true;
	return false;
}

/* The best guess at what a flag owns, or NULL. */
static struct guess *best_guess(struct tables *t, const struct flag *f,
				GHashTable *credits)
{
	GPtrArray *guesses = g_ptr_array_new();
	struct guess *best = NULL, *g;
	guint i, k;

	for (i = 0; i < f->places->len; i++) {
		const struct place *p = f->places->pdata[i];

		for (k = 0; k < p->clues->len; k++) {
			const struct clue *c = &g_array_index(p->clues,
							      struct clue, k);

			if (is_known(guesses, c))
				continue;
			g = guess_new(t, f, &c->ref);
			g_ptr_array_add(guesses, g);
			assess(g, credits);
			if (!g->pair->lifetime || !(g->pair->gets +
						    g->pair->puts))
				continue;
			if (!best || g->pair->strict > best->pair->strict ||
			    (g->pair->strict == best->pair->strict &&
			     g->pair->score > best->pair->score))
				best = g;
		}
	}
	g_ptr_array_unref(guesses);
	return best;
}

static gint compare_guesses(gconstpointer p, gconstpointer q)
{
	const struct guess *a = *(struct guess *const *)p;
	const struct guess *b = *(struct guess *const *)q;

	if (a->pair->strict != b->pair->strict)
		return b->pair->strict - a->pair->strict;
	if (a->pair->score != b->pair->score)
		return b->pair->score - a->pair->score;
	if (a->flag->record != b->flag->record)
		return strcmp(a->flag->record, b->flag->record);
	return strcmp(a->flag->name, b->flag->name);
}

/* ---- what is told of it ---- */

static void add_once(GPtrArray *names, const char *name)
{
	if (!g_ptr_array_find(names, name, NULL))
		g_ptr_array_add(names, (gpointer)name);
}

/* Here both change on every path, as if in one step: an accessor. */
static void note_accessor(struct mined_pair *p, const struct judged *j)
{
	const struct evidence_site *s = j->place->site;

	if (!j->with || j->with->row != s || j->with->ref.apart ||
	    j->with->ref.with < j->with->paths)
		return;
	add_once(s->kind == EVIDENCE_SET ? p->get : p->put, s->func);
}

static bool holds(const struct evidence_site *s, const char *lock)
{
	int i;

	for (i = 0; i < s->n_locks; i++)
		if (s->locks[i] == lock)
			return true;
	return false;
}

/* A lock in the flag's own record that every place holds. */
static const char *common_lock(const struct guess *g)
{
	const struct judged *first = g->judged->pdata[0];
	const struct evidence_site *s = first->place->site;
	const char *prefix = tables_name(g->flag->record, "");
	guint i;
	int k;

	for (k = 0; k < s->n_locks; k++) {
		if (!g_str_has_prefix(s->locks[k], prefix))
			continue;
		for (i = 0; i < g->judged->len; i++)
			if (!holds(((struct judged *)g->judged->pdata[i])
					   ->place->site, s->locks[k]))
				break;
		if (i == g->judged->len)
			return g_intern_string(s->locks[k] + strlen(prefix));
	}
	return NULL;
}

static void describe(struct tables *t, struct guess *g)
{
	struct mined_pair *p = g->pair;
	const char *file = NULL;
	guint i;

	p->get = tables_array(t);
	p->put = tables_array(t);
	p->support = tables_array(t);
	p->exceptions = tables_array(t);
	for (i = 0; i < g->judged->len; i++) {
		const struct judged *j = g->judged->pdata[i];

		tables_add_site(t, j->with ? p->support : p->exceptions,
				j->place->site, j->with ? j->with : j->against);
		note_accessor(p, j);
		if (!j->with)
			continue;
		p->across |= (file && file != j->place->site->file) ||
			     j->with->ref.file != j->place->site->file;
		file = j->place->site->file;
	}
	p->lock = common_lock(g);
}

static void take_credit(const struct guess *g, GHashTable *credits)
{
	guint i;

	for (i = 0; i < g->judged->len; i++) {
		const struct judged *j = g->judged->pdata[i];

		if (j->with && !creditor(credits, j->with))
			credit(credits, j->with, g->flag);
	}
}

void mine_pairs(struct tables *t)
{
	GHashTable *credits = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, NULL);
	GPtrArray *guesses = g_ptr_array_new();
	guint i;

	for (i = 0; i < t->flags->len; i++) {
		struct flag *f = t->flags->pdata[i];
		struct guess *g = f->tested ? best_guess(t, f, credits) : NULL;

		if (g)
			g_ptr_array_add(guesses, g);
	}
	g_ptr_array_sort(guesses, compare_guesses);
	/* the strongest first: what it has, the others have not */
	for (i = 0; i < guesses->len; i++) {
		struct guess *g = guesses->pdata[i];

		assess(g, credits);
		take_credit(g, credits);
	}
	g_ptr_array_sort(guesses, compare_guesses);
	for (i = 0; i < guesses->len; i++) {
		struct guess *g = guesses->pdata[i];

		if (!g->pair->gets && !g->pair->puts)
			continue;
		describe(t, g);
		g_ptr_array_add(t->out->pairs, g->pair);
	}
	g_ptr_array_unref(guesses);
	g_hash_table_unref(credits);
}
