#include "advise/gin.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

/* ---- arrays ---- */

/* Elements of an array literal; quoted commas do not separate. */
static double count_elements(struct str literal)
{
    literal = str_trim(literal);
    if (literal.len <= 2)
        return 0;
    bool quoted = false;
    double n = 1;
    for (size_t i = 1; i + 1 < literal.len; i++) {
        if (literal.p[i] == '\\')
            i++;
        else if (literal.p[i] == '"')
            quoted = !quoted;
        else
            n += literal.p[i] == ',' && !quoted;
    }
    return n;
}

static bool array_search(const struct pred *p, struct gin_search *out)
{
    const struct pred_side *r = &p->right;
    if (p->op != PRED_CONTAINS && p->op != PRED_OVERLAPS && p->op != PRED_EQ)
        return false;
    if (r->kind == SIDE_CONST_LIST)
        out->exact = (double)r->value_count;
    else if (r->kind == SIDE_CONST && !r->is_null)
        out->exact = count_elements(r->value);
    else
        return false;
    out->full = out->exact == 0;
    return true;
}

/* ---- jsonb ---- */

/* Keys and scalars of a document (jsonb_ops), or scalars alone (jsonb_path_ops). Depth is
 * bounded by the JSON reader. */
static double count_json(const struct json *v, bool keys)
{
    if (v->kind != JSON_OBJECT && v->kind != JSON_ARRAY)
        return 1;
    double n = 0;
    for (const struct json *c = v->child; c; c = c->next)
        n += count_json(c, keys) + (keys && v->kind == JSON_OBJECT);
    return n;
}

static bool json_search(const struct pred *p, bool path_ops, struct gin_search *out)
{
    const struct pred_side *r = &p->right;
    if (p->op == PRED_HAS_KEY && !path_ops) {
        out->exact = r->kind == SIDE_CONST_LIST ? (double)r->value_count : 1;
        return true;
    }
    if (p->op == PRED_JSONPATH) {
        out->exact = path_ops ? 1 : 2;
        return true;
    }
    if (p->op != PRED_CONTAINS || r->kind != SIDE_CONST || r->is_null)
        return false;
    struct arena *scratch = arena_new(0);
    struct err err = {0};
    const struct json *doc = json_parse(scratch, r->value, &err);
    if (doc)
        out->exact = count_json(doc, !path_ops);
    out->full = doc && out->exact == 0;
    arena_free(scratch);
    return doc != NULL;
}

/* ---- full text search ---- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static size_t skip_lexeme(struct str q, size_t i)
{
    if (q.p[i] != '\'') {
        while (i < q.len && is_word_char(q.p[i]))
            i++;
        return i;
    }
    for (i++; i < q.len && q.p[i] != '\''; i++)
        ;
    return i < q.len ? i + 1 : i;
}

static bool search_search(const struct pred *p, struct gin_search *out)
{
    struct str q = p->right.kind == SIDE_CONST ? p->right.value : p->right.text;
    if (p->op != PRED_TEXT_SEARCH || p->right.kind == SIDE_PARAM)
        return false;
    if (p->right.kind != SIDE_CONST) { /* to_tsquery('english', 'a & b'): the last literal */
        size_t end = q.len;
        while (end > 0 && q.p[end - 1] != '\'')
            end--;
        size_t start = end > 0 ? end - 1 : 0;
        while (start > 0 && q.p[start - 1] != '\'')
            start--;
        q = str_sub(q, start, end > 0 ? end - 1 : 0);
    }
    bool positive = false, negated = false;
    for (size_t i = 0; i < q.len;) {
        if (q.p[i] != '\'' && !is_word_char(q.p[i])) {
            negated = q.p[i] == '!' || (negated && q.p[i] == ' ');
            i++;
            continue;
        }
        i = skip_lexeme(q, i);
        bool prefix = false;
        if (i < q.len && q.p[i] == ':')
            for (i++; i < q.len && (q.p[i] == '*' || is_word_char(q.p[i])); i++)
                prefix |= q.p[i] == '*';
        *(prefix ? &out->prefixes : &out->exact) += 1;
        positive |= !negated;
        negated = false;
    }
    out->full = !positive;
    return out->exact + out->prefixes > 0;
}

/* ---- trigrams ---- */

/* What pg_trgm takes as part of a word. */
static bool is_trigram_char(char c)
{
    return is_word_char(c) && c != '_';
}

/* Patterns yield few; more than this many are not told apart. */
#define MAX_TRIGRAMS 256

struct trigrams {
    char text[MAX_TRIGRAMS][3];
    size_t count;
};

static void add_trigram(struct trigrams *t, const char *c)
{
    for (size_t i = 0; i < t->count; i++)
        if (memcmp(t->text[i], c, 3) == 0)
            return;
    if (t->count < MAX_TRIGRAMS)
        memcpy(t->text[t->count++], c, 3);
}

/* Trigrams of one run of letters; open ends touch a wildcard and get no blanks. */
static void add_run(struct trigrams *t, struct str run, bool open_left, bool open_right)
{
    char b[256];
    size_t n = 0;
    if (!run.len)
        return;
    if (!open_left)
        b[n++] = ' ', b[n++] = ' ';
    for (size_t i = 0; i < run.len && n + 1 < sizeof(b); i++) {
        char c = run.p[i];
        b[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    if (!open_right)
        b[n++] = ' ';
    for (size_t i = 0; i + 3 <= n; i++)
        add_trigram(t, b + i);
}

/* pattern: LIKE syntax when wild, else a plain text or a regular expression's literal parts. */
static double count_trigrams(struct str pattern, bool like, bool regex)
{
    struct trigrams *t = calloc(1, sizeof(*t));
    bool open_left = regex;
    size_t start = 0;
    if (!t)
        return 0;
    for (size_t i = 0; i <= pattern.len; i++) {
        char c = i < pattern.len ? pattern.p[i] : '\0';
        if (c && is_trigram_char(c))
            continue;
        bool wild = (like && c && strchr("%_", c)) || (regex && c != ' ' && c != '_');
        add_run(t, str_sub(pattern, start, i), open_left, wild);
        open_left = wild && !(regex && c == '^');
        start = i + 1;
    }
    double n = (double)t->count;
    free(t);
    return n;
}

static bool trigram_search(const struct pred *p, struct gin_search *out)
{
    bool like = p->op == PRED_LIKE || p->op == PRED_ILIKE;
    bool regex = p->op == PRED_REGEX || p->op == PRED_IREGEX;
    if ((!like && !regex && p->op != PRED_SIMILAR && p->op != PRED_EQ) ||
        p->right.kind != SIDE_CONST)
        return false;
    out->exact = count_trigrams(p->right.value, like, regex);
    out->full = out->exact == 0;
    return true;
}

bool gin_search_of(const struct pred *p, struct str opclass, struct gin_search *out)
{
    *out = (struct gin_search){0};
    if (p->kind != PRED_TEST)
        return false;
    if (str_is(opclass, "array_ops"))
        return array_search(p, out);
    if (str_is(opclass, "jsonb_ops") || str_is(opclass, "jsonb_path_ops"))
        return json_search(p, str_is(opclass, "jsonb_path_ops"), out);
    if (str_is(opclass, "tsvector_ops"))
        return search_search(p, out);
    if (str_is(opclass, "gin_trgm_ops"))
        return trigram_search(p, out);
    return false;
}
