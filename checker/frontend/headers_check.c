// SPDX-License-Identifier: GPL-2.0-only
/*
 * Would the headers of a set be the same, had the unit read them itself? All
 * that it reads has been gone through: which macros it has defined, and when
 * it has come to which header. What remains is who mentions a macro that was
 * another one then.
 */
#include "frontend/headers_judge.h"

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

/* From some time on a macro may be another one than in the set. */
struct since {
	int time;
	const struct own *own; /* by what the unit says; or NULL */
	const struct name *name;
};

static bool is_there(const struct since *s, int time)
{
	const struct name *n = s->name;
	guint i = 0;

	if (time <= s->time)
		return false;
	/* that the unit has undefined it is no news if nobody defines it */
	if (!s->own || n->predefined || (n->providers && n->providers->len))
		return true;
	while (i < s->own->turns->len &&
	       g_array_index(s->own->turns, int, i) < time)
		i++;
	return i % 2 == 0;
}

/* @part: only that part of the header is of interest; 0: all of it. */
static bool comes_after(const struct judge *j, int header, GQuark part,
			const struct since *s)
{
	const struct own *opens = part ? own_of(j, part) : NULL;
	const GArray *again = j->again[header];
	guint i;

	if (j->perhaps[header] || is_there(s, j->entered[header]))
		return true;
	if (part)
		return opens && opens->reopened > s->time;
	for (i = 0; again && i < again->len; i++)
		if (is_there(s, g_array_index(again, int, i)))
			return true;
	return false;
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
	const struct since *since;
	const char *why;
};

static void check_use(struct judge *j, int header, const struct use *u,
		      const struct change *c)
{
	if (u->name != c->name || (!c->bare && !u->called && !u->test) ||
	    (c->itself ? u->reset : u->asked) ||
	    !comes_after(j, header, u->part, c->since))
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

		const struct since since = {
			p->fallback ? o->undefined : o->time, o, n
		};

		if (comes_after(j, p->header, p->part, &since) &&
		    (!p->fallback || o->undefined))
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

/* Headers read after that which mention @q, or what leads to it. */
static void check_change(struct judge *j, GQuark q, const struct since *since,
			 const struct name *alike, const char *why)
{
	/* another header's need not have parameters */
	const bool bare = !since->own || since->own->bare;
	const bool undefined = since->own && since->own->undefined;
	guint i, k;

	climb(j, q);
	for (i = 0; i < j->todo->len && !j->out->why; i++) {
		GQuark m = g_array_index(j->todo, GQuark, i);
		const struct name *n = pch_name(j->set, m);
		const struct change c = {
			m, m == q, n->bare || (m == q && bare), undefined,
			alike, since, why
		};

		for (k = 0; n->users && k < n->users->len; k++) {
			int h = g_array_index(n->users, int, k);

			if (comes_after(j, h, 0, since))
				check_users(j, h, &c);
		}
	}
}

static void check_own(struct judge *j, GQuark q, const struct own *o)
{
	const struct name *n = pch_name(j->set, q), *alike;
	const struct since since = { o->time, o, n };

	if (!n)
		return;
	alike = is_the_same(o, n) ? n : NULL;
	if (!alike && is_replaced(j, o, n))
		dispute(j, q, "is defined again later");
	check_change(j, q, &since, alike,
		     "is defined before a header that uses it");
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
	const struct since end = { o ? o->undefined : 0, o, pch_name(j->set, q) };

	return o && o->certain && o->certain < earliest(j, header) &&
	       !(o->undefined && comes_after(j, header, 0, &end));
}

static void check_dependence(struct judge *j, const struct dependence *d)
{
	const struct header *user = pch_header(j->set, d->user);
	const struct header *provider = pch_header(j->set, d->provider);
	const struct since since = { 0, NULL, pch_name(j->set, d->macro) };
	int at = j->entered[d->user], from = j->entered[d->provider];
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
	check_change(j, d->macro, &since, NULL, user->spelling);
}

/* Has the set read it as often as the unit does? */
static bool is_as_often(const struct judge *j, int header)
{
	const struct header *h = pch_header(j->set, header);
	const guint again = j->again[header] ? j->again[header]->len : 0;

	/* what the unit reads itself comes on top of that */
	if (!j->entered[header] || j->perhaps[header] ||
	    g_hash_table_contains(j->out->texts, h->path))
		return false;
	return again + 1 == MAX(pch_times_included(j->set, header), 1);
}

void judge_check(struct judge *j)
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
	for (i = 1; i < j->set->headers->len; i++) {
		const struct header *h = pch_header(j->set, i);

		if (!j->entered[i] && !j->perhaps[i])
			continue;
		g_array_append_val(j->out->entered, i);
		if (h->lost)
			doubt(j, h->spelling, h->lost);
		if (h->counts && !is_as_often(j, (int)i))
			doubt(j, h->spelling, "goes by how often it was read");
	}
}
