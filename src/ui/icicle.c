/*
 * Where the time went, as an icicle: the root on top, every node as wide as its time with
 * children, what its children leave over is its own.
 *
 * A chain of only children that are as wide as their parent is one segment: "Limit > Sort".
 */
#include "ui/tree_screen.h"

#include "base/text.h"
#include "report/cell.h"

/* A segment to be drawn: the chain first..last, over columns [from, to). */
struct segment {
    const struct node *first, *last;
    int from, to;
};
enum { SEGMENTS_MAX = 256, LABEL_MAX = 1000 };

struct strip {
    struct app *app;
    struct grid *grid;
    struct rect rect;
    const struct report *report;
    const struct node *here;
    double whole; /* weight of what fills the width */
};

static double weight_of(const struct strip *s, const struct node *n)
{
    return num_or(metrics_of(s->report->metrics, n)->weight_total, 0);
}

static int columns_of(const struct strip *s, double weight)
{
    double share = weight / s->whole;
    return share > 0 ? (int)lround(fmin(share, 1) * s->rect.columns) : 0;
}

/* Down the chain while nothing visible is lost between a node and its only child. */
static const struct node *chain_end(const struct strip *s, const struct node *n)
{
    int width = columns_of(s, weight_of(s, n));
    while (n->child && !n->child->next && columns_of(s, weight_of(s, n->child)) == width &&
           n != s->here)
        n = n->child;
    return n;
}

static void add_names(struct buf *b, const struct segment *seg)
{
    const struct node *n = seg->first;
    if (n == seg->last)
        buf_printf(b, "#%d ", n->id);
    for (;; n = n->child) {
        node_add_name(b, n);
        if (n == seg->last || b->len > LABEL_MAX)
            break;
        buf_adds(b, " > ");
    }
}

static void add_amount(const struct strip *s, struct buf *b, double amount)
{
    if (s->report->metrics->unit == UNIT_TIME)
        text_add_decimal(b, amount, amount < 9.95 ? 1 : 0, false);
    else
        text_add_count(b, amount);
}

static bool in_chain(const struct segment *seg, const struct node *n)
{
    for (const struct node *at = seg->first;; at = at->child) {
        if (at == n)
            return true;
        if (at == seg->last)
            return false;
    }
}

static void draw_segment(struct strip *s, const struct segment *seg, int line)
{
    struct rect r = {s->rect.row + line, s->rect.column + seg->from, 1, seg->to - seg->from};
    struct pen p = pen_at(s->grid, r, 0);
    struct buf b = {0};
    double own = metrics_of(s->report->metrics, seg->last)->weight;
    add_names(&b, seg);
    buf_addc(&b, ' ');
    add_amount(s, &b, weight_of(s, seg->first));
    if (seg->last->child && own >= s->whole / 100) {
        buf_adds(&b, " (self ");
        add_amount(s, &b, own);
        buf_addc(&b, ')');
    }
    unsigned style = role_of_share(own / s->whole);
    pen_glyph(&p, ROLE_STRUCTURE, GLYPH_EDGE);
    pen_cut(&p, style, buf_str(&b), pen_room(&p));
    pen_repeat(&p, ROLE_STRUCTURE, GLYPH_DOT, pen_room(&p));
    if (in_chain(seg, s->here))
        grid_add_attr(s->grid, r, STYLE_REVERSE);
    app_hit(s->app, r, HIT_PANE, seg->last->id);
    buf_free(&b);
}

/* The children of a segment's end, side by side from its left edge. */
static int add_children(const struct strip *s, const struct segment *seg, struct segment *out,
                        int room)
{
    int n = 0, at = seg->from;
    for (const struct node *c = seg->last->child; c && n < room; c = c->next) {
        int to = at + columns_of(s, weight_of(s, c));
        if (to > seg->to)
            to = seg->to;
        if (to - at < 2)
            continue;
        out[n++] = (struct segment){c, chain_end(s, c), at, to};
        at = to;
    }
    return n;
}

/* When the node under the cursor is deeper than there are lines, what is drawn begins further
 * down. */
static const struct node *top_for(const struct strip *s)
{
    const struct node *n = s->here;
    int lines = 0;
    while (n->parent) {
        lines += columns_of(s, weight_of(s, n)) != columns_of(s, weight_of(s, n->parent));
        if (lines >= s->rect.rows)
            break;
        n = n->parent;
    }
    return n;
}

void icicle_draw(struct app *app, struct grid *g, struct rect r)
{
    struct segment now[SEGMENTS_MAX], next[SEGMENTS_MAX];
    struct strip s = {.app = app, .grid = g, .rect = r, .report = app_here(app)->plan->report,
                      .here = app_node(app)};
    s.whole = s.report->metrics->whole;
    if (!(s.whole > 0) || r.columns < 4)
        return;
    const struct node *top = top_for(&s);
    s.whole = top->parent ? weight_of(&s, top) : s.whole;
    if (!(s.whole > 0))
        return;
    int n = 1;
    now[0] = (struct segment){top, chain_end(&s, top), 0, columns_of(&s, weight_of(&s, top))};
    if (now[0].to < 2)
        return;
    for (int line = 0; line < r.rows && n; line++) {
        int below = 0;
        for (int i = 0; i < n; i++) {
            draw_segment(&s, &now[i], line);
            below += add_children(&s, &now[i], next + below, SEGMENTS_MAX - below);
        }
        memcpy(now, next, (size_t)below * sizeof now[0]);
        n = below;
    }
}
