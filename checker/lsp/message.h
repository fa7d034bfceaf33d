/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A message of JSON-RPC and where its parts stand, and the messages that are our
 * own.
 *
 * Source: JSON-RPC 2.0, and "Base Protocol" of the Language Server Protocol 3.17.
 */
#ifndef PINCHECK_LSP_MESSAGE_H
#define PINCHECK_LSP_MESSAGE_H

#include <json-c/json_types.h>

#include "lsp/frame.h"
#include "lsp/scan.h"

/* What went wrong, for an error reply. */
enum {
	ERROR_INVALID_REQUEST = -32600,
	ERROR_UNKNOWN_METHOD = -32601,
	ERROR_INVALID_PARAMS = -32602,
	ERROR_NOT_INITIALIZED = -32002,
	ERROR_CANCELLED = -32800,
	ERROR_MODIFIED = -32801,
	ERROR_FAILED = -32803,
};

/* Valid as long as the bytes of the frame are; a part without start is none. */
struct message {
	struct span body, id, method, params, result, error;
};

/* false: it is none that we can read. O(size) */
bool message_read(const struct frame *f, struct message *ret);
/* The string of its method; NULL: it is a reply. Caller frees. */
char *message_method(const struct message *m);
/* What a part of it says; NULL: null, none, or no JSON. The caller puts it. */
json_object *message_tree(struct span part);
/* The same for all ways to write @id, which is JSON. Caller frees. */
char *message_key(struct span id);
/* Are the two the same id? */
bool message_means(struct span a, struct span b);

/*
 * Bodies of our own messages, which the caller frees. @params is put, NULL is
 * null; @id NULL makes a notification.
 */
GString *message_call(const char *id, const char *method, json_object *params);
/* @id and @result are JSON. */
GString *message_reply(struct span id, const char *result);
GString *message_error(struct span id, int code, const char *text);

#endif
