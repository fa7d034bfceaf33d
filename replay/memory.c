// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects and words. Every word has a place in the shadow, which holds the
 * arena of the objects, then the static variables, then once more all of
 * these for the wait queues that belong to an address. A place is the same in
 * every execution as long as the thread that allocates does the same, because
 * each agent allocates from a slice of its own; nothing is used twice.
 *
 * Knows nothing of who sees what when: that is buffer.c.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "private.h"

#define GRANULE 16u
#define OWN_SIZE 4096u		  /* words of the runtime */
#define SETUP_SIZE (1u << 20)	  /* what setup() may allocate */
#define SLICE_SIZE (128u << 10)	  /* and every agent */
#define ARENA_SIZE (SETUP_SIZE + MAX_FIBERS * SLICE_SIZE)
#define STATIC_SIZE (1u << 20)
#define PLACES (ARENA_SIZE + STATIC_SIZE)
#define ALL_PLACES (2 * PLACES)
#define NO_PLACE (~0u)

struct static_range {
	char *p;
	u32 size, offset;
	const char *name;
	char *initial;
};

static struct {
	struct static_range *ranges;
	u32 n, size;
	u32 next; /* offset of the next one */
} statics;

static void *reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int rp_memory_init(void)
{
	rp.arena = reserve(ARENA_SIZE);
	rp.queues = reserve(PLACES);
	rp.word_ids = reserve(ALL_PLACES * sizeof(*rp.word_ids));
	rp.object_ids = reserve(PLACES / GRANULE * sizeof(*rp.object_ids));
	rp.n_words = 1;	  /* 0 is no word, */
	rp.n_objects = 1; /* and no object */
	rp.words = rp_grow(NULL, &rp.words_size, 1, sizeof(*rp.words));
	rp.objects = rp_grow(NULL, &rp.objects_size, 1, sizeof(*rp.objects));
	statics.next = ARENA_SIZE;
	return rp.arena && rp.queues && rp.word_ids && rp.object_ids ? 0 : -1;
}

static void unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

void rp_memory_destroy(void)
{
	u32 i;

	unmap(rp.arena, ARENA_SIZE);
	unmap(rp.queues, PLACES);
	unmap(rp.word_ids, ALL_PLACES * sizeof(*rp.word_ids));
	unmap(rp.object_ids, PLACES / GRANULE * sizeof(*rp.object_ids));
	for (i = 0; i < statics.n; i++) {
		/* The next exploration starts where this one did. */
		memcpy(statics.ranges[i].p, statics.ranges[i].initial,
		       statics.ranges[i].size);
		free(statics.ranges[i].initial);
	}
	free(statics.ranges);
	memset(&statics, 0, sizeof(statics));
	free(rp.words);
	free(rp.objects);
	free(rp.touched);
	free(rp.stale);
}

static void set_object_ids(u32 offset, u32 size, u16 id)
{
	u32 i;

	for (i = offset / GRANULE; i <= (offset + size - 1) / GRANULE; i++)
		rp.object_ids[i] = id;
}

/* A new execution: no object, no word touched. */
void rp_memory_reset(void)
{
	u32 i;

	for (i = 1; i < rp.n_objects; i++)
		set_object_ids(rp.objects[i].offset, rp.objects[i].size, 0);
	rp.n_objects = 1;
	rp.n_touched = 0;
	rp.n_stale = 0;
	rp.grace_event = NEVER;
	rp.epoch++;
	rp.outside.brk = OWN_SIZE;
	rp.outside.brk_end = SETUP_SIZE;
}

void rp_memory_slice(struct agent *a, u32 n)
{
	a->brk = SETUP_SIZE + n * SLICE_SIZE;
	a->brk_end = a->brk + SLICE_SIZE;
}

static u32 static_offset(const char *p)
{
	u32 i;

	for (i = 0; i < statics.n; i++) {
		const struct static_range *r = &statics.ranges[i];

		if (p >= r->p && p < r->p + r->size)
			return r->offset + (u32)(p - r->p);
	}
	return NO_PLACE;
}

static u32 offset_of(const volatile void *address)
{
	const char *p = (const char *)address;

	if (p >= rp.arena && p < rp.arena + ARENA_SIZE)
		return (u32)(p - rp.arena);
	if (p >= rp.queues && p < rp.queues + PLACES)
		return PLACES + (u32)(p - rp.queues);
	return static_offset(p);
}

static u16 object_of(u32 offset, size_t size)
{
	u16 id = offset < PLACES ? rp.object_ids[offset / GRANULE] : 0;
	const struct object *o = &rp.objects[id];

	if (id && (offset < o->offset ||
		   offset + size > (size_t)o->offset + o->size))
		return 0;
	return id;
}

u16 rp_object_at(const volatile void *p)
{
	u32 offset = offset_of(p);

	return offset == NO_PLACE ? 0 : object_of(offset, 1);
}

static bool is_touched(u32 id)
{
	return id && rp.words[id].epoch == rp.epoch;
}

/* One word must not be part of another one in the same execution. */
static void check_overlap(u32 offset, size_t size)
{
	u32 i;

	for (i = 0; i < size; i++)
		if (is_touched(rp.word_ids[offset + i]))
			rp_unsupported(rp_format(
				"one word is accessed in two sizes"));
}

static void touch(u32 id)
{
	struct word *w = &rp.words[id];

	w->epoch = rp.epoch;
	w->object = object_of(w->offset, w->size);
	w->version = 0;
	w->other_version = 0;
	w->last_writer = NOBODY;
	w->history = NEVER;
	w->counted = false;
	if (w->offset >= PLACES)
		rp_poke(w, 0);
	rp.touched = rp_grow(rp.touched, &rp.touched_size, rp.n_touched + 1,
			     sizeof(*rp.touched));
	rp.touched[rp.n_touched++] = id;
}

/* Finds the word, and makes it one if it was none, or another one. */
static u32 word_slow(char *p, u32 offset, size_t size)
{
	u32 id = rp.word_ids[offset], i;
	struct word *w = &rp.words[id];

	if (!id || w->offset != offset || w->size != size) {
		check_overlap(offset, size);
		if (!id || w->offset != offset)
			id = rp.n_words++;
		rp.words = rp_grow(rp.words, &rp.words_size, rp.n_words,
				   sizeof(*rp.words));
		w = &rp.words[id];
		memset(w, 0, sizeof(*w));
		w->p = p;
		w->offset = offset;
		w->size = (u8)size;
		for (i = 0; i < size; i++)
			rp.word_ids[offset + i] = id;
	}
	touch(id);
	return id;
}

static void bad_access(const volatile void *p, const struct replay_site *site)
{
	rp_fault(REPLAY_BAD_ACCESS, site,
		 p ? rp_format("outside any object")
		   : rp_format("a NULL pointer"));
	rp_die();
}

u32 rp_word_at(const volatile void *p, size_t size,
	       const struct replay_site *site)
{
	u32 offset = offset_of(p), id;

	if (offset == NO_PLACE)
		bad_access(p, site);
	id = rp.word_ids[offset];
	if (is_touched(id) && rp.words[id].offset == offset &&
	    rp.words[id].size == size)
		return id;
	if (offset < PLACES && !object_of(offset, size))
		bad_access(p, site);
	if (offset % size)
		rp_unsupported(rp_format("a word is not aligned"));
	return word_slow((char *)p, offset, size);
}

struct access rp_access_at(const volatile void *p, size_t size,
			   const struct replay_site *site)
{
	u32 id = rp_word_at(p, size, site);

	return (struct access){ .word = id, .object = rp.words[id].object,
				.mask = ~0ull };
}

u32 rp_own_word(u32 index)
{
	return rp_word_at(rp.queues + 8 * index, 8, NULL);
}

const void *replay_queue_of(const volatile void *var)
{
	u32 offset = offset_of(var);

	if (offset >= PLACES)
		bad_access(var, NULL);
	return rp.queues + (offset & ~7u);
}

u64 rp_peek(const struct word *w)
{
	switch (w->size) {
	case 1:
		return *(u8 *)w->p;
	case 2:
		return *(u16 *)w->p;
	case 4:
		return *(u32 *)w->p;
	default:
		return *(u64 *)w->p;
	}
}

void rp_poke(struct word *w, u64 value)
{
	switch (w->size) {
	case 1:
		*(u8 *)w->p = (u8)value;
		break;
	case 2:
		*(u16 *)w->p = (u16)value;
		break;
	case 4:
		*(u32 *)w->p = (u32)value;
		break;
	default:
		*(u64 *)w->p = value;
	}
}

/*
 * Objects
 */

static u16 add_object(u32 offset, size_t size, enum object_state state,
		      const char *name, const struct replay_site *site)
{
	struct object *o;

	if (rp.n_objects > 0xffff)
		rp_unsupported(rp_format("more than 65535 objects"));
	rp.objects = rp_grow(rp.objects, &rp.objects_size, rp.n_objects + 1,
			     sizeof(*rp.objects));
	o = &rp.objects[rp.n_objects];
	*o = (struct object){ .offset = offset, .size = (u32)size,
			      .state = state, .name = name, .made = site,
			      .bit = rp_mix(offset, size) % 64 };
	set_object_ids(offset, (u32)size, (u16)rp.n_objects);
	return (u16)rp.n_objects++;
}

static void *allocate(const struct replay_site *site, size_t size,
		      const char *name, enum object_state state, int fill)
{
	struct agent *a = rp.running;
	/* A granule between two objects belongs to neither. */
	size_t whole = (size + 2 * GRANULE - 1) & ~(size_t)(GRANULE - 1);
	u32 offset = a->brk;

	if (!size)
		return NULL;
	if (size > a->brk_end || offset + whole > a->brk_end)
		rp_unsupported(rp_format("the objects need too much memory"));
	a->brk += (u32)whole;
	add_object(offset, size, state, name, site);
	memset(rp.arena + offset, fill, size);
	return rp.arena + offset;
}

void *replay_alloc(const struct replay_site *site, size_t size, bool zero)
{
	/* Garbage, but the same one every time. */
	return allocate(site, size, NULL, OBJECT_LIVE, zero ? 0 : 0xa5);
}

void *replay_object(const struct replay_site *site, size_t size,
		    const char *name, bool type_stable)
{
	return allocate(site, size, name,
			type_stable ? OBJECT_STABLE : OBJECT_LIVE, 0);
}

static struct static_range *add_range(void *p, size_t size, const char *name)
{
	struct static_range *r;

	if (size > STATIC_SIZE || statics.next + size > PLACES)
		rp_unsupported(rp_format("static variables are too large"));
	statics.ranges = rp_grow(statics.ranges, &statics.size, statics.n + 1,
				 sizeof(*statics.ranges));
	r = &statics.ranges[statics.n++];
	*r = (struct static_range){ p, (u32)size, statics.next, name,
				    rp_copy(p, size) };
	/* Alignment within the shadow is that of the address. */
	r->offset += (u32)((uintptr_t)p % GRANULE);
	statics.next = (r->offset + r->size + 2 * GRANULE) & ~(GRANULE - 1);
	return r;
}

void replay_add_static(void *p, size_t size, const char *name)
{
	struct static_range *r = NULL;
	u32 i;

	for (i = 0; i < statics.n && !r; i++)
		if (statics.ranges[i].p == p)
			r = &statics.ranges[i];
	if (!r)
		r = add_range(p, size, name);
	memcpy(r->p, r->initial, r->size);
	add_object(r->offset, r->size, OBJECT_STATIC, name, NULL);
}

static struct object *object_named(const void *p)
{
	u16 id = rp_object_at(p);

	if (!id)
		bad_access(p, NULL);
	return &rp.objects[id];
}

void replay_name(const void *p, const char *name)
{
	object_named(p)->name = name;
}

void replay_keep(const void *p)
{
	object_named(p)->keep = true;
}

bool replay_is_freed(const void *p)
{
	return object_named(p)->state == OBJECT_FREED;
}

void replay_watch_count(const volatile void *word, size_t size)
{
	rp.words[rp_word_at(word, size, NULL)].counted = true;
}

char *rp_object_text(u16 object)
{
	const struct object *o = &rp.objects[object];

	if (o->name)
		return rp_format("'%s'", o->name);
	return rp_format("the object of %s at %s:%d", o->made->text,
			 o->made->file, o->made->line);
}

static char *freed_text(u16 object)
{
	const struct object *o = &rp.objects[object];
	char *name = rp_object_text(object);
	char *text = rp_format("%s was freed at %s:%d (%s)", name,
			       o->freed->file, o->freed->line, o->freed->text);

	free(name);
	return text;
}

bool rp_check_freed(const struct access *a, const struct replay_site *site)
{
	if (rp.objects[a->object].state != OBJECT_FREED || !a->object)
		return false;
	rp_fault(REPLAY_USE_AFTER_FREE, site, freed_text(a->object));
	return true;
}

void rp_free_object(u16 object, const struct replay_site *site)
{
	struct object *o = &rp.objects[object];

	if (o->state == OBJECT_FREED) {
		rp_fault(REPLAY_DOUBLE_FREE, site, freed_text(object));
		return;
	}
	if (o->state != OBJECT_LIVE) {
		rp_fault(REPLAY_BAD_FREE, site, rp_object_text(object));
		return;
	}
	o->state = OBJECT_FREED;
	o->freed = site;
}

void rp_check_leaks(void)
{
	u32 i;

	for (i = 1; i < rp.n_objects; i++) {
		const struct object *o = &rp.objects[i];

		if (o->state == OBJECT_LIVE && !o->keep)
			rp_fault(REPLAY_LEAK, o->made, rp_object_text((u16)i));
	}
}

void replay_free(const struct replay_site *site, const void *p)
{
	struct op op = { .kind = OP_FREE, .order = REPLAY_RELAXED,
			 .drain = DRAIN_OBJECT, .site = site };

	if (!p)
		return;
	op.access.flags = ACCESS_FREE;
	op.access.object = rp_object_at(p);
	if (!op.access.object ||
	    offset_of(p) != rp.objects[op.access.object].offset) {
		rp_fault(REPLAY_BAD_FREE, site,
			 rp_format("not what an allocation returned"));
		rp_die();
	}
	rp_step(&op);
}
