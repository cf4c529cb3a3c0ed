/* Local stopgap until the reader lands. */
#include "read/read.h"
#include "read/json.h"
#include "plan/build.h"
#include "base/arena.h"
bool read_plans(struct arena *a, struct str text, struct read_result *out)
{
    struct build *b = build_new(a, FORMAT_JSON);
    size_t used;
    out->problems = arena_calloc(a, 1, sizeof *out->problems);
    if (!read_json(b, text, 1, &used, &out->problems[0].err)) { out->problem_count = 1; build_abandon(b); return false; }
    out->plans = build_finish(b, &out->plan_count);
    if (out->plan_count == 0) { out->problem_count = 1; err_set(&out->problems[0].err, ERR_NOT_A_PLAN, "expected a plan"); }
    return out->plan_count > 0;
}
