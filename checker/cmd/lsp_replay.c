// SPDX-License-Identifier: GPL-2.0-only
/* The replay of a finding, by its fingerprint, in the text of the editor. */
#include "cmd/lsp_replay.h"

#include "cmd/lsp_check.h"
#include "pipeline/pipeline.h"

struct pipeline_replay *lsp_replay(struct lsp_worker *w,
				   const struct document *doc,
				   const char *fingerprint, char **ret_error)
{
	struct workspace_unit unit;
	struct pipeline_options opt;
	struct pipeline_replay *r;
	GArray *buffers;

	if (!lsp_check_unit(w, doc, &unit)) {
		*ret_error = g_strdup_printf("%s: it has no findings",
					     doc->path);
		return NULL;
	}
	buffers = documents_buffers(w->documents, doc, NULL);
	opt = lsp_check_options(w, &unit, buffers);
	r = pipeline_replay(unit.cmd, NULL, &opt, 0, fingerprint, ret_error);
	g_array_unref(buffers);
	return r;
}
