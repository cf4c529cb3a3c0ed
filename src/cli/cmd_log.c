/* pgsift log FILE...: what a server's log adds up to. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/pool.h"
#include "base/text.h"
#include "cli/log_reader.h"
#include "cli/log_view.h"
#include "cli/logrun.h"
#include "report/workload.h"
#include "ui/term.h"

enum { MOST_JOBS = 256 };

struct run {
    struct cli *cli;
    struct report_style style;
    const struct workload_writer *writer; /* NULL: --partial */
    struct analysis analysis;
    struct log_filter filter;
    struct log_run_options options;
    struct log_outcome outcome;
    struct advice_limits limits;
    int limit;
    struct log_input *inputs;
    size_t input_count;
    bool viewer; /* in place of a report */
};

static bool choose_writer(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *format = opts_given(o, OPT_JSON) ? "json" : opts_value(o, OPT_FORMAT);
    const char *why;
    if (opts_given(o, OPT_PARTIAL))
        return true;
    bool tui = format && strcmp(format, "tui") == 0;
    r->viewer = opts_given(o, OPT_DUMP_SCREEN) || (tui && term_is_usable(&why));
    if (tui)
        format = "text";
    r->writer = workload_writer_find(str_of(format ? format : "text"));
    return r->writer || err_set(err, ERR_USAGE, "a log's report has no format '%s'", format);
}

static bool set_up(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    const char *output = r->cli->output;
    int jobs = (int)pool_processors();
    if (o->file_count == 0 && isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "no FILE was given, and standard input is a terminal");
    if (o->file_count == 0)
        r->cli->opts.files[r->cli->opts.file_count++] = "-";
    if (output && cli_overwrites_input(output, o))
        return err_set(err, ERR_USAGE, "'%s' is an input and the output too", output);
    if (!choose_writer(r, err) || !cli_style(o, &r->style, err) ||
        !analysis_init(&r->analysis, r->cli, err) || !log_filter_init(&r->filter, r->cli, err) ||
        !opts_int(o, OPT_JOBS, 1, MOST_JOBS, &jobs, err) ||
        !opts_int(o, OPT_LIMIT, 1, 1000000, &r->limit, err) || !analysis_limits(o, &r->limits, err))
        return false;
    r->options = (struct log_run_options){.jobs = (size_t)jobs,
                                          .prefix = opts_value(o, OPT_PREFIX),
                                          .quiet = opts_given(o, OPT_QUIET),
                                          .no_values = opts_given(o, OPT_NO_VALUES),
                                          .explains = opts_given(o, OPT_EXPLAINS)};
    return true;
}

/* ---- what is read ---- */

static void fail_input(struct run *r, const char *path, const struct err *err)
{
    const struct log_watch *w = r->options.watch;
    r->outcome.unread++;
    r->outcome.worst = err->code;
    if (w)
        w->complain(w->self, path, err);
    else
        cli_error(path, err);
}

/* Files that --partial wrote, added up. */
static struct workload *merge(struct run *r)
{
    const struct opts *o = &r->cli->opts;
    struct workload *w = workload_new(NULL);
    for (size_t i = 0; i < o->file_count; i++) {
        struct err err = {0};
        struct buf content = {0};
        if (!io_read_all(o->files[i], &content, &err) || !workload_read(w, buf_str(&content), &err))
            fail_input(r, o->files[i], &err);
        buf_free(&content);
    }
    r->outcome.bad = workload_counted(w, WORK_BAD);
    return w;
}

/* Files that are empty yet are not followed from here: they are found when they have something. */
static void drop_empty(struct run *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->input_count; i++)
        if (!r->inputs[i].regular || r->inputs[i].size || r->input_count == 1)
            r->inputs[kept++] = r->inputs[i];
    r->input_count = kept;
}

/* Which files, in what order. */
static bool find_logs(struct run *r, struct err *err)
{
    const struct opts *o = &r->cli->opts;
    struct buf notes = {0};
    bool good = log_inputs(r->cli->arena, o->files, o->file_count, NULL, 0, &r->inputs,
                           &r->input_count, &notes, err);
    if (good && notes.len && !r->style.quiet)
        fwrite(notes.data, 1, notes.len, stderr);
    if (good && opts_given(o, OPT_FOLLOW)) {
        drop_empty(r);
        r->options.follow = log_search_new(o->files, o->file_count, r->inputs, r->input_count);
    }
    buf_free(&notes);
    return good;
}

static struct workload *read_inputs(struct run *r, const struct log_watch *watch)
{
    r->options.watch = watch;
    if (opts_given(&r->cli->opts, OPT_MERGE))
        return merge(r);
    return log_run(r->inputs, r->input_count, &r->options, &r->filter, &r->analysis, &r->outcome);
}

/* ---- what is written ---- */

static const char *name_of(struct arena *a, const struct workload *w)
{
    struct buf b = {0};
    workload_add_name(&b, w);
    const char *name = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    return name;
}

/* The view lives in the arena; advise: with index advice. */
static struct workload_view view_of(struct run *r, struct arena *a, const struct workload *w,
                                    bool advise)
{
    struct summary_options so;
    summary_options_init(&so);
    so.advise &= advise;
    so.catalog = r->analysis.catalog;
    so.limits = r->limits;
    return (struct workload_view){.summary = summary_new(a, w, &so),
                                  .name = name_of(a, w),
                                  .style = &r->style,
                                  .limit = (size_t)r->limit,
                                  .thresholds = &r->analysis.thresholds,
                                  .disabled = r->analysis.disabled,
                                  .disabled_count = r->analysis.disabled_count,
                                  .catalog = r->analysis.catalog};
}

static bool write_results(struct run *r, const struct workload *w, struct err *err)
{
    struct cli_output output;
    bool paged = r->writer && strcmp(r->writer->name, "text") == 0;
    if (!cli_output_open(&output, r->cli, paged, err))
        return false;
    if (r->writer) {
        struct workload_view view = view_of(r, r->cli->arena, w, true);
        r->writer->write(&output.out, &view);
    } else {
        workload_write(w, &output.out);
    }
    return cli_output_close(&output, err);
}

/* ---- how it went ---- */

static void tell_problems(const struct run *r, const struct workload *w)
{
    size_t count;
    const struct work_problem *p = workload_problems(w, &count);
    for (size_t i = 0; i < count; i++) {
        struct err err = {0};
        err_set(&err, ERR_PARTIAL, "%.*s", STR_ARG(p[i].message));
        err.line = p[i].line;
        cli_error(arena_strndup(r->cli->arena, p[i].file.p, p[i].file.len), &err);
    }
    if (r->outcome.bad > count)
        fprintf(stderr, "pgsift: %llu more records could not be read\n",
                (unsigned long long)r->outcome.bad - count);
    if (r->outcome.nul_bytes && !r->style.quiet)
        fprintf(stderr, "pgsift: note: %llu NUL bytes were left out\n", r->outcome.nul_bytes);
}

/* No durations, no plans: nothing that a report could be about. */
static bool is_empty(const struct workload *w)
{
    static const enum work_count kinds[] = {WORK_PLANS, WORK_STATEMENTS, WORK_PARSES, WORK_BINDS,
                                            WORK_DURATIONS};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (workload_counted(w, kinds[i]))
            return false;
    return true;
}

static int tell_nothing(const struct run *r, const struct workload *w)
{
    struct err err = {0};
    unsigned long long records = workload_counted(w, WORK_RECORDS);
    if (r->outcome.unread && records == 0)
        return err_exit_status(r->outcome.worst == ERR_PARTIAL ? ERR_NOT_A_PLAN : r->outcome.worst);
    if (workload_counted(w, WORK_FILTERED))
        err_set(&err, ERR_NOT_A_PLAN, "no record with a plan or a duration is left by the filters");
    else if (records)
        err_set(&err, ERR_NOT_A_PLAN, "%llu records, but none with a plan or a duration", records);
    else
        err_set(&err, ERR_NOT_A_PLAN, "the log is empty");
    err_hint(&err, "on the server: session_preload_libraries = 'auto_explain', "
                   "auto_explain.log_min_duration = '100ms', auto_explain.log_analyze = on, "
                   "auto_explain.log_buffers = on, auto_explain.log_format = json");
    cli_error(r->cli->opts.file_count == 1 ? r->cli->opts.files[0] : NULL, &err);
    return err_exit_status(err.code);
}

static int status_of(const struct run *r)
{
    const struct log_outcome *o = &r->outcome;
    return o->unread || o->bad || o->interrupted ? EXIT_PARTIAL : 0;
}

static int finish(struct run *r, const struct workload *w)
{
    struct err err = {0};
    if (!opts_given(&r->cli->opts, OPT_MERGE))
        tell_problems(r, w);
    if (is_empty(w) && r->writer)
        return tell_nothing(r, w);
    if (!write_results(r, w, &err)) {
        cli_error(r->cli->output ? r->cli->output : "standard output", &err);
        return err_exit_status(err.code);
    }
    if (r->outcome.interrupted)
        fputs("pgsift: interrupted: this is about what was read by then\n", stderr);
    return status_of(r);
}

/* ---- in the viewer ---- */

/* A screen opens when all is read, or when that takes longer than this. */
enum { WAIT_MS = 150 };

static struct workload *read_for_viewer(void *self, const struct log_watch *watch)
{
    return read_inputs(self, watch);
}

static struct workload_view view_for_viewer(void *self, struct arena *a, const struct workload *w,
                                            bool last)
{
    return view_of(self, a, w, last);
}

/* Ctrl-C was the user's wish: it is no failure. */
static int status_of_viewer(struct run *r, const struct log_picture *last, int status)
{
    r->outcome.interrupted = false;
    if (last && !opts_given(&r->cli->opts, OPT_MERGE))
        tell_problems(r, last->workload);
    return status || !last ? status : status_of(r);
}

static int show(struct run *r)
{
    struct log_reading what = {r, read_for_viewer, view_for_viewer};
    struct log_picture *last = NULL;
    int status;
    struct log_reader *reader = log_reader_new(&what);
    log_reader_wait(reader, opts_given(&r->cli->opts, OPT_DUMP_SCREEN) ? -1 : WAIT_MS);
    bool shown = log_view_run(r->cli, reader, &last, &status);
    log_reader_free(reader);
    if (shown)
        status = status_of_viewer(r, last, status);
    else
        status = last ? finish(r, last->workload) : 0;
    log_picture_free(last);
    return status;
}

/* ---- a report ---- */

static int report(struct run *r)
{
    struct workload *w = read_inputs(r, NULL);
    int status = finish(r, w);
    workload_free(w);
    return status;
}

int cmd_log(struct cli *c)
{
    struct run r = {.cli = c};
    struct err err = {0};
    if (!set_up(&r, &err))
        return cli_usage(&err);
    if (!analysis_open_catalog(&r.analysis, c, r.style.quiet, &err))
        return err_exit_status(err.code);
    int status;
    if (!opts_given(&c->opts, OPT_MERGE) && !find_logs(&r, &err)) {
        cli_error(NULL, &err);
        status = err_exit_status(err.code);
    } else {
        status = r.viewer ? show(&r) : report(&r);
    }
    log_search_free(r.options.follow);
    analysis_release(&r.analysis);
    log_filter_release(&r.filter);
    return status;
}
