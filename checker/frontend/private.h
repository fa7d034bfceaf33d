/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of frontend/ share among themselves only.
 *
 * Two contexts: struct parse lives as long as one translation unit, struct
 * lower as long as one function.
 */
#ifndef PINCHECK_FRONTEND_PRIVATE_H
#define PINCHECK_FRONTEND_PRIVATE_H

#include <clang-c/Index.h>

#include "frontend/frontend.h"

/* A file of the unit; its text and lines are there once they are needed. */
struct source {
	CXFile file;
	const char *name; /* interned */
	bool is_c;	  /* the name ends in .c */
	const char *text; /* not NUL-terminated for sure; NULL: unknown */
	size_t size;
	unsigned *lines;  /* offsets at which lines start */
	int n_lines;
};

/* Where a cursor stands. */
struct place {
	struct src_loc loc;   /* of the expansion */
	const char *macro;    /* outermost macro, interned, or NULL */
	struct source *source;
	unsigned offset;      /* of the expansion */
};

/* What pincheck has to know of a C type. */
struct type_info {
	const char *record;   /* as in struct expr */
	int pointers;
	bool is_pointer, is_array, is_function, is_void, is_bool, is_record;
	bool is_volatile;
	bool of_function; /* a function, or a pointer to one, */
	bool noreturn;	  /* that does not return */
	const char *spelling; /* of type_spelling(); lazy */
	bool searched, holds_addresses; /* of type_holds_addresses(); lazy */
};

/* A declaration that expressions refer to. */
struct decl {
	CXCursor cursor;
	enum CXCursorKind kind;
	const char *name;	      /* interned */
	const struct type_info *type;
	const struct expr *expr;      /* FUNC, GLOBAL or enumerator; or NULL */
	const char *owner;	      /* of a field */
	bool bitfield;		      /* of a field */
	bool anonymous;		      /* an unnamed field */
	bool is_static;		      /* a function or variable */
	bool noreturn;		      /* a function */
	bool seen;		      /* a function: asked for its body */
};

/* An error of the parse; a function around it is skipped. */
struct parse_error {
	struct source *source;
	unsigned offset;
	const char *text;
	bool claimed; /* it is in a function that is recorded as skipped */
};

struct cursor_stack {
	CXCursor *items;
	int n, room;
};

struct parse {
	CXTranslationUnit tu;
	struct unit *unit;
	const struct frontend_options *opt;
	struct source *main;
	struct arena *arena;   /* for what ends with the parse */
	const char *directory; /* that file names are relative to */
	GHashTable *sources;   /* CXFile -> struct source * */
	GPtrArray *mapped;     /* GMappedFile *: their texts */
	struct place last_place; /* of the last location asked for */
	CXFile last_file;      /* the last one asked for, and its source */
	struct source *last_source;
	GHashTable *types;     /* struct type_info by the type's identity */
	GHashTable *decls;     /* struct decl by cursor */
	GHashTable *asm_texts; /* printed ones; see lower_asm.c */
	GArray *definitions;   /* CXCursor: functions with a body, all files */
	GHashTable *functions; /* interned name -> its index + 1; lazy */
	GArray *errors;	       /* struct parse_error */
	GPtrArray *todo;       /* struct decl *: functions to lower */
	struct cursor_stack children; /* see children_push() */
	bool includes_c;       /* a .c file is included */
	int errors_of_no_file; /* at tokens that were pasted or counted */
	struct outline *outline; /* to be made; or NULL */
	bool uses_outline;     /* it was: the unit begins with a preamble */
	bool outline_fails;    /* more is needed */
	bool in_body;	       /* the unit's own declarations have begun */
	struct precompiled *from; /* what the parse starts from; or NULL */
};

struct lower;

/* children.c: the direct children of a cursor, on a stack. */
struct children {
	struct cursor_stack *stack;
	int base, n;
};
struct children children_push(struct parse *p, CXCursor c);
/* The arguments of a call from 1 on, as above, but cheaper; 0 is null. */
struct children children_push_call(struct parse *p, CXCursor call);
CXCursor child(const struct children *k, int i);
void children_pop(const struct children *k);

/* headers_use.c: parsing from precompiled headers. */
struct precompiled;
/* What @cmd may start from; NULL: nothing. */
struct precompiled *precompiled_for(struct headers *h,
				    const struct compile_command *cmd);
GPtrArray *precompiled_arguments(const struct precompiled *from,
				 const struct compile_command *cmd);
/* Takes NULL. */
void precompiled_free(struct precompiled *from);
/*
 * After lowering: why it may be another unit than a plain parse gives. NULL:
 * it is the same, and unit->inputs, which has to hold the files that were read,
 * got those of the set as well.
 */
const char *precompiled_doubts(struct parse *p);
/* A function that is to be lowered: its body may differ from a plain parse's. */
void precompiled_lowered(struct parse *p, CXCursor definition);
/* Something cannot be told from there: parse plainly. Takes NULL. */
void precompiled_doubt(struct precompiled *from);

/* parse.c */
/* @cmd's arguments as libclang gets them; freed with g_ptr_array_unref. */
GPtrArray *parse_arguments(const struct compile_command *cmd);
/*
 * Takes @args. @file is called as the unit is to call it, @unsaved (struct
 * CXUnsavedFile) may be NULL, and @flags are libclang's beside those that we
 * always have.
 */
enum CXErrorCode parse_tu(const char *file, GPtrArray *args, CXIndex index,
			  const GArray *unsaved, unsigned flags,
			  CXTranslationUnit *ret_tu);
/* What unit_skip() is told when parse_tu() failed. */
const char *parse_error_text(const struct compile_command *cmd,
			     enum CXErrorCode error);
/*
 * Lowers into @u what @p->tu has, whose main file is called @file; @p has
 * nothing else but what it starts from, and parse_clear() is due. The tu stays
 * the caller's, as everything it was called with.
 */
void parse_lower(struct parse *p, const struct compile_command *cmd,
		 const char *file, const struct frontend_options *opt,
		 struct unit *u);
void parse_clear(struct parse *p);
/* Is this the main file, or a .c file that it includes? */
bool source_is_main(const struct parse *p, const struct source *s);
/* The reason to skip a function: an error in its extent; or NULL. */
const char *parse_error_within(struct parse *p, CXCursor function);
/* For tables with CXCursor keys. */
guint cursor_hash(gconstpointer c);
gboolean cursor_equal(gconstpointer a, gconstpointer b);

/* outline.c */
struct outline *outline_new(void);
/* Takes NULL. */
void outline_free(struct outline *o);
/* Is it all that a parse behind the preamble needs of the headers? */
bool outline_serves(const struct outline *o);
/*
 * Before a declaration is visited: what p->outline is made of ends with the
 * first one of the unit itself. true: it is in the preamble.
 */
bool outline_skips(struct parse *p, CXCursor c);
/* All were visited. */
void outline_end(struct parse *p);
/* What visiting the preamble's would do. */
void outline_restore(struct parse *p);
/* A function of this interned name is not in the unit itself. */
void outline_ask(struct parse *p, const char *name);

struct session;
/* session.c: what is kept of @cmd's unit; NULL: nothing. */
CXTranslationUnit session_unit(struct session *s,
			       const struct compile_command *cmd);

/* source.c */
/* What a file is called: from p->directory if it lies there; interned. */
const char *source_name(const struct parse *p, const char *name);
struct source *source_of(struct parse *p, CXFile file);
const char *source_text(struct parse *p, struct source *s, size_t *ret_size);
struct place place_of(struct parse *p, CXCursor c);
struct place place_of_location(struct parse *p, CXSourceLocation where);
/* The file of a cursor's expansion; cheaper than place_of(). */
struct source *place_source(struct parse *p, CXCursor c);
bool place_is_macro(CXSourceLocation where);
/* The text of a literal, interned; the name of its own file as above. */
const char *source_string(struct parse *p, CXCursor literal);
/* A file's text and where in it something is spelt. */
struct spelling {
	const char *text;
	size_t size, at;
};
/* Where the first token of @c is spelt; false: that is not known. */
bool source_spelling(struct parse *p, CXCursor c, struct spelling *ret_s);
/* The identifier that @c begins with, interned; NULL: none, or not known. */
const char *source_word(struct parse *p, CXCursor c);
/* Is the first token of @c spelt with @word at its start? */
bool source_is_spelt(struct parse *p, CXCursor c, const char *word);
/*
 * The object-like macro that stands for all of @c, being used at @where; or
 * the one of whose definition the token or parentheses at @s are all. NULL:
 * there is none.
 */
const char *source_whole_macro(struct parse *p, CXCursor c,
			       const struct place *where);
const char *source_body_macro(const struct spelling *s);
/* The function-like macro whose definition begins with what is at @s. */
const char *source_function_macro(const struct spelling *s);
bool text_is_ident(char c);
/* Offset behind the bracket that closes the one at @at, or @size. */
size_t text_skip_brackets(const char *text, size_t size, size_t at);
/* Offset behind blanks, comments and continued lines. */
size_t text_skip_blanks(const char *text, size_t size, size_t at);
/* Offset behind the comment at @at; @at if there is none. */
size_t text_skip_comment(const char *text, size_t size, size_t at);
/* Offset behind the string or character literal at @at. */
size_t text_skip_quoted(const char *text, size_t size, size_t at);
bool text_starts(const char *text, size_t size, size_t at, const char *word);

/* types.c */
const struct type_info *type_info(struct parse *p, CXType type);
/* Can an initialiser of it name a function, as it is or after a cast? */
bool type_holds_addresses(struct parse *p, CXType type);
const char *type_spelling(struct parse *p, CXType type);
const struct type_info *type_of(struct parse *p, CXCursor c);
/* Tag of the record that @field belongs to, past anonymous levels. */
const char *type_owner(CXCursor field);
/* Is it what type_owner() says of all records that have no name? */
bool type_is_unnamed(const char *owner);
const char *intern_spelling(CXCursor c);
/*
 * The same without a number at its end that a macro pasted, __COUNTER__ as a
 * rule: how often that was asked before is no property of a function. Only for
 * what has no meaning outside of one.
 */
const char *intern_unnumbered(CXCursor c);
const char *intern_cxstring(CXString s);

/* decls.c */
struct decl *decl_of(struct parse *p, CXCursor decl);
struct decl *decl_referenced(struct parse *p, CXCursor use);
struct decl *decl_function_named(struct parse *p, const char *name);
/* Values of annotate attributes on @c that begin with "pincheck:". */
char *decl_annotations(struct parse *p, CXCursor c);
/* Does another definition of the function's name win, if there is one? */
bool decl_is_weak(struct parse *p, CXCursor function);
void decl_note_record(struct parse *p, CXCursor record);
/* The members of a record type, CXCursor each; the caller frees the array. */
GArray *decl_fields(CXType record);
/* The functions that the initialiser of @var names. */
void decl_note_ops(struct parse *p, CXCursor var, const char *name);
/* Who calls an alias calls what it stands for. */
void decl_note_alias(struct parse *p, CXCursor function);

/* pretty.c: what only the printed declaration shows. */
struct pretty;
/* X of __attribute__((@name(X))) on @decl, as spelt, interned; or NULL. */
const char *pretty_attribute(CXCursor decl, const char *name);
/* An asm or _Generic as text, macros expanded; NULL: cannot be told. */
const char *pretty_asm(struct lower *l, CXCursor c);
const char *pretty_generic(struct lower *l, CXCursor c);
/* The label that the asm goto @at calls @name, or the null cursor. */
CXCursor pretty_label(struct lower *l, CXCursor at, const char *name);
void pretty_free(struct pretty *t);

/*
 * Lowering one function.
 */

/* A variable with a cleanup function; scopes are a list towards the root. */
struct cleanup {
	struct cleanup *outer;
	const struct expr *callee, *variable;
	const char *macro; /* that declared it */
};

struct draft_block {
	int first, n_events; /* in lower->events */
	enum jump_kind jump;
	const struct expr *cond;
	struct place cond_place;
	const char *cond_of, *label;
	struct draft_block *two[2]; /* the usual successors, */
	int n_two;
	GPtrArray *more; /* and those of a switch; owned; or NULL */
	GArray *cases;	 /* struct case_range; owned; or NULL */
	int id;		 /* at last; -1: not reached */
	int n_preds;
	bool placed, loop_head;
	bool is_target; /* of a computed goto: keeps its label */
	int mark; /* of the walk over the graph */
};

/* A goto whose label has not been seen yet, as a block on its edge. */
struct pending_goto {
	struct draft_block *edge;
	struct cleanup *from;
	struct place where;
};

struct label {
	const char *name;
	struct draft_block *block;
	struct cleanup *scope;
	bool defined, address_taken;
	GArray *pending; /* struct pending_goto; owned */
};

/* What break and continue mean; a list towards the root. */
struct jump_scope {
	struct jump_scope *outer;
	struct draft_block *to_break, *to_continue; /* may be NULL */
	struct cleanup *break_scope, *continue_scope;
	struct switch_scope *in_switch; /* for case and default */
};

struct switch_scope {
	struct draft_block *head;
	struct draft_block *on_default;
	bool has_value; /* the condition is a constant: */
	bool covered;	/* and a case has it */
	gint64 value;
	GArray *labels; /* struct case_range: all, also those never taken */
};

struct lower {
	struct parse *p;
	struct unit *u;
	struct func *f;
	CXCursor definition;
	GArray *locals;	    /* struct local */
	GHashTable *local_ids; /* decl cursor -> id + 1 */
	GArray *events;	    /* struct event */
	GPtrArray *blocks;  /* struct draft_block *, as they were begun */
	GPtrArray *all_blocks; /* the same and those never begun; owned */
	struct draft_block *cur; /* NULL: nothing gets here */
	struct cleanup *scope;
	struct jump_scope *jumps;
	GHashTable *labels;  /* statement's identity -> struct label * */
	GPtrArray *label_list; /* struct label *; owned */
	GPtrArray *indirect; /* struct draft_block *: computed gotos */
	int next_event, next_opaque, depth;
	bool in_macro;	     /* in parentheses that came out of a macro */
	bool faithful;	     /* do not fold what clang's graph shows */
	const char *failed;  /* the first reason, interned; NULL: fine */
	struct pretty *pretty; /* the printed function; lazy */
};

/* lower_func.c */
void lower_function(struct parse *p, struct decl *function);
void lower_fail(struct lower *l, const char *reason, CXCursor at);
/* False, and the function fails, when the tree is too deep. */
bool lower_enter(struct lower *l, CXCursor c);
void lower_leave(struct lower *l);
const struct expr *lower_temp(struct lower *l, const struct type_info *type);
const struct expr *lower_local(struct lower *l, CXCursor decl);
int lower_add_local(struct lower *l, const char *name, CXCursor decl);
const struct expr *lower_opaque(struct lower *l);
void lower_want(struct parse *p, struct decl *function);
/* The same for one whose address is taken: a program may call it. */
void lower_want_named(struct parse *p, struct decl *function);

/* blocks.c */
struct draft_block *block_new(struct lower *l);
/* The current block goes on to @b (if it can), and @b becomes current. */
void block_start(struct lower *l, struct draft_block *b);
void block_goto(struct lower *l, struct draft_block *b);
void block_jump(struct lower *l, enum jump_kind kind);
void block_branch(struct lower *l, const struct expr *cond, CXCursor at,
		  const char *of, struct draft_block *yes,
		  struct draft_block *no);
void block_edge(struct draft_block *from, struct draft_block *to);
struct event *block_event(struct lower *l, enum event_kind kind, CXCursor at);
struct event *block_event_at(struct lower *l, enum event_kind kind,
			     const struct place *where);
void block_finish(struct lower *l);
void draft_block_free(gpointer b);

/* scope.c */
void scope_enter(struct lower *l, CXCursor var, const struct expr *lvalue);
/* Emits the cleanups from the current scope out to @outer; keeps the scope. */
void scope_unwind(struct lower *l, struct cleanup *outer,
		  const struct place *where);
void scope_leave(struct lower *l, struct cleanup *outer, CXCursor at);
void label_goto(struct lower *l, CXCursor label_statement,
		const struct place *where);
void label_define(struct lower *l, CXCursor label_statement);
struct label *label_of(struct lower *l, CXCursor label_statement);
void label_free(gpointer label);
void label_check(struct lower *l);

/* lower_stmt.c */
void lower_indirect_targets(struct lower *l);
void lower_stmt(struct lower *l, CXCursor c);
void lower_decl_stmt(struct lower *l, CXCursor c);
/* The statements of a block; the value of the last one, if @want_value. */
const struct expr *lower_compound(struct lower *l, CXCursor c,
				  bool want_value);

/* lower_loop.c */
void lower_while(struct lower *l, CXCursor c);
void lower_do(struct lower *l, CXCursor c);
void lower_for(struct lower *l, CXCursor c);
/* Which of the three parts of a for are there? False: cannot be told. */
struct for_parts { bool init, cond, step; };
bool source_for_parts(struct parse *p, CXCursor c, struct for_parts *ret_parts);

/* lower_switch.c */
void lower_switch(struct lower *l, CXCursor c);
/* Enters a case or default and returns the statement under it. */
CXCursor lower_case(struct lower *l, CXCursor c);

/* lower_asm.c */
void lower_asm(struct lower *l, CXCursor c);

/* lower_expr.c */
const struct expr *lower_value(struct lower *l, CXCursor c);
const struct expr *lower_place(struct lower *l, CXCursor c,
			       enum access_kind access);
void lower_effects(struct lower *l, CXCursor c);
void lower_assign(struct lower *l, const struct expr *lvalue, int op,
		  const struct expr *value, bool is_init, CXCursor at);
CXCursor lower_peel_parens(struct parse *p, CXCursor c);

/* lower_generic.c */
const struct expr *lower_generic(struct lower *l, CXCursor c);

/* lower_call.c */
const struct expr *lower_call(struct lower *l, CXCursor c);
/* __atomic_load_n() and its like, which are no calls to libclang. */
const struct expr *lower_atomic(struct lower *l, CXCursor c,
				const struct children *k);
/* A call of __builtin_expect() and its like? */
bool call_is_expect(struct lower *l, CXCursor c);

/* lower_init.c */
/* Evaluates an initialiser and stores it in @lvalue. */
void lower_init(struct lower *l, const struct expr *lvalue, CXCursor init,
		CXCursor at);

/* lower_branch.c */
void lower_branch(struct lower *l, CXCursor cond, const char *of,
		  struct draft_block *yes, struct draft_block *no);
/* As clang does for do: && and || are values first, unless folding. */
void lower_branch_on_value(struct lower *l, CXCursor cond, const char *of,
			   struct draft_block *yes, struct draft_block *no);
/* && || ?: where a value is wanted. */
const struct expr *lower_logical_value(struct lower *l, CXCursor c);
const struct expr *lower_conditional(struct lower *l, CXCursor c,
				     bool want_value);
const struct expr *lower_elvis(struct lower *l, CXCursor c, bool want_value);
bool is_logical(CXCursor c);

/* constant.c */
/* NULL, true and false are but 0 and 1; else @name. */
const char *constant_name(const char *name);
enum known { KNOWN_FALSE, KNOWN_TRUE, UNKNOWN };
bool constant_int(CXCursor c, gint64 *ret_value);
/* False: @e reads memory, so that clang cannot have evaluated it. */
bool constant_possible(struct lower *l, const struct expr *e);
/* As clang's graph decides it. */
enum known constant_condition(struct lower *l, CXCursor c);
/* The constant that a macro, written by the user as such, stands for. */
const struct expr *constant_macro(struct lower *l, CXCursor c);
/*
 * The value @e of @c, with the name of the macro whose body it is, if it is a
 * constant inside of another macro; else @e.
 */
const struct expr *constant_named(struct lower *l, CXCursor c,
				  const struct expr *e);
/* A number or character; NULL: it has no integer value. */
const struct expr *constant_literal(struct lower *l, CXCursor c);

/* unexposed.c: telling apart what libclang calls UnexposedExpr. */
enum unexposed {
	UNEXPOSED_CAST,	     /* implicit; child 0 */
	UNEXPOSED_ELVIS,     /* a ?: b */
	UNEXPOSED_CHOOSE,    /* __builtin_choose_expr */
	UNEXPOSED_OFFSETOF,
	UNEXPOSED_VA_ARG,
	UNEXPOSED_DESIGNATED,/* .a = x, in initialisers */
	UNEXPOSED_CONSTANT,  /* types_compatible_p and the like */
	UNEXPOSED_ATOMIC,    /* __atomic_load_n() and the like */
	UNEXPOSED_OTHER,
};
enum unexposed unexposed_kind(struct parse *p, CXCursor c,
			      const struct children *k);

/* fold.c */
bool fold_invocation(struct lower *l, CXCursor c, const struct expr **ret);
/* Is the statement an assertion that a lock is held? Then it was lowered. */
bool fold_assertion(struct lower *l, CXCursor c);

#endif
