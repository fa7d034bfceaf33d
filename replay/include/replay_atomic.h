/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The families of atomic_t and atomic_long_t (and atomic64_t, which is the
 * latter on the targets here), one row an operation; part of replay.h, which
 * says what the words mean. A macro each and not a function, because the step
 * table shows the text of the argument.
 */
#ifndef REPLAY_H
#error "include <replay.h>"
#endif

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

typedef atomic_long_t atomic64_t;

#define ATOMIC_INIT(i) { (i) }
#define ATOMIC_LONG_INIT(i) { (i) }
#define ATOMIC64_INIT(i) { (i) }

/* Without a result; the old value is the result of REPLAY_RMW_; the new one. */
#define REPLAY_VOID_(text, v, op, a) \
	((void)REPLAY_RMW_(text, (v)->counter, op, a, 0, VOID))
#define REPLAY_RETURN_(text, v, a, order) \
	({ REPLAY_RMW_(text, (v)->counter, ADD, a, 0, order) + (a); })

#define atomic_read(v) \
	REPLAY_LOAD_("atomic_read(" #v ")", (v)->counter, REPLAY_RELAXED)
#define atomic_read_acquire(v) \
	REPLAY_LOAD_("atomic_read_acquire(" #v ")", (v)->counter, \
			REPLAY_ACQUIRE)
#define atomic_set(v, i) \
	REPLAY_STORE_("atomic_set(" #v ", " #i ")", (v)->counter, i, \
			REPLAY_RELAXED)
#define atomic_set_release(v, i) \
	REPLAY_STORE_("atomic_set_release(" #v ", " #i ")", (v)->counter, i, \
			REPLAY_RELEASE)
#define atomic_add(i, v) REPLAY_VOID_("atomic_add(" #i ", " #v ")", v, ADD, i)
#define atomic_sub(i, v) \
	REPLAY_VOID_("atomic_sub(" #i ", " #v ")", v, ADD, -(i))
#define atomic_and(i, v) REPLAY_VOID_("atomic_and(" #i ", " #v ")", v, AND, i)
#define atomic_or(i, v) REPLAY_VOID_("atomic_or(" #i ", " #v ")", v, OR, i)
#define atomic_xor(i, v) REPLAY_VOID_("atomic_xor(" #i ", " #v ")", v, XOR, i)
#define atomic_andnot(i, v) \
	REPLAY_VOID_("atomic_andnot(" #i ", " #v ")", v, AND, ~(i))
#define atomic_inc(v) REPLAY_VOID_("atomic_inc(" #v ")", v, ADD, 1)
#define atomic_dec(v) REPLAY_VOID_("atomic_dec(" #v ")", v, ADD, -1)
#define atomic_add_return(i, v) \
	REPLAY_RETURN_("atomic_add_return(" #i ", " #v ")", v, i, FULL)
#define atomic_sub_return(i, v) \
	REPLAY_RETURN_("atomic_sub_return(" #i ", " #v ")", v, -(i), FULL)
#define atomic_inc_return(v) \
	REPLAY_RETURN_("atomic_inc_return(" #v ")", v, 1, FULL)
#define atomic_dec_return(v) \
	REPLAY_RETURN_("atomic_dec_return(" #v ")", v, -1, FULL)
#define atomic_fetch_add(i, v) \
	REPLAY_RMW_("atomic_fetch_add(" #i ", " #v ")", (v)->counter, ADD, i, \
			0, FULL)
#define atomic_fetch_sub(i, v) \
	REPLAY_RMW_("atomic_fetch_sub(" #i ", " #v ")", (v)->counter, ADD, \
			-(i), 0, FULL)
#define atomic_fetch_and(i, v) \
	REPLAY_RMW_("atomic_fetch_and(" #i ", " #v ")", (v)->counter, AND, i, \
			0, FULL)
#define atomic_fetch_or(i, v) \
	REPLAY_RMW_("atomic_fetch_or(" #i ", " #v ")", (v)->counter, OR, i, 0, \
			FULL)
#define atomic_fetch_xor(i, v) \
	REPLAY_RMW_("atomic_fetch_xor(" #i ", " #v ")", (v)->counter, XOR, i, \
			0, FULL)
#define atomic_fetch_andnot(i, v) \
	REPLAY_RMW_("atomic_fetch_andnot(" #i ", " #v ")", (v)->counter, AND, \
			~(i), 0, FULL)
#define atomic_fetch_inc(v) \
	REPLAY_RMW_("atomic_fetch_inc(" #v ")", (v)->counter, ADD, 1, 0, FULL)
#define atomic_fetch_dec(v) \
	REPLAY_RMW_("atomic_fetch_dec(" #v ")", (v)->counter, ADD, -1, 0, FULL)
#define atomic_xchg(v, n) \
	REPLAY_RMW_("atomic_xchg(" #v ", " #n ")", (v)->counter, XCHG, n, 0, \
			FULL)
#define atomic_cmpxchg(v, o, n) \
	REPLAY_RMW_("atomic_cmpxchg(" #v ", " #o ", " #n ")", (v)->counter, \
			CMPXCHG, o, n, FULL)
#define atomic_try_cmpxchg(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_try_cmpxchg(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, FULL)
#define atomic_add_return_relaxed(i, v) \
	REPLAY_RETURN_("atomic_add_return_relaxed(" #i ", " #v ")", v, i, \
			RELAXED)
#define atomic_sub_return_relaxed(i, v) \
	REPLAY_RETURN_("atomic_sub_return_relaxed(" #i ", " #v ")", v, -(i), \
			RELAXED)
#define atomic_inc_return_relaxed(v) \
	REPLAY_RETURN_("atomic_inc_return_relaxed(" #v ")", v, 1, RELAXED)
#define atomic_dec_return_relaxed(v) \
	REPLAY_RETURN_("atomic_dec_return_relaxed(" #v ")", v, -1, RELAXED)
#define atomic_fetch_add_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_add_relaxed(" #i ", " #v ")", (v)->counter, \
			ADD, i, 0, RELAXED)
#define atomic_fetch_sub_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_sub_relaxed(" #i ", " #v ")", (v)->counter, \
			ADD, -(i), 0, RELAXED)
#define atomic_fetch_and_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_and_relaxed(" #i ", " #v ")", (v)->counter, \
			AND, i, 0, RELAXED)
#define atomic_fetch_or_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_or_relaxed(" #i ", " #v ")", (v)->counter, \
			OR, i, 0, RELAXED)
#define atomic_fetch_xor_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_xor_relaxed(" #i ", " #v ")", (v)->counter, \
			XOR, i, 0, RELAXED)
#define atomic_fetch_andnot_relaxed(i, v) \
	REPLAY_RMW_("atomic_fetch_andnot_relaxed(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, RELAXED)
#define atomic_fetch_inc_relaxed(v) \
	REPLAY_RMW_("atomic_fetch_inc_relaxed(" #v ")", (v)->counter, ADD, 1, \
			0, RELAXED)
#define atomic_fetch_dec_relaxed(v) \
	REPLAY_RMW_("atomic_fetch_dec_relaxed(" #v ")", (v)->counter, ADD, -1, \
			0, RELAXED)
#define atomic_xchg_relaxed(v, n) \
	REPLAY_RMW_("atomic_xchg_relaxed(" #v ", " #n ")", (v)->counter, XCHG, \
			n, 0, RELAXED)
#define atomic_cmpxchg_relaxed(v, o, n) \
	REPLAY_RMW_("atomic_cmpxchg_relaxed(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, RELAXED)
#define atomic_try_cmpxchg_relaxed(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_try_cmpxchg_relaxed(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, RELAXED)
#define atomic_add_return_acquire(i, v) \
	REPLAY_RETURN_("atomic_add_return_acquire(" #i ", " #v ")", v, i, \
			ACQUIRE)
#define atomic_sub_return_acquire(i, v) \
	REPLAY_RETURN_("atomic_sub_return_acquire(" #i ", " #v ")", v, -(i), \
			ACQUIRE)
#define atomic_inc_return_acquire(v) \
	REPLAY_RETURN_("atomic_inc_return_acquire(" #v ")", v, 1, ACQUIRE)
#define atomic_dec_return_acquire(v) \
	REPLAY_RETURN_("atomic_dec_return_acquire(" #v ")", v, -1, ACQUIRE)
#define atomic_fetch_add_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_add_acquire(" #i ", " #v ")", (v)->counter, \
			ADD, i, 0, ACQUIRE)
#define atomic_fetch_sub_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_sub_acquire(" #i ", " #v ")", (v)->counter, \
			ADD, -(i), 0, ACQUIRE)
#define atomic_fetch_and_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_and_acquire(" #i ", " #v ")", (v)->counter, \
			AND, i, 0, ACQUIRE)
#define atomic_fetch_or_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_or_acquire(" #i ", " #v ")", (v)->counter, \
			OR, i, 0, ACQUIRE)
#define atomic_fetch_xor_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_xor_acquire(" #i ", " #v ")", (v)->counter, \
			XOR, i, 0, ACQUIRE)
#define atomic_fetch_andnot_acquire(i, v) \
	REPLAY_RMW_("atomic_fetch_andnot_acquire(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, ACQUIRE)
#define atomic_fetch_inc_acquire(v) \
	REPLAY_RMW_("atomic_fetch_inc_acquire(" #v ")", (v)->counter, ADD, 1, \
			0, ACQUIRE)
#define atomic_fetch_dec_acquire(v) \
	REPLAY_RMW_("atomic_fetch_dec_acquire(" #v ")", (v)->counter, ADD, -1, \
			0, ACQUIRE)
#define atomic_xchg_acquire(v, n) \
	REPLAY_RMW_("atomic_xchg_acquire(" #v ", " #n ")", (v)->counter, XCHG, \
			n, 0, ACQUIRE)
#define atomic_cmpxchg_acquire(v, o, n) \
	REPLAY_RMW_("atomic_cmpxchg_acquire(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, ACQUIRE)
#define atomic_try_cmpxchg_acquire(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_try_cmpxchg_acquire(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, ACQUIRE)
#define atomic_add_return_release(i, v) \
	REPLAY_RETURN_("atomic_add_return_release(" #i ", " #v ")", v, i, \
			RELEASE)
#define atomic_sub_return_release(i, v) \
	REPLAY_RETURN_("atomic_sub_return_release(" #i ", " #v ")", v, -(i), \
			RELEASE)
#define atomic_inc_return_release(v) \
	REPLAY_RETURN_("atomic_inc_return_release(" #v ")", v, 1, RELEASE)
#define atomic_dec_return_release(v) \
	REPLAY_RETURN_("atomic_dec_return_release(" #v ")", v, -1, RELEASE)
#define atomic_fetch_add_release(i, v) \
	REPLAY_RMW_("atomic_fetch_add_release(" #i ", " #v ")", (v)->counter, \
			ADD, i, 0, RELEASE)
#define atomic_fetch_sub_release(i, v) \
	REPLAY_RMW_("atomic_fetch_sub_release(" #i ", " #v ")", (v)->counter, \
			ADD, -(i), 0, RELEASE)
#define atomic_fetch_and_release(i, v) \
	REPLAY_RMW_("atomic_fetch_and_release(" #i ", " #v ")", (v)->counter, \
			AND, i, 0, RELEASE)
#define atomic_fetch_or_release(i, v) \
	REPLAY_RMW_("atomic_fetch_or_release(" #i ", " #v ")", (v)->counter, \
			OR, i, 0, RELEASE)
#define atomic_fetch_xor_release(i, v) \
	REPLAY_RMW_("atomic_fetch_xor_release(" #i ", " #v ")", (v)->counter, \
			XOR, i, 0, RELEASE)
#define atomic_fetch_andnot_release(i, v) \
	REPLAY_RMW_("atomic_fetch_andnot_release(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, RELEASE)
#define atomic_fetch_inc_release(v) \
	REPLAY_RMW_("atomic_fetch_inc_release(" #v ")", (v)->counter, ADD, 1, \
			0, RELEASE)
#define atomic_fetch_dec_release(v) \
	REPLAY_RMW_("atomic_fetch_dec_release(" #v ")", (v)->counter, ADD, -1, \
			0, RELEASE)
#define atomic_xchg_release(v, n) \
	REPLAY_RMW_("atomic_xchg_release(" #v ", " #n ")", (v)->counter, XCHG, \
			n, 0, RELEASE)
#define atomic_cmpxchg_release(v, o, n) \
	REPLAY_RMW_("atomic_cmpxchg_release(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, RELEASE)
#define atomic_try_cmpxchg_release(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_try_cmpxchg_release(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, RELEASE)
#define atomic_fetch_add_unless(v, a, u) \
	REPLAY_RMW_("atomic_fetch_add_unless(" #v ", " #a ", " #u ")", \
			(v)->counter, ADD_UNLESS, a, u, FULL)
#define atomic_add_unless(v, a, u) \
	({ REPLAY_RMW_("atomic_add_unless(" #v ", " #a ", " #u ")", \
			(v)->counter, ADD_UNLESS, a, u, FULL) != (u); })
#define atomic_inc_not_zero(v) \
	({ REPLAY_RMW_("atomic_inc_not_zero(" #v ")", (v)->counter, ADD_UNLESS, \
			1, 0, FULL) != 0; })
#define atomic_inc_unless_negative(v) \
	({ REPLAY_RMW_("atomic_inc_unless_negative(" #v ")", (v)->counter, \
			ADD_IF_GE, 1, 0, FULL) >= 0; })
#define atomic_dec_unless_positive(v) \
	({ REPLAY_RMW_("atomic_dec_unless_positive(" #v ")", (v)->counter, \
			ADD_IF_LE, -1, 0, FULL) <= 0; })
#define atomic_dec_if_positive(v) \
	({ REPLAY_RMW_("atomic_dec_if_positive(" #v ")", (v)->counter, \
			ADD_IF_GE, -1, 1, FULL) - 1; })
#define atomic_inc_and_test(v) \
	({ REPLAY_RETURN_("atomic_inc_and_test(" #v ")", v, 1, FULL) == 0; })
#define atomic_dec_and_test(v) \
	({ REPLAY_RETURN_("atomic_dec_and_test(" #v ")", v, -1, FULL) == 0; })
#define atomic_sub_and_test(i, v) \
	({ REPLAY_RETURN_("atomic_sub_and_test(" #i ", " #v ")", v, -(i), \
			FULL) == 0; })
#define atomic_add_negative(i, v) \
	({ REPLAY_RETURN_("atomic_add_negative(" #i ", " #v ")", v, i, FULL) < 0; })

#define atomic_long_read(v) \
	REPLAY_LOAD_("atomic_long_read(" #v ")", (v)->counter, REPLAY_RELAXED)
#define atomic_long_read_acquire(v) \
	REPLAY_LOAD_("atomic_long_read_acquire(" #v ")", (v)->counter, \
			REPLAY_ACQUIRE)
#define atomic_long_set(v, i) \
	REPLAY_STORE_("atomic_long_set(" #v ", " #i ")", (v)->counter, i, \
			REPLAY_RELAXED)
#define atomic_long_set_release(v, i) \
	REPLAY_STORE_("atomic_long_set_release(" #v ", " #i ")", (v)->counter, \
			i, REPLAY_RELEASE)
#define atomic_long_add(i, v) \
	REPLAY_VOID_("atomic_long_add(" #i ", " #v ")", v, ADD, i)
#define atomic_long_sub(i, v) \
	REPLAY_VOID_("atomic_long_sub(" #i ", " #v ")", v, ADD, -(i))
#define atomic_long_and(i, v) \
	REPLAY_VOID_("atomic_long_and(" #i ", " #v ")", v, AND, i)
#define atomic_long_or(i, v) \
	REPLAY_VOID_("atomic_long_or(" #i ", " #v ")", v, OR, i)
#define atomic_long_xor(i, v) \
	REPLAY_VOID_("atomic_long_xor(" #i ", " #v ")", v, XOR, i)
#define atomic_long_andnot(i, v) \
	REPLAY_VOID_("atomic_long_andnot(" #i ", " #v ")", v, AND, ~(i))
#define atomic_long_inc(v) REPLAY_VOID_("atomic_long_inc(" #v ")", v, ADD, 1)
#define atomic_long_dec(v) REPLAY_VOID_("atomic_long_dec(" #v ")", v, ADD, -1)
#define atomic_long_add_return(i, v) \
	REPLAY_RETURN_("atomic_long_add_return(" #i ", " #v ")", v, i, FULL)
#define atomic_long_sub_return(i, v) \
	REPLAY_RETURN_("atomic_long_sub_return(" #i ", " #v ")", v, -(i), FULL)
#define atomic_long_inc_return(v) \
	REPLAY_RETURN_("atomic_long_inc_return(" #v ")", v, 1, FULL)
#define atomic_long_dec_return(v) \
	REPLAY_RETURN_("atomic_long_dec_return(" #v ")", v, -1, FULL)
#define atomic_long_fetch_add(i, v) \
	REPLAY_RMW_("atomic_long_fetch_add(" #i ", " #v ")", (v)->counter, \
			ADD, i, 0, FULL)
#define atomic_long_fetch_sub(i, v) \
	REPLAY_RMW_("atomic_long_fetch_sub(" #i ", " #v ")", (v)->counter, \
			ADD, -(i), 0, FULL)
#define atomic_long_fetch_and(i, v) \
	REPLAY_RMW_("atomic_long_fetch_and(" #i ", " #v ")", (v)->counter, \
			AND, i, 0, FULL)
#define atomic_long_fetch_or(i, v) \
	REPLAY_RMW_("atomic_long_fetch_or(" #i ", " #v ")", (v)->counter, OR, \
			i, 0, FULL)
#define atomic_long_fetch_xor(i, v) \
	REPLAY_RMW_("atomic_long_fetch_xor(" #i ", " #v ")", (v)->counter, \
			XOR, i, 0, FULL)
#define atomic_long_fetch_andnot(i, v) \
	REPLAY_RMW_("atomic_long_fetch_andnot(" #i ", " #v ")", (v)->counter, \
			AND, ~(i), 0, FULL)
#define atomic_long_fetch_inc(v) \
	REPLAY_RMW_("atomic_long_fetch_inc(" #v ")", (v)->counter, ADD, 1, 0, \
			FULL)
#define atomic_long_fetch_dec(v) \
	REPLAY_RMW_("atomic_long_fetch_dec(" #v ")", (v)->counter, ADD, -1, 0, \
			FULL)
#define atomic_long_xchg(v, n) \
	REPLAY_RMW_("atomic_long_xchg(" #v ", " #n ")", (v)->counter, XCHG, n, \
			0, FULL)
#define atomic_long_cmpxchg(v, o, n) \
	REPLAY_RMW_("atomic_long_cmpxchg(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, FULL)
#define atomic_long_try_cmpxchg(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_long_try_cmpxchg(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, FULL)
#define atomic_long_add_return_relaxed(i, v) \
	REPLAY_RETURN_("atomic_long_add_return_relaxed(" #i ", " #v ")", v, i, \
			RELAXED)
#define atomic_long_sub_return_relaxed(i, v) \
	REPLAY_RETURN_("atomic_long_sub_return_relaxed(" #i ", " #v ")", v, \
			-(i), RELAXED)
#define atomic_long_inc_return_relaxed(v) \
	REPLAY_RETURN_("atomic_long_inc_return_relaxed(" #v ")", v, 1, RELAXED)
#define atomic_long_dec_return_relaxed(v) \
	REPLAY_RETURN_("atomic_long_dec_return_relaxed(" #v ")", v, -1, RELAXED)
#define atomic_long_fetch_add_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_add_relaxed(" #i ", " #v ")", \
			(v)->counter, ADD, i, 0, RELAXED)
#define atomic_long_fetch_sub_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_sub_relaxed(" #i ", " #v ")", \
			(v)->counter, ADD, -(i), 0, RELAXED)
#define atomic_long_fetch_and_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_and_relaxed(" #i ", " #v ")", \
			(v)->counter, AND, i, 0, RELAXED)
#define atomic_long_fetch_or_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_or_relaxed(" #i ", " #v ")", \
			(v)->counter, OR, i, 0, RELAXED)
#define atomic_long_fetch_xor_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_xor_relaxed(" #i ", " #v ")", \
			(v)->counter, XOR, i, 0, RELAXED)
#define atomic_long_fetch_andnot_relaxed(i, v) \
	REPLAY_RMW_("atomic_long_fetch_andnot_relaxed(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, RELAXED)
#define atomic_long_fetch_inc_relaxed(v) \
	REPLAY_RMW_("atomic_long_fetch_inc_relaxed(" #v ")", (v)->counter, \
			ADD, 1, 0, RELAXED)
#define atomic_long_fetch_dec_relaxed(v) \
	REPLAY_RMW_("atomic_long_fetch_dec_relaxed(" #v ")", (v)->counter, \
			ADD, -1, 0, RELAXED)
#define atomic_long_xchg_relaxed(v, n) \
	REPLAY_RMW_("atomic_long_xchg_relaxed(" #v ", " #n ")", (v)->counter, \
			XCHG, n, 0, RELAXED)
#define atomic_long_cmpxchg_relaxed(v, o, n) \
	REPLAY_RMW_("atomic_long_cmpxchg_relaxed(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, RELAXED)
#define atomic_long_try_cmpxchg_relaxed(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_long_try_cmpxchg_relaxed(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, RELAXED)
#define atomic_long_add_return_acquire(i, v) \
	REPLAY_RETURN_("atomic_long_add_return_acquire(" #i ", " #v ")", v, i, \
			ACQUIRE)
#define atomic_long_sub_return_acquire(i, v) \
	REPLAY_RETURN_("atomic_long_sub_return_acquire(" #i ", " #v ")", v, \
			-(i), ACQUIRE)
#define atomic_long_inc_return_acquire(v) \
	REPLAY_RETURN_("atomic_long_inc_return_acquire(" #v ")", v, 1, ACQUIRE)
#define atomic_long_dec_return_acquire(v) \
	REPLAY_RETURN_("atomic_long_dec_return_acquire(" #v ")", v, -1, ACQUIRE)
#define atomic_long_fetch_add_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_add_acquire(" #i ", " #v ")", \
			(v)->counter, ADD, i, 0, ACQUIRE)
#define atomic_long_fetch_sub_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_sub_acquire(" #i ", " #v ")", \
			(v)->counter, ADD, -(i), 0, ACQUIRE)
#define atomic_long_fetch_and_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_and_acquire(" #i ", " #v ")", \
			(v)->counter, AND, i, 0, ACQUIRE)
#define atomic_long_fetch_or_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_or_acquire(" #i ", " #v ")", \
			(v)->counter, OR, i, 0, ACQUIRE)
#define atomic_long_fetch_xor_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_xor_acquire(" #i ", " #v ")", \
			(v)->counter, XOR, i, 0, ACQUIRE)
#define atomic_long_fetch_andnot_acquire(i, v) \
	REPLAY_RMW_("atomic_long_fetch_andnot_acquire(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, ACQUIRE)
#define atomic_long_fetch_inc_acquire(v) \
	REPLAY_RMW_("atomic_long_fetch_inc_acquire(" #v ")", (v)->counter, \
			ADD, 1, 0, ACQUIRE)
#define atomic_long_fetch_dec_acquire(v) \
	REPLAY_RMW_("atomic_long_fetch_dec_acquire(" #v ")", (v)->counter, \
			ADD, -1, 0, ACQUIRE)
#define atomic_long_xchg_acquire(v, n) \
	REPLAY_RMW_("atomic_long_xchg_acquire(" #v ", " #n ")", (v)->counter, \
			XCHG, n, 0, ACQUIRE)
#define atomic_long_cmpxchg_acquire(v, o, n) \
	REPLAY_RMW_("atomic_long_cmpxchg_acquire(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, ACQUIRE)
#define atomic_long_try_cmpxchg_acquire(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_long_try_cmpxchg_acquire(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, ACQUIRE)
#define atomic_long_add_return_release(i, v) \
	REPLAY_RETURN_("atomic_long_add_return_release(" #i ", " #v ")", v, i, \
			RELEASE)
#define atomic_long_sub_return_release(i, v) \
	REPLAY_RETURN_("atomic_long_sub_return_release(" #i ", " #v ")", v, \
			-(i), RELEASE)
#define atomic_long_inc_return_release(v) \
	REPLAY_RETURN_("atomic_long_inc_return_release(" #v ")", v, 1, RELEASE)
#define atomic_long_dec_return_release(v) \
	REPLAY_RETURN_("atomic_long_dec_return_release(" #v ")", v, -1, RELEASE)
#define atomic_long_fetch_add_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_add_release(" #i ", " #v ")", \
			(v)->counter, ADD, i, 0, RELEASE)
#define atomic_long_fetch_sub_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_sub_release(" #i ", " #v ")", \
			(v)->counter, ADD, -(i), 0, RELEASE)
#define atomic_long_fetch_and_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_and_release(" #i ", " #v ")", \
			(v)->counter, AND, i, 0, RELEASE)
#define atomic_long_fetch_or_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_or_release(" #i ", " #v ")", \
			(v)->counter, OR, i, 0, RELEASE)
#define atomic_long_fetch_xor_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_xor_release(" #i ", " #v ")", \
			(v)->counter, XOR, i, 0, RELEASE)
#define atomic_long_fetch_andnot_release(i, v) \
	REPLAY_RMW_("atomic_long_fetch_andnot_release(" #i ", " #v ")", \
			(v)->counter, AND, ~(i), 0, RELEASE)
#define atomic_long_fetch_inc_release(v) \
	REPLAY_RMW_("atomic_long_fetch_inc_release(" #v ")", (v)->counter, \
			ADD, 1, 0, RELEASE)
#define atomic_long_fetch_dec_release(v) \
	REPLAY_RMW_("atomic_long_fetch_dec_release(" #v ")", (v)->counter, \
			ADD, -1, 0, RELEASE)
#define atomic_long_xchg_release(v, n) \
	REPLAY_RMW_("atomic_long_xchg_release(" #v ", " #n ")", (v)->counter, \
			XCHG, n, 0, RELEASE)
#define atomic_long_cmpxchg_release(v, o, n) \
	REPLAY_RMW_("atomic_long_cmpxchg_release(" #v ", " #o ", " #n ")", \
			(v)->counter, CMPXCHG, o, n, RELEASE)
#define atomic_long_try_cmpxchg_release(v, po, n) \
	REPLAY_TRY_CMPXCHG_("atomic_long_try_cmpxchg_release(" #v ", " #po ", " #n ")", \
			(v)->counter, po, n, RELEASE)
#define atomic_long_fetch_add_unless(v, a, u) \
	REPLAY_RMW_("atomic_long_fetch_add_unless(" #v ", " #a ", " #u ")", \
			(v)->counter, ADD_UNLESS, a, u, FULL)
#define atomic_long_add_unless(v, a, u) \
	({ REPLAY_RMW_("atomic_long_add_unless(" #v ", " #a ", " #u ")", \
			(v)->counter, ADD_UNLESS, a, u, FULL) != (u); })
#define atomic_long_inc_not_zero(v) \
	({ REPLAY_RMW_("atomic_long_inc_not_zero(" #v ")", (v)->counter, \
			ADD_UNLESS, 1, 0, FULL) != 0; })
#define atomic_long_inc_unless_negative(v) \
	({ REPLAY_RMW_("atomic_long_inc_unless_negative(" #v ")", (v)->counter, \
			ADD_IF_GE, 1, 0, FULL) >= 0; })
#define atomic_long_dec_unless_positive(v) \
	({ REPLAY_RMW_("atomic_long_dec_unless_positive(" #v ")", (v)->counter, \
			ADD_IF_LE, -1, 0, FULL) <= 0; })
#define atomic_long_dec_if_positive(v) \
	({ REPLAY_RMW_("atomic_long_dec_if_positive(" #v ")", (v)->counter, \
			ADD_IF_GE, -1, 1, FULL) - 1; })
#define atomic_long_inc_and_test(v) \
	({ REPLAY_RETURN_("atomic_long_inc_and_test(" #v ")", v, 1, FULL) == 0; })
#define atomic_long_dec_and_test(v) \
	({ REPLAY_RETURN_("atomic_long_dec_and_test(" #v ")", v, -1, FULL) == 0; })
#define atomic_long_sub_and_test(i, v) \
	({ REPLAY_RETURN_("atomic_long_sub_and_test(" #i ", " #v ")", v, -(i), \
			FULL) == 0; })
#define atomic_long_add_negative(i, v) \
	({ REPLAY_RETURN_("atomic_long_add_negative(" #i ", " #v ")", v, i, \
			FULL) < 0; })

#define atomic64_read(v) atomic_long_read(v)
#define atomic64_read_acquire(v) atomic_long_read_acquire(v)
#define atomic64_set(v, i) atomic_long_set(v, i)
#define atomic64_set_release(v, i) atomic_long_set_release(v, i)
#define atomic64_add(i, v) atomic_long_add(i, v)
#define atomic64_sub(i, v) atomic_long_sub(i, v)
#define atomic64_and(i, v) atomic_long_and(i, v)
#define atomic64_or(i, v) atomic_long_or(i, v)
#define atomic64_xor(i, v) atomic_long_xor(i, v)
#define atomic64_andnot(i, v) atomic_long_andnot(i, v)
#define atomic64_inc(v) atomic_long_inc(v)
#define atomic64_dec(v) atomic_long_dec(v)
#define atomic64_add_return(i, v) atomic_long_add_return(i, v)
#define atomic64_sub_return(i, v) atomic_long_sub_return(i, v)
#define atomic64_inc_return(v) atomic_long_inc_return(v)
#define atomic64_dec_return(v) atomic_long_dec_return(v)
#define atomic64_fetch_add(i, v) atomic_long_fetch_add(i, v)
#define atomic64_fetch_sub(i, v) atomic_long_fetch_sub(i, v)
#define atomic64_fetch_and(i, v) atomic_long_fetch_and(i, v)
#define atomic64_fetch_or(i, v) atomic_long_fetch_or(i, v)
#define atomic64_fetch_xor(i, v) atomic_long_fetch_xor(i, v)
#define atomic64_fetch_andnot(i, v) atomic_long_fetch_andnot(i, v)
#define atomic64_fetch_inc(v) atomic_long_fetch_inc(v)
#define atomic64_fetch_dec(v) atomic_long_fetch_dec(v)
#define atomic64_xchg(v, n) atomic_long_xchg(v, n)
#define atomic64_cmpxchg(v, o, n) atomic_long_cmpxchg(v, o, n)
#define atomic64_try_cmpxchg(v, po, n) atomic_long_try_cmpxchg(v, po, n)
#define atomic64_add_return_relaxed(i, v) atomic_long_add_return_relaxed(i, v)
#define atomic64_sub_return_relaxed(i, v) atomic_long_sub_return_relaxed(i, v)
#define atomic64_inc_return_relaxed(v) atomic_long_inc_return_relaxed(v)
#define atomic64_dec_return_relaxed(v) atomic_long_dec_return_relaxed(v)
#define atomic64_fetch_add_relaxed(i, v) atomic_long_fetch_add_relaxed(i, v)
#define atomic64_fetch_sub_relaxed(i, v) atomic_long_fetch_sub_relaxed(i, v)
#define atomic64_fetch_and_relaxed(i, v) atomic_long_fetch_and_relaxed(i, v)
#define atomic64_fetch_or_relaxed(i, v) atomic_long_fetch_or_relaxed(i, v)
#define atomic64_fetch_xor_relaxed(i, v) atomic_long_fetch_xor_relaxed(i, v)
#define atomic64_fetch_andnot_relaxed(i, v) \
	atomic_long_fetch_andnot_relaxed(i, v)
#define atomic64_fetch_inc_relaxed(v) atomic_long_fetch_inc_relaxed(v)
#define atomic64_fetch_dec_relaxed(v) atomic_long_fetch_dec_relaxed(v)
#define atomic64_xchg_relaxed(v, n) atomic_long_xchg_relaxed(v, n)
#define atomic64_cmpxchg_relaxed(v, o, n) atomic_long_cmpxchg_relaxed(v, o, n)
#define atomic64_try_cmpxchg_relaxed(v, po, n) \
	atomic_long_try_cmpxchg_relaxed(v, po, n)
#define atomic64_add_return_acquire(i, v) atomic_long_add_return_acquire(i, v)
#define atomic64_sub_return_acquire(i, v) atomic_long_sub_return_acquire(i, v)
#define atomic64_inc_return_acquire(v) atomic_long_inc_return_acquire(v)
#define atomic64_dec_return_acquire(v) atomic_long_dec_return_acquire(v)
#define atomic64_fetch_add_acquire(i, v) atomic_long_fetch_add_acquire(i, v)
#define atomic64_fetch_sub_acquire(i, v) atomic_long_fetch_sub_acquire(i, v)
#define atomic64_fetch_and_acquire(i, v) atomic_long_fetch_and_acquire(i, v)
#define atomic64_fetch_or_acquire(i, v) atomic_long_fetch_or_acquire(i, v)
#define atomic64_fetch_xor_acquire(i, v) atomic_long_fetch_xor_acquire(i, v)
#define atomic64_fetch_andnot_acquire(i, v) \
	atomic_long_fetch_andnot_acquire(i, v)
#define atomic64_fetch_inc_acquire(v) atomic_long_fetch_inc_acquire(v)
#define atomic64_fetch_dec_acquire(v) atomic_long_fetch_dec_acquire(v)
#define atomic64_xchg_acquire(v, n) atomic_long_xchg_acquire(v, n)
#define atomic64_cmpxchg_acquire(v, o, n) atomic_long_cmpxchg_acquire(v, o, n)
#define atomic64_try_cmpxchg_acquire(v, po, n) \
	atomic_long_try_cmpxchg_acquire(v, po, n)
#define atomic64_add_return_release(i, v) atomic_long_add_return_release(i, v)
#define atomic64_sub_return_release(i, v) atomic_long_sub_return_release(i, v)
#define atomic64_inc_return_release(v) atomic_long_inc_return_release(v)
#define atomic64_dec_return_release(v) atomic_long_dec_return_release(v)
#define atomic64_fetch_add_release(i, v) atomic_long_fetch_add_release(i, v)
#define atomic64_fetch_sub_release(i, v) atomic_long_fetch_sub_release(i, v)
#define atomic64_fetch_and_release(i, v) atomic_long_fetch_and_release(i, v)
#define atomic64_fetch_or_release(i, v) atomic_long_fetch_or_release(i, v)
#define atomic64_fetch_xor_release(i, v) atomic_long_fetch_xor_release(i, v)
#define atomic64_fetch_andnot_release(i, v) \
	atomic_long_fetch_andnot_release(i, v)
#define atomic64_fetch_inc_release(v) atomic_long_fetch_inc_release(v)
#define atomic64_fetch_dec_release(v) atomic_long_fetch_dec_release(v)
#define atomic64_xchg_release(v, n) atomic_long_xchg_release(v, n)
#define atomic64_cmpxchg_release(v, o, n) atomic_long_cmpxchg_release(v, o, n)
#define atomic64_try_cmpxchg_release(v, po, n) \
	atomic_long_try_cmpxchg_release(v, po, n)
#define atomic64_fetch_add_unless(v, a, u) atomic_long_fetch_add_unless(v, a, u)
#define atomic64_add_unless(v, a, u) atomic_long_add_unless(v, a, u)
#define atomic64_inc_not_zero(v) atomic_long_inc_not_zero(v)
#define atomic64_inc_unless_negative(v) atomic_long_inc_unless_negative(v)
#define atomic64_dec_unless_positive(v) atomic_long_dec_unless_positive(v)
#define atomic64_dec_if_positive(v) atomic_long_dec_if_positive(v)
#define atomic64_inc_and_test(v) atomic_long_inc_and_test(v)
#define atomic64_dec_and_test(v) atomic_long_dec_and_test(v)
#define atomic64_sub_and_test(i, v) atomic_long_sub_and_test(i, v)
#define atomic64_add_negative(i, v) atomic_long_add_negative(i, v)
