// SPDX-License-Identifier: GPL-2.0-only
/* pincheck rules: the table of rules. */
#include "cmd/common.h"
#include "rules/rules.h"

static int print_rules(void)
{
	GString *text = g_string_new(NULL);
	const struct rule_info *rule;
	int status;

	for (size_t i = 0; (rule = rule_info_at(i)); i++)
		g_string_append_printf(text, "%-20s %s\n", rule->id,
				       rule->summary);
	status = cmd_write(NULL, text);
	g_string_free(text, TRUE);
	return status;
}

int cmd_rules(int argc, char **argv)
{
	char **rest = NULL;
	const GOptionEntry entries[] = {
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest,
		  NULL, NULL },
		G_OPTION_ENTRY_NULL
	};
	int status = cmd_parse(argc, argv, entries, NULL, "Lists the rules.");

	if (status == CMD_GO)
		status = rest ? cmd_usage("rules takes no argument: %s",
					  *rest) :
				print_rules();
	g_strfreev(rest);
	return status;
}
