// SPDX-License-Identifier: GPL-2.0-only
/* Arrays that grow and text; both end the process when memory ends. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static void *check(void *p)
{
	if (!p) {
		fputs("replay: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *rp_grow(void *array, u32 *size, u32 needed, size_t item)
{
	if (needed <= *size)
		return array;
	*size = needed < 32 ? 64 : needed * 2;
	return check(realloc(array, *size * item));
}

void *rp_copy(const void *data, size_t size)
{
	return memcpy(check(malloc(size)), data, size);
}

char *rp_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = check(malloc((size_t)length + 1));
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}
