/* The statements of a live run, explained. */
#include <math.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/connect.h"
#include "cli/live.h"
#include "plan/plan.h"

/* "generic plan, for any values of the parameters; median of 5 runs 376ms, least 371ms". */
static void describe_run(struct arena *a, struct live_item *item, const struct explain_result *e,
                         const char *params)
{
    struct buf b = {0};
    if (isfinite(item->calls)) {
        text_add_grouped(&b, item->calls);
        buf_printf(&b, " call%s, in all ", item->calls == 1 ? "" : "s");
        text_add_ms(&b, item->total_ms);
        buf_adds(&b, ", mean ");
        text_add_ms(&b, item->total_ms / item->calls);
    }
    buf_printf(&b, "%s%s", b.len && params ? "; " : "", params ? params : "");
    if (e->runs > 1) {
        buf_adds(&b, b.len ? "; " : "");
        buf_printf(&b, "median of %d runs ", e->runs);
        text_add_ms(&b, e->median_ms);
        buf_adds(&b, ", least ");
        text_add_ms(&b, e->min_ms);
    }
    if (b.len)
        item->run = arena_strdup(a, b.data);
    buf_free(&b);
}

/* What a user can do about a failure that the options have a word in. */
static void hint(const struct explain_options *o, struct err *err, const char *sqlstate)
{
    if (strcmp(sqlstate, "57014") == 0 && err->code == ERR_TIMEOUT)
        err_hint(err, "it may take %.15g s; --timeout=TIME sets another limit",
                 o->timeout_ms / 1000);
    if (strcmp(sqlstate, "25006") == 0 && o->analyze && !o->write)
        err_hint(err, "--allow-write executes it all the same; it is rolled back then");
}

/* Take in what EXPLAIN said. */
static void read_answer(struct arena *a, struct live_item *item, const struct explain_result *e)
{
    item->json = e->json;
    item->ms = e->median_ms;
    if (item->json.p && read_plans(a, item->json, &item->read))
        item->read.plans[0]->query_text = item->statement.text;
    else if (item->json.p)
        item->err = item->read.problems[0].err;
}

/* Explain the item's statement; *left_out: see struct explain_result. False: no plan. */
static bool explain(const struct live *l, const struct explain_options *o, struct arena *a,
                    struct live_item *item, const char **left_out)
{
    struct explain_options options = *o;
    struct live_binding binding;
    struct explain_result result;
    *left_out = NULL;
    if (item->statement.makes_table && o->analyze && !o->write) {
        err_set(&item->err, ERR_SQL, "cannot make a table in a read-only transaction");
        return hint(o, &item->err, "25006"), false;
    }
    if (!live_bind(l->conn, a, &l->values, &item->statement, o, l->sample, &binding, &item->err))
        return hint(o, &item->err, conn_sqlstate(l->conn)), false;
    options.generic = binding.generic;
    struct explain_statement statement = {
        .sql = item->statement.params.text,
        .place = statement_place(&item->statement),
        .params = binding.params,
        .param_count = binding.count,
    };
    if (!explain_statement(l->conn, a, &options, &statement, &result, &item->err))
        hint(o, &item->err, conn_sqlstate(l->conn));
    *left_out = result.left_out;
    read_answer(a, item, &result);
    describe_run(a, item, &result, binding.note);
    return item->read.plan_count > 0;
}

bool live_again(const struct live *l, size_t i, bool analyze, struct arena *a,
                struct live_item *out)
{
    struct explain_options o = l->explain;
    const char *left_out;
    o.analyze = analyze;
    o.write = analyze && l->explain.write;
    o.repeat = 1;
    *out = (struct live_item){.name = l->items[i].name,
                              .statement = l->items[i].statement,
                              .calls = l->items[i].calls,
                              .total_ms = l->items[i].total_ms};
    return explain(l, &o, a, out, &left_out);
}

static void warn_lines(const struct live *l, const char *name, const char *lines)
{
    struct str rest = str_of(lines), line;
    while (!l->quiet && str_line(&rest, &line)) {
        struct err warning = {0};
        err_set(&warning, ERR_PARTIAL, "%.*s", STR_ARG(line));
        cli_warning(name, &warning);
    }
}

static void explain_item(struct live *l, struct live_item *item)
{
    const char *left_out;
    explain(l, &l->explain, l->arena, item, &left_out);
    connect_print_notices(l->conn, l->quiet);
    warn_lines(l, item->name, left_out);
    if (!item->err.code)
        return;
    l->failed++;
    if (l->worst != ERR_CANCELLED)
        l->worst = item->err.code;
}

/* ---- all of them ---- */

static void explain_all(struct live *l)
{
    for (size_t i = 0; i < l->count; i++) {
        explain_item(l, &l->items[i]);
        /* What is left would fail for the same reason: it is not listed once more. */
        if (!conn_is_alive(l->conn) || connect_is_stopped())
            l->count = i + 1;
    }
}

static void warn_of_writing(struct live *l)
{
    struct err warning = {0};
    if (!l->explain.write || l->quiet)
        return;
    err_set(&warning, ERR_PARTIAL,
            "what statements change is rolled back; sequences that advanced, dead rows, and what "
            "functions did outside of the database stay, and other sessions wait for the locks");
    cli_warning(NULL, &warning);
}

void live_explain(struct live *l)
{
    const struct opts *o = &l->cli->opts;
    warn_of_writing(l);
    explain_all(l);
    if (!opts_given(o, OPT_CATALOG) && !opts_given(o, OPT_ANONYMIZE))
        live_read_catalog(l);
}
