/* Any bytes as a log: the events do not depend on the pieces; a record is whole or cut. */
#include <string.h>

#include "check.h"
#include "read/log.h"

struct seen {
    uint64_t hash;
    size_t count, cut;
};

static void add(struct seen *s, struct str t)
{
    for (size_t i = 0; i < t.len; i++)
        s->hash = (s->hash ^ (unsigned char)t.p[i]) * 0x100000001B3u;
    s->hash = (s->hash ^ t.len) * 0x100000001B3u;
}

static bool take(void *ctx, const struct log_event *e)
{
    struct seen *s = ctx;
    const struct str *const texts[] = {&e->time_text, &e->user,    &e->database, &e->app,
                                       &e->host,      &e->sql,     &e->params,   &e->body,
                                       &e->message,   &e->context, &e->severity};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        MUST(texts[i]->p || !texts[i]->len);
        add(s, *texts[i]);
    }
    MUST((unsigned)e->kind < LOG_KIND_COUNT && e->line > 0);
    MUST(e->kind == LOG_PLAN || !e->body.len);
    MUST(!isinf(e->duration_ms));
    s->hash = (s->hash ^ (uint64_t)e->line ^ e->offset << 20 ^ (uint64_t)e->kind << 40) * 31;
    s->count++;
    s->cut += e->cut;
    return true;
}

static struct seen feed(const uint8_t *data, size_t size, size_t chunk, size_t split)
{
    struct seen s = {.hash = 1};
    struct log_options o = {.record_cap = 4096, .year = 2026};
    struct log *log = log_new(&o, take, &s);
    log_file(log, STR("a"));
    for (size_t at = 0; at < size;) {
        size_t n = chunk < size - at ? chunk : size - at;
        if (at < split && at + n > split)
            n = split - at;
        char *copy = malloc(n ? n : 1); /* so that a byte too far is noticed */
        memcpy(copy, data + at, n);
        log_feed(log, copy, n);
        free(copy);
        at += n;
        if (split && at == split)
            log_file(log, STR("b"));
    }
    log_end(log);
    const struct log_stats *stats = log_stats(log);
    MUST(stats->records == s.count && stats->bad >= s.cut);
    s.hash = (s.hash ^ stats->bad) * 31 + stats->stray;
    log_free(log);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t chunk = (size_t)data[0] + 1, split = data[1] & 1 ? size / 2 : 0;
    data += 2;
    size -= 2;
    struct seen whole = feed(data, size, size + 1, split), parts = feed(data, size, chunk, split);
    MUST(whole.count == parts.count && whole.hash == parts.hash);
    return 0;
}
