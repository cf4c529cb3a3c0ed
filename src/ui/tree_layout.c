/* Where things go on the plan tree's screen: a function of the size and of what there is. */
#include "ui/tree_screen.h"

enum {
    WIDE_COLUMNS = 120,
    TALL_ROWS = 30,
    COMPACT_COLUMNS = 60,
    COMPACT_ROWS = 16,
    TINY_COLUMNS = 20,
    TINY_ROWS = 4,
    ICICLE_LINES = 5,
    ICICLE_MOST = 9,
    FINDING_LINES = 5,
    LEAST_TREE = 6,
    LEAST_PANE = 4
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static enum tree_mode mode_of(int rows, int columns)
{
    if (rows < TINY_ROWS || columns < TINY_COLUMNS)
        return TREE_TINY;
    if (rows < COMPACT_ROWS || columns < COMPACT_COLUMNS)
        return TREE_COMPACT;
    return columns >= WIDE_COLUMNS ? TREE_WIDE : TREE_NORMAL;
}

/* Take `n` rows off the bottom of r; none when that would leave fewer than `keep`. */
static struct rect take_bottom(struct rect *r, int n, int keep)
{
    if (n <= 0 || r->rows - n < keep)
        return (struct rect){0};
    r->rows -= n;
    return (struct rect){r->row + r->rows, r->column, n, r->columns};
}

/* A rule and `n` rows below it. */
static void take_section(struct rect *r, int n, int keep, struct rect *rule, struct rect *area)
{
    struct rect both = take_bottom(r, n + 1, keep);
    if (both.rows == 0)
        return;
    *rule = rect_line(both, 0);
    *area = (struct rect){both.row + 1, both.column, n, both.columns};
}

/* How many of the body's rows the bottom pane gets: two fifths of what is there, more when the
 * tree does not need its part. */
static int bottom_rows(int body, const struct tree_wants *w)
{
    if (w->zoom && w->in_pane)
        return w->zoom == 2 ? body - 2 : body / 2;
    if (w->zoom)
        return w->zoom == 2 ? 0 : 3;
    int share = (body - 4) * 2 / 5, spare = body - 2 - w->nodes;
    if (spare >= LEAST_PANE && spare < share)
        return spare; /* all of the tree fits if the pane gives way a little */
    return least(most(share, least(spare, 12)), body - LEAST_TREE);
}

static int right_columns(int columns, const struct tree_wants *w)
{
    if (w->zoom && w->in_pane)
        return w->zoom == 2 ? columns : columns / 2 + columns / 8;
    if (w->zoom)
        return w->zoom == 2 ? 0 : columns / 4;
    return most(45, columns * 3 / 8);
}

/* The right pane takes the whole height, and the rule above both of them one row. */
static void take_right(struct tree_layout *l, struct rect *body, const struct tree_wants *w)
{
    int columns = right_columns(body->columns, w);
    l->rule = (struct rect){body->row, body->column, 1, body->columns};
    body->row++;
    body->rows--;
    if (columns <= 0)
        return;
    if (columns >= body->columns) {
        l->pane = *body;
        body->rows = 0;
        return;
    }
    body->columns -= columns;
    l->divider = (struct rect){body->row, body->column + body->columns, body->rows, 1};
    l->pane = (struct rect){body->row, l->divider.column + 2, body->rows, columns - 2};
}

static void take_strips(struct tree_layout *l, struct rect *left, const struct tree_wants *w)
{
    int keep = least(w->nodes + 1, most(left->rows / 2, LEAST_TREE));
    if (w->zoom && !w->in_pane)
        return;
    if (w->findings)
        take_section(left, least(w->findings, FINDING_LINES), keep, &l->findings_rule,
                     &l->findings);
    int spare = left->rows - w->nodes - 2;
    int icicle = least(most(spare, ICICLE_LINES), most(w->branches + 1, ICICLE_LINES));
    if (w->icicle)
        take_section(left, least(icicle, ICICLE_MOST), keep, &l->icicle_rule, &l->icicle);
}

static void lay_out_full(struct tree_layout *l, int rows, const struct tree_wants *w)
{
    struct rect body = l->frame.body;
    if (l->mode == TREE_WIDE)
        take_right(l, &body, w);
    if (l->mode == TREE_WIDE && rows >= TALL_ROWS)
        take_strips(l, &body, w);
    if (l->mode == TREE_NORMAL) {
        int pane = bottom_rows(body.rows - (rows >= TALL_ROWS ? 13 : 0), w);
        take_section(&body, pane, w->zoom == 2 ? 0 : 2, &l->rule, &l->pane);
        if (rows >= TALL_ROWS)
            take_strips(l, &body, w);
    }
    l->header = rect_line(body, 0);
    l->rows = (struct rect){body.row + 1, body.column, most(body.rows - 1, 0), body.columns};
}

static void lay_out_compact(struct tree_layout *l, const struct tree_wants *w)
{
    struct rect body = l->frame.body;
    int pane = body.rows >= 7 ? most(2, body.rows / 4) : 0;
    if (w->zoom)
        pane = w->in_pane ? (w->zoom == 2 ? body.rows : body.rows / 2) : 0;
    l->pane = take_bottom(&body, pane, 0);
    if (body.rows >= 4) {
        l->header = rect_line(body, 0);
        body.row++;
        body.rows--;
    }
    l->rows = body;
}

struct tree_layout tree_layout(int rows, int columns, const struct tree_wants *w)
{
    struct tree_layout l = {.mode = mode_of(rows, columns)};
    bool full = l.mode >= TREE_NORMAL;
    l.frame = frame_layout(rows, columns, full ? 3 : 1);
    if (l.mode == TREE_TINY) {
        l.frame = (struct frame){0};
        l.rows = (struct rect){0, 0, rows, columns};
        return l;
    }
    if (!full && l.frame.status.rows && rows < COMPACT_ROWS) {
        l.frame.body.rows += l.frame.status.rows; /* every row counts: messages use the footer */
        l.frame.status.rows = 0;
    }
    l.title = l.frame.title;
    if (full)
        lay_out_full(&l, rows, w);
    else
        lay_out_compact(&l, w);
    return l;
}
