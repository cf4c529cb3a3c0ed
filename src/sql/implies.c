#include "sql/implies.h"

#include "base/arena.h"
#include "sql/implies_private.h"

/* Lists longer than this are not gone through (MAX_SAOP_ARRAY_SIZE). */
enum { LIST_MAX = 100 };

/* ANDs and ORs in each other take exponential time in the planner, too; here the answer is no. */
enum { STEPS_MAX = 200000 };

enum shape { SHAPE_ATOM, SHAPE_AND, SHAPE_OR };

static enum shape shape_of(struct item it)
{
    const struct pred *p = it.pred;
    if (it.element)
        return SHAPE_ATOM;
    if (p->kind == PRED_AND)
        return SHAPE_AND;
    if (p->kind == PRED_OR)
        return SHAPE_OR;
    bool list = p->kind == PRED_TEST && p->right.kind == SIDE_CONST_LIST &&
                p->right.value_count <= LIST_MAX;
    return list && p->op == PRED_IN       ? SHAPE_OR
           : list && p->op == PRED_NOT_IN ? SHAPE_AND
                                          : SHAPE_ATOM;
}

/* The parts of an AND or OR, one after the other; false at the end. */
struct parts {
    struct item whole;
    const struct pred *child; /* next of an AND or OR */
    size_t index;             /* next of a list */
};

static struct parts parts_of(struct item it)
{
    return (struct parts){.whole = it, .child = it.pred->child};
}

static bool next_part(struct parts *p, struct item *out)
{
    const struct pred *pred = p->whole.pred;
    if (pred->kind == PRED_TEST) {
        *out = (struct item){.pred = pred, .element = true, .index = p->index};
        return p->index++ < pred->right.value_count;
    }
    if (!p->child)
        return false;
    *out = (struct item){.pred = p->child};
    p->child = p->child->next;
    return true;
}

static bool implies(struct proof *p, struct item clause, struct item goal);

static bool implies_all(struct proof *p, struct item clause, struct item goal)
{
    struct parts parts = parts_of(goal);
    for (struct item part; next_part(&parts, &part);)
        if (!implies(p, clause, part))
            return false;
    return true;
}

static bool implies_any(struct proof *p, struct item clause, struct item goal)
{
    struct parts parts = parts_of(goal);
    for (struct item part; next_part(&parts, &part);)
        if (implies(p, clause, part))
            return true;
    return false;
}

static bool some_part_implies(struct proof *p, struct item clause, struct item goal)
{
    struct parts parts = parts_of(clause);
    for (struct item part; next_part(&parts, &part);)
        if (implies(p, part, goal))
            return true;
    return false;
}

static bool every_part_implies(struct proof *p, struct item clause, struct item goal)
{
    struct parts parts = parts_of(clause);
    for (struct item part; next_part(&parts, &part);)
        if (!implies(p, part, goal))
            return false;
    return true;
}

/*
 * After predicate_implied_by_recurse. As deep as the two conditions' ANDs and ORs together, which
 * alternate, so as the trees that they were read from.
 */
static bool implies(struct proof *p, struct item clause, struct item goal)
{
    enum shape c = shape_of(clause), g = shape_of(goal);
    if (p->steps++ > STEPS_MAX)
        return false;
    if (g == SHAPE_AND)
        return implies_all(p, clause, goal);
    if (c == SHAPE_OR)
        return every_part_implies(p, clause, goal);
    if (c == SHAPE_AND)
        return (g == SHAPE_OR && implies_any(p, clause, goal)) ||
               some_part_implies(p, clause, goal);
    return g == SHAPE_OR ? implies_any(p, clause, goal) : implies_atom(p, clause, goal);
}

/* ---- equivalence ---- */

/* Column = column and column = constant give the other column the constant, as in the planner. */
struct clauses {
    struct proof *p;
    const struct pred **list;
    bool *absorbed; /* column = column whose columns have a constant now */
    size_t count, room;
};

static bool is_equality(const struct pred *c)
{
    return c->kind == PRED_TEST && c->op == PRED_EQ && str_is(c->op_name, "=");
}

static const struct pred *constant_of(const struct clauses *cl, struct str column)
{
    for (size_t i = 0; i < cl->count; i++) {
        const struct pred *c = cl->list[i];
        if (is_equality(c) && c->right.kind == SIDE_CONST && !c->right.is_null &&
            implies_own_column(cl->p, &c->left) && str_eq(c->left.column, column))
            return c;
    }
    return NULL;
}

static void add_constant(struct clauses *cl, const struct pred_side *column,
                         const struct pred *constant)
{
    struct pred *c = arena_alloc(cl->p->a, sizeof *c);
    *c = *constant;
    c->next = NULL;
    c->left = *column;
    cl->list[cl->count++] = c;
}

static bool spread(struct clauses *cl, size_t i)
{
    const struct pred *c = cl->list[i];
    if (cl->absorbed[i] || !is_equality(c) || !implies_own_column(cl->p, &c->left) ||
        !implies_own_column(cl->p, &c->right))
        return false;
    const struct pred *l = constant_of(cl, c->left.column), *r = constant_of(cl, c->right.column);
    if (!l && !r)
        return false;
    cl->absorbed[i] = true;
    if (!l && cl->count < cl->room)
        add_constant(cl, &c->left, r);
    if (!r && cl->count < cl->room)
        add_constant(cl, &c->right, l);
    return true;
}

static void spread_constants(struct clauses *cl)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < cl->count; i++)
            changed |= spread(cl, i);
    }
}

static void take_clauses(struct clauses *cl, const struct pred *const *conds, size_t count)
{
    cl->room = count * 2;
    cl->list = arena_calloc(cl->p->a, cl->room, sizeof *cl->list);
    cl->absorbed = arena_calloc(cl->p->a, cl->room, sizeof *cl->absorbed);
    for (size_t i = 0; i < count; i++)
        cl->list[cl->count++] = conds[i];
    spread_constants(cl);
}

/* The clauses together, as one AND. */
static bool prove(const struct clauses *cl, struct item goal)
{
    struct parts parts = parts_of(goal);
    enum shape g = shape_of(goal);
    if (g != SHAPE_ATOM)
        for (struct item part; next_part(&parts, &part);) {
            bool proved = prove(cl, part);
            if (g == SHAPE_AND && !proved)
                return false;
            if (g == SHAPE_OR && proved)
                return true;
        }
    if (g == SHAPE_AND)
        return true;
    for (size_t i = 0; i < cl->count; i++)
        if (!cl->absorbed[i] && implies(cl->p, (struct item){.pred = cl->list[i]}, goal))
            return true;
    return false;
}

bool pred_implies(struct arena *a, const struct pred *const *conds, size_t count,
                  const struct pred *predicate, const struct implies_names *names)
{
    struct proof p = {.a = a, .names = names};
    struct clauses cl = {.p = &p};
    take_clauses(&cl, conds, count);
    return prove(&cl, (struct item){.pred = predicate});
}
