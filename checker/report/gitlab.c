// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "gitlab": a code quality report, as GitLab takes it from a job's
 * artifacts. GitLab shows one line of text, so the story is left out; it is a
 * list of what is wrong, so what a patch fixes is left out, too.
 */
#include <json-c/json.h>

#include "private.h"

/* Of GitLab's five, those that say what ours do. */
static const char *const severities[] = {
	[SEVERITY_NOTE] = "info",
	[SEVERITY_WARNING] = "major",
	[SEVERITY_ERROR] = "critical",
};

/* GitLab takes two issues of one fingerprint for the same one. */
static void put_fingerprint(json_object *o, const char *fingerprint,
			    guint before)
{
	char *unique = before ? g_strdup_printf("%s-%u", fingerprint,
						before + 1) :
				g_strdup(fingerprint);

	json_put_text(o, "fingerprint", unique);
	g_free(unique);
}

static void add_issue(json_object *issues, const struct finding *f,
		      guint before)
{
	json_object *o = json_add_object(issues), *location;
	char *message = change_message(f);

	json_put_text(o, "type", "issue");
	json_put_text(o, "check_name", f->rule);
	json_put_text(o, "description", message);
	g_free(message);
	json_put_text(o, "severity", severities[f->severity]);
	put_fingerprint(o, f->fingerprint, before);
	location = json_put_object(o, "location");
	json_put_text(location, "path", f->file ? f->file : "?");
	json_put_int(json_put_object(location, "lines"), "begin",
		     MAX(f->line, 1));
}

void report_write_gitlab(const struct report *r, const struct report_style *s,
			 GString *out)
{
	json_object *issues = json_object_new_array();
	guint *before = report_occurrences(r);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->change != CHANGE_FIXED)
			add_issue(issues, f, before[i]);
	}
	g_free(before);
	json_write(issues, out);
}
