#include "sql/pred.h"

#include "base/arena.h"
#include "sql/oper.h"
#include "sql/raw.h"
#include "sql/side.h"

/*
 * Conditions out of a raw parse tree. build() takes a node and whether it stands under a NOT,
 * which moves inward the way the planner moves it (negate_clause in prepqual.c).
 */
static struct pred *build(struct side_build *b, const struct json *node, bool negate);

/* ---- making predicates ---- */

static struct pred *make(struct side_build *b, enum pred_kind kind, struct str text)
{
    struct pred *p = arena_alloc(b->a, sizeof *p);
    p->kind = kind;
    p->text = text;
    return p;
}

static struct str negated_text(struct side_build *b, struct str text)
{
    return str_of(arena_printf(b->a, "(NOT %.*s)", STR_ARG(text)));
}

static struct str text_of(struct side_build *b, const struct json *node, bool negate)
{
    struct str text = side_node_text(b, node);
    return negate ? negated_text(b, text) : text;
}

static struct pred *make_test(struct side_build *b, struct str text, enum pred_op op,
                              struct str op_name)
{
    struct pred *p = make(b, PRED_TEST, text);
    p->op = op;
    p->op_name = op_name;
    return p;
}

static struct str dup_name(struct side_build *b, struct str name)
{
    return name.len ? str_dup(b->a, name) : name;
}

/* A predicate that has no contrary gets a NOT around it. */
static struct pred *wrap_not(struct side_build *b, struct pred *child, bool negate)
{
    if (!negate)
        return child;
    struct pred *p = make(b, PRED_NOT, negated_text(b, child->text));
    p->child = child;
    return p;
}

/* Children of the same kind give up their own: a AND (b AND c) is one AND of three. */
static void append_child(struct pred *parent, struct pred ***tail, struct pred *child)
{
    bool same = child->kind == parent->kind;
    **tail = same ? child->child : child;
    while (**tail)
        *tail = &(**tail)->next;
}

/* ---- operators ---- */

static void exchange_sides(struct pred *p)
{
    struct pred_side left = p->left;
    p->left = p->right;
    p->right = left;
}

/* Columns to the left, where an index is looked for. */
static void turn_round(struct pred *p, const struct oper *op)
{
    if (!op || !op->commutator.len || side_has_columns(&p->left) || !side_has_columns(&p->right))
        return;
    exchange_sides(p);
    p->op_name = op->commutator;
    const struct oper *turned = oper_find(op->commutator);
    p->op = turned ? turned->op : PRED_OTHER;
}

/* tsvector @@ tsquery, or jsonb @@ jsonpath? */
static bool is_jsonpath(const struct pred_side *right)
{
    bool unknown =
        right->kind == SIDE_CONST && !right->cast_type.p && str_starts(right->value, "$");
    return unknown || str_is(right->cast_type, "jsonpath");
}

/* b <> true is b = false. */
static void fold_boolean(struct pred *p)
{
    bool boolean = p->right.kind == SIDE_CONST && p->right.literal == LITERAL_BOOLEAN;
    if (p->op != PRED_NE || !boolean)
        return;
    p->op = PRED_EQ;
    p->op_name = STR("=");
    p->right = side_boolean(str_is(p->right.value, "false"));
}

static void finish_operator(struct pred *p, const struct oper *op)
{
    turn_round(p, op);
    fold_boolean(p);
    if (p->op == PRED_TEXT_SEARCH && is_jsonpath(&p->right))
        p->op = PRED_JSONPATH;
}

/* Comparison of two nodes; text: what to show for it. */
static struct pred *compare(struct side_build *b, const struct json *left, struct str op_name,
                            const struct json *right, struct str text, bool negate)
{
    const struct oper *op = oper_find(op_name), *contrary = NULL;
    if (negate && op && op->negator.len)
        contrary = oper_find(op->negator);
    if (contrary) {
        op = contrary;
        text = negated_text(b, text);
        negate = false;
    }
    struct pred *p =
        make_test(b, text, op ? op->op : PRED_OTHER, op ? op->name : dup_name(b, op_name));
    side_from_node(b, left, &p->left);
    side_from_node(b, right, &p->right);
    finish_operator(p, op);
    return wrap_not(b, p, negate);
}

/* The same with a text of its own, for what stands nowhere in this form. */
static struct pred *compare_anew(struct side_build *b, const struct json *left, const char *name,
                                 const struct json *right, bool negate)
{
    struct str op = str_of(name);
    if (negate)
        op = oper_find(op)->negator;
    struct str l = side_node_text(b, left), r = side_node_text(b, right);
    const char *text = arena_printf(b->a, "(%.*s %.*s %.*s)", STR_ARG(l), STR_ARG(op), STR_ARG(r));
    return compare(b, left, op, right, str_of(text), false);
}

/* ---- rows ---- */

static const struct json *row_items(const struct json *node)
{
    return json_get(raw_as(node, RAW_RowExpr), "args");
}

/* (a, b) = (1, 2): column by column. */
static struct pred *row_equality(struct side_build *b, const struct json *left,
                                 const struct json *right, struct str text, bool negate)
{
    struct pred *p = make(b, negate ? PRED_OR : PRED_AND, negate ? negated_text(b, text) : text);
    struct pred **tail = &p->child;
    const struct json *l = json_first(left), *r = json_first(right);
    for (; l && r; l = l->next, r = r->next)
        append_child(p, &tail, compare_anew(b, l, "=", r, negate));
    return p;
}

static bool same_length_rows(const struct json *left, const struct json *right)
{
    return left && right && left->count && left->count == right->count;
}

static struct pred *build_operator(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    const struct json *left = json_get(body, "lexpr"), *right = json_get(body, "rexpr");
    struct str name = raw_last_name(json_get(body, "name"), NULL);
    bool equality = str_is(name, "=") || str_is(name, "<>");
    if (equality && same_length_rows(row_items(left), row_items(right))) {
        bool unequal = str_is(name, "<>") != negate;
        return row_equality(b, row_items(left), row_items(right), side_node_text(b, node), unequal);
    }
    if (!left || !right) {
        struct pred *p = make_test(b, text_of(b, node, false), PRED_OTHER, dup_name(b, name));
        side_from_node(b, node, &p->left);
        return wrap_not(b, p, negate);
    }
    return compare(b, left, name, right, side_node_text(b, node), negate);
}

/* ---- LIKE, SIMILAR TO ---- */

/* A literal that another literal escapes ("a!%" ESCAPE '!') in backslash form. */
static struct str fold_escape(struct arena *a, struct str pattern, struct str escape)
{
    char e = escape.len == 1 ? escape.p[0] : '\0';
    struct buf out = {0};
    for (size_t i = 0; i < pattern.len; i++) {
        if (e && pattern.p[i] == e && i + 1 < pattern.len) {
            buf_addc(&out, '\\');
            buf_addc(&out, pattern.p[++i]);
        } else {
            if (pattern.p[i] == '\\' && e != '\\')
                buf_addc(&out, '\\');
            buf_addc(&out, pattern.p[i]);
        }
    }
    struct str s = str_dup(a, buf_str(&out));
    buf_free(&out);
    return s;
}

/* A SIMILAR TO pattern as the regular expression that PostgreSQL makes of it. */
static struct str similar_to_regex(struct arena *a, struct str pattern, char escape)
{
    struct buf out = {0};
    bool in_brackets = false;
    buf_adds(&out, "^(?:");
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.p[i];
        if (escape && c == escape && i + 1 < pattern.len) {
            buf_addc(&out, '\\');
            buf_addc(&out, pattern.p[++i]);
        } else if (in_brackets) {
            in_brackets = c != ']';
            buf_addc(&out, c);
        } else if (c == '%') {
            buf_adds(&out, ".*");
        } else if (c == '_') {
            buf_addc(&out, '.');
        } else if (c == '\\' || c == '.' || c == '^' || c == '$') {
            buf_addc(&out, '\\');
            buf_addc(&out, c);
        } else {
            in_brackets = c == '[';
            buf_adds(&out, c == '(' ? "(?" : "");
            buf_addc(&out, c == '(' ? ':' : c);
        }
    }
    buf_adds(&out, ")$");
    struct str s = str_dup(a, buf_str(&out));
    buf_free(&out);
    return s;
}

/* The constant of a node, or absent. */
static struct str const_text(struct side_build *b, const struct json *node)
{
    struct pred_side s = {0};
    if (node)
        side_from_node(b, node, &s);
    return s.kind == SIDE_CONST ? s.value : (struct str){0};
}

static struct pred *build_pattern(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node), *right = json_get(body, "rexpr");
    const struct json *call = raw_as(right, RAW_FuncCall);
    struct str function = raw_last_name(json_get(call, "funcname"), NULL);
    bool similar = str_is(function, "similar_to_escape"), like = str_is(function, "like_escape");
    const struct json *args = similar || like ? json_first(json_get(call, "args")) : NULL;
    const struct json *escape = args ? args->next : NULL;
    struct str op = raw_last_name(json_get(body, "name"), NULL);
    struct pred *p = compare(b, json_get(body, "lexpr"), op, args ? args : right,
                             side_node_text(b, node), negate);
    struct str folded = const_text(b, escape);
    if (p->kind != PRED_TEST || p->right.kind != SIDE_CONST || (escape && !folded.p))
        return p;
    if (like && escape)
        p->right.value = fold_escape(b->a, p->right.value, folded);
    if (similar)
        p->right.value = similar_to_regex(b->a, p->right.value,
                                          !escape      ? '\\'
                                          : folded.len ? folded.p[0]
                                                       : '\0');
    return p;
}

/* ---- BETWEEN ---- */

static struct pred *range(struct side_build *b, const struct json *v, const struct json *low,
                          const struct json *high, struct str text, bool negate)
{
    struct pred *p = make(b, negate ? PRED_OR : PRED_AND, text);
    struct pred **tail = &p->child;
    append_child(p, &tail, compare_anew(b, v, ">=", low, negate));
    append_child(p, &tail, compare_anew(b, v, "<=", high, negate));
    return p;
}

static struct pred *build_between(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node), *v = json_get(body, "lexpr");
    const struct json *low = json_first(json_path(body, "rexpr", "List", "items", NULL));
    const struct json *high = low ? low->next : NULL;
    enum aexpr_kind kind = raw_aexpr_kind(body);
    struct str text = text_of(b, node, negate);
    if (!high)
        return make(b, PRED_OPAQUE, text);
    bool outside = (kind == AEXPR_NOT_BETWEEN || kind == AEXPR_NOT_BETWEEN_SYM) != negate;
    if (kind == AEXPR_BETWEEN || kind == AEXPR_NOT_BETWEEN)
        return range(b, v, low, high, text, outside);
    struct pred *p = make(b, outside ? PRED_AND : PRED_OR, text);
    struct pred **tail = &p->child;
    append_child(p, &tail, range(b, v, low, high, text, outside));
    append_child(p, &tail, range(b, v, high, low, text, outside));
    return p;
}

/* ---- IN and the array operators ---- */

static bool holds_columns(struct side_build *b, const struct json *node)
{
    struct scan *s = &b->scan;
    *s = (struct scan){.columns = s->columns, .room = s->room};
    scan_expr(s, node);
    return s->count > 0;
}

/* Rows, and elements that are columns, are compared one by one, as the planner does it. */
static bool compares_one_by_one(struct side_build *b, const struct json *left,
                                const struct json *items)
{
    if (items->count == 1 || row_items(left))
        return true;
    for (const struct json *e = json_first(items); e; e = e->next)
        if (holds_columns(b, e))
            return true;
    return false;
}

static struct pred *compare_element(struct side_build *b, const struct json *left,
                                    const struct json *element, bool negate)
{
    const struct json *l = row_items(left), *r = row_items(element);
    if (!same_length_rows(l, r))
        return compare_anew(b, left, "=", element, negate);
    struct str lt = side_node_text(b, left), rt = side_node_text(b, element);
    struct str text = str_of(arena_printf(b->a, "(%.*s = %.*s)", STR_ARG(lt), STR_ARG(rt)));
    return row_equality(b, l, r, text, negate);
}

static struct pred *build_in(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node), *left = json_get(body, "lexpr");
    const struct json *items = json_path(body, "rexpr", "List", "items", NULL);
    bool unequal = str_is(raw_last_name(json_get(body, "name"), NULL), "<>") != negate;
    struct str text = text_of(b, node, negate);
    if (!json_first(items))
        return make(b, PRED_OPAQUE, text);
    if (!compares_one_by_one(b, left, items)) {
        struct pred *p =
            make_test(b, text, unequal ? PRED_NOT_IN : PRED_IN, unequal ? STR("<>") : STR("="));
        side_from_node(b, left, &p->left);
        side_from_list(b, items, &p->right);
        return p;
    }
    struct pred *p = make(b, unequal ? PRED_AND : PRED_OR, text);
    struct pred **tail = &p->child;
    for (const struct json *e = json_first(items); e; e = e->next)
        append_child(p, &tail, compare_element(b, left, e, unequal));
    if (items->count > 1)
        return p;
    p->child->text = text;
    return p->child;
}

static struct pred *build_array(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    bool all = raw_aexpr_kind(body) == AEXPR_OP_ALL;
    struct str name = raw_last_name(json_get(body, "name"), NULL);
    struct pred *p = make_test(b, text_of(b, node, false), PRED_OTHER, (struct str){0});
    side_from_node(b, json_get(body, "lexpr"), &p->left);
    side_from_array(b, json_get(body, "rexpr"), &p->right);
    bool in = str_is(name, "=") && !all, not_in = str_is(name, "<>") && all;
    bool array_column = side_has_columns(&p->right) && !side_has_columns(&p->left);
    if (in && array_column) {
        exchange_sides(p);
        p->op = PRED_ANY_OF_COLUMN;
        p->op_name = STR("=");
    } else if (in || not_in) {
        p->op = in != negate ? PRED_IN : PRED_NOT_IN;
        p->op_name = in != negate ? STR("=") : STR("<>");
        p->text = text_of(b, node, negate);
        return p;
    } else {
        p->op_name = str_of(arena_printf(b->a, "%.*s %s", STR_ARG(name), all ? "ALL" : "ANY"));
    }
    return wrap_not(b, p, negate);
}

/* ---- tests ---- */

static bool is_null_constant(const struct json *node)
{
    return json_bool(raw_as(node, RAW_A_Const), "isnull", false);
}

static struct pred *null_test(struct side_build *b, const struct json *node, const struct json *arg,
                              bool null, bool negate)
{
    bool is_null = null != negate;
    struct pred *p =
        make_test(b, text_of(b, node, negate), is_null ? PRED_IS_NULL : PRED_IS_NOT_NULL,
                  is_null ? STR("IS NULL") : STR("IS NOT NULL"));
    side_from_node(b, arg, &p->left);
    return p;
}

/* IS DISTINCT FROM NULL is a null test. */
static struct pred *build_distinct(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    const struct json *left = json_get(body, "lexpr"), *right = json_get(body, "rexpr");
    bool distinct = (raw_aexpr_kind(body) == AEXPR_DISTINCT) != negate;
    if (is_null_constant(right))
        return null_test(b, node, left, !distinct != negate, negate);
    if (is_null_constant(left))
        return null_test(b, node, right, !distinct != negate, negate);
    struct pred *p = make_test(b, text_of(b, node, negate), PRED_IS_DISTINCT,
                               distinct ? STR("IS DISTINCT FROM") : STR("IS NOT DISTINCT FROM"));
    side_from_node(b, left, &p->left);
    side_from_node(b, right, &p->right);
    return p;
}

static struct pred *build_null_test(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    bool null = raw_enum_is(body, "nulltesttype", "IS_NULL");
    return null_test(b, node, json_get(body, "arg"), null, negate);
}

static const struct {
    const char *type;
    struct str name, contrary;
    bool value; /* what IS TRUE, IS FALSE compare with */
    bool definite;
    bool contrary_definite;
} boolean_tests[] = {
    {"IS_TRUE", {"IS TRUE", 7}, {"IS NOT TRUE", 11}, true, true, false},
    {"IS_NOT_TRUE", {"IS NOT TRUE", 11}, {"IS TRUE", 7}, true, false, true},
    {"IS_FALSE", {"IS FALSE", 8}, {"IS NOT FALSE", 12}, false, true, false},
    {"IS_NOT_FALSE", {"IS NOT FALSE", 12}, {"IS FALSE", 8}, false, false, true},
    {"IS_UNKNOWN", {"IS UNKNOWN", 10}, {"IS NOT UNKNOWN", 14}, false, false, false},
    {"IS_NOT_UNKNOWN", {"IS NOT UNKNOWN", 14}, {"IS UNKNOWN", 10}, false, false, false},
};

static struct pred *build_boolean_test(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    size_t i = 0;
    while (i + 1 < sizeof boolean_tests / sizeof *boolean_tests &&
           !raw_enum_is(body, "booltesttype", boolean_tests[i].type))
        i++;
    bool definite = negate ? boolean_tests[i].contrary_definite : boolean_tests[i].definite;
    struct pred *p = make_test(b, text_of(b, node, negate), definite ? PRED_EQ : PRED_IS_DISTINCT,
                               negate ? boolean_tests[i].contrary : boolean_tests[i].name);
    side_from_node(b, json_get(body, "arg"), &p->left);
    if (definite)
        p->right = side_boolean(boolean_tests[i].value);
    return p;
}

/* A value that is a condition by itself. */
static struct pred *build_value(struct side_build *b, const struct json *node, bool negate)
{
    struct pred *p = make_test(b, text_of(b, node, negate), PRED_EQ, STR(""));
    side_from_node(b, node, &p->left);
    p->right = side_boolean(!negate);
    return p;
}

/* ---- subqueries and functions ---- */

static struct pred *subquery(struct side_build *b, const struct json *node, struct str op_name)
{
    struct pred *p = make_test(b, text_of(b, node, false), PRED_SUBQUERY, op_name);
    p->right.kind = SIDE_SUBPLAN;
    p->right.text = p->text;
    return p;
}

static void take_tested(struct side_build *b, const struct json *test, struct pred_side *out)
{
    if (!test)
        return;
    if (row_items(test))
        side_from_row(b, row_items(test), side_node_text(b, test), out);
    else
        side_from_node(b, test, out);
}

static struct pred *build_sublink(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node);
    struct str type = json_str(body, "subLinkType");
    struct str op = raw_last_name(json_get(body, "operName"), NULL);
    struct str name = STR("");
    if (str_is(type, "EXISTS_SUBLINK"))
        name = STR("EXISTS");
    else if (str_is(type, "ANY_SUBLINK"))
        name = op.p ? dup_name(b, op) : STR("=");
    else if (str_is(type, "ALL_SUBLINK"))
        name = str_of(arena_printf(b->a, "%.*s ALL", STR_ARG(op)));
    struct pred *p = subquery(b, node, name);
    p->block = (size_t)json_num(body, "block", 0);
    take_tested(b, json_get(body, "testexpr"), &p->left);
    return wrap_not(b, p, negate);
}

/*
 * (ANY (id = (hashed SubPlan 1).col1)), or an AND of such comparisons: the tested values are on
 * the left.
 */
static struct pred *build_plan_quantifier(struct side_build *b, const struct json *node,
                                          bool negate)
{
    const struct json *body = raw_body(node), *arg = json_first(json_get(body, "args"));
    const struct json *all = raw_tag(arg) == RAW_BoolExpr ? json_get(raw_body(arg), "args") : NULL;
    const struct json *first = raw_as(all ? json_first(all) : arg, RAW_A_Expr);
    struct str op = raw_last_name(json_get(first, "name"), NULL);
    bool any = str_is(raw_last_name(json_get(body, "funcname"), NULL), "ANY");
    struct str name = any ? dup_name(b, op)
                          : str_of(arena_printf(b->a, "%.*s ALL", (int)op.len, op.len ? op.p : ""));
    struct pred *p = subquery(b, node, name);
    if (!all) {
        take_tested(b, json_get(first, "lexpr"), &p->left);
        return wrap_not(b, p, negate);
    }
    struct pred_column *columns = arena_calloc(b->a, all->count, sizeof *columns);
    size_t n = 0;
    p->left = (struct pred_side){.kind = SIDE_ROW, .row_is_plain = true, .text = p->text};
    for (const struct json *e = json_first(all); e; e = e->next) {
        struct pred_side one = {0};
        take_tested(b, json_get(raw_as(e, RAW_A_Expr), "lexpr"), &one);
        if (one.kind == SIDE_COLUMN)
            columns[n++] = one.columns[0];
        else
            p->left.row_is_plain = false;
    }
    p->left.columns = columns;
    p->left.column_count = n;
    return wrap_not(b, p, negate);
}

static struct pred *build_function(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node), *args = json_get(body, "args");
    struct str name = raw_last_name(json_get(body, "funcname"), NULL);
    if (str_is(name, "ANY") || str_is(name, "ALL"))
        return build_plan_quantifier(b, node, negate);
    struct pred *p = make_test(b, text_of(b, node, false), PRED_OTHER, dup_name(b, name));
    if (str_is(name, "starts_with") && args && args->count == 2) {
        p->op = PRED_STARTS_WITH;
        side_from_node(b, json_first(args), &p->left);
        side_from_node(b, json_first(args)->next, &p->right);
    } else {
        side_from_node(b, node, &p->left);
    }
    return wrap_not(b, p, negate);
}

static struct pred *build_column(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *first = json_first(json_get(raw_body(node), "fields"));
    if (raw_is_plan_ref(raw_string(first)))
        return wrap_not(b, subquery(b, node, STR("")), negate);
    return build_value(b, node, negate);
}

/* ---- AND, OR, NOT and dispatch ---- */

static struct pred *build_bool(struct side_build *b, const struct json *node, bool negate)
{
    const struct json *body = raw_body(node), *args = json_get(body, "args");
    if (raw_enum_is(body, "boolop", "NOT_EXPR"))
        return build(b, json_first(args), !negate);
    bool conjunction = raw_enum_is(body, "boolop", "AND_EXPR") != negate;
    struct pred *p = make(b, conjunction ? PRED_AND : PRED_OR, text_of(b, node, negate));
    struct pred **tail = &p->child;
    for (const struct json *e = json_first(args); e; e = e->next)
        append_child(p, &tail, build(b, e, negate));
    return p;
}

static struct pred *build_aexpr(struct side_build *b, const struct json *node, bool negate)
{
    switch (raw_aexpr_kind(raw_body(node))) {
    case AEXPR_OP:
        return build_operator(b, node, negate);
    case AEXPR_OP_ANY:
    case AEXPR_OP_ALL:
        return build_array(b, node, negate);
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
        return build_distinct(b, node, negate);
    case AEXPR_IN:
        return build_in(b, node, negate);
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
    case AEXPR_SIMILAR:
        return build_pattern(b, node, negate);
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
        return build_between(b, node, negate);
    case AEXPR_NULLIF:
    case AEXPR_UNKNOWN:
        break;
    }
    return build_value(b, node, negate);
}

static struct pred *build(struct side_build *b, const struct json *node, bool negate)
{
    switch (raw_tag(node)) {
    case RAW_BoolExpr:
        return build_bool(b, node, negate);
    case RAW_A_Expr:
        return build_aexpr(b, node, negate);
    case RAW_NullTest:
        return build_null_test(b, node, negate);
    case RAW_BooleanTest:
        return build_boolean_test(b, node, negate);
    case RAW_SubLink:
        return build_sublink(b, node, negate);
    case RAW_FuncCall:
        return build_function(b, node, negate);
    case RAW_ColumnRef:
        return build_column(b, node, negate);
    case RAW_CurrentOfExpr:
    case RAW_OTHER:
        return make(b, PRED_OPAQUE, text_of(b, node, negate));
    default:
        return build_value(b, node, negate);
    }
}

struct pred *pred_from_tree(struct arena *a, const struct json *expr)
{
    struct side_build b;
    side_build_init(&b, a, expr);
    struct pred *p = build(&b, expr, false);
    side_build_release(&b);
    return p;
}

/* ---- conjuncts ---- */

static size_t count_conjuncts(const struct pred *p)
{
    if (p->kind != PRED_AND)
        return 1;
    size_t n = 0;
    for (const struct pred *c = p->child; c; c = c->next)
        n += count_conjuncts(c);
    return n;
}

static void collect_conjuncts(const struct pred *p, const struct pred **out, size_t *n)
{
    if (p->kind != PRED_AND) {
        out[(*n)++] = p;
        return;
    }
    for (const struct pred *c = p->child; c; c = c->next)
        collect_conjuncts(c, out, n);
}

const struct pred **pred_conjuncts(struct arena *a, const struct pred *p, size_t *count)
{
    *count = 0;
    if (!p)
        return NULL;
    const struct pred **out = arena_calloc(a, count_conjuncts(p), sizeof *out);
    collect_conjuncts(p, out, count);
    return out;
}
