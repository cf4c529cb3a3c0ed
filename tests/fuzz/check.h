/* What must hold whatever a reader was fed: a result or an error, and a sound tree. */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            err_bug(__FILE__, __LINE__, "not so: %s", #condition);                                 \
    } while (0)

typedef bool read_fn(struct build *b, struct str text, int line, size_t *used, struct err *err);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((unused)) static void check_plan(const struct plan *p)
{
    int count = 0;
    MUST(p->root && p->nodes && p->node_count > 0);
    for (const struct node *n = p->root; n; n = node_walk(n, p->root), count++) {
        MUST(n->id == count + 1 && p->nodes[count] == n);
        MUST(n->parent ? n->depth == n->parent->depth + 1 : n == p->root && n->depth == 0);
        for (size_t i = 1; i < n->worker_count; i++)
            MUST(n->workers[i].number > n->workers[i - 1].number);
        for (int i = 0; i < PROP_NUM_COUNT; i++)
            MUST(!isinf(n->num[i]));
        for (const struct prop *prop = n->props; prop; prop = prop->next)
            MUST(!prop->value.text.p || prop->value.text.p[prop->value.text.len] == '\0');
    }
    MUST(count == p->node_count);
}

/* Read a copy that ends where its memory ends, so that a byte too far is noticed. */
__attribute__((unused)) static void check_reader(read_fn *read, enum plan_format format,
                                                 const uint8_t *data, size_t size)
{
    size_t used = 0, count;
    struct err err = {0};
    struct arena *a = arena_new(0);
    char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    struct build *b = build_new(a, format);
    bool good = read(b, (struct str){copy, size}, 1, &used, &err);
    MUST(good == (err.code == ERR_NONE) && good == !err.message[0]);
    MUST(used <= size);
    MUST(good ? build_depth(b) == 0 && build_open_nodes(b) == 0 : err.line > 0);
    build_truncate(b);
    struct plan **plans = build_finish(b, &count);
    for (size_t i = 0; i < count; i++)
        check_plan(plans[i]);
    free(copy);
    arena_free(a);
}

#endif
