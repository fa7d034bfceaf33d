// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit is evidence of, as a text that can travel and be kept: the
 * packed rows in base64.
 */
#include "flow/evidence.h"

#include "pipeline/private.h"

static char *packed(const struct evidence *e)
{
	GBytes *bytes = evidence_pack(e);
	gsize n;
	const guchar *data = g_bytes_get_data(bytes, &n);
	char *text = g_base64_encode(data, n);

	g_bytes_unref(bytes);
	return text;
}

struct report *analyse_evidence(const struct compile_command *cmd,
				const struct pipeline_options *opt,
				char **ret_imports)
{
	struct analysis a;
	struct evidence *e;
	struct report *r;

	analysis_read(&a, cmd, cmd, opt);
	e = evidence_collect(a.flow);
	evidence_resolve_files(e, cmd->directory);
	g_ptr_array_add(a.report->texts, packed(e));
	evidence_free(e);
	if (ret_imports)
		*ret_imports = g_strdup(imports_digest(a.imports));
	r = g_steal_pointer(&a.report);
	analysis_clear(&a);
	report_finish(r);
	return r;
}

struct report *pipeline_evidence(const struct compile_command *cmd,
				 const struct pipeline_options *opt)
{
	return opt->store ? stored_answer(cmd, opt, ANSWER_EVIDENCE) :
			    analyse_evidence(cmd, opt, NULL);
}

struct evidence *pipeline_unpack_evidence(const char *text)
{
	gsize n;
	guchar *data = g_base64_decode(text, &n);
	GBytes *bytes = g_bytes_new_take(data, n);
	struct evidence *e = evidence_unpack(bytes);

	g_bytes_unref(bytes);
	return e;
}
