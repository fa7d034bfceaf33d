// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is packed comes back the same; what is damaged on the way is refused,
 * or comes back as something valid.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "base/wire.h"
#include "frontend/frontend.h"
#include "ir/pack.h"

static const char text[] =
	"#define READY 2\n"
	"struct lock { int raw; };\n"
	"struct ops { int (*get)(void *); };\n"
	"struct owner { struct lock lock; unsigned long flags; int bit : 1;\n"
	"	struct owner *next; int refs[4]; };\n"
	"extern void unlock(struct lock **l);\n"
	"extern int opaque(struct owner *o, const char *why);\n"
	"static int get(void *p) { return ((struct owner *)p)->refs[1]++; }\n"
	"static const struct ops ops = { .get = get };\n"
	"int pinned(struct owner *o, int how)\n"
	"{\n"
	"	struct lock *l __attribute__((cleanup(unlock))) = &o->lock;\n"
	"	switch (how) {\n"
	"	case READY: o->flags |= 1ul << READY; break;\n"
	"	case 5 ... 9: return -1;\n"
	"	default: o->bit = !o->bit && ops.get(o) > -3;\n"
	"	}\n"
	"	while ((o = o->next))\n"
	"		if (opaque(o, \"why\"))\n"
	"			__asm__ volatile(\"\" : \"=r\"(how) :: \"memory\");\n"
	"	return how ? how : l->raw;\n"
	"}\n"
	"int broken(void) { return nowhere; }\n";

static struct unit *lowered(void)
{
	const char *const args[] = { "-std=gnu11", NULL };
	char *dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	char *path = g_build_filename(dir, "x.c", NULL);
	struct compile_command *cmd;
	struct unit *u;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	cmd = compile_command_new(dir, "x.c", args);
	g_assert_cmpint(frontend_parse(cmd, NULL, &u), ==, 0);
	g_remove(path);
	g_rmdir(dir);
	compile_command_free(cmd);
	g_free(path);
	g_free(dir);
	return u;
}

/* @u, packed and unpacked. */
static struct unit *copied(const struct unit *u)
{
	struct unit *copy = unit_new(u->file);
	GBytes *b = ir_pack_frame(u);
	guint i;

	g_assert_true(ir_unpack_frame(copy, b));
	g_bytes_unref(b);
	for (i = 0; i < u->funcs->len; i++) {
		b = ir_pack_func(u->funcs->pdata[i]);
		g_assert_nonnull(ir_unpack_func(copy, b));
		g_bytes_unref(b);
	}
	return copy;
}

static char *printed(const struct unit *u)
{
	GString *out = g_string_new(NULL);

	ir_print_unit(out, u);
	return g_string_free(out, FALSE);
}

static void test_same(void)
{
	struct unit *u = lowered(), *copy = copied(u);
	char *before = printed(u), *after = printed(copy);
	const struct func *f = unit_find(u, g_intern_string("pinned"));
	const struct func *g = unit_find(copy, g_intern_string("pinned"));
	GBytes *b = ir_pack_func(f), *c = ir_pack_func(g);

	g_assert_cmpuint(u->funcs->len, ==, 2);
	g_assert_cmpstr(before, ==, after);
	g_assert_true(g_bytes_equal(b, c));
	g_assert_cmpuint(copy->skips->len, ==, 1);
	g_assert_cmpuint(copy->diagnostics->len, ==, u->diagnostics->len);
	g_assert_cmpuint(copy->ops->len, ==, u->ops->len);
	g_assert_cmpstr(g_array_index(copy->ops, struct ops_entry, 0).function,
			==, "get");
	g_bytes_unref(b);
	g_bytes_unref(c);
	g_free(before);
	g_free(after);
	unit_free(u);
	unit_free(copy);
}

static void unpack_anyhow(const guint8 *data, gsize n)
{
	struct unit *u = unit_new("x.c");
	GBytes *b = g_bytes_new(data, n);
	struct func *f = ir_unpack_func(u, b);
	char *wrong = f ? ir_validate(f) : NULL;

	g_assert_null(wrong);
	g_bytes_unref(b);
	unit_free(u);
}

/* Every byte with some other values, and every length. */
static void test_damage(void)
{
	static const guint8 xors[] = { 1, 2, 0x40, 0x80, 0xff };
	struct unit *u = lowered();
	GBytes *b = ir_pack_func(unit_find(u, g_intern_string("pinned")));
	gsize n, i, k;
	guint8 *data = g_bytes_unref_to_data(b, &n);

	for (i = 0; i < n; i++) {
		for (k = 0; k < G_N_ELEMENTS(xors); k++) {
			data[i] ^= xors[k];
			unpack_anyhow(data, n);
			data[i] ^= xors[k];
		}
		unpack_anyhow(data, i);
	}
	g_free(data);
	unit_free(u);
}

static void test_numbers(void)
{
	static const gint64 values[] = { 0, 1, -1, 63, 64, -64, -65, G_MAXINT,
					 G_MININT, G_MAXINT64, G_MININT64 };
	struct wire *w = wire_writer();
	GBytes *b;
	gint64 v;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(values); i++) {
		v = values[i];
		wire_int64(w, &v);
	}
	b = wire_finish(w);
	w = wire_reader(b);
	for (i = 0; i < G_N_ELEMENTS(values); i++) {
		wire_int64(w, &v);
		g_assert_cmpint(v, ==, values[i]);
	}
	g_assert_true(wire_done(w));
	g_bytes_unref(b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pack/numbers", test_numbers);
	g_test_add_func("/pack/same", test_same);
	g_test_add_func("/pack/damage", test_damage);
	return g_test_run();
}
