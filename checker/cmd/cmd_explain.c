// SPDX-License-Identifier: GPL-2.0-only
/* pincheck explain: the documentation of one rule. */
#include "cmd/common.h"
#include "rules/rules.h"

static int print_rule(const struct rule_info *rule)
{
	GString *text = g_string_new(NULL);
	int status;

	g_string_append_printf(text, "%s: %s\n\n%s", rule->id, rule->summary,
			       rule->doc);
	if (!g_str_has_suffix(text->str, "\n"))
		g_string_append_c(text, '\n');
	status = cmd_write(NULL, text);
	g_string_free(text, TRUE);
	return status;
}

static int explain(char **names)
{
	const struct rule_info *rule;

	if (!names || g_strv_length(names) != 1)
		return cmd_usage("explain takes the name of one rule");
	rule = rule_info_find(*names);
	if (!rule)
		return cmd_usage("no such rule: %s ('pincheck rules' lists them)",
				 *names);
	return print_rule(rule);
}

int cmd_explain(int argc, char **argv)
{
	char **names = NULL;
	const GOptionEntry entries[] = {
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names,
		  NULL, "RULE" },
		G_OPTION_ENTRY_NULL
	};
	int status = cmd_parse(argc, argv, entries, NULL,
			       "Prints the documentation of a rule.");

	if (status == CMD_GO)
		status = explain(names);
	g_strfreev(names);
	return status;
}
