/*
 * schemacheck SCHEMA DOCUMENT: whether a JSON document is as its JSON Schema says. Of JSON
 * Schema it knows type, enum, const, properties, required, additionalProperties, items,
 * minimum and references to "#/$defs/NAME"; prints each violation with its path.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

static const struct json *root;
static int violations;

static void complain(const char *path, const char *what, struct str detail)
{
    if (violations++ < 20)
        printf("%s: %s %.*s\n", path[0] ? path : "/", what, (int)detail.len,
               detail.p ? detail.p : "");
}

static struct str type_name(const struct json *v)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "boolean", [JSON_NUMBER] = "number",
        [JSON_STRING] = "string", [JSON_ARRAY] = "array",  [JSON_OBJECT] = "object"};
    return str_of(names[v->kind]);
}

static bool has_type(const struct json *v, struct str type)
{
    bool whole = v->kind == JSON_NUMBER && v->number == (double)(long long)v->number;
    return str_eq(type, type_name(v)) || (str_is(type, "integer") && whole);
}

static bool type_fits(const struct json *v, const struct json *type)
{
    if (type->kind == JSON_STRING)
        return has_type(v, type->text);
    for (const struct json *e = json_first(type); e; e = e->next)
        if (has_type(v, e->text))
            return true;
    return false;
}

static bool same(const struct json *a, const struct json *b)
{
    return a->kind == b->kind && a->number == b->number && str_eq(a->text, b->text);
}

static bool in_enum(const struct json *v, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next)
        if (same(v, e))
            return true;
    return false;
}

static const struct json *resolve(const struct json *schema)
{
    static const char prefix[] = "#/$defs/";
    struct str ref = json_str(schema, "$ref");
    if (!str_starts(ref, prefix))
        return schema;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(ref.len - strlen(prefix)), ref.p + strlen(prefix));
    return json_get(json_get(root, "$defs"), name);
}

static void check(const struct json *schema, const struct json *v, const char *path);

static void check_object(const struct json *schema, const struct json *v, const char *path)
{
    const struct json *properties = json_get(schema, "properties");
    const struct json *others = json_get(schema, "additionalProperties");
    char name[128], below[512];
    for (const struct json *e = json_first(json_get(schema, "required")); e; e = e->next) {
        snprintf(name, sizeof name, "%.*s", STR_ARG(e->text));
        if (!json_get(v, name))
            complain(path, "lacks", e->text);
    }
    for (const struct json *m = json_first(v); m; m = m->next) {
        snprintf(name, sizeof name, "%.*s", STR_ARG(m->key));
        snprintf(below, sizeof below, "%.300s/%s", path, name);
        const struct json *property = json_get(properties, name);
        if (property)
            check(property, m, below);
        else if (others && others->kind == JSON_OBJECT)
            check(others, m, below);
        else if (others && others->kind == JSON_BOOL && !others->boolean)
            complain(path, "has an unknown member", m->key);
    }
}

static void check(const struct json *schema, const struct json *v, const char *path)
{
    schema = resolve(schema);
    if (!schema) {
        complain(path, "has a reference to nowhere in its schema", (struct str){0});
        return;
    }
    const struct json *type = json_get(schema, "type"), *list = json_get(schema, "enum");
    const struct json *fixed = json_get(schema, "const"), *items = json_get(schema, "items");
    if (type && !type_fits(v, type))
        complain(path, "is of the wrong type:", type_name(v));
    if (list && !in_enum(v, list))
        complain(path, "is no value of the list:", v->text);
    if (fixed && !same(v, fixed))
        complain(path, "is not the value it must be", v->text);
    if (v->kind == JSON_NUMBER && v->number < json_num(schema, "minimum", v->number))
        complain(path, "is too small", (struct str){0});
    if (v->kind == JSON_OBJECT)
        check_object(schema, v, path);
    if (v->kind != JSON_ARRAY || !items)
        return;
    size_t i = 0;
    for (const struct json *e = json_first(v); e; e = e->next, i++) {
        char below[512];
        snprintf(below, sizeof below, "%.300s/%zu", path, i);
        check(items, e, below);
    }
}

static struct json *read_document(struct arena *a, const char *path)
{
    struct buf text = {0};
    struct err err = {0};
    FILE *in = fopen(path, "r");
    char chunk[65536];
    for (size_t n; in && (n = fread(chunk, 1, sizeof chunk, in)) > 0;)
        buf_add(&text, chunk, n);
    if (in)
        fclose(in);
    struct json *doc = in ? json_parse(a, buf_str(&text), &err) : NULL;
    if (!doc)
        printf("%s: %s\n", path, in ? err.message : "cannot be opened");
    buf_free(&text);
    return doc;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct arena *a = arena_new(0);
    struct json *doc = NULL;
    if ((root = read_document(a, argv[1])) && (doc = read_document(a, argv[2])))
        check(root, doc, "");
    if (violations > 20)
        printf("and %d more\n", violations - 20);
    arena_free(a);
    return doc && !violations ? 0 : 1;
}
