// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flags of a compile command, as precompiled headers see them. Warnings
 * do not change what is parsed. A macro whose value is a string or a name
 * names the unit: it stays out of the set, and counts as defined by the unit.
 */
#include "frontend/headers.h"

#include <string.h>

#include "base/folder.h"

/* -DX="unit", -DX=unit */
bool pch_names_unit(const char *arg)
{
	const char *value;

	if (!g_str_has_prefix(arg, "-D") || !arg[2])
		return false;
	value = strchr(arg, '=');
	return value && value[1] && !g_ascii_isdigit(value[1]) &&
	       value[1] != '-' && value[1] != '(';
}

bool pch_undefines(const struct compile_command *cmd, const char *name)
{
	bool undefined = false;
	char **arg;

	for (arg = cmd->args; *arg; arg++) {
		const bool undef = g_str_has_prefix(*arg, "-U");
		const char *rest = *arg + 2;

		if (!undef && !g_str_has_prefix(*arg, "-D"))
			continue;
		if (!*rest && arg[1])
			rest = *++arg;
		if (strcspn(rest, "=(") == strlen(name) &&
		    g_str_has_prefix(rest, name))
			undefined = undef;
	}
	return undefined;
}

/* -Wp, is no warning: it hands on what it likes. */
static bool is_shared(const char *arg)
{
	return (!g_str_has_prefix(arg, "-W") ||
		g_str_has_prefix(arg, "-Wp,")) &&
	       strcmp(arg, "-w") && !pch_names_unit(arg);
}

char *pch_flags_key(const struct compile_command *cmd)
{
	GString *text = g_string_new(cmd->directory);
	char **arg;

	if (g_path_is_absolute(cmd->file))
		g_string_append(text, "\n/");

	for (arg = cmd->args; *arg; arg++)
		if (is_shared(*arg))
			g_string_append_printf(text, "\n%s", *arg);
	return g_string_free(text, FALSE);
}

/* The command with other arguments, as libclang gets it; frees @args. */
static GPtrArray *with_args(const struct compile_command *cmd,
			    GPtrArray *args)
{
	struct compile_command other = *cmd;
	GPtrArray *all;

	g_ptr_array_add(args, NULL);
	other.args = (char **)args->pdata;
	all = parse_arguments(&other);
	g_ptr_array_unref(args);
	return all;
}

GPtrArray *pch_build_flags(const struct compile_command *cmd)
{
	GPtrArray *kept = g_ptr_array_new(), *all;
	char **arg, *map;

	for (arg = cmd->args; *arg; arg++)
		if (is_shared(*arg))
			g_ptr_array_add(kept, *arg);
	g_ptr_array_add(kept, (char *)"-xc-header");
	/* what the list names absolutely, units mostly name from here */
	map = g_strdup_printf("-fmacro-prefix-map=%s/=", cmd->directory);
	if (!g_path_is_absolute(cmd->file))
		g_ptr_array_add(kept, map);
	all = with_args(cmd, kept);
	g_free(map);
	return all;
}

/* The headers of -include are in the set. */
GPtrArray *pch_use_flags(const struct compile_command *cmd,
			 const struct pch *p)
{
	GPtrArray *kept = g_ptr_array_new();
	char **arg;

	g_ptr_array_add(kept, (char *)"-include-pch");
	g_ptr_array_add(kept, (char *)p->file);
	for (arg = cmd->args; *arg; arg++) {
		if (!strcmp(*arg, "-include") && arg[1])
			arg++;
		else
			g_ptr_array_add(kept, *arg);
	}
	return with_args(cmd, kept);
}

/* The folder of a -I at *@arg, which moves on to its value; NULL: it is none. */
static const char *search_folder(char ***arg)
{
	if (!strcmp(**arg, "-I") && (*arg)[1])
		return *++*arg;
	return g_str_has_prefix(**arg, "-I") ? **arg + 2 : NULL;
}

bool pch_can_name(const struct compile_command *cmd, char *const *search,
		  const char *path)
{
	for (; *search; search++)
		if (folder_rest(*search, path))
			return true;
	return !strstr(cmd->file, "..") && folder_rest(cmd->directory, path);
}

/* Then the compiler ignores a -I of the same folder. */
static bool is_system(const struct compile_command *cmd, const char *folder)
{
	bool same = false;
	char **arg, *path;

	for (arg = cmd->args; *arg && !same; arg++) {
		if (!g_str_has_prefix(*arg, "-isystem"))
			continue;
		path = g_canonicalize_filename(
			(*arg)[8] || !arg[1] ? *arg + 8 : arg[1],
			cmd->directory);
		same = !strcmp(path, folder);
		g_free(path);
	}
	return same;
}

char **pch_search_path(const struct compile_command *cmd)
{
	GPtrArray *folders = g_ptr_array_new();
	char **arg, *path;

	for (arg = cmd->args; *arg; arg++) {
		const char *folder = search_folder(&arg);

		if (!folder)
			continue;
		path = g_canonicalize_filename(folder, cmd->directory);
		if (is_system(cmd, path))
			g_free(path);
		else
			g_ptr_array_add(folders, path);
	}
	g_ptr_array_add(folders, NULL);
	return (char **)g_ptr_array_free(folders, FALSE);
}
