// SPDX-License-Identifier: GPL-2.0-only
/*
 * Switching stacks, and telling AddressSanitizer of it. Knows nothing of
 * threads or schedules.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "fiber.h"

#ifdef RP_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

/* Address space only: the kernel gives the pages when they are touched. */
#define STACK_SIZE (512u << 10)
/* Multiple of all page sizes. */
#define GUARD_SIZE (64u << 10)

#ifdef RP_ASAN
/*
 * A fiber that is never resumed leaves poisoned frames on its stack and fake
 * frames on the heap. So it is resumed once more, to leave by this jump, and
 * then runs again what it is given next: a fresh fake stack each time would
 * cost more than all the rest.
 */
static void after_switch(struct fiber *from)
{
	__sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
	if (from->dying)
		longjmp(from->base, 1);
}

static void before_switch(struct fiber *from, struct fiber *to)
{
	if (to->stack && !to->started)
		to->from = from;
	__sanitizer_start_switch_fiber(from->last ? NULL : &from->fake_stack,
				       to->bottom, to->size);
}

static void run_repeatedly(void *data)
{
	struct fiber *f = data;

	__sanitizer_finish_switch_fiber(NULL, &f->from->bottom,
					&f->from->size);
	f->started = true;
	for (;;) {
		if (!setjmp(f->base) && !f->last)
			f->run(f->arg);
		f->dying = false;
		rp_fiber_switch(f, f->from);
	}
}

void rp_fiber_abandon(struct fiber *f, struct fiber *home)
{
	if (!f->started)
		return;
	f->dying = true;
	f->from = home;
	rp_fiber_switch(home, f);
}

/* Gives the fake stack back. */
static void before_destroy(struct fiber *f)
{
	if (!f->started)
		return;
	f->last = true;
	rp_fiber_abandon(f, f->from);
	f->started = false;
	f->last = false;
}

static bool is_waiting(const struct fiber *f)
{
	return f->started;
}
#else
static void before_switch(struct fiber *from, struct fiber *to)
{
	(void)from;
	(void)to;
}

static void after_switch(struct fiber *from)
{
	(void)from;
}

void rp_fiber_abandon(struct fiber *f, struct fiber *home)
{
	(void)f;
	(void)home;
}

static void before_destroy(struct fiber *f)
{
	(void)f;
}

static bool is_waiting(const struct fiber *f)
{
	(void)f;
	return false;
}
#endif

int rp_fiber_init(struct fiber *f)
{
	f->size = STACK_SIZE;
	f->stack = mmap(NULL, f->size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (f->stack == MAP_FAILED) {
		f->stack = NULL;
		return -1;
	}
	/* A stack that overflows must not run into its neighbour. */
#ifdef RP_ASAN
	f->bottom = f->stack;
#endif
	return mprotect(f->stack, GUARD_SIZE, PROT_NONE);
}

void rp_fiber_destroy(struct fiber *f)
{
	before_destroy(f);
	if (f->stack)
		munmap(f->stack, f->size);
	f->stack = NULL;
}

/* What the first switch to a fiber calls. */
static void (*entry_of(struct fiber *f))(void *)
{
#ifdef RP_ASAN
	return run_repeatedly;
#else
	return f->run;
#endif
}

static void *entry_argument(struct fiber *f)
{
#ifdef RP_ASAN
	return f;
#else
	return f->arg;
#endif
}

#if defined(__x86_64__)

void rp_switch_stacks(void **ret_sp, void *sp);
void rp_enter(void);

/*
 * rp_switch_stacks: pushes what a callee must keep, and pops it on the other
 * side. rp_enter: the first return address of a fiber; r12 and r13 were put
 * where the pops find them.
 */
__asm__(".text\n"
	".globl rp_switch_stacks\n"
	".hidden rp_switch_stacks\n"
	".type rp_switch_stacks, @function\n"
	"rp_switch_stacks:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size rp_switch_stacks, . - rp_switch_stacks\n"
	".globl rp_enter\n"
	".hidden rp_enter\n"
	".type rp_enter, @function\n"
	"rp_enter:\n"
	"	movq %r12, %rdi\n"
	"	callq *%r13\n"
	"	ud2\n"
	".size rp_enter, . - rp_enter\n");

void rp_fiber_prepare(struct fiber *f, void (*run)(void *arg), void *arg)
{
	uintptr_t *sp = (uintptr_t *)(f->stack + f->size) - 2;

	f->run = run;
	f->arg = arg;
	if (is_waiting(f))
		return;
	*--sp = (uintptr_t)rp_enter;
	*--sp = 0;				/* rbp: ends a backtrace */
	*--sp = 0;				/* rbx */
	*--sp = (uintptr_t)entry_argument(f);	/* r12 */
	*--sp = (uintptr_t)entry_of(f);		/* r13 */
	*--sp = 0;				/* r14 */
	*--sp = 0;				/* r15 */
	f->sp = sp;
}

#elif defined(__aarch64__)

void rp_switch_stacks(void **ret_sp, void *sp);
void rp_enter(void);

__asm__(".text\n"
	".globl rp_switch_stacks\n"
	".hidden rp_switch_stacks\n"
	".type rp_switch_stacks, %function\n"
	"rp_switch_stacks:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size rp_switch_stacks, . - rp_switch_stacks\n"
	".globl rp_enter\n"
	".hidden rp_enter\n"
	".type rp_enter, %function\n"
	"rp_enter:\n"
	"	mov x0, x19\n"
	"	blr x20\n"
	"	brk #1\n"
	".size rp_enter, . - rp_enter\n");

void rp_fiber_prepare(struct fiber *f, void (*run)(void *arg), void *arg)
{
	uintptr_t *sp = (uintptr_t *)(f->stack + f->size) - 20;
	int i;

	f->run = run;
	f->arg = arg;
	if (is_waiting(f))
		return;
	for (i = 0; i < 20; i++)
		sp[i] = 0;
	sp[0] = (uintptr_t)entry_argument(f);	/* x19 */
	sp[1] = (uintptr_t)entry_of(f);		/* x20 */
	sp[11] = (uintptr_t)rp_enter;		/* x30 */
	f->sp = sp;
}

#else

static void enter(unsigned int high, unsigned int low)
{
	struct fiber *f = (void *)((uintptr_t)high << 16 << 16 | low);

	entry_of(f)(entry_argument(f));
	abort();
}

void rp_fiber_prepare(struct fiber *f, void (*run)(void *arg), void *arg)
{
	uintptr_t p = (uintptr_t)f;

	f->run = run;
	f->arg = arg;
	if (is_waiting(f))
		return;
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = f->size;
	f->context.uc_link = NULL;
	makecontext(&f->context, (void (*)(void))enter, 2,
		    (unsigned int)(p >> 16 >> 16), (unsigned int)p);
}

#endif

void rp_fiber_switch(struct fiber *from, struct fiber *to)
{
	before_switch(from, to);
#ifdef RP_UCONTEXT
	swapcontext(&from->context, &to->context);
#else
	rp_switch_stacks(&from->sp, to->sp);
#endif
	after_switch(from);
}
