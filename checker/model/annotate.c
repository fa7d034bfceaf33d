// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns what pincheck.h leaves on a struct member into a declaration. It says
 * less than a .pincheck file can: neither a bit of a word nor the object whose
 * count the flag owns.
 */
#include <string.h>

#include "model/declare.h"
#include "model/private.h"

#define PREFIX "pincheck:"

/* A member, and what its annotations declare. */
struct annotated {
	const char *record, *member, *file;
	int line;
	char *error;
	struct pair_decl *pair;
	struct guard_decl *guard;
};

static int fail(struct annotated *a, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

static int fail(struct annotated *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	a->error = declare_error(a->file, a->line, format, args);
	va_end(args);
	return -1;
}

static int read_name(struct annotated *a, char *text, const char **ret_name)
{
	g_strstrip(text);
	if (!declare_is_name(text))
		return fail(a, "'%s' in the annotation of '%s' is not a name",
			    text, a->member);
	*ret_name = g_intern_string(text);
	return 0;
}

/* pinned_by(get, put) */
static int read_pinned_by(struct annotated *a, char **args)
{
	const char *get, *put;

	if (read_name(a, args[0], &get) < 0 || read_name(a, args[1], &put) < 0)
		return -1;
	if (a->pair)
		return fail(a, "'%s' is annotated with pinned_by twice",
			    a->member);
	a->pair = pair_decl_new();
	g_ptr_array_add(a->pair->gets, (gpointer)get);
	g_ptr_array_add(a->pair->puts, (gpointer)put);
	return 0;
}

/* guarded_by(lock); the kernel's own macro of that name wants "&lock". */
static int read_guarded_by(struct annotated *a, char **args)
{
	char *text = g_strstrip(args[0]);
	const char *lock;

	if (read_name(a, *text == '&' ? text + 1 : text, &lock) < 0)
		return -1;
	if (a->guard)
		return fail(a, "'%s' is annotated with guarded_by twice",
			    a->member);
	a->guard = g_new0(struct guard_decl, 1);
	a->guard->lock = lock;
	return 0;
}

static const struct annotation {
	const char *name;
	guint n_args;
	int (*read)(struct annotated *a, char **args);
} annotations[] = {
	{ "pinned_by", 2, read_pinned_by },
	{ "guarded_by", 1, read_guarded_by },
};

static int read_args(struct annotated *a, const struct annotation *kind,
		     const char *text)
{
	char **args = g_strsplit(text, ",", -1);
	int ret;

	if (g_strv_length(args) == kind->n_args)
		ret = kind->read(a, args);
	else
		ret = fail(a, "%s() takes %u name%s: '%s'", kind->name,
			   kind->n_args, kind->n_args > 1 ? "s" : "", text);
	g_strfreev(args);
	return ret;
}

/* One "NAME(ARGS)"; writes over it. */
static int read_one(struct annotated *a, char *text)
{
	char *args = strchr(text, '('), *end = strrchr(text, ')');
	gsize i;

	if (!args || !end || end < args || end[1])
		return fail(a, "'%s' is not an annotation", text);
	*args++ = *end = '\0';
	for (i = 0; i < G_N_ELEMENTS(annotations); i++)
		if (!strcmp(annotations[i].name, text))
			return read_args(a, &annotations[i], args);
	return fail(a, "unknown annotation '%s'", text);
}

/* Several annotations of one member have ";" between them. */
static int read_all(struct annotated *a, const char *annotation)
{
	char **list = g_strsplit(annotation, ";", -1), **text;
	int ret = *list ? 0 : fail(a, "an empty annotation");

	for (text = list; *text && !ret; text++) {
		gsize skip;

		g_strstrip(*text);
		skip = g_str_has_prefix(*text, PREFIX) ? strlen(PREFIX) : 0;
		ret = read_one(a, *text + skip);
	}
	g_strfreev(list);
	return ret;
}

/* The object that the reference is on stays unknown. */
static void give_pair(struct model *m, const struct annotated *a)
{
	struct pair_decl *p = a->pair;
	char *name = g_strdup_printf("%s.%s", a->record, a->member);

	p->name = g_intern_string(name);
	p->record = a->record;
	p->flag = a->member;
	p->origin = ORIGIN_ANNOTATED;
	p->file = a->file;
	p->line = a->line;
	declare_pair(m, p);
	g_free(name);
}

static void give_guard(struct model *m, const struct annotated *a)
{
	struct guard_decl *g = a->guard;

	g->record = a->record;
	g->flag = a->member;
	g->origin = ORIGIN_ANNOTATED;
	g->file = a->file;
	g->line = a->line;
	declare_guard(m, g);
}

static void discard(struct annotated *a)
{
	if (a->pair)
		pair_decl_free(a->pair);
	g_free(a->guard);
}

int model_annotate(struct model *m, const char *record, const char *member,
		   const char *annotation, const char *file, int line,
		   char **ret_error)
{
	struct annotated a = { .record = g_intern_string(record),
			       .member = g_intern_string(member),
			       .file = g_intern_string(file),
			       .line = line };

	if (read_all(&a, annotation) < 0) {
		discard(&a);
		*ret_error = a.error;
		return -1;
	}
	if (a.pair)
		give_pair(m, &a);
	if (a.guard)
		give_guard(m, &a);
	return 0;
}

/* Copying */

static gpointer copy_pair(gconstpointer pair, gpointer data)
{
	struct pair_decl *p = g_memdup2(pair, sizeof(*p));

	g_ptr_array_ref(p->gets);
	g_ptr_array_ref(p->puts);
	return p;
}

static gpointer copy_guard(gconstpointer guard, gpointer data)
{
	return g_memdup2(guard, sizeof(struct guard_decl));
}

static gpointer copy_pin(gconstpointer pin, gpointer data)
{
	struct pin_decl *p = g_memdup2(pin, sizeof(*p));

	g_ptr_array_ref(p->reapers);
	return p;
}

struct model *model_copy(const struct model *m)
{
	struct model *copy = g_memdup2(m, sizeof(*m));

	copy->pairs = g_ptr_array_copy(m->pairs, copy_pair, NULL);
	copy->guards = g_ptr_array_copy(m->guards, copy_guard, NULL);
	copy->pins = g_ptr_array_copy(m->pins, copy_pin, NULL);
	g_hash_table_ref(copy->apis);
	g_hash_table_ref(copy->found);
	g_hash_table_ref(copy->stable);
	g_hash_table_ref(copy->lifetimes);
	g_hash_table_ref(copy->macros);
	return copy;
}
