/* The plan tree's screen: its layout, its columns, its panes. */
#ifndef UI_TREE_SCREEN_H
#define UI_TREE_SCREEN_H

#include "ui/view.h"

enum tree_mode { TREE_TINY, TREE_COMPACT, TREE_NORMAL, TREE_WIDE };

/* Empty rectangles are not drawn. */
struct tree_layout {
    enum tree_mode mode;
    struct rect title, header, rows;
    struct rect rule, pane;     /* what is known about the node, below or at the right */
    struct rect divider;        /* one column, beside a right pane */
    struct rect icicle_rule, icicle;
    struct rect findings_rule, findings;
    struct frame frame;
};

/* What the layout depends on, apart from the screen's size. */
struct tree_wants {
    int nodes, findings;
    int branches; /* levels of the drawn tree: what an icicle has to show */
    bool icicle;
    int zoom;     /* 0 normal, 1 half, 2 full */
    bool in_pane; /* the zoomed one */
};
struct tree_layout tree_layout(int rows, int columns, const struct tree_wants *w);

/* Columns: enum tree_column, one row each in tree_column.def. */
enum tree_column {
#define COLUMN(id, name, sort, sets) TREE_COLUMN_##id,
#include "ui/tree_column.def"
#undef COLUMN
    TREE_COLUMN_COUNT
};
enum { TREE_NOT_SORTED = -2 };
struct tree_column_info {
    const char *name;
    int sort; /* enum metric, OUTLINE_PLAN_ORDER or TREE_NOT_SORTED */
    unsigned sets;
};
extern const struct tree_column_info tree_column_info[TREE_COLUMN_COUNT];
enum { SET_COMPACT, SET_NORMAL, SET_WIDE };
/* The columns shown in a set: the user's, or the default ones. */
unsigned tree_columns(const struct app_settings *s, int set);

/* How the rows of one drawing look. */
struct tree_table {
    enum tree_mode mode;
    int width[TREE_COLUMN_COUNT]; /* 0: not shown */
    bool ascii;
};
struct tree_table tree_table(struct app *app, const struct view *v, const struct grid *g,
                             enum tree_mode mode);
/* What the bars show: enum metric. */
int tree_metric(struct app *app);
/* Columns that the longest misestimate of a plan takes, 0 when every estimate is good. */
int tree_estimate_width(const struct report *r);
void tree_draw_header(struct app *app, struct grid *g, struct rect r, const struct tree_table *t);
void tree_draw_row(struct app *app, struct view *v, struct grid *g, struct rect r, int line,
                   const struct tree_table *t);
/* For screen readers: "7 Parallel Hash Join, self 164.6 ms, 44 percent, rows 36753, finding 1". */
void tree_add_plain(struct buf *b, struct plan_state *ps, const struct node *n);

/* Title lines of every screen that shows a plan's verdict. */
void verdict_draw(struct app *app, struct grid *g, struct rect r, enum tree_mode mode);

/* All that is known about a node. */
void detail_build(struct app *app, struct doc *d, const struct node *n, int width);
/* The most important of it in 2 lines (compact screens) or some 5 (the pane below the tree). */
void brief_build(struct app *app, struct doc *d, const struct node *n, int width, int lines);

void icicle_draw(struct app *app, struct grid *g, struct rect r);
void findings_strip_draw(struct app *app, struct grid *g, struct rect r);

#endif
