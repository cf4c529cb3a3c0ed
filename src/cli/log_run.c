/* Reading logs, from the first file to the last. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/log_batch.h"
#include "cli/log_progress.h"

enum { CHUNK = 512 * 1024, WAIT_MS = 100, IDLE_WAITS = 10 };
static const double SHOW_FIRST_S = 0.1, SHOW_EVERY_S = 0.5;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* The first Ctrl-C ends the reading, the second the program. */
static void catch_interrupts(struct sigaction *before)
{
    struct sigaction sa = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, before);
}

struct reading {
    const struct log_run_options *options;
    const struct log_filter *filter;
    struct log_batches *batches;
    struct log *log;
    struct progress progress;
    unsigned long long filtered, files;
    struct log_outcome *outcome;
    unsigned long long shown_bytes; /* when the watcher was last shown what has come */
    double next_show_s;
    const struct log_input *next; /* files that came while another was followed */
    size_t next_count;
};

static void hand_over(struct reading *r, struct workload *w);

static bool is_over(const struct reading *r)
{
    const struct log_watch *w = r->options->watch;
    return interrupted || (w && w->stopped(w->self));
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What has come by now, for who watches; a sixth of the time goes into it at most. */
static void show(struct reading *r)
{
    const struct log_watch *w = r->options->watch;
    double start = now_s();
    unsigned long long bytes = log_stats(r->log)->bytes;
    if (!w || start < r->next_show_s || bytes == r->shown_bytes)
        return;
    struct workload *so_far = log_batches_so_far(r->batches);
    hand_over(r, so_far);
    w->so_far(w->self, so_far);
    r->shown_bytes = bytes;
    double took = now_s() - start;
    r->next_show_s = now_s() + (took > SHOW_EVERY_S / 5 ? 5 * took : SHOW_EVERY_S);
}

static bool is_skipped(const struct log_event *e)
{
    return e->cut && (e->kind == LOG_PLAN || e->kind == LOG_STATEMENT || e->kind == LOG_PARSE ||
                      e->kind == LOG_BIND);
}

static bool sink(void *ctx, const struct log_event *e)
{
    struct reading *r = ctx;
    if (is_skipped(e)) /* the log counts it as broken */
        return true;
    if (log_filter_takes(r->filter, e))
        log_batches_add(r->batches, e);
    else
        r->filtered++;
    return true;
}

static void complain(struct reading *r, const char *path, const struct err *err)
{
    r->outcome->unread++;
    r->outcome->worst = err->code;
    progress_end(&r->progress);
    const struct log_watch *w = r->options->watch;
    if (w)
        w->complain(w->self, path, err);
    else
        cli_error(path, err);
}

/* What there is to read now; false at the end of it. */
static bool read_chunk(struct reading *r, struct io_in *in, const char *path, struct err *err)
{
    size_t room, got = 0;
    while (!io_wait(in, WAIT_MS)) {
        if (is_over(r))
            return false;
        if (r->options->watch)
            log_settle(r->log);
        show(r);
    }
    char *p = log_room(r->log, CHUNK, &room);
    bool good = io_read(in, p, room, &got, err);
    if (got)
        log_filled(r->log, got);
    const struct log_watch *w = r->options->watch;
    unsigned long long done = r->progress.done_before + io_position(in);
    progress_tell(&r->progress, done, log_stats(r->log)->bytes);
    if (w)
        w->progress(w->self, (double)done, (double)r->progress.total, path);
    show(r);
    return good && got;
}

static void nap(void)
{
    struct timespec t = {.tv_nsec = WAIT_MS * 1000000L};
    nanosleep(&t, NULL);
}

/* The file that has come to have the name; `in` when there is none. */
static struct io_in *open_again(struct reading *r, const struct log_input *input, struct io_in *in)
{
    struct err ignored = {0};
    struct io_in *next = io_open(input->path, &ignored);
    if (!next)
        return in;
    io_close(in);
    log_search_know(r->options->follow, input->path);
    log_file(r->log, str_of(input->path));
    return next;
}

/*
 * The file, and what is added to it; it is opened again when its name comes to mean another. Ends
 * when files under new names have come, which it leaves in r->next.
 */
static void follow(struct reading *r, const struct log_input *input, struct io_in *in,
                   struct err *err)
{
    int waits = 0;
    while (!is_over(r) && err->code == ERR_NONE && !r->next_count) {
        if (read_chunk(r, in, input->path, err)) {
            waits = 0;
            continue;
        }
        if (++waits % IDLE_WAITS == 0) {
            if (io_replaced(in, input->path))
                in = open_again(r, input, in);
            else
                r->next_count = log_search_again(r->options->follow, &r->next);
        }
        if (!r->next_count)
            nap();
    }
    while (r->next_count && read_chunk(r, in, input->path, err)) {
        /* what was written between the last look and the rotation */
    }
    io_close(in);
}

static void read_input(struct reading *r, const struct log_input *input, bool last)
{
    struct err err = {0};
    struct io_in *in = io_open(input->path, &err);
    if (!in) {
        complain(r, input->path, &err);
        return;
    }
    r->files++;
    log_set_year(r->log, input->year);
    log_file(r->log, str_of(input->path));
    if (last && r->options->follow && strcmp(input->path, "-") != 0) {
        follow(r, input, in, &err);
    } else {
        while (!is_over(r) && read_chunk(r, in, input->path, &err)) {
        }
        r->progress.done_before += io_position(in);
        io_close(in);
    }
    if (err.code != ERR_NONE)
        complain(r, input->path, &err);
    log_file_end(r->log);
    if (log_explain_nothing(r->log, &err))
        complain(r, input->path, &err);
}

/* What the log has counted, into the workload that has the rest. */
static void hand_over(struct reading *r, struct workload *w)
{
    const struct log_stats *s = log_stats(r->log);
    struct log_outcome *o = r->outcome;
    workload_count(w, WORK_BYTES, s->bytes);
    workload_count(w, WORK_FILES, r->files);
    workload_count(w, WORK_REPEATED, s->repeated);
    workload_count(w, WORK_FILTERED, r->filtered);
    for (size_t i = 0; i < s->problem_count; i++)
        workload_add_problem(w, s->problems[i].file, s->problems[i].line,
                             str_of(s->problems[i].err.message));
    workload_count(w, WORK_BAD, s->bad - s->problem_count);
    o->stray = s->stray;
    o->nul_bytes = s->nul_bytes;
    o->repeated = s->repeated;
    o->bad = workload_counted(w, WORK_BAD);
    o->interrupted = is_over(r) && !r->options->follow;
}

static void read_inputs(struct reading *r, const struct log_input *inputs, size_t count)
{
    while (count && !is_over(r)) {
        r->next_count = 0;
        for (size_t i = 0; i < count && !is_over(r); i++)
            read_input(r, &inputs[i], i + 1 == count);
        inputs = r->next;
        count = r->next_count;
    }
}

struct workload *log_run(const struct log_input *inputs, size_t count,
                         const struct log_run_options *o, const struct log_filter *filter,
                         const struct analysis *an, struct log_outcome *outcome)
{
    struct reading r = {.options = o, .filter = filter, .outcome = outcome};
    struct log_options lo = {.prefix = o->prefix};
    struct sigaction before;
    unsigned long long total = 0;
    *outcome = (struct log_outcome){.worst = ERR_NONE};
    for (size_t i = 0; i < count; i++)
        total += inputs[i].size;
    r.batches = log_batches_new(o, filter, an);
    r.log = log_new(&lo, sink, &r);
    r.next_show_s = now_s() + SHOW_FIRST_S;
    interrupted = 0;
    if (!o->watch)
        catch_interrupts(&before);
    progress_begin(&r.progress, o->follow ? 0 : total, o->quiet || o->watch);
    read_inputs(&r, inputs, count);
    log_end(r.log);
    struct workload *w = log_batches_finish(r.batches);
    progress_end(&r.progress);
    if (!o->watch)
        sigaction(SIGINT, &before, NULL);
    hand_over(&r, w);
    log_free(r.log);
    return w;
}
