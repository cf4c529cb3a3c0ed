#include <math.h>

#include "advise/cost_private.h"

struct cost_quals cost_ops(const struct cost_params *p, double n)
{
    return (struct cost_quals){0, n * p->cpu_operator};
}

/* Functions that cost more than one operator (pg_proc.procost). */
static double function_cost(struct str name)
{
    static const struct {
        const char *name;
        double cost;
    } dear[] = {{"to_tsvector", 100},      {"to_tsquery", 100}, {"plainto_tsquery", 100},
                {"phraseto_tsquery", 100}, {"ts_rank", 1},      {"websearch_to_tsquery", 100},
                {"ts_headline", 100},      {"to_json", 1}};
    for (size_t i = 0; i < sizeof(dear) / sizeof(dear[0]); i++)
        if (str_is(name, dear[i].name))
            return dear[i].cost;
    return 1;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_operator_char(char c)
{
    return c && strchr("+-*/<>=~!@#%^&|`?", c) != NULL;
}

/* Casts that call a function; those between string types do not. */
static bool cast_calls(struct str type)
{
    return !str_starts(type, "text") && !str_starts(type, "character varying") &&
           !str_starts(type, "regclass") && !str_starts(type, "bpchar");
}

/* Operators and function calls in an expression's text, weighed. */
static double expr_ops(struct str text)
{
    double ops = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (c == '\'') {
            for (i++; i < text.len && text.p[i] != '\''; i++)
                ;
            /* the type of a literal is no call */
            while (i + 1 < text.len && (text.p[i + 1] == ':' || is_name_char(text.p[i + 1])))
                i++;
        } else if (c == ':' && i + 1 < text.len && text.p[i + 1] == ':') {
            ops += cast_calls(str_sub(text, i + 2, text.len));
            for (i++; i + 1 < text.len && is_name_char(text.p[i + 1]); i++)
                ;
        } else if (is_operator_char(c)) {
            ops++;
            for (; i + 1 < text.len && is_operator_char(text.p[i + 1]); i++)
                ;
        } else if (is_name_char(c)) {
            size_t start = i;
            for (; i + 1 < text.len && is_name_char(text.p[i + 1]); i++)
                ;
            struct str word = str_sub(text, start, i + 1);
            if (i + 1 < text.len && text.p[i + 1] == '(')
                ops += function_cost(word);
            else
                ops += str_is(word, "ZONE"); /* AT TIME ZONE calls timezone() */
        }
    }
    return ops;
}

static double side_ops(const struct pred_side *side)
{
    if (side->kind == SIDE_COLUMN)
        return side->cast_type.len ? cast_calls(side->cast_type) : 0;
    return side->kind == SIDE_EXPR || side->kind == SIDE_STABLE ? expr_ops(side->text) : 0;
}

/* From this many elements on an IN list is hashed (14+, NOT IN 15+). */
#define HASHED_LIST 9

static struct cost_quals list_cost(const struct cost_params *p, const struct pred *q)
{
    double n = q->right.kind == SIDE_CONST_LIST ? (double)q->right.value_count : 10;
    int since = q->op == PRED_IN ? 140000 : 150000;
    double co = p->cpu_operator;
    if (n >= HASHED_LIST && p->version_num >= since && q->right.kind == SIDE_CONST_LIST)
        return (struct cost_quals){n * co, 2 * co};
    return (struct cost_quals){0, co * n * 0.5};
}

static struct cost_quals test_cost(const struct cost_params *p, const struct pred *q)
{
    struct cost_quals c = cost_ops(p, side_ops(&q->left) + side_ops(&q->right));
    switch (q->op) {
    case PRED_IS_NULL:
    case PRED_IS_NOT_NULL:
        return c;
    case PRED_IN:
    case PRED_NOT_IN: {
        struct cost_quals list = list_cost(p, q);
        return (struct cost_quals){c.startup + list.startup, c.per_tuple + list.per_tuple};
    }
    case PRED_EQ:
    case PRED_NE:
        /* a boolean column by itself */
        if (q->right.kind == SIDE_CONST &&
            (str_is(q->right.value, "true") || str_is(q->right.value, "false") ||
             str_is(q->right.value, "t") || str_is(q->right.value, "f")))
            return c;
        break;
    case PRED_IS_DISTINCT:
        if (str_find(q->text, "DISTINCT") < 0)
            return c;
        break;
    case PRED_ANY_OF_COLUMN:
        c.per_tuple += p->cpu_operator * 10 * 0.5;
        return c;
    default:
        break;
    }
    c.per_tuple += p->cpu_operator;
    return c;
}

/* Conditions nested deeper than this are not charged: nobody writes them. */
#define MAX_DEPTH 200

static void add_cost(const struct cost_params *p, const struct pred *q, int depth,
                     struct cost_quals *sum)
{
    struct cost_quals one = {0, 0};
    if (q->kind == PRED_TEST)
        one = test_cost(p, q);
    else if (q->kind == PRED_OPAQUE)
        one = cost_ops(p, expr_ops(q->text));
    sum->startup += one.startup;
    sum->per_tuple += one.per_tuple;
    if (q->kind != PRED_TEST && depth < MAX_DEPTH)
        for (const struct pred *c = q->child; c; c = c->next)
            add_cost(p, c, depth + 1, sum);
}

struct cost_quals cost_quals_of(const struct cost_params *p, const struct pred *const *preds,
                                size_t count)
{
    struct cost_quals sum = {0, 0};
    for (size_t i = 0; i < count; i++)
        add_cost(p, preds[i], 0, &sum);
    return sum;
}
