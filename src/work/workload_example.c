/* Examples: one block of memory each, texts and packed plan together. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "plan/plan.h"
#include "read/read.h"
#include "work/workload_private.h"

enum { TEXTS = 8 };

static void texts_of(struct work_example *x, struct str *text[TEXTS])
{
    struct str *all[TEXTS] = {&x->file, &x->time_text, &x->user,    &x->database,
                              &x->app,  &x->params,    &x->context, &x->sql};
    memcpy(text, all, sizeof all);
}

bool example_is_better(const struct work_example *a, const struct work_example *b)
{
    if (!a->file.p || a->duration_ns != b->duration_ns)
        return !a->file.p || b->duration_ns > a->duration_ns;
    int order = str_cmp(b->file, a->file);
    if (order)
        return order < 0;
    if (a->line != b->line)
        return b->line < a->line;
    return b->digest < a->digest;
}

uint64_t example_digest(const struct work_example *x, struct str body)
{
    struct work_example copy = *x;
    struct str *text[TEXTS];
    texts_of(&copy, text);
    uint64_t digest = digest_add((uint64_t)x->time_us, body);
    for (size_t i = 0; i < TEXTS; i++)
        digest = digest_add(digest, *text[i]);
    return digest;
}

void example_set(struct work_example *x, const struct work_example *from)
{
    struct work_example copy = *from;
    struct str *text[TEXTS];
    size_t size = from->packed_len;
    texts_of(&copy, text);
    for (size_t i = 0; i < TEXTS; i++)
        size += text[i]->p ? text[i]->len + 1 : 0;
    char *block = xmalloc(size), *p = block;
    for (size_t i = 0; i < TEXTS; i++) {
        if (!text[i]->p)
            continue;
        memcpy(p, text[i]->p, text[i]->len);
        p[text[i]->len] = 0;
        text[i]->p = p;
        p += text[i]->len + 1;
    }
    if (from->packed) {
        memcpy(p, from->packed, from->packed_len);
        copy.packed = p;
    }
    example_release(x);
    *x = copy;
}

/* The block begins with the file's name, which every example has. */
void example_release(struct work_example *x)
{
    free((char *)(uintptr_t)x->file.p);
    *x = (struct work_example){.time_us = INT64_MIN};
}

struct str work_example_body(struct arena *a, const struct work_example *x)
{
    struct buf b = {0};
    struct err err = {0};
    struct str out = {0};
    if (x->packed && io_unpack(&b, (struct str){x->packed, x->packed_len}, x->body_len, &err))
        out = str_dup(a, buf_str(&b));
    buf_free(&b);
    return out;
}

const struct plan *work_example_plan(struct arena *a, const struct work_example *x)
{
    struct str body = work_example_body(a, x);
    struct read_result read = {0};
    return body.p && read_plans(a, body, &read) ? read.plans[0] : NULL;
}
