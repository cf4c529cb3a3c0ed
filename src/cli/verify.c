#include "cli/verify.h"

#include <math.h>

#include "advise/whatif.h"
#include "base/arena.h"
#include "catalog/catalog.h"
#include "plan/plan.h"
#include "read/read.h"
#include "sql/lex.h"
#include "sql/params.h"
#include "sql/query.h"

bool verify_read_options(const struct opts *o, struct verify_options *out, struct err *err)
{
    verify_options_init(out);
    return opts_size(o, OPT_VERIFY_LIMIT, &out->most_bytes, err) &&
           opts_time(o, OPT_TIMEOUT, &out->timeout_ms, err);
}

/* CREATE INDEX inside a transaction. */
static struct str without_concurrently(struct arena *a, struct str sql)
{
    struct lex lex = {.s = sql};
    struct lex_token t;
    while (lex_next(&lex, &t))
        if (lex_is_word(&t, "concurrently"))
            return str_of(arena_printf(a, "%.*s%.*s", (int)t.at, sql.p,
                                       STR_ARG(str_sub(sql, t.at + t.text.len, sql.len))));
    return sql;
}

static bool has_expression(const struct advice_index *x)
{
    for (size_t i = 0; i < x->key_count; i++)
        if (x->keys[i].expr.len)
            return true;
    return false;
}

static struct str table_of(struct arena *a, const struct advice_index *x)
{
    struct buf b = {0};
    cat_add_qualified(&b, x->schema, x->table);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static void add_index(struct arena *a, struct verify_job *job, struct str *tables,
                      struct str *statements, const struct advice_index *x)
{
    struct err ignored = {0};
    const struct whatif_index *w = whatif_index_of_ddl(a, str_of(x->up), &ignored);
    struct str table = table_of(a, x);
    bool seen = false;
    if (!w || x->before)
        return; /* an extension is missing */
    for (size_t i = 0; i < w->count; i++)
        statements[job->statement_count++] = without_concurrently(a, w->statements[i]);
    if (has_expression(x))
        statements[job->statement_count++] =
            str_of(arena_printf(a, "ANALYZE %.*s", STR_ARG(table)));
    for (size_t i = 0; i < job->table_count; i++)
        seen |= str_eq(tables[i], table);
    if (!seen)
        tables[job->table_count++] = table;
}

static size_t count_statements(struct arena *a, const struct advice *adv)
{
    size_t n = 0;
    for (size_t i = 0; i < adv->index_count; i++) {
        struct err ignored = {0};
        const struct whatif_index *w = whatif_index_of_ddl(a, str_of(adv->indexes[i].up), &ignored);
        n += w ? w->count + 1 : 0;
    }
    return n;
}

/* Only what reads is executed, and only with values for all of its parameters. */
static bool is_measurable(struct arena *a, struct str sql)
{
    struct err ignored = {0};
    struct sql_params params;
    if (!sql.len)
        return false;
    sql_params_number(a, sql, &params);
    const struct query *q = query_analyse(a, sql, NULL, &ignored);
    bool reads = q && q->kind == QUERY_SELECT && params.count == 0;
    for (size_t b = 0; reads && b < q->block_count; b++)
        reads = q->blocks[b]->kind == QUERY_SELECT && !q->blocks[b]->locks_rows;
    return reads;
}

static bool plan_reads(const struct plan *p, const char *index)
{
    for (int i = 0; i < p->node_count; i++)
        if (str_is(node_text(p->nodes[i], PROP_INDEX_NAME), index))
            return true;
    return false;
}

static void mark_measured(struct arena *a, struct advice *adv, struct str json)
{
    struct read_result read = {0};
    if (!json.len || !read_plans(a, json, &read))
        return;
    for (size_t i = 0; i < adv->index_count; i++)
        if (plan_reads(read.plans[0], adv->indexes[i].name))
            adv->indexes[i].basis = BASIS_MEASURED;
}

static void take_times(struct arena *a, struct advice *adv, const struct verify_job *job)
{
    for (size_t i = 0; i < job->query_count; i++) {
        const struct verify_query *q = &job->queries[i];
        if (isnan(q->ms_before) || isnan(q->ms_after))
            continue;
        adv->queries[i].ms_before = q->ms_before;
        adv->queries[i].ms_after = q->ms_after;
        adv->basis = BASIS_MEASURED;
        mark_measured(a, adv, q->plan);
    }
}

bool verify_advice(struct conn *c, struct arena *a, const struct verify_options *o,
                   struct advice *adv, struct err *err)
{
    struct verify_job job = {.query_count = adv->query_count};
    struct str *statements = arena_calloc(a, count_statements(a, adv), sizeof *statements);
    struct str *tables = arena_calloc(a, adv->index_count, sizeof *tables);
    for (size_t i = 0; i < adv->index_count; i++)
        add_index(a, &job, tables, statements, &adv->indexes[i]);
    job.statements = statements;
    job.tables = tables;
    job.queries = arena_calloc(a, adv->query_count, sizeof *job.queries);
    for (size_t i = 0; i < adv->query_count; i++)
        job.queries[i] = (struct verify_query){.sql = adv->queries[i].sql,
                                               .skip = !is_measurable(a, adv->queries[i].sql)};
    if (!verify_run(c, a, o, &job, err))
        return false;
    take_times(a, adv, &job);
    return true;
}
