// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence of pairs: the references that change on the paths through a flag's
 * write, or through a call of another unit's function.
 */
#include "flow/evidence_collect.h"

#include <string.h>

/* Members and pointers only; which element of an array is another matter. */
static bool is_plain(const char *path)
{
	return !g_str_has_suffix(path, "->") && !strstr(path, "->->") &&
	       !strstr(path, "->.");
}

/* Also to the structure that the owner of the flag is built around. */
static const char *path_of(const struct path *p, const struct expr *owner,
			   const struct expr *object, bool equals)
{
	char *path = equals ? path_to_object(p, owner, object) :
			      flow_path_between(owner, object);
	const char *interned = NULL;

	if (!path && owner->kind == EXPR_CONTAINER && owner->a == object)
		path = g_strdup_printf("->%s", owner->name);
	if (path && is_plain(path))
		interned = g_intern_string(path);
	g_free(path);
	return interned;
}

static bool same_ref(const struct evidence_ref *a, const struct evidence_ref *b)
{
	return a->record == b->record && a->name == b->name &&
	       a->path == b->path && a->callee == b->callee &&
	       a->arg == b->arg && a->kind == b->kind;
}

static struct evidence_ref *ref_of(GArray *refs, const struct evidence_ref *key)
{
	guint i;

	for (i = 0; i < refs->len; i++)
		if (same_ref(&g_array_index(refs, struct evidence_ref, i), key))
			break;
	if (i == refs->len)
		g_array_append_val(refs, *key);
	return &g_array_index(refs, struct evidence_ref, i);
}

/*
 * Between a flag's write and its reference somebody else may see the object.
 * An unlock hands it over, and a reference too many for a while does no harm.
 */
static bool is_apart(const struct path *p, int write, int at)
{
	const struct act *w = p->acts[write], *ref = p->acts[at], *a;
	int i;

	if (w->kind == ACT_SET && at < write)
		return false;
	for (i = MIN(write, at) + 1; i < MAX(write, at); i++) {
		a = p->acts[i];
		if ((a->kind == ACT_CALL || a->kind == ACT_PUBLISH ||
		     a->kind == ACT_INSERT || a->kind == ACT_WAKE) && a->obj &&
		    (a->obj == w->obj || a->obj == ref->obj))
			return true;
	}
	return false;
}

/* One reference, call or not, into the path's sum; with: gets less puts. */
static void tally(GArray *sums, const struct path *p, int write, int at)
{
	const struct act *w = p->acts[write], *a = p->acts[at];
	struct evidence_ref key = {
		.kind = a->kind == ACT_CALL ? EVIDENCE_CALL : EVIDENCE_GET,
		.object = a->obj->record, .file = a->at.file,
		.line = a->at.line, .distance = ABS(at - write)
	};
	struct evidence_ref *r;

	key.path = path_of(p, w->obj, a->obj, a->kind != ACT_CALL);
	if (!key.path)
		return;
	if (a->kind == ACT_CALL) {
		key.callee = a->name;
		key.arg = a->arg;
	} else if (!evidence_name(a, &key.record, &key.name)) {
		return;
	}
	r = ref_of(sums, &key);
	r->with += a->kind == ACT_PUT ? -1 : 1;
	if (is_apart(p, write, at))
		r->apart = 1;
	if (key.distance < r->distance) {
		r->distance = key.distance;
		r->file = key.file;
		r->line = key.line;
	}
}

static bool is_unknown_call(const struct act *a)
{
	return a->kind == ACT_CALL && a->name && a->obj && a->obj->record;
}

static GArray *references(const struct path *p, int write)
{
	GArray *sums = g_array_new(FALSE, TRUE, sizeof(struct evidence_ref));
	const struct act *w = p->acts[write];
	int i;

	for (i = 0; i < p->n; i++)
		if (i != write && !evidence_same_call(w, p->acts[i]) &&
		    (is_reference_act(p->acts[i]) ||
		     (is_flag_write(w) && is_unknown_call(p->acts[i]))))
			tally(sums, p, write, i);
	return sums;
}

static void merge_refs(GArray *into, const GArray *sums)
{
	guint i;

	for (i = 0; i < sums->len; i++) {
		struct evidence_ref sum = g_array_index(
			sums, struct evidence_ref, i), *r;
		int apart = sum.apart;

		if (!sum.with)
			continue;
		if (sum.with < 0)
			sum.kind = EVIDENCE_PUT;
		sum.with = sum.apart = 0;
		r = ref_of(into, &sum);
		r->with++;
		r->apart += apart;
		r->distance = MIN(r->distance, sum.distance);
	}
}

/* A path through a write, or through a call of another unit's function. */
static void scan_site(struct collector *c, const struct path *p, int i)
{
	const struct act *a = p->acts[i];
	struct evidence_site key = { .kind = a->kind == ACT_SET ?
		EVIDENCE_SET : a->kind == ACT_CLEAR ? EVIDENCE_CLEAR :
		EVIDENCE_CALL };
	struct draft *d;
	GArray *sums;
	int known = -1;

	if (!a->obj || a->is_init || !evidence_name(a, &key.record, &key.name))
		return;
	if (is_flag_write(a)) {
		known = path_known(p, i);
		if (known == (a->kind == ACT_SET))
			return;
	} else {
		key.callee = a->name;
		key.arg = a->arg;
	}
	sums = references(p, i);
	if (sums->len || (is_flag_write(a) && !a->via)) {
		evidence_place(&key, a);
		d = evidence_draft(c, &key);
		evidence_describe(&d->site, a);
		if (p->complete || sums->len)
			d->site.paths++;
		d->site.known += known >= 0;
		merge_refs(d->refs, sums);
	}
	g_array_unref(sums);
}

static void scan_trace(struct collector *c, const struct act *leaf)
{
	struct arena *scratch = arena_new();
	struct path p;
	int i;

	path_init(c->flow, scratch, leaf, &p);
	for (i = 0; i < p.n; i++)
		if (is_flag_write(p.acts[i]) ||
		    (p.n_refs && !p.acts[i]->via &&
		     is_unknown_call(p.acts[i])))
			scan_site(c, &p, i);
	arena_free(scratch);
}

void evidence_references(struct collector *c, const struct func_flow *ff)
{
	bool writes = ff->acts[ACT_SET].n || ff->acts[ACT_CLEAR].n;
	bool counts = ff->acts[ACT_GET].n || ff->acts[ACT_PUT].n;
	guint i;

	if (!writes && !(counts && ff->acts[ACT_CALL].n))
		return;
	for (i = 0; i < ff->traces->len; i++)
		scan_trace(c, ff->traces->pdata[i]);
}
