// SPDX-License-Identifier: GPL-2.0-only
/*
 * A set of precompiled headers as bytes, and back. It is only used while the
 * bytes of the precompiled file and of all headers behind it are the same,
 * which is seen once a run; libclang looks at their times as well, so these
 * count, too, and to the workers of that run they are enough.
 */
#include "frontend/headers.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/wire.h"

void header_init(struct header *h)
{
	h->includes = g_array_new(FALSE, FALSE, sizeof(struct inclusion));
	h->functions = g_array_new(FALSE, FALSE, sizeof(struct span));
	h->skipped = g_array_new(FALSE, FALSE, sizeof(struct span));
	h->uses = g_array_new(FALSE, FALSE, sizeof(struct use));
	h->parts = g_array_new(FALSE, FALSE, sizeof(GQuark));
}

gint64 header_time(const struct stat *st)
{
	return (gint64)st->st_mtim.tv_sec * G_USEC_PER_SEC +
	       st->st_mtim.tv_nsec / 1000;
}

static void header_clear(gpointer header)
{
	struct header *h = header;

	g_array_unref(h->includes);
	g_array_unref(h->functions);
	g_array_unref(h->skipped);
	g_array_unref(h->uses);
	g_array_unref(h->parts);
}

struct pch *pch_new(void)
{
	struct pch *p = g_new0(struct pch, 1);

	p->headers = g_array_new(FALSE, TRUE, sizeof(struct header));
	g_array_set_clear_func(p->headers, header_clear);
	p->forced = g_array_new(FALSE, FALSE, sizeof(int));
	p->predefined = g_ptr_array_new();
	p->arena = arena_new();
	p->dependences = g_array_new(FALSE, FALSE, sizeof(struct dependence));
	p->by_path = g_hash_table_new(g_str_hash, g_str_equal);
	return p;
}

static void name_clear(struct name *n)
{
	GArray *const arrays[] = { n->providers, n->users, n->body,
				   n->in_bodies };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(arrays); i++)
		if (arrays[i])
			g_array_unref(arrays[i]);
}

void pch_free(struct pch *p)
{
	guint i;

	if (!p)
		return;
	for (i = 0; p->names && i < p->names->len; i++)
		if (p->names->pdata[i])
			name_clear(p->names->pdata[i]);
	if (p->names)
		g_ptr_array_unref(p->names);
	if (p->texts)
		g_hash_table_unref(p->texts);
	if (p->resolved)
		g_hash_table_unref(p->resolved);
	g_strfreev(p->search);
	overlay_free(p->overlay);
	g_array_unref(p->headers);
	g_array_unref(p->forced);
	g_ptr_array_unref(p->predefined);
	g_array_unref(p->dependences);
	g_hash_table_unref(p->by_path);
	arena_free(p->arena);
	g_free(p);
}

/* ---- as bytes ---- */

static void pack_count(struct wire *w, GArray *array)
{
	int n = wire_count(w, (int)array->len);

	if (wire_reads(w))
		g_array_set_size(array, (guint)n);
}

static void pack_offset(struct wire *w, unsigned *offset)
{
	gint64 value = *offset;

	wire_int64(w, &value);
	*offset = (unsigned)value;
}

static void pack_spans(struct wire *w, GArray *spans)
{
	guint i;

	pack_count(w, spans);
	for (i = 0; i < spans->len; i++) {
		struct span *s = &g_array_index(spans, struct span, i);

		pack_offset(w, &s->from);
		pack_offset(w, &s->to);
	}
}

static void pack_includes(struct wire *w, GArray *includes)
{
	guint i;

	pack_count(w, includes);
	for (i = 0; i < includes->len; i++) {
		struct inclusion *in =
			&g_array_index(includes, struct inclusion, i);

		pack_offset(w, &in->offset);
		wire_int(w, &in->header);
	}
}

static void pack_header(struct wire *w, struct header *h)
{
	if (wire_reads(w))
		header_init(h);
	wire_string(w, &h->path);
	wire_string(w, &h->spelling);
	wire_int64(w, &h->size);
	wire_int64(w, &h->changed);
	wire_string(w, &h->digest);
	wire_string(w, &h->lost);
	wire_bool(w, &h->guarded);
	wire_bool(w, &h->read_once);
	pack_includes(w, h->includes);
	pack_spans(w, h->functions);
	pack_spans(w, h->skipped);
}

static void pack_set(struct wire *w, struct pch *p)
{
	int k, n;
	guint i;

	wire_string(w, &p->file);
	pack_count(w, p->headers);
	for (i = 0; i < p->headers->len; i++)
		pack_header(w, pch_header(p, i));
	pack_count(w, p->forced);
	for (i = 0; i < p->forced->len; i++)
		wire_int(w, &g_array_index(p->forced, int, i));
	n = wire_count(w, (int)p->predefined->len);
	g_ptr_array_set_size(p->predefined, n);
	for (k = 0; k < n; k++)
		wire_string(w, (const char **)&p->predefined->pdata[k]);
}

GBytes *pch_pack(struct pch *p)
{
	struct wire *w = wire_writer();

	pack_set(w, p);
	return wire_finish(w);
}

guint pch_times_included(const struct pch *p, int header)
{
	guint i, k, n = 0;

	for (i = 0; i < p->headers->len; i++) {
		const GArray *in = pch_header(p, i)->includes;

		for (k = 0; k < in->len; k++)
			n += g_array_index(in, struct inclusion, k).header ==
			     header;
	}
	return n;
}

/* ---- loading ---- */

static bool in_range(const struct pch *p, int header)
{
	return header >= 0 && (guint)header < p->headers->len;
}

static bool header_makes_sense(const struct pch *p, const struct header *h)
{
	guint i;

	if (!h->path || !h->spelling || !h->digest)
		return false;
	for (i = 0; i < h->includes->len; i++)
		if (!in_range(p, g_array_index(h->includes, struct inclusion,
					       i).header))
			return false;
	return true;
}

static bool makes_sense(const struct pch *p)
{
	guint i;

	for (i = 0; i < p->forced->len; i++)
		if (!in_range(p, g_array_index(p->forced, int, i)))
			return false;
	for (i = 0; i < p->headers->len; i++)
		if (!header_makes_sense(p, pch_header(p, i)))
			return false;
	for (i = 0; i < p->predefined->len; i++)
		if (!p->predefined->pdata[i])
			return false;
	return p->file && p->headers->len;
}

static bool unpack(struct pch *p, const char *path)
{
	char *text;
	gsize n;
	GBytes *bytes;
	struct wire *w;
	bool good;

	if (!g_file_get_contents(path, &text, &n, NULL))
		return false;
	bytes = g_bytes_new_take(text, n);
	w = wire_reader(bytes);
	pack_set(w, p);
	good = wire_done(w) && makes_sense(p);
	g_bytes_unref(bytes);
	return good;
}

static bool has_digest(const struct overlay *o, const char *path,
		       const char *digest)
{
	char *text, *found;
	bool same;
	gsize n;

	if (!overlay_text(o, path, &text, &n))
		return false;
	found = digest_bytes(text, n);
	same = !strcmp(found, digest);
	g_free(found);
	g_free(text);
	return same;
}

/* It goes by the digest of its bytes: a damaged one could do anything. */
static bool is_intact(const struct pch *p)
{
	char *name = g_path_get_basename(p->file);
	char *digest = strchr(name, '-');
	bool good;

	if (digest && g_str_has_suffix(name, ".pch"))
		*strrchr(name, '.') = 0;
	good = digest && has_digest(NULL, p->file, digest + 1);
	g_free(name);
	return good;
}

bool header_seems_unchanged(struct header *h, const struct overlay *o)
{
	struct stat st;

	if (!overlay_stat(o, h->path, &st))
		return false;
	h->inode = st.st_ino;
	h->device = st.st_dev;
	return st.st_size == h->size && header_time(&st) == h->changed;
}

bool pch_verify(const char *dir, const char *key,
		const struct compile_command *cmd)
{
	char *path = g_build_filename(dir, key, NULL);
	struct pch *p = pch_new();
	bool good = pch_see(p, cmd) && unpack(p, path) && is_intact(p);
	guint i;

	for (i = 0; good && i < p->headers->len; i++) {
		struct header *h = pch_header(p, i);

		good = header_seems_unchanged(h, p->overlay) &&
		       has_digest(p->overlay, h->path, h->digest);
	}
	if (!good)
		g_unlink(path);
	pch_free(p);
	g_free(path);
	return good;
}

struct pch *pch_load(const char *dir, const char *key,
		     const struct compile_command *cmd)
{
	struct pch *p = pch_new();
	char *path = g_build_filename(dir, key, NULL);

	if (!pch_see(p, cmd) || !unpack(p, path) || !pch_index(p)) {
		pch_free(p);
		p = NULL;
	}
	g_free(path);
	return p;
}
