#include "advise/need.h"

#include <math.h>

#include "advise/form.h"
#include "advise/need_private.h"
#include "base/arena.h"

/* Room for one more element of an arena array. */
static void *room(struct arena *a, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 8;
    void *more = arena_calloc(a, *cap, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

struct need *need_add(struct arena *a, struct need_list *list)
{
    list->items = room(a, list->items, list->count, &list->cap, sizeof *list->items);
    struct need *n = &list->items[list->count++];
    *n = (struct need){.limit = NAN,
                       .table_rows = NAN,
                       .rows_out = NAN,
                       .order_rows = NAN,
                       .joined_rows = NAN,
                       .outer_rows = NAN,
                       .join_share = NAN,
                       .loops = NAN,
                       .self_ms = NAN,
                       .cost = NAN,
                       .pages = NAN};
    return n;
}

struct cat_rel *need_stand_in(struct arena *a, struct str schema, struct str name)
{
    struct cat_rel *rel = arena_alloc(a, sizeof *rel);
    rel->schema = schema;
    rel->name = name;
    rel->kind = 'r';
    rel->persistence = 'p';
    rel->pages = rel->tuples = rel->all_visible_pages = rel->size_bytes = rel->fillfactor = NAN;
    rel->seq_scans = rel->inserts = rel->updates = rel->deletes = rel->hot_updates = NAN;
    rel->live_tuples = rel->dead_tuples = rel->modified_since_analyze = NAN;
    return rel;
}

struct cat_rel *need_partition_root(struct cat_rel *rel)
{
    while (rel->parent && rel->parent->kind == 'p')
        rel = rel->parent;
    return rel;
}

/* ---- whose columns a side speaks of ---- */

enum owner { OWNER_NOBODY, OWNER_SELF, OWNER_OTHER, OWNER_MIXED };

static bool is_own(const struct need_maker *k, const struct pred_column *c)
{
    if (c->qualifier.len)
        return str_eq(c->qualifier, k->need->alias);
    return !k->bare_is_other || cat_find_column(k->need->rel, c->column);
}

static enum owner owner_of(const struct need_maker *k, const struct pred_side *side)
{
    size_t own = 0;
    for (size_t i = 0; i < side->column_count; i++)
        own += is_own(k, &side->columns[i]);
    return side->column_count == 0     ? OWNER_NOBODY
           : own == side->column_count ? OWNER_SELF
           : own                       ? OWNER_MIXED
                                       : OWNER_OTHER;
}

/* ---- what an index could hold ---- */

/*
 * Casts that change nothing an index cares about: text and varchar are one type to their operator
 * class. Without a catalog a cast to text is taken for the one PostgreSQL adds to varchar columns.
 */
static bool cast_is_harmless(const struct cat_column *col, struct str cast)
{
    if (!cast.len)
        return true;
    if (!col || !col->base_type.len)
        return str_is(cast, "text");
    bool to_text = str_is(cast, "text") || str_starts(cast, "character varying");
    bool from_text = str_is(col->base_type, "text") ||
                     str_is(col->base_type, "character varying") || str_is(col->base_type, "name");
    return (to_text && from_text) || str_eq(cast, col->base_type) || str_eq(cast, col->type);
}

/* timestamptz to date or timestamp depends on the time zone, so no index can hold it. */
static bool cast_is_immutable(const struct cat_column *col, struct str cast)
{
    if (!col || !str_starts(col->base_type, "timestamp with time zone"))
        return true;
    return !(str_is(cast, "date") || str_starts(cast, "time"));
}

/* A function or cast of a timestamp with time zone that no index can hold. */
static bool depends_on_zone(const struct need_maker *k, const struct pred_side *side)
{
    for (size_t i = 0; i < side->column_count && side->kind == SIDE_EXPR; i++) {
        const struct cat_column *c = cat_find_column(k->need->rel, side->columns[i].column);
        if (side->columns[i].zoned && c && str_is(c->base_type, "timestamp with time zone"))
            return true;
    }
    return false;
}

/*
 * The type that PostgreSQL converts the column to before it compares: an integer with a decimal
 * number, a char(n) with a text. No index on the column serves then.
 */
static struct str conversion(const struct cat_column *col, const struct pred_side *other)
{
    if (!col)
        return (struct str){0};
    struct str cast = other->cast_type;
    bool integer = str_is(col->base_type, "integer") || str_is(col->base_type, "bigint") ||
                   str_is(col->base_type, "smallint");
    if (integer && !cast.len && other->literal == LITERAL_DECIMAL)
        return STR("numeric");
    if (integer &&
        (str_starts(cast, "numeric") || str_is(cast, "double precision") || str_is(cast, "real")))
        return cast;
    bool to_text = str_is(cast, "text") || str_starts(cast, "character varying");
    return str_is(col->base_type, "character") && to_text ? cast : (struct str){0};
}

/* Fill in what the index key would be; false when no index can hold the side. */
static bool key_of(const struct need_maker *k, const struct pred_side *side, struct need_cond *c)
{
    if (side->is_volatile || side->is_stable || side->has_param || depends_on_zone(k, side))
        return false;
    c->column = side->column.len ? cat_find_column(k->need->rel, side->column) : NULL;
    if (side->kind == SIDE_COLUMN && cast_is_harmless(c->column, side->cast_type)) {
        c->name = c->canonical = side->column;
        return true;
    }
    if (side->kind == SIDE_COLUMN && !cast_is_immutable(c->column, side->cast_type))
        return false;
    c->is_expr = true;
    c->name = side->expr;
    c->canonical = pred_canonical(k->arena, side->expr);
    return (side->kind == SIDE_EXPR || side->kind == SIDE_COLUMN) && side->expr.len;
}

/* ---- what an index can do with an operator ---- */

static const enum cond_use use_of_op[] = {
    [PRED_EQ] = COND_EQUAL,
    [PRED_IN] = COND_LIST,
    [PRED_NE] = COND_FILTER_ONLY,
    [PRED_NOT_IN] = COND_FILTER_ONLY,
    [PRED_LT] = COND_RANGE,
    [PRED_LE] = COND_RANGE,
    [PRED_GT] = COND_RANGE,
    [PRED_GE] = COND_RANGE,
    [PRED_IS_NULL] = COND_NULL,
    [PRED_IS_NOT_NULL] = COND_NOT_NULL,
    [PRED_IS_DISTINCT] = COND_FILTER_ONLY,
    [PRED_LIKE] = COND_PREFIX,
    [PRED_ILIKE] = COND_INFIX,
    [PRED_NOT_LIKE] = COND_FILTER_ONLY,
    [PRED_REGEX] = COND_PREFIX,
    [PRED_IREGEX] = COND_INFIX,
    [PRED_STARTS_WITH] = COND_PREFIX,
    [PRED_CONTAINS] = COND_CONTAINS,
    [PRED_CONTAINED] = COND_CONTAINS,
    [PRED_OVERLAPS] = COND_CONTAINS,
    [PRED_HAS_KEY] = COND_CONTAINS,
    [PRED_TEXT_SEARCH] = COND_SEARCH,
    [PRED_JSONPATH] = COND_CONTAINS,
    [PRED_SIMILAR] = COND_INFIX,
    [PRED_KNN] = COND_FILTER_ONLY,
    [PRED_ANY_OF_COLUMN] = COND_FILTER_ONLY,
    [PRED_SUBQUERY] = COND_FILTER_ONLY,
    [PRED_OTHER] = COND_FILTER_ONLY,
};

static enum cond_use pattern_use(const struct pred *p)
{
    size_t prefix = 0, run;
    bool regex = p->op == PRED_REGEX || p->op == PRED_IREGEX;
    if (p->right.kind != SIDE_CONST)
        return COND_FILTER_ONLY;
    if (p->op == PRED_STARTS_WITH)
        return p->right.value.len ? COND_PREFIX : COND_FILTER_ONLY;
    bool fixed = regex ? pred_regex_prefix(p->right.value, &prefix)
                       : pred_like_prefix(p->right.value, &prefix);
    run = regex ? pred_regex_longest_run(p->right.value) : pred_like_longest_run(p->right.value);
    if (fixed && prefix && (p->op == PRED_LIKE || p->op == PRED_REGEX))
        return COND_PREFIX;
    return run >= 3 ? COND_INFIX : COND_FILTER_ONLY;
}

static bool is_pattern(enum pred_op op)
{
    return op == PRED_LIKE || op == PRED_ILIKE || op == PRED_REGEX || op == PRED_IREGEX ||
           op == PRED_STARTS_WITH;
}

/* Operators of ranges and networks that their GiST operator classes know, beside those that all
 * containers have. */
static bool is_container_op(struct str op)
{
    static const char *const ops[] = {"<<=", ">>=", "<<", ">>", "&<", "&>", "-|-"};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (str_is(op, ops[i]))
            return true;
    return false;
}

static bool is_container(const struct cat_column *c)
{
    return c && (str_is(c->base_type, "inet") || str_is(c->base_type, "cidr") ||
                 str_ends(c->base_type, "range"));
}

static bool is_textual(const struct cat_column *c)
{
    return c && (str_is(c->base_type, "text") || str_starts(c->base_type, "character"));
}

static enum cond_use use_of(const struct pred *p, enum owner other, const struct cat_column *column)
{
    enum cond_use use = is_pattern(p->op) ? pattern_use(p) : use_of_op[p->op];
    if (p->op == PRED_OTHER && is_container_op(p->op_name) && is_container(column))
        use = COND_CONTAINS;
    if (use == COND_SEARCH && is_textual(column) && p->left.kind == SIDE_COLUMN)
        use = COND_FILTER_ONLY; /* text @@ query: no operator class has it */
    if (other == OWNER_SELF || other == OWNER_MIXED)
        return COND_FILTER_ONLY;
    if (other == OWNER_OTHER)
        return use == COND_EQUAL ? COND_JOIN : COND_FILTER_ONLY;
    if (p->right.is_volatile && use != COND_NULL && use != COND_NOT_NULL)
        return COND_FILTER_ONLY;
    return use;
}

/* A literal of the plan is one of the query too unless it came in as a parameter's value. */
static bool is_constant(const struct need_maker *k, const struct pred *p)
{
    if (p->op == PRED_IS_NULL || p->op == PRED_IS_NOT_NULL)
        return true;
    if (p->right.kind == SIDE_CONST_LIST) {
        for (size_t i = 0; k->sql.len && i < p->right.value_count; i++)
            if (p->right.values[i].p &&
                !memmem(k->sql.p, k->sql.len, p->right.values[i].p, p->right.values[i].len))
                return false;
        return true;
    }
    if (p->right.kind != SIDE_CONST)
        return false;
    bool is_bool = str_is(p->right.value, "true") || str_is(p->right.value, "false");
    return !k->sql.len || is_bool || p->right.is_null ||
           memmem(k->sql.p, k->sql.len, p->right.value.p, p->right.value.len) != NULL;
}

static bool have_already(const struct need *n, const struct need_cond *c)
{
    for (size_t i = 0; i < n->cond_count; i++)
        if (str_eq(n->conds[i].key, c->key))
            return true;
    return false;
}

static void add_columns(struct need_maker *k, const struct pred_side *side)
{
    for (size_t i = 0; i < side->column_count; i++)
        need_add_column(k, side->columns[i].qualifier, side->columns[i].column);
}

/* What an index can do with a test; false when it is not about this relation alone. */
static bool classify(const struct need_maker *k, const struct pred *p, struct need_cond *c)
{
    enum owner left = owner_of(k, &p->left), right = owner_of(k, &p->right);
    bool turned = left != OWNER_SELF && right == OWNER_SELF && p->op == PRED_EQ;
    const struct pred_side *side = turned ? &p->right : &p->left;
    enum owner other = turned ? left : right;
    if ((turned ? right : left) != OWNER_SELF)
        return false;
    *c = (struct need_cond){.pred = p, .side = side, .share = NAN, .outer_rows = NAN};
    c->other = turned ? &p->left : &p->right;
    const struct cat_column *column =
        side->column.len ? cat_find_column(k->need->rel, side->column) : NULL;
    c->use = use_of(p, other, column);
    if (c->use == COND_JOIN)
        c->partner = c->other->columns[0].qualifier;
    c->is_constant = !turned && other == OWNER_NOBODY && is_constant(k, p);
    c->negated_bool = p->op == PRED_EQ && str_is(p->right.value, "false");
    c->key = form_key(k->arena, p);
    if (!turned)
        c->form = form_of(k->arena, p);
    if (!key_of(k, side, c))
        c->use = COND_FILTER_ONLY;
    c->converted = side->kind == SIDE_COLUMN && !side->cast_type.len && c->use < COND_PREFIX
                       ? conversion(column, c->other)
                       : (struct str){0};
    if (c->converted.len)
        c->use = COND_FILTER_ONLY;
    return true;
}

static void add_test(struct need_maker *k, const struct pred *p)
{
    struct need *n = k->need;
    struct need_cond c;
    add_columns(k, &p->left);
    add_columns(k, &p->right);
    if (n->cond_count == NEED_MAX_CONDS || !classify(k, p, &c) || have_already(n, &c))
        return;
    n->conds = room(k->arena, n->conds, n->cond_count, &k->cond_cap, sizeof *n->conds);
    n->conds[n->cond_count++] = c;
}

/* ---- OR: an index for each leg ---- */

/* The condition by which an index would find the leg's rows; false when there is none. */
static bool classify_leg(const struct need_maker *k, const struct pred *leg, struct need_cond *best)
{
    bool found = false;
    for (const struct pred *p = leg->kind == PRED_AND ? leg->child : leg; p;
         p = leg->kind == PRED_AND ? p->next : NULL) {
        struct need_cond c;
        if (p->kind != PRED_TEST || !classify(k, p, &c) || c.use >= COND_NOT_NULL)
            continue;
        if (!found || c.use < best->use)
            *best = c;
        found = true;
    }
    return found;
}

static void add_or(struct need_maker *k, const struct pred *p)
{
    struct need *n = k->need;
    struct need_or o = {.pred = p, .indexable = true, .share = NAN};
    size_t cap = 0;
    for (const struct pred *leg = p->child; leg; leg = leg->next) {
        struct need_cond c;
        add_columns(k, &leg->left);
        add_columns(k, &leg->right);
        if (!classify_leg(k, leg, &c)) {
            o.indexable = false;
            continue;
        }
        o.legs = room(k->arena, o.legs, o.leg_count, &cap, sizeof *o.legs);
        o.legs[o.leg_count++] = c;
    }
    if (!o.leg_count)
        return;
    n->ors = room(k->arena, n->ors, n->or_count, &k->or_cap, sizeof *n->ors);
    n->ors[n->or_count++] = o;
}

void need_add_pred(struct need_maker *k, const struct pred *p)
{
    if (p->kind == PRED_TEST)
        add_test(k, p);
    else if (p->kind == PRED_OR)
        add_or(k, p);
}

/* ORDER BY column <-> value: the key is the column, and the index gives the distance. */
static bool knn_key(const struct need_maker *k, const struct sort_key *key, struct need_cond *c)
{
    const struct pred_side *side = &key->side;
    if (key->desc || side->kind != SIDE_EXPR || !str_is(side->function, "<->") ||
        side->column_count != 1)
        return false;
    c->column = cat_find_column(k->need->rel, side->columns[0].column);
    c->name = c->canonical = side->columns[0].column;
    return true;
}

bool need_add_sort(struct need_maker *k, const struct sort_key *key)
{
    struct need *n = k->need;
    struct need_cond c = {0};
    bool ours = n->sort_missing == 0 && owner_of(k, &key->side) == OWNER_SELF && !key->using_op.len;
    bool knn = ours && knn_key(k, key, &c);
    ours = knn || (ours && key_of(k, &key->side, &c));
    if (!ours) {
        n->sort_missing++;
        return false;
    }
    n->sorts = room(k->arena, n->sorts, n->sort_count, &k->sort_cap, sizeof *n->sorts);
    n->sorts[n->sort_count++] = (struct need_sort){.column = c.column,
                                                   .name = c.name,
                                                   .canonical = c.canonical,
                                                   .is_expr = c.is_expr,
                                                   .knn = knn,
                                                   .desc = key->desc,
                                                   .nulls_first = key->nulls_first,
                                                   .collation = key->collation};
    add_columns(k, &key->side);
    return true;
}

void need_add_column(struct need_maker *k, struct str qualifier, struct str column)
{
    struct need *n = k->need;
    struct pred_column c = {.qualifier = qualifier, .column = column};
    if (!is_own(k, &c))
        return;
    if (str_is(column, "*"))
        n->columns_known = false;
    for (size_t i = 0; i < n->column_count; i++)
        if (str_eq(n->columns[i], column))
            return;
    n->columns = room(k->arena, n->columns, n->column_count, &k->column_cap, sizeof *n->columns);
    n->columns[n->column_count++] = column;
}
