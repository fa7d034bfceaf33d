// SPDX-License-Identifier: GPL-2.0-only
/// A flag owns a reference. Here it is set and none is taken, or it is cleared
/// and none is dropped.
///
//# The flags are those of the model. False where another function took the
//# reference and hands it over, or the caller drops it. A file must show that
//# its pages are the page cache's: by address_space_operations, or by getting
//# them together with their file. A reference that goes with the flag on some
//# of the paths only is not looked for, nor is one of another object.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

// A number in ->private counts something while the page is locked: nothing
// hangs on the flag then.

@number@
expression P;
identifier v, m;
@@

set_page_private(P, v.m)

//%for pair pagecache
//%|@${id}_ops@
//%|identifier ops;
//%|@@
//%|
//%|struct address_space_operations ops = { ... };
//%|
//%|@${id}_inode exists@
//%|identifier write = {${set}, ${clear}};
//%|identifier f, file;
//%|local idexpression o;
//%|@@
//%|
//%|f(..., struct inode *file, ...)
//%|{
//%|	<+...
//%|	write(o, ...)
//%|	...+>
//%|}
//%|
//%|@${id}_mapping exists@
//%|identifier write = {${set}, ${clear}};
//%|identifier f, file;
//%|local idexpression o;
//%|@@
//%|
//%|f(..., struct address_space *file, ...)
//%|{
//%|	<+...
//%|	write(o, ...)
//%|	...+>
//%|}
//%|
@page_private_ops@
identifier ops;
@@

struct address_space_operations ops = { ... };

@page_private_inode exists@
identifier write = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private, ClearPagePrivate, __ClearPagePrivate,
		__folio_clear_private, folio_clear_private};
identifier f, file;
local idexpression o;
@@

f(..., struct inode *file, ...)
{
	<+...
	write(o, ...)
	...+>
}

@page_private_mapping exists@
identifier write = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private, ClearPagePrivate, __ClearPagePrivate,
		__folio_clear_private, folio_clear_private};
identifier f, file;
local idexpression o;
@@

f(..., struct address_space *file, ...)
{
	<+...
	write(o, ...)
	...+>
}

//%done

//%for pair calls pagecache
//%|@${id}_set_before exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set = {${set}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|\(get(o, ...)\|o = get(...)\)
//%|...
//%|set@p(o, ...)
//%|
//%|@${id}_set_behind exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set = {${set}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|set@p(o, ...)
//%|...
//%|get(o, ...)
//%|
//%|@${id}_set depends on !number && (${id}_ops || ${id}_inode || ${id}_mapping)@
//%|identifier set = {${set}};
//%|expression o;
//%|position p != {${id}_set_before.p, ${id}_set_behind.p};
//%|@@
//%|
//%|set@p(o, ...)
//%|
//%|@${id}_clear_before exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|put(o, ...)
//%|...
//%|clear@p(o, ...)
//%|
//%|@${id}_clear_behind exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|clear@p(o, ...)
//%|...
//%|put(o, ...)
//%|
//%|@${id}_clear depends on !number && (${id}_ops || ${id}_inode || ${id}_mapping)@
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p != {${id}_clear_before.p, ${id}_clear_behind.p};
//%|@@
//%|
//%|clear@p(o, ...)
//%|
@page_private_set_before exists@
identifier get =~ "get|hold|grab|inc|ref|alloc";
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
position p;
@@

\(get(o, ...)\|o = get(...)\)
...
set@p(o, ...)

@page_private_set_behind exists@
identifier get =~ "get|hold|grab|inc|ref|alloc";
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
position p;
@@

set@p(o, ...)
...
get(o, ...)

@page_private_set depends on !number && (page_private_ops || page_private_inode || page_private_mapping)@
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
position p != {page_private_set_before.p, page_private_set_behind.p};
@@

set@p(o, ...)

@page_private_clear_before exists@
identifier put =~ "put|dec|drop|release|unref";
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
position p;
@@

put(o, ...)
...
clear@p(o, ...)

@page_private_clear_behind exists@
identifier put =~ "put|dec|drop|release|unref";
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
position p;
@@

clear@p(o, ...)
...
put(o, ...)

@page_private_clear depends on !number && (page_private_ops || page_private_inode || page_private_mapping)@
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
position p != {page_private_clear_before.p, page_private_clear_behind.p};
@@

clear@p(o, ...)

//%done

//%for pair calls anywhere
//%|@${id}_set_before exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set = {${set}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|\(get(o, ...)\|o = get(...)\)
//%|...
//%|set@p(o, ...)
//%|
//%|@${id}_set_behind exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set = {${set}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|set@p(o, ...)
//%|...
//%|get(o, ...)
//%|
//%|@${id}_set@
//%|identifier set = {${set}};
//%|expression o;
//%|position p != {${id}_set_before.p, ${id}_set_behind.p};
//%|@@
//%|
//%|set@p(o, ...)
//%|
//%|@${id}_clear_before exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|put(o, ...)
//%|...
//%|clear@p(o, ...)
//%|
//%|@${id}_clear_behind exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p;
//%|@@
//%|
//%|clear@p(o, ...)
//%|...
//%|put(o, ...)
//%|
//%|@${id}_clear@
//%|identifier clear = {${clear}};
//%|expression o;
//%|position p != {${id}_clear_before.p, ${id}_clear_behind.p};
//%|@@
//%|
//%|clear@p(o, ...)
//%|
//%done

//%for pair bits
//%|@${id}_set_before exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position p;
//%|@@
//%|
//%|get(...)
//%|...
//%|set@p(${bit}, &o->${member})
//%|
//%|@${id}_set_behind exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position p;
//%|@@
//%|
//%|set@p(${bit}, &o->${member})
//%|...
//%|get(...)
//%|
//%|@${id}_set@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position p != {${id}_set_before.p, ${id}_set_behind.p};
//%|@@
//%|
//%|set@p(${bit}, &o->${member})
//%|
//%|@${id}_clear_before exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position p;
//%|@@
//%|
//%|put(...)
//%|...
//%|clear@p(${bit}, &o->${member})
//%|
//%|@${id}_clear_behind exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position p;
//%|@@
//%|
//%|clear@p(${bit}, &o->${member})
//%|...
//%|put(...)
//%|
//%|@${id}_clear@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position p != {${id}_clear_before.p, ${id}_clear_behind.p};
//%|@@
//%|
//%|clear@p(${bit}, &o->${member})
//%|
//%done

//%for pair member
//%|@${id}_set_before exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p;
//%|@@
//%|
//%|get(...)
//%|...
//%|o->${member}@p = \(1\|true\)
//%|
//%|@${id}_set_behind exists@
//%|identifier get =~ "get|hold|grab|inc|ref|alloc";
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p;
//%|@@
//%|
//%|o->${member}@p = \(1\|true\)
//%|...
//%|get(...)
//%|
//%|@${id}_set@
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p != {${id}_set_before.p, ${id}_set_behind.p};
//%|@@
//%|
//%|o->${member}@p = \(1\|true\)
//%|
//%|@${id}_clear_before exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p;
//%|@@
//%|
//%|put(...)
//%|...
//%|o->${member}@p = \(0\|false\)
//%|
//%|@${id}_clear_behind exists@
//%|identifier put =~ "put|dec|drop|release|unref";
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p;
//%|@@
//%|
//%|o->${member}@p = \(0\|false\)
//%|...
//%|put(...)
//%|
//%|@${id}_clear@
//%|symbol true, false;
//%|struct ${record} *o;
//%|position p != {${id}_clear_before.p, ${id}_clear_behind.p};
//%|@@
//%|
//%|o->${member}@p = \(0\|false\)
//%|
@osc_transfer_pin_set_before exists@
identifier get =~ "get|hold|grab|inc|ref|alloc";
symbol true, false;
struct osc_page *o;
position p;
@@

get(...)
...
o->ops_transfer_pinned@p = \(1\|true\)

@osc_transfer_pin_set_behind exists@
identifier get =~ "get|hold|grab|inc|ref|alloc";
symbol true, false;
struct osc_page *o;
position p;
@@

o->ops_transfer_pinned@p = \(1\|true\)
...
get(...)

@osc_transfer_pin_set@
symbol true, false;
struct osc_page *o;
position p != {osc_transfer_pin_set_before.p, osc_transfer_pin_set_behind.p};
@@

o->ops_transfer_pinned@p = \(1\|true\)

@osc_transfer_pin_clear_before exists@
identifier put =~ "put|dec|drop|release|unref";
symbol true, false;
struct osc_page *o;
position p;
@@

put(...)
...
o->ops_transfer_pinned@p = \(0\|false\)

@osc_transfer_pin_clear_behind exists@
identifier put =~ "put|dec|drop|release|unref";
symbol true, false;
struct osc_page *o;
position p;
@@

o->ops_transfer_pinned@p = \(0\|false\)
...
put(...)

@osc_transfer_pin_clear@
symbol true, false;
struct osc_page *o;
position p != {osc_transfer_pin_clear_before.p, osc_transfer_pin_clear_behind.p};
@@

o->ops_transfer_pinned@p = \(0\|false\)

//%done

//%for pair calls pagecache
//%|@depends on context@
//%|identifier set = {${set}};
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(o, ...)
//%|
//%|@depends on context@
//%|identifier clear = {${clear}};
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(o, ...)
//%|
@depends on context@
identifier set = {SetPagePrivate, __SetPagePrivate, __folio_set_private,
		folio_set_private};
expression o;
position page_private_set.p;
@@

*set@p(o, ...)

@depends on context@
identifier clear = {ClearPagePrivate, __ClearPagePrivate, __folio_clear_private,
		folio_clear_private};
expression o;
position page_private_clear.p;
@@

*clear@p(o, ...)

//%done

//%for pair calls anywhere
//%|@depends on context@
//%|identifier set = {${set}};
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(o, ...)
//%|
//%|@depends on context@
//%|identifier clear = {${clear}};
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(o, ...)
//%|
//%done

//%for pair bits
//%|@depends on context@
//%|identifier set =~ "^(__)?(test_and_)?set_bit";
//%|expression o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*set@p(${bit}, &o->${member})
//%|
//%|@depends on context@
//%|identifier clear =~ "^(__)?(test_and_)?clear_bit";
//%|expression o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*clear@p(${bit}, &o->${member})
//%|
//%done

//%for pair member
//%|@depends on context@
//%|symbol true, false;
//%|struct ${record} *o;
//%|position ${id}_set.p;
//%|@@
//%|
//%|*o->${member}@p = \(1\|true\)
//%|
//%|@depends on context@
//%|symbol true, false;
//%|struct ${record} *o;
//%|position ${id}_clear.p;
//%|@@
//%|
//%|*o->${member}@p = \(0\|false\)
//%|
@depends on context@
symbol true, false;
struct osc_page *o;
position osc_transfer_pin_set.p;
@@

*o->ops_transfer_pinned@p = \(1\|true\)

@depends on context@
symbol true, false;
struct osc_page *o;
position osc_transfer_pin_clear.p;
@@

*o->ops_transfer_pinned@p = \(0\|false\)

//%done

// There is no repair by rote.

@script:python depends on patch@
@@

pass

//%for pair
//%|@script:python depends on report@
//%|p << ${id}_set.p;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set, and the reference that it owns is not taken here [unpaired-flag]"
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on report@
//%|p << ${id}_clear.p;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
//%|coccilib.report.print_report(p[0], msg)
//%|
@script:python depends on report@
p << page_private_set.p;
@@

msg = "WARNING: PG_private is set, and the reference that it owns is not taken here [unpaired-flag]"
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << page_private_clear.p;
@@

msg = "WARNING: PG_private is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << osc_transfer_pin_set.p;
@@

msg = "WARNING: ops_transfer_pinned is set, and the reference that it owns is not taken here [unpaired-flag]"
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << osc_transfer_pin_clear.p;
@@

msg = "WARNING: ops_transfer_pinned is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
coccilib.report.print_report(p[0], msg)

//%done

//%for pair
//%|@script:python depends on org@
//%|p << ${id}_set.p;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is set, and the reference that it owns is not taken here [unpaired-flag]"
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|
//%|@script:python depends on org@
//%|p << ${id}_clear.p;
//%|@@
//%|
//%|msg = "WARNING: ${flag} is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|
@script:python depends on org@
p << page_private_set.p;
@@

msg = "WARNING: PG_private is set, and the reference that it owns is not taken here [unpaired-flag]"
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << page_private_clear.p;
@@

msg = "WARNING: PG_private is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << osc_transfer_pin_set.p;
@@

msg = "WARNING: ops_transfer_pinned is set, and the reference that it owns is not taken here [unpaired-flag]"
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << osc_transfer_pin_clear.p;
@@

msg = "WARNING: ops_transfer_pinned is cleared, and the reference that it owns is not dropped here [unpaired-flag]"
coccilib.org.print_safe_todo(p[0], msg)

//%done
