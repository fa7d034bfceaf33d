// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boxes of mails: git splits them and undoes what a mailer did to a patch
 * (quoted-printable, base64, parts). They keep the order they have.
 */
#include "patch/private.h"

#include <glib/gstdio.h>
#include <string.h>

/* A hostile box may hold very many. */
#define MAILS 5000

/* ---- is it one? ---- */

/* "Name: ", or more of the line before. */
static bool is_header(const char *line)
{
	const char *at = line;

	if (*line == ' ' || *line == '\t')
		return true;
	while (*at > ' ' && *at < 0x7f && *at != ':')
		at++;
	return at > line && *at == ':';
}

static bool is_blank(const char *line)
{
	return line[*line == '\r'] == '\n' || !line[*line == '\r'];
}

/* As `git am` has it: all lines up to the first empty one are headers. */
bool mails_are(const char *text)
{
	const char *line = text;

	line += strspn(line, "\r\n");
	if (g_str_has_prefix(line, "From "))
		return true;
	if (is_blank(line) || *line == ' ' || *line == '\t')
		return false;
	while (!is_blank(line)) {
		if (!is_header(line))
			return false;
		line = strchr(line, '\n');
		if (!line)
			return false;
		line++;
	}
	return true;
}

/* ---- one ---- */

struct box {
	const struct git *git;
	char *message, *patch; /* files that git writes, again for each mail */
	take_mail take;
	void *data;
};

/* Of "Author: ...\nSubject: ...\n", the subject; NULL: it has none. */
static char *find_subject(const char *info)
{
	static const char word[] = "Subject: ";
	const char *line;

	for (line = info; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (g_str_has_prefix(line, word))
			return g_strndup(line + strlen(word),
					 strcspn(line + strlen(word), "\n"));
	}
	return NULL;
}

/* Its headers, as git has them; @brackets: "[PATCH 1/2]" stays. */
static GString *read_info(const struct box *box, const char *mail,
			  bool brackets, char **ret_error)
{
	const struct git_call call = {
		.args = ARGS("mailinfo", brackets ? "-k" : "-b",
			     "--encoding=UTF-8", "--no-scissors",
			     "--quoted-cr=nowarn", box->message, box->patch),
		.input = mail
	};

	return git_run(box->git, &call, ret_error);
}

/* Is it "[PATCH v2 3/4]"? A cover letter is 0/4, and a reply begins with "Re:". */
static bool is_numbered(const char *subject)
{
	const char *at = subject, *slash;

	while (at && *at == '[') {
		const char *end = strchr(at, ']');

		slash = end ? memchr(at, '/', (size_t)(end - at)) : NULL;
		if (slash && g_ascii_isdigit(slash[1])) {
			while (g_ascii_isdigit(slash[-1]))
				slash--;
			return g_ascii_strtoull(slash, NULL, 10) > 0;
		}
		at = end ? end + 1 + strspn(end + 1, " ") : NULL;
	}
	return false;
}

/* A mail without a diff: git may have found none where one was sent. */
static bool check_empty(const struct box *box, const char *mail,
			const char *subject, char **ret_error)
{
	GString *info = read_info(box, mail, true, ret_error);
	char *whole = info ? find_subject(info->str) : NULL;
	bool good = info;

	if (whole && is_numbered(whole)) {
		good = patch_fail(ret_error,
				  "is numbered as a patch, and there is no diff in it");
		patch_name(ret_error, 1, 1, subject);
	}
	g_free(whole);
	if (info)
		g_string_free(info, TRUE);
	return good;
}

static bool take_one(const struct box *box, const char *mail,
		     char **ret_error)
{
	GString *info = read_info(box, mail, false, ret_error);
	bool good = false, found = false;
	char *subject, *text;
	gsize size;

	if (!info)
		return false;
	subject = find_subject(info->str);
	if (g_file_get_contents(box->patch, &text, &size, NULL)) {
		good = box->take(text, size, subject, box->data, &found,
				 ret_error);
		g_free(text);
	} else {
		patch_fail(ret_error, "git mailinfo wrote no patch");
	}
	if (good && !found)
		good = check_empty(box, mail, subject, ret_error);
	g_free(subject);
	g_string_free(info, TRUE);
	return good;
}

/* ---- all ---- */

static bool split(const struct git *git, const char *file,
		  const char *folder, char **ret_error)
{
	char *to = g_strconcat("-o", folder, NULL);
	const struct git_call call = {
		.args = ARGS("mailsplit", "-b", "-d8", to, "--", file)
	};
	GString *out = NULL;

	if (g_mkdir(folder, 0700))
		patch_fail(ret_error, "cannot make %s", folder);
	else
		out = git_run(git, &call, ret_error);
	g_free(to);
	if (!out)
		return false;
	g_string_free(out, TRUE);
	return true;
}

/* The files in it, as git numbers them. */
static GPtrArray *list_mails(const char *folder)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		g_ptr_array_add(files, g_build_filename(folder, name, NULL));
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(files, name_compare);
	return files;
}

static bool take_all(const struct box *box, const GPtrArray *files,
		     char **ret_error)
{
	bool good = true;
	char *mail;

	if (files->len > MAILS)
		return patch_fail(ret_error, "has more than %d mails", MAILS);
	for (guint i = 0; good && i < files->len; i++) {
		if (!g_file_get_contents(files->pdata[i], &mail, NULL, NULL))
			return patch_fail(ret_error, "cannot read mail %u",
					  i + 1);
		good = take_one(box, mail, ret_error);
		g_free(mail);
	}
	return good;
}

bool mails_read(const GString *text, const struct git *git,
		const char *scratch, take_mail take, void *data,
		char **ret_error)
{
	char *file = g_build_filename(scratch, "mbox", NULL);
	char *folder = g_build_filename(scratch, "mails", NULL);
	struct box box = {
		.git = git, .take = take, .data = data,
		.message = g_build_filename(scratch, "message", NULL),
		.patch = g_build_filename(scratch, "mail.diff", NULL)
	};
	GPtrArray *files;
	bool good = false;

	if (file_write(file, text->str, text->len, ret_error) &&
	    split(git, file, folder, ret_error)) {
		files = list_mails(folder);
		good = take_all(&box, files, ret_error);
		g_ptr_array_unref(files);
	}
	g_free(file);
	g_free(folder);
	g_free(box.message);
	g_free(box.patch);
	return good;
}
