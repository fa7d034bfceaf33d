// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn it is: requests of the user in their order, then checks; but no
 * number of requests keeps a check away for long. Before each question the worker
 * is told the texts that are new, which is how it never hears of those in between.
 */
#include "lsp/worker.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "lsp/backend.h"
#include "lsp/checks.h"
#include "lsp/question.h"

/* How many requests may go before a check that is due. */
#define MOST_IN_A_ROW 8

struct asked {
	json_object *question;
	worker_answer answer; /* NULL: it is one of the checks' */
	GDestroyNotify forget;
	void *data;
};

struct worker {
	struct router *router;
	struct backend *backend; /* NULL: stopped */
	GQueue *waiting;    /* of struct asked */
	struct asked *asked; /* the one under way, or NULL */
	guint in_a_row;	    /* requests since the last check */
	gboolean warned;
};

static const char *path_of(const struct asked *a)
{
	json_object *path = NULL;

	json_object_object_get_ex(a->question, "path", &path);
	return json_object_get_string(path);
}

static struct asked *asked_new(json_object *question, worker_answer answer,
			       GDestroyNotify forget, void *data)
{
	struct asked *a = g_new(struct asked, 1);

	*a = (struct asked){ question, answer, forget, data };
	return a;
}

static void asked_free(struct asked *a)
{
	json_object_put(a->question);
	g_free(a);
}

static void forget(void *asked)
{
	struct asked *a = asked;

	if (a->answer)
		a->forget(a->data);
	asked_free(a);
}

static void give(struct worker *w, struct asked *a, json_object *answer)
{
	if (a->answer)
		a->answer(answer, a->data);
	else
		checks_answer(w->router->checks, answer);
	asked_free(a);
}

static struct asked *next_request(struct worker *w)
{
	struct asked *a;

	while ((a = g_queue_pop_head(w->waiting))) {
		if (!checks_are_spoiled(w->router->checks, path_of(a)))
			return a;
		give(w, a, NULL);
	}
	return NULL;
}

static struct asked *next(struct worker *w)
{
	struct asked *a = NULL;
	json_object *check;

	if (w->in_a_row++ < MOST_IN_A_ROW)
		a = next_request(w);
	if (a)
		return a;
	w->in_a_row = 0;
	check = checks_next(w->router->checks);
	return check ? asked_new(check, NULL, NULL, NULL) : next_request(w);
}

static void on_answer(json_object *answer, const char *why, void *worker);

static void go_on(struct worker *w)
{
	if (w->asked || !w->backend)
		return;
	w->asked = next(w);
	if (!w->asked)
		return;
	checks_send_texts(w->router->checks, w->backend);
	backend_ask(w->backend, json_object_get(w->asked->question), on_answer,
		    w);
}

static void log_error(struct worker *w, json_object *answer)
{
	json_object *error = NULL;

	if (json_object_object_get_ex(answer, "error", &error))
		router_log(w->router, json_object_get_string(error));
}

static void on_answer(json_object *answer, const char *why, void *worker)
{
	struct worker *w = worker;
	struct asked *a = w->asked;

	w->asked = NULL;
	if (answer) {
		log_error(w, answer);
	} else {
		checks_spoil(w->router->checks, path_of(a));
		checks_forget_sent(w->router->checks);
	}
	give(w, a, answer);
	go_on(w);
}

/* Each time in the log; the user is bothered once. */
static void on_lost(const char *why, void *router)
{
	struct router *r = router;
	struct worker *w = r->worker;
	char *line = g_strdup_printf("pincheck: the worker was lost: %s", why);

	checks_forget_sent(r->checks);
	router_log(r, line);
	if (!w->warned)
		router_show(r, SHOW_WARNING,
			    "pincheck: checking a file failed, and is tried"
			    " again when it changes. The log has more.");
	w->warned = TRUE;
	g_free(line);
}

/* It knows more of other files now. */
static void on_notice(const char *what, void *router)
{
	struct router *r = router;

	if (strcmp(what, "changed"))
		return;
	checks_all(r->checks);
	worker_wake(r->worker);
}

void worker_ask(struct worker *w, json_object *question, worker_answer answer,
		GDestroyNotify forget_call, void *data)
{
	g_queue_push_tail(w->waiting,
			  asked_new(question, answer, forget_call, data));
	go_on(w);
}

void worker_withdraw(struct worker *w, const void *data)
{
	for (GList *l = w->waiting->head; l; l = l->next) {
		struct asked *a = l->data;

		if (a->data != data)
			continue;
		g_queue_delete_link(w->waiting, l);
		forget(a);
		return;
	}
}

void worker_wake(struct worker *w)
{
	go_on(w);
}

struct worker *worker_new(struct router *r)
{
	struct worker *w = g_new0(struct worker, 1);
	struct backend_setup setup = question_setup(r);

	setup.lost = on_lost;
	setup.notice = on_notice;
	w->router = r;
	w->backend = backend_new(&setup);
	w->waiting = g_queue_new();
	return w;
}

void worker_stop(struct worker *w)
{
	struct asked *a;

	g_clear_pointer(&w->backend, backend_free);
	if (w->asked)
		g_queue_push_head(w->waiting, g_steal_pointer(&w->asked));
	while ((a = g_queue_pop_head(w->waiting)))
		give(w, a, NULL);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	backend_free(w->backend);
	if (w->asked)
		forget(w->asked);
	g_queue_free_full(w->waiting, forget);
	g_free(w);
}
