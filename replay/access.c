// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's loads, stores, atomics, bits, barriers and choices as
 * operations.
 */
#include <string.h>

#include "private.h"

/* An operation on the word at @p. */
static struct op word_op(enum op_kind kind, const struct replay_site *site,
			 const volatile void *p, size_t size,
			 enum replay_order order)
{
	struct op op = { .kind = kind, .order = (u16)order, .site = site };

	op.access = rp_access_at(p, size, site);
	return op;
}

u64 replay_load(const struct replay_site *site, const volatile void *p,
		size_t size, enum replay_order order)
{
	struct op op = word_op(OP_LOAD, site, p, size, order);

	op.access.flags = ACCESS_READ;
	return rp_step(&op);
}

void replay_store(const struct replay_site *site, volatile void *p,
		  size_t size, u64 value, enum replay_order order)
{
	struct op op = word_op(OP_STORE, site, p, size, order);

	op.access.flags = ACCESS_WRITE;
	op.a = value;
	rp_step(&op);
}

static u64 rmw(const struct replay_site *site, volatile void *p, size_t size,
	       struct op change)
{
	struct op op = word_op(OP_RMW, site, p, size, change.order);

	/* Whether it writes is known when it was done: till then it may. */
	op.access.flags = ACCESS_WRITE;
	op.rmw = change.rmw;
	op.a = change.a;
	op.b = change.b;
	op.refcount = change.refcount;
	if (change.access.mask)
		op.access.mask = change.access.mask;
	return rp_step(&op);
}

u64 replay_rmw(const struct replay_site *site, volatile void *p, size_t size,
	       enum replay_rmw op, u64 a, u64 b, enum replay_order order)
{
	return rmw(site, p, size, (struct op){ .rmw = op, .a = a, .b = b,
					       .order = (u16)order });
}

u64 replay_ref(const struct replay_site *site, volatile void *p, size_t size,
	       enum replay_rmw op, u64 a, u64 b, enum replay_order order)
{
	return rmw(site, p, size, (struct op){ .rmw = op, .a = a, .b = b,
					       .order = (u16)order,
					       .refcount = true });
}

bool replay_bit(const struct replay_site *site, volatile unsigned long *word,
		unsigned long mask, enum replay_rmw op,
		enum replay_order order)
{
	return rmw(site, word, sizeof(*word),
		   (struct op){ .rmw = op, .order = (u16)order,
				.a = op == REPLAY_AND ? ~mask : mask,
				.access.mask = mask }) & mask;
}

bool replay_bit_test(const struct replay_site *site,
		     const volatile unsigned long *word, unsigned long mask,
		     enum replay_order order)
{
	struct op op = word_op(OP_LOAD, site, word, sizeof(*word), order);

	op.access.flags = ACCESS_READ;
	op.access.mask = mask;
	return rp_step(&op) & mask;
}

void replay_fence(const struct replay_site *site, enum replay_barrier barrier)
{
	struct op op = { .kind = OP_FENCE, .site = site, .a = barrier };

	if (rp.memory == REPLAY_SC && !rp.tracing)
		return;
	rp_step(&op);
}

void replay_relax(const struct replay_site *site)
{
	struct op op = { .kind = OP_RELAX, .site = site };
	const struct agent *me = rp.running;
	u32 i;

	op.access.flags = ACCESS_RELAX;
	for (i = 0; i < me->n_sightings; i++)
		op.access.mask |= WORD_BIT(me->sightings[i].word);
	rp_step(&op);
}

/* A choice commutes with everything: nobody else needs to be asked. */
unsigned int replay_choose(const struct replay_site *site, unsigned int n)
{
	struct op op = { .kind = OP_CHOOSE, .site = site, .choices = n };
	struct agent *me = rp.running;

	if (rp.solo)
		rp_unsupported(rp_format("choose() outside of a thread"));
	if (!n || n > 0xffff)
		rp_unsupported(rp_format("choose() among %u", n));
	rp_node_forced(me);
	return (unsigned int)rp_perform(me, &op);
}

static u32 opaque_index(const char *text)
{
	u32 i;

	for (i = 0; i < rp.n_opaque; i++)
		if (!strcmp(rp.opaque_texts[i], text))
			return i;
	if (i == MAX_OPAQUE)
		rp_unsupported(rp_format("more than %d opaque conditions",
					 MAX_OPAQUE));
	rp.opaque_texts[rp.n_opaque] = text;
	return rp.n_opaque++;
}

bool replay_opaque(const struct replay_site *site)
{
	struct op op = { .kind = OP_CHOOSE, .site = site, .choices = 2 };
	u32 index = opaque_index(site->text);
	bool value;

	if (rp.solo)
		rp_unsupported(rp_format("opaque() outside of a thread"));
	op.access = (struct access){ .flags = ACCESS_WRITE, .mask = ~0ull,
				     .word = rp_own_word(RP_OPAQUE_WORD +
							 index) };
	value = rp_step(&op);
	rp.opaque_asked |= 1u << index;
	rp.opaque_true |= (u32)value << index;
	return value;
}

void replay_outcome(u64 value)
{
	rp.outcome = rp_mix(rp.outcome, value);
}

void replay_says(const char *text)
{
	rp.running->says = text;
}

bool replay_is_control(void)
{
	return rp.options.control;
}

const struct replay_program *replay_running(void)
{
	return rp.program;
}

unsigned int replay_current(void)
{
	return rp.running->id;
}

void replay_fail(const struct replay_site *site, enum replay_failure failure)
{
	rp_fault(failure, site, NULL);
	rp_die();
}
