// SPDX-License-Identifier: GPL-2.0-only
/* A flag is set without the reference that it owns: a get of it before. */
#include "rules/repair.h"

#include <string.h>

/* A call that does nothing but take such a reference. */
struct getter {
	const char *function;
	/* Whose address it takes; NULL: it takes the object. */
	const char *count;
};

static bool is_count_of(const struct expr *arg, const char *record)
{
	const struct expr *loc = arg->kind == EXPR_ADDR ? arg->a : NULL;

	return loc && loc->kind == EXPR_FIELD && loc->owner == record &&
	       loc->a->kind == EXPR_DEREF;
}

/* Does the call by which @get comes about take a reference on any object? */
static bool read_getter(const struct act *get, const char *record,
			struct getter *ret)
{
	const struct event *ev = get->event < 0 ? NULL :
				 func_event(get->in->func, get->event);
	const struct expr *arg;

	if (!ev || ev->kind != EVENT_CALL || ev->n_args != 1 ||
	    ev->callee->kind != EXPR_FUNC)
		return false;
	arg = ev->args[0];
	ret->function = ev->macro ? ev->macro : ev->callee->name;
	ret->count = is_count_of(arg, record) ? arg->a->name : NULL;
	return ret->count || (arg->record == record && arg->pointers == 1);
}

static bool gets_only(const struct act *get, const char *record,
		      struct getter *ret)
{
	return get->kind == ACT_GET && !get->atomic && get->obj &&
	       get->obj->record == record && repair_is_alone(get) &&
	       read_getter(get, record, ret);
}

/* Does the model have a function of this name, which it frees, that gets? */
static bool is_getter(const struct model *m, char *name, struct getter *ret)
{
	const GArray *rows;

	*ret = (struct getter){ g_intern_string(name), NULL };
	g_free(name);
	rows = model_api(m, ret->function);
	return rows && rows->len == 1 &&
	       g_array_index(rows, struct api, 0).effect == EFFECT_GET &&
	       g_array_index(rows, struct api, 0).arg == 0;
}

/*
 * How others take the reference with the flag, or such a reference at all; what
 * the unit does not show the model may know.
 */
static bool find_getter(const struct repairer *r, struct getter *ret)
{
	const struct pair *p = r->about->pair;
	const GPtrArray *gets = r->flow->acts[ACT_GET];
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		if (s->ref && s->write->kind == ACT_SET &&
		    gets_only(s->ref, p->object_record, ret))
			return true;
	}
	for (i = 0; i < gets->len; i++)
		if (flow_is_lifetime(r->flow, gets->pdata[i]) &&
		    gets_only(gets->pdata[i], p->object_record, ret))
			return true;
	return is_getter(r->flow->model,
			 g_strconcat("get_", p->object_record, NULL), ret) ||
	       is_getter(r->flow->model,
			 g_strconcat(p->object_record, "_get", NULL), ret);
}

void repair_by_get(const struct repairer *r)
{
	const struct act *write = r->about->from;
	const struct pair *p = r->about->pair;
	const struct src_loc at = rule_place(write);
	struct getter getter;
	char *object, *arguments;

	if (write->kind != ACT_SET || !p->object_record ||
	    !find_getter(r, &getter))
		return;
	object = repair_words(r, write->obj, p->object);
	if (!object)
		return;
	arguments = getter.count ?
			    g_strdup_printf("&%s->%s", object, getter.count) :
			    g_strdup(object);
	finding_repair(r->finding, &(struct repair){
		.kind = REPAIR_GET, .line = at.line, .column = at.column,
		.function = (char *)getter.function, .arguments = arguments
	});
	g_free(arguments);
	g_free(object);
}
