#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Precompiled headers: what is parsed from them is what a plain parse gives,
what would differ is parsed plainly, and nothing stale or damaged is used."""
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PINCHECK = os.environ["PINCHECK"]
SAME_IR = os.path.join(os.path.dirname(PINCHECK), "same_ir")
failures = []

HEADERS = {
    "config.h": "#define CONFIG_THING 1\n",
    "base.h": """
#ifndef BASE_H
#define BASE_H
#define WIDTH 3
#define pitch(x) (x)
#define OTHER 3
#define DEPTH 3
#define HEIGHT 3
#define LENGTH 3
#define LESS(x) - -x
#ifdef SURE
static inline int sure(void) { return 1; }
#else
static inline int sure(void) { return 0; }
#endif
struct thing { int flag; int refs; };
#ifdef DEBUG
static inline void check(struct thing *t) { t->flag = 0; }
#else
static inline void check(struct thing *t) { }
#endif
static inline void get(struct thing *t) { t->refs++; check(t); }
#endif
""",
    "asks.h": """
#ifndef ASKS_H
#define ASKS_H
#include <base.h>
#ifdef DEPTH
static inline int asks(void) { return 1; }
#else
static inline int asks(void) { return 0; }
#endif
#endif
""",
    # ends what another may have defined; nobody else knows of LOCAL
    "ends.h": """
#ifndef ENDS_H
#define ENDS_H
#define DEPTH 3
#define HEIGHT 3
#define LOCAL 3
static inline int length(void) { return LENGTH; }
static inline int ends(void) { return DEPTH + HEIGHT + LOCAL; }
#undef DEPTH
#undef HEIGHT
#undef LOCAL
#endif
""",
    # with another unit's name in the set: who calls it is parsed plainly
    "who.h": """
#ifndef WHO_H
#define WHO_H
static inline const char *who(void) { return UNIT; }
static inline int level(void) { return __INCLUDE_LEVEL__; }
#endif
""",
    # what nobody asks for, and is there all the same
    "table.h": """
#ifndef TABLE_H
#define TABLE_H
struct calls { int (*open)(int); };
int opens(int);
static const struct calls calls = { .open = opens };
#endif
""",
    "program.h": """
#ifndef PROGRAM_H
#define PROGRAM_H
int program(int x) { return x; }
#endif
""",
    "say.h": """
#ifndef SAY_H
#define SAY_H
#ifndef format
#define format(x) x
#endif
static inline const char *say(void) { return format("said"); }
#endif
""",
    "first.h": """
#ifndef FIRST_H
#define FIRST_H
#ifndef SIZE
#define SIZE 1
#endif
static inline int first(void) { return SIZE; }
#endif
""",
    "second.h": """
#ifndef SECOND_H
#define SECOND_H
#undef WIDTH
#define WIDTH 3
#undef OTHER
#define OTHER 4
#ifndef SIZE
#define SIZE 2
#endif
static inline int second(void) { return SIZE; }
#endif
""",
    "twice.h": """
#ifndef TWICE_H
#define TWICE_H
#define DEPTH 3
#define SURE 1
#define SPAN 3
#define SPREAD 3
#define LESS(x) --x
#define twice(x) (2 * (x))
#endif
""",
    "where.h": """
#ifndef WHERE_H
#define WHERE_H
static inline const char *where(void) { return "in " __FILE__; }
#endif
""",
    # tone is what the first of them says
    "loud.h": """
#ifndef LOUD_H
#define LOUD_H
#define tone(x) "loud " x
#include <tone.h>
#endif
""",
    "tone.h": """
#ifndef TONE_H
#define TONE_H
#ifndef tone
#define tone(x) x
#endif
enum { pitch = 1 };
#ifndef pitch
#define pitch 7
#endif
static inline int pitched(void) { return pitch; }
static inline const char *speech(void) { return tone("words"); }
#endif
""",
    "soft.h": """
#ifndef SOFT_H
#define SOFT_H
#include <tone.h>
#ifndef tone
#define tone(x) "soft " x
#endif
#endif
""",
    # more than a definition hangs on LOAD; LOG is what it says itself
    "more.h": """
#ifndef MORE_H
#define MORE_H
#ifndef LOAD
#define LOAD 1
#else
#define TALLY
#endif
#ifdef TALLY
static inline int more(void) { return 1; }
#else
static inline int more(void) { return 0; }
#endif
#undef LOG
#ifdef LOG
static inline int logged(void) { return 1; }
#else
static inline int logged(void) { return 0; }
#endif
#endif
""",
    "items.h": "ITEM(red)\nITEM(green)\n",
    "counter.h": """
#ifndef COUNTER_H
#define COUNTER_H
#define named__(n) __UNIQUE_ID_local##n
#define named_(n) named__(n)
#define named named_(__COUNTER__)
static inline int counted(int x) { int named = x; return x; }
#endif
""",
    # what a trace header does: read again each time, and macros stay behind
    "trace.h": """
#undef SYSTEM
#define SYSTEM trace
#if !defined(TRACE_H) || defined(AGAIN)
#define TRACE_H
#include <base.h>
static inline void traced(struct thing *t) { get(t); }
#define helper(t) traced(t)
#define SPAN 3
#define SPREAD 4
#endif
#undef AGAIN
#include <tail.h>
""",
    "events.h": """
#undef SYSTEM
#define SYSTEM events
#if !defined(EVENTS_H) || defined(AGAIN)
#define EVENTS_H
#include <base.h>
static inline void event(struct thing *t) { t->flag++; }
#endif
#include <tail.h>
""",
    # whoever includes it reads it again; the second part counts once as well
    "point.h": """
#ifndef POINT_H
#define POINT_H
#define LEVEL 1
#endif
#ifndef POINT
#define POINT(x) extern int x##_point(void);
#endif
""",
    "quote.h": """
#ifndef QUOTE_H
#define QUOTE_H
#define quote_1(x...) #x
#define quote(x...) quote_1(x)
#endif
""",
    # with POINTS, make.h reads it again, by another macro each time
    "stage.h": """
#undef STAGE
#define STAGE stage
#if !defined(STAGE_H) || defined(REREAD)
#define STAGE_H
#include <point.h>
POINT(one)
POINT(two)
#endif
#include <make.h>
""",
    "make.h": """
#ifdef POINTS
#undef POINTS
#include <quote.h>
#ifdef STAGE_PATH
#define STAGE_FILE(name) quote(STAGE_PATH/name.h)
#else
#define STAGE_FILE(name) <name.h>
#endif
#define FILE_OF(name) STAGE_FILE(name)
#define REREAD
#undef POINT
#define POINT(x) int x##_point(void) { return LEVEL; }
#include FILE_OF(STAGE)
#undef POINT
#define BODY(x) { return twice(x); }
#define POINT(x) int x##_level(void) BODY(x##_point())
#include FILE_OF(STAGE)
#undef POINT
#undef REREAD
#define POINTS
#endif
""",
    "pick.h": """
#ifndef PICK_H
#define PICK_H
#undef PICK
#define PICK <items.h>
#define LIST <items.h>
#endif
""",
    # no guard, and another header asks for it as well
    "inner.h": """
#undef INNER
#ifdef WRAPPED
#define INNER 1
#else
#define INNER 0
#endif
""",
    "wrap.h": """
#ifndef WRAP_H
#define WRAP_H
#include <inner.h>
static inline int wrap(void) { return INNER; }
#endif
""",
    "repeat.h": """
#ifdef MORE
#undef MORE
ITEM(blue)
#include <repeat.h>
#endif
""",
    "chain.h": """
#ifndef LINK_1
#define LINK_1
#include <chain.h>
#elif !defined(LINK_2)
#define LINK_2
#include <chain.h>
#endif
""",
    "knot.h": """
#if KNOT + 0 == 0
#undef KNOT
#define KNOT 1
#include <knot.h>
#endif
""",
    "self.h": "ITEM(self)\n",
    # ends its own macro, which another may have defined before
    "ender.h": """
#ifndef ENDER_H
#define ENDER_H
#define INTERIM 3
static inline int ender(void) { return INTERIM; }
static inline int only(int x) { return x; }
#undef INTERIM
#endif
""",
    # says what it was when it was read
    "stamp.h": """
#ifndef STAMP_H
#define STAMP_H
#undef stamp
#ifdef LATER
#define stamp 2
#else
#define stamp 1
#endif
#define alias twice
#define has_twice defined(twice)
#define SPLIT 0 || 1
#endif
""",
    # how often it was read shows, in two ways
    "step.h": """
#ifndef STEP_H
#define STEP_H
#define STEP 1
#else
#undef STEP
#define STEP 2
#endif
""",
    "seen.h": """
#undef SIGHT
#ifdef SEEN
#define SIGHT 2
#else
#define SIGHT 1
#endif
#define SEEN
""",
    "one.h": """
#ifndef ONE_H
#define ONE_H
#include <step.h>
#include <seen.h>
#endif
""",
    "two.h": """
#ifndef TWO_H
#define TWO_H
#define LATER
#include <step.h>
#include <seen.h>
#endif
""",
    # outside the set
    "own.h": """
#ifndef OWN_H
#define OWN_H
#define DEBUG
#endif
""",
    # most read it for nothing, and more than once
    "tail.h": """
#ifdef MAKE
static inline int made(void) { return SYSTEM; }
#include WHICH
#endif
""",
}
ALL = "#include <base.h>\n#include <first.h>\n#include <second.h>\n" \
      "#include <asks.h>\n#include <ends.h>\n#include <twice.h>\n#include <counter.h>\n#include <say.h>\n" \
      "#include <who.h>\n#include <where.h>\n#include <loud.h>\n#include <tone.h>\n" \
      "#include <soft.h>\n#include <more.h>\n#include <quote.h>\n" \
      "#include <point.h>\n#include <pick.h>\n#include <wrap.h>\n" \
      "#include <ender.h>\n#include <stamp.h>\n#include <one.h>\n#include <two.h>\n"
QUIET = ALL.replace("#include <loud.h>\n", "")
ITEM = "#define ITEM(x) int NAME_##x(void) { return 1; }\n"
POINT_USE = "int NAME(void) { return one_point() + two_level(); }\n"
USE = "void NAME(struct thing *t) { get(t); t->flag = first() + second() +" \
      " counted(twice(2)); }\n"

def which(condition):
    """Says in the IR whether it holds."""
    return f"{condition}\nint NAME(void) {{ return 1; }}\n#else\n" \
           "int NAME(void) { return 0; }\n#endif\n"


# name -> text, and whether it has to be parsed plainly
UNITS = {f"usual{i}": (ALL + USE, False) for i in range(8)}
UNITS.update({
    "debug": ("#define DEBUG\n" + ALL + USE, True),
    "late": (ALL + "#define DEBUG\n" + USE, False),
    "undefined": (ALL + "#undef twice\nint twice(int);\n" + USE, False),
    "swapped": ("#include <base.h>\n#include <second.h>\n#include <first.h>\n"
                "#include <twice.h>\n#include <counter.h>\n" + USE, True),
    "without": ("#include <base.h>\nint twice(int);\n"
                "int NAME(void) { return twice(2); }\n", True),
    "through": ("#include <base.h>\nint twice(int);\n"
                "#define later() twice(2)\n"
                "int NAME(void) { return later(); }\n", True),
    "unused": ("#include <base.h>\n#define later() twice(2)\n"
               "int NAME(void) { return 2; }\n", False),
    "harmless": ("#include <base.h>\nint NAME(void) { return 2; }\n", False),
    "named": (ALL + "const char *NAME(void) { return who(); }\n", True),
    "formats": ('#define format(x) "me: " x\n' + ALL +
                "const char *NAME(void) { return say(); }\n", True),
    "formats_itself": ('#define format(x) "me: " x\n' + ALL +
                       'const char *NAME(void) { return format("x"); }\n',
                       False),
    # a file by another name, which __FILE__ says, or what only looks like it
    "around": ('#include "../include/where.h"\n' + ALL +
               "const char *NAME(void) { return where(); }\n", False),
    "linked": ('#include "../include/link/../where.h"\n' + ALL +
               "const char *NAME(void) { return where(); }\n", True),
    "itself": (ALL + "const char *NAME(void) { return UNIT; }\n", False),
    "list": (ALL + "#define ITEM(x) int NAME_##x(void) { return 1; }\n"
             "#include <items.h>\n", False),
    "reader": ("#include <trace.h>\n" + ALL +
               "void NAME(struct thing *t) { helper(t); }\n", False),
    **{f"reader{i}": ("#include <base.h>\n#include <trace.h>\n" + ALL +
                      "void NAME(struct thing *t) { helper(t); }\n", False)
       for i in range(7)},
    # SYSTEM is what the header read last says
    "system": ("#include <base.h>\n#include <trace.h>\n" + ALL +
               "int trace;\nint NAME(void) { return SYSTEM; }\n", False),
    **{f"pair{i}": ("#include <trace.h>\n#include <events.h>\n" + ALL +
                    "void NAME(struct thing *t) { helper(t); event(t); }\n",
                    False)
       for i in range(8)},
    # what differs is what nobody asks for, or what the unit reads itself
    "swapped_pair": ("#include <events.h>\n#include <trace.h>\n" + ALL +
                     "void NAME(struct thing *t) { event(t); }\n", False),
    "system_of_pair": ("#include <events.h>\n#include <trace.h>\n" + ALL +
                       "int trace;\nint NAME(void) { return SYSTEM; }\n",
                       False),
    "makes": ("#include <events.h>\n#define MAKE\n#define WHICH <twice.h>\n"
              "int trace;\n#include <trace.h>\n" + ALL +
              "int NAME(void) { return made(); }\n", True),
    # it mentions the macro before, when it is none: from the set without
    "early": ("#include <base.h>\nvoid helper(struct thing *t);\n"
              "void before(struct thing *t) { helper(t); }\n"
              "#include <trace.h>\n" + ALL +
              "void NAME(struct thing *t) { helper(t); }\n", False),
    # others define it alike
    "alike": ("#include <base.h>\nint NAME(void) { return WIDTH; }\n",
              False),
    "unlike": ("#include <base.h>\nint NAME(void) { return OTHER; }\n",
               True),
    # a header ends what others define alike, or only one
    "ended": ("#include <base.h>\n#include <ends.h>\n#ifdef DEPTH\n"
              "int NAME(void) { return 1; }\n#else\n"
              "int NAME(void) { return 0; }\n#endif\n", True),
    "not_ended": ("#include <base.h>\n#ifdef HEIGHT\n"
                  "int NAME(void) { return 1; }\n#endif\n", True),
    "asked_late": ("#include <base.h>\n#include <ends.h>\n"
                   "#include <asks.h>\nint NAME(void) { return asks(); }\n",
                   True),
    "local": ("#include <base.h>\nint LOCAL;\n"
              "int NAME(void) { return LOCAL; }\n", False),
    # the unit defines what a header does, before or behind one that asks
    "surely": ("#define SURE 1\n" + ALL +
               "int NAME(void) { return sure(); }\n", True),
    "long": ("#define LENGTH 3\n" + ALL +
             "int NAME_(void) { return length(); }\n", False),
    # reads the body for another time
    "again": ("#include <base.h>\n#include <trace.h>\n" + ALL +
              "#define AGAIN\n#define traced other\n#include <trace.h>\n"
              "void NAME(struct thing *t) { other(t); }\n", False),
    "untraced": ("#include <base.h>\nvoid helper(struct thing *t);\n"
                 "void NAME(struct thing *t) { helper(t); }\n", False),
    "computed": ("#define WHICH <twice.h>\n#include WHICH\n" + ALL + USE,
                 True),
    "perhaps": ("#if NOBODY + 0\n#include <second.h>\n#endif\n" + ALL + USE,
                True),
    "known": ("#ifdef NOBODY\n#include <second.h>\n#endif\n" + ALL + USE,
              False),
    # few units start from what those of the folder above have
    "deep/few": (ALL + USE.replace("NAME", "few"), False),
    # the only one of its folder that does not include a trace header
    **{f"traced/reader{i}": ("#include <trace.h>\n" + ALL +
                             "void read(struct thing *t) { helper(t); }\n",
                             False)
       for i in range(24)},
    "traced/alone": (ALL + USE.replace("NAME", "alone"), False),
    "both": ("#include <base.h>\n#if defined(BASE_H) && \\\n"
             "    /* with */ defined NOBODY\n#include <second.h>\n#endif\n" +
             ALL + USE, False),
    "neither": ("#include <base.h>\n"
                "#if (defined(NOBODY) || !defined(BASE_H)) && WIDTH > 2\n"
                "#include <second.h>\n#endif\n" + ALL + USE, False),
    "either": ("#if defined(NOBODY) || NOBODY + 0\n#include <second.h>\n"
               "#endif\n" + ALL + USE, True),
    "choice": ("#if defined(NOBODY) ? 0 : 1\n#include <second.h>\n#endif\n" +
               ALL + USE, True),
    "compared": ("#if !defined(NOBODY) == 0\n#include <second.h>\n#endif\n" +
                 ALL + USE, True),
    "nothing": ("#if 0\n#include <second.h>\n#endif\n" + ALL + USE, False),
    "other_branch": ("#include <base.h>\n#ifdef BASE_H\n"
                     "#elif !defined(NOBODY)\n#include <second.h>\n"
                     "#else\n#include <second.h>\n#endif\n" + ALL + USE,
                     False),
    "last_branch": ("#ifdef NOBODY\n#elif defined(NOBODY)\n#else\n"
                    "#include <second.h>\n#endif\n" + ALL + USE, True),
    # an #elif is read where what is before it is not
    "asked_between": ("#include <base.h>\n#ifdef NOBODY\n" +
                      which("#elif SURE"), True),
    "mentioned_twice": ("#include <base.h>\n#if X\n#endif\n"
                        "#define X SURE\n" + which("#if X"), True),
    "compilers": ("#include <base.h>\n#ifdef __has_include\n" +
                  which("#if SURE") + "#endif\n", True),
    # a macro that is defined already, and more hangs on that, or nothing
    "guard": ("#define SECOND_H\n" + ALL +
              "int NAME(void) { return OTHER; }\n", True),
    "loads": ("#define LOAD 2\n" + ALL +
              "int NAME(void) { return more(); }\n", True),
    "logs": ("#define LOG\n" + ALL + "int NAME(void) { return logged(); }\n",
             False),
    "logs_itself": ("#define LOG\n" + ALL + which("#ifdef LOG"), True),
    "silent": (QUIET + "int NAME(void) { return 1; }\n", False),
    "spoken": (QUIET + "const char *NAME(void) { return speech(); }\n", True),
    "spoken_itself": (QUIET +
                      'const char *NAME(void) { return tone("x"); }\n',
                      True),
    "pitched": ("#include <tone.h>\nint NAME_(void) { return pitched(); }\n",
                True),
    "own_tone": ('#define tone(x) "own " x\n#include <base.h>\n'
                 "#include <soft.h>\n"
                 'const char *NAME(void) { return tone("x"); }\n', False),
    "new_tone": ('#define tone(x) "own " x\n#undef tone\n'
                 '#define tone(x) "new " x\n#include <base.h>\n'
                 "#include <soft.h>\n"
                 'const char *NAME(void) { return tone("x"); }\n', False),
    "lost_tone": ('#define tone(x) "own " x\n#undef tone\n'
                  "#include <soft.h>\n" + which("#ifdef tone"), True),
    "lost_again": ('#undef tone\n#define tone(x) "own " x\n'
                   "#include <base.h>\n#undef tone\n#include <soft.h>\n" +
                   which("#ifdef tone"), True),
    "late_tone": ('#define tone(x) "own " x\n#include <base.h>\n'
                  "#include <soft.h>\n"
                  '#undef tone\n#define tone(x) "new " x\n'
                  'const char *NAME(void) { return tone("x"); }\n', False),
    # a trace header defines what another does, or almost: then the unit
    # starts from the set without
    "span": ("#include <trace.h>\nint NAME(void) { return SPAN; }\n", False),
    "spread": ("#include <trace.h>\nint NAME(void) { return SPREAD; }\n",
               False),
})

# an inclusion that a macro names
UNITS.update({
    "points": (ALL + "#define POINTS\n#include <stage.h>\n" + POINT_USE,
               False),
    "points_by_path": (ALL + "#define POINTS\n#define STAGE_PATH .\n"
                       "#include <stage.h>\n" + POINT_USE, False),
    # make.h mentions what is another's, by two macros
    "points_without": ("#include <base.h>\n#define POINTS\n"
                       "int twice(int);\n#include <stage.h>\n" + POINT_USE,
                       True),
    # after the unit's end of POINT a header would bring it back
    "points_before": ("#define POINTS\n#include <twice.h>\n"
                      "#include <stage.h>\n#undef POINTS\n" + ALL +
                      POINT_USE, True),
    "picked": (ALL + ITEM + "#undef PICK\n#define PICK <twice.h>\n"
               "#include PICK\n#undef PICK\n#define PICK <items.h>\n"
               "#include PICK\n", False),
    "picked_by_header": (ALL + ITEM + "#include LIST\n", False),
    "picked_otherwise": (ITEM + "#define PICK <twice.h>\n" + ALL +
                         "#include PICK\n", True),
    "picked_at_last": (ALL + ITEM + "#define WHICH <twice.h>\n"
                       "#undef WHICH\n#ifndef WHICH\n"
                       "#define WHICH <items.h>\n#endif\n"
                       "#include WHICH\n", False),
    "picked_perhaps": (ALL + ITEM + "#define WHICH <items.h>\n#if NOBODY + 0\n"
                       "#undef WHICH\n#define WHICH <twice.h>\n#endif\n"
                       "#include WHICH\n", True),
    "picked_nothing": (ALL + "#define WHICH <missing.h>\n#if NOBODY + 0\n"
                       "#include WHICH NOBODY\n#endif\n" + USE, True),
    "picked_by_itself": (ALL + ITEM + "#define self <self.h>\n"
                         "#include self\n", True),
    "picked_by_pasting": (ALL + ITEM + "#define join(a) <a##s.h>\n"
                          "#include join(item)\n", True),
    "repeat": (ALL + ITEM + "#define MORE\n#include <repeat.h>\n", False),
    "chain": (ALL + "#include <chain.h>\n" + USE, False),
    "knot": (ALL + "#include <knot.h>\n" + USE, True),
    # a macro leads to others as they are now, not as they were before
    "changed": ("#include <base.h>\nint twice(int);\nint other(int);\n"
                "#define later(x) other(x)\n"
                "int NAME_before(void) { return later(1); }\n"
                "#define other(x) twice(x)\n"
                "int NAME(void) { return later(2); }\n", True),
    "became": ("#include <base.h>\nint twice(int);\nint other(int);\n"
               "int NAME_before(void) { return other(1); }\n"
               "#define other(x) twice(x)\n"
               "int NAME(void) { return other(2); }\n", True),
    # what has no guard is read again, by another header that is in the set
    "wrapped": ("#include <inner.h>\n#define WRAPPED\n#include <wrap.h>\n"
                "int NAME(void) { return wrap(); }\n", True),
    "shut_out": ("#include <base.h>\n#define TWICE_H\n#include <twice.h>\n"
                 "int twice(int);\nint NAME(void) { return twice(2); }\n",
                 True),
    "both_names": ("#if defined(NOBODY) && !defined(NONE)\n#include <second.h>\n"
             "#endif\n" + ALL + USE, False),
    "one_name": ("#if !(defined(__GNUC__) && !defined(NOBODY))\n"
                    "#include <second.h>\n#endif\n" + ALL + USE, False),
})


NO_TWICE = "#include <base.h>\n#include <stamp.h>\nint (twice)(int);\n"
BASE_USE = "#include <base.h>\nvoid NAME(struct thing *t) { get(t); }\n"

UNITS.update({
    # a header ends what the unit defined
    "interim": ("#define INTERIM 5\n#include <ender.h>\n" +
                which("#ifdef INTERIM"), True),
    "interim_unasked": ("#define INTERIM 5\n" + ALL + USE, False),
    # a macro in a condition may fall apart, or not
    "apart": ("#define ANY 0 || 1\n#if defined(NOBODY) && ANY\n"
              "#define DEBUG\n#endif\n" + BASE_USE, True),
    "out_of_brackets": ("#define ANY 1) && (0\n#if (1 || ANY)\n#else\n"
                        "#define DEBUG\n#endif\n" + BASE_USE, True),
    "apart_in_header": ("#include <stamp.h>\n"
                        "#if defined(NOBODY) && SPLIT\n"
                        "#define DEBUG\n#endif\n" + BASE_USE, True),
    "bracketed": ("#define ANY(x) ((x) || 1)\n"
                  "#if defined(NOBODY) && ANY(2)\n"
                  "#define DEBUG\n#endif\n" + BASE_USE, False),
    # a guard that is defined, or not, when its file comes
    "own_guard": ("#define OWN_H\n#include <own.h>\n#undef OWN_H\n"
                  "#include <own.h>\n" + BASE_USE, True),
    "own_twice": (ALL + "#include <own.h>\n#include <own.h>\n" + USE,
                  False),
    "own_perhaps": ("#define OWN_H\n#if NOBODY + 0\n#include <own.h>\n"
                    "#endif\n#undef OWN_H\n#include <own.h>\n" + BASE_USE,
                    True),
    "unguarded": (ALL + "#undef STAMP_H\n#include <stamp.h>\n"
                  "int NAME(void) { return stamp; }\n", True),
    # read once more in the set
    "stepped": ("#include <one.h>\n" + which("#if STEP == 2"), True),
    "stepped_itself": (ALL + "#include <step.h>\n" +
                       which("#if STEP == 2"), True),
    "seen": ("#include <two.h>\n" + which("#if SIGHT == 2"), True),
    # the parenthesis comes later
    "late_call": (NO_TWICE + "int NAME(void) { return twice\n(2); }\n",
                  True),
    "by_alias": (NO_TWICE + "int NAME(void) { return alias(2); }\n", True),
    "own_alias": (NO_TWICE + "#define later twice\n"
                  "int NAME(void) { return later(2); }\n", True),
    "asks_by_macro": (NO_TWICE + which("#if has_twice"), True),
    "no_call": (NO_TWICE + "int NAME(void) { return (twice)(2); }\n",
                False),
    # a definition that a plain parse does not see
    "declared": ("int only(int x);\n"
                 "int NAME(void) { return only(1); }\n", True),
})


# what a set would keep to itself
UNITS.update({
    f"{name}{i}": (f"#include <{name}.h>\n" + ALL + USE, True)
    for name in ("table", "program") for i in range(12)
})

HIDDEN = "#define DEBUG\n" + ALL + USE
# directives, pragmas, and other ways to write
UNITS.update({
    "elifdef": ("#ifdef NOBODY\n#elifdef NOBODY\n#define DEBUG\n#endif\n" +
                ALL + USE, False),
    "elifndef": ("#ifdef NOBODY\n#elifndef NOBODY\n#define DEBUG\n"
                 "#endif\n" + ALL + USE, True),
    "import": ("#import <base.h>\n" + ALL + USE, True),
    "pushed": ("#include <base.h>\nint (twice)(int);\n"
               '#pragma push_macro("twice")\n#undef twice\n'
               "#define twice(x) x\n"
               '#pragma pop_macro("twice")\n'
               "int NAME(void) { return twice(2); }\n", True),
    "packed": ("#pragma pack(push, 1)\n" + ALL + USE, True),
    "packed_before": ("#pragma pack(push, 1)\nstruct x { int a; };\n"
                      "#pragma pack(pop)\n" + ALL + USE, False),
    "operator": ('_Pragma("pack(1)")\n' + ALL + USE, True),
    "quiet": ('#pragma GCC diagnostic ignored "-Wall"\n' + ALL + USE,
              False),
    "digraph": ("%:define DEBUG\n" + ALL + USE, True),
    "trigraph": ("// a ??/\n/*\n" + HIDDEN + "// */\n" + ALL + USE, True),
    "split": ("#def\\\nine DEBUG\n" + ALL + USE, True),
    "comment": ("// a \\\n/*\n#define DEBUG\n// */\n" + ALL + USE, True),
    "blank": ("#include <base.h>\nint (twice)(int);\n// a \\ \n"
              "#define twice(x) x\nint NAME(void) { return twice(2); }\n",
              True),
    "raw": ("#include <base.h>\nint (twice)(int);\n"
            'const char *text = R"(")"; int NAME(void) { return twice(2); }\n',
            True),
    "vertical": ("\v" + HIDDEN, True),
    "returned": ("int before;\r" + HIDDEN, True),
    "marked": ("\ufeff" + HIDDEN, True),
    "only_looks": ("/* asm-???/x.h (??) */\n#define two(x) \\\n\t(x)\n" +
                   ALL + 'const char *NAME(void) { return "R" "%d"; }\n'
                   '#define list EM("NR")EM("x")\n', False),
    "less": ("#include <base.h>\nint NAME(int y) { return LESS(y); }\n",
             True),
    "nested": (ALL + "int NAME(void) { return level(); }\n", True),
    "unset": ("#ifndef linux\n#define DEBUG\n#endif\n" + ALL + USE, True),
    "handed_on": (ALL + USE, True),
    "renamed": (ALL + "#include <renamed.h>\n" + USE, True),
})
MORE_FLAGS = {"handed_on": ["-Wp,-DDEBUG"]}

# a header beside the units comes to what lies in a folder named absolutely
UNITS.update({
    f"absolute{i}": ('#include "near.h"\n'
                     "const char *NAME(void) { return where(); }\n", False)
    for i in range(12)
})
MORE_FLAGS.update({f"absolute{i}": ["-I{folder}/include"] for i in range(12)})

# units that include trace.h start from a set of their own, and so do those
# that include events.h as well, the folder traced, and units of other folders
SETS = 5


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def run(*args, folder):
    return subprocess.run(args, cwd=folder, text=True, capture_output=True,
                          check=False)


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_tree(folder):
    commands = []
    for name, text in HEADERS.items():
        write(folder, f"include/{name}", text)
    write(folder, "src/near.h", ALL + "#include <where.h>\n")
    write(folder, "elsewhere/where.h", HEADERS["where.h"].replace("in ", ""))
    os.mkdir(os.path.join(folder, "elsewhere", "deep"))
    os.symlink("../elsewhere/deep", os.path.join(folder, "include", "link"))
    os.symlink("twice.h", os.path.join(folder, "include", "renamed.h"))
    for name, (text, _) in UNITS.items():
        write(folder, f"src/{name}.c", text.replace("NAME", name))
        commands.append({
            "directory": folder, "file": f"src/{name}.c",
            "arguments": ["cc", *[flag.format(folder=folder) for flag in
                                  MORE_FLAGS.get(name, [])],
                          "-Iinclude", "-Ulinux",
                          "-include", "include/config.h",
                          f'-DUNIT="{name}"', "-Wall", "-c",
                          f"src/{name}.c"]})
    write(folder, "compile_commands.json", json.dumps(commands))
    time.sleep(0.1)  # a file as new as its reading is not kept


def files(folder):
    return [f"src/{name}.c" for name in UNITS]


def test_same(folder):
    done = run(SAME_IR, ".", "pch", *files(folder), folder=folder)
    plain = {line.split(":")[0] for line in done.stdout.splitlines()
             if ": plain:" in line}
    expect("no unit differs", done.returncode == 0, done.stdout, done.stderr)
    for name, (_, wanted) in UNITS.items():
        expect(f"{name}: plain is {wanted}",
               (f"src/{name}.c" in plain) == wanted, done.stdout)


def content(folder, store):
    """Units, their functions and the files behind them."""
    query = """
        SELECT unit.path, unit.frame, nth, body.ir FROM unit
        JOIN member ON member.unit = unit.id
        JOIN body ON body.id = member.body ORDER BY unit.path, nth"""
    with sqlite3.connect(os.path.join(folder, store)) as database:
        bodies = database.execute(query).fetchall()
        number = database.execute("SELECT count(*) FROM file").fetchone()
    return bodies, number


def index(folder, store, *args):
    done = run(PINCHECK, "index", "-j", "2", "-p", ".", "--store", store,
               *args, "src", folder=folder)
    expect(f"index {store} {args}", done.returncode == 0, done.stderr)
    return content(folder, store)


def kept(folder, suffix=""):
    headers = os.path.join(folder, "a", "headers")
    names = os.listdir(headers) if os.path.isdir(headers) else []
    return [os.path.join(headers, name) for name in names
            if name.endswith(suffix)]


def masked(text):
    """__COUNTER__ goes by all that was read before."""
    return [row[:3] for row in text[0]], text[1]


def test_store(folder):
    with_them = index(folder, "a/store.db")
    without = index(folder, "b/store.db", "--no-pch")
    expect("something was precompiled", kept(folder, ".pch"))
    write(folder, "a/headers/somebodys", "else")
    expect("--no-pch does not", not os.path.exists(
        os.path.join(folder, "b", "headers")))
    expect("the stores agree", masked(with_them) == masked(without))
    before = {path: os.stat(path).st_mtime_ns for path in kept(folder)}
    forget(folder)
    index(folder, "a/store.db")
    expect("a fresh one stays", before == {
        path: os.stat(path).st_mtime_ns for path in kept(folder)})


def test_stale(folder):
    """Other bytes of the same size and time."""
    path = os.path.join(folder, "include", "first.h")
    old = os.stat(path)
    text = HEADERS["first.h"].replace("SIZE 1", "SIZE 7")
    write(folder, "include/first.h", text)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    time.sleep(0.1)
    with_them = index(folder, "a/store.db")
    without = index(folder, "b/store.db", "--no-pch")
    expect("a stale one is not used", masked(with_them) == masked(without))
    # of fewer units, another set may be made, but none stays beside another
    names = [os.path.basename(path) for path in kept(folder, ".pch")]
    keys = {name.split("-")[0] for name in names}
    expect("and was replaced", len(names) == len(keys) >= SETS, names)
    expect("only sets are swept", kept(folder, "somebodys"))
    os.remove(kept(folder, "somebodys")[0])
    check = [run(PINCHECK, "check", "--engine", "clang", "-p", ".",
                 "--no-store", *more, "src", folder=folder).stdout
             for more in ([], ["--no-pch"])]
    expect("check says the same", check[0] == check[1])


def forget(folder):
    for name in os.listdir(os.path.join(folder, "a")):
        if name.startswith("store.db"):
            os.remove(os.path.join(folder, "a", name))


def test_damage(folder):
    dice = random.Random(5)
    without = index(folder, "c/store.db", "--no-pch")
    for _ in range(8):
        path = dice.choice(sorted(kept(folder)))
        with open(path, "r+b") as file:
            size = os.path.getsize(path)
            if dice.random() < 0.3:
                file.truncate(dice.randrange(size + 1))
            else:
                file.seek(dice.randrange(size + 1))
                file.write(bytes([dice.randrange(256)] * 8))
        forget(folder)
        expect("damage changes nothing",
               masked(index(folder, "a/store.db")) == masked(without), path)


def test_kill(folder):
    without = index(folder, "d/store.db", "--no-pch")
    for delay in (0.02, 0.05, 0.1, 0.2, 0.4):
        for path in kept(folder):
            os.remove(path)
        forget(folder)
        with subprocess.Popen(
                [PINCHECK, "index", "-p", ".", "--store", "a/store.db",
                 "src"], cwd=folder, stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
    several = [subprocess.Popen(
        [PINCHECK, "index", "-p", ".", "--store", "a/store.db", "src"],
        cwd=folder, stderr=subprocess.DEVNULL) for _ in range(3)]
    for process in several:
        expect("several at once", process.wait() == 0)
    expect("killed runs change nothing",
           masked(index(folder, "a/store.db")) == masked(without))


# ---- units that see files at the names of others (-ivfsoverlay) ----

def guarded(name, text):
    return f"#ifndef {name}_H\n#define {name}_H\n{text}#endif\n"


ASKS = "static inline int base(void) { return 0; }\n"
ASKS_DEBUG = f"#ifdef DEBUG\n{ASKS.replace('0', '1')}#else\n{ASKS}#endif\n"
REMOVED = "#error removed\n"
# what is on disk, and what is seen; None: no file
SEEN = {
    "include/base.h": (guarded("BASE", ASKS), guarded("BASE", ASKS_DEBUG)),
    "include/new.h": (None, guarded("NEW", "static inline int fresh(void)"
                                    " { return 2; }\n")),
    "include/new_debug.h": (None, guarded("NEW_DEBUG", "#define DEBUG\n")),
    "include/outside.h": (guarded("OUTSIDE", "extern int some;\n"),
                          guarded("OUTSIDE", "#define DEBUG\n")),
    # the new one comes first
    "include/quiet.h": (None, guarded("QUIET", "extern int some;\n")),
    "other/quiet.h": (guarded("QUIET", "#define DEBUG\n"),) * 2,
    "include/pick.h": (guarded("PICK", "#define PICK <outside.h>\n"),
                       guarded("PICK", "extern int some;\n"
                               "#define PICK <calm.h>\n")),
    "include/calm.h": (guarded("CALM", "extern int some;\n"),) * 2,
    # one of another folder does not take its place
    "include/gone.h": (guarded("GONE", "extern int some;\n"), REMOVED),
    "other/gone.h": (guarded("GONE", "extern int some;\n"),) * 2,
    "include/leans.h": (guarded("LEANS", "#include <gone.h>\n"),) * 2,
}
ASK = "#include <base.h>\nint NAME(void) { return base(); }\n"
DEBUG = "#define DEBUG\n" + ASK
LEAN = "#include <leans.h>\n" + ASK
# name -> the same of the unit, and whether it has to be parsed plainly:
# as it is on disk (None: it cannot be), and as it is seen
SEEING = {
    **{f"usual{i}": (ASK, ASK, False, False) for i in range(8)},
    "debug": (DEBUG, DEBUG, False, True),
    "becomes": (ASK, DEBUG, False, True),
    "became": (DEBUG, ASK, False, False),
    "outside": (*("#include <outside.h>\n" + ASK,) * 2, False, True),
    "quiet": (*("#include <quiet.h>\n" + ASK,) * 2, False, False),
    "pick": (*("#include <pick.h>\n#include PICK\n" + ASK,) * 2, False,
             False),
    "gone": (*("#include <gone.h>\n" + ASK,) * 2, False, True),
    "not_gone": (*("#ifdef NOBODY\n#include <gone.h>\n#endif\n" + ASK,) * 2,
                 False, False),
    **{f"leans{i}": (LEAN, LEAN, False, True) for i in range(2)},
    **{f"fresh{i}": (None, "#include <new.h>\n"
                     "int NAME(void) { return fresh(); }\n", None, False)
       for i in range(2)},
    "fresh_debug": (None, "#include <new_debug.h>\n" + ASK, None, True),
    # to the compiler a file of two names is one
    "twin": (None, "#include <twin.h>\n" + ASK, None, True),
}


def describe(folder, **more):
    """All that is seen otherwise, each from a file of its own."""
    roots = []
    for name, (disk, seen) in list(SEEN.items()) + [
            (f"src/{name}.c", texts[:2]) for name, texts in SEEING.items()]:
        if disk != seen:
            kept = f"seen/{name}"
            write(folder, kept, seen.replace(
                "NAME", os.path.basename(name).split(".")[0]))
            roots.append({"type": "file", "name": os.path.join(folder, name),
                          "external-contents": os.path.join(folder, kept)})
    roots.append({"type": "file",
                  "name": os.path.join(folder, "include/twin.h"),
                  "external-contents": os.path.join(folder,
                                                    "seen/include/base.h")})
    write(folder, "overlay.json", json.dumps({
        "version": 0, "case-sensitive": "true",
        "use-external-names": "false", **more, "roots": roots}))


def make_seen(folder):
    for name, (disk, _) in SEEN.items():
        if disk:
            write(folder, name, disk)
    for name, (disk, *_) in SEEING.items():
        if disk:
            write(folder, f"src/{name}.c", disk.replace("NAME", name))
    describe(folder)


def same_seen(folder, *flags, before=()):
    """Which units of SEEING are parsed plainly, and how many sets are built;
    those of @before come before them, without the flags."""
    names = [name for name, texts in SEEING.items() if flags or texts[0]]
    write(folder, "compile_commands.json", json.dumps([{
        "directory": folder, "file": f"src/{name}.c",
        "arguments": ["cc", "-Iinclude", "-Iother",
                      *([] if name in before else flags), "-c",
                      f"src/{name}.c"]} for name in [*before, *names]]))
    done = run(SAME_IR, ".", "pch",
               *[f"src/{name}.c" for name in [*before, *names]],
               folder=folder)
    expect(f"no unit differs {flags}", done.returncode == 0, done.stdout,
           done.stderr)
    plain = {line.split(":")[0] for line in done.stdout.splitlines()
             if ": plain:" in line}
    built = re.search(r"^building (\d+) sets", done.stdout, re.M)
    return ({name for name in names if f"src/{name}.c" in plain},
            int(built.group(1)) if built else None, done.stdout)


def test_overlay(folder):
    make_seen(folder)
    overlay = ["-ivfsoverlay", os.path.join(folder, "overlay.json")]
    wanted = {name for name, texts in SEEING.items() if texts[3]}
    plain, built, shown = same_seen(folder, *overlay)
    expect("an overlay is seen", plain == wanted and built == 1 and
           "twin.h: another name of a header" in shown, shown)
    plain, built, shown = same_seen(folder)
    expect("its set is its own",
           plain == {name for name, texts in SEEING.items() if texts[2]} and
           built == 1, shown)
    plain, built, shown = same_seen(folder, *overlay)
    expect("and stays", plain == wanted and built == 0, shown)
    # what other units of the run see is not there for these
    before = [f"disk{i}" for i in range(8)]
    for name in before:
        write(folder, f"src/{name}.c",
              "#define SEEN\n#ifndef SEEN\n#include <new.h>\n#endif\n" +
              ASK.replace("NAME", name))
    plain, built, shown = same_seen(folder, *overlay, before=before)
    expect("others see other files", plain == wanted and built == 1, shown)
    # other bytes of the same size and time
    path = os.path.join(folder, "seen/include/base.h")
    old = os.stat(path)
    write(folder, "seen/include/base.h",
          SEEN["include/base.h"][1].replace("return 0", "return 5"))
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    plain, built, shown = same_seen(folder, *overlay)
    expect("unless it is stale", plain == wanted and built == 1, shown)
    # what is not followed
    for flags in (["-ivfsoverlay" + overlay[1]], overlay * 2,
                  ["-ivfsoverlay", "overlay.json"]):
        plain, _, shown = same_seen(folder, *flags)
        expect(f"plain: {flags}", plain == set(SEEING), shown)
    describe(folder, fallthrough="true")
    plain, _, shown = same_seen(folder, *overlay)
    expect("what it says beside that", plain == set(SEEING), shown)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        make_tree(folder)
        test_same(folder)
        test_store(folder)
        test_stale(folder)
        test_damage(folder)
        test_kill(folder)
    with tempfile.TemporaryDirectory() as folder:
        test_overlay(os.path.realpath(folder))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
