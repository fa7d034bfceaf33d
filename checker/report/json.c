// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports as JSON: the format "json", and the same with errors for the way
 * from a worker to its parent. Reading checks every member's type, because
 * the writer may be a process that just went wrong.
 */
#include <json-c/json.h>
#include <string.h>

#include "private.h"

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
	/* Not for others: the fingerprint stands for it. */
	if (w->wire)
		put_text(w, o, "key", f->key);
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
	json_object_object_add(o, "incomplete",
			       json_object_new_boolean(r->incomplete));
	text = g_strdup(json_object_to_json_string_ext(o, WIRE_FLAGS));
	json_object_put(o);
	return text;
}

/* What went wrong first, or NULL: the rest of the reading is then harmless. */
struct reader {
	char *error;
};

static void reader_fail(struct reader *rd, const char *name, const char *what)
{
	if (!rd->error)
		rd->error = g_strdup_printf("\"%s\" is not %s", name, what);
}

static json_object *get(struct reader *rd, json_object *o, const char *name,
			json_type type)
{
	json_object *v = NULL;

	if (json_object_is_type(o, json_type_object) &&
	    json_object_object_get_ex(o, name, &v) &&
	    json_object_is_type(v, type))
		return v;
	reader_fail(rd, name, json_type_to_name(type));
	return NULL;
}

static int get_int(struct reader *rd, json_object *o, const char *name)
{
	return json_object_get_int(get(rd, o, name, json_type_int));
}

static const char *get_text(struct reader *rd, json_object *o,
			    const char *name)
{
	json_object *v = get(rd, o, name, json_type_string);

	return v ? json_object_get_string(v) : "";
}

/* A string or null. */
static const char *get_opt_text(struct reader *rd, json_object *o,
				const char *name)
{
	json_object *v;

	if (json_object_object_get_ex(o, name, &v) && !v)
		return NULL;
	return get_text(rd, o, name);
}

/* The length of an array, 0 where there is none. */
static size_t length_of(json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static void read_texts(struct reader *rd, json_object *array,
		       const char *name, GPtrArray *into)
{
	for (size_t i = 0; i < length_of(array); i++) {
		json_object *v = json_object_array_get_idx(array, i);

		if (!json_object_is_type(v, json_type_string))
			reader_fail(rd, name, "a list of strings");
		else
			g_ptr_array_add(into,
					g_strdup(json_object_get_string(v)));
	}
}

static void read_step(struct reader *rd, json_object *o, struct finding *f)
{
	finding_step_take(f, get_int(rd, o, "cpu"),
			  get_opt_text(rd, o, "file"), get_int(rd, o, "line"),
			  g_strdup(get_text(rd, o, "message")));
}

static void read_lists(struct reader *rd, json_object *o, struct finding *f)
{
	json_object *steps = get(rd, o, "steps", json_type_array);

	g_ptr_array_set_size(f->engines, 0);
	read_texts(rd, get(rd, o, "engines", json_type_array), "engines",
		   f->engines);
	read_texts(rd, get(rd, o, "evidence", json_type_array), "evidence",
		   f->evidence);
	for (size_t i = 0; i < length_of(steps); i++)
		read_step(rd, json_object_array_get_idx(steps, i), f);
}

static struct replay *read_replay(struct reader *rd, json_object *o)
{
	json_object *states = get(rd, o, "executions", json_type_int);
	struct replay *r = finding_replay_new(get_text(rd, o, "verdict"),
				      get_text(rd, o, "memory"));

	r->why = g_strdup(get_opt_text(rd, o, "why"));
	g_free(r->schedule);
	r->schedule = g_strdup(get_text(rd, o, "schedule"));
	r->states = json_object_get_int64(states);
	read_texts(rd, get(rd, o, "assumptions", json_type_array),
		   "assumptions", r->assumptions);
	read_texts(rd, get(rd, o, "table", json_type_array), "table",
		   r->table);
	return r;
}

static struct finding *read_finding(struct reader *rd, json_object *o)
{
	enum severity severity = SEVERITY_NOTE;
	json_object *replay;
	struct finding *f;

	if (!severity_parse(get_text(rd, o, "severity"), &severity))
		reader_fail(rd, "severity", "note, warning or error");
	f = finding_new(get_text(rd, o, "rule"), severity,
			get_opt_text(rd, o, "file"), get_int(rd, o, "line"),
			get_int(rd, o, "column"),
			get_opt_text(rd, o, "function"));
	f->fingerprint = g_strdup(get_opt_text(rd, o, "fingerprint"));
	finding_message(f, "%s", get_text(rd, o, "message"));
	if (json_object_object_get_ex(o, "key", NULL))
		finding_key(f, "%s", get_text(rd, o, "key"));
	read_lists(rd, o, f);
	if (json_object_object_get_ex(o, "replay", &replay) && replay)
		f->replay = read_replay(rd, replay);
	return f;
}

static void read_coverage(struct reader *rd, json_object *o, struct report *r)
{
	json_object *skips = get(rd, o, "skipped", json_type_array);

	r->files = get_int(rd, o, "files");
	r->functions = get_int(rd, o, "functions");
	for (size_t i = 0; i < length_of(skips); i++) {
		json_object *s = json_object_array_get_idx(skips, i);

		report_skip(r, get_opt_text(rd, s, "file"),
			    get_opt_text(rd, s, "function"),
			    get_text(rd, s, "reason"));
	}
}

static void read_report(struct reader *rd, json_object *o, struct report *r)
{
	json_object *findings = get(rd, o, "findings", json_type_array);
	json_object *v;

	for (size_t i = 0; i < length_of(findings); i++)
		report_add(r, read_finding(rd, json_object_array_get_idx(
						       findings, i)));
	read_coverage(rd, get(rd, o, "coverage", json_type_object), r);
	if (json_object_object_get_ex(o, "errors", &v))
		read_texts(rd, get(rd, o, "errors", json_type_array),
			   "errors", r->errors);
	if (json_object_object_get_ex(o, "texts", &v))
		read_texts(rd, get(rd, o, "texts", json_type_array), "texts",
			   r->texts);
	if (json_object_object_get_ex(o, "incomplete", &v))
		r->incomplete = json_object_get_boolean(v);
}

static json_object *parse(struct reader *rd, const char *text, size_t length)
{
	struct json_tokener *tok = json_tokener_new();
	json_object *o = NULL;

	if (length > G_MAXINT)
		reader_fail(rd, "report", "short enough");
	else
		o = json_tokener_parse_ex(tok, text, (int)length);
	if (!o && !rd->error)
		rd->error = g_strdup_printf(
			"not JSON: %s",
			json_tokener_error_desc(json_tokener_get_error(tok)));
	json_tokener_free(tok);
	return o;
}

struct report *report_unpack(const char *text, size_t length,
			     char **ret_error)
{
	struct reader rd = { NULL };
	json_object *o = parse(&rd, text, length);
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
