/* CREATE STATISTICS. */
#include <math.h>

#include "base/arena.h"
#include "catalog/ddl_state.h"

static struct str choose_name(struct ddl *d, const struct cat_rel *rel, const struct str *columns,
                              size_t count, bool expressions)
{
    struct buf b = {0};
    for (size_t i = 0; i < count; i++) {
        buf_adds(&b, i ? "_" : "");
        buf_addstr(&b, columns[i]);
    }
    if (expressions)
        buf_adds(&b, b.len ? "_expr" : "expr");
    struct str name = cat_make_name(d->cat->arena, rel->name, buf_str(&b), STR("stat"));
    buf_free(&b);
    return name;
}

static void append(struct cat_rel *rel, struct cat_ext_stats *s)
{
    struct cat_ext_stats **tail = &rel->ext_stats;
    while (*tail)
        tail = &(*tail)->next;
    *tail = s;
}

static void set_kinds(struct cat_ext_stats *s, const struct json *kinds)
{
    if (!json_first(kinds))
        s->ndistinct = s->dependencies = s->mcv = true;
    for (const struct json *e = json_first(kinds); e; e = e->next) {
        struct str kind = cat_ddl_string(e);
        s->ndistinct |= str_is(kind, "ndistinct");
        s->dependencies |= str_is(kind, "dependencies");
        s->mcv |= str_is(kind, "mcv");
    }
}

void cat_ddl_create_statistics(struct ddl *d, const struct json *stmt)
{
    const struct json *from = json_path(json_first(json_get(stmt, "relations")), "RangeVar", NULL);
    struct cat_rel *rel = cat_ddl_find_rel(d, from);
    if (!rel)
        return;
    const struct json *elements = json_get(stmt, "exprs");
    struct str *columns =
        arena_calloc(d->cat->arena, elements ? elements->count : 0, sizeof *columns);
    struct cat_ext_stats *s = arena_alloc(d->cat->arena, sizeof *s);
    for (const struct json *e = json_first(elements); e; e = e->next) {
        struct str name = json_str(json_get(e, "StatsElem"), "name");
        if (name.len && !cat_find_column(rel, name)) {
            cat_ddl_problem(d, DDL_NOWHERE, "column \"%.*s\" does not exist", STR_ARG(name));
            return;
        }
        if (name.len)
            columns[s->column_count++] = cat_ddl_keep(d, name);
        else
            s->has_expressions = true;
    }
    s->columns = columns;
    s->ndistinct_value = NAN;
    set_kinds(s, json_get(stmt, "stat_types"));
    struct str name = cat_ddl_last_name(json_get(stmt, "defnames"));
    bool named = name.len && !str_is(name, "pgsift_unnamed"); /* see ddl_newer.c */
    s->name = named ? cat_ddl_keep(d, name)
                    : choose_name(d, rel, columns, s->column_count, s->has_expressions);
    append(rel, s);
}

void cat_ddl_copy_statistics(struct ddl *d, const struct cat_rel *from, struct cat_rel *to)
{
    for (const struct cat_ext_stats *s = from->ext_stats; s; s = s->next) {
        struct cat_ext_stats *copy = arena_alloc(d->cat->arena, sizeof *copy);
        *copy = *s;
        copy->next = NULL;
        copy->name = choose_name(d, to, s->columns, s->column_count, s->has_expressions);
        append(to, copy);
    }
}
