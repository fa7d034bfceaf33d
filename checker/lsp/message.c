// SPDX-License-Identifier: GPL-2.0-only
/* Takes messages apart and makes our own. Who gets them is not known here. */
#include "lsp/message.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/json.h"

bool message_read(const struct frame *f, struct message *ret)
{
	static const char *const names[] = { "id",     "method", "params",
					     "result", "error",	 NULL };
	struct span parts[G_N_ELEMENTS(names)];
	struct span body = { f->body, f->body_size };

	/* clangd drops what is not UTF-8, so there is nothing in it for us. */
	if (!g_utf8_validate_len(body.start, body.size, NULL) ||
	    !scan_members(body, names, parts))
		return false;
	*ret = (struct message){ body,	   parts[0], parts[1],
				 parts[2], parts[3], parts[4] };
	return true;
}

char *message_method(const struct message *m)
{
	return m->method.start ? scan_text(m->method) : NULL;
}

static bool is_number(struct span value)
{
	char first = scan_kind(value);

	return first == '-' || g_ascii_isdigit(first);
}

/* As clangd writes it back: an integer as it is, and 5.0 or 5e0 as 5. */
static char *number_key(struct span id)
{
	char *text = g_strndup(id.start, id.size), *end;
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	errno = 0;
	(void)g_ascii_strtoull(text, &end, 10);
	if (!errno && !*end)
		return text;
	g_ascii_formatd(number, sizeof(number), "%.17g",
			g_ascii_strtod(text, NULL));
	g_free(text);
	return g_strdup(number);
}

json_object *message_tree(struct span part)
{
	struct json_reader rd = { 0 };
	json_object *tree = part.start ?
			json_parse(&rd, part.start, part.size) : NULL;

	g_free(rd.error);
	return tree;
}

char *message_key(struct span id)
{
	char *text = id.start ? scan_text(id) : NULL;
	char *key;

	if (!text && is_number(id))
		return number_key(id);
	if (!text)
		return g_strndup(id.start, id.size);
	key = g_strconcat("\"", text, NULL);
	g_free(text);
	return key;
}

bool message_means(struct span a, struct span b)
{
	char *x = message_key(a), *y = message_key(b);
	bool same = !strcmp(x, y);

	g_free(x);
	g_free(y);
	return same;
}

static GString *put_message(json_object *o)
{
	GString *body = g_string_new(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

	json_object_put(o);
	return body;
}

GString *message_call(const char *id, const char *method, json_object *params)
{
	json_object *o = json_object_new_object();

	json_put_text(o, "jsonrpc", "2.0");
	if (id)
		json_put_text(o, "id", id);
	json_put_text(o, "method", method);
	json_object_object_add(o, "params", params);
	return put_message(o);
}

static GString *begin_reply(struct span id)
{
	GString *body = g_string_new("{\"jsonrpc\":\"2.0\",\"id\":");

	g_string_append_len(body, id.start, (gssize)id.size);
	return body;
}

GString *message_reply(struct span id, const char *result)
{
	GString *body = begin_reply(id);

	g_string_append_printf(body, ",\"result\":%s}", result);
	return body;
}

GString *message_error(struct span id, int code, const char *text)
{
	json_object *message = json_text(text);
	GString *body = begin_reply(id);

	g_string_append_printf(body,
			       ",\"error\":{\"code\":%d,\"message\":%s}}",
			       code, json_object_to_json_string(message));
	json_object_put(message);
	return body;
}
