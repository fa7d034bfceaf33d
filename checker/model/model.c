// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the model from its tables, and takes it apart again.
 */
#include "model/private.h"

static const struct api builtin_apis[] = {
#define API(function, what, first, second, kind)                             \
	{ .name = function, .effect = EFFECT_##what, .arg = first,           \
	  .arg2 = second, .class = kind },
#define API_SLEEPS(function, what, first, second, kind)                      \
	{ .name = function, .effect = EFFECT_##what, .arg = first,           \
	  .arg2 = second, .class = kind, .sleeps = true },
#include "model/api.def"
#undef API_SLEEPS
#undef API
};

/* A row of pairs.def. The accessors are one text with blanks between. */
struct builtin_pair {
	const char *name, *record, *flag, *object, *object_record;
	const char *gets, *puts, *lock, *covers, *reason;
};

static const struct builtin_pair builtin_pairs[] = {
#define PAIR(...) { __VA_ARGS__ },
#include "model/pairs.def"
#undef PAIR
};

static const struct object_kind object_kinds[] = {
#define RECORDS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define KIND(...) { __VA_ARGS__ },
#include "model/kinds.def"
#undef KIND
#undef RECORDS
};

static const char *const builtin_stable[] = {
#define STABLE(record) record,
#include "model/stable.def"
#undef STABLE
};

static const char *const builtin_lifetimes[] = {
#define LIFETIME(count) count,
#include "model/lifetimes.def"
#undef LIFETIME
};

static const struct {
	const char *class, *record, *flag;
} object_locks[] = {
#define OBJECT_LOCK_BIT(...) { __VA_ARGS__ },
#include "model/locks.def"
#undef OBJECT_LOCK_BIT
};

static const char *const shared_locks[] = {
#define SHARED_LOCK(record) record,
#include "model/shared.def"
#undef SHARED_LOCK
};

/* A member of a record, and what the table says of it. */
struct member_row {
	const char *record, *member;
	gint64 value;
};

static const struct member_row list_links[] = {
#define LIST_LINK(record, member) { record, member, 0 },
#include "model/links.def"
#undef LIST_LINK
};

static const struct member_row works[] = {
#define WORK(record, member) { record, member, 0 },
#include "model/works.def"
#undef WORK
};

static const struct member_row task_states[] = {
#define TASK_STATE(record, member, signalled) { record, member, signalled },
#define SIGNAL_FLAG(record, flag)
#include "model/sleeps.def"
#undef SIGNAL_FLAG
#undef TASK_STATE
};

static const struct member_row signal_flags[] = {
#define TASK_STATE(record, member, signalled)
#define SIGNAL_FLAG(record, flag) { record, flag, 0 },
#include "model/sleeps.def"
#undef SIGNAL_FLAG
#undef TASK_STATE
};

static const char *const builtin_macros[] = {
#define NOISE(macro) macro,
#include "model/macros.def"
#undef NOISE
};

static void unref_rows(gpointer rows)
{
	if (rows)
		g_array_unref(rows);
}

/* No rows are an answer, too. */
GHashTable *found_table_new(void)
{
	return g_hash_table_new_full(NULL, NULL, NULL, unref_rows);
}

/* The name stays the caller's: what is interned is never given back. */
static void add_row(GHashTable *apis, const struct api *row)
{
	GArray *rows = g_hash_table_lookup(apis, row->name);
	struct api copy = *row;

	copy.class = g_intern_string(row->class);
	if (!rows) {
		rows = g_array_new(FALSE, TRUE, sizeof(struct api));
		g_hash_table_insert(apis, (gpointer)row->name, rows);
	}
	g_array_append_val(rows, copy);
}

void model_add_api(struct model *m, const struct api *row)
{
	struct api copy = *row;

	copy.name = g_intern_string(row->name);
	add_row(m->apis, &copy);
}

struct pair_decl *pair_decl_new(void)
{
	struct pair_decl *p = g_new0(struct pair_decl, 1);

	p->gets = g_ptr_array_new();
	p->puts = g_ptr_array_new();
	return p;
}

void pair_decl_free(struct pair_decl *p)
{
	if (p->gets)
		g_ptr_array_unref(p->gets);
	if (p->puts)
		g_ptr_array_unref(p->puts);
	g_free(p);
}

struct pin_decl *pin_decl_new(void)
{
	struct pin_decl *p = g_new0(struct pin_decl, 1);

	p->reapers = g_ptr_array_new();
	return p;
}

void pin_decl_free(struct pin_decl *p)
{
	if (p->reapers)
		g_ptr_array_unref(p->reapers);
	g_free(p);
}

static void add_names(GPtrArray *to, const char *names)
{
	char **words = g_strsplit(names, " ", 0);
	char **w;

	for (w = words; *w; w++)
		if (**w)
			g_ptr_array_add(to, (gpointer)g_intern_string(*w));
	g_strfreev(words);
}

static void add_pair(struct model *m, const struct builtin_pair *b)
{
	struct pair_decl *p = pair_decl_new();

	p->name = g_intern_string(b->name);
	p->record = g_intern_string(b->record);
	p->flag = g_intern_string(b->flag);
	p->object = g_intern_string(b->object);
	p->object_record = g_intern_string(b->object_record);
	p->lock = g_intern_string(b->lock);
	p->covers = b->covers ? model_object_kind(b->covers) : NULL;
	p->reason = g_intern_string(b->reason);
	p->origin = ORIGIN_BUILTIN;
	add_names(p->gets, b->gets);
	add_names(p->puts, b->puts);
	g_ptr_array_add(m->pairs, p);
}

static GHashTable *set_of(const char *const *names, gsize n)
{
	GHashTable *set = g_hash_table_new(NULL, NULL);
	gsize i;

	for (i = 0; i < n; i++)
		g_hash_table_add(set, (gpointer)g_intern_string(names[i]));
	return set;
}

struct model *model_new_builtin(void)
{
	struct model *m = g_new0(struct model, 1);
	gsize i;

	/*
	 * By text, with the tables' own names for keys: a run meets few of
	 * these functions, so model_api() interns what it is asked for.
	 */
	m->apis = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					unref_rows);
	m->found = found_table_new();
	m->pairs = g_ptr_array_new_with_free_func(
		(GDestroyNotify)pair_decl_free);
	m->guards = g_ptr_array_new_with_free_func(g_free);
	m->pins = g_ptr_array_new_with_free_func(
		(GDestroyNotify)pin_decl_free);
	m->stable = set_of(builtin_stable, G_N_ELEMENTS(builtin_stable));
	m->lifetimes = set_of(builtin_lifetimes,
			      G_N_ELEMENTS(builtin_lifetimes));
	m->macros = set_of(builtin_macros, G_N_ELEMENTS(builtin_macros));
	for (i = 0; i < G_N_ELEMENTS(builtin_apis); i++)
		add_row(m->apis, &builtin_apis[i]);
	for (i = 0; i < G_N_ELEMENTS(builtin_pairs); i++)
		add_pair(m, &builtin_pairs[i]);
	return m;
}

const struct object_kind *model_object_kind(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(object_kinds); i++)
		if (!strcmp(object_kinds[i].name, name))
			return &object_kinds[i];
	return NULL;
}

char *model_object_kinds(void)
{
	GString *names = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(object_kinds); i++)
		g_string_append_printf(names, "%s'%s'", i ? ", " : "",
				       object_kinds[i].name);
	return g_string_free(names, FALSE);
}

const char *model_object_lock(const char *record, const char *flag)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(object_locks); i++)
		if (!g_strcmp0(record, object_locks[i].record) &&
		    !g_strcmp0(flag, object_locks[i].flag))
			return object_locks[i].class;
	return NULL;
}

bool model_lock_is_shared(const char *record)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(shared_locks); i++)
		if (!g_strcmp0(record, shared_locks[i]))
			return true;
	return false;
}

/* The row of the member, NULL standing for any; NULL: there is none. */
static const struct member_row *find_member(const struct member_row *rows,
					    gsize n, const char *record,
					    const char *member)
{
	gsize i;

	for (i = 0; i < n; i++)
		if (!g_strcmp0(record, rows[i].record) &&
		    (!member || !strcmp(member, rows[i].member)))
			return &rows[i];
	return NULL;
}

bool model_is_list_link(const char *record, const char *member)
{
	return find_member(list_links, G_N_ELEMENTS(list_links), record,
			   member);
}

bool model_is_work(const char *record, const char *member)
{
	return find_member(works, G_N_ELEMENTS(works), record, member);
}

gint64 model_task_state(const char *record, const char *member)
{
	const struct member_row *row;

	row = find_member(task_states, G_N_ELEMENTS(task_states), record,
			  member);
	return row ? row->value : 0;
}

gint64 model_signal_states(void)
{
	gint64 states = 0;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(task_states); i++)
		states |= task_states[i].value;
	return states;
}

bool model_is_signal_flag(const char *record, const char *flag)
{
	return find_member(signal_flags, G_N_ELEMENTS(signal_flags), record,
			   flag);
}

bool model_empties(const char *class, const char *record)
{
	static const char *const entries[] = { "pte_t", "pmd_t", "pud_t" };
	gsize i;

	if (g_strcmp0(class, "mapped"))
		return false;
	for (i = 0; i < G_N_ELEMENTS(entries); i++)
		if (!g_strcmp0(record, entries[i]))
			return true;
	return false;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	g_hash_table_unref(m->apis);
	g_hash_table_unref(m->found);
	g_ptr_array_unref(m->pairs);
	g_ptr_array_unref(m->guards);
	g_ptr_array_unref(m->pins);
	g_hash_table_unref(m->stable);
	g_hash_table_unref(m->lifetimes);
	g_hash_table_unref(m->macros);
	g_free(m);
}

void model_forget_builtin(struct model *m)
{
	guint i = 0;

	while (i < m->pairs->len) {
		const struct pair_decl *p = m->pairs->pdata[i];

		if (p->origin == ORIGIN_BUILTIN)
			g_ptr_array_remove_index(m->pairs, i);
		else
			i++;
	}
}
