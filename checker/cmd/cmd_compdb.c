// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck compdb: compile_commands.json for a configured and prepared kernel
 * tree, without building it.
 *
 * A dry run of make prints every command that is still to be run; objects
 * that are built already print nothing, and for those the command that kbuild
 * saved in .NAME.o.cmd is taken. Make runs as it always does, so what the
 * tree's Makefiles evaluate is run: use it on trees you would build.
 *
 * Not covered: assembly, host programs, objects that are built but have no
 * saved command, external modules (M=), and with several output directories in
 * one run the saved commands of all but the first. What the configuration does
 * not build (options that are off, other architectures) has no command.
 */
#include "cmd/common.h"

#include <json-c/json.h>
#include <string.h>

#include "base/process.h"

/* A tree of today takes a tenth of it. */
#define MAKE_BYTES ((gsize)1024 * 1024 * 1024)

/* An entry of the database. */
struct entry {
	char *directory; /* where the command runs; absolute */
	char *file;	 /* as the command says it */
	char *output;	 /* likewise */
	char **argv;
};

struct compdb {
	GPtrArray *entries; /* struct entry *, owned */
	GHashTable *seen;   /* absolute output paths, owned */
	GPtrArray *entered; /* char *: directories make is in, innermost last */
	char *build;	    /* where objects go: first entered, or the tree */
	unsigned int saved; /* units that come from .cmd files */
};

struct options {
	char *tree, *output;
	char **make_args, **targets; /* NULL: none given */
};

static void entry_free(void *p)
{
	struct entry *u = p;

	g_free(u->directory);
	g_free(u->file);
	g_free(u->output);
	g_strfreev(u->argv);
	g_free(u);
}

static int entry_compare(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = strcmp(x->file, y->file);

	return order ? order : strcmp(x->output, y->output);
}

static void compdb_init(struct compdb *db)
{
	db->entries = g_ptr_array_new_with_free_func(entry_free);
	db->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	db->entered = g_ptr_array_new_with_free_func(g_free);
	db->build = NULL;
	db->saved = 0;
}

static void compdb_clear(struct compdb *db)
{
	g_ptr_array_unref(db->entries);
	g_hash_table_unref(db->seen);
	g_ptr_array_unref(db->entered);
	g_free(db->build);
}

/* ---- from a line of shell to an entry ---- */

/*
 * The length of the first simple command of @text: up to an unquoted shell
 * operator. GLib splits a command into words but does not know operators.
 */
static size_t simple_command_length(const char *text)
{
	char quote = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (text[i] == '\\' && quote != '\'' && text[i + 1])
			i++;
		else if (quote)
			quote = text[i] == quote ? 0 : quote;
		else if (text[i] == '\'' || text[i] == '"')
			quote = text[i];
		else if (strchr(";&|()", text[i]))
			break;
	}
	return i;
}

/*
 * The object that @argv compiles kernel C to, or NULL: kbuild gives every
 * such command -DKBUILD_...=, and the source file last.
 */
static const char *compiled_object(char **argv)
{
	const char *object = NULL;
	gboolean compiles = FALSE, kbuild = FALSE;
	size_t i;

	for (i = 0; argv[i]; i++) {
		if (!strcmp(argv[i], "-c"))
			compiles = TRUE;
		else if (!strcmp(argv[i], "-o"))
			object = argv[i + 1];
		else if (g_str_has_prefix(argv[i], "-DKBUILD_"))
			kbuild = TRUE;
	}
	if (!compiles || !kbuild || !g_str_has_suffix(argv[i - 1], ".c"))
		return NULL;
	return object;
}

/* Adds the unit that @argv compiles in @directory. Takes @argv. */
static gboolean add_argv(struct compdb *db, const char *directory, char **argv)
{
	const char *object = compiled_object(argv);
	struct entry *u;

	if (!object ||
	    !g_hash_table_add(db->seen,
			      g_canonicalize_filename(object, directory))) {
		g_strfreev(argv);
		return FALSE;
	}
	u = g_new(struct entry, 1);
	u->directory = g_strdup(directory);
	u->output = g_strdup(object);
	u->file = g_strdup(argv[g_strv_length(argv) - 1]);
	u->argv = argv;
	g_ptr_array_add(db->entries, u);
	return TRUE;
}

/* Adds what the commands of one line compile; returns how many units. */
static unsigned int add_line(struct compdb *db, const char *directory,
			     const char *line)
{
	unsigned int added = 0;
	char **argv, *command;
	size_t n;

	for (; *line; line += n + (line[n] != '\0')) {
		n = simple_command_length(line);
		command = g_strndup(line, n);
		if (strstr(command, " -c ") &&
		    g_shell_parse_argv(command, NULL, &argv, NULL))
			added += add_argv(db, directory, argv);
		g_free(command);
	}
	return added;
}

/* ---- what make prints ---- */

/* Follows "make[1]: Entering directory 'DIR'": relative paths start there. */
static gboolean follow_directory(struct compdb *db, const char *line)
{
	const char *name;

	if (!g_str_has_prefix(line, "make"))
		return FALSE;
	name = strstr(line, ": Entering directory '");
	if (name) {
		name = strchr(name, '\'') + 1;
		g_ptr_array_add(db->entered,
				g_strndup(name, strcspn(name, "'")));
		if (!db->build)
			db->build = g_strdup(
				g_ptr_array_index(db->entered,
						  db->entered->len - 1));
		return TRUE;
	}
	if (!strstr(line, ": Leaving directory '"))
		return FALSE;
	if (db->entered->len)
		g_ptr_array_set_size(db->entered, db->entered->len - 1);
	return TRUE;
}

static void add_dry_run(struct compdb *db, const char *tree, char *text)
{
	const char *directory;
	char *line, *end;

	for (line = text; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (follow_directory(db, line))
			continue;
		directory = tree;
		if (db->entered->len)
			directory = g_ptr_array_index(db->entered,
						      db->entered->len - 1);
		add_line(db, directory, line);
	}
	if (!db->build)
		db->build = g_strdup(tree);
}

/* The line in which make says why it stopped. The caller frees it. */
static char *make_complaint(const char *text)
{
	char **lines = g_strsplit(text, "\n", -1);
	char *found = NULL, *star;
	size_t i;

	for (i = 0; lines[i] && !found; i++) {
		star = strstr(lines[i], "***");
		if (star && *g_strstrip(star + 3))
			found = g_strdup(g_strstrip(star + 3));
	}
	g_strfreev(lines);
	return found ? found : g_strdup("make gave no reason");
}

/* The words of the dry run; the caller frees it. */
static char **make_command(const struct options *opt)
{
	static const char *const fixed[] = { "make", "-n", "-k", "V=1", NULL };
	GStrvBuilder *words = g_strv_builder_new();
	char **argv;

	g_strv_builder_addv(words, (const char **)fixed);
	if (opt->make_args)
		g_strv_builder_addv(words, (const char **)opt->make_args);
	if (opt->targets)
		g_strv_builder_addv(words, (const char **)opt->targets);
	else
		g_strv_builder_add(words, "./");
	argv = g_strv_builder_end(words);
	g_strv_builder_unref(words);
	return argv;
}

/*
 * Runs the dry run and adds its commands. Returns 0, or -1 when make could
 * not be run, or failed: then with its reason in *@ret_error, and the units
 * it printed all the same.
 */
static int run_make(struct compdb *db, const struct options *opt,
		    const char *tree, char **ret_error)
{
	/* Messages that are read here, whatever make this runs under. */
	static const char *const env[] = { "LC_ALL=C", "MAKEFLAGS", "MFLAGS",
					   "MAKELEVEL", NULL };
	char **argv = make_command(opt);
	const struct process_request req = {
		.argv = (const char *const *)argv, .cwd = tree, .env = env,
		.limit = MAKE_BYTES
	};
	struct process_result ran;
	int ret = process_run(&req, &ran, ret_error);

	g_strfreev(argv);
	if (ret < 0)
		return ret;
	add_dry_run(db, tree, ran.out->str);
	if (ran.status || ran.out_cut) {
		*ret_error = ran.out_cut ? g_strdup("it printed too much") :
					   make_complaint(ran.err->str);
		ret = -1;
	}
	process_result_clear(&ran);
	return ret;
}

/* ---- what kbuild saved for objects that are built ---- */

/* Undoes how kbuild writes a command into a makefile, in place. */
static void unescape_make(char *text)
{
	char *to = text;
	size_t n;

	for (; *text; text += n) {
		n = 1;
		if (g_str_has_prefix(text, "$$") ||
		    g_str_has_prefix(text, "\\#"))
			n = 2;
		else if (g_str_has_prefix(text, "$(pound)"))
			n = strlen("$(pound)");
		*to++ = n > 2 ? '#' : text[n - 1];
	}
	*to = '\0';
}

/* "cmd_X.o := COMMAND" or "savedcmd_X.o := COMMAND" is the first line. */
static void add_saved_file(struct compdb *db, const char *path)
{
	char *text, *command;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	text[strcspn(text, "\n")] = '\0';
	command = strstr(text, " := ");
	if (command && (g_str_has_prefix(text, "cmd_") ||
			g_str_has_prefix(text, "savedcmd_"))) {
		unescape_make(command + 4);
		db->saved += add_line(db, db->build, command + 4);
	}
	g_free(text);
}

/* Is the object at @path, relative to the build directory, asked for? */
static gboolean is_wanted(char *const *targets, const char *path)
{
	const char *t;

	for (; targets && *targets; targets++) {
		t = *targets;
		if (g_str_has_prefix(t, "./"))
			t += 2;
		/* Not a file: "vmlinux", "modules", or the whole tree. */
		if (!*t || !(g_str_has_suffix(t, "/") ||
			     g_str_has_suffix(t, ".o")))
			return TRUE;
		if (g_str_has_suffix(t, "/") ? g_str_has_prefix(path, t) :
					       !strcmp(path, t))
			return TRUE;
	}
	return FALSE;
}

/* ".super.o.cmd" counts while super.o is there: others are left-overs. */
static void add_saved_name(struct compdb *db, char *const *targets,
			   const char *dir, const char *name)
{
	char *object = g_strndup(name + 1, strlen(name) - strlen(".") -
						   strlen(".cmd"));
	char *relative = g_build_filename(dir, object, NULL);
	char *absolute = g_build_filename(db->build, relative, NULL);
	char *cmd = g_build_filename(db->build, dir, name, NULL);

	if ((!targets || is_wanted(targets, relative)) &&
	    g_file_test(absolute, G_FILE_TEST_EXISTS))
		add_saved_file(db, cmd);
	g_free(cmd);
	g_free(absolute);
	g_free(relative);
	g_free(object);
}

/* Walks @dir, relative to the build directory, for saved commands. */
static void add_saved(struct compdb *db, char *const *targets, const char *dir)
{
	char *path = g_build_filename(db->build, dir, NULL), *sub, *full;
	GDir *d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		if (*name == '.') {
			if (g_str_has_suffix(name, ".o.cmd"))
				add_saved_name(db, targets, dir, name);
			continue;
		}
		/* A symbolic link would lead out of the tree, or in circles. */
		full = g_build_filename(path, name, NULL);
		sub = *dir ? g_build_filename(dir, name, NULL) :
			     g_strdup(name);
		if (g_file_test(full, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(full, G_FILE_TEST_IS_SYMLINK))
			add_saved(db, targets, sub);
		g_free(sub);
		g_free(full);
	}
	if (d)
		g_dir_close(d);
	g_free(path);
}

/* ---- the database ---- */

static json_object *entry_to_json(const struct entry *u)
{
	json_object *object = json_object_new_object();
	json_object *arguments = json_object_new_array();
	char **word;

	for (word = u->argv; *word; word++)
		json_object_array_add(arguments, json_object_new_string(*word));
	json_object_object_add(object, "directory",
			       json_object_new_string(u->directory));
	json_object_object_add(object, "file", json_object_new_string(u->file));
	json_object_object_add(object, "arguments", arguments);
	json_object_object_add(object, "output",
			       json_object_new_string(u->output));
	return object;
}

static int compdb_write(struct compdb *db, const char *path)
{
	json_object *all = json_object_new_array();
	GString *text = g_string_new(NULL);
	int status;
	guint i;

	g_ptr_array_sort(db->entries, entry_compare);
	for (i = 0; i < db->entries->len; i++)
		json_object_array_add(all, entry_to_json(g_ptr_array_index(
						   db->entries, i)));
	g_string_append(text, json_object_to_json_string_ext(
				      all, JSON_C_TO_STRING_PRETTY |
					   JSON_C_TO_STRING_NOSLASHESCAPE));
	g_string_append_c(text, '\n');
	status = cmd_write(path, text);
	g_string_free(text, TRUE);
	json_object_put(all);
	return status;
}

/* How many units' source files do not exist: make would generate them. */
static unsigned int count_missing(const struct compdb *db)
{
	unsigned int missing = 0;
	const struct entry *u;
	char *path;
	guint i;

	for (i = 0; i < db->entries->len; i++) {
		u = g_ptr_array_index(db->entries, i);
		path = g_canonicalize_filename(u->file, u->directory);
		missing += !g_file_test(path, G_FILE_TEST_EXISTS);
		g_free(path);
	}
	return missing;
}

/* A kernel that is configured but not prepared has no generated headers. */
static void warn_unprepared(const struct compdb *db)
{
	char *config = g_build_filename(db->build, ".config", NULL);
	char *header = g_build_filename(db->build, "include", "generated",
					"bounds.h", NULL);

	if (g_file_test(config, G_FILE_TEST_EXISTS) &&
	    !g_file_test(header, G_FILE_TEST_EXISTS))
		cmd_say("warning: %s is not prepared; generated headers are "
			"missing (make prepare)", db->build);
	g_free(header);
	g_free(config);
}

static void print_summary(const struct compdb *db, const char *path)
{
	cmd_say("%u units written to %s, %u of them from saved commands; "
		"%u source files are not generated yet",
		db->entries->len, path, db->saved, count_missing(db));
	warn_unprepared(db);
}

/* ---- the command ---- */

/* Collects what make prints and kbuild saved; complains about failures. */
static int collect(struct compdb *db, const struct options *opt,
		   const char *tree)
{
	char *reason = NULL;
	int status = STATUS_OK;

	if (run_make(db, opt, tree, &reason)) {
		cmd_say("make failed in %s: %s", tree, reason);
		status = STATUS_INCOMPLETE;
	}
	/* Saved commands complete a dry run; alone they would mislead. */
	if (status == STATUS_OK || db->entries->len)
		add_saved(db, opt->targets, "");
	if (status == STATUS_OK && !db->entries->len) {
		cmd_say("no compile commands in %s: is it a configured kernel "
			"tree?", tree);
		status = STATUS_INCOMPLETE;
	}
	g_free(reason);
	return status;
}

static int compdb_make(const struct options *opt, const char *tree,
		       const char *path)
{
	struct compdb db;
	int status;

	compdb_init(&db);
	status = collect(&db, opt, tree);
	if (db.entries->len) {
		if (compdb_write(&db, path))
			status = STATUS_INCOMPLETE;
		else
			print_summary(&db, path);
	}
	compdb_clear(&db);
	return status;
}

static int run(const struct options *opt)
{
	char *tree = g_canonicalize_filename(opt->tree ? opt->tree : ".", NULL);
	char *path = opt->output ? g_strdup(opt->output) :
		g_build_filename(tree, "compile_commands.json", NULL);
	int status;

	if (g_file_test(tree, G_FILE_TEST_IS_DIR))
		status = compdb_make(opt, tree, path);
	else
		status = cmd_usage("%s is not a directory", tree);
	g_free(path);
	g_free(tree);
	return status;
}

static const char summary[] =
	"Writes the compile commands of a configured and prepared kernel tree\n"
	"(make defconfig prepare) without building it, by a dry run of make.\n"
	"Pass the arguments of your own build, LLVM=-19, ARCH=..., O=DIR, each\n"
	"with --make-arg; none is added. Targets are make's: fs/btrfs/, vmlinux;\n"
	"without one, all that the configuration builds. Objects that are built\n"
	"already are taken from the commands that kbuild saved. Assembly, host\n"
	"programs and external modules are left out.\n"
	"\n"
	"Exit status: 0 written, 2 wrong usage, 3 make failed or printed no\n"
	"command; when it failed half-way, what it printed is written.";

int cmd_compdb(int argc, char **argv)
{
	struct options opt = { NULL, NULL, NULL, NULL };
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt.output,
		  "File to write (TREE/compile_commands.json)", "FILE" },
		{ "directory", 'C', 0, G_OPTION_ARG_FILENAME, &opt.tree,
		  "The kernel tree (.)", "TREE" },
		{ "make-arg", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt.make_args,
		  "Argument for make; repeat for more", "ARG" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY,
		  &opt.targets, NULL, NULL },
		G_OPTION_ENTRY_NULL
	};
	int status = cmd_parse(argc, argv, entries, "[TARGET...]", summary);

	if (status == CMD_GO)
		status = run(&opt);
	g_free(opt.tree);
	g_free(opt.output);
	g_strfreev(opt.make_args);
	g_strfreev(opt.targets);
	return status;
}
