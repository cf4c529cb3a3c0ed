/*
 * A log of any size made from the records of real ones:
 *
 *     gen_log stderr|csv|json MEGABYTES plans|lines FILE... >OUT
 *
 * The records of FILE are repeated in their order, as several backends would have written them:
 * times go on, processes and session lines are counted, the decimals of plans' figures vary, and
 * in one record of ten a constant of the statement does. lines: records without plans only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/json.h"
#include "read/log.h"

enum dest { DEST_STDERR, DEST_CSV, DEST_JSON };

/* One record of the sources. */
struct record {
    struct str message, detail, context, severity;
    bool plan, vary;
};

struct gen {
    struct arena *arena;
    struct record *records;
    size_t count, cap;
    bool lines_only;
    enum dest dest;
    struct buf out, message, detail;
    uint64_t random;
    unsigned long long written, limit, line_num;
};

static uint64_t next(struct gen *g)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return g->random;
}

/* ---- sources ---- */

static struct str message_of(struct arena *a, const struct log_event *e)
{
    struct buf b = {0};
    const char *words[] = {"statement: ", "execute <unnamed>: ", "execute fetch from <unnamed>: "};
    if (e->kind == LOG_PLAN) {
        buf_printf(&b, "duration: %.3f ms  plan:\n", e->duration_ms);
        buf_addstr(&b, e->body);
    } else if (e->kind == LOG_STATEMENT || e->kind == LOG_PARSE || e->kind == LOG_BIND) {
        buf_printf(&b, "duration: %.3f ms  %s", e->duration_ms,
                   e->kind == LOG_PARSE  ? "parse <unnamed>: "
                   : e->kind == LOG_BIND ? "bind <unnamed>: "
                                         : words[e->step]);
        buf_addstr(&b, e->sql);
    } else if (e->message.len) {
        buf_addstr(&b, e->message);
    }
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static bool keep(void *ctx, const struct log_event *e)
{
    struct gen *g = ctx;
    if (g->lines_only && e->kind == LOG_PLAN)
        return true;
    struct record r = {.message = message_of(g->arena, e), .plan = e->kind == LOG_PLAN};
    if (!r.message.len)
        return true;
    struct str severity = e->severity;
    while (severity.len && strchr(": ", severity.p[severity.len - 1]))
        severity.len--;
    r.severity = str_dup(g->arena, severity);
    if (e->params.len)
        r.detail = str_of(arena_printf(g->arena, "parameters: %.*s", STR_ARG(e->params)));
    if (e->context.len)
        r.context = str_dup(g->arena, e->context);
    r.vary = e->kind == LOG_PLAN || e->kind == LOG_STATEMENT;
    if (g->count == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 256;
        g->records = xrealloc(g->records, g->cap * sizeof *g->records);
    }
    g->records[g->count++] = r;
    return true;
}

static void load(struct gen *g, const char *path)
{
    struct log_options o = {.prefix = NULL};
    struct buf text = {0};
    struct err err = {0};
    struct log *log = log_new(&o, keep, g);
    if (!io_read_all(path, &text, &err)) {
        fprintf(stderr, "gen_log: %s: %s\n", path, err.message);
        exit(2);
    }
    log_file(log, str_of(path));
    log_feed(log, text.data, text.len);
    log_end(log);
    log_free(log);
    buf_free(&text);
}

/* ---- varying ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits behind a decimal point are noise; one constant (" = 42") now and then is another. */
static void vary(struct gen *g, struct str s)
{
    static uint64_t constant;
    bool other = next(g) % 10 == 0;
    buf_clear(&g->message);
    buf_addstr(&g->message, s);
    char *p = g->message.data, *end = p + g->message.len;
    for (char *c = p; c + 4 < end; c++) {
        if (*c == '.' && c > p && is_digit(c[-1]) && is_digit(c[1])) {
            for (c++; is_digit(*c); c++)
                *c = (char)('0' + next(g) % 10);
        } else if (other && memcmp(c, " = ", 3) == 0 && is_digit(c[3])) {
            if (next(g) % 2)
                constant = next(g);
            for (c += 3; is_digit(*c); c++)
                *c = (char)('1' + (constant + (uint64_t)(c - p)) % 9);
            other = false;
        }
    }
}

/* ---- writing ---- */

static void add_time(struct gen *g, struct buf *b)
{
    unsigned long long ms = 1795332000000ULL + g->line_num / 3;
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    char text[32];
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    buf_printf(b, "%s.%03d UTC", text, (int)(ms % 1000));
}

/* A backend writes a hundred records. */
static unsigned pid_of(const struct gen *g)
{
    return 1000 + (unsigned)(g->line_num / 100 % 30000);
}

static void add_tabbed(struct buf *b, struct str s)
{
    struct str line;
    const char *between = "";
    while (str_line(&s, &line)) {
        buf_adds(b, between);
        buf_addstr(b, line);
        between = "\n\t";
    }
    buf_addc(b, '\n');
}

static void add_part(struct gen *g, const char *word, struct str text)
{
    if (!text.len)
        return;
    add_time(g, &g->out);
    buf_printf(&g->out, " [%u] %s:  ", pid_of(g), word);
    add_tabbed(&g->out, text);
}

static void write_stderr(struct gen *g, const struct record *r, struct str message)
{
    add_time(g, &g->out);
    buf_printf(&g->out, " [%u] %.*s:  ", pid_of(g), STR_ARG(r->severity));
    add_tabbed(&g->out, message);
    add_part(g, "DETAIL", r->detail);
    add_part(g, "CONTEXT", r->context);
}

static void add_quoted(struct buf *b, struct str s)
{
    if (!s.len)
        return;
    buf_addc(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"')
            buf_addc(b, '"');
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, '"');
}

static void write_csv(struct gen *g, const struct record *r, struct str message)
{
    struct buf *b = &g->out;
    add_time(g, b);
    buf_printf(b, ",\"app\",\"shop\",%u,\"[local]\",6b02%04x.%x,%llu,\"SELECT\",", pid_of(g),
               (unsigned)(g->line_num / 100 % 65536), pid_of(g), g->line_num % 100 + 1);
    buf_printf(b, "2026-11-22 06:00:00 UTC,3/4,0,%.*s,00000,", STR_ARG(r->severity));
    add_quoted(b, message);
    buf_addc(b, ',');
    add_quoted(b, r->detail);
    buf_adds(b, ",,,,");
    add_quoted(b, r->context);
    buf_adds(b, ",,,,\"psql\",\"client backend\",,0\n");
}

static void write_json(struct gen *g, const struct record *r, struct str message)
{
    struct json_writer w;
    struct buf time = {0};
    add_time(g, &time);
    json_writer_init(&w, &g->out, false);
    json_open_object(&w);
    json_key(&w, "timestamp");
    json_string(&w, buf_str(&time));
    json_key(&w, "user");
    json_cstring(&w, "app");
    json_key(&w, "dbname");
    json_cstring(&w, "shop");
    json_key(&w, "pid");
    json_int(&w, pid_of(g));
    json_key(&w, "session_id");
    buf_clear(&time);
    buf_printf(&time, "6b02%04x.%x", (unsigned)(g->line_num / 100 % 65536), pid_of(g));
    json_string(&w, buf_str(&time));
    json_key(&w, "line_num");
    json_int(&w, (int64_t)(g->line_num % 100 + 1));
    json_key(&w, "error_severity");
    json_string(&w, r->severity);
    json_key(&w, "message");
    json_string(&w, message);
    if (r->detail.len) {
        json_key(&w, "detail");
        json_string(&w, r->detail);
    }
    if (r->context.len) {
        json_key(&w, "context");
        json_string(&w, r->context);
    }
    json_close_object(&w);
    buf_addc(&g->out, '\n');
    buf_free(&time);
}

static void flush(struct gen *g)
{
    g->written += g->out.len;
    if (fwrite(g->out.data, 1, g->out.len, stdout) != g->out.len)
        exit(1);
    buf_clear(&g->out);
}

static void generate(struct gen *g)
{
    static void (*const writers[])(struct gen *, const struct record *,
                                   struct str) = {write_stderr, write_csv, write_json};
    for (size_t i = 0; g->written + g->out.len < g->limit; i = (i + 1) % g->count) {
        const struct record *r = &g->records[i];
        struct str message = r->message;
        if (r->vary) {
            vary(g, r->message);
            message = buf_str(&g->message);
        }
        writers[g->dest](g, r, message);
        g->line_num++;
        if (g->out.len > 1 << 20)
            flush(g);
    }
    flush(g);
}

int main(int argc, char **argv)
{
    static const char *const dests[] = {"stderr", "csv", "json"};
    struct gen g = {.arena = arena_new(0), .random = 88172645463325252ULL};
    if (argc < 5)
        return 2;
    for (int i = 0; i < 3; i++)
        if (strcmp(argv[1], dests[i]) == 0)
            g.dest = (enum dest)i;
    g.limit = strtoull(argv[2], NULL, 10) << 20;
    g.lines_only = strcmp(argv[3], "lines") == 0;
    for (int i = 4; i < argc; i++)
        load(&g, argv[i]);
    if (g.count)
        generate(&g);
    buf_free(&g.out);
    buf_free(&g.message);
    buf_free(&g.detail);
    free(g.records);
    arena_free(g.arena);
    return 0;
}
