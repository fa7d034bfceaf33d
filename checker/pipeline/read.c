// SPDX-License-Identifier: GPL-2.0-only
/* A unit: parsed, or from the store; and the model that holds for it. */
#include "pipeline/private.h"

#include "facts/facts.h"
#include "frontend/session.h"
#include "model/model.h"

struct frontend_options frontend_options(const struct pipeline_options *opt)
{
	return (struct frontend_options){ .want = opt->model ? model_wants_body : NULL,
					  .want_data = (void *)opt->model,
					  .headers = opt->headers };
}

int read_unit(const struct compile_command *cmd,
	      const struct pipeline_options *opt, struct unit **ret_unit)
{
	const struct frontend_options fo = frontend_options(opt);
	int status;

	if (opt->session)
		return session_parse(opt->session, cmd, opt->buffers,
				     opt->n_buffers, &fo, ret_unit);
	if (!opt->store)
		return frontend_parse(cmd, &fo, ret_unit);
	status = stored_unit(cmd, opt, ret_unit);
	if (opt->model)
		unit_keep_wanted(*ret_unit, model_wants_body, (void *)opt->model);
	return status;
}

struct model *annotated_model(const struct unit *u, const struct model *shared,
			      struct report *r)
{
	struct model *m;
	guint i;

	if (!u->member_notes->len)
		return NULL;
	m = model_copy(shared);
	for (i = 0; i < u->member_notes->len; i++) {
		const struct member_note *n = &g_array_index(
			u->member_notes, struct member_note, i);
		char *error;

		if (!model_annotate(m, n->record, n->member, n->annotation,
				    n->loc.file, n->loc.line, &error))
			continue;
		if (r) {
			report_error(r, "%s", error);
			r->incomplete = TRUE;
		}
		g_free(error);
	}
	return m;
}
