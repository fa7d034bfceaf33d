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
 * noted: the unit is the same if that is not lowered. Conditions are not
 * evaluated: what stands in one may or may not be there, and both must do.
 * Identifiers that are pasted together are not seen.
 */
#include "frontend/headers.h"

#include <string.h>

/* What the unit defines or undefines itself. */
struct own {
	int time;
	int certain;	/* when in any case; 0: never */
	int undefined;  /* when, perhaps, to nothing; 0: never */
	int inclusions; /* how many there had been by then */
	bool bare;   /* it has no parameters */
	guint value; /* as in struct provider */
	GArray *body;  /* struct body_word: what its definitions say; or NULL */
	bool followed; /* that was gone through */
};

struct judge {
	struct pch *set;
	struct judgement *out;
	int clock;
	int inclusions;	     /* that were gone through */
	int *entered;	     /* by header: when; 0: not */
	int *perhaps;	     /* by header: the same, in a condition */
	GHashTable *own;     /* GQuark -> struct own */
	GHashTable *settled; /* GQuark: macros that the unit may mention, */
	GHashTable *asked;   /* and all that it asked for */
	GHashTable *reading; /* struct text: being gone through, or done */
	GArray *todo;	     /* GQuark */
};

/* ---- the order of a plain parse ---- */

static void enter(struct judge *j, int i)
{
	const GArray *includes = pch_header(j->set, i)->includes;
	guint k;

	if (j->entered[i])
		return;
	j->entered[i] = ++j->clock;
	for (k = 0; k < includes->len; k++)
		enter(j, g_array_index(includes, struct inclusion, k).header);
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
	g_free(o);
}

static const struct own *own_of(const struct judge *j, GQuark q)
{
	return g_hash_table_lookup(j->own, GUINT_TO_POINTER(q));
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
}

/* The first doubt counts. */
static void doubt(struct judge *j, const char *what, const char *why)
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

	if (!own || own->followed || (!own->bare && !called))
		return;
	own->followed = true;
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
	own->followed = false;
	/* what is mentioned again is not told again */
	if (g_hash_table_contains(j->asked, GUINT_TO_POINTER(macro)))
		mention(j, q, called);
}

static void go_through(struct judge *j, const char *path, bool conditional);

static void include(struct judge *j, const struct text *t,
		    const struct item *item, bool conditional)
{
	const char *path = item->file ? pch_resolve(j->set, t, item) : NULL;
	int header;

	j->inclusions++;
	if (!path) {
		if (!item->file || !conditional)
			doubt(j, item->file ? item->file : t->path,
			      "an inclusion that cannot be resolved");
		return;
	}
	header = GPOINTER_TO_INT(g_hash_table_lookup(j->set->by_path, path));
	if (!header)
		go_through(j, path, conditional);
	else if (conditional)
		enter_perhaps(j, header - 1);
	else
		enter(j, header - 1);
	/* one without a guard is read again, after the set has read it */
	if (header && !pch_header(j->set, header - 1)->guarded)
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
	/* and not undefined, as is seen below */
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

	if (is_macro(j, q))
		return HOLDS;
	return is_no_macro(j, q) ? FAILS : OPEN;
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
		t = condition_truth(q->expression, is_defined, j);
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

static void item(struct judge *j, const struct text *t, const struct item *i,
		 bool conditional)
{
	switch (i->kind) {
	case MENTION_INCLUDE:
		include(j, t, i, conditional);
		break;
	case MENTION_DEFINE:
		define(j, i->name, !conditional, !i->called, i->value);
		break;
	case MENTION_UNDEF:
		/* afterwards it is none, whatever it was */
		if (conditional)
			ask(j, i->name);
		define(j, i->name, !conditional, true, 0);
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
	}
	g_free(answers);
}

static void go_through(struct judge *j, const char *path, bool conditional)
{
	const struct text *t = pch_text(j->set, path);

	/* one without a guard may come again, but not from inside itself */
	if (!g_hash_table_add(j->reading, (gpointer)t))
		return;
	g_hash_table_add(j->out->texts, (gpointer)t->path);
	go_through_items(j, t, conditional);
	if (!t->guarded)
		g_hash_table_remove(j->reading, t);
}

/* ---- afterwards ---- */

/* In @function of a header the unit would differ; -1: outside of all. */
static void differs(struct judge *j, int header, int function,
		    const char *what, const char *why)
{
	guint64 key = (guint64)header << 32 | (guint32)function;

	if (function < 0)
		doubt(j, what, why);
	else
		g_hash_table_insert(j->out->avoid,
				    g_memdup2(&key, sizeof(key)),
				    (gpointer)what);
}

static bool comes_after(const struct judge *j, int header, int time)
{
	return j->perhaps[header] || j->entered[header] > time;
}

/*
 * Is a macro of headers, who all define it alike, defined in the set where
 * @header has @u?
 */
static bool is_given(const struct judge *j, const struct name *macro,
		     int header, const struct use *u)
{
	const struct header *h = pch_header(j->set, header);
	guint i;

	for (i = 0; i < macro->providers->len; i++) {
		const struct provider *p = &g_array_index(
			macro->providers, struct provider, i);
		const struct header *by = pch_header(j->set, p->header);

		if (!p->certain)
			continue;
		if (p->header == header ? p->offset < u->offset :
		    !header_leads_to(by, header) &&
		    (by->entered < h->entered ||
		     header_includes_before(j->set, h, u->offset, p->header)))
			return true;
	}
	return false;
}

/* From some time on it may be something else: what if the unit asks for it? */
static void dispute(struct judge *j, GQuark q, const char *why)
{
	if (g_hash_table_contains(j->asked, GUINT_TO_POINTER(q)))
		doubt(j, g_quark_to_string(q), why);
}

/* A macro, or one that leads to it, that is another in the set. */
struct change {
	GQuark name;
	bool itself;
	bool bare;	 /* it has no parameters in one of the cases */
	bool undefined;	 /* perhaps it is none any more */
	const struct name *alike; /* what the unit defined, if headers define */
			 /* it alike; or NULL */
	const char *why;
};

static void check_use(struct judge *j, int header, const struct use *u,
		      const struct change *c)
{
	if (u->name != c->name || (!c->bare && !u->called && !u->test) ||
	    (c->itself ? u->reset : u->asked))
		return;
	/* where all are alike, an end is that of a new beginning */
	if (c->alike && ((c->itself && u->ends) ||
			 is_given(j, c->alike, header, u)))
		return;
	if (!c->itself || (!u->ends && !u->fallback))
		differs(j, header, u->function, g_quark_to_string(c->name),
			c->why);
	else if (u->ends || c->undefined)
		dispute(j, c->name, c->why);
}

static void check_users(struct judge *j, int header, const struct change *c)
{
	const GArray *uses = pch_header(j->set, header)->uses;
	guint i;

	for (i = 0; i < uses->len; i++)
		check_use(j, header, &g_array_index(uses, struct use, i), c);
}

/* Would what a header provides have replaced what the unit defined? */
static bool is_replaced(const struct judge *j, const struct own *o,
			const struct name *n)
{
	guint i;

	for (i = 0; n->providers && i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (comes_after(j, p->header, p->fallback ? o->undefined :
				o->time) && (!p->fallback || o->undefined))
			return true;
	}
	return false;
}

/* Some headers repeat what others define. */
static bool is_the_same(const struct own *o, const struct name *n)
{
	guint i, count = n->providers ? n->providers->len : 0;

	for (i = 0; i < count; i++)
		if (g_array_index(n->providers, struct provider, i).value !=
		    o->value)
			return false;
	return count && o->value;
}

/* All macros whose bodies lead to @q, and @q, in j->todo. */
static void climb(struct judge *j, GQuark q)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	guint i, k;

	g_array_set_size(j->todo, 0);
	g_array_append_val(j->todo, q);
	for (i = 0; i < j->todo->len; i++) {
		const struct name *n = pch_name(j->set, g_array_index(
			j->todo, GQuark, i));

		for (k = 0; n->in_bodies && k < n->in_bodies->len; k++) {
			GQuark m = g_array_index(n->in_bodies, GQuark, k);

			if (g_hash_table_add(seen, GUINT_TO_POINTER(m)))
				g_array_append_val(j->todo, m);
		}
	}
	g_hash_table_unref(seen);
}

/* Headers read after @o->time that mention @q, or what leads to it. */
static void check_change(struct judge *j, GQuark q, const struct own *o,
			 const struct name *alike, const char *why)
{
	guint i, k;

	climb(j, q);
	for (i = 0; i < j->todo->len && !j->out->why; i++) {
		GQuark m = g_array_index(j->todo, GQuark, i);
		const struct name *n = pch_name(j->set, m);
		const struct change c = {
			m, m == q, n->bare || (m == q && o->bare),
			o->undefined > 0, alike, why
		};

		for (k = 0; n->users && k < n->users->len; k++) {
			int h = g_array_index(n->users, int, k);

			if (comes_after(j, h, o->time))
				check_users(j, h, &c);
		}
	}
}

static void check_own(struct judge *j, GQuark q, const struct own *o)
{
	const struct name *n = pch_name(j->set, q), *alike;

	if (!n)
		return;
	alike = is_the_same(o, n) ? n : NULL;
	if (!alike && is_replaced(j, o, n))
		dispute(j, q, "is defined again later");
	check_change(j, q, o, alike, "is defined before a header that uses it");
}

/* When a header is read at the earliest; 0: not at all. */
static int earliest(const struct judge *j, int header)
{
	int at = j->entered[header], perhaps = j->perhaps[header];

	return at && perhaps ? MIN(at, perhaps) : MAX(at, perhaps);
}

/* Has the unit defined it by then, so that no fallback counts? */
static bool is_preset(const struct judge *j, GQuark q, int header)
{
	const struct own *o = own_of(j, q);

	return o && o->certain && o->certain < earliest(j, header) &&
	       !(o->undefined && comes_after(j, header, o->undefined));
}

static void check_dependence(struct judge *j, const struct dependence *d)
{
	const struct header *user = pch_header(j->set, d->user);
	const struct header *provider = pch_header(j->set, d->provider);
	int at = j->entered[d->user], from = j->entered[d->provider];
	/* the other definition need not have parameters */
	const struct own any = { .bare = true };
	bool always = from && from < earliest(j, d->user);
	bool never = !earliest(j, d->provider) ||
		     (at && earliest(j, d->provider) > at);

	if (!earliest(j, d->user) ||
	    (d->idle && !g_hash_table_contains(
				j->asked, GUINT_TO_POINTER(d->macro))))
		return;
	if (provider->entered < user->entered ? always : never)
		return;
	if (!d->fallback) {
		differs(j, d->user, d->function, g_quark_to_string(d->macro),
			user->spelling);
		return;
	}
	if (is_preset(j, d->macro, d->user))
		return;
	/* so it is another definition that is in force */
	dispute(j, d->macro, user->spelling);
	check_change(j, d->macro, &any, NULL, user->spelling);
}

static void check_all(struct judge *j)
{
	GHashTableIter iter;
	gpointer q, own;
	guint i;

	g_hash_table_iter_init(&iter, j->own);
	while (g_hash_table_iter_next(&iter, &q, &own))
		check_own(j, GPOINTER_TO_UINT(q), own);
	for (i = 0; i < j->set->dependences->len && !j->out->why; i++)
		check_dependence(j, &g_array_index(j->set->dependences,
						   struct dependence, i));
	for (i = 1; i < j->set->headers->len; i++)
		if (j->entered[i] || j->perhaps[i])
			g_array_append_val(j->out->entered, i);
}

/* Macros of the command line that the set does not have. */
static void define_arguments(struct judge *j,
			     const struct compile_command *cmd)
{
	char **arg, *name;

	for (arg = cmd->args; *arg; arg++) {
		if (!pch_names_unit(*arg))
			continue;
		name = g_strndup(*arg + 2, strcspn(*arg + 2, "=("));
		define(j, g_quark_from_string(name), true, true, 1);
		g_free(name);
	}
}

static void judge_init(struct judge *j, struct pch *p, struct judgement *ret)
{
	j->set = p;
	j->out = ret;
	j->entered = g_new0(int, p->headers->len);
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
	g_free(j->entered);
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
		check_all(&j);
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
