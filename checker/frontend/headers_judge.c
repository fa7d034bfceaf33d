// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a unit mean the same when it starts from a set of precompiled headers?
 * Its text, and that of every file that it includes outside the set, is gone
 * through in the order of a plain parse. It does if no identifier could be a
 * macro in one of the two cases and not, or another one, in the other:
 *
 * - what the unit mentions is provided by no header that it has not included
 *   by then;
 * - what the unit defines is mentioned by no header that it includes after;
 * - no two headers, one of which mentions what the other provides, come in
 *   another order than in the set.
 *
 * Where only the body of a header's function would differ, the function is
 * noted: the unit is the same if that is not lowered. Of a condition that is
 * not decided by which names are defined, what stands in it may or may not be
 * there, and both must do. Identifiers that are pasted together are not seen.
 */
#include "frontend/headers_judge.h"

#include <string.h>

/* As deep as the compiler goes, and more items than any unit has. */
#define MAX_DEPTH 200
#define MAX_ITEMS 5000000

/* ---- the order of a plain parse ---- */

static void reopen(struct judge *j, const struct header *h)
{
	guint k;

	for (k = 0; k < h->parts->len; k++) {
		struct own *own = g_hash_table_lookup(
			j->own, GUINT_TO_POINTER(g_array_index(h->parts,
							       GQuark, k)));

		if (own && own->now != HOLDS)
			own->reopened = j->clock;
	}
}

/* Not by the unit, which would do so in both cases. */
static void enter_again(struct judge *j, int i)
{
	if (!j->again[i])
		j->again[i] = g_array_new(FALSE, FALSE, sizeof(int));
	g_array_append_val(j->again[i], j->clock);
	reopen(j, pch_header(j->set, i));
}

static void enter_from(struct judge *j, int i)
{
	const struct header *h = pch_header(j->set, i);
	bool before = j->last[i] > j->began;
	guint k;

	if (j->entered[i] && h->guarded)
		return;
	j->last[i] = ++j->clock;
	if (!j->entered[i])
		j->entered[i] = j->clock;
	else
		enter_again(j, i);
	for (k = 0; !before && k < h->includes->len; k++)
		enter_from(j, g_array_index(h->includes, struct inclusion,
					    k).header);
}

/* What the unit reads again itself is gone through as its text. */
static void enter(struct judge *j, int i)
{
	j->began = j->clock;
	if (!j->entered[i])
		enter_from(j, i);
}

static void enter_perhaps(struct judge *j, int i)
{
	guint k;

	j->clock++;
	for (k = 0; k < j->set->headers->len; k++)
		if (!j->perhaps[k] &&
		    header_leads_to(pch_header(j->set, i), (int)k))
			j->perhaps[k] = j->clock;
}

static void own_free(gpointer own)
{
	struct own *o = own;

	if (o->body)
		g_array_unref(o->body);
	if (o->turns)
		g_array_unref(o->turns);
	g_free(o);
}

const struct own *own_of(const struct judge *j, GQuark q)
{
	return g_hash_table_lookup(j->own, GUINT_TO_POINTER(q));
}

/* From here on it is defined, or is not: in any case if @certain. */
static void change(struct judge *j, struct own *o, bool certain,
		   enum truth defined)
{
	const bool absent = o->now == FAILS;

	o->now = certain || o->now == defined ? defined : OPEN;
	o->place.path = NULL;
	j->clock++;
	if (!o->turns)
		o->turns = g_array_new(FALSE, FALSE, sizeof(int));
	if (absent != (o->now == FAILS))
		g_array_append_val(o->turns, j->clock);
	if (certain && o->body)
		g_array_set_size(o->body, 0);
	/* what a body leads to may be another thing now */
	j->changes++;
	g_hash_table_remove_all(j->settled);
}

/* @value: as in struct provider. */
static void define(struct judge *j, GQuark q, bool certain, bool bare,
		   guint value)
{
	struct own *o = (struct own *)own_of(j, q);

	if (!o) {
		o = g_new0(struct own, 1);
		o->time = ++j->clock;
		o->value = value;
		g_hash_table_insert(j->own, GUINT_TO_POINTER(q), o);
	}
	if (certain && !o->certain)
		o->certain = ++j->clock;
	if (!value && !o->undefined) {
		o->undefined = ++j->clock;
		o->inclusions = j->inclusions;
	} else if (value && certain && o->inclusions == j->inclusions) {
		o->undefined = 0;
	}
	o->bare = o->bare || bare;
	if (o->value != value)
		o->value = 0;
	change(j, o, certain, value ? HOLDS : FAILS);
}

/* The first doubt counts. */
void doubt(struct judge *j, const char *what, const char *why)
{
	char *text;

	if (j->out->why)
		return;
	text = g_strdup_printf("%s: %s", what, why);
	j->out->why = g_intern_string(text);
	g_free(text);
}

/* A header that may provide it, and has not been read here; or NULL. */
static const struct header *unread_provider(const struct judge *j,
					    const struct name *n)
{
	guint i;

	for (i = 0; i < n->providers->len; i++) {
		int h = g_array_index(n->providers, struct provider, i).header;

		if (!j->entered[h])
			return pch_header(j->set, h);
	}
	return NULL;
}

/*
 * All headers define it alike, and one of them has been read: whether others
 * have been makes no difference.
 */
static bool is_alike(const struct judge *j, const struct name *n)
{
	bool defined = false;
	guint i;

	for (i = 0; i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (!p->certain || !p->value ||
		    p->value != g_array_index(n->providers, struct provider,
					      0).value)
			return false;
		defined = defined || j->entered[p->header];
	}
	return defined;
}

/* The unit wants to know of @q; false: the set has nothing to say. */
static bool ask(struct judge *j, GQuark q)
{
	const struct name *n = pch_name(j->set, q);
	const struct own *own = own_of(j, q);
	const struct header *unread;

	if (!n || !n->providers || !n->providers->len || (own && own->certain))
		return false;
	unread = own || !is_alike(j, n) ? unread_provider(j, n) : NULL;
	if (unread)
		doubt(j, g_quark_to_string(q), unread->spelling);
	return true;
}

static void reach_own(struct judge *j, GQuark q, bool called)
{
	struct own *own = (struct own *)own_of(j, q);

	if (!own || own->followed == j->changes || (!own->bare && !called))
		return;
	own->followed = j->changes;
	g_array_append_val(j->todo, q);
}

static void reach(struct judge *j, GQuark q, bool called)
{
	const struct name *n = pch_name(j->set, q);

	g_hash_table_add(j->asked, GUINT_TO_POINTER(q));
	reach_own(j, q, called);
	if (!n || (!n->bare && !called) ||
	    g_hash_table_contains(j->settled, GUINT_TO_POINTER(q)) ||
	    !ask(j, q))
		return;
	g_hash_table_add(j->settled, GUINT_TO_POINTER(q));
	g_array_append_val(j->todo, q);
}

static void reach_words(struct judge *j, const GArray *words)
{
	guint i;

	for (i = 0; words && i < words->len; i++) {
		const struct body_word *b =
			&g_array_index(words, struct body_word, i);

		reach(j, b->name, b->called);
	}
}

/* The unit mentions @q here, and with it all that it may expand to. */
static void mention(struct judge *j, GQuark q, bool called)
{
	guint i;

	g_array_set_size(j->todo, 0);
	reach(j, q, called);
	for (i = 0; i < j->todo->len; i++) {
		GQuark macro = g_array_index(j->todo, GQuark, i);
		const struct name *n = pch_name(j->set, macro);
		const struct own *own = own_of(j, macro);

		reach_words(j, n ? n->body : NULL);
		reach_words(j, own ? own->body : NULL);
	}
}

/* A macro's body counts where the macro is used. */
static void define_body(struct judge *j, GQuark macro, GQuark q, bool called)
{
	struct own *own = (struct own *)own_of(j, macro);
	const struct body_word word = { q, called };

	if (!own || macro == q)
		return;
	if (!own->body)
		own->body = g_array_new(FALSE, FALSE, sizeof(word));
	g_array_append_val(own->body, word);
	own->followed = 0;
}

static void go_through(struct judge *j, const char *path, bool conditional);

/* It left nothing in the set that the unit's own reading would ask for. */
static bool is_left_to_unit(const struct header *h)
{
	return !h->guarded && !h->provides;
}

static void include(struct judge *j, const struct text *t,
		    const struct item *item, bool conditional)
{
	const char *path = pch_resolve(j->set, t, item);
	int header;

	j->inclusions++;
	if (j->pragmas)
		doubt(j, item->file, "is included behind a pragma");
	if (!path) {
		if (!conditional)
			doubt(j, item->file,
			      "an inclusion that cannot be resolved");
		return;
	}
	header = GPOINTER_TO_INT(g_hash_table_lookup(j->set->by_path, path));
	if (header && !is_left_to_unit(pch_header(j->set, header - 1))) {
		if (conditional)
			enter_perhaps(j, header - 1);
		else
			enter(j, header - 1);
	}
	/* one without a guard is read again, after the set has read it */
	if (!header || !pch_header(j->set, header - 1)->guarded)
		go_through(j, path, conditional);
}

/* Nobody can have defined it. */
static bool is_no_macro(const struct judge *j, GQuark q)
{
	const struct name *n = pch_name(j->set, q);
	guint i;

	for (i = 0; n && n->providers && i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (!p->idle &&
		    (j->entered[p->header] || j->perhaps[p->header]))
			return false;
	}
	return !own_of(j, q) && (!n || !n->predefined);
}

/* It was defined before, and nobody undefines it. */
static bool is_macro(const struct judge *j, GQuark q)
{
	const struct name *n = pch_name(j->set, q);
	const struct own *own = own_of(j, q);
	bool defined = (own && own->certain) || (n && n->predefined);
	guint i;

	if (own && own->undefined)
		return false;
	for (i = 0; n && n->providers && i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (!p->certain)
			return false;
		defined = defined || j->entered[p->header];
	}
	return defined;
}

static enum truth is_defined(GQuark q, void *data)
{
	const struct judge *j = data;
	const struct own *own = own_of(j, q);

	/* a header that says otherwise later is seen below */
	if (own && own->now != OPEN)
		return own->now;
	if (is_macro(j, q))
		return HOLDS;
	return is_no_macro(j, q) ? FAILS : OPEN;
}

/* As one operand of a condition, whichever definition is in force. */
static bool is_compact(GQuark q, void *data)
{
	const struct judge *j = data;
	const struct name *n = pch_name(j->set, q);
	const struct own *own = own_of(j, q);
	guint i;

	if ((own && own->spreads) || (n && n->predefined))
		return false;
	for (i = 0; n && n->providers && i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (p->value && !p->compact)
			return false;
	}
	return true;
}

/* What is known of a condition where it stands. */
struct answer {
	enum truth now;	  /* is what is in it read? */
	enum truth taken; /* that, or what is in a branch before it */
};

/* @answers: to those before. */
static struct answer answer(struct judge *j, const struct question *q,
			    const struct answer *answers)
{
	enum truth t = HOLDS, before = FAILS;

	if (q->other >= 0)
		before = answers[q->other].taken;
	if (q->expression)
		t = condition_truth(q->expression, is_defined,
				    is_compact, j);
	else if (q->name)
		t = is_defined(q->name, j);
	else if (q->other < 0)
		t = OPEN;
	if (!q->expression && q->name && !q->defined)
		t = truth_not(t);
	t = truth_and(truth_not(before), t);
	return (struct answer){ t, truth_or(before, t) };
}

/* What is in condition @i, and those around it. */
static enum truth answer_all(const struct text *t, int i,
			     const struct answer *answers)
{
	enum truth all = HOLDS;

	for (; i >= 0; i = g_array_index(t->questions, struct question,
					 i).outer)
		all = truth_and(all, answers[i].now);
	return all;
}

/* What @q is where we are, if that is certain and the same in both cases. */
static enum macro_state look_up(GQuark q, struct macro_place *ret, void *data)
{
	struct judge *j = data;
	const struct name *n = pch_name(j->set, q);
	const struct own *own = own_of(j, q);
	const struct provider *p;

	g_hash_table_add(j->asked, GUINT_TO_POINTER(q));
	ask(j, q);
	if (own) {
		*ret = own->place;
		return own->now == FAILS ? MACRO_NONE :
		       ret->path ? MACRO_DEFINED : MACRO_UNKNOWN;
	}
	if (is_no_macro(j, q))
		return MACRO_NONE;
	if (n->predefined || n->providers->len != 1)
		return MACRO_UNKNOWN;
	p = &g_array_index(n->providers, struct provider, 0);
	if (!p->certain || !j->entered[p->header])
		return MACRO_UNKNOWN;
	ret->path = pch_header(j->set, p->header)->path;
	ret->offset = p->offset;
	return MACRO_DEFINED;
}

/* Of an inclusion whose file a macro names. */
static void include_computed(struct judge *j, const struct text *t,
			     const struct item *item, bool conditional)
{
	const struct macro_place place = { t->path, item->offset };
	char *name = item->computed ? macro_inclusion(&place, j->set->overlay,
						      look_up, j) : NULL;
	struct item named = *item;

	if (!name) {
		doubt(j, t->path, "an inclusion that cannot be resolved");
		return;
	}
	named.angled = *name == '<';
	name[strlen(name) - 1] = 0;
	named.file = g_intern_string(name + 1);
	include(j, t, &named, conditional);
	g_free(name);
}

static void define_item(struct judge *j, const struct text *t,
			const struct item *i, bool conditional)
{
	struct own *own;

	define(j, i->name, !conditional, !i->called, i->value);
	own = (struct own *)own_of(j, i->name);
	own->spreads = own->spreads || !i->compact;
	if (!conditional)
		own->place = (struct macro_place){ t->path, i->offset };
}

/* Once it is undefined, its header may be read again. */
static bool is_guard(const struct judge *j, GQuark q)
{
	const struct name *n = pch_name(j->set, q);
	guint i;

	for (i = 0; n && n->providers && i < n->providers->len; i++)
		if (g_array_index(n->providers, struct provider, i).guards)
			return true;
	return false;
}

/* What one has pushed another pops; of all others the end is not known. */
static void pragma(struct judge *j, const char *text, bool conditional)
{
	if (!g_str_has_prefix(text, "pack(pop"))
		j->pragmas++;
	else if (j->pragmas && !conditional)
		j->pragmas--;
}

static void item(struct judge *j, const struct text *t, const struct item *i,
		 bool conditional)
{
	switch (i->kind) {
	case MENTION_PRAGMA:
		pragma(j, g_quark_to_string(i->name), conditional);
		break;
	case MENTION_ODD:
		doubt(j, g_quark_to_string(i->name), "is not followed");
		break;
	case MENTION_INCLUDE:
		if (i->file)
			include(j, t, i, conditional);
		else
			include_computed(j, t, i, conditional);
		break;
	case MENTION_DEFINE:
		define_item(j, t, i, conditional);
		break;
	case MENTION_UNDEF:
		/* afterwards it is none, whatever it was */
		if (conditional)
			ask(j, i->name);
		define(j, i->name, !conditional, true, 0);
		if (is_guard(j, i->name))
			doubt(j, g_quark_to_string(i->name),
			      "is a header's guard");
		break;
	case MENTION_ASK:
		g_hash_table_add(j->asked, GUINT_TO_POINTER(i->name));
		ask(j, i->name);
		break;
	case MENTION_BODY:
		define_body(j, i->macro, i->name, i->called);
		break;
	default:
		mention(j, i->name,
			i->called || i->kind == MENTION_TEST);
		break;
	}
}

/*
 * A condition is decided before the first item in it, since that may change
 * what it asks for.
 */
static void go_through_items(struct judge *j, const struct text *t,
			     bool conditional)
{
	struct answer *answers = g_new0(struct answer, t->questions->len + 1);
	enum truth now;
	int known = -1;
	guint i;

	for (i = 0; i < t->items->len && !j->out->why; i++) {
		const struct item *k = &g_array_index(t->items, struct item,
						      i);

		for (; known < k->last_condition; known++)
			answers[known + 1] = answer(
				j, &g_array_index(t->questions,
						  struct question, known + 1),
				answers);
		now = answer_all(t, k->condition, answers);
		if (now != FAILS)
			item(j, t, k, conditional || now == OPEN);
		if (++j->items > MAX_ITEMS)
			doubt(j, t->path, "too much is included");
	}
	g_free(answers);
}

/* Its guard is defined, in any case. */
static bool is_shut(const struct judge *j, const struct text *t)
{
	const struct own *guard =
		own_of(j, g_array_index(t->items, struct item, 0).name);

	return guard && guard->now == HOLDS;
}

/*
 * What has no guard may come again, from inside itself as well: it ends by its
 * conditions, if these are known.
 */
static void go_through(struct judge *j, const char *path, bool conditional)
{
	const struct text *t = pch_text(j->set, path);
	const bool first = g_hash_table_add(j->reading, (gpointer)t);

	if (!first && t->once && is_shut(j, t))
		return;
	if (j->depth >= MAX_DEPTH || (!first && conditional)) {
		doubt(j, t->path, "includes itself");
		return;
	}
	if (t->why)
		doubt(j, t->path, t->why);
	j->depth++;
	g_hash_table_add(j->out->texts, (gpointer)t->path);
	go_through_items(j, t, conditional);
	j->depth--;
	if (first && !t->once)
		g_hash_table_remove(j->reading, t);
}

/*
 * Macros of the command line that the set does not have, and those of the
 * compiler that were the list's there.
 */
static void define_arguments(struct judge *j,
			     const struct compile_command *cmd)
{
	static const char *const builtin[] = {
		"__BASE_FILE__", "__INCLUDE_LEVEL__"
	};
	char **arg, *name;
	GQuark q;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(builtin); i++)
		define(j, g_quark_from_static_string(builtin[i]), true, true,
		       1);
	for (arg = cmd->args; *arg; arg++) {
		if (!pch_names_unit(*arg))
			continue;
		name = g_strndup(*arg + 2, strcspn(*arg + 2, "=("));
		q = g_quark_from_string(name);
		define(j, q, true, true, !pch_undefines(cmd, name));
		((struct own *)own_of(j, q))->spreads = true;
		g_free(name);
	}
}

static void judge_init(struct judge *j, struct pch *p, struct judgement *ret)
{
	j->set = p;
	j->out = ret;
	j->entered = g_new0(int, p->headers->len);
	j->last = g_new0(int, p->headers->len);
	j->again = g_new0(GArray *, p->headers->len);
	j->perhaps = g_new0(int, p->headers->len);
	j->own = g_hash_table_new_full(NULL, NULL, NULL, own_free);
	j->settled = g_hash_table_new(NULL, NULL);
	j->asked = g_hash_table_new(NULL, NULL);
	j->reading = g_hash_table_new(NULL, NULL);
	j->todo = g_array_new(FALSE, FALSE, sizeof(GQuark));
	ret->why = NULL;
	ret->entered = g_array_new(FALSE, FALSE, sizeof(int));
	ret->texts = g_hash_table_new(g_str_hash, g_str_equal);
	ret->avoid = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					   NULL);
}

static void judge_fini(struct judge *j)
{
	guint i;

	for (i = 0; i < j->set->headers->len; i++)
		if (j->again[i])
			g_array_unref(j->again[i]);
	g_free(j->again);
	g_free(j->entered);
	g_free(j->last);
	g_free(j->perhaps);
	g_hash_table_unref(j->own);
	g_hash_table_unref(j->settled);
	g_hash_table_unref(j->asked);
	g_hash_table_unref(j->reading);
	g_array_unref(j->todo);
}

bool pch_judge(struct pch *p, const struct compile_command *cmd,
	       struct judgement *ret)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory);
	struct judge j = { .set = p };
	guint i;

	pch_forget_texts(p);
	judge_init(&j, p, ret);
	define_arguments(&j, cmd);
	for (i = 0; i < p->forced->len; i++)
		enter(&j, g_array_index(p->forced, int, i));
	go_through(&j, path, false);
	if (!ret->why)
		judge_check(&j);
	judge_fini(&j);
	g_free(path);
	return !ret->why;
}

void judgement_clear(struct judgement *j)
{
	g_array_unref(j->entered);
	g_hash_table_unref(j->texts);
	g_hash_table_unref(j->avoid);
}
