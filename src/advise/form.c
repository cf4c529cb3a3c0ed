#include "advise/form.h"

#include <stdlib.h>

#include "base/arena.h"
#include "sql/ident.h"

static void add_value(struct buf *b, struct str value, enum pred_literal literal)
{
    double number;
    bool plain = literal == LITERAL_INTEGER || literal == LITERAL_DECIMAL;
    if (!value.p)
        buf_adds(b, "NULL");
    else if (literal == LITERAL_BOOLEAN || (plain && str_to_double(value, &number)))
        buf_addstr(b, value);
    else
        sql_add_literal(b, value);
}

/* A plan writes IN (1, 7) as '{1,7}'::integer[]. */
static enum pred_literal element_literal(const struct pred_side *list)
{
    static const char *const numbers[] = {"smallint[]", "integer[]", "bigint[]", "numeric[]"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (list->literal == LITERAL_STRING && str_is(list->cast_type, numbers[i]))
            return LITERAL_DECIMAL;
    return list->literal;
}

static void add_list(struct buf *b, const struct pred_side *list)
{
    buf_addc(b, '(');
    for (size_t i = 0; i < list->value_count; i++) {
        buf_adds(b, i ? ", " : "");
        add_value(b, list->values[i], element_literal(list));
    }
    buf_addc(b, ')');
}

/* A boolean column by itself, under NOT, or under IS TRUE and IS FALSE, which prove nothing of
 * each other. */
static bool add_boolean(struct buf *b, const struct pred *p)
{
    bool is_true = str_is(p->right.value, "true"), named = str_starts(p->op_name, "IS ");
    if (p->right.literal != LITERAL_BOOLEAN)
        return false;
    if (!named && !is_true)
        buf_adds(b, "NOT ");
    sql_add_ident(b, p->left.column);
    if (named)
        buf_printf(b, " %.*s", STR_ARG(p->op_name));
    return true;
}

static bool add_test(struct buf *b, const struct pred *p)
{
    bool constant = p->right.kind == SIDE_CONST && !p->right.is_null;
    bool list = p->right.kind == SIDE_CONST_LIST && p->right.value_count > 0;
    if (p->op == PRED_EQ && constant && add_boolean(b, p))
        return true;
    sql_add_ident(b, p->left.column);
    switch (p->op) {
    case PRED_IS_NULL:
        buf_adds(b, " IS NULL");
        return true;
    case PRED_IS_NOT_NULL:
        buf_adds(b, " IS NOT NULL");
        return true;
    case PRED_EQ:
    case PRED_NE:
        buf_adds(b, p->op == PRED_EQ ? " = " : " <> ");
        add_value(b, p->right.value, p->right.literal);
        return constant;
    case PRED_IN:
    case PRED_NOT_IN:
        if (!list) /* of parameters: their number is known, values are not */
            return false;
        buf_adds(b, p->op == PRED_IN ? " IN " : " NOT IN ");
        add_list(b, &p->right);
        return true;
    default:
        return false;
    }
}

/* A cast to text is the one that varchar columns get; any other makes it another condition. */
static bool is_bare(const struct pred_side *side)
{
    struct str cast = side->cast_type;
    return side->kind == SIDE_COLUMN && (!cast.len || str_is(cast, "text")) && !side->collation.len;
}

struct str form_of(struct arena *a, const struct pred *p)
{
    struct buf b = {0};
    struct str form = {0};
    if (p->kind == PRED_TEST && is_bare(&p->left) && add_test(&b, p))
        form = str_dup(a, buf_str(&b));
    buf_free(&b);
    return form;
}

/* One side of a comparison; false when only the parser can say what it is. */
static bool add_side(struct buf *b, const struct pred_side *side)
{
    bool constant = side->kind == SIDE_CONST && !side->is_null;
    if (constant)
        add_value(b, side->value, side->literal);
    else if (is_bare(side))
        sql_add_ident(b, side->column);
    else
        return false;
    return true;
}

/* A comparison of columns and literals, which most conditions are: no parser is asked. */
static struct str comparison_key(struct arena *a, const struct pred *p)
{
    bool plain = p->kind == PRED_TEST && p->op_name.len &&
                 (p->op == PRED_EQ || p->op == PRED_NE || (p->op >= PRED_LT && p->op <= PRED_GE));
    struct buf b = {0};
    struct str key = {0};
    if (plain && add_side(&b, &p->left)) {
        buf_printf(&b, " %.*s ", STR_ARG(p->op_name));
        if (add_side(&b, &p->right))
            key = str_dup(a, buf_str(&b));
    }
    buf_free(&b);
    return key;
}

struct str form_key(struct arena *a, const struct pred *p)
{
    struct str form = form_of(a, p);
    if (!form.len)
        form = comparison_key(a, p);
    return form.len ? form : pred_canonical(a, p->text);
}

static int compare(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str form_key_of_all(struct arena *a, const struct pred *const *preds, size_t count)
{
    struct buf b = {0};
    struct str *keys = arena_calloc(a, count, sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = form_key(a, preds[i]);
    if (count)
        qsort(keys, count, sizeof *keys, compare);
    for (size_t i = 0; i < count; i++) {
        buf_adds(&b, i ? " AND " : "");
        buf_addstr(&b, keys[i]);
    }
    struct str all = str_dup(a, buf_str(&b));
    buf_free(&b);
    return all;
}
