/* Rows of two plans compared, drawn: for the diff, the what-if overlay and the indexes' lower half.
 */
#ifndef UI_PAIRS_H
#define UI_PAIRS_H

#include "report/pairs.h"
#include "ui/view.h"

/* Branches and label, in the room that the pen has. */
void pairs_draw_node(const struct pairs *p, struct pen *pen, const struct pair_row *row, bool was);
/* The same for one plan's node alone. */
void pairs_draw_side(const struct pairs *p, struct pen *pen, const struct pair_row *row,
                     const struct node *n);
/* "-157.1" with a style that says better or worse. */
unsigned pairs_delta_style(const struct pairs *p, double delta);
unsigned pairs_mark_style(char mark);

/* The what-if rows in r: COST, WAS, NODE. Used by two screens. */
void pairs_draw_cost_header(struct grid *g, struct rect r);
void pairs_draw_cost_row(const struct pairs *p, struct grid *g, struct rect line,
                         const struct pair_row *row);

#endif
