/*
 * Files that come while others are followed: a server that rotates its log begins one under a new
 * name in the same directory. What was there before is told by device and inode, so that a file
 * that was renamed is not read again; nor is one that begins no later than what was read (a
 * compressed copy). A file that is empty yet is waited for.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "cli/logrun.h"

struct log_search {
    struct arena *arena; /* of paths */
    const char *const *operands;
    size_t operand_count;
    struct log_input *known;
    size_t count, cap;
};

static void know(struct log_search *s, const struct log_input *in)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 16;
        s->known = xrealloc(s->known, s->cap * sizeof *s->known);
    }
    s->known[s->count++] = *in;
}

struct log_search *log_search_new(const char *const *operands, size_t count,
                                  const struct log_input *first, size_t first_count)
{
    struct log_search *s = xcalloc(1, sizeof *s);
    s->arena = arena_new(0);
    s->operands = operands;
    s->operand_count = count;
    for (size_t i = 0; i < first_count; i++)
        know(s, &first[i]);
    return s;
}

void log_search_free(struct log_search *s)
{
    if (!s)
        return;
    arena_free(s->arena);
    free(s->known);
    free(s);
}

void log_search_know(struct log_search *s, const char *path)
{
    struct arena *a = arena_new(0);
    struct log_input *in = NULL;
    struct buf notes = {0};
    struct err err = {0};
    size_t count;
    if (log_inputs(a, &path, 1, NULL, 0, &in, &count, &notes, &err) && count == 1) {
        in->path = path;
        know(s, in);
    }
    buf_free(&notes);
    arena_free(a);
}

static int64_t latest(const struct log_search *s)
{
    int64_t last = LOG_NO_TIME;
    for (size_t i = 0; i < s->count; i++)
        last = s->known[i].first_us > last ? s->known[i].first_us : last;
    return last;
}

size_t log_search_again(struct log_search *s, const struct log_input **out)
{
    struct arena *a = arena_new(0);
    struct log_input *found = NULL;
    struct buf notes = {0};
    struct err err = {0};
    size_t count = 0, before = s->count, kept = 0;
    int64_t last = latest(s);
    if (!log_inputs(a, s->operands, s->operand_count, s->known, before, &found, &count, &notes,
                    &err))
        count = 0; /* a directory is away for a moment */
    for (size_t i = 0; i < count; i++) {
        struct log_input in = found[i];
        if (!in.regular || in.size == 0)
            continue;
        in.path = arena_strdup(s->arena, in.path);
        know(s, &in);
        if (in.first_us == LOG_NO_TIME || in.first_us > last)
            found[kept++] = in;
    }
    struct log_input *copy = arena_calloc(s->arena, kept + 1, sizeof *copy);
    for (size_t i = 0; i < kept; i++)
        copy[i] = found[i];
    *out = copy;
    buf_free(&notes);
    arena_free(a);
    return kept;
}
