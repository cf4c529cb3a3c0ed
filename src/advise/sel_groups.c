#include <math.h>

#include "advise/selectivity_private.h"

/* Grouping columns beyond this many are left out of the product (it is clamped long before). */
#define MAX_ITEMS 64

struct item {
    int rel;
    struct str column; /* absent for an expression */
    struct str text;
    double distinct;
    bool done;
};

struct items {
    struct item item[MAX_ITEMS];
    size_t count;
    double factor; /* boolean expressions */
};

static void items_add(struct items *list, struct item it)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].rel == it.rel && str_eq(list->item[i].text, it.text))
            return;
    if (list->count < MAX_ITEMS)
        list->item[list->count++] = it;
}

static void add_column(const struct sel_env *env, const struct pred_column *c, struct items *list)
{
    struct pred_side side = {
        .kind = SIDE_COLUMN, .qualifier = c->qualifier, .column = c->column, .text = c->column};
    struct sel_var v;
    bool guess;
    int rel = sel_resolve(env, 0, &side, &v);
    if (rel >= 0)
        items_add(list, (struct item){rel, c->column, c->column, sel_distinct(&v, &guess), false});
}

static bool looks_boolean(struct str text)
{
    static const char *const operators[] = {
        " = ", " <> ", " < ", " > ", " <= ", " >= ", " IS ", " AND ", " OR ", "NOT "};
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (str_find(text, operators[i]) >= 0 && str_find(text, "CASE") < 0)
            return true;
    return false;
}

static void add_side(const struct sel_env *env, const struct pred_side *side, struct items *list)
{
    struct sel_var v;
    bool guess;
    int rel = sel_resolve(env, 0, side, &v);
    if (rel >= 0 && v.type.cls == CLASS_BOOL) {
        list->factor *= 2;
        return;
    }
    if (side->kind == SIDE_COLUMN && rel >= 0 && !side->cast_type.len) {
        items_add(list,
                  (struct item){rel, side->column, side->column, sel_distinct(&v, &guess), false});
        return;
    }
    if (rel >= 0 && sel_has_stats(&v)) { /* an expression with statistics of its own */
        items_add(list, (struct item){rel, STR(""), side->text, sel_distinct(&v, &guess), false});
        return;
    }
    if (side->kind == SIDE_EXPR && looks_boolean(side->text)) {
        list->factor *= 2;
        return;
    }
    if (side->kind == SIDE_COLUMN && rel >= 0)
        add_column(env, &(struct pred_column){.qualifier = side->qualifier, .column = side->column},
                   list);
    for (size_t i = 0; side->kind == SIDE_EXPR && i < side->column_count; i++)
        add_column(env, &side->columns[i], list);
}

static bool take_columns(struct items *list, int rel, const struct cat_ext_stats *ext, bool mark)
{
    size_t found = 0;
    for (size_t c = 0; c < ext->column_count; c++)
        for (size_t i = 0; i < list->count; i++) {
            struct item *it = &list->item[i];
            if (it->rel == rel && !it->done && str_eq(it->column, ext->columns[c])) {
                found++;
                it->done |= mark;
            }
        }
    return found == ext->column_count && found >= 2;
}

/* Distinct combinations that CREATE STATISTICS (ndistinct) counted; 1 when none applies. */
static double multi_column(const struct sel_env *env, struct items *list, int rel)
{
    const struct cat_rel *r = env->rels[rel].rel;
    const struct cat_ext_stats *best = NULL;
    for (const struct cat_ext_stats *e = r ? r->ext_stats : NULL; e; e = e->next)
        if (e->ndistinct && !e->has_expressions && e->ndistinct_value > 0 &&
            take_columns(list, rel, e, false) && (!best || e->column_count > best->column_count))
            best = e;
    if (!best)
        return 1;
    take_columns(list, rel, best, true);
    return best->ndistinct_value;
}

/* Columns of one relation: their product within reason, less what its filters leave out. */
static double rel_groups(const struct sel_env *env, struct items *list, int rel)
{
    double product = 1, largest = 1, tuples = sel_tuples(env, (size_t)rel);
    double rows = env->rels[rel].rows;
    size_t columns = 0;
    for (double d; (d = multi_column(env, list, rel)) > 1; columns++) {
        product *= d;
        largest = fmax(largest, d);
    }
    for (size_t i = 0; i < list->count; i++) {
        struct item *it = &list->item[i];
        if (it->rel != rel || it->done)
            continue;
        it->done = true;
        product *= it->distinct;
        largest = fmax(largest, it->distinct);
        columns++;
    }
    if (isnan(tuples))
        return sel_round_rows(product);
    double most = columns > 1 ? fmax(0.1 * tuples, largest) : tuples;
    product = fmin(product, fmin(most, fmax(tuples, 1)));
    if (!isnan(rows) && rows < tuples && product > 0)
        product *= 1 - pow((tuples - rows) / tuples, tuples / product);
    return sel_round_rows(product);
}

double sel_groups(const struct sel_env *env, const struct pred_side *sides, size_t count,
                  double input_rows)
{
    struct items list = {.factor = 1};
    for (size_t i = 0; i < count; i++)
        add_side(env, &sides[i], &list);
    double groups = list.factor;
    for (size_t r = 0; r < env->rel_count; r++) {
        bool any = false;
        for (size_t i = 0; i < list.count; i++)
            any |= list.item[i].rel == (int)r;
        if (any)
            groups *= rel_groups(env, &list, (int)r);
    }
    groups = ceil(groups);
    if (input_rows >= 1 && groups > input_rows)
        groups = input_rows;
    return fmax(groups, 1);
}
