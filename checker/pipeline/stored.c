// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the store is asked and told: by which words a unit, and an answer about
 * it, go there. How it keeps them is its own business.
 */
#include "pipeline/private.h"

#include <string.h>

#include "events/weak.h"
#include "facts/facts.h"
#include "report/report.h"

char *pipeline_reader(void)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *clang = frontend_version(), *program, *reader;
	gsize n;

	if (g_file_get_contents("/proc/self/exe", &program, &n, NULL)) {
		g_checksum_update(sum, (const guchar *)program, (gssize)n);
		g_free(program);
	}
	g_checksum_update(sum, (const guchar *)clang, -1);
	reader = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	g_free(clang);
	return reader;
}

/* All that decides what a unit is, but for the bytes of its files. */
static char *reading(const struct compile_command *cmd, const char *reader)
{
	GString *text = g_string_new(reader);
	char **arg;

	g_string_append_printf(text, "\n%s\n%s", cmd->directory, cmd->file);
	for (arg = cmd->args; *arg; arg++)
		g_string_append_printf(text, "\n%zu %s", strlen(*arg), *arg);
	return g_string_free(text, FALSE);
}

/* What a unit goes by in the store. */
struct key {
	char *path, *reading;
};

static struct key key_of(const struct compile_command *cmd,
			 const struct pipeline_options *opt)
{
	return (struct key){
		.path = g_canonicalize_filename(cmd->file, cmd->directory),
		.reading = reading(cmd, opt->reader)
	};
}

static void key_clear(struct key *k)
{
	g_free(k->path);
	g_free(k->reading);
}

/* A header that was not found is no input whose change would be seen. */
static bool lacks_file(const struct unit *u)
{
	guint i;

	for (i = 0; i < u->diagnostics->len; i++)
		if (g_array_index(u->diagnostics, struct diagnostic, i).fatal)
			return true;
	return false;
}

/*
 * From the store, or parsed and kept there. The store's units have all inlines
 * that are called, since the model may change.
 */
int stored_unit(const struct compile_command *cmd,
		const struct pipeline_options *opt, struct unit **ret_unit)
{
	const struct frontend_options fo = { .inputs = true };
	struct key k = key_of(cmd, opt);
	gint64 since = g_get_real_time();
	int status = 0;

	*ret_unit = store_load(opt->store, k.path, k.reading);
	if (!*ret_unit) {
		status = frontend_parse(cmd, &fo, ret_unit);
		if (!status && !lacks_file(*ret_unit))
			store_save(opt->store, k.path, k.reading, *ret_unit,
				   since);
	}
	key_clear(&k);
	return status;
}

/* What a report depends on beside the unit and the program. */
static char *question(const struct pipeline_options *opt, enum answer kind)
{
	if (kind == ANSWER_EVIDENCE)
		return g_strdup_printf("evidence %s", opt->model_digest);
	return g_strdup_printf("check %s %s %s", opt->model_digest,
			       opt->rules ? opt->rules : "*",
			       opt->replay ? memory_name(pipeline_memory(opt)) :
					     "plain");
}

static struct report *unpacked(const char *text)
{
	struct report *r;
	char *error;

	if (!text)
		return NULL;
	r = report_unpack(text, strlen(text), &error);
	if (!r)
		g_free(error);
	return r;
}

/* Answered from the store, or answered anew and kept there. */
struct report *stored_answer(const struct compile_command *cmd,
			     const struct pipeline_options *opt,
			     enum answer kind)
{
	struct key k = key_of(cmd, opt);
	char *what = question(opt, kind);
	char *text = store_recall(opt->store, k.path, k.reading, what);
	struct report *r = unpacked(text);

	g_free(text);
	if (!r) {
		r = kind == ANSWER_EVIDENCE ? analyse_evidence(cmd, opt) :
					      analyse(cmd, opt);
		text = report_pack(r);
		store_remember(opt->store, k.path, k.reading, what, text);
		g_free(text);
	}
	g_free(what);
	key_clear(&k);
	return r;
}
