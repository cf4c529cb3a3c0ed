/* Rows of two plans compared: for the diff, the what-if overlay and the indexes' lower half. */
#ifndef UI_PAIRS_H
#define UI_PAIRS_H

#include "ui/view.h"
#include "work/diff.h"

/* A chain of only children in which nothing changed is one row: "Limit > Sort > Aggregate". */
struct pair_row {
    int first, last; /* pairs */
};

struct pairs {
    const struct plan_diff *diff;
    bool cost;   /* total cost is compared, else own time (or what the plans have of that) */
    bool only;   /* rows without a change are left out, and no tree is drawn */
    bool swap;   /* B against A */
    double whole; /* of the larger plan, for judging what is a change */
    int *level;  /* [pair] branches above it */
    int *stem;   /* [pair] first of its chain of only children */
    struct pair_row *rows;
    int count;
};

/* cost: compare costs whatever the plans have; else own times where both have them. */
void pairs_init(struct pairs *p, const struct plan_diff *d, bool cost, bool only, bool swap);
void pairs_release(struct pairs *p);

/* Figures of a row: the left plan's, the right plan's; NAN where there is no such node. */
double pairs_left(const struct pairs *p, const struct pair_row *row);
double pairs_right(const struct pairs *p, const struct pair_row *row);
/* '=' same, '~' changed, '-' left only, '+' right only. */
char pairs_mark(const struct pairs *p, const struct pair_row *row);
/* The row that shows a node of the left (or right) plan. */
int pairs_row_of(const struct pairs *p, int pair);
/* The next row with a change from `from` on, going round; -1 when nothing changed. */
int pairs_next_change(const struct pairs *p, int from, int step);

/* "Hash Join -> Nested Loop"; was: "Nested Loop  was Hash Join". */
void pairs_add_label(struct buf *b, const struct pairs *p, const struct pair_row *row, bool was);
/* Branches and label, in the room that the pen has. */
void pairs_draw_node(const struct pairs *p, struct pen *pen, const struct pair_row *row, bool was);
/* The same for one plan's node alone. */
void pairs_draw_side(const struct pairs *p, struct pen *pen, const struct pair_row *row,
                     const struct node *n);
/* "-157.1" with a style that says better or worse. */
unsigned pairs_delta_style(const struct pairs *p, double delta);
/* An amount in what is compared. */
void pairs_add_amount(struct buf *b, const struct pairs *p, double v);
unsigned pairs_mark_style(char mark);

/* The what-if rows in r: COST, WAS, NODE. Used by two screens. */
void pairs_draw_cost_header(struct grid *g, struct rect r);
void pairs_draw_cost_row(const struct pairs *p, struct grid *g, struct rect line,
                         const struct pair_row *row);

#endif
