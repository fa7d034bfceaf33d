// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers are LEB128, negative ones folded in between (zigzag); strings are
 * their number in order of appearance, the first time followed by the text.
 */
#include "base/wire.h"

#include <string.h>

struct wire {
	/* a writer's */
	GByteArray *out;	/* NULL: it is a reader */
	GHashTable *numbers;	/* interned string -> its number, from 1 */
	/* a reader's */
	const guint8 *in, *end;
	GPtrArray *strings;	/* const char *, by number - 1 */
	bool failed;
};

struct wire *wire_writer(void)
{
	struct wire *w = g_new0(struct wire, 1);

	w->out = g_byte_array_new();
	w->numbers = g_hash_table_new(NULL, NULL);
	return w;
}

struct wire *wire_reader(GBytes *bytes)
{
	struct wire *w = g_new0(struct wire, 1);
	gsize size;

	w->in = g_bytes_get_data(bytes, &size);
	w->end = size ? w->in + size : w->in; /* no data may be NULL */
	w->strings = g_ptr_array_new();
	return w;
}

bool wire_reads(const struct wire *w)
{
	return !w->out;
}

GBytes *wire_finish(struct wire *w)
{
	GBytes *bytes = g_byte_array_free_to_bytes(w->out);

	g_hash_table_unref(w->numbers);
	g_free(w);
	return bytes;
}

bool wire_done(struct wire *w)
{
	bool good = !w->failed && w->in == w->end;

	g_ptr_array_unref(w->strings);
	g_free(w);
	return good;
}

void wire_fail(struct wire *w)
{
	w->failed = true;
	w->in = w->end;
}

bool wire_failed(const struct wire *w)
{
	return w->failed;
}

static void put(struct wire *w, guint64 v)
{
	guint8 byte;

	do {
		byte = (guint8)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		g_byte_array_append(w->out, &byte, 1);
		v >>= 7;
	} while (v);
}

static guint64 get(struct wire *w)
{
	guint64 v = 0;
	int shift;

	for (shift = 0; shift < 64; shift += 7) {
		if (w->in == w->end)
			break;
		v |= (guint64)(*w->in & 0x7f) << shift;
		if (!(*w->in++ & 0x80))
			return v;
	}
	wire_fail(w);
	return 0;
}

void wire_int64(struct wire *w, gint64 *value)
{
	guint64 v;

	if (w->out) {
		put(w, (guint64)*value << 1 ^ (guint64)(*value >> 63));
		return;
	}
	v = get(w);
	*value = (gint64)(v >> 1 ^ (0 - (v & 1)));
}

void wire_int(struct wire *w, int *value)
{
	gint64 v = *value;

	wire_int64(w, &v);
	if (v < G_MININT || v > G_MAXINT)
		wire_fail(w);
	*value = w->failed ? 0 : (int)v;
}

int wire_choice(struct wire *w, int value, int limit)
{
	guint64 v;

	if (w->out) {
		put(w, (guint64)value);
		return value;
	}
	v = get(w);
	if (v < (guint64)limit)
		return (int)v;
	wire_fail(w);
	return 0;
}

void wire_bool(struct wire *w, bool *value)
{
	*value = wire_choice(w, *value, 2);
}

int wire_count(struct wire *w, int n)
{
	/* nothing left leaves room for none */
	return wire_choice(w, n, w->out ? G_MAXINT :
				 (int)MIN(w->end - w->in, G_MAXINT - 1) + 1);
}

static void put_string(struct wire *w, const char *text)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(w->numbers, text));

	if (n) {
		put(w, n);
		return;
	}
	n = g_hash_table_size(w->numbers) + 1;
	g_hash_table_insert(w->numbers, (gpointer)text, GUINT_TO_POINTER(n));
	put(w, n);
	put(w, strlen(text));
	g_byte_array_append(w->out, (const guint8 *)text,
			    (guint)strlen(text));
}

static const char *get_new_string(struct wire *w)
{
	guint64 n = get(w);
	const char *interned;
	char *text;

	if (n > (guint64)(w->end - w->in)) {
		wire_fail(w);
		return NULL;
	}
	text = g_strndup((const char *)w->in, n);
	interned = g_intern_string(text);
	g_free(text);
	g_ptr_array_add(w->strings, (gpointer)interned);
	w->in += n;
	return interned;
}

static const char *get_string(struct wire *w)
{
	guint64 n = get(w);

	if (n == 0)
		return NULL;
	if (n <= w->strings->len)
		return w->strings->pdata[n - 1];
	if (n == w->strings->len + 1)
		return get_new_string(w);
	wire_fail(w);
	return NULL;
}

void wire_string(struct wire *w, const char **value)
{
	if (!w->out)
		*value = get_string(w);
	else if (*value)
		put_string(w, g_intern_string(*value));
	else
		put(w, 0);
}

void wire_bytes(struct wire *w, GBytes **value)
{
	int n = wire_count(w, w->out ? (int)g_bytes_get_size(*value) : 0);

	if (w->out) {
		g_byte_array_append(w->out, g_bytes_get_data(*value, NULL),
				    (guint)n);
		return;
	}
	*value = g_bytes_new(w->in, (gsize)n);
	w->in += n;
}
