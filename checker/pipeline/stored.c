// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the store is asked and told: by which words a unit, and an answer about
 * it, go there. How it keeps them is its own business.
 */
#include "pipeline/private.h"

#include <string.h>

#include "events/weak.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "link/link.h"
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

static void add_part(GString *text, const char *part)
{
	g_string_append_printf(text, "\n%zu %s", strlen(part), part);
}

/* All that decides what a unit is, but for the bytes of its files. */
static char *reading(const struct compile_command *cmd, const char *reader)
{
	GString *text = g_string_new(reader);
	char **arg;

	add_part(text, cmd->directory);
	add_part(text, cmd->file);
	for (arg = cmd->args; *arg; arg++)
		add_part(text, *arg);
	return g_string_free(text, FALSE);
}

/* The parts of a reading but the reader; NULL: it is none. */
static GPtrArray *parts_of(const char *reading)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
	const char *at = strchr(reading, '\n');
	char *end;

	while (at && *at == '\n') {
		guint64 n = g_ascii_strtoull(at + 1, &end, 10);

		if (*end != ' ' || strlen(end + 1) < n)
			break;
		g_ptr_array_add(parts, g_strndup(end + 1, n));
		at = end + 1 + n;
	}
	if (at && !*at && parts->len >= 2)
		return parts;
	g_ptr_array_unref(parts);
	return NULL;
}

/* The command that was read so; NULL: it is damaged. */
static struct compile_command *command_of(const char *reading)
{
	GPtrArray *parts = parts_of(reading);
	struct compile_command *cmd;

	if (!parts)
		return NULL;
	g_ptr_array_add(parts, NULL);
	cmd = compile_command_new(parts->pdata[0], parts->pdata[1],
				  (const char *const *)parts->pdata + 2);
	g_ptr_array_unref(parts);
	return cmd;
}

char *pipeline_folder(const char *command)
{
	struct compile_command *cmd = command_of(command);
	char *folder = cmd ? g_strdup(cmd->directory) : NULL;

	compile_command_free(cmd);
	return folder;
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

/* What was precompiled was looked at before the parse began. */
static gint64 seen_since(const struct pipeline_options *opt, gint64 since)
{
	return opt->headers ? MIN(since, headers_since(opt->headers)) : since;
}

/*
 * From the store, or parsed and kept there. The store's units have all inlines
 * that are called, since the model may change.
 */
int stored_unit(const struct compile_command *cmd,
		const struct pipeline_options *opt, struct unit **ret_unit)
{
	const struct frontend_options fo = { .inputs = true,
					     .headers = opt->headers };
	struct key k = key_of(cmd, opt);
	gint64 since = g_get_real_time();
	int status = 0;

	*ret_unit = store_load(opt->store, k.path, k.reading);
	if (!*ret_unit) {
		status = frontend_parse(cmd, &fo, ret_unit);
		if (!status && !unit_lacks_file(*ret_unit))
			store_save(opt->store, k.path, k.reading, *ret_unit,
				   seen_since(opt, since));
		else
			store_forget(opt->store, k.path);
	}
	key_clear(&k);
	return status;
}

bool pipeline_is_stored(const struct compile_command *cmd,
			const struct pipeline_options *opt)
{
	struct key k = key_of(cmd, opt);
	bool fresh = store_is_fresh(opt->store, k.path, k.reading);

	key_clear(&k);
	return fresh;
}

static void add_stale(const char *path, const char *reading, void *into)
{
	struct compile_command *cmd = command_of(reading);

	(void)path;
	if (cmd)
		g_ptr_array_add(into, cmd);
}

void pipeline_stale(const struct pipeline_options *opt, GPtrArray *into)
{
	store_stale(opt->store, opt->reader, add_stale, into);
}

/* What other units have to do with this one. */
struct imports *stored_imports(const struct compile_command *cmd,
			       const struct pipeline_options *opt)
{
	struct key k;
	struct imports *i;

	if (!opt->outside)
		return NULL;
	k = key_of(cmd, opt);
	i = imports_load(opt->outside, k.path);
	key_clear(&k);
	return i;
}

/*
 * How the questions for evidence begin. Of each unit there is one answer, the
 * newest, so that pincheck query sums up what belongs together.
 */
#define EVIDENCE "evidence "

/* What a report depends on beside the unit and the program. */
static char *question(const struct pipeline_options *opt, enum answer kind,
		      const char *imports)
{
	if (!imports)
		imports = "alone";
	if (kind == ANSWER_EVIDENCE)
		return g_strdup_printf(EVIDENCE "%s %s", opt->model_digest,
				       imports);
	return g_strdup_printf(
		"check %s %s %s %s", opt->model_digest,
		opt->rules ? opt->rules : "*",
		opt->replay ? memory_name(pipeline_memory(opt)) : "plain",
		imports);
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

static struct report *recall(const struct key *k,
			     const struct pipeline_options *opt,
			     enum answer kind)
{
	char *imports = opt->outside ? store_world_digest(opt->outside,
							  k->path) : NULL;
	char *what = question(opt, kind, imports);
	char *text = store_recall(opt->store, k->path, k->reading, what);
	struct report *r = unpacked(text);

	g_free(text);
	g_free(what);
	g_free(imports);
	return r;
}

/*
 * Another process may link meanwhile: so it is kept by what was taken from the
 * other units, not by what was there to be taken before.
 */
static struct report *answer_anew(const struct compile_command *cmd,
				  const struct key *k,
				  const struct pipeline_options *opt,
				  enum answer kind)
{
	char *imports, *what, *text;
	struct report *r;

	r = kind == ANSWER_EVIDENCE ? analyse_evidence(cmd, opt, &imports) :
				      analyse(cmd, opt, &imports);
	what = question(opt, kind, imports);
	text = report_pack(r);
	store_remember(opt->store, k->path, k->reading, what, text,
		       kind == ANSWER_EVIDENCE ? EVIDENCE : NULL);
	g_free(text);
	g_free(what);
	g_free(imports);
	return r;
}

/* Answered from the store, or answered anew and kept there. */
struct report *stored_answer(const struct compile_command *cmd,
			     const struct pipeline_options *opt,
			     enum answer kind)
{
	struct key k = key_of(cmd, opt);
	struct report *r = recall(&k, opt, kind);

	if (!r)
		r = answer_anew(cmd, &k, opt, kind);
	key_clear(&k);
	return r;
}
