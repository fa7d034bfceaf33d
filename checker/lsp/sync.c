// SPDX-License-Identifier: GPL-2.0-only
/*
 * textDocument/didOpen and so on. What cannot be read is clangd's business alone:
 * the document is then not known here.
 */
#include "lsp/sync.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "lsp/checks.h"
#include "lsp/diagnostics.h"
#include "lsp/documents.h"

static const char *const at_document[] = { "textDocument", NULL };

/* A message about a document; NULL are those of its parts that it lacks. */
struct about {
	char *uri, *version;
	struct span text;
};

static void read_about(const struct message *m, struct about *ret)
{
	static const char *const names[] = { "uri", "version", "text", NULL };
	struct span parts[3];

	scan_members(scan_path(m->params, at_document), names, parts);
	ret->uri = scan_text(parts[0]);
	ret->version = scan_kind(parts[1]) && scan_kind(parts[1]) != 'n' ?
			       g_strndup(parts[1].start, parts[1].size) : NULL;
	ret->text = parts[2];
}

static void about_clear(struct about *a)
{
	g_free(a->uri);
	g_free(a->version);
}

/* Our last word about @d, which is gone then. */
static void forget(struct router *r, struct document *d)
{
	char *path = g_strdup(d->path), *uri = g_strdup(d->uri);

	diagnostics_end(r, d);
	documents_close(r->documents, uri);
	checks_closed(r->checks, path, uri);
	g_free(uri);
	g_free(path);
}

static void forget_uri(struct router *r, const char *uri)
{
	struct document *d = uri ? documents_find(r->documents, uri) : NULL;

	if (d)
		forget(r, d);
}

void sync_opened(struct router *r, const struct message *m)
{
	struct document *d = NULL;
	struct about about;
	char *text;

	read_about(m, &about);
	text = scan_text(about.text);
	if (about.uri && text)
		d = documents_open(r->documents, about.uri, about.version,
				   text, strlen(text));
	else
		forget_uri(r, about.uri);
	if (d)
		checks_opened(r->checks, d);
	g_free(text);
	about_clear(&about);
}

static json_object *read_changes(struct span params)
{
	static const char *const at[] = { "contentChanges", NULL };

	return message_tree(scan_path(params, at));
}

void sync_changed(struct router *r, const struct message *m)
{
	struct document *d;
	struct about about;
	json_object *changes;

	read_about(m, &about);
	d = about.uri ? documents_find(r->documents, about.uri) : NULL;
	if (d) {
		changes = read_changes(m->params);
		switch (documents_change(r->documents, about.uri,
					 about.version, changes)) {
		case CHANGE_DONE:
			checks_changed(r->checks, d);
			break;
		case CHANGE_IGNORED:
			break;
		case CHANGE_LOST:
			diagnostics_lost(r, d);
			forget(r, d);
			break;
		}
		json_object_put(changes);
	}
	about_clear(&about);
}

void sync_saved(struct router *r, const struct message *m)
{
	struct document *d;
	struct about about;

	read_about(m, &about);
	d = about.uri ? documents_find(r->documents, about.uri) : NULL;
	if (d)
		checks_saved(r->checks, d);
	about_clear(&about);
}

void sync_closed(struct router *r, const struct message *m)
{
	struct about about;

	read_about(m, &about);
	forget_uri(r, about.uri);
	about_clear(&about);
}
