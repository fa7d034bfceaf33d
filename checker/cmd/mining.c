// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mining beside a model: the two questions that mining has about functions,
 * answered by a model. Mining itself does not know what a model is.
 */
#include "cmd/mining.h"

#include "mine/mine.h"
#include "model/model.h"

static bool is_known(const char *function, void *model)
{
	return model_api(model, g_intern_string(function)) != NULL;
}

static bool releases(const char *function, void *model)
{
	const GArray *rows = model_api(model, g_intern_string(function));

	for (guint i = 0; rows && i < rows->len; i++) {
		enum effect e = g_array_index(rows, struct api, i).effect;

		if (e == EFFECT_COUNT_DEC_FREE ||
		    e == EFFECT_COUNT_DEC_FREE_LOCK)
			return true;
	}
	return false;
}

struct mining *mining_beside(const struct evidence *e, const struct model *m)
{
	const struct mine_model known = { is_known, releases, (void *)m };

	return mine(e, &known);
}
