/* Rows of two plans compared: for the report, the diff screen and the what-if overlay. */
#ifndef REPORT_PAIRS_H
#define REPORT_PAIRS_H

#include "work/diff.h"

/* A chain of only children in which nothing changed is one row: "Limit > Sort > Aggregate". */
struct pair_row {
    int first, last; /* pairs */
};

struct pairs {
    const struct plan_diff *diff;
    bool cost;    /* total cost is compared, else own time (or what the plans have of that) */
    bool only;    /* rows without a change are left out, and no tree is drawn */
    bool swap;    /* B against A */
    double whole; /* of the larger plan, for judging what is a change */
    int *level;   /* [pair] branches above it */
    int *stem;    /* [pair] first of its chain of only children */
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
/* Branches of the drawing in front of a row's label; returns the columns that they take. */
int pairs_add_branches(struct buf *b, const struct pairs *p, const struct pair_row *row,
                       bool ascii);
/* An amount in what is compared. */
void pairs_add_amount(struct buf *b, const struct pairs *p, double v);

#endif
