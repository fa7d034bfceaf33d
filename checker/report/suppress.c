// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suppression in the source, by a comment
 *
 *	pincheck: ignore[RULE,...] why it is none
 *
 * behind the code of a line, or before the next code. It is about findings of
 * that line alone, whatever engine or store they come from. One that cannot be
 * read is an error and hides nothing, so that no finding is lost by a slip.
 */
#include <string.h>

#include "private.h"

#define BLANKS " \t\r\n*"
#define KEYWORD "pincheck"

/* One rule of one comment. */
struct suppression {
	unsigned state;
	const char *file;
	int line, about; /* of the comment, of the code */
	char *rule;
	gboolean judged; /* it is told if it hides nothing */
	gboolean met;
};

struct suppressor {
	const struct suppress_options *options;
	struct report *report;
	GPtrArray *list;  /* struct suppression * */
	GPtrArray *added; /* struct finding * */
	GPtrArray *files; /* char *: the names that were read */
	unsigned state;	  /* of the last of them */
	const char *file; /* its name */
	gboolean judged;
};

static void suppression_free(void *suppression)
{
	struct suppression *s = suppression;

	g_free(s->rule);
	g_free(s);
}

static struct finding *add_finding(struct suppressor *s,
				   enum severity severity, unsigned state,
				   const char *file, int line)
{
	struct finding *f = finding_new(SUPPRESSION_RULE, severity, file, line,
					0, NULL);

	f->state = state;
	g_ptr_array_set_size(f->engines, 0);
	g_ptr_array_add(s->added, f);
	return f;
}

/* ---- reading ---- */

/* Behind the keyword, prose; or a suppression whose colon was forgotten. */
static gboolean is_prose(const char *text)
{
	text += strspn(text, BLANKS ":-_.,=");
	return *text != '[' && !g_str_has_prefix(text, "ignore");
}

/*
 * What follows "pincheck: ignore" in @text. NULL: it is another comment, unless
 * *@ret_why says what is wrong with it.
 */
static const char *skip_keyword(const char *text, char **ret_why)
{
	char *word;

	text += strspn(text, BLANKS);
	if (!g_str_has_prefix(text, KEYWORD))
		return NULL;
	text += strlen(KEYWORD);
	if (*text != ':') {
		if (!is_prose(text))
			*ret_why = g_strdup("no colon follows '" KEYWORD "'");
		return NULL;
	}
	text++;
	text += strspn(text, BLANKS);
	word = g_strndup(text, strcspn(text, BLANKS "["));
	text += strlen(word);
	/* What says what to skip is for expect.c. */
	if (strcmp(word, "ignore") && strcmp(word, "expect-skip"))
		*ret_why = g_strdup_printf("no such word: %s", word);
	else if (strcmp(word, "ignore"))
		text = NULL;
	g_free(word);
	return *ret_why ? NULL : text;
}

static gboolean is_reason(const char *text)
{
	for (; *text; text++)
		if (g_ascii_isalnum(*text) || (guchar)*text >= 0x80)
			return TRUE;
	return FALSE;
}

/* What is wrong with what follows the rules; NULL: it is a reason. */
static const char *judge_reason(const char *text)
{
	if (*text && !strchr(BLANKS, *text))
		return "no blank follows the rules";
	return is_reason(text) ? NULL : "it gives no reason";
}

/* The rules of "[a,b] reason"; NULL and why not. */
static char **read_rules(const struct suppressor *s, const char *text,
			 char **ret_why)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL;
	char *names = end ? g_strndup(text + 1, (gsize)(end - text - 1)) :
			    g_strdup("");
	char **rules = g_strsplit(names, ",", -1);

	if (*text != '[')
		*ret_why = g_strdup("no [RULE] follows 'ignore'");
	else if (!*rules)
		*ret_why = g_strdup("it names no rule");
	else
		*ret_why = g_strdup(judge_reason(end + 1));
	for (char **rule = rules; *rule && !*ret_why; rule++)
		if (!s->options->known(g_strstrip(*rule)))
			*ret_why = g_strdup_printf("no such rule: %s", *rule);
	g_free(names);
	if (!*ret_why)
		return rules;
	g_strfreev(rules);
	return NULL;
}

static void refuse(struct suppressor *s, const struct comment *c,
		   const char *why)
{
	struct finding *f = add_finding(s, SEVERITY_ERROR, s->state, s->file,
					c->line);

	finding_message(f, "'pincheck: ignore[RULE] REASON' is not this: %s",
			why);
	finding_key(f, "%s", why);
}

static void add_suppressions(struct suppressor *s, const struct comment *c,
			     char **rules)
{
	for (; *rules; rules++) {
		struct suppression *new = g_new0(struct suppression, 1);

		*new = (struct suppression){ s->state, s->file, c->line,
					     comment_code_line(c),
					     g_strdup(*rules), s->judged,
					     FALSE };
		g_ptr_array_add(s->list, new);
	}
}

static void see_comment(const struct comment *c, void *data)
{
	struct suppressor *s = data;
	char *text = g_strndup(c->text, c->length), *why = NULL;
	const char *rest = skip_keyword(text, &why);
	char **rules = rest ? read_rules(s, rest, &why) : NULL;

	if (rules)
		add_suppressions(s, c, rules);
	if (why)
		refuse(s, c, why);
	g_strfreev(rules);
	g_free(why);
	g_free(text);
}

/*
 * A file that cannot be read has no comments: who checks it says so. The name
 * is kept, since the findings that it may be of go away.
 */
static void read_file(struct suppressor *s, unsigned state, const char *file,
		      gboolean judged)
{
	const struct suppress_options *o = s->options;
	char *text = NULL;

	if (o->text_of)
		text = o->text_of(state, file, o->text_data);
	else if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
		text = comments_source(file, NULL);
	if (!text)
		return;
	s->state = state;
	s->file = g_strdup(file);
	s->judged = judged;
	g_ptr_array_add(s->files, (gpointer)s->file);
	/* Nearly all files have none. */
	if (strstr(text, KEYWORD))
		comments_read(text, see_comment, s);
	g_free(text);
}

/* ---- hiding ---- */

static gboolean is_hidden(const struct suppressor *s, const struct finding *f)
{
	gboolean hidden = FALSE;

	for (guint i = 0; i < s->list->len; i++) {
		struct suppression *o = s->list->pdata[i];

		if (o->about != f->line || o->state != f->state ||
		    strcmp(o->rule, f->rule) || g_strcmp0(o->file, f->file))
			continue;
		o->met = hidden = TRUE;
	}
	return hidden;
}

static int mark(const struct suppressor *s)
{
	int hidden = 0;

	for (guint i = 0; i < s->report->findings->len; i++) {
		struct finding *f = s->report->findings->pdata[i];

		f->suppressed = is_hidden(s, f);
		hidden += f->suppressed;
	}
	return hidden;
}

static gboolean is_told(const struct finding *f, const void *data)
{
	return !f->suppressed;
}

int report_filter_suppressed(struct report *r)
{
	return report_keep(r, is_told, NULL);
}

static void tell_unused(struct suppressor *s)
{
	const struct suppress_options *o = s->options;

	for (guint i = 0; i < s->list->len; i++) {
		const struct suppression *p = s->list->pdata[i];
		struct finding *f;

		if (p->met || !p->judged || !o->looked_for(p->rule, o->data))
			continue;
		f = add_finding(s, SEVERITY_NOTE, p->state, p->file, p->line);
		finding_message(f, "'pincheck: ignore[%s]' hides nothing",
				p->rule);
		finding_key(f, "%s", p->rule);
	}
}

static gboolean is_first(GHashTable *seen, unsigned state, const char *file)
{
	return g_hash_table_add(seen, source_key(state, file));
}

/* The files of findings that are none of the units. */
static void read_others(struct suppressor *s, GHashTable *seen)
{
	for (guint i = 0; i < s->report->findings->len; i++) {
		const struct finding *f = s->report->findings->pdata[i];

		if (f->file && is_first(seen, f->state, f->file))
			read_file(s, f->state, f->file, FALSE);
	}
}

static void read_files(struct suppressor *s)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL);
	const struct suppress_options *o = s->options;

	for (const char *const *file = o->files; *file; file++)
		if (is_first(seen, o->state, *file))
			read_file(s, o->state, *file, !s->report->incomplete);
	read_others(s, seen);
	g_hash_table_unref(seen);
}

int report_suppress(struct report *r, const struct suppress_options *options)
{
	struct suppressor s = {
		.options = options, .report = r,
		.list = g_ptr_array_new_with_free_func(suppression_free),
		.added = g_ptr_array_new(),
		.files = g_ptr_array_new_with_free_func(g_free)
	};
	int hidden;

	read_files(&s);
	hidden = mark(&s);
	if (!options->keep)
		report_filter_suppressed(r);
	tell_unused(&s);
	for (guint i = 0; i < s.added->len; i++) {
		finding_seal(s.added->pdata[i]);
		report_add(r, s.added->pdata[i]);
	}
	report_sort(r);
	g_ptr_array_unref(s.list);
	g_ptr_array_unref(s.added);
	g_ptr_array_unref(s.files);
	return hidden;
}
