/* pgsift diff A B: two plans compared, in the viewer on a terminal, else as a report. */
#include <stdlib.h>

#include "base/arena.h"
#include "cli/analysis.h"
#include "cli/cli.h"
#include "cli/intake.h"
#include "cli/view.h"
#include "plan/plan.h"
#include "read/read.h"
#include "report/diff.h"

/* --fail-on: findings from a severity on, or B slower by more than a share. */
struct gate {
    bool findings, slower;
    enum severity severity;
    double share;
};

struct run {
    struct cli *cli;
    struct report_style style;
    const struct diff_writer *writer;
    struct cli_output output;
    struct report_stream stream;
    struct analysis analysis;
    struct intake intake;
    struct gate gate;
    bool met; /* the gate */
};

/* All plans of one operand. */
struct operand {
    const char *source;
    struct plan **plans;
    size_t count;
};

/* "slower:10%", "slower:10", "high" */
static bool read_gate(const char *text, struct gate *g, struct err *err)
{
    struct str s = str_of(text);
    if (!text)
        return true;
    if (!str_starts(s, "slower:")) {
        g->findings = true;
        return severity_find(s, &g->severity);
    }
    g->slower = true;
    s = str_sub(s, strlen("slower:"), s.len);
    if (s.len && s.p[s.len - 1] == '%')
        s.len--;
    double percent = 0;
    if (!str_to_double(s, &percent) || !(percent >= 0))
        return err_set(err, ERR_USAGE,
                       "option '--fail-on' takes per cents, as in slower:10%%, not '%s'", text);
    g->share = percent / 100;
    return true;
}

static const char *format_of(const struct opts *o)
{
    const char *format = opts_value(o, OPT_FORMAT);
    if (opts_given(o, OPT_JSON))
        return "json";
    return format && strcmp(format, "tui") ? format : "text";
}

static bool set_up(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *format = format_of(o);
    r->writer = diff_writer_find(str_of(format));
    if (!r->writer)
        return err_set(err, ERR_USAGE, "'pgsift diff' writes text, md or json, not %s", format);
    if (o->file_count < 1 || o->file_count > 2)
        return err_set(err, ERR_USAGE, "a diff takes two files, or one with two plans in it");
    if (r->cli->output && cli_overwrites_input(r->cli->output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", r->cli->output);
    return read_gate(opts_value(o, OPT_FAIL_ON), &r->gate, err) && cli_style(o, &r->style, err) &&
           analysis_init(&r->analysis, r->cli, err);
}

static void read_operand(struct run *r, const char *source, struct operand *out)
{
    struct read_result read;
    intake_read(&r->intake, r->cli->arena, source, &read);
    *out = (struct operand){source, read.plans, read.plan_count};
}

/* Two operands of one plan each as a rule; of as many each, the first with the first and so on;
 * or one operand with two plans. */
static bool read_all(struct run *r, struct operand *a, struct operand *b, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    read_operand(r, o->files[0], a);
    if (o->file_count == 2) {
        read_operand(r, o->files[1], b);
    } else if (a->count == 2) {
        *b = (struct operand){a->source, a->plans + 1, 1};
        a->count = 1;
    }
    if (a->count && a->count == b->count)
        return true;
    if (r->intake.failed)
        return false; /* that has been said */
    return o->file_count == 1
               ? err_set(err, ERR_USAGE, "a diff needs two plans, found %zu in %s", a->count,
                         a->source)
               : err_set(err, ERR_USAGE, "%s has %zu plans and %s has %zu: they cannot be paired",
                         a->source, a->count, b->source, b->count);
}

static bool meets(const struct gate *g, const struct diff_report *d)
{
    if (g->slower && d->whole_b > d->whole_a * (1 + g->share))
        return true;
    for (size_t i = 0; g->findings && i < d->came_count; i++)
        if (d->came[i]->severity >= g->severity)
            return true;
    return false;
}

static void compare(struct run *r, const struct operand *a, const struct operand *b, size_t i)
{
    struct arena *arena = arena_new(0);
    const struct catalog *cat = r->analysis.catalog;
    size_t of_b = i + (a->source == b->source ? 1 : 0);
    struct report *left = analysis_report(&r->analysis, arena, cat, a->plans[i], a->source, i + 1,
                                          a->count + of_b - i);
    struct report *right = analysis_report(&r->analysis, arena, cat, b->plans[i], b->source,
                                           of_b + 1, b->count + of_b - i);
    struct diff_report *d = diff_report_new(arena, left, right, i + 1, a->count);
    r->writer->diff(&r->stream, d);
    r->stream.plans++;
    r->met |= meets(&r->gate, d);
    diff_report_release(d);
    arena_free(arena);
}

static bool write_all(struct run *r, const struct operand *a, const struct operand *b,
                      struct err *err)
{
    struct report_run totals = {.problems = r->intake.problems,
                                .problem_count = r->intake.problem_count};
    if (!cli_output_open(&r->output, r->cli, strcmp(r->writer->name, "text") == 0, err))
        return false;
    r->stream = (struct report_stream){.out = &r->output.out, .style = &r->style};
    r->writer->begin(&r->stream);
    for (size_t i = 0; i < a->count; i++)
        compare(r, a, b, i);
    r->writer->end(&r->stream, &totals);
    return cli_output_close(&r->output, err);
}

static int report(struct run *r)
{
    struct operand a = {0}, b = {0};
    struct err err = {0};
    intake_init(&r->intake, r->cli, r->style.quiet);
    if (!analysis_open_catalog(&r->analysis, r->cli, r->style.quiet, &err))
        return err_exit_status(err.code);
    if (!read_all(r, &a, &b, &err))
        return err.code ? cli_usage(&err) : intake_status(&r->intake, 0);
    if (!write_all(r, &a, &b, &err)) {
        cli_error(r->cli->output ? r->cli->output : "standard output", &err);
        return err_exit_status(err.code);
    }
    int status = intake_status(&r->intake, a.count);
    return status ? status : r->met ? EXIT_FOUND : 0;
}

int cmd_diff(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    if (view_is_wanted(c))
        return view_run(c, true);
    int status = set_up(&r, &err) ? report(&r) : cli_usage(&err);
    intake_release(&r.intake);
    analysis_release(&r.analysis);
    return status;
}
