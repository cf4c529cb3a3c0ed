#include "cli/log_view.h"

#include <math.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/advised.h"
#include "cli/view.h"
#include "plan/plan.h"

enum { SERIES = 56, SHAPES = 4, PLANS = 12 };

/* A plan that can be looked at. */
struct entry {
    size_t query, shape;
    struct ui_plan shown; /* made when first asked for */
    struct advised *advised;
};

struct log_view {
    struct arena *arena; /* of the run */
    const struct workload_view *v;
    const struct summary *s;
    double seconds;
    bool partial;
    struct ui_query *queries;
    const char *span;
    struct entry *entries;
    size_t count;
    bool whole; /* the only entry stands for the log: its indexes are the log's */
    struct ui_source_ops ops;
    struct ui_source source;
};

/* ---- the list ---- */

/* What was written to the buffer, in the arena; the buffer is emptied. NULL when it is empty. */
static const char *take(struct log_view *l, struct buf *b)
{
    const char *text = b->len ? arena_strndup(l->arena, b->data, b->len) : NULL;
    buf_clear(b);
    return text;
}

static void add_series(struct log_view *l, struct ui_query *q, const double *series)
{
    size_t count = l->s->bucket_count, bars = count < SERIES ? count : SERIES;
    double *out = arena_calloc(l->arena, bars, sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i * bars / count] += series[i];
    q->series = out;
    q->series_count = bars;
}

static const char *advice_of(struct log_view *l, const struct summary_query *q, struct buf *b)
{
    for (size_t i = 0; i < q->index_count; i++)
        buf_printf(b, "%s%s", i ? ", " : "", q->indexes[i]);
    if (b->len) {
        buf_adds(b, " would save ");
        text_add_ms(b, q->saved_ms);
    }
    for (size_t i = 0; i < l->s->index_count; i++)
        for (size_t k = 0; k < q->index_count; k++)
            if (strcmp(l->s->indexes[i].index->id, q->indexes[k]) == 0) {
                buf_printf(b, "; %s %s ", q->indexes[k], l->s->indexes[i].index->columns);
                workload_add_saving(b, l->s, &l->s->indexes[i]);
            }
    return take(l, b);
}

static void fill_query(struct log_view *l, struct ui_query *out, const struct summary_query *q)
{
    struct buf b = {0};
    work_add_id(&b, q->query->id);
    out->id = str_of(take(l, &b));
    out->sql = q->query->text;
    out->calls = (double)q->query->stat.calls;
    out->total_ms = q->time_ms;
    out->share = q->share;
    out->mean_ms = q->mean_ms;
    out->p95_ms = q->p95_ms;
    out->max_ms = (double)q->query->stat.max_ns / 1e6;
    out->rows = q->rows;
    out->findings = (int)q->finding_count;
    out->severity = q->severity;
    out->indexes = (int)q->index_count;
    out->plans = q->shape_count;
    workload_add_shapes(&b, q, SHAPES);
    if (q->flip_count) {
        buf_adds(&b, "; ");
        workload_add_flip(&b, q, &q->flips[0]);
    }
    out->shapes = take(l, &b);
    buf_adds(&b, "per ");
    workload_add_bucket(&b, l->s);
    out->bucket = take(l, &b);
    out->advice = advice_of(l, q, &b);
    add_series(l, out, q->series);
    buf_free(&b);
}

static void fill_list(struct log_view *l)
{
    struct buf b = {0};
    l->queries = arena_calloc(l->arena, l->s->query_count, sizeof *l->queries);
    for (size_t i = 0; i < l->s->query_count; i++)
        fill_query(l, &l->queries[i], &l->s->queries[i]);
    workload_add_span(&b, l->v);
    l->span = take(l, &b);
    buf_free(&b);
}

static void log_now(void *self, struct ui_log *out)
{
    struct log_view *l = self;
    *out = (struct ui_log){.name = str_of(l->v->name),
                           .entries = (double)workload_counted(l->s->workload, WORK_RECORDS),
                           .errors = (double)workload_counted(l->s->workload, WORK_BAD),
                           .queries = l->queries,
                           .query_count = l->s->query_count,
                           .span = l->span,
                           .partial = l->partial,
                           .bytes_done = (double)workload_counted(l->s->workload, WORK_BYTES),
                           .bytes_total = NAN,
                           .seconds = l->seconds,
                           .version = 1};
}

/* ---- plans ---- */

static void fill_indexes(struct log_view *l, struct entry *e)
{
    if (!l->whole) {
        e->advised = advised_new(l->arena, e->shown.report);
        e->shown.indexes = advised_indexes(e->advised, &e->shown.index_count);
        e->shown.advice_note = advised_note(e->advised);
        return;
    }
    struct ui_index *out = arena_calloc(l->arena, l->s->index_count, sizeof *out);
    for (size_t i = 0; i < l->s->index_count; i++) {
        const struct summary_index *x = &l->s->indexes[i];
        struct buf why = {0};
        workload_add_saving(&why, l->s, x);
        buf_printf(&why, "\n%s", x->index->rationale ? x->index->rationale : "");
        out[i] = (struct ui_index){.id = x->index->id,
                                   .target = x->index->columns,
                                   .ddl = x->index->up,
                                   .down = x->index->down,
                                   .why = take(l, &why),
                                   .sure = advice_basis_name[x->index->basis],
                                   .size_bytes = x->index->size_bytes,
                                   .alone = -x->share,
                                   .before = l->s->log_ms,
                                   .after = l->s->log_ms - x->saved_ms,
                                   .in_ms = true,
                                   .queries = (double)x->query_count,
                                   .on = true};
        buf_free(&why);
    }
    e->shown.indexes = out;
    e->shown.index_count = l->s->index_count;
    if (l->s->advice && l->s->advice->unchecked)
        e->shown.advice_note = "for the whole log; not checked against a catalog";
}

static const char *name_of(struct log_view *l, const struct entry *e)
{
    const struct summary_query *q = &l->s->queries[e->query];
    struct buf b = {0};
    buf_printf(&b, "query %zu plan %s", q->rank, q->shapes[e->shape].name);
    const char *name = take(l, &b);
    buf_free(&b);
    return name;
}

static const char *runs_of(struct log_view *l, const struct entry *e)
{
    const struct summary_shape *s = &l->s->queries[e->query].shapes[e->shape];
    struct buf b = {0};
    buf_adds(&b, "slowest of ");
    text_add_grouped(&b, (double)s->shape->stat.calls);
    buf_adds(&b, ", mean ");
    text_add_ms(&b, s->mean_ms);
    const char *text = take(l, &b);
    buf_free(&b);
    return text;
}

static const struct ui_plan *plan_of(void *self, size_t i)
{
    struct log_view *l = self;
    struct entry *e = &l->entries[i];
    static const struct err unreadable = {.code = ERR_NOT_A_PLAN,
                                          .message = "the plan cannot be read again"};
    if (e->shown.name)
        return &e->shown;
    e->shown.name = name_of(l, e);
    e->shown.runs = runs_of(l, e);
    e->shown.report = workload_plan_report(l->arena, l->v, e->query, e->shape, i + 1);
    if (e->shown.report)
        fill_indexes(l, e);
    else
        e->shown.error = &unreadable;
    return &e->shown;
}

static struct str text_of(void *self, size_t i)
{
    struct log_view *l = self;
    const struct entry *e = &l->entries[i];
    return work_example_body(l->arena, &l->s->queries[e->query].shapes[e->shape].shape->example);
}

/* Which is known of some of the log's indexes: none, one or all. */
static bool whole_whatif(const struct log_view *l, const bool *on, struct ui_whatif *out,
                         struct err *err)
{
    size_t ticked = 0, last = 0;
    for (size_t i = 0; i < l->s->index_count; i++)
        if (on[i]) {
            ticked++;
            last = i;
        }
    *out = (struct ui_whatif){.before = l->s->log_ms,
                              .after = l->s->log_ms - l->s->saved_ms,
                              .in_ms = true,
                              .took_ms = NAN,
                              .basis = "model, over the whole log"};
    if (ticked == 0)
        out->after = out->before;
    else if (ticked == 1 && l->s->index_count > 1)
        out->after = out->before - l->s->indexes[last].saved_ms;
    else if (ticked < l->s->index_count)
        return err_set(err, ERR_SQL, "the model knows of none, one or all of them");
    return true;
}

static bool whatif(void *self, size_t i, const bool *on, struct ui_whatif *out, struct err *err)
{
    struct log_view *l = self;
    return l->whole ? whole_whatif(l, on, out, err)
                    : advised_whatif(l->entries[i].advised, on, out, err);
}

/* ---- drill-down ---- */

static void set_entries(struct log_view *l, size_t count, size_t query)
{
    l->entries = arena_calloc(l->arena, count, sizeof *l->entries);
    for (size_t i = 0; i < count; i++)
        l->entries[i] = (struct entry){.query = query, .shape = i};
    l->source.plan_count = l->count = count;
}

static bool open_query(void *self, size_t query, struct err *err)
{
    struct log_view *l = self;
    size_t shapes = l->s->queries[query].shape_count;
    if (!shapes)
        return err_set(err, ERR_NOT_A_PLAN, "no plan of this query is in the log");
    l->whole = false;
    set_entries(l, shapes < PLANS ? shapes : PLANS, query);
    return true;
}

/* The heaviest plan stands for the log. */
static bool open_whole(void *self, struct err *err)
{
    struct log_view *l = self;
    if (!l->s->advice || !l->s->index_count)
        return err_set(err, ERR_NOT_A_PLAN, "no index would save enough to pay for its upkeep");
    l->whole = true;
    set_entries(l, 1, l->s->plans[0].query);
    return true;
}

static const char *unavailable(void *self, enum ui_can can)
{
    (void)self;
    return can == UI_CAN_WHATIF || can == UI_CAN_EDIT
               ? "over a log the model judges; pgsift advise with a connection asks the planner"
               : "not connected: these plans are from a log";
}

int log_view_run(struct cli *c, const struct workload_view *v, double seconds, bool partial)
{
    struct log_view l = {
        .arena = c->arena, .v = v, .s = v->summary, .seconds = seconds, .partial = partial};
    fill_list(&l);
    l.ops = (struct ui_source_ops){.plan = plan_of,
                                   .text = text_of,
                                   .whatif = whatif,
                                   .unavailable = unavailable,
                                   .log = log_now,
                                   .log_open = open_query,
                                   .log_indexes = open_whole};
    l.source = (struct ui_source){.self = &l, .ops = &l.ops};
    return view_source(c, &l.source, APP_START_LOG);
}
