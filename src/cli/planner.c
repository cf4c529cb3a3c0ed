#include "cli/planner.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/connect.h"
#include "cli/live.h"
#include "plan/plan.h"
#include "read/read.h"
#include "sql/params.h"

/* ---- plans ---- */

static bool contains(const struct str *names, size_t from, size_t to, struct str name)
{
    for (size_t i = from; i < to; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

static struct prop *find_prop(struct node *n, enum prop_id id)
{
    struct prop *p = n->props;
    while (p && p->id != id)
        p = p->next;
    return p;
}

/* Which of the indexes the plan reads; they are called by their labels then. */
static void find_used(struct plan *p, const struct hypo_answer *answer,
                      const struct whatif_index *const *indexes, size_t count, bool *uses)
{
    for (int i = 0; i < p->node_count; i++) {
        struct prop *name = find_prop(p->nodes[i], PROP_INDEX_NAME);
        for (size_t k = 0; k < count && name; k++) {
            if (!contains(answer->names, answer->first[k], answer->first[k + 1], name->value.text))
                continue;
            uses[k] = true;
            if (indexes[k]->label)
                name->value.text = str_of(indexes[k]->label);
            break;
        }
    }
}

static const struct hypo_index *const *
indexes_of(struct arena *a, const struct whatif_index *const *indexes, size_t count)
{
    struct hypo_index *all = arena_calloc(a, count, sizeof *all);
    const struct hypo_index **list = arena_calloc(a, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        all[i] = (struct hypo_index){indexes[i]->statements, indexes[i]->count, indexes[i]->partial,
                                     indexes[i]->compares};
        list[i] = &all[i];
    }
    return list;
}

/* What EXPLAIN says; the plan reader reads its own server's documents. */
static bool read_answer(struct arena *a, struct str json, struct str sql, struct plan **out,
                        struct err *err)
{
    struct read_result read = {0};
    if (!read_plans(a, json, &read)) {
        *err = read.problems[0].err;
        return false;
    }
    *out = read.plans[0];
    (*out)->query_text = sql;
    return true;
}

/* ---- parameters ---- */

struct planner_binding {
    struct str sql;
    struct sql_params params;
    struct live_binding values;
};

/* Once for each statement: a sample is taken from statistics, in a transaction of its own. */
static void bind_values(struct planner *p, struct planner_binding *b, struct str sql)
{
    const struct live *l = p->live;
    struct explain_options o = {.generic = l->explain.generic};
    struct err ignored = {0};
    *b = (struct planner_binding){.sql = sql = str_dup(p->arena, sql)};
    sql_params_number(p->arena, sql, &b->params);
    struct statement s = {.original = sql, .text = sql, .params = b->params};
    bool sample = l->sample || (l->explain.analyze && !l->explain.generic);
    if (!b->params.count)
        return;
    hypo_end(p->hypo);
    if (!live_bind(p->conn, p->arena, &l->values, &s, &o, sample, &b->values, &ignored))
        b->values = (struct live_binding){
            .generic = true,
            .count = b->params.count,
            .note = "generic plan, for any values of the parameters",
        };
}

static const struct planner_binding *binding_of(struct planner *p, struct str sql)
{
    for (size_t i = p->binding_count; i-- > 0;)
        if (str_eq(p->bindings[i].sql, sql))
            return &p->bindings[i];
    if (p->binding_count == p->binding_cap) {
        p->binding_cap = p->binding_cap * 2 + 32;
        p->bindings = xrealloc(p->bindings, p->binding_cap * sizeof *p->bindings);
    }
    bind_values(p, &p->bindings[p->binding_count], sql);
    return &p->bindings[p->binding_count++];
}

/* ---- questions ---- */

static bool plan(void *ctx, struct arena *a, const struct whatif_query *q,
                 const struct whatif_index *const *indexes, size_t count, struct whatif_answer *out,
                 struct err *err)
{
    struct planner *p = ctx;
    const struct planner_binding *b = binding_of(p, q->sql);
    struct explain_options explain = p->explain;
    struct hypo_request request = {
        .explain = &explain, .plain_tables = q->plain_tables, .index_count = count};
    struct hypo_answer answer;
    explain.generic = b->values.generic;
    request.statement = (struct explain_statement){
        .sql = b->params.text, .params = b->values.params, .param_count = b->values.count};
    request.indexes = indexes_of(a, indexes, count);
    *out =
        (struct whatif_answer){.uses = arena_calloc(a, count, sizeof *out->uses),
                               .values = b->values.note ? arena_strdup(a, b->values.note) : NULL};
    bool good = hypo_begin(p->hypo, explain.timeout_ms, err) &&
                hypo_explain(p->hypo, a, &request, &answer, err);
    p->whatif.calls = hypo_calls(p->hypo);
    if (!good || !read_answer(a, answer.json, q->sql, &out->plan, err))
        return false;
    find_used(out->plan, &answer, indexes, count, out->uses);
    return true;
}

static bool try_index(struct planner *p, struct arena *a, const struct whatif_index *x,
                      double *size_bytes, const char **why, struct err *err)
{
    struct hypo_index index = {x->statements, x->count, x->partial, x->compares};
    return hypo_begin(p->hypo, p->explain.timeout_ms, err) &&
           hypo_try(p->hypo, a, &index, size_bytes, why, err);
}

static const char *refuses(void *ctx, struct arena *a, const struct whatif_index *x)
{
    struct err err = {0};
    const char *why = NULL;
    double bytes;
    if (!try_index(ctx, a, x, &bytes, &why, &err))
        return arena_strdup(a, err.message);
    return why;
}

bool planner_size(struct planner *p, struct arena *a, const struct whatif_index *x,
                  double *size_bytes, struct err *err)
{
    const char *why = NULL;
    if (!try_index(p, a, x, size_bytes, &why, err))
        return false;
    return !why || err_set(err, ERR_SQL, "%s", why);
}

static bool is_stopped(void *ctx)
{
    const struct planner *p = ctx;
    return connect_is_stopped() || !conn_is_alive(p->conn);
}

/* ---- progress ---- */

/* Nobody needs to be told before; in a file a line now and then will do. */
enum { TELL_AFTER_MS = 2000, TELL_EVERY_MS = 200, LOG_EVERY_MS = 10000 };

static double ms_since(const struct timespec *then, const struct timespec *now)
{
    return (double)(now->tv_sec - then->tv_sec) * 1e3 +
           (double)(now->tv_nsec - then->tv_nsec) / 1e6;
}

static void wipe(struct planner *p)
{
    if (p->telling)
        fputs("\r\033[K", stderr);
    p->telling = false;
}

static void tell(void *ctx, const char *what, size_t done, size_t total)
{
    struct planner *p = ctx;
    struct timespec now;
    bool terminal = isatty(STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (p->quiet || ms_since(&p->began, &now) < TELL_AFTER_MS ||
        ms_since(&p->told, &now) < (terminal ? TELL_EVERY_MS : LOG_EVERY_MS))
        return;
    p->told = now;
    wipe(p);
    fprintf(stderr, "pgsift: %s: query %zu of %zu, %zu plans so far%s", what, done + 1, total,
            p->whatif.calls, terminal ? "" : "\n");
    p->telling = terminal;
    fflush(stderr);
}

/* ---- the whole ---- */

bool planner_open(struct planner *p, const struct live *l, bool quiet, struct err *err)
{
    *p = (struct planner){.conn = l->conn, .live = l, .quiet = quiet};
    p->whatif = (struct whatif){
        .ctx = p, .plan = plan, .refuses = refuses, .is_stopped = is_stopped, .tell = tell};
    explain_options_init(&p->explain);
    if (l->explain.timeout_ms > 0)
        p->explain.timeout_ms = l->explain.timeout_ms;
    clock_gettime(CLOCK_MONOTONIC, &p->began);
    p->hypo = hypo_open(p->conn, err);
    if (!p->hypo)
        return false;
    p->basis = hypo_version(p->hypo);
    p->arena = arena_new(0);
    return true;
}

void planner_rest(struct planner *p)
{
    hypo_end(p->hypo);
}

void planner_close(struct planner *p)
{
    wipe(p);
    hypo_close(p->hypo);
    p->hypo = NULL;
    if (p->arena)
        arena_free(p->arena);
    p->arena = NULL;
    free(p->bindings);
    p->bindings = NULL;
    p->binding_count = p->binding_cap = 0;
}
