// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck query: asks the facts store about the program as a whole, and prints
 * the answer as a table or as JSON. No source is parsed; that some of what the
 * store knows is out of date is said.
 */
#include <json-c/json.h>
#include <string.h>

#include "base/printable.h"
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/query_evidence.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "facts/query.h"
#include "pipeline/pipeline.h"

struct options {
	char *format;
	struct run_options run;
};

static char *summary(void)
{
	GString *text = g_string_new(
		"Asks the facts store that 'pincheck index' made. A PATTERN is"
		" a name, or has *, ?\nand [...] as in the shell.\n\nExit status: 0"
		" answered, if only with nothing; 2 wrong usage, 3 the store"
		" cannot say.\n\nQuestions:");
	const struct store_question *q;
	size_t i;

	for (i = 0; (q = store_question_at(i)); i++) {
		char *words = g_strdup_printf("%s %s", q->name, q->argument);

		g_string_append_printf(text, "\n  %-22s %s", words, q->help);
		g_free(words);
	}
	return g_string_free(text, FALSE);
}

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format,
		  "table or json", "FORMAT" },
		G_OPTION_ENTRY_NULL
	};
	char *help = summary();
	const struct run_command command = {
		RUN_DATABASE | RUN_STORE_MADE | RUN_MODELS,
		"QUESTION [ARGUMENT]", help
	};
	int status = run_options_parse(&o->run, &command, entries, argc, argv);

	g_free(help);
	return status;
}

static void options_clear(struct options *o)
{
	g_free(o->format);
	run_options_clear(&o->run);
}

/* ---- formats ---- */

static gboolean is_path(const struct store_column *c)
{
	return !strcmp(c->name, "file") || !strcmp(c->name, "unit");
}

/* As the user sees it from the current folder. */
static void shorten_paths(struct store_table *t)
{
	for (guint r = 0; r < t->rows->len; r++) {
		char **row = t->rows->pdata[r];

		for (int i = 0; i < t->n_columns; i++) {
			char *path = row[i];

			if (!is_path(&t->columns[i]))
				continue;
			row[i] = check_file_name(path);
			g_free(path);
		}
	}
}

/* Characters, as far as one can tell: bytes of what is not UTF-8. */
static int width(const char *text)
{
	return (int)(g_utf8_validate(text, -1, NULL) ? g_utf8_strlen(text, -1) :
						       (glong)strlen(text));
}

static int width_of(const struct store_table *t, int column)
{
	int most = width(t->columns[column].name);

	for (guint r = 0; r < t->rows->len; r++) {
		char **row = t->rows->pdata[r];

		most = MAX(most, width(row[column]));
	}
	return most;
}

/* Numbers to the right. */
static void put_cell(GString *out, const char *text, int blanks, bool is_number)
{
	if (is_number)
		g_string_append_printf(out, "%*s", blanks, "");
	printable_append(out, text);
	if (!is_number)
		g_string_append_printf(out, "%*s", blanks, "");
}

static void put_line(GString *out, const struct store_table *t,
		     const int *widths, char **cells)
{
	for (int i = 0; i < t->n_columns; i++) {
		g_string_append(out, i ? "  " : "");
		put_cell(out, cells[i], widths[i] - width(cells[i]),
			 t->columns[i].is_number);
	}
	while (out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void put_table(GString *out, const struct store_table *t)
{
	int *widths = g_new(int, (gsize)t->n_columns);
	char **names = g_new(char *, (gsize)t->n_columns);

	for (int i = 0; i < t->n_columns; i++) {
		widths[i] = width_of(t, i);
		names[i] = t->columns[i].name;
	}
	put_line(out, t, widths, names);
	for (guint r = 0; r < t->rows->len; r++)
		put_line(out, t, widths, t->rows->pdata[r]);
	g_free(names);
	g_free(widths);
}

static json_object *cell_json(const struct store_column *c, const char *text)
{
	json_object *cell;
	char *valid;

	if (c->is_number)
		return json_object_new_int64(g_ascii_strtoll(text, NULL, 10));
	valid = g_utf8_make_valid(text, -1);
	cell = json_object_new_string(valid);
	g_free(valid);
	return cell;
}

static void put_json(GString *out, const struct store_table *t)
{
	json_object *all = json_object_new_array();

	for (guint r = 0; r < t->rows->len; r++) {
		json_object *object = json_object_new_object();
		char **row = t->rows->pdata[r];

		for (int i = 0; i < t->n_columns; i++)
			json_object_object_add(object, t->columns[i].name,
					       cell_json(&t->columns[i],
							 row[i]));
		json_object_array_add(all, object);
	}
	g_string_append(out, json_object_to_json_string_ext(
				     all, JSON_C_TO_STRING_PRETTY |
					  JSON_C_TO_STRING_NOSLASHESCAPE));
	g_string_append_c(out, '\n');
	json_object_put(all);
}

/* ---- the command ---- */

static void count_stale(const char *path, const char *command, void *data)
{
	++*(int *)data;
}

static void tell_stale(struct store *s)
{
	char *reader = pipeline_reader();
	int n = 0;

	store_stale(s, reader, count_stale, &n);
	g_free(reader);
	if (n)
		cmd_say("%d unit%s of the store %s out of date ('pincheck"
			" index' reads %s anew)", n, n == 1 ? "" : "s",
			n == 1 ? "is" : "are", n == 1 ? "it" : "them");
}

static int print_answer(const struct options *o, struct store_table *t)
{
	GString *out = g_string_new(NULL);
	int status;

	shorten_paths(t);
	if (!g_strcmp0(o->format, "json"))
		put_json(out, t);
	else
		put_table(out, t);
	status = cmd_write(NULL, out);
	g_string_free(out, TRUE);
	return status;
}

/* The argument; of a record, as `pincheck mine` writes it, too. */
static const char *argument_of(const struct options *o,
			       const struct store_question *q)
{
	const char *text = o->run.args[1];

	if (text && q->needs && g_str_has_prefix(text, "struct "))
		text += strlen("struct ");
	return text;
}

/* FALSE after a message: the table that @q needs cannot be had. */
static gboolean offer(const struct options *o, const struct store_question *q,
		      struct store *s, const struct model *m)
{
	if (!q->needs || query_offer_evidence(s, q->needs, m))
		return TRUE;
	cmd_say("%s: that is not known yet ('pincheck mine' collects it)",
		o->run.store);
	return FALSE;
}

static int ask(const struct options *o, const struct store_question *q,
	       struct store *s, const struct model *m)
{
	const char *argument = argument_of(o, q);
	struct store_table *t;
	char *error = NULL;
	int status;

	if (!offer(o, q, s, m))
		return STATUS_INCOMPLETE;
	t = store_ask(s, q, argument, pipeline_folder, &error);
	if (!t) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_INCOMPLETE;
	}
	if (!t->rows->len && argument && q->nothing)
		cmd_say("%s: %s %s", o->run.store, q->nothing, o->run.args[1]);
	status = print_answer(o, t);
	store_table_free(t);
	tell_stale(s);
	return status;
}

/* What is asked of evidence, with the model that mine has by default. */
static int load_and_ask(const struct options *o,
			const struct store_question *q, struct store *s)
{
	char *trees[] = { ".", o->run.db_dir, NULL };
	int status = STATUS_USAGE;
	struct run_model m;

	if (!q->needs)
		return ask(o, q, s, NULL);
	if (run_model_load(&m, trees, o->run.models))
		status = ask(o, q, s, m.model);
	run_model_clear(&m);
	return status;
}

static int open_and_ask(const struct options *o,
			const struct store_question *q)
{
	struct store *s;
	int status = STATUS_INCOMPLETE;

	if (!stores_accept(o->run.store))
		return status;
	s = stores_open(o->run.store);
	if (s)
		status = load_and_ask(o, q, s);
	store_close(s);
	return status;
}

/* CMD_GO: there are as many words as @q wants. */
static int check_words(const struct options *o, const struct store_question *q)
{
	int n = (int)g_strv_length(o->run.args) - 1;

	if (!n && *q->argument && *q->argument != '[')
		return cmd_usage("query %s: %s is missing", q->name,
				 q->argument);
	if (n > !!*q->argument)
		return cmd_usage("query %s: one argument too many: %s", q->name,
				 o->run.args[n]);
	return CMD_GO;
}

static int check_and_ask(struct options *o)
{
	const struct store_question *q;
	int status;

	if (o->format && strcmp(o->format, "table") &&
	    strcmp(o->format, "json"))
		return cmd_usage("no such format: %s (there are table, json)",
				 o->format);
	if (!o->run.args)
		return cmd_usage("no question given");
	q = store_question_find(o->run.args[0]);
	if (!q)
		return cmd_usage("no such question: %s", o->run.args[0]);
	status = check_words(o, q);
	if (status != CMD_GO)
		return status;
	if (!o->run.store)
		o->run.store = stores_default(".", o->run.db_dir);
	if (!o->run.store)
		return cmd_usage("no compile_commands.json at or above %s;"
				 " --store FILE names a store", ".");
	return open_and_ask(o, q);
}

int cmd_query(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_ask(&o);
	options_clear(&o);
	return status;
}
