/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Precompiled headers, inside frontend/: what a set of them is made of, and
 * what is needed to tell whether a unit means the same with it.
 *
 * A set is built for one list of flags. Its headers are parsed once, in one
 * order; a unit that starts from there sees macros that it would not see, or
 * not yet, if it was parsed alone. Whether that can matter is decided from
 * the text of all files involved (headers_judge.c).
 */
#ifndef PINCHECK_FRONTEND_HEADERS_H
#define PINCHECK_FRONTEND_HEADERS_H

#include <sys/stat.h>

#include "frontend/overlay.h"
#include "frontend/private.h"

/* ---- headers_scan.c: a file's text ---- */

struct span {
	unsigned from, to; /* offsets */
};

enum mention_kind {
	MENTION_CODE,	 /* an identifier outside of directives */
	MENTION_BODY,	 /* in the body of a macro */
	MENTION_TEST,	 /* in a condition, */
	MENTION_ASK,	 /* where only matters whether it is defined */
	MENTION_DEFINE,
	MENTION_UNDEF,
	MENTION_INCLUDE, /* name: the file's; empty: it is computed */
	MENTION_PRAGMA,	 /* one that may concern declarations after it */
	MENTION_ODD,	 /* a directive or an operator that is not followed */
};

/* The part between an #if or #else and its end. */
struct condition {
	int outer;	/* the one around it; -1: none */
	int other;	/* #else, #elif: what came before; -1 */
	const char *name; /* in the text; NULL: it is about anything else */
	size_t length;
	bool defined;	/* it asks whether the name is defined, or if not: */
	bool weak;	/* it may hold in other cases as well */
	bool guard;	/* it is the first thing of the file */
	const char *or_name; /* it holds if that is defined, too; or NULL */
	size_t or_length;
	const char *expression; /* of an #if or #elif, in the text; or NULL */
	size_t expression_length;
};

struct mention {
	enum mention_kind kind;
	const char *name; /* in the text */
	size_t length;
	unsigned offset;
	const char *macro; /* BODY: whose */
	size_t macro_length;
	int condition;	  /* in @conditions: the innermost; -1: none */
	const GArray *conditions; /* struct condition, those up to here */
	guint value;	  /* DEFINE: a hash of all that follows the name */
	bool compact;	  /* DEFINE: one number, or all in brackets; and no */
			  /* name in it is another macro's */
	bool called;	  /* a parenthesis follows; DEFINE: of its own */
	bool fallback;	  /* DEFINE: right in an #ifndef of the same name; */
			  /* ASK: an #ifndef with such a one and no more */
	bool opens;	  /* ASK: it is what an #ifndef asks for */
	bool angled;	  /* INCLUDE: <> */
	bool computed;	  /* INCLUDE: a macro names the file; it begins at */
			  /* @offset, and its line was told before */
};

typedef void (*mention_fn)(const struct mention *m, void *data);

/*
 * Tells @fn all that a text mentions, in its order. @skipped: the parts that
 * are known not to count (struct span, rising), or NULL. O(size).
 */
void scan_text(const char *text, size_t size, const GArray *skipped,
	       mention_fn fn, void *data);
/*
 * Why a text may not be what scan_text() takes it for (a line continued within
 * a word, a digraph, a raw string); NULL: it is. O(size).
 */
const char *scan_refuses(const char *text, size_t size);
/* The outermost condition that it is in; NULL: it is in none. */
const struct condition *scan_outermost(const struct mention *m);
/* Is it in no condition, but for the guard of the file? */
bool scan_is_free(const struct mention *m);
/* Is all that it mentions in an #ifndef X that begins with #define X? */
bool scan_is_guarded(const char *text, size_t size);
/* Does it mention anything in an #else or #elif that is in nothing else? */
bool scan_forks(const char *text, size_t size);
/*
 * Is all of its code in an #if !defined(X) || defined(Y) that defines X, as in
 * a trace header? Then it declares once what others want to read again.
 */
bool scan_is_reread(const char *text, size_t size);
/* Is @m the definition of that X? */
bool scan_begins_reread(const struct mention *m);

/* ---- a set ---- */

struct inclusion {
	unsigned offset;
	int header;
};

/* An identifier of a header, outside of macro bodies. */
struct use {
	GQuark name;
	unsigned offset;
	int function; /* in header->functions; -1: outside */
	bool called;  /* a parenthesis follows */
	bool test;    /* in a directive */
	bool asked;   /* it only matters whether it is defined, or */
	bool ends;    /* it is undefined here, whatever it was */
	bool fallback; /* the #ifndef around a lone definition of that name */
	bool reset;   /* the header has just defined or undefined it */
	GQuark part;  /* it is in this part, or opens it; or 0 */
};

/* A file of the set. */
struct header {
	CXFile file;	      /* while it is built */
	const char *path;     /* absolute; interned, as all names here */
	const char *spelling; /* as a unit that is parsed alone names it */
	gint64 size, changed; /* µs */
	const char *digest;
	GArray *includes;     /* struct inclusion, those that took place */
	GArray *functions;    /* struct span: definitions, rising */
	GArray *skipped;      /* struct span, rising: what never counts */
	bool guarded;
	bool read_once;	      /* so that all else always counts */
	bool forks;	      /* as scan_forks() */
	GQuark begins;	      /* the X of scan_is_reread(), or 0 */
	bool counts;	      /* what it says depends on how often it was read */
	const char *lost;     /* what units that read it would not see: they */
			      /* are parsed plainly; NULL: nothing */
	ino_t inode;	      /* on @device: */
	dev_t device;
	bool provides;	      /* macros: it is in some name's @providers */
	GArray *uses;	      /* struct use, in order */
	GArray *parts;	      /* GQuark: of a header that is read again, what */
			      /* is read once, for it is in an #ifndef X that */
			      /* defines X, as nobody else does */
	int entered;	      /* when in the set it was first entered */
	bool forced;	      /* -include leads to it */
	guint8 *closure;      /* bit i: it leads to header i, or is it */
};

/* Where a macro is defined or undefined. */
struct provider {
	int header;
	unsigned offset;
	bool fallback; /* only if there was none of that name */
	bool certain;  /* it is defined once that header has been read */
	bool resets;   /* it is defined or undefined whenever it is read */
	guint value;   /* as in struct mention; 0: it undefines it */
	bool compact;  /* as there */
	bool idle;     /* it undefines what it defined itself: no news if */
		       /* nobody else defines it */
	bool guards;   /* it defines the guard of its header */
	bool closes;   /* it stands right in an #ifndef of the same name */
	GQuark part;   /* the header's that it is in; or 0 */
};

struct body_word {
	GQuark name;
	bool called;
};

/* All that the set knows of an identifier; arrays are NULL if empty. */
struct name {
	GArray *providers; /* struct provider */
	GArray *users;	   /* int: headers that use it */
	GArray *body;	   /* struct body_word: what its definitions say */
	GArray *in_bodies; /* GQuark: macros that mention it */
	bool predefined;   /* by the compiler or its arguments */
	bool bare;	   /* not all of its definitions have parameters */
	bool used;	   /* not all that headers do is to undefine it */
};

/*
 * Header @user mentions a macro that @provider defines, and none of the two
 * always comes before the other, so it depends on the order.
 */
struct dependence {
	int user, provider;
	int function;  /* of the user, that mentions it; -1: outside */
	GQuark macro;
	int idle;      /* it matters to nobody but the unit's own text */
	int fallback;  /* it only tells which definition is in force */
};

struct pch {
	const char *file;     /* the precompiled header */
	struct overlay *overlay; /* of its units; or NULL */
	GArray *headers;      /* struct header; 0 is the list itself */
	GArray *forced;	      /* int: headers that -include asks for */
	GPtrArray *predefined; /* names of macros that no file defines */
	GHashTable *by_path;  /* path -> index + 1 */
	struct arena *arena;
	GPtrArray *names;     /* struct name * by GQuark, or NULL */
	GArray *dependences;  /* struct dependence */
	GHashTable *texts;    /* path -> struct text: files outside the set */
	size_t items;	      /* of all texts */
	bool sketch;	      /* of texts, only inclusions are kept */
	GHashTable *resolved; /* what is included -> path */
	char **search;	      /* folders of -I, absolute */
	gint64 since;	      /* when its files were looked at, µs */
};

#define pch_header(p, i) (&g_array_index((p)->headers, struct header, i))

/* headers_load.c */
void header_init(struct header *h);
/* When the file was changed, µs. */
gint64 header_time(const struct stat *st);
struct pch *pch_new(void);
void pch_free(struct pch *p);
GBytes *pch_pack(struct pch *p);
/* How often headers of the set include that one. O(their inclusions). */
guint pch_times_included(const struct pch *p, int header);
/* By what the file system says of it; fills in where it is stored. */
bool header_seems_unchanged(struct header *h, const struct overlay *o);
/*
 * Are all bytes of the set, and of the files behind it as @cmd sees them, what
 * they were? If not it is taken out of the way of pch_load(). O(bytes of the
 * files).
 */
bool pch_verify(const char *dir, const char *key,
		const struct compile_command *cmd);
/*
 * NULL: none, or one of its files, as @cmd sees them, seems changed. The set was
 * verified or built in this run. O(bytes of the headers).
 */
struct pch *pch_load(const char *dir, const char *key,
		     const struct compile_command *cmd);
struct name *pch_name(const struct pch *p, GQuark q);
bool header_leads_to(const struct header *h, int other);
/* Does @h include @other before @offset? */
bool header_includes_before(const struct pch *p, const struct header *h,
			    unsigned offset, int other);

/* headers_index.c: finds the names, orders and dependences. */
bool pch_index(struct pch *p);

/* headers_build.c */
/*
 * Parses @roots (absolute names; those that cannot be parsed are taken out)
 * and leaves the set in @dir under @key. 0, or -1.
 */
int pch_build(const struct compile_command *cmd, GPtrArray *roots,
	      const char *dir, const char *key);

/* headers_flags.c */
/* Is it a macro that names the unit? It is not in the set. */
bool pch_names_unit(const char *arg);
/* Does the last -D or -U of @name undefine it? O(arguments). */
bool pch_undefines(const struct compile_command *cmd, const char *name);
/* What units must share to use one set; the caller frees it. */
char *pch_flags_key(const struct compile_command *cmd);
GPtrArray *pch_build_flags(const struct compile_command *cmd);
GPtrArray *pch_use_flags(const struct compile_command *cmd,
			 const struct pch *p);
/* Would a set name the header @path as the units do? */
bool pch_can_name(const struct compile_command *cmd, char *const *search,
		  const char *path);
/* The folders of -I, absolute; freed with g_strfreev. */
char **pch_search_path(const struct compile_command *cmd);

/* ---- headers_text.c: files outside a set ---- */

/* Something that a text outside the set mentions. */
struct item {
	enum mention_kind kind;
	GQuark name;
	int condition;	 /* in the text's; -1: none */
	GQuark macro;	 /* BODY: whose */
	int last_condition; /* the last one that began before it */
	bool called;
	const char *file; /* INCLUDE: interned; NULL: it is computed */
	bool angled, computed;
	guint value;	 /* as in struct mention, */
	bool compact;	 /* and this */
	unsigned offset;
};

/* As struct condition has it. */
struct question {
	int outer, other;
	GQuark name; /* 0: it is about anything else */
	bool defined;
	const char *expression; /* interned, or NULL: only about the name */
};

struct text {
	const char *path;
	const char *why; /* it cannot be gone through; NULL: it can */
	bool guarded, reread;
	bool once;	/* all of it is in its guard */
	GArray *questions; /* struct question */
	GArray *items; /* struct item */
};

/*
 * From now on files are those that @cmd sees. false: it is not known which
 * these are, so @p is of no use.
 */
bool pch_see(struct pch *p, const struct compile_command *cmd);
/* Where <> is looked for from now on; takes @folders. */
void pch_search(struct pch *p, char **folders);
/* What @path says; it is @p's, and stays until texts are forgotten. */
struct text *pch_text(struct pch *p, const char *path);
/* The file that @item of @t includes; NULL: there is none. */
const char *pch_resolve(struct pch *p, const struct text *t,
			const struct item *item);
/* The files that @path includes in any case; @own: it named them by "". */
void pch_inclusions(struct pch *p, const char *path,
		    void (*fn)(const char *path, bool own, void *data),
		    void *data);
bool pch_file_is_guarded(struct pch *p, const char *path);
/* As scan_is_reread(). */
bool pch_file_is_reread(struct pch *p, const char *path);
/* Between units: drops the texts of other files if they are large. */
void pch_forget_texts(struct pch *p);

/* ---- headers_condition.c: conditions of such files ---- */

enum truth { OPEN, HOLDS, FAILS };

typedef enum truth (*truth_fn)(GQuark name, void *data);

enum truth truth_not(enum truth t);
enum truth truth_and(enum truth a, enum truth b);
enum truth truth_or(enum truth a, enum truth b);
/* Is it one operand, whatever it expands to? */
typedef bool (*operand_fn)(GQuark name, void *data);
/*
 * What stands behind an #if, by which names are defined. Other names may be
 * macros that join it to what is beside them: unless @is_operand of all, it is
 * open. O(its length).
 */
enum truth condition_truth(const char *expression, truth_fn is_defined,
			   operand_fn is_operand, void *data);

/* ---- headers_macro.c: inclusions in them that macros name ---- */

enum macro_state { MACRO_NONE, MACRO_DEFINED, MACRO_UNKNOWN };

/* Where the name of a macro stands in its definition. */
struct macro_place {
	const char *path;
	unsigned offset;
};

typedef enum macro_state (*macro_fn)(GQuark name, struct macro_place *ret,
				     void *data);
/*
 * What the inclusion with its operand at @at includes, as it could be written
 * there: <file> or "file"; the caller frees it. NULL: that is not certain.
 * @look_up is asked of each name that matters; files are as @overlay (may be
 * NULL) has them. O(what it expands to, and the files that define it).
 */
char *macro_inclusion(const struct macro_place *at,
		      const struct overlay *overlay, macro_fn look_up,
		      void *data);

/* headers_judge.c */
struct judgement {
	const char *why;  /* interned: why the unit may differ; NULL: it won't */
	GArray *entered;  /* int: headers that the unit reads, or may */
	GHashTable *texts; /* other files that it may read, by path */
	GHashTable *avoid; /* header << 32 | function that would differ: why */
};
/* Does a unit mean the same with @p? Then *@ret tells how. */
bool pch_judge(struct pch *p, const struct compile_command *cmd,
	       struct judgement *ret);
void judgement_clear(struct judgement *j);

/* headers_keep.c: removes what is in @dir beyond the newest sets. */
void headers_sweep(const char *dir);
/* Of the name of a set's description, which that of its file begins with. */
#define HEADERS_KEY_LENGTH 32

/* headers_plan.c: the set for @cmd, or NULL. */
struct pch *headers_of(struct headers *h, const struct compile_command *cmd);
/* If that has headers that are read again: the one without; or NULL. */
struct pch *headers_without(struct headers *h,
			    const struct compile_command *cmd);
/* What headers_doubt() answers. */
void headers_set_doubt(struct headers *h, const char *why);

#endif
