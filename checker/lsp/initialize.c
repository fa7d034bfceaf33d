// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what the editor can do, and tells it what the server can: that is
 * clangd's own reply with what it lacks added, or one of ours. Positions are
 * counted as clangd says, so that its places and ours are of one kind.
 *
 * Source: "Initialize Request" of the Language Server Protocol 3.17, and
 * "UTF-8 offsets" of clangd's extensions for offsetEncoding.
 */
#include "lsp/initialize.h"

#include <json-c/json.h>

#include "base/json.h"
#include "base/version.h"
#include "lsp/clangd.h"
#include "lsp/documents.h"

#define PATH(...) ((const char *const[]){ __VA_ARGS__, NULL })

static bool is_true(struct span object, const char *const *path)
{
	return scan_kind(scan_path(object, path)) == 't';
}

/* ---- what the editor can ---- */

/* The first of a list of strings that is one of @known; NULL: none is. */
static const char *first_known(struct span list, const char *const *known)
{
	json_object *array = message_tree(list);
	const char *found = NULL;
	size_t n = json_object_is_type(array, json_type_array) ?
			   json_length(array) : 0;

	for (size_t i = 0; i < n && !found; i++) {
		const char *text = json_object_get_string(
			json_object_array_get_idx(array, i));

		for (size_t k = 0; known[k] && !found; k++)
			if (!g_strcmp0(text, known[k]))
				found = known[k];
	}
	json_object_put(array);
	return found;
}

static const char *first_at(struct span object, const char *const *path,
			    const char *const *known)
{
	struct span list = scan_path(object, path);

	return list.start ? first_known(list, known) : NULL;
}

static void read_client(struct client *c, struct span params)
{
	static const char *const formats[] = { "markdown", "plaintext", NULL };
	struct span can = scan_path(params, PATH("capabilities"));
	const char *format = first_at(
		can, PATH("textDocument", "hover", "contentFormat"), formats);

	*c = (struct client){
		.progress = is_true(can, PATH("window", "workDoneProgress")),
		.documents = is_true(can, PATH("window", "showDocument",
					       "support")),
		.markdown = format == formats[0],
		.related = is_true(can,
				   PATH("textDocument", "publishDiagnostics",
					"relatedInformation")),
		.literals = scan_kind(scan_path(
			can, PATH("textDocument", "codeAction",
				  "codeActionLiteralSupport"))) == '{',
		.changes = is_true(can, PATH("workspace", "workspaceEdit",
					     "documentChanges")),
	};
}

/* ---- in front of clangd ---- */

/* What is missing in clangd's capabilities; it has them all today. */
static const struct {
	const char *name, *value;
} needed[] = {
	{ "hoverProvider", "true" },
	{ "codeActionProvider", "true" },
	{ "executeCommandProvider", "{\"commands\":[]}" },
};

/* Takes @body and returns it with @items in the list at @path. */
static GString *put_into(GString *body, const char *const *path,
			 const char *items)
{
	struct span whole = { body->str, body->len };
	struct span list = scan_path(whole, path);
	GString *out;

	if (scan_kind(list) != '{' && scan_kind(list) != '[')
		return body;
	out = splice_into(whole, list, items);
	g_string_free(body, TRUE);
	return out;
}

static GString *add_needed(GString *body, size_t i)
{
	struct span whole = { body->str, body->len };
	const char *const *path = PATH("result", "capabilities",
				       needed[i].name);
	char *member;

	if (scan_path(whole, path).start)
		return body;
	member = g_strdup_printf("\"%s\":%s", needed[i].name, needed[i].value);
	body = put_into(body, PATH("result", "capabilities"), member);
	g_free(member);
	return body;
}

static GString *add_ours(struct span reply)
{
	GString *body = g_string_new_len(reply.start, (gssize)reply.size);

	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
		body = add_needed(body, i);
	return put_into(body,
			PATH("result", "capabilities",
			     "executeCommandProvider", "commands"),
			"\"" COMMAND_REPLAY "\"");
}

/* Old clangds know their own extension, newer ones the protocol's word. */
static void read_encoding(struct router *r, struct span result)
{
	char *name = scan_text(scan_path(
		result, PATH("capabilities", "positionEncoding")));

	if (!name)
		name = scan_text(scan_path(result, PATH("offsetEncoding")));
	if (!name || !encoding_parse(name, &r->encoding))
		r->encoding = ENCODING_UTF16;
	documents_set_encoding(r->documents, r->encoding);
	g_free(name);
}

static void on_reply(const struct message *reply, void *router)
{
	struct router *r = router;

	read_encoding(r, reply->result);
	peer_send(r->editor, add_ours(reply->body));
}

/* TRUE: it is on its way, changed. */
static gboolean forward(struct router *r, const struct message *m)
{
	/*
	 * An editor that pulls diagnostics is not sent any, and then there is
	 * nothing to add ours to.
	 */
	struct span pull = scan_path(m->params,
				     PATH("capabilities", "textDocument",
					  "diagnostic"));

	replies_await(r->overheard, m->id, on_reply, NULL, r);
	if (!pull.start)
		return FALSE;
	clangd_send(r->clangd, splice_over(m->body, pull, "null"));
	return TRUE;
}

/* ---- alone ---- */

static const char *choose_encoding(struct router *r, struct span params)
{
	static const char *const known[] = { "utf-8", "utf-16", "utf-32",
					     NULL };
	struct span can = scan_path(params, PATH("capabilities"));
	const char *name = first_at(can, PATH("general", "positionEncodings"),
				    known);

	if (!name)
		name = first_at(can, PATH("offsetEncoding"), known);
	if (!name)
		name = "utf-16";
	encoding_parse(name, &r->encoding);
	documents_set_encoding(r->documents, r->encoding);
	return name;
}

static void answer(struct router *r, const struct message *m)
{
	const char *encoding = choose_encoding(r, m->params);
	char *result = g_strdup_printf(
		"{\"capabilities\":{"
		"\"positionEncoding\":\"%s\","
		"\"textDocumentSync\":{\"openClose\":true,\"change\":2,"
		"\"save\":true},"
		"\"hoverProvider\":true,"
		"\"codeActionProvider\":{\"codeActionKinds\":[\"quickfix\"]},"
		"\"executeCommandProvider\":{\"commands\":[\"%s\"]}},"
		"\"offsetEncoding\":\"%s\","
		"\"serverInfo\":{\"name\":\"pincheck\",\"version\":\"%s\"}}",
		encoding, COMMAND_REPLAY, encoding, PINCHECK_VERSION);
	router_reply(r, m->id, result);
	g_free(result);
}

/* ---- either ---- */

gboolean initialize_asked(struct router *r, const struct message *m)
{
	if (!m->id.start)
		return FALSE;
	read_client(&r->client, m->params);
	if (r->clangd)
		return forward(r, m);
	answer(r, m);
	return TRUE;
}
