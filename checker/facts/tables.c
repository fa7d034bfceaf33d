// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of the store as data, for what goes over all of them: merging, and
 * telling two stores apart. A new table is a row here, beside its CREATE TABLE
 * in store.c; the order is such that a row comes after those it refers to.
 */
#include "facts/tables.h"

/* When two stores saw a file differently, the later look is the true one. */
static const char later_look[] =
	"(path) DO UPDATE SET size = excluded.size,"
	" changed = excluded.changed, inode = excluded.inode,"
	" seen = excluded.seen, digest = excluded.digest"
	" WHERE excluded.seen > seen";

/* Out of date here, and up to date there. */
static const char drop_stale[] =
	"DELETE FROM main.unit WHERE id IN"
	" (SELECT m.id FROM main.unit m JOIN other.unit o USING(path)"
	"  WHERE stamp(m.inputs) IS NOT m.digest"
	"  AND stamp(ours(o.inputs)) IS o.digest)";

/* The digests of the IR, and of what the graph is drawn from. */
static const char damaged_body[] =
	"sha256(ir) != digest OR head != sha256(name || char(10) || file ||"
	" char(10) || line || ' ' || is_static || is_weak || is_main ||"
	" char(10) || uses)";

/* The digest of the frame and the functions. */
static const char damaged_unit[] =
	"content != sha256(frame || coalesce((SELECT group_concat(digest, '')"
	" FROM (SELECT b.digest FROM other.member JOIN other.body b"
	"   ON b.id = body WHERE unit = o.id ORDER BY nth)), ''))";

#define PLAIN(column) { .name = column }
#define LOCAL(column) { .name = column, .kind = COLUMN_LOCAL }
#define FILES(column) { .name = column, .kind = COLUMN_FILES }
#define ROW(column, of) { .name = column, .kind = COLUMN_ROW, .table = of }

const struct table store_tables[] = {
	{ .name = "file", .same = "path", .conflict = later_look, .columns = {
		PLAIN("path"), LOCAL("size"), LOCAL("changed"), LOCAL("inode"),
		LOCAL("seen"), PLAIN("digest") } },
	{ .name = "body", .same = "digest", .damaged = damaged_body,
	  .columns = {
		PLAIN("digest"), PLAIN("name"), PLAIN("file"), PLAIN("line"),
		PLAIN("is_static"), PLAIN("is_inline"), PLAIN("is_weak"),
		PLAIN("is_main"), PLAIN("uses"), PLAIN("head"),
		PLAIN("ir") } },
	{ .name = "unit", .same = "path, command, digest, content",
	  .damaged = damaged_unit, .before = drop_stale, .columns = {
		PLAIN("path"), PLAIN("command"), PLAIN("digest"),
		FILES("inputs"), PLAIN("frame"), PLAIN("content") } },
	{ .name = "member", .columns = {
		ROW("unit", "unit"), PLAIN("nth"), ROW("body", "body") } },
	{ .name = "answer", .damaged = "sha256(text) != content", .columns = {
		ROW("unit", "unit"), PLAIN("question"), PLAIN("text"),
		PLAIN("content") } },
	{ .name = "fact", /* goes by the first half of it */
	  .damaged = "substr(sha256(bytes), 1, 32) != digest", .columns = { PLAIN("digest"), PLAIN("bytes") } },
	{ .name = "component", .damaged = "sha256(facts || key) != content",
	  .columns = { PLAIN("key"), PLAIN("facts"), PLAIN("content") } },
	{ .name = "world", .derived = true, .columns = {
		ROW("unit", "unit"), PLAIN("digest"), PLAIN("imports") } },
	{ .name = "program", .derived = true, .columns = {
		PLAIN("question"), PLAIN("state"), PLAIN("text") } },
	{ .name = NULL }
};

static void put_value(GString *sql, const struct column *c)
{
	if (c->kind == COLUMN_ROW)
		g_string_append_printf(sql, "map_%s.ours", c->name);
	else if (c->kind == COLUMN_FILES)
		g_string_append_printf(sql, "ours(o.%s)", c->name);
	else
		g_string_append_printf(sql, "o.%s", c->name);
}

char *table_copy_sql(const struct table *t)
{
	GString *sql = g_string_new(NULL), *values = g_string_new(NULL);
	GString *joins = g_string_new(NULL);
	const struct column *c;

	g_string_append_printf(sql, "INSERT INTO main.%s(", t->name);
	for (c = t->columns; c->name; c++) {
		const char *comma = c == t->columns ? "" : ", ";

		g_string_append_printf(sql, "%s%s", comma, c->name);
		g_string_append(values, comma);
		put_value(values, c);
		if (c->kind == COLUMN_ROW)
			g_string_append_printf(
				joins, " JOIN temp.map_%s AS map_%s"
				" ON map_%s.theirs = o.%s", c->table, c->name,
				c->name, c->name);
	}
	g_string_append_printf(sql, ") SELECT %s FROM other.%s o%s WHERE true"
			       " ON CONFLICT%s", values->str, t->name,
			       joins->str,
			       t->conflict ? t->conflict : " DO NOTHING");
	g_string_free(values, TRUE);
	g_string_free(joins, TRUE);
	return g_string_free(sql, FALSE);
}

char *table_damage_sql(const struct table *t)
{
	return g_strdup_printf("SELECT count(*) FROM other.%s o WHERE %s",
			       t->name, t->damaged ? t->damaged : "false");
}

char *table_map_sql(const struct table *t)
{
	return g_strdup_printf(
		"CREATE TEMP TABLE map_%s AS SELECT o.id AS theirs,"
		" m.id AS ours FROM other.%s o JOIN main.%s m USING(%s);"
		"CREATE UNIQUE INDEX temp.map_%s_theirs ON map_%s(theirs)",
		t->name, t->name, t->name, t->same, t->name, t->name);
}

static const struct table *find_table(const char *name)
{
	const struct table *t;

	for (t = store_tables; g_strcmp0(t->name, name); t++)
		;
	return t;
}

/* The columns that tell the rows of a table, in text that all stores share. */
static void put_identity(GString *sql, const struct column *c)
{
	const struct table *to = find_table(c->table);
	char **parts = g_strsplit(to->same, ", ", -1);
	char *same = g_strjoinv(" || ' ' || ", parts);

	g_string_append_printf(sql, "(SELECT %s FROM %s WHERE id = o.%s)",
			       same, to->name, c->name);
	g_free(same);
	g_strfreev(parts);
}

char *table_content_sql(const struct table *t)
{
	GString *sql = g_string_new("SELECT ");
	const struct column *c;
	int n = 0;

	for (c = t->columns; c->name; c++) {
		if (c->kind == COLUMN_LOCAL)
			continue;
		g_string_append(sql, n++ ? ", " : "");
		if (c->kind == COLUMN_ROW)
			put_identity(sql, c);
		else if (c->kind == COLUMN_FILES)
			g_string_append_printf(sql, "stamp(o.%s)", c->name);
		else
			g_string_append_printf(sql, "o.%s", c->name);
	}
	g_string_append_printf(sql, " FROM %s o ORDER BY 1", t->name);
	for (; n > 1; n--)
		g_string_append_printf(sql, ", %d", n);
	return g_string_free(sql, FALSE);
}
