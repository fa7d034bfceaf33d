// SPDX-License-Identifier: GPL-2.0-only
/* The pairs that a unit shows, as though they were declared. */
#include "pipeline/private.h"

#include "model/model.h"

static void add_name(GPtrArray *names, const char *name)
{
	name = g_intern_string(name);
	if (!g_ptr_array_find(names, name, NULL))
		g_ptr_array_add(names, (gpointer)name);
}

/* The functions in which the flag and its reference always change together. */
static void add_accessors(const struct pair *p, enum act_kind write,
			  GPtrArray *names)
{
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		/* "via": a helper writes it, which is an accessor itself */
		if (s->always && s->write->kind == write && !s->write->via)
			add_name(names, s->in->func->name);
	}
}

void pair_accessors(const struct pair *p, enum act_kind write, GPtrArray *names)
{
	const GPtrArray *declared = NULL;
	guint i;

	if (p->decl)
		declared = write == ACT_SET ? p->decl->gets : p->decl->puts;
	for (i = 0; declared && i < declared->len; i++)
		add_name(names, declared->pdata[i]);
	add_accessors(p, write, names);
}

static struct pair_decl *decl_of(const struct pair *p)
{
	struct pair_decl *d = pair_decl_new();
	char *flag = g_strdup_printf("%s.%s", p->flag.record, p->flag.name);

	d->name = g_intern_string(flag);
	d->record = g_intern_string(p->flag.record);
	d->flag = g_intern_string(p->flag.name);
	d->object = p->object_known ? g_intern_string(p->object) : NULL;
	d->object_record = g_intern_string(p->object_record);
	d->origin = p->origin;
	add_accessors(p, ACT_SET, d->gets);
	add_accessors(p, ACT_CLEAR, d->puts);
	g_free(flag);
	return d;
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
			g_ptr_array_add(into, decl_of(p));
	}
	flow_free(fl);
	model_free(own);
	if (u->diagnostics->len)
		ret = -1;
	unit_free(u);
	return ret;
}
