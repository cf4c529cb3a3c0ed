#include "db/statements.h"

#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/conn.h"
#include "db/txn.h"

static const double TIMEOUT_MS = 60000;

/* $1: the schema of the extension, quoted. Columns that not all versions have come through
 * to_jsonb: total_time is total_exec_time since 1.8 (PostgreSQL 13). */
static const char list[] =
    "WITH /* pgsift */ s AS ("
    "  SELECT query, queryid, sum(calls) AS calls, sum(rows) AS rows,"
    "         sum(coalesce(to_jsonb(p)->>'total_exec_time', to_jsonb(p)->>'total_time')::float8) "
    "AS ms"
    "    FROM %s.pg_stat_statements p"
    "   WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
    "   GROUP BY query, queryid"
    ") "
    "SELECT query, queryid, calls, ms, rows, ms / nullif((SELECT sum(ms) FROM s), 0)"
    "  FROM s"
    " WHERE queryid IS NOT NULL AND query !~ '/[*] pgsift [*]/'"
    "   AND query ~* '^(\\s|/[*].*?[*]/|--[^\\n]*\\n|[(])*"
    "(select|with|insert|update|delete|merge|values|table)\\M'"
    " ORDER BY ms DESC, calls DESC, queryid"
    " LIMIT $1";

static const char count_hidden[] =
    "SELECT /* pgsift */ count(*) FROM %s.pg_stat_statements"
    " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
    "   AND (queryid IS NULL OR query = '<insufficient privilege>')";

static const char since[] = "SELECT /* pgsift */ stats_reset FROM %s.pg_stat_statements_info";

static const char find[] =
    "SELECT /* pgsift */ quote_ident(nspname), extversion, current_database()"
    "  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
    " WHERE extname = 'pg_stat_statements'";

static double number(struct str s)
{
    double v;
    return str_to_double(s, &v) ? v : NAN;
}

static double num_or_zero(struct str s)
{
    double v = number(s);
    return v > 0 ? v : 0;
}

static bool find_extension(struct conn *c, struct arena *a, struct str *schema, struct err *err)
{
    struct conn_request r = {.sql = str_of(find)};
    struct conn_result out;
    if (!conn_run(c, a, &r, &out, err))
        return false;
    *schema = conn_cell(&out, 0, 0);
    if (schema->p)
        return true;
    err_set(err, ERR_SQL, "the database has no extension pg_stat_statements");
    err_hint(err, "shared_preload_libraries = 'pg_stat_statements', a restart, then CREATE "
                  "EXTENSION pg_stat_statements");
    return false;
}

static void take_rows(struct arena *a, const struct conn_result *r, struct statement_stats *out)
{
    out->items = arena_calloc(a, r->row_count + 1, sizeof *out->items);
    out->count = r->row_count;
    for (size_t i = 0; i < r->row_count; i++)
        out->items[i] = (struct statement_stat){
            .sql = conn_cell(r, i, 0),
            .query_id = conn_cell(r, i, 1),
            .calls = number(conn_cell(r, i, 2)),
            .total_ms = number(conn_cell(r, i, 3)),
            .rows = number(conn_cell(r, i, 4)),
            .share = number(conn_cell(r, i, 5)),
        };
}

static bool read_list(struct conn *c, struct arena *a, size_t most, struct statement_stats *out,
                      struct err *err)
{
    struct str schema, limit = str_of(arena_printf(a, "%zu", most));
    struct conn_result rows, info;
    if (!find_extension(c, a, &schema, err))
        return false;
    struct conn_request r = {
        .sql = str_of(arena_printf(a, list, schema.p)), .params = &limit, .param_count = 1};
    if (!conn_run(c, a, &r, &rows, err))
        return false;
    take_rows(a, &rows, out);
    struct conn_request hidden = {.sql = str_of(arena_printf(a, count_hidden, schema.p))};
    if (!conn_run(c, a, &hidden, &info, err))
        return false;
    out->hidden = (size_t)num_or_zero(conn_cell(&info, 0, 0));
    struct conn_request when = {.sql = str_of(arena_printf(a, since, schema.p))};
    struct err ignored = {0};
    /* last: where there is no such view the transaction is broken, and done anyway */
    if (conn_run(c, a, &when, &info, &ignored))
        out->since = conn_cell(&info, 0, 0);
    return true;
}

bool statements_fetch(struct conn *c, struct arena *a, size_t most, struct statement_stats *out,
                      struct err *err)
{
    struct txn_options txn = {
        .snapshot = true, .timeout_ms = TIMEOUT_MS, .lock_timeout_ms = TIMEOUT_MS / 12};
    *out = (struct statement_stats){0};
    if (!txn_begin(c, &txn, err))
        return false;
    bool good = read_list(c, a, most, out, err);
    txn_end(c);
    return good;
}
