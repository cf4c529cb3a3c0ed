/* Logs out of memory, and what came of them as text. */
#ifndef TESTS_LOGFEED_H
#define TESTS_LOGFEED_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "read/log.h"

/* Events of a run: one line each, all fields. */
struct fed {
    struct buf text;
    size_t count, whole;            /* events; those not cut */
    size_t before;                  /* not cut, and beginning before `limit` */
    unsigned long long limit, last; /* byte offsets; of the last event */
    unsigned long long inside;      /* of all plans */
    double inside_ms;
    struct log_stats stats;
    enum log_format format;
    char prefix[256], dress[32];
    struct err nothing; /* why there is none */
};

static void fed_str(struct buf *b, const char *name, struct str s)
{
    if (!s.p)
        return;
    buf_printf(b, " %s=[", name);
    buf_addstr(b, s);
    buf_addc(b, ']');
}

static bool fed_take(void *ctx, const struct log_event *e)
{
    struct fed *f = ctx;
    struct buf *b = &f->text;
    f->count++;
    f->whole += !e->cut;
    f->before += !e->cut && e->offset < f->limit;
    f->last = e->offset;
    f->inside += e->inside;
    f->inside_ms += e->inside_ms;
    buf_printf(b, "%s%s%s%s%s line=%zu at=%llu", log_kind_name[e->kind],
               e->step == LOG_EXECUTE ? " execute"
               : e->step == LOG_FETCH ? " fetch"
                                      : "",
               e->nested ? " nested" : "", e->paired ? " paired" : "", e->cut ? " cut" : "",
               e->line, e->offset);
    if (e->batch_index)
        buf_printf(b, " batch=%zu", e->batch_index);
    if (e->time_us != LOG_NO_TIME)
        buf_printf(b, " us=%lld", (long long)e->time_us);
    if (!isnan(e->duration_ms))
        buf_printf(b, " ms=%.3f", e->duration_ms);
    if (e->pid)
        buf_printf(b, " pid=%ld", e->pid);
    if (e->query_id)
        buf_printf(b, " id=%lld", (long long)e->query_id);
    if (e->temp_bytes)
        buf_printf(b, " temp=%llu", e->temp_bytes);
    fed_str(b, "user", e->user);
    fed_str(b, "db", e->database);
    fed_str(b, "app", e->app);
    fed_str(b, "host", e->host);
    fed_str(b, "tag", e->tag);
    fed_str(b, "sql", e->sql);
    fed_str(b, "params", e->params);
    fed_str(b, "context", e->context);
    fed_str(b, "message", e->message);
    fed_str(b, "body", e->body);
    buf_addc(b, '\n');
    return true;
}

static void fed_finish(struct fed *f, struct log *log)
{
    log_end(log);
    f->stats = *log_stats(log);
    f->format = log_format(log);
    snprintf(f->prefix, sizeof f->prefix, "%s", log_prefix(log) ? log_prefix(log) : "");
    snprintf(f->dress, sizeof f->dress, "%s", log_dress(log) ? log_dress(log) : "");
    log_explain_nothing(log, &f->nothing);
    log_free(log);
}

/* One text as a file, in chunks; o: NULL for the defaults. */
__attribute__((unused)) static void fed_text(struct fed *f, struct str text, size_t chunk,
                                             const struct log_options *o)
{
    struct log_options none = {.prefix = NULL};
    unsigned long long limit = f->limit;
    *f = (struct fed){.limit = limit};
    struct log *log = log_new(o ? o : &none, fed_take, f);
    log_file(log, STR("test.log"));
    for (size_t at = 0; at < text.len; at += chunk)
        log_feed(log, text.p + at, text.len - at < chunk ? text.len - at : chunk);
    fed_finish(f, log);
}

/* What a file holds, decompressed. */
__attribute__((unused)) static struct buf fed_content(const char *path)
{
    struct buf b = {0};
    struct err err = {0};
    if (!io_read_all(path, &b, &err)) {
        printf("Bail out! %s: %s\n", path, err.message);
        exit(1);
    }
    return b;
}

__attribute__((unused)) static void fed_free(struct fed *f)
{
    buf_free(&f->text);
}

#endif
