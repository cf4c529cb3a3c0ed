#include "cli/live.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/connect.h"
#include "db/catalog.h"
#include "db/explain.h"
#include "db/statements.h"
#include "plan/plan.h"
#include "sql/lex.h"
#include "sql/mend.h"

enum { MOST_REPEATS = 1000, DEFAULT_STATEMENTS = 10, MOST_STATEMENTS = 1000 };

bool live_is_wanted(const struct cli *c)
{
    return opts_given(&c->opts, OPT_COMMAND) || opts_given(&c->opts, OPT_FILE) ||
           opts_given(&c->opts, OPT_STATEMENTS);
}

/* ---- options ---- */

static bool set_explain(struct live *l, struct err *err)
{
    const struct opts *o = &l->cli->opts;
    struct explain_options *e = &l->explain;
    explain_options_init(e);
    e->analyze = opts_given(o, OPT_ANALYZE);
    e->write = opts_given(o, OPT_ALLOW_WRITE);
    e->generic = opts_given(o, OPT_GENERIC);
    l->sample = opts_given(o, OPT_SAMPLE);
    if (e->write && !e->analyze)
        return err_set(err, ERR_USAGE, "--allow-write is of use with --analyze only");
    if (opts_given(o, OPT_REPEAT) && !e->analyze)
        return err_set(err, ERR_USAGE, "--repeat is of use with --analyze only");
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].id == OPT_EXPLAIN &&
            !explain_options_set(l->arena, e, str_of(o->uses[i].arg), err))
            return false;
    l->most_statements = DEFAULT_STATEMENTS;
    if (opts_value(o, OPT_STATEMENTS) &&
        !opts_int(o, OPT_STATEMENTS, 1, MOST_STATEMENTS, &l->most_statements, err))
        return false;
    return live_values_read(l->arena, o, &l->values, err) &&
           opts_int(o, OPT_REPEAT, 1, MOST_REPEATS, &e->repeat, err) &&
           opts_time(o, OPT_TIMEOUT, &e->timeout_ms, err);
}

/* An operand is the database, a second one the role, as psql has it. */
static bool check_operands(const struct opts *o, struct err *err)
{
    size_t most = opts_given(o, OPT_DBNAME) ? 0 : 1;
    if (o->file_count <= most)
        return true;
    return err_set(err, ERR_USAGE, "'%s' is one operand too many: with a statement %s",
                   o->files[most], most ? "there is the database only" : "and -d there is none");
}

/* ---- statements ---- */

static bool read_statement(struct live *l, const struct opt_use *use, struct err *err)
{
    struct live_item *item = &l->items[l->count];
    struct buf text = {0};
    item->name = use->id == OPT_COMMAND ? "query" : use->arg;
    item->calls = item->total_ms = NAN;
    bool good = true;
    if (use->id == OPT_COMMAND)
        buf_adds(&text, use->arg);
    else
        good = io_read_all(use->arg, &text, err);
    struct str whole = str_dup(l->arena, buf_str(&text));
    buf_free(&text);
    if (!good || !statement_find(l->arena, item->name, whole, &item->statement, err)) {
        l->source = item->name;
        return false;
    }
    l->count++;
    return true;
}

/* ---- pg_stat_statements ---- */

static size_t highest_param(struct str sql)
{
    struct lex lex = {.s = sql};
    size_t highest = 0;
    long long n;
    for (struct lex_token t; lex_next(&lex, &t);)
        if (t.kind == LEX_PARAM && str_to_int64(str_sub(t.text, 1, t.text.len), &n) && n > 0 &&
            (size_t)n > highest)
            highest = (size_t)n;
    return highest;
}

/* "#1 62% of the time". */
static void take_stat(struct live *l, struct live_item *item, const struct statement_stat *s,
                      size_t number)
{
    struct buf name = {0};
    struct str text = sql_mend(l->arena, s->sql);
    buf_printf(&name, "#%zu", number);
    if (isfinite(s->share)) {
        buf_addc(&name, ' ');
        text_add_decimal(&name, s->share * 100, s->share < 0.1 ? 1 : 0, true);
        buf_adds(&name, "% of the time");
    }
    *item = (struct live_item){
        .name = arena_strdup(l->arena, name.data),
        .statement = {.name = "statement", .original = text, .text = text},
        .calls = s->calls,
        .total_ms = s->total_ms,
    };
    item->statement.params =
        (struct sql_params){.text = text, .map = {.original = text}, .count = highest_param(text)};
    buf_free(&name);
}

bool live_add_statements(struct live *l, struct err *err)
{
    struct statement_stats stats;
    if (!opts_given(&l->cli->opts, OPT_STATEMENTS))
        return true;
    if (!statements_fetch(l->conn, l->arena, (size_t)l->most_statements, &stats, err))
        return false;
    if (stats.hidden && !l->quiet) {
        struct err warning = {0};
        err_set(&warning, ERR_PARTIAL, "%zu statements of other roles are hidden", stats.hidden);
        err_hint(&warning, "membership in pg_read_all_stats shows them");
        cli_warning("pg_stat_statements", &warning);
    }
    struct live_item *items = arena_calloc(l->arena, l->count + stats.count + 1, sizeof *items);
    if (l->count)
        memcpy(items, l->items, l->count * sizeof *items);
    for (size_t i = 0; i < stats.count; i++)
        take_stat(l, &items[l->count + i], &stats.items[i], i + 1);
    l->items = items;
    l->count += stats.count;
    if (l->count)
        return true;
    err_set(err, ERR_SQL,
            "pg_stat_statements has no statement of this database that can be explained");
    return false;
}

/* What is wrong with a statement before anything is sent ends the run. */
static bool read_statements(struct live *l, const struct opts *o, struct err *err)
{
    l->items = arena_calloc(l->arena, o->use_count, sizeof *l->items);
    for (size_t i = 0; i < o->use_count; i++)
        if ((o->uses[i].id == OPT_COMMAND || o->uses[i].id == OPT_FILE) &&
            !read_statement(l, &o->uses[i], err))
            return false;
    return true;
}

/* ---- explaining ---- */

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

/* ---- the catalog ---- */

struct names {
    struct arena *arena;
    struct dbcat_name *names;
    size_t count, cap;
};

static void add_name(struct names *n, struct str schema, struct str name)
{
    for (size_t i = 0; i < n->count; i++)
        if (str_eq(n->names[i].name, name) && str_eq(n->names[i].schema, schema))
            return;
    if (n->count == n->cap) {
        n->cap = n->cap * 2 + 16;
        n->names = xrealloc(n->names, n->cap * sizeof *n->names);
    }
    n->names[n->count++] = (struct dbcat_name){schema, name};
}

static void add_plan(struct names *n, const struct plan *p)
{
    for (int i = 0; i < p->node_count; i++) {
        struct str name = node_text(p->nodes[i], PROP_RELATION_NAME);
        if (name.p)
            add_name(n, node_text(p->nodes[i], PROP_SCHEMA), name);
    }
    for (size_t i = 0; i < p->trigger_count; i++)
        if (p->triggers[i].relation.p)
            add_name(n, (struct str){0}, p->triggers[i].relation);
}

/* Without it there are findings all the same, so it is a warning when it cannot be had. */
static void read_catalog(struct live *l)
{
    struct names n = {.arena = l->arena};
    struct err err = {0};
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->items[i].read.plan_count; k++)
            add_plan(&n, l->items[i].read.plans[k]);
    if (n.count && conn_is_alive(l->conn) && !connect_is_stopped()) {
        struct dbcat_request request = {
            .relations = n.names, .relation_count = n.count, .timeout_ms = l->explain.timeout_ms};
        l->catalog = dbcat_open(l->conn, &request, &err);
        if (!l->catalog && !l->quiet)
            cli_warning("the catalog could not be read", &err);
    }
    free(n.names);
}

/* ---- all of it ---- */

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

bool live_run(struct live *l, const struct cli *c, struct err *err)
{
    const struct opts *o = &c->opts;
    *l = (struct live){.cli = c, .arena = c->arena, .quiet = opts_given(o, OPT_QUIET)};
    if (!check_operands(o, err) || !set_explain(l, err) || !read_statements(l, o, err))
        return false;
    l->conn = connect_open(c, o->file_count ? o->files[0] : NULL, err);
    if (!l->conn)
        return false;
    if (!live_add_statements(l, err)) {
        l->source = "pg_stat_statements";
        return false;
    }
    warn_of_writing(l);
    explain_all(l);
    if (!opts_given(o, OPT_CATALOG) && !opts_given(o, OPT_ANONYMIZE))
        read_catalog(l);
    return true;
}

void live_release(struct live *l)
{
    connect_close(l->conn);
    l->conn = NULL;
}
