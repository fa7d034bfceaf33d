// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle-check-unlocked: "nobody else uses it" is read from a lifetime count,
 * and the object is then freed, unlinked or reused, while no lock that getters
 * also take covers both; or the last put runs without the lock under which
 * others look the object up and get it.
 *
 * A lookup is kept out by a lock that it takes, if that lock is held from the
 * test to the reap, or to a mark that the lookup asks for before it gets.
 *
 * So is one that finds objects in a table, if the table was emptied before
 * the test and a lock keeps those out who fill it.
 *
 * Known weakness: on counters that are no lifetimes the rule would be noise;
 * it does not look at them.
 */
#include "rules/rule.h"

#include <string.h>

/*
 * What an idle test asks: a lifetime count, or a list of users. Its name is
 * that of the count or list; false: the test is something else.
 */
static bool idle_subject(struct rule_run *r, const struct act *t,
			 struct flag_id *ret_id)
{
	const struct expr *loc = t->loc;

	if (loc->kind == EXPR_FIELD && model_is_list_link(loc->owner, loc->name))
		return t->rel == OP2('=', '=') && flow_flag(loc->a, ret_id);
	return flow_is_lifetime(r->flow, t) && flow_flag(loc, ret_id);
}

/* The test says that only so many references are left. */
static bool says_idle(const struct act *t)
{
	gint64 v = t->value ? t->value->value : 0;

	return (t->rel == OP2('=', '=') && v >= 0 && v <= 3) ||
	       (t->rel == '<' && v <= 2) ||
	       (t->rel == OP2('<', '=') && v <= 1);
}

/* Is @e found by arithmetic on @part, as a page is by its number? */
static bool computed_from(const struct expr *e, const struct expr *part)
{
	if (!e || e == part)
		return e != NULL;
	return (e->kind == EXPR_BINARY || e->kind == EXPR_UNARY) &&
	       (computed_from(e->a, part) || computed_from(e->b, part));
}

/* The element of a table in shared memory that it is or is computed from. */
static const struct expr *element(const struct expr *e)
{
	const struct expr *found;

	if (!e)
		return NULL;
	switch (e->kind) {
	case EXPR_INDEX:
		return flow_is_shared(e) ? e : NULL;
	case EXPR_FIELD:
		return element(e->a);
	case EXPR_UNARY:
	case EXPR_BINARY:
		found = element(e->a);
		return found ? found : element(e->b);
	default:
		return NULL;
	}
}

/* The only lifetime count that objects of the record have. */
static bool is_only_count(const struct flow *fl, const struct flag_id *count)
{
	GHashTableIter iter;
	gpointer key;
	const char *dot;
	int n = 0;

	g_hash_table_iter_init(&iter, fl->model->lifetimes);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		dot = strchr(key, '.');
		n += (gsize)(dot - (char *)key) == strlen(count->record) &&
		     g_str_has_prefix(key, count->record);
	}
	return n == 1;
}

/* A get by the name of the API: does it raise this count? */
static bool raises(const struct flow *fl, const struct act *get,
		   const struct flag_id *count)
{
	if (get->kind != ACT_GET || get->loc || !get->obj ||
	    get->obj->record != count->record)
		return false;
	return get->class ? !strcmp(get->class, count->name) :
			    is_only_count(fl, count);
}

/* The same, of what stood in a table or a container, under a lock of that. */
static bool gains_by_name(const struct flow *fl, const struct act *get,
			  const struct flag_id *subject)
{
	const struct act *s;

	if (!get->locks || !raises(fl, get, subject))
		return false;
	if (element(get->obj))
		return true;
	for (s = get->prev; s; s = s->prev)
		if (s->kind == ACT_SELECT && s->obj &&
		    computed_from(get->obj, s->obj))
			return true;
	return false;
}

/* A user is gained here by somebody who just found the object. */
static bool gains(const struct flow *fl, const struct act *a,
		  const struct flag_id *subject)
{
	const struct act *s;
	struct flag_id id;

	if (!a->loc)
		return gains_by_name(fl, a, subject);
	if (!flow_flag(a->loc, &id) || !flag_equal(&id, subject))
		return false;
	for (s = a->prev; s; s = s->prev)
		if (s->kind == ACT_SELECT &&
		    (s->obj == a->obj || flow_mentions(a->loc, s->obj) ||
		     (s->obj->record && a->obj &&
		      s->obj->record == a->obj->record)))
			return true;
	return false;
}

/* Does the lookup decide on this flag before it gains? */
static bool asks_for(const struct act *lookup, const struct flag_id *flag)
{
	const struct act *a;

	for (a = lookup->prev; a; a = a->prev)
		if (a->kind == ACT_TEST && rule_involves(a->loc, flag))
			return true;
	return false;
}

typedef bool (*lookup_fn)(const struct act *lookup, const void *data);

/* All that gain, by kind and place; ends with NULL. */
static const struct act **find_lookups(const struct flow *fl,
				       const struct flag_id *subject)
{
	static const enum act_kind kinds[] = { ACT_GET, ACT_INSERT,
					       ACT_STORE };
	GPtrArray *found = g_ptr_array_new();
	const struct act **list;
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = fl->acts[kinds[k]];

		for (i = 0; i < acts->len; i++)
			if ((kinds[k] != ACT_STORE ||
			     flow_is_step(acts->pdata[i], '+')) &&
			    gains(fl, acts->pdata[i], subject))
				g_ptr_array_add(found, acts->pdata[i]);
	}
	g_ptr_array_add(found, NULL);
	list = arena_copy(fl->arena, found->pdata,
			  sizeof(*found->pdata) * found->len);
	g_ptr_array_unref(found);
	return list;
}

/* The first lookup of the unit, of those who gain, that @fn is true of. */
static const struct act *find_lookup(struct rule_run *r,
				     const struct flag_id *subject,
				     lookup_fn fn, const void *data)
{
	gconstpointer *lookups = rule_answer(r, 0, subject->record,
					     subject->name);
	const struct act *const *at;

	if (!*lookups)
		*lookups = find_lookups(r->flow, subject);
	for (at = *lookups; *at; at++)
		if (fn(*at, data))
			return *at;
	return NULL;
}

static bool lookup_asks(const struct act *lookup, const void *flag)
{
	return asks_for(lookup, flag);
}

/*
 * Frees or unlinks the object or what it has, drops what one of its flags
 * owns, or gives it another key to be found by.
 */
static bool reaps(struct rule_run *r, const struct act *a,
		  const struct act *test, const struct flag_id *subject)
{
	struct flag_id id;

	if (a->kind == ACT_FREE)
		return flow_mentions(a->obj, test->obj);
	if (a->kind == ACT_REMOVE && a->obj && computed_from(test->obj, a->obj))
		return true;
	if (a->obj != test->obj)
		return false;
	if (!a->loc || !flow_flag(a->loc, &id))
		return false;
	if (a->kind == ACT_CLEAR)
		return flow_pair(r->flow, &id) != NULL;
	return a->kind == ACT_STORE && !flag_equal(&id, subject) &&
	       find_lookup(r, subject, lookup_asks, &id);
}

/* A section that begins with the test and ends with the reap. */
struct section {
	const struct flow *fl;
	const struct act *test;		/* or where it read the count */
	const struct act *const *acts;	/* from the test on */
	int n;				/* the last of them reaps */
};

/* Is @a what this lookup cannot get past: the reap, or a mark it asks for? */
static bool stops(const struct section *s, int i, const struct act *lookup)
{
	const struct act *a = s->acts[i];
	struct flag_id id;

	if (i == s->n - 1)
		return true;
	return (a->kind == ACT_SET || a->kind == ACT_CLEAR) &&
	       a->obj == s->acts[0]->obj && a->loc && flow_flag(a->loc, &id) &&
	       asks_for(lookup, &id);
}

static bool writes_element(const struct act *a, const struct expr *like)
{
	const struct expr *e = a->loc ? element(a->loc) : NULL;

	return e && e->record == like->record && !a->is_init;
}

/* Does all that fills elements of tables like this one take such a lock? */
static bool fills_under(const struct flow *fl, const struct expr *like,
			const struct held *h)
{
	static const enum act_kind kinds[] = { ACT_STORE, ACT_SET };
	const char *owner, *field;
	guint i, k;

	flow_lock_name(h->lock, h->class, &owner, &field);
	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = fl->acts[kinds[k]];

		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			if (writes_element(a, like) &&
			    !flow_holds_kind(a->in, a, owner, field))
				return false;
		}
	}
	return true;
}

/*
 * The table with elements like @from, in which a lookup finds the object, was
 * emptied before the test, and a lock keeps it empty until the reap: the file
 * is unmapped and faults are kept out. NULL: a lookup in another file.
 */
static bool is_emptied(const struct section *s, const struct expr *from)
{
	const struct act *a;
	const struct held *h;

	for (a = s->test->prev; a; a = a->prev) {
		if (!(from && a->kind == ACT_CLEAR &&
		      writes_element(a, from)) &&
		    !(a->kind == ACT_DRAIN && !g_strcmp0(a->class, "mapped")))
			continue;
		for (h = a->locks; h; h = h->next)
			if (!h->read && flow_still_held(h, s->acts[s->n - 1]) &&
			    (!from || fills_under(s->fl, from, h)))
				return true;
	}
	return false;
}

/* None is left: a conditional get fails, and that of an API is a bug there. */
static bool is_too_late(const struct act *test, const struct act *lookup)
{
	return test->rel == OP2('=', '=') && !test->value->value &&
	       (lookup->atomic || !lookup->loc);
}

/* Does nothing keep this lookup out until it is too late for it? */
static bool intrudes(const struct act *lookup, const void *section)
{
	const struct expr *from = lookup->obj ? element(lookup->obj) : NULL;
	const struct section *s = section;
	const char *owner, *field;
	const struct held *h;
	int i;

	if (is_too_late(s->acts[0], lookup) || (from && is_emptied(s, from)))
		return false;
	for (h = s->test->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (!flow_holds_kind(lookup->in, lookup, owner, field))
			continue;
		for (i = 0; i < s->n; i++)
			if (flow_still_held(h, s->acts[i]) &&
			    stops(s, i, lookup))
				return false;
	}
	return true;
}

/* An API that finds and gets in one, where no lock of ours is asked for. */
static const struct act *find_api_lookup(const struct section *s,
					 const struct flag_id *subject)
{
	const struct flow *fl = s->fl;
	const GPtrArray *gets = fl->acts[ACT_GET];
	const GArray *apis;
	guint i, k;

	for (i = 0; i < gets->len; i++) {
		const struct act *get = gets->pdata[i];

		if (!get->name || !raises(fl, get, subject))
			continue;
		apis = model_api(fl->model, get->name);
		for (k = 0; apis && k < apis->len; k++)
			if (g_array_index(apis, struct api, k).effect ==
			    EFFECT_GET_RESULT)
				return is_emptied(s, NULL) ? NULL : get;
	}
	return NULL;
}

/* Taken out before: whoever looks for it now does not find it. */
static bool is_unlinked(const struct act *const *acts, int i)
{
	int k;

	for (k = i - 1; k >= 0; k--)
		if (acts[k]->kind == ACT_REMOVE && acts[k]->obj == acts[i]->obj)
			return true;
	return false;
}

/*
 * The same copy was found to be something else before: no such path exists.
 * The facts about shared values end with the lock, and those of a copy with
 * them.
 */
static bool is_contradicted(const struct act *const *acts, int i)
{
	int k;

	for (k = i - 1; k >= 0 && acts[i]->kept; k--) {
		if (acts[k]->kind == ACT_LOAD && acts[k]->loc == acts[i]->loc)
			return false;
		if (acts[k]->kind == ACT_TEST && acts[k]->kept &&
		    acts[k]->loc == acts[i]->loc &&
		    acts[k]->rel != acts[i]->rel)
			return true;
	}
	return false;
}

/* Does it only say again, under no lock more, what the test found? */
static bool is_repeated(const struct act *test, const struct act *again)
{
	const struct held *h;

	for (h = again->locks; h; h = h->next)
		if (!flow_still_held(h, test))
			return false;
	return rule_is_assertion(again);
}

/*
 * The end of what the test decides: the reap after it; 0: none, or another
 * test comes first, of which a freeze or a cmpxchg is one.
 */
static int reap_after(struct rule_run *r, const struct act *const *acts, int n,
		      int i, const struct flag_id *subject)
{
	int k;

	for (k = i + 1; k < n; k++) {
		if (((acts[k]->kind == ACT_TEST &&
		      !is_repeated(acts[i], acts[k])) ||
		     (acts[k]->kind == ACT_STORE && acts[k]->atomic)) &&
		    acts[k]->loc == acts[i]->loc)
			return 0;
		/* from here on the put's own result decides */
		if (acts[k]->kind == ACT_PUT && acts[k]->last == LAST_YES &&
		    acts[k]->obj == acts[i]->obj)
			return 0;
		if (reaps(r, acts[k], acts[i], subject))
			return k;
	}
	return 0;
}

static const char *verb(const struct act *reap)
{
	return reap->kind == ACT_FREE ? "freed" :
	       reap->kind == ACT_REMOVE ? "unlinked" :
	       reap->kind == ACT_STORE ? "reused" : "given up";
}

/*
 * A number is a count only where this path lowered it under a lock that the
 * test is not under any more: other numbers may mean anything.
 */
static bool is_judged_late(const struct act *const *acts, int i)
{
	const struct held *h;
	int k;

	for (k = i - 1; k >= 0; k--)
		if (acts[k]->loc == acts[i]->loc && flow_is_step(acts[k], '-'))
			for (h = acts[k]->locks; h; h = h->next)
				if (!flow_still_held(h, acts[i]))
					return true;
	return false;
}

/*
 * Unlinked, and then put: whoever took a reference in between has one, and an
 * object that is found no more. The count still decides when it is freed.
 */
static bool only_hides(const struct act *const *acts, int n, int reap)
{
	int k;

	for (k = reap; k < n && acts[reap]->kind == ACT_REMOVE; k++)
		if (acts[k]->obj == acts[reap]->obj &&
		    (acts[k]->kind == ACT_PUT || acts[k]->kind == ACT_FREE))
			return acts[k]->kind == ACT_PUT;
	return false;
}

/*
 * A list that is empty is no count: users may join it in other ways. What keeps
 * two apart who lower a number may be in another file.
 */
static bool is_weak_count(const struct expr *loc)
{
	return !loc->record || !strcmp(loc->record, "list_head");
}

static void tell_idle(struct rule_run *r, const struct act *test,
		      const struct act *load, const struct act *get,
		      const struct act *reap, bool weak)
{
	const char *count = rule_text(r, test->loc);
	struct finding *f;

	f = rule_report(r, weak ? SEVERITY_NOTE : SEVERITY_WARNING,
			load ? load : test, count,
			"'%s' is read as idle and the object is %s, with no lock over both that lookups take",
			count, verb(reap));
	if (!f)
		return;
	rule_about(r, f, load ? load : test, reap, get->in->func);
	rule_step(f, 0, test, "'%s' says that nobody else uses it", count);
	finding_step(f, 1, get->at.file, get->at.line,
		     "%s() finds the object and takes a reference", get->func);
	rule_step(f, 0, reap, "it is %s all the same", verb(reap));
}

static void check_test(struct rule_run *r, const struct act *const *acts,
		       int n, int i)
{
	const struct act *test = acts[i], *load, *get;
	struct section section = { .fl = r->flow, .acts = acts + i };
	struct flag_id subject;
	int k;

	if (!test->obj || test->atomic || test->via || !says_idle(test) ||
	    rule_is_assertion(test) || !idle_subject(r, test, &subject) ||
	    flow_private(test, test->obj) || is_unlinked(acts, i) ||
	    is_contradicted(acts, i) ||
	    (!test->loc->record && !is_judged_late(acts, i)) ||
	    r->ff->entry_locks->len)
		return;
	k = reap_after(r, acts, n, i, &subject);
	if (!k)
		return;
	load = rule_load_of(acts, i);
	section.test = load ? load : test;
	section.n = k - i + 1;
	get = find_lookup(r, &subject, intrudes, &section);
	if (!get && acts[k]->kind == ACT_REMOVE &&
	    !g_strcmp0(acts[k]->class, "lockless"))
		get = find_api_lookup(&section, &subject);
	if (get)
		tell_idle(r, test, load, get, acts[k],
			  only_hides(acts, n, k) || is_weak_count(test->loc));
}

/* ---- the last put against the getters' lock ---- */

/* A plain get of something just found under a lock, in the unit. */
static const struct act *locked_lookup(const struct flow *fl,
				       const struct act *put,
				       const struct held **ret_lock)
{
	const struct act *a, *s;
	struct flag_id count, id;
	guint i;

	if (!put->loc || !flow_flag(put->loc, &count))
		return NULL;
	for (i = 0; i < fl->acts[ACT_GET]->len; i++) {
		a = fl->acts[ACT_GET]->pdata[i];
		if (!a->loc || !a->locks || !a->locks->lock || a->atomic ||
		    !flow_flag(a->loc, &id) || !flag_equal(&id, &count))
			continue;
		for (s = a->prev; s; s = s->prev)
			if (s->kind == ACT_SELECT && s->obj == a->obj)
				break;
		if (s && flow_still_held(a->locks, s)) {
			*ret_lock = a->locks;
			return a;
		}
	}
	return NULL;
}

/* A reference of this function's own: another one keeps the object, mostly. */
static bool balances(const struct act *put)
{
	const struct act *a;

	for (a = put->prev; a; a = a->prev)
		if (a->kind == ACT_GET && a->obj == put->obj)
			return true;
	return false;
}

static void check_put(struct rule_run *r, const struct act *const *acts, int n,
		      int i)
{
	const struct act *put = acts[i], *get;
	const struct held *lock = NULL;
	const char *owner, *field, *obj;
	struct finding *f;
	int k;

	if (put->via || put->last != LAST_YES)
		return;
	for (k = i + 1; k < n; k++) {
		if (acts[k]->kind == ACT_REMOVE && acts[k]->obj == put->obj)
			break;
		/* judged again */
		if (acts[k]->kind == ACT_TEST && acts[k]->loc == put->loc)
			return;
	}
	if (k == n)
		return;
	get = locked_lookup(r->flow, put, &lock);
	if (!get)
		return;
	flow_lock_name(lock->lock, lock->class, &owner, &field);
	if (flow_holds_kind(r->ff, put, owner, field) ||
	    (!r->ff->func->is_static &&
	     flow_is_called_under(r->flow, r->ff, owner, field)))
		return;
	obj = rule_text(r, put->obj);
	f = rule_report(r, balances(put) ? SEVERITY_NOTE : SEVERITY_WARNING,
			put, obj,
			"the last reference on '%s' is dropped without '%s', under which others find it and take one",
			obj, field);
	if (!f)
		return;
	rule_about(r, f, put, acts[k], get->in->func);
	rule_step(f, 0, put, "the count becomes 0, '%s' is not held", field);
	finding_step(f, 1, get->at.file, get->at.line,
		     "%s() finds it under '%s' and takes a reference from 0",
		     get->func, field);
	rule_step(f, 0, acts[k], "it is unlinked, and freed");
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_TEST)
			check_test(r, acts, n, i);
		if (acts[i]->kind == ACT_PUT)
			check_put(r, acts, n, i);
	}
}

const struct rule rule_idle_check_unlocked = {
	.info = {
		.id = "idle-check-unlocked",
		.summary = "a count is read as idle, and the object reaped, without a lock over both",
		.doc =
"A lifetime count is read (\"only my reference is left\"), and the object is\n"
"then freed, unlinked or reused, while no lock that getters also take covers\n"
"both. Or the last put runs without the lock under which others find the\n"
"object and take a reference. In between, another CPU gets one.\n"
"\n"
"Silent where a lock covers both, where the check is one atomic step (freeze,\n"
"cmpxchg, dec_and_lock), where the table in which others find it was emptied\n"
"and is kept empty (unmapped, faults excluded), and on counters that are no\n"
"lifetimes. A note where the object is only unlinked and then put: its count\n"
"still decides.\n"
"\n"
"Repair: check under the lock, or use dec_and_lock, freeze, inc_not_zero.\n"
"\n"
"From ext4_break_layouts() (Linux b1f382178d15).\n",
	},
	.traces_with = RULE_KIND(ACT_TEST) | RULE_KIND(ACT_PUT),
	.trace = check,
};
