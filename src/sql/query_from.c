/* FROM: the range table, what joins it, and what can be merged into it. */
#include "base/err.h"
#include "sql/parse.h"
#include "sql/query_build.h"

/* ---- entries ---- */

static struct query_rte *new_rte(struct query_build *b, struct scope *s, enum query_rte_kind kind,
                                 struct str name, struct str alias)
{
    struct query_rte *rte = arena_alloc(b->a, sizeof *rte);
    rte->kind = kind;
    rte->name = name;
    rte->alias = alias.p ? alias : name.p ? name : STR("unnamed");
    rte->view = s->view;
    b->rtes = query_grow(b->a, b->rtes, b->rte_count, sizeof *b->rtes);
    b->rtes[b->rte_count++] = rte;
    rte->number = b->rte_count;
    struct query_block *block = s->block;
    block->rtes = query_grow(b->a, block->rtes, block->rte_count, sizeof *block->rtes);
    block->rtes[block->rte_count++] = rte;
    return rte;
}

static const struct str *name_list(struct query_build *b, const struct json *names, size_t *count)
{
    struct str *out = arena_calloc(b->a, names ? names->count : 0, sizeof *out);
    *count = 0;
    for (const struct json *e = json_first(names); e; e = e->next)
        out[(*count)++] = raw_string(e);
    return out;
}

static struct item *new_item(struct query_build *b, struct scope *s, const struct json *alias,
                             struct str name)
{
    s->items = query_grow(b->a, s->items, s->item_count, sizeof *s->items);
    struct item *item = &s->items[s->item_count++];
    *item = (struct item){.name = json_str(alias, "aliasname")};
    if (!item->name.p)
        item->name = name;
    item->aliases = name_list(b, json_get(alias, "colnames"), &item->alias_count);
    return item;
}

struct query_rte *query_target_rte(struct query_build *b, struct scope *s,
                                   const struct json *range_var)
{
    const struct json *alias = json_get(range_var, "alias");
    struct str name = json_str(range_var, "relname");
    struct query_rte *rte = new_rte(b, s, QUERY_RTE_RELATION, name, json_str(alias, "aliasname"));
    rte->schema = json_str(range_var, "schemaname");
    new_item(b, s, alias, name)->rte = rte;
    return rte;
}

/* ---- merging ---- */

static void move_entries(struct query_build *b, struct scope *s, struct scope *sub)
{
    struct query_block *to = s->block, *from = sub->block;
    for (size_t i = 0; i < from->rte_count; i++) {
        to->rtes = query_grow(b->a, to->rtes, to->rte_count, sizeof *to->rtes);
        to->rtes[to->rte_count++] = from->rtes[i];
    }
    from->rtes = NULL;
    from->rte_count = 0;
    from->merged = true;
}

static void move_conds(struct query_build *b, struct scope *s, struct scope *sub, size_t base)
{
    size_t joins = s->join_count;
    for (size_t i = 0; i < sub->join_count; i++) {
        struct raw_join j = sub->joins[i];
        s->joins = query_grow(b->a, s->joins, s->join_count, sizeof *s->joins);
        s->joins[s->join_count++] =
            (struct raw_join){j.type, j.from + base, j.mid + base, j.to + base};
    }
    for (size_t i = 0; i < sub->cond_count; i++) {
        struct raw_cond c = sub->conds[i];
        c.from += base;
        c.to += base;
        c.join += c.join ? joins : 0;
        s->conds = query_grow(b->a, s->conds, s->cond_count, sizeof *s->conds);
        s->conds[s->cond_count++] = c;
    }
    sub->cond_count = sub->join_count = 0;
}

/* An item for a subquery: its parts become the block's own, or it is an entry of its own. */
static void add_subquery(struct query_build *b, struct scope *s, struct scope *sub,
                         const struct json *alias, struct str name, bool lateral)
{
    size_t base = s->block->rte_count;
    if (sub->simple) {
        move_entries(b, s, sub);
        move_conds(b, s, sub, base);
        struct item *item = new_item(b, s, alias, name);
        item->sub = sub;
        item->merged = true;
        return;
    }
    struct query_rte *rte = new_rte(b, s, QUERY_RTE_SUBQUERY, name, json_str(alias, "aliasname"));
    rte->block = sub->block;
    rte->lateral = lateral;
    struct item *item = new_item(b, s, alias, name);
    item->rte = rte;
    item->sub = sub;
}

/* ---- CTEs and views ---- */

static struct cte *find_cte(struct scope *s, struct str name)
{
    for (; s; s = s->parent)
        for (struct cte *c = s->ctes; c; c = c->next)
            if (str_eq(c->name, name))
                return c;
    return NULL;
}

static bool is_inlined(const struct cte *c)
{
    const struct json *select = json_path(c->body, "ctequery", "SelectStmt", NULL);
    bool never = raw_enum_is(c->body, "ctematerialized", "CTEMaterializeNever");
    bool once = raw_enum_is(c->body, "ctematerialized", "CTEMaterializeDefault") && c->uses == 1;
    return (never || once) && !c->recursive && select && !json_get(select, "lockingClause");
}

static struct scope *build_cte(struct query_build *b, struct cte *c)
{
    struct scope *sub = query_new_scope(b, c->home, c->home->outer, QUERY_CTE);
    sub->block->name = c->name;
    sub->materialized = !is_inlined(c);
    c->built = sub;
    query_statement(b, sub, json_get(c->body, "ctequery"));
    if (sub->materialized)
        sub->simple = false;
    return sub;
}

static void add_cte(struct query_build *b, struct scope *s, struct cte *c, const struct json *alias)
{
    bool again = c->built && (!is_inlined(c) || b->scope_count >= QUERY_BLOCKS_MAX);
    struct scope *sub = again ? c->built : build_cte(b, c);
    sub->block->recursive |= c->recursive;
    size_t before = s->item_count;
    add_subquery(b, s, sub, alias, c->name, false);
    struct item *item = &s->items[before];
    const struct json *names = json_get(c->body, "aliascolnames");
    if (!item->alias_count && names)
        item->aliases = name_list(b, names, &item->alias_count);
}

/* The view's query in place of its name; false when the relation is no view. */
static bool add_view(struct query_build *b, struct scope *s, const struct json *range_var)
{
    const struct query_names *names = b->names;
    struct str name = json_str(range_var, "relname");
    struct err err = {0};
    if (!names || !names->view_sql || b->view_depth >= QUERY_VIEW_DEPTH_MAX ||
        b->scope_count >= QUERY_BLOCKS_MAX)
        return false;
    struct str sql = names->view_sql(names->ctx, json_str(range_var, "schemaname"), name);
    if (!sql.p)
        return false;
    const struct json *tree = sql_parse(b->a, sql, &err);
    const struct json *stmt = json_get(json_first(json_get(tree, "stmts")), "stmt");
    const struct json *select = raw_as(stmt, RAW_SelectStmt);
    if (!select)
        select = json_path(raw_body(stmt), "query", "SelectStmt", NULL);
    if (!select)
        return false;
    struct scope *sub = query_new_scope(b, NULL, NULL, QUERY_FROM);
    sub->block->parent = s->block;
    sub->view = s->view.p ? s->view : name;
    b->view_depth++;
    query_select(b, sub, select);
    b->view_depth--;
    add_subquery(b, s, sub, json_get(range_var, "alias"), name, false);
    return true;
}

static void add_range_var(struct query_build *b, struct scope *s, const struct json *body)
{
    bool qualified = json_str(body, "schemaname").p != NULL;
    struct cte *cte = qualified ? NULL : find_cte(s, json_str(body, "relname"));
    if (cte)
        add_cte(b, s, cte, json_get(body, "alias"));
    else if (!add_view(b, s, body))
        query_target_rte(b, s, body);
}

/* ---- subqueries, functions ---- */

static void add_values(struct query_build *b, struct scope *s, const struct json *select,
                       const struct json *alias)
{
    struct query_rte *rte =
        new_rte(b, s, QUERY_RTE_VALUES, (struct str){0},
                json_get(alias, "aliasname") ? json_str(alias, "aliasname") : STR("*VALUES*"));
    for (const struct json *row = json_first(json_get(select, "valuesLists")); row; row = row->next)
        query_use(b, &s->used, &s->used_count, query_resolve(b, s, row));
    new_item(b, s, alias, STR("*VALUES*"))->rte = rte;
}

static void add_subselect(struct query_build *b, struct scope *s, const struct json *body)
{
    const struct json *select = json_path(body, "subquery", "SelectStmt", NULL);
    const struct json *alias = json_get(body, "alias");
    bool lateral = json_bool(body, "lateral", false);
    if (json_get(select, "valuesLists") && !json_get(select, "limitCount")) {
        add_values(b, s, select, alias);
        return;
    }
    if (b->scope_count >= QUERY_BLOCKS_MAX)
        return;
    struct scope *sub = query_new_scope(b, s, lateral ? s : s->outer, QUERY_FROM);
    sub->view = s->view;
    query_select(b, sub, select);
    add_subquery(b, s, sub, alias, (struct str){0}, lateral);
}

static struct str function_of(const struct json *functions)
{
    const struct json *items = json_path(json_first(functions), "List", "items", NULL);
    const struct json *call = raw_as(json_first(items), RAW_FuncCall);
    return raw_last_name(json_get(call, "funcname"), NULL);
}

/* Columns that a column definition list names: f(x) AS t(a int, b text). */
static void take_definitions(struct query_build *b, struct item *item, const struct json *defs)
{
    if (!defs || item->alias_count)
        return;
    struct str *out = arena_calloc(b->a, defs->count, sizeof *out);
    for (const struct json *e = json_first(defs); e; e = e->next)
        out[item->alias_count++] = json_str(raw_body(e), "colname");
    item->aliases = out;
}

static void add_function(struct query_build *b, struct scope *s, const struct json *body,
                         struct str name, const struct json *calls, const struct json *columns)
{
    const struct json *alias = json_get(body, "alias");
    const struct json *resolved = query_resolve(b, s, calls);
    struct query_rte *rte = new_rte(b, s, QUERY_RTE_FUNCTION, name, json_str(alias, "aliasname"));
    rte->lateral = true;
    query_use(b, &s->used, &s->used_count, resolved);
    struct item *item = new_item(b, s, alias, name);
    item->rte = rte;
    take_definitions(b, item, columns);
}

/* ---- joins ---- */

static enum query_join join_type(const struct json *body)
{
    return raw_enum_is(body, "jointype", "JOIN_LEFT")    ? QUERY_LEFT
           : raw_enum_is(body, "jointype", "JOIN_RIGHT") ? QUERY_RIGHT
           : raw_enum_is(body, "jointype", "JOIN_FULL")  ? QUERY_FULL
                                                         : QUERY_INNER;
}

struct sides {
    size_t from, mid, to; /* items */
};

/* A column of one side of a join; a bare name when it is not known whose it is. */
static const struct json *column_among(struct query_build *b, struct scope *s, size_t from,
                                       size_t to, struct str column)
{
    const struct item *item = query_item_with(b, s, from, to, column);
    const struct json *v = item ? query_item_column(b, item, column) : NULL;
    if (v)
        return v;
    query_note_unresolved(b, (struct str){0}, column);
    return query_make_name(b, column);
}

static void join_using(struct query_build *b, struct scope *s, struct sides i, struct str column,
                       struct raw_cond where)
{
    const struct json *left = column_among(b, s, i.from, i.mid, column);
    const struct json *right = column_among(b, s, i.mid, i.to, column);
    query_add_cond(b, s, query_make_equal(b, left, right), where);
}

/* NATURAL: the columns of one side that the other has, too, as far as the catalog knows them. */
static void join_natural(struct query_build *b, struct scope *s, struct sides i,
                         struct raw_cond where)
{
    const struct query_names *n = b->names;
    for (size_t k = i.mid; k < i.to && n && n->column_at; k++) {
        const struct query_rte *rte = s->items[k].rte;
        if (!rte || rte->kind != QUERY_RTE_RELATION)
            continue;
        struct str column;
        for (size_t c = 0; (column = n->column_at(n->ctx, rte->schema, rte->name, c)).p; c++) {
            const struct item *l = query_item_with(b, s, i.from, i.mid, column);
            if (l && query_item_has(b, s, l, column) == QUERY_YES)
                join_using(b, s, i, column, where);
        }
    }
}

static void name_join(struct query_build *b, struct scope *s, const struct json *alias,
                      struct sides i)
{
    if (!alias)
        return;
    struct item *item = new_item(b, s, alias, (struct str){0});
    item->joined = true;
    item->from = i.from;
    item->to = i.to;
}

static void add_join(struct query_build *b, struct scope *s, const struct json *body)
{
    struct raw_join j = {.type = join_type(body), .from = s->block->rte_count};
    struct sides i = {.from = s->item_count};
    query_from_item(b, s, json_get(body, "larg"));
    j.mid = s->block->rte_count;
    i.mid = s->item_count;
    query_from_item(b, s, json_get(body, "rarg"));
    j.to = s->block->rte_count;
    i.to = s->item_count;
    s->joins = query_grow(b->a, s->joins, s->join_count, sizeof *s->joins);
    s->joins[s->join_count++] = j;
    struct raw_cond where = {.place = QUERY_ON, .join = s->join_count, .from = j.from, .to = j.to};
    name_join(b, s, json_get(body, "join_using_alias"), i);
    name_join(b, s, json_get(body, "alias"), i);
    const struct json *columns = json_get(body, "usingClause");
    for (const struct json *e = json_first(columns); e; e = e->next)
        join_using(b, s, i, raw_string(e), where);
    if (json_bool(body, "isNatural", false))
        join_natural(b, s, i, where);
    query_add_cond(b, s, query_resolve(b, s, json_get(body, "quals")), where);
}

/* ---- dispatch ---- */

void query_from_item(struct query_build *b, struct scope *s, const struct json *node)
{
    const struct json *body = raw_body(node);
    switch (raw_tag(node)) {
    case RAW_RangeVar:
        add_range_var(b, s, body);
        break;
    case RAW_RangeSubselect:
        add_subselect(b, s, body);
        break;
    case RAW_RangeFunction:
        add_function(b, s, body, function_of(json_get(body, "functions")),
                     json_get(body, "functions"), json_get(body, "coldeflist"));
        break;
    case RAW_RangeTableFunc:
        add_function(b, s, body, STR("xmltable"), json_get(body, "docexpr"),
                     json_get(body, "columns"));
        break;
    case RAW_RangeTableSample:
        query_from_item(b, s, json_get(body, "relation"));
        break;
    case RAW_JoinExpr:
        add_join(b, s, body);
        break;
    default:
        break;
    }
}

void query_from(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next)
        query_from_item(b, s, e);
}
