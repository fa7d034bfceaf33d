// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compile commands from compile_commands.json, exact entries only: a guess at
 * the flags of a file that is not listed would be worse than none. json-c
 * reads the file, because libclang's reader prints its errors itself and says
 * nothing of the place.
 */
#include "frontend/frontend.h"

#include <json-c/json.h>
#include <string.h>

struct compile_db {
	GPtrArray *commands; /* struct compile_command *, owned */
	GHashTable *by_path; /* absolute path, owned -> the first command */
};

void compile_command_free(struct compile_command *c)
{
	if (!c)
		return;
	g_free(c->directory);
	g_free(c->file);
	g_strfreev(c->args);
	g_free(c);
}

static struct compile_command *command_copy(const struct compile_command *c)
{
	struct compile_command *copy = g_new0(struct compile_command, 1);

	copy->directory = g_strdup(c->directory);
	copy->file = g_strdup(c->file);
	copy->args = g_strdupv(c->args);
	return copy;
}

static char *absolute(const char *path, const char *directory)
{
	return g_canonicalize_filename(path, directory);
}

/* Options about what comes out of the compiler, which nobody wants here. */
static bool is_output_option(const char *arg)
{
	static const char *const words[] = { "-c", "-S", "-E", "-M", "-MM",
					     "-MD", "-MMD", "-MP", "-MG" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(arg, words[i]))
			return true;
	return g_str_has_prefix(arg, "-Wp,-M");
}

/* Their value is the next argument, or the rest of this one. */
static int output_option_length(const char *arg)
{
	static const char *const words[] = { "-o", "-MF", "-MT", "-MQ" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!strcmp(arg, words[i]))
			return 2;
		if (g_str_has_prefix(arg, words[i]))
			return 1;
	}
	return 0;
}

static bool is_the_file(const char *arg, const struct compile_command *c)
{
	char *a, *b;
	bool same;

	if (*arg == '-')
		return false;
	if (!strcmp(arg, c->file))
		return true;
	a = absolute(arg, c->directory);
	b = absolute(c->file, c->directory);
	same = !strcmp(a, b);
	g_free(a);
	g_free(b);
	return same;
}

/*
 * "-I dir" may be two arguments, and dir must not be taken for the file; no
 * directory or macro is spelt as the file is.
 */
static char **flags_only(const char *const *args,
			 const struct compile_command *c)
{
	GPtrArray *out = g_ptr_array_new();

	for (; *args; args++) {
		int n = output_option_length(*args);

		if (n == 2 && args[1])
			args++;
		else if (!n && !is_output_option(*args) &&
			 strcmp(*args, "--") && !is_the_file(*args, c))
			g_ptr_array_add(out, g_strdup(*args));
	}
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

struct compile_command *compile_command_new(const char *directory,
					    const char *file,
					    const char *const *args)
{
	struct compile_command *c = g_new0(struct compile_command, 1);

	c->directory = absolute(directory, NULL);
	c->file = g_strdup(file);
	c->args = flags_only(args, c);
	return c;
}

/* Reading */

static const char *string_member(json_object *o, const char *name)
{
	json_object *value;

	if (!json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static char **argument_list(json_object *list)
{
	GPtrArray *out = g_ptr_array_new();
	size_t i, n = json_object_array_length(list);

	for (i = 0; i < n; i++)
		g_ptr_array_add(out, g_strdup(json_object_get_string(
			json_object_array_get_idx(list, i))));
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

/* The whole command line of an entry; NULL: it has none. */
static char **command_line(json_object *entry)
{
	const char *command = string_member(entry, "command");
	json_object *list;
	char **argv = NULL;

	if (json_object_object_get_ex(entry, "arguments", &list) &&
	    json_object_is_type(list, json_type_array))
		return argument_list(list);
	if (command)
		g_shell_parse_argv(command, NULL, &argv, NULL);
	return argv;
}

static bool is_wrapper(const char *program)
{
	char *base = g_path_get_basename(program);
	bool yes = !strcmp(base, "ccache") || !strcmp(base, "sccache") ||
		   !strcmp(base, "distcc") || !strcmp(base, "icecc");

	g_free(base);
	return yes;
}

static bool add_entry(struct compile_db *db, json_object *entry)
{
	const char *directory = string_member(entry, "directory");
	const char *file = string_member(entry, "file");
	char **argv = command_line(entry), **args = argv;
	struct compile_command *c;
	char *path;

	if (!directory || !file || !argv || !argv[0]) {
		g_strfreev(argv);
		return false;
	}
	args += is_wrapper(*args) && args[1] ? 2 : 1;
	c = compile_command_new(directory, file, (const char *const *)args);
	g_strfreev(argv);
	g_ptr_array_add(db->commands, c);
	path = absolute(file, c->directory);
	if (g_hash_table_contains(db->by_path, path))
		g_free(path);
	else
		g_hash_table_insert(db->by_path, path, c);
	return true;
}

static char *add_entries(struct compile_db *db, json_object *root,
			 const char *path)
{
	size_t i, n;

	if (!json_object_is_type(root, json_type_array))
		return g_strdup_printf("%s: not a list of commands", path);
	n = json_object_array_length(root);
	for (i = 0; i < n; i++) {
		json_object *entry = json_object_array_get_idx(root, i);

		if (!json_object_is_type(entry, json_type_object) ||
		    !add_entry(db, entry))
			return g_strdup_printf(
				"%s: entry %zu: no directory, file or command",
				path, i + 1);
	}
	return NULL;
}

static int line_at(const char *text, size_t offset)
{
	int line = 1;
	size_t i;

	for (i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static json_object *parse(const char *path, const char *text, gsize size,
			  char **ret_error)
{
	json_tokener *t = json_tokener_new();
	json_object *root = json_tokener_parse_ex(t, text, (int)size + 1);
	enum json_tokener_error error = json_tokener_get_error(t);

	if (error != json_tokener_success) {
		*ret_error = g_strdup_printf(
			"%s:%d: %s", path,
			line_at(text, MIN(json_tokener_get_parse_end(t),
					  size)),
			json_tokener_error_desc(error));
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(t);
	return root;
}

static struct compile_db *db_new(void)
{
	struct compile_db *db = g_new0(struct compile_db, 1);

	db->commands = g_ptr_array_new_with_free_func(
		(GDestroyNotify)compile_command_free);
	db->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    NULL);
	return db;
}

static struct compile_db *load(const char *path, const char *text, gsize size,
			       char **ret_error)
{
	json_object *root = parse(path, text, size, ret_error);
	struct compile_db *db;
	char *error;

	if (!root)
		return NULL;
	db = db_new();
	error = add_entries(db, root, path);
	json_object_put(root);
	if (error) {
		compile_db_free(db);
		*ret_error = error;
		return NULL;
	}
	return db;
}

struct compile_db *compile_db_load(const char *dir, char **ret_error)
{
	char *path = g_build_filename(dir, "compile_commands.json", NULL);
	struct compile_db *db = NULL;
	GError *error = NULL;
	char *text;
	gsize size;

	if (!g_file_get_contents(path, &text, &size, &error)) {
		*ret_error = g_strdup(error->message);
		g_error_free(error);
	} else if (size >= G_MAXINT) {
		*ret_error = g_strdup_printf("%s: too large", path);
		g_free(text);
	} else {
		db = load(path, text, size, ret_error);
		g_free(text);
	}
	g_free(path);
	return db;
}

void compile_db_free(struct compile_db *db)
{
	if (!db)
		return;
	g_hash_table_unref(db->by_path);
	g_ptr_array_unref(db->commands);
	g_free(db);
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **compile_db_files(const struct compile_db *db)
{
	GPtrArray *out = g_ptr_array_new();
	GHashTableIter iter;
	gpointer path;

	g_hash_table_iter_init(&iter, db->by_path);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_ptr_array_add(out, g_strdup(path));
	g_ptr_array_sort(out, compare_strings);
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

struct compile_command *compile_db_command(const struct compile_db *db,
					   const char *file)
{
	const struct compile_command *c =
		g_hash_table_lookup(db->by_path, file);

	return c ? command_copy(c) : NULL;
}
