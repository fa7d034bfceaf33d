// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is packed comes back the same; what is damaged on the way is refused,
 * or comes back as something valid.
 */
#include <glib.h>

#include "base/wire.h"
#include "ir/pack.h"
#include "ir/uses.h"
#include "lowered.h"

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
	struct unit *u = lowered(text), *copy = copied(u);
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
	g_assert_cmpuint(u->homes->len, >, 0);
	g_assert_cmpuint(copy->homes->len, ==, u->homes->len);
	g_assert_cmpstr(g_array_index(copy->ops, struct ops_entry, 0).function,
			==, "get");
	g_bytes_unref(b);
	g_bytes_unref(c);
	g_free(before);
	g_free(after);
	unit_free(u);
	unit_free(copy);
}

static void unpack_anyhow(GBytes *b, void *data)
{
	struct unit *u = unit_new("x.c");
	struct func *f = ir_unpack_func(u, b);
	char *wrong = f ? ir_validate(f) : NULL;

	g_assert_null(wrong);
	unit_free(u);
}

static void test_damage(void)
{
	struct unit *u = lowered(text);

	damage_all(ir_pack_func(unit_find(u, g_intern_string("pinned"))),
		   unpack_anyhow, NULL);
	unit_free(u);
}

static void test_member_without_name(void)
{
	static const struct use_member nameless = { "pool", NULL };
	struct unit *u = lowered(text);
	struct uses *uses = uses_of(u->funcs->pdata[0]);
	GBytes *b = uses_pack(uses);
	struct uses *copy = uses_unpack(b);

	g_assert_nonnull(copy);
	uses_free(copy);
	g_bytes_unref(b);
	g_array_append_val(uses->members, nameless);
	b = uses_pack(uses);
	g_assert_null(uses_unpack(b));
	g_bytes_unref(b);
	uses_free(uses);
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
	g_test_add_func("/pack/member-without-name",
			test_member_without_name);
	return g_test_run();
}
