/*
 * Predicates, operands and sort keys as short text, so that tests can say what they expect:
 *
 *   AND[EQ(email::text, 'x'::text); LT(o.id, $1)]
 *
 * Operands: column q.c::cast~collation, expression <lower(a)>, constant 'v'::type, list ['a','b'],
 * parameter $1, stable !now()!, subplan @(SubPlan 1)@, row (a,b). An operator is shown behind the
 * class when it is not the usual one: LT~<~, OTHERfoo.
 */
#ifndef TESTS_SQL_RENDER_H
#define TESTS_SQL_RENDER_H

#include "base/str.h"
#include "sql/pred.h"

static const char *const render_ops[] = {
    [PRED_EQ] = "EQ",
    [PRED_IN] = "IN",
    [PRED_NE] = "NE",
    [PRED_NOT_IN] = "NOTIN",
    [PRED_LT] = "LT",
    [PRED_LE] = "LE",
    [PRED_GT] = "GT",
    [PRED_GE] = "GE",
    [PRED_IS_NULL] = "NULL",
    [PRED_IS_NOT_NULL] = "NOTNULL",
    [PRED_IS_DISTINCT] = "DISTINCT",
    [PRED_LIKE] = "LIKE",
    [PRED_ILIKE] = "ILIKE",
    [PRED_NOT_LIKE] = "NOTLIKE",
    [PRED_REGEX] = "REGEX",
    [PRED_IREGEX] = "IREGEX",
    [PRED_STARTS_WITH] = "STARTS",
    [PRED_CONTAINS] = "CONTAINS",
    [PRED_CONTAINED] = "CONTAINED",
    [PRED_OVERLAPS] = "OVERLAPS",
    [PRED_HAS_KEY] = "HASKEY",
    [PRED_TEXT_SEARCH] = "TS",
    [PRED_JSONPATH] = "JSONPATH",
    [PRED_SIMILAR] = "SIMILAR",
    [PRED_KNN] = "KNN",
    [PRED_ANY_OF_COLUMN] = "ANYOF",
    [PRED_SUBQUERY] = "SUBQUERY",
    [PRED_OTHER] = "OTHER",
};

static void render_quoted(struct buf *b, struct str s)
{
    if (!s.p) {
        buf_adds(b, "NULL");
        return;
    }
    buf_addc(b, '\'');
    buf_addstr(b, s);
    buf_addc(b, '\'');
}

static void render_between(struct buf *b, const char *open, struct str s, const char *close)
{
    buf_adds(b, open);
    buf_addstr(b, s);
    buf_adds(b, close);
}

static void render_row(struct buf *b, const struct pred_side *s)
{
    buf_addc(b, '(');
    for (size_t i = 0; i < s->column_count; i++) {
        if (i)
            buf_addc(b, ',');
        if (s->columns[i].qualifier.p)
            render_between(b, "", s->columns[i].qualifier, ".");
        buf_addstr(b, s->columns[i].column);
    }
    buf_adds(b, s->row_is_plain ? ")" : ",...)");
}

static void render_side(struct buf *b, const struct pred_side *s)
{
    switch (s->kind) {
    case SIDE_NONE:
        render_between(b, "-", s->text, "");
        break;
    case SIDE_COLUMN:
        if (s->qualifier.p)
            render_between(b, "", s->qualifier, ".");
        buf_addstr(b, s->column);
        break;
    case SIDE_EXPR:
        render_between(b, "<", s->expr.p ? s->expr : s->text, ">");
        break;
    case SIDE_CONST:
        render_quoted(b, s->value);
        break;
    case SIDE_CONST_LIST:
        buf_addc(b, '[');
        for (size_t i = 0; i < s->value_count; i++) {
            buf_adds(b, i ? "," : "");
            render_quoted(b, s->values[i]);
        }
        buf_addc(b, ']');
        break;
    case SIDE_PARAM:
        buf_addstr(b, s->text);
        break;
    case SIDE_STABLE:
        render_between(b, "!", s->text, "!");
        break;
    case SIDE_SUBPLAN:
        render_between(b, "@", s->text, "@");
        break;
    case SIDE_ROW:
        render_row(b, s);
        break;
    }
    if (s->cast_type.p)
        render_between(b, "::", s->cast_type, "");
    if (s->collation.p)
        render_between(b, "~", s->collation, "");
}

/* Operator names that say no more than the class. */
static bool render_is_usual(const struct pred *p)
{
    static const char *const usual[] = {"=",   "<>", "<",  "<=",  ">",       ">=",          "~~",
                                        "~~*", "~",  "~*", "^@",  "@>",      "<@",          "&&",
                                        "@@",  "@?", "%",  "<->", "IS NULL", "IS NOT NULL", ""};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (str_is(p->op_name, usual[i]))
            return p->op != PRED_OTHER && p->op != PRED_SUBQUERY;
    return !p->op_name.len;
}

static void render_pred(struct buf *b, const struct pred *p)
{
    static const char *const opening[] = {
        [PRED_AND] = "AND[", [PRED_OR] = "OR[", [PRED_NOT] = "NOT["};
    if (p->kind == PRED_OPAQUE) {
        render_between(b, "OPAQUE{", p->text, "}");
    } else if (p->kind == PRED_TEST) {
        buf_adds(b, render_ops[p->op]);
        if (!render_is_usual(p))
            buf_addstr(b, p->op_name);
        buf_addc(b, '(');
        render_side(b, &p->left);
        if (p->right.kind != SIDE_NONE && p->op != PRED_SUBQUERY) {
            buf_adds(b, ", ");
            render_side(b, &p->right);
        }
        buf_addc(b, ')');
    } else {
        buf_adds(b, opening[p->kind]);
        for (const struct pred *c = p->child; c; c = c->next) {
            render_pred(b, c);
            buf_adds(b, c->next ? "; " : "");
        }
        buf_addc(b, ']');
    }
}

__attribute__((unused)) static void render_sort_key(struct buf *b, const struct sort_key *k)
{
    render_side(b, &k->side);
    buf_adds(b, k->desc ? " DESC" : " ASC");
    buf_adds(b, k->nulls_first ? " FIRST" : " LAST");
    if (k->using_op.p)
        render_between(b, " USING ", k->using_op, "");
}

#endif
