// SPDX-License-Identifier: GPL-2.0-only
/* The formats of --format: their names for the user, the rules for them. */
#include "cmd/formats.h"

#include "cmd/common.h"
#include "rules/rules.h"

/* The one that is about comments, after those that are about code. */
static const struct report_rule suppression = {
	SUPPRESSION_RULE,
	"a comment that suppresses has no reason, or nothing to suppress",
	"'pincheck: ignore[RULE] REASON' in a comment, behind a line of code or\n"
	"above it, hides the rule's findings of that line. Without a rule or a\n"
	"reason it hides nothing and is an error. One that hides nothing any more\n"
	"is a note: remove it.\n"
};

static gboolean rule_at(size_t i, struct report_rule *ret_rule)
{
	const struct rule_info *rule = rule_info_at(i);

	if (rule)
		*ret_rule = (struct report_rule){ rule->id, rule->summary,
						  rule->doc };
	else if (!i || rule_info_at(i - 1))
		*ret_rule = suppression;
	else
		return FALSE;
	return TRUE;
}

struct report_style formats_style(void)
{
	return (struct report_style){ .version = pincheck_version(),
				      .rule_at = rule_at };
}

const struct report_format *formats_find(const char *name)
{
	const struct report_format *format;

	format = name ? report_format_find(name) : report_format_at(0);
	if (!format)
		cmd_usage("no such format: %s", name);
	return format;
}

char *formats_help(void)
{
	GString *help = g_string_new("Of ");
	const struct report_format *format;

	for (size_t i = 0; (format = report_format_at(i)); i++)
		g_string_append_printf(help, "%s%s", i ? ", " : "",
				       format->name);
	g_string_append_printf(help, " (%s)", report_format_at(0)->name);
	return g_string_free(help, FALSE);
}
