// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which words matter: what one thread writes and another asks for. Each script
 * is lowered alone for that, with all that its code names, and once for all
 * casts that it is part of.
 */
#include "lower/private.h"

/* What a script does to a word. */
struct word_use {
	const char *key;	/* word_key() */
	bool lock, count, primary, stake;
	bool hidden;		/* a pointer, or no member */
	bool reads, writes;
	bool stores;		/* all bits at once */
	int lockers;		/* scripts that take it: 1 at most */
};

struct bit_use {
	const char *key;
	guint word;		/* index into usage.words */
	bool changed;
};

struct usage {
	/* of what */
	const struct subject *subject;
	struct script script;
	bool first, fix;
	/* this: */
	char *why;		/* it cannot be lowered; or NULL */
	GArray *words;		/* struct word_use */
	GArray *bits;		/* struct bit_use */
};

struct usages {
	GPtrArray *known;	/* struct usage * */
	const struct expr *slot; /* of slot_read(); NULL: none */
	const char *stake;	/* the record that it is about */
};

static void usage_free(gpointer data)
{
	struct usage *u = data;

	g_free(u->why);
	g_array_unref(u->words);
	g_array_unref(u->bits);
	g_free(u);
}

struct usages *usages_new(const struct flow *fl, const struct subject *s)
{
	struct usages *all = g_new0(struct usages, 1);

	all->known = g_ptr_array_new_with_free_func(usage_free);
	all->slot = slot_read(fl, s);
	all->stake = s->object ? s->object->record : NULL;
	return all;
}

const struct expr *usages_slot(const struct usages *all, const struct subject *s)
{
	return s->object && s->object->record == all->stake ? all->slot : NULL;
}

void usages_free(struct usages *all)
{
	g_ptr_array_unref(all->known);
	g_free(all);
}

/* ---- of one script ---- */

static void name_words(const struct builder *b, const struct kind *k,
		       struct usage *u)
{
	struct word_use use;
	struct bit_use bit;
	guint i;
	int n;

	for (i = 0; i < k->words->len; i++) {
		struct word *w = k->words->pdata[i];

		use = (struct word_use){
			.key = word_key(k, w, -1), .lock = w->field.lock,
			.count = w->field.count, .primary = k->primary,
			.stake = g_hash_table_contains(b->records, k->record),
			.hidden = w->ghost || w->field.pointer,
		};
		g_array_append_val(u->words, use);
		for (n = 0; n < (int)w->bits->len; n++) {
			bit = (struct bit_use){ .key = word_key(k, w, n),
						.word = u->words->len - 1 };
			g_array_append_val(u->bits, bit);
		}
	}
}

static void note_access(struct word_use *use, const struct op *op)
{
	use->reads |= op->kind == OP_LOAD || op->result >= 0;
	use->writes |= op->kind == OP_STORE || op->kind == OP_RMW;
	use->stores |= op->kind == OP_STORE;
	if (op->kind == OP_LOCK || op->kind == OP_TRYLOCK)
		use->lockers = 1;
}

/* The bits of the op's mask; @first: the word's first bit in u->bits. */
static void note_mask(const struct builder *b, const struct op *op,
		      struct usage *u, guint first)
{
	guint64 bits = 0;
	guint i;

	if (op->kind == OP_LOAD)
		return;
	for (i = 0; i < b->masks->len; i++) {
		const struct mask *m = b->masks->pdata[i];

		if (&m->value == op->value)
			bits |= m->bits;
	}
	for (; bits; bits &= bits - 1)
		g_array_index(u->bits, struct bit_use,
			      first + (guint)__builtin_ctzll(bits)).changed =
			true;
}

/* Where in u->words and u->bits a place's word and its bits stand. */
static void find_use(const struct builder *b, const struct place *place,
		     guint *ret_word, guint *ret_bit)
{
	const struct kind *k;
	int i, field;

	*ret_word = *ret_bit = 0;
	for (i = 0; i <= place->type; i++) {
		k = b->kinds->pdata[i];
		for (field = 0; field < (int)k->words->len; field++) {
			if (i == place->type && field == place->field)
				return;
			++*ret_word;
			*ret_bit += ((const struct word *)
				     k->words->pdata[field])->bits->len;
		}
	}
}

static void note_accesses(const struct builder *b, const struct draft *t,
			  struct usage *u)
{
	guint i, word, bit;

	for (i = 0; i < t->ops->len; i++) {
		const struct op *op = &g_array_index(t->ops, struct op, i);

		if (!op->place.object)
			continue;
		find_use(b, &op->place, &word, &bit);
		note_access(&g_array_index(u->words, struct word_use, word),
			    op);
		note_mask(b, op, u, bit);
	}
}

static void lower_usage(const struct flow *fl, const struct shared *shared,
			struct arena *a, struct usage *u)
{
	struct builder b;
	guint i;

	builder_init(&b, fl, u->subject, shared, a);
	b.fix = u->fix;
	b.slot = usages_slot(shared->usages, u->subject);
	lower_alone(&b, &u->script, u->first);
	u->why = g_steal_pointer(&b.why);
	for (i = 0; i < b.kinds->len; i++)
		name_words(&b, b.kinds->pdata[i], u);
	for (i = 0; i < b.drafts->len; i++)
		note_accesses(&b, b.drafts->pdata[i], u);
	builder_clear(&b);
}

bool same_script(const struct script *a, const struct script *b)
{
	int i;

	if (a->n != b->n || a->each != b->each)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->calls[i] != b->calls[i])
			return false;
	return true;
}

static const struct usage *usage_of(const struct shared *shared,
				    const struct flow *fl,
				    const struct usage *of, struct arena *a)
{
	struct usages *all = shared->usages;
	struct usage *u;
	guint i;

	for (i = 0; i < all->known->len; i++) {
		u = all->known->pdata[i];
		if (u->subject == of->subject && u->first == of->first &&
		    u->fix == of->fix && same_script(&u->script, &of->script))
			return u;
	}
	u = g_new(struct usage, 1);
	*u = *of;
	u->words = g_array_new(FALSE, FALSE, sizeof(struct word_use));
	u->bits = g_array_new(FALSE, FALSE, sizeof(struct bit_use));
	lower_usage(fl, shared, a, u);
	g_ptr_array_add(all->known, u);
	return u;
}

/* ---- of all of a cast ---- */

static void join_uses(struct word_use *to, const struct word_use *from)
{
	to->lock |= from->lock;
	to->hidden |= from->hidden;
	to->reads |= from->reads;
	to->writes |= from->writes;
	to->stores |= from->stores;
	to->lockers += from->lockers;
}

static bool is_useful(const struct word_use *use)
{
	if (use->lock)
		return use->lockers > 1;
	if (use->count)
		return use->writes && use->primary;
	return use->reads && (use->writes || (use->stake && !use->hidden));
}

/* Bits whose word is written as a whole are changed as well. */
static void add_bits(GHashTable *words, const struct usage *u,
		     GHashTable *written)
{
	guint i;

	for (i = 0; i < u->bits->len; i++) {
		const struct bit_use *bit = &g_array_index(
			u->bits, struct bit_use, i);
		const struct word_use *use = g_hash_table_lookup(
			words, g_array_index(u->words, struct word_use,
					     bit->word).key);

		if (bit->changed || use->stores)
			g_hash_table_add(written, (gpointer)bit->key);
	}
}

static void add_words(GHashTable *words, const struct usage *u)
{
	struct word_use *sum;
	guint i;

	for (i = 0; i < u->words->len; i++) {
		const struct word_use *use = &g_array_index(
			u->words, struct word_use, i);

		sum = g_hash_table_lookup(words, use->key);
		if (sum)
			join_uses(sum, use);
		else
			g_hash_table_insert(words, (gpointer)use->key,
					    g_memdup2(use, sizeof(*use)));
	}
}

static void sum_up(GHashTable *words, struct words *ret)
{
	GHashTableIter it;
	gpointer key, use;

	ret->useful = g_hash_table_new(NULL, NULL);
	ret->written = g_hash_table_new(NULL, NULL);
	g_hash_table_iter_init(&it, words);
	while (g_hash_table_iter_next(&it, &key, &use)) {
		if (is_useful(use))
			g_hash_table_add(ret->useful, key);
		if (((const struct word_use *)use)->writes)
			g_hash_table_add(ret->written, key);
	}
}

char *usages_find(const struct shared *shared, const struct flow *fl,
		  const struct subject *s, const struct cast *cast, bool fix,
		  struct arena *a, struct words *ret)
{
	const struct usage *parts[MAX_THREADS];
	GHashTable *words;
	int i;

	for (i = 0; i < cast->n; i++) {
		const struct usage of = { .subject = s, .first = !i,
					  .script = cast->threads[i],
					  .fix = fix };

		parts[i] = usage_of(shared, fl, &of, a);
		if (parts[i]->why)
			return g_strdup(parts[i]->why);
	}
	words = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	for (i = 0; i < cast->n; i++)
		add_words(words, parts[i]);
	sum_up(words, ret);
	for (i = 0; i < cast->n; i++)
		add_bits(words, parts[i], ret->written);
	g_hash_table_unref(words);
	return NULL;
}
