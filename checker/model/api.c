// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks functions up: in the rows, by another spelling of the same function,
 * or by what the spelling of the name says.
 */
#include "model/private.h"

static const char *const effect_names[] = {
	[EFFECT_NONE] = "none",
	[EFFECT_GET] = "get",
	[EFFECT_PUT] = "put",
	[EFFECT_PUT_TEST] = "put-test",
	[EFFECT_TRYGET] = "tryget",
	[EFFECT_GET_FOR_RESULT] = "get-for-result",
	[EFFECT_GET_RESULT] = "get-result",
	[EFFECT_COUNT_INC] = "count-inc",
	[EFFECT_COUNT_DEC] = "count-dec",
	[EFFECT_COUNT_DEC_TEST] = "count-dec-test",
	[EFFECT_COUNT_DEC_LOCK] = "count-dec-lock",
	[EFFECT_COUNT_DEC_FREE] = "count-dec-free",
	[EFFECT_COUNT_DEC_FREE_LOCK] = "count-dec-free-lock",
	[EFFECT_COUNT_TRYINC] = "count-tryinc",
	[EFFECT_COUNT_READ] = "count-read",
	[EFFECT_COUNT_SET] = "count-set",
	[EFFECT_COUNT_FREEZE] = "count-freeze",
	[EFFECT_COUNT_ADD] = "count-add",
	[EFFECT_COUNT_CMPXCHG] = "count-cmpxchg",
	[EFFECT_ALLOC] = "alloc",
	[EFFECT_FREE] = "free",
	[EFFECT_FREE_LATER] = "free-later",
	[EFFECT_LOCK] = "lock",
	[EFFECT_LOCK_READ] = "lock-read",
	[EFFECT_TRYLOCK] = "trylock",
	[EFFECT_TRYLOCK_READ] = "trylock-read",
	[EFFECT_LOCK_INTR] = "lock-intr",
	[EFFECT_UNLOCK] = "unlock",
	[EFFECT_UNLOCK_READ] = "unlock-read",
	[EFFECT_ASSERT_HELD] = "assert-held",
	[EFFECT_OBJECT_LOCK] = "object-lock",
	[EFFECT_OBJECT_TRYLOCK] = "object-trylock",
	[EFFECT_OBJECT_UNLOCK] = "object-unlock",
	[EFFECT_WAIT] = "wait",
	[EFFECT_WAIT_KEY] = "wait-key",
	[EFFECT_SLEEP] = "sleep",
	[EFFECT_PREPARE_WAIT] = "prepare-wait",
	[EFFECT_WAKE] = "wake",
	[EFFECT_PUBLISH] = "publish",
	[EFFECT_DRAIN] = "drain",
	[EFFECT_ARM] = "arm",
	[EFFECT_INSERT] = "insert",
	[EFFECT_REMOVE] = "remove",
	[EFFECT_STORE_AT] = "store-at",
	[EFFECT_REMOVE_KEY] = "remove-key",
	[EFFECT_SELECT] = "select",
	[EFFECT_SELECT_GET] = "select-get",
	[EFFECT_EMPTY] = "empty",
	[EFFECT_BIT_SET] = "bit-set",
	[EFFECT_BIT_CLEAR] = "bit-clear",
	[EFFECT_BIT_CHANGE] = "bit-change",
	[EFFECT_BIT_TEST] = "bit-test",
	[EFFECT_BIT_TEST_SET] = "bit-test-set",
	[EFFECT_BIT_TEST_CLEAR] = "bit-test-clear",
	[EFFECT_BIT_LOCK] = "bit-lock",
	[EFFECT_BIT_UNLOCK] = "bit-unlock",
	[EFFECT_BIT_WAIT] = "bit-wait",
	[EFFECT_FLAG_SET] = "flag-set",
	[EFFECT_FLAG_CLEAR] = "flag-clear",
	[EFFECT_FLAG_TEST] = "flag-test",
	[EFFECT_FLAG_TEST_SET] = "flag-test-set",
	[EFFECT_FLAG_TEST_CLEAR] = "flag-test-clear",
	[EFFECT_FLAG_WAIT] = "flag-wait",
	[EFFECT_FLAG_SET_GET] = "flag-set-get",
	[EFFECT_FLAG_CLEAR_PUT] = "flag-clear-put",
	[EFFECT_STORE] = "store",
	[EFFECT_LOAD] = "load",
	[EFFECT_XCHG] = "xchg",
	[EFFECT_CMPXCHG] = "cmpxchg",
	[EFFECT_TRY_CMPXCHG] = "try-cmpxchg",
	[EFFECT_SAME] = "same",
	[EFFECT_MEMBER] = "member",
	[EFFECT_IS_ERR] = "is-err",
	[EFFECT_IS_ERR_OR_NULL] = "is-err-or-null",
	[EFFECT_NORETURN] = "noreturn",
	[EFFECT_ASSERT] = "assert",
	[EFFECT_TEST_HELD] = "test-held",
};

const char *effect_name(enum effect e)
{
	if (e < 0 || (gsize)e >= G_N_ELEMENTS(effect_names))
		return "?";
	return effect_names[e];
}

/* A copy of the rows of another spelling of the same function, or NULL. */
static GArray *rows_of_base(const struct model *m, const char *name)
{
	char *base = pattern_base_name(name);
	const GArray *from = NULL;
	GArray *rows = NULL;

	if (base)
		from = g_hash_table_lookup(m->apis, base);
	g_free(base);
	if (from) {
		rows = g_array_new(FALSE, TRUE, sizeof(struct api));
		g_array_append_vals(rows, from->data, from->len);
	}
	return rows;
}

static GArray *rows_of_pattern(const char *name)
{
	struct api row = { .arg = -1, .arg2 = -1 };
	GArray *rows;

	if (!pattern_match(name, &row))
		return NULL;
	rows = g_array_new(FALSE, TRUE, sizeof(struct api));
	g_array_append_val(rows, row);
	return rows;
}

static void name_rows(GArray *rows, const char *interned_name)
{
	guint i;

	for (i = 0; i < rows->len; i++)
		g_array_index(rows, struct api, i).name = interned_name;
}

/* A reference to the rows of a function, or NULL. */
static GArray *find_rows(const struct model *m, const char *interned_name)
{
	GArray *rows = g_hash_table_lookup(m->apis, interned_name);

	if (rows)
		g_array_ref(rows);
	else
		rows = rows_of_base(m, interned_name);
	if (!rows)
		rows = rows_of_pattern(interned_name);
	if (rows)
		name_rows(rows, interned_name);
	return rows;
}

const GArray *model_api(const struct model *m, const char *interned_name)
{
	gpointer rows;

	/* by address: asked at every call on every path */
	if (!g_hash_table_lookup_extended(m->found, interned_name, NULL,
					  &rows)) {
		rows = find_rows(m, interned_name);
		g_hash_table_insert(m->found, (gpointer)interned_name, rows);
	}
	return rows;
}

bool model_wants_body(const char *function, void *model)
{
	const struct model *m = model;

	return !model_api(m, g_intern_string(function));
}
