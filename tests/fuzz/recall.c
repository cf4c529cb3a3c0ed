/*
 * Bodies of plans, a NUL between each two: what is recalled must be what reading gives. The first
 * is learned, the others are sought and learned.
 */
#include "../plan_equal.h"
#include "check.h"
#include "read/body.h"
#include "read/recall.h"

static void check_body(struct recall *recall, struct arena *a, struct str body)
{
    struct err err = {0};
    struct plan_comparison c = {0};
    bool json = body.len && body.p[0] == '{';
    const struct plan *kept = recall_find(recall, body);
    bool found = kept != NULL;
    if (!kept)
        kept = recall_learn(recall, json ? FORMAT_JSON : FORMAT_TEXT, body);
    if (kept)
        check_plan(kept);
    const struct plan *read = read_body(a, NULL, body, &err);
    if (found) {
        MUST(read && plan_equal(&c, read, kept));
        for (int i = 0; i < read->node_count; i++)
            MUST(read->nodes[i]->line == kept->nodes[i]->line);
    }
    arena_clear(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct recall *recall = recall_new();
    struct arena *a = arena_new(0);
    struct str rest = {(const char *)data, size};
    while (rest.len) {
        const char *end = memchr(rest.p, '\0', rest.len);
        size_t len = end ? (size_t)(end - rest.p) : rest.len;
        char *copy = malloc(len + 1); /* so that a byte too far is noticed */
        memcpy(copy, rest.p, len);
        check_body(recall, a, (struct str){copy, len});
        free(copy);
        rest = str_sub(rest, len + 1, rest.len);
    }
    arena_free(a);
    recall_free(recall);
    return 0;
}
