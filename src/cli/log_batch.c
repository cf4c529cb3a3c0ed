#include "cli/log_batch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/pool.h"
#include "plan/metrics.h"
#include "plan/plan.h"
#include "read/body.h"
#include "read/recall.h"

enum { BATCH_EVENTS = 512, BATCH_BYTES = 256 * 1024, QUEUED = 3 /* a worker */ };

struct batch {
    struct log_event events[BATCH_EVENTS];
    size_t count;
    struct buf text; /* what the events' strings point into: it is never moved while it has some */
    struct batch *next;
};

struct log_worker {
    struct arena *arena; /* of the record at hand */
    struct recall *recall;
    struct rules_memo *memo;
    struct workload *workload;
};

struct log_batches {
    const struct log_filter *filter;
    const struct analysis *analysis;
    bool no_values;
    struct log_worker *workers;
    size_t worker_count;
    struct pool *pool;
    struct batch *filling;
    pthread_mutex_t lock; /* of free */
    struct batch *free;
};

/* ---- what workers do ---- */

static void take_plan(struct log_batches *b, struct log_worker *w, const struct log_event *e)
{
    const struct analysis *an = b->analysis;
    struct err err = {0};
    arena_clear(w->arena);
    const struct plan *p = read_body(w->arena, w->recall, e->body, &err);
    if (p && p->truncated) { /* in a whole record: what its other nodes did is not known */
        err_set(&err, ERR_SYNTAX, "the plan breaks off in the middle");
        p = NULL;
    }
    if (!p) {
        workload_add_problem(w->workload, e->file, e->line, str_of(err.message));
        workload_add_event(w->workload, e);
        return;
    }
    if (!log_filter_takes_query(b->filter, p->query_text)) {
        workload_count(w->workload, WORK_FILTERED, 1);
        return;
    }
    if (b->no_values)
        p = work_mask_plan(w->arena, p);
    struct plan_metrics *m = metrics_new(w->arena, p);
    struct finding_list found = rules_run_with(w->memo, w->arena, p, m, an->catalog,
                                               &an->thresholds, an->disabled, an->disabled_count);
    workload_add_plan(w->workload, e, p, m, &found);
}

static void take_event(struct log_batches *b, struct log_worker *w, const struct log_event *e)
{
    if (e->kind == LOG_PLAN)
        take_plan(b, w, e);
    else if (b->filter->has_query && !log_filter_takes_query(b->filter, e->sql))
        workload_count(w->workload, WORK_FILTERED, 1);
    else
        workload_add_event(w->workload, e);
}

static void do_batch(void *ctx, size_t worker, void *job)
{
    struct log_batches *b = ctx;
    struct batch *batch = job;
    for (size_t i = 0; i < batch->count; i++)
        take_event(b, &b->workers[worker], &batch->events[i]);
    batch->count = 0;
    buf_clear(&batch->text);
    pthread_mutex_lock(&b->lock);
    batch->next = b->free;
    b->free = batch;
    pthread_mutex_unlock(&b->lock);
}

/* ---- filling ---- */

struct log_batches *log_batches_new(const struct log_run_options *o,
                                    const struct log_filter *filter, const struct analysis *an)
{
    struct log_batches *b = xcalloc(1, sizeof *b);
    struct workload_options wo = {.no_values = o->no_values, .explains = o->explains};
    b->filter = filter;
    b->analysis = an;
    b->no_values = o->no_values;
    b->worker_count = o->jobs ? o->jobs : 1;
    b->workers = xcalloc(b->worker_count, sizeof *b->workers);
    for (size_t i = 0; i < b->worker_count; i++)
        b->workers[i] = (struct log_worker){.arena = arena_new(0),
                                            .recall = recall_new(),
                                            .memo = rules_memo_new(),
                                            .workload = workload_new(&wo)};
    pthread_mutex_init(&b->lock, NULL);
    b->pool = pool_new(b->worker_count, b->worker_count * QUEUED, do_batch, b);
    return b;
}

static struct batch *fresh_batch(struct log_batches *b)
{
    pthread_mutex_lock(&b->lock);
    struct batch *batch = b->free;
    if (batch)
        b->free = batch->next;
    pthread_mutex_unlock(&b->lock);
    if (!batch) {
        batch = xcalloc(1, sizeof *batch);
        buf_reserve(&batch->text, BATCH_BYTES);
    }
    return batch;
}

static void hand_over(struct log_batches *b)
{
    if (b->filling && b->filling->count)
        pool_submit(b->pool, b->filling);
    else if (b->filling)
        return;
    b->filling = NULL;
}

#define TEXTS(e)                                                                                   \
    {                                                                                              \
        &(e)->time_text, &(e)->user, &(e)->database, &(e)->app, &(e)->host, &(e)->session,         \
            &(e)->tag, &(e)->severity, &(e)->sql, &(e)->params, &(e)->body, &(e)->message,         \
            &(e)->context                                                                          \
    }

static size_t text_bytes(struct log_event *e)
{
    struct str *const texts[] = TEXTS(e);
    size_t n = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        n += texts[i]->len;
    return n;
}

void log_batches_add(struct log_batches *b, const struct log_event *from)
{
    struct log_event e = *from;
    if (e.kind != LOG_ERROR)
        e.message = (struct str){0};               /* nobody asks for it */
    if (e.kind == LOG_OTHER || e.kind == LOG_TEXT) /* these are counted only */
        e = (struct log_event){.kind = e.kind, .file = e.file, .time_us = e.time_us};
    size_t bytes = text_bytes(&e);
    if (b->filling && (b->filling->count == BATCH_EVENTS ||
                       (b->filling->count && b->filling->text.len + bytes >= BATCH_BYTES)))
        hand_over(b);
    if (!b->filling)
        b->filling = fresh_batch(b);
    struct batch *batch = b->filling;
    buf_reserve(&batch->text, bytes + 1); /* moves only when it is empty */
    struct str *const texts[] = TEXTS(&e);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct str *t = texts[i];
        if (!t->len)
            continue;
        size_t at = batch->text.len;
        buf_addstr(&batch->text, *t);
        t->p = batch->text.data + at;
    }
    batch->events[batch->count++] = e;
}

void log_batches_drain(struct log_batches *b)
{
    hand_over(b);
    pool_drain(b->pool);
}

static void free_batches(struct log_batches *b)
{
    while (b->free) {
        struct batch *next = b->free->next;
        buf_free(&b->free->text);
        free(b->free);
        b->free = next;
    }
    if (b->filling)
        buf_free(&b->filling->text);
    free(b->filling);
}

struct workload *log_batches_so_far(struct log_batches *b)
{
    log_batches_drain(b);
    struct workload *w = workload_new(NULL);
    for (size_t i = 0; i < b->worker_count; i++)
        workload_merge(w, b->workers[i].workload);
    return w;
}

struct workload *log_batches_finish(struct log_batches *b)
{
    log_batches_drain(b);
    pool_free(b->pool);
    struct workload *w = b->workers[0].workload;
    for (size_t i = 0; i < b->worker_count; i++) {
        arena_free(b->workers[i].arena);
        recall_free(b->workers[i].recall);
        rules_memo_free(b->workers[i].memo);
        if (i == 0)
            continue;
        workload_merge(w, b->workers[i].workload);
        workload_free(b->workers[i].workload);
    }
    free_batches(b);
    pthread_mutex_destroy(&b->lock);
    free(b->workers);
    free(b);
    return w;
}
