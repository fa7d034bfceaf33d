// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-flag-write: a flag that has accessors, in which flag and reference
 * always change together, is written outside them: the reference follows
 * later, behind a publication (split), or never (lost).
 *
 * Known weakness: accessors in another file must be declared.
 */
#include "rules/rule.h"

/* More deeds than this are no accessor: it does something else as well. */
#define ACCESSOR_DEEDS 4

/* How many things a path does itself, but for looking and locking. */
static int deeds(const struct act *leaf)
{
	const struct act *a;
	int n = 0;

	for (a = leaf; a; a = a->prev)
		n += !a->via && a->kind != ACT_TEST && a->kind != ACT_LOAD &&
		     a->kind != ACT_USE && a->kind != ACT_LOCK &&
		     a->kind != ACT_UNLOCK && a->kind != ACT_RETURN;
	return n;
}

/* Flag and reference change together here, and hardly anything else. */
static bool is_accessor(const struct pair *p, const struct pair_site *s)
{
	guint i;

	if (rule_is_declared(p, s->in->func))
		return true;
	if (!s->ref || !s->always || rule_gap(s->write, s->ref) ||
	    (s->in->func->is_static && s->in->address_taken))
		return false;
	for (i = 0; i < s->in->traces->len; i++)
		if (deeds(s->in->traces->pdata[i]) > ACCESSOR_DEEDS)
			return false;
	return true;
}

/* Who changes flag and reference together. */
struct accessor {
	const char *name;
	const struct func *func; /* NULL: it is only declared */
	struct src_loc at;	 /* of its write, or of the declaration */
};

/* What is declared is believed where the unit shows none. */
static bool declared_accessor(const struct pair *p, enum act_kind kind,
			      struct accessor *ret)
{
	const GPtrArray *names = !p->decl ? NULL :
				 kind == ACT_SET ? p->decl->gets :
						   p->decl->puts;

	if (!names || !names->len || !p->decl->file)
		return false;
	*ret = (struct accessor){
		.name = names->pdata[0],
		.at = { p->decl->file, p->decl->line, 0 }
	};
	return true;
}

/* One other than the function of the site @of: that is what is asked about. */
static bool find_accessor(const struct pair *p, const struct pair_site *of,
			  struct accessor *ret)
{
	enum act_kind kind = of->write->kind;
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		if (s->in == of->in || s->write->kind != kind ||
		    !is_accessor(p, s))
			continue;
		*ret = (struct accessor){
			s->in->func->name, s->in->func, s->write->at
		};
		return true;
	}
	return declared_accessor(p, kind, ret);
}

static void tell_accessor(struct finding *f, const struct accessor *accessor)
{
	if (accessor->func)
		finding_evidence(f, "%s:%d: %s() changes flag and reference together",
				 accessor->at.file, accessor->at.line,
				 accessor->name);
	else
		finding_evidence(f, "%s() changes flag and reference together, declared in %s:%d",
				 accessor->name, accessor->at.file,
				 accessor->at.line);
}

/* A way that ends without a return ends at the function's brace. */
static void tell_loss(struct finding *f, const struct pair_site *s)
{
	static const char text[] = "the end, without the reference";
	const struct src_loc *end = &s->in->func->end;

	if (s->lost->at.line)
		rule_step(f, 0, s->lost, "%s", text);
	else
		finding_step(f, 0, end->file, end->line, "%s", text);
}

static void tell(struct rule_run *r, const struct pair_site *s,
		 const struct accessor *accessor, const struct act *between)
{
	bool set = s->write->kind == ACT_SET;
	const char *flag = rule_flag_text(r, s->write->loc);
	enum severity severity = s->lost || between ? SEVERITY_WARNING :
						      SEVERITY_NOTE;
	struct finding *f;

	f = rule_report(r, severity, s->write, flag,
			"'%s' is %s outside its accessor %s(), %s", flag,
			set ? "set" : "cleared", accessor->name,
			between ? "and another CPU can look before its reference follows" :
			s->lost ? "and its reference does not follow on each path" :
				  "though together with its reference");
	if (!f)
		return;
	rule_about(r, f, s->write, s->ref, accessor->func);
	rule_step(f, 0, s->write, "'%s' is %s", rule_text(r, s->write->loc),
		  set ? "set" : "cleared");
	if (between) {
		rule_step(f, 0, between, "%s lets others in",
			  between->name ? between->name :
					  act_name(between->kind));
		if (accessor->func) /* else no line of the source does it */
			finding_step(f, 1, accessor->at.file,
				     accessor->at.line,
				     "%s() sees the flag %s while the reference still counts",
				     accessor->name, set ? "set" : "clear");
	}
	if (between || !s->lost)
		rule_step(f, 0, s->ref, "the reference follows");
	else
		tell_loss(f, s);
	tell_accessor(f, accessor);
}

/* What changes alone on all its paths is for unpaired-flag. */
static void check_pair(struct rule_run *r, const struct pair *p)
{
	struct accessor accessor;
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		r->ff = s->in;
		if (s->ref && !is_accessor(p, s) &&
		    find_accessor(p, s, &accessor) &&
		    !s->write->is_init && s->in->func->in_main_file &&
		    rule_covers(r, p, s))
			tell(r, s, &accessor, rule_gap(s->write, s->ref));
	}
}

static void check(struct rule_run *r)
{
	guint i;

	for (i = 0; i < r->flow->pairs->len; i++)
		check_pair(r, r->flow->pairs->pdata[i]);
}

const struct rule rule_direct_flag_write = {
	.info = {
		.id = "direct-flag-write",
		.summary = "a flag that has accessors is written outside them",
		.doc =
"A flag owns a reference and has accessors, functions in which the two always\n"
"change together. Here it is written directly. Either the reference follows\n"
"only after something let other CPUs in (an unlock, a wake-up, the end of\n"
"writeback, an insertion), so that they see a flag and a count that disagree;\n"
"or it never follows.\n"
"\n"
"Silent inside the accessors and their helpers, and before the object is\n"
"published. The accessor written out inline, with nothing in between, is a\n"
"note only.\n"
"\n"
"Repair: call the accessor.\n"
"\n"
"From Lustre LU-19956, osc_completion().\n",
	},
	.unit = check,
};
