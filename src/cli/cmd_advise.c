/* pgsift advise [--catalog=FILE] [FILE|-]...: indexes for a workload of plans and statements. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advise/migration.h"
#include "base/arena.h"
#include "cli/analysis.h"
#include "cli/cli.h"
#include "cli/queries.h"
#include "report/advice.h"

struct run {
    struct cli *cli;
    struct report_style style;
    struct analysis analysis;
    struct advice_limits limits;
    struct queries queries;
    const char *format;
};

/* ---- options ---- */

/* "512MB", "1.5 GB", "8192": bytes. */
static bool read_size(struct str text, double *out)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"kb", 1024.0},          {"mb", 1048576.0}, {"gb", 1073741824.0},
                 {"tb", 1099511627776.0}, {"b", 1},          {"", 1}};
    size_t n = 0;
    while (n < text.len && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
        n++;
    double number;
    struct str unit = str_trim(str_sub(text, n, text.len));
    if (!str_to_double(str_sub(text, 0, n), &number) || !(number > 0))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (unit.len == strlen(units[i].unit) &&
            (!unit.len || str_is_nocase(unit, units[i].unit))) {
            *out = number * units[i].bytes;
            return true;
        }
    return false;
}

static bool read_limits(const struct opts *o, struct advice_limits *l, struct err *err)
{
    const char *budget = opts_value(o, OPT_BUDGET), *weight = opts_value(o, OPT_WRITE_WEIGHT);
    int most = 0;
    advice_limits_init(l);
    if (!opts_int(o, OPT_MAX_INDEXES, 1, 10000, &most, err))
        return false;
    l->max_indexes = (size_t)most;
    if (budget && !read_size(str_of(budget), &l->budget_bytes))
        return err_set(err, ERR_USAGE, "option '--budget' takes a size such as 512MB, not '%s'",
                       budget);
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

static bool set_up(struct run *r, struct err *err)
{
    struct opts *o = &r->cli->opts;
    if (o->file_count == 0 && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == 0)
        o->files[o->file_count++] = "-";
    if (r->cli->output && cli_overwrites_input(r->cli->output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", r->cli->output);
    return choose_format(r, err) && cli_style(o, &r->style, err) &&
           read_limits(o, &r->limits, err) && analysis_init(&r->analysis, r->cli, err);
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
    *out = (struct advice_report){.advice = adv, .places = places};
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
    for (size_t i = 0; i < r->queries.problem_count; i++)
        if (!r->queries.problems[i].is_warning)
            worst = r->queries.problems[i].err.code;
    return worst == ERR_NONE ? 0 : r->queries.count ? EXIT_PARTIAL : err_exit_status(worst);
}

static bool advise_all(struct run *r, struct err *err)
{
    struct queries *w = &r->queries;
    struct advice_report report;
    for (size_t i = 0; i < r->cli->opts.file_count; i++)
        queries_add_file(w, r->cli->opts.files[i]);
    queries_finish(w);
    print_problems(r);
    if (!w->count)
        return true;
    const struct advice *adv =
        advise(r->cli->arena, r->analysis.catalog, w->inputs, w->count, &r->limits, NULL);
    fill_report(r, adv, &report);
    return write_report(r, &report, err) && write_migration(r, adv, err);
}

int cmd_advise(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    if (!set_up(&r, &err))
        return cli_usage(&err);
    if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err))
        return err_exit_status(err.code);
    queries_init(&r.queries, c->arena, r.analysis.catalog);
    bool good = advise_all(&r, &err);
    if (!good)
        cli_error(c->output ? c->output : "standard output", &err);
    analysis_release(&r.analysis);
    return good ? status_of(&r) : err_exit_status(err.code);
}
