#include "cli/live.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/connect.h"
#include "db/statements.h"
#include "sql/lex.h"
#include "sql/mend.h"

enum { MOST_REPEATS = 1000, DEFAULT_STATEMENTS = 10, MOST_STATEMENTS = 1000 };

bool live_is_wanted(const struct cli *c)
{
    return opts_given(&c->opts, OPT_COMMAND) || opts_given(&c->opts, OPT_FILE) ||
           opts_given(&c->opts, OPT_STATEMENTS);
}

bool live_is_connected(const struct cli *c)
{
    return live_is_wanted(c) || connect_is_asked_for(&c->opts);
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

static struct live_item *add_item(struct live *l, const char *name)
{
    if (l->count == l->cap) {
        l->cap = l->cap * 2 + 16;
        struct live_item *more = arena_calloc(l->arena, l->cap, sizeof *more);
        if (l->count)
            memcpy(more, l->items, l->count * sizeof *more);
        l->items = more;
    }
    l->items[l->count] = (struct live_item){.name = name, .calls = NAN, .total_ms = NAN, .ms = NAN};
    return &l->items[l->count++];
}

static bool read_statement(struct live *l, const struct opt_use *use, struct err *err)
{
    struct buf text = {0};
    struct live_item *item = add_item(l, use->id == OPT_COMMAND ? "query" : use->arg);
    l->source = item->name;
    if (use->id == OPT_COMMAND)
        buf_adds(&text, use->arg);
    else if (!io_read_all(use->arg, &text, err))
        return buf_free(&text), false;
    struct str whole = str_dup(l->arena, buf_str(&text));
    buf_free(&text);
    if (!statement_find(l->arena, item->name, whole, &item->statement, err))
        return false;
    l->source = NULL;
    return true;
}

/* What is wrong with a statement before anything is sent ends the run. */
static bool read_statements(struct live *l, const struct opts *o, struct err *err)
{
    for (size_t i = 0; i < o->use_count; i++)
        if ((o->uses[i].id == OPT_COMMAND || o->uses[i].id == OPT_FILE) &&
            !read_statement(l, &o->uses[i], err))
            return false;
    return true;
}

void live_add_script(struct live *l, const char *path, struct str text)
{
    struct script script;
    struct statement s;
    script_read(l->arena, text, &script);
    for (size_t i = 0; i < script.query_count; i++) {
        if (!statement_of_script(l->arena, path, text, &script.queries[i], &s))
            continue;
        struct live_item *item = add_item(l, path);
        item->statement = s;
        item->line = script.queries[i].line;
    }
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
static void add_stat(struct live *l, const struct statement_stat *s, size_t number)
{
    struct buf name = {0};
    struct str text = sql_mend(l->arena, s->sql);
    buf_printf(&name, "#%zu", number);
    if (isfinite(s->share)) {
        buf_addc(&name, ' ');
        text_add_decimal(&name, s->share * 100, s->share < 0.1 ? 1 : 0, true);
        buf_adds(&name, "% of the time");
    }
    struct live_item *item = add_item(l, arena_strdup(l->arena, name.data));
    item->calls = s->calls;
    item->total_ms = s->total_ms;
    item->statement = (struct statement){
        .name = item->name,
        .original = text,
        .text = text,
        .params = {.text = text, .map = {.original = text}, .count = highest_param(text)},
        .makes_table = statement_makes_table(l->arena, text),
    };
    buf_free(&name);
}

static bool add_heaviest(struct live *l, struct err *err)
{
    struct statement_stats stats;
    if (!opts_given(&l->cli->opts, OPT_STATEMENTS))
        return true;
    l->source = "pg_stat_statements";
    if (!statements_fetch(l->conn, l->arena, (size_t)l->most_statements, &stats, err))
        return false;
    if (stats.hidden && !l->quiet) {
        struct err warning = {0};
        err_set(&warning, ERR_PARTIAL, "%zu statements of other roles are hidden", stats.hidden);
        err_hint(&warning, "membership in pg_read_all_stats shows them");
        cli_warning(l->source, &warning);
    }
    for (size_t i = 0; i < stats.count; i++)
        add_stat(l, &stats.items[i], i + 1);
    if (!l->count)
        return err_set(err, ERR_SQL, "it has no statement of this database that EXPLAIN explains");
    l->source = NULL;
    return true;
}

/* ---- all of it ---- */

bool live_open(struct live *l, const struct cli *c, const char *dbname, struct err *err)
{
    const struct opts *o = &c->opts;
    *l = (struct live){.cli = c, .arena = c->arena, .quiet = opts_given(o, OPT_QUIET)};
    if (!set_explain(l, err) || !read_statements(l, o, err))
        return false;
    l->conn = connect_open(c, dbname, err);
    return l->conn && add_heaviest(l, err);
}

bool live_run(struct live *l, const struct cli *c, struct err *err)
{
    bool statements = live_is_wanted(c);
    *l = (struct live){0};
    if ((statements && !check_operands(&c->opts, err)) ||
        !live_open(l, c, statements && c->opts.file_count ? c->opts.files[0] : NULL, err))
        return false;
    if (statements)
        live_explain(l);
    return true;
}

int live_refuse(const struct live *l, const struct err *err)
{
    if (err->code == ERR_USAGE && !l->source)
        return cli_usage(err);
    cli_error(l->source, err);
    return err_exit_status(err->code);
}

void live_release(struct live *l)
{
    free(l->names.names);
    l->names = (struct live_names){0};
    connect_close(l->conn);
    l->conn = NULL;
}
