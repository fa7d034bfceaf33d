// SPDX-License-Identifier: GPL-2.0-only
/*
 * A document through the pipeline: parsed with all texts that are open, then
 * what check does with a report, in the order in which it does it.
 */
#include "cmd/lsp_check.h"

#include "cmd/check.h"
#include "cmd/engines.h"
#include "cmd/lsp_fixes.h"
#include "cmd/suppress.h"
#include "pipeline/pipeline.h"

/* What is longer was made by a program, and is not what somebody edits. */
#define MAX_BYTES (4 << 20)

static char *full_name(const char *file, void *data)
{
	return g_canonicalize_filename(file, NULL);
}

/* ---- comments ---- */

struct texts {
	const struct lsp_worker *worker;
	const struct document *doc;
	const GString *other; /* of @doc; or NULL */
};

/* Who reads comments takes a NUL for the end. */
static char *without_nul(char *text, size_t size)
{
	for (size_t i = 0; text && i < size; i++)
		if (!text[i])
			text[i] = ' ';
	return text;
}

static char *text_of(unsigned state, const char *file, void *data)
{
	const struct texts *t = data;
	char *full = g_canonicalize_filename(file, NULL), *text;
	size_t size;

	if (t->other &&
	    documents_counting(t->worker->documents, full) == t->doc) {
		size = t->other->len;
		text = g_memdup2(t->other->str, size + 1);
	} else {
		text = documents_text(t->worker->documents, full, &size);
	}
	g_free(full);
	return without_nul(text, size);
}

static void hide(struct lsp_worker *w, const struct workspace_unit *unit,
		 struct texts *texts, struct report *r)
{
	const struct engines engines = { .clang = TRUE };
	const struct suppress_text text = { .text_of = text_of,
					    .data = texts };
	struct check_unit one = { .file = (char *)unit->file };
	struct units units = { .list = g_ptr_array_new() };

	g_ptr_array_add(units.list, &one);
	suppress(r, &units, w->rules, &engines, &text);
	g_ptr_array_unref(units.list);
}

/* ---- the run ---- */

struct pipeline_options lsp_check_options(const struct lsp_worker *w,
					  const struct workspace_unit *unit,
					  const GArray *buffers)
{
	return (struct pipeline_options){
		.model = unit->model, .rules = w->rules, .memory = w->memory,
		.session = w->session, .outside = unit->outside,
		.buffers = (const struct buffer *)(void *)buffers->data,
		.n_buffers = buffers->len
	};
}

bool lsp_check_unit(struct lsp_worker *w, const struct document *doc,
		    struct workspace_unit *ret)
{
	if (doc->size <= MAX_BYTES)
		return workspace_find(w->workspace, doc->path, ret);
	lsp_log_say(w->log, "%s: larger than %d MB, not checked", doc->path,
		    MAX_BYTES >> 20);
	return false;
}

/*
 * All that may be told of the unit, of a trial the notes as well; nothing of
 * files that it includes.
 */
static void keep_told(struct lsp_worker *w, const struct workspace_unit *unit,
		      struct texts *texts, struct report *r)
{
	/* as check has them, by which comments are looked up */
	report_map_files(r, check_visible_name, unit->cmd->directory);
	hide(w, unit, texts, r);
	report_filter(r, texts->other ? SEVERITY_NOTE : w->min);
	report_map_files(r, full_name, NULL);
	report_filter_file(r, unit->file);
}

/* Of the parse that was just made. */
static void add_reads(struct lsp_worker *w, const struct workspace_unit *unit,
		      const struct document *doc, GPtrArray *reads)
{
	const GPtrArray *all = documents_all(w->documents);

	for (guint i = 0; i < all->len; i++) {
		const struct document *other = all->pdata[i];

		if (other != doc &&
		    (session_reads(w->session, unit->cmd, other->path) ||
		     session_reads(w->session, unit->cmd, other->real)))
			g_ptr_array_add(reads, g_strdup(other->path));
	}
}

static void keep_cold(struct lsp_worker *w, const struct compile_command *cmd)
{
	compile_command_free(w->cold);
	w->cold = compile_command_new(cmd->directory, cmd->file,
				      (const char *const *)cmd->args);
}

static guint base_of(struct lsp_worker *w, const struct workspace_unit *unit,
		     const GArray *buffers)
{
	return session_base(w->session, unit->cmd,
			    (const struct buffer *)(void *)buffers->data,
			    buffers->len);
}

/* @other: NULL, the document's own; @check: NULL, or it becomes that one. */
static struct report *check_text(struct lsp_worker *w,
				 const struct document *doc,
				 const GString *other, struct lsp_check *check)
{
	struct texts texts = { w, doc, other };
	struct workspace_unit unit;
	struct pipeline_options opt;
	struct report *r;
	GArray *buffers;

	if (!lsp_check_unit(w, doc, &unit))
		return report_new();
	buffers = documents_buffers(w->documents, doc, other);
	opt = lsp_check_options(w, &unit, buffers);
	r = pipeline_check(unit.cmd, &opt);
	if (check) {
		check->base = base_of(w, &unit, buffers);
		add_reads(w, &unit, doc, check->reads);
	}
	keep_told(w, &unit, &texts, r);
	keep_cold(w, unit.cmd);
	g_array_unref(buffers);
	return r;
}

struct report *lsp_check_text(struct lsp_worker *w, const struct document *doc,
			      const GString *text)
{
	return check_text(w, doc, text, NULL);
}

void lsp_check_free(void *check)
{
	struct lsp_check *c = check;

	report_free(c->report);
	g_ptr_array_unref(c->reads);
	lsp_trials_free(c->trials);
	g_free(c);
}

struct lsp_check *lsp_check(struct lsp_worker *w, const struct document *doc)
{
	struct lsp_check *c = g_new0(struct lsp_check, 1);

	c->changes = documents_changes(w->documents);
	c->reads = g_ptr_array_new_with_free_func(g_free);
	c->report = check_text(w, doc, NULL, c);
	c->around = workspace_changes(w->workspace);
	g_hash_table_insert(w->checks, g_strdup(doc->path), c);
	return c;
}

void lsp_check_idle(struct lsp_worker *w)
{
	if (w->cold)
		session_warm(w->session, w->cold);
	g_clear_pointer(&w->cold, compile_command_free);
}

/* Looks at all that a check would look at. */
static bool is_current(struct lsp_worker *w, const struct document *doc,
		       const struct lsp_check *c)
{
	struct workspace_unit unit;
	GArray *buffers;
	guint base;

	if (c->changes != documents_changes(w->documents))
		return false;
	if (!lsp_check_unit(w, doc, &unit))
		return c->around == workspace_changes(w->workspace);
	buffers = documents_buffers(w->documents, doc, NULL);
	base = base_of(w, &unit, buffers);
	g_array_unref(buffers);
	return base && base == c->base &&
	       c->around == workspace_changes(w->workspace);
}

struct lsp_check *lsp_check_last(struct lsp_worker *w,
				 const struct document *doc)
{
	struct lsp_check *c = g_hash_table_lookup(w->checks, doc->path);

	if (c && is_current(w, doc, c))
		return c;
	return lsp_check(w, doc);
}
