// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "sarif": SARIF 2.1.0. The story of a finding is a code flow with
 * a thread a CPU; what was not analysed is a notification. Names of files are
 * relative to where pincheck ran, with no base: code scanning takes that for the
 * top of the repository, and CodeChecker refuses a base that it cannot resolve.
 */
#include <json-c/json.h>
#include <string.h>

#include "private.h"
#include "report/change.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* What GitHub's code scanning takes of a run, and of one result. */
#define MAX_RESULTS 5000
#define MAX_LOCATIONS 1000
/* Characters of a description that it shows. */
#define MAX_DESCRIPTION 1024

struct sarif {
	const struct report *report;
	struct source_cache *source;
	json_object *rules; /* those of the tool, then those it did not name */
	GHashTable *numbers; /* id -> index in rules, + 1 */
};

/* ---- text ---- */

static gboolean has_placeholder(const char *text)
{
	for (const char *c = text; (c = strchr(c, '{')); c++)
		if (g_ascii_isdigit(c[1]))
			return TRUE;
	return FALSE;
}

/*
 * A message may hold links, "[text](target)", and placeholders, "{0}". Ours
 * have neither, and C that looks so is escaped; readers that do not undo
 * that show it, so other text stays as it is.
 */
static void put_message(json_object *o, const char *name, const char *text)
{
	gboolean link = strstr(text, "](") != NULL;
	gboolean placeholder = has_placeholder(text);
	GString *escaped = g_string_new(NULL);

	for (const char *c = text; *c; c++) {
		if (link && strchr("[]\\", *c))
			g_string_append_c(escaped, '\\');
		if (placeholder && strchr("{}", *c))
			g_string_append_c(escaped, *c);
		g_string_append_c(escaped, *c);
	}
	json_put_text(json_put_object(o, name), "text", escaped->str);
	g_string_free(escaped, TRUE);
}

/* ---- places ---- */

static void put_uri(json_object *o, const char *file)
{
	char *path = g_uri_escape_string(file, "/", FALSE);
	char *uri = g_strconcat(*file == '/' ? "file://" : "", path, NULL);

	json_put_text(o, "uri", uri);
	g_free(uri);
	g_free(path);
}

/* A line or column of 0 is none. */
struct place {
	unsigned state;
	const char *file;
	int line, column;
};

/* Columns count characters, where the file can be read. */
static void put_region(const struct sarif *s, json_object *physical,
		       const struct place *p)
{
	const char *text = source_cache_line(s->source, p->state, p->file,
					     p->line);
	json_object *region;

	if (p->line < 1)
		return;
	region = json_put_object(physical, "region");
	json_put_int(region, "startLine", p->line);
	if (p->column > 0)
		json_put_int(region, "startColumn",
			     text ? source_characters(text, p->column) + 1 :
				    p->column);
}

static void put_place(const struct sarif *s, json_object *location,
		      const struct place *p)
{
	json_object *physical;

	if (!p->file)
		return;
	physical = json_put_object(location, "physicalLocation");
	put_uri(json_put_object(physical, "artifactLocation"), p->file);
	put_region(s, physical, p);
}

static void put_function(json_object *location, const char *function)
{
	json_object *o;

	if (!function)
		return;
	o = json_add_object(json_put_array(location, "logicalLocations"));
	json_put_text(o, "name", function);
	json_put_text(o, "kind", "function");
}

/* ---- rules ---- */

static void put_description(json_object *o, const char *name, const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);
	char *part = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1),
						    MAX_DESCRIPTION));

	json_put_text(json_put_object(o, name), "text", part);
	g_free(part);
	g_free(valid);
}

static void add_rule(struct sarif *s, const struct report_rule *rule)
{
	json_object *o = json_add_object(s->rules);
	guint n = (guint)json_object_array_length(s->rules);

	json_put_text(o, "id", rule->id);
	put_description(o, "shortDescription", rule->summary);
	put_description(o, "fullDescription", rule->summary);
	json_put_text(json_put_object(o, "help"), "text", rule->doc);
	json_put_text(json_put_object(o, "defaultConfiguration"), "level",
		      "warning");
	g_hash_table_insert(s->numbers, g_strdup(rule->id),
			    GUINT_TO_POINTER(n));
}

/* The number of a finding's rule, which may come from another version. */
static int rule_number(struct sarif *s, const char *id)
{
	const struct report_rule unknown = { id, id, id };

	if (!g_hash_table_contains(s->numbers, id))
		add_rule(s, &unknown);
	return (int)GPOINTER_TO_UINT(g_hash_table_lookup(s->numbers, id)) - 1;
}

/* ---- results ---- */

static void add_step(const struct sarif *s, json_object *locations,
		     const struct finding *f, guint i)
{
	const struct step *step = f->steps->pdata[i];
	const struct place place = { f->state,
				     step->file ? step->file : f->file,
				     step->line, 0 };
	json_object *o = json_add_object(locations);
	json_object *location = json_put_object(o, "location");

	put_place(s, location, &place);
	put_message(location, "message", step->message);
	json_put_int(o, "executionOrder", (int)i + 1);
}

static void add_thread(const struct sarif *s, json_object *threads,
		       const struct finding *f, int cpu)
{
	guint n = MIN(f->steps->len, MAX_LOCATIONS);
	json_object *thread = NULL, *locations = NULL;
	char *id = g_strdup_printf("CPU %d", cpu);

	for (guint i = 0; i < n; i++) {
		const struct step *step = f->steps->pdata[i];

		if (step->cpu != cpu)
			continue;
		if (!thread) {
			thread = json_add_object(threads);
			json_put_text(thread, "id", id);
			locations = json_put_array(thread, "locations");
		}
		add_step(s, locations, f, i);
	}
	g_free(id);
}

static int last_cpu(const struct finding *f)
{
	int last = 0;

	for (guint i = 0; i < f->steps->len; i++) {
		const struct step *step = f->steps->pdata[i];

		last = MAX(last, step->cpu);
	}
	return last;
}

static void put_flow(const struct sarif *s, json_object *result,
		     const struct finding *f)
{
	json_object *flows, *threads;

	if (!f->steps->len)
		return;
	flows = json_put_array(result, "codeFlows");
	threads = json_put_array(json_add_object(flows), "threadFlows");
	for (int cpu = 0; cpu <= last_cpu(f); cpu++)
		add_thread(s, threads, f, cpu);
}

/*
 * Code scanning looks at primaryLocationLineHash alone, and would make one of
 * the text around; ours is as good, and also stays when that text changes.
 */
static void put_fingerprints(json_object *result, const struct finding *f,
			     guint before)
{
	json_object *o = json_put_object(result, "partialFingerprints");
	char *unique = g_strdup_printf("%s:%u", f->fingerprint, before + 1);

	json_put_text(o, "primaryLocationLineHash", unique);
	json_put_text(o, "pincheck/v1", f->fingerprint);
	g_free(unique);
}

/* What SARIF calls a change, against the run before it. */
static const char *const baseline_states[] = {
	[CHANGE_NONE] = NULL,
	[CHANGE_INTRODUCED] = "new",
	[CHANGE_EXPOSED] = "new",
	[CHANGE_FIXED] = "absent",
	[CHANGE_PRE_EXISTING] = "unchanged",
};

static void put_change(json_object *properties, const struct finding *f)
{
	json_object *o;

	if (f->change == CHANGE_NONE)
		return;
	o = json_put_object(properties, "change");
	json_put_text(o, "class", change_name(f->change));
	json_put_text(o, "patch", f->patch);
}

static void put_properties(json_object *result, const struct finding *f)
{
	json_object *o = json_put_object(result, "properties"), *replay;

	json_object_object_add(o, "engines", json_texts(f->engines));
	json_object_object_add(o, "evidence", json_texts(f->evidence));
	put_change(o, f);
	if (!f->replay)
		return;
	replay = json_put_object(o, "replay");
	json_put_text(replay, "verdict", f->replay->verdict);
	json_put_text(replay, "memory", f->replay->memory);
	json_object_object_add(replay, "table", json_texts(f->replay->table));
	json_object_object_add(replay, "assumptions",
			       json_texts(f->replay->assumptions));
}

static void add_result(struct sarif *s, json_object *results,
		       const struct finding *f, guint before)
{
	const struct place place = { f->state, f->file, f->line, f->column };
	json_object *o = json_add_object(results), *location;

	json_put_text(o, "ruleId", f->rule);
	json_put_int(o, "ruleIndex", rule_number(s, f->rule));
	json_put_text(o, "level", severity_name(f->severity));
	if (f->change != CHANGE_NONE)
		json_put_text(o, "baselineState", baseline_states[f->change]);
	put_message(o, "message", f->message);
	location = json_add_object(json_put_array(o, "locations"));
	put_place(s, location, &place);
	put_function(location, f->function);
	put_fingerprints(o, f, before);
	put_flow(s, o, f);
	put_properties(o, f);
}

/* The least severity that is told whole, and how many of the one below are. */
static int least_whole(const struct report *r, int *ret_room)
{
	int min = SEVERITY_ERROR + 1;

	while (min > SEVERITY_NOTE &&
	       report_count_from(r, min - 1) <= MAX_RESULTS)
		min--;
	*ret_room = MAX_RESULTS - report_count_from(r, min);
	return min;
}

/* The most severe first if there are too many, in the order of the report. */
static void add_results(struct sarif *s, json_object *results)
{
	guint *before = report_occurrences(s->report);
	int room, min = least_whole(s->report, &room);

	for (guint i = 0; i < s->report->findings->len; i++) {
		const struct finding *f = s->report->findings->pdata[i];
		int severity = (int)f->severity;

		if (severity >= min || (severity == min - 1 && room-- > 0))
			add_result(s, results, f, before[i]);
	}
	g_free(before);
}

/* ---- what was not analysed ---- */

static json_object *add_notification(json_object *list, const char *level,
				     const char *text)
{
	json_object *o = json_add_object(list);

	json_put_text(o, "level", level);
	put_message(o, "message", text);
	return o;
}

static void add_skip(const struct sarif *s, json_object *list,
		     const struct coverage_skip *skip)
{
	char *text = g_strdup_printf("skipped: %s", skip->reason);
	json_object *o = add_notification(list, skip->function ? "note" :
							"error", text);
	json_object *location;

	location = json_add_object(json_put_array(o, "locations"));
	put_place(s, location, &(struct place){ .file = skip->file });
	put_function(location, skip->function);
	g_free(text);
}

static void add_left_out(const struct sarif *s, json_object *list)
{
	guint all = s->report->findings->len;
	char *text;

	if (all <= MAX_RESULTS)
		return;
	text = g_strdup_printf("%u findings left out, the least severe: %d is "
			       "what code scanning takes", all - MAX_RESULTS,
			       MAX_RESULTS);
	add_notification(list, "warning", text);
	g_free(text);
}

static void put_invocation(const struct sarif *s, json_object *run)
{
	const struct report *r = s->report;
	json_object *o, *list;

	o = json_add_object(json_put_array(run, "invocations"));
	json_object_object_add(o, "executionSuccessful",
			       json_object_new_boolean(!r->incomplete));
	list = json_put_array(o, "toolExecutionNotifications");
	add_left_out(s, list);
	for (guint i = 0; i < r->errors->len; i++)
		add_notification(list, "error", r->errors->pdata[i]);
	for (guint i = 0; i < r->skips->len; i++)
		add_skip(s, list, &g_array_index(r->skips,
						 struct coverage_skip, i));
}

static void put_tool(struct sarif *s, json_object *run,
		     const struct report_style *style)
{
	json_object *driver = json_put_object(json_put_object(run, "tool"),
					      "driver");
	struct report_rule rule;

	json_put_text(driver, "name", "pincheck");
	json_put_text(driver, "semanticVersion", style->version);
	s->rules = json_put_array(driver, "rules");
	for (size_t i = 0; style->rule_at && style->rule_at(i, &rule); i++)
		add_rule(s, &rule);
}

void report_write_sarif(const struct report *r,
			const struct report_style *style, GString *out)
{
	struct sarif s = {
		r, source_cache_new(style), NULL,
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)
	};
	json_object *log = json_object_new_object(), *run;

	json_put_text(log, "$schema", SCHEMA);
	json_put_text(log, "version", "2.1.0");
	run = json_add_object(json_put_array(log, "runs"));
	put_tool(&s, run, style);
	json_put_text(run, "columnKind", "unicodeCodePoints");
	put_invocation(&s, run);
	add_results(&s, json_put_array(run, "results"));
	json_write(log, out);
	source_cache_free(s.source);
	g_hash_table_unref(s.numbers);
}
