// SPDX-License-Identifier: GPL-2.0-only
/*
 * Findings as diagnostics. The steps of both CPUs are related information, or
 * for an editor that does not show that, lines of the message.
 */
#include "cmd/lsp_items.h"

#include <json-c/json.h>

#include "base/json.h"
#include "cmd/lsp_links.h"

/* DiagnosticSeverity of the protocol; a hint (4) is for what needs no look. */
static int protocol_severity(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR:
		return 1;
	case SEVERITY_WARNING:
		return 2;
	case SEVERITY_NOTE:
		break;
	}
	return 3;
}

static char *step_text(const struct step *s)
{
	return g_strdup_printf("CPU %d: %s", s->cpu, s->message);
}

/*
 * Where step @i stands. One that is nowhere is told where the one before is, or
 * the finding.
 */
static void step_place(const struct finding *f, guint i, const char **ret_file,
		       int *ret_line)
{
	const struct step *s;

	do {
		s = f->steps->pdata[i];
		*ret_file = s->file;
		*ret_line = s->line;
	} while ((!s->file || s->line < 1) && i-- > 0);
	if (!*ret_file || *ret_line < 1) {
		*ret_file = f->file;
		*ret_line = f->line;
	}
}

static void add_step(const struct lsp_worker *w, struct places *p,
		     const struct finding *f, guint i, json_object *array)
{
	char *text = step_text(f->steps->pdata[i]), *uri;
	json_object *o, *location;
	const char *file;
	int line;

	step_place(f, i, &file, &line);
	uri = documents_uri(w->documents, file);
	if (uri) {
		o = json_add_object(array);
		location = json_put_object(o, "location");
		json_put_text(location, "uri", uri);
		json_object_object_add(
			location, "range",
			places_range(p, file, places_line(p, file, line)));
		json_put_text(o, "message", text);
	}
	g_free(text);
	g_free(uri);
}

/* "message", and under it the steps: "CPU 1: ... (file.c:12)". */
static char *whole_story(const struct finding *f)
{
	GString *out = g_string_new(f->message);

	for (guint i = 0; i < f->steps->len; i++) {
		char *text = step_text(f->steps->pdata[i]), *base;
		const char *file;
		int line;

		step_place(f, i, &file, &line);
		base = g_path_get_basename(file);
		g_string_append_printf(out, "\n%s (%s:%d)", text, base, line);
		g_free(text);
		g_free(base);
	}
	return g_string_free(out, FALSE);
}

static void put_story(const struct lsp_worker *w, struct places *p,
		      const struct finding *f, json_object *o)
{
	json_object *steps;
	char *message;

	if (!w->related) {
		message = whole_story(f);
		json_put_text(o, "message", message);
		g_free(message);
		return;
	}
	json_put_text(o, "message", f->message);
	steps = json_put_array(o, "relatedInformation");
	for (guint i = 0; i < f->steps->len; i++)
		add_step(w, p, f, i, steps);
}

static void put_link(const struct finding *f, json_object *o)
{
	char *link = lsp_link(f->rule);

	if (link)
		json_put_text(json_put_object(o, "codeDescription"), "href",
			      link);
	g_free(link);
}

struct place lsp_item_place(struct places *p, const struct document *doc,
			    const struct finding *f)
{
	return places_expression(p, doc->path, f->line, f->column);
}

json_object *lsp_item(const struct lsp_worker *w, struct places *p,
		      const struct document *doc, const struct finding *f)
{
	json_object *o = json_object_new_object(), *data;

	json_object_object_add(o, "range",
			       places_range(p, doc->path,
					    lsp_item_place(p, doc, f)));
	json_put_int(o, "severity", protocol_severity(f->severity));
	json_put_text(o, "code", f->rule);
	put_link(f, o);
	json_put_text(o, "source", "pincheck");
	put_story(w, p, f, o);
	data = json_put_object(o, "data");
	json_put_text(data, "fingerprint", f->fingerprint);
	json_put_text(data, "rule", f->rule);
	return o;
}

json_object *lsp_items(const struct lsp_worker *w, const struct document *doc,
		       const struct report *r)
{
	struct places *p = places_new(w->documents, w->encoding);
	json_object *array = json_object_new_array();

	for (guint i = 0; i < r->findings->len; i++)
		json_object_array_add(array, lsp_item(w, p, doc,
						      r->findings->pdata[i]));
	places_free(p);
	return array;
}
