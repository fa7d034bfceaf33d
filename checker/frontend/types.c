// SPDX-License-Identifier: GPL-2.0-only
/*
 * What pincheck has to know of C types, each type asked once. Typedefs are
 * seen through; a record without a tag takes the name of its typedef.
 *
 * Arrays count as pointers (a value of array type is one), so that taking an
 * element takes off one pointer in both cases.
 */
#include "frontend/private.h"

#include <string.h>

const char *intern_cxstring(CXString s)
{
	const char *text = clang_getCString(s);
	const char *name = g_intern_string(text ? text : "");

	clang_disposeString(s);
	return name;
}

const char *intern_spelling(CXCursor c)
{
	return intern_cxstring(clang_getCursorSpelling(c));
}

static bool is_pasted(CXCursor c)
{
	CXFile file;

	clang_getSpellingLocation(clang_getCursorLocation(c), &file, NULL,
				  NULL, NULL);
	return !file;
}

const char *intern_unnumbered(CXCursor c)
{
	const char *name = intern_spelling(c);
	size_t n = strlen(name), end = n;
	char *copy;

	while (end && g_ascii_isdigit(name[end - 1]))
		end--;
	if (end == n || !is_pasted(c))
		return name;
	copy = g_strndup(name, end);
	name = g_intern_string(copy);
	g_free(copy);
	return name;
}

static bool array_kind(enum CXTypeKind kind)
{
	return kind == CXType_ConstantArray || kind == CXType_IncompleteArray ||
	       kind == CXType_VariableArray;
}

static bool nameless(CXCursor record)
{
	/* an unnamed record is spelt "struct (unnamed at FILE...)" */
	return strchr(intern_spelling(record), '(') != NULL;
}

/* "struct page" and "page" are both spelt "page" by the declaration. */
static const char *record_name(CXCursor record)
{
	return nameless(record) ? NULL : intern_spelling(record);
}

/* There is no other way to see the attribute. */
static bool spelt_noreturn(CXType function)
{
	CXString s = clang_getTypeSpelling(function);
	bool found = strstr(clang_getCString(s), "noreturn") != NULL;

	clang_disposeString(s);
	return found;
}

static void describe(CXType t, struct type_info *info)
{
	bool first = true;

	for (t = clang_getCanonicalType(t);; first = false) {
		if (t.kind == CXType_Pointer) {
			info->is_pointer |= first;
			t = clang_getPointeeType(t);
		} else if (array_kind(t.kind)) {
			info->is_array |= first;
			t = clang_getArrayElementType(t);
		} else {
			break;
		}
		t = clang_getCanonicalType(t);
		info->pointers++;
	}
	if (t.kind == CXType_Record)
		info->record = record_name(clang_getTypeDeclaration(t));
	info->is_record = first && t.kind == CXType_Record;
	info->is_void = first && t.kind == CXType_Void;
	info->is_bool = first && t.kind == CXType_Bool;
	if (t.kind == CXType_FunctionProto ||
	    t.kind == CXType_FunctionNoProto) {
		info->of_function = true;
		info->is_function = first;
		info->noreturn = spelt_noreturn(t);
	}
}

const struct type_info *type_info(struct parse *p, CXType type)
{
	/* clang_equalTypes() compares just this, but there is no hash */
	struct type_info *info = g_hash_table_lookup(p->types, type.data[0]);

	if (info)
		return info;
	info = arena_new_object(p->arena, struct type_info);
	describe(type, info);
	info->is_volatile = clang_isVolatileQualifiedType(type);
	g_hash_table_insert(p->types, type.data[0], info);
	return info;
}

/* The type typeof(({ ... })) is spelt over several lines. */
static const char *one_line(CXString spelling)
{
	const char *text = clang_getCString(spelling), *interned;
	char *copy;

	if (!strchr(text, '\n'))
		return intern_cxstring(spelling);
	copy = g_strdelimit(g_strdup(text), "\n", ' ');
	interned = g_intern_string(copy);
	g_free(copy);
	clang_disposeString(spelling);
	return interned;
}

/* "struct (unnamed at FILE:1:2)", with the file as all places have it. */
static const char *with_source(const struct parse *p, const char *type)
{
	static const char at[] = " at ";
	const char *name = strchr(type, '(') ? strstr(type, at) : NULL, *result;
	char *file, *text;
	size_t n;

	if (!name)
		return type;
	name += strlen(at);
	n = strcspn(name, ":");
	file = g_strndup(name, n);
	text = g_strdup_printf("%.*s%s%s", (int)(name - type), type,
			       source_name(p, file), name + n);
	result = g_intern_string(text);
	g_free(text);
	g_free(file);
	return result;
}

const char *type_spelling(struct parse *p, CXType type)
{
	struct type_info *info = (struct type_info *)type_info(p, type);

	if (!info->spelling)
		info->spelling = with_source(
			p, one_line(clang_getTypeSpelling(type)));
	return info->spelling;
}

const struct type_info *type_of(struct parse *p, CXCursor c)
{
	return type_info(p, clang_getCursorType(c));
}

/* The nearest enclosing record with a name, or NULL. */
static const char *named_ancestor(CXCursor record)
{
	CXCursor c = record;

	while (clang_getCursorKind(c) == CXCursor_StructDecl ||
	       clang_getCursorKind(c) == CXCursor_UnionDecl) {
		if (!nameless(c))
			return intern_spelling(c);
		c = clang_getCursorSemanticParent(c);
	}
	return NULL;
}

const char *type_owner(CXCursor field)
{
	CXCursor record = clang_getCursorSemanticParent(field);
	const char *name = named_ancestor(record);

	return name ? name : "(unnamed)";
}

bool type_is_unnamed(const char *owner)
{
	return *owner == '(';
}

struct search {
	struct parse *p;
	bool found;
};

static enum CXVisitorResult field_holds_addresses(CXCursor field,
						  CXClientData data)
{
	struct search *s = data;

	s->found = type_holds_addresses(s->p, clang_getCursorType(field));
	return s->found ? CXVisit_Break : CXVisit_Continue;
}

/* An address goes through a cast into all that is as wide. */
static bool holds_address(enum CXTypeKind kind)
{
	return kind == CXType_Pointer || kind == CXType_Long ||
	       kind == CXType_ULong || kind == CXType_LongLong ||
	       kind == CXType_ULongLong;
}

bool type_holds_addresses(struct parse *p, CXType type)
{
	struct type_info *info = (struct type_info *)type_info(p, type);
	struct search s = { .p = p };

	if (info->searched)
		return info->holds_addresses;
	type = clang_getCanonicalType(type);
	while (array_kind(type.kind))
		type = clang_getCanonicalType(clang_getArrayElementType(type));
	if (type.kind == CXType_Record)
		clang_Type_visitFields(type, field_holds_addresses, &s);
	else
		s.found = holds_address(type.kind);
	info->searched = true;
	info->holds_addresses = s.found;
	return s.found;
}
