// SPDX-License-Identifier: GPL-2.0-only
/*
 * workspace/executeCommand of pincheck.replay. Each replay has a worker of its
 * own, so that checks go on beside it, and that to cancel it is to kill that.
 *
 * Source: "Work Done Progress" and "Show Document Request" of the Language
 * Server Protocol 3.17.
 */
#include "lsp/replay.h"

#include <json-c/json.h>

#include "base/json.h"
#include "lsp/backend.h"
#include "lsp/documents.h"
#include "lsp/initialize.h"
#include "lsp/question.h"
#include "lsp/uri.h"

#define TITLE "Replaying the race"
#define TICK_MS 1000
/* Only the user reads what his code does. */
enum { FOLDER_MODE = 0700 };

struct replays {
	GPtrArray *running; /* of struct replay, which it owns a share of */
	guint last_token;
};

struct replay {
	struct router *router;
	struct backend *backend; /* NULL: it is over */
	GString *id;   /* of the request; JSON */
	char *token;   /* of its progress; JSON */
	char *path, *fingerprint;
	gboolean told; /* does the editor show the progress? */
	gint64 start;  /* by the monotonic clock */
	guint ticker;  /* 0: none */
};

static struct span span_of(const char *json)
{
	return (struct span){ json, strlen(json) };
}

/* ---- progress ---- */

/* @kind: begin, report or end; @text may be NULL. */
static void tell_progress(const struct replay *p, const char *kind,
			  const char *text)
{
	json_object *params, *value;

	if (!p->told)
		return;
	params = json_object_new_object();
	question_put(params, "token", span_of(p->token));
	value = json_put_object(params, "value");
	json_put_text(value, "kind", kind);
	if (!strcmp(kind, "begin")) {
		json_put_text(value, "title", TITLE);
		json_object_object_add(value, "cancellable",
				       json_object_new_boolean(TRUE));
	}
	if (text)
		json_put_text(value, "message", text);
	router_tell(p->router, "$/progress", params);
}

static gboolean on_tick(void *replay)
{
	const struct replay *p = replay;
	gint64 passed = g_get_monotonic_time() - p->start;
	char *text = g_strdup_printf("%" G_GINT64_FORMAT " s",
				     passed / G_USEC_PER_SEC);

	tell_progress(p, "report", text);
	g_free(text);
	return G_SOURCE_CONTINUE;
}

static void begin_progress(struct replay *p)
{
	p->told = TRUE;
	tell_progress(p, "begin", NULL);
	p->ticker = g_timeout_add(TICK_MS, on_tick, p);
}

static void clear(void *replay)
{
	struct replay *p = replay;

	backend_free(p->backend);
	if (p->ticker)
		g_source_remove(p->ticker);
	g_string_free(p->id, TRUE);
	g_free(p->token);
	g_free(p->path);
	g_free(p->fingerprint);
}

static void release(void *replay)
{
	g_rc_box_release_full(replay, clear);
}

/* The editor made a place where progress is shown, or will not. */
static void on_created(const struct message *reply, void *replay)
{
	struct replay *p = replay;

	if (p->backend && !reply->error.start)
		begin_progress(p);
	release(p);
}

/* Shown under the token that the request names, or under one of ours. */
static void prepare_progress(struct replay *p, struct span params)
{
	static const char *const at[] = { "workDoneToken", NULL };
	struct span token = scan_path(params, at);
	struct replays *all = p->router->replays;
	json_object *create;

	if (token.start) {
		p->token = g_strndup(token.start, token.size);
		begin_progress(p);
		return;
	}
	p->token = g_strdup_printf("\"pincheck:replay:%u\"",
				   ++all->last_token);
	if (!p->router->client.progress)
		return;
	create = json_object_new_object();
	question_put(create, "token", span_of(p->token));
	router_ask(p->router, "window/workDoneProgress/create", create,
		   on_created, release, g_rc_box_acquire(p));
}

/* ---- the end ---- */

/* It is over: @told, if the editor is shown how far it is. */
static void end(struct replay *p, const char *told)
{
	if (p->ticker)
		g_source_remove(p->ticker);
	p->ticker = 0;
	tell_progress(p, "end", told);
	g_clear_pointer(&p->backend, backend_free);
	g_ptr_array_remove(p->router->replays->running, p);
}

static void fail(struct replay *p, int code, const char *why)
{
	router_fail(p->router, span_of(p->id->str), code, why);
	end(p, why);
}

/*
 * Where tables lie: they are of one session if there is a folder for such, and
 * anyhow can be made again.
 */
static char *make_folder(void)
{
	const char *run = g_getenv("XDG_RUNTIME_DIR");
	char *folder = g_build_filename(run && *run ? run :
						      g_get_user_cache_dir(),
					"pincheck", "replays", NULL);

	g_mkdir_with_parents(folder, FOLDER_MODE);
	return folder;
}

/* The name of the file that has the table, which is written; NULL: it is not. */
static char *keep_table(const struct replay *p, const char *text)
{
	char *folder = make_folder(), *base = g_path_get_basename(p->path);
	char *digest = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, p->fingerprint, -1);
	char *name = g_strdup_printf("%s-%.12s.txt", base, digest);
	char *file = g_build_filename(folder, name, NULL);

	if (!g_file_set_contents(file, text, -1, NULL))
		g_clear_pointer(&file, g_free);
	g_free(name);
	g_free(digest);
	g_free(base);
	g_free(folder);
	return file;
}

static void ignore(const struct message *reply, void *data)
{
}

/* Opens the table, or says where it is. */
static void show(struct replay *p, const char *verdict, const char *file,
		 const char *uri)
{
	json_object *params;
	char *text;

	if (p->router->client.documents) {
		params = json_object_new_object();
		json_put_text(params, "uri", uri);
		json_object_object_add(params, "takeFocus",
				       json_object_new_boolean(TRUE));
		router_ask(p->router, "window/showDocument", params, ignore,
			   NULL, NULL);
		return;
	}
	text = g_strdup_printf("Replay: %s. The table is in %s", verdict,
			       file);
	router_show(p->router, SHOW_INFO, text);
	g_free(text);
}

static void reply(struct replay *p, const char *verdict, const char *uri,
		  const char *text)
{
	json_object *result = json_object_new_object();

	json_put_text(result, "verdict", verdict);
	json_put_text(result, "uri", uri);
	json_put_text(result, "text", text);
	router_reply(p->router, span_of(p->id->str),
		     json_object_to_json_string_ext(
			     result, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(result);
}

static void finish(struct replay *p, const char *verdict, const char *text)
{
	char *file = keep_table(p, text);
	char *uri = file ? g_filename_to_uri(file, NULL, NULL) : NULL;

	if (uri)
		show(p, verdict, file, uri);
	reply(p, verdict, uri, text);
	end(p, verdict);
	g_free(uri);
	g_free(file);
}

static void on_answer(json_object *answer, const char *why, void *replay)
{
	struct replay *p = replay;
	struct json_reader rd = { 0 };
	const char *verdict, *text, *error = why;
	json_object *said;

	if (answer && json_object_object_get_ex(answer, "error", &said))
		error = json_object_get_string(said);
	if (error) {
		fail(p, ERROR_FAILED, error);
		return;
	}
	verdict = json_get_text(&rd, answer, "verdict");
	text = json_get_text(&rd, answer, "text");
	if (rd.error)
		fail(p, ERROR_FAILED, rd.error);
	else
		finish(p, verdict, text);
	g_free(rd.error);
}

static void on_lost(const char *why, void *router)
{
	/* on_answer() tells it */
}

/* ---- the beginning ---- */

static void begin(struct router *r, const struct message *m, const char *path,
		  const char *fingerprint)
{
	struct backend_setup setup = question_setup(r);
	struct replay *p = g_rc_box_new0(struct replay);
	json_object *question = question_new("replay", path);

	setup.timeout = 0; /* the user sees the time, and can end it */
	setup.lost = on_lost;
	p->router = r;
	p->backend = backend_new(&setup);
	p->id = g_string_new_len(m->id.start, (gssize)m->id.size);
	p->path = g_strdup(path);
	p->fingerprint = g_strdup(fingerprint);
	p->start = g_get_monotonic_time();
	g_ptr_array_add(r->replays->running, p);
	json_put_text(question, "fingerprint", fingerprint);
	question_send_texts(r, p->backend);
	backend_ask(p->backend, question, on_answer, p);
	prepare_progress(p, m->params);
}

/* The argument of the command, "[{"uri": ..., "fingerprint": ...}]". */
static json_object *read_argument(struct span params)
{
	static const char *const at[] = { "arguments", NULL };
	json_object *array = message_tree(scan_path(params, at));
	json_object *argument = NULL;

	if (json_object_is_type(array, json_type_array))
		argument = json_object_get(json_object_array_get_idx(array, 0));
	json_object_put(array);
	return argument;
}

gboolean replay_asked(struct router *r, const struct message *m)
{
	static const char *const at[] = { "command", NULL };
	struct json_reader rd = { 0 };
	json_object *argument;
	const char *fingerprint, *uri;
	char *path;

	if (!scan_is(scan_path(m->params, at), COMMAND_REPLAY))
		return FALSE;
	if (!m->id.start)
		return TRUE; /* whom should it be told? */
	argument = read_argument(m->params);
	uri = json_get_text(&rd, argument, "uri");
	fingerprint = json_get_text(&rd, argument, "fingerprint");
	path = uri_path(uri);
	if (rd.error)
		router_fail(r, m->id, ERROR_INVALID_PARAMS, rd.error);
	else if (!path || !documents_at(r->documents, path))
		router_fail(r, m->id, ERROR_FAILED,
			    "the document is not open");
	else
		begin(r, m, path, fingerprint);
	g_free(path);
	g_free(rd.error);
	json_object_put(argument);
	return TRUE;
}

/* ---- cancelling ---- */

static bool has_token(const struct replay *p, struct span token)
{
	return message_means(span_of(p->token), token);
}

static bool has_id(const struct replay *p, struct span id)
{
	return message_means(span_of(p->id->str), id);
}

/* Ends the one that @name, a member of the parameters, means. */
static gboolean cancel(struct router *r, const struct message *m,
		       const char *name,
		       bool (*is)(const struct replay *, struct span))
{
	const char *const at[] = { name, NULL };
	struct span value = scan_path(m->params, at);
	GPtrArray *running = r->replays->running;
	gboolean found = FALSE;

	for (guint i = 0; value.start && !found && i < running->len; i++) {
		found = is(running->pdata[i], value);
		if (found)
			fail(running->pdata[i], ERROR_CANCELLED, "cancelled");
	}
	return found;
}

gboolean replay_cancelled_request(struct router *r, const struct message *m)
{
	return cancel(r, m, "id", has_id);
}

gboolean replay_cancelled_progress(struct router *r, const struct message *m)
{
	return cancel(r, m, "token", has_token);
}

/* ---- all of them ---- */

struct replays *replays_new(void)
{
	struct replays *all = g_new0(struct replays, 1);

	all->running = g_ptr_array_new_with_free_func(release);
	return all;
}

void replays_free(struct replays *all)
{
	if (!all)
		return;
	g_ptr_array_unref(all->running);
	g_free(all);
}
