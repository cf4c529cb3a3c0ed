/*
 * Who is whose child.
 *
 * By column, as PostgreSQL indents: a node belongs to the nearest one above that stands
 * further left, the owner of an InitPlan or SubPlan label to the nearest further left of
 * the label.
 *
 * Where the indentation was lost (all arrows in one column, and a tree that cannot be: a
 * Sort without input, a Limit with three) the tree is rebuilt from the order, which is
 * preorder, and from how many children each type takes. Let S be the places that the
 * remaining nodes fill less the places they open, and R the places that open nodes must
 * still fill: then exactly S - R nodes go to places that need not be filled (a further
 * input of Append ...). Where that leaves a choice, costs and rows decide: Append costs and
 * returns what its inputs do together; no input costs more than its parent.
 */
#include "read/text_impl.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"

enum { MANY = 9 };

int text_min_children(const struct text_node *n)
{
    enum node_type type = text_node_type(n);
    return type == NODE_APPEND ? 1 : node_info[type].min_children;
}

static int max_children(const struct text_node *n)
{
    enum node_type type = text_node_type(n);
    int max = node_info[type].max_children;
    if (type == NODE_FOREIGN_SCAN && n->target.len)
        return 0; /* only a join that was pushed down has a local plan beside it */
    return max >= MANY ? INT32_MAX : max;
}

/* ---- by column ---- */

static long column_of(const struct text_plan *p, const struct text_node *n)
{
    const struct text_line *line = &p->lines[n->at];
    return line->arrow || n != p->nodes ? (long)line->column : -1;
}

static void link_child(struct text_plan *p, size_t i, ptrdiff_t parent)
{
    p->nodes[i].parent = parent;
    if (parent >= 0 && p->nodes[i].label < 0)
        p->nodes[parent].children++;
}

static void unlink_all(struct text_plan *p)
{
    for (size_t i = 0; i < p->node_count; i++) {
        p->nodes[i].parent = -1;
        p->nodes[i].children = 0;
    }
}

static void link_by_column(struct text_plan *p)
{
    size_t *stack = xcalloc(p->node_count, sizeof *stack), depth = 0;
    for (size_t i = 0; i < p->node_count; i++) {
        const struct text_node *n = &p->nodes[i];
        long limit = n->label >= 0 ? (long)p->lines[n->label].column : column_of(p, n);
        while (depth > 1 && column_of(p, &p->nodes[stack[depth - 1]]) >= limit)
            depth--;
        link_child(p, i, depth ? (ptrdiff_t)stack[depth - 1] : -1);
        stack[depth++] = i;
    }
    free(stack);
}

/* Nodes with fewer or more children than their type takes. */
static size_t count_misfits(const struct text_plan *p, size_t *too_many)
{
    size_t misfits = 0;
    *too_many = 0;
    for (size_t i = 0; i < p->node_count; i++) {
        const struct text_node *n = &p->nodes[i];
        *too_many += n->children > max_children(n);
        misfits += n->children > max_children(n) || n->children < text_min_children(n);
    }
    return misfits;
}

static bool one_column(const struct text_plan *p)
{
    for (size_t i = 2; i < p->node_count; i++)
        if (p->lines[p->nodes[i].at].column != p->lines[p->nodes[1].at].column)
            return false;
    return p->node_count > 1;
}

/*
 * No line of the tree is indented against another, the root perhaps excepted: details of
 * an input stand in its own column, or a label in that of its node.
 */
static bool is_flat(const struct text_plan *p)
{
    size_t root = p->nodes[0].at;
    unsigned column = root + 1 < p->line_count ? p->lines[root + 1].column : 0;
    bool below_input = false, proof = false;
    for (size_t i = root + 1; i < p->line_count && p->lines[i].kind != TEXT_TOP; i++) {
        if (p->lines[i].column != column)
            return false;
        below_input |= p->lines[i].kind == TEXT_NODE;
        proof |= p->lines[i].kind == TEXT_LABEL || (below_input && p->lines[i].kind == TEXT_DETAIL);
    }
    return p->node_count > 1 && (proof || column <= p->base);
}

/* ---- by the number of children ---- */

struct guess {
    struct text_plan *p;
    size_t *open; /* the path from the root to the last node */
    size_t depth;
    long *supply;        /* S of the comment above, from node i on */
    long required;       /* R */
    bool *closed;        /* a SubPlan was printed: no further inputs */
    double *cost, *rows; /* sums over the inputs so far */
};

/* How far up the path a node may look for a place that need not be filled. */
enum { REACH = 64 };

static bool is_kind(const struct text_node *n, enum node_type a, enum node_type b, enum node_type c)
{
    enum node_type type = text_node_type(n);
    return type == a || type == b || type == c;
}

/* What PostgreSQL never builds. */
static bool types_fit(const struct text_node *parent, const struct text_node *child)
{
    bool bitmap_parent = is_kind(parent, NODE_BITMAP_HEAP_SCAN, NODE_BITMAP_AND, NODE_BITMAP_OR);
    bool bitmap_child = is_kind(child, NODE_BITMAP_INDEX_SCAN, NODE_BITMAP_AND, NODE_BITMAP_OR);
    if (bitmap_parent != bitmap_child)
        return false;
    bool hash_place = text_node_type(parent) == NODE_HASH_JOIN && parent->children == 1;
    return hash_place == (text_node_type(child) == NODE_HASH);
}

static double spent(const struct text_node *n)
{
    return n->fig[FIG_TOTAL_TIME] * n->fig[FIG_LOOPS];
}

/* Is the child's part inside the parent's, as printed? Unknown figures decide nothing. */
static bool is_within(const struct text_node *parent, const struct text_node *child)
{
    bool capped = text_node_type(parent) == NODE_LIMIT; /* costs only what it takes */
    if (!capped && child->fig[FIG_TOTAL_COST] > parent->fig[FIG_TOTAL_COST] * 1.0001 + 0.02)
        return false;
    return !(spent(child) > spent(parent) * 1.05 + 0.01);
}

/* Has an Append all of its inputs? */
static bool is_complete(const struct guess *g, size_t i)
{
    const struct text_node *n = &g->p->nodes[i];
    if (!is_kind(n, NODE_APPEND, NODE_MERGE_APPEND, NODE_BITMAP_OR) || n->children == 0)
        return false;
    double rows = n->fig[FIG_PLAN_ROWS], cost = n->fig[FIG_TOTAL_COST];
    if (text_node_type(n) != NODE_BITMAP_OR && rows > 0 && g->rows[i] + 0.5 < rows * 0.999)
        return false;
    if (text_node_type(n) != NODE_MERGE_APPEND && cost > 0)
        return g->cost[i] >= cost * 0.90 - 0.005 * (rows > 0 ? rows : 0);
    return rows > 0;
}

static bool may_take_more(const struct guess *g, size_t i, const struct text_node *child)
{
    const struct text_node *n = &g->p->nodes[i];
    return !g->closed[i] && n->children < max_children(n) && types_fit(n, child) &&
           is_within(n, child) && !is_complete(g, i);
}

static bool is_satisfied(const struct guess *g, size_t i)
{
    const struct text_node *n = &g->p->nodes[i];
    return g->closed[i] || n->children >= text_min_children(n);
}

/*
 * Depth of the path at which an input is put: the deepest place that may or must take it.
 * What lies deeper is popped afterwards, so a long way up is walked once; only where nothing
 * must be filled, and so nothing may be popped, the look upwards is bounded.
 */
static size_t find_place(const struct guess *g, size_t i)
{
    const struct text_node *child = &g->p->nodes[i];
    long slack = g->supply[i] - g->required;
    size_t fallback = 0, seen = 0;
    for (size_t d = g->depth; d > 0; d--) {
        size_t at = g->open[d - 1];
        if (!is_satisfied(g, at))
            return d;
        bool full = g->closed[at] || g->p->nodes[at].children >= max_children(&g->p->nodes[at]);
        if (!full && slack > 0 && seen < REACH && may_take_more(g, at, child))
            return d;
        if (!full && !fallback)
            fallback = d;
        if (fallback && ++seen >= REACH && g->required == 0)
            break;
    }
    return fallback ? fallback : 1;
}

static long label_number(const struct text_plan *p, const struct text_node *n)
{
    struct str s = p->lines[n->label].body;
    const char *blank = memchr(s.p, ' ', s.len);
    double v = -1;
    if (blank)
        str_to_double(text_digits(str_sub(s, (size_t)(blank - s.p) + 1, s.len)), &v);
    return (long)v;
}

static bool mentions_in(struct str s, struct str label)
{
    for (const char *hit; s.len && (hit = memmem(s.p, s.len, label.p, label.len));) {
        size_t end = (size_t)(hit - s.p) + label.len;
        if (end == s.len || !isalnum((unsigned char)s.p[end]))
            return true;
        s = str_sub(s, end, s.len);
    }
    return false;
}

/* Does any detail of the node mention the label ("SubPlan 1")? */
static bool mentions(const struct text_plan *p, size_t i, struct str label)
{
    size_t end = i + 1 < p->node_count ? p->nodes[i + 1].at : p->line_count;
    for (size_t at = p->nodes[i].at + 1; at < end; at++)
        if (p->lines[at].kind == TEXT_DETAIL && mentions_in(p->lines[at].body, label))
            return true;
    return false;
}

/* An InitPlan is printed before its owner's inputs: the owner has none yet. Nested ones have
   smaller numbers than the one they stand in. */
static size_t find_initplan_owner(const struct guess *g, size_t i)
{
    const struct text_plan *p = g->p;
    long number = label_number(p, &p->nodes[i]);
    size_t owner = g->depth;
    for (size_t d = g->depth, seen = 0; d > 0 && seen < REACH; d--, seen++) {
        const struct text_node *n = &p->nodes[g->open[d - 1]];
        if (n->children == 0 && !g->closed[g->open[d - 1]])
            owner = d;
        if (!is_satisfied(g, g->open[d - 1]))
            break;
        bool nested = n->label >= 0 && number >= 0 && label_number(p, n) > number;
        if (nested)
            break;
    }
    return owner;
}

/* A SubPlan is printed after its owner's inputs, and the owner's expressions mention it. */
static size_t find_subplan_owner(const struct guess *g, size_t i)
{
    const struct text_plan *p = g->p;
    struct str label = p->lines[p->nodes[i].label].body;
    const char *returns = memmem(label.p, label.len, " (returns", 9);
    if (returns)
        label.len = (size_t)(returns - label.p);
    for (size_t d = g->depth, seen = 0; d > 0 && seen < REACH; d--, seen++) {
        if (mentions(p, g->open[d - 1], label))
            return d;
        if (!is_satisfied(g, g->open[d - 1]))
            break;
    }
    for (size_t d = g->depth, seen = 0; d > 0 && seen < REACH; d--, seen++) {
        const struct text_node *n = &p->nodes[g->open[d - 1]], *child = &p->nodes[i];
        double calls = n->fig[FIG_ROWS] * n->fig[FIG_LOOPS];
        if (calls == child->fig[FIG_LOOPS] && calls > 1)
            return d;
        if (!is_satisfied(g, g->open[d - 1]))
            break;
    }
    return g->depth;
}

static size_t find_owner(const struct guess *g, size_t i)
{
    struct str label = g->p->lines[g->p->nodes[i].label].body;
    return str_starts(label, "SubPlan ") ? find_subplan_owner(g, i) : find_initplan_owner(g, i);
}

static void place_node(struct guess *g, size_t i)
{
    struct text_node *n = &g->p->nodes[i];
    bool labelled = n->label >= 0;
    size_t d = labelled ? find_owner(g, i) : find_place(g, i);
    size_t parent = g->open[d - 1];
    g->depth = d;
    if (labelled) {
        if (str_starts(g->p->lines[n->label].body, "SubPlan "))
            g->closed[parent] = true;
    } else {
        g->required -= !is_satisfied(g, parent);
        g->cost[parent] += num_or(n->fig[FIG_TOTAL_COST], 0);
        g->rows[parent] += num_or(n->fig[FIG_PLAN_ROWS], 0);
    }
    link_child(g->p, i, (ptrdiff_t)parent);
    g->required += text_min_children(n);
    g->open[g->depth++] = i;
}

static void link_by_arity(struct text_plan *p)
{
    size_t n = p->node_count;
    struct guess g = {.p = p};
    g.open = xcalloc(n, sizeof *g.open);
    g.supply = xcalloc(n + 1, sizeof *g.supply);
    g.closed = xcalloc(n, sizeof *g.closed);
    g.cost = xcalloc(n, sizeof *g.cost);
    g.rows = xcalloc(n, sizeof *g.rows);
    for (size_t i = n; i-- > 0;)
        g.supply[i] = g.supply[i + 1] + (p->nodes[i].label < 0) - text_min_children(&p->nodes[i]);
    g.open[g.depth++] = 0;
    g.required = text_min_children(&p->nodes[0]);
    for (size_t i = 1; i < n; i++)
        place_node(&g, i);
    free(g.open);
    free(g.supply);
    free(g.closed);
    free(g.cost);
    free(g.rows);
}

static ptrdiff_t *parents_of(const struct text_plan *p)
{
    ptrdiff_t *parents = xcalloc(p->node_count, sizeof *parents);
    for (size_t i = 0; i < p->node_count; i++)
        parents[i] = p->nodes[i].parent;
    return parents;
}

/* Undo a guess: link as `parents` says. True when that changed anything. */
static bool relink(struct text_plan *p, const ptrdiff_t *parents)
{
    bool changed = false;
    for (size_t i = 0; i < p->node_count; i++)
        changed |= p->nodes[i].parent != parents[i];
    unlink_all(p);
    for (size_t i = 0; i < p->node_count; i++)
        link_child(p, i, parents[i]);
    return changed;
}

void text_tree(struct text_plan *p)
{
    size_t too_many, guessed_too_many;
    link_by_column(p);
    size_t misfits = count_misfits(p, &too_many);
    bool flat = is_flat(p);
    if (!flat && (misfits == 0 || !(one_column(p) || too_many)))
        return;
    ptrdiff_t *by_column = parents_of(p);
    unlink_all(p);
    link_by_arity(p);
    if (flat || one_column(p) || count_misfits(p, &guessed_too_many) < misfits) {
        ptrdiff_t *guessed = parents_of(p);
        p->guessed_tree = relink(p, by_column) || flat;
        relink(p, guessed);
        free(guessed);
    } else {
        relink(p, by_column);
    }
    free(by_column);
}
