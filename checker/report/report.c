// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports: the list of what was found and what was not looked at. After
 * report_finish the order depends on the content alone, never on which
 * worker was faster.
 */
#include "private.h"

static void skip_clear(void *skip)
{
	struct coverage_skip *s = skip;

	g_free(s->file);
	g_free(s->function);
	g_free(s->reason);
}

static GArray *skips_new(void)
{
	GArray *skips = g_array_new(FALSE, FALSE,
				    sizeof(struct coverage_skip));

	g_array_set_clear_func(skips, skip_clear);
	return skips;
}

static void finding_destroy(void *f)
{
	finding_free(f);
}

struct report *report_new(void)
{
	struct report *r = g_new0(struct report, 1);

	r->findings = g_ptr_array_new_with_free_func(finding_destroy);
	r->skips = skips_new();
	r->errors = g_ptr_array_new_with_free_func(g_free);
	r->texts = g_ptr_array_new_with_free_func(g_free);
	r->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->findings);
	g_array_unref(r->skips);
	g_ptr_array_unref(r->errors);
	g_ptr_array_unref(r->texts);
	g_hash_table_unref(r->units);
	g_free(r);
}

void report_add(struct report *r, struct finding *f)
{
	g_ptr_array_add(r->findings, f);
}

void report_skip(struct report *r, const char *file, const char *function,
		 const char *reason)
{
	struct coverage_skip s = { g_strdup(file), g_strdup(function),
				   g_strdup(reason) };

	g_array_append_val(r->skips, s);
}

void report_unit(struct report *r, const char *file, gboolean whole)
{
	void *was;

	if (g_hash_table_lookup_extended(r->units, file, NULL, &was))
		whole = whole && GPOINTER_TO_INT(was);
	g_hash_table_insert(r->units, g_strdup(file), GINT_TO_POINTER(whole));
}

void report_error(struct report *r, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(r->errors, g_strdelimit(line, "\n\r", ' '));
}

static void move_skips(GArray *into, GArray *from)
{
	g_array_append_vals(into, from->data, from->len);
	/* The strings have a new owner: empty the old array without it. */
	g_array_set_clear_func(from, NULL);
	g_array_set_size(from, 0);
}

static void add_unit(void *file, void *whole, void *into)
{
	report_unit(into, file, GPOINTER_TO_INT(whole));
}

void report_merge(struct report *into, struct report *from)
{
	g_hash_table_foreach(from->units, add_unit, into);
	g_hash_table_unref(from->units);
	g_ptr_array_extend_and_steal(into->findings, from->findings);
	g_ptr_array_extend_and_steal(into->errors, from->errors);
	g_ptr_array_extend_and_steal(into->texts, from->texts);
	move_skips(into->skips, from->skips);
	into->files += from->files;
	into->functions += from->functions;
	into->incomplete = into->incomplete || from->incomplete;
	g_array_unref(from->skips);
	g_free(from);
}

static int compare_pointed(const void *a, const void *b)
{
	const struct finding *const *fa = a, *const *fb = b;

	return finding_compare_all(*fa, *fb);
}

static char *place_of(const struct finding *f)
{
	return g_strdup_printf("%u:%d:%s:%d:%d:%s", f->state, f->change,
			       f->fingerprint, f->line, f->column,
			       f->file ? f->file : "");
}

static int compare_texts(const void *a, const void *b)
{
	return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/* The same finding again, of another unit or engine: keep one story. */
static void finding_absorb(struct finding *kept, struct finding *twin)
{
	struct replay *replay = kept->replay;

	for (guint i = 0; i < twin->engines->len; i++)
		if (!finding_has_engine(kept, twin->engines->pdata[i]))
			g_ptr_array_add(kept->engines,
					g_strdup(twin->engines->pdata[i]));
	g_ptr_array_sort(kept->engines, compare_texts);
	/* the verdict that made it what it is goes with the severity */
	if (!replay || twin->severity > kept->severity) {
		kept->replay = twin->replay;
		twin->replay = replay;
	}
	kept->severity = MAX(kept->severity, twin->severity);
}

static void unique_findings(struct report *r)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL);
	GPtrArray *all = r->findings;

	r->findings = g_ptr_array_new_with_free_func(finding_destroy);
	for (guint i = 0; i < all->len; i++) {
		struct finding *f = all->pdata[i];
		char *place = place_of(f);
		struct finding *kept = g_hash_table_lookup(seen, place);

		if (kept) {
			finding_absorb(kept, f);
			finding_free(f);
			g_free(place);
		} else {
			g_hash_table_insert(seen, place, f);
			g_ptr_array_add(r->findings, f);
		}
	}
	g_ptr_array_set_free_func(all, NULL);
	g_ptr_array_unref(all);
	g_hash_table_unref(seen);
}

guint *report_occurrences(const struct report *r)
{
	GHashTable *there = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTable *gone = g_hash_table_new(g_str_hash, g_str_equal);
	guint *before = g_new0(guint, r->findings->len);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		GHashTable *counts = f->change == CHANGE_FIXED ? gone : there;
		gpointer n = g_hash_table_lookup(counts, f->fingerprint);

		before[i] = GPOINTER_TO_UINT(n);
		g_hash_table_insert(counts, f->fingerprint,
				    GUINT_TO_POINTER(before[i] + 1));
	}
	g_hash_table_unref(there);
	g_hash_table_unref(gone);
	return before;
}

static int compare_skips(const void *a, const void *b)
{
	const struct coverage_skip *sa = a, *sb = b;
	int r = g_strcmp0(sa->file, sb->file);

	if (!r)
		r = g_strcmp0(sa->function, sb->function);
	return r ? r : g_strcmp0(sa->reason, sb->reason);
}

static struct coverage_skip *skip_at(const struct report *r, guint i)
{
	return &g_array_index(r->skips, struct coverage_skip, i);
}

static void unique_skips(struct report *r)
{
	guint kept = 0;

	g_array_sort(r->skips, compare_skips);
	for (guint i = 0; i < r->skips->len; i++) {
		struct coverage_skip s = *skip_at(r, i);

		if (kept && !compare_skips(skip_at(r, kept - 1), &s))
			continue;
		/* Swapped: what is dropped ends up behind, still owned. */
		*skip_at(r, i) = *skip_at(r, kept);
		*skip_at(r, kept++) = s;
	}
	g_array_set_size(r->skips, kept);
}

/* Errors keep their order, which is that of the units. */
static void unique_errors(struct report *r)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	guint i = 0;

	while (i < r->errors->len) {
		if (g_hash_table_contains(seen, r->errors->pdata[i]))
			g_ptr_array_remove_index(r->errors, i);
		else
			g_hash_table_add(seen, r->errors->pdata[i++]);
	}
	g_hash_table_unref(seen);
}

void report_sort(struct report *r)
{
	g_ptr_array_sort(r->findings, compare_pointed);
}

void report_finish(struct report *r)
{
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		if (!f->fingerprint)
			finding_seal(f);
	}
	report_sort(r);
	unique_findings(r);
	report_agree(r);
	unique_skips(r);
	unique_errors(r);
}

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_NOTE:
		return "note";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_ERROR:
		break;
	}
	return "error";
}

gboolean severity_parse(const char *name, enum severity *ret_severity)
{
	for (int s = SEVERITY_NOTE; s <= SEVERITY_ERROR; s++)
		if (!g_strcmp0(name, severity_name(s))) {
			*ret_severity = s;
			return TRUE;
		}
	return FALSE;
}

int report_count_from(const struct report *r, enum severity min)
{
	int n = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		n += f->severity >= min;
	}
	return n;
}

int report_count_change(const struct report *r, enum change c)
{
	int n = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		n += f->change == c;
	}
	return n;
}

int report_count(const struct report *r, enum severity s)
{
	int above = s == SEVERITY_ERROR ? 0 : report_count_from(r, s + 1);

	return report_count_from(r, s) - above;
}

static gboolean is_severe(const struct finding *f, const void *min)
{
	return f->severity >= *(const enum severity *)min;
}

static gboolean is_agreed(const struct finding *f, const void *engines)
{
	/* What no engine found is about a comment. */
	return !f->engines->len ||
	       (int)f->engines->len >= *(const int *)engines;
}

static gboolean is_new(const struct finding *f, const void *data)
{
	return !f->known;
}

int report_keep(struct report *r, report_wanted wanted, const void *data)
{
	guint kept = 0, all = r->findings->len;
	void **pdata = r->findings->pdata;

	for (guint i = 0; i < all; i++) {
		struct finding *f = pdata[i];

		if (wanted(f, data)) {
			/* Swapped, so that what is dropped ends up last. */
			pdata[i] = pdata[kept];
			pdata[kept++] = f;
		}
	}
	g_ptr_array_set_size(r->findings, (int)kept);
	return (int)(all - kept);
}

int report_filter(struct report *r, enum severity min)
{
	return report_keep(r, is_severe, &min);
}

int report_filter_agreed(struct report *r, int engines)
{
	return report_keep(r, is_agreed, &engines);
}

static gboolean is_in(const struct finding *f, const void *data)
{
	return !g_strcmp0(f->file, data);
}

int report_filter_file(struct report *r, const char *file)
{
	return report_keep(r, is_in, file);
}

int report_filter_known(struct report *r)
{
	return report_keep(r, is_new, NULL);
}

gboolean finding_is_new(const struct finding *f)
{
	return !f->known && f->change != CHANGE_FIXED &&
	       f->change != CHANGE_PRE_EXISTING;
}

gboolean report_has_new(const struct report *r, enum severity min)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->severity >= min && finding_is_new(f))
			return TRUE;
	}
	return FALSE;
}

static void map_file(char **file, report_rename rename, void *data)
{
	char *old = *file;

	if (!old)
		return;
	*file = rename(old, data);
	g_free(old);
}

static void finding_map_files(struct finding *f, report_rename rename,
			      void *data)
{
	map_file(&f->file, rename, data);
	for (guint i = 0; i < f->steps->len; i++) {
		struct step *s = f->steps->pdata[i];

		map_file(&s->file, rename, data);
	}
}

void report_map_files(struct report *r, report_rename rename, void *data)
{
	for (guint i = 0; i < r->findings->len; i++)
		finding_map_files(r->findings->pdata[i], rename, data);
	for (guint i = 0; i < r->skips->len; i++)
		map_file(&skip_at(r, i)->file, rename, data);
}
