/*
 * Works out the size of indexes that were built on a real server and measured. Used by the unit
 * test of sizes and by the bench.
 */
#ifndef TESTS_SIZE_CHECK_H
#define TESTS_SIZE_CHECK_H

#include "advise/size.h"
#include "base/err.h"
#include "model_catalog.h"
#include "sql/pred.h"

struct sk_result {
    const char *table, *def, *am;
    double model, real; /* pages */
    int height, real_height;
    double seconds, real_seconds;
};
typedef void sk_report(void *ctx, const struct sk_result *r);

#define SK_MAX_KEYS 16

/* "(a, b)" at the start of *s: cut off, without parentheses. */
static struct str sk_parens(struct str *s)
{
    size_t depth = 0, start = 0, i = 0;
    for (; i < s->len; i++) {
        if (s->p[i] == '(' && depth++ == 0)
            start = i + 1;
        if (s->p[i] == ')' && --depth == 0)
            break;
    }
    struct str inside = str_sub(*s, start, i);
    *s = str_trim(str_sub(*s, i + 1, s->len));
    return inside;
}

static void sk_add_key(const struct cat_rel *rel, struct str text, struct size_in *in,
                       struct size_key *keys)
{
    struct str name = str_trim(text), opclass = {NULL, 0};
    bool words = str_starts(name, "to_tsvector(");
    if (words) { /* to_tsvector('english',body) */
        ptrdiff_t comma = str_find(name, ",");
        name = str_sub(name, (size_t)comma + 1, name.len - 1);
    }
    ptrdiff_t space = str_find(name, " ");
    if (space > 0) {
        opclass = str_sub(name, (size_t)space + 1, name.len);
        name = str_sub(name, 0, (size_t)space);
    }
    const struct cat_column *col = cat_find_column(rel, name);
    if (!col)
        return;
    keys[in->total_count] = size_key_of(col, in->rows);
    keys[in->total_count].opclass = opclass;
    keys[in->total_count++].word_text = words;
}

static void sk_add_keys(struct arena *a, const struct cat_rel *rel, struct str list,
                        struct size_in *in, struct size_key *keys)
{
    size_t n;
    const struct str *part = pred_split_list(a, list, &n);
    for (size_t i = 0; i < n; i++)
        sk_add_key(rel, part[i], in, keys);
}

/* Share of a partial index, by the conditions that the fixtures have. */
static double sk_kept(const struct cat_rel *rel, struct str where)
{
    ptrdiff_t eq = str_find(where, "='");
    if (eq > 0) {
        const struct cat_column *c = cat_find_column(rel, str_sub(where, 0, (size_t)eq));
        struct str want = str_sub(where, (size_t)eq + 2, where.len - 1);
        for (size_t i = 0; c && i < c->stats.mcv_count; i++)
            if (str_eq(c->stats.mcv[i], want))
                return c->stats.mcf[i];
    }
    ptrdiff_t is = str_find(where, " is not null");
    const struct cat_column *c =
        is > 0 ? cat_find_column(rel, str_sub(where, 0, (size_t)is)) : NULL;
    return c ? 1 - c->stats.null_frac : 1;
}

static void sk_define(struct arena *a, const struct catalog *cat, const struct cat_rel *rel,
                      struct str def, struct size_in *in, struct size_key *keys)
{
    static const char *const names[] = {"btree", "hash", "gist", "gin", "brin"};
    struct cost_table t;
    cost_table_from(&t, cat, rel);
    *in = (struct size_in){.keys = keys,
                           .rows = t.tuples,
                           .pages = t.pages,
                           .kept = 1,
                           .joint_distinct = NAN,
                           .fillfactor = NAN,
                           .pages_per_range = NAN,
                           .version_num = cat->version_num};
    for (size_t i = 0; i < 5; i++)
        if (str_starts(def, names[i]))
            in->am = (enum cost_am)i;
    struct str list = sk_parens(&def);
    size_t named;
    const struct str *names_of = pred_split_list(a, list, &named);
    sk_add_keys(a, rel, list, in, keys);
    in->key_count = in->total_count;
    in->joint_distinct = size_joint_distinct(rel, names_of, in->key_count, in->rows);
    if (str_starts(def, "include"))
        sk_add_keys(a, rel, sk_parens(&def), in, keys);
    if (str_starts(def, "with")) {
        struct str with = sk_parens(&def);
        ptrdiff_t eq = str_find(with, "=");
        double n = NAN;
        str_to_double(str_sub(with, (size_t)eq + 1, with.len), &n);
        *(str_starts(with, "fillfactor") ? &in->fillfactor : &in->pages_per_range) = n;
    }
    if (str_starts(def, "where"))
        in->kept = sk_kept(rel, str_trim(str_sub(def, 5, def.len)));
}

static bool sk_run(struct str text, sk_report *report, void *ctx)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    const struct json *doc = json_parse(a, text, &err);
    struct catalog *cat = doc ? mc_load(a, json_get(doc, "catalog")) : NULL;
    for (const struct json *i = json_first(json_get(doc, "indexes")); i; i = i->next) {
        struct size_key keys[SK_MAX_KEYS];
        struct size_in in;
        struct size_out out;
        sk_define(a, cat, mc_rel(cat, json_str(i, "table")), json_str(i, "def"), &in, keys);
        size_estimate(&in, &out);
        static const char *const names[] = {"btree", "hash", "gist", "gin", "brin"};
        struct sk_result r = {json_str(i, "table").p,
                              json_str(i, "def").p,
                              names[in.am],
                              out.pages,
                              json_num(i, "pages", NAN),
                              out.height,
                              (int)json_num(i, "level", -1),
                              size_build_seconds(&in, &out),
                              json_num(i, "ms", NAN) / 1000};
        report(ctx, &r);
    }
    arena_free(a);
    return doc != NULL;
}

#endif
