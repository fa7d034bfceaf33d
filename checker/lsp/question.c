// SPDX-License-Identifier: GPL-2.0-only
/* Makes the questions. When they are asked, worker.c decides. */
#include "lsp/question.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "lsp/checks.h"

#define MS_A_SECOND 1000

json_object *question_new(const char *what, const char *path)
{
	json_object *o = json_object_new_object();

	json_put_text(o, "do", what);
	json_object_object_add(o, "path", json_object_new_string(path));
	return o;
}

json_object *question_about(struct router *r, const char *what,
			    struct span params)
{
	static const char *const at[] = { "textDocument", "uri", NULL };
	char *uri = scan_text(scan_path(params, at));
	struct document *d = uri ? documents_find(r->documents, uri) : NULL;

	g_free(uri);
	if (!d || checks_are_spoiled(r->checks, d->path))
		return NULL;
	return question_new(what, d->path);
}

void question_put(json_object *question, const char *name, struct span json)
{
	json_object *value;
	gint64 number;

	/* json-c does not see the end of a number with nothing behind it */
	if (scan_int(json, &number))
		value = json_object_new_int64(number);
	else
		value = message_tree(json);
	json_object_object_add(question, name, value);
}

static struct span span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

json_object *question_text(const struct document *d)
{
	json_object *o = question_new("text", d->path);
	GString *text = g_string_sized_new(text_size(d->text) + 1);

	json_put_text(o, "uri", d->uri);
	question_put(o, "version", span_of(d->version));
	text_put(d->text, text);
	json_object_object_add(o, "text",
			       json_object_new_string_len(text->str,
							  (int)text->len));
	g_string_free(text, TRUE);
	return o;
}

bool question_is_current(struct router *r, json_object *question,
			 json_object *answer)
{
	json_object *path = NULL, *version = NULL;
	const struct document *d;
	gint64 now = 0;

	json_object_object_get_ex(question, "path", &path);
	json_object_object_get_ex(answer, "version", &version);
	d = documents_at(r->documents, json_object_get_string(path));
	if (!d)
		return false;
	if (!d->version || !scan_int(span_of(d->version), &now))
		return !version;
	return json_object_is_type(version, json_type_int) &&
	       json_object_get_int64(version) == now;
}

/* ---- backends ---- */

static void put_flag(json_object *o, const char *name, gboolean value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

static json_object *hello(void *router)
{
	const struct router *r = router;
	json_object *o = json_object_new_object();

	json_put_text(o, "do", "start");
	json_put_text(o, "encoding", encoding_name(r->encoding));
	put_flag(o, "related", r->client.related);
	put_flag(o, "changes", r->client.changes);
	return o;
}

static void log_line(const char *line, void *router)
{
	router_log(router, line);
}

struct backend_setup question_setup(struct router *r)
{
	return (struct backend_setup){
		.argv = r->options->worker,
		.timeout = (unsigned int)r->options->timeout * MS_A_SECOND,
		.hello = hello,
		.log = log_line,
		.data = r,
	};
}

void question_send_texts(struct router *r, struct backend *b)
{
	GPtrArray *all = documents_list(r->documents);

	for (guint i = 0; i < all->len; i++)
		backend_ask(b, question_text(all->pdata[i]), NULL, NULL);
	g_ptr_array_unref(all);
}
