// SPDX-License-Identifier: GPL-2.0-only
/// "Nobody else uses it" is read from a reference count, and what follows drops
/// the reference of somebody else, or reaps the object, as though that still
/// held; but others may take a reference without the lock that is held here.
///
//# The count is one that somebody in the same file raises unless it is zero, and
//# without a lock; or that of a page. False where who would raise it cannot
//# find the object any more, or tries again what it lost. A lock that the
//# function is called with is not seen, nor is a lookup in another file.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

// Who looks the object up with a lock keeps those off who hold it, too.

@guarded exists@
identifier get = {atomic_inc_not_zero, refcount_inc_not_zero,
		kref_get_unless_zero};
identifier lock =~ "^(raw_)?(spin|read|write|mutex)_(try)?lock|^down_";
identifier unlock =~ "unlock|^up_";
identifier c;
expression x;
position p;
@@

lock(...)
... when != unlock(...)
get@p(&x->c, ...)

@lookup@
identifier get = {atomic_inc_not_zero, refcount_inc_not_zero,
		kref_get_unless_zero};
identifier c;
expression x;
position p != guarded.p;
@@

get@p(&x->c, ...)

@idle@
identifier read = {atomic_read, refcount_read, kref_read};
identifier drop = {atomic_dec, refcount_dec};
identifier lookup.c;
expression x;
constant N;
position p;
@@

if (<+... read@p(&x->c) == N ...+>) {
	...
	drop(&x->c);
	...
}

@busy exists@
identifier read = {atomic_read, refcount_read, kref_read};
identifier reap =~ "free|release|destroy|reap|evict|kill|purge";
identifier lookup.c;
expression x;
constant N;
position p;
@@

if (<+... \(read@p(&x->c) != N\|read@p(&x->c) > N\) ...+>) {
	...
	\(return ...;\|continue;\|break;\)
}
...
reap(x, ...)

@page exists@
identifier count = {page_count, page_ref_count, folio_ref_count};
identifier freeze =~ "freeze|cmpxchg|unmap";
identifier erase = {xas_store, xa_store};
expression P, xa, N;
position p;
@@

... when != freeze(...)
if (<+... \(count@p(P) != N\|count@p(P) > N\) ...+>) {
	...
	\(return ...;\|break;\|continue;\)
}
... when != freeze(...)
\(erase(xa, NULL)\|xa_erase(...)\|radix_tree_delete(...)\)

@depends on context@
identifier idle.read;
position idle.p;
@@

*read@p(...)

@depends on context@
identifier busy.read;
position busy.p;
@@

*read@p(...)

@depends on context@
identifier page.count;
position page.p;
@@

*count@p(...)

// There is no repair by rote.

@script:python depends on patch@
@@

pass

@script:python depends on report@
p << idle.p;
x << idle.x;
c << lookup.c;
read << idle.read;
@@

msg = "WARNING: %s() of %s->%s decides about a reference, and a lookup may raise it at any time [idle-check-unlocked]" % (read, x, c)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << busy.p;
x << busy.x;
c << lookup.c;
reap << busy.reap;
@@

msg = "WARNING: %s->%s is found idle before %s(), and a lookup may raise it at any time [idle-check-unlocked]" % (x, c, reap)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << page.p;
P << page.P;
count << page.count;
@@

msg = "WARNING: %s(%s) finds the page idle, and it is taken out with nothing that keeps it so [idle-check-unlocked]" % (count, P)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << idle.p;
x << idle.x;
c << lookup.c;
read << idle.read;
@@

msg = "WARNING: %s() of %s->%s decides about a reference, and a lookup may raise it at any time [idle-check-unlocked]" % (read, x, c)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << busy.p;
x << busy.x;
c << lookup.c;
reap << busy.reap;
@@

msg = "WARNING: %s->%s is found idle before %s(), and a lookup may raise it at any time [idle-check-unlocked]" % (x, c, reap)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << page.p;
P << page.P;
count << page.count;
@@

msg = "WARNING: %s(%s) finds the page idle, and it is taken out with nothing that keeps it so [idle-check-unlocked]" % (count, P)
coccilib.org.print_safe_todo(p[0], msg)
