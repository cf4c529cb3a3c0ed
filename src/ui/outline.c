#include "ui/outline.h"

#include <stdlib.h>

#include "base/arena.h"
#include "report/report.h"

/* Arrays are indexed by node id, so they have one element more than there are nodes. */
static int *id_array(const struct outline *t)
{
    return xcalloc((size_t)t->count + 1, sizeof(int));
}

/* The last id of every subtree: children come after their parents. */
static void find_ends(struct outline *t)
{
    for (int id = t->count; id > 0; id--) {
        const struct node *parent = t->plan->nodes[id - 1]->parent;
        if (t->end[id] < id)
            t->end[id] = id;
        if (parent && t->end[parent->id] < t->end[id])
            t->end[parent->id] = t->end[id];
    }
}

static bool is_only_child(const struct node *n)
{
    return n->parent && n->parent->child == n && !n->next;
}

/* Chains of only children hang straight below each other; every other edge is a branch. */
static void find_stems(struct outline *t)
{
    for (int id = 1; id <= t->count; id++) {
        const struct node *n = t->plan->nodes[id - 1];
        bool straight = !n->parent || (is_only_child(n) && !t->full_indent);
        t->stem[id] = n->parent && straight ? t->stem[n->parent->id] : id;
        t->level[id] = n->parent ? t->level[n->parent->id] + !straight : 0;
    }
}

void outline_init(struct outline *t, const struct plan *p, const struct plan_metrics *m)
{
    *t = (struct outline){.plan = p, .metrics = m, .count = p->node_count, .sort = OUTLINE_PLAN_ORDER};
    metric_scale_init(&t->scale, m);
    t->order = id_array(t);
    t->rows = id_array(t);
    t->row_of = id_array(t);
    t->end = id_array(t);
    t->stem = id_array(t);
    t->level = id_array(t);
    t->folded = xcalloc((size_t)t->count + 1, 1);
    find_ends(t);
    outline_rebuild(t);
}

void outline_release(struct outline *t)
{
    haystack_release(&t->text);
    free(t->order);
    free(t->rows);
    free(t->row_of);
    free(t->end);
    free(t->stem);
    free(t->level);
    free(t->folded);
    free(t->filter);
    *t = (struct outline){0};
}

static void order_by_id(struct outline *t)
{
    t->order_count = t->count;
    for (int i = 0; i < t->count; i++)
        t->order[i] = i + 1;
}

/* Lines are numbered by node id. */
static void order_by_filter(struct outline *t)
{
    int cap = t->count + 1;
    t->order_count = haystack_find(outline_text(t), str_of(t->filter), &t->order, &cap);
}

struct sort_key {
    double value;
    int id;
};

/* Largest first; unknown last; equal ones in plan order. */
static int compare_keys(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    if (x->value != y->value && !(isnan(x->value) && isnan(y->value)))
        return isnan(x->value) ? 1 : isnan(y->value) ? -1 : x->value > y->value ? -1 : 1;
    return x->id - y->id;
}

static void sort_order(struct outline *t)
{
    struct sort_key *keys = xcalloc((size_t)t->order_count + 1, sizeof *keys);
    for (int i = 0; i < t->order_count; i++) {
        int id = t->order[i];
        keys[i].id = id;
        keys[i].value = metric_value(t->metrics, t->plan->nodes[id - 1], (enum metric)t->sort);
    }
    qsort(keys, (size_t)t->order_count, sizeof *keys, compare_keys);
    for (int i = 0; i < t->order_count; i++)
        t->order[i] = keys[i].id;
    free(keys);
}

static void reverse_order(struct outline *t)
{
    for (int i = 0, k = t->order_count - 1; i < k; i++, k--) {
        int id = t->order[i];
        t->order[i] = t->order[k];
        t->order[k] = id;
    }
}

static void pick_rows(struct outline *t)
{
    t->row_count = 0;
    for (int id = 0; id <= t->count; id++)
        t->row_of[id] = -1;
    for (int i = 0; i < t->order_count; i++) {
        int id = t->order[i];
        t->row_of[id] = t->row_count;
        t->rows[t->row_count++] = id;
        if (!t->flat && t->folded[id])
            i += t->end[id] - id;
    }
}

void outline_rebuild(struct outline *t)
{
    find_stems(t);
    if (t->filter)
        order_by_filter(t);
    else
        order_by_id(t);
    if (t->sort != OUTLINE_PLAN_ORDER)
        sort_order(t);
    if (t->reverse)
        reverse_order(t);
    t->flat = t->filter || t->sort != OUTLINE_PLAN_ORDER || t->reverse;
    pick_rows(t);
}

void outline_arrange(struct outline *t, int sort, bool reverse, struct str filter)
{
    char *copy = NULL;
    if (filter.len) {
        copy = xmalloc(filter.len + 1);
        memcpy(copy, filter.p, filter.len);
        copy[filter.len] = '\0';
    }
    free(t->filter);
    t->filter = copy;
    t->sort = sort;
    t->reverse = reverse;
    outline_rebuild(t);
}

const struct node *outline_node(const struct outline *t, int row)
{
    return row >= 0 && row < t->row_count ? t->plan->nodes[t->rows[row] - 1] : NULL;
}

bool outline_can_fold(const struct outline *t, const struct node *n)
{
    return !t->flat && n->child;
}

int outline_hidden(const struct outline *t, const struct node *n)
{
    return !t->flat && t->folded[n->id] ? t->end[n->id] - n->id : 0;
}

void outline_fold(struct outline *t, const struct node *n, bool folded)
{
    t->folded[n->id] = folded && n->child;
    pick_rows(t);
}

/* The root stays open: a single row would say nothing. */
void outline_fold_all(struct outline *t, bool folded)
{
    for (int id = 1; id <= t->count; id++)
        t->folded[id] = folded && t->level[id] > 0 && t->plan->nodes[id - 1]->child;
    pick_rows(t);
}

void outline_open_to(struct outline *t, int depth)
{
    for (int id = 1; id <= t->count; id++) {
        const struct node *n = t->plan->nodes[id - 1];
        bool branches = n->child && t->level[n->child->id] > t->level[id];
        t->folded[id] = branches && t->level[id] + 1 >= depth;
    }
    pick_rows(t);
}

int outline_reveal(struct outline *t, const struct node *n)
{
    if (!t->flat && t->row_of[n->id] < 0) {
        for (const struct node *up = n->parent; up; up = up->parent)
            t->folded[up->id] = 0;
        pick_rows(t);
    }
    return t->row_of[n->id];
}

static enum outline_line line_of(const struct node *branch, bool own)
{
    if (own)
        return branch->next ? OUTLINE_BRANCH : OUTLINE_LAST;
    return branch->next ? OUTLINE_THROUGH : OUTLINE_NOTHING;
}

int outline_lines(const struct outline *t, const struct node *n, enum outline_line *out, int most,
               int *left_out)
{
    int levels = t->flat ? 0 : t->level[n->id];
    int count = levels < most ? levels : most;
    const struct node *at = n;
    *left_out = levels - count;
    for (int i = count; i-- > 0;) {
        const struct node *branch = t->plan->nodes[t->stem[at->id] - 1];
        out[i] = line_of(branch, branch == n);
        at = branch->parent;
    }
    return count;
}

const struct haystack *outline_text(struct outline *t)
{
    struct buf b = {0};
    if (t->text.count)
        return &t->text;
    haystack_add(&t->text, (struct str){0}); /* no node has id 0 */
    for (int i = 0; i < t->count; i++) {
        buf_clear(&b);
        report_add_label(&b, t->plan->nodes[i]);
        haystack_add(&t->text, buf_str(&b));
    }
    buf_free(&b);
    return &t->text;
}
