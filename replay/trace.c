// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records what every step did, for the table. Only when a failing schedule is
 * run once more: explorations do not come here.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* A value as a reader wants it: no addresses. */
static char *value_text(u64 value, u8 size)
{
	s64 s = size == 4 ? (s32)value : size == 2 ? (s16)value
			  : size == 1 ? (s8)value : (s64)value;
	u16 object = rp_object_at((const void *)(uintptr_t)value);

	if (size == 8 && object)
		return rp_object_text(object);
	if (s >= -4096 && s <= 4096)
		return rp_format("%lld", (long long)s);
	return rp_format("0x%llx", (unsigned long long)value);
}

static char *change_text(const struct op *op, u64 old, u64 new, bool changed)
{
	u8 size = rp.words[op->access.word].size;
	char *before, *after, *text;

	if (op->access.mask != ~0ull && op->kind == OP_RMW)
		return rp_format("%s -> %s",
				 old & op->access.mask ? "set" : "clear",
				 new & op->access.mask ? "set" : "clear");
	before = value_text(old, size);
	after = value_text(new, size);
	text = changed ? rp_format("%s -> %s", before, after)
		       : rp_format("stays %s", before);
	free(before);
	free(after);
	return text;
}

static char *load_text(const struct op *op, u64 value, bool stale)
{
	const char *early = stale ? " (stale)" : "";
	char *number, *text;

	if (op->need_clear)
		return rp_format("%s", "");
	if (op->access.mask != ~0ull)
		return rp_format("%s%s", value & op->access.mask ? "set"
								 : "clear",
				 early);
	number = value_text(value, rp.words[op->access.word].size);
	text = rp_format("= %s%s", number, early);
	free(number);
	return text;
}

static char *effect_text(const struct agent *a, const struct op *op, u64 old,
			 u64 new, bool changed, bool stale)
{
	switch (op->kind) {
	case OP_CHOOSE:
		return rp_format("= %llu", (unsigned long long)new);
	case OP_LOAD:
		return load_text(op, old, stale);
	case OP_STORE:
	case OP_RMW:
		break;
	default:
		return rp_format("%s", "");
	}
	if (!rp.in_event)
		return rp_format("waits in the store buffer");
	if (op->lock)
		return rp_format("%s", changed ? "" : "fails");
	return change_text(op, old, new, changed);
}

static const char *agent_text(const struct agent *a)
{
	switch (a->kind) {
	case AGENT_BUFFER:
		return "store buffer";
	case AGENT_CALLBACK:
		return "RCU callback";
	default:
		return a->name ? a->name : "";
	}
}

void rp_trace_step(struct agent *a, const struct op *op, u64 old,
		   u64 new, bool changed, bool stale)
{
	struct replay_step *s, *last;

	if (rp.solo)
		return;
	rp.steps = rp_grow(rp.steps, &rp.steps_size, rp.n_steps + 1,
			   sizeof(*rp.steps));
	s = &rp.steps[rp.n_steps];
	last = rp.n_steps ? s - 1 : NULL;
	rp.n_steps++;
	s->agent = agent_text(a);
	s->column = a->owner;
	s->file = op->site->file;
	s->line = op->site->line;
	s->text = a->says ? a->says : op->site->text;
	a->says = NULL;
	s->effect = effect_text(a, op, old, new, changed, stale);
	s->buffer = a->kind == AGENT_BUFFER;
	s->switched = !last || last->column != s->column ||
		      last->buffer != s->buffer;
}

void rp_steps_free(struct replay_step *steps, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		free(steps[i].effect);
	free(steps);
}
