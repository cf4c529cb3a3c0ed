#include "work/sample.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/query_names.h"
#include "sql/lex.h"
#include "sql/query.h"

/* Where in a histogram: a tenth of the rows lie beyond a bound that stands alone, as many between
 * two of one column. */
static const double LOW = 0.1, HIGH = 0.9, FROM = 0.45, TO = 0.55;
enum { LIST_LENGTH = 3, PREFIX_CHARS = 3 };

struct sampler {
    struct arena *arena;
    const struct catalog *cat;
    const struct query *query;
    const struct sample_type *types;
    size_t count;
    struct sample *out;
};

/* ---- by type ---- */

static const struct {
    const char *type, *value;
} type_values[] = {
#define SAMPLE_TYPE(type, value) {type, value},
#include "sample_type.def"
#undef SAMPLE_TYPE
};

static void choose_by_type(struct sampler *s, size_t n)
{
    const struct sample_type *t = &s->types[n];
    struct sample *out = &s->out[n];
    out->reason = "no value is known for its type";
    if (t->element.p)
        out->value = STR("{}");
    else if (t->label.p)
        out->value = t->label;
    for (size_t i = 0; !out->value.p && i < sizeof type_values / sizeof *type_values; i++)
        if (str_is(t->base_name, type_values[i].type))
            out->value = str_of(type_values[i].value);
    if (out->value.p)
        out->reason = arena_printf(s->arena, "any %.*s", STR_ARG(t->base_name));
}

/* ---- by the key word before it ---- */

/* What must stand where only some words or sizes make sense. */
static const struct {
    const char *word; /* before the parameter, an opening parenthesis in between passed over */
    bool number;      /* the parameter is a number; else a text */
    const char *value, *reason;
} word_values[] = {
    {"limit", true, "20", "LIMIT"},       {"first", true, "20", "LIMIT"},
    {"next", true, "20", "LIMIT"},        {"offset", true, "0", "OFFSET"},
    {"date_trunc", false, "day", "unit"}, {"date_part", false, "day", "unit"},
    {"zone", false, "UTC", "time zone"},
};

static void choose_by_word(struct sampler *s, const struct lex_token *word, size_t n)
{
    bool number = s->types[n].category == 'N', text = s->types[n].category == 'S';
    for (size_t i = 0; i < sizeof word_values / sizeof *word_values; i++)
        if (lex_is_word(word, word_values[i].word) && (word_values[i].number ? number : text))
            s->out[n] = (struct sample){.value = str_of(word_values[i].value),
                                        .reason = word_values[i].reason};
}

/* LIMIT $1, date_trunc($1, ...), AT TIME ZONE $1 */
static void choose_by_words(struct sampler *s, struct str sql)
{
    struct lex lex = {.s = sql};
    struct lex_token t, last = {0};
    long long n;
    while (lex_next(&lex, &t)) {
        if (t.kind == LEX_PARAM && str_to_int64(str_sub(t.text, 1, t.text.len), &n) && n > 0 &&
            (size_t)n <= s->count)
            choose_by_word(s, &last, (size_t)n - 1);
        if (!lex_is(&t, "("))
            last = t;
    }
}

/* ---- by statistics ---- */

/* The column that an operand is, with statistics; NULL: there are none. */
static const struct cat_column *column_of(struct sampler *s, const struct pred_side *side,
                                          const struct cat_rel **rel)
{
    const struct query_rte *rte;
    if (side->kind != SIDE_COLUMN || !side->qualifier.p)
        return NULL;
    rte = query_find_rte(s->query, side->qualifier);
    if (!rte || rte->kind != QUERY_RTE_RELATION)
        return NULL;
    *rel = cat_find_rel(s->cat, rte->schema, rte->name);
    const struct cat_column *col = *rel ? cat_find_column(*rel, side->column) : NULL;
    return col && col->stats.known ? col : NULL;
}

static bool is_integer(struct str type)
{
    return str_is(type, "smallint") || str_is(type, "integer") || str_is(type, "bigint");
}

/* Whether the text of a column's value is one of the type's. */
static bool fits(const struct cat_column *col, struct str type, char category)
{
    if (str_eq(col->base_type, type))
        return true;
    if (category == 'N')
        return is_integer(col->base_type) ||
               (col->category == 'N' && !is_integer(type) && !str_is(type, "oid"));
    return category == col->category && (category == 'S' || category == 'D');
}

/* The value below which a share of the rows lies, as far as they are not common ones. */
static struct str at_share(const struct cat_stats *st, double share)
{
    if (st->bound_count)
        return st->bounds[(size_t)(share * (double)(st->bound_count - 1) + 0.5)];
    if (st->mcv_count)
        return st->mcv[(size_t)(share * (double)(st->mcv_count - 1) + 0.5)];
    return (struct str){0};
}

/* The i-th of `of` values that lie far from each other. */
static struct str spread(const struct cat_stats *st, size_t i, size_t of)
{
    return at_share(st, (double)(i + 1) / (double)(of + 1));
}

static void add_element(struct buf *b, struct str value)
{
    buf_addc(b, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] == '"' || value.p[i] == '\\')
            buf_addc(b, '\\');
        buf_addc(b, value.p[i]);
    }
    buf_addc(b, '"');
}

/* "{"a","b","c"}" of values that differ. */
static struct str list_of(struct sampler *s, const struct cat_stats *st)
{
    struct buf b = {0};
    struct str last = {0};
    buf_addc(&b, '{');
    for (size_t i = 0; i < LIST_LENGTH; i++) {
        struct str v = spread(st, i, LIST_LENGTH);
        if (!v.p || (last.p && str_eq(v, last)))
            continue;
        buf_adds(&b, last.p ? "," : "");
        add_element(&b, v);
        last = v;
    }
    buf_addc(&b, '}');
    struct str list = str_dup(s->arena, buf_str(&b));
    buf_free(&b);
    return last.p ? list : (struct str){0};
}

static struct str prefix_of(struct str value)
{
    struct str rest = value;
    for (int i = 0; i < PREFIX_CHARS && rest.len; i++) {
        size_t n = text_utf8_len(rest);
        rest = str_sub(rest, n ? n : 1, rest.len);
    }
    return str_sub(value, 0, value.len - rest.len);
}

/* How a value begins, as a pattern that finds it: "abc%" or "^abc". */
static struct str pattern_of(struct sampler *s, struct str value, enum pred_op op)
{
    struct buf b = {0};
    bool regex = op == PRED_REGEX || op == PRED_IREGEX;
    struct str prefix = prefix_of(value);
    if (op == PRED_STARTS_WITH || !value.p)
        return prefix;
    buf_adds(&b, regex ? "^" : "");
    for (size_t i = 0; i < prefix.len; i++) {
        if (strchr(regex ? ".^$*+?()[]{}|\\" : "%_\\", prefix.p[i]))
            buf_addc(&b, '\\');
        buf_addc(&b, prefix.p[i]);
    }
    buf_adds(&b, regex ? "" : "%");
    struct str pattern = str_dup(s->arena, buf_str(&b));
    buf_free(&b);
    return pattern;
}

/* A common element of an array column, as what it is looked for with. */
static struct str element_of(struct sampler *s, const struct cat_stats *st,
                             const struct sample_type *t)
{
    struct buf b = {0};
    if (!st->elem_count)
        return (struct str){0};
    struct str element = st->elems[st->elem_count / 2];
    if (t->element.p) {
        buf_addc(&b, '{');
        add_element(&b, element);
        buf_addc(&b, '}');
    } else if (str_is(t->base_name, "tsquery")) {
        buf_addc(&b, '\'');
        for (size_t i = 0; i < element.len; i++) {
            if (element.p[i] == '\'' || element.p[i] == '\\')
                buf_addc(&b, element.p[i]);
            buf_addc(&b, element.p[i]);
        }
        buf_addc(&b, '\'');
    }
    struct str value = b.len ? str_dup(s->arena, buf_str(&b)) : (struct str){0};
    buf_free(&b);
    return value;
}

/* Whether the column has a bound on its other side too, so that the two make a range. */
static bool is_range(const struct query_block *block, const struct pred *p)
{
    bool below = p->op == PRED_LT || p->op == PRED_LE;
    for (size_t i = 0; i < block->cond_count; i++) {
        const struct pred *other = block->conds[i].pred;
        bool other_below = other->op == PRED_LT || other->op == PRED_LE;
        bool other_above = other->op == PRED_GT || other->op == PRED_GE;
        if (other->kind == PRED_TEST && (below ? other_above : other_below) &&
            other->right.has_param && str_eq(other->left.column, p->left.column) &&
            str_eq(other->left.qualifier, p->left.qualifier))
            return true;
    }
    return false;
}

/* i: which of the parameters of the comparison, of how many. */
static struct str value_for(struct sampler *s, const struct query_block *block,
                            const struct pred *p, const struct cat_column *col, size_t n, size_t i,
                            size_t of)
{
    const struct sample_type *t = &s->types[n];
    const struct cat_stats *st = &col->stats;
    bool scalar = fits(col, t->base_name, t->category);
    switch (p->op) {
    case PRED_EQ:
    case PRED_NE:
        return scalar ? spread(st, i, of) : (struct str){0};
    case PRED_IN:
    case PRED_NOT_IN:
        if (t->element.p)
            return fits(col, t->element, col->category) ? list_of(s, st) : (struct str){0};
        return scalar ? spread(st, i, of) : (struct str){0};
    case PRED_LT:
    case PRED_LE:
        return scalar ? at_share(st, is_range(block, p) ? TO : LOW) : (struct str){0};
    case PRED_GT:
    case PRED_GE:
        return scalar ? at_share(st, is_range(block, p) ? FROM : HIGH) : (struct str){0};
    case PRED_LIKE:
    case PRED_ILIKE:
    case PRED_NOT_LIKE:
    case PRED_REGEX:
    case PRED_IREGEX:
    case PRED_STARTS_WITH:
        return pattern_of(s, at_share(st, 0.5), p->op);
    case PRED_CONTAINS:
    case PRED_OVERLAPS:
    case PRED_TEXT_SEARCH:
        return element_of(s, st, t);
    default:
        return (struct str){0};
    }
}

/* The parameters on the other side of a comparison with a column. */
static void choose_for(struct sampler *s, const struct query_block *block, const struct pred *p)
{
    const struct cat_rel *rel = NULL;
    const struct cat_column *col =
        p->right.has_param || p->right.kind == SIDE_PARAM ? column_of(s, &p->left, &rel) : NULL;
    struct lex_token t;
    size_t of = 0, i = 0;
    long long n;
    if (!col)
        return;
    for (struct lex lex = {.s = p->right.text}; lex_next(&lex, &t);)
        of += t.kind == LEX_PARAM;
    for (struct lex lex = {.s = p->right.text}; lex_next(&lex, &t);) {
        if (t.kind != LEX_PARAM || !str_to_int64(str_sub(t.text, 1, t.text.len), &n) || n < 1 ||
            (size_t)n > s->count)
            continue;
        struct str value = value_for(s, block, p, col, (size_t)n - 1, i++, of);
        if (!value.p || s->out[n - 1].from_statistics)
            continue;
        s->out[n - 1] = (struct sample){
            .value = value,
            .reason =
                arena_printf(s->arena, "of %.*s.%.*s", STR_ARG(rel->name), STR_ARG(col->name)),
            .from_statistics = true,
        };
    }
}

/* All comparisons of a condition; the stack is ours. */
static void walk(struct sampler *s, const struct query_block *block, const struct pred *top)
{
    const struct pred **stack = NULL;
    size_t count = 0, cap = 0;
    for (const struct pred *p = top; p; p = count ? stack[--count] : NULL) {
        if (p->kind == PRED_TEST)
            choose_for(s, block, p);
        for (const struct pred *c = p->child; c; c = c->next) {
            if (count == cap) {
                cap = cap * 2 + 16;
                stack = xrealloc(stack, cap * sizeof *stack);
            }
            stack[count++] = c;
        }
    }
    free(stack);
}

static void choose_by_statistics(struct sampler *s, struct str sql)
{
    struct query_names names = cat_query_names(s->cat);
    struct err ignored = {0};
    s->query = query_analyse(s->arena, sql, &names, &ignored);
    for (size_t b = 0; s->query && b < s->query->block_count; b++) {
        const struct query_block *block = s->query->blocks[b];
        for (size_t i = 0; i < block->cond_count; i++)
            walk(s, block, block->conds[i].pred);
    }
}

void sample_params(struct arena *a, struct str sql, const struct catalog *cat,
                   const struct sample_type *types, size_t count, struct sample *out)
{
    struct sampler s = {.arena = a, .cat = cat, .types = types, .count = count, .out = out};
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct sample){0};
        choose_by_type(&s, i);
    }
    choose_by_words(&s, sql);
    if (cat)
        choose_by_statistics(&s, sql);
}
