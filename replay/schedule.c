// SPDX-License-Identifier: GPL-2.0-only
/*
 * Schedules as text: who was picked, in order.
 *
 *	schedule = run { " " run }
 *	run      = agent [ "*" times ] | agent "=" choice
 *	agent    = NUMBER                  thread of the program
 *	         | "b" AGENT [ "." NUMBER ]  its store buffer; of its Nth word
 *	         | "r" NUMBER              Nth RCU callback
 *	         | "w" NUMBER              Nth deferred function
 *
 * A choice that is 0 is not written.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

char *rp_agent_code(const struct agent *a)
{
	char *owner, *text;

	switch (a->kind) {
	case AGENT_CALLBACK:
		return rp_format("r%u", a->number);
	case AGENT_DEFERRED:
		return rp_format("w%u", a->number);
	case AGENT_BUFFER:
		break;
	default:
		return rp_format("%u", a->number);
	}
	owner = rp_agent_code(&rp.agents[a->owner]);
	if (a->buffered_word)
		text = rp_format("b%s.%u", owner, a->number);
	else
		text = rp_format("b%s", owner);
	free(owner);
	return text;
}

/* Events from @d on that are the same as the one there. */
static u32 run_length(u32 d, u32 end)
{
	u32 n = 1;

	if (rp.events[d].choice)
		return 1;
	while (d + n < end && !rp.events[d + n].choice &&
	       rp.events[d + n].agent == rp.events[d].agent)
		n++;
	return n;
}

char *rp_schedule_text(u32 end)
{
	char *text = rp_format("%s", "");
	u32 d, n;

	for (d = 0; d < end; d += n) {
		const struct event *ev = &rp.events[d];
		char *code = rp_agent_code(&rp.agents[ev->agent]);
		char *longer;

		n = run_length(d, end);
		if (ev->choice)
			longer = rp_format("%s%s%s=%u", text, d ? " " : "",
					   code, ev->choice);
		else if (n > 1)
			longer = rp_format("%s%s%s*%u", text, d ? " " : "",
					   code, n);
		else
			longer = rp_format("%s%s%s", text, d ? " " : "", code);
		free(code);
		free(text);
		text = longer;
	}
	return text;
}

static int agent_coded(const char *code, size_t length)
{
	u32 i;

	for (i = 0; i < rp.n_agents; i++) {
		char *name = rp_agent_code(&rp.agents[i]);
		bool same = strlen(name) == length &&
			    !strncmp(name, code, length);

		free(name);
		if (same)
			return (int)i;
	}
	return -1;
}

int rp_schedule_next(u32 *ret_choice)
{
	const char *s = rp.script + strspn(rp.script, " ");
	size_t length = strcspn(s, " *=");
	char *end = (char *)s + length;
	unsigned long times = 1;
	int id;

	*ret_choice = 0;
	if (!length)
		return NOBODY;
	id = agent_coded(s, length);
	if (*end == '*')
		times = strtoul(end + 1, &end, 10);
	else if (*end == '=')
		*ret_choice = (u32)strtoul(end + 1, &end, 10);
	/* The run is consumed when all of its events are. */
	if (++rp.script_done >= times) {
		rp.script = end;
		rp.script_done = 0;
	} else {
		rp.script = s;
	}
	return id;
}
