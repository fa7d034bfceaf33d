/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this room share: calls of git, and what a diff says. */
#ifndef PINCHECK_PATCH_PRIVATE_H
#define PINCHECK_PATCH_PRIVATE_H

#include "patch/patch.h"

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Sets *@ret_error to one line, and returns false. */
bool patch_fail(char **ret_error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* ---- git.c ---- */

/* Where git runs, and what it is allowed there. */
struct git;

/* In a folder, and in no repository even if that lies in one. */
struct git *git_nowhere(const char *cwd);
/* In the repository of a folder, which git only reads. */
struct git *git_repository(const char *folder);
/* Sets a variable of its environment, for the calls to come. */
void git_set(struct git *g, const char *name, const char *value);
/* Takes NULL. */
void git_free(struct git *g);

struct git_call {
	const char *const *args; /* the verb first */
	const char *input;	 /* for stdin; NULL: empty */
	int good;		 /* the greatest exit status that is no error */
};

/* What it prints; NULL with the first error that it tells. Caller frees. */
GString *git_run(const struct git *g, const struct git_call *call,
		 char **ret_error);

/* ---- shadow.c: a repository without its settings ---- */

/*
 * In @tree, with its objects, in a repository of its own that is made in @folder:
 * no program that the settings name is run. It has neither references nor an
 * index. NULL with one line in *@ret_error.
 */
struct git *git_shadow(const char *tree, const char *folder,
		       char **ret_error);
/*
 * Copies the index of @tree into it, and lets no bit of that hide a file that
 * is not as it says.
 */
bool git_shadow_index(const struct git *shadow, const char *tree,
		      const char *folder, char **ret_error);

/* ---- series.c ---- */

/*
 * Puts in front of an error which patch it is about: the @k-th of @n, 0: of some
 * number. @subject: NULL: it has none.
 */
void patch_name(char **error, unsigned k, unsigned n, const char *subject);

/* ---- mails.c ---- */

/*
 * Takes one of the mails, with all that is behind "---"; *@ret_found: there is a
 * diff in it. False: an error.
 */
typedef bool (*take_mail)(const char *text, gsize size, const char *subject,
			  void *data, bool *ret_found, char **ret_error);

/* Does a text begin as a mail, or a box of them? */
bool mails_are(const char *text);
/*
 * Gives out the mails of a box, in their order; @git is in the folder @scratch.
 * What is numbered as a patch and has no diff is an error.
 */
bool mails_read(const GString *box, const struct git *git, const char *scratch,
		take_mail take, void *data, char **ret_error);

/* ---- diff.c ---- */

/* What is known of a name in a diff. */
enum {
	NAME_BINARY = 1,
	NAME_STILL = 2 /* no line changes: made empty, renamed, a mode */
};

struct diff {
	GHashTable *names;   /* before and after it: to the flags above */
	GHashTable *renamed; /* the new name, to the old one */
};

/*
 * Reads a file with a diff; @git is in no repository. No names: there is no
 * diff in it. NULL with one line in *@ret_error.
 */
struct diff *diff_read(const struct git *git, const char *file,
		       char **ret_error);
/* Takes NULL. */
void diff_free(struct diff *d);
/*
 * The number of the hunk of @name that begins at line @line of the old file,
 * and its line: "hunk 2 does not apply: @@ -30,7 +30,6 @@ f()". NULL: it is
 * not to be found. The caller frees it.
 */
char *diff_hunk(const char *text, const char *name, long line);
/* The lines that "@@ -1,2 +3,4 @@" has after it: from 3, 4 of them. */
bool diff_hunk_lines(const char *line, int *ret_first, int *ret_count);

/* ---- files.c: files by a folder and a name below it ---- */

/* A name that no path can be led out of a folder by; it is UTF-8. */
bool name_is_plain(const char *name);
/* Is one of the folders in @name a symbolic link? */
bool name_has_link(const char *folder, const char *name);
/* Its mode; 0: there is nothing. Links are not followed, nor those before. */
unsigned name_mode(const char *folder, const char *name);
/* Sorts and finds strings in arrays of them. */
int name_compare(const void *a, const void *b);
/* All of a file; refuses what is larger than any source. */
bool file_copy(const char *from, const char *to, char **ret_error);
/* Makes the folders above it, too. */
bool file_write(const char *to, const char *text, gsize size,
		char **ret_error);
bool file_has(const char *file, const char *text, gsize size);
bool file_same(const char *a, const char *b);

/* ---- base.c: the files of a commit ---- */

struct base;

/*
 * Looks at what differs from the files of @tree, and at @names (a set), and
 * writes those texts into the folder "base" of @scratch that the tree does not
 * have.
 */
struct base *base_read(const char *tree, const char *commit,
		       GHashTable *names, const char *scratch,
		       char **ret_error);
/* Takes NULL. */
void base_free(struct base *b);
/* The names it knows, sorted. The caller frees the list. */
GList *base_names(const struct base *b);
/* The mode that a name has (as lstat()), 0: it is not there; and its text. */
unsigned base_mode(const struct base *b, const char *name,
		   const char **ret_file);

/* ---- copies.c: what the patches are applied to ---- */

struct copies;

/* @base: what they are copies of; NULL: the files of the tree. */
struct copies *copies_new(const char *tree, const struct base *base,
			  const char *scratch);
/* Takes NULL. */
void copies_free(struct copies *c);
/*
 * Applies a patch to what the one before left. Returns the names that took part
 * (all but those of binary files), sorted, for g_ptr_array_unref; NULL: it does
 * not apply.
 */
GPtrArray *copies_apply(struct copies *c, const struct patch *p,
			char **ret_error);
/* The copy, if there is a plain file now; NULL: not. The caller frees it. */
char *copies_file(const struct copies *c, const char *name);

/* ---- overlay.c ---- */

/* A path by which a file of the tree, or a folder with its files, is seen. */
struct overlay_root {
	char *seen;
	char *name; /* in the tree; "": the tree */
};

/* What of @name is behind a root: "" if it is that; NULL: it lies elsewhere. */
const char *overlay_rest(const struct overlay_root *root, const char *name);
/*
 * Describes for clang that the files of @files (name to a file, or to "" if it
 * is not there) lie below each of @roots (struct overlay_root *).
 */
bool overlay_write(GHashTable *files, const GPtrArray *roots,
		   const char *removed, const char *to, char **ret_error);

/* ---- touched.c ---- */

struct span {
	int first, last;
};

/* The lines of @after that @before does not have, sorted. Either may be NULL. */
GArray *touched_spans(const char *before, const char *after);
bool touched_has(const GArray *spans, int line);

/* ---- defines.c ---- */

/* As states_defines(). */
bool text_defines(const char *text, const char *function);

#endif
