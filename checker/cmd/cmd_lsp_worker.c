// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck lsp-worker: answers the questions of the router of `pincheck lsp`,
 * one JSON object a line (docs/lsp-worker.md). Here are the questions; what is
 * behind each has a file of its own.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/lsp_actions.h"
#include "cmd/lsp_check.h"
#include "cmd/lsp_hover.h"
#include "cmd/lsp_items.h"
#include "cmd/lsp_reader.h"
#include "cmd/lsp_refresh.h"
#include "cmd/lsp_replay.h"
#include "cmd/lsp_worker.h"
#include "pipeline/pipeline.h"

static const struct run_command command = {
	RUN_DATABASE | RUN_STORE_READ | RUN_MODELS, "",
	"Answers the questions of 'pincheck lsp', which starts it, on stdin.\n"
	"\n"
	"Exit status: 0 stdin ended, 2 wrong usage, 3 stdout cannot be written."
};

/* Up to 230 MB each; who has more documents open edits few at a time. */
#define UNITS_KEPT 3
/* In ms: what an editor asks after diagnostics came, it asks at once. */
#define QUIET 250

struct options {
	char *min_severity, *saved;
	gboolean no_cross_file;
};

/* A question, and what is said to it. */
struct talk {
	struct lsp_worker *worker;
	struct json_reader rd; /* of the question; an error is the answer */
	json_object *question, *answer;
	FILE *out;
};

/* ---- answers ---- */

static int write_line(FILE *out, json_object *o)
{
	const char *line = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (fputs(line, out) < 0 || putc('\n', out) < 0 || fflush(out)) {
		cmd_say("cannot write an answer: %s", g_strerror(errno));
		return STATUS_INCOMPLETE;
	}
	return STATUS_OK;
}

/* An answer to the question that is being read, with its id, whatever that is. */
static json_object *answer_new(const struct talk *t)
{
	json_object *answer = json_object_new_object(), *id = NULL;

	if (json_object_is_type(t->question, json_type_object))
		json_object_object_get_ex(t->question, "id", &id);
	json_object_object_add(answer, "id", json_object_get(id));
	return answer;
}

static void fail(struct talk *t, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void fail(struct talk *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!t->rd.error)
		t->rd.error = g_strdup_vprintf(format, args);
	va_end(args);
}

/* ---- what questions have ---- */

static json_object *get_any(json_object *o, const char *name)
{
	json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return value;
}

static gboolean get_bool(struct talk *t, const char *name)
{
	return json_object_get_boolean(
		json_get(&t->rd, t->question, name, json_type_boolean));
}

/* An absolute path; what is none is an error. */
static const char *get_path(struct talk *t)
{
	const char *path = json_get_text(&t->rd, t->question, "path");

	if (!t->rd.error && !g_path_is_absolute(path))
		json_fail(&t->rd, "path", "absolute");
	return path;
}

/* NULL: it is not open, which is an error. */
static const struct document *get_document(struct talk *t)
{
	const char *path = get_path(t);
	const struct document *doc = NULL;

	if (!t->rd.error)
		doc = documents_find(t->worker->documents, path);
	if (!doc)
		fail(t, "%s: not open", path);
	documents_ask(t->worker->documents, doc);
	return doc;
}

static void put_version(struct talk *t, const struct document *doc)
{
	json_object_object_add(t->answer, "version", doc->versioned ?
			       json_object_new_int64(doc->version) : NULL);
}

/* ---- the questions ---- */

static void answer_start(struct talk *t)
{
	struct lsp_worker *w = t->worker;
	const char *encoding = json_get_text(&t->rd, t->question, "encoding");

	w->related = get_bool(t, "related");
	w->changes = get_bool(t, "changes");
	if (!t->rd.error && !encoding_parse(encoding, &w->encoding))
		json_fail(&t->rd, "encoding", "known");
}

static void open_document(struct talk *t, const char *path, json_object *text)
{
	const char *uri = json_get_text(&t->rd, t->question, "uri");
	json_object *version = get_any(t->question, "version");
	struct document *doc;

	if (t->rd.error)
		return;
	doc = g_new0(struct document, 1);
	doc->path = g_strdup(path);
	doc->uri = g_strdup(uri);
	doc->size = (size_t)json_object_get_string_len(text);
	doc->text = g_memdup2(json_object_get_string(text), doc->size + 1);
	doc->versioned = json_object_is_type(version, json_type_int);
	doc->version = json_object_get_int64(version);
	documents_set(t->worker->documents, doc);
}

static void answer_text(struct talk *t)
{
	const char *path = get_path(t);
	json_object *text = NULL;

	if (t->rd.error)
		return;
	/* who forgets it does not close the document */
	if (!json_object_object_get_ex(t->question, "text", &text) ||
	    (text && !json_object_is_type(text, json_type_string))) {
		json_fail(&t->rd, "text", "a string or null");
	} else if (text) {
		open_document(t, path, text);
	} else {
		documents_close(t->worker->documents, path);
		g_hash_table_remove(t->worker->checks, path);
	}
}

static void answer_check(struct talk *t)
{
	const struct document *doc = get_document(t);
	const struct lsp_check *c;

	if (!doc)
		return;
	c = lsp_check(t->worker, doc);
	put_version(t, doc);
	json_object_object_add(t->answer, "items",
			       lsp_items(t->worker, doc, c->report));
	json_object_object_add(t->answer, "reads", json_texts(c->reads));
}

static void answer_actions(struct talk *t)
{
	const struct document *doc = get_document(t);
	json_object *only = get_any(t->question, "only");
	json_object *range = json_get(&t->rd, t->question, "range",
				      json_type_object);

	if (only && !json_object_is_type(only, json_type_array))
		json_fail(&t->rd, "only", "an array or null");
	if (t->rd.error)
		return;
	json_object_object_add(t->answer, "items",
			       lsp_actions(t->worker, doc, range, only));
	put_version(t, doc);
}

static void answer_hover(struct talk *t)
{
	const struct document *doc = get_document(t);
	json_object *position = json_get(&t->rd, t->question, "position",
					 json_type_object);

	if (!t->rd.error)
		lsp_hover(t->worker, doc, position, t->answer);
}

/* Somebody waits for it, and it may take long. */
static void tell_progress(struct talk *t, const char *what)
{
	json_object *o = answer_new(t);

	json_put_text(o, "progress", what);
	write_line(t->out, o);
	json_object_put(o);
}

static void answer_replay(struct talk *t)
{
	const struct document *doc = get_document(t);
	const char *fingerprint = json_get_text(&t->rd, t->question,
						"fingerprint");
	struct pipeline_replay *r;
	char *error = NULL;

	if (t->rd.error)
		return;
	tell_progress(t, "searching the interleavings");
	r = lsp_replay(t->worker, doc, fingerprint, &error);
	if (r) {
		json_put_text(t->answer, "verdict", r->verdict);
		json_put_text(t->answer, "text", r->text);
	} else {
		fail(t, "%s", error);
	}
	pipeline_replay_free(r);
	g_free(error);
}

/* A unit that other files may know of: the store is to know it, too. */
static void refresh(struct lsp_worker *w, const char *path)
{
	struct workspace_unit unit;
	const char *store = NULL;

	if (workspace_find(w->workspace, path, &unit))
		store = workspace_store(w->workspace);
	if (store)
		lsp_refresh_add(w->refresh, path, store);
}

static void answer_saved(struct talk *t)
{
	const char *path = get_path(t);
	gboolean changed;

	if (t->rd.error)
		return;
	changed = workspace_rules_over(t->worker->workspace, path);
	if (!changed)
		refresh(t->worker, path);
	json_object_object_add(t->answer, "changed",
			       json_object_new_boolean(changed));
}

static const struct {
	const char *name;
	void (*answer)(struct talk *t);
} questions[] = {
	{ "start", answer_start },
	{ "text", answer_text },
	{ "check", answer_check },
	{ "actions", answer_actions },
	{ "hover", answer_hover },
	{ "replay", answer_replay },
	{ "saved", answer_saved },
};

static void answer(struct talk *t)
{
	const char *what = json_get_text(&t->rd, t->question, "do");

	if (t->rd.error)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
		if (strcmp(questions[i].name, what))
			continue;
		questions[i].answer(t);
		return;
	}
	fail(t, "no such question: %s", what);
}

/* ---- the conversation ---- */

static int answer_line(struct lsp_worker *w, const char *line, size_t size,
		       FILE *out)
{
	struct talk t = { .worker = w, .out = out };
	int status;

	t.question = json_parse(&t.rd, line, size);
	t.answer = answer_new(&t);
	if (!t.rd.error)
		answer(&t);
	if (t.rd.error) {
		json_object_put(t.answer);
		t.answer = answer_new(&t);
		json_put_text(t.answer, "error", t.rd.error);
	}
	lsp_log_put(w->log, t.answer);
	status = write_line(out, t.answer);
	json_object_put(t.answer);
	json_object_put(t.question);
	g_free(t.rd.error);
	return status;
}

/*
 * Answers go to what stdout was; whatever else is printed in this process goes
 * to stderr, and is no answer. NULL after a message.
 */
static FILE *take_stdout(void)
{
	int fd = dup(STDOUT_FILENO);
	FILE *out = fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ?
			    NULL : fdopen(fd, "w");

	if (!out)
		cmd_say("cannot write answers: %s", g_strerror(errno));
	return out;
}

/* Not an answer: it has no id. */
static int tell_changed(struct lsp_worker *w, FILE *out)
{
	json_object *o = json_object_new_object();
	int status;

	json_put_text(o, "notice", "changed");
	status = write_line(out, o);
	json_object_put(o);
	return status;
}

/* CMD_GO, or how it ends. */
static int talk_once(struct lsp_worker *w, struct lsp_reader *in, FILE *out)
{
	int status = STATUS_OK;
	const char *line;
	gsize n;

	switch (lsp_reader_wait(in, lsp_refresh_fd(w->refresh),
				w->cold ? QUIET : -1)) {
	case LSP_LINE:
		line = lsp_reader_next(in, &n);
		if (!line)
			return STATUS_OK;
		status = answer_line(w, line, n, out);
		break;
	case LSP_OTHER:
		if (lsp_refresh_step(w->refresh))
			status = tell_changed(w, out);
		break;
	case LSP_QUIET:
		lsp_check_idle(w);
		break;
	}
	return status ? status : CMD_GO;
}

static int talk(struct lsp_worker *w)
{
	struct lsp_reader in = { .fd = STDIN_FILENO,
				 .lines = lines_new() };
	FILE *out = take_stdout();
	int status = out ? CMD_GO : STATUS_INCOMPLETE;

	while (status == CMD_GO)
		status = talk_once(w, &in, out);
	if (out)
		fclose(out);
	lines_free(in.lines);
	return status;
}

/* ---- the command line ---- */

static int parse(struct lsp_worker *w, struct options *o, int argc, char **argv)
{
	const GOptionEntry own[] = {
		{ "rules", 0, 0, G_OPTION_ARG_STRING, &w->rules,
		  "Rules to use (all; see 'pincheck rules')", "RULE,..." },
		{ "min-severity", 0, 0, G_OPTION_ARG_STRING, &o->min_severity,
		  "Show from: note, warning (default), error", "LEVEL" },
		{ "memory", 0, 0, G_OPTION_ARG_STRING, &w->memory,
		  "The weakest memory of a replay, sc (default), tso, pso or"
		  " arm", "NAME" },
		{ "no-store", 0, 0, G_OPTION_ARG_NONE, &w->run.no_store,
		  "Use no store, nor what was mined beside it", NULL },
		{ "no-cross-file", 0, 0, G_OPTION_ARG_NONE, &o->no_cross_file,
		  "Do not use what the store knows of other files", NULL },
		{ "saved", 0, 0, G_OPTION_ARG_FILENAME, &o->saved,
		  "Only read this unit into the store again, and link it",
		  "FILE" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&w->run, &command, own, argc, argv);
}

static int resolve(struct lsp_worker *w, const struct options *o)
{
	if (w->run.args)
		return cmd_usage("lsp-worker takes no arguments");
	if (o->saved && !w->run.store)
		return cmd_usage("--saved needs --store");
	if (w->memory && !pipeline_knows_memory(w->memory))
		return cmd_usage("no such memory: %s", w->memory);
	if (o->min_severity && !severity_parse(o->min_severity, &w->min))
		return cmd_usage("no such severity: %s", o->min_severity);
	return check_known_rules(w->rules) ? CMD_GO : STATUS_USAGE;
}

static void init(struct lsp_worker *w, const struct options *o)
{
	w->related = TRUE;
	w->log = lsp_log_new();
	w->documents = documents_new();
	w->session = session_new(UNITS_KEPT, SESSION_PREAMBLE);
	w->workspace = workspace_new(&w->run, o->no_cross_file, w->log);
	w->refresh = lsp_refresh_new(&w->run);
	w->checks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  lsp_check_free);
}

static void clear(struct lsp_worker *w)
{
	g_clear_pointer(&w->checks, g_hash_table_unref);
	lsp_refresh_free(w->refresh);
	compile_command_free(w->cold);
	session_free(w->session);
	workspace_free(w->workspace);
	documents_free(w->documents);
	lsp_log_free(w->log);
	g_free(w->rules);
	g_free(w->memory);
	run_options_clear(&w->run);
}

int cmd_lsp_worker(int argc, char **argv)
{
	struct lsp_worker w = { .min = SEVERITY_WARNING };
	struct options o = { 0 };
	int status = parse(&w, &o, argc, argv);

	if (status == CMD_GO)
		status = resolve(&w, &o);
	if (status == CMD_GO && o.saved) {
		status = lsp_refresh_run(&w.run, o.saved);
	} else if (status == CMD_GO) {
		init(&w, &o);
		status = talk(&w);
	}
	clear(&w);
	g_free(o.min_severity);
	g_free(o.saved);
	return status;
}
