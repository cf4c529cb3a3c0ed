/* Indexes of a snapshot. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "catalog/ddl.h"
#include "catalog/names.h"
#include "catalog/snapshot_read.h"

/* Expression statistics by the name of their index. */
static struct cat_names *stats_by_index(struct snapshot *s, const struct json *expr_stats)
{
    struct cat_names *names = cat_names_new(s->scratch);
    for (struct json *v = expr_stats ? expr_stats->child : NULL; v; v = v->next)
        cat_names_put(names, json_str(v, "index"), v);
    return names;
}

static void read_expr_stats(struct snapshot *s, const struct cat_names *stats,
                            const struct cat_index *ix, struct cat_key *key, struct str att)
{
    for (const struct cat_name_entry *e = cat_names_find(stats, ix->name); e; e = e->same)
        if (str_eq(json_str(e->value, "schema"), ix->schema) &&
            str_eq(json_str(e->value, "att"), att)) {
            cat_snapshot_stats(s, &key->stats, e->value);
            return;
        }
}

static void read_order(struct cat_key *key, const struct json *v)
{
    key->desc = json_bool(v, "desc", false);
    key->nulls_first = json_bool(v, "nulls_first", false);
}

static void read_opclass(struct snapshot *s, const struct cat_index *ix, struct cat_key *key,
                         const struct json *v)
{
    struct str opclass = json_str(v, "opclass");
    if (!json_bool(v, "opclass_default", false) && !cat_is_default_opclass(ix->am, opclass))
        key->opclass = cat_snapshot_keep(s, opclass);
}

/* Only a collation that is not the column's own, or not the default for an expression. */
static void read_key_collation(struct snapshot *s, const struct cat_index *ix, struct cat_key *key,
                               const struct json *v)
{
    const struct cat_column *col = cat_find_column(ix->rel, key->column);
    struct str collation = json_str(v, "collation"), own = STR("default");
    if (col && col->collation.len)
        own = col->collation;
    else if (col && str_is(col->base_type, "name"))
        own = STR("C");
    if (collation.len && !str_eq(collation, own))
        key->collation = cat_snapshot_keep(s, collation);
}

/*
 * The name of the k-th index column, where the document does not give it: what its expression
 * is called, with a number when an earlier column of the index is called so.
 */
static struct str attribute_name(struct snapshot *s, const struct cat_index *ix, size_t k,
                                 struct str given)
{
    if (given.len)
        return given;
    struct str name = cat_expression_name(s->scratch, ix->keys[k].expr);
    int number = 0;
    for (size_t i = 0; i < k; i++) {
        struct str before = ix->keys[i].column;
        if (!before.len)
            before = cat_expression_name(s->scratch, ix->keys[i].expr);
        number += str_eq(before, name);
    }
    return number ? str_of(arena_printf(s->scratch, "%.*s%d", STR_ARG(name), number)) : name;
}

/* Expressions of an index, one after the other, as pg_get_expr(indexprs) lists them. */
struct expr_list {
    const struct str *items;
    size_t count, next;
};

static void read_expression(struct snapshot *s, struct cat_key *key, const struct json *v,
                            struct expr_list *exprs)
{
    struct str expr = json_str(v, "def");
    if (exprs->next < exprs->count)
        expr = exprs->items[exprs->next++];
    key->expr = cat_snapshot_sql(s, expr);
}

static void read_key(struct snapshot *s, struct cat_index *ix, size_t k, const struct json *v,
                     struct expr_list *exprs)
{
    struct cat_key *key = &ix->keys[k];
    double attnum = json_num(v, "attnum", 0);
    cat_unknown_stats(&key->stats);
    if (attnum == 0)
        read_expression(s, key, v, exprs);
    else
        key->column = cat_snapshot_column(ix->rel, attnum);
    if (attnum != 0 && !key->column.len) {
        size_t count;
        const struct str *name = cat_parse_search_path(s->cat->arena, json_str(v, "def"), &count);
        key->column = count ? cat_snapshot_keep(s, name[0]) : (struct str){0};
    }
    if (!json_bool(v, "key", true))
        return;
    ix->key_count++;
    read_order(key, v);
    read_opclass(s, ix, key, v);
    read_key_collation(s, ix, key, v);
}

static void read_keys(struct snapshot *s, struct cat_index *ix, const struct json *v,
                      const struct cat_names *stats)
{
    const struct json *keys = json_get(v, "keys");
    struct expr_list exprs = {0};
    exprs.items = cat_split(s->scratch, json_str(v, "exprs"), ',', &exprs.count);
    ix->total_count = keys ? keys->count : 0;
    ix->keys = arena_calloc(s->cat->arena, ix->total_count, sizeof *ix->keys);
    size_t k = 0;
    for (const struct json *e = json_first(keys); e; e = e->next, k++) {
        read_key(s, ix, k, e, &exprs);
        if (ix->keys[k].expr.len)
            read_expr_stats(s, stats, ix, &ix->keys[k],
                            attribute_name(s, ix, k, json_str(e, "att")));
    }
}

static void read_counts(struct cat_index *ix, const struct json *v)
{
    ix->pages = json_num(v, "relpages", NAN);
    ix->tuples = json_num(v, "reltuples", NAN);
    ix->size_bytes = json_num(v, "size_bytes", NAN);
    ix->scans = json_num(json_get(v, "stat"), "idx_scan", NAN);
    if (ix->tuples < 0)
        ix->tuples = NAN;
}

static struct cat_index *read_index(struct snapshot *s, struct cat_rel *rel, const struct json *v,
                                    const struct cat_names *stats)
{
    struct str am = json_str(v, "am");
    struct cat_index *ix = cat_new_index(s->cat, rel, cat_snapshot_keep(s, json_str(v, "name")));
    if (am.len)
        ix->am = cat_snapshot_keep(s, am);
    ix->definition = cat_snapshot_sql(s, json_str(v, "def"));
    ix->predicate = cat_snapshot_sql(s, json_str(v, "pred"));
    ix->constraint = cat_snapshot_keep(s, json_str(json_get(v, "constraint"), "name"));
    ix->unique = json_bool(v, "unique", false);
    ix->primary = json_bool(v, "primary", false);
    ix->exclusion = json_bool(v, "exclusion", false);
    ix->valid = json_bool(v, "valid", true) && json_bool(v, "live", true);
    ix->replica_identity = json_bool(v, "replica_identity", false);
    ix->clustered = json_bool(v, "clustered", false);
    ix->nulls_not_distinct = json_bool(v, "nulls_not_distinct", false);
    ix->deferrable = !json_bool(v, "immediate", true);
    size_t option_count;
    const struct str *options = cat_snapshot_texts(s, json_get(v, "reloptions"), &option_count);
    cat_set_options(ix, options, option_count);
    read_counts(ix, v);
    read_keys(s, ix, v, stats);
    cat_put_index(s->cat, ix);
    return ix;
}

static int by_oid(const void *a, const void *b)
{
    double x = ((const struct snapshot_oid *)a)->oid, y = ((const struct snapshot_oid *)b)->oid;
    return (x > y) - (x < y);
}

static struct cat_index *find(const struct snapshot_oid *map, size_t count, double oid)
{
    struct snapshot_oid key = {.oid = oid};
    const struct snapshot_oid *hit = bsearch(&key, map, count, sizeof *map, by_oid);
    return hit ? hit->value : NULL;
}

static void link_parents(const struct json *indexes, const struct snapshot_oid *map, size_t count)
{
    for (const struct json *v = json_first(indexes); v; v = v->next) {
        struct cat_index *ix = find(map, count, json_num(v, "oid", -1));
        struct cat_index *parent = find(map, count, json_num(v, "parent", -1));
        if (ix && parent && ix->rel->parent == parent->rel)
            ix->parent = parent;
    }
}

void cat_snapshot_indexes(struct snapshot *s, const struct json *indexes,
                          const struct json *expr_stats)
{
    struct cat_names *stats = stats_by_index(s, expr_stats);
    struct snapshot_oid *map = arena_calloc(s->scratch, indexes ? indexes->count : 0, sizeof *map);
    size_t count = 0;
    for (const struct json *v = json_first(indexes); v; v = v->next) {
        struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
        if (!rel) {
            cat_snapshot_problem(s, "index", json_num(v, "rel", -1));
            continue;
        }
        map[count++] = (struct snapshot_oid){json_num(v, "oid", -1), read_index(s, rel, v, stats)};
    }
    qsort(map, count, sizeof *map, by_oid);
    link_parents(indexes, map, count);
}
