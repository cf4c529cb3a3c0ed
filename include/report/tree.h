/*
 * The tree as rows: one a node, drawn so that depth costs as little width as can be.
 *
 * An only child is not indented under its parent (stem compaction): only where a node has
 * several children does the drawing move right. Many children that are alike (partitions)
 * are folded: the heaviest and those with findings stay, the others become one row.
 */
#ifndef REPORT_TREE_H
#define REPORT_TREE_H

#include "report/report.h"

struct tree_row {
    const struct node *node; /* of a folded row: the first node it stands for */
    int level;               /* how often the drawing has moved right */
    bool branch;             /* one of several children: it gets a corner */
    bool last;               /* of its siblings */
    size_t folded;        /* 0: a node; else how many children of one parent this row stands for */
    size_t folded_nodes;  /* nodes in them */
    double weight, share; /* of a folded row: sums, own and below */
    double rows, blocks;
};

struct tree {
    struct tree_row *rows;
    size_t count;
};

/* Rows of the whole plan, in the arena. fold: fold children that are alike. */
struct tree tree_new(struct arena *a, const struct report *r, bool fold);

/* What is drawn left of a row; keep one per tree, rows in order. */
struct tree_pen {
    unsigned char *more; /* more[level]: siblings follow there */
    size_t cap;
};
/* Append the drawing of a row, at most `columns` wide; returns its width. */
int tree_add_prefix(struct tree_pen *pen, struct buf *b, const struct tree_row *row, int columns,
                    bool ascii);
void tree_pen_release(struct tree_pen *pen);

/* "9,997 more: Index Scan ..., Seq Scan ..." */
void tree_add_folded_label(struct buf *b, const struct tree_row *row);

#endif
