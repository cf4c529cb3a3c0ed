#include "advise/contain.h"

#include <math.h>

#include "advise/elem.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

/* ---- elements ---- */

bool sel_has_elems(const struct sel_var *v)
{
    return sel_has_stats(v) && v->stats->elem_count > 0;
}

/* What is assumed of an element that is not among the common ones. */
double sel_rare_elem(const struct sel_var *v)
{
    double least = 2 * SEL_DEFAULT_MATCH;
    if (sel_has_elems(v)) {
        least = 1;
        for (size_t i = 0; i < v->stats->elem_count; i++)
            least = fmin(least, sel_float4(v->stats->elem_freqs[i]));
    }
    return fmin(SEL_DEFAULT_MATCH, least / 2);
}

double sel_elem_freq(const struct sel_var *v, struct str elem)
{
    if (sel_has_elems(v))
        for (size_t i = 0; i < v->stats->elem_count; i++)
            if (str_eq(v->stats->elems[i], elem))
                return sel_float4(v->stats->elem_freqs[i]);
    return sel_rare_elem(v);
}

/* An accumulator over elements: every one (product) or any (inclusion-exclusion). */
static double combine(double sel, double next, bool all)
{
    return all ? sel * next : sel + next - sel * next;
}

double sel_of_rows(const struct sel_var *v, double sel)
{
    return sel_clamp(sel_clamp(sel) * (1 - sel_null_frac(v)));
}

static bool seen_before(const struct str *elements, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(elements[k], elements[i]))
            return true;
    return false;
}

double sel_array(const struct sel_var *v, const struct str *elements, size_t count, bool all)
{
    double sel = all ? 1 : 0;
    for (size_t i = 0; i < count; i++)
        if (!seen_before(elements, i))
            sel = combine(sel, sel_elem_freq(v, elements[i]), all);
    return sel_of_rows(v, sel);
}

/* Cut one element off an array literal's inside; quotes and backslashes are resolved into b. */
static bool next_element(struct str *rest, struct buf *b)
{
    buf_clear(b);
    *rest = str_trim(*rest);
    if (!rest->len)
        return false;
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len && (quoted || rest->p[i] != ','); i++) {
        if (rest->p[i] == '"')
            quoted = !quoted;
        else if (rest->p[i] == '\\' && i + 1 < rest->len)
            buf_addc(b, rest->p[++i]);
        else
            buf_addc(b, rest->p[i]);
    }
    *rest = str_sub(*rest, i + 1, rest->len);
    return true;
}

double sel_array_literal(const struct sel_var *v, struct str literal, bool all)
{
    literal = str_trim(literal);
    if (literal.len < 2 || literal.p[0] != '{')
        return SEL_DEFAULT_MATCH;
    struct str rest = str_sub(literal, 1, literal.len - 1);
    struct buf elem = {0};
    double sel = all ? 1 : 0;
    while (next_element(&rest, &elem))
        sel = combine(sel, sel_elem_freq(v, buf_str(&elem)), all);
    buf_free(&elem);
    return sel_of_rows(v, sel);
}

/* ---- jsonb ---- */

static bool json_equal_scalar(const struct json *a, const struct json *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case JSON_BOOL:
        return a->boolean == b->boolean;
    case JSON_NUMBER:
        return a->number == b->number;
    case JSON_STRING:
        return str_eq(a->text, b->text);
    default:
        return true;
    }
}

static const struct json *json_member(const struct json *object, struct str key)
{
    for (const struct json *m = object->child; m; m = m->next)
        if (str_eq(m->key, key))
            return m;
    return NULL;
}

/* jsonb containment. Depth is bounded by the JSON reader. */
static bool json_contains(const struct json *a, const struct json *b, bool top)
{
    bool scalar_b = b->kind != JSON_OBJECT && b->kind != JSON_ARRAY;
    if (a->kind == JSON_ARRAY && scalar_b && top) {
        for (const struct json *e = a->child; e; e = e->next)
            if (json_equal_scalar(e, b))
                return true;
        return false;
    }
    if (a->kind != b->kind)
        return false;
    if (scalar_b)
        return json_equal_scalar(a, b);
    for (const struct json *want = b->child; want; want = want->next) {
        bool found = false;
        if (b->kind == JSON_OBJECT) {
            const struct json *have = json_member(a, want->key);
            found = have && json_contains(have, want, false);
        }
        for (const struct json *e = b->kind == JSON_ARRAY ? a->child : NULL; e && !found;
             e = e->next)
            found = json_contains(e, want, false);
        if (!found)
            return false;
    }
    return true;
}

static bool json_has_key(const struct json *v, struct str key)
{
    if (v->kind == JSON_OBJECT)
        return json_member(v, key) != NULL;
    for (const struct json *e = v->kind == JSON_ARRAY ? v->child : NULL; e; e = e->next)
        if (e->kind == JSON_STRING && str_eq(e->text, key))
            return true;
    return v->kind == JSON_STRING && str_eq(v->text, key);
}

struct json_test {
    struct arena *scratch;
    const struct json *want; /* containment; else keys */
    const struct str *keys;
    size_t count;
    bool all;
};

static bool json_passes(const struct json_test *t, const struct json *value)
{
    if (t->want)
        return json_contains(value, t->want, true);
    size_t hits = 0;
    for (size_t i = 0; i < t->count; i++)
        hits += json_has_key(value, t->keys[i]);
    return t->all ? hits == t->count : hits > 0;
}

static int test_json(const void *context, struct str text)
{
    const struct json_test *t = context;
    struct err err = {0};
    struct arena_mark mark = arena_mark(t->scratch);
    const struct json *value = json_parse(t->scratch, text, &err);
    int r = value ? json_passes(t, value) : -1;
    arena_reset(t->scratch, mark);
    return r;
}

double sel_json_contains(const struct sel_var *v, struct str constant, double fallback)
{
    struct json_test t = {.scratch = arena_new(0)};
    struct err err = {0};
    double sel = fallback;
    t.want = json_parse(t.scratch, constant, &err);
    if (t.want)
        sel = sel_generic(v, test_json, &t, fallback);
    arena_free(t.scratch);
    return sel;
}

double sel_json_keys(const struct sel_var *v, const struct str *keys, size_t count, bool all,
                     double fallback)
{
    struct json_test t = {.scratch = arena_new(0), .keys = keys, .count = count, .all = all};
    double sel = sel_generic(v, test_json, &t, fallback);
    arena_free(t.scratch);
    return sel;
}

/* More keys than this in one condition are cut. */
#define MAX_KEYS 64

double sel_json_key_array(const struct sel_var *v, struct str literal, bool all, double fallback)
{
    struct arena *scratch = arena_new(0);
    struct str keys[MAX_KEYS];
    struct buf b = {0};
    size_t count = 0;
    literal = str_trim(literal);
    struct str rest = str_sub(literal, 1, literal.len ? literal.len - 1 : 0);
    while (count < MAX_KEYS && next_element(&rest, &b))
        keys[count++] = str_dup(scratch, buf_str(&b));
    double sel = sel_json_keys(v, keys, count, all, fallback);
    buf_free(&b);
    arena_free(scratch);
    return sel;
}

/* ---- networks ---- */

struct net_test {
    struct str op, constant;
};

static int test_net(const void *context, struct str value)
{
    const struct net_test *t = context;
    int inside = value_net_within(value, t->constant), holds = value_net_within(t->constant, value);
    if (inside < 0 || holds < 0)
        return -1;
    if (str_is(t->op, "&&"))
        return inside || holds;
    if (str_is(t->op, "<<="))
        return inside;
    if (str_is(t->op, "<<"))
        return inside && !holds;
    if (str_is(t->op, ">>="))
        return holds;
    return str_is(t->op, ">>") ? holds && !inside : -1;
}

double sel_network(const struct sel_var *v, struct str op, struct str constant, double fallback)
{
    struct net_test t = {op, constant};
    return sel_generic(v, test_net, &t, fallback);
}
