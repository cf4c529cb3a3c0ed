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
#include "cli/live.h"
#include "cli/planner.h"
#include "cli/verify.h"
#include "cli/queries.h"
#include "report/advice.h"

struct run {
    struct cli *cli;
    struct report_style style;
    struct analysis analysis;
    struct advice_limits limits;
    struct queries queries;
    struct queries_file *files; /* the operands */
    bool is_live;
    struct live live;       /* a server was named: its connection stays open for the whole run */
    struct planner planner; /* its own, if it has HypoPG */
    struct verify_options verify;
    bool interrupted;
    enum err_code unverified; /* why --verify measured nothing */
    const char *format;
};

/* ---- options ---- */

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
    if (opts_given(o, OPT_VERIFY) && !r->is_live)
        return err_set(err, ERR_USAGE, "--verify needs a server: -h, -p, -U or -d names one");
    return verify_read_options(o, &r->verify, err);
}

static bool set_up(struct run *r, struct err *err)
{
    struct opts *o = &r->cli->opts;
    bool statements = live_is_wanted(r->cli);
    r->is_live = statements || connect_is_asked_for(o);
    if (o->file_count == 0 && !statements && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == 0 && !statements)
        o->files[o->file_count++] = "-";
    if (r->cli->output && cli_overwrites_input(r->cli->output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", r->cli->output);
    return choose_format(r, err) && cli_style(o, &r->style, err) &&
           analysis_limits(o, &r->limits, err) && read_verify(r, err) &&
           analysis_init(&r->analysis, r->cli, err);
}

/* ---- output ---- */

static void print_problems(const struct run *r)
{
    for (size_t i = 0; i < r->queries.problem_count; i++) {
        const struct queries_problem *p = &r->queries.problems[i];
        if (!p->is_warning)
            cli_error(p->source, &p->err);
        else if (!r->style.quiet)
            cli_warning(p->source, &p->err);
    }
}

static void fill_problems(struct run *r, struct advice_report *out)
{
    const struct queries *w = &r->queries;
    struct report_problem *problems =
        arena_calloc(r->cli->arena, w->problem_count, sizeof *problems);
    for (size_t i = 0; i < w->problem_count; i++) {
        const struct queries_problem *p = &w->problems[i];
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
    struct advice_place *places = arena_calloc(a, r->queries.count, sizeof *places);
    *out = (struct advice_report){
        .advice = adv, .places = places, .plans = adv->query_count == 1 || r->style.verbose};
    for (size_t i = 0; i < r->queries.count; i++) {
        places[i] = (struct advice_place){r->queries.places[i].source, r->queries.places[i].line};
        out->calls_known |= r->queries.places[i].calls_known;
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

/* ---- the whole ---- */

static int status_of(const struct run *r)
{
    enum err_code worst = ERR_NONE;
    if (r->interrupted)
        return err_exit_status(ERR_CANCELLED);
    for (size_t i = 0; i < r->queries.problem_count; i++)
        if (!r->queries.problems[i].is_warning)
            worst = r->queries.problems[i].err.code;
    if (worst == ERR_NONE)
        return err_exit_status(r->unverified);
    return r->queries.count ? EXIT_PARTIAL : err_exit_status(worst);
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
            adv->index_count, conn_name(r->live.conn));
    if (!r->style.quiet)
        cli_warning(NULL, &warning);
    if (!verify_advice(r->live.conn, r->cli->arena, &r->verify, adv, &err)) {
        r->unverified = err.code;
        cli_error("--verify", &err);
    }
}

static void warn_of_stop(struct run *r, const struct advice *adv)
{
    struct err warning = {0};
    r->interrupted = r->is_live && connect_is_stopped();
    if (!adv->interrupted && !r->interrupted)
        return;
    err_set(&warning, ERR_PARTIAL, "%s; this is the best that was found until then",
            r->interrupted ? "interrupted" : "the connection to the server was lost");
    cli_warning(NULL, &warning);
}

static void close_server(struct run *r)
{
    planner_close(&r->planner);
    live_release(&r->live);
}

static bool advise_all(struct run *r, struct err *err)
{
    struct queries *w = &r->queries;
    struct advice_report report;
    queries_init(w, r->cli->arena, r->analysis.catalog);
    for (size_t i = 0; i < r->cli->opts.file_count; i++)
        queries_add_file(w, &r->files[i]);
    queries_add_live(w, &r->live);
    queries_finish(w);
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

static void read_files(struct run *r)
{
    const struct opts *o = &r->cli->opts;
    r->files = arena_calloc(r->cli->arena, o->file_count + 1, sizeof *r->files);
    for (size_t i = 0; i < o->file_count; i++)
        queries_read_file(r->cli->arena, o->files[i], &r->files[i]);
}

/* Without HypoPG the model judges, which is worth a word and no failure. */
static void open_planner(struct run *r)
{
    struct err err = {0};
    if (r->analysis.catalog && conn_is_alive(r->live.conn) &&
        !planner_open(&r->planner, &r->live, r->style.quiet, &err) && !r->style.quiet)
        cli_warning(NULL, &err);
}

/* Everything that a server can say: plans of all statements, and the catalog. 0, or the exit
 * status: then the message has been printed. */
static int ask_server(struct run *r)
{
    struct err err = {0};
    if (!r->is_live)
        return 0;
    if (!live_open(&r->live, r->cli, NULL, &err))
        return live_refuse(&r->live, &err);
    for (size_t i = 0; i < r->cli->opts.file_count; i++) {
        const struct queries_file *f = &r->files[i];
        if (f->script)
            live_add_script(&r->live, f->path, f->text);
        for (size_t k = 0; !f->script && k < f->read.plan_count; k++)
            live_add_plan(&r->live, f->read.plans[k]);
    }
    live_explain(&r->live);
    if (r->live.catalog)
        r->analysis.catalog = r->live.catalog;
    open_planner(r);
    return 0;
}

static int run(struct run *r)
{
    struct err err = {0};
    read_files(r);
    int status = ask_server(r);
    if (status)
        return status;
    if (!advise_all(r, &err)) {
        cli_error(r->cli->output ? r->cli->output : "standard output", &err);
        return err_exit_status(err.code);
    }
    return status_of(r);
}

int cmd_advise(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    if (!set_up(&r, &err))
        return cli_usage(&err);
    if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err))
        return err_exit_status(err.code);
    int status = run(&r);
    close_server(&r);
    analysis_release(&r.analysis);
    return status;
}
