/* A plan as lines of text: as it was given, or written anew in another of EXPLAIN's formats. */
#ifndef UI_RAW_H
#define UI_RAW_H

#include "plan/plan.h"

struct raw_line {
    size_t at, len; /* in text */
    int end;        /* last line of what can be folded away below it; its own number when nothing */
    int node;       /* id of the node that it belongs to; 0 none */
};

struct raw {
    struct buf own;  /* text written anew */
    struct str text; /* own, or the input */
    struct raw_line *lines;
    int count, cap;
    int *line_of; /* [id]: line at which a node begins, -1 unknown */
};

void raw_release(struct raw *r);
/* input: what the plan was read from; absent: write it anew. */
void raw_text(struct raw *r, const struct plan *p, struct str input);
void raw_json(struct raw *r, const struct plan *p, struct str input);
void raw_sql(struct raw *r, struct str sql);

/* EXPLAIN (FORMAT JSON)'s document, and its text format, written anew from the plan. Indentation
 * stops growing at some depth, so that a deep plan does not take the square of its size. */
void explain_add_json(struct buf *out, const struct plan *p);
void explain_add_text(struct buf *out, const struct plan *p);

#endif
