#include "report/tree.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"

enum {
    FOLD_FROM = 8,  /* so many small children alike, and some are folded */
    FOLD_KEEP = 3,  /* the heaviest of them stay */
    SMALL_NODES = 3 /* a child with so few nodes is small */
};

/* What is known of each node while rows are laid out; [id - 1]. */
struct layout {
    const struct report *report;
    int *end;    /* id of the last node below */
    int *marked; /* nodes with a finding in ids 1 .. id */
    int *level;
    int *children; /* rows that the children take */
    int *folded;   /* of those, how many are behind the one folded row */
    char *hidden;  /* folded away, with all below */
    struct tree *tree;
};

static void measure(struct layout *l)
{
    const struct plan *p = l->report->plan;
    for (int i = p->node_count; i-- > 0;) {
        const struct node *n = p->nodes[i];
        if (l->end[i] < n->id)
            l->end[i] = n->id;
        if (n->parent && l->end[n->parent->id - 1] < l->end[i])
            l->end[n->parent->id - 1] = l->end[i];
        if (n->parent)
            l->children[n->parent->id - 1]++;
    }
    for (int i = 0; i < p->node_count; i++)
        l->marked[i] = (i ? l->marked[i - 1] : 0) + (l->report->marks[i].finding != NULL);
}

/* A plain, small child without findings: it may be folded with others like it. */
static bool is_small(const struct layout *l, const struct node *n)
{
    int end = l->end[n->id - 1], before = n->id > 1 ? l->marked[n->id - 2] : 0;
    return (n->rel == REL_MEMBER || n->rel == REL_OUTER || n->rel == REL_CHILD) &&
           end - n->id < SMALL_NODES && l->marked[end - 1] == before;
}

static double weight_of(const struct layout *l, const struct node *n)
{
    return num_or(metrics_of(l->report->metrics, n)->weight_total, 0);
}

/* The weight from which the FOLD_KEEP heaviest small children stay visible. */
static double keep_from(const struct layout *l, const struct node *parent)
{
    double top[FOLD_KEEP] = {0};
    for (const struct node *c = parent->child; c; c = c->next) {
        double w = is_small(l, c) ? weight_of(l, c) : 0;
        for (int i = 0; i < FOLD_KEEP; i++)
            if (w > top[i]) {
                double swap = top[i];
                top[i] = w;
                w = swap;
            }
    }
    return top[FOLD_KEEP - 1];
}

static size_t count_small(const struct layout *l, const struct node *parent)
{
    size_t small = 0;
    for (const struct node *c = parent->child; c; c = c->next)
        small += is_small(l, c);
    return small;
}

/* How many small children are heavier than that; the rest of FOLD_KEEP are the first as heavy. */
static int count_heavier(const struct layout *l, const struct node *parent, double weight)
{
    int heavier = 0;
    for (const struct node *c = parent->child; c; c = c->next)
        heavier += is_small(l, c) && weight_of(l, c) > weight;
    return heavier;
}

static void fold_children(struct layout *l, const struct node *parent)
{
    if (l->children[parent->id - 1] < FOLD_FROM || count_small(l, parent) < FOLD_FROM)
        return;
    double from = keep_from(l, parent);
    int alike = FOLD_KEEP - count_heavier(l, parent, from), folded = 0;
    for (const struct node *c = parent->child; c; c = c->next) {
        double weight = weight_of(l, c);
        if (!is_small(l, c) || weight > from || (weight == from && weight > 0 && alike-- > 0))
            continue;
        l->hidden[c->id - 1] = 1;
        folded++;
    }
    l->children[parent->id - 1] -= folded - 1;
    l->folded[parent->id - 1] = folded;
}

static void add_folded(const struct layout *l, struct tree_row *row, const struct node *c)
{
    row->folded++;
    row->folded_nodes += (size_t)(l->end[c->id - 1] - c->id + 1);
    row->rows += num_or(metrics_of(l->report->metrics, c)->rows, 0);
    for (int id = c->id; id <= l->end[c->id - 1]; id++) {
        const struct node_metrics *m = &l->report->metrics->node[id - 1];
        row->weight += num_or(m->weight, 0);
        row->share += num_or(m->share, 0);
        row->blocks += num_or(m->own_io.hit, 0) + num_or(m->own_io.read, 0);
    }
}

/* One row for all folded children of a parent. */
static struct tree_row fold_row(const struct layout *l, const struct node *parent)
{
    struct tree_row row = {.branch = true, .last = true};
    for (const struct node *c = parent->child; c; c = c->next)
        if (l->hidden[c->id - 1]) {
            if (!row.node)
                row.node = c;
            add_folded(l, &row, c);
        }
    row.level = l->level[parent->id - 1] + 1;
    return row;
}

/* Whether a visible sibling, or the row of the folded ones, follows. */
static bool is_last(const struct layout *l, const struct node *n)
{
    return !n->parent || (n->next == NULL && l->folded[n->parent->id - 1] == 0);
}

static void add_node_row(struct layout *l, const struct node *n)
{
    bool branch = n->parent && l->children[n->parent->id - 1] > 1;
    int level = n->parent ? l->level[n->parent->id - 1] + branch : 0;
    l->level[n->id - 1] = level;
    l->tree->rows[l->tree->count++] =
        (struct tree_row){.node = n, .level = level, .branch = branch, .last = is_last(l, n)};
}

/* Past n's subtree: the folded rows of all parents that end there. */
static void close_parents(struct layout *l, const struct node *n, int next_id)
{
    for (const struct node *p = n; p; p = p->parent)
        if (l->end[p->id - 1] >= next_id)
            return;
        else if (l->folded[p->id - 1])
            l->tree->rows[l->tree->count++] = fold_row(l, p);
}

static void lay_out(struct layout *l)
{
    const struct plan *p = l->report->plan;
    for (int i = 0; i < p->node_count;) {
        const struct node *n = p->nodes[i];
        int next = n->id + 1;
        if (l->hidden[i])
            next = l->end[i] + 1;
        else
            add_node_row(l, n);
        if (l->end[i] < next)
            close_parents(l, n, next);
        i = next - 1;
    }
}

struct tree tree_new(struct arena *a, const struct report *r, bool fold)
{
    size_t count = (size_t)r->plan->node_count;
    struct tree tree = {arena_calloc(a, count * 2, sizeof *tree.rows), 0};
    struct layout l = {.report = r, .tree = &tree};
    l.end = xcalloc(count, sizeof *l.end);
    l.marked = xcalloc(count, sizeof *l.marked);
    l.level = xcalloc(count, sizeof *l.level);
    l.children = xcalloc(count, sizeof *l.children);
    l.folded = xcalloc(count, sizeof *l.folded);
    l.hidden = xcalloc(count, 1);
    measure(&l);
    for (int i = 0; fold && i < r->plan->node_count; i++)
        fold_children(&l, r->plan->nodes[i]);
    lay_out(&l);
    free(l.end);
    free(l.marked);
    free(l.level);
    free(l.children);
    free(l.folded);
    free(l.hidden);
    return tree;
}

static void remember(struct tree_pen *pen, const struct tree_row *row)
{
    size_t level = (size_t)row->level;
    if (level >= pen->cap) {
        pen->cap = level * 2 + 64;
        pen->more = xrealloc(pen->more, pen->cap);
    }
    if (row->branch)
        pen->more[level] = !row->last;
}

int tree_add_prefix(struct tree_pen *pen, struct buf *b, const struct tree_row *row, int columns,
                    bool ascii)
{
    remember(pen, row);
    int shown = row->level, width = 0, room = columns / 2;
    if (shown > room) { /* too deep to draw: the innermost levels, and how many there are more */
        size_t start = b->len;
        shown = room > 4 ? room - 4 : 0;
        buf_printf(b, "%s%d ", ascii ? "~" : "…", row->level - shown);
        width = (int)text_width(str_sub(buf_str(b), start, b->len));
    }
    for (int level = row->level - shown + 1; level <= row->level; level++) {
        bool corner = row->branch && level == row->level, more = pen->more[level];
        if (ascii)
            buf_adds(b, corner ? more ? "|-" : "`-" : more ? "| " : "  ");
        else
            buf_adds(b, corner ? more ? "├ " : "└ " : more ? "│ " : "  ");
        width += 2;
    }
    return width;
}

void tree_pen_release(struct tree_pen *pen)
{
    free(pen->more);
    *pen = (struct tree_pen){0};
}

void tree_add_folded_label(struct buf *b, const struct tree_row *row)
{
    text_add_grouped(b, (double)row->folded);
    buf_adds(b, " more like ");
    report_add_short_label(b, row->node);
}
