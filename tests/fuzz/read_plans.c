#include "check.h"
#include "read/read.h"

/* True comes with a plan, false with a problem that says why; every plan is sound. */
static void check_result(bool good, const struct read_result *r)
{
    MUST(good == (r->plan_count > 0));
    MUST(good || r->problem_count > 0);
    for (size_t i = 0; i < r->plan_count; i++)
        check_plan(r->plans[i]);
    for (size_t i = 0; i < r->problem_count; i++) {
        MUST(r->problems[i].err.code != ERR_NONE && r->problems[i].err.message[0]);
        MUST(good || !r->problems[i].is_warning);
        MUST(r->problems[i].err.near_caret < sizeof r->problems[i].err.near);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct read_result r;
    char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    bool good = read_plans(a, (struct str){copy, size}, &r);
    free(copy);
    check_result(good, &r);
    arena_free(a);
    return 0;
}
