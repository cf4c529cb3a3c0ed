/*
 * A plan as rows: which nodes are shown, in which order, and how they hang together.
 *
 * Folds, the sort key and the filter decide. Everything is kept by node id, so it survives a new
 * size, another sort and another metric. Plans of 100,000 nodes and any depth are ordinary:
 * nothing here recurses, rebuilding is linear (sorting n log n), drawing looks at shown rows only.
 */
#ifndef UI_TREE_H
#define UI_TREE_H

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

enum { TREE_PLAN_ORDER = -1 };

struct tree {
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
    int sort;         /* enum metric, or TREE_PLAN_ORDER */
    bool reverse;
    bool full_indent; /* only children are indented too */
    bool flat;        /* sorted or filtered: no tree is drawn */
    char *filter;     /* NULL: none */
};

void tree_init(struct tree *t, const struct plan *p, const struct plan_metrics *m);
void tree_release(struct tree *t);
/* The order and the rows anew after a change of sort, filter or indentation. */
void tree_rebuild(struct tree *t);
void tree_set_filter(struct tree *t, struct str needle);
void tree_set_sort(struct tree *t, int sort, bool reverse);

const struct node *tree_node(const struct tree *t, int row);
bool tree_can_fold(const struct tree *t, const struct node *n);
/* Nodes that a fold hides. */
int tree_hidden(const struct tree *t, const struct node *n);
void tree_fold(struct tree *t, const struct node *n, bool folded);
void tree_fold_all(struct tree *t, bool folded);
/* Fold so that `depth` levels of the drawn tree are open (1: the root's stem only). */
void tree_open_to(struct tree *t, int depth);
/* Unfold whatever hides n; its row, or -1 when the filter leaves it out. */
int tree_reveal(struct tree *t, const struct node *n);

/* Lines of branches in front of row's name, from the outermost level. */
enum tree_line { TREE_NOTHING, TREE_THROUGH, TREE_BRANCH, TREE_LAST };
/*
 * The innermost of them, at most `most`, outermost first; *left_out says how many further out were
 * left out.
 */
int tree_lines(const struct tree *t, const struct node *n, enum tree_line *out, int most,
               int *left_out);

/* The searchable text of all nodes. */
const struct haystack *tree_text(struct tree *t);

#endif
