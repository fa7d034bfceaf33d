// SPDX-License-Identifier: GPL-2.0-only
/*
 * Supervises the worker. Whatever goes wrong ends in one place: the worker's
 * process group is killed, its end is seen, what it was asked is lost. Nobody
 * waits for that, nor for anything else.
 *
 * What is asked and answered is not looked at, but for the members that
 * docs/lsp-worker.md has for all messages.
 */
#include "lsp/backend.h"

#include <json-c/json.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/json.h"
#include "base/process.h"
#include "lsp/channel.h"
#include "lsp/child.h"
#include "base/lines.h"

/* Bytes of stderr without an end of line that are a line all the same. */
#define LONGEST_COMPLAINT (64 * 1024)

struct question {
	json_object *message;
	backend_answer answer;
	void *data;
};

struct backend {
	struct backend_setup setup;
	GQueue *questions; /* the first may be the one that is asked */
	gint64 id;	   /* of the message that was sent last */
	gboolean waiting;  /* for the answer to it */
	gboolean greeting; /* it is the hello */
	guint timer;	   /* sources are 0 when they are not there */
	guint not_started;
	GPid pid;	   /* 0: there is no worker */
	guint watch;
	struct channel *talk, *errors;
	struct lines *answers, *complaints;
	char *why;	   /* it is about to end; NULL: it is not */
	gboolean interrupted;
	gboolean freed;	   /* by a call that it made */
};

static void question_free(void *question)
{
	struct question *q = question;

	json_object_put(q->message);
	g_free(q);
}

static void source_clear(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

/* ---- the end of a worker ---- */

static void kill_group(const struct backend *b)
{
	kill(-b->pid, SIGKILL);
}

/* The rest happens when its end is seen. */
static void doom(struct backend *b, char *why)
{
	if (b->why || !b->pid) {
		g_free(why);
		return;
	}
	b->why = why;
	source_clear(&b->timer);
	kill_group(b);
}

static void worker_clear(struct backend *b)
{
	source_clear(&b->timer);
	source_clear(&b->watch);
	g_clear_pointer(&b->talk, channel_free);
	g_clear_pointer(&b->errors, channel_free);
	g_clear_pointer(&b->answers, lines_free);
	g_clear_pointer(&b->complaints, lines_free);
	g_clear_pointer(&b->why, g_free);
	b->pid = 0;
	b->waiting = FALSE;
	b->greeting = FALSE;
	b->interrupted = FALSE;
}

/* Tells who waits for an answer that there will be none. Takes @why. */
static void lose_all(struct backend *b, char *why, gboolean tell)
{
	/* what is asked in these calls is for the next worker */
	GQueue *due = b->questions;

	b->questions = g_queue_new();
	if (tell)
		b->setup.lost(why, b->setup.data);
	while (!b->freed && !g_queue_is_empty(due)) {
		struct question *q = g_queue_pop_head(due);

		if (q->answer)
			q->answer(NULL, why, q->data);
		question_free(q);
	}
	g_queue_free_full(due, question_free);
	g_free(why);
}

static char *reason_of(struct backend *b, int wait_status)
{
	struct process_result r = { .status = -1 };
	char *why;

	if (b->why)
		return g_steal_pointer(&b->why);
	if (WIFEXITED(wait_status))
		r.status = WEXITSTATUS(wait_status);
	else if (WIFSIGNALED(wait_status))
		r.signal = WTERMSIG(wait_status);
	why = process_failure(&r);
	return why ? why : g_strdup("ended");
}

static void tell_complaint(struct backend *b, const char *line)
{
	if (line && *line)
		b->setup.log(line, b->setup.data);
}

/* What it wrote before its end counts. */
static void read_rest(struct backend *b)
{
	size_t size;

	channel_read_rest(b->talk);
	if (!b->freed)
		channel_read_rest(b->errors);
	if (!b->freed)
		tell_complaint(b, lines_rest(b->complaints, &size));
}

static void on_exit_seen(GPid pid, gint wait_status, void *backend)
{
	struct backend *b = g_rc_box_acquire(backend);
	gboolean tell;
	char *why;

	b->watch = 0;
	/*
	 * It is no zombie any more. Its number still is that of its group if
	 * anybody is left in there; if not, it is free, but the kernel gives
	 * all others away first.
	 */
	kill_group(b);
	read_rest(b);
	if (!b->freed) {
		why = reason_of(b, wait_status);
		tell = !b->interrupted;
		worker_clear(b);
		lose_all(b, why, tell);
	}
	g_rc_box_release(b);
}

static gboolean on_timeout(void *backend)
{
	struct backend *b = backend;

	b->timer = 0;
	doom(b, g_strdup_printf("gave no answer within %u ms",
				b->setup.timeout));
	return G_SOURCE_REMOVE;
}

/* Without an output it is of no use, should it not be about to end anyway. */
static void on_output_ended(void *backend)
{
	kill_group(backend);
}

static void on_errors_ended(void *backend)
{
	/* it may have closed it */
}

/* ---- asking ---- */

static void start_timer(struct backend *b)
{
	source_clear(&b->timer);
	if (b->setup.timeout)
		b->timer = g_timeout_add(b->setup.timeout, on_timeout, b);
}

static void send(struct backend *b, json_object *message)
{
	const char *text;
	size_t length;

	json_object_object_add(message, "id", json_object_new_int64(++b->id));
	text = json_object_to_json_string_length(
		message,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
		&length);
	channel_write(b->talk, text, length);
	channel_write(b->talk, "\n", 1);
	b->waiting = TRUE;
	start_timer(b);
}

static void send_next(struct backend *b)
{
	struct question *q = g_queue_peek_head(b->questions);

	if (!q || !b->pid || b->waiting || b->why)
		return;
	send(b, q->message);
	/* the text of a document may be in it, which nobody needs now */
	g_clear_pointer(&q->message, json_object_put);
}

/* ---- answers ---- */

static void tell_log(struct backend *b, json_object *answer)
{
	json_object *lines = json_object_object_get(answer, "log");
	size_t n = json_object_is_type(lines, json_type_array) ?
			   json_object_array_length(lines) : 0;

	for (size_t i = 0; i < n && !b->freed; i++) {
		const char *line = json_object_get_string(
			json_object_array_get_idx(lines, i));

		b->setup.log(line ? line : "null", b->setup.data);
	}
}

static void take_answer(struct backend *b, json_object *answer)
{
	struct question *q;

	source_clear(&b->timer);
	b->waiting = FALSE;
	q = b->greeting ? NULL : g_queue_pop_head(b->questions);
	b->greeting = FALSE;
	/* it works on the next one meanwhile */
	send_next(b);
	tell_log(b, answer);
	if (q && q->answer && !b->freed)
		q->answer(answer, NULL, q->data);
	if (q)
		question_free(q);
}

static gboolean is_id(const struct backend *b, json_object *id)
{
	return b->waiting && json_object_is_type(id, json_type_int) &&
	       json_object_get_int64(id) == b->id;
}

/* FALSE: nobody can make sense of it. */
static gboolean take_message(struct backend *b, json_object *o)
{
	json_object *id = json_object_object_get(o, "id");
	json_object *notice = json_object_object_get(o, "notice");

	if (!id && json_object_is_type(notice, json_type_string)) {
		if (b->setup.notice)
			b->setup.notice(json_object_get_string(notice),
					b->setup.data);
		return TRUE;
	}
	if (!is_id(b, id))
		return FALSE;
	if (json_object_object_get_ex(o, "progress", NULL))
		start_timer(b);
	else
		take_answer(b, o);
	return TRUE;
}

static void take_line(struct backend *b, const char *line, size_t size)
{
	struct json_reader rd = { 0 };
	json_object *o = json_parse(&rd, line, size);

	if (rd.error || !take_message(b, o))
		doom(b, g_strdup("wrote what nobody understands"));
	json_object_put(o);
	g_free(rd.error);
}

static void on_output(const char *bytes, size_t size, void *backend)
{
	struct backend *b = g_rc_box_acquire(backend);
	const char *line;

	lines_add(b->answers, bytes, size);
	while (!b->freed && !b->why &&
	       (line = lines_next(b->answers, &size)))
		take_line(b, line, size);
	g_rc_box_release(b);
}

static void on_errors(const char *bytes, size_t size, void *backend)
{
	struct backend *b = g_rc_box_acquire(backend);
	const char *line;

	lines_add(b->complaints, bytes, size);
	while (!b->freed && (line = lines_next(b->complaints, &size)))
		tell_complaint(b, line);
	if (!b->freed && lines_size(b->complaints) > LONGEST_COMPLAINT)
		tell_complaint(b, lines_rest(b->complaints, &size));
	g_rc_box_release(b);
}

/* ---- the beginning of a worker ---- */

static gboolean on_not_started(void *backend)
{
	struct backend *b = g_rc_box_acquire(backend);

	b->not_started = 0;
	lose_all(b, g_steal_pointer(&b->why), TRUE);
	g_rc_box_release(b);
	return G_SOURCE_REMOVE;
}

static void greet(struct backend *b)
{
	json_object *hello = b->setup.hello(b->setup.data);

	b->greeting = TRUE;
	send(b, hello);
	json_object_put(hello);
}

static void start(struct backend *b)
{
	static const struct channel_events talk = {
		.received = on_output, .ended = on_output_ended
	};
	static const struct channel_events errors = {
		.received = on_errors, .ended = on_errors_ended
	};
	struct child child;

	if (child_start(b->setup.argv, SIGKILL, CHILD_ERRORS | CHILD_GROUP,
			&child, &b->why)) {
		b->not_started = g_idle_add(on_not_started, b);
		return;
	}
	b->pid = child.pid;
	b->watch = g_child_watch_add(b->pid, on_exit_seen, b);
	b->talk = channel_new(child.out, child.in, &talk, b);
	b->errors = channel_new(child.errors, -1, &errors, b);
	b->answers = lines_new();
	b->complaints = lines_new();
	greet(b);
}

void backend_ask(struct backend *b, json_object *question,
		 backend_answer answer, void *data)
{
	struct question *q = g_new(struct question, 1);

	*q = (struct question){ question, answer, data };
	g_queue_push_tail(b->questions, q);
	if (!b->pid && !b->not_started)
		start(b);
	send_next(b);
}

/* ---- life ---- */

struct backend *backend_new(const struct backend_setup *setup)
{
	struct backend *b = g_rc_box_new0(struct backend);

	b->setup = *setup;
	b->questions = g_queue_new();
	return b;
}

static void on_last_exit(GPid pid, gint wait_status, void *data)
{
	/* GLib has taken its status, so that no zombie stays */
}

void backend_free(struct backend *b)
{
	if (!b)
		return;
	b->freed = TRUE;
	if (b->watch) {
		kill_group(b);
		source_clear(&b->watch);
		g_child_watch_add(b->pid, on_last_exit, NULL);
	}
	worker_clear(b);
	source_clear(&b->not_started);
	g_queue_free_full(b->questions, question_free);
	g_rc_box_release(b);
}

void backend_interrupt(struct backend *b)
{
	if (b->pid && !b->why)
		b->interrupted = TRUE;
	doom(b, g_strdup("interrupted"));
}

GPid backend_pid(const struct backend *b)
{
	return b->pid;
}
