// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differential fuzz of the replay runtime. Random programs over the kernel's
 * vocabulary are explored in all modes under all memories; the sets of their
 * final outcomes (registers, memory, failures) must be the same. The plain
 * search is the judge: it leaves nothing out.
 *
 *	replay_fuzz [--seed N] [--programs N] [--limit EXECUTIONS]
 *
 * Prints each mismatch with its program, then how many comparisons were made;
 * exits with 1 if one failed. A program with more executions than the limit,
 * under some memory, is not counted there; the search with sleep sets judges
 * where only the plain one is too large.
 */
#include <getopt.h>
#include <replay.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INSTRUCTIONS 12
#define MAX_REGISTERS 12
#define N_VARS 3
#define N_LOCKS 2

enum code {
	LOAD, STORE, LOAD_ACQUIRE, STORE_RELEASE, DEREFERENCE,
	MB, RMB, WMB,
	INC, INC_RETURN, ADD_RELAXED, CMPXCHG, INC_NOT_ZERO, DEC_AND_TEST,
	SET_BIT, CLEAR_BIT, TEST_BIT, TEST_AND_SET, TEST_AND_CLEAR, LOAD_BITS,
	LOCK, UNLOCK, TRYLOCK, READ_LOCK, READ_UNLOCK,
	CHOOSE, OPAQUE, SKIP_IF_ZERO,
	WAIT, STORE_AND_WAKE, SPIN, SPIN_TWO, WAIT_BIT,
	RCU_LOCK, RCU_UNLOCK, RCU_SYNC, RCU_CALL,
	FREE, ACCESS, QUEUE, CANCEL, COMPLETE, COMPLETION,
	POINT, ASSIGN, SWAP, FOLLOW, LINK, FOLLOW_LINK, FILL, LOOK,
	N_CODES,
};

static const char *const code_names[N_CODES] = {
	"load", "store", "load_acquire", "store_release", "dereference",
	"mb", "rmb", "wmb",
	"inc", "inc_return", "add_relaxed", "cmpxchg", "inc_not_zero",
	"dec_and_test",
	"set_bit", "clear_bit", "test_bit", "test_and_set", "test_and_clear",
	"load_bits",
	"lock", "unlock", "trylock", "read_lock", "read_unlock",
	"choose", "opaque", "skip_if_zero",
	"wait", "store_and_wake", "spin", "spin_two", "wait_bit",
	"rcu_lock", "rcu_unlock", "rcu_sync", "rcu_call",
	"free", "access", "queue", "cancel", "complete", "completion",
	"point", "assign", "swap", "follow", "link", "follow_link", "fill",
	"look",
};

struct instruction {
	enum code code;
	unsigned int what; /* variable, lock, bit */
	unsigned int value;
	unsigned int skip; /* how many to leave out */
};

struct script {
	struct instruction code[MAX_INSTRUCTIONS];
	unsigned int n;
};

/* An object of its own: what is reached through a pointer. */
struct cell {
	int value;
	struct cell *next;
};

struct world {
	int vars[N_VARS];
	atomic_t count;
	unsigned long bits;
	spinlock_t locks[N_LOCKS];
	struct rw_semaphore sem;
	wait_queue_head_t queue;
	struct completion done;
	struct rcu_head rcu[3];
	struct work_struct work;
	int *object;
	struct cell *cells[N_VARS]; /* constant */
	struct cell *head;
};

static struct script scripts[3];
static struct world *w;
static int registers[3][MAX_REGISTERS];
static bool uses_work;

/*
 * Running a script
 */

static void callback(struct rcu_head *head)
{
	WRITE_ONCE(w->vars[0], 7);
}

static void work(struct work_struct *item)
{
	WRITE_ONCE(w->vars[1], READ_ONCE(w->vars[0]) + 5);
}

static int run_memory(const struct instruction *i)
{
	int *var = &w->vars[i->what % N_VARS];

	switch (i->code) {
	case LOAD:
		return READ_ONCE(*var);
	case STORE:
		WRITE_ONCE(*var, (int)i->value);
		return 0;
	case LOAD_ACQUIRE:
		return smp_load_acquire(var);
	case STORE_RELEASE:
		smp_store_release(var, (int)i->value);
		return 0;
	case DEREFERENCE:
		return rcu_dereference(*var);
	case MB:
		smp_mb();
		return 0;
	case RMB:
		smp_rmb();
		return 0;
	case WMB:
		smp_wmb();
		return 0;
	default:
		return 0;
	}
}

static int run_atomic(const struct instruction *i)
{
	unsigned int bit = i->what % 2;

	switch (i->code) {
	case INC:
		atomic_inc(&w->count);
		return 0;
	case INC_RETURN:
		return atomic_inc_return(&w->count);
	case ADD_RELAXED:
		return atomic_add_return_relaxed(2, &w->count);
	case CMPXCHG:
		return cmpxchg(&w->vars[i->what % N_VARS], 0, (int)i->value);
	case INC_NOT_ZERO:
		return atomic_inc_not_zero(&w->count);
	case DEC_AND_TEST:
		return atomic_dec_and_test(&w->count);
	case SET_BIT:
		set_bit(bit, &w->bits);
		return 0;
	case CLEAR_BIT:
		clear_bit(bit, &w->bits);
		return 0;
	case TEST_BIT:
		return test_bit(bit, &w->bits);
	case TEST_AND_SET:
		return test_and_set_bit(bit, &w->bits);
	case TEST_AND_CLEAR:
		return test_and_clear_bit(bit, &w->bits);
	case LOAD_BITS:
		return (int)READ_ONCE(w->bits);
	default:
		return 0;
	}
}

/* Which of the two ended it, what the other one was, after how many looks. */
static int spin_on_two(void)
{
	int a, b, looks;

	for (looks = 0;; looks++) {
		a = READ_ONCE(w->vars[0]);
		b = READ_ONCE(w->vars[1]);
		if (a || b)
			return 16 * looks + 4 * a + b;
		cpu_relax();
	}
}

static int spin_on_one(void)
{
	int looks;

	for (looks = 0; !READ_ONCE(w->vars[2]); looks++)
		cpu_relax();
	return looks;
}

static int run_waiting(const struct instruction *i)
{
	switch (i->code) {
	case WAIT:
		wait_event(w->queue, READ_ONCE(w->vars[2]));
		return 0;
	case STORE_AND_WAKE:
		WRITE_ONCE(w->vars[2], 1);
		wake_up(&w->queue);
		return 0;
	case SPIN:
		return spin_on_one();
	case SPIN_TWO:
		return spin_on_two();
	case WAIT_BIT:
		while (test_and_set_bit_lock(5, &w->bits))
			cpu_relax();
		clear_bit_unlock(5, &w->bits);
		return 0;
	case COMPLETE:
		complete(&w->done);
		return 0;
	case COMPLETION:
		wait_for_completion(&w->done);
		return 0;
	default:
		return 0;
	}
}

static int run_later(const struct instruction *i)
{
	switch (i->code) {
	case RCU_LOCK:
		rcu_read_lock();
		return 0;
	case RCU_UNLOCK:
		rcu_read_unlock();
		return 0;
	case RCU_SYNC:
		synchronize_rcu();
		return 0;
	case RCU_CALL:
		call_rcu(&w->rcu[replay_current()], callback);
		return 0;
	case FREE:
		kfree(w->object);
		return 0;
	case ACCESS:
		return READ_ONCE(*w->object);
	case QUEUE:
		return queue_work(NULL, &w->work);
	case CANCEL:
		return cancel_work_sync(&w->work);
	default:
		return 0;
	}
}

static int run_lock(const struct instruction *i)
{
	spinlock_t *lock = &w->locks[i->what % N_LOCKS];

	switch (i->code) {
	case LOCK:
		spin_lock(lock);
		return 0;
	case UNLOCK:
		spin_unlock(lock);
		return 0;
	case TRYLOCK:
		return spin_trylock(lock);
	case READ_LOCK:
		down_read(&w->sem);
		return 0;
	case READ_UNLOCK:
		up_read(&w->sem);
		return 0;
	case CHOOSE:
		return (int)choose(2, "a or b");
	case OPAQUE:
		return opaque("a condition");
	default:
		return 0;
	}
}

static int value_of(struct cell *cell)
{
	return cell ? READ_ONCE(cell->value) : 8;
}

static int run_pointer(const struct instruction *i)
{
	struct cell *cell = w->cells[i->what % N_VARS], *p;

	switch (i->code) {
	case POINT:
		WRITE_ONCE(w->head, cell);
		return 0;
	case ASSIGN:
		rcu_assign_pointer(w->head, cell);
		return 0;
	case SWAP:
		return value_of(xchg_relaxed(&w->head, cell));
	case FOLLOW:
		return value_of(rcu_dereference(w->head));
	case LINK:
		rcu_assign_pointer(cell->next, w->cells[i->value]);
		return 0;
	case FOLLOW_LINK:
		p = READ_ONCE(w->head);
		return p ? value_of(READ_ONCE(p->next)) : 9;
	case FILL:
		WRITE_ONCE(cell->value, (int)i->value);
		return 0;
	case LOOK:
		return READ_ONCE(cell->value);
	default:
		return 0;
	}
}

static int run_instruction(const struct instruction *i)
{
	if (i->code <= WMB)
		return run_memory(i);
	if (i->code <= LOAD_BITS)
		return run_atomic(i);
	if (i->code <= OPAQUE)
		return run_lock(i);
	if (i->code >= RCU_LOCK && i->code <= CANCEL)
		return run_later(i);
	if (i->code >= POINT)
		return run_pointer(i);
	return run_waiting(i);
}

static void run_script(void *arg)
{
	const struct script *s = arg;
	unsigned int me = (unsigned int)(s - scripts), i;

	for (i = 0; i < s->n; i++) {
		const struct instruction *in = &s->code[i];

		registers[me][i] = run_instruction(in);
		/* A failed trylock leaves out what it would protect. */
		if ((in->code == TRYLOCK && !registers[me][i]) ||
		    (in->code == SKIP_IF_ZERO && i &&
		     !registers[me][i - 1]))
			i += in->skip;
	}
}

static void setup(void)
{
	w = replay_new(struct world, "world");
	w->object = kzalloc(sizeof(*w->object), GFP_KERNEL);
	for (int i = 0; i < N_VARS; i++)
		w->cells[i] = replay_new(struct cell, "cell");
	w->cells[0]->next = w->cells[1];
	w->head = w->cells[1];
	if (uses_work)
		INIT_WORK(&w->work, work);
	memset(registers, 0, sizeof(registers));
}

static void at_rest(void)
{
	unsigned int i, j;

	for (i = 0; i < 3; i++)
		for (j = 0; j < MAX_REGISTERS; j++)
			replay_outcome((u64)registers[i][j]);
	for (i = 0; i < N_VARS; i++)
		replay_outcome((u64)READ_ONCE(w->vars[i]));
	replay_outcome((u64)atomic_read(&w->count));
	replay_outcome(READ_ONCE(w->bits));
	for (i = 0; i < N_VARS; i++)
		replay_outcome((u64)READ_ONCE(w->cells[i]->value));
}

/*
 * Writing a script
 */

static u64 random_state;

static unsigned int below(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned int)(random_state >> 20) % n;
}

/*
 * A program keeps to a theme, so that its few instructions meet; the last
 * theme is everything. Larger ones are what takes several instructions, or
 * waits.
 */
static const struct theme {
	unsigned int spread; /* over how many variables, locks, bits */
	unsigned int n_simple, n_larger;
	enum code simple[16], larger[12];
} themes[] = {
	{ 2, 12, 0, { LOAD, LOAD, LOAD, STORE, STORE, LOAD_ACQUIRE,
		      STORE_RELEASE, DEREFERENCE, MB, RMB, WMB,
		      ADD_RELAXED }, { LOAD } },
	{ 2, 5, 6, { LOAD, STORE, INC, CHOOSE, LOAD },
	  { LOCK, LOCK, TRYLOCK, TRYLOCK, READ_LOCK, SKIP_IF_ZERO } },
	{ 1, 6, 4, { LOAD, LOAD, LOAD, STORE, RCU_CALL, RCU_SYNC },
	  { RCU_LOCK, RCU_LOCK, RCU_LOCK, SKIP_IF_ZERO } },
	{ 3, 5, 9, { STORE, STORE_AND_WAKE, COMPLETE, LOAD, CLEAR_BIT },
	  { WAIT, SPIN, SPIN, SPIN_TWO, SPIN_TWO, WAIT_BIT, COMPLETION,
	    LOCK, TRYLOCK } },
	{ 2, 4, 3, { STORE, STORE, LOAD, STORE },
	  { SPIN_TWO, SPIN_TWO, LOCK } },
	{ 2, 14, 1, { INC, INC_RETURN, ADD_RELAXED, CMPXCHG, INC_NOT_ZERO,
		      DEC_AND_TEST, SET_BIT, CLEAR_BIT, TEST_BIT,
		      TEST_AND_SET, TEST_AND_CLEAR, LOAD_BITS, SET_BIT,
		      TEST_BIT }, { SKIP_IF_ZERO } },
	{ 2, 7, 5, { FREE, ACCESS, ACCESS, LOAD, STORE, SET_BIT, TEST_BIT },
	  { QUEUE, CANCEL, LOCK, RCU_LOCK, SKIP_IF_ZERO } },
	{ 4, 16, 12, { LOAD, STORE, LOAD_ACQUIRE, STORE_RELEASE, MB, RMB,
		       WMB, INC, CMPXCHG, SET_BIT, TEST_AND_CLEAR, OPAQUE,
		       STORE_AND_WAKE, RCU_CALL, FREE, ACCESS },
	  { LOCK, LOCK, TRYLOCK, READ_LOCK, RCU_LOCK, WAIT, SPIN, WAIT_BIT,
	    COMPLETION, QUEUE, CANCEL, SKIP_IF_ZERO } },
};

/* Every fifth program, for the others are to stay what they are. */
static const struct theme pointers = {
	2, 16, 0, { POINT, POINT, ASSIGN, SWAP, FOLLOW, FOLLOW, FOLLOW,
		    FOLLOW_LINK, LINK, FILL, FILL, FILL, LOOK, LOOK, WMB,
		    WMB }, { LOAD }
};

static const struct theme *theme;

static void add(struct script *s, enum code code)
{
	if (s->n < MAX_INSTRUCTIONS)
		s->code[s->n++] = (struct instruction){
			code, below(theme->spread), below(3), 0
		};
	uses_work |= code == QUEUE || code == CANCEL;
}

static void add_simple(struct script *s)
{
	add(s, theme->simple[below(theme->n_simple)]);
}

/* What is opened, then one or two simple ones, then what closes it. */
static void add_section(struct script *s, enum code open, enum code close)
{
	unsigned int lock = below(N_LOCKS), i, first = s->n, nested;

	if (s->n + 6 > MAX_INSTRUCTIONS)
		return;
	add(s, open);
	s->code[first].what = lock;
	nested = open == LOCK && below(3) == 0;
	if (nested) {
		add(s, LOCK);
		s->code[s->n - 1].what = lock + 1;
	}
	for (i = 1 + below(2); i; i--)
		add_simple(s);
	if (nested) {
		add(s, UNLOCK);
		s->code[s->n - 1].what = lock + 1;
	}
	add(s, close);
	s->code[s->n - 1].what = lock;
	s->code[first].skip = s->n - 1 - first;
}

static void add_larger(struct script *s)
{
	enum code code = theme->larger[below(theme->n_larger)];

	switch (code) {
	case LOCK:
	case TRYLOCK:
		add_section(s, code, UNLOCK);
		break;
	case READ_LOCK:
		add_section(s, code, READ_UNLOCK);
		break;
	case RCU_LOCK:
		add_section(s, code, RCU_UNLOCK);
		break;
	case SKIP_IF_ZERO:
		add_simple(s);
		add(s, code);
		s->code[s->n - 1].skip = 1;
		add_simple(s);
		break;
	default:
		add(s, code);
	}
}

static void add_any(struct script *s)
{
	if (theme->n_larger && below(2))
		add_larger(s);
	else
		add_simple(s);
}

static unsigned int make_program(u64 seed)
{
	unsigned int n_threads, i, j;

	random_state = seed * 0x9e3779b97f4a7c15ull + 1;
	for (i = 0; i < 8; i++)
		below(2);
	uses_work = false;
	memset(scripts, 0, sizeof(scripts));
	n_threads = 2 + below(2);
	theme = &themes[below(ARRAY_SIZE(themes))];
	if (seed % 5 == 0)
		theme = &pointers;
	for (i = 0; i < n_threads; i++)
		for (j = n_threads == 2 ? 1 + below(4) : 1 + below(3); j; j--)
			add_any(&scripts[i]);
	return n_threads;
}

static void print_program(unsigned int n_threads)
{
	unsigned int i, j;

	for (i = 0; i < n_threads; i++) {
		printf("thread %u:", i);
		for (j = 0; j < scripts[i].n; j++) {
			const struct instruction *in = &scripts[i].code[j];

			printf(" %s(%u,%u)", code_names[in->code], in->what,
			       in->value);
			if (in->skip)
				printf("[%u]", in->skip);
		}
		printf("\n");
	}
}

/*
 * Comparing
 */

struct outcomes {
	u64 *values;
	size_t n, size;
	bool whole;
	u64 executions;
};

/* A set, as a sorted array: there are few outcomes and many executions. */
static void add_outcome(void *data, u64 value)
{
	struct outcomes *o = data;
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (o->values[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < o->n && o->values[low] == value)
		return;
	if (o->n == o->size) {
		o->size = o->size ? 2 * o->size : 16;
		o->values = realloc(o->values, o->size * sizeof(u64));
		if (!o->values)
			abort();
	}
	memmove(o->values + low + 1, o->values + low,
		(o->n++ - low) * sizeof(u64));
	o->values[low] = value;
}

static void explore(const struct replay_program *program,
		    enum replay_memory memory, enum replay_mode mode,
		    u64 limit, struct outcomes *ret)
{
	struct replay_options options = {
		.memory = memory, .mode = mode, .all = true,
		.max_executions = limit, .max_steps = 300,
		.max_bytes = 64 << 20,
		.outcome = add_outcome, .outcome_data = ret,
	};
	struct replay_result result;

	memset(ret, 0, sizeof(*ret));
	if (replay_explore(program, &options, &result)) {
		fprintf(stderr, "unsupported: %s\n", result.unsupported);
		exit(2);
	}
	ret->whole = result.whole_space;
	ret->executions = result.executions + result.blocked;
	replay_result_clear(&result);
}

static bool same(const struct outcomes *a, const struct outcomes *b)
{
	return a->n == b->n &&
	       !memcmp(a->values, b->values, a->n * sizeof(u64));
}

struct tally {
	u64 compared, failed, skipped;
};

/* One program under one memory, in all modes. */
static void compare(const struct replay_program *program, u64 seed,
		    enum replay_memory memory, u64 limit, struct tally *t)
{
	struct outcomes got[REPLAY_N_MODES];
	const struct outcomes *judge;
	int mode, bad = -1;

	for (mode = 0; mode < REPLAY_N_MODES; mode++)
		explore(program, memory, (enum replay_mode)mode, limit,
			&got[mode]);
	judge = &got[got[REPLAY_PLAIN].whole ? REPLAY_PLAIN : REPLAY_SLEEP];
	for (mode = 0; mode < REPLAY_N_MODES; mode++)
		if (got[mode].whole && judge->whole &&
		    !same(&got[mode], judge))
			bad = mode;
	if (!judge->whole || !got[REPLAY_DPOR].whole) {
		t->skipped++;
	} else {
		t->compared++;
	}
	if (bad >= 0) {
		t->failed++;
		printf("seed %llu, %s: %s has %zu outcomes, %s %zu\n",
		       (unsigned long long)seed, replay_memory_name(memory),
		       replay_mode_name((enum replay_mode)bad), got[bad].n,
		       replay_mode_name((enum replay_mode)(judge - got)),
		       judge->n);
		print_program(program->n_threads);
	}
	for (mode = 0; mode < REPLAY_N_MODES; mode++)
		free(got[mode].values);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "programs", required_argument, NULL, 'n' },
		{ "limit", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	struct replay_thread threads[3] = {
		{ "A", run_script, &scripts[0] },
		{ "B", run_script, &scripts[1] },
		{ "C", run_script, &scripts[2] },
	};
	struct replay_program program = {
		.name = "fuzz", .setup = setup, .threads = threads,
		.at_rest = at_rest,
	};
	u64 seed = 1, programs = 100, limit = 10000, i;
	struct tally t = { 0, 0, 0 };
	int memory, c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			programs = strtoull(optarg, NULL, 10);
		else if (c == 'l')
			limit = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	for (i = seed; i < seed + programs; i++) {
		program.n_threads = make_program(i);
		for (memory = 0; memory < REPLAY_N_MEMORIES; memory++)
			compare(&program, i, (enum replay_memory)memory,
				limit, &t);
	}
	printf("%llu comparisons, %llu mismatches, %llu too large\n",
	       (unsigned long long)t.compared, (unsigned long long)t.failed,
	       (unsigned long long)t.skipped);
	return t.failed || !t.compared;
}
