// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a function's flow the same if its callees are known by their summaries
 * alone? Each unit is analysed twice: as a whole, and each component of its
 * call graph in a unit of its own, under a world that gives the summaries of
 * the others as bytes. What differs is printed, in full with -v.
 *
 *	split_flow [-v] DIRECTORY-OF-DATABASE FILE...
 *	split_flow [-v] FILE... -- FLAG...
 *	split_flow --forget ...	the world knows nothing, which must be seen
 *
 * Ends with the sizes of the bytes, and the CPU time of flow over the units as
 * they are against that over their main files, with the summaries of all that
 * headers bring. 1: differences.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "flow/flow.h"
#include "flow/world.h"
#include "frontend/frontend.h"
#include "ir/pack.h"
#include "units.h"

struct run {
	const struct model *model;
	bool verbose, forget;
	GHashTable *summaries;	/* of the unit at hand: name -> GBytes */
	GArray *sizes;		/* guint: of all summaries */
	guint functions, differ, unreadable;
	gsize calls_size;
	double whole, own;	/* CPU seconds of flow_new() */
};

static double cpu(void)
{
	return cpu_ns() / 1e9;
}

/*
 * FRESH values are numbered in a unit as they come: here, in each text from 1.
 */
static char *renumbered(const char *text)
{
	static const char word[] = "fresh";
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL);
	GString *out = g_string_new(NULL);
	const char *p;
	char *number;
	gsize n;

	while ((p = strstr(text, word))) {
		p += strlen(word);
		n = strspn(p, "0123456789");
		g_string_append_len(out, text, p - text);
		number = g_strndup(p, n);
		if (n && !g_hash_table_contains(seen, number))
			g_hash_table_insert(seen, g_strdup(number),
					    GUINT_TO_POINTER(
						    g_hash_table_size(seen) + 1));
		if (n)
			g_string_append_printf(out, "%u", GPOINTER_TO_UINT(
				g_hash_table_lookup(seen, number)));
		g_free(number);
		text = p + n;
	}
	g_string_append(out, text);
	g_hash_table_unref(seen);
	return g_string_free(out, FALSE);
}

static char *text_of(const struct flow *fl, const char *what,
		     const char *function)
{
	GString *out = g_string_new(NULL);
	char *text;

	flow_print(out, fl, what, function);
	text = renumbered(out->str);
	g_string_free(out, TRUE);
	return text;
}

static bool compare(struct run *r, const struct flow *whole,
		    const struct flow *part, const char *what, const char *name)
{
	char *a = text_of(whole, what, name), *b = text_of(part, what, name);
	bool same = !strcmp(a, b);

	if (!same) {
		printf("%s: %s differs: %s\n", whole->unit->file,
		       name ? name : "unit", what);
		if (r->verbose)
			printf("--- whole\n%s--- split\n%s", a, b);
	}
	g_free(a);
	g_free(b);
	return same;
}

static GBytes *known_summary(void *data, const struct func *caller,
			     const char *name)
{
	struct run *r = data;

	return r->forget ? NULL : g_hash_table_lookup(r->summaries, name);
}

static void keep(struct run *r, const struct flow *fl,
		 const struct func_flow *ff)
{
	GBytes *bytes = summary_pack(fl, ff), *calls = calls_pack(fl, ff);
	guint size = (guint)g_bytes_get_size(bytes);

	g_array_append_val(r->sizes, size);
	r->calls_size += g_bytes_get_size(calls);
	g_bytes_unref(calls);
	g_hash_table_insert(r->summaries, (gpointer)ff->func->name, bytes);
}

static void copy_func(struct unit *u, const struct func *f)
{
	GBytes *b = ir_pack_func(f);

	if (!ir_unpack_func(u, b))
		g_error("%s: cannot be copied", f->name);
	g_bytes_unref(b);
}

/* The functions from @from to @to of the whole, and nothing else. */
static void split_component(struct run *r, const struct flow *whole, guint from,
			    guint to)
{
	const struct world w = { .data = r, .summary = known_summary };
	struct unit *u = unit_new(whole->unit->file);
	struct flow *fl;
	const struct func_flow *ff;
	guint i;

	for (i = from; i < to; i++) {
		ff = whole->funcs->pdata[i];
		copy_func(u, ff->func);
	}
	fl = flow_new(u, r->model, &w);
	for (i = 0; i < fl->funcs->len; i++) {
		ff = fl->funcs->pdata[i];
		r->functions++;
		r->differ += !compare(r, whole, fl, "summary",
				      ff->func->name) ||
			     !compare(r, whole, fl, "flow", ff->func->name);
		keep(r, fl, ff);
	}
	flow_free(fl);
	unit_free(u);
}

static void split(struct run *r, const struct flow *whole)
{
	const struct func_flow *first, *ff;
	guint from, to;

	for (from = 0; from < whole->funcs->len; from = to) {
		first = ff = whole->funcs->pdata[from];
		for (to = from; ff->component == first->component;) {
			if (++to == whole->funcs->len)
				break;
			ff = whole->funcs->pdata[to];
		}
		split_component(r, whole, from, to);
	}
}

/* The functions of the main file alone, all others by their summaries. */
static void time_own(struct run *r, const struct unit *whole)
{
	const struct world w = { .data = r, .summary = known_summary };
	struct unit *u = unit_new(whole->file);
	double start;
	guint i;

	for (i = 0; i < whole->funcs->len; i++) {
		const struct func *f = whole->funcs->pdata[i];

		if (f->in_main_file)
			copy_func(u, f);
	}
	start = cpu();
	flow_free(flow_new(u, r->model, &w));
	r->own += cpu() - start;
	unit_free(u);
}

static void run_unit(const struct compile_command *cmd, void *data)
{
	struct run *r = data;
	const struct frontend_options fo = { .want = model_wants_body,
					     .want_data = (void *)r->model };
	struct unit *u;
	struct flow *fl;
	double start;

	r->summaries = g_hash_table_new_full(NULL, NULL, NULL,
					     (GDestroyNotify)g_bytes_unref);
	if (frontend_parse(cmd, &fo, &u) < 0) {
		fprintf(stderr, "split_flow: %s: cannot be parsed\n",
			cmd->file);
		r->unreadable++;
	}
	start = cpu();
	fl = flow_new(u, r->model, NULL);
	r->whole += cpu() - start;
	split(r, fl);
	time_own(r, u);
	flow_free(fl);
	unit_free(u);
	g_hash_table_unref(r->summaries);
}

static gint compare_sizes(gconstpointer p, gconstpointer q)
{
	const guint *a = p, *b = q;

	return (*a > *b) - (*a < *b);
}

static guint size_at(const struct run *r, guint percent)
{
	guint n = r->sizes->len;

	return n ? g_array_index(r->sizes, guint, (n - 1) * percent / 100) : 0;
}

static void tell(const struct run *r)
{
	gsize sum = 0;
	guint i;

	g_array_sort(r->sizes, compare_sizes);
	for (i = 0; i < r->sizes->len; i++)
		sum += g_array_index(r->sizes, guint, i);
	printf("%u functions, %u different\n", r->functions, r->differ);
	printf("summaries: median %u bytes, p99 %u, largest %u, all %zu\n",
	       size_at(r, 50), size_at(r, 99), size_at(r, 100), (size_t)sum);
	printf("calls: all %zu bytes\n", (size_t)r->calls_size);
	printf("flow: %.2f s, with all of headers from summaries %.2f s\n",
	       r->whole, r->own);
}

static int usage(void)
{
	fprintf(stderr, "usage: split_flow [-v | --forget] DIR FILE... | FILE... -- FLAG...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	int missing;

	r.verbose = argc > 1 && !strcmp(argv[1], "-v");
	r.forget = argc > 1 && !strcmp(argv[1], "--forget");
	argv += 1 + (r.verbose || r.forget);
	argc -= 1 + (r.verbose || r.forget);
	if (argc < 2)
		return usage();
	r.model = model_new_builtin();
	r.sizes = g_array_new(FALSE, FALSE, sizeof(guint));
	missing = units_each("split_flow", argv, run_unit, &r);
	tell(&r);
	g_array_unref(r.sizes);
	model_free((struct model *)r.model);
	if (missing < 0)
		return 2;
	return missing || r.unreadable ? 3 : r.differ > 0;
}
