// SPDX-License-Identifier: GPL-2.0-only
/*
 * What units that could not be parsed may read, by text: a lower bar than a
 * parse, which ends where a header is missing. Conditions are not looked at, so
 * this names too many files rather than too few; but an inclusion whose name a
 * macro makes is not followed.
 */
#include "cmd/patch_unread.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/frontend.h"

struct unread_unit {
	char *file;
	GPtrArray *folders; /* char *: where it looks for headers */
	GHashTable *files;  /* a set, of real paths: what it may read */
	GHashTable *names;  /* a set: the last parts of what it includes */
	GQueue todo;	    /* of @files */
};

struct unread {
	GPtrArray *units;     /* struct unread_unit * */
	GHashTable *included; /* a file, to the names it includes, a GStrv */
};

static void unread_unit_free(void *data)
{
	struct unread_unit *unit = data;

	g_free(unit->file);
	g_ptr_array_unref(unit->folders);
	g_hash_table_unref(unit->files);
	g_hash_table_unref(unit->names);
	g_free(unit);
}

struct unread *unread_new(void)
{
	struct unread *u = g_new(struct unread, 1);

	u->units = g_ptr_array_new_with_free_func(unread_unit_free);
	u->included = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    (GDestroyNotify)g_strfreev);
	return u;
}

void unread_free(struct unread *u)
{
	if (!u)
		return;
	g_ptr_array_unref(u->units);
	g_hash_table_unref(u->included);
	g_free(u);
}

/* ---- a text ---- */

/* "a.h" of '# include "a.h"'; NULL: that is no such line. */
static char *included_name(const char *line)
{
	char end;

	line += strspn(line, " \t");
	if (*line++ != '#')
		return NULL;
	line += strspn(line, " \t");
	if (!g_str_has_prefix(line, "include"))
		return NULL;
	line += strcspn(line, "\"<\n");
	end = *line == '<' ? '>' : *line;
	if (end != '>' && end != '"')
		return NULL;
	line++;
	return strchr(line, end) ? g_strndup(line, (gsize)(strchr(line, end) -
							   line)) : NULL;
}

static char **read_names(const char *file)
{
	GPtrArray *names = g_ptr_array_new();
	char *text = NULL;

	g_file_get_contents(file, &text, NULL, NULL);
	for (char *line = text, *next; line; line = next) {
		char *name;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		name = included_name(line);
		if (name)
			g_ptr_array_add(names, name);
	}
	g_free(text);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static char **names_in(struct unread *u, const char *file)
{
	char **names = g_hash_table_lookup(u->included, file);

	if (!names) {
		names = read_names(file);
		g_hash_table_insert(u->included, g_strdup(file), names);
	}
	return names;
}

/* ---- a unit ---- */

/* FALSE: there is no such file. */
static gboolean take_file(struct unread_unit *unit, const char *folder,
			  const char *name)
{
	char *path = g_canonicalize_filename(name, folder);
	char *real = realpath(path, NULL);
	gboolean there = real != NULL;

	if (there && g_hash_table_add(unit->files, real))
		g_queue_push_tail(&unit->todo, real);
	g_free(path);
	return there;
}

/* Beside the file that includes it, and where the command says. */
static void take_name(struct unread_unit *unit, const char *folder,
		      const char *name)
{
	gboolean found = FALSE;

	g_hash_table_add(unit->names, g_path_get_basename(name));
	take_file(unit, folder, name);
	for (guint i = 0; i < unit->folders->len && !found; i++)
		found = take_file(unit, unit->folders->pdata[i], name);
}

static void follow(struct unread *u, struct unread_unit *unit)
{
	const char *file;

	while ((file = g_queue_pop_head(&unit->todo))) {
		char *folder = g_path_get_dirname(file);

		for (char **name = names_in(u, file); *name; name++)
			take_name(unit, folder, *name);
		g_free(folder);
	}
}

/* The value of a flag, in its word or the next one; NULL: it is another one. */
static const char *value_of(char **arg, const char *flag)
{
	if (!g_str_has_prefix(*arg, flag))
		return NULL;
	return strcmp(*arg, flag) ? *arg + strlen(flag) : arg[1];
}

static void take_flag(struct unread_unit *unit,
		      const struct compile_command *cmd, char **arg)
{
	static const char *const flags[] = { "-I", "-isystem", "-iquote",
					     "-idirafter" };
	const char *value = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(flags) && !value; i++)
		value = value_of(arg, flags[i]);
	if (value)
		g_ptr_array_add(unit->folders, g_canonicalize_filename(
						       value, cmd->directory));
}

void unread_add(struct unread *u, const struct compile_command *cmd)
{
	struct unread_unit *unit = g_new0(struct unread_unit, 1);
	const char *first;

	unit->file = g_canonicalize_filename(cmd->file, cmd->directory);
	unit->folders = g_ptr_array_new_with_free_func(g_free);
	unit->files = g_hash_table_new_full(g_str_hash, g_str_equal, free,
					    NULL);
	unit->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    NULL);
	g_queue_init(&unit->todo);
	for (char **arg = cmd->args; *arg; arg++)
		take_flag(unit, cmd, arg);
	for (char **arg = cmd->args; *arg; arg++) {
		first = value_of(arg, "-include");
		if (first)
			take_name(unit, cmd->directory, first);
	}
	take_file(unit, cmd->directory, cmd->file);
	follow(u, unit);
	g_ptr_array_add(u->units, unit);
}

guint unread_count(const struct unread *u, const char *path,
		   const char **ret_one)
{
	gboolean there = g_file_test(path, G_FILE_TEST_EXISTS);
	char *name = g_path_get_basename(path);
	guint n = 0;

	*ret_one = NULL;
	for (guint i = 0; i < u->units->len; i++) {
		const struct unread_unit *unit = u->units->pdata[i];

		if (!g_hash_table_contains(there ? unit->files : unit->names,
					   there ? path : name))
			continue;
		if (!n++)
			*ret_one = unit->file;
	}
	g_free(name);
	return n;
}
