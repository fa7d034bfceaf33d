/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frontend: C through libclang 19 to the IR. The only room that may
 * include <clang-c/...>, and nothing of it shows in this header.
 */
#ifndef PINCHECK_FRONTEND_FRONTEND_H
#define PINCHECK_FRONTEND_FRONTEND_H

#include "ir/ir.h"

/* How one file is compiled. */
struct compile_command {
	char *directory; /* where the compiler would run; absolute */
	char *file;	 /* as the command says it; relative to directory */
	char **args;	 /* NULL-terminated, without compiler, -c, -o, file */
};

struct headers;

/* Should a header's function be lowered? The main file's always are. */
typedef bool (*want_inline)(const char *function, void *data);

struct frontend_options {
	/*
	 * Functions of headers are lowered only when a lowered function
	 * calls them (to any depth) and this says yes; NULL: yes.
	 */
	want_inline want;
	void *want_data;
	bool all_inlines; /* every function of every header: tests/cfg */
	bool inputs;	  /* fill in unit->inputs */
	/*
	 * Units that mean the same with them are parsed from precompiled
	 * headers; NULL: none. Not with all_inlines.
	 */
	struct headers *headers;
	/*
	 * Lower what clang's own graph shows and nothing shorter: no
	 * container_of, no xchg, no conditions pushed through "!". tests/cfg.
	 */
	bool no_fold;
};

/*
 * Parses one unit and lowers it. Always sets *@ret_unit to a unit that the
 * caller frees, also on failure: its skips and diagnostics tell what went
 * wrong. Returns 0, or -1 when the file could not be parsed at all.
 */
int frontend_parse(const struct compile_command *cmd,
		   const struct frontend_options *opt, struct unit **ret_unit);

/* "Debian clang version 19.1.7": who parses; the caller frees it. */
char *frontend_version(void);

/* Only parse, with the same options: the floor of bench/overhead. */
int frontend_parse_only(const struct compile_command *cmd);

/*
 * Precompiled headers: what many units include, parsed once for all units with
 * the same flags. A unit is only parsed from them if it means the same.
 *
 * They are kept in files of @dir (made if it is not there), which go by their
 * contents: any number of processes may share it, what is damaged or stale is
 * not used, and what nobody used for long goes. The text of the units decides
 * what is precompiled. O(bytes of the units); NULL: it would not pay.
 */
/* Could they pay for @n units at all? */
bool headers_pay(size_t n);
struct headers *headers_plan(const struct compile_command *const *cmds,
			     size_t n, const char *dir);
/* Which set a unit would start from: from 1; 0: none. O(sets). */
unsigned headers_number(const struct headers *h,
			const struct compile_command *cmd);
/* How many sets are not there yet, or not right any more. */
size_t headers_missing(const struct headers *h);
/*
 * Builds one of these. It leaves libclang's state in the process: to be called
 * in one that ends soon.
 */
void headers_build(const struct headers *h, size_t i);
/*
 * When the precompiled files behind the last unit were looked at (µs, as
 * g_get_real_time); G_MAXINT64: there were none.
 */
gint64 headers_since(const struct headers *h);
/* Why the last unit was parsed plainly; NULL: it was not. */
const char *headers_doubt(const struct headers *h);
/* Takes NULL. */
void headers_free(struct headers *h);

/*
 * Compile commands from DIR/compile_commands.json.
 */
struct compile_db;
/* NULL with one line in *@ret_error (the caller frees it) on failure. */
struct compile_db *compile_db_load(const char *dir, char **ret_error);
void compile_db_free(struct compile_db *db);
/* All files, absolute, sorted, without duplicates; freed with g_strfreev. */
char **compile_db_files(const struct compile_db *db);
/* The command for an absolute path, or NULL; freed by the caller. */
struct compile_command *compile_db_command(const struct compile_db *db,
					   const char *file);
/* A command from what the user wrote after "--". */
struct compile_command *compile_command_new(const char *directory,
					    const char *file,
					    const char *const *args);
void compile_command_free(struct compile_command *c);

#endif
