/* pgsift [report] [FILE|-]...: what is slow in each plan, why, and what to do. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "advise/advise.h"
#include "base/arena.h"
#include "catalog/catalog.h"
#include "cli/analysis.h"
#include "cli/cli.h"
#include "cli/intake.h"
#include "cli/live.h"
#include "cli/planner.h"
#include "cli/view.h"
#include "plan/plan.h"
#include "read/read.h"
#include "work/anonymize.h"

/* One run over all inputs. */
struct run {
    struct cli *cli;
    struct report_style style;
    const struct report_writer *writer;
    struct cli_output output;
    struct report_stream stream;
    struct analysis analysis;
    struct live live; /* of a server */
    struct planner planner;
    struct err no_planner; /* why it cannot be asked */
    struct anon *anon;     /* NULL: names stay */
    bool fails;            /* --fail-on was given */
    enum severity fail_on;
    struct report_run totals;
    struct intake intake;
};

static const char *format_of(const struct opts *o)
{
    const char *format = opts_value(o, OPT_FORMAT);
    if (opts_given(o, OPT_JSON))
        return "json";
    if (opts_given(o, OPT_PLAIN))
        return "plain";
    return format ? format : "text";
}

/* Without FILE it is standard input, unless a person sits there. */
static bool default_input(struct cli *c, struct err *err)
{
    struct opts *o = &c->opts;
    if (live_is_wanted(c))
        return true;
    if (o->file_count == 0 && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == 0)
        o->files[o->file_count++] = "-";
    return true;
}

static bool set_up(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *severity = opts_value(o, OPT_FAIL_ON), *output = r->cli->output;
    r->fails = severity && severity_find(str_of(severity), &r->fail_on);
    if (severity && !r->fails)
        return err_set(err, ERR_USAGE, "'--fail-on=%s' takes two plans: pgsift diff", severity);
    if (opts_given(o, OPT_ANONYMIZE) || opts_given(o, OPT_ANONYMIZE_MAP))
        r->anon = anon_new(r->cli->arena);
    r->writer = report_writer_find(str_of(format_of(o)));
    if (!cli_style(o, &r->style, err) || !analysis_init(&r->analysis, r->cli, err))
        return false;
    intake_init(&r->intake, r->cli, r->style.quiet);
    r->intake.nameless = r->anon != NULL;
    if (output && cli_overwrites_input(output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", output);
    return true;
}

/* The output is opened with the first plan: when there is none, nothing is written. */
static bool begin_output(struct run *r, struct err *err)
{
    if (r->totals.plan_count > 0)
        return true;
    bool paged = strcmp(r->writer->name, "text") == 0;
    if (!cli_output_open(&r->output, r->cli, paged, err))
        return false;
    r->stream = (struct report_stream){.out = &r->output.out, .style = &r->style};
    r->writer->begin(&r->stream);
    return true;
}

/* Said once, and only where there is advice that the planner could confirm. */
static void warn_of_model(struct run *r, const struct report *report)
{
    if (r->no_planner.code && !r->style.quiet && report->advice && report->advice->index_count)
        cli_warning(NULL, &r->no_planner);
    if (report->advice && report->advice->index_count)
        err_clear(&r->no_planner);
}

/* item: what a server said; NULL the plan is not from one. */
static bool report_plan(struct run *r, struct arena *a, const char *source, const struct plan *p,
                        size_t count, const struct live_item *item, struct err *err)
{
    if (!begin_output(r, err))
        return false;
    if (r->anon)
        p = anon_plan(r->anon, a, p);
    const struct catalog *cat = r->anon ? NULL : r->analysis.catalog; /* it knows the real names */
    r->totals.plan_count++;
    struct report *report =
        analysis_report(&r->analysis, a, cat, p, source, r->totals.plan_count, count);
    if (item) {
        report->run = r->anon ? NULL : item->run; /* it quotes values */
        report->calls = item->calls;
        report->total_ms = item->total_ms;
    }
    warn_of_model(r, report);
    r->writer->plan(&r->stream, report);
    r->stream.plans++;
    for (int s = 0; s <= SEVERITY_HIGH; s++)
        r->totals.by_severity[s] += report->by_severity[s];
    return true;
}

/* With a server, but plans from files: the catalog of their relations. What was reported before
 * has been written, so its catalog may go. */
static void catalog_for(struct run *r, const struct read_result *read)
{
    if (!r->live.conn || live_is_wanted(r->cli) || r->anon ||
        opts_given(&r->cli->opts, OPT_CATALOG))
        return;
    for (size_t i = 0; i < read->plan_count; i++)
        live_add_plan(&r->live, read->plans[i]);
    cat_free(r->analysis.catalog);
    live_read_catalog(&r->live);
    r->analysis.catalog = r->live.catalog;
}

/* False when the output failed; what could not be read is a problem, not a failure. */
static bool report_file(struct run *r, const char *source, struct err *err)
{
    struct arena *a = arena_new(0);
    struct read_result read;
    bool good = true;
    intake_read(&r->intake, a, source, &read);
    catalog_for(r, &read);
    size_t count = r->cli->opts.file_count == 1 ? read.plan_count : 0;
    if (r->anon)
        source = "anonymized";
    for (size_t i = 0; good && i < read.plan_count; i++)
        good = report_plan(r, a, source, read.plans[i], count, NULL, err);
    arena_free(a);
    return good;
}

/* What a server said of one statement. */
static bool report_item(struct run *r, const struct live *l, const struct live_item *item,
                        struct err *err)
{
    struct arena *a = arena_new(0);
    const char *source = r->anon ? "anonymized" : item->name;
    bool good = true;
    if (item->err.code)
        intake_problem(&r->intake, item->name, &(struct read_problem){.err = item->err});
    for (size_t i = 0; good && i < item->read.plan_count; i++)
        good = report_plan(r, a, source, item->read.plans[i], l->count, item, err);
    arena_free(a);
    return good;
}

static bool report_live(struct run *r, struct err *err)
{
    for (size_t i = 0; i < r->live.count; i++)
        if (!report_item(r, &r->live, &r->live.items[i], err))
            return false;
    return true;
}

static bool write_map(const struct run *r, struct err *err)
{
    const char *path = opts_value(&r->cli->opts, OPT_ANONYMIZE_MAP);
    struct io_out out;
    if (!path)
        return true;
    if (!io_out_create(&out, path, err))
        return false;
    anon_add_map(r->anon, &out.buf);
    return io_out_close(&out, err);
}

static void close_server(struct run *r)
{
    planner_close(&r->planner);
    live_release(&r->live);
}

static bool report_all(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    if (!report_live(r, err))
        return false;
    for (size_t i = 0; !live_is_wanted(r->cli) && i < o->file_count; i++)
        if (!report_file(r, o->files[i], err))
            return false;
    if (r->totals.plan_count == 0)
        return true;
    r->totals.problems = r->intake.problems;
    r->totals.problem_count = r->intake.problem_count;
    close_server(r); /* a pager may be open for long */
    r->writer->end(&r->stream, &r->totals);
    return cli_output_close(&r->output, err) && write_map(r, err);
}

static int status_of(const struct run *r)
{
    int status = intake_status(&r->intake, r->totals.plan_count);
    if (status)
        return status;
    for (int s = SEVERITY_HIGH; r->fails && s >= (int)r->fail_on; s--)
        if (r->totals.by_severity[s])
            return EXIT_FOUND;
    return 0;
}

/* Its planner judges the advice, if it can. */
static void open_planner(struct run *r)
{
    if (r->anon || !r->analysis.catalog || !conn_is_alive(r->live.conn))
        return;
    if (planner_open(&r->planner, &r->live, r->style.quiet, &r->no_planner))
        r->analysis.planner = &r->planner.whatif;
}

/* The statements are explained before anything is written. False: the message was printed. */
static bool ask_server(struct run *r, struct err *err)
{
    if (!live_is_connected(r->cli))
        return true;
    bool good = live_run(&r->live, r->cli, err);
    if (good && r->live.catalog)
        r->analysis.catalog = r->live.catalog;
    if (good)
        open_planner(r);
    else
        live_refuse(&r->live, err);
    return good;
}

/* What is about a statement is of no use where there is none. */
static bool check_statement_options(const struct cli *c, struct err *err)
{
    static const enum opt_id ids[] = {OPT_ANALYZE, OPT_ALLOW_WRITE, OPT_REPEAT, OPT_EXPLAIN,
                                      OPT_PARAM,   OPT_GENERIC,     OPT_SAMPLE};
    for (size_t i = 0; i < sizeof ids / sizeof *ids && !live_is_wanted(c); i++)
        if (opts_given(&c->opts, ids[i]))
            return err_set(err, ERR_USAGE, "--%s needs a statement: -c, -f or --statements",
                           opt_info[ids[i]].name);
    return true;
}

int cmd_report(struct cli *c)
{
    if (opts_given(&c->opts, OPT_WHY))
        return cmd_why(c);
    struct err err = {0};
    if (!check_statement_options(c, &err))
        return cli_usage(&err);
    if (view_is_wanted(c))
        return view_run(c, false);
    struct run r = {.cli = c};
    if (!default_input(c, &err) || !set_up(&r, &err))
        return cli_usage(&err);
    if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err) || !ask_server(&r, &err)) {
        close_server(&r);
        return err_exit_status(err.code);
    }
    bool good = report_all(&r, &err);
    close_server(&r);
    if (!good) {
        cli_error(c->output ? c->output : "standard output", &err);
        if (r.totals.plan_count)
            io_out_abandon(&r.output.out);
    }
    intake_release(&r.intake);
    analysis_release(&r.analysis);
    return good ? status_of(&r) : err_exit_status(err.code);
}
