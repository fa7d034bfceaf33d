/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fibers: stacks that are switched by hand. A switch saves what a call saves
 * (no signal mask, no floating-point control words) and costs some
 * nanoseconds; other targets than x86-64 and arm64 take ucontext.
 */
#ifndef REPLAY_FIBER_H
#define REPLAY_FIBER_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define RP_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RP_ASAN 1
#endif
#endif

#if !defined(__x86_64__) && !defined(__aarch64__)
#define RP_UCONTEXT 1
#include <ucontext.h>
#endif

struct fiber {
	void *sp;	   /* where it stopped */
	char *stack;	   /* its lowest address; NULL: the process's own */
	size_t size;
	void (*run)(void *arg);
	void *arg;
#ifdef RP_UCONTEXT
	ucontext_t context;
#endif
#ifdef RP_ASAN
	const void *bottom; /* lowest address, also of the process's stack */
	void *fake_stack;
	struct fiber *from; /* where to go when it is abandoned */
	bool started;
	bool dying; /* leaves what it runs when it is resumed */
	bool last;  /* and is then not resumed again */
	jmp_buf base;
#endif
};

/* Gives @f a stack. Returns 0, or -1 when there is no memory. */
int rp_fiber_init(struct fiber *f);
void rp_fiber_destroy(struct fiber *f);
/* The next switch to @f calls @run(@arg), which must not return. */
void rp_fiber_prepare(struct fiber *f, void (*run)(void *arg), void *arg);
/* Stops in @from and goes on in @to. */
void rp_fiber_switch(struct fiber *from, struct fiber *to);
/* @f, which stopped, will not be resumed; called in @home. */
void rp_fiber_abandon(struct fiber *f, struct fiber *home);

#endif
