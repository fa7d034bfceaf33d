/* SPDX-License-Identifier: GPL-2.0-only */
/* From the paths of the command line to the units to analyse. */
#ifndef PINCHECK_CMD_UNITS_H
#define PINCHECK_CMD_UNITS_H

#include <glib.h>

#include "frontend/frontend.h"
#include "report/finding.h"

struct check_unit {
	char *file; /* absolute */
	struct compile_command *cmd;
};

/* How files are compiled: a folder with a database, arguments, or neither. */
struct units_flags {
	const char *db_dir;	   /* NULL: look beside and above each path */
	char **clang_args;	   /* after "--"; NULL: there was none */
};

struct units {
	GPtrArray *list;	/* struct check_unit *, by file, each once */
	struct report *report;	/* the paths that gave nothing, and why; who */
				/* takes it leaves NULL */
	GPtrArray *notices;	/* char *: worth a line, but no error */
	GPtrArray *left_out;	/* char *: files that no database names */
};

/* Empty; the caller frees it with units_free. */
struct units *units_new(void);
/* Takes @cmd. Who adds units keeps their order. */
void units_add(struct units *u, const char *file, struct compile_command *cmd);
/* Moves the units of @from behind those of @into, and frees @from. */
void units_take(struct units *into, struct units *from);
/*
 * Collects the units that @paths mean (NULL-terminated; not empty). The
 * caller frees it with units_free.
 */
struct units *units_collect(char **paths, const struct units_flags *flags);
void units_free(struct units *u);

/* Part @k (from 1) of @n. */
struct units_shard {
	guint k, n;
};

/* FALSE: @text is not "K/N" with 1 <= K <= N. */
gboolean units_parse_shard(const char *text, struct units_shard *ret_shard);
/*
 * Drops the units of the other parts. The part of a unit is the SHA-256 of its
 * path, the first four bytes as a big-endian number, modulo N, plus 1: it does
 * not change when units come and go.
 */
void units_keep_shard(struct units *u, const struct units_shard *shard);

/*
 * The folder that @path is or is in, absolute; and the folder from there up
 * that has @name in it, or NULL. The caller frees them.
 */
char *units_folder(const char *path);
char *units_find_up(const char *folder, const char *name);

#endif
