// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the spelling of a function's name says: variants of one primitive,
 * the functions that macros make for page and buffer flags, and tracing.
 */
#include <string.h>

#include "model/private.h"

/* Functions that only watch the running kernel. */
static const char *const noise_prefixes[] = {
	/* Tracing */
	"trace_", "__trace", "do_trace_", "perf_trace_", "__bpf_trace_",
	"__SCT__", "__mmap_lock_trace_", "__mmap_lock_do_trace_",
	/* Lock debugging */
	"lockdep_", "lock_acquire", "lock_release", "__might_", "debug_check_",
	"debug_object_", "debug_mutex_", "debug_spin_", "debug_rt_mutex_",
	"debug_rwsems_", "debug_work_", "debug_timer_", "debug_hrtimer_",
	"debug_rcu_head_",
	/* Sanitizers */
	"kasan_", "__kasan_", "kcsan_", "__kcsan_", "__tsan_", "kmsan_",
	"__kmsan_", "instrument_", "__asan_", "__ubsan_", "__sanitizer_",
	"kmemleak_", "fortify_",
	/* Checks while compiling */
	"__compiletime_assert_", "__bad_",
	/* Hooks that decide, and change nothing of the object */
	"security_",
};

static const char *skip_prefix(const char *s, const char *prefix)
{
	gsize n = strlen(prefix);

	return strncmp(s, prefix, n) ? NULL : s + n;
}

static bool is_noise(const char *name)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(noise_prefixes); i++)
		if (g_str_has_prefix(name, noise_prefixes[i]))
			return true;
	return false;
}

/* A flag as functions spell it, and its name behind PG_ or BH_. */
struct spelling {
	const char *spelt, *flag;
};

static const struct spelling page_flags[] = {
#define PAGE_FLAG(page, folio) { page, folio },
#define BUFFER_FLAG(function, flag)
#include "model/flags.def"
#undef BUFFER_FLAG
#undef PAGE_FLAG
};

static const struct spelling folio_flags[] = {
#define PAGE_FLAG(page, folio) { folio, folio },
#define BUFFER_FLAG(function, flag)
#include "model/flags.def"
#undef BUFFER_FLAG
#undef PAGE_FLAG
};

static const struct spelling buffer_flags[] = {
#define PAGE_FLAG(page, folio)
#define BUFFER_FLAG(function, flag) { function, flag },
#include "model/flags.def"
#undef BUFFER_FLAG
#undef PAGE_FLAG
};

/* What a function does whose name is this and a flag. */
struct verb {
	const char *prefix;
	enum effect effect;
};

static const struct verb page_verbs[] = {
	{ "Page", EFFECT_FLAG_TEST },
	{ "SetPage", EFFECT_FLAG_SET },
	{ "__SetPage", EFFECT_FLAG_SET },
	{ "ClearPage", EFFECT_FLAG_CLEAR },
	{ "__ClearPage", EFFECT_FLAG_CLEAR },
	{ "TestSetPage", EFFECT_FLAG_TEST_SET },
	{ "TestClearPage", EFFECT_FLAG_TEST_CLEAR },
};

static const struct verb folio_verbs[] = {
	{ "folio_test_", EFFECT_FLAG_TEST },
	{ "folio_set_", EFFECT_FLAG_SET },
	{ "__folio_set_", EFFECT_FLAG_SET },
	{ "folio_clear_", EFFECT_FLAG_CLEAR },
	{ "__folio_clear_", EFFECT_FLAG_CLEAR },
	{ "folio_test_set_", EFFECT_FLAG_TEST_SET },
	{ "folio_test_clear_", EFFECT_FLAG_TEST_CLEAR },
};

static const struct verb buffer_verbs[] = {
	{ "buffer_", EFFECT_FLAG_TEST },
	{ "set_buffer_", EFFECT_FLAG_SET },
	{ "clear_buffer_", EFFECT_FLAG_CLEAR },
	{ "test_set_buffer_", EFFECT_FLAG_TEST_SET },
	{ "test_clear_buffer_", EFFECT_FLAG_TEST_CLEAR },
};

static const struct flag_family {
	const char *class;
	const struct verb *verbs;
	gsize n_verbs;
	const struct spelling *flags;
	gsize n_flags;
} flag_families[] = {
	{ "page.flags:PG_", page_verbs, G_N_ELEMENTS(page_verbs), page_flags,
	  G_N_ELEMENTS(page_flags) },
	{ "page.flags:PG_", folio_verbs, G_N_ELEMENTS(folio_verbs),
	  folio_flags, G_N_ELEMENTS(folio_flags) },
	{ "buffer_head.b_state:BH_", buffer_verbs, G_N_ELEMENTS(buffer_verbs),
	  buffer_flags, G_N_ELEMENTS(buffer_flags) },
};

static const char *flag_named(const struct flag_family *f, const char *spelt)
{
	gsize i;

	for (i = 0; i < f->n_flags; i++)
		if (!strcmp(f->flags[i].spelt, spelt))
			return f->flags[i].flag;
	return NULL;
}

static bool match_flag(const struct flag_family *f, const char *name,
		       struct api *row)
{
	const char *rest, *flag;
	char *class;
	gsize i;

	for (i = 0; i < f->n_verbs; i++) {
		rest = skip_prefix(name, f->verbs[i].prefix);
		flag = rest ? flag_named(f, rest) : NULL;
		if (!flag)
			continue;
		class = g_strconcat(f->class, flag, NULL);
		row->effect = f->verbs[i].effect;
		row->arg = 0;
		row->class = g_intern_string(class);
		g_free(class);
		return true;
	}
	return false;
}

/* Adds the functions that a family makes for @flag with this effect. */
static void add_functions(const struct flag_family *f, const char *flag,
			  enum effect effect, GPtrArray *into)
{
	const char *name = skip_prefix(flag, f->class);
	gsize i, k;

	for (i = 0; name && i < f->n_flags; i++)
		for (k = 0; !strcmp(f->flags[i].flag, name) && k < f->n_verbs;
		     k++)
			if (f->verbs[k].effect == effect)
				g_ptr_array_add(into, g_strconcat(
					f->verbs[k].prefix, f->flags[i].spelt,
					NULL));
}

char **model_flag_functions(const char *flag, enum effect effect)
{
	GPtrArray *names = g_ptr_array_new();
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(flag_families); i++)
		add_functions(&flag_families[i], flag, effect, names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

bool pattern_match(const char *name, struct api *row)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(flag_families); i++)
		if (match_flag(&flag_families[i], name, row))
			return true;
	if (!is_noise(name))
		return false;
	row->effect = EFFECT_NONE;
	return true;
}

/* ---- other spellings of the same function ---- */

static const char *const variant_prefixes[] = { "arch_", "raw_", "generic_" };
static const char *const atomic_prefixes[] = { "atomic64_", "atomic_long_" };
static const char *const orderings[] = { "_acquire", "_release", "_relaxed",
					 "_mb", "_local" };
/* Only in these is such a spelling a variant, and no function of its own. */
static const char *const families[] = {
	"atomic_", "refcount_", "xchg", "cmpxchg", "try_cmpxchg", "set_bit",
	"clear_bit", "change_bit", "test_", "__set_bit", "__clear_bit",
	"__change_bit", "__test_", "___",
};

static bool in_family(const char *name)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(families); i++)
		if (g_str_has_prefix(name, families[i]))
			return true;
	return false;
}

static char *without_suffix(const char *name, const char *suffix)
{
	if (!g_str_has_suffix(name, suffix))
		return NULL;
	return g_strndup(name, strlen(name) - strlen(suffix));
}

static char *without_ordering(const char *name)
{
	char *base;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(orderings); i++) {
		base = without_suffix(name, orderings[i]);
		if (base)
			return base;
	}
	return g_strdup(name);
}

static const char *without_variant(const char *name)
{
	const char *rest;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(variant_prefixes); i++) {
		rest = skip_prefix(name, variant_prefixes[i]);
		if (rest)
			return rest;
	}
	return name;
}

/* "atomic_inc" for "atomic64_inc". */
static char *plain_atomic(const char *name)
{
	const char *rest;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(atomic_prefixes); i++) {
		rest = skip_prefix(name, atomic_prefixes[i]);
		if (rest)
			return g_strconcat("atomic_", rest, NULL);
	}
	return g_strdup(name);
}

char *pattern_base_name(const char *name)
{
	char *plain, *base;

	/* what allocation profiling wraps */
	base = without_suffix(name, "_noprof");
	if (base)
		return base;
	plain = plain_atomic(without_variant(name));
	base = without_ordering(plain);
	g_free(plain);
	if (in_family(base) && strcmp(base, name))
		return base;
	g_free(base);
	return NULL;
}
