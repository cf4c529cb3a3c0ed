/* Columns of a snapshot, with their statistics. */
#include <math.h>

#include "base/arena.h"
#include "catalog/snapshot_read.h"
#include "catalog/type.h"

const struct str *cat_snapshot_texts(struct snapshot *s, const struct json *list, size_t *count)
{
    size_t n = list && list->kind == JSON_ARRAY ? list->count : 0;
    struct str *out = arena_calloc(s->cat->arena, n, sizeof *out);
    *count = 0;
    for (const struct json *e = n ? json_first(list) : NULL; e; e = e->next)
        out[(*count)++] = cat_snapshot_keep(s, e->text);
    return out;
}

/* At least `count` numbers, whatever the document has. */
static const double *numbers(struct snapshot *s, const struct json *list, size_t count)
{
    double *out = arena_calloc(s->cat->arena, count, sizeof *out);
    size_t n = 0;
    for (const struct json *e = json_first(list); e && n < count; e = e->next)
        out[n++] = e->number;
    return out;
}

/*
 * Where values were left out, their frequencies still say how skewed the column is: they are
 * kept beside values that are absent.
 */
static size_t value_count(const struct json *values, const struct json *frequencies)
{
    if (values && values->kind == JSON_ARRAY)
        return values->count;
    return frequencies && frequencies->kind == JSON_ARRAY ? frequencies->count : 0;
}

void cat_snapshot_stats(struct snapshot *s, struct cat_stats *out, const struct json *v)
{
    const struct json *mcv = json_get(v, "mcv"), *mcf = json_get(v, "mcf");
    size_t ignored;
    cat_unknown_stats(out);
    out->known = true;
    out->null_frac = json_num(v, "null_frac", NAN);
    out->avg_width = json_num(v, "avg_width", NAN);
    out->n_distinct = json_num(v, "n_distinct", NAN);
    out->correlation = json_num(v, "correlation", NAN);
    out->mcv_count = value_count(mcv, mcf);
    out->mcf = numbers(s, mcf, out->mcv_count);
    if (mcv && mcv->kind == JSON_ARRAY)
        out->mcv = cat_snapshot_texts(s, mcv, &ignored);
    else
        out->mcv = arena_calloc(s->cat->arena, out->mcv_count, sizeof *out->mcv);
    out->bounds = cat_snapshot_texts(s, json_get(v, "hist"), &out->bound_count);
    out->elems = cat_snapshot_texts(s, json_get(v, "mce"), &out->elem_count);
    out->elem_freqs = numbers(s, json_get(v, "mcef"), out->elem_count);
}

/* A table with children has two: its own, and one over all of them, as a scan of the parent. */
static const struct json *fitting_stats(const struct cat_rel *rel, const struct json *list)
{
    const struct json *found = NULL;
    for (const struct json *e = json_first(list); e; e = e->next)
        if (!found || json_bool(e, "inherited", false) == (rel->kind == 'p'))
            found = e;
    return found;
}

/* The last part of "pg_catalog.\"C\"", unquoted. */
static struct str collation_name(struct snapshot *s, struct str quoted)
{
    size_t n, unused;
    const struct str *parts = cat_split(s->scratch, quoted, '.', &n);
    if (n == 0)
        return (struct str){0};
    const struct str *name = cat_parse_search_path(s->cat->arena, parts[n - 1], &unused);
    return unused ? cat_snapshot_keep(s, name[0]) : (struct str){0};
}

static struct str base_type_of(struct snapshot *s, const struct json *v, struct str type)
{
    struct str name = json_str(v, "base_type_name");
    const struct cat_type *base = cat_type_of_oid((uint32_t)json_num(v, "base_type", 0));
    if (name.len)
        return cat_snapshot_keep(s, name);
    if (base)
        return base->sql;
    return cat_type_without_modifier(s->cat->arena, type);
}

static void read_collation(struct snapshot *s, struct cat_column *col, const struct json *v)
{
    struct str name = collation_name(s, json_str(v, "collation"));
    bool own = str_is(name, "default") || (str_is(col->base_type, "name") && str_is(name, "C"));
    if (own || !name.len)
        return;
    col->collation = name;
    struct str collate = json_str(v, "collate");
    if (collate.len && !str_eq(collate, name))
        col->collate = cat_snapshot_keep(s, collate);
}

static void read_column(struct snapshot *s, struct cat_rel *rel, struct cat_column *col,
                        const struct json *v)
{
    struct str category = json_str(v, "type_category"), align = json_str(v, "align");
    struct str generated = json_str(v, "generated");
    col->name = cat_snapshot_keep(s, json_str(v, "name"));
    col->num = (int)json_num(v, "num", 0);
    col->type = cat_snapshot_keep(s, json_str(v, "type"));
    col->base_type = base_type_of(s, v, col->type);
    col->category = category.len ? category.p[0] : 0;
    col->typlen = (int)json_num(v, "typlen", 0);
    col->align = align.len ? align.p[0] : 0;
    col->not_null = json_bool(v, "not_null", false);
    col->generated = generated.len > 0;
    col->virtual_column = str_is(generated, "v");
    read_collation(s, col, v);
    const struct json *stats = fitting_stats(rel, json_get(v, "stats"));
    if (stats)
        cat_snapshot_stats(s, &col->stats, stats);
    else
        cat_unknown_stats(&col->stats);
}

/* Columns come in any order of relations: count first, then give each relation its array. */
void cat_snapshot_columns(struct snapshot *s, const struct json *columns)
{
    for (const struct json *v = json_first(columns); v; v = v->next) {
        struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
        if (rel)
            rel->column_count++;
        else
            cat_snapshot_problem(s, "column", json_num(v, "rel", -1));
    }
    for (struct cat_rel *rel = s->cat->rels; rel; rel = rel->next) {
        rel->columns = arena_calloc(s->cat->arena, rel->column_count, sizeof *rel->columns);
        rel->column_count = 0;
    }
    for (const struct json *v = json_first(columns); v; v = v->next) {
        struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
        if (rel)
            read_column(s, rel, &rel->columns[rel->column_count++], v);
    }
}
