#include "sql/raw.h"

static const struct {
    const char *name;
    size_t len;
} names[] = {
#define RAW(tag) {#tag, sizeof #tag - 1},
#include "sql/raw.def"
#undef RAW
};

enum raw_tag raw_tag(const struct json *node)
{
    if (!node || node->kind != JSON_OBJECT || !node->child)
        return RAW_OTHER;
    struct str key = node->child->key;
    for (int i = 0; i < RAW_OTHER; i++)
        if (names[i].len == key.len && memcmp(names[i].name, key.p, key.len) == 0)
            return (enum raw_tag)i;
    return RAW_OTHER;
}

const struct json *raw_body(const struct json *node)
{
    return node && node->kind == JSON_OBJECT ? node->child : NULL;
}

const struct json *raw_as(const struct json *node, enum raw_tag tag)
{
    return raw_tag(node) == tag ? node->child : NULL;
}

struct str raw_string(const struct json *node)
{
    return json_str(raw_as(node, RAW_String), "sval");
}

struct str raw_last_name(const struct json *list, struct str *qualifier)
{
    struct str last = {0}, before = {0};
    for (const struct json *e = json_first(list); e; e = e->next) {
        before = last;
        last = raw_string(e);
    }
    if (qualifier)
        *qualifier = before;
    return last;
}

bool raw_enum_is(const struct json *body, const char *member, const char *value)
{
    return str_is(json_str(body, member), value);
}

enum aexpr_kind raw_aexpr_kind(const struct json *body)
{
    static const char *const kinds[] = {
#define AEXPR(kind) "AEXPR_" #kind,
#include "sql/aexpr.def"
#undef AEXPR
    };
    for (int i = 0; i < AEXPR_UNKNOWN; i++)
        if (raw_enum_is(body, "kind", kinds[i]))
            return (enum aexpr_kind)i;
    return AEXPR_UNKNOWN;
}

bool raw_is_plan_ref(struct str name)
{
    static const char *const starts[] = {"SubPlan ", "InitPlan ", "hashed SubPlan ",
                                         "rescan SubPlan ", "alternatives: "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(name, starts[i]))
            return true;
    return false;
}
