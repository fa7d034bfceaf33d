// SPDX-License-Identifier: GPL-2.0-only
/// An object is chosen from a container under a lock, the lock is dropped, and
/// then the object's own lock is taken: meanwhile it may have been freed, or
/// belong to something else. Or a walk that remembers the next entry drops the
/// lock that kept that entry.
///
//# False where objects never leave the container while it is in use, or where
//# something else than a reference keeps them. Whatever is done with the object
//# before the lock is dropped (a call that gets it, a write to a member) is
//# taken for a pin. A search without any lock that stops at its first match is
//# left out: such lists often only grow. Uses other than the object's own lock
//# are not looked for.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

@found exists@
//%once
//%|identifier select = {list_entry, list_first_entry,
//%|		list_first_entry_or_null, rb_entry, ${fn SELECT 0}};
identifier select = {list_entry, list_first_entry,
		list_first_entry_or_null, rb_entry, __dev_get_by_index,
		__dev_get_by_name, __neigh_lookup_noref, dev_get_by_index_rcu,
		dev_get_by_name_rcu, find_extend_vma, find_vma,
		find_vma_intersection, idr_find, idr_get_next, idr_get_next_ul,
		interval_tree_iter_first, mtree_load, pid_task,
		radix_tree_lookup, radix_tree_lookup_slot,
		radix_tree_next_chunk, rb_first, rb_last, rhashtable_lookup,
		rhashtable_lookup_fast, rhltable_lookup, vma_lookup, xa_find,
		xa_find_after, xa_load, xas_find, xas_find_marked, xas_load};
//%done
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_";
identifier own = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		mutex_lock, down_read, down_write, read_lock, write_lock};
identifier f, m, n;
local idexpression x;
expression L, E;
position p;
@@

x = select(...)
... when != lock(...)
    when != f(..., x, ...)
    when != f(..., &x->n, ...)
    when != x->n = E
    when != x->n++
    when != x->n |= E
unlock(L, ...);
... when != x = E
    when != lock(L, ...)
    when != f(..., x, ...)
own@p(&x->m, ...);

// A macro that takes something out of a heap or a queue, and names it.

@popped exists@
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_";
identifier own = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		mutex_lock, down_read, down_write, read_lock, write_lock};
identifier f, m, n, pop;
local idexpression x;
expression L, E;
position p;
@@

x = NULL;
pop(..., x, ...);
... when != lock(...)
    when != f(..., x, ...)
    when != f(..., &x->n, ...)
    when != x->n = E
    when != x->n++
    when != x->n |= E
unlock(L, ...);
... when != x = E
    when != lock(L, ...)
    when != f(..., x, ...)
own@p(&x->m, ...);

// No lock at all, and the best of all is remembered, not the first.

@first@
local idexpression x, best;
position a;
@@

best@a = x;
break;

@walked exists@
identifier own = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		mutex_lock, down_read, down_write, read_lock, write_lock};
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_";
identifier f, m;
local idexpression x, best;
iterator walk;
position p, a != first.a;
@@

... when != lock(...)
walk(..., x, ...) { <+... best@a = x; ...+> }
... when != f(..., \(best\|x\), ...)
    when != unlock(...)
own@p(\(&x->m\|&best->m\), ...);

@next exists@
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_";
identifier k;
local idexpression x, n;
iterator name list_for_each_entry_safe;
idexpression B;
expression E;
position p;
@@

list_for_each_entry_safe(x, n, <+... B ...+>, ...) {
	... when != lock(&B->k, ...)
	    when any
	unlock@p(&B->k, ...);
	... when != n = E
	lock(&B->k, ...);
	... when != break;
	    when != return ...;
	    when != n = E
}

@depends on context@
identifier found.own;
position found.p;
@@

*own@p(...);

@depends on context@
identifier popped.own;
position popped.p;
@@

*own@p(...);

@depends on context@
identifier walked.own;
position walked.p;
@@

*own@p(...);

@depends on context@
identifier next.unlock;
position next.p;
@@

*unlock@p(...);

// There is no repair by rote.

@script:python depends on patch@
@@

pass

@script:python depends on report@
p << found.p;
x << found.x;
select << found.select;
m << found.m;
@@

msg = "WARNING: %s->%s is taken behind the lock under which %s() found the object, and nothing keeps that [select-then-flush]" % (x, m, select)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << popped.p;
x << popped.x;
pop << popped.pop;
m << popped.m;
@@

msg = "WARNING: %s->%s is taken behind the lock under which %s() found the object, and nothing keeps that [select-then-flush]" % (x, m, pop)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << walked.p;
best << walked.best;
@@

msg = "WARNING: %s was found by a walk without a lock, and nothing keeps it until its own is held [select-then-flush]" % (best)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << next.p;
n << next.n;
@@

msg = "WARNING: the lock is dropped, and the walk goes on to %s all the same [select-then-flush]" % (n)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << found.p;
x << found.x;
select << found.select;
m << found.m;
@@

msg = "WARNING: %s->%s is taken behind the lock under which %s() found the object, and nothing keeps that [select-then-flush]" % (x, m, select)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << popped.p;
x << popped.x;
pop << popped.pop;
m << popped.m;
@@

msg = "WARNING: %s->%s is taken behind the lock under which %s() found the object, and nothing keeps that [select-then-flush]" % (x, m, pop)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << walked.p;
best << walked.best;
@@

msg = "WARNING: %s was found by a walk without a lock, and nothing keeps it until its own is held [select-then-flush]" % (best)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << next.p;
n << next.n;
@@

msg = "WARNING: the lock is dropped, and the walk goes on to %s all the same [select-then-flush]" % (n)
coccilib.org.print_safe_todo(p[0], msg)
