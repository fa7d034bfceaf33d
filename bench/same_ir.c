// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses units of a compile database plainly and from precompiled headers, and
 * compares what is made of them: every function's IR, the frame of the unit,
 * and the files that count as read. Prints a line for each unit that was
 * parsed plainly after all, or that differs.
 *
 *	same_ir DIRECTORY-OF-DATABASE FOLDER-FOR-THE-HEADERS FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "frontend/frontend.h"
#include "ir/pack.h"

struct counts {
	int units, plain, differ, more_inputs;
	double plain_time, time;
};

static double cpu(void)
{
	return cpu_ns() / 1e9;
}

/* What a __COUNTER__ was goes by the order of all that was read before. */
static char *mask(const char *text)
{
	GRegex *counter = g_regex_new("(__UNIQUE_ID_\\w*?|"
				      "__compiletime_assert_)\\d+\\b",
				      0, 0, NULL);
	char *out = g_regex_replace_literal(counter, text, -1, 0, "COUNTER", 0,
					    NULL);

	g_regex_unref(counter);
	return out;
}

static char *print(const struct func *f)
{
	GString *text = g_string_new(NULL);

	ir_print_func(text, f);
	return g_string_free(text, FALSE);
}

static bool same_names(const char *a, const char *b)
{
	char *s = mask(a ? a : ""), *t = mask(b ? b : "");
	bool same = !strcmp(s, t);

	g_free(s);
	g_free(t);
	return same;
}

/*
 * They may only differ where the text shows a __COUNTER__: it shows a constant
 * by its macro, whatever that is.
 */
static bool same_function(const struct func *f, const struct func *g)
{
	GBytes *a = ir_pack_func(f), *b = ir_pack_func(g);
	bool same = g_bytes_equal(a, b);

	g_bytes_unref(a);
	g_bytes_unref(b);
	if (!same) {
		char *s = print(f), *t = print(g);

		same = strcmp(s, t) && same_names(s, t);
		if (!same && g_getenv("SAME_IR_SHOW"))
			printf("---- plain\n%s---- precompiled\n%s", s, t);
		g_free(s);
		g_free(t);
	}
	return same;
}

static bool same_ops(const struct unit *a, const struct unit *b)
{
	bool same = a->ops->len == b->ops->len;
	guint i;

	for (i = 0; same && i < a->ops->len; i++) {
		const struct ops_entry *o = &g_array_index(
			a->ops, struct ops_entry, i);
		const struct ops_entry *p = &g_array_index(
			b->ops, struct ops_entry, i);

		same = o->record == p->record && o->member == p->member &&
		       o->function == p->function &&
		       same_names(o->variable, p->variable);
	}
	return same;
}

/* Takes what was compared by itself out of both. */
static bool same_frame(struct unit *a, struct unit *b)
{
	bool same = same_ops(a, b);
	GBytes *f, *g;

	g_array_set_size(a->ops, 0);
	g_array_set_size(b->ops, 0);
	f = ir_pack_frame(a);
	g = ir_pack_frame(b);
	same = same && g_bytes_equal(f, g);
	g_bytes_unref(f);
	g_bytes_unref(g);
	return same;
}

static bool has_input(const struct unit *u, const char *path)
{
	return g_ptr_array_find(u->inputs, path, NULL);
}

/* Files that only the one counts as read. */
static int missing(const struct unit *from, const struct unit *in)
{
	int n = 0;
	guint i;

	for (i = 0; i < from->inputs->len; i++)
		n += !has_input(in, from->inputs->pdata[i]);
	return n;
}

static bool same_functions(const struct unit *a, const struct unit *b)
{
	bool same = a->funcs->len == b->funcs->len;
	guint i;

	if (!same)
		printf("%s: %u and %u functions\n", a->file, a->funcs->len,
		       b->funcs->len);
	for (i = 0; same && i < a->funcs->len; i++) {
		const struct func *f = a->funcs->pdata[i];
		const struct func *g = b->funcs->pdata[i];

		if (f->name == g->name && same_function(f, g))
			continue;
		printf("%s: %s and %s differ\n", a->file, f->name, g->name);
		same = false;
	}
	return same;
}

static void compare(const struct compile_command *cmd, struct headers *h,
		    struct counts *n)
{
	struct frontend_options opt = { .inputs = true, .headers = h };
	struct unit *a, *b;
	double start = cpu(), middle;
	bool same = true;

	frontend_parse(cmd, &opt, &b);
	middle = cpu();
	opt.headers = NULL;
	frontend_parse(cmd, &opt, &a);
	n->units++;
	n->time += middle - start;
	n->plain_time += cpu() - middle;
	if (headers_doubt(h)) {
		n->plain++;
		printf("%s: plain: %s\n", cmd->file, headers_doubt(h));
	} else {
		int lost = missing(a, b), more = missing(b, a);

		same = same_functions(a, b) && same_frame(a, b) && !lost;
		if (lost)
			printf("%s: %d files are not counted\n", cmd->file,
			       lost);
		n->more_inputs += more > 0;
	}
	if (!same) {
		n->differ++;
		printf("%s: DIFFERS\n", cmd->file);
	}
	unit_free(a);
	unit_free(b);
}

static GPtrArray *commands(const struct compile_db *db, char **files, int n)
{
	GPtrArray *cmds = g_ptr_array_new_with_free_func(
		(GDestroyNotify)compile_command_free);
	int i;

	for (i = 0; i < n; i++) {
		char *path = g_canonicalize_filename(files[i], NULL);
		struct compile_command *cmd = compile_db_command(db, path);

		if (cmd)
			g_ptr_array_add(cmds, cmd);
		g_free(path);
	}
	return cmds;
}

static int run(GPtrArray *cmds, const char *dir)
{
	struct counts n = { 0 };
	double start = cpu(), build;
	struct headers *h;
	size_t i;
	guint k;

	h = headers_plan((const struct compile_command *const *)cmds->pdata,
			 cmds->len, dir);
	if (!h) {
		fprintf(stderr, "same_ir: too few units\n");
		return 2;
	}
	build = cpu();
	printf("planning: %.2f s\n", build - start);
	for (i = 0; i < headers_missing(h); i++)
		headers_build(h, i);
	printf("building %zu sets: %.2f s\n", headers_missing(h),
	       cpu() - build);
	for (k = 0; k < cmds->len; k++)
		compare(cmds->pdata[k], h, &n);
	headers_free(h);
	printf("%d units, %d of them plain, %d differ, %d with more inputs; "
	       "plain %.2f s, precompiled %.2f s\n", n.units, n.plain,
	       n.differ, n.more_inputs, n.plain_time, n.time);
	return n.differ != 0;
}

int main(int argc, char **argv)
{
	struct compile_db *db;
	char *error = NULL;
	GPtrArray *cmds;
	int ret;

	if (argc < 4) {
		fprintf(stderr, "usage: same_ir DIR FOLDER FILE...\n");
		return 2;
	}
	db = compile_db_load(argv[1], &error);
	if (!db) {
		fprintf(stderr, "same_ir: %s\n", error);
		g_free(error);
		return 2;
	}
	cmds = commands(db, argv + 3, argc - 3);
	ret = run(cmds, argv[2]);
	g_ptr_array_unref(cmds);
	compile_db_free(db);
	return ret;
}
