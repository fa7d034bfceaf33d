// SPDX-License-Identifier: GPL-2.0-only
/* Hovers, from a position of the protocol to the pipeline and back. */
#include "cmd/lsp_hover.h"

#include <json-c/json.h>

#include "base/json.h"
#include "cmd/lsp_check.h"
#include "cmd/lsp_places.h"
#include "pipeline/pipeline.h"

static struct pipeline_hover *hover_at(struct lsp_worker *w,
				       const struct document *doc,
				       struct place at)
{
	struct workspace_unit unit;
	struct pipeline_options opt;
	struct pipeline_hover *h;
	GArray *buffers;

	if (!lsp_check_unit(w, doc, &unit))
		return NULL;
	buffers = documents_buffers(w->documents, doc, NULL);
	opt = lsp_check_options(w, &unit, buffers);
	h = pipeline_hover(unit.cmd, &opt, at.line + 1, (int)at.from + 1);
	g_array_unref(buffers);
	return h;
}

void lsp_hover(struct lsp_worker *w, const struct document *doc,
	       json_object *position, json_object *answer)
{
	struct places *p = places_new(w->documents, w->encoding);
	struct pipeline_hover *h = NULL;

	if (places_has(p, doc->path, position))
		h = hover_at(w, doc, places_position(p, doc->path, position));
	json_put_text(answer, "text", h ? h->text : NULL);
	json_object_object_add(
		answer, "range", !h ? NULL :
		places_range(p, doc->path, (struct place){
			h->line - 1, (size_t)h->column - 1,
			(size_t)(h->column - 1 + h->length) }));
	pipeline_hover_free(h);
	places_free(p);
}
