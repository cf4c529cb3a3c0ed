#include "read/body.h"

#include "base/arena.h"
#include "plan/build.h"
#include "read/json.h"
#include "read/recall.h"
#include "read/text.h"
#include "read/yaml.h"
#include "read/xml.h"

typedef bool read_fn(struct build *b, struct str text, int line, size_t *used, struct err *err);

/* A body that is one whole document of the format; NULL: it is not. */
static struct plan *read_as(struct arena *a, enum plan_format format, read_fn *read,
                            struct str body)
{
    struct err err = {0};
    size_t used = 0, count = 0;
    struct build *b = build_new(a, format);
    bool good = read(b, body, 1, &used, &err);
    good = good && str_trim(str_sub(body, used, body.len)).len == 0;
    if (!good) {
        build_abandon(b);
        return NULL;
    }
    struct plan **plans = build_finish(b, &count);
    return count == 1 ? plans[0] : NULL;
}

static struct plan *read_any(struct arena *a, struct str body, struct err *err)
{
    struct read_result r = {0};
    if (read_plans(a, body, &r))
        return r.plans[0];
    if (r.problem_count)
        err_set(err, r.problems[0].err.code, "%s", r.problems[0].err.message);
    return NULL;
}

/* YAML begins in the same way, with a quote. */
static bool is_text(struct str body)
{
    return str_starts(body, "Query Text: ") && !str_starts(body, "Query Text: \"");
}

/* The formats that are recalled: those of nearly all logs. */
static const struct plan *read_again(struct recall *recall, struct str body)
{
    bool json = body.len && body.p[0] == '{';
    bool text = is_text(body);
    const struct plan *p = json || text ? recall_find(recall, body) : NULL;
    return !p && (json || text) ? recall_learn(recall, json ? FORMAT_JSON : FORMAT_TEXT, body) : p;
}

const struct plan *read_body(struct arena *a, struct recall *recall, struct str body,
                             struct err *err)
{
    const struct plan *p = recall ? read_again(recall, body) : NULL;
    if (p)
        return p;
    if (body.len && body.p[0] == '{')
        p = read_as(a, FORMAT_JSON, read_json, body);
    else if (str_starts(body, "<explain"))
        p = read_as(a, FORMAT_XML, read_xml, body);
    else if (str_starts(body, "Query Text: \""))
        p = read_as(a, FORMAT_YAML, read_yaml, body);
    else if (is_text(body))
        p = read_as(a, FORMAT_TEXT, read_text, body);
    return p ? p : read_any(a, body, err);
}
