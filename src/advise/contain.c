#include "advise/contain.h"

#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

/* ---- elements ---- */

static bool has_elems(const struct sel_var *v)
{
    return sel_has_stats(v) && v->stats->elem_count > 0;
}

/* What is assumed of an element that is not among the common ones. */
static double rare_elem(const struct sel_var *v)
{
    double least = 2 * SEL_DEFAULT_MATCH;
    if (has_elems(v)) {
        least = 1;
        for (size_t i = 0; i < v->stats->elem_count; i++)
            least = fmin(least, sel_float4(v->stats->elem_freqs[i]));
    }
    return fmin(SEL_DEFAULT_MATCH, least / 2);
}

static double elem_freq(const struct sel_var *v, struct str elem)
{
    if (has_elems(v))
        for (size_t i = 0; i < v->stats->elem_count; i++)
            if (str_eq(v->stats->elems[i], elem))
                return sel_float4(v->stats->elem_freqs[i]);
    return rare_elem(v);
}

/* An accumulator over elements: every one (product) or any (inclusion-exclusion). */
static double combine(double sel, double next, bool all)
{
    return all ? sel * next : sel + next - sel * next;
}

static double of_rows(const struct sel_var *v, double sel)
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
            sel = combine(sel, elem_freq(v, elements[i]), all);
    return of_rows(v, sel);
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
        sel = combine(sel, elem_freq(v, buf_str(&elem)), all);
    buf_free(&elem);
    return of_rows(v, sel);
}

/* ---- full text search ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Length of the common start of a lexeme and a word, case ignored. */
static size_t common_start(struct str a, struct str b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && lower(a.p[i]) == lower(b.p[i]))
        i++;
    return i;
}

/*
 * The frequency of a word that has not been through the dictionary: of the lexeme it most
 * likely became, i.e. the longest that it starts with but for an ending ("running": "run",
 * "queries": "queri").
 */
static double word_freq(const struct sel_var *v, struct str word)
{
    double freq = rare_elem(v);
    size_t best = 0;
    for (size_t i = 0; has_elems(v) && i < v->stats->elem_count; i++) {
        struct str e = v->stats->elems[i];
        size_t same = common_start(e, word);
        bool whole = same == e.len || (same + 1 == e.len && e.p[same] == 'i');
        if (!whole || same < 2 || word.len - same > 4 || same <= best)
            continue;
        best = same;
        freq = sel_float4(v->stats->elem_freqs[i]);
    }
    return freq;
}

/* 'fox':* - the common lexemes that start so, and as large a share of the rest. */
static double prefix_freq(const struct sel_var *v, struct str prefix)
{
    double matched = 0, all = 0, hits = 0;
    if (!has_elems(v))
        return 4 * SEL_DEFAULT_MATCH;
    for (size_t i = 0; i < v->stats->elem_count; i++) {
        double f = sel_float4(v->stats->elem_freqs[i]);
        if (common_start(v->stats->elems[i], prefix) == prefix.len) {
            matched += f - matched * f;
            hits++;
        }
        all += f - all * f;
    }
    double sel = matched + (1 - all) * (hits / (double)v->stats->elem_count);
    return fmax(rare_elem(v), sel_clamp(sel));
}

#define MAX_NESTING 64

/* Operator precedence evaluation of a tsquery; deeper nesting than fits gives the default. */
struct ts_eval {
    double value[MAX_NESTING];
    char op[MAX_NESTING];
    int values, ops;
    bool bad;
};

static int precedence(char op)
{
    return op == '!' ? 4 : op == '<' ? 3 : op == '&' ? 2 : op == '|' ? 1 : 0;
}

static void ts_apply(struct ts_eval *e)
{
    char op = e->op[--e->ops];
    if (e->values < (op == '!' ? 1 : 2)) {
        e->bad = true;
        return;
    }
    double *top = &e->value[e->values - 1];
    if (op == '!') {
        *top = 1 - *top;
        return;
    }
    double right = *top, *left = top - 1;
    *left = op == '|' ? *left + right - *left * right : *left * right;
    *left = sel_clamp(*left);
    e->values--;
}

static void ts_operator(struct ts_eval *e, char op)
{
    while (op != '!' && op != '(' && e->ops && precedence(e->op[e->ops - 1]) >= precedence(op))
        ts_apply(e);
    if (e->ops >= MAX_NESTING)
        e->bad = true;
    else
        e->op[e->ops++] = op;
}

static void ts_value(struct ts_eval *e, double value)
{
    if (e->values >= MAX_NESTING)
        e->bad = true;
    else
        e->value[e->values++] = value;
}

static void ts_close(struct ts_eval *e)
{
    while (e->ops && e->op[e->ops - 1] != '(')
        ts_apply(e);
    if (e->ops)
        e->ops--;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* One lexeme with its :*ABCD; the bytes it took. */
static size_t ts_lexeme(const struct sel_var *v, struct str s, bool loose, struct buf *word,
                        double *freq)
{
    size_t i = 0;
    bool prefix = false;
    buf_clear(word);
    if (s.p[0] == '\'') {
        for (i = 1; i < s.len; i++) {
            if (s.p[i] == '\'' && !(i + 1 < s.len && s.p[i + 1] == '\''))
                break;
            i += s.p[i] == '\'' || (s.p[i] == '\\' && i + 1 < s.len);
            buf_addc(word, s.p[i]);
        }
        i++;
    } else {
        while (i < s.len && is_word_char(s.p[i]))
            buf_addc(word, s.p[i++]);
    }
    if (i < s.len && s.p[i] == ':')
        for (i++; i < s.len && (s.p[i] == '*' || is_word_char(s.p[i])); i++)
            prefix |= s.p[i] == '*';
    *freq = prefix  ? prefix_freq(v, buf_str(word))
            : loose ? word_freq(v, buf_str(word))
                    : elem_freq(v, buf_str(word));
    return i < s.len ? i : s.len;
}

static void ts_run(const struct sel_var *v, struct str q, bool loose, struct ts_eval *e)
{
    struct buf word = {0};
    bool after_value = false;
    for (size_t i = 0; i < q.len && !e->bad;) {
        char c = q.p[i];
        if (c == '\'' || is_word_char(c)) {
            double freq;
            if (after_value) /* words in a row: all of them */
                ts_operator(e, '&');
            i += ts_lexeme(v, str_sub(q, i, q.len), loose, &word, &freq);
            ts_value(e, freq);
            after_value = true;
            continue;
        }
        if (c == '&' || c == '|' || c == '!' || c == '(' || c == '<') {
            ts_operator(e, c);
            after_value = false;
        } else if (c == ')') {
            ts_close(e);
        }
        while (c == '<' && i + 1 < q.len && q.p[i] != '>')
            i++;
        i++;
    }
    buf_free(&word);
    while (e->ops && !e->bad)
        ts_apply(e);
}

double sel_text_search(const struct sel_var *v, struct str query, bool loose)
{
    struct ts_eval e = {.values = 0};
    ts_run(v, query, loose, &e);
    if (e.bad || e.values != 1)
        return of_rows(v, SEL_DEFAULT_MATCH);
    return of_rows(v, e.value[0]);
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
