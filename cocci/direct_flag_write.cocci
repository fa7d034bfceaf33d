// SPDX-License-Identifier: GPL-2.0-only
/// A flag owns a reference and has accessors, in which the two change together.
/// Here it is written directly, its reference follows later, and in between
/// something lets others in: they see a flag and a count that disagree.
///
//# The flags are those of the model. False where whoever is let in cannot
//# reach the object, or does not look at the flag. A reference that follows on
//# some paths only is not looked for; one that never follows is for
//# unpaired_flag.cocci.
//#
//# Mode patch: page flags whose accessor stands here written out, all three
//# lines of it next to each other. That is no race, so no other mode tells.
///
// Confidence: High
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

//%for pair calls accessors own
//%|@${id}_set exists@
//%|identifier set = {${set}};
//%|expression o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier get =~ "get|hold|grab|inc|ref";
//%|position p, q, r;
//%|@@
//%|
//%|set@p(o, ...)
//%|... when != get(o, ...)
//%|publish@q(...)
//%|... when != set(o, ...)
//%|get@r(o, ...)
//%|
//%|@${id}_clear exists@
//%|identifier clear = {${clear}};
//%|expression o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier put =~ "put|dec|drop|release|unref";
//%|position p, q, r;
//%|@@
//%|
//%|clear@p(o, ...)
//%|... when != put(o, ...)
//%|publish@q(...)
//%|... when != clear(o, ...)
//%|put@r(o, ...)
//%|
@page_private_set exists@
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
identifier get =~ "get|hold|grab|inc|ref";
position p, q, r;
@@

set@p(o, ...)
... when != get(o, ...)
publish@q(...)
... when != set(o, ...)
get@r(o, ...)

@page_private_clear exists@
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
identifier put =~ "put|dec|drop|release|unref";
position p, q, r;
@@

clear@p(o, ...)
... when != put(o, ...)
publish@q(...)
... when != clear(o, ...)
put@r(o, ...)

//%done

//%for pair bits accessors own
//%|@${id}_set exists@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier get =~ "get|hold|grab|inc|ref";
//%|position p, q, r;
//%|@@
//%|
//%|set@p(${bit}, &o->${member})
//%|... when != get(o, ...)
//%|publish@q(...)
//%|... when != set(${bit}, &o->${member})
//%|get@r(o, ...)
//%|
//%|@${id}_clear exists@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier put =~ "put|dec|drop|release|unref";
//%|position p, q, r;
//%|@@
//%|
//%|clear@p(${bit}, &o->${member})
//%|... when != put(o, ...)
//%|publish@q(...)
//%|... when != clear(${bit}, &o->${member})
//%|put@r(o, ...)
//%|
//%done

//%for pair bits accessors apart
//%|@${id}_set exists@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|struct ${object-record} *x;
//%|identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
//%|identifier get =~ "get|hold|grab|inc|ref";
//%|position p, q, r;
//%|@@
//%|
//%|set@p(${bit}, &o->${member})
//%|... when != get(..., x, ...)
//%|publish@q(..., x, ...)
//%|... when != set(${bit}, &o->${member})
//%|get@r(..., x, ...)
//%|
//%|@${id}_clear exists@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|struct ${object-record} *x;
//%|identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
//%|identifier put =~ "put|dec|drop|release|unref";
//%|position p, q, r;
//%|@@
//%|
//%|clear@p(${bit}, &o->${member})
//%|... when != put(..., x, ...)
//%|publish@q(..., x, ...)
//%|... when != clear(${bit}, &o->${member})
//%|put@r(..., x, ...)
//%|
//%done

//%for pair member accessors own
//%|@${id}_set exists@
//%|symbol true;
//%|struct ${record} *o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier get =~ "get|hold|grab|inc|ref";
//%|position p, q, r;
//%|@@
//%|
//%|o->${member}@p = \(1\|true\)
//%|... when != get(o, ...)
//%|publish@q(...)
//%|... when != o->${member} = \(1\|true\)
//%|get@r(o, ...)
//%|
//%|@${id}_clear exists@
//%|symbol false;
//%|struct ${record} *o;
//%|identifier publish =~ "unlock|wake|complete|^end_|queue|schedule|_add|insert";
//%|identifier put =~ "put|dec|drop|release|unref";
//%|position p, q, r;
//%|@@
//%|
//%|o->${member}@p = \(0\|false\)
//%|... when != put(o, ...)
//%|publish@q(...)
//%|... when != o->${member} = \(0\|false\)
//%|put@r(o, ...)
//%|
//%done

//%for pair member accessors apart
//%|@${id}_set exists@
//%|symbol true;
//%|struct ${record} *o;
//%|struct ${object-record} *x;
//%|identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
//%|identifier get =~ "get|hold|grab|inc|ref";
//%|position p, q, r;
//%|@@
//%|
//%|o->${member}@p = \(1\|true\)
//%|... when != get(..., x, ...)
//%|publish@q(..., x, ...)
//%|... when != o->${member} = \(1\|true\)
//%|get@r(..., x, ...)
//%|
//%|@${id}_clear exists@
//%|symbol false;
//%|struct ${record} *o;
//%|struct ${object-record} *x;
//%|identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
//%|identifier put =~ "put|dec|drop|release|unref";
//%|position p, q, r;
//%|@@
//%|
//%|o->${member}@p = \(0\|false\)
//%|... when != put(..., x, ...)
//%|publish@q(..., x, ...)
//%|... when != o->${member} = \(0\|false\)
//%|put@r(..., x, ...)
//%|
@osc_transfer_pin_set exists@
symbol true;
struct osc_page *o;
struct cl_page *x;
identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
identifier get =~ "get|hold|grab|inc|ref";
position p, q, r;
@@

o->ops_transfer_pinned@p = \(1\|true\)
... when != get(..., x, ...)
publish@q(..., x, ...)
... when != o->ops_transfer_pinned = \(1\|true\)
get@r(..., x, ...)

@osc_transfer_pin_clear exists@
symbol false;
struct osc_page *o;
struct cl_page *x;
identifier publish !~ "get|hold|put|drop|release|ASSERT|BUG|WARN|DEBUG|print|trace";
identifier put =~ "put|dec|drop|release|unref";
position p, q, r;
@@

o->ops_transfer_pinned@p = \(0\|false\)
... when != put(..., x, ...)
publish@q(..., x, ...)
... when != o->ops_transfer_pinned = \(0\|false\)
put@r(..., x, ...)

//%done

// The accessors of PG_private, written out.

@depends on patch@
expression P, v;
@@

-get_page(P);
-set_page_private(P, v);
-SetPagePrivate(P);
+attach_page_private(P, v);

@depends on patch@
expression P;
@@

(
-ClearPagePrivate(P);
-set_page_private(P, 0);
-put_page(P);
+detach_page_private(P);
|
-set_page_private(P, 0);
-ClearPagePrivate(P);
-put_page(P);
+detach_page_private(P);
)

//%for pair calls accessors own
//%|@depends on context@
//%|identifier set = {${set}};
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(o, ...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.publish;
//%|position ${id}_set.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.get;
//%|position ${id}_set.r;
//%|@@
//%|
//%|*get@r(...)
//%|
//%|@depends on context@
//%|identifier clear = {${clear}};
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(o, ...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.publish;
//%|position ${id}_clear.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.put;
//%|position ${id}_clear.r;
//%|@@
//%|
//%|*put@r(...)
//%|
@depends on context@
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
position page_private_set.p;
@@

*set@p(o, ...)

@depends on context@
identifier page_private_set.publish;
position page_private_set.q;
@@

*publish@q(...)

@depends on context@
identifier page_private_set.get;
position page_private_set.r;
@@

*get@r(...)

@depends on context@
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
position page_private_clear.p;
@@

*clear@p(o, ...)

@depends on context@
identifier page_private_clear.publish;
position page_private_clear.q;
@@

*publish@q(...)

@depends on context@
identifier page_private_clear.put;
position page_private_clear.r;
@@

*put@r(...)

//%done

//%for pair bits accessors own
//%|@depends on context@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(${bit}, &o->${member})
//%|
//%|@depends on context@
//%|identifier ${id}_set.publish;
//%|position ${id}_set.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.get;
//%|position ${id}_set.r;
//%|@@
//%|
//%|*get@r(...)
//%|
//%|@depends on context@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(${bit}, &o->${member})
//%|
//%|@depends on context@
//%|identifier ${id}_clear.publish;
//%|position ${id}_clear.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.put;
//%|position ${id}_clear.r;
//%|@@
//%|
//%|*put@r(...)
//%|
//%done

//%for pair bits accessors apart
//%|@depends on context@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(${bit}, &o->${member})
//%|
//%|@depends on context@
//%|identifier ${id}_set.publish;
//%|position ${id}_set.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.get;
//%|position ${id}_set.r;
//%|@@
//%|
//%|*get@r(...)
//%|
//%|@depends on context@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(${bit}, &o->${member})
//%|
//%|@depends on context@
//%|identifier ${id}_clear.publish;
//%|position ${id}_clear.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.put;
//%|position ${id}_clear.r;
//%|@@
//%|
//%|*put@r(...)
//%|
//%done

//%for pair member accessors own
//%|@depends on context@
//%|symbol true;
//%|struct ${record} *o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*o->${member}@p = \(1\|true\)
//%|
//%|@depends on context@
//%|identifier ${id}_set.publish;
//%|position ${id}_set.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.get;
//%|position ${id}_set.r;
//%|@@
//%|
//%|*get@r(...)
//%|
//%|@depends on context@
//%|symbol false;
//%|struct ${record} *o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*o->${member}@p = \(0\|false\)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.publish;
//%|position ${id}_clear.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.put;
//%|position ${id}_clear.r;
//%|@@
//%|
//%|*put@r(...)
//%|
//%done

//%for pair member accessors apart
//%|@depends on context@
//%|symbol true;
//%|struct ${record} *o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*o->${member}@p = \(1\|true\)
//%|
//%|@depends on context@
//%|identifier ${id}_set.publish;
//%|position ${id}_set.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_set.get;
//%|position ${id}_set.r;
//%|@@
//%|
//%|*get@r(...)
//%|
//%|@depends on context@
//%|symbol false;
//%|struct ${record} *o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*o->${member}@p = \(0\|false\)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.publish;
//%|position ${id}_clear.q;
//%|@@
//%|
//%|*publish@q(...)
//%|
//%|@depends on context@
//%|identifier ${id}_clear.put;
//%|position ${id}_clear.r;
//%|@@
//%|
//%|*put@r(...)
//%|
@depends on context@
symbol true;
struct osc_page *o;
position osc_transfer_pin_set.p;
@@

*o->ops_transfer_pinned@p = \(1\|true\)

@depends on context@
identifier osc_transfer_pin_set.publish;
position osc_transfer_pin_set.q;
@@

*publish@q(...)

@depends on context@
identifier osc_transfer_pin_set.get;
position osc_transfer_pin_set.r;
@@

*get@r(...)

@depends on context@
symbol false;
struct osc_page *o;
position osc_transfer_pin_clear.p;
@@

*o->ops_transfer_pinned@p = \(0\|false\)

@depends on context@
identifier osc_transfer_pin_clear.publish;
position osc_transfer_pin_clear.q;
@@

*publish@q(...)

@depends on context@
identifier osc_transfer_pin_clear.put;
position osc_transfer_pin_clear.r;
@@

*put@r(...)

//%done

//%for pair calls accessors own
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
@script:python depends on report@
p << page_private_set.p;
q << page_private_set.q;
r << page_private_set.r;
publish << page_private_set.publish;
@@

msg = "WARNING: PG_private is set outside attach_page_private(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << page_private_clear.p;
q << page_private_clear.q;
r << page_private_clear.r;
publish << page_private_clear.publish;
@@

msg = "WARNING: PG_private is cleared outside detach_page_private(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.report.print_report(p[0], msg)

//%done

//%for pair bits accessors own
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%done

//%for pair bits accessors apart
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%done

//%for pair member accessors own
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%done

//%for pair member accessors apart
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
@script:python depends on report@
p << osc_transfer_pin_set.p;
q << osc_transfer_pin_set.q;
r << osc_transfer_pin_set.r;
publish << osc_transfer_pin_set.publish;
@@

msg = "WARNING: ops_transfer_pinned is set outside osc_page_transfer_get(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << osc_transfer_pin_clear.p;
q << osc_transfer_pin_clear.q;
r << osc_transfer_pin_clear.r;
publish << osc_transfer_pin_clear.publish;
@@

msg = "WARNING: ops_transfer_pinned is cleared outside osc_page_transfer_put(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.report.print_report(p[0], msg)

//%done

//%for pair calls accessors own
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
@script:python depends on org@
p << page_private_set.p;
q << page_private_set.q;
r << page_private_set.r;
publish << page_private_set.publish;
@@

msg = "WARNING: PG_private is set outside attach_page_private(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "others")
coccilib.org.print_link(r[0], "reference")

@script:python depends on org@
p << page_private_clear.p;
q << page_private_clear.q;
r << page_private_clear.r;
publish << page_private_clear.publish;
@@

msg = "WARNING: PG_private is cleared outside detach_page_private(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "others")
coccilib.org.print_link(r[0], "reference")

//%done

//%for pair bits accessors own
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%done

//%for pair bits accessors apart
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%done

//%for pair member accessors own
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%done

//%for pair member accessors apart
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|q << ${id}_set.q;
//%|r << ${id}_set.r;
//%|publish << ${id}_set.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set outside ${get1}(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|q << ${id}_clear.q;
//%|r << ${id}_clear.r;
//%|publish << ${id}_clear.publish;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared outside ${put1}(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "others")
//%|coccilib.org.print_link(r[0], "reference")
//%|
@script:python depends on org@
p << osc_transfer_pin_set.p;
q << osc_transfer_pin_set.q;
r << osc_transfer_pin_set.r;
publish << osc_transfer_pin_set.publish;
@@

msg = "WARNING: ops_transfer_pinned is set outside osc_page_transfer_get(), its reference is taken on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "others")
coccilib.org.print_link(r[0], "reference")

@script:python depends on org@
p << osc_transfer_pin_clear.p;
q << osc_transfer_pin_clear.q;
r << osc_transfer_pin_clear.r;
publish << osc_transfer_pin_clear.publish;
@@

msg = "WARNING: ops_transfer_pinned is cleared outside osc_page_transfer_put(), its reference is dropped on line %s, and %s() on line %s lets others in between [direct-flag-write]" % (r[0].line, publish, q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "others")
coccilib.org.print_link(r[0], "reference")

//%done
