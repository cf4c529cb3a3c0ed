#include "base/err.h"
#include "rules/rule.h"

const struct threshold_info threshold_info[THRESHOLD_COUNT] = {
#define THRESHOLD(id, name, value, unit, help) [THRESHOLD_##id] = {name, value, unit, help},
#include "rules/threshold.def"
#undef THRESHOLD
};

void thresholds_init(struct thresholds *t)
{
    for (size_t i = 0; i < THRESHOLD_COUNT; i++)
        t->value[i] = threshold_info[i].value;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Edit distance (Levenshtein) of a short name to a known one. */
static size_t distance(struct str a, const char *b)
{
    enum { LONGEST = 63 };
    size_t row[LONGEST + 1], len = strlen(b);
    a = str_sub(a, 0, LONGEST);
    if (len > LONGEST)
        len = LONGEST;
    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t above = row[j + 1];
            row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a.p[i] != b[j]));
            diagonal = above;
        }
    }
    return row[len];
}

static const char *nearest(struct str name)
{
    size_t best = 0;
    for (size_t i = 1; i < THRESHOLD_COUNT; i++)
        if (distance(name, threshold_info[i].name) < distance(name, threshold_info[best].name))
            best = i;
    return threshold_info[best].name;
}

bool thresholds_set(struct thresholds *t, struct str assignment, struct err *err)
{
    ptrdiff_t eq = str_find(assignment, "=");
    if (eq < 0)
        return err_set(err, ERR_USAGE, "expected NAME=VALUE, found '%.*s'", STR_ARG(assignment));
    struct str name = str_trim(str_sub(assignment, 0, (size_t)eq));
    struct str value = str_trim(str_sub(assignment, (size_t)eq + 1, assignment.len));
    double v;
    if (!str_to_double(value, &v) || v < 0 || !isfinite(v))
        return err_set(err, ERR_USAGE, "expected a number of 0 or more, found '%.*s'",
                       STR_ARG(value));
    for (size_t i = 0; i < THRESHOLD_COUNT; i++)
        if (str_is(name, threshold_info[i].name)) {
            t->value[i] = v;
            return true;
        }
    err_set(err, ERR_USAGE, "there is no threshold '%.*s'", STR_ARG(name));
    err_hint(err, "the nearest name is '%s'", nearest(name));
    return false;
}
