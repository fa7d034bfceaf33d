// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program is about: types, their words, objects. All of it appears
 * when it is first named.
 */
#include "lower/private.h"

#include <string.h>

/* A program's word has 8 bits, and the sign is none to test. */
#define MAX_BITS 7

static struct kind *find_kind(const struct builder *b, const char *record)
{
	struct kind *k;
	guint i;

	for (i = 0; i < b->kinds->len; i++) {
		k = b->kinds->pdata[i];
		if (k->record == record)
			return k;
	}
	return NULL;
}

static bool is_primary(const struct builder *b, const char *record)
{
	const struct subject *s = b->subject;

	return (s->object && s->object->record == record) ||
	       (s->pair && s->pair->object_record == record) ||
	       s->flag.record == record;
}

struct kind *kind_of(struct builder *b, const char *record)
{
	struct kind *k = find_kind(b, record);

	if (k)
		return k;
	k = arena_new_object(b->arena, struct kind);
	k->record = record;
	k->words = g_ptr_array_new();
	k->stable = g_hash_table_contains(b->flow->model->stable, record);
	k->primary = is_primary(b, record);
	g_ptr_array_add(b->kinds, k);
	return k;
}

/* The member of the record that a table of lifetimes names. */
static const char *lifetime_member(GHashTable *table, const char *record)
{
	const char *best = NULL;
	GHashTableIter it;
	gpointer key;
	size_t len = strlen(record);

	g_hash_table_iter_init(&it, table);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		const char *name = key;

		/* the table has no order: take the first by name */
		if (!strncmp(name, record, len) && name[len] == '.' &&
		    (!best || strcmp(name + len + 1, best) < 0))
			best = name + len + 1;
	}
	return best ? g_intern_string(best) : NULL;
}

static bool is_lifetime(const struct builder *b, const char *record,
			const char *member)
{
	char *name = g_strdup_printf("%s.%s", record, member);
	bool yes = g_hash_table_contains(b->flow->lifetimes,
					 g_intern_string(name));

	g_free(name);
	return yes;
}

/* The member that the unit counts such objects by, if its type is for that. */
static const char *counted_member(const struct flow *fl, const char *record)
{
	static const enum act_kind kinds[] = { ACT_GET, ACT_PUT };
	const char *best = NULL;
	size_t i;
	guint k;

	for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const GPtrArray *acts = fl->acts[kinds[i]];

		for (k = 0; k < acts->len; k++) {
			const struct act *a = acts->pdata[k];

			if (!a->loc || a->loc->kind != EXPR_FIELD ||
			    a->loc->owner != record ||
			    !flow_is_lifetime(fl, a))
				continue;
			if (!best || strcmp(a->loc->name, best) < 0)
				best = a->loc->name;
		}
	}
	return best;
}

static const char *pair_count(const struct pair *p, const char *record)
{
	return p && p->object_record == record && p->count ? p->count : NULL;
}

/*
 * The count of such objects. A record may have several that end in a free: the
 * one that the finding or a flag speaks of comes first.
 */
static const char *find_count(const struct builder *b, const char *record)
{
	const struct subject *s = b->subject;
	const char *member = pair_count(s->pair, record);
	guint i;

	if (!member && s->flag.record == record &&
	    (s->remedy == REMEDY_RESCAN ||
	     is_lifetime(b, record, s->flag.name)))
		member = s->flag.name;
	for (i = 0; !member && i < b->flow->pairs->len; i++)
		member = pair_count(b->flow->pairs->pdata[i], record);
	if (!member)
		member = lifetime_member(b->flow->model->lifetimes, record);
	if (!member)
		member = lifetime_member(b->flow->lifetimes, record);
	if (!member)
		member = counted_member(b->flow, record);
	return member ? member : g_intern_static_string("(count)");
}

static const char *count_member(const struct builder *b, struct kind *k)
{
	if (!k->count)
		k->count = find_count(b, k->record);
	return k->count;
}

static struct word *find_word(const struct kind *k, const char *path)
{
	struct word *w;
	guint i;

	for (i = 0; i < k->words->len; i++) {
		w = k->words->pdata[i];
		if (w->field.name == path)
			return w;
	}
	return NULL;
}

struct word *word_of(struct builder *b, struct kind *k, const char *path)
{
	struct word *w = find_word(k, path);

	if (w)
		return w;
	w = arena_new_object(b->arena, struct word);
	w->field.name = path;
	w->field.count = *k->record && path == count_member(b, k);
	w->bits = g_array_new(FALSE, TRUE, sizeof(struct bit));
	g_ptr_array_add(k->words, w);
	return w;
}

/* -1: it is not in there. */
static int index_in(GPtrArray *array, gconstpointer what)
{
	guint i;

	return g_ptr_array_find(array, what, &i) ? (int)i : -1;
}

int word_index(const struct kind *k, const struct word *w)
{
	return index_in(k->words, w);
}

int kind_index(const struct builder *b, const struct kind *k)
{
	return index_in(b->kinds, k);
}

/* Is it in the set? Notes that it was asked. */
static bool answer(GHashTable *set, GHashTable *asked, const char *key)
{
	if (asked)
		g_hash_table_add(asked, (gpointer)key);
	return g_hash_table_contains(set, key);
}

static const char *interned(char *text)
{
	const char *kept = g_intern_string(text);

	g_free(text);
	return kept;
}

static const char *path_key(const struct kind *k, const char *path)
{
	return interned(g_strdup_printf("%s.%s", k->record, path));
}

static const char *bit_key(const struct kind *k, const struct word *w,
			   const struct bit *b)
{
	return interned(b->name ?
		g_strdup_printf("%s.%s:%s", k->record, w->field.name, b->name) :
		g_strdup_printf("%s.%s:%" G_GINT64_FORMAT, k->record,
				w->field.name, b->number));
}

const char *word_key(const struct kind *k, struct word *w, int bit)
{
	if (bit >= 0)
		return bit_key(k, w, &g_array_index(w->bits, struct bit, bit));
	if (!w->key)
		w->key = path_key(k, w->field.name);
	return w->key;
}

bool word_is_useful(const struct builder *b, const struct kind *k,
		    const char *path)
{
	struct word *w;

	if (!b->useful)
		return true;
	w = find_word(k, path);
	return answer(b->useful, b->asked_useful,
		      w ? word_key(k, w, -1) : path_key(k, path));
}

bool word_is_written(const struct builder *b, const struct kind *k,
		     struct word *w, int bit)
{
	return !b->written ||
	       answer(b->written, b->asked_written, word_key(k, w, bit));
}

int object_number(struct builder *b, struct kind *k, int nth)
{
	struct object o = { .exists = true };
	char *name;

	nth = MIN(nth, MAX_INSTANCES + MAX_POOL - 1);
	while (k->n <= nth) {
		name = k->n ? g_strdup_printf("%s #%d", k->record, k->n + 1) :
			      g_strdup(*k->record ? k->record : "globals");
		o.name = g_intern_string(name);
		g_free(name);
		o.type = -1;
		g_array_append_val(b->objects, o);
		k->numbers[k->n++] = (int)b->objects->len;
	}
	return k->numbers[nth];
}

struct word *count_of(struct builder *b, struct kind *k)
{
	return word_of(b, k, count_member(b, k));
}

int bit_of(struct word *w, const char *name, gint64 number)
{
	struct bit bit = { .name = name, .number = number, .model = -1 };
	guint i;

	for (i = 0; i < w->bits->len; i++) {
		struct bit *b = &g_array_index(w->bits, struct bit, i);

		if ((name && b->name == name) ||
		    (number >= 0 && b->number == number)) {
			if (!b->name)
				b->name = name;
			return (int)i;
		}
	}
	g_array_append_val(w->bits, bit);
	return (int)w->bits->len - 1;
}

static struct bit *find_bit(const struct word *w, const char *name,
			    gint64 number)
{
	struct bit *bit;
	guint i;

	for (i = 0; i < w->bits->len; i++) {
		bit = &g_array_index(w->bits, struct bit, i);
		if ((name && bit->name == name) ||
		    (!name && bit->number == number))
			return bit;
	}
	return NULL;
}

static const char *path_of(const struct expr *e, const char **ret_record)
{
	const char *path;

	if (e->kind != EXPR_FIELD) {
		*ret_record = e->record;
		return "";
	}
	path = path_of(e->a, ret_record);
	/* a number that was cast to a pointer has no record, its member has */
	if (!*path && !*ret_record)
		*ret_record = e->owner;
	return member_path(path, e);
}

struct word *word_at(struct builder *b, const struct expr *loc,
		     struct kind **ret_kind, struct bit **ret_bit)
{
	const struct expr *e = loc->kind == EXPR_BIT ? loc->a : loc;
	const char *record, *path = path_of(e, &record);
	struct word *w;

	*ret_kind = record && *path ? find_kind(b, record) : NULL;
	if (!*ret_kind)
		return NULL;
	w = find_word(*ret_kind, path);
	*ret_bit = w && loc->kind == EXPR_BIT ?
		find_bit(w, loc->name, loc->b->kind == EXPR_CONST ?
			 loc->b->value : -1) : NULL;
	return w && loc->kind == EXPR_BIT && !*ret_bit ? NULL : w;
}

struct word *word_of_flag(struct builder *b, const struct flag_id *flag,
			  struct bit **ret_bit)
{
	char **parts = g_strsplit(flag->name, ":", 2);
	struct kind *k = find_kind(b, flag->record);
	struct word *w = k ? find_word(k, g_intern_string(parts[0])) : NULL;

	*ret_bit = NULL;
	if (w && parts[1]) {
		*ret_bit = find_bit(w, g_intern_string(parts[1]),
				    g_ascii_strtoll(parts[1], NULL, 10));
		if (!*ret_bit)
			w = NULL;
	}
	g_strfreev(parts);
	return w;
}

const struct value *mask_value(struct builder *b, struct word *w, guint64 bits)
{
	struct mask *m = arena_new_object(b->arena, struct mask);
	const char *name = NULL;
	guint i;

	for (i = 0; i < w->bits->len; i++)
		if (bits == 1ull << i)
			name = g_array_index(w->bits, struct bit, i).name;
	m->value.op = VALUE_MASK;
	m->value.text = name;
	m->word = w;
	m->bits = bits;
	g_ptr_array_add(b->masks, m);
	return &m->value;
}

void builder_assume(struct builder *b, struct src_loc at, const char *format,
		    ...)
{
	struct assumption a = { .at = at };
	va_list ap;
	char *text;
	guint i;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	a.text = g_intern_string(text);
	g_free(text);
	for (i = 0; i < b->assumptions->len; i++)
		if (g_array_index(b->assumptions, struct assumption,
				  i).text == a.text)
			return;
	g_array_append_val(b->assumptions, a);
}

void builder_fail(struct builder *b, const char *format, ...)
{
	va_list ap;

	if (b->why)
		return;
	va_start(ap, format);
	b->why = g_strdup_vprintf(format, ap);
	va_end(ap);
}

/* Only bits that somebody tests need a place; in the order they appeared. */
static void settle_word(struct word *w)
{
	int next = 0;
	guint i;

	for (i = 0; i < w->bits->len; i++) {
		struct bit *b = &g_array_index(w->bits, struct bit, i);

		b->model = b->tested && next < MAX_BITS ? next++ : -1;
	}
}

void universe_settle(struct builder *b)
{
	guint i, k;

	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++)
			settle_word(kind->words->pdata[k]);
	}
	for (i = 0; i < b->masks->len; i++) {
		struct mask *m = b->masks->pdata[i];

		m->value.number = 0;
		m->value.op = 0;
		for (k = 0; k < m->word->bits->len; k++) {
			struct bit *bit = &g_array_index(m->word->bits,
							 struct bit, k);

			if (m->bits >> k & 1 && bit->model >= 0)
				m->value.number |= 1 << bit->model;
		}
	}
}
