/* Conditions as predicates; outer joins that are none; which entries a condition can serve. */
#include <stdlib.h>

#include "sql/query_build.h"

/* A predicate and the condition it came from. */
struct made {
    const struct pred *pred;
    const struct raw_cond *raw;
};

struct conds {
    struct query_build *b;
    struct scope *s;
    struct made *made;
    size_t count;
};

/* ---- which entries ---- */

static size_t entry_of(const struct query_block *block, struct str alias)
{
    size_t i = 0;
    while (i < block->rte_count && !str_eq(block->rtes[i]->alias, alias))
        i++;
    return i;
}

/* ---- strictness ---- */

static bool side_is_strict(const struct pred_side *side, struct str alias)
{
    for (size_t i = 0; i < side->column_count; i++)
        if (side->columns[i].strict && str_eq(side->columns[i].qualifier, alias))
            return true;
    return false;
}

static bool side_names(const struct pred_side *side, struct str alias)
{
    for (size_t i = 0; i < side->column_count; i++)
        if (str_eq(side->columns[i].qualifier, alias))
            return true;
    return false;
}

static bool test_is_strict(const struct pred *p, struct str alias)
{
    switch (p->op) {
    case PRED_IS_NULL:
    case PRED_IS_DISTINCT:
        return false;
    case PRED_SUBQUERY:
        /* x IN (...) is not true for a NULL x */
        return str_is(p->op_name, "=") && p->left.kind == SIDE_COLUMN &&
               side_names(&p->left, alias);
    default:
        return side_is_strict(&p->left, alias) || side_is_strict(&p->right, alias);
    }
}

/* Whether the predicate is not true for a row in which the entry is all NULL. */
static bool is_strict(const struct pred *p, struct str alias)
{
    bool all = true, any = false;
    switch (p->kind) {
    case PRED_TEST:
        return test_is_strict(p, alias);
    case PRED_NOT:
        return p->child->kind == PRED_TEST && p->child->op != PRED_SUBQUERY &&
               test_is_strict(p->child, alias);
    case PRED_AND:
    case PRED_OR:
        for (const struct pred *c = p->child; c; c = c->next) {
            bool strict = is_strict(c, alias);
            all &= strict;
            any |= strict;
        }
        return p->kind == PRED_AND ? any : all && p->child;
    case PRED_OPAQUE:
        break;
    }
    return false;
}

/* ---- outer joins ---- */

static bool left_may_be_null(const struct raw_join *j)
{
    return j->type == QUERY_RIGHT || j->type == QUERY_FULL;
}

static bool right_may_be_null(const struct raw_join *j)
{
    return j->type == QUERY_LEFT || j->type == QUERY_FULL;
}

static bool may_be_null(const struct raw_join *j, size_t entry)
{
    return (left_may_be_null(j) && entry >= j->from && entry < j->mid) ||
           (right_may_be_null(j) && entry >= j->mid && entry < j->to);
}

/* Entries whose rows a join's ON can leave out. */
static void filtered_range(const struct raw_join *j, size_t *from, size_t *to)
{
    *from = j->type == QUERY_LEFT ? j->mid : j->from;
    *to = j->type == QUERY_RIGHT ? j->mid : j->type == QUERY_FULL ? j->from : j->to;
}

/* Whether a condition is checked on what the join gave, and leaves out rows for which it fails. */
static bool is_above(const struct scope *s, const struct raw_cond *c, const struct raw_join *j)
{
    size_t from = c->from, to = c->to;
    if (c->place == QUERY_HAVING)
        return false;
    if (c->join) {
        const struct raw_join *own = &s->joins[c->join - 1];
        if (own == j)
            return false;
        filtered_range(own, &from, &to);
    }
    return from <= j->from && j->to <= to;
}

/* Whether some condition above is never true for rows that the join filled up on one side. */
static bool rejects_nulls(const struct conds *c, const struct raw_join *j, size_t from, size_t to)
{
    for (size_t i = 0; i < c->count; i++) {
        if (!is_above(c->s, c->made[i].raw, j))
            continue;
        for (size_t e = from; e < to; e++)
            if (is_strict(c->made[i].pred, c->s->block->rtes[e]->alias))
                return true;
    }
    return false;
}

static bool reduce_join(const struct conds *c, struct raw_join *j)
{
    enum query_join before = j->type;
    if (right_may_be_null(j) && rejects_nulls(c, j, j->mid, j->to))
        j->type = j->type == QUERY_FULL ? QUERY_RIGHT : QUERY_INNER;
    if (left_may_be_null(j) && rejects_nulls(c, j, j->from, j->mid))
        j->type = j->type == QUERY_FULL ? QUERY_LEFT : QUERY_INNER;
    return j->type != before;
}

/* After reduce_outer_joins: an inner join may make another one inner. */
static void reduce_joins(const struct conds *c)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < c->s->join_count; i++)
            changed |= reduce_join(c, &c->s->joins[i]);
    }
    struct query_block *block = c->s->block;
    for (size_t e = 0; e < block->rte_count; e++) {
        block->rtes[e]->nullable = false;
        for (size_t i = 0; i < c->s->join_count; i++)
            block->rtes[e]->nullable |= may_be_null(&c->s->joins[i], e);
    }
}

static bool is_usable(const struct scope *s, const struct raw_cond *c, size_t entry)
{
    size_t from = c->from, to = c->to;
    if (c->place == QUERY_HAVING)
        return false;
    if (c->join)
        filtered_range(&s->joins[c->join - 1], &from, &to);
    if (entry < from || entry >= to)
        return false;
    for (size_t i = 0; i < s->join_count; i++) {
        const struct raw_join *j = &s->joins[i];
        bool own = c->join == i + 1;
        if (!own && from <= j->from && j->to <= to && may_be_null(j, entry))
            return false;
    }
    return true;
}

/* ---- references ---- */

static bool is_entry(const struct query_build *b, struct str alias)
{
    for (size_t i = 0; i < b->rte_count; i++)
        if (str_eq(b->rtes[i]->alias, alias))
            return true;
    return false;
}

static void note_side(const struct conds *c, const struct pred_side *side, bool *named,
                      bool *correlated)
{
    const struct query_block *block = c->s->block;
    for (size_t i = 0; i < side->column_count; i++) {
        if (!side->columns[i].qualifier.p)
            continue;
        size_t e = entry_of(block, side->columns[i].qualifier);
        if (e < block->rte_count)
            named[e] = true;
        else
            *correlated |= is_entry(c->b, side->columns[i].qualifier);
    }
}

static void note_pred(const struct conds *c, const struct pred *p, bool *named, bool *correlated)
{
    note_side(c, &p->left, named, correlated);
    note_side(c, &p->right, named, correlated);
    for (const struct pred *child = p->child; child; child = child->next)
        note_pred(c, child, named, correlated);
}

static void take_refs(const struct conds *c, const struct raw_cond *raw, struct query_cond *out)
{
    struct query_block *block = c->s->block;
    bool *named = xcalloc(block->rte_count, sizeof *named);
    note_pred(c, out->pred, named, &out->correlated);
    size_t n = 0;
    for (size_t e = 0; e < block->rte_count; e++)
        n += named[e];
    struct query_ref *refs = arena_calloc(c->b->a, n, sizeof *refs);
    for (size_t e = 0; e < block->rte_count; e++)
        if (named[e])
            refs[out->ref_count++] = (struct query_ref){block->rtes[e], is_usable(c->s, raw, e)};
    out->refs = refs;
    free(named);
}

static void make_preds(struct conds *c)
{
    struct arena *a = c->b->a;
    for (size_t i = 0; i < c->s->cond_count; i++) {
        size_t n;
        const struct raw_cond *raw = &c->s->conds[i];
        const struct pred **preds = pred_conjuncts(a, pred_from_tree(a, raw->expr), &n);
        for (size_t k = 0; k < n; k++) {
            c->made = query_grow(a, c->made, c->count, sizeof *c->made);
            c->made[c->count++] = (struct made){preds[k], raw};
        }
    }
}

void query_make_conds(struct query_build *b, struct scope *s)
{
    struct conds c = {.b = b, .s = s};
    make_preds(&c);
    reduce_joins(&c);
    struct query_cond *out = arena_calloc(b->a, c.count, sizeof *out);
    for (size_t i = 0; i < c.count; i++) {
        const struct raw_cond *raw = c.made[i].raw;
        out[i].pred = c.made[i].pred;
        out[i].place = raw->place;
        out[i].pushed = raw->pushed;
        out[i].join = raw->join ? s->joins[raw->join - 1].type : QUERY_INNER;
        take_refs(&c, raw, &out[i]);
    }
    s->block->conds = out;
    s->block->cond_count = c.count;
}

bool query_cond_reaches(const struct scope *s, const struct raw_cond *c,
                        const struct query_rte *rte)
{
    size_t e = 0;
    while (e < s->block->rte_count && s->block->rtes[e] != rte)
        e++;
    return e < s->block->rte_count && is_usable(s, c, e);
}
