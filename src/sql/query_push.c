/*
 * Conditions that go down: of a subquery's output into the subquery (subquery_push_qual in
 * PostgreSQL's allpaths.c), and x IN (SELECT y ...) as y = x into it.
 */
#include <stdint.h>

#include "sql/calls.h"
#include "sql/deparse.h"
#include "sql/query_build.h"

/* ---- links of subqueries in expressions ---- */

static struct scope *scope_of(const struct query_build *b, const struct json *sublink)
{
    double n = json_num(sublink, "block", 0);
    return n >= 1 && n <= (double)b->scope_count ? b->scopes[(size_t)n - 1] : NULL;
}

static void add_semi(struct query_build *b, struct scope *sub, const struct json *output,
                     const struct json *test, size_t depth)
{
    struct raw_cond c = {.place = QUERY_SEMI, .to = sub->block->rte_count, .depth = depth};
    c.expr = query_make_equal(b, output, test);
    sub->conds = query_grow(b->a, sub->conds, sub->cond_count, sizeof *sub->conds);
    sub->conds[sub->cond_count++] = c;
}

/* The tested values equal what the subquery gives. */
static void equate(struct query_build *b, struct scope *sub, const struct json *sublink,
                   size_t depth)
{
    const struct json *test = json_get(sublink, "testexpr");
    const struct json *row = json_get(raw_as(test, RAW_RowExpr), "args");
    size_t n = row ? row->count : 1;
    if (!sub->simple || sub->target_count != n)
        return;
    const struct json *one = row ? json_first(row) : test;
    for (size_t i = 0; i < n; i++, one = one->next)
        if (sub->targets[i].expr)
            add_semi(b, sub, sub->targets[i].expr, one, depth);
}

static bool is_equality(const struct json *sublink)
{
    const struct json *op = json_get(sublink, "operName");
    return raw_enum_is(sublink, "subLinkType", "ANY_SUBLINK") &&
           (!op || str_is(raw_last_name(op, NULL), "="));
}

static void link_subquery(struct query_build *b, const struct raw_cond *c)
{
    const struct json *no = raw_as(c->expr, RAW_BoolExpr);
    bool negated = raw_enum_is(no, "boolop", "NOT_EXPR");
    const struct json *node = negated ? json_first(json_get(no, "args")) : c->expr;
    const struct json *sublink = raw_as(node, RAW_SubLink);
    struct scope *sub = scope_of(b, sublink);
    if (!sub || c->place == QUERY_HAVING)
        return;
    if (raw_enum_is(sublink, "subLinkType", "EXISTS_SUBLINK")) {
        sub->block->link = negated ? QUERY_LINK_ANTI : QUERY_LINK_SEMI;
    } else if (is_equality(sublink)) {
        sub->block->link = negated ? QUERY_LINK_NOT_IN : QUERY_LINK_SEMI;
        if (!negated)
            equate(b, sub, sublink, c->depth);
    }
}

/* ---- pushing down ---- */

/* The only entry that an expression speaks of; *clean: no subquery, nothing unknown. */
static const struct query_rte *only_entry(const struct query_build *b, const struct json *v,
                                          const struct query_rte *so_far, bool *clean)
{
    for (const struct json *e = json_first(v); e && *clean; e = e->next) {
        if (str_is(e->key, "SubLink")) {
            *clean = false;
        } else if (str_is(e->key, "ColumnRef")) {
            const struct query_rte *rte = query_column_rte(b, e);
            *clean = rte && (!so_far || so_far == rte);
            so_far = rte;
        } else {
            so_far = only_entry(b, e, so_far, clean);
        }
    }
    return so_far;
}

static struct str text_of(struct query_build *b, const struct json *expr)
{
    struct deparse d = {0};
    deparse_expr(&d, expr);
    struct str s = str_dup(b->a, buf_str(&d.out));
    deparse_release(&d);
    return s;
}

static bool is_among(struct query_build *b, const struct json *expr, const struct json **list,
                     size_t count)
{
    struct str text = text_of(b, expr);
    for (size_t i = 0; i < count; i++)
        if (str_eq(text, text_of(b, list[i])))
            return true;
    return false;
}

static bool partitions_by(struct query_build *b, const struct json *window, const struct json *expr)
{
    struct str text = text_of(b, expr);
    for (const struct json *e = json_first(json_get(window, "partitionClause")); e; e = e->next)
        if (str_eq(text, text_of(b, e)))
            return true;
    return false;
}

/* Whether a condition on the output may be checked before the subquery groups, sorts and cuts. */
static bool passes(struct query_build *b, const struct scope *sub, const struct json *output)
{
    const struct query_block *block = sub->block;
    struct calls calls = {0};
    calls_find(&calls, output);
    if (calls.is_volatile || calls.set_returning || calls.aggregate || calls.subquery)
        return false;
    if (block->limit.present || block->offset.present || block->grouping_sets)
        return false;
    if ((sub->group_count || block->has_aggregates) &&
        !is_among(b, output, sub->group, sub->group_count))
        return false;
    if (block->distinct == QUERY_DISTINCT_ON &&
        !is_among(b, output, sub->distinct_on, sub->distinct_count))
        return false;
    for (size_t i = 0; i < sub->window_count; i++)
        if (!partitions_by(b, sub->windows[i], output))
            return false;
    return true;
}

/* Place of an output column of that name; SIZE_MAX: none, or behind a star. */
static size_t output_place(const struct scope *sub, struct str name)
{
    for (size_t i = 0; i < sub->target_count; i++) {
        if (!sub->targets[i].expr)
            return SIZE_MAX;
        if (str_eq(sub->targets[i].name, name))
            return i;
    }
    return SIZE_MAX;
}

/* The output column at a place, or of a name when the place is not known (SELECT *). */
static const struct json *output_of(struct query_build *b, struct scope *sub, size_t place,
                                    struct str name)
{
    if (place < sub->target_count)
        return sub->targets[place].expr;
    const struct target *t = query_find_target(sub, name);
    if (t)
        return t->expr;
    if (place != SIZE_MAX)
        return NULL;
    const struct item star = {.sub = sub, .merged = true};
    return query_item_column(b, &star, name);
}

struct push {
    struct query_build *b;
    const struct query_rte *rte; /* the subquery's entry */
    struct scope *sub;           /* where to: the subquery or one of its arms */
    const struct scope *first;   /* where names and places are taken from */
    bool good;
};

static struct json *substitute(struct push *p, const struct json *v);

/* A column of the subquery's entry as the expression behind it. */
static struct json *substitute_column(struct push *p, const struct json *ref)
{
    struct str name = raw_last_name(json_get(ref, "fields"), NULL);
    size_t place = output_place(p->first, name);
    const struct json *output =
        name.p ? output_of(p->b, p->sub, p->sub == p->first ? SIZE_MAX : place, name) : NULL;
    if (!output || !passes(p->b, p->sub, output)) {
        p->good = false;
        return query_lone_copy(p->b, ref);
    }
    struct json *member = query_lone_copy(p->b, output->child);
    member->key = output->child->key;
    return member;
}

static struct json *substitute(struct push *p, const struct json *v)
{
    struct json *c = query_lone_copy(p->b, v);
    c->key = v->key;
    c->child = NULL;
    struct json **tail = &c->child;
    for (const struct json *e = v->child; e && p->good; e = e->next) {
        bool column = str_is(e->key, "ColumnRef") && query_column_rte(p->b, e) == p->rte;
        *tail = column ? substitute_column(p, e) : substitute(p, e);
        tail = &(*tail)->next;
    }
    return c;
}

/* False when the condition must stay outside. */
static bool push_into(struct query_build *b, const struct raw_cond *c, const struct query_rte *rte,
                      struct scope *sub, const struct scope *first)
{
    struct push p = {.b = b, .rte = rte, .sub = sub, .first = first, .good = true};
    struct json *expr = substitute(&p, c->expr);
    size_t depth = c->depth + QUERY_MERGE_DEPTH_MAX;
    if (!p.good || depth > QUERY_PUSH_DEPTH_MAX)
        return false;
    struct raw_cond pushed = {
        .place = QUERY_WHERE, .to = sub->block->rte_count, .pushed = true, .depth = depth};
    query_add_cond(b, sub, expr, pushed);
    sub->conds[sub->cond_count - 1].depth = depth;
    return true;
}

static void push_into_arms(struct query_build *b, const struct raw_cond *c,
                           const struct query_rte *rte, struct scope *sub,
                           const struct scope *first)
{
    if (sub->block->set_op == QUERY_EXCEPT || sub->block->limit.present ||
        sub->block->offset.present || sub->block->recursive)
        return;
    for (size_t i = 0; i < sub->arm_count; i++)
        if (sub->arms[i]->arm_count)
            push_into_arms(b, c, rte, sub->arms[i], first);
        else
            push_into(b, c, rte, sub->arms[i], first);
}

static struct scope *scope_of_block(const struct query_build *b, const struct query_block *block)
{
    return block ? b->scopes[block->number - 1] : NULL;
}

static void push_cond(struct query_build *b, struct scope *s, const struct raw_cond *c)
{
    bool clean = true;
    struct calls calls = {0};
    const struct query_rte *rte = only_entry(b, c->expr, NULL, &clean);
    struct scope *sub = clean && rte ? scope_of_block(b, rte->block) : NULL;
    calls_find(&calls, c->expr);
    if (!sub || sub->materialized || sub->block->recursive || calls.is_volatile ||
        !query_cond_reaches(s, c, rte))
        return;
    const struct scope *first = sub;
    while (first->arm_count)
        first = first->arms[0];
    if (sub->arm_count)
        push_into_arms(b, c, rte, sub, first);
    else
        push_into(b, c, rte, sub, sub);
}

void query_push(struct query_build *b, struct scope *s)
{
    for (size_t i = 0; i < s->cond_count; i++) {
        link_subquery(b, &s->conds[i]);
        push_cond(b, s, &s->conds[i]);
    }
}
