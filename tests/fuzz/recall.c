/*
 * Bodies of plans, a NUL between each two: what is recalled must be what reading gives.
 */
#include "../plan_equal.h"
#include "check.h"
#include "read/body.h"
#include "read/recall.h"

static void check_body(struct recall *recall, struct arena *a, struct arena *b, struct str body)
{
    struct err err = {0}, unheard = {0};
    struct plan_comparison c = {0};
    const struct plan *kept = read_body(a, recall, body, &unheard);
    const struct plan *read = read_body(b, NULL, body, &err);
    MUST(!kept == !read);
    if (kept) {
        check_plan(kept);
        MUST(plan_equal(&c, read, kept));
        for (int i = 0; i < read->node_count; i++)
            MUST(read->nodes[i]->line == kept->nodes[i]->line);
    }
    arena_clear(a);
    arena_clear(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct recall *recall = recall_new();
    struct arena *a = arena_new(0), *b = arena_new(0);
    struct str rest = {(const char *)data, size};
    while (rest.len) {
        const char *end = memchr(rest.p, '\0', rest.len);
        size_t len = end ? (size_t)(end - rest.p) : rest.len;
        char *copy = malloc(len + 1); /* so that a byte too far is noticed */
        memcpy(copy, rest.p, len);
        check_body(recall, a, b, (struct str){copy, len});
        free(copy);
        rest = str_sub(rest, len + 1, rest.len);
    }
    arena_free(a);
    arena_free(b);
    recall_free(recall);
    return 0;
}
