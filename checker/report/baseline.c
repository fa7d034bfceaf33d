// SPDX-License-Identifier: GPL-2.0-only
/*
 * Baselines: findings that are known, by their fingerprints, so that a run tells
 * what is new. Beside the fingerprint an entry has what a person needs to know
 * it by, and no line. What becomes of known findings is for others to decide.
 * Whether a file was moved is asked of the folder that the run is made in.
 */
#include <json-c/json.h>
#include <string.h>

#include "private.h"

/* Another one for each change that older readers would get wrong. */
#define BASELINE_FORMAT 1
/* What stands in UTF-8 for bytes that are none: U+FFFD. */
#define REPLACEMENT "\xef\xbf\xbd"

static void entry_free(void *entry)
{
	struct baseline_entry *e = entry;

	g_free(e->fingerprint);
	g_free(e->rule);
	g_free(e->message);
	g_free(e->file);
	g_free(e->function);
	g_free(e);
}

/* ---- writing ---- */

GPtrArray *baseline_of(const struct report *r)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		struct baseline_entry *e = g_new0(struct baseline_entry, 1);

		e->fingerprint = g_strdup(f->fingerprint);
		e->rule = g_strdup(f->rule);
		e->severity = f->severity;
		e->message = g_strdup(f->message);
		e->file = g_strdup(f->file);
		e->function = g_strdup(f->function);
		g_ptr_array_add(entries, e);
	}
	return entries;
}

static int compare_entries(const void *a, const void *b)
{
	const struct baseline_entry *ea = *(void *const *)a;
	const struct baseline_entry *eb = *(void *const *)b;
	int r = g_strcmp0(ea->file, eb->file);

	if (!r)
		r = g_strcmp0(ea->function, eb->function);
	if (!r)
		r = g_strcmp0(ea->rule, eb->rule);
	if (!r)
		r = g_strcmp0(ea->fingerprint, eb->fingerprint);
	if (!r)
		r = (int)eb->severity - (int)ea->severity;
	return r ? r : g_strcmp0(ea->message, eb->message);
}

static void add_entry(json_object *list, const struct baseline_entry *e)
{
	json_object *o = json_add_object(list);

	json_put_text(o, "fingerprint", e->fingerprint);
	json_put_text(o, "rule", e->rule);
	json_put_text(o, "severity", severity_name(e->severity));
	json_put_text(o, "file", e->file);
	json_put_text(o, "function", e->function);
	json_put_text(o, "message", e->message);
}

void baseline_write(GPtrArray *entries, const char *version, GString *out)
{
	json_object *o = json_object_new_object(), *list;

	g_ptr_array_sort(entries, compare_entries);
	json_put_text(o, "pincheck", version);
	json_put_int(o, "baseline", BASELINE_FORMAT);
	list = json_put_array(o, "findings");
	for (guint i = 0; i < entries->len; i++)
		add_entry(list, entries->pdata[i]);
	json_write(o, out);
}

/* ---- reading ---- */

static struct baseline_entry *read_entry(struct json_reader *rd,
					 json_object *o)
{
	struct baseline_entry *e = g_new0(struct baseline_entry, 1);

	e->fingerprint = g_strdup(json_get_text(rd, o, "fingerprint"));
	e->rule = g_strdup(json_get_text(rd, o, "rule"));
	e->severity = json_get_severity(rd, o);
	e->message = g_strdup(json_get_text(rd, o, "message"));
	e->file = g_strdup(json_get_opt_text(rd, o, "file"));
	e->function = g_strdup(json_get_opt_text(rd, o, "function"));
	return e;
}

/* A report has no number, but says whether it is whole. */
static gboolean read_incomplete(struct json_reader *rd, json_object *root)
{
	gboolean is_object = json_object_is_type(root, json_type_object);
	int format;

	if (is_object && json_object_object_get_ex(root, "coverage", NULL))
		return json_object_get_boolean(json_get(rd, root, "incomplete",
							json_type_boolean));
	if (!is_object || !json_object_object_get_ex(root, "baseline", NULL)) {
		rd->error = g_strdup("it has no format number");
		return FALSE;
	}
	format = json_get_int(rd, root, "baseline");
	if (!rd->error && format != BASELINE_FORMAT)
		rd->error = g_strdup_printf("it has the format %d, and only %d"
					    " can be read", format,
					    BASELINE_FORMAT);
	return FALSE;
}

GPtrArray *baseline_read(const char *text, size_t length,
			 gboolean *ret_incomplete, char **ret_error)
{
	struct json_reader rd = { NULL };
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
	json_object *root = json_parse(&rd, text, length), *list;

	*ret_incomplete = !rd.error && read_incomplete(&rd, root);
	list = rd.error ? NULL :
			  json_get(&rd, root, "findings", json_type_array);
	for (size_t i = 0; i < json_length(list); i++)
		g_ptr_array_add(entries,
				read_entry(&rd, json_object_array_get_idx(list,
									  i)));
	json_object_put(root);
	if (!rd.error)
		return entries;
	g_ptr_array_unref(entries);
	*ret_error = rd.error;
	return NULL;
}

/* ---- marking ---- */

/* In a baseline, names of files are UTF-8. */
static char *place_of(const char *fingerprint, const char *file)
{
	char *valid = g_utf8_make_valid(file ? file : "", -1);
	char *place = g_strdup_printf("%s %s", fingerprint, valid);

	g_free(valid);
	return place;
}

/*
 * Can what @e stands for be in another file now? A name that was no UTF-8 is
 * lost, and a file is not taken for moved on a guess.
 */
static gboolean was_moved(const struct baseline_entry *e)
{
	return e->file && !strstr(e->file, REPLACEMENT) &&
	       !g_file_test(e->file, G_FILE_TEST_EXISTS);
}

/*
 * The entries that were not met: all by their files, or those whose file is no
 * longer there without it.
 */
static struct match_pool *pool_of(const GPtrArray *entries, gboolean by_file)
{
	struct match_pool *pool = match_pool_new();

	for (guint i = 0; i < entries->len; i++) {
		struct baseline_entry *e = entries->pdata[i];
		const char *file = by_file ? e->file : NULL;

		if (!e->met && (by_file || was_moved(e)))
			match_pool_add(pool, place_of(e->fingerprint, file),
				       e->severity, e);
	}
	return pool;
}

static char *place_of_new(const struct finding *f, const void *data)
{
	const gboolean *by_file = data;

	if (f->known)
		return NULL;
	return place_of(f->fingerprint, *by_file ? f->file : NULL);
}

static void meet_entry(struct finding *f, void *entry)
{
	struct baseline_entry *e = entry;

	f->known = e->met = TRUE;
}

static void mark(const GPtrArray *entries, struct report *r, gboolean by_file)
{
	const struct match m = { place_of_new, meet_entry, &by_file };
	struct match_pool *pool = pool_of(entries, by_file);

	match_findings(pool, r->findings, &m);
	match_pool_free(pool);
}

void baseline_mark(const GPtrArray *entries, struct report *r)
{
	mark(entries, r, TRUE);
	/* A file that was moved brings nothing new. */
	mark(entries, r, FALSE);
}
