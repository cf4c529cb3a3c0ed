/* INSERT, UPDATE, DELETE, MERGE. */
#include "sql/query_build.h"

static void take_target(struct query_build *b, struct scope *s, const struct json *range_var)
{
    s->block->target = query_target_rte(b, s, range_var);
    s->block->target->target = true;
}

static void add_name(struct query_build *b, const struct str **list, size_t *count, struct str name)
{
    struct str *names = arena_calloc(b->a, *count + 1, sizeof *names);
    for (size_t i = 0; i < *count; i++) {
        names[i] = (*list)[i];
        if (str_eq(names[i], name))
            return;
    }
    names[(*count)++] = name;
    *list = names;
}

/* SET a = ..., (b, c) = (...): the source of several columns is looked at once. */
static void take_assignments(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *body = raw_body(e), *val = json_get(body, "val");
        const struct json *multi = raw_as(val, RAW_MultiAssignRef);
        add_name(b, &s->block->set_columns, &s->block->set_count, json_str(body, "name"));
        if (!multi || json_num(multi, "colno", 0) == 1)
            query_use(b, &s->used, &s->used_count, query_resolve(b, s, val));
    }
}

static void take_insert_columns(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next)
        add_name(b, &s->block->insert_columns, &s->block->insert_count,
                 json_str(raw_body(e), "name"));
}

static void take_where(struct query_build *b, struct scope *s, const struct json *expr)
{
    struct raw_cond where = {.place = QUERY_WHERE, .to = s->block->rte_count};
    query_add_cond(b, s, query_resolve(b, s, expr), where);
}

/* ---- INSERT ---- */

static void take_source(struct query_build *b, struct scope *s, const struct json *select)
{
    const struct json *rows = json_get(select, "valuesLists");
    if (!select)
        return;
    if (!rows) {
        struct scope *source = query_new_scope(b, s, s->outer, QUERY_SOURCE);
        query_select(b, source, select);
        return;
    }
    s->block->value_rows = (double)rows->count;
    query_with(b, s, select);
    for (const struct json *row = json_first(rows); row; row = row->next)
        query_use(b, &s->used, &s->used_count, query_resolve(b, s, row));
}

static void take_arbiter(struct query_build *b, struct scope *s, const struct json *infer)
{
    s->block->conflict_constraint = json_str(infer, "conname");
    for (const struct json *e = json_first(json_get(infer, "indexElems")); e; e = e->next) {
        const struct json *body = raw_body(e);
        struct str column = json_str(body, "name");
        const struct json *expr = column.p ? query_make_column(b, s->block->target, column)
                                           : query_resolve(b, s, json_get(body, "expr"));
        query_use(b, &s->conflict, &s->conflict_count, expr);
    }
}

/* The row that was not inserted, as DO UPDATE sees it. */
static void add_excluded(struct query_build *b, struct scope *s)
{
    struct query_rte *rte = arena_alloc(b->a, sizeof *rte);
    *rte = *s->block->target;
    rte->alias = STR("excluded");
    rte->number = 0;
    s->items = query_grow(b->a, s->items, s->item_count, sizeof *s->items);
    s->items[s->item_count++] =
        (struct item){.name = rte->alias, .rte = rte, .qualified_only = true};
}

static void take_conflict(struct query_build *b, struct scope *s, const struct json *clause)
{
    if (!clause)
        return;
    take_arbiter(b, s, json_get(clause, "infer"));
    s->block->updates = raw_enum_is(clause, "action", "ONCONFLICT_UPDATE");
    add_excluded(b, s);
    take_assignments(b, s, json_get(clause, "targetList"));
    query_use(b, &s->used, &s->used_count, query_resolve(b, s, json_get(clause, "whereClause")));
    s->item_count--;
}

void query_insert(struct query_build *b, struct scope *s, const struct json *body)
{
    s->block->kind = QUERY_INSERT;
    s->block->inserts = true;
    query_with(b, s, body);
    take_source(b, s, json_path(body, "selectStmt", "SelectStmt", NULL));
    take_target(b, s, json_get(body, "relation"));
    take_insert_columns(b, s, json_get(body, "cols"));
    take_conflict(b, s, json_get(body, "onConflictClause"));
    query_targets(b, s, json_get(body, "returningList"));
}

/* ---- UPDATE, DELETE ---- */

void query_update(struct query_build *b, struct scope *s, const struct json *body)
{
    s->block->kind = QUERY_UPDATE;
    s->block->updates = true;
    query_with(b, s, body);
    take_target(b, s, json_get(body, "relation"));
    query_from(b, s, json_get(body, "fromClause"));
    take_where(b, s, json_get(body, "whereClause"));
    take_assignments(b, s, json_get(body, "targetList"));
    query_targets(b, s, json_get(body, "returningList"));
}

void query_delete(struct query_build *b, struct scope *s, const struct json *body)
{
    s->block->kind = QUERY_DELETE;
    s->block->deletes = true;
    query_with(b, s, body);
    take_target(b, s, json_get(body, "relation"));
    query_from(b, s, json_get(body, "usingClause"));
    take_where(b, s, json_get(body, "whereClause"));
    query_targets(b, s, json_get(body, "returningList"));
}

/* ---- MERGE ---- */

static void take_when(struct query_build *b, struct scope *s, const struct json *when)
{
    struct query_block *block = s->block;
    query_use(b, &s->used, &s->used_count, query_resolve(b, s, json_get(when, "condition")));
    if (raw_enum_is(when, "commandType", "CMD_UPDATE")) {
        block->updates = true;
        take_assignments(b, s, json_get(when, "targetList"));
    } else if (raw_enum_is(when, "commandType", "CMD_INSERT")) {
        block->inserts = true;
        take_insert_columns(b, s, json_get(when, "targetList"));
        for (const struct json *e = json_first(json_get(when, "values")); e; e = e->next)
            query_use(b, &s->used, &s->used_count, query_resolve(b, s, e));
    } else if (raw_enum_is(when, "commandType", "CMD_DELETE")) {
        block->deletes = true;
    }
}

void query_merge(struct query_build *b, struct scope *s, const struct json *body)
{
    s->block->kind = QUERY_MERGE;
    query_with(b, s, body);
    take_target(b, s, json_get(body, "relation"));
    query_from_item(b, s, json_get(body, "sourceRelation"));
    /* rows of the source without a match stay when they are to be inserted */
    bool keeps_source = false;
    const struct json *whens = json_get(body, "mergeWhenClauses");
    for (const struct json *e = json_first(whens); e; e = e->next)
        keeps_source |= !json_bool(raw_body(e), "matched", false);
    struct raw_join j = {
        .type = keeps_source ? QUERY_RIGHT : QUERY_INNER, .mid = 1, .to = s->block->rte_count};
    s->joins = query_grow(b->a, s->joins, s->join_count, sizeof *s->joins);
    s->joins[s->join_count++] = j;
    struct raw_cond on = {.place = QUERY_ON, .join = s->join_count, .to = j.to};
    query_add_cond(b, s, query_resolve(b, s, json_get(body, "joinCondition")), on);
    for (const struct json *e = json_first(whens); e; e = e->next)
        take_when(b, s, raw_body(e));
    query_targets(b, s, json_get(body, "returningList"));
}
