// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine "sparse": the context machinery of Linux's own semantic parser,
 * for the model's pairs and nothing else (the kernel's annotations of locks
 * are switched off). sparse_header.c makes calls count; what sparse then says
 * of functions whose count is not 0 at their end becomes
 *
 *  - unpaired-flag: the flag is set or cleared and the count does not follow.
 *    For flags with functions of their own: a plain write is no call.
 *  - ref-leak: a function takes and drops references, and fails with one that
 *    it took and did not drop.
 *
 * Counts are of a function, not of an object: sparse does not see that the
 * flag moved from one object to another. docs/engines.md has what else it
 * cannot do.
 */
#include "engines/engine.h"

#include <string.h>

#include "base/words.h"
#include "engines/scan.h"
#include "engines/sparse_ask.h"
#include "engines/sparse_header.h"

/* One unit on its way. */
struct check {
	const struct engine_job *job;
	const struct engine_unit *unit;
	const struct engine_pair *pair;
	char *text;
	gsize length;
	GArray *functions; /* struct scanned_func */
	GArray *uses;	   /* struct sparse_use, of the pair */
	struct report *report;
	gboolean failed;
};

static char *sparse_version(char **ret_error)
{
	return engine_program_version("sparse", ret_error);
}

static void fail(struct check *c, const char *what)
{
	engine_fail(engine_find("sparse"), c->report, c->unit->file, what);
	c->failed = TRUE;
}

/*
 * By its name; by the place where there are several, for conditions of the
 * preprocessor, or none, because a macro made the name.
 */
static const struct scanned_func *function_of(const struct check *c,
					      const struct sparse_message *odd)
{
	const struct scanned_func *named = NULL, *at = NULL;

	for (guint i = 0; i < c->functions->len; i++) {
		const struct scanned_func *f;
		gboolean is_named, is_there;

		f = &g_array_index(c->functions, struct scanned_func, i);
		is_named = !g_strcmp0(odd->function, f->name);
		is_there = f->first <= odd->line && odd->line <= f->last;
		if (is_named && is_there)
			return f;
		if (is_named && !named)
			named = f;
		if (is_there)
			at = f;
	}
	return named ? named : at;
}

/*
 * A function with an error in it has been left out; an error elsewhere may
 * have cost anything.
 */
static void hear_error(struct check *c, const struct sparse_message *error)
{
	const struct scanned_func *f = function_of(c, error);
	char *reason = g_strconcat("sparse: ", error->why, NULL);

	if (f)
		report_skip(c->report, c->unit->file, f->name, reason);
	else if (!c->failed)
		fail(c, error->why);
	g_free(reason);
}

/* Who does not add up, without the errors; NULL: failed, which was said. */
static GArray *ask(struct check *c, enum sparse_sum sum)
{
	char *header = sparse_header(c->pair, c->uses, c->text, c->length,
				     sum);
	char *error = NULL;
	GArray *said = sparse_ask(c->unit, header, c->job->timeout, &error);

	if (!said)
		fail(c, error);
	for (guint i = said ? said->len : 0; i > 0; i--) {
		const struct sparse_message *m;

		m = &g_array_index(said, struct sparse_message, i - 1);
		if (m->function)
			continue;
		hear_error(c, m);
		g_array_remove_index(said, i - 1);
	}
	if (c->failed)
		g_clear_pointer(&said, g_array_unref);
	g_free(error);
	g_free(header);
	return said;
}

static gboolean is_of_flag(enum sparse_role role)
{
	return role == SPARSE_SET || role == SPARSE_CLEAR;
}

static gboolean is_get(enum sparse_role role)
{
	return role == SPARSE_GET || role == SPARSE_TRYGET ||
	       role == SPARSE_GET_RESULT;
}

static gboolean is_put(enum sparse_role role)
{
	return role == SPARSE_PUT;
}

/* The first call of a kind in a function, or in the file if it is NULL. */
static const struct sparse_use *find_use(const struct check *c,
					 const struct scanned_func *f,
					 gboolean (*is)(enum sparse_role))
{
	for (guint i = 0; i < c->uses->len; i++) {
		const struct sparse_use *u;

		u = &g_array_index(c->uses, struct sparse_use, i);
		if (is(u->role) && !u->plain &&
		    (!f || (f->first <= u->line && u->line <= f->last)))
			return u;
	}
	return NULL;
}

/* Where a line of the file begins; NULL past the end. */
static const char *line_at(const struct check *c, int line)
{
	const char *at = c->text;

	while (--line > 0 && at) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return at;
}

/* Is there a match in these lines of the file? */
static gboolean has(const struct check *c, int first, int last,
		    const char *pattern)
{
	const char *from = line_at(c, first), *to = line_at(c, last + 1);
	GRegex *regex;
	gboolean found;

	if (!from)
		return FALSE;
	regex = g_regex_new(pattern, G_REGEX_RAW, 0, NULL);
	found = g_regex_match_full(regex, from, to ? to - from : -1, 0, 0,
				   NULL, NULL);
	g_regex_unref(regex);
	return found;
}

static const struct sparse_message *find_function(const GArray *odd,
						  const char *function)
{
	for (guint i = 0; i < odd->len; i++) {
		const struct sparse_message *o;

		o = &g_array_index(odd, struct sparse_message, i);
		if (!strcmp(o->function, function))
			return o;
	}
	return NULL;
}

/*
 * Does it call a function of the file that takes or drops references? Sparse
 * does not count those.
 */
static gboolean is_helped(const struct check *c, const struct scanned_func *f)
{
	for (guint i = 0; i < c->functions->len; i++) {
		const struct scanned_func *g;
		char *call;
		gboolean calls;

		g = &g_array_index(c->functions, struct scanned_func, i);
		if (!strcmp(f->name, g->name) ||
		    !(find_use(c, g, is_get) || find_use(c, g, is_put)))
			continue;
		call = g_strdup_printf("\\b%s\\s*\\(", g->name);
		calls = has(c, f->first, f->last, call);
		g_free(call);
		if (calls)
			return TRUE;
	}
	return FALSE;
}

/* A function that changes the flag, and neither order explains its sum. */
struct suspect {
	const struct sparse_message *odd;
	const struct scanned_func *in;
	const struct sparse_use *at;
};

static GArray *suspects_of(const struct check *c, const GArray *odd,
			   const GArray *mirrored)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct suspect));

	for (guint i = 0; i < odd->len; i++) {
		struct suspect s;

		s.odd = &g_array_index(odd, struct sparse_message, i);
		s.in = function_of(c, s.odd);
		s.at = s.in ? find_use(c, s.in, is_of_flag) : NULL;
		if (s.at && find_function(mirrored, s.odd->function) &&
		    !is_helped(c, s.in))
			g_array_append_val(found, s);
	}
	return found;
}

/* Does the function's head name one of these records? */
static gboolean is_given(const struct check *c, const struct scanned_func *f,
			 const char *const *records)
{
	char *names = g_strjoinv("|", (char **)records);
	char *head = g_strdup_printf("^[^{]*\\bstruct (%s)\\b", names);
	gboolean given = has(c, f->first, f->last, head);

	g_free(head);
	g_free(names);
	return given;
}

static gboolean has_operations(const struct check *c)
{
	char *name = g_strdup_printf("\\b%s\\b", c->pair->covers.operations);
	gboolean found = has(c, 1, c->length, name);

	g_free(name);
	return found;
}

/*
 * Some pairs hold for objects of one kind only. The file says so by its
 * operations, or a function by its parameters: the others of the file that
 * make the same mistake are then of the same kind.
 */
static gboolean covers(const struct check *c, const GArray *suspects)
{
	const struct engine_kind *kind = &c->pair->covers;

	if (!kind->name || has_operations(c))
		return TRUE;
	for (guint i = 0; i < suspects->len; i++) {
		const struct scanned_func *f;

		f = g_array_index(suspects, struct suspect, i).in;
		if (is_given(c, f, kind->records) &&
		    is_given(c, f, kind->owners))
			return TRUE;
	}
	return FALSE;
}

/* Sparse's words are those of locks. */
static const char *in_our_words(const char *why)
{
	static const char *const words[][2] = {
		{ "wrong count at exit", "is not 0 at a return" },
		{ "different lock contexts for basic block",
		  "differs between paths that meet here" },
		{ "unexpected unlock", "falls below 0" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(why, words[i][0]))
			return words[i][1];
	return why;
}

static struct finding *finding_at(const struct check *c, const char *rule,
				  const struct sparse_use *at,
				  const struct sparse_message *odd)
{
	struct finding *f = finding_new(rule, SEVERITY_WARNING, c->unit->file,
					at->line, at->column, odd->function);

	finding_engine(f, "sparse");
	finding_evidence(f, "pair '%s'; sparse says: %s", c->pair->name,
			 odd->why);
	return f;
}

static void report_unpaired(const struct check *c,
			    const struct sparse_message *odd,
			    const struct sparse_use *at)
{
	gboolean set = at->role == SPARSE_SET;
	const struct engine_pair *p = c->pair;
	struct finding *f = finding_at(c, "unpaired-flag", at, odd);

	finding_message(f, "'%s.%s' is %s without %s the reference that it owns",
			p->record, p->flag, set ? "set" : "cleared",
			set ? "taking" : "dropping");
	finding_key(f, "%s.%s", p->record, p->flag);
	finding_step(f, 0, c->unit->file, at->line, "%s() changes the flag",
		     at->name);
	finding_step(f, 0, c->unit->file, odd->line ? odd->line : at->line,
		     "the count of references less flags %s",
		     in_our_words(odd->why));
	report_add(c->report, f);
}

static void report_leak(const struct check *c,
			const struct sparse_message *odd,
			const struct sparse_use *at)
{
	const struct engine_pair *p = c->pair;
	struct finding *f = finding_at(c, "ref-leak", at, odd);

	finding_message(f, "an error return keeps a reference on a struct %s "
			"that was taken here", p->object_record);
	finding_key(f, "%s", p->object_record);
	finding_step(f, 0, c->unit->file, at->line, "%s() takes it", at->name);
	finding_step(f, 0, c->unit->file, odd->line ? odd->line : at->line,
		     "the count of references %s", in_our_words(odd->why));
	report_add(c->report, f);
}

static void check_flag(struct check *c)
{
	GArray *odd, *mirrored, *suspects = NULL;

	if (!find_use(c, NULL, is_of_flag))
		return;
	odd = ask(c, SPARSE_FLAG);
	mirrored = odd && odd->len ? ask(c, SPARSE_FLAG_MIRRORED) : NULL;
	if (mirrored)
		suspects = suspects_of(c, odd, mirrored);
	if (suspects && covers(c, suspects))
		for (guint i = 0; i < suspects->len; i++) {
			const struct suspect *s;

			s = &g_array_index(suspects, struct suspect, i);
			report_unpaired(c, s->odd, s->at);
		}
	g_clear_pointer(&odd, g_array_unref);
	g_clear_pointer(&mirrored, g_array_unref);
	g_clear_pointer(&suspects, g_array_unref);
}

/*
 * Elsewhere sparse gave up where two paths meet, and what they have at the
 * end is not known; where all returns meet it names the line of the function.
 */
static gboolean is_at_end(const struct check *c,
			  const struct sparse_message *odd)
{
	const char *line = line_at(c, odd->line);

	if (!strcmp(odd->why, "wrong count at exit"))
		return TRUE;
	if (strcmp(odd->why, "different lock contexts for basic block") ||
	    odd->line < 1 || !line ||
	    odd->column < 1 || (gsize)odd->column > strcspn(line, "\n"))
		return FALSE;
	return g_str_has_prefix(line + odd->column - 1, odd->function);
}

/* Where a get may fail, is that known to sparse? */
static gboolean folds(const struct check *c, const struct scanned_func *f)
{
	for (guint i = 0; i < c->uses->len; i++) {
		const struct sparse_use *u;

		u = &g_array_index(c->uses, struct sparse_use, i);
		if (u->line >= f->first && u->line <= f->last && !u->folds &&
		    is_get(u->role) && u->role != SPARSE_GET)
			return FALSE;
	}
	return TRUE;
}

static gboolean takes_and_drops(const struct check *c)
{
	for (guint i = 0; i < c->functions->len; i++) {
		const struct scanned_func *f;

		f = &g_array_index(c->functions, struct scanned_func, i);
		if (find_use(c, f, is_get) && find_use(c, f, is_put))
			return TRUE;
	}
	return FALSE;
}

static void check_leaks(struct check *c)
{
	GArray *odd;

	if (!takes_and_drops(c))
		return;
	odd = ask(c, SPARSE_ERROR_RETURNS);
	for (guint i = 0; odd && i < odd->len; i++) {
		const struct sparse_message *o;
		const struct scanned_func *f;

		o = &g_array_index(odd, struct sparse_message, i);
		f = function_of(c, o);
		if (f && is_at_end(c, o) && find_use(c, f, is_get) &&
		    find_use(c, f, is_put) && folds(c, f) && !is_helped(c, f))
			report_leak(c, o, find_use(c, f, is_get));
	}
	g_clear_pointer(&odd, g_array_unref);
}

static void check_pair(struct check *c, const struct engine_pair *pair)
{
	if (!pair->object_record)
		return;
	c->pair = pair;
	c->uses = sparse_uses(c->job->model, pair, c->text, c->length);
	if (words_have(c->job->rules, "unpaired-flag"))
		check_flag(c);
	if (words_have(c->job->rules, "ref-leak") && !c->failed)
		check_leaks(c);
	g_array_unref(c->uses);
}

static void check_unit(const struct engine_job *job,
		       const struct engine_unit *unit, struct report *report)
{
	struct check c = { .job = job, .unit = unit, .report = report };
	GError *error = NULL;

	if (!g_file_get_contents(unit->file, &c.text, &c.length, &error)) {
		fail(&c, error->message);
		g_error_free(error);
		return;
	}
	c.functions = scan_functions(c.text, c.length);
	for (guint i = 0; i < job->model->pairs->len && !c.failed; i++)
		check_pair(&c, job->model->pairs->pdata[i]);
	g_array_unref(c.functions);
	g_free(c.text);
}

static struct report *sparse_run(const struct engine_job *job)
{
	struct report *report = report_new();

	for (gsize i = 0; i < job->n_units; i++)
		check_unit(job, &job->units[i], report);
	return report;
}

static const char *const rules[] = { "ref-leak", "unpaired-flag", NULL };

const struct engine engine_sparse = {
	.name = "sparse",
	.program = "sparse",
	.batch = 1,
	.rules = rules,
	.version = sparse_version,
	.run = sparse_run,
};
