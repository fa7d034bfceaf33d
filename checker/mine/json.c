// SPDX-License-Identifier: GPL-2.0-only
/* What was mined as JSON: the same as in the .pincheck file, key by key. */
#include <json-c/json.h>

#include "mine/print.h"

#define JSON_FLAGS                                           \
	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | \
	 JSON_C_TO_STRING_NOSLASHESCAPE)

struct writer {
	const struct mine_style *style;
};

static void put_text(json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text ? json_object_new_string(text) :
					       NULL);
}

static void put_int(json_object *o, const char *name, int value)
{
	json_object_object_add(o, name, json_object_new_int(value));
}

static void put_bool(json_object *o, const char *name, bool value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

static void put_file(const struct writer *w, json_object *o, const char *file)
{
	char *name = w->style->file_name(file);
	char *valid = g_utf8_make_valid(name, -1);

	put_text(o, "file", valid);
	g_free(valid);
	g_free(name);
}

static void put_names(json_object *o, const char *name, const GPtrArray *names)
{
	json_object *array = json_object_new_array();
	guint i;

	for (i = 0; i < names->len; i++)
		json_object_array_add(array, json_object_new_string(
						     names->pdata[i]));
	json_object_object_add(o, name, array);
}

static json_object *site_json(const struct writer *w,
			      const struct mined_site *s)
{
	json_object *o = json_object_new_object(), *with;

	put_text(o, "kind", evidence_kind_name(s->at->kind));
	put_file(w, o, s->at->file);
	put_int(o, "line", s->at->line);
	put_text(o, "function", s->at->func);
	if (!s->with)
		return o;
	with = json_object_new_object();
	put_text(with, "what", s->with);
	put_file(w, with, s->file);
	put_int(with, "line", s->line);
	json_object_object_add(o, "with", with);
	return o;
}

static void put_sites(const struct writer *w, json_object *o, const char *name,
		      const GPtrArray *sites)
{
	json_object *array = json_object_new_array();
	guint i;

	for (i = 0; i < sites->len; i++)
		json_object_array_add(array, site_json(w, sites->pdata[i]));
	json_object_object_add(o, name, array);
}

static void put_flag(json_object *o, const char *record, const char *flag)
{
	char *text = g_strdup_printf("struct %s.%s", record, flag);

	put_text(o, "flag", text);
	g_free(text);
}

static json_object *pair_json(const struct writer *w, const void *row)
{
	const struct mined_pair *p = row;
	json_object *o = json_object_new_object();

	put_flag(o, p->record, p->flag);
	put_text(o, "object", p->object);
	put_text(o, "object-type", p->object_record);
	put_text(o, "count-record", p->count_record);
	put_text(o, "count", p->count);
	put_bool(o, "acts", p->strict);
	put_text(o, "why-not", p->why_not);
	put_int(o, "score", p->score);
	put_int(o, "sets", p->sets);
	put_int(o, "gets", p->gets);
	put_int(o, "clears", p->clears);
	put_int(o, "puts", p->puts);
	put_int(o, "crossed", p->crossed);
	put_int(o, "stores", p->stores);
	put_int(o, "distance", p->distance);
	put_bool(o, "across-files", p->across);
	put_names(o, "get", p->get);
	put_names(o, "put", p->put);
	put_text(o, "lock", p->lock);
	put_sites(w, o, "support", p->support);
	put_sites(w, o, "exceptions", p->exceptions);
	return o;
}

static json_object *pin_json(const struct writer *w, const void *row)
{
	const struct mined_pin *p = row;
	json_object *o = json_object_new_object();

	put_flag(o, p->record, p->flag);
	put_bool(o, "acts", p->strict);
	put_text(o, "why-not", p->why_not);
	put_int(o, "score", p->score);
	put_names(o, "reapers", p->reapers);
	put_sites(w, o, "support", p->support);
	put_sites(w, o, "exceptions", p->exceptions);
	return o;
}

static json_object *guard_json(const struct writer *w, const void *row)
{
	const struct mined_guard *g = row;
	json_object *o = json_object_new_object();

	put_flag(o, g->record, g->flag);
	put_text(o, "lock", g->lock);
	put_int(o, "writes", g->writes);
	put_int(o, "guarded", g->guarded);
	put_int(o, "score", g->score);
	put_sites(w, o, "exceptions", g->exceptions);
	return o;
}

static json_object *function_json(const struct writer *w, const void *row)
{
	const struct mined_function *f = row;
	json_object *o = json_object_new_object();

	put_text(o, "does", f->key);
	put_text(o, "function", f->name);
	put_int(o, "argument", f->param);
	put_text(o, "of", f->of);
	put_file(w, o, f->file);
	put_int(o, "line", f->line);
	put_int(o, "callers", f->score);
	return o;
}

static json_object *list_json(const struct writer *w, const void *row)
{
	const struct mined_list *l = row;
	json_object *o = json_object_new_object();

	put_text(o, "record", l->record);
	put_text(o, "list", l->name);
	put_text(o, "object-type", l->object);
	put_sites(w, o, "support", l->support);
	return o;
}

static void put_rows(const struct writer *w, json_object *o, const char *name,
		     const GPtrArray *rows,
		     json_object *(*json)(const struct writer *w,
					  const void *row))
{
	json_object *array = json_object_new_array();
	guint i;

	for (i = 0; i < rows->len; i++)
		json_object_array_add(array, json(w, rows->pdata[i]));
	json_object_object_add(o, name, array);
}

void mine_print_json(GString *out, const struct mining *m,
		     const struct mine_style *style)
{
	const struct writer w = { style };
	json_object *o = json_object_new_object();

	put_text(o, "pincheck", style->version);
	put_int(o, "units", style->units);
	put_rows(&w, o, "pairs", m->pairs, pair_json);
	put_rows(&w, o, "pins", m->pins, pin_json);
	put_rows(&w, o, "guards", m->guards, guard_json);
	put_rows(&w, o, "functions", m->functions, function_json);
	put_rows(&w, o, "free-lists", m->lists, list_json);
	g_string_append(out, json_object_to_json_string_ext(o, JSON_FLAGS));
	g_string_append_c(out, '\n');
	json_object_put(o);
}
