// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence survives packing, is summed by place, and is refused when damaged.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "flow/evidence.h"
#include "flow/flow.h"
#include "frontend/frontend.h"
#include "mine/mine.h"

static const char text[] =
	"typedef struct { int counter; } atomic_t;\n"
	"typedef struct { atomic_t refs; } refcount_t;\n"
	"typedef struct { int raw; } spinlock_t;\n"
	"void spin_lock(spinlock_t *l);\n"
	"void spin_unlock(spinlock_t *l);\n"
	"void refcount_inc(refcount_t *r);\n"
	"_Bool refcount_dec_and_test(refcount_t *r);\n"
	"void kfree(const void *p);\n"
	"struct node { refcount_t refs; spinlock_t lock; int cached : 1; };\n"
	"void other(struct node *n);\n"
	"static void put(struct node *n)\n"
	"{\n"
	"	if (refcount_dec_and_test(&n->refs))\n"
	"		kfree(n);\n"
	"}\n"
	"void keep(struct node *n)\n"
	"{\n"
	"	spin_lock(&n->lock);\n"
	"	if (!n->cached) {\n"
	"		refcount_inc(&n->refs);\n"
	"		n->cached = 1;\n"
	"	}\n"
	"	spin_unlock(&n->lock);\n"
	"	other(n);\n"
	"}\n"
	"void drop(struct node *n)\n"
	"{\n"
	"	spin_lock(&n->lock);\n"
	"	if (!n->cached) {\n"
	"		spin_unlock(&n->lock);\n"
	"		return;\n"
	"	}\n"
	"	n->cached = 0;\n"
	"	spin_unlock(&n->lock);\n"
	"	put(n);\n"
	"}\n";

static struct evidence *collected(void)
{
	const char *const args[] = { "-std=gnu11", NULL };
	char *dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	char *path = g_build_filename(dir, "x.c", NULL);
	struct model *m = model_new_builtin();
	struct compile_command *cmd;
	struct evidence *e;
	struct flow *fl;
	struct unit *u;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	cmd = compile_command_new(dir, path, args);
	g_assert_cmpint(frontend_parse(cmd, NULL, &u), ==, 0);
	fl = flow_new(u, m, NULL);
	e = evidence_collect(fl);
	evidence_resolve_files(e, dir);
	flow_free(fl);
	unit_free(u);
	model_free(m);
	compile_command_free(cmd);
	g_remove(path);
	g_rmdir(dir);
	g_free(path);
	g_free(dir);
	return e;
}

static const struct evidence_site *site(const struct evidence *e,
					enum evidence_kind kind, int line)
{
	guint i;

	for (i = 0; i < e->sites->len; i++) {
		const struct evidence_site *s = e->sites->pdata[i];

		if (s->kind == kind && s->line == line && s->in == s->func)
			return s;
	}
	g_assert_not_reached();
}

static void test_collect(void)
{
	struct evidence *e = collected();
	const struct evidence_site *s = site(e, EVIDENCE_SET, 21);

	g_assert_cmpstr(s->record, ==, "node");
	g_assert_cmpstr(s->name, ==, "cached");
	g_assert_cmpstr(s->func, ==, "keep");
	g_assert_cmpint(s->n_locks, ==, 1);
	g_assert_cmpstr(s->locks[0], ==, "node.lock");
	g_assert_cmpint(s->n_refs, >=, 1);
	g_assert_cmpint(s->refs[0].kind, ==, EVIDENCE_GET);
	g_assert_cmpstr(s->refs[0].name, ==, "refs");
	g_assert_cmpint(s->refs[0].with, ==, s->paths);
	s = site(e, EVIDENCE_CLEAR, 33);
	g_assert_cmpint(s->refs[0].kind, ==, EVIDENCE_PUT);
	g_assert_cmpint(s->known, >, 0);
	site(e, EVIDENCE_CALL, 24);
	evidence_free(e);
}

static bool nothing(const char *function, void *data)
{
	return false;
}

static void test_mine(void)
{
	struct evidence *e = collected(), *sum = evidence_new();
	const struct mine_model known = { nothing, nothing, NULL };
	const struct mined_pair *p;
	struct mining *m;

	evidence_add(sum, e);
	m = mine(sum, &known);
	g_assert_cmpuint(m->pairs->len, ==, 1);
	p = m->pairs->pdata[0];
	g_assert_true(p->strict);
	g_assert_cmpstr(p->flag, ==, "cached");
	g_assert_cmpstr(p->lock, ==, "lock");
	g_assert_cmpint(p->gets, ==, 1);
	g_assert_cmpint(p->puts, ==, 1);
	mining_free(m);
	evidence_free(sum);
	evidence_free(e);
}

static void test_pack(void)
{
	struct evidence *e = collected(), *back;
	GBytes *bytes = evidence_pack(e), *again;

	back = evidence_unpack(bytes);
	g_assert_nonnull(back);
	g_assert_cmpuint(back->sites->len, ==, e->sites->len);
	g_assert_cmpuint(back->funcs->len, ==, e->funcs->len);
	g_assert_cmpuint(back->counts->len, ==, e->counts->len);
	again = evidence_pack(back);
	g_assert_true(g_bytes_equal(bytes, again));
	g_bytes_unref(again);
	g_bytes_unref(bytes);
	evidence_free(back);
	evidence_free(e);
}

/* The same unit twice is the same places; another adds its own. */
static void test_add(void)
{
	struct evidence *e = collected(), *sum = evidence_new();
	guint sites;

	evidence_add(sum, e);
	sites = sum->sites->len;
	g_assert_cmpuint(sites, ==, e->sites->len);
	evidence_add(sum, e);
	g_assert_cmpuint(sum->sites->len, ==, sites);
	g_assert_cmpuint(sum->funcs->len, ==, e->funcs->len);
	evidence_free(e);
	/* another folder: other files */
	e = collected();
	evidence_add(sum, e);
	g_assert_cmpuint(sum->sites->len, ==, 2 * sites);
	g_assert_cmpuint(sum->counts->len, ==, e->counts->len);
	evidence_free(e);
	evidence_free(sum);
}

static void test_damage(void)
{
	struct evidence *e = collected(), *back;
	GBytes *bytes = evidence_pack(e), *bad;
	gsize n, i;
	const guchar *data = g_bytes_get_data(bytes, &n);
	guchar *copy;

	for (i = 0; i < n; i++) {
		copy = g_memdup2(data, n);
		copy[i] ^= 0xff;
		bad = g_bytes_new_take(copy, i % 2 ? n : i);
		back = evidence_unpack(bad);
		g_assert_true(i % 2 || !back);
		evidence_free(back);
		g_bytes_unref(bad);
	}
	g_bytes_unref(bytes);
	evidence_free(e);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evidence/collect", test_collect);
	g_test_add_func("/evidence/mine", test_mine);
	g_test_add_func("/evidence/pack", test_pack);
	g_test_add_func("/evidence/add", test_add);
	g_test_add_func("/evidence/damage", test_damage);
	return g_test_run();
}
