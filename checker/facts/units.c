// SPDX-License-Identifier: GPL-2.0-only
/* Units and their functions in the store: saved as a whole, loaded as a whole. */
#include "facts/private.h"
#include "facts/program.h"

#include <string.h>

#include "facts/inputs.h"
#include "ir/pack.h"
#include "ir/uses.h"

void bind_bytes(sqlite3_stmt *q, int column, GBytes *bytes)
{
	sqlite3_bind_blob(q, column, g_bytes_get_data(bytes, NULL),
			  (int)g_bytes_get_size(bytes), SQLITE_STATIC);
}

GBytes *column_bytes(sqlite3_stmt *q, int column)
{
	const void *data = sqlite3_column_blob(q, column);

	return g_bytes_new(data, (gsize)sqlite3_column_bytes(q, column));
}

/* One function into @u; its digest, which the caller frees. NULL: damaged. */
static char *load_function(struct unit *u, sqlite3_stmt *q)
{
	GBytes *ir = column_bytes(q, 0);
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, ir);

	if (g_strcmp0(digest, (const char *)sqlite3_column_text(q, 1)) ||
	    !ir_unpack_func(u, ir))
		g_clear_pointer(&digest, g_free);
	g_bytes_unref(ir);
	return digest;
}

/* @sum gets the digests of the functions in their order. */
static bool load_functions(struct store *s, struct unit *u, gint64 id,
			   GChecksum *sum)
{
	sqlite3_stmt *q = store_query(s, QUERY_MEMBERS);
	bool good = true;
	char *digest;

	sqlite3_bind_int64(q, 1, id);
	while (good && store_step(s, q)) {
		digest = load_function(u, q);
		good = digest;
		if (good)
			g_checksum_update(sum, (const guchar *)digest, -1);
		g_free(digest);
	}
	sqlite3_reset(q);
	return good;
}

struct row {
	gint64 id;
	char *command;		/* how it was read */
	char *digest;		/* of the files it was made from */
	GBytes *inputs, *frame;
	char *content;		/* digest of the frame and the functions */
};

static bool find_row(struct store *s, const char *path, struct row *ret_row)
{
	sqlite3_stmt *q = store_query(s, QUERY_UNIT_FIND);

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return false;
	ret_row->id = sqlite3_column_int64(q, 0);
	ret_row->command = g_strdup((const char *)sqlite3_column_text(q, 1));
	ret_row->digest = g_strdup((const char *)sqlite3_column_text(q, 2));
	ret_row->inputs = column_bytes(q, 3);
	ret_row->frame = column_bytes(q, 4);
	ret_row->content = g_strdup((const char *)sqlite3_column_text(q, 5));
	sqlite3_reset(q);
	return true;
}

static void row_clear(struct row *r)
{
	g_free(r->command);
	g_free(r->digest);
	g_bytes_unref(r->inputs);
	g_bytes_unref(r->frame);
	g_free(r->content);
}

GChecksum *content_new(GBytes *frame)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize n;
	const guchar *data = g_bytes_get_data(frame, &n);

	g_checksum_update(sum, data, (gssize)n);
	return sum;
}

static struct unit *load_row(struct store *s, const char *path,
			     const struct row *r)
{
	struct unit *u = unit_new(path);
	GChecksum *sum = content_new(r->frame);

	if (!ir_unpack_frame(u, r->frame) ||
	    !load_functions(s, u, r->id, sum) ||
	    g_strcmp0(g_checksum_get_string(sum), r->content))
		store_damaged(s, "a unit is damaged");
	g_checksum_free(sum);
	if (!s->error)
		return u;
	unit_free(u);
	return NULL;
}

static char *digest_text(const char *text)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static const struct file *file_now(void *store, gint64 id)
{
	return file_numbered(store, id);
}

char *digest_now(struct store *s, GBytes *inputs)
{
	return inputs_digest(inputs, file_now, s);
}

static bool is_fresh(struct store *s, const struct row *r, const char *command)
{
	bool fresh;
	char *now;

	if (g_strcmp0(command, r->command))
		return false;
	now = digest_now(s, r->inputs);
	fresh = !g_strcmp0(now, r->digest);
	g_free(now);
	return fresh;
}

/* The unit's row, if it is still what it was; row_clear() it then. */
static bool find_fresh(struct store *s, const char *path, const char *command,
		       struct row *ret_row)
{
	bool fresh;

	if (s->error || !find_row(s, path, ret_row))
		return false;
	fresh = is_fresh(s, ret_row, command);
	if (!fresh)
		row_clear(ret_row);
	return fresh;
}

/* Or did another process put a newer one in its place? */
static bool is_still_there(struct store *s, const char *path,
			   const struct row *r)
{
	struct row now;
	bool same;

	if (!find_row(s, path, &now))
		return false;
	same = now.id == r->id;
	row_clear(&now);
	return same;
}

struct unit *store_load(struct store *s, const char *path, const char *command)
{
	struct unit *u;
	struct row r;

	if (!find_fresh(s, path, command, &r))
		return NULL;
	store_begin(s, QUERY_READ);
	u = is_still_there(s, path, &r) ? load_row(s, path, &r) : NULL;
	store_end(s);
	row_clear(&r);
	return u;
}

bool store_is_fresh(struct store *s, const char *path, const char *command)
{
	struct row r;

	if (!find_fresh(s, path, command, &r))
		return false;
	row_clear(&r);
	return true;
}

static char *find_answer(struct store *s, gint64 unit, const char *question)
{
	sqlite3_stmt *q = store_query(s, QUERY_ANSWER_FIND);
	char *text = NULL, *content;

	sqlite3_bind_int64(q, 1, unit);
	sqlite3_bind_text(q, 2, question, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	text = g_strdup((const char *)sqlite3_column_text(q, 0));
	content = digest_text(text);
	if (g_strcmp0(content, (const char *)sqlite3_column_text(q, 1))) {
		store_damaged(s, "an answer is damaged");
		g_clear_pointer(&text, g_free);
	}
	g_free(content);
	sqlite3_reset(q);
	return text;
}

char *store_recall(struct store *s, const char *path, const char *command,
		   const char *question)
{
	char *text;
	struct row r;

	if (!find_fresh(s, path, command, &r))
		return NULL;
	text = find_answer(s, r.id, question);
	row_clear(&r);
	return text;
}

static void put_answer(struct store *s, gint64 unit, const char *question,
		       const char *answer)
{
	char *content = digest_text(answer);
	sqlite3_stmt *q = store_query(s, QUERY_ANSWER_PUT);

	sqlite3_bind_int64(q, 1, unit);
	sqlite3_bind_text(q, 2, question, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, answer, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 4, content, -1, SQLITE_STATIC);
	store_step(s, q);
	g_free(content);
}

static void drop_answers(struct store *s, gint64 unit, const char *begin)
{
	sqlite3_stmt *q = store_query(s, QUERY_ANSWER_DROP);

	sqlite3_bind_int64(q, 1, unit);
	sqlite3_bind_text(q, 2, begin, -1, SQLITE_STATIC);
	store_step(s, q);
}

void store_remember(struct store *s, const char *path, const char *command,
		    const char *question, const char *answer,
		    const char *instead)
{
	struct row r;

	store_begin(s, QUERY_WRITE);
	if (find_fresh(s, path, command, &r)) {
		if (instead)
			drop_answers(s, r.id, instead);
		put_answer(s, r.id, question, answer);
		row_clear(&r);
	}
	store_end(s);
}

/* ---- saving ---- */

void store_allow_absent(struct store *s)
{
	s->absent = true;
}

/* Their numbers are this store's own: in another one the order is the same. */
static int compare_paths(const void *a, const void *b)
{
	const struct file *f = *(const struct file *const *)a;
	const struct file *g = *(const struct file *const *)b;

	return strcmp(f->path, g->path);
}

/* A header without a guard comes again and again; the list is sorted. */
static void drop_repeated(GPtrArray *files)
{
	guint i, n = 0;

	for (i = 0; i < files->len; i++)
		if (!n || files->pdata[n - 1] != files->pdata[i])
			files->pdata[n++] = files->pdata[i];
	g_ptr_array_set_size(files, (int)n);
}

/* How far the time of a file may lag behind the change, in µs. */
#define CLOCK_LAG 10000

static bool is_settled(const struct store *s, const struct file *f,
		       gint64 since)
{
	if (!f->digest)
		return s->absent && f->id;
	return f->changed < since - CLOCK_LAG && file_is_unchanged(f);
}

/*
 * The files behind @u, each once, by path; NULL: one may have changed after
 * @since.
 */
static GPtrArray *inputs_of(struct store *s, const struct unit *u,
			    gint64 since)
{
	GPtrArray *files = g_ptr_array_new();
	bool settled = true;
	guint i;

	for (i = 0; i < u->inputs->len; i++) {
		struct file *f = file_at(s, u->inputs->pdata[i]);

		settled = settled && is_settled(s, f, since);
		g_ptr_array_add(files, f);
	}
	g_ptr_array_sort(files, compare_paths);
	drop_repeated(files);
	if (settled)
		return files;
	g_ptr_array_unref(files);
	return NULL;
}

static gint64 body_find(struct store *s, const char *digest)
{
	sqlite3_stmt *q = store_query(s, QUERY_BODY_FIND);
	gint64 id = 0;

	sqlite3_bind_text(q, 1, digest, -1, SQLITE_STATIC);
	if (store_step(s, q))
		id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return id;
}

char *body_head_digest(const struct body_head *h)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *text = g_strdup_printf("%s\n%s\n%d %d%d%d\n", h->name, h->file,
				     h->line, h->is_static, h->is_weak,
				     h->is_main);
	gsize n;
	const guchar *uses = g_bytes_get_data(h->uses, &n);

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_update(sum, uses, (gssize)n);
	g_free(text);
	text = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return text;
}

static gint64 body_put(struct store *s, const char *digest,
		       const struct func *f, GBytes *ir)
{
	sqlite3_stmt *q = store_query(s, QUERY_BODY_PUT);
	struct uses *uses = uses_of(f);
	const struct body_head h = { f->name, f->loc.file, f->loc.line,
				     f->is_static, f->is_weak,
				     f->in_main_file, uses_pack(uses) };
	char *head = body_head_digest(&h);
	gint64 id = 0;

	sqlite3_bind_text(q, 1, digest, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, f->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, f->loc.file, -1, SQLITE_STATIC);
	sqlite3_bind_int(q, 4, f->loc.line);
	sqlite3_bind_int(q, 5, f->is_static);
	sqlite3_bind_int(q, 6, f->is_inline);
	sqlite3_bind_int(q, 7, f->is_weak);
	sqlite3_bind_int(q, 8, f->in_main_file);
	bind_bytes(q, 9, h.uses);
	sqlite3_bind_text(q, 10, head, -1, SQLITE_STATIC);
	bind_bytes(q, 11, ir);
	while (store_step(s, q))
		id = sqlite3_column_int64(q, 0);
	g_bytes_unref(h.uses);
	uses_free(uses);
	g_free(head);
	return id;
}

static gint64 save_body(struct store *s, const struct func *f, GChecksum *sum)
{
	GBytes *ir = ir_pack_func(f);
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, ir);
	gint64 id = body_find(s, digest);

	if (!id)
		id = body_put(s, digest, f, ir);
	g_checksum_update(sum, (const guchar *)digest, -1);
	g_free(digest);
	g_bytes_unref(ir);
	return id;
}

/* The numbers of the unit's functions; the caller frees them. */
static gint64 *save_bodies(struct store *s, const struct unit *u,
			   GChecksum *sum)
{
	gint64 *ids = g_new(gint64, u->funcs->len + 1);
	guint i;

	for (i = 0; i < u->funcs->len; i++)
		ids[i] = save_body(s, u->funcs->pdata[i], sum);
	return ids;
}

static void save_members(struct store *s, gint64 unit, const gint64 *ids,
			 guint n)
{
	sqlite3_stmt *q;
	guint i;

	for (i = 0; i < n && !s->error; i++) {
		q = store_query(s, QUERY_MEMBER_PUT);
		sqlite3_bind_int64(q, 1, unit);
		sqlite3_bind_int(q, 2, (int)i);
		sqlite3_bind_int64(q, 3, ids[i]);
		store_step(s, q);
	}
}

static gint64 unit_put(struct store *s, const char *path, const struct row *r)
{
	sqlite3_stmt *q = store_query(s, QUERY_UNIT_PUT);
	gint64 id = 0;

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, r->command, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, r->digest, -1, SQLITE_STATIC);
	bind_bytes(q, 4, r->inputs);
	bind_bytes(q, 5, r->frame);
	sqlite3_bind_text(q, 6, r->content, -1, SQLITE_STATIC);
	while (store_step(s, q))
		id = sqlite3_column_int64(q, 0);
	return id;
}

static GBytes *pack_inputs(const GPtrArray *files)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	GBytes *packed;
	guint i;

	for (i = 0; i < files->len; i++) {
		const struct file *f = files->pdata[i];

		g_array_append_val(ids, f->id);
	}
	packed = inputs_pack(ids);
	g_array_unref(ids);
	return packed;
}

static void save(struct store *s, const char *path, const char *command,
		 const struct unit *u, const GPtrArray *files)
{
	struct row r = {
		.command = g_strdup(command),
		.inputs = pack_inputs(files),
		.frame = ir_pack_frame(u)
	};
	GChecksum *sum = content_new(r.frame);
	gint64 *ids = save_bodies(s, u, sum);

	r.digest = digest_now(s, r.inputs);
	r.content = g_strdup(g_checksum_get_string(sum));
	store_forget(s, path);
	r.id = unit_put(s, path, &r);
	save_members(s, r.id, ids, u->funcs->len);
	g_checksum_free(sum);
	g_free(ids);
	row_clear(&r);
}

void store_save(struct store *s, const char *path, const char *command,
		const struct unit *u, gint64 since)
{
	GPtrArray *files;

	if (s->error)
		return;
	store_begin(s, QUERY_WRITE);
	files = inputs_of(s, u, since);
	/* what was there before is older still */
	if (files)
		save(s, path, command, u, files);
	else
		store_forget(s, path);
	store_end(s);
	if (files)
		g_ptr_array_unref(files);
}
