#include "cli/log_view.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/advised.h"
#include "cli/log_reader.h"
#include "cli/view.h"
#include "plan/plan.h"

enum { SERIES = 56, SHAPES = 4, PLANS = 12 };

/* A plan that can be looked at. */
struct entry {
    size_t query, shape;
    struct ui_plan shown; /* made when first asked for */
    struct advised *advised;
};

/* A picture of the log as the list shows it. */
struct shot {
    struct log_picture *picture;
    struct arena *arena; /* the picture's */
    const struct workload_view *v;
    const struct summary *s;
    struct ui_query *queries;
    const char *span;
};

struct log_view {
    struct log_reader *reader;
    struct arena *arena; /* of the run */
    struct shot *now;    /* in the list; NULL: none yet */
    struct shot *opened; /* its plans are the source's; NULL */
    struct shot *before; /* opened before: screens may still point into it */
    uint64_t version;
    bool partial;
    struct entry *entries;
    size_t count;
    bool whole; /* the only entry stands for the log: its indexes are the log's */
    struct ui_source_ops ops;
    struct ui_source source;
};

/* ---- the list ---- */

/* What was written to the buffer, in the arena; the buffer is emptied. NULL when it is empty. */
static const char *take(struct shot *l, struct buf *b)
{
    const char *text = b->len ? arena_strndup(l->arena, b->data, b->len) : NULL;
    buf_clear(b);
    return text;
}

static void add_series(struct shot *l, struct ui_query *q, const double *series)
{
    size_t count = l->s->bucket_count, bars = count < SERIES ? count : SERIES;
    double *out = arena_calloc(l->arena, bars, sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i * bars / count] += series[i];
    q->series = out;
    q->series_count = bars;
}

static const char *advice_of(struct shot *l, const struct summary_query *q, struct buf *b)
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

static void fill_query(struct shot *l, struct ui_query *out, const struct summary_query *q)
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

static void fill_list(struct shot *l)
{
    struct buf b = {0};
    l->queries = arena_calloc(l->arena, l->s->query_count, sizeof *l->queries);
    for (size_t i = 0; i < l->s->query_count; i++)
        fill_query(l, &l->queries[i], &l->s->queries[i]);
    workload_add_span(&b, l->v);
    l->span = take(l, &b);
    buf_free(&b);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, "-") == 0 ? "standard input" : slash && slash[1] ? slash + 1 : path;
}

/* Those that nobody can point into any more; the last picture outlives the viewer. */
static void free_shot(struct log_view *l, struct shot *s)
{
    if (!s || s == l->now || s == l->opened || s == l->before)
        return;
    log_picture_free(s->picture);
}

static void take_picture(struct log_view *l)
{
    struct log_picture *p = log_reader_take(l->reader);
    struct shot *before = l->now;
    if (!p)
        return;
    struct shot *s = arena_alloc(p->arena, sizeof *s);
    *s = (struct shot){.picture = p, .arena = p->arena, .v = &p->view, .s = p->view.summary};
    fill_list(s);
    l->now = s;
    l->version++;
    free_shot(l, before);
}

static void log_now(void *self, struct ui_log *out)
{
    struct log_view *l = self;
    struct shot *before = l->before;
    take_picture(l);
    l->before = NULL;
    free_shot(l, before);
    *out = (struct ui_log){.version = l->version};
    if (!l->now)
        return;
    const struct summary *s = l->now->s;
    out->name = str_of(l->now->v->name);
    out->entries = (double)workload_counted(s->workload, WORK_RECORDS);
    out->errors = (double)workload_counted(s->workload, WORK_BAD);
    out->queries = l->now->queries;
    out->query_count = s->query_count;
    out->span = l->now->span;
}

static bool is_empty(const struct log_view *l)
{
    return !l->now || l->now->s->query_count == 0;
}

/* The log is read when its last picture is in the list. Pictures are taken by log_now alone: the
 * list points into the one that it has. */
static void look_at_load(void *self, struct ui_load *out)
{
    struct log_view *l = self;
    struct log_reader_state state;
    log_reader_look(l->reader, &state);
    bool reading = !l->now || !l->now->picture->last;
    l->partial = state.stopped;
    *out = (struct ui_load){.loading = reading,
                            .partial = state.stopped,
                            .failed = !reading && is_empty(l),
                            .name = state.path ? file_name(state.path) : NULL,
                            .bytes_done = state.bytes,
                            .bytes_total = state.total,
                            .seconds = state.seconds};
}

static void stop_load(void *self)
{
    log_reader_stop(((struct log_view *)self)->reader);
}

/* ---- plans ---- */

static void fill_indexes(struct log_view *l, struct entry *e)
{
    if (!l->whole) {
        e->advised = advised_new(l->opened->arena, e->shown.report);
        e->shown.indexes = advised_indexes(e->advised, &e->shown.index_count);
        e->shown.advice_note = advised_note(e->advised);
        return;
    }
    struct ui_index *out = arena_calloc(l->opened->arena, l->opened->s->index_count, sizeof *out);
    for (size_t i = 0; i < l->opened->s->index_count; i++) {
        const struct summary_index *x = &l->opened->s->indexes[i];
        struct buf why = {0};
        workload_add_saving(&why, l->opened->s, x);
        buf_printf(&why, "\n%s", x->index->rationale ? x->index->rationale : "");
        out[i] = (struct ui_index){.id = x->index->id,
                                   .target = x->index->columns,
                                   .ddl = x->index->up,
                                   .down = x->index->down,
                                   .why = take(l->opened, &why),
                                   .sure = advice_basis_name[x->index->basis],
                                   .size_bytes = x->index->size_bytes,
                                   .alone = -x->share,
                                   .before = l->opened->s->log_ms,
                                   .after = l->opened->s->log_ms - x->saved_ms,
                                   .in_ms = true,
                                   .queries = (double)x->query_count,
                                   .on = true};
        buf_free(&why);
    }
    e->shown.indexes = out;
    e->shown.index_count = l->opened->s->index_count;
    if (l->opened->s->advice && l->opened->s->advice->unchecked)
        e->shown.advice_note = "for the whole log; not checked against a catalog";
}

static const char *name_of(struct log_view *l, const struct entry *e)
{
    const struct summary_query *q = &l->opened->s->queries[e->query];
    struct buf b = {0};
    buf_printf(&b, "query %zu plan %s", q->rank, q->shapes[e->shape].name);
    const char *name = take(l->opened, &b);
    buf_free(&b);
    return name;
}

static const char *runs_of(struct log_view *l, const struct entry *e)
{
    const struct summary_shape *s = &l->opened->s->queries[e->query].shapes[e->shape];
    struct buf b = {0};
    buf_adds(&b, "slowest of ");
    text_add_grouped(&b, (double)s->shape->stat.calls);
    buf_adds(&b, ", mean ");
    text_add_ms(&b, s->mean_ms);
    const char *text = take(l->opened, &b);
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
    e->shown.report =
        workload_plan_report(l->opened->arena, l->opened->v, e->query, e->shape, i + 1);
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
    return work_example_body(l->opened->arena,
                             &l->opened->s->queries[e->query].shapes[e->shape].shape->example);
}

/* Which is known of some of the log's indexes: none, one or all. */
static bool whole_whatif(const struct log_view *l, const bool *on, struct ui_whatif *out,
                         struct err *err)
{
    size_t ticked = 0, last = 0;
    for (size_t i = 0; i < l->opened->s->index_count; i++)
        if (on[i]) {
            ticked++;
            last = i;
        }
    *out = (struct ui_whatif){.before = l->opened->s->log_ms,
                              .after = l->opened->s->log_ms - l->opened->s->saved_ms,
                              .in_ms = true,
                              .took_ms = NAN,
                              .basis = "model, over the whole log"};
    if (ticked == 0)
        out->after = out->before;
    else if (ticked == 1 && l->opened->s->index_count > 1)
        out->after = out->before - l->opened->s->indexes[last].saved_ms;
    else if (ticked < l->opened->s->index_count)
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
    if (l->opened != l->now)
        l->before = l->opened;
    l->opened = l->now;
    l->entries = arena_calloc(l->opened->arena, count, sizeof *l->entries);
    for (size_t i = 0; i < count; i++)
        l->entries[i] = (struct entry){.query = query, .shape = i};
    l->source.plan_count = l->count = count;
}

static bool open_query(void *self, size_t query, struct err *err)
{
    struct log_view *l = self;
    size_t shapes = l->now->s->queries[query].shape_count;
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
    if (!l->now || !l->now->picture->last)
        return err_set(err, ERR_NOT_A_PLAN,
                       "indexes are judged when all is read; Ctrl-C ends the reading here");
    if (!l->now->s->advice || !l->now->s->index_count)
        return err_set(err, ERR_NOT_A_PLAN, "no index would save enough to pay for its upkeep");
    l->whole = true;
    set_entries(l, 1, l->now->s->plans[0].query);
    return true;
}

static const char *unavailable(void *self, enum ui_can can)
{
    (void)self;
    return can == UI_CAN_WHATIF || can == UI_CAN_EDIT
               ? "over a log the model judges; pgsift advise with a connection asks the planner"
               : "not connected: these plans are from a log";
}

static void release(struct log_view *l, struct log_picture **last)
{
    struct shot *shots[] = {l->now, l->opened, l->before};
    *last = l->now && l->now->picture->last ? l->now->picture : NULL;
    for (size_t i = 0; i < 3; i++) {
        struct log_picture *p = shots[i] ? shots[i]->picture : NULL;
        for (size_t k = i + 1; k < 3; k++) /* each once */
            if (shots[k] == shots[i])
                shots[k] = NULL;
        if (p != *last)
            log_picture_free(p);
    }
}

bool log_view_run(struct cli *c, struct log_reader *r, struct log_picture **last, int *status)
{
    struct log_view l = {.reader = r, .arena = c->arena};
    struct ui_load load;
    take_picture(&l);
    look_at_load(&l, &load);
    l.ops = (struct ui_source_ops){.plan = plan_of,
                                   .text = text_of,
                                   .whatif = whatif,
                                   .unavailable = unavailable,
                                   .load = look_at_load,
                                   .load_stop = stop_load,
                                   .log = log_now,
                                   .log_open = open_query,
                                   .log_indexes = open_whole};
    l.source = (struct ui_source){.self = &l, .ops = &l.ops};
    *status = 0;
    if (!load.failed)
        *status = view_source(c, &l.source, APP_START_LOG);
    take_picture(&l);
    look_at_load(&l, &load);
    bool shown = !load.failed || *status;
    release(&l, last);
    return shown;
}
