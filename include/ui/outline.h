/*
 * A plan as rows: which nodes are shown, in which order, and how they hang together.
 *
 * Folds, the sort key and the filter decide. Everything is kept by node id, so it survives a new
 * size, another sort and another metric. Plans of 100,000 nodes and any depth are ordinary:
 * nothing here recurses, rebuilding is linear (sorting n log n), drawing looks at shown rows only.
 */
#ifndef UI_OUTLINE_H
#define UI_OUTLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/metrics.h"
#include "ui/haystack.h"

/* What bars, sorting and the hot ranking can go by. */
enum metric {
#define METRIC(id, name, header) METRIC_##id,
#include "ui/metric.def"
#undef METRIC
    METRIC_COUNT
};
struct metric_info {
    const char *name;   /* "self", "est error" */
    const char *header; /* of a sorted or bar column */
};
extern const struct metric_info metric_info[METRIC_COUNT];

/* The figure of a node; NAN when the plan does not say. */
double metric_value(const struct plan_metrics *m, const struct node *n, enum metric metric);

/* What the bars of one plan are shares of. */
struct metric_scale {
    double whole[METRIC_COUNT]; /* NAN: the plan has no such figure */
};
void metric_scale_init(struct metric_scale *s, const struct plan_metrics *m);
/*
 * How long a node's bar is, as a share of the whole plan (rows: of the most that any node
 * returned; estimates: on a logarithmic scale that ends at 10,000), and how much of it is solid:
 * the rest is what children take (total) or what was found in the cache (buffers). Both 0..1;
 * 0 where there is nothing to draw.
 */
struct metric_bar {
    double share, solid;
};
struct metric_bar metric_bar(const struct metric_scale *s, const struct plan_metrics *m,
                             const struct node *n, enum metric metric);

enum { OUTLINE_PLAN_ORDER = -1 };

struct outline {
    const struct plan *plan;
    const struct plan_metrics *metrics;
    struct metric_scale scale;
    struct haystack text; /* what search and filter look at, one line a node; made when needed */
    int count;            /* nodes */
    int *order;           /* ids in the order of sort and filter, folded ones too */
    int order_count;
    int *rows; /* ids shown */
    int row_count;
    int *row_of;      /* [id]: row, -1 not shown */
    int *end;         /* [id]: last id of its subtree */
    int *stem;        /* [id]: first node of the chain of only children that id is in */
    int *level;       /* [id]: branches between the root and it */
    uint8_t *folded;  /* [id] */
    int sort;         /* enum metric, or OUTLINE_PLAN_ORDER */
    bool reverse;
    bool full_indent; /* only children are indented too */
    bool flat;        /* sorted or filtered: no tree is drawn */
    char *filter;     /* NULL: none */
};

void outline_init(struct outline *t, const struct plan *p, const struct plan_metrics *m);
void outline_release(struct outline *t);
/* The order and the rows anew after a change of sort, filter or indentation. */
void outline_rebuild(struct outline *t);
void outline_arrange(struct outline *t, int sort, bool reverse, struct str filter);

const struct node *outline_node(const struct outline *t, int row);
bool outline_can_fold(const struct outline *t, const struct node *n);
/* Nodes that a fold hides. */
int outline_hidden(const struct outline *t, const struct node *n);
void outline_fold(struct outline *t, const struct node *n, bool folded);
void outline_fold_all(struct outline *t, bool folded);
/* Fold so that `depth` levels of the drawn tree are open (1: the root's stem only). */
void outline_open_to(struct outline *t, int depth);
/* Unfold whatever hides n; its row, or -1 when the filter leaves it out. */
int outline_reveal(struct outline *t, const struct node *n);

/* Lines of branches in front of row's name, from the outermost level. */
enum outline_line { OUTLINE_NOTHING, OUTLINE_THROUGH, OUTLINE_BRANCH, OUTLINE_LAST };
/*
 * The innermost of them, at most `most`, outermost first; *left_out says how many further out were
 * left out.
 */
int outline_lines(const struct outline *t, const struct node *n, enum outline_line *out, int most,
               int *left_out);

/* The searchable text of all nodes: line n is node id n, line 0 is empty. */
const struct haystack *outline_text(struct outline *t);

#endif
