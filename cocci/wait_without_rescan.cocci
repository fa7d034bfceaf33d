// SPDX-License-Identifier: GPL-2.0-only
/// A loop looks for a busy object, waits for it, and looks again only if the
/// wait slept; or a condition is tested, and not again between setting the
/// task's state and going to sleep.
///
//# False where there is one object only, so that a wait that did not have to
//# sleep has nothing left to look for; and where whoever wakes this task does
//# it again later. Lists of waiters that are tested under a lock which is
//# dropped behind the setting of the state are left out. The function that
//# sets the flag is looked for in the same file.
///
// Confidence: High
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

// What the wait runs when it has to sleep.

@asleep@
symbol true;
identifier cmd, r;
@@

cmd(..., bool *r, ...)
{
	<+...
	*r = true;
	...+>
}

@var exists@
identifier asleep.cmd, wait;
symbol true, false;
local idexpression r;
position p;
@@

r = false;
... when != r = true
wait@p(..., cmd(..., &r, ...), ...)

@ptr exists@
symbol true;
identifier asleep.cmd, f, wait, r;
position p;
@@

f(..., bool *r, ...)
{
	... when != *r = true
	wait@p(..., cmd(..., r, ...), ...)
	... when any
}

// The state is set, and then nothing is asked. A lock that is dropped behind
// it may be what whoever wakes takes.

@late@
identifier join = {prepare_to_wait, prepare_to_wait_exclusive};
identifier sleep = {schedule, io_schedule};
identifier unlock =~ "unlock|^up_";
expression C, C2;
expression state != TASK_RUNNING;
statement S;
position p, q;
@@

(
if@q (C) {
	...
(
	set_current_state(state);
|
	join(...);
)
	... when != if (C2) S
	    when != unlock(...)
	sleep@p();
	...
}
|
while@q (C) {
	...
(
	set_current_state(state);
|
	join(...);
)
	... when != if (C2) S
	    when != unlock(...)
	sleep@p();
	...
}
)

// To look again in any case is what the repaired file systems do.

@depends on patch@
symbol true;
identifier asleep.cmd, ptr.wait, ptr.r;
expression E;
position ptr.p;
@@

(
+ *r = true;
 E = wait@p(..., cmd(..., r, ...), ...);
|
+ *r = true;
 wait@p(..., cmd(..., r, ...), ...);
|
+ *r = true;
 return wait@p(..., cmd(..., r, ...), ...);
)

@depends on patch exists@
symbol true, false;
identifier asleep.cmd, wait;
local idexpression r;
expression E;
@@

r = false;
... when != r = true
+r = true;
E = wait(..., cmd(..., &r, ...), ...);

@depends on context@
identifier var.wait;
position var.p;
@@

*wait@p(...)

@depends on context@
identifier ptr.wait;
position ptr.p;
@@

*wait@p(...)

@depends on context@
identifier late.sleep;
position late.p;
@@

*sleep@p();

@script:python depends on report@
p << var.p;
cmd << asleep.cmd;
r << var.r;
@@

msg = "WARNING: only %s(), which runs if this wait sleeps, sets %s: what else is busy is not looked for [wait-without-rescan]" % (cmd, r)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << ptr.p;
cmd << asleep.cmd;
r << ptr.r;
@@

msg = "WARNING: only %s(), which runs if this wait sleeps, sets %s: what else is busy is not looked for [wait-without-rescan]" % (cmd, r)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << late.p;
q << late.q;
@@

msg = "WARNING: what line %s tests is not tested again once the task joined the waiters: a wake-up in between is lost [wait-without-rescan]" % (q[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << var.p;
cmd << asleep.cmd;
r << var.r;
@@

msg = "WARNING: only %s(), which runs if this wait sleeps, sets %s: what else is busy is not looked for [wait-without-rescan]" % (cmd, r)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << ptr.p;
cmd << asleep.cmd;
r << ptr.r;
@@

msg = "WARNING: only %s(), which runs if this wait sleeps, sets %s: what else is busy is not looked for [wait-without-rescan]" % (cmd, r)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << late.p;
q << late.q;
@@

msg = "WARNING: what line %s tests is not tested again once the task joined the waiters: a wake-up in between is lost [wait-without-rescan]" % (q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "test")
