/* SELECT: WITH, target list, keys, limits, set operations. */
#include "sql/calls.h"
#include "sql/query_build.h"

void *query_grow(struct arena *a, void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    void *more = arena_calloc(a, count ? count * 2 : 1, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

void query_use(struct query_build *b, const struct json ***list, size_t *count,
               const struct json *expr)
{
    if (!expr)
        return;
    *list = query_grow(b->a, *list, *count, sizeof **list);
    (*list)[(*count)++] = expr;
}

struct scope *query_new_scope(struct query_build *b, struct scope *parent, struct scope *outer,
                              enum query_role role)
{
    struct scope *s = arena_alloc(b->a, sizeof *s);
    s->block = arena_alloc(b->a, sizeof *s->block);
    s->parent = parent;
    s->outer = outer;
    s->block->role = role;
    s->block->parent = parent ? parent->block : NULL;
    s->view = parent ? parent->view : (struct str){0};
    b->scopes = query_grow(b->a, b->scopes, b->scope_count, sizeof *b->scopes);
    b->scopes[b->scope_count++] = s;
    s->block->number = b->scope_count;
    return s;
}

void query_add_cond(struct query_build *b, struct scope *s, const struct json *resolved,
                    struct raw_cond where)
{
    if (!resolved)
        return;
    const struct json *body = raw_as(resolved, RAW_BoolExpr);
    const struct json *constant = json_get(raw_as(resolved, RAW_A_Const), "boolval");
    if (json_bool(constant, "boolval", false))
        return; /* ON true */
    if (raw_enum_is(body, "boolop", "AND_EXPR")) {
        for (const struct json *e = json_first(json_get(body, "args")); e; e = e->next)
            query_add_cond(b, s, e, where);
        return;
    }
    where.expr = resolved;
    where.depth = b->now.depth;
    s->conds = query_grow(b->a, s->conds, s->cond_count, sizeof *s->conds);
    s->conds[s->cond_count++] = where;
}

/* ---- WITH ---- */

static void count_uses(const struct json *v, struct cte *ctes)
{
    for (const struct json *e = json_first(v); e; e = e->next) {
        if (str_is(e->key, "RangeVar") && !json_get(e, "schemaname"))
            for (struct cte *c = ctes; c; c = c->next)
                c->uses += str_eq(c->name, json_str(e, "relname"));
        count_uses(e, ctes);
    }
}

static bool is_change(const struct json *statement)
{
    enum raw_tag tag = raw_tag(statement);
    return tag == RAW_InsertStmt || tag == RAW_UpdateStmt || tag == RAW_DeleteStmt ||
           tag == RAW_MergeStmt;
}

static struct cte *new_cte(struct query_build *b, struct scope *s, const struct json *body,
                           bool recursive)
{
    struct cte *c = arena_alloc(b->a, sizeof *c);
    c->name = json_str(body, "ctename");
    c->body = body;
    c->home = s;
    count_uses(json_get(body, "ctequery"), c);
    c->recursive = recursive && c->uses > 0;
    c->uses = 0;
    return c;
}

void query_with(struct query_build *b, struct scope *s, const struct json *statement)
{
    const struct json *with = json_get(statement, "withClause");
    if (!with)
        return;
    bool recursive = json_bool(with, "recursive", false);
    struct cte **tail = &s->ctes;
    for (const struct json *e = json_first(json_get(with, "ctes")); e; e = e->next) {
        *tail = new_cte(b, s, raw_body(e), recursive);
        tail = &(*tail)->next;
    }
    count_uses(statement, s->ctes);
    for (struct cte *c = s->ctes; c; c = c->next) {
        const struct json *query = json_get(c->body, "ctequery");
        if (!is_change(query) || b->scope_count >= QUERY_BLOCKS_MAX)
            continue;
        c->built = query_new_scope(b, s, s->outer, QUERY_CTE);
        c->built->block->name = c->name;
        c->built->materialized = true;
        query_statement(b, c->built, query);
    }
}

/* ---- target list ---- */

/* What the server calls an output column without AS (FigureColname). */
static struct str figure_name(const struct json *expr)
{
    const struct json *body = raw_body(expr);
    struct str name = {0};
    switch (raw_tag(expr)) {
    case RAW_ColumnRef:
        name = raw_last_name(json_get(body, "fields"), NULL);
        break;
    case RAW_FuncCall:
        name = raw_last_name(json_get(body, "funcname"), NULL);
        break;
    case RAW_TypeCast:
        name = figure_name(json_get(body, "arg"));
        if (!name.p || str_is(name, "?column?"))
            name = raw_last_name(json_path(body, "typeName", "names", NULL), NULL);
        break;
    case RAW_CollateClause:
        name = figure_name(json_get(body, "arg"));
        break;
    case RAW_CoalesceExpr:
        name = STR("coalesce");
        break;
    case RAW_CaseExpr:
        name = STR("case");
        break;
    default:
        break;
    }
    return name.p ? name : STR("?column?");
}

/* A star, and whose. */
static bool is_star(const struct json *expr, struct str *of)
{
    const struct json *body = raw_as(expr, RAW_ColumnRef);
    struct str before = {0}, last = {0};
    bool star = false;
    for (const struct json *e = json_first(json_get(body, "fields")); e; e = e->next) {
        before = last;
        star = raw_tag(e) == RAW_A_Star;
        last = raw_string(e);
    }
    *of = before;
    return star;
}

void query_targets(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *body = raw_body(e), *val = json_get(body, "val");
        struct target t = {.name = json_str(body, "name")};
        if (!is_star(val, &t.star_of)) {
            if (!t.name.p)
                t.name = figure_name(val);
            t.expr = query_resolve(b, s, val);
            t.extent = b->now;
        }
        s->targets = query_grow(b->a, s->targets, s->target_count, sizeof *s->targets);
        s->targets[s->target_count++] = t;
    }
}

/* ---- ORDER BY, GROUP BY, DISTINCT ON ---- */

/* Column n of a star over relations whose columns are known; *n counts down over them. */
static const struct json *star_column(struct query_build *b, struct scope *s,
                                      const struct target *star, size_t *n, bool *known)
{
    const struct query_names *names = b->names;
    for (size_t i = 0; i < s->item_count && *known; i++) {
        const struct item *item = &s->items[i];
        if (item->joined || (star->star_of.p && !str_eq(item->name, star->star_of)))
            continue;
        bool relation = item->rte && item->rte->kind == QUERY_RTE_RELATION;
        size_t have = 0;
        struct str column = {0};
        while (relation && names && names->column_at && have <= *n &&
               (column = names->column_at(names->ctx, item->rte->schema, item->rte->name, have)).p)
            have++;
        *known = have > 0;
        if (have > *n)
            return query_make_column(b, item->rte, column);
        *n -= have;
    }
    return NULL;
}

/* Output column n (from 0) of a block; NULL when it is not known. */
static const struct json *output_column(struct query_build *b, struct scope *s, size_t n)
{
    bool known = true;
    for (size_t i = 0; i < s->target_count && known; i++) {
        const struct target *t = &s->targets[i];
        if (!t->expr) {
            const struct json *column = star_column(b, s, t, &n, &known);
            if (column)
                return column;
        } else if (n-- == 0) {
            return t->expr;
        }
    }
    return NULL;
}

/* Name of a column reference without qualifier; absent: it is none. */
static struct str bare_name(const struct json *node)
{
    const struct json *fields = json_get(raw_as(node, RAW_ColumnRef), "fields");
    return fields && fields->count == 1 ? raw_string(json_first(fields)) : (struct str){0};
}

static const struct json *named_output(const struct scope *s, struct str name)
{
    for (size_t i = 0; name.p && i < s->target_count; i++)
        if (s->targets[i].expr && str_eq(s->targets[i].name, name))
            return s->targets[i].expr;
    return NULL;
}

static bool is_input_column(struct query_build *b, const struct scope *s, struct str name)
{
    for (size_t i = 0; name.p && i < s->item_count; i++)
        if (query_item_has(b, s, &s->items[i], name) == QUERY_YES)
            return true;
    return false;
}

/*
 * The expression that a key means: an output column by its place or name, else itself. A name is
 * first of an output column in ORDER BY, first of an input column in GROUP BY.
 */
static const struct json *resolve_key(struct query_build *b, struct scope *s,
                                      const struct json *node, bool input_first)
{
    const struct json *place = json_get(raw_as(node, RAW_A_Const), "ival");
    if (place) {
        double n = json_num(place, "ival", 0);
        return n >= 1 && n <= 2000 ? output_column(b, s, (size_t)n - 1) : NULL;
    }
    struct str name = bare_name(node);
    const struct json *output = named_output(s, name);
    if (output && !(input_first && is_input_column(b, s, name)))
        return output;
    return query_resolve(b, s, node);
}

/* The SortBy node with another expression. */
static const struct json *sort_by_with(struct query_build *b, const struct json *sort_by,
                                       const struct json *expr)
{
    struct json *node = query_lone_copy(b, sort_by);
    struct json *body = query_lone_copy(b, raw_body(sort_by));
    body->key = STR("SortBy");
    body->child = NULL;
    struct json **tail = &body->child;
    for (const struct json *m = raw_body(sort_by)->child; m; m = m->next) {
        bool key = str_is(m->key, "node");
        *tail = query_lone_copy(b, key ? expr : m);
        (*tail)->key = m->key;
        tail = &(*tail)->next;
    }
    node->child = body;
    return node;
}

static void take_sort(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *body = raw_as(e, RAW_SortBy);
        const struct json *expr = resolve_key(b, s, json_get(body, "node"), false);
        /* what is sorted by an unknown column has no known order from there on */
        if (!body || !expr)
            return;
        query_use(b, &s->sorts, &s->sort_count, sort_by_with(b, e, expr));
    }
}

static void take_group(struct query_build *b, struct scope *s, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *set = raw_as(e, RAW_GroupingSet);
        const struct json *row = raw_as(e, RAW_RowExpr);
        if (set) {
            s->block->grouping_sets = true;
            take_group(b, s, json_get(set, "content"));
        } else if (row) {
            take_group(b, s, json_get(row, "args"));
        } else {
            query_use(b, &s->group, &s->group_count, resolve_key(b, s, e, true));
        }
    }
}

static void take_distinct(struct query_build *b, struct scope *s, const struct json *list)
{
    if (!list)
        return;
    s->block->distinct = QUERY_DISTINCT_ALL;
    for (const struct json *e = json_first(list); e; e = e->next) {
        if (!json_first(e))
            continue;
        s->block->distinct = QUERY_DISTINCT_ON;
        query_use(b, &s->distinct_on, &s->distinct_count, resolve_key(b, s, e, false));
    }
}

/* ---- the rest of a SELECT ---- */

static struct query_limit limit_of(const struct json *expr)
{
    while (raw_tag(expr) == RAW_TypeCast)
        expr = json_get(raw_body(expr), "arg");
    const struct json *c = raw_as(expr, RAW_A_Const);
    if (!expr || json_bool(c, "isnull", false))
        return (struct query_limit){0};
    struct query_limit l = {.present = true};
    if (json_get(c, "ival")) {
        l.rows = json_num(json_get(c, "ival"), "ival", 0);
        l.known = true;
    } else if (c) {
        const struct json *f = json_get(c, "fval");
        l.known =
            str_to_double(f ? json_str(f, "fval") : json_str(json_get(c, "sval"), "sval"), &l.rows);
    }
    return l;
}

static void take_limits(struct query_build *b, struct scope *s, const struct json *select)
{
    struct query_block *block = s->block;
    block->limit = limit_of(json_get(select, "limitCount"));
    block->offset = limit_of(json_get(select, "limitOffset"));
    block->with_ties = raw_enum_is(select, "limitOption", "LIMIT_OPTION_WITH_TIES");
    query_use(b, &s->used, &s->used_count, query_resolve(b, s, json_get(select, "limitCount")));
    query_use(b, &s->used, &s->used_count, query_resolve(b, s, json_get(select, "limitOffset")));
    const struct json *locks = json_get(select, "lockingClause");
    for (const struct json *e = json_first(locks); e; e = e->next) {
        block->locks_rows = true;
        block->skips_locked |= raw_enum_is(raw_body(e), "waitPolicy", "LockWaitSkip");
    }
}

static bool fits_for_merging(const struct scope *s)
{
    for (size_t i = 0; i < s->target_count; i++)
        if (s->targets[i].extent.nodes > QUERY_MERGE_NODES_MAX ||
            s->targets[i].extent.depth > QUERY_MERGE_DEPTH_MAX)
            return false;
    return true;
}

/* After is_simple_subquery in PostgreSQL's prepjointree.c. */
static bool is_simple(const struct scope *s, const struct calls *calls)
{
    const struct query_block *b = s->block;
    bool grouped = s->group_count || b->has_aggregates || b->distinct || b->grouping_sets;
    bool ordered = s->sort_count || b->limit.present || b->offset.present || b->locks_rows;
    bool calls_out = calls->set_returning || calls->is_volatile || s->window_count;
    return b->rte_count && !grouped && !ordered && !calls_out && !s->ctes && fits_for_merging(s);
}

static void find_aggregates(struct scope *s, struct calls *calls)
{
    for (size_t i = 0; i < s->target_count; i++)
        calls_find(calls, s->targets[i].expr);
    struct calls others = {0};
    for (size_t i = 0; i < s->cond_count; i++)
        if (s->conds[i].place == QUERY_HAVING)
            calls_find(&others, s->conds[i].expr);
    for (size_t i = 0; i < s->sort_count; i++)
        calls_find(&others, s->sorts[i]);
    s->block->has_aggregates = calls->aggregate || others.aggregate;
}

/* HAVING over group keys alone is checked before grouping. */
static void move_having(struct scope *s)
{
    for (size_t i = 0; i < s->cond_count; i++) {
        struct calls calls = {0};
        calls_find(&calls, s->conds[i].expr);
        bool stays = calls.aggregate || calls.is_volatile || calls.subquery;
        if (s->conds[i].place == QUERY_HAVING && !stays)
            s->conds[i].place = QUERY_WHERE;
    }
}

static void select_plain(struct query_build *b, struct scope *s, const struct json *select)
{
    query_from(b, s, json_get(select, "fromClause"));
    struct raw_cond where = {.place = QUERY_WHERE, .to = s->block->rte_count};
    query_add_cond(b, s, query_resolve(b, s, json_get(select, "whereClause")), where);
    query_targets(b, s, json_get(select, "targetList"));
    take_group(b, s, json_get(select, "groupClause"));
    where.place = QUERY_HAVING;
    query_add_cond(b, s, query_resolve(b, s, json_get(select, "havingClause")), where);
    if (s->group_count && !s->block->grouping_sets)
        move_having(s);
    for (const struct json *e = json_first(json_get(select, "windowClause")); e; e = e->next)
        query_use(b, &s->windows, &s->window_count, query_resolve(b, s, raw_body(e)));
    take_sort(b, s, json_get(select, "sortClause"));
    take_distinct(b, s, json_get(select, "distinctClause"));
    for (const struct json *row = json_first(json_get(select, "valuesLists")); row; row = row->next)
        query_use(b, &s->used, &s->used_count, query_resolve(b, s, row));
    take_limits(b, s, select);
    struct calls calls = {0};
    find_aggregates(s, &calls);
    s->simple = is_simple(s, &calls) && !json_get(select, "havingClause");
}

/* ---- set operations ---- */

static enum query_set_op set_op_of(const struct json *select)
{
    return raw_enum_is(select, "op", "SETOP_UNION")       ? QUERY_UNION
           : raw_enum_is(select, "op", "SETOP_INTERSECT") ? QUERY_INTERSECT
           : raw_enum_is(select, "op", "SETOP_EXCEPT")    ? QUERY_EXCEPT
                                                          : QUERY_SET_NONE;
}

static bool goes_on(const struct scope *s, const struct json *select)
{
    const struct query_block *block = s->block;
    return block->set_op != QUERY_EXCEPT && set_op_of(select) == block->set_op &&
           json_bool(select, "all", false) == block->set_all && !json_get(select, "sortClause") &&
           !json_get(select, "limitCount") && !json_get(select, "limitOffset") &&
           !json_get(select, "withClause");
}

static void take_arms(struct query_build *b, struct scope *s, const struct json *select)
{
    const char *const sides[] = {"larg", "rarg"};
    for (int i = 0; i < 2; i++) {
        const struct json *arm = json_get(select, sides[i]);
        if (goes_on(s, arm)) {
            take_arms(b, s, arm);
            continue;
        }
        if (!arm || b->scope_count >= QUERY_BLOCKS_MAX)
            continue;
        struct scope *sub = query_new_scope(b, s, s->outer, QUERY_ARM);
        s->arms = query_grow(b->a, s->arms, s->arm_count, sizeof *s->arms);
        s->arms[s->arm_count++] = sub;
        query_select(b, sub, arm);
        sub->simple = false;
    }
}

/* ORDER BY of a set operation knows output names and places only. */
static void sort_set_op(struct query_build *b, struct scope *s, const struct json *list)
{
    const struct scope *first = s->arm_count ? s->arms[0] : NULL;
    while (first && first->arm_count)
        first = first->arms[0];
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *place =
            json_get(raw_as(json_get(raw_body(e), "node"), RAW_A_Const), "ival");
        size_t n = (size_t)json_num(place, "ival", 0);
        const struct json *item = e;
        if (place && (!first || n < 1 || n > first->target_count || !first->targets[n - 1].expr))
            return;
        if (place)
            item = sort_by_with(b, e, query_make_name(b, first->targets[n - 1].name));
        query_use(b, &s->sorts, &s->sort_count, item);
    }
}

static void select_set_op(struct query_build *b, struct scope *s, const struct json *select)
{
    s->block->set_op = set_op_of(select);
    s->block->set_all = json_bool(select, "all", false);
    take_arms(b, s, select);
    sort_set_op(b, s, json_get(select, "sortClause"));
    take_limits(b, s, select);
}

void query_select(struct query_build *b, struct scope *s, const struct json *select)
{
    struct extent outer = b->now;
    s->block->kind = QUERY_SELECT;
    query_with(b, s, select);
    if (set_op_of(select) == QUERY_SET_NONE)
        select_plain(b, s, select);
    else
        select_set_op(b, s, select);
    b->now = outer;
}

bool query_statement(struct query_build *b, struct scope *s, const struct json *node)
{
    const struct json *body = raw_body(node);
    switch (raw_tag(node)) {
    case RAW_SelectStmt:
        query_select(b, s, body);
        return true;
    case RAW_InsertStmt:
        query_insert(b, s, body);
        return true;
    case RAW_UpdateStmt:
        query_update(b, s, body);
        return true;
    case RAW_DeleteStmt:
        query_delete(b, s, body);
        return true;
    case RAW_MergeStmt:
        query_merge(b, s, body);
        return true;
    default:
        return false;
    }
}
