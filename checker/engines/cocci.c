// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine "cocci": Coccinelle's spatch with the semantic patches of
 * share/cocci, one of each rule.
 *
 * The units of a job go to one spatch as groups of one file each, which is
 * what it has a time limit for. Where that fails as a whole, each unit gets a
 * process of its own, and so does a file whose name a list of names cannot
 * hold. spatch runs in an empty folder, and is never told of another: it takes
 * options from a .cocciconfig there, which could be anybody's.
 *
 * spatch drops what it cannot parse without a word. It does name the functions
 * that it tries, so what else the file defines is said in the ledger.
 */
#include "engines/cocci.h"

#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/scratch.h"
#include "base/share.h"
#include "base/words.h"
#include "engines/scan.h"
#include "engines/template.h"

#define OUTPUT_BYTES (64 * 1024 * 1024)
/* spatch's own limit comes first; this is for one that does not keep it. */
#define GRACE_SECONDS 5
#define HANDLING "HANDLING: "
#define TRYING "     trying function: "
#define RAISED "EXN: "
#define TIMEOUT "Common.Timeout"

/* A semantic patch, ready to be run. */
struct patch {
	char *rule;	/* "put-before-wait" */
	char *file;	/* written for the model; in the run's folder */
	char **options;	/* what its "// Options:" says */
	enum severity severity; /* of its findings */
};

/* One job. */
struct run {
	const struct engine_job *job;
	struct report *report;
	const char *folder; /* empty but for what we write */
	char *above;	/* the current folder: patches are relative to it */
	struct patch patch;
};

/* What spatch said of a unit. */
struct seen {
	gboolean handled;  /* it was not put aside for its words alone */
	const char *raised;/* the exception that ended its turn; or NULL */
	GArray *lines;	   /* int: where functions begin that were tried */
};

/*
 * There is a semantic patch for each. It is not the folder that says so: one
 * that is missing there is an error.
 */
static const char *const rules[] = {
	"check-then-lock",
	"direct-flag-write",
	"idle-check-unlocked",
	"put-before-wait",
	"reap-ignores-pin",
	"select-then-flush",
	"unpaired-flag",
	"wait-without-rescan",
	NULL
};

/* ---- the semantic patch ---- */

char *cocci_file_name(const char *rule)
{
	return g_strdelimit(g_strconcat(rule, ".cocci", NULL), "-", '_');
}

char *cocci_patch(const char *rule, const struct engine_model *m,
		  char **ret_error)
{
	char *name = cocci_file_name(rule), *dir = share_path("cocci");
	char *file = g_build_filename(dir, name, NULL), *why = NULL;
	char *text = NULL, *patch = NULL;
	GError *error = NULL;

	if (g_file_get_contents(file, &text, NULL, &error))
		patch = template_expand(text, m, &why);
	if (error)
		*ret_error = g_strdup(error->message);
	else if (!patch)
		*ret_error = g_strdup_printf("%s:%s", file, why);
	g_clear_error(&error);
	g_free(why);
	g_free(text);
	g_free(file);
	g_free(dir);
	g_free(name);
	return patch;
}

/* What stands behind "// KEY:" in @text; the caller frees it. */
static char *header_value(const char *text, const char *key)
{
	char *mark = g_strdup_printf("\n// %s:", key);
	const char *at = strstr(text, mark);
	char *value = NULL;

	if (at) {
		at += strlen(mark);
		value = g_strstrip(g_strndup(at, strcspn(at, "\n")));
	}
	g_free(mark);
	return value;
}

static void fill_patch(struct run *r, const char *rule, const char *text)
{
	char *options = header_value(text, "Options");
	char *confidence = header_value(text, "Confidence");

	r->patch = (struct patch){
		.rule = g_strdup(rule),
		.file = g_build_filename(r->folder, "rule.cocci", NULL),
		.options = g_strsplit(options ? options : "", " ", -1),
		.severity = g_strcmp0(confidence, "Low") ? SEVERITY_WARNING :
							   SEVERITY_NOTE
	};
	g_free(options);
	g_free(confidence);
}

/* What keeps the whole job from being done. */
static void fail_job(struct run *r, const char *what)
{
	report_error(r->report, "%s: %s", engine_cocci.name, what);
	r->report->incomplete = TRUE;
}

static gboolean write_patch(struct run *r, const char *text)
{
	GError *error = NULL;

	if (g_file_set_contents(r->patch.file, text, -1, &error))
		return TRUE;
	fail_job(r, error->message);
	g_error_free(error);
	return FALSE;
}

static void patch_clear(struct patch *p)
{
	g_free(p->rule);
	g_free(p->file);
	g_strfreev(p->options);
}

/* ---- running ---- */

static void add_argument(GPtrArray *argv, const char *argument)
{
	g_ptr_array_add(argv, g_strdup(argument));
}

static void add_all(GPtrArray *argv, char *const *arguments)
{
	for (; *arguments; arguments++)
		if (**arguments)
			add_argument(argv, *arguments);
}

/* @what: the last of the arguments, a file or a list of them. */
static GPtrArray *command(const struct run *r, gboolean is_list,
			  const char *what)
{
	const char *mode = r->job->mode ? r->job->mode : "report";
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	add_all(argv, (char *[]){ "spatch", "--sp-file", r->patch.file, "-D",
				  (char *)mode, NULL });
	/* What it tries it also says on stdout, where a patch should be. */
	if (r->job->mode)
		add_all(argv, (char *[]){ "--patch", r->above, NULL });
	else
		add_all(argv, (char *[]){ "--no-show-diff", "--show-trying",
					  NULL });
	if (r->job->timeout > 0) {
		add_argument(argv, "--timeout");
		g_ptr_array_add(argv, g_strdup_printf("%d", r->job->timeout));
	}
	add_all(argv, r->patch.options);
	if (is_list)
		add_argument(argv, "--file-groups");
	add_argument(argv, what);
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* A file may have them in what is printed of it; to us they would be an end. */
static void blank_nuls(GString *text)
{
	for (gsize i = 0; i < text->len; i++)
		if (!text->str[i])
			text->str[i] = ' ';
}

static int limit_of(int timeout, gsize units)
{
	gint64 limit = (gint64)timeout * (gint64)units + GRACE_SECONDS;

	return timeout ? (int)MIN(limit, G_MAXINT) : 0;
}

/* With time for @units; -1 and one line in *@ret_error: it could not start. */
static int run_spatch(const struct run *r, gboolean is_list, const char *what,
		      gsize units, struct process_result *ret,
		      char **ret_error)
{
	GPtrArray *argv = command(r, is_list, what);
	char *tmp = g_strconcat("TMPDIR=", r->folder, NULL);
	const struct process_request req = {
		.argv = (const char *const *)argv->pdata,
		.cwd = r->folder,
		.env = (const char *const[]){ tmp, "LC_ALL=C.UTF-8", NULL },
		.limit = OUTPUT_BYTES,
		.timeout = limit_of(r->job->timeout, units)
	};
	int failed = process_run(&req, ret, ret_error);

	if (!failed) {
		blank_nuls(ret->out);
		blank_nuls(ret->err);
	}
	g_ptr_array_unref(argv);
	g_free(tmp);
	return failed;
}

/* ---- what it says ---- */

/* The unit whose name stands at @text, followed by @end; or NULL. */
static const struct engine_unit *unit_at(const struct engine_unit *units,
					 gsize n, const char *text, char end)
{
	for (gsize i = 0; i < n; i++) {
		gsize length = strlen(units[i].file);

		if (!strncmp(text, units[i].file, length) &&
		    text[length] == end)
			return &units[i];
	}
	return NULL;
}

/* "     trying function: NAME: FILE:LINE", the file without its folder. */
static void hear_function(const char *text, const char *file, GArray *lines)
{
	const char *at = strstr(text, ": ");
	char *base = g_path_get_basename(file);
	int line;

	if (at && g_str_has_prefix(at + 2, base) &&
	    at[2 + strlen(base)] == ':') {
		line = atoi(at + 2 + strlen(base) + 1);
		g_array_append_val(lines, line);
	}
	g_free(base);
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? end + 1 : text + strlen(text);
}

/* Fills @seen, one for each unit, from stderr. */
static void hear(const struct engine_unit *units, gsize n, const char *text,
		 struct seen *seen)
{
	const struct engine_unit *u = NULL;

	for (; *text; text = next_line(text)) {
		if (g_str_has_prefix(text, HANDLING)) {
			u = unit_at(units, n, text + strlen(HANDLING), '\n');
			if (u)
				seen[u - units].handled = TRUE;
		} else if (u && g_str_has_prefix(text, TRYING)) {
			hear_function(text + strlen(TRYING), u->file,
				      seen[u - units].lines);
		} else if (u && g_str_has_prefix(text, RAISED)) {
			seen[u - units].raised = text + strlen(RAISED);
		}
	}
}

/* The function at @line: the last that @line is in. */
static char *function_at(const GArray *functions, int line)
{
	const struct scanned_func *found = NULL;

	for (guint i = 0; i < functions->len; i++) {
		const struct scanned_func *f;

		f = &g_array_index(functions, struct scanned_func, i);
		if (f->first <= line && line <= f->last)
			found = f;
	}
	return found ? g_strdup(found->name) : NULL;
}

/* The message without what the kernel's form adds to it. */
static char *plain_message(const char *text, gsize length, const char *rule)
{
	char *message = g_strndup(text, length), *plain = message;
	char *tail = g_strdup_printf(" [%s]", rule);

	if (g_str_has_suffix(message, tail))
		message[strlen(message) - strlen(tail)] = '\0';
	if (g_str_has_prefix(message, "WARNING: "))
		plain += strlen("WARNING: ");
	if (g_str_has_prefix(message, "ERROR: "))
		plain += strlen("ERROR: ");
	plain = g_strdup(plain);
	g_free(message);
	g_free(tail);
	return plain;
}

/* What identifies the finding: its message without numbers of lines. */
static char *stable_key(const char *message)
{
	GString *key = g_string_new("cocci:");

	for (const char *c = message; *c; c++)
		if (g_ascii_isdigit(*c))
			g_string_append(key, g_str_has_suffix(key->str, "#") ?
						     "" : "#");
		else
			g_string_append_c(key, *c);
	return g_string_free(key, FALSE);
}

/* ":LINE:COLUMN-COLUMN: MESSAGE" behind a file's name. */
static void add_finding(struct run *r, const char *file, const char *text,
			const GArray *functions)
{
	char *end, *function, *message, *key;
	int line = (int)strtol(text + 1, &end, 10);
	int column = *end == ':' ? (int)strtol(end + 1, &end, 10) : 0;
	struct finding *f;

	end = strstr(end, ": ");
	if (!line || !end || end > next_line(text))
		return;
	end += strlen(": ");
	function = function_at(functions, line);
	message = plain_message(end, strcspn(end, "\n"), r->patch.rule);
	key = stable_key(message);
	/* spatch counts columns from 0. */
	f = finding_new(r->patch.rule, r->patch.severity, file, line,
			column + 1, function);
	finding_engine(f, engine_cocci.name);
	finding_message(f, "%s", message);
	finding_key(f, "%s", key);
	report_add(r->report, f);
	g_free(function);
	g_free(message);
	g_free(key);
}

/* ---- one unit ---- */

static GArray *functions_of(const char *file)
{
	char *text = NULL;
	gsize length = 0;
	GArray *functions;

	if (!g_file_get_contents(file, &text, &length, NULL))
		text = g_strdup("");
	functions = scan_functions(text, length);
	g_free(text);
	return functions;
}

static gboolean was_tried(const struct scanned_func *f, const GArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		if (g_array_index(lines, int, i) >= f->first &&
		    g_array_index(lines, int, i) <= f->last)
			return TRUE;
	return FALSE;
}

static void tell_untried(struct run *r, const char *file,
			 const GArray *functions, const struct seen *seen)
{
	for (guint i = 0; i < functions->len; i++) {
		const struct scanned_func *f;

		f = &g_array_index(functions, struct scanned_func, i);
		if (!was_tried(f, seen->lines))
			report_skip(r->report, file, f->name,
				    "cocci: spatch cannot parse it");
	}
}

static void tell_timeout(struct run *r, const char *file)
{
	char *what = g_strdup_printf("%s timed out after %d s", r->patch.rule,
				     r->job->timeout);

	engine_fail(&engine_cocci, r->report, file, what);
	g_free(what);
}

/* "Not_found in FILE" */
static void tell_raised(struct run *r, const char *file, const char *raised)
{
	gsize length = strcspn(raised, "\n");
	const char *in = g_strstr_len(raised, (gssize)length, " in ");
	char *name = g_strndup(raised, in ? (gsize)(in - raised) : length);
	char *what = g_strdup_printf("%s: spatch raised %s", r->patch.rule,
				     name);

	if (strstr(name, TIMEOUT))
		tell_timeout(r, file);
	else
		engine_fail(&engine_cocci, r->report, file, what);
	g_free(name);
	g_free(what);
}

/* Findings of one unit, from stdout; and what was not looked at. */
static void tell_unit(struct run *r, const struct engine_unit *u,
		      const char *out, const struct seen *seen)
{
	GArray *functions;

	if (seen->raised)
		tell_raised(r, u->file, seen->raised);
	if (!seen->handled || r->job->mode)
		return;
	functions = functions_of(u->file);
	if (!seen->raised)
		tell_untried(r, u->file, functions, seen);
	for (; *out; out = next_line(out))
		if (unit_at(u, 1, out, ':'))
			add_finding(r, u->file, out + strlen(u->file),
				    functions);
	g_array_unref(functions);
}

static void tell(struct run *r, const struct engine_unit *units, gsize n,
		 const struct process_result *ran)
{
	struct seen *seen = g_new0(struct seen, n);

	for (gsize i = 0; i < n; i++)
		seen[i].lines = g_array_new(FALSE, FALSE, sizeof(int));
	hear(units, n, ran->err->str, seen);
	for (gsize i = 0; i < n; i++) {
		tell_unit(r, &units[i], ran->out->str, &seen[i]);
		g_array_unref(seen[i].lines);
	}
	g_free(seen);
}

/* ---- one job ---- */

/* The last line of stderr, unless it tells of our own files; caller frees. */
static char *last_words(const struct run *r, const struct process_result *ran)
{
	char *text = g_strstrip(g_strdup(ran->err->str));
	const char *last = strrchr(text, '\n');
	char *line = g_strdup(last ? last + 1 : text);

	g_free(text);
	if (*line && !strstr(line, r->folder))
		return line;
	g_free(line);
	return NULL;
}

/*
 * It is spatch that failed, most likely on every unit: the error is the same
 * for all of them, and so is told once.
 */
static void lose(struct run *r, const char *file, const char *why)
{
	char *reason = g_strdup_printf("cocci: %s: %s", r->patch.rule, why);

	report_error(r->report, "cocci: %s", why);
	report_skip(r->report, file, NULL, reason);
	r->report->incomplete = TRUE;
	g_free(reason);
}

static void lose_ended(struct run *r, const char *file,
		       const struct process_result *ran, const char *why)
{
	char *words = last_words(r, ran);
	char *what = g_strdup_printf("spatch %s%s%s", why, words ? ": " : "",
				     words ? words : "");

	if (ran->timed_out || strstr(ran->err->str, TIMEOUT))
		tell_timeout(r, file);
	else
		lose(r, file, what);
	g_free(words);
	g_free(what);
}

/* NULL: it ended well, and we have all that it said. The caller frees it. */
static char *failure(const struct process_result *ran)
{
	if (ran->out_cut || ran->err_cut)
		return g_strdup("printed too much");
	return process_failure(ran);
}

static void take(struct run *r, const struct engine_unit *units, gsize n,
		 const struct process_result *ran)
{
	tell(r, units, n, ran);
	if (r->job->mode && ran->out->len)
		g_ptr_array_add(r->report->texts, g_strdup(ran->out->str));
}

static void run_alone(struct run *r, const struct engine_unit *u)
{
	struct process_result ran;
	char *why = NULL;

	if (run_spatch(r, FALSE, u->file, 1, &ran, &why) < 0) {
		lose(r, u->file, why);
		g_free(why);
		return;
	}
	why = failure(&ran);
	if (why)
		lose_ended(r, u->file, &ran, why);
	else
		take(r, u, 1, &ran);
	g_free(why);
	process_result_clear(&ran);
}

/* FALSE: not one of them is done. */
static gboolean run_list(struct run *r, const struct engine_unit *units,
			 gsize n)
{
	char *list = g_build_filename(r->folder, "files", NULL), *why = NULL;
	GString *names = g_string_new(NULL);
	struct process_result ran;
	gboolean done = FALSE;

	for (gsize i = 0; i < n; i++)
		g_string_append_printf(names, "%s\n\n", units[i].file);
	if (g_file_set_contents(list, names->str, -1, NULL) &&
	    !run_spatch(r, TRUE, list, n, &ran, &why)) {
		why = failure(&ran);
		done = !why;
		if (done)
			take(r, units, n, &ran);
		process_result_clear(&ran);
	}
	g_free(why);
	g_string_free(names, TRUE);
	g_free(list);
	return done;
}

/* Can a list of names hold it? */
static gboolean is_plain(const char *file)
{
	return !file[strspn(file, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS
			    "/._-+=@~")];
}

static void run_units(struct run *r)
{
	const struct engine_job *job = r->job;
	struct engine_unit *plain = g_new(struct engine_unit, job->n_units);
	gsize n = 0;
	gboolean done;

	for (gsize i = 0; i < job->n_units; i++)
		if (is_plain(job->units[i].file))
			plain[n++] = job->units[i];
	done = n > 1 && run_list(r, plain, n);
	for (gsize i = 0; i < job->n_units; i++)
		if (!done || !is_plain(job->units[i].file))
			run_alone(r, &job->units[i]);
	g_free(plain);
}

static void run_rule(struct run *r, const char *rule)
{
	char *error = NULL, *text = cocci_patch(rule, r->job->model, &error);

	if (!text) {
		fail_job(r, error);
		g_free(error);
		return;
	}
	fill_patch(r, rule, text);
	if (write_patch(r, text))
		run_units(r);
	patch_clear(&r->patch);
	g_free(text);
}

static struct report *cocci_run(const struct engine_job *job)
{
	struct run r = { .job = job, .report = report_new(),
			 .above = g_get_current_dir() };
	char *error = NULL;
	struct scratch *scratch = scratch_make(&error);

	if (scratch) {
		r.folder = scratch_folder(scratch);
		for (const char *const *rule = rules; *rule; rule++)
			if (words_have(job->rules, *rule))
				run_rule(&r, *rule);
	} else {
		fail_job(&r, error);
	}
	scratch_remove(scratch);
	g_free(error);
	g_free(r.above);
	return r.report;
}

static char *cocci_version(char **ret_error)
{
	return engine_program_version("spatch", ret_error);
}

const struct engine engine_cocci = {
	.name = "cocci",
	.program = "spatch",
	.batch = 64,
	.rule_by_rule = TRUE,
	.rules = rules,
	.version = cocci_version,
	.run = cocci_run,
};
