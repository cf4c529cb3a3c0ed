/* Local stopgap until the reader lands. */
#include "read/read.h"
#include "read/json.h"
#include "read/text.h"
#include "read/xml.h"
#include "read/yaml.h"
#include "plan/build.h"
#include "base/arena.h"
bool read_plans(struct arena *a, struct str text, struct read_result *out)
{
    struct str t = str_trim(text);
    enum plan_format f = str_starts(t, "[") || str_starts(t, "{") ? FORMAT_JSON : str_starts(t, "<") ? FORMAT_XML : str_starts(t, "- Plan") ? FORMAT_YAML : FORMAT_TEXT;
    struct build *b = build_new(a, f);
    size_t used;
    out->problems = arena_calloc(a, 1, sizeof *out->problems);
    struct err *e = &out->problems[0].err;
    bool good = f == FORMAT_JSON ? read_json(b, text, 1, &used, e) : f == FORMAT_XML ? read_xml(b, text, 1, &used, e) : f == FORMAT_YAML ? read_yaml(b, text, 1, &used, e) : read_text(b, text, 1, &used, e);
    if (!good) { out->problem_count = 1; build_abandon(b); return false; }
    out->plans = build_finish(b, &out->plan_count);
    if (out->plan_count == 0) { out->problem_count = 1; err_set(e, ERR_NOT_A_PLAN, "expected a plan"); }
    return out->plan_count > 0;
}
