// SPDX-License-Identifier: GPL-2.0-only
/* Evidence as data: packed, unpacked, and summed. */
#include "flow/evidence.h"

#include "base/arena.h"
#include "base/wire.h"

struct evidence *evidence_new(void)
{
	struct evidence *e = g_new0(struct evidence, 1);

	e->sites = g_ptr_array_new();
	e->funcs = g_ptr_array_new();
	e->counts = g_ptr_array_new();
	e->owners = g_ptr_array_new();
	e->entries = g_ptr_array_new();
	e->arena = arena_new();
	return e;
}

void evidence_free(struct evidence *e)
{
	if (!e)
		return;
	g_ptr_array_unref(e->sites);
	g_ptr_array_unref(e->funcs);
	g_ptr_array_unref(e->counts);
	g_ptr_array_unref(e->owners);
	g_ptr_array_unref(e->entries);
	g_clear_pointer(&e->at, g_hash_table_unref);
	g_clear_pointer(&e->by_name, g_hash_table_unref);
	arena_free(e->arena);
	g_free(e);
}

const char *evidence_kind_name(enum evidence_kind kind)
{
	static const char *const names[] = {
		[EVIDENCE_SET] = "set",	      [EVIDENCE_CLEAR] = "clear",
		[EVIDENCE_STORE] = "store",   [EVIDENCE_TEST] = "test",
		[EVIDENCE_GET] = "get",	      [EVIDENCE_PUT] = "put",
		[EVIDENCE_ALLOC] = "alloc",   [EVIDENCE_FREE] = "free",
		[EVIDENCE_INSERT] = "insert", [EVIDENCE_REMOVE] = "remove",
		[EVIDENCE_SELECT] = "select", [EVIDENCE_PUBLISH] = "publish",
		[EVIDENCE_CALL] = "call",
	};

	return names[kind];
}

guint evidence_site_hash(const struct evidence_site *s)
{
	return g_direct_hash(s->record) ^ g_direct_hash(s->name) * 3u ^
	       g_direct_hash(s->file) * 5u ^ (guint)s->line * 31u ^
	       g_direct_hash(s->in) * 7u ^ (guint)s->in_line * 131u ^
	       (guint)s->kind * 1031u;
}

bool evidence_site_equal(const struct evidence_site *a,
			 const struct evidence_site *b)
{
	return a->kind == b->kind && a->record == b->record &&
	       a->name == b->name && a->file == b->file &&
	       a->line == b->line && a->func == b->func && a->in == b->in &&
	       a->in_line == b->in_line && a->reaps == b->reaps &&
	       (a->kind != EVIDENCE_TEST || a->value == b->value) &&
	       (a->kind != EVIDENCE_CALL ||
		(a->callee == b->callee && a->arg == b->arg));
}

/* ---- file names ---- */

static void resolve(const char **file, GHashTable *known, const char *folder)
{
	const char *found = *file ? g_hash_table_lookup(known, *file) : NULL;
	char *full;

	if (*file && !found) {
		full = g_canonicalize_filename(*file, folder);
		found = g_intern_string(full);
		g_hash_table_insert(known, (gpointer)*file, (gpointer)found);
		g_free(full);
	}
	*file = found;
}

void evidence_resolve_files(struct evidence *e, const char *folder)
{
	GHashTable *known = g_hash_table_new(NULL, NULL);
	guint i;
	int k;

	for (i = 0; i < e->sites->len; i++) {
		struct evidence_site *s = e->sites->pdata[i];

		resolve(&s->file, known, folder);
		for (k = 0; k < s->n_refs; k++)
			resolve(&s->refs[k].file, known, folder);
	}
	for (i = 0; i < e->funcs->len; i++)
		resolve(&((struct evidence_func *)e->funcs->pdata[i])->file,
			known, folder);
	for (i = 0; i < e->owners->len; i++)
		resolve(&((struct evidence_owner *)e->owners->pdata[i])->file,
			known, folder);
	for (i = 0; i < e->entries->len; i++)
		resolve(&((struct evidence_entry *)e->entries->pdata[i])->file,
			known, folder);
	g_hash_table_unref(known);
}

/* ---- packing ---- */

/* The array of @n elements of @size; a reader's is made in @a. */
static void *elements(struct wire *w, struct arena *a, void *old, int *n,
		      size_t size)
{
	*n = wire_count(w, *n);
	return wire_reads(w) ? arena_alloc(a, size * (size_t)*n) : old;
}

static void pack_names(struct wire *w, struct arena *a, const char ***names,
		       int *n)
{
	int i;

	*names = elements(w, a, *names, n, sizeof(char *));
	for (i = 0; i < *n; i++)
		wire_string(w, &(*names)[i]);
}

static void pack_ref(struct wire *w, struct evidence_ref *r)
{
	wire_enum(w, r->kind, EVIDENCE_KINDS);
	wire_string(w, &r->record);
	wire_string(w, &r->name);
	wire_string(w, &r->callee);
	wire_int(w, &r->arg);
	wire_string(w, &r->path);
	wire_string(w, &r->object);
	wire_string(w, &r->file);
	wire_int(w, &r->line);
	wire_int(w, &r->with);
	wire_int(w, &r->apart);
	wire_int(w, &r->distance);
}

/* The yes and no of a site in one number. */
static void pack_marks(struct wire *w, struct evidence_site *s)
{
	bool *const marks[] = { &s->atomic, &s->init, &s->pointer,
				&s->delegated, &s->reaps, &s->last };
	int bits = 0;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(marks); i++)
		bits |= *marks[i] << i;
	wire_int(w, &bits);
	for (i = 0; i < G_N_ELEMENTS(marks); i++)
		*marks[i] = bits >> i & 1;
}

/* Most sites stand where they are seen. */
static void pack_place(struct wire *w, struct evidence_site *s)
{
	bool same = s->in == s->func && s->in_line == s->line;

	wire_string(w, &s->func);
	wire_string(w, &s->file);
	wire_int(w, &s->line);
	wire_bool(w, &same);
	if (same) {
		s->in = s->func;
		s->in_line = s->line;
		return;
	}
	wire_string(w, &s->in);
	wire_int(w, &s->in_line);
}

static void pack_site(struct wire *w, struct arena *a, struct evidence_site *s)
{
	int i;

	wire_enum(w, s->kind, EVIDENCE_KINDS);
	wire_string(w, &s->record);
	wire_string(w, &s->name);
	wire_string(w, &s->object);
	wire_string(w, &s->callee);
	wire_int(w, &s->arg);
	pack_place(w, s);
	wire_int64(w, &s->value);
	wire_int(w, &s->paths);
	wire_int(w, &s->known);
	pack_marks(w, s);
	pack_names(w, a, &s->locks, &s->n_locks);
	pack_names(w, a, &s->window, &s->n_window);
	s->refs = elements(w, a, s->refs, &s->n_refs,
			   sizeof(struct evidence_ref));
	for (i = 0; i < s->n_refs; i++)
		pack_ref(w, &s->refs[i]);
}

static void pack_effect(struct wire *w, struct evidence_effect *e)
{
	wire_enum(w, e->kind, EVIDENCE_KINDS);
	wire_int(w, &e->param);
	wire_string(w, &e->path);
	wire_string(w, &e->record);
	wire_string(w, &e->name);
	wire_string(w, &e->object);
	wire_int(w, &e->ways);
	wire_bool(w, &e->if_result);
}

static void pack_func(struct wire *w, struct arena *a, struct evidence_func *f)
{
	int i;

	wire_string(w, &f->name);
	wire_string(w, &f->file);
	wire_int(w, &f->line);
	wire_bool(w, &f->is_static);
	wire_int(w, &f->ways);
	f->effects = elements(w, a, f->effects, &f->n_effects,
			      sizeof(struct evidence_effect));
	for (i = 0; i < f->n_effects; i++)
		pack_effect(w, &f->effects[i]);
}

static void pack_count(struct wire *w, struct evidence_count *c)
{
	wire_string(w, &c->record);
	wire_string(w, &c->name);
	wire_bool(w, &c->typed);
	wire_bool(w, &c->freed);
	wire_bool(w, &c->passed);
	wire_bool(w, &c->kept);
}

static void pack_owner(struct wire *w, struct evidence_owner *o)
{
	wire_string(w, &o->func);
	wire_string(w, &o->file);
	wire_int(w, &o->line);
	wire_string(w, &o->does);
	wire_string(w, &o->object);
	wire_string(w, &o->count);
	wire_string(w, &o->subject);
	wire_string(w, &o->when);
	wire_int(w, &o->references);
	wire_string(w, &o->holder);
	wire_string(w, &o->path);
	wire_int(w, &o->depth);
}

static void pack_entry(struct wire *w, struct evidence_entry *e)
{
	wire_string(w, &e->func);
	wire_string(w, &e->file);
	wire_int(w, &e->line);
	wire_string(w, &e->lock);
	wire_string(w, &e->name);
	wire_string(w, &e->class);
	wire_string(w, &e->why);
}

/* A list of rows; a reader's are made in @a. */
#define PACK_ROWS(w, a, list, type, pack)                               \
	do {                                                            \
		int n_ = wire_count(w, (int)(list)->len);               \
									\
		for (int i_ = 0; i_ < n_; i_++) {                       \
			if (wire_reads(w))                              \
				g_ptr_array_add(list,                   \
						arena_new_object(a, type)); \
			type *row_ = (list)->pdata[i_];                 \
			pack;                                           \
		}                                                       \
	} while (0)

static void pack(struct wire *w, struct evidence *e)
{
	PACK_ROWS(w, e->arena, e->sites, struct evidence_site,
		  pack_site(w, e->arena, row_));
	PACK_ROWS(w, e->arena, e->funcs, struct evidence_func,
		  pack_func(w, e->arena, row_));
	PACK_ROWS(w, e->arena, e->counts, struct evidence_count,
		  pack_count(w, row_));
	PACK_ROWS(w, e->arena, e->owners, struct evidence_owner,
		  pack_owner(w, row_));
	PACK_ROWS(w, e->arena, e->entries, struct evidence_entry,
		  pack_entry(w, row_));
}

GBytes *evidence_pack(const struct evidence *e)
{
	struct wire *w = wire_writer();

	pack(w, (struct evidence *)e);
	return wire_finish(w);
}

/* The same of rows that are told, and not asked. */
static bool has_texts(const struct evidence *e)
{
	guint i;

	for (i = 0; i < e->owners->len; i++) {
		const struct evidence_owner *o = e->owners->pdata[i];

		if (!o->func || !o->file || !o->does || !o->object)
			return false;
	}
	for (i = 0; i < e->entries->len; i++) {
		const struct evidence_entry *en = e->entries->pdata[i];

		if (!en->func || !en->file || !en->why)
			return false;
	}
	return true;
}

/* What is not text where there has to be one would be asked for its bytes. */
static bool is_sound(const struct evidence *e)
{
	guint i;

	for (i = 0; i < e->sites->len; i++) {
		const struct evidence_site *s = e->sites->pdata[i];

		if (!s->func || !s->file || !s->in || (!s->record && !s->name))
			return false;
	}
	for (i = 0; i < e->funcs->len; i++) {
		const struct evidence_func *f = e->funcs->pdata[i];

		if (!f->name || !f->file)
			return false;
	}
	for (i = 0; i < e->counts->len; i++) {
		const struct evidence_count *c = e->counts->pdata[i];

		if (!c->record || !c->name)
			return false;
	}
	return has_texts(e);
}

struct evidence *evidence_unpack(GBytes *bytes)
{
	struct evidence *e = evidence_new();
	struct wire *w = wire_reader(bytes);

	pack(w, e);
	if (wire_done(w) && is_sound(e))
		return e;
	evidence_free(e);
	return NULL;
}

/* ---- summing ---- */

static guint site_hash(gconstpointer p)
{
	return evidence_site_hash(p);
}

static gboolean site_equal(gconstpointer p, gconstpointer q)
{
	return evidence_site_equal(p, q);
}

static const char **copy_names(struct arena *a, const char **names, int n)
{
	return arena_copy(a, names, (size_t)n * sizeof(*names));
}

/*
 * What two units show of one place differs where they see different parts of
 * its surroundings: the more that is known, the better.
 */
static void meet_site(struct arena *a, struct evidence_site *known,
		      const struct evidence_site *s)
{
	if (s->n_refs > known->n_refs) {
		known->refs = arena_copy(a, s->refs, (size_t)s->n_refs *
						     sizeof(*s->refs));
		known->n_refs = s->n_refs;
		known->paths = s->paths;
		known->known = s->known;
	}
	if (s->n_locks > known->n_locks) {
		known->locks = copy_names(a, s->locks, s->n_locks);
		known->n_locks = s->n_locks;
	}
	if (s->n_window > known->n_window) {
		known->window = copy_names(a, s->window, s->n_window);
		known->n_window = s->n_window;
	}
	known->last |= s->last;
}

static void add_site(struct evidence *into, const struct evidence_site *s)
{
	struct evidence_site *known = g_hash_table_lookup(into->at, s);
	struct arena *a = into->arena;

	if (known) {
		meet_site(a, known, s);
		return;
	}
	known = arena_copy(a, s, sizeof(*s));
	known->locks = copy_names(a, s->locks, s->n_locks);
	known->window = copy_names(a, s->window, s->n_window);
	known->refs = arena_copy(a, s->refs,
				 (size_t)s->n_refs * sizeof(*s->refs));
	g_ptr_array_add(into->sites, known);
	g_hash_table_add(into->at, known);
}

/*
 * The row of that kind that goes by this name already; NULL: none, and @row
 * does now.
 */
static void *claim_name(struct evidence *into, char kind, const char *first,
			const char *second, void *row)
{
	char *text = g_strdup_printf("%c %s %s", kind, first, second);
	const char *key = g_intern_string(text);
	void *known = g_hash_table_lookup(into->by_name, key);

	g_free(text);
	if (!known)
		g_hash_table_insert(into->by_name, (gpointer)key, row);
	return known;
}

static void add_func(struct evidence *into, const struct evidence_func *f)
{
	struct evidence_func *own = arena_copy(into->arena, f, sizeof(*f));

	if (claim_name(into, 'f', f->file, f->name, own))
		return;
	own->effects = arena_copy(into->arena, f->effects,
				  (size_t)f->n_effects * sizeof(*f->effects));
	g_ptr_array_add(into->funcs, own);
}

static void add_count(struct evidence *into, const struct evidence_count *c)
{
	struct evidence_count *own = arena_copy(into->arena, c, sizeof(*c));
	struct evidence_count *known = claim_name(into, 'c', c->record,
						  c->name, own);

	if (!known) {
		g_ptr_array_add(into->counts, own);
		return;
	}
	known->typed |= c->typed;
	known->freed |= c->freed;
	known->passed |= c->passed;
	known->kept |= c->kept;
}

/* An inline's rows are there for each unit that has it. */
static void add_owner(struct evidence *into, const struct evidence_owner *o)
{
	struct evidence_owner *own = arena_copy(into->arena, o, sizeof(*o));
	char *what = g_strdup_printf("%s %s %s %s %s %d", o->func, o->does,
				     o->count, o->subject, o->when,
				     o->references);

	if (!claim_name(into, 'o', o->file, what, own))
		g_ptr_array_add(into->owners, own);
	g_free(what);
}

static void add_entry(struct evidence *into, const struct evidence_entry *e)
{
	struct evidence_entry *own = arena_copy(into->arena, e, sizeof(*e));
	char *what = g_strdup_printf("%s %s %s %s", e->func, e->lock, e->name,
				     e->why);

	if (!claim_name(into, 'e', e->file, what, own))
		g_ptr_array_add(into->entries, own);
	g_free(what);
}

void evidence_add(struct evidence *into, const struct evidence *from)
{
	guint i;

	if (!into->at) {
		into->at = g_hash_table_new(site_hash, site_equal);
		into->by_name = g_hash_table_new(NULL, NULL);
	}
	for (i = 0; i < from->sites->len; i++)
		add_site(into, from->sites->pdata[i]);
	for (i = 0; i < from->funcs->len; i++)
		add_func(into, from->funcs->pdata[i]);
	for (i = 0; i < from->counts->len; i++)
		add_count(into, from->counts->pdata[i]);
	for (i = 0; i < from->owners->len; i++)
		add_owner(into, from->owners->pdata[i]);
	for (i = 0; i < from->entries->len; i++)
		add_entry(into, from->entries->pdata[i]);
}
