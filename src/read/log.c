#include "read/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "read/log_impl.h"
#include "read/log_time.h"

const char *const log_kind_name[LOG_KIND_COUNT] = {
    [LOG_PLAN] = "plan",           [LOG_STATEMENT] = "statement", [LOG_PARSE] = "parse",
    [LOG_BIND] = "bind",           [LOG_DURATION] = "duration",   [LOG_TEXT] = "text",
    [LOG_TEMP_FILE] = "temp_file", [LOG_ERROR] = "error",         [LOG_OTHER] = "other"};
const char *const log_format_name[] = {"unknown", "stderr", "csvlog", "jsonlog"};

/* How much of a file is looked at to find out what it is: more only where that does not tell. */
enum { LEAST_SAMPLE = 1024, SAMPLE = 64 * 1024, LARGEST_SAMPLE = 4 * 1024 * 1024, RECORD_CAP = 10 * 1024 * 1024 };

struct log *log_new(const struct log_options *options, log_sink *sink, void *ctx)
{
    struct log *log = xcalloc(1, sizeof *log);
    log->options = *options;
    log->sink = sink;
    log->ctx = ctx;
    log->dress = log_dress_none;
    log->dress_time_us = LOG_NO_TIME;
    stderr_init(log);
    return log;
}

void log_free(struct log *log)
{
    if (!log)
        return;
    buf_free(&log->in);
    buf_free(&log->raw);
    buf_free(&log->joined);
    buf_free(&log->scratch);
    buf_free(&log->csv.row);
    buf_free(&log->csv.text);
    buf_free(&log->json_field);
    for (int i = 0; i < SECTION_COUNT; i++)
        buf_free(&log->json_text[i]);
    log_dress_release(log);
    stderr_release(log);
    sessions_release(&log->sessions);
    sessions_release(&log->lines);
    free(log);
}

size_t log_cap(const struct log *log)
{
    return log->options.record_cap ? log->options.record_cap : RECORD_CAP;
}

void log_complain(struct log *log, struct log_place at, const char *fmt, ...)
{
    struct log_stats *s = &log->stats;
    s->bad++;
    if (s->problem_count == LOG_PROBLEMS_KEPT)
        return;
    struct log_problem *p = &s->problems[s->problem_count++];
    *p = (struct log_problem){.file = at.file, .line = at.line, .offset = at.offset};
    char message[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    err_set(&p->err, ERR_PARTIAL, "%s", message);
    p->err.line = at.line;
}

/* ---- files ---- */

/* What the beginning of the file is, when there is enough of it, or no more will come. */
static void detect(struct log *log, bool at_end)
{
    size_t have = log->in.len - log->used;
    while (!log->decided && have && (at_end || have >= log->sample)) {
        size_t n = have < log->sample ? have : log->sample;
        log_detect(log, (struct str){log->in.data + log->used, n});
        log->decided = log->format != LOG_UNKNOWN || n >= LARGEST_SAMPLE || at_end;
        log->sample *= 2;
    }
    if (log->decided && log->format == LOG_UNKNOWN)
        log->format = LOG_STDERR;
}

static void take(struct log *log, bool at_end)
{
    detect(log, at_end);
    if (!log->decided)
        return;
    if (log->format == LOG_CSV && log->dress == log_dress_none && !log->crlf) {
        log->at = log->here;
        csv_bytes(log, log->in.data + log->used, log->in.len - log->used);
        log->stats.lines += log->at.line - log->here.line;
        log->here = log->at;
        log->used = log->in.len;
    } else {
        log_take_lines(log, at_end);
    }
}

void log_settle(struct log *log)
{
    size_t have = log->in.len - log->used;
    if (log->stopped || !log->in_file || log->decided || have < LEAST_SAMPLE)
        return;
    log->sample = have;
    take(log, false);
}

/* All bytes of the file at hand are there. A record may go on in the next one. */
void log_file_end(struct log *log)
{
    if (!log->in_file)
        return;
    log_decode_end(log);
    take(log, true);
    log_dress_end(log);
    log->in_file = false;
}

void log_file(struct log *log, struct str name)
{
    log_file_end(log);
    log->file = name;
    log->in_file = true;
    log->decided = log->crlf = false;
    log->previous = log->format;
    log->format = LOG_UNKNOWN;
    log->dress = log_dress_none;
    log->dress_pid = 0;
    log->dress_time_us = LOG_NO_TIME;
    log->encoding = ENCODING_UNKNOWN;
    log->sample = SAMPLE;
    log->in.len = log->used = log->searched = log->too_long = 0;
    log->here = (struct log_place){.line = 1, .file = name};
    log->csv.synced = log->csv.row.len > 0; /* a row may go on from the file before */
    log->err.seen_any = log->err.orphans = log->err.lenient = false;
    log->err.failed_line = 0;
}

void log_set_year(struct log *log, int year)
{
    log->options.year = year;
}

void log_end(struct log *log)
{
    log_file_end(log);
    stderr_flush(log, log->last_line_open ? "the log ends within a line" : NULL);
    csv_end(log);
}

/* ---- bytes ---- */

char *log_room(struct log *log, size_t least, size_t *size)
{
    if (log->used) {
        size_t left = log->in.len - log->used;
        if (left)
            memmove(log->in.data, log->in.data + log->used, left);
        log->in.len = left;
        log->searched = log->searched > log->used ? log->searched - log->used : 0;
        log->used = 0;
    }
    buf_reserve(&log->in, least);
    *size = log->in.cap - log->in.len - 1;
    return log->in.data + log->in.len;
}

bool log_filled(struct log *log, size_t n)
{
    if (log->stopped || !log->in_file)
        return !log->stopped;
    log->stats.bytes += n;
    log_decode(log, n);
    take(log, false);
    return !log->stopped;
}

bool log_feed(struct log *log, const char *p, size_t n)
{
    enum { PIECE = 1 << 20 };
    while (n && !log->stopped) {
        size_t piece = n < PIECE ? n : PIECE, size;
        memcpy(log_room(log, piece, &size), p, piece);
        log_filled(log, piece);
        p += piece;
        n -= piece;
    }
    return !log->stopped;
}

/* ---- what came of it ---- */

const struct log_stats *log_stats(const struct log *log)
{
    return &log->stats;
}

enum log_format log_format(const struct log *log)
{
    return log->format;
}

const char *log_dress(const struct log *log)
{
    return log_dress_name(log->dress);
}

const char *log_prefix(const struct log *log)
{
    return log->format == LOG_STDERR && log->err.prefix_count ? log->err.prefixes[0].text : NULL;
}

bool log_explain_nothing(const struct log *log, struct err *err)
{
    const struct stderr_state *s = &log->err;
    if (s->seen_any || !s->failed_line)
        return false;
    struct str line = str_sub(buf_str(&s->failed_buf), 0, 200);
    char fits[PREFIX_TEXT];
    err_set(err, ERR_PARTIAL, "no line begins like a record of PostgreSQL's log");
    err->line = s->failed_line;
    snprintf(err->near, sizeof err->near, "%.*s", STR_ARG(line));
    if (s->given && log_prefix_infer(&line, 1, fits))
        err_hint(err, "--prefix='%s' would fit this line", fits);
    else if (s->given)
        err_hint(err, "without --prefix it is found out from the lines");
    else
        err_hint(err, "--prefix says what log_line_prefix is set to");
    return true;
}

int64_t log_parse_time(struct str s)
{
    int ms;
    return log_time_len(s, &ms) == s.len ? log_time_us(s) : LOG_NO_TIME;
}
