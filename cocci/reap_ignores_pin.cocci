// SPDX-License-Identifier: GPL-2.0-only
/// A bit keeps an object from being freed or used again. Who frees it waits for
/// the bit under the object's lock, drops that lock, and frees the object under
/// another one; and there is somebody who sets the bit without the first lock.
/// Or a function that the model calls a reaper does not look at its pin at all.
///
//# False where whoever sets the bit cannot find the object any more by then. A
//# pin is what is set by a function named "set_", before the object's lock is
//# taken, and cleared under it; that must stand in the same file.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

// Whoever frees waits until the bit is clear, in a loop.

@waits exists@
identifier lock = {mutex_lock, spin_lock, spin_lock_irq, down_write};
identifier unlock =~ "unlock|^up_";
identifier test, m, free, l;
type T;
T *x;
expression L;
position p, q;
@@

lock(&x->m);
... when != unlock(...)
if (test@q(x)) {
	...
	unlock(&x->m);
	...
	goto l;
}
... when != lock(&x->m)
unlock(&x->m);
... when != lock(&x->m)
lock(L);
... when != unlock(L)
free@p(x, ...);

// Who sets it holds another lock, and not that of the object.

@both exists@
identifier waits.m;
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_", set =~ "^set_";
type waits.T;
T *y;
position p;
@@

lock(&y->m);
... when != unlock(&y->m)
set@p(y);

@sets exists@
identifier waits.m;
identifier lock =~ "(^|_)lock|^down_", set =~ "^set_";
type waits.T;
T *y;
expression B, A;
position p != both.p;
@@

set@p(y);
...
lock(&y->m);
...
clear_bit(B, A)

//%for pin
//%|@${id}_asks@
//%|identifier reaper = {${reapers}};
//%|identifier test =~ "(?i)${flag}$";
//%|expression E;
//%|position p;
//%|@@
//%|
//%|reaper@p(...)
//%|{
//%|	<+...
//%|	\(test(...)\|test\|E->test\)
//%|	...+>
//%|}
//%|
//%|@${id}@
//%|identifier reaper = {${reapers}};
//%|position p != ${id}_asks.p;
//%|@@
//%|
//%|reaper@p(...) { ... }
//%|
//%done

@depends on context && sets@
identifier waits.free;
position waits.p;
@@

*free@p(...);

//%for pin
//%|@depends on context@
//%|identifier ${id}.reaper;
//%|position ${id}.p;
//%|@@
//%|
//%|*reaper@p(...) { ... }
//%|
//%done

// There is no repair by rote.

@script:python depends on patch@
@@

pass

@script:python depends on report@
p << waits.p;
q << waits.q;
x << waits.x;
m << waits.m;
test << waits.test;
free << waits.free;
set << sets.set;
@@

msg = "WARNING: %s() frees %s after %s() was asked under %s, and %s() is called without that lock [reap-ignores-pin]" % (free, x, test, m, set)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << waits.p;
q << waits.q;
x << waits.x;
m << waits.m;
test << waits.test;
free << waits.free;
set << sets.set;
@@

msg = "WARNING: %s() frees %s after %s() was asked under %s, and %s() is called without that lock [reap-ignores-pin]" % (free, x, test, m, set)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "test")

//%for pin
//%|@script:python depends on report@
//%|p << ${id}.p;
//%|reaper << ${id}.reaper;
//%|@@
//%|
//%|msg = "WARNING: %s() does not look at ${flag}, which pins the ${record} [reap-ignores-pin]" % reaper
//%|coccilib.report.print_report(p[0], msg)
//%|
//%done
//%for pin
//%|@script:python depends on org@
//%|p << ${id}.p;
//%|reaper << ${id}.reaper;
//%|@@
//%|
//%|msg = "WARNING: %s() does not look at ${flag}, which pins the ${record} [reap-ignores-pin]" % reaper
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|
//%done
