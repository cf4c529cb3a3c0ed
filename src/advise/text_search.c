#include <math.h>

#include "advise/contain.h"
#include "advise/elem.h"

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
    double freq = sel_rare_elem(v);
    size_t best = 0;
    for (size_t i = 0; sel_has_elems(v) && i < v->stats->elem_count; i++) {
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
    if (!sel_has_elems(v))
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
    return fmax(sel_rare_elem(v), sel_clamp(sel));
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
                    : sel_elem_freq(v, buf_str(word));
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
        return sel_of_rows(v, SEL_DEFAULT_MATCH);
    return sel_of_rows(v, e.value[0]);
}
