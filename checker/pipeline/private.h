/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of pipeline/ share among themselves only. */
#ifndef PINCHECK_PIPELINE_PRIVATE_H
#define PINCHECK_PIPELINE_PRIVATE_H

#include "events/weak.h"
#include "flow/flow.h"
#include "frontend/frontend.h"
#include "link/link.h"
#include "pipeline/pipeline.h"

/* A unit with all that is made of it. */
struct analysis {
	struct unit *unit;
	struct model *own;	/* NULL: the shared one holds */
	struct imports *imports; /* NULL: nothing is known of other units */
	struct flow *flow;
	struct report *report;
	GHashTable *subjects;	/* struct finding * -> struct subject * */
};

/* What is asked about a unit, and kept in the store. */
enum answer { ANSWER_REPORT, ANSWER_EVIDENCE };

/*
 * pipeline.c: all passes up to the flow; analysis_clear() is due. What other
 * units do is known as to the unit @as: the same one, or another state of it.
 */
void analysis_read(struct analysis *a, const struct compile_command *cmd,
		   const struct compile_command *as,
		   const struct pipeline_options *opt);
/* The same, and the rules. */
void analysis_init(struct analysis *a, const struct compile_command *cmd,
		   const struct compile_command *as,
		   const struct pipeline_options *opt);
void analysis_clear(struct analysis *a);
/*
 * All passes: the finished report, which the caller frees; as well as
 * *@ret_imports, the digest of what was taken from other units (NULL: nothing
 * was), unless nobody wants it.
 */
struct report *analyse(const struct compile_command *cmd,
		       const struct pipeline_options *opt, char **ret_imports);
/* evidence.c: the same, with the evidence as its only text. */
struct report *analyse_evidence(const struct compile_command *cmd,
				const struct pipeline_options *opt,
				char **ret_imports);
enum memory pipeline_memory(const struct pipeline_options *opt);

/* read.c: as frontend_parse() does, from the store if there is one. */
int read_unit(const struct compile_command *cmd,
	      const struct pipeline_options *opt, struct unit **ret_unit);
/* The inlines that the analysis wants to see into. */
struct frontend_options frontend_options(const struct pipeline_options *opt);
/*
 * The model that holds for this unit: with what annotations in it declare,
 * which must not reach the next unit. NULL: the shared one will do. What is
 * wrong with them goes to @r, if that is not NULL.
 */
struct model *annotated_model(const struct unit *u, const struct model *shared,
			      struct report *r);

/*
 * pairs.c: adds the functions that set (ACT_SET) or clear the pair's flag with
 * its reference, declared ones and those that the unit shows, to @names, as
 * interned const char *.
 */
void pair_accessors(const struct pair *p, enum act_kind write,
		    GPtrArray *names);

/* stored.c: those that need opt->store. */
int stored_unit(const struct compile_command *cmd,
		const struct pipeline_options *opt, struct unit **ret_unit);
/* What is known of other units; NULL: nothing. */
struct imports *stored_imports(const struct compile_command *cmd,
			       const struct pipeline_options *opt);
struct report *stored_answer(const struct compile_command *cmd,
			     const struct pipeline_options *opt,
			     enum answer kind);

#endif
