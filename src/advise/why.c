#include "advise/why.h"

#include <math.h>

#include "advise/access.h"
#include "advise/need_private.h"
#include "advise/note.h"
#include "base/arena.h"
#include "base/text.h"
#include "plan/metrics.h"

const char *const why_verdict_name[] = {
    [WHY_USED] = "used",     [WHY_NOT_READ] = "not read",       [WHY_CANNOT] = "cannot serve",
    [WHY_DEARER] = "dearer", [WHY_MISESTIMATE] = "misestimate", [WHY_SHOULD] = "should be used"};

/* Costs nearer than this are no reason for anything: the model is not that good. */
static const double CLEARLY = 0.8;
/* Rows that the planner guesses by less than this factor are no misestimate. */
static const double MISESTIMATE = 3;
/* Of the rows of a table: from here on "most of the table is read" is the reason. */
static const double MUCH = 0.1;
/* Rows in the order of the index lie together from here on. */
static const double ORDERLY = 0.5;

struct question {
    struct arena *arena;
    const struct catalog *cat;
    const struct plan *plan;
    const struct plan_metrics *metrics;
    const struct cat_index *index;
    const struct ix *ix;
    const struct ix **others; /* the table's other indexes that are valid */
    size_t other_count;
    struct access_model model;
    const struct need *need;
    struct why_answer *out;
};

static void answer(struct question *q, enum why_verdict verdict, const char *text,
                   const char *instead)
{
    q->out->verdict = verdict;
    q->out->text = text;
    q->out->instead = instead;
}

static void add_also(struct question *q, const char *text)
{
    if (q->out->also_count < WHY_ALSO_MAX)
        q->out->also[q->out->also_count++] = text;
}

/* ---- used ---- */

/* The index that a scan goes by: its own, or those of the bitmaps under it. */
static bool goes_by(const struct node *scan, struct str index)
{
    if (str_eq(node_text(scan, PROP_INDEX_NAME), index))
        return true;
    if (scan->type != NODE_BITMAP_HEAP_SCAN)
        return false;
    for (const struct node *n = node_walk(scan, scan); n; n = node_walk(n, scan))
        if (n->type == NODE_BITMAP_INDEX_SCAN && str_eq(node_text(n, PROP_INDEX_NAME), index))
            return true;
    return false;
}

/* The name of an index that it goes by; absent: none. */
static struct str index_of(const struct node *scan)
{
    struct str own = node_text(scan, PROP_INDEX_NAME);
    if (own.len || scan->type != NODE_BITMAP_HEAP_SCAN)
        return own;
    for (const struct node *n = node_walk(scan, scan); n; n = node_walk(n, scan))
        if (n->type == NODE_BITMAP_INDEX_SCAN)
            return node_text(n, PROP_INDEX_NAME);
    return own;
}

static bool is_used(struct question *q)
{
    const struct node *n = q->need->node;
    if (!goes_by(n, q->index->name))
        return false;
    const struct node_metrics *m = metrics_of(q->metrics, n);
    answer(q, WHY_USED, "the scan goes by this index", NULL);
    if (m->rows_removed > 0)
        add_also(q,
                 arena_printf(q->arena, "%s of the rows that it found were thrown away by a filter",
                              note_grouped(q->arena, m->rows_removed)));
    return true;
}

/* ---- it cannot ---- */

static bool is_invalid(struct question *q)
{
    if (q->index->valid)
        return false;
    answer(q, WHY_CANNOT, "the index is invalid: building it with CONCURRENTLY failed",
           "drop it and build it again; until then it costs writes and serves nothing");
    return true;
}

/* Settings that take ways away. */
static bool is_switched_off(struct question *q)
{
    static const char *const names[] = {"enable_indexscan", "enable_bitmapscan"};
    bool off[2];
    for (size_t i = 0; i < 2; i++)
        off[i] = str_is(plan_setting(q->plan, names[i]), "off");
    bool bitmap_only = q->ix->am == COST_GIN || q->ix->am == COST_BRIN;
    if (!(off[1] && (off[0] || bitmap_only)))
        return false;
    answer(q, WHY_CANNOT,
           arena_printf(q->arena, "%s is off in this session", names[bitmap_only ? 1 : 0]),
           "set it back: a setting of this kind is for trying things out");
    return true;
}

static bool is_hindered(struct question *q)
{
    const struct note_input in = {.arena = q->arena,
                                  .model = &q->model,
                                  .need = q->need,
                                  .existing = &q->ix,
                                  .existing_count = 1};
    struct advice_note note;
    if (!note_hindrance(&in, &note))
        return false;
    answer(q, WHY_CANNOT, note.text, note.instead);
    return true;
}

/* Without a condition on the first column a B-tree is no way to find rows. */
static bool has_nothing_to_find_by(struct question *q)
{
    if (isfinite(access_by(&q->model, q->need, q->ix).cost))
        return false;
    struct buf b = {0};
    if (q->ix->am == COST_BTREE)
        buf_printf(&b,
                   "no condition of this scan, and no order above it, begins with %.*s, the first "
                   "column of the index",
                   STR_ARG(q->ix->keys[0].name));
    else
        buf_printf(&b, "no condition of this scan is one that a %.*s index on (%.*s) can look up",
                   STR_ARG(q->index->am), STR_ARG(q->ix->keys[0].name));
    if (q->need->cond_count) {
        buf_adds(&b, "; the conditions are ");
        for (size_t i = 0; i < q->need->cond_count; i++)
            buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(q->need->conds[i].pred->text));
    }
    answer(q, WHY_CANNOT, arena_strndup(q->arena, b.data, b.len), NULL);
    buf_free(&b);
    return true;
}

/* ---- it could ---- */

/* The scan as the planner saw it: with the rows that it expected. */
static struct need as_planned(const struct question *q)
{
    struct need n = *q->need;
    double rows = q->need->node->num[PROP_PLAN_ROWS];
    n.conds = arena_calloc(q->arena, n.cond_count, sizeof *n.conds);
    if (n.cond_count)
        memcpy(n.conds, q->need->conds, n.cond_count * sizeof *n.conds);
    if (num_known(rows) && rows > 0)
        n.rows_out = rows;
    access_prepare(&q->model, &n);
    return n;
}

/* The cheapest way by all other indexes of the table, or none. */
static double cost_without(const struct question *q, const struct need *n)
{
    return access_best(&q->model, n, q->others, q->other_count).cost;
}

static void say_scatter(struct question *q)
{
    const struct cat_key *key = &q->index->keys[0];
    for (size_t i = 0; i < q->index->rel->column_count; i++) {
        const struct cat_column *c = &q->index->rel->columns[i];
        double correlation = c->stats.correlation;
        if (!str_eq(c->name, key->column) || isnan(correlation) || fabs(correlation) >= ORDERLY)
            continue;
        add_also(q,
                 arena_printf(q->arena,
                              "the rows lie scattered over the table (correlation %.2f), so that "
                              "nearly each of them costs a page",
                              correlation));
    }
}

static void say_statistics(struct question *q)
{
    const struct cat_rel *rel = q->index->rel;
    if (num_known(rel->tuples) && !rel->last_analyze.len && num_known(rel->inserts))
        add_also(q, arena_printf(q->arena, "%.*s was never analyzed: the planner guesses",
                                 STR_ARG(rel->name)));
    else if (rel->modified_since_analyze > MUCH * num_or(rel->live_tuples, INFINITY))
        add_also(q, arena_printf(q->arena, "%s rows were changed since the last ANALYZE",
                                 note_grouped(q->arena, rel->modified_since_analyze)));
}

static void say_other_index(struct question *q)
{
    struct str other = index_of(q->need->node);
    if (other.len)
        add_also(q, arena_printf(q->arena, "the scan goes by index %.*s", STR_ARG(other)));
}

static void say_dearer(struct question *q, const struct need *n)
{
    double share = n->rows_out / n->table_rows;
    const char *text;
    if (q->out->cost_with < q->out->cost_without)
        text = "the index could serve, and costs about as much as what was done";
    else if (share > MUCH)
        text =
            arena_printf(q->arena,
                         "the index could serve, but the scan wants %.0f %% of the rows: fetching "
                         "them one by one costs more than what was done",
                         share * 100);
    else
        text = "the index could serve, but what was done is cheaper";
    answer(q, WHY_DEARER, text, NULL);
    if (q->ix->am == COST_BTREE && n->rows_out > 1)
        say_scatter(q);
    say_other_index(q);
    say_statistics(q);
}

static void say_misestimate(struct question *q, double planned, double actual)
{
    answer(
        q, WHY_MISESTIMATE,
        arena_printf(q->arena,
                     "the planner expected %s rows, and there were %s: with the right number the "
                     "index would have been cheaper",
                     note_grouped(q->arena, planned), note_grouped(q->arena, actual)),
        arena_printf(q->arena,
                     "ANALYZE %.*s; if the guess stays wrong, raise the statistics target of the "
                     "columns or CREATE STATISTICS over them",
                     STR_ARG(q->index->rel->name)));
    say_statistics(q);
}

static void say_should(struct question *q)
{
    answer(q, WHY_SHOULD,
           "by its costs the planner should have gone by this index: perhaps the index, or the "
           "statistics, are newer than the plan, or the plan is a cached generic one",
           "explain the query again");
    say_other_index(q);
    say_statistics(q);
}

static void compare_costs(struct question *q)
{
    struct need planned = as_planned(q);
    double with = access_by(&q->model, &planned, q->ix).cost, without = cost_without(q, &planned);
    double with_actual = access_by(&q->model, q->need, q->ix).cost;
    double without_actual = cost_without(q, q->need);
    double rows = planned.rows_out, actual = q->need->rows_out;
    bool guessed_wrong =
        rows > MISESTIMATE * fmax(actual, 1) || actual > MISESTIMATE * fmax(rows, 1);
    q->out->cost_with = with;
    q->out->cost_without = without;
    if (with < CLEARLY * without)
        say_should(q);
    else if (guessed_wrong && with_actual < CLEARLY * without_actual)
        say_misestimate(q, rows, actual);
    else
        say_dearer(q, &planned);
}

/* ---- the whole ---- */

static void find_others(struct question *q)
{
    size_t count = 0;
    for (const struct cat_index *i = q->index->rel->indexes; i; i = i->next)
        count++;
    q->others = arena_calloc(q->arena, count, sizeof *q->others);
    for (const struct cat_index *i = q->index->rel->indexes; i; i = i->next) {
        if (i == q->index || !i->valid)
            continue;
        struct ix *x = ix_from_catalog(q->arena, i);
        access_size(&q->model, x);
        q->others[q->other_count++] = x;
    }
}

static void answer_need(struct question *q)
{
    q->out->node = q->need->node;
    q->out->cost_with = q->out->cost_without = NAN;
    if (is_used(q) || is_invalid(q) || is_switched_off(q) || is_hindered(q))
        return;
    if (q->need->rel != q->ix->rel) {
        answer(q, WHY_CANNOT,
               "the scan reads the table through its partitions, each with indexes of "
               "its own",
               NULL);
        return;
    }
    if (!has_nothing_to_find_by(q))
        compare_costs(q);
}

const struct why_answer *why_index(struct arena *a, const struct catalog *cat, const struct plan *p,
                                   const struct plan_metrics *m, const struct cat_index *index,
                                   size_t *count)
{
    struct need_list needs = {0};
    struct question q = {.arena = a, .cat = cat, .plan = p, .metrics = m, .index = index};
    struct ix *x = ix_from_catalog(a, index);
    access_model_init(&q.model, a, cat);
    access_size(&q.model, x);
    q.ix = x;
    find_others(&q);
    need_from_plan(a, cat, p, m, p->query_text, 0, &needs);
    struct why_answer *out = arena_calloc(a, needs.count + 1, sizeof *out);
    *count = 0;
    for (size_t i = 0; i < needs.count; i++) {
        if (needs.items[i].rel != need_partition_root(index->rel) &&
            needs.items[i].rel != index->rel)
            continue;
        access_prepare(&q.model, &needs.items[i]);
        q.need = &needs.items[i];
        q.out = &out[(*count)++];
        answer_need(&q);
    }
    if (*count == 0) {
        q.out = &out[(*count)++];
        q.out->cost_with = q.out->cost_without = NAN;
        answer(&q, WHY_NOT_READ,
               arena_printf(a, "the plan does not read %.*s", STR_ARG(index->rel->name)), NULL);
    }
    return out;
}
