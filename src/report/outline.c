#include "report/outline.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "plan/metrics.h"
#include "report/json_value.h"
#include "report/tree.h"
#include "work/diff.h"

enum { NODES_MOST = 60, COST_COLUMNS = 11, SMALL_COST = 100 };

bool outline_is_known(const struct advice_query *q)
{
    return q->before && q->after && q->before != q->after;
}

/* ---- the two plans matched ---- */

struct outline {
    struct arena *arena;
    const struct plan *plans[2];
    const struct plan_diff *diff;
};

static void open_outline(struct outline *o, const struct advice_query *q)
{
    o->arena = arena_new(0);
    o->plans[0] = q->before;
    o->plans[1] = q->after;
    o->diff =
        plan_diff_new(o->arena, metrics_new(o->arena, q->before), metrics_new(o->arena, q->after));
}

static enum pair_kind kind_of(const struct outline *o, int side, const struct node *n)
{
    const int *pairs = side ? o->diff->pair_of_b : o->diff->pair_of_a;
    return o->diff->pairs[pairs[n->id - 1]].kind;
}

/* ---- lines ---- */

static struct tree_row row_of(const struct node *n, const int *level)
{
    bool branch = n->parent && n->parent->child->next;
    return (struct tree_row){.node = n,
                             .level = n->parent ? level[n->parent->id - 1] + branch : 0,
                             .branch = branch,
                             .last = !n->next};
}

static void add_cost(struct buf *line, const struct node *n)
{
    struct buf cost = {0};
    double v = n->num[PROP_TOTAL_COST];
    if (v >= SMALL_COST)
        text_add_grouped(&cost, v);
    else if (num_known(v))
        text_add_decimal(&cost, v, 2, false);
    buf_printf(line, "%*s  ", COST_COLUMNS, cost.data ? cost.data : "");
    buf_free(&cost);
}

static void add_label(struct buf *line, const struct node *n, bool ascii)
{
    struct buf label = {0};
    report_add_label(&label, n);
    text_add_safe(line, buf_str(&label), ascii);
    buf_free(&label);
}

static void end_line(struct buf *out, struct buf *line, int width, bool ascii)
{
    if (width > 0)
        text_add_cut(out, buf_str(line), width, ascii);
    else
        buf_addstr(out, buf_str(line));
    buf_addc(out, '\n');
    buf_clear(line);
}

static void add_plan(struct buf *out, const struct outline *o, int side, int width, bool ascii)
{
    static const char marks[] = {
        [PAIR_SAME] = ' ', [PAIR_CHANGED] = '*', [PAIR_ONLY_A] = '-', [PAIR_ONLY_B] = '+'};
    const struct plan *p = o->plans[side];
    struct tree_pen pen = {0};
    struct buf line = {0};
    int *level = xcalloc((size_t)p->node_count, sizeof *level);
    buf_adds(&line, side ? "  after" : "  before");
    end_line(out, &line, width, ascii);
    for (int i = 0; i < p->node_count && i < NODES_MOST; i++) {
        struct tree_row row = row_of(p->nodes[i], level);
        level[i] = row.level;
        buf_printf(&line, "%c ", marks[kind_of(o, side, p->nodes[i])]);
        add_cost(&line, p->nodes[i]);
        tree_add_prefix(&pen, &line, &row, width > 0 ? width : 100, ascii);
        add_label(&line, p->nodes[i], ascii);
        end_line(out, &line, width, ascii);
    }
    if (p->node_count > NODES_MOST) {
        buf_adds(&line, "  ... and ");
        text_add_grouped(&line, p->node_count - NODES_MOST);
        buf_adds(&line, " nodes more");
        end_line(out, &line, width, ascii);
    }
    free(level);
    buf_free(&line);
    tree_pen_release(&pen);
}

void outline_add(struct buf *out, const struct advice_query *q, int width, bool ascii)
{
    struct outline o;
    open_outline(&o, q);
    for (int side = 0; side < 2; side++)
        add_plan(out, &o, side, width, ascii);
    arena_free(o.arena);
}

/* ---- sentences ---- */

static const char *const change_names[] = {[PAIR_SAME] = "same",
                                           [PAIR_CHANGED] = "changed",
                                           [PAIR_ONLY_A] = "gone",
                                           [PAIR_ONLY_B] = "new"};

static void add_sentence(struct buf *out, const struct outline *o, int side, const struct node *n)
{
    enum pair_kind kind = kind_of(o, side, n);
    buf_printf(out, "Plan %s: #%d", side ? "after" : "before", n->id);
    if (n->parent)
        buf_printf(out, " under #%d", n->parent->id);
    buf_adds(out, ", ");
    add_label(out, n, true);
    buf_adds(out, ", cost ");
    text_add_decimal(out, n->num[PROP_TOTAL_COST], 2, false);
    buf_printf(out, "%s%s\n", kind == PAIR_SAME ? "" : ", ",
               kind == PAIR_SAME ? "" : change_names[kind]);
}

void outline_add_sentences(struct buf *out, const struct advice_query *q)
{
    struct outline o;
    open_outline(&o, q);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < o.plans[side]->node_count && i < NODES_MOST; i++)
            add_sentence(out, &o, side, o.plans[side]->nodes[i]);
    arena_free(o.arena);
}

/* ---- JSON ---- */

static void put_node(struct json_writer *w, const struct outline *o, int side, const struct node *n)
{
    struct buf label = {0};
    bool pretty = json_value_open_row(w);
    report_add_label(&label, n);
    json_value_num(w, "id", n->id, 0);
    json_value_num(w, "parent_id", n->parent ? n->parent->id : NAN, 0);
    json_value_text(w, "label", buf_str(&label));
    json_value_text(w, "index", node_text(n, PROP_INDEX_NAME));
    json_value_num(w, "cost", n->num[PROP_TOTAL_COST], 2);
    json_value_num(w, "rows", n->num[PROP_PLAN_ROWS], 0);
    json_value_text(w, "change", str_of(change_names[kind_of(o, side, n)]));
    json_value_close_row(w, pretty);
    buf_free(&label);
}

void outline_json(struct json_writer *w, const struct advice_query *q)
{
    static const char *const keys[] = {"plan_before", "plan_after"};
    struct outline o;
    open_outline(&o, q);
    for (int side = 0; side < 2; side++) {
        json_key(w, keys[side]);
        json_open_array(w);
        for (int i = 0; i < o.plans[side]->node_count; i++)
            put_node(w, &o, side, o.plans[side]->nodes[i]);
        json_close_array(w);
    }
    arena_free(o.arena);
}
