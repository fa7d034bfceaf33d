// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports as JSON: the format "json", and the same with errors for the way
 * from a worker to its parent. Reading checks every member's type, because
 * the writer may be a process that just went wrong.
 */
#include <json-c/json.h>
#include <string.h>

#include "private.h"
#include "report/change.h"

#define WIRE_FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/*
 * File names are bytes. For a reader of JSON they are made UTF-8; between
 * our processes they stay as they are, so that the file can be opened.
 */
struct writer {
	gboolean wire;
};

static json_object *text_json(const struct writer *w, const char *text)
{
	if (!w->wire)
		return json_text(text);
	return text ? json_object_new_string(text) : NULL;
}

static void put_text(const struct writer *w, json_object *o, const char *name,
		     const char *text)
{
	json_object_object_add(o, name, text_json(w, text));
}

static json_object *texts_json(const struct writer *w, const GPtrArray *texts)
{
	json_object *array = json_object_new_array();

	for (guint i = 0; i < texts->len; i++)
		json_object_array_add(array, text_json(w, texts->pdata[i]));
	return array;
}

static json_object *steps_json(const struct writer *w, const GPtrArray *steps)
{
	json_object *array = json_object_new_array();

	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = steps->pdata[i];
		json_object *o = json_object_new_object();

		json_put_int(o, "cpu", s->cpu);
		put_text(w, o, "file", s->file);
		json_put_int(o, "line", s->line);
		put_text(w, o, "message", s->message);
		json_object_array_add(array, o);
	}
	return array;
}

static json_object *replay_json(const struct writer *w,
				const struct replay *r)
{
	json_object *o = json_object_new_object();

	put_text(w, o, "verdict", r->verdict);
	put_text(w, o, "memory", r->memory);
	put_text(w, o, "why", r->why);
	json_object_object_add(o, "executions",
			       json_object_new_int64(r->states));
	put_text(w, o, "schedule", r->schedule);
	json_object_object_add(o, "assumptions",
			       texts_json(w, r->assumptions));
	json_object_object_add(o, "table", texts_json(w, r->table));
	return o;
}

static json_object *change_json(const struct writer *w,
				const struct finding *f)
{
	json_object *o = json_object_new_object();

	put_text(w, o, "class", change_name(f->change));
	put_text(w, o, "patch", f->patch);
	return o;
}

static json_object *finding_json(const struct writer *w,
				 const struct finding *f)
{
	json_object *o = json_object_new_object();

	put_text(w, o, "fingerprint", f->fingerprint);
	put_text(w, o, "rule", f->rule);
	put_text(w, o, "severity", severity_name(f->severity));
	put_text(w, o, "file", f->file);
	json_put_int(o, "line", f->line);
	json_put_int(o, "column", f->column);
	put_text(w, o, "function", f->function);
	put_text(w, o, "message", f->message);
	json_object_object_add(o, "engines", texts_json(w, f->engines));
	json_object_object_add(o, "evidence", texts_json(w, f->evidence));
	json_object_object_add(o, "steps", steps_json(w, f->steps));
	json_object_object_add(o, "replay", f->replay ?
			       replay_json(w, f->replay) : NULL);
	if (f->change != CHANGE_NONE)
		json_object_object_add(o, "change", change_json(w, f));
	/* Not for others: the fingerprint stands for it. */
	if (w->wire)
		put_text(w, o, "key", f->key);
	if (w->wire && f->state)
		json_put_int(o, "state", (int)f->state);
	return o;
}

static json_object *skips_json(const struct writer *w, const GArray *skips)
{
	json_object *array = json_object_new_array();

	for (guint i = 0; i < skips->len; i++) {
		const struct coverage_skip *s;
		json_object *o = json_object_new_object();

		s = &g_array_index(skips, struct coverage_skip, i);
		put_text(w, o, "file", s->file);
		put_text(w, o, "function", s->function);
		put_text(w, o, "reason", s->reason);
		json_object_array_add(array, o);
	}
	return array;
}

static json_object *coverage_json(const struct writer *w,
				  const struct report *r)
{
	json_object *o = json_object_new_object();

	json_put_int(o, "files", r->files);
	json_put_int(o, "functions", r->functions);
	json_object_object_add(o, "skipped", skips_json(w, r->skips));
	return o;
}

static json_object *report_json(const struct writer *w, const struct report *r,
				const char *version)
{
	json_object *o = json_object_new_object();
	json_object *findings = json_object_new_array();

	put_text(w, o, "pincheck", version);
	for (guint i = 0; i < r->findings->len; i++)
		json_object_array_add(findings,
				      finding_json(w, r->findings->pdata[i]));
	json_object_object_add(o, "findings", findings);
	json_object_object_add(o, "coverage", coverage_json(w, r));
	json_object_object_add(o, "incomplete",
			       json_object_new_boolean(r->incomplete));
	return o;
}

void report_write_json(const struct report *r, const struct report_style *s,
		       GString *out)
{
	const struct writer w = { .wire = FALSE };
	json_object *o = report_json(&w, r, s->version);

	json_write(o, out);
}

char *report_pack(const struct report *r)
{
	const struct writer w = { .wire = TRUE };
	json_object *o = report_json(&w, r, "");
	char *text;

	json_object_object_add(o, "errors", texts_json(&w, r->errors));
	json_object_object_add(o, "texts", texts_json(&w, r->texts));
	text = g_strdup(json_object_to_json_string_ext(o, WIRE_FLAGS));
	json_object_put(o);
	return text;
}

static void read_texts(struct json_reader *rd, json_object *array,
		       const char *name, GPtrArray *into)
{
	for (size_t i = 0; i < json_length(array); i++) {
		json_object *v = json_object_array_get_idx(array, i);

		if (!json_object_is_type(v, json_type_string))
			json_fail(rd, name, "a list of strings");
		else
			g_ptr_array_add(into,
					g_strdup(json_object_get_string(v)));
	}
}

static void read_step(struct json_reader *rd, json_object *o,
		      struct finding *f)
{
	finding_step_take(f, json_get_int(rd, o, "cpu"),
			  json_get_opt_text(rd, o, "file"),
			  json_get_int(rd, o, "line"),
			  g_strdup(json_get_text(rd, o, "message")));
}

static void read_lists(struct json_reader *rd, json_object *o,
		       struct finding *f)
{
	json_object *steps = json_get(rd, o, "steps", json_type_array);

	g_ptr_array_set_size(f->engines, 0);
	read_texts(rd, json_get(rd, o, "engines", json_type_array), "engines",
		   f->engines);
	read_texts(rd, json_get(rd, o, "evidence", json_type_array), "evidence",
		   f->evidence);
	for (size_t i = 0; i < json_length(steps); i++)
		read_step(rd, json_object_array_get_idx(steps, i), f);
}

static struct replay *read_replay(struct json_reader *rd, json_object *o)
{
	json_object *states = json_get(rd, o, "executions", json_type_int);
	struct replay *r = finding_replay_new(json_get_text(rd, o, "verdict"),
				      json_get_text(rd, o, "memory"));

	r->why = g_strdup(json_get_opt_text(rd, o, "why"));
	g_free(r->schedule);
	r->schedule = g_strdup(json_get_text(rd, o, "schedule"));
	r->states = json_object_get_int64(states);
	read_texts(rd, json_get(rd, o, "assumptions", json_type_array),
		   "assumptions", r->assumptions);
	read_texts(rd, json_get(rd, o, "table", json_type_array), "table",
		   r->table);
	return r;
}

static void read_change(struct json_reader *rd, json_object *o,
			struct finding *f)
{
	if (!change_parse(json_get_text(rd, o, "class"), &f->change))
		json_fail(rd, "class", "what a patch does to a finding");
	f->patch = g_strdup(json_get_opt_text(rd, o, "patch"));
}

enum severity json_get_severity(struct json_reader *rd, json_object *o)
{
	enum severity severity = SEVERITY_NOTE;

	if (!severity_parse(json_get_text(rd, o, "severity"), &severity))
		json_fail(rd, "severity", "note, warning or error");
	return severity;
}

static struct finding *read_finding(struct json_reader *rd, json_object *o)
{
	json_object *replay, *change;
	struct finding *f;

	f = finding_new(json_get_text(rd, o, "rule"), json_get_severity(rd, o),
			json_get_opt_text(rd, o, "file"),
			json_get_int(rd, o, "line"),
			json_get_int(rd, o, "column"),
			json_get_opt_text(rd, o, "function"));
	f->fingerprint = g_strdup(json_get_opt_text(rd, o, "fingerprint"));
	finding_message(f, "%s", json_get_text(rd, o, "message"));
	if (json_object_object_get_ex(o, "key", NULL))
		finding_key(f, "%s", json_get_text(rd, o, "key"));
	read_lists(rd, o, f);
	if (json_object_object_get_ex(o, "replay", &replay) && replay)
		f->replay = read_replay(rd, replay);
	if (json_object_object_get_ex(o, "change", &change))
		read_change(rd, change, f);
	if (json_object_object_get_ex(o, "state", NULL))
		f->state = (unsigned)MAX(json_get_int(rd, o, "state"), 0);
	return f;
}

static void read_coverage(struct json_reader *rd, json_object *o,
			  struct report *r)
{
	json_object *skips = json_get(rd, o, "skipped", json_type_array);

	r->files = json_get_int(rd, o, "files");
	r->functions = json_get_int(rd, o, "functions");
	for (size_t i = 0; i < json_length(skips); i++) {
		json_object *s = json_object_array_get_idx(skips, i);

		report_skip(r, json_get_opt_text(rd, s, "file"),
			    json_get_opt_text(rd, s, "function"),
			    json_get_text(rd, s, "reason"));
	}
}

static void read_report(struct json_reader *rd, json_object *o,
			struct report *r)
{
	json_object *findings = json_get(rd, o, "findings", json_type_array);
	json_object *v;

	for (size_t i = 0; i < json_length(findings); i++)
		report_add(r, read_finding(rd, json_object_array_get_idx(
						       findings, i)));
	read_coverage(rd, json_get(rd, o, "coverage", json_type_object), r);
	if (json_object_object_get_ex(o, "errors", &v))
		read_texts(rd, json_get(rd, o, "errors", json_type_array),
			   "errors", r->errors);
	if (json_object_object_get_ex(o, "texts", &v))
		read_texts(rd, json_get(rd, o, "texts", json_type_array),
			   "texts", r->texts);
	if (json_object_object_get_ex(o, "incomplete", &v))
		r->incomplete = json_object_get_boolean(v);
}

struct report *report_unpack(const char *text, size_t length,
			     char **ret_error)
{
	struct json_reader rd = { NULL };
	json_object *o = json_parse(&rd, text, length);
	struct report *r = report_new();

	if (!rd.error)
		read_report(&rd, o, r);
	json_object_put(o);
	if (!rd.error)
		return r;
	report_free(r);
	*ret_error = rd.error;
	return NULL;
}
