// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random event lists, as text: two or three threads over two objects, with all
 * kinds of ops. Jumps go forward or around a wait, so that every local run
 * ends.
 */
#include "events.h"

struct maker {
	GString *out;
	GRand *rand;
	int label;	/* the next */
	int depth;	/* of nested blocks */
	bool agent;	/* these start no agents, or they might go on for ever */
};

static int pick(struct maker *m, int n)
{
	return g_rand_int_range(m->rand, 0, n);
}

static const char *one_of(struct maker *m, const char *const names[])
{
	return names[pick(m, (int)g_strv_length((char **)names))];
}

static const char *object(struct maker *m)
{
	static const char *const names[] = {
		"&a", "&a", "&a", "&a", "&b", "&b", "o", "o", NULL,
	};

	return one_of(m, names);
}

static const char *word(struct maker *m)
{
	static const char *const names[] = { "n", "w", "w", "p", NULL };

	return one_of(m, names);
}

static const char *reg(struct maker *m)
{
	static const char *const names[] = { "r", "q", NULL };

	return one_of(m, names);
}

static const char *lock_kind(struct maker *m)
{
	return one_of(m, (const char *const[]){ "spin", "mutex", "write",
						"bit", NULL });
}

static const char *condition(struct maker *m)
{
	static const char *const texts[] = {
		"r", "q", "!r", "(r == 1)", "(q != 0)", "(r & 2)", "(r < q)",
		"(r >= 1)", "((r + q) > 1)", "(r || q)", "(-r <= q)",
		"((r ^ q) && 1)", "(~q | r)", NULL,
	};

	return one_of(m, texts);
}

static void put_any_access(struct maker *m)
{
	const char *o = object(m), *w = word(m);
	int number = pick(m, 3);

	switch (pick(m, 12)) {
	case 0: case 1: case 2:
		g_string_append_printf(m->out, "%s = load %s->%s\n", reg(m), o,
				       w);
		return;
	case 3: case 4:
		g_string_append_printf(m->out, "store %s->%s %d\n", o, w,
				       number);
		return;
	case 5:
		g_string_append_printf(m->out, "store %s->%s %s\n", o, w,
				       reg(m));
		return;
	case 6:
		g_string_append_printf(m->out, "add %s->n %d\n", o,
				       pick(m, 2) ? 1 : -1);
		return;
	case 7:
		g_string_append_printf(m->out, "%s = add %s->%s %d full\n",
				       reg(m), o, w, pick(m, 2) ? 1 : -1);
		return;
	case 8:
		g_string_append_printf(m->out, "%s = %s %s->w %d full\n",
				       reg(m), pick(m, 2) ? "or" : "andnot", o,
				       1 + number);
		return;
	case 9:
		g_string_append_printf(m->out, "%s = xchg %s->w %d\n", reg(m),
				       o, number);
		return;
	case 10:
		g_string_append_printf(m->out, "%s = cmpxchg %s->%s %d %d\n",
				       reg(m), o, w, number, pick(m, 3));
		return;
	default:
		g_string_append_printf(m->out,
				       "%s = add_unless %s->n 0 1 full\n",
				       reg(m), o);
		return;
	}
}

static void put_access(struct maker *m)
{
	put_any_access(m);
	if (pick(m, 6))
		return;
	g_string_truncate(m->out, m->out->len - 1);
	g_string_append(m->out, " suspect\n");
}

static void put_block(struct maker *m, int n);

static void put_if(struct maker *m)
{
	int label = m->label++;

	g_string_append_printf(m->out, "branch %s L%d\n", condition(m), label);
	put_block(m, 2);
	g_string_append_printf(m->out, "L%d:\n", label);
}

static void put_locked(struct maker *m)
{
	const char *o = pick(m, 3) ? "&a" : "&b", *l = pick(m, 3) ? "l" : "k";
	bool read = !pick(m, 4);
	const char *kind = read ? "read" : lock_kind(m);
	int label = m->label++;
	bool try = !pick(m, 3);

	if (try)
		g_string_append_printf(m->out, "q = trylock %s %s->%s\n"
				       "branch !q L%d\n", kind, o, l, label);
	else
		g_string_append_printf(m->out, "lock %s %s->%s\n", kind, o, l);
	put_block(m, 2);
	g_string_append_printf(m->out, "unlock %s %s->%s\n", kind, o, l);
	g_string_append_printf(m->out, "L%d:\n", label);
}

static void put_rcu(struct maker *m)
{
	if (!pick(m, 3)) {
		g_string_append(m->out, "synchronize\n");
		return;
	}
	g_string_append(m->out, "rcu_lock\n");
	put_block(m, 2);
	g_string_append(m->out, "rcu_unlock\n");
}

static void put_wait(struct maker *m)
{
	int label = m->label++;
	const char *o = object(m);

	if (pick(m, 2))
		g_string_append_printf(m->out, "W%d:\nprepare %s->w\n"
			"r = load %s->w\nbranch %s X%d\nschedule\ngoto W%d\n"
			"X%d:\nfinish\n", label, o, o, condition(m), label,
			label, label);
	else
		g_string_append_printf(m->out, "W%d:\nr = load %s->w\n"
			"branch %s X%d\nrelax\ngoto W%d\nX%d:\n", label, o,
			condition(m), label, label, label);
}

static void put_wake(struct maker *m)
{
	const char *o = object(m);

	g_string_append_printf(m->out, "store %s->w %d\nwake %s->w\n", o,
			       pick(m, 3), o);
}

static void put_lifetime(struct maker *m)
{
	switch (pick(m, m->agent ? 3 : 5)) {
	case 0:
		g_string_append_printf(m->out, "free %s\n", object(m));
		return;
	case 1:
		g_string_append(m->out, "o = alloc t\n");
		return;
	case 2:
		g_string_append_printf(m->out, "use %s\n", object(m));
		return;
	case 3:
		g_string_append_printf(m->out, "%s = start AGENT %s\n", reg(m),
				       object(m));
		return;
	default:
		g_string_append_printf(m->out, "call_rcu CALLBACK %s\n",
				       object(m));
		return;
	}
}

static void put_local(struct maker *m)
{
	switch (pick(m, 6)) {
	case 0:
		g_string_append_printf(m->out, "%s = choose %d\n", reg(m),
				       2 + pick(m, 2));
		return;
	case 1:
		g_string_append_printf(m->out, "assert %s\n", condition(m));
		return;
	case 2:
		g_string_append_printf(m->out, "%s = set %s\n", reg(m),
				       condition(m));
		return;
	case 3:
		g_string_append(m->out, "fence full\n");
		return;
	case 4:
		g_string_append_printf(m->out, "o = set %s\n",
				       pick(m, 2) ? "&a" : "&b");
		return;
	default:
		put_if(m);
		return;
	}
}

static void put_block(struct maker *m, int n)
{
	if (++m->depth > 3)
		n = 0;
	for (; n > 0; n--) {
		int kind = pick(m, 20);

		if (kind < 9)
			put_access(m);
		else if (kind < 12)
			put_local(m);
		else if (kind < 14)
			put_locked(m);
		else if (kind < 15)
			put_rcu(m);
		else if (kind < 16)
			put_wait(m);
		else if (kind < 18)
			put_wake(m);
		else
			put_lifetime(m);
	}
	m->depth--;
}

static void put_thread(struct maker *m, const char *name, bool agent)
{
	m->agent = agent;
	g_string_append_printf(m->out, "thread %s%s\nreg o %d\nreg r\nreg q\n",
			       name, agent ? " agent" : "", 1 + pick(m, 2));
	/*
	 * An assertion before the first op that others see fails before all
	 * else in the step machine, and beside it on the runtime.
	 */
	g_string_append(m->out, "use &g\n");
	put_block(m, agent ? 2 : 3 + pick(m, 2));
	g_string_append(m->out, "end\n");
}

char *events_random(guint32 seed)
{
	struct maker m = {
		.out = g_string_new(NULL),
		.rand = g_rand_new_with_seed(seed),
	};
	int n_threads = 2 + !pick(&m, 4), i;
	static const char *const names[] = { "t0", "t1", "t2" };

	g_string_append_printf(m.out, "program random_%u\n"
		"type u\nfield v\n"
		"type t%s\nfield n count\nfield w\nfield p pointer\n"
		"field l lock\nfield k lock\n"
		"object a t n=1 p=%d\nobject b t n=2 p=1\n"
		"object c t pool n=1 w=2\nobject g u\n", seed,
		pick(&m, 5) ? "" : " stable", pick(&m, 3));
	if (!pick(&m, 3))
		g_string_append_printf(m.out, "invariant t \"at rest\" "
				       "(n < %d)\n", 1 + pick(&m, 3));
	for (i = 0; i < n_threads; i++)
		put_thread(&m, names[i], false);
	put_thread(&m, "agent", true);
	put_thread(&m, "callback", true);
	g_string_replace(m.out, "AGENT", n_threads == 2 ? "2" : "3", 0);
	g_string_replace(m.out, "CALLBACK", n_threads == 2 ? "3" : "4", 0);
	g_rand_free(m.rand);
	return g_string_free(m.out, FALSE);
}
