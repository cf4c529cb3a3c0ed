/* pgsift advise [--catalog=FILE] [FILE|-]...: indexes for a workload of plans and statements. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advise/migration.h"
#include "base/arena.h"
#include "cli/analysis.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/planner.h"
#include "cli/verify.h"
#include "cli/workload.h"
#include "db/catalog.h"
#include "report/advice.h"

struct run {
    struct cli *cli;
    struct report_style style;
    struct analysis analysis;
    struct advice_limits limits;
    struct workload workload;
    const char *format;
    double timeout_ms;
    struct conn *conn; /* NULL: no server was named */
    struct planner planner;
    struct verify_options verify;
    bool interrupted;
    enum err_code unverified; /* why --verify measured nothing */
};

/* ---- options ---- */

static bool read_limits(const struct opts *o, struct advice_limits *l, struct err *err)
{
    const char *weight = opts_value(o, OPT_WRITE_WEIGHT);
    int most = 0;
    advice_limits_init(l);
    if (!opts_int(o, OPT_MAX_INDEXES, 1, 10000, &most, err))
        return false;
    l->max_indexes = (size_t)most;
    if (!opts_size(o, OPT_BUDGET, &l->budget_bytes, err))
        return false;
    if (weight && (!str_to_double(str_of(weight), &l->write_weight) || l->write_weight < 0))
        return err_set(err, ERR_USAGE, "option '--write-weight' takes a number from 0, not '%s'",
                       weight);
    return true;
}

static bool choose_format(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *format = opts_value(o, OPT_FORMAT);
    r->format = opts_given(o, OPT_JSON) ? "json" : format ? format : "text";
    if (strcmp(r->format, "text") != 0 && strcmp(r->format, "md") != 0 &&
        strcmp(r->format, "json") != 0) {
        err_set(err, ERR_USAGE, "'pgsift advise' does not write the format '%s'", r->format);
        err_hint(err, "one of text|md|json");
        return false;
    }
    return true;
}

static bool read_verify(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    if (opts_given(o, OPT_VERIFY) && !connect_is_asked_for(o))
        return err_set(err, ERR_USAGE, "--verify needs a server: -h, -p, -U or -d names one");
    return verify_read_options(o, &r->verify, err);
}

static bool set_up(struct run *r, struct err *err)
{
    struct opts *o = &r->cli->opts;
    if (o->file_count == 0 && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == 0)
        o->files[o->file_count++] = "-";
    if (r->cli->output && cli_overwrites_input(r->cli->output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", r->cli->output);
    r->timeout_ms = 30000;
    return opts_time(o, OPT_TIMEOUT, &r->timeout_ms, err) && choose_format(r, err) &&
           cli_style(o, &r->style, err) && read_limits(o, &r->limits, err) && read_verify(r, err) &&
           analysis_init(&r->analysis, r->cli, err);
}

/* ---- output ---- */

static void print_problems(const struct run *r)
{
    for (size_t i = 0; i < r->workload.problem_count; i++) {
        const struct workload_problem *p = &r->workload.problems[i];
        if (!p->is_warning)
            cli_error(p->source, &p->err);
        else if (!r->style.quiet)
            cli_warning(p->source, &p->err);
    }
}

static void fill_problems(struct run *r, struct advice_report *out)
{
    const struct workload *w = &r->workload;
    struct report_problem *problems =
        arena_calloc(r->cli->arena, w->problem_count, sizeof *problems);
    for (size_t i = 0; i < w->problem_count; i++) {
        const struct workload_problem *p = &w->problems[i];
        problems[i] = (struct report_problem){.source = p->source,
                                              .line = p->err.line,
                                              .column = p->err.column,
                                              .message = p->err.message,
                                              .hint = p->err.hint[0] ? p->err.hint : NULL,
                                              .is_warning = p->is_warning};
    }
    out->problems = problems;
    out->problem_count = w->problem_count;
}

static void fill_report(struct run *r, const struct advice *adv, struct advice_report *out)
{
    struct arena *a = r->cli->arena;
    struct advice_place *places = arena_calloc(a, r->workload.count, sizeof *places);
    *out = (struct advice_report){.advice = adv, .places = places};
    for (size_t i = 0; i < r->workload.count; i++) {
        places[i] = (struct advice_place){r->workload.places[i].source, r->workload.places[i].line};
        out->calls_known |= r->workload.places[i].calls_known;
    }
    out->upkeep = upkeep_new(a, r->analysis.catalog, adv, &out->upkeep_count);
    fill_problems(r, out);
}

static bool write_report(struct run *r, const struct advice_report *report, struct err *err)
{
    struct cli_output out;
    bool text = strcmp(r->format, "text") == 0;
    if (!cli_output_open(&out, r->cli, text, err))
        return false;
    if (text)
        advice_text(report, &r->style, &out.out.buf);
    else if (strcmp(r->format, "md") == 0)
        advice_markdown(report, &out.out.buf);
    else
        advice_json(report, &out.out.buf);
    return cli_output_close(&out, err);
}

static bool write_file(const struct run *r, const char *dir, const char *name,
                       const struct advice *adv,
                       void (*write)(struct arena *, const struct advice *, struct buf *),
                       struct err *err)
{
    struct io_out out;
    if (!io_out_create(&out, arena_printf(r->cli->arena, "%s/%s", dir, name), err))
        return false;
    write(r->cli->arena, adv, &out.buf);
    return io_out_close(&out, err);
}

static bool write_migration(const struct run *r, const struct advice *adv, struct err *err)
{
    const char *dir = opts_value(&r->cli->opts, OPT_MIGRATION);
    if (!dir)
        return true;
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "directory '%s' cannot be made: %s", dir, strerror(errno));
    return write_file(r, dir, "pgsift_indexes.up.sql", adv, migration_up, err) &&
           write_file(r, dir, "pgsift_indexes.down.sql", adv, migration_down, err);
}

/* ---- a server ---- */

/* Without HypoPG the model judges, which is worth a word and no failure. */
static void open_planner(struct run *r)
{
    struct err err = {0};
    if (!planner_open(&r->planner, r->conn, r->timeout_ms, r->style.quiet, &err) && !r->style.quiet)
        cli_warning(NULL, &err);
}

/* The catalog that --catalog names goes before the server's. False: the message was printed. */
static bool open_server(struct run *r, struct err *err)
{
    struct dbcat_request all = {.timeout_ms = 0};
    if (!connect_is_asked_for(&r->cli->opts))
        return true;
    r->conn = connect_open(r->cli, NULL, err);
    if (r->conn && !r->analysis.catalog)
        r->analysis.catalog = dbcat_open(r->conn, &all, err);
    if (!r->conn || !r->analysis.catalog) {
        cli_error(NULL, err);
        return false;
    }
    open_planner(r);
    return true;
}

static void close_server(struct run *r)
{
    planner_close(&r->planner);
    if (r->conn)
        connect_print_notices(r->conn, r->style.quiet);
    connect_close(r->conn);
    r->conn = NULL;
}

/* ---- the whole ---- */

static int status_of(const struct run *r)
{
    enum err_code worst = ERR_NONE;
    if (r->interrupted)
        return err_exit_status(ERR_CANCELLED);
    for (size_t i = 0; i < r->workload.problem_count; i++)
        if (!r->workload.problems[i].is_warning)
            worst = r->workload.problems[i].err.code;
    if (worst == ERR_NONE)
        return err_exit_status(r->unverified);
    return r->workload.count ? EXIT_PARTIAL : err_exit_status(worst);
}

/* What could not be built leaves the advice as it is. */
static void verify(struct run *r, struct advice *adv)
{
    struct err warning = {0}, err = {0};
    if (!opts_given(&r->cli->opts, OPT_VERIFY) || !adv->index_count || connect_is_stopped())
        return;
    err_set(&warning, ERR_PARTIAL,
            "%zu indexes are built on %s, measured and rolled back: writers to their tables wait "
            "meanwhile (SHARE lock), readers do not",
            adv->index_count, conn_name(r->conn));
    if (!r->style.quiet)
        cli_warning(NULL, &warning);
    if (!verify_advice(r->conn, r->cli->arena, &r->verify, adv, &err)) {
        r->unverified = err.code;
        cli_error("--verify", &err);
    }
}

static void warn_of_stop(struct run *r, const struct advice *adv)
{
    struct err warning = {0};
    r->interrupted = connect_is_stopped();
    if (!adv->interrupted && !r->interrupted)
        return;
    err_set(&warning, ERR_PARTIAL, "%s; this is the best that was found until then",
            r->interrupted ? "interrupted" : "the connection to the server was lost");
    cli_warning(NULL, &warning);
}

static bool advise_all(struct run *r, struct err *err)
{
    struct workload *w = &r->workload;
    struct advice_report report;
    for (size_t i = 0; i < r->cli->opts.file_count; i++)
        workload_add_file(w, r->cli->opts.files[i]);
    workload_finish(w);
    print_problems(r);
    if (!w->count)
        return true;
    struct advice *adv = advise(r->cli->arena, r->analysis.catalog, w->inputs, w->count, &r->limits,
                                r->planner.hypo ? &r->planner.whatif : NULL);
    planner_close(&r->planner);
    verify(r, adv);
    close_server(r);
    warn_of_stop(r, adv);
    fill_report(r, adv, &report);
    return write_report(r, &report, err) && write_migration(r, adv, err);
}

int cmd_advise(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    if (!set_up(&r, &err))
        return cli_usage(&err);
    if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err) || !open_server(&r, &err)) {
        close_server(&r);
        return err_exit_status(err.code);
    }
    workload_init(&r.workload, c->arena, r.analysis.catalog);
    bool good = advise_all(&r, &err);
    if (!good)
        cli_error(c->output ? c->output : "standard output", &err);
    close_server(&r);
    analysis_release(&r.analysis);
    return good ? status_of(&r) : err_exit_status(err.code);
}
