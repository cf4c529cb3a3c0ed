/*
 * A catalog out of the JSON that the catalog statement of a real server gives, for tests of
 * the estimator. Reads only what estimating needs.
 */
#ifndef TESTS_MODEL_CATALOG_H
#define TESTS_MODEL_CATALOG_H

#include <math.h>

#include "base/arena.h"
#include "base/json.h"
#include "catalog/catalog.h"

static const struct str *mc_texts(struct arena *a, const struct json *list, size_t *count)
{
    *count = list && list->kind == JSON_ARRAY ? list->count : 0;
    struct str *out = arena_calloc(a, *count + 1, sizeof(*out));
    size_t i = 0;
    for (const struct json *e = json_first(list); e; e = e->next)
        out[i++] = e->text;
    return out;
}

static const double *mc_numbers(struct arena *a, const struct json *list)
{
    size_t n = list && list->kind == JSON_ARRAY ? list->count : 0, i = 0;
    double *out = arena_calloc(a, n + 1, sizeof(*out));
    for (const struct json *e = json_first(list); e; e = e->next)
        out[i++] = e->number;
    return out;
}

static void mc_stats(struct arena *a, const struct json *s, struct cat_stats *out)
{
    *out = (struct cat_stats){.correlation = NAN};
    if (!s)
        return;
    out->known = true;
    out->null_frac = json_num(s, "null_frac", NAN);
    out->avg_width = json_num(s, "avg_width", NAN);
    out->n_distinct = json_num(s, "n_distinct", NAN);
    out->correlation = json_num(s, "correlation", NAN);
    out->mcv = mc_texts(a, json_get(s, "mcv"), &out->mcv_count);
    out->mcf = mc_numbers(a, json_get(s, "mcf"));
    out->bounds = mc_texts(a, json_get(s, "hist"), &out->bound_count);
    out->elems = mc_texts(a, json_get(s, "mce"), &out->elem_count);
    out->elem_freqs = mc_numbers(a, json_get(s, "mcef"));
}

static char mc_char(const struct json *v, const char *key)
{
    struct str s = json_str(v, key);
    return s.len ? s.p[0] : '\0';
}

static struct str mc_base_type(struct str type)
{
    ptrdiff_t open = str_find(type, "(");
    if (open < 0 || str_ends(type, "[]"))
        return type;
    ptrdiff_t close = str_find(type, ")");
    if ((size_t)close + 1 == type.len)
        return str_sub(type, 0, (size_t)open);
    return str_starts(type, "timestamp") ? STR("timestamp with time zone") : type;
}

static void mc_columns(struct arena *a, const struct json *doc, double oid, struct cat_rel *rel)
{
    for (const struct json *c = json_first(json_get(doc, "columns")); c; c = c->next)
        rel->column_count += json_num(c, "rel", 0) == oid;
    rel->columns = arena_calloc(a, rel->column_count + 1, sizeof(*rel->columns));
    size_t n = 0;
    for (const struct json *c = json_first(json_get(doc, "columns")); c; c = c->next) {
        if (json_num(c, "rel", 0) != oid)
            continue;
        struct cat_column *col = &rel->columns[n++];
        col->name = json_str(c, "name");
        col->num = (int)json_num(c, "num", 0);
        col->type = json_str(c, "type");
        col->base_type = mc_base_type(col->type);
        col->category = mc_char(c, "type_category");
        col->typlen = (int)json_num(c, "typlen", 0);
        col->align = mc_char(c, "align");
        col->not_null = json_bool(c, "not_null", false);
        mc_stats(a, json_first(json_get(c, "stats")), &col->stats);
    }
}

static const struct json *mc_expr_stats(const struct json *doc, struct str index, size_t nth)
{
    for (const struct json *s = json_first(json_get(doc, "expr_stats")); s; s = s->next)
        if (str_eq(json_str(s, "index"), index) && nth-- == 0)
            return s;
    return NULL;
}

static void mc_keys(struct arena *a, const struct json *doc, const struct json *i,
                    struct cat_index *ix)
{
    const struct json *keys = json_get(i, "keys");
    ix->total_count = keys ? keys->count : 0;
    ix->keys = arena_calloc(a, ix->total_count + 1, sizeof(*ix->keys));
    size_t n = 0, exprs = 0;
    for (const struct json *k = json_first(keys); k; k = k->next) {
        struct cat_key *key = &ix->keys[n++];
        int attnum = (int)json_num(k, "attnum", 0);
        for (size_t c = 0; c < ix->rel->column_count; c++)
            if (ix->rel->columns[c].num == attnum)
                key->column = ix->rel->columns[c].name;
        if (!attnum) {
            key->expr = json_str(k, "def");
            mc_stats(a, mc_expr_stats(doc, ix->name, exprs++), &key->stats);
        }
        key->desc = json_bool(k, "desc", false);
        key->opclass = json_str(k, "opclass");
    }
    ix->key_count = (size_t)json_num(i, "nkeyatts", (double)n);
}

static void mc_indexes(struct arena *a, const struct json *doc, double oid, struct cat_rel *rel)
{
    for (const struct json *i = json_first(json_get(doc, "indexes")); i; i = i->next) {
        if (json_num(i, "rel", 0) != oid)
            continue;
        struct cat_index *ix = arena_alloc(a, sizeof(*ix));
        ix->rel = rel;
        ix->fillfactor = NAN;
        ix->name = json_str(i, "name");
        ix->am = json_str(i, "am");
        ix->definition = json_str(i, "def");
        ix->unique = json_bool(i, "unique", false);
        ix->primary = json_bool(i, "primary", false);
        ix->valid = json_bool(i, "valid", true);
        ix->predicate = json_str(i, "pred");
        ix->tuples = json_num(i, "reltuples", NAN);
        ix->pages = json_num(i, "size_bytes", NAN) / 8192;
        mc_keys(a, doc, i, ix);
        ix->next = rel->indexes;
        rel->indexes = ix;
    }
}

static struct cat_rel *mc_rel(const struct catalog *cat, struct str name)
{
    for (struct cat_rel *r = cat->rels; r; r = r->next)
        if (str_eq(r->name, name))
            return r;
    return NULL;
}

static struct cat_rel *mc_rel_of_oid(const struct catalog *cat, const struct json *doc, double oid)
{
    for (const struct json *r = json_first(json_get(doc, "relations")); r; r = r->next)
        if (json_num(r, "oid", 0) == oid)
            return mc_rel(cat, json_str(r, "name"));
    return NULL;
}

static const struct str *mc_column_names(struct arena *a, const struct cat_rel *rel,
                                         const struct json *nums)
{
    struct str *out = arena_calloc(a, (nums ? nums->count : 0) + 1, sizeof(*out));
    size_t n = 0;
    for (const struct json *e = json_first(nums); e; e = e->next, n++)
        for (size_t c = 0; rel && c < rel->column_count; c++)
            if (rel->columns[c].num == (int)e->number)
                out[n] = rel->columns[c].name;
    return out;
}

static void mc_foreign_keys(struct arena *a, const struct json *doc, struct catalog *cat)
{
    for (const struct json *c = json_first(json_get(doc, "constraints")); c; c = c->next) {
        if (mc_char(c, "type") != 'f')
            continue;
        struct cat_fk *fk = arena_alloc(a, sizeof(*fk));
        fk->rel = mc_rel_of_oid(cat, doc, json_num(c, "rel", 0));
        fk->ref = mc_rel_of_oid(cat, doc, json_num(c, "ref_rel", 0));
        fk->columns = mc_column_names(a, fk->rel, json_get(c, "cols"));
        fk->ref_columns = mc_column_names(a, fk->ref, json_get(c, "ref_cols"));
        fk->column_count = json_get(c, "cols") ? json_get(c, "cols")->count : 0;
        fk->next = cat->fks;
        cat->fks = fk;
    }
}

static void mc_settings(struct arena *a, const struct json *doc, struct catalog *cat)
{
    for (const struct json *s = json_first(json_get(doc, "settings")); s; s = s->next) {
        struct cat_setting *set = arena_alloc(a, sizeof(*set));
        set->name = s->key;
        set->value = json_str(s, "setting");
        set->next = cat->settings;
        cat->settings = set;
    }
}

static struct catalog *mc_load(struct arena *a, const struct json *doc)
{
    struct catalog *cat = arena_alloc(a, sizeof(*cat));
    cat->arena = a;
    cat->block_size = 8192;
    cat->version_num = (int)json_num(json_get(doc, "server"), "version_num", 0);
    for (const struct json *r = json_first(json_get(doc, "relations")); r; r = r->next) {
        struct cat_rel *rel = arena_alloc(a, sizeof(*rel));
        rel->name = json_str(r, "name");
        rel->schema = json_str(r, "schema");
        rel->kind = mc_char(r, "kind");
        rel->fillfactor = NAN;
        rel->pages = json_num(r, "relpages", NAN);
        rel->tuples = json_num(r, "reltuples", NAN);
        rel->all_visible_pages = json_num(r, "relallvisible", NAN);
        rel->size_bytes = json_num(r, "size_bytes", NAN);
        mc_columns(a, doc, json_num(r, "oid", 0), rel);
        mc_indexes(a, doc, json_num(r, "oid", 0), rel);
        rel->next = cat->rels;
        cat->rels = rel;
    }
    mc_foreign_keys(a, doc, cat);
    mc_settings(a, doc, cat);
    return cat;
}

#endif
