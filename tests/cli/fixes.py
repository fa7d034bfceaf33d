#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What pincheck lsp-worker offers to change: the text with the edit has lost
the finding and gained none, and what would not help is not offered."""
import os
import re
import shutil

import store
from lsp_worker import Worker, commands, read, uri_of
from store import SRC, expect, write

LUSTRE = "000-lustre-lu19956/buggy.c"
IOMAP = "004-iomap-put-and-wait/before.c"
LOCKED = """\
#include <linux/spinlock.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct pool { refcount_t refs; };
struct item { spinlock_t lock; struct pool *pool; int pinned; };
extern void item_tell(struct item *i);

static void pool_put(struct pool *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree(p);
}

void item_pin(struct item *i)
{
	spin_lock(&i->lock);
	refcount_inc(&i->pool->refs);
	i->pinned = 1;
	spin_unlock(&i->lock);
}

void item_unpin(struct item *i)
{
	spin_lock(&i->lock);
	if (i->pinned) {
		i->pinned = 0;
		pool_put(i->pool);
	}
	spin_unlock(&i->lock);
}

int item_is_pinned(struct item *i)
{
	return i->pinned;
}

void item_end(struct item *i)
{
	struct pool *p = i->pool;

	%s
	i->pinned = 0;
	%s
	item_tell(i);
	pool_put(p);
}
"""

# What a rule can see and the text near it does not show. @ stands before the
# finding; each such function is tried alone, with the helpers above it, with
# the words in brackets and without.
UNSEEN = """\
#include <linux/spinlock.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/list.h>
#include <linux/lockdep.h>

struct completion { int done; };
extern void complete(struct completion *c);
extern void wait_for_completion(struct completion *c);

struct pool { refcount_t refs; int n, m; spinlock_t lock;
	      struct completion gone; struct list_head link;
	      struct pool *next; };
struct item { struct pool *pool; int pinned, busy, told, some, state; };
extern spinlock_t all_lock;
extern void count_one(int state);
extern void item_tell(struct item *i);

static void pool_put(struct pool *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree(p);
}

static void pool_put_count(struct pool *p, struct item *i)
{
	pool_put(p);
	[[i->state = 3;]]
}

#define CLEAR(i) do { (i)->busy = 0; [[item_tell(i);]] } while (0)
#define UNLESS(x) do { if (x) [[return]]; } while (0)

void item_pin(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->pinned = 1;
}

void item_unpin(struct item *i)
{
	if (i->pinned) {
		i->pinned = 0;
		[[i->state = 3;]]
		pool_put(i->pool);
	}
}

void item_take(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->busy = 1;
}

void item_drop(struct item *i)
{
	if (i->busy) {
		i->busy = 0;
		pool_put(i->pool);
	}
}

void item_tell_take(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->told = 1;
}

void item_tell_drop(struct item *i)
{
	if (i->told) {
		i->told = 0;
		[[count_one(i->state);]]
		pool_put(i->pool);
	}
}

void item_some_take(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->some = 1;
}

void item_some_drop(struct item *i)
{
	if (i->some [[&& i->state == 4]]) {
		i->some = 0;
		pool_put(i->pool);
	}
}

int item_ask(struct item *i)
{
	return i->pinned + i->busy + i->told + i->some;
}

void accessor_calls_more(struct item *i)
{
	struct pool *p = i->pool;

	@i->told = 0;
	item_tell(i);
	pool_put(p);
}

void accessor_asks_more(struct item *i)
{
	struct pool *p = i->pool;

	@i->some = 0;
	item_tell(i);
	pool_put(p);
}

void accessor_does_more(struct item *i)
{
	struct pool *p = i->pool;

	@i->pinned = 0;
	item_tell(i);
	pool_put(p);
}

void two_puts(struct item *i, int late)
{
	struct pool *p = i->pool;

	@i->busy = 0;
	item_tell(i);
	[[if (late)
		item_tell(i);
	else {
		pool_put(p);
		return;
	}]]
	pool_put(p);
}

void put_does_more(struct item *i)
{
	struct pool *p = i->pool;

	@i->busy = 0;
	item_tell(i);
	pool_put_count(p, i);
}

void write_does_more(struct item *i)
{
	struct pool *p = i->pool;

	@CLEAR(i);
	item_tell(i);
	pool_put(p);
}

void hidden_return(struct pool *p, int late)
{
	@pool_put(p);
	UNLESS(late);
	p->n = 1;
}

void into_section(struct pool *p)
{
	@pool_put(p);
	[[spin_lock(&all_lock);]]
	p->n = 1;
	[[spin_unlock(&all_lock);]]
}

void out_of_section(struct pool *p)
{
	[[spin_lock(&all_lock);]]
	@pool_put(p);
	[[spin_unlock(&all_lock);]]
	p->n = 1;
}

void pool_put_locked(struct pool *p)
{
	[[lockdep_assert_held(&p->lock);]]
	pool_put(p);
}

void out_of_its_section(struct pool *p)
{
	spin_lock(&p->lock);
	@pool_put_locked(p);
	spin_unlock(&p->lock);
}

void out_of_another_section(struct pool *p)
{
	[[spin_lock(&p->next->lock);]]
	@pool_put(p);
	p->n = 1;
	[[spin_unlock(&p->next->lock);]]
}

static void item_leave_early(struct item *i)
{
	[[i->pool = NULL;]]
	i->state = 2;
}

void by_another_name(struct item *i)
{
	struct pool *p = i->pool;

	@pool_put(i->pool);
	item_leave_early(i);
	p->n = 1;
}

void item_begin(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->busy = 1;
	item_tell(i);
}

void get_before_unknown(struct item *i)
{
	@i->busy = 1;
	[[item_tell(i);]]
}

void in_loop(struct pool *p, int n)
{
	[[do {]]
		@pool_put(p);
		p->n = 1;
	[[} while (n--);]]
}

void freed_behind(struct pool *p, int last)
{
	@pool_put(p);
	p->n = 1;
	[[if (last)
		kfree(p);]]
}

extern void pool_tell(struct pool *p);

void handed_on(struct pool *p)
{
	@pool_put(p);
	p->n = 1;
	[[pool_tell(p);]]
}

static void pool_gone(struct pool *p)
{
	if (refcount_dec_and_test(&p->refs)) {
		[[complete(&p->gone);]]
		kfree(p);
	}
}

void waits_for_release(struct pool *p)
{
	@pool_gone(p);
	wait_for_completion(&p->gone);
}

void walked(struct pool *all, struct pool *p)
{
	struct pool *q = p;

	@pool_put(q);
	[[list_for_each_entry(q, &all->link, link)]]
		all->n++;
	p->n = 1;
}

void by_assembly(struct pool *p)
{
	struct pool *q = p;

	@pool_put(q);
	[[asm volatile("" : "=r" (q));]]
	p->n = 1;
}

void way_changes(struct item *i)
{
	struct pool *p = i->pool;

	@i->busy = 0;
	[[i->pool = NULL;]]
	item_tell(i);
	pool_put(p);
}

static void item_leave(struct item *i)
{
	[[i->pool = NULL;]]
	i->state = 1;
}

void way_changes_below(struct item *i)
{
	struct pool *p = i->pool;

	@i->busy = 0;
	item_leave(i);
	item_tell(i);
	pool_put(p);
}

void way_changes_before(struct item *i)
{
	struct pool *p = i->pool;

	[[i->pool = NULL;]]
	@i->busy = 0;
	item_tell(i);
	pool_put(p);
}

void item_begin(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->busy = 1;
	item_tell(i);
}

void get_of_another(struct item *i, struct pool *p)
{
	@i->busy = 1;
	[[i->pool = p;]]
}

void item_begin(struct item *i)
{
	refcount_inc(&i->pool->refs);
	i->busy = 1;
	item_tell(i);
}

static void item_join(struct item *i, struct pool *p)
{
	[[i->pool = p;]]
	p->n = 1;
}

void get_of_another_below(struct item *i, struct pool *p)
{
	@i->busy = 1;
	item_join(i, p);
}

void object_changes(struct item *i, struct item *k)
{
	struct pool *p = i->pool;

	@i->busy = 0;
	item_tell(i);
	[[i = k;]]
	pool_put(p);
}

void one_way_in(struct item *i, int error)
{
	[[if (error)
		goto drop;]]
	@i->busy = 0;
	item_tell(i);
[[drop:]]
	i->state = 1;
	pool_put(i->pool);
}

void one_way_out(struct item *i, int error)
{
	@i->busy = 0;
	item_tell(i);
	[[if (error)
		return;]]
	pool_put(i->pool);
}

void with_directive(struct item *i)
{
	@i->busy = 0;
	item_tell(i);
[[#ifndef KEPT]]
	pool_put(i->pool);
[[#endif]]
}

void flag_is_read(struct item *i)
{
	@i->busy = 0;
	item_tell(i);
	[[if (!i->busy)]]
		i->state = 3;
	pool_put(i->pool);
}

static void pool_put_told(struct pool *p)
{
	[[count_one(1);]]
	pool_put(p);
}

void put_calls_more(struct item *i)
{
	@i->busy = 0;
	item_tell(i);
	pool_put_told(i->pool);
}

static void item_idle(struct item *i)
{
	i->busy = 0;
	[[count_one(2);]]
}

void write_calls_more(struct item *i)
{
	struct pool *p = i->pool;

	@item_idle(i);
	item_tell(i);
	pool_put(p);
}
"""


def copy(folder, *trees):
    """The files of a folder of sources, with commands for all of them."""
    for tree in trees:
        shutil.copytree(os.path.join(SRC, tree), folder, dirs_exist_ok=True)
    names = [os.path.relpath(os.path.join(at, name), folder)
             for at, _, names in os.walk(folder) for name in names
             if name.endswith(".c")]
    commands(folder, *sorted(names))


def line_of(text, part):
    return text[:text.index(part)].count("\n")


def actions(worker, path, text, part, **question):
    """Those for the line with @part, and what the log says of others."""
    line = line_of(text, part)
    answer = worker.ask("actions", path=path, only=None, range={
        "start": {"line": line, "character": 0},
        "end": {"line": line, "character": 100}}, **question)
    for action in answer["items"]:
        expect("a quick fix of the finding", action["kind"] == "quickfix" and
               action["diagnostics"][0]["range"]["start"]["line"] == line,
               action)
    return answer["items"], answer.get("log", [])


def repairs_of(items):
    return [a for a in items if "edit" in a and
            not a["title"].startswith("Ignore")]


def comment_of(items):
    comment, = [a for a in items if a["title"].startswith("Ignore")]
    return comment


def edited(text, action, path, version=1):
    change, = action["edit"]["documentChanges"]
    expect("of this version", change["textDocument"] == {
        "uri": uri_of(path), "version": version}, change)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = [tuple(starts[e["range"][end]["line"]] +
                   e["range"][end]["character"] for end in ("start", "end"))
             for e in change["edits"]]
    for i in sorted(range(len(spans)), reverse=True):
        text = (text[:spans[i][0]] + change["edits"][i]["newText"] +
                text[spans[i][1]:])
    return text


def codes(worker, path, text):
    worker.open(path, text)
    return sorted((i["code"], i["range"]["start"]["line"])
                  for i in worker.check(path)["items"])


def one_less(what, worker, path, text, action, rule, part):
    """The finding goes, and the others stay, in whichever line."""
    before = codes(worker, path, text)
    expect(f"{what}: there is one", (rule, line_of(text, part)) in before)
    after = edited(text, action, path)
    left = [c for c, _ in codes(worker, path, after)]
    before.remove((rule, line_of(text, part)))
    expect(f"{what}: it goes", left == [c for c, _ in before], left, before)
    return after


def test_accessor(folder):
    copy(folder, "corpus")
    path = os.path.join(folder, LUSTRE)
    text = read(path)
    write = "opg->ops_transfer_pinned = 0;"
    w = Worker(folder)
    w.open(path, text)
    items, log = actions(w, path, text, write)
    call, = repairs_of(items)
    expect("it is preferred", call["isPreferred"] is True, call)
    expect("what gives another finding is not offered, and the log says so",
           len(log) == 1 and "not offered: Use osc_page_transfer_put(): it "
           "gives put-before-wait in osc_completion()" in log[0], log)
    fixed = one_less("accessor", w, path, text, call, "direct-flag-write",
                     write)
    want = text.replace("\t" + write + " /* expect: direct-flag-write */\n",
                        "", 1)
    want = want.replace("rc);\n\tcl_page_put(env, page);",
                        "rc);\n\tosc_page_transfer_put(env, opg);", 1)
    expect("the call does both", fixed == want, fixed)
    w.end()


def test_get(folder):
    copy(folder, "corpus")
    path = os.path.join(folder, IOMAP)
    text = read(path)
    w = Worker(folder)
    for what, page in (("SetPagePrivate(page)", "page"),
                       ("SetPagePrivate(newpage)", "newpage")):
        w.open(path, text)
        items, log = actions(w, path, text, what)
        call, = repairs_of(items)
        fixed = one_less(what, w, path, text, call, "unpaired-flag", what)
        indent = text[text.rindex("\n", 0, text.index(what)):
                      text.index(what)]
        expect("the get comes first", fixed == text.replace(
            indent + what, f"{indent}get_page({page});{indent}{what}", 1),
            fixed)
        text = fixed
    w.open(path, text)
    items = actions(w, path, text, "ClearPagePrivate(page);")[0]
    expect("for a put that lacks nothing is offered", not repairs_of(items))
    w.end()


def test_swap(folder):
    copy(folder, "tests/fixtures/put-before-wait")
    folder_of = os.path.join(SRC, "tests/fixtures/include")
    shutil.copytree(folder_of, folder, dirs_exist_ok=True)
    path = os.path.join(folder, "report.c")
    for end in ("\n", "\r\n"):
        text = read(path).replace("\n", end)
        put = "\tput_page(page); /* expect: put-before-wait */" + end
        wait = "\twait_on_page_writeback(page);" + end
        w = Worker(folder)
        w.open(path, text)
        swap, = repairs_of(actions(w, path, text, put + wait)[0])
        fixed = one_less("swap", w, path, text, swap, "put-before-wait",
                         put + wait)
        expect("the wait comes first",
               fixed == text.replace(put + wait, wait + put, 1), fixed)
        # the use is a return, which cannot come before
        items = actions(w, path, text, "fput(f);")[0]
        expect("nothing can be moved", not repairs_of(items), items)
        w.end()


def test_other_put(folder):
    """Another put of the object behind it may be the last one."""
    copy(folder, "corpus")
    path = os.path.join(folder, "000-lustre-lu19956/fixed.c")
    right = read(path)
    put = "\tcl_page_put(env, page);\n"
    first = "\tLASSERT(equi(page->cp_state == CPS_PAGEIN"
    text = right.replace("rc);\n" + put, "rc);\n", 1).replace(
        first, put + first, 1)
    w = Worker(folder, "--min-severity", "note")
    w.open(path, text)
    items = actions(w, path, text, put + first)[0]
    expect("there is a finding", items)
    expect("it is not moved", not repairs_of(items), items)
    w.end()


def test_elsewhere(folder):
    """An edit that makes another function wrong, and one that does not."""
    copy(folder, "corpus")
    path = os.path.join(folder, "002-btrfs-find-extent-buffer/locked.c")
    right = read(path)
    call = "\tcheck_buffer_tree_ref(eb);\n"
    write_it = "\ttest_and_set_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags);\n"
    expect("one place", right.count(call + "\twas_dirty") == 1)
    text = right.replace(call + "\twas_dirty", write_it + "\twas_dirty")
    w = Worker(folder)
    w.open(path, text)
    items, log = actions(w, path, text, write_it)
    repair, = repairs_of(items)
    expect("it would be told of another function", "not offered: Take the "
           "reference: atomic_inc(&eb->refs): it gives idle-check-unlocked in "
           "free_extent_buffer()" in str(log), log)
    expect("the accessor is back", edited(text, repair, path) == right)
    w.end()


def test_hidden(folder):
    """An edit that takes away what another finding is known by."""
    path = os.path.join(folder, "a.c")
    write(folder, "a.c", "")
    commands(folder, "a.c")
    part = "\ti->pinned = 0;\n\t\n"
    alone = "\nvoid item_forget(struct item *i)\n{\n\ti->pinned = 0;\n}\n"
    w = Worker(folder)
    for text, offered in ((LOCKED % ("", ""), True),
                          (LOCKED % ("", "") + alone, False)):
        w.open(path, text)
        items, log = actions(w, path, text, part)
        expect(f"offered {offered}", bool(repairs_of(items)) == offered and (
            "it hides unpaired-flag in item_forget()" in str(log)) !=
            offered, items, log)
    w.end()


def test_minor(folder):
    """Of the same matter less may be said, shown or not."""
    copy(folder, "tests/fixtures/unpaired-flag", "tests/fixtures/include")
    path = os.path.join(folder, "report.c")
    text = read(path)
    part = "set_bit(UC_ARMED, &c->flags); /* expect"
    for level in ("note", "warning"):
        w = Worker(folder, "--min-severity", level)
        w.open(path, text)
        call, = repairs_of(actions(w, path, text, part)[0])
        after = edited(text, call, path)
        expect(f"{level}: the get comes first", after == text.replace(
            "\t\t" + part, "\t\trefcount_inc(&c->refs);\n\t\t" + part,
            1), after)
        told = [c for c in codes(w, path, after) if c[0] == "direct-flag-write"]
        expect(f"{level}: what is told instead", bool(told) ==
               (level == "note"), told)
        w.end()


def test_locks(folder):
    """What takes the lock is not called with it."""
    path = os.path.join(folder, "a.c")
    write(folder, "a.c", "")
    commands(folder, "a.c")
    w = Worker(folder)
    for lock, number in ((False, 2), (True, 1)):
        text = LOCKED % (("spin_lock(&i->lock);", "spin_unlock(&i->lock);")
                         if lock else ("", ""))
        w.open(path, text)
        repairs = repairs_of(actions(w, path, text, "\ti->pinned = 0;\n\t" +
                                     ("spin" if lock else "\n"))[0])
        expect(f"lock {lock}: {number} places", len(repairs) == number,
               [r["title"] for r in repairs])
        expect("one is preferred", [r.get("isPreferred") for r in repairs] ==
               [True, None][:number])
        for repair in repairs:
            fixed = edited(text, repair, path)
            expect("not with the lock", "lock);\n\titem_unpin" not in fixed or
                   not lock, fixed)
    w.end()


def test_unseen(folder):
    path = os.path.join(folder, "a.c")
    write(folder, "a.c", "")
    commands(folder, "a.c")
    w = Worker(folder, "--min-severity", "note")
    functions = [f + "\n}\n" for f in UNSEEN.split("\n}\n")[:-1]]
    at = next(i for i, f in enumerate(functions) if "@" in f)
    head, alone = "".join(functions[:at]), ""
    for function in functions[at:]:
        alone += function
        if "@" not in function:
            continue
        plain = re.sub(r"\[\[.*?\]\]", "", head + alone, flags=re.S)
        whole = (head + alone).replace("[[", "").replace("]]", "")
        name = re.search(r"\nvoid (\w+)", function).group(1)
        for text, offered in ((plain, True), (whole, False)):
            line = text[:text.index("@")].count("\n")
            w.open(path, text.replace("@", ""))
            answer = w.ask("actions", path=path, only=None, range={
                "start": {"line": line, "character": 0},
                "end": {"line": line, "character": 90}})
            expect(f"{name}: there is a finding", answer["items"], line)
            expect(f"{name}: offered {offered}", offered == bool(
                repairs_of(answer["items"])), answer)
        alone = ""
    w.end()


def test_errors(folder):
    """Errors that are there do no harm, new ones do."""
    copy(folder, "corpus")
    path = os.path.join(folder, LUSTRE)
    part = "opg->ops_transfer_pinned = 0;"
    text = read(path) + "\nint broken = nothing;\n"
    w = Worker(folder)
    w.open(path, text)
    expect("with an error", len(repairs_of(
        actions(w, path, text, part)[0])) == 1)
    w.end()
    path = os.path.join(folder, "a.c")
    commands(folder, "a.c")
    # what is defined behind cannot be called yet
    text = LOCKED % ("", "")
    accessor = text[text.index("void item_unpin"):text.index("int item_is")]
    text = text.replace(accessor, "") + "\n" + accessor
    w = Worker(folder)
    w.open(path, text)
    items, log = actions(w, path, text, "\ti->pinned = 0;\n\t\n")
    expect("it does not compile", not repairs_of(items) and
           "it does not compile: " in str(log), items, log)
    w.end()


def test_comment(folder):
    copy(folder, "corpus")
    path = os.path.join(folder, LUSTRE)
    text = read(path)
    part = "opg->ops_transfer_pinned = 0;"
    line = line_of(text, part)
    w = Worker(folder)
    w.open(path, text)
    comment = comment_of(actions(w, path, text, part)[0])
    expect("never preferred", "isPreferred" not in comment, comment)
    fixed = edited(text, comment, path)
    expect("a line above", fixed == text.replace(
        "\t" + part, "\t/* pincheck: ignore[direct-flag-write] ... */\n\t" +
        part, 1), fixed)
    expect("no reason is an error, and hides nothing",
           codes(w, path, fixed) == [("direct-flag-write", line + 1),
                                     ("suppression", line)])
    items = actions(w, path, fixed, "... */")[0]
    expect("nothing is offered for that", items == [], items)
    fixed = fixed.replace("...", "the ticket says why")
    expect("with one it is hidden", codes(w, path, fixed) == [])
    w.end()


def test_protocol(folder):
    """Without documentChanges, and asked twice."""
    copy(folder, "corpus")
    path = os.path.join(folder, LUSTRE)
    text = read(path)
    part = "opg->ops_transfer_pinned = 0;"
    w = Worker(folder, changes=False)
    w.open(path, text)
    items, log = actions(w, path, text, part)
    again, nothing = actions(w, path, text, part)
    expect("the same answer", again == items and log and not nothing, again)
    call, = repairs_of(items)
    expect("by its URI", list(call["edit"]) == ["changes"] and
           list(call["edit"]["changes"]) == [uri_of(path)], call)
    expect("the best first, the replay last",
           [a["title"].split()[0] for a in items] ==
           ["Use", "Ignore", "Replay"], items)
    w.open(path, "\n" + text, 2)
    moved, log = actions(w, path, "\n" + text, part)
    lines = [e["range"]["start"]["line"] for a in (call, *repairs_of(moved))
             for e in a["edit"]["changes"][uri_of(path)]]
    expect("a new text is tried anew", lines[2:] == [n + 1 for n in lines[:2]]
           and log, lines, log)
    w.end()


if __name__ == "__main__":
    store.main(globals())
