// SPDX-License-Identifier: GPL-2.0-only
/// A flag is tested without the lock that the tested branch then takes, and
/// the branch acts under the lock as though the test still held; or it takes
/// the lock and drops it with nothing in between.
///
//# An empty section that waits for whoever is inside can be right: it is a
//# candidate, and a comment should say whom it waits for. False where
//# - a lock of the caller keeps all who write the flag apart
//# - one thread only writes it
//# A branch that does nothing but write the flag it tested is left out, and so
//# is one that tests anything under the lock. Not looked for: a value kept over
//# unlock and relock, a test or a lock inside a helper.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

@empty@
identifier lock = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		raw_spin_lock, raw_spin_lock_irq, raw_spin_lock_irqsave,
		mutex_lock, write_lock, write_lock_bh, write_lock_irq,
		down_write};
identifier unlock =~ "unlock|^up_";
expression T, L;
position p, q;
@@

if (T@p) {
	lock@q(L, ...);
	unlock(L, ...);
}

// The flag is only set straight: twice does no harm.

@only@
identifier lock =~ "(^|_)lock|^down_", unlock =~ "unlock|^up_";
identifier f;
expression X, L, E, T;
position p;
@@

if (T) {
	lock(L, ...);
	X->f@p = E;
	unlock(L, ...);
}

@member exists@
identifier lock = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		raw_spin_lock, raw_spin_lock_irq, raw_spin_lock_irqsave,
		mutex_lock, write_lock, write_lock_bh, write_lock_irq,
		down_write};
identifier unlock =~ "unlock|^up_";
identifier f;
expression X, L, E, C;
statement S;
position p, q, w != only.p;
@@

if (<+... X->f@p ...+>) {
	... when != X->f
	    when != unlock(...)
	lock@q(L, ...);
	... when != X->f
	    when != unlock(L, ...)
	    when != if (C) S
	X->f@w = E
	... when any
}

@bit exists@
identifier lock = {spin_lock, spin_lock_bh, spin_lock_irq, spin_lock_irqsave,
		raw_spin_lock, raw_spin_lock_irq, raw_spin_lock_irqsave,
		mutex_lock, write_lock, write_lock_bh, write_lock_irq,
		down_write};
identifier unlock =~ "unlock|^up_";
identifier change = {set_bit, clear_bit, __set_bit, __clear_bit};
expression B, A, L, C;
statement S;
position p, q, w;
@@

if (<+... test_bit@p(B, A) ...+>) {
	... when != test_bit(B, A)
	    when != unlock(...)
	lock@q(L, ...);
	... when != test_bit(B, A)
	    when != unlock(L, ...)
	    when != if (C) S
	change@w(B, A)
	... when any
}

@depends on context@
expression T;
statement S;
position empty.p;
@@

*if (T@p) S

@depends on context@
expression X, E;
identifier f;
position member.p, member.w;
@@

(
*X->f@w = E
|
*X->f@p
)

@depends on context@
expression B, A;
identifier change;
position bit.p, bit.w;
@@

(
*test_bit@p(B, A)
|
*change@w(B, A)
)

// There is no repair by rote.

@script:python depends on patch@
@@

pass

@script:python depends on report@
p << empty.p;
q << empty.q;
lock << empty.lock;
L << empty.L;
@@

msg = "WARNING: %s(%s) on line %s is dropped at once, and taken only if this test holds [check-then-lock]" % (lock, L.replace(" ", ""), q[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << member.p;
q << member.q;
w << member.w;
f << member.f;
L << member.L;
@@

msg = "WARNING: %s is tested before %s is taken on line %s, and written on line %s with no second test [check-then-lock]" % (f, L.replace(" ", ""), q[0].line, w[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << bit.p;
q << bit.q;
w << bit.w;
B << bit.B;
L << bit.L;
@@

msg = "WARNING: %s is tested before %s is taken on line %s, and changed on line %s with no second test [check-then-lock]" % (B, L.replace(" ", ""), q[0].line, w[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << empty.p;
q << empty.q;
lock << empty.lock;
L << empty.L;
@@

msg = "WARNING: %s(%s) on line %s is dropped at once, and taken only if this test holds [check-then-lock]" % (lock, L.replace(" ", ""), q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "lock")

@script:python depends on org@
p << member.p;
q << member.q;
w << member.w;
f << member.f;
L << member.L;
@@

msg = "WARNING: %s is tested before %s is taken on line %s, and written on line %s with no second test [check-then-lock]" % (f, L.replace(" ", ""), q[0].line, w[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "lock")
coccilib.org.print_link(w[0], "write")

@script:python depends on org@
p << bit.p;
q << bit.q;
w << bit.w;
B << bit.B;
L << bit.L;
@@

msg = "WARNING: %s is tested before %s is taken on line %s, and changed on line %s with no second test [check-then-lock]" % (B, L.replace(" ", ""), q[0].line, w[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "lock")
coccilib.org.print_link(w[0], "write")
