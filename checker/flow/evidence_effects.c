// SPDX-License-Identifier: GPL-2.0-only
/* Evidence of functions: what they do to what their parameters lead to. */
#include "flow/evidence_collect.h"

/* Which parameter leads to @obj, and how; -1: its result; -2: neither. */
static int param_of(struct unit *u, const struct func *f,
		    const struct outcome *o, const struct expr *obj,
		    const char **ret_path)
{
	const struct expr *param;
	char *path;
	int i;

	*ret_path = "";
	if (obj == o->result)
		return -1;
	for (i = 0; i < f->n_params; i++) {
		param = expr_numbered(u, EXPR_PARAM, i, f->locals[i].record,
				      f->locals[i].pointers);
		path = flow_path_between(param, obj);
		if (path) {
			*ret_path = g_intern_string(path);
			g_free(path);
			return i;
		}
	}
	return -2;
}

static bool same_effect(const struct evidence_effect *a,
			const struct evidence_effect *b)
{
	return a->kind == b->kind && a->param == b->param &&
	       a->path == b->path && a->record == b->record &&
	       a->name == b->name;
}

/* Does this way return something that is not 0? -1: nobody knows. */
static int result_of(const struct outcome *o)
{
	if (!o->result)
		return -1;
	if (o->result->kind == EXPR_CONST)
		return o->result->value != 0;
	if (o->nonzero || o->low > 0 || o->high < 0)
		return 1;
	return o->low == 0 && o->high == 0 ? 0 : -1;
}

/* An effect of some ways while it is collected. */
struct effect_sum {
	struct evidence_effect effect;
	int net;		/* of the way at hand */
	int nonzero, zero;	/* of the ways that have it: their result */
};

static struct effect_sum *effect_of(GArray *sums,
				    const struct evidence_effect *key)
{
	struct effect_sum fresh = { .effect = *key };
	guint i;

	for (i = 0; i < sums->len; i++)
		if (same_effect(&g_array_index(sums, struct effect_sum,
					       i).effect, key))
			break;
	if (i == sums->len)
		g_array_append_val(sums, fresh);
	return &g_array_index(sums, struct effect_sum, i);
}

static bool kind_of(const struct act *a, enum evidence_kind *ret_kind)
{
	guint i;

	for (i = 0; i < EVIDENCE_SINGLES; i++) {
		if (evidence_singles[i].act == a->kind) {
			*ret_kind = evidence_singles[i].kind;
			return a->kind != ACT_STORE && a->kind != ACT_ALLOC &&
			       a->kind != ACT_SELECT && !a->is_init;
		}
	}
	return false;
}

static void note_effect(struct collector *c, const struct func_flow *ff,
			const struct outcome *o, const struct act *a,
			GArray *sums)
{
	struct evidence_effect key = { .kind = EVIDENCE_KINDS };

	if (!a->obj || !kind_of(a, &key.kind) ||
	    !evidence_name(a, &key.record, &key.name))
		return;
	key.param = param_of(c->flow->unit, ff->func, o, a->obj, &key.path);
	if (key.param < -1)
		return;
	key.object = a->obj->record;
	if (a->kind == ACT_PUT)
		key.kind = EVIDENCE_GET;
	effect_of(sums, &key)->net += a->kind == ACT_PUT ? -1 : 1;
}

/* What one way of a function comes to, into the sum over all of its ways. */
static void close_way(GArray *all, const GArray *way, int result)
{
	struct evidence_effect key;
	struct effect_sum *sum;
	guint i;

	for (i = 0; i < way->len; i++) {
		const struct effect_sum *w = &g_array_index(
			way, struct effect_sum, i);

		if (!w->net)
			continue;
		key = w->effect;
		if (w->net < 0)
			key.kind = EVIDENCE_PUT;
		sum = effect_of(all, &key);
		sum->effect.ways++;
		sum->nonzero += result == 1;
		sum->zero += result == 0;
	}
}

static void keep_func(struct collector *c, const struct func *f,
		      const GArray *all, int ways, int nonzero)
{
	struct evidence_func *e = arena_new_object(c->out->arena,
						   struct evidence_func);
	guint i;

	e->name = f->name;
	e->file = f->loc.file;
	e->line = f->loc.line;
	e->is_static = f->is_static;
	e->ways = ways;
	e->n_effects = (int)all->len;
	e->effects = arena_new_array(c->out->arena, struct evidence_effect,
				     all->len);
	for (i = 0; i < all->len; i++) {
		const struct effect_sum *s = &g_array_index(
			all, struct effect_sum, i);

		e->effects[i] = s->effect;
		e->effects[i].if_result = s->nonzero == s->effect.ways &&
					  s->nonzero == nonzero &&
					  nonzero < ways;
	}
	g_ptr_array_add(c->out->funcs, e);
}

void evidence_effects(struct collector *c, const struct func_flow *ff)
{
	GArray *all, *way;
	int nonzero = 0, result, i, k;

	if (ff->func->is_static || !ff->summary.known)
		return;
	all = g_array_new(FALSE, TRUE, sizeof(struct effect_sum));
	for (i = 0; i < ff->summary.n_outcomes; i++) {
		const struct outcome *o = &ff->summary.outcomes[i];

		way = g_array_new(FALSE, TRUE, sizeof(struct effect_sum));
		for (k = 0; k < o->n_acts; k++)
			note_effect(c, ff, o, o->acts[k], way);
		result = result_of(o);
		nonzero += result == 1;
		close_way(all, way, result);
		g_array_unref(way);
	}
	if (all->len)
		keep_func(c, ff->func, all, ff->summary.n_outcomes, nonzero);
	g_array_unref(all);
}
