// SPDX-License-Identifier: GPL-2.0-only
/* Copies what engines need out of the model, which their room does not see. */
#include "cmd/engine_model.h"

#include <string.h>

#include "engines/engine.h"
#include "model/model.h"

static char **copy_names(const GPtrArray *names)
{
	char **copy = g_new0(char *, (names ? names->len : 0) + 1);

	for (guint i = 0; names && i < names->len; i++)
		copy[i] = g_strdup(names->pdata[i]);
	return copy;
}

/* Its rows live as long as the program. */
static struct engine_kind kind_of(const struct object_kind *k)
{
	if (!k)
		return (struct engine_kind){ 0 };
	return (struct engine_kind){ k->name, k->operations, k->records,
				     k->owners };
}

static struct engine_pair *copy_pair(const struct pair_decl *d)
{
	struct engine_pair *p = g_new(struct engine_pair, 1);
	char *flag = g_strdup_printf("%s.%s", d->record, d->flag);

	*p = (struct engine_pair){
		.name = g_strdup(d->name), .record = g_strdup(d->record),
		.flag = g_strdup(d->flag), .object = g_strdup(d->object),
		.object_record = g_strdup(d->object_record),
		.gets = copy_names(d->gets), .puts = copy_names(d->puts),
		.sets = model_flag_functions(flag, EFFECT_FLAG_SET),
		.clears = model_flag_functions(flag, EFFECT_FLAG_CLEAR),
		.lock = g_strdup(d->lock), .covers = kind_of(d->covers)
	};
	g_free(flag);
	return p;
}

static struct engine_pin *copy_pin(const struct pin_decl *d)
{
	struct engine_pin *p = g_new(struct engine_pin, 1);

	p->record = g_strdup(d->record);
	p->flag = g_strdup(d->flag);
	p->reapers = copy_names(d->reapers);
	return p;
}

static int compare_calls(const void *a, const void *b)
{
	const struct engine_call *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->effect, y->effect);
	return order ? order : (x->arg > y->arg) - (x->arg < y->arg);
}

static void copy_calls(const struct model *m, GArray *into)
{
	GHashTableIter iter;
	gpointer name, value;

	g_hash_table_iter_init(&iter, m->apis);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const GArray *rows = value;

		for (guint i = 0; i < rows->len; i++) {
			const struct api *row = &g_array_index(rows, struct api,
							       i);
			const struct engine_call c = {
				g_strdup(name), effect_name(row->effect),
				row->arg
			};

			g_array_append_val(into, c);
		}
	}
	g_array_sort(into, compare_calls);
}

struct engine_model *engine_model_of(const struct model *m)
{
	struct engine_model *em = engine_model_new();

	for (guint i = 0; i < m->pairs->len; i++)
		g_ptr_array_add(em->pairs, copy_pair(m->pairs->pdata[i]));
	for (guint i = 0; i < m->pins->len; i++)
		g_ptr_array_add(em->pins, copy_pin(m->pins->pdata[i]));
	copy_calls(m, em->calls);
	return em;
}

static gboolean is_of_flag(const void *pair, const void *decl)
{
	const struct engine_pair *p = pair;
	const struct pair_decl *d = decl;

	return !strcmp(p->record, d->record) && !strcmp(p->flag, d->flag);
}

void engine_model_add(struct engine_model *em, const struct pair_decl *d)
{
	if (!g_ptr_array_find_with_equal_func(em->pairs, d, is_of_flag, NULL))
		g_ptr_array_add(em->pairs, copy_pair(d));
}
