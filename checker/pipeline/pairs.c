// SPDX-License-Identifier: GPL-2.0-only
/* The pairs that a unit shows, as plain data for the other engines. */
#include "pipeline/private.h"

#include "engines/engine.h"
#include "model/model.h"

/* The functions in which the flag and its reference always change together. */
static char **accessors(const struct pair *p, enum act_kind write)
{
	GPtrArray *names = g_ptr_array_new();
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];
		const char *name = s->in->func->name;

		/* "via": a helper writes it, which is an accessor itself */
		if (s->always && s->write->kind == write && !s->write->via &&
		    !g_ptr_array_find(names, name, NULL))
			g_ptr_array_add(names, (gpointer)name);
	}
	for (i = 0; i < names->len; i++)
		names->pdata[i] = g_strdup(names->pdata[i]);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static struct engine_pair *engine_pair(const struct pair *p)
{
	struct engine_pair *e = g_new0(struct engine_pair, 1);
	char *flag = g_strdup_printf("%s.%s", p->flag.record, p->flag.name);

	e->name = g_strdup(flag);
	e->record = g_strdup(p->flag.record);
	e->flag = g_strdup(p->flag.name);
	e->object = p->object_known ? g_strdup(p->object) : NULL;
	e->object_record = g_strdup(p->object_record);
	e->gets = accessors(p, ACT_SET);
	e->puts = accessors(p, ACT_CLEAR);
	e->sets = model_flag_functions(flag, EFFECT_FLAG_SET);
	e->clears = model_flag_functions(flag, EFFECT_FLAG_CLEAR);
	g_free(flag);
	return e;
}

int pipeline_pairs(const struct compile_command *cmd,
		   const struct pipeline_options *opt, GPtrArray *into)
{
	struct frontend_options fo = frontend_options(opt);
	struct model *own;
	struct unit *u;
	struct flow *fl;
	guint i;
	int ret = frontend_parse(cmd, &fo, &u);

	own = annotated_model(u, opt->model, NULL);
	fl = flow_new(u, own ? own : opt->model, NULL);
	for (i = 0; i < fl->pairs->len; i++) {
		const struct pair *p = fl->pairs->pdata[i];

		if (p->origin == ORIGIN_MINED || p->origin == ORIGIN_ANNOTATED)
			g_ptr_array_add(into, engine_pair(p));
	}
	flow_free(fl);
	model_free(own);
	if (u->diagnostics->len)
		ret = -1;
	unit_free(u);
	return ret;
}
