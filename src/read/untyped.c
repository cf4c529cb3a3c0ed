#include "read/untyped.h"

#include <stdbool.h>

static const char *const lists[] = {
    "Plans",
    "Workers",
    "Triggers",
    "Output",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Hash Key",
    "Group Keys",
    "Hash Keys",
    "Grouping Sets",
    "Sort Methods Used",
    "Params Evaluated",
    "Sampling Parameters",
    "Conflict Arbiter Indexes",
    "Target Tables",
    "Range Table",
};
static const char *const objects[] = {
    "Query",   "Settings",         "Planning",          "Serialization",     "JIT",
    "Options", "Full-sort Groups", "Pre-sorted Groups", "Sort Space Memory", "Sort Space Disk",
};

static bool is_one_of(struct str key, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(key, names[i]))
            return true;
    return false;
}

enum untyped_group untyped_group(struct str key)
{
    if (is_one_of(key, lists, sizeof lists / sizeof lists[0]))
        return UNTYPED_LIST;
    if (is_one_of(key, objects, sizeof objects / sizeof objects[0]))
        return UNTYPED_OBJECT;
    return UNTYPED_SCALAR;
}

/* Past a run of digits; NULL when there is none. */
static const char *digits(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p > from ? p : NULL;
}

static bool is_number(struct str s)
{
    const char *p = s.p, *end = s.p + s.len;
    p += p < end && *p == '-';
    if (end - p > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9')
        return false;
    p = digits(p, end);
    if (p && p < end && *p == '.')
        p = digits(p + 1, end);
    if (p && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        p = digits(p, end);
    }
    return p == end;
}

enum value_kind untyped_kind(struct str text)
{
    if (text.len == 0)
        return VALUE_STRING;
    if (is_number(text))
        return VALUE_NUMBER;
    return str_is(text, "true") || str_is(text, "false") ? VALUE_BOOL : VALUE_STRING;
}
