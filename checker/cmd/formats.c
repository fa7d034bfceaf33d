// SPDX-License-Identifier: GPL-2.0-only
/* The formats of --format: their names for the user, the rules for them. */
#include "cmd/formats.h"

#include "cmd/common.h"
#include "rules/rules.h"

static gboolean rule_at(size_t i, struct report_rule *ret_rule)
{
	const struct rule_info *rule = rule_info_at(i);

	if (!rule)
		return FALSE;
	*ret_rule = (struct report_rule){ rule->id, rule->summary, rule->doc };
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
