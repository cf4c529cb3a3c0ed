/*
 * Events of server logs as text, for tests:
 *
 *     logdump [-c BYTES] [-p PREFIX] [-n] [-y YEAR] FILE...
 *
 * -c  feed in chunks of that many bytes; -n  counts by kind only, as "kind N" lines
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "read/log.h"

static void print_str(const char *name, struct str s)
{
    if (!s.p)
        return;
    printf(" %s=[", name);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c == '\\' || c == ']')
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    putchar(']');
}

static void print_marks(const struct log_event *e)
{
    static const char *const steps[] = {"", " execute", " fetch"};
    fputs(e->kind == LOG_STATEMENT || e->kind == LOG_TEXT ? steps[e->step] : "", stdout);
    if (e->nested)
        fputs(" nested", stdout);
    if (e->paired)
        fputs(" paired", stdout);
    if (e->batch_index)
        printf(" batch=%zu", e->batch_index);
    if (e->cut)
        fputs(" cut", stdout);
}

static bool print_event(void *ctx, const struct log_event *e)
{
    (void)ctx;
    printf("%s", log_kind_name[e->kind]);
    print_marks(e);
    printf(" line=%zu offset=%llu", e->line, e->offset);
    if (e->time_us != LOG_NO_TIME)
        printf(" us=%lld", (long long)e->time_us);
    if (!isnan(e->duration_ms))
        printf(" ms=%.3f", e->duration_ms);
    if (e->pid)
        printf(" pid=%ld", e->pid);
    if (e->query_id)
        printf(" qid=%lld", (long long)e->query_id);
    if (e->kind == LOG_TEMP_FILE)
        printf(" temp=%llu", e->temp_bytes);
    print_str("time", e->time_text);
    print_str("user", e->user);
    print_str("db", e->database);
    print_str("app", e->app);
    print_str("host", e->host);
    print_str("tag", e->tag);
    print_str("severity", e->severity);
    print_str("sql", e->sql);
    print_str("params", e->params);
    print_str("context", e->context);
    print_str("message", e->message);
    print_str("body", e->body);
    putchar('\n');
    return true;
}

/* Kinds as the reference counts name them. */
struct counts {
    unsigned long kind[LOG_KIND_COUNT];
    unsigned long step[3], cut, nested, paired, cut_plans;
};

static bool count_event(void *ctx, const struct log_event *e)
{
    struct counts *c = ctx;
    c->kind[e->kind]++;
    if (e->kind == LOG_STATEMENT)
        c->step[e->step]++;
    c->cut += e->cut;
    c->cut_plans += e->cut && e->kind == LOG_PLAN;
    c->nested += e->nested;
    c->paired += e->paired;
    return true;
}

static void print_counts(const struct counts *c, const struct log *log)
{
    const struct log_stats *s = log_stats(log);
    const char *dress = log_dress(log), *prefix = log_prefix(log);
    for (int k = 0; k < LOG_KIND_COUNT; k++)
        printf("%s %lu\n", log_kind_name[k], c->kind[k]);
    printf("simple %lu\nexecute %lu\nfetch %lu\n", c->step[0], c->step[1], c->step[2]);
    printf("nested %lu\npaired %lu\ncut %lu\ncut_plans %lu\n", c->nested, c->paired, c->cut,
           c->cut_plans);
    printf("bad %llu\nstray %llu\nrepeated %llu\nnul_bytes %llu\nlines %llu\n", s->bad, s->stray,
           s->repeated, s->nul_bytes, s->lines);
    printf("format %s\ndress %s\nprefix '%s'\n", log_format_name[log_format(log)],
           dress ? dress : "none", prefix ? prefix : "");
}

static void print_problems(const struct log *log)
{
    const struct log_stats *s = log_stats(log);
    struct err err = {0};
    for (size_t i = 0; i < s->problem_count; i++)
        printf("problem %zu:%llu: %s\n", s->problems[i].line, s->problems[i].offset,
               s->problems[i].err.message);
    if (log_explain_nothing(log, &err))
        printf("nothing %zu: %s; %s\n", err.line, err.message, err.hint);
}

static bool feed_file(struct log *log, const char *path, size_t chunk, struct err *err)
{
    char *buf = xmalloc(chunk);
    size_t got = 1;
    struct io_in *in = io_open(path, err);
    bool good = in != NULL;
    log_file(log, str_of(path));
    while (good && got) {
        good = io_read(in, buf, chunk, &got, err);
        if (got)
            log_feed(log, buf, got);
    }
    if (in)
        io_close(in);
    free(buf);
    return good;
}

int main(int argc, char **argv)
{
    struct log_options options = {.prefix = NULL};
    struct counts counts = {.cut = 0};
    size_t chunk = 256 * 1024;
    bool only_counts = false;
    int c;
    while ((c = getopt(argc, argv, "c:p:ny:")) != -1) {
        if (c == 'c')
            chunk = (size_t)atol(optarg);
        else if (c == 'p')
            options.prefix = optarg;
        else if (c == 'y')
            options.year = atoi(optarg);
        else if (c == 'n')
            only_counts = true;
        else
            return 2;
    }
    struct log *log = log_new(&options, only_counts ? count_event : print_event, &counts);
    for (int i = optind; i < argc; i++) {
        struct err err = {0};
        if (!feed_file(log, argv[i], chunk ? chunk : 1, &err))
            printf("error %s: %s\n", argv[i], err.message);
    }
    log_end(log);
    if (only_counts)
        print_counts(&counts, log);
    print_problems(log);
    log_free(log);
    return 0;
}
