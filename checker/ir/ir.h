/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The intermediate representation: a translation unit as functions, a
 * function as blocks of events over expressions.
 *
 * It is a faithful lowering of C and knows nothing of the kernel: what a
 * lock or a reference is, is the model's business. tests/cfg holds it against
 * clang's own control flow graph.
 *
 * All of it lives in the unit's arena. Strings are interned with
 * g_intern_string, so equal names are equal pointers. Expressions are
 * hash-consed in the unit, so equal expressions are equal pointers.
 */
#ifndef PINCHECK_IR_IR_H
#define PINCHECK_IR_IR_H

#include <glib.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/loc.h"

/*
 * Expressions. An lvalue and the value loaded from it are the same
 * expression; taking the address is explicit. The builder keeps them
 * canonical: &*x is x, *&x is x, p->f is FIELD(DEREF(p), f).
 * None has a side effect: assignments, calls and asm are events, and their
 * results are named here by LOCAL (temporaries) or CALL.
 */
enum expr_kind {
	EXPR_CONST,	/* value */
	EXPR_STRING,	/* name: the literal's text */
	EXPR_LOCAL,	/* id: index into func->locals (parameters first) */
	EXPR_GLOBAL,	/* name; also a static local, as "function.name" */
	EXPR_FUNC,	/* name: a function's designator */
	EXPR_CALL,	/* id: result of the call event with this id */
	EXPR_OPAQUE,	/* id: a value nobody can know (asm output, va_arg...) */
	EXPR_FIELD,	/* a . name, in a record of tag owner */
	EXPR_DEREF,	/* * a */
	EXPR_INDEX,	/* a [ b ], a being an array or a pointer */
	EXPR_ADDR,	/* & a */
	EXPR_CONTAINER, /* container_of(a, owner, name): a points at the member */
	EXPR_UNARY,	/* op a; op is '-', '~' or '!' */
	EXPR_BINARY,	/* a op b; pure operators only, never && || = , */
	/* The following appear only in flow/, never in a lowered function. */
	EXPR_PARAM,	/* id: the value parameter id had on entry */
	EXPR_FRESH,	/* id: a value born at one step of one path */
	EXPR_BIT,	/* bit b of the word a; name: the bit's spelling */
};

/* A multi-character operator: OP2('=', '=') is ==. */
#define OP2(c, d) ((c) << 8 | (d))

struct expr {
	enum expr_kind kind;
	int op;		     /* UNARY, BINARY */
	int id;		     /* LOCAL, CALL, OPAQUE, PARAM, FRESH */
	bool bitfield;	     /* FIELD: the member is a bit-field */
	gint64 value;	     /* CONST */
	const char *name;    /* GLOBAL, FUNC, FIELD, CONTAINER, STRING, BIT; */
			     /* CONST: the enumerator or macro it was spelt */
			     /* with, if any. 7 spelt A and 7 spelt B are two */
			     /* expressions: compare constants by value. 0, 1 */
			     /* spelt NULL, false, true have no name, and in */
			     /* a BIT the name is not part of the identity */
	const char *owner;   /* FIELD, CONTAINER: tag of the record; GLOBAL: */
			     /* the file of a static one, or NULL */
	const struct expr *a, *b;
	/*
	 * The type, as far as flow/ needs it: the tag of the record after
	 * all pointers and arrays are taken off ("inode", "extent_buffer";
	 * a typedef of an anonymous record gives the typedef's name; NULL:
	 * no record) and how many pointers were taken off. An array counts
	 * as a pointer: its value is one.
	 * Part of the identity of LOCAL, CALL, OPAQUE, PARAM and FRESH (two
	 * functions share the numbers); of the others, the first one that
	 * knows it wins.
	 */
	const char *record;
	int pointers;
	unsigned hash;	     /* structural; for the unit's table */
	unsigned serial;     /* order of creation in the unit: sort key */
	int depth;	     /* of the tree: 1 for a leaf */
	unsigned nodes;	     /* of the tree, each as often as it is used in */
			     /* it; G_MAXUINT: too many to count */
	/*
	 * What expr_addr(), expr_deref() and expr_field_of() made of it last;
	 * NULL: they were not asked. The same is asked on every path.
	 */
	const struct expr *address, *pointee, *moved;
	/*
	 * flow/'s cache of what flag this location is, as "bflags:STALE" and
	 * with its record: formatting that anew was a tenth of the analysis.
	 */
	const char *flag, *flag_text;
	/* And of whether it lies in shared memory: 0 unknown, 1 yes, -1 no. */
	signed char shared;
};

enum event_kind {
	/*
	 * A member, * or [] is evaluated, in clang's order: lvalue is the
	 * place. Whether it is read, written or only has its address taken is
	 * told by access.
	 */
	EVENT_ACCESS,
	EVENT_ASSIGN, /* lvalue op= value; also ++ -- (value 1), initialisers */
	EVENT_CALL,   /* callee(args) */
	EVENT_CLEANUP,/* callee(&variable) at scope exit: attribute cleanup */
	EVENT_ASM,    /* args: input values; outputs are assigned OPAQUEs */
	EVENT_RETURN, /* value, or NULL */
};

enum access_kind {
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_UPDATE, /* read and written: += ++ */
	ACCESS_ADDRESS /* only its address is taken */
};

struct event {
	enum event_kind kind;
	enum access_kind access;   /* ACCESS */
	int id;			   /* unique in the function; rises over */
				   /* blocks and events in their order */
	int op;			   /* ASSIGN: 0 for plain, else '+', '|', ... */
	bool is_init;		   /* ASSIGN: initialiser of a declaration */
	bool once;		   /* ACCESS: a volatile one (READ_ONCE) */
	char by;		   /* ACCESS: '.' a member was named, '*' or */
				   /* '[': a pointer followed, which may well */
				   /* lead to a member: *&x->f */
	bool asm_memory;	   /* ASM: volatile with a memory clobber or */
				   /* memory outputs */
	const struct expr *lvalue; /* ACCESS, ASSIGN */
	const struct expr *value;  /* ASSIGN, RETURN */
	const struct expr *callee; /* CALL, CLEANUP: a FUNC, or the pointer */
	const struct expr **args;  /* CALL, CLEANUP, ASM */
	int n_args;
	struct src_loc loc;	   /* where the user wrote it: the outermost */
				   /* macro's place of use */
	const char *macro;	   /* outermost macro it came through, or NULL */
	const char *return_record; /* CALL: as expr.record, of the result */
	int return_pointers;
};

enum jump_kind {
	JUMP_GOTO,     /* succ[0] */
	JUMP_BRANCH,   /* cond != 0: succ[0], else succ[1] */
	JUMP_SWITCH,   /* cond; cases[i] for succ[i]; the last is default */
	JUMP_ASM_GOTO, /* any succ; succ[0] is the fall-through */
	JUMP_INDIRECT, /* computed goto: any succ */
	JUMP_RETURN,   /* to the exit */
	JUMP_NORETURN, /* ends in a call that does not return */
};

struct case_range {
	gint64 low, high;   /* inclusive */
	const char *name;   /* enumerator or macro of low, if any */
};

struct block {
	int id;			  /* index in func->blocks; 0 is the entry */
	struct event *events;
	int n_events;
	enum jump_kind jump;
	const struct expr *cond;  /* BRANCH, SWITCH */
	struct src_loc cond_loc;
	const char *cond_macro;
	/*
	 * Of a short-circuit or conditional operator: not a statement's own
	 * branch. NULL, "&&", "||", "?:", "if", "while", "for", "do", "switch".
	 */
	const char *cond_of;
	struct block **succ;
	struct case_range *cases; /* SWITCH: n_succ - 1 of them */
	int n_succ;
	bool loop_head;		  /* target of a back edge */
	const char *label;	  /* the C label it begins with, or NULL */
};

struct local {
	const char *name;   /* temporaries of the lowering: "#N" */
	const char *record; /* as in struct expr */
	int pointers;
	bool is_param;
	bool address_taken;
	bool is_pointer;
	const char *type;   /* spelling, for messages */
};

struct func {
	const char *name;
	struct src_loc loc;	/* of the name in its definition */
	struct src_loc end;
	bool is_static, is_inline;
	bool is_weak;		/* another definition of the name wins */
	bool in_main_file;	/* by the expansion's file */
	const char *return_record;
	int return_pointers;
	bool returns_void;
	bool returns_pointer;
	bool returns_bool;
	const char *annotations;/* __pinned_by, __guarded_by...: "a(b,c);..." */
	struct local *locals;	/* parameters first */
	int n_locals, n_params;
	struct block *blocks;
	int n_blocks;
	int n_events;
	struct unit *unit;
};

/* A function that is not in the IR, or only in part, and why. */
struct skipped {
	const char *file, *function; /* function NULL: the whole file */
	const char *reason;
};

/* A member of a record, seen through an annotation or a bit-field. */
struct member_note {
	const char *record, *member;
	const char *annotation; /* text of the annotate attribute */
	struct src_loc loc;
};

/*
 * A function's address stored by an initialiser, in a record's member or
 * (record and member NULL) elsewhere. Function NULL: the member holds one, but
 * which is not known; member NULL, too: some member does. An alias is such a
 * variable of its target.
 */
struct ops_entry {
	const char *record, *member, *variable, *function;
};

/* Whose definition it is: another file may have another one by that tag. */
struct record_home {
	const char *record, *file;
};

struct diagnostic {
	struct src_loc loc;
	bool fatal;	   /* an include was not found, too many errors */
	const char *text;
};

struct unit {
	struct arena *arena;
	const char *file;
	GPtrArray *funcs;	/* struct func *, in order of appearance */
	GHashTable *by_name;	/* interned name -> struct func * */
	GHashTable *exprs;	/* the hash-consing table */
	GArray *skips;		/* struct skipped */
	GArray *ops;		/* struct ops_entry */
	GArray *homes;		/* struct record_home: of records that have */
				/* pointers to functions which are used */
	GArray *member_notes;	/* struct member_note */
	GArray *diagnostics;	/* struct diagnostic: errors only */
	GPtrArray *inputs;	/* const char *, interned, absolute: the files */
				/* it was made of, if they were asked for */
	unsigned n_exprs;
};

/* An empty unit for @file, with an arena of its own. */
struct unit *unit_new(const char *file);
/* Frees the unit with all its functions and expressions; takes NULL. */
void unit_free(struct unit *u);
struct func *unit_find(const struct unit *u, const char *interned_name);
/* The event of this id; NULL: it was in a block that was dropped. */
const struct event *func_event(const struct func *f, int id);
/*
 * Is a header not there? Then it is no input whose change would be seen.
 * O(diagnostics)
 */
bool unit_lacks_file(const struct unit *u);
void unit_skip(struct unit *u, const char *file, const char *function,
	       const char *reason);

/*
 * Drops the functions of headers that nothing reaches by calls from the main
 * file, where no call is followed into a function that @want refuses (nor
 * into one of another unit). O(events).
 */
void unit_keep_wanted(struct unit *u, bool (*want)(const char *name, void *data),
		      void *data);

/*
 * Expression builders: each returns the one canonical, unit-owned expression
 * of its meaning, in O(1).
 */
const struct expr *expr_const(struct unit *u, gint64 v, const char *name);
const struct expr *expr_string(struct unit *u, const char *text);
const struct expr *expr_local(struct unit *u, int id, const struct local *l);
const struct expr *expr_named(struct unit *u, enum expr_kind kind,
			      const char *name, const char *record,
			      int pointers);
/* A GLOBAL that only @file sees: another file's of that name is another one. */
const struct expr *expr_static(struct unit *u, const char *name,
			       const char *file, const char *record,
			       int pointers);
/* CALL, OPAQUE, PARAM, FRESH */
const struct expr *expr_numbered(struct unit *u, enum expr_kind kind, int id,
				 const char *record, int pointers);
const struct expr *expr_field(struct unit *u, const struct expr *base,
			      const char *owner, const char *name,
			      bool bitfield, const char *record, int pointers);
/* The member that @field is, of another structure. */
const struct expr *expr_field_of(struct unit *u, const struct expr *base,
				 const struct expr *field);
const struct expr *expr_deref(struct unit *u, const struct expr *p);
const struct expr *expr_addr(struct unit *u, const struct expr *lvalue);
const struct expr *expr_index(struct unit *u, const struct expr *base,
			      const struct expr *index);
/* Undoes itself on the address of that very member. */
const struct expr *expr_container(struct unit *u, const struct expr *p,
				  const char *owner, const char *member);
const struct expr *expr_unary(struct unit *u, int op, const struct expr *a);
const struct expr *expr_binary(struct unit *u, int op, const struct expr *a,
			       const struct expr *b);
/* @e, which has the type of the variable @local if nothing else is known. */
const struct expr *expr_typed(struct unit *u, const struct expr *e,
			      const struct expr *local);
/* Bit @bit (a CONST with its spelling, or any value) of the word @word. */
const struct expr *expr_bit(struct unit *u, const struct expr *word,
			    const struct expr *bit);

/*
 * @e with every leaf replaced by what @map says (NULL from it: keep). Rebuilt
 * through the builders, so the result is canonical again.
 */
typedef const struct expr *(*expr_map)(const struct expr *leaf, void *data);
const struct expr *expr_substitute(struct unit *u, const struct expr *e,
				   expr_map map, void *data);

/* @e with other operands (@b NULL where it has none), canonical again. O(1). */
const struct expr *expr_rebuild(struct unit *u, const struct expr *e,
				const struct expr *a, const struct expr *b);

/* @e with every occurrence of the subexpression @from replaced by @to. */
const struct expr *expr_replace(struct unit *u, const struct expr *e,
				const struct expr *from, const struct expr *to);

/* Appends C-like text: "eb->refs_lock". @f names LOCALs; may be NULL. */
void expr_print(GString *out, const struct expr *e, const struct func *f);
/* The same as a new string; the caller frees it. */
char *expr_text(const struct expr *e, const struct func *f);

/* Text of a whole unit or function, for `pincheck dump` and the tests. */
void ir_print_func(GString *out, const struct func *f);
void ir_print_unit(GString *out, const struct unit *u);

/*
 * Checks the invariants: every edge's target is in the function, every LOCAL
 * and CALL exists, event ids rise. Returns NULL, or what is wrong as a new
 * string that the caller frees.
 */
char *ir_validate(const struct func *f);

#endif
