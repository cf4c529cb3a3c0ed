/*
 * One clause against another: predicate_implied_by_simple_clause of PostgreSQL's predtest.c.
 */
#include "base/arena.h"
#include "sql/func.h"
#include "sql/implies_private.h"
#include "sql/oper.h"

/* ---- what columns are ---- */

static bool is_own(const struct proof *p, struct str qualifier)
{
    bool any = !p->names || !p->names->alias.p;
    return any || !qualifier.p || str_eq(qualifier, p->names->alias);
}

static bool find_column(const struct proof *p, const struct pred_side *side,
                        struct implies_column *out)
{
    *out = (struct implies_column){0};
    return p->names && p->names->column && is_own(p, side->qualifier) &&
           p->names->column(p->names->ctx, side->column, out);
}

static bool all_own(const struct proof *p, const struct pred_side *side)
{
    for (size_t i = 0; i < side->column_count; i++)
        if (!is_own(p, side->columns[i].qualifier))
            return false;
    return true;
}

bool implies_own_column(const struct proof *p, const struct pred_side *side)
{
    return side->kind == SIDE_COLUMN && !side->cast_type.p && !side->collation.p &&
           is_own(p, side->qualifier);
}

static enum const_family column_family(const struct proof *p, const struct pred_side *side)
{
    struct implies_column c;
    return find_column(p, side, &c) ? const_family_of(c.type, c.category) : FAMILY_UNKNOWN;
}

/* A cast that is no conversion: varchar to text, or to the type that the column has. */
static bool is_idle_cast(const struct proof *p, const struct pred_side *side)
{
    struct implies_column c;
    enum const_family to = const_family_of(side->cast_type, 0);
    enum const_family from = column_family(p, side);
    if (to == FAMILY_TEXT && (from == FAMILY_TEXT || from == FAMILY_UNKNOWN))
        return str_find(side->cast_type, "(") < 0;
    return find_column(p, side, &c) && str_eq(c.type, side->cast_type);
}

/* ---- keys ---- */

struct key_cache {
    const struct pred_side *side;
    struct str key;
    struct key_cache *next;
};

static struct str make_key(struct proof *p, const struct pred_side *side)
{
    struct buf b = {0};
    if (side->kind == SIDE_COLUMN && is_own(p, side->qualifier)) {
        buf_adds(&b, "column ");
        buf_addstr(&b, side->column);
        if (side->cast_type.p && !is_idle_cast(p, side)) {
            buf_adds(&b, "::");
            buf_addstr(&b, side->cast_type);
        }
        if (side->collation.p) {
            buf_adds(&b, " collate ");
            buf_addstr(&b, side->collation);
        }
    } else if (side->kind == SIDE_EXPR && all_own(p, side) && side->expr.p) {
        buf_adds(&b, "expression ");
        buf_addstr(&b, pred_canonical(p->a, side->expr));
    } else {
        buf_adds(&b, "other ");
        buf_addstr(&b, side->text);
    }
    struct str key = str_dup(p->a, buf_str(&b));
    buf_free(&b);
    return key;
}

struct str implies_key(struct proof *p, const struct pred_side *side)
{
    for (struct key_cache *c = p->keys; c; c = c->next)
        if (c->side == side)
            return c->key;
    struct key_cache *c = arena_alloc(p->a, sizeof *c);
    *c = (struct key_cache){.side = side, .key = make_key(p, side), .next = p->keys};
    p->keys = c;
    return c->key;
}

/* ---- comparisons ---- */

/* left op constant, or left op right. */
struct comparison {
    enum pred_op op;
    struct str left;
    enum const_family cast; /* what the left side is cast to for the constant's sake */
    bool constant;
    struct str value; /* absent: NULL */
    enum const_family family;
    bool by_bytes;
    struct str right;
};

static bool is_ordering(enum pred_op op)
{
    switch (op) {
    case PRED_EQ:
    case PRED_NE:
    case PRED_LT:
    case PRED_LE:
    case PRED_GT:
    case PRED_GE:
        return true;
    default:
        return false;
    }
}

/* A boolean value as a condition, written as it may be: b, NOT b, b = true. */
static bool is_boolean(const struct pred *p)
{
    return p->kind == PRED_TEST && p->op == PRED_EQ && p->right.kind == SIDE_CONST &&
           p->right.literal == LITERAL_BOOLEAN && (!p->op_name.len || str_is(p->op_name, "="));
}

static struct str element_type(struct str type)
{
    return str_ends(type, "[]") ? str_sub(type, 0, type.len - 2) : type;
}

static enum const_family literal_family(const struct pred_side *s)
{
    if (s->cast_type.p)
        return const_family_of(element_type(s->cast_type), 0);
    switch (s->literal) {
    case LITERAL_INTEGER:
        return FAMILY_INTEGER;
    case LITERAL_DECIMAL:
        return FAMILY_NUMERIC;
    case LITERAL_BOOLEAN:
        return FAMILY_BOOLEAN;
    case LITERAL_BITS:
        return FAMILY_OTHER;
    case LITERAL_NONE:
    case LITERAL_STRING:
        break;
    }
    return FAMILY_UNKNOWN;
}

static bool gives_text(struct str function)
{
    static const char *const names[] = {"lower",      "upper",     "initcap", "->>",     "#>>",
                                        "btrim",      "ltrim",     "rtrim",   "replace", "substr",
                                        "substring",  "left",      "right",   "md5",     "concat",
                                        "split_part", "translate", "to_char", "reverse"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(function, names[i]))
            return true;
    return false;
}

static enum const_family left_family(const struct proof *p, const struct pred_side *s)
{
    if (s->cast_type.p && !(s->kind == SIDE_COLUMN && is_idle_cast(p, s)))
        return const_family_of(s->cast_type, 0);
    if (s->kind == SIDE_COLUMN)
        return column_family(p, s);
    return gives_text(s->function) ? FAMILY_TEXT : FAMILY_UNKNOWN;
}

/*
 * In which type a value and a constant meet. *cast: what the value is converted to for it, which
 * makes another expression of it. FAMILY_UNKNOWN and false: not one that can be compared here.
 */
static bool meet(enum const_family left, enum const_family constant, enum const_family *cast,
                 enum const_family *family)
{
    *cast = FAMILY_UNKNOWN;
    *family = constant;
    if (constant == FAMILY_UNKNOWN)
        *family = left;
    if (constant == FAMILY_UNKNOWN || left == FAMILY_UNKNOWN || left == constant)
        return true;
    switch (left) {
    case FAMILY_INTEGER:
        *cast = constant;
        return constant == FAMILY_NUMERIC || constant == FAMILY_FLOAT;
    case FAMILY_NUMERIC:
        *family = constant == FAMILY_INTEGER ? FAMILY_NUMERIC : constant;
        *cast = constant == FAMILY_FLOAT ? FAMILY_FLOAT : FAMILY_UNKNOWN;
        return constant == FAMILY_INTEGER || constant == FAMILY_FLOAT;
    case FAMILY_FLOAT:
        *family = FAMILY_FLOAT;
        return constant == FAMILY_INTEGER || constant == FAMILY_NUMERIC;
    case FAMILY_DATE:
        return constant == FAMILY_TIMESTAMP;
    case FAMILY_TIMESTAMP:
        return constant == FAMILY_DATE;
    case FAMILY_BPCHAR:
        *cast = FAMILY_TEXT;
        return constant == FAMILY_TEXT;
    case FAMILY_ENUM:
        *family = FAMILY_ENUM;
        return constant == FAMILY_OTHER;
    default:
        return false;
    }
}

static bool is_plain_operator(const struct pred *p)
{
    const struct oper *op = oper_find(p->op_name);
    return op && op->op == p->op && !memchr(p->op_name.p, '~', p->op_name.len);
}

static bool takes_constant(struct item it)
{
    enum pred_side_kind kind = it.pred->right.kind;
    return kind == (it.element ? SIDE_CONST_LIST : SIDE_CONST);
}

static bool read_comparison(struct proof *p, struct item it, struct comparison *out)
{
    const struct pred *pred = it.pred;
    enum pred_op op = pred->op;
    if (it.element)
        op = op == PRED_IN ? PRED_EQ : PRED_NE;
    if (pred->kind != PRED_TEST || !is_ordering(op) || is_boolean(pred) ||
        (!it.element && !is_plain_operator(pred)))
        return false;
    if (pred->left.kind == SIDE_ROW || pred->left.kind == SIDE_NONE)
        return false;
    *out = (struct comparison){.op = op, .left = implies_key(p, &pred->left)};
    out->constant = takes_constant(it);
    if (!out->constant) {
        out->right = implies_key(p, &pred->right);
        return pred->right.kind != SIDE_ROW;
    }
    out->value = it.element ? pred->right.values[it.index] : pred->right.value;
    struct implies_column c;
    if (pred->left.kind == SIDE_COLUMN && find_column(p, &pred->left, &c))
        out->by_bytes = c.sorts_by_bytes;
    return meet(left_family(p, &pred->left), literal_family(&pred->right), &out->cast,
                &out->family);
}

static bool same_meeting(const struct comparison *c, const struct comparison *g,
                         enum const_family *family)
{
    bool dates = (c->family == FAMILY_DATE || c->family == FAMILY_TIMESTAMP) &&
                 (g->family == FAMILY_DATE || g->family == FAMILY_TIMESTAMP);
    *family = c->family;
    return c->cast == g->cast && (c->family == g->family || dates);
}

/*
 * Orders of the goal's constant to the clause's that prove the goal: BT_implic_table of
 * predtest.c.
 */
enum { L = 1, E = 2, G = 4, D = 8 };

static unsigned proving_orders(enum pred_op clause, enum pred_op goal)
{
    static const unsigned char table[6][6] = {
        /* goal:  =  <>             <      <=     >      >= */
        {E, L | G | D, G, G | E, L, L | E}, /* clause = */
        {0, E, 0, 0, 0, 0},                 /* <> */
        {0, G | E, G | E, G | E, 0, 0},     /* < */
        {0, G, G, G | E, 0, 0},             /* <= */
        {0, L | E, 0, 0, L | E, L | E},     /* > */
        {0, L, 0, 0, L, L | E},             /* >= */
    };
    static const unsigned char row[] = {
        [PRED_EQ] = 0, [PRED_NE] = 1, [PRED_LT] = 2, [PRED_LE] = 3, [PRED_GT] = 4, [PRED_GE] = 5};
    return table[row[clause]][row[goal]];
}

static bool constants_prove(const struct comparison *c, const struct comparison *g)
{
    static const unsigned char bit[] = {[ORDER_UNKNOWN] = 0,
                                        [ORDER_LESS] = L,
                                        [ORDER_EQUAL] = E,
                                        [ORDER_GREATER] = G,
                                        [ORDER_DIFFERENT] = D};
    enum const_family family;
    if (!same_meeting(c, g, &family))
        return false;
    /* a clause that compares with NULL is never true, so it proves anything; a goal never is */
    if (!c->value.p)
        return true;
    if (!g->value.p)
        return false;
    enum const_order order = const_compare(family, c->by_bytes, g->value, c->value);
    return proving_orders(c->op, g->op) & bit[order];
}

/* BT_implies_table: the same two operands on both sides. */
static bool operands_prove(enum pred_op clause, enum pred_op goal)
{
    switch (clause) {
    case PRED_EQ:
        return goal == PRED_EQ || goal == PRED_LE || goal == PRED_GE;
    case PRED_LT:
        return goal == PRED_LT || goal == PRED_LE || goal == PRED_NE;
    case PRED_GT:
        return goal == PRED_GT || goal == PRED_GE || goal == PRED_NE;
    default:
        return clause == goal;
    }
}

static enum pred_op turned(enum pred_op op)
{
    switch (op) {
    case PRED_LT:
        return PRED_GT;
    case PRED_LE:
        return PRED_GE;
    case PRED_GT:
        return PRED_LT;
    case PRED_GE:
        return PRED_LE;
    default:
        return op;
    }
}

static bool comparisons_prove(const struct comparison *c, const struct comparison *g)
{
    if (c->constant != g->constant)
        return false;
    if (c->constant)
        return str_eq(c->left, g->left) && constants_prove(c, g);
    if (str_eq(c->left, g->left) && str_eq(c->right, g->right))
        return operands_prove(c->op, g->op);
    return str_eq(c->left, g->right) && str_eq(c->right, g->left) &&
           operands_prove(c->op, turned(g->op));
}

/* ---- the same clause ---- */

static bool same_type(struct str a, struct str b)
{
    if (!a.p || !b.p || str_eq(a, b))
        return true;
    enum const_family x = const_family_of(element_type(a), 0),
                      y = const_family_of(element_type(b), 0);
    return x == y && x == FAMILY_TEXT && str_ends(a, "[]") == str_ends(b, "[]");
}

static bool same_values(const struct pred_side *a, const struct pred_side *b)
{
    if (a->value_count != b->value_count || !same_type(a->cast_type, b->cast_type))
        return false;
    for (size_t i = 0; i < a->value_count; i++)
        if (!a->values[i].p != !b->values[i].p || !str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool same_side(struct proof *p, const struct pred_side *a, const struct pred_side *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case SIDE_CONST:
        return a->is_null == b->is_null && str_eq(a->value, b->value) &&
               same_type(a->cast_type, b->cast_type);
    case SIDE_CONST_LIST:
        return same_values(a, b);
    case SIDE_NONE:
        return str_eq(a->text, b->text);
    case SIDE_SUBPLAN:
        return false;
    default:
        return !a->is_volatile && str_eq(implies_key(p, a), implies_key(p, b));
    }
}

static bool same_test(struct proof *p, const struct pred *a, const struct pred *b)
{
    if (a->op != b->op || a->op == PRED_SUBQUERY)
        return false;
    bool booleans = is_boolean(a) && is_boolean(b);
    if (!booleans && !str_eq(a->op_name, b->op_name))
        return false;
    return same_side(p, &a->left, &b->left) && same_side(p, &a->right, &b->right);
}

static bool same_pred(struct proof *p, const struct pred *a, const struct pred *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == PRED_OPAQUE)
        return str_eq(a->text, b->text);
    if (a->kind == PRED_NOT) {
        a = a->child;
        b = b->child;
    }
    return a->kind == PRED_TEST && b->kind == PRED_TEST && same_test(p, a, b);
}

/* ---- IS NOT NULL ---- */

static bool side_is_strict(struct proof *p, const struct pred_side *side,
                           const struct pred_side *wanted)
{
    if (side->kind == SIDE_COLUMN || side->kind == SIDE_EXPR)
        if (str_eq(implies_key(p, side), implies_key(p, wanted)))
            return true;
    if (wanted->kind != SIDE_COLUMN)
        return false;
    for (size_t i = 0; i < side->column_count; i++)
        if (side->columns[i].strict && is_own(p, side->columns[i].qualifier) &&
            str_eq(side->columns[i].column, wanted->column))
            return true;
    return false;
}

/* Whether a clause that is true shows that a value is not NULL (clause_is_strict_for). */
static bool is_strict_for(struct proof *p, struct item it, const struct pred_side *wanted)
{
    const struct pred *c = it.pred;
    if (c->kind != PRED_TEST)
        return false;
    switch (c->op) {
    case PRED_IS_NULL:
    case PRED_IS_NOT_NULL:
    case PRED_IS_DISTINCT:
    case PRED_SUBQUERY:
        return false;
    case PRED_NOT_IN:
        /* <> ALL of an empty array is true whatever the value */
        if (!it.element && !c->right.value_count)
            return false;
        break;
    case PRED_EQ:
        /* IS TRUE, and NOT, which is no function */
        if (is_boolean(c) ? str_is(c->right.value, "false") : str_starts(c->op_name, "IS"))
            return false;
        break;
    default:
        break;
    }
    if (c->left.kind == SIDE_ROW)
        return false;
    return side_is_strict(p, &c->left, wanted) || side_is_strict(p, &c->right, wanted);
}

bool implies_atom(struct proof *p, struct item clause, struct item goal)
{
    if (!clause.element && !goal.element && same_pred(p, clause.pred, goal.pred))
        return true;
    if (!goal.element && goal.pred->kind == PRED_TEST && goal.pred->op == PRED_IS_NOT_NULL)
        return goal.pred->left.kind != SIDE_NONE && is_strict_for(p, clause, &goal.pred->left);
    struct comparison c, g;
    return read_comparison(p, clause, &c) && read_comparison(p, goal, &g) &&
           comparisons_prove(&c, &g);
}
