// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each memory lets two to four threads see: the classic shapes, with and
 * without what orders them. Each test is a program whose end asserts that the
 * weak result did not happen, and the memories under which it must.
 */
#include <glib.h>
#include <replay.h>

enum { TSO = 2, PSO = 4, ARM = 8, NEVER = 0,
       STORES = TSO | PSO | ARM, WEAK = PSO | ARM };

static struct world {
	int x, y, z;
	atomic_t n;
	unsigned long bits;
	spinlock_t s, t;
	struct rcu_head head;
	int *p;
} *w;
static int a, b, c, d;

static void setup(void)
{
	w = replay_new(struct world, "w");
	a = b = c = d = 0;
}

/*
 * A thread is named by what it does: stores Wx1, loads Rxa (x to a), fences m
 * (mb), w (wmb), r (rmb), and _rel, _acq.
 */
#define THREAD(name, ...)                     \
	static void name(void *arg)           \
	{                                     \
		__VA_ARGS__;                  \
	}
#define END(name, bad)                        \
	static void name(void)                \
	{                                     \
		replay_assert(!(bad));        \
	}

THREAD(Wx1, WRITE_ONCE(w->x, 1))
THREAD(Wy1, WRITE_ONCE(w->y, 1))
THREAD(Wx1_Wy1, WRITE_ONCE(w->x, 1); WRITE_ONCE(w->y, 1))
THREAD(Wx1_w_Wy1, WRITE_ONCE(w->x, 1); smp_wmb(); WRITE_ONCE(w->y, 1))
THREAD(Wx1_rel_Wy1, WRITE_ONCE(w->x, 1); smp_store_release(&w->y, 1))
THREAD(Wx1_Wy2, WRITE_ONCE(w->x, 1); WRITE_ONCE(w->y, 2))
THREAD(Wy1_Wx2, WRITE_ONCE(w->y, 1); WRITE_ONCE(w->x, 2))
THREAD(Wx1_w_Wy2, WRITE_ONCE(w->x, 1); smp_wmb(); WRITE_ONCE(w->y, 2))
THREAD(Wy1_w_Wx2, WRITE_ONCE(w->y, 1); smp_wmb(); WRITE_ONCE(w->x, 2))
THREAD(Wx1_Rya, WRITE_ONCE(w->x, 1); a = READ_ONCE(w->y))
THREAD(Wy1_Rxb, WRITE_ONCE(w->y, 1); b = READ_ONCE(w->x))
THREAD(Wx1_m_Rya, WRITE_ONCE(w->x, 1); smp_mb(); a = READ_ONCE(w->y))
THREAD(Wy1_m_Rxb, WRITE_ONCE(w->y, 1); smp_mb(); b = READ_ONCE(w->x))
THREAD(Wy2_Rxb, WRITE_ONCE(w->y, 2); b = READ_ONCE(w->x))
THREAD(Wy2_m_Rxb, WRITE_ONCE(w->y, 2); smp_mb(); b = READ_ONCE(w->x))
THREAD(Wx1_m_Wy1, WRITE_ONCE(w->x, 1); smp_mb(); WRITE_ONCE(w->y, 1))
THREAD(Rya_Rxb, a = READ_ONCE(w->y); b = READ_ONCE(w->x))
THREAD(Rya_r_Rxb, a = READ_ONCE(w->y); smp_rmb(); b = READ_ONCE(w->x))
THREAD(Rya_acq_Rxb, a = smp_load_acquire(&w->y); b = READ_ONCE(w->x))
THREAD(Rxa_Rxb, a = READ_ONCE(w->x); b = READ_ONCE(w->x))
THREAD(Rxa_Wy1, a = READ_ONCE(w->x); WRITE_ONCE(w->y, 1))
THREAD(Ryb_Wx1, b = READ_ONCE(w->y); WRITE_ONCE(w->x, 1))
THREAD(Rxa_rel_Wy1, a = READ_ONCE(w->x); smp_store_release(&w->y, 1))
THREAD(Ryb_acq_Rxc, b = smp_load_acquire(&w->y); c = READ_ONCE(w->x))
THREAD(Rxa_Ryb, a = READ_ONCE(w->x); b = READ_ONCE(w->y))
THREAD(Ryc_Rxd, c = READ_ONCE(w->y); d = READ_ONCE(w->x))
THREAD(Rxa_m_Ryb, a = READ_ONCE(w->x); smp_mb(); b = READ_ONCE(w->y))
THREAD(Ryc_m_Rxd, c = READ_ONCE(w->y); smp_mb(); d = READ_ONCE(w->x))
THREAD(Rya_Wx1, a = READ_ONCE(w->y); WRITE_ONCE(w->x, 1))
THREAD(Wx2_Wy1, WRITE_ONCE(w->x, 2); WRITE_ONCE(w->y, 1))
THREAD(Wx2_w_Wy1, WRITE_ONCE(w->x, 2); smp_wmb(); WRITE_ONCE(w->y, 1))
THREAD(Wx1_Rxb_Rya, WRITE_ONCE(w->x, 1); b = READ_ONCE(w->x);
       a = READ_ONCE(w->y))

THREAD(lock_Wx1_Wy1, spin_lock(&w->s); WRITE_ONCE(w->x, 1);
       WRITE_ONCE(w->y, 1); spin_unlock(&w->s))
THREAD(lock_Rya_Rxb, spin_lock(&w->s); a = READ_ONCE(w->y);
       b = READ_ONCE(w->x); spin_unlock(&w->s))
/* Unlock, then lock of another one: stores stay in order. */
THREAD(s_Wx1_t_Wy1, spin_lock(&w->s); WRITE_ONCE(w->x, 1);
       spin_unlock(&w->s); spin_lock(&w->t); WRITE_ONCE(w->y, 1);
       spin_unlock(&w->t))
/* But a store before both and a load after them do not, except on x86. */
THREAD(s_Wx1_t_Rya, spin_lock(&w->s); WRITE_ONCE(w->x, 1);
       spin_unlock(&w->s); spin_lock(&w->t); a = READ_ONCE(w->y);
       spin_unlock(&w->t))

THREAD(Wx1_inc_Rya, WRITE_ONCE(w->x, 1); atomic_inc(&w->n);
       a = READ_ONCE(w->y))
THREAD(Wx1_xchg_Rya, WRITE_ONCE(w->x, 1); atomic_inc_return(&w->n);
       a = READ_ONCE(w->y))
THREAD(Wy1_xchg_Rxb, WRITE_ONCE(w->y, 1); atomic_inc_return(&w->n);
       b = READ_ONCE(w->x))
THREAD(Wx1_relaxed_Wy1, WRITE_ONCE(w->x, 1);
       atomic_inc_return_relaxed(&w->n); WRITE_ONCE(w->y, 1))
THREAD(Wx1_set_bit, WRITE_ONCE(w->x, 1); set_bit(0, &w->bits))
THREAD(Wx1_unlock_bit, WRITE_ONCE(w->x, 1); clear_bit_unlock(1, &w->bits);
       set_bit(0, &w->bits))
THREAD(bit_r_Rxb, a = test_bit(0, &w->bits); smp_rmb();
       b = READ_ONCE(w->x))
THREAD(inc_inc, atomic_inc(&w->n); atomic_inc(&w->n))
THREAD(inc_read, atomic_inc(&w->n); a = atomic_read(&w->n))

/* Publishing a pointer, and following it. */
THREAD(publish, WRITE_ONCE(w->x, 1); rcu_assign_pointer(w->p, &w->x))
THREAD(publish_plain, WRITE_ONCE(w->x, 1); WRITE_ONCE(w->p, &w->x))
THREAD(follow, int *p = rcu_dereference(w->p);
       b = p ? READ_ONCE(*p) : 1)

/* The grace period: readers see all of what came before, or end before. */
THREAD(rcu_Rya_Rxb, rcu_read_lock(); a = READ_ONCE(w->y);
       b = READ_ONCE(w->x); rcu_read_unlock())
THREAD(Wx1_sync_Wy1, WRITE_ONCE(w->x, 1); synchronize_rcu();
       WRITE_ONCE(w->y, 1))
THREAD(rcu_Wx1_Wy1, rcu_read_lock(); WRITE_ONCE(w->x, 1);
       WRITE_ONCE(w->y, 1); rcu_read_unlock())
THREAD(Rya_sync_Rxb, a = READ_ONCE(w->y); synchronize_rcu();
       b = READ_ONCE(w->x))

/* Both release; the second one to come has not acquired. */
THREAD(clear_put, WRITE_ONCE(w->x, 1);
       a = atomic_fetch_add_release(1, &w->n))
THREAD(put_test, if (atomic_fetch_add_release(1, &w->n) == 1) {
	       b = 1;
	       c = READ_ONCE(w->x);
       })

END(sb, !a && !b)
END(mp, a && !b)
END(lb, a && b)
END(co, a && !b)
END(two, READ_ONCE(w->x) == 1 && READ_ONCE(w->y) == 1)
END(r, READ_ONCE(w->y) == 2 && !b)
END(s, a && READ_ONCE(w->x) == 2)
END(wrc, a && b && !c)
END(iriw, a && !b && c && !d)
END(own, !b)
END(lost, atomic_read(&w->n) != 3)
END(own_inc, a == 0)
END(dependency, !b)
END(put, b && !c)

struct litmus {
	const char *name;
	void (*threads[4])(void *arg);
	void (*end)(void);
	int seen; /* memories under which the assertion fails */
};

static const struct litmus table[] = {
	{ "sb", { Wx1_Rya, Wy1_Rxb }, sb, STORES },
	{ "sb+mb", { Wx1_m_Rya, Wy1_m_Rxb }, sb, NEVER },
	{ "sb+mb+po", { Wx1_m_Rya, Wy1_Rxb }, sb, STORES },
	{ "forwarding", { Wx1_Rxb_Rya, Wy1 }, own, NEVER },
	{ "sb+atomic_inc", { Wx1_inc_Rya, Wy1_m_Rxb }, sb, WEAK },
	{ "sb+inc_return", { Wx1_xchg_Rya, Wy1_xchg_Rxb }, sb, NEVER },
	{ "sb+unlock-lock", { s_Wx1_t_Rya, Wy1_m_Rxb }, sb, WEAK },
	{ "mp", { Wx1_Wy1, Rya_Rxb }, mp, WEAK },
	{ "mp+wmb", { Wx1_w_Wy1, Rya_Rxb }, mp, ARM },
	{ "mp+rmb", { Wx1_Wy1, Rya_r_Rxb }, mp, WEAK },
	{ "mp+wmb+rmb", { Wx1_w_Wy1, Rya_r_Rxb }, mp, NEVER },
	{ "mp+release+acquire", { Wx1_rel_Wy1, Rya_acq_Rxb }, mp, NEVER },
	{ "mp+release", { Wx1_rel_Wy1, Rya_Rxb }, mp, ARM },
	{ "mp+acquire", { Wx1_Wy1, Rya_acq_Rxb }, mp, WEAK },
	{ "mp+locks", { lock_Wx1_Wy1, lock_Rya_Rxb }, mp, NEVER },
	{ "mp+unlock-lock", { s_Wx1_t_Wy1, Rya_r_Rxb }, mp, NEVER },
	{ "mp+relaxed", { Wx1_relaxed_Wy1, Rya_r_Rxb }, mp, WEAK },
	{ "mp+set_bit", { Wx1_set_bit, bit_r_Rxb }, mp, WEAK },
	{ "mp+clear_bit_unlock", { Wx1_unlock_bit, bit_r_Rxb }, mp, NEVER },
	{ "mp+publish", { publish, follow }, dependency, NEVER },
	{ "mp+publish plain", { publish_plain, follow }, dependency, WEAK },
	{ "lb", { Rxa_Wy1, Ryb_Wx1 }, lb, NEVER },
	{ "corr", { Wx1, Rxa_Rxb }, co, NEVER },
	{ "2+2w", { Wx1_Wy2, Wy1_Wx2 }, two, WEAK },
	{ "2+2w+wmb", { Wx1_w_Wy2, Wy1_w_Wx2 }, two, NEVER },
	{ "r", { Wx1_Wy1, Wy2_Rxb }, r, STORES },
	{ "r+mb", { Wx1_m_Wy1, Wy2_m_Rxb }, r, NEVER },
	{ "s", { Wx2_Wy1, Rya_Wx1 }, s, WEAK },
	{ "s+wmb", { Wx2_w_Wy1, Rya_Wx1 }, s, NEVER },
	{ "wrc", { Wx1, Rxa_Wy1, Ryb_acq_Rxc }, wrc, NEVER },
	{ "wrc+release", { Wx1, Rxa_rel_Wy1, Ryb_acq_Rxc }, wrc, NEVER },
	{ "iriw", { Wx1, Wy1, Rxa_Ryb, Ryc_Rxd }, iriw, ARM },
	{ "iriw+mb", { Wx1, Wy1, Rxa_m_Ryb, Ryc_m_Rxd }, iriw, NEVER },
	{ "increments", { inc_inc, inc_read }, lost, NEVER },
	{ "own increment", { inc_read, Wx1 }, own_inc, NEVER },
	{ "rcu reader of two", { rcu_Rya_Rxb, Wx1_sync_Wy1 }, mp, NEVER },
	{ "rcu writer of two", { rcu_Wx1_Wy1, Rya_sync_Rxb }, mp, NEVER },
	{ "put without acquire", { clear_put, put_test }, put, ARM },
};

static bool fails(const struct litmus *l, enum replay_memory memory)
{
	struct replay_thread threads[4];
	struct replay_program program = {
		.name = l->name, .setup = setup,
		.threads = threads, .at_rest = l->end,
	};
	struct replay_options options = { .memory = memory,
					  .mode = REPLAY_DPOR };
	struct replay_result result;
	bool failed;

	while (program.n_threads < 4 && l->threads[program.n_threads]) {
		threads[program.n_threads] = (struct replay_thread){
			"thread", l->threads[program.n_threads], NULL
		};
		program.n_threads++;
	}
	g_assert_cmpint(replay_explore(&program, &options, &result), ==, 0);
	failed = result.failure != REPLAY_OK;
	g_assert_true(failed || result.whole_space);
	replay_result_clear(&result);
	return failed;
}

static void test(gconstpointer data)
{
	const struct litmus *l = data;
	int seen = 0, m;

	for (m = 0; m < REPLAY_N_MEMORIES; m++)
		seen |= fails(l, (enum replay_memory)m) << m;
	g_assert_cmphex(seen, ==, l->seen);
}

int main(int argc, char **argv)
{
	size_t i;

	g_test_init(&argc, &argv, NULL);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		char *path = g_strdup_printf("/litmus/%s", table[i].name);

		g_test_add_data_func(path, &table[i], test);
		g_free(path);
	}
	return g_test_run();
}
