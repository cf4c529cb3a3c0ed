/* pgsift why INDEX [FILE|-]..., or --why=INDEX: why plans did not use an index that exists. */
#include <unistd.h>

#include "base/arena.h"
#include "catalog/catalog.h"
#include "cli/analysis.h"
#include "cli/cli.h"
#include "cli/intake.h"
#include "plan/plan.h"
#include "read/read.h"
#include "report/why.h"

struct run {
    struct cli *cli;
    struct report_style style;
    struct analysis analysis;
    struct intake intake;
    const char *name; /* of the index, as given */
    size_t first;     /* operand that is a file */
    const struct cat_index *index;
    bool json;
    size_t plan_count;
};

static bool choose_format(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *format = opts_value(o, OPT_FORMAT);
    r->json = opts_given(o, OPT_JSON) || (format && strcmp(format, "json") == 0);
    if (format && !r->json && strcmp(format, "text") != 0)
        return err_set(err, ERR_USAGE, "'pgsift why' writes text or json, not %s", format);
    return true;
}

static bool set_up(struct run *r, struct err *err)
{
    struct opts *o = &r->cli->opts;
    r->name = opts_value(o, OPT_WHY);
    r->first = r->name ? 0 : 1;
    if (!r->name && o->file_count == 0)
        return err_set(err, ERR_USAGE, "no index was named: pgsift why INDEX FILE...");
    if (!opts_given(o, OPT_CATALOG))
        return err_set(err, ERR_USAGE, "what the index is made of is in the catalog: give --catalog");
    if (!r->name)
        r->name = o->files[0];
    if (o->file_count == r->first && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == r->first)
        o->files[o->file_count++] = "-";
    if (r->cli->output && cli_overwrites_input(r->cli->output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", r->cli->output);
    return choose_format(r, err) && cli_style(o, &r->style, err) &&
           analysis_init(&r->analysis, r->cli, err);
}

/* The index that was named, with or without its schema. */
static bool find_index(struct run *r, struct err *err)
{
    struct str name = str_of(r->name), schema = {0};
    const struct catalog *cat = r->analysis.catalog;
    r->index = cat_find_index(cat, schema, name);
    ptrdiff_t dot = str_find(name, ".");
    if (!r->index && dot > 0) {
        schema = str_sub(name, 0, (size_t)dot);
        r->index = cat_find_index(cat, schema, str_sub(name, (size_t)dot + 1, name.len));
    }
    if (!r->index)
        err_set(err, ERR_USAGE, "the catalog has no index '%.*s'", STR_ARG(name));
    return r->index != NULL;
}

static void answer(struct run *r, struct buf *out, struct json_writer *w, const char *source,
                   const struct plan *p)
{
    struct arena *a = arena_new(0);
    struct why_report report = {.index = r->index, .source = source, .number = ++r->plan_count};
    report.answers = why_index(a, r->analysis.catalog, p, metrics_new(a, p), r->index, &report.count);
    if (r->json)
        why_json(w, &report);
    else
        why_text(out, &report, &r->style);
    arena_free(a);
}

static void answer_all(struct run *r, struct buf *out)
{
    const struct opts *o = &r->cli->opts;
    struct json_writer w;
    if (r->json)
        why_json_begin(&w, out, r->index);
    for (size_t i = r->first; i < o->file_count; i++) {
        struct read_result read;
        intake_read(&r->intake, r->cli->arena, o->files[i], &read);
        for (size_t k = 0; k < read.plan_count; k++)
            answer(r, out, &w, o->files[i], read.plans[k]);
    }
    struct report_run run = {.problems = r->intake.problems,
                             .problem_count = r->intake.problem_count};
    if (r->json)
        why_json_end(&w, &run);
}

static int write_answers(struct run *r, struct err *err)
{
    struct cli_output output;
    struct buf text = {0};
    bool good = true;
    intake_init(&r->intake, r->cli, r->style.quiet);
    answer_all(r, &text);
    if (r->plan_count) {
        good = cli_output_open(&output, r->cli, !r->json, err);
        if (good) {
            buf_addstr(&output.out.buf, buf_str(&text));
            good = cli_output_close(&output, err);
        }
    }
    buf_free(&text);
    if (good)
        return intake_status(&r->intake, r->plan_count);
    cli_error(r->cli->output ? r->cli->output : "standard output", err);
    return err_exit_status(err->code);
}

int cmd_why(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    int status;
    if (!set_up(&r, &err))
        status = cli_usage(&err);
    else if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err))
        status = err_exit_status(err.code);
    else if (!find_index(&r, &err))
        status = cli_usage(&err);
    else
        status = write_answers(&r, &err);
    intake_release(&r.intake);
    analysis_release(&r.analysis);
    return status;
}
