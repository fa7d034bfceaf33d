// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the headers of a set do to each other through macros: who defines and
 * who mentions which, in which order they are read, and where the order
 * matters.
 */
#include "frontend/headers.h"

#include <string.h>

struct name *pch_name(const struct pch *p, GQuark q)
{
	return q < p->names->len ? p->names->pdata[q] : NULL;
}

static struct name *need_name(struct pch *p, GQuark q)
{
	if (q >= p->names->len)
		g_ptr_array_set_size(p->names, (gint)q + 1);
	if (!p->names->pdata[q])
		p->names->pdata[q] = arena_new_object(p->arena, struct name);
	return p->names->pdata[q];
}

static void append(GArray **array, gconstpointer element, guint size)
{
	if (!*array)
		*array = g_array_new(FALSE, FALSE, size);
	g_array_append_vals(*array, element, 1);
}

/* ---- one header ---- */

struct reading {
	struct pch *set;
	struct header *header;
	int index;
	guint function; /* the first that does not end before */
	int first;	/* the condition that holds the first time; -1 */
};

static GQuark quark_of(const char *text, size_t n)
{
	char small[64], *copy;
	GQuark q;

	if (n < sizeof(small)) {
		memcpy(small, text, n);
		small[n] = 0;
		return g_quark_from_string(small);
	}
	copy = g_strndup(text, n);
	q = g_quark_from_string(copy);
	g_free(copy);
	return q;
}

static int function_at(struct reading *r, unsigned offset)
{
	const GArray *functions = r->header->functions;
	const struct span *s;

	while (r->function < functions->len &&
	       g_array_index(functions, struct span, r->function).to < offset)
		r->function++;
	if (r->function == functions->len)
		return -1;
	s = &g_array_index(functions, struct span, r->function);
	return s->from <= offset ? (int)r->function : -1;
}

/*
 * The part of a header that is read again which @m is in: what it is an
 * #ifndef of. 0: it is in none.
 */
static GQuark part_of(const struct reading *r, const struct mention *m)
{
	const struct condition *c = scan_outermost(m);

	if (r->header->guarded)
		return 0;
	if (!c)
		return m->opens ? quark_of(m->name, m->length) : 0;
	if (!c->name || c->defined || c->weak || c->or_name)
		return 0;
	return quark_of(c->name, c->length);
}

/* Is it a definition in no condition but an #ifndef of the same name? */
static bool closes_part(const struct mention *m, GQuark part, GQuark q)
{
	return m->kind == MENTION_DEFINE && part == q && m->condition >= 0 &&
	       g_array_index(m->conditions, struct condition,
			     m->condition).outer < 0;
}

static bool includes_between(const struct header *h, unsigned from,
			     unsigned to)
{
	guint i;

	for (i = 0; i < h->includes->len; i++) {
		unsigned at = g_array_index(h->includes, struct inclusion,
					    i).offset;

		if (at > from && at < to)
			return true;
	}
	return false;
}

/* Has the header itself, and nobody since, defined or undefined it? */
static bool is_reset(const struct reading *r, const struct name *n,
		     unsigned offset)
{
	const struct provider *last;

	if (!n->providers || !n->providers->len)
		return false;
	last = &g_array_index(n->providers, struct provider,
			      n->providers->len - 1);
	return last->header == r->index && last->resets &&
	       !includes_between(r->header, last->offset, offset);
}

static void add_use(struct reading *r, const struct mention *m, GQuark q)
{
	struct name *n = need_name(r->set, q);
	struct use u = { .name = q, .offset = m->offset, .function = -1,
			 .called = m->called };

	u.test = m->kind != MENTION_CODE;
	u.ends = m->kind == MENTION_UNDEF;
	u.asked = m->kind == MENTION_ASK || u.ends;
	u.fallback = m->fallback;
	u.reset = !u.ends && is_reset(r, n, m->offset);
	u.part = part_of(r, m);
	n->used = n->used || !u.ends;
	if (!u.test)
		u.function = function_at(r, m->offset);
	g_array_append_val(r->header->uses, u);
	if (!n->users ||
	    g_array_index(n->users, int, n->users->len - 1) != r->index)
		append(&n->users, &r->index, sizeof(int));
}

/*
 * Takes the last provider back if it is the same header's and nobody else can
 * see it, since nothing is included until @offset. Had it been a definition?
 */
static bool take_back(const struct reading *r, struct name *n,
		      unsigned offset)
{
	const struct provider *last;
	bool defined;

	if (!n->providers || !n->providers->len)
		return false;
	last = &g_array_index(n->providers, struct provider,
			      n->providers->len - 1);
	if (last->header != r->index ||
	    includes_between(r->header, last->offset, offset))
		return false;
	defined = last->certain || last->idle;
	g_array_set_size(n->providers, n->providers->len - 1);
	return defined;
}

static void add_provider(struct reading *r, const struct mention *m, GQuark q)
{
	struct name *n = need_name(r->set, q);
	const bool undefines = m->kind == MENTION_UNDEF;
	const bool always = r->header->read_once || scan_is_free(m);
	struct provider p = {
		.header = r->index, .offset = m->offset,
		.fallback = m->fallback, .resets = always && !m->fallback,
		.value = m->value, .compact = m->compact
	};

	if (scan_begins_reread(m)) {
		r->first = m->condition;
		r->header->begins = q;
	}
	p.certain = !undefines && (always || m->condition == r->first);
	/* a definition hides the end of an earlier one */
	if (undefines || always)
		p.idle = take_back(r, n, m->offset) && undefines;

	p.part = part_of(r, m);
	p.guards = r->header->guarded && m->fallback && scan_is_free(m);
	p.closes = closes_part(m, p.part, q);
	append(&n->providers, &p, sizeof(p));
	n->bare = n->bare || (!p.idle && (undefines || !m->called));
}

static void add_body(struct reading *r, const struct mention *m, GQuark q)
{
	GQuark macro = quark_of(m->macro, m->macro_length);
	const struct body_word word = { q, m->called };

	if (macro == q)
		return;
	append(&need_name(r->set, macro)->body, &word, sizeof(word));
	append(&need_name(r->set, q)->in_bodies, &macro, sizeof(macro));
}

static void read_mention(const struct mention *m, void *data)
{
	struct reading *r = data;
	GQuark q;

	if (m->kind == MENTION_INCLUDE || m->kind == MENTION_PRAGMA ||
	    m->kind == MENTION_ODD)
		return;
	q = quark_of(m->name, m->length);
	switch (m->kind) {
	case MENTION_CODE:
	case MENTION_TEST:
	case MENTION_ASK:
		add_use(r, m, q);
		break;
	case MENTION_UNDEF:
		add_use(r, m, q);
		add_provider(r, m, q);
		break;
	case MENTION_DEFINE:
		add_provider(r, m, q);
		break;
	default:
		add_body(r, m, q);
		break;
	}
}

/*
 * Headers that define a macro for themselves and end it are no news to each
 * other, but they are if it may be defined when they are read.
 */
static void drop_idle(struct name *n)
{
	guint i;

	if (!n->providers || n->predefined)
		return;
	for (i = 0; i < n->providers->len; i++)
		if (!g_array_index(n->providers, struct provider, i).idle)
			return;
	g_array_set_size(n->providers, 0);
}

/* Does nobody but @header define it, there in its own #ifndef? */
static bool is_closed(const struct name *n, int header)
{
	bool closed = false;
	guint i;

	if (n->predefined || !n->providers)
		return false;
	for (i = 0; i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (p->header != header || !p->value)
			return false;
		closed = closed || p->closes;
	}
	return closed;
}

/*
 * What is defined in a part that is read once, and was not skipped, is defined
 * by the first reading.
 */
static void settle_providers(const struct pch *p, const struct name *n)
{
	guint i;

	for (i = 0; n->providers && i < n->providers->len; i++) {
		struct provider *by =
			&g_array_index(n->providers, struct provider, i);

		if (by->part && !is_closed(pch_name(p, by->part), by->header))
			by->part = 0;
		by->certain = by->certain || (by->part && by->value);
		pch_header(p, by->header)->provides = true;
	}
}

static void settle_uses(const struct pch *p, int header)
{
	const struct header *h = pch_header(p, header);
	guint i;

	for (i = 0; i < h->uses->len; i++) {
		struct use *u = &g_array_index(h->uses, struct use, i);

		if (!u->part)
			continue;
		if (!is_closed(pch_name(p, u->part), header))
			u->part = 0;
		else if (u->part == u->name && u->asked)
			g_array_append_val(h->parts, u->part);
	}
}

static bool is_defined_by(const struct name *n, int header)
{
	guint i;

	for (i = 0; n->providers && i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (p->header == header && p->value)
			return true;
	}
	return false;
}

/* Does it ask for what an earlier reading may have left? */
static bool counts_readings(const struct pch *p, int header)
{
	const struct header *h = pch_header(p, header);
	guint i;

	for (i = 0; !h->guarded && i < h->uses->len; i++) {
		const struct use *u = &g_array_index(h->uses, struct use, i);

		if (u->test && !u->ends && !u->reset && !u->fallback &&
		    ((!u->part && u->name != h->begins) || h->forks) &&
		    is_defined_by(pch_name(p, u->name), header))
			return true;
	}
	return false;
}

/* Which parts of headers are read once. */
static void find_parts(const struct pch *p)
{
	guint i;

	for (i = 0; i < p->names->len; i++)
		if (p->names->pdata[i])
			settle_providers(p, p->names->pdata[i]);
	for (i = 0; i < p->headers->len; i++)
		settle_uses(p, (int)i);
	for (i = 0; i < p->headers->len; i++)
		pch_header(p, i)->counts = counts_readings(p, (int)i);
}

static bool read_header(struct pch *p, int i)
{
	struct reading r = { p, pch_header(p, i), i, 0, -1 };
	char *text;
	gsize n;
	bool good;

	if (!header_seems_unchanged(r.header, p->overlay) ||
	    !overlay_text(p->overlay, r.header->path, &text, &n))
		return false;
	good = n == (gsize)r.header->size;
	if (good && !r.header->guarded)
		r.header->forks = scan_forks(text, n);
	if (good)
		scan_text(text, n, r.header->skipped, read_mention, &r);
	g_free(text);
	g_hash_table_insert(p->by_path, (gpointer)r.header->path,
			    GINT_TO_POINTER(i + 1));
	return good;
}

/* ---- order ---- */

bool header_leads_to(const struct header *h, int other)
{
	return h->closure[other / 8] >> other % 8 & 1;
}

static void add_closure(struct pch *p, struct header *of, int i)
{
	const GArray *includes = pch_header(p, i)->includes;
	guint k;

	if (header_leads_to(of, i))
		return;
	of->closure[i / 8] |= (guint8)(1 << i % 8);
	for (k = 0; k < includes->len; k++)
		add_closure(p, of,
			    g_array_index(includes, struct inclusion,
					  k).header);
}

static void enter(struct pch *p, int i, int *clock)
{
	struct header *h = pch_header(p, i);
	guint k;

	if (h->entered)
		return;
	h->entered = ++*clock;
	for (k = 0; k < h->includes->len; k++)
		enter(p, g_array_index(h->includes, struct inclusion,
				       k).header, clock);
}

static void order(struct pch *p)
{
	gsize bytes = p->headers->len / 8 + 1;
	int clock = 0;
	guint i;

	for (i = 0; i < p->headers->len; i++) {
		struct header *h = pch_header(p, i);

		h->closure = arena_alloc(p->arena, bytes);
		memset(h->closure, 0, bytes);
		add_closure(p, h, (int)i);
	}
	for (i = 0; i < p->forced->len; i++)
		enter(p, g_array_index(p->forced, int, i), &clock);
	for (i = 0; i < p->headers->len; i++)
		pch_header(p, i)->forced = pch_header(p, i)->entered > 0;
	enter(p, 0, &clock);
}

/* ---- dependences ---- */

/* A walk from what a header uses through the bodies of macros. */
struct walk {
	struct pch *set;
	int user;
	guint *stamp;	 /* by GQuark: the last header that reached it */
	GArray *todo;	 /* GQuark: those that this walk reached */
	bool clean;	 /* all that was reached is settled */
};

bool header_includes_before(const struct pch *p, const struct header *h,
			    unsigned offset, int other)
{
	guint i;

	for (i = 0; i < h->includes->len; i++) {
		const struct inclusion *in =
			&g_array_index(h->includes, struct inclusion, i);

		if (in->offset < offset &&
		    header_leads_to(pch_header(p, in->header), other))
			return true;
	}
	return false;
}

/* Does @h define @q itself before it includes @other, whenever it does? */
static bool sets_for(const struct pch *p, int h, GQuark q, int other)
{
	const GArray *providers = pch_name(p, q)->providers;
	const GArray *includes = pch_header(p, h)->includes;
	guint i, k;

	for (i = 0; i < includes->len; i++) {
		const struct inclusion *in =
			&g_array_index(includes, struct inclusion, i);
		bool set = in->header != other;

		for (k = 0; !set && k < providers->len; k++) {
			const struct provider *by = &g_array_index(
				providers, struct provider, k);

			set = by->header == h && by->offset < in->offset &&
			      !includes_between(pch_header(p, h), by->offset,
						in->offset);
		}
		if (!set)
			return false;
	}
	return true;
}

/* A list that is included to be filled in by what @q is at the time. */
static bool is_parameter(const struct pch *p, int user, GQuark q)
{
	guint i;

	if (pch_header(p, user)->guarded)
		return false;
	for (i = 0; i < p->headers->len; i++)
		if (!sets_for(p, (int)i, q, user))
			return false;
	return true;
}

static bool is_settled(const struct pch *p, int user, unsigned offset,
		       const struct provider *by)
{
	return by->header == user ||
	       header_includes_before(p, pch_header(p, user), offset,
				      by->header) ||
	       header_includes_before(p, pch_header(p, by->header),
				      by->offset, user);
}

static void add_dependence(struct walk *w, const struct use *u,
			   GQuark macro, const struct provider *by)
{
	const struct name *n = pch_name(w->set, macro);
	const struct dependence d = {
		w->user, by->header, u->function, macro,
		u->ends && !n->used && !n->in_bodies, u->fallback
	};

	if (is_settled(w->set, w->user, u->offset, by) ||
	    is_parameter(w->set, w->user, macro))
		return;
	w->clean = false;
	g_array_append_val(w->set->dependences, d);
}

static void reach(struct walk *w, GQuark q, bool called)
{
	const struct name *n = pch_name(w->set, q);

	if (!n || !n->providers ||
	    !n->providers->len || w->stamp[q] == (guint)w->user + 1 ||
	    (!n->bare && !called))
		return;
	w->stamp[q] = (guint)w->user + 1;
	g_array_append_val(w->todo, q);
}

/* All define it alike, and one of them always comes first. */
static bool is_the_same(const struct walk *w, const struct use *u,
			const struct name *n)
{
	bool settled = false;
	guint i;

	for (i = 0; i < n->providers->len; i++) {
		const struct provider *p =
			&g_array_index(n->providers, struct provider, i);

		if (!p->value || p->value != g_array_index(
				n->providers, struct provider, 0).value)
			return false;
		settled = settled || pch_header(w->set, p->header)->forced ||
			  (p->header == w->user && p->certain &&
			   p->offset < u->offset) ||
			  header_includes_before(
				  w->set, pch_header(w->set, w->user),
				  u->offset, p->header);
	}
	return settled;
}

static void add_providers(struct walk *w, const struct use *u, GQuark q)
{
	const struct name *n = pch_name(w->set, q);
	guint i;

	if (!n->providers || is_the_same(w, u, n))
		return;
	for (i = 0; i < n->providers->len; i++)
		add_dependence(w, u, q, &g_array_index(n->providers,
						       struct provider, i));
}

static void follow_macro(struct walk *w, const struct use *u, GQuark q)
{
	const GArray *body = pch_name(w->set, q)->body;
	guint i;

	add_providers(w, u, q);
	for (i = 0; body && i < body->len; i++) {
		const struct body_word *b =
			&g_array_index(body, struct body_word, i);

		reach(w, b->name, b->called);
	}
}

/*
 * All macros that @u leads to. What was found settled is not looked at again
 * for the same header: later uses see no less of what it includes.
 */
static void follow(struct walk *w, const struct use *u)
{
	guint i;

	if (u->asked) {
		add_providers(w, u, u->name);
		return;
	}
	g_array_set_size(w->todo, 0);
	w->clean = true;
	reach(w, u->name, u->called || u->test);
	for (i = 0; i < w->todo->len; i++)
		follow_macro(w, u, g_array_index(w->todo, GQuark, i));
	for (i = 0; !w->clean && i < w->todo->len; i++)
		w->stamp[g_array_index(w->todo, GQuark, i)] = 0;
}

static int compare_dependences(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(struct dependence));
}

/* One macro is mentioned often, and one header provides many. */
static void drop_repeated(GArray *a)
{
	const guint size = sizeof(struct dependence);
	guint i, n = 0;

	g_array_sort(a, compare_dependences);
	for (i = 0; i < a->len; i++)
		if (!n || memcmp(a->data + (n - 1) * size, a->data + i * size,
				 size))
			memmove(a->data + n++ * size, a->data + i * size,
				size);
	g_array_set_size(a, n);
}

static void find_dependences(struct pch *p)
{
	struct walk w = { .set = p };
	guint i, k;

	w.stamp = g_new0(guint, p->names->len);
	w.todo = g_array_new(FALSE, FALSE, sizeof(GQuark));
	for (i = 0; i < p->headers->len; i++) {
		const GArray *uses = pch_header(p, i)->uses;

		w.user = (int)i;
		for (k = 0; k < uses->len; k++)
			follow(&w, &g_array_index(uses, struct use, k));
	}
	g_array_unref(w.todo);
	g_free(w.stamp);
	drop_repeated(p->dependences);
}

/* What the compiler defines, and its list of macros does not have. */
static const char *const unlisted[] = {
	"_Pragma", "__BASE_FILE__", "__COUNTER__", "__DATE__", "__FILE__",
	"__FILE_NAME__", "__FLT_EVAL_METHOD__", "__INCLUDE_LEVEL__",
	"__LINE__", "__TIMESTAMP__", "__TIME__", "__building_module",
	"__has_attribute", "__has_builtin", "__has_c_attribute",
	"__has_constexpr_builtin", "__has_declspec_attribute", "__has_embed",
	"__has_extension", "__has_feature", "__has_include",
	"__has_include_next", "__has_warning", "__is_identifier",
	"__is_target_arch", "__is_target_environment", "__is_target_os",
	"__is_target_variant_environment", "__is_target_variant_os",
	"__is_target_vendor"
};

static void add_predefined(struct pch *p)
{
	guint i;

	for (i = 0; i < p->predefined->len; i++)
		need_name(p, g_quark_from_string(p->predefined->pdata[i]))
			->predefined = true;
	for (i = 0; i < G_N_ELEMENTS(unlisted); i++)
		need_name(p, g_quark_from_static_string(unlisted[i]))
			->predefined = true;
}

bool pch_index(struct pch *p)
{
	bool good = true;
	guint i;

	p->names = g_ptr_array_new();
	for (i = 0; good && i < p->headers->len; i++)
		good = read_header(p, (int)i);
	if (!good)
		return false;
	add_predefined(p);
	for (i = 0; i < p->names->len; i++)
		if (p->names->pdata[i])
			drop_idle(p->names->pdata[i]);
	find_parts(p);
	order(p);
	find_dependences(p);
	return true;
}
