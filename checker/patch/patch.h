/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patches: a series is read by git's own programs (2.35 or later), and applied
 * to copies of the files it names. What comes out after each patch is a state of
 * the tree, which the compiler sees as an overlay of the real one (clang's
 * -ivfsoverlay): no search path changes, nothing is checked out, and tree and
 * repository are only read.
 *
 * Nothing of a patch is trusted: it cannot lead out of the tree, by its names
 * or by links, and none of it is compiled or run. Binary files and submodules
 * take no part: they stay as they lie in the tree. What has the name of a C file
 * is never binary, whatever attributes say.
 */
#ifndef PINCHECK_PATCH_PATCH_H
#define PINCHECK_PATCH_PATCH_H

#include <glib.h>
#include <stdbool.h>

/* ---- files.c ---- */

/* Has it the name of a C source or of what such a one includes? */
bool patch_is_code(const char *name);

/* ---- series.c: what is to be judged ---- */

struct diff; /* what git reads in a diff */

/* One patch of a series. */
struct patch {
	char *diff;	/* a file in the scratch folder */
	char *subject;	/* one line, without "[PATCH]"; NULL: it has none */
	char *commit;	/* 40 digits, if it comes from a repository; or NULL */
	struct diff *about;
};

struct series {
	GPtrArray *patches; /* struct patch *, in their order; not empty */
	/*
	 * The commit that the first applies to, 40 digits; NULL: the files as
	 * they lie in the tree. Of a range, the first parent of its first.
	 */
	char *base;
};

struct series_source {
	/*
	 * The folder that the paths of the patches begin at, absolute. It may
	 * lie below the top of a repository: then only what a commit changes in
	 * it is seen. NULL: there is none, and no revisions.
	 */
	const char *tree;
	const char *base; /* a revision; NULL: the range's, or none */
	/*
	 * The file of a diff or of a mailbox, "-" for either on stdin, a
	 * revision (that one commit) or a range of them. A file that is there
	 * is no revision.
	 */
	const char *what;
};

/*
 * Reads a series into files of the folder @scratch (absolute, empty). Mails
 * without a diff (a cover letter) do not count, unless they are numbered as a
 * patch: that is an error, as is what git would pass over (a combined diff, a
 * context diff, a header that is cut off). Nor does a commit that changes nothing. Of a merge, what it brings to its first parent; of "A...B", what "A..B"
 * is. NULL with one line in *@ret_error, which the caller frees and which
 * begins with what was asked for: there is no patch in it, or no such thing;
 * then *@ret_unknown (may be NULL) is set: no such file, revision or base.
 */
struct series *series_read(const struct series_source *source,
			   const char *scratch, bool *ret_unknown,
			   char **ret_error);
/* Takes NULL. */
void series_free(struct series *s);

/* ---- states.c: the tree after each patch ---- */

struct states;

/*
 * Applies the series to copies in the folder @scratch (that of the series), each
 * patch to what the one before left. With a base, what differs in @tree from it
 * is as in the base in all states, and what git does not track stays visible,
 * unless a patch names it. NULL with one line in *@ret_error, which the caller
 * frees: 'patch 2/3 "subject": file: hunk 2 does not apply: @@ -3,7 +3,6 @@',
 * without what there is not; or the name that leads out of the tree; or that the
 * series is too large. O(bytes of the files that are changed, or differ from the
 * base), on disk and in memory.
 */
struct states *states_apply(const struct series *series, const char *tree,
			    const char *scratch, char **ret_error);
/* Takes NULL; the scratch folder stays. */
void states_free(struct states *s);

/*
 * The absolute @path is @real, which has no links, by a symbolic link: states
 * have it, and what else that link leads to, by both names from now on. What is
 * known, and what is not in the tree, changes nothing. False with one line in
 * *@ret_error, which the caller frees. O(bytes of the overlays) for a new link.
 */
bool states_add_link(struct states *s, const char *path, const char *real,
		     char **ret_error);

/*
 * State 0 is the base, state k is that after patch k. The files whose text patch
 * @k (from 1) changes: the names they have before and after it, from the tree's
 * folder on, sorted; NULL-terminated, of @s. Symbolic links are no files. Of 0,
 * those that the base has otherwise than the tree.
 */
const char *const *states_changed(const struct states *s, unsigned k);
/* Is state @k the tree as it lies there? The commands are its own then. */
bool states_is_tree(const struct states *s, unsigned k);
/*
 * The file that has the text of the absolute @path in state @k: @path itself, if
 * no patch has touched it; NULL: it is not there. The caller frees it.
 */
char *states_file(const struct states *s, unsigned k, const char *path);
/*
 * Another name that the series gives the file of the absolute @path: what it was
 * before the first of its renames, or if there is none, what it is after the
 * last. NULL: no patch renames it. The caller frees it.
 */
char *states_other_name(const struct states *s, const char *path);
/*
 * Does line @line of the absolute @path in state @k come from patch @k (from 1)?
 * Where lines were only removed, those around them are not touched; of a file
 * that the patch renames, what it changes in it is. O(log n) after the first
 * question about a file.
 */
bool states_touched(struct states *s, unsigned k, const char *path, int line);

/*
 * Does the text of the C file @path define @function in state @k? Its name is
 * looked for in lines that begin at the margin, with no preprocessing, so what
 * a macro defines is not seen. @function NULL: is the file there? O(text).
 */
bool states_defines(const struct states *s, unsigned k, const char *path,
		    const char *function);

struct compile_command;
/*
 * How the unit is compiled in state @k; the caller frees it. NULL with one line in
 * *@ret_error, which the caller frees: the state could not be described. The
 * first call for a state writes a file that has all names in it which differ
 * from the tree.
 */
struct compile_command *states_command(struct states *s, unsigned k,
				       const struct compile_command *cmd,
				       char **ret_error);

/*
 * The outermost folder above @file (absolute) that has most of the files which
 * the series changes: the tree of patches that come without one. The caller
 * frees it.
 */
char *states_find_tree(const struct series *series, const char *file);

#endif
