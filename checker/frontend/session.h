/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units whose text changes while somebody writes it: what their first headers
 * give is kept from one parse to the next (libclang's preamble), and what an
 * editor has not saved yet hides what the file system has.
 */
#ifndef PINCHECK_FRONTEND_SESSION_H
#define PINCHECK_FRONTEND_SESSION_H

#include "frontend/frontend.h"

struct session;

/* A file's text as an editor has it; all of it the caller's. */
struct buffer {
	const char *path; /* absolute */
	const char *text; /* may hold any bytes */
	size_t size;
};

/* Without a preamble every parse begins anew: what the tests compare with. */
enum session_kind { SESSION_PREAMBLE, SESSION_PLAIN };

/*
 * Keeps the last @units units that were parsed, some 140 MB each for a file of a
 * kernel. session_free() takes NULL.
 */
struct session *session_new(unsigned int units, enum session_kind kind);
void session_free(struct session *s);

/*
 * As frontend_parse() does, with @buffers in the place of their files, whether
 * the unit's own or headers'. A unit that is parsed again with the same command
 * and the same text of all files costs nothing but the lowering; after an edit
 * behind its first directives, what stands there is parsed again, and after any
 * other all of it. What only a preamble would bring forth is not in the unit.
 */
int session_parse(struct session *s, const struct compile_command *cmd,
		  const struct buffer *buffers, size_t n,
		  const struct frontend_options *opt, struct unit **ret_unit);

/*
 * Makes the next parse of @cmd's unit cheap, after the first one: that reads
 * the headers once more, and is for when nobody waits. Does nothing if it is
 * so already, or if the unit is not kept.
 */
void session_warm(struct session *s, const struct compile_command *cmd);

/*
 * Did @cmd's unit read @file (absolute, by any of its names) when it was parsed
 * last? false as well if it is not kept. O(units + files read).
 */
bool session_reads(struct session *s, const struct compile_command *cmd,
		   const char *file);

/*
 * A number that is the same for as long as nothing that @cmd's unit was parsed
 * from is another one, but for what is behind its first directives. 0: it is
 * another one by now, or that is not known.
 */
guint session_base(struct session *s, const struct compile_command *cmd,
		   const struct buffer *buffers, size_t n);

/*
 * What stands at a place: a function or a member, or else a word that may be a
 * constant, or that a macro makes something of.
 */
struct named {
	char *word;
	char *function;		/* or NULL */
	char *record, *member;	/* or NULL */
	char *of_record, *of_member; /* that a constant is used with; or NULL */
	bool defined; /* here, as a constant or a macro */
	int line, column, length; /* of the word; column and length in bytes */
};
/*
 * Of the unit @cmd, as it was parsed last, at @line and @column (bytes, from 1)
 * of @file (absolute), or right behind it. false: there is nothing of these, or
 * the unit is not kept. named_clear() is due after true.
 */
bool session_named_at(struct session *s, const struct compile_command *cmd,
		      const char *file, int line, int column,
		      struct named *ret);
void named_clear(struct named *n);

#endif
