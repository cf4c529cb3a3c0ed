#include "db/verify.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "db/conn.h"
#include "db/txn.h"

void verify_options_init(struct verify_options *o)
{
    *o = (struct verify_options){
        .timeout_ms = 30000, .lock_timeout_ms = 1000, .most_bytes = 1073741824.0, .repeat = 5};
}

struct run {
    struct conn *c;
    struct arena *arena;
    const struct verify_options *o;
    struct verify_job *job;
};

/* ---- whether it may be done at all ---- */

static bool refuse_standby(struct run *r, struct err *err)
{
    struct conn_request ask = {.sql = STR("SELECT pg_catalog.pg_is_in_recovery()")};
    struct conn_result out;
    if (!conn_run(r->c, r->arena, &ask, &out, err))
        return false;
    if (!str_is(conn_cell(&out, 0, 0), "t"))
        return true;
    err_set(err, ERR_SQL, "the server is a standby, on which no index can be built");
    err_hint(err, "name a copy of the database that can be written to");
    return false;
}

static bool refuse_large(struct run *r, struct str table, double bytes, struct err *err)
{
    struct buf size = {0}, limit = {0};
    if (r->o->most_bytes == 0 || bytes <= r->o->most_bytes)
        return true;
    text_add_bytes(&size, bytes);
    text_add_bytes(&limit, r->o->most_bytes);
    err_set(err, ERR_SQL, "table %.*s takes %s, and indexes are built for real up to %s only",
            STR_ARG(table), size.data, limit.data);
    err_hint(err, "--verify-limit=SIZE sets another limit; writers to the table wait meanwhile");
    buf_free(&size);
    buf_free(&limit);
    return false;
}

/* Sessions that hold a lock to write with, or wait for any. */
static bool refuse_busy(struct str table, double sessions, struct err *err)
{
    if (!(sessions > 0))
        return true;
    err_set(err, ERR_SQL, "%.0f other session%s to table %.*s, or wait%s for it: no index is built",
            sessions, sessions > 1 ? "s write" : " writes", STR_ARG(table),
            sessions > 1 ? "" : "s");
    err_hint(err, "try again at a quieter time, or on a copy of the database");
    return false;
}

static bool check_table(struct run *r, struct str table, struct err *err)
{
    struct conn_request ask = {
        .sql =
            STR("SELECT pg_catalog.pg_table_size(t.oid), (SELECT pg_catalog.count(DISTINCT l.pid) "
                "FROM pg_catalog.pg_locks l WHERE l.relation = t.oid AND l.pid <> "
                "pg_catalog.pg_backend_pid() AND (NOT l.granted OR l.mode NOT IN "
                "('AccessShareLock', 'RowShareLock'))) FROM (SELECT $1::pg_catalog.regclass::"
                "pg_catalog.oid AS oid) t"),
        .params = &table,
        .param_count = 1};
    struct conn_result out;
    double bytes = 0, sessions = 0;
    if (!conn_run(r->c, r->arena, &ask, &out, err))
        return false;
    str_to_double(conn_cell(&out, 0, 0), &bytes);
    str_to_double(conn_cell(&out, 0, 1), &sessions);
    return refuse_large(r, table, bytes, err) && refuse_busy(table, sessions, err);
}

static bool may_build(struct run *r, struct err *err)
{
    if (!refuse_standby(r, err))
        return false;
    for (size_t i = 0; i < r->job->table_count; i++)
        if (!check_table(r, r->job->tables[i], err))
            return false;
    return true;
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool execute(struct run *r, struct verify_query *q, double *ms, struct err *err)
{
    struct buf sql = {0};
    struct conn_result out;
    struct arena *scratch = arena_new(0);
    struct err ignored = {0};
    buf_adds(&sql, "EXPLAIN (FORMAT JSON, ANALYZE, TIMING OFF, VERBOSE) ");
    buf_addstr(&sql, q->sql);
    struct conn_request request = {.sql = buf_str(&sql)};
    bool good = conn_run(r->c, r->arena, &request, &out, err);
    if (good) {
        q->plan = conn_cell(&out, 0, 0);
        *ms = json_num(json_first(json_parse(scratch, q->plan, &ignored)), "Execution Time", NAN);
    }
    buf_free(&sql);
    arena_free(scratch);
    return good;
}

/* The first execution warms the caches and does not count. Nothing of it stays: it runs in a
 * subtransaction that may not write. */
static bool measure(struct run *r, struct verify_query *q, double *median, struct err *err)
{
    struct conn_request back = {.sql = STR("ROLLBACK TO pgsift_verify"), .always = true};
    double *ms = xcalloc((size_t)r->o->repeat, sizeof *ms), warm;
    struct err ignored = {0};
    bool good = conn_do(r->c, "SAVEPOINT pgsift_verify", err) &&
                conn_do(r->c, "SET LOCAL transaction_read_only = on", err) &&
                execute(r, q, &warm, err);
    for (int i = 0; i < r->o->repeat && good; i++)
        good = execute(r, q, &ms[i], err);
    conn_run(r->c, r->arena, &back, NULL, &ignored);
    if (good) {
        qsort(ms, (size_t)r->o->repeat, sizeof *ms, by_value);
        *median = (ms[(r->o->repeat - 1) / 2] + ms[r->o->repeat / 2]) / 2;
    }
    free(ms);
    return good;
}

/* A query that fails is left out; a connection that fails, or a user who has enough, ends it. */
static bool measure_all(struct run *r, bool after, struct err *err)
{
    for (size_t i = 0; i < r->job->query_count; i++) {
        struct verify_query *q = &r->job->queries[i];
        struct err problem = {0};
        if (q->skip || q->problem)
            continue;
        if (measure(r, q, after ? &q->ms_after : &q->ms_before, &problem))
            continue;
        if (problem.code == ERR_CANCELLED || problem.code == ERR_CONNECT) {
            *err = problem;
            return false;
        }
        q->problem = arena_strdup(r->arena, problem.message);
    }
    return true;
}

static bool build(struct run *r, struct err *err)
{
    for (size_t i = 0; i < r->job->statement_count; i++) {
        struct conn_request request = {.sql = r->job->statements[i]};
        if (!conn_run(r->c, r->arena, &request, NULL, err))
            return false;
    }
    return true;
}

bool verify_run(struct conn *c, struct arena *a, const struct verify_options *o,
                struct verify_job *job, struct err *err)
{
    struct run r = {c, a, o, job};
    struct txn_options txn = {
        .write = true, .timeout_ms = o->timeout_ms, .lock_timeout_ms = o->lock_timeout_ms};
    for (size_t i = 0; i < job->query_count; i++)
        job->queries[i].ms_before = job->queries[i].ms_after = NAN;
    if (!may_build(&r, err) || !txn_begin(c, &txn, err))
        return false;
    bool good = measure_all(&r, false, err) && build(&r, err) && measure_all(&r, true, err);
    txn_end(c);
    return good;
}
