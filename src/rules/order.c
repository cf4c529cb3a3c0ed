#include "rules/order.h"

#include "base/arena.h"
#include "rules/conditions.h"
#include "rules/family.h"
#include "sql/pred.h"

/* The one qualifier of all columns of all keys; false when they are of several relations, or no
 * index could hold one. */
static bool one_relation(struct rule_run *run, const struct value *keys, struct str *qualifier)
{
    bool any = false;
    for (size_t i = 0; i < keys->count; i++) {
        const struct sort_key *key;
        if (!conditions_sort_key(run, value_item(keys, i)->text, &key) ||
            (key->side.kind != SIDE_COLUMN && key->side.kind != SIDE_EXPR) ||
            key->side.is_volatile || key->side.is_stable || key->side.column_count == 0)
            return false;
        for (size_t c = 0; c < key->side.column_count; c++) {
            if (any && !str_eq(*qualifier, key->side.columns[c].qualifier))
                return false;
            *qualifier = key->side.columns[c].qualifier;
            any = true;
        }
    }
    return any;
}

/* The child whose order a node could keep. */
static const struct node *ordered_child(const struct node *n)
{
    switch (n->type) {
    case NODE_GATHER:
    case NODE_GATHER_MERGE:
    case NODE_NESTED_LOOP:
    case NODE_HASH_JOIN:
    case NODE_MERGE_JOIN:
    case NODE_MEMOIZE:
    case NODE_MATERIALIZE:
    case NODE_RESULT:
    case NODE_INCREMENTAL_SORT:
        return node_outer(n);
    case NODE_APPEND:
    case NODE_MERGE_APPEND:
        return n->child;
    default:
        return NULL;
    }
}

static bool is_source(const struct rule_run *run, const struct node *n, struct str qualifier)
{
    bool named = !qualifier.len || str_eq(qualifier, node_text(n, PROP_ALIAS)) ||
                 str_eq(qualifier, family_alias(n));
    return survey_scan(run, n) && named && n->type != NODE_FOREIGN_SCAN;
}

struct order order_source(struct rule_run *run, const struct node *n, enum prop_id id)
{
    struct order out = {0};
    const struct value *keys = node_value(n, id);
    struct str qualifier = {0};
    if (!keys || keys->kind != VALUE_LIST || !one_relation(run, keys, &qualifier))
        return out;
    for (const struct node *c = node_outer(n); c; c = ordered_child(c)) {
        const struct scan *s = survey_scan(run, c);
        out.path += s ? s->weight : survey_weight(run, c);
        out.joins |= node_has_trait(c, TRAIT_JOIN);
        if (is_source(run, c, qualifier)) {
            out.scan = s->node;
            return out;
        }
    }
    return out;
}

const char *order_text(struct rule_run *run, const struct node *n, enum prop_id id)
{
    const struct value *keys = node_value(n, id);
    struct buf b = {0};
    const struct prop *first = keys && keys->kind == VALUE_LIST ? keys->items : NULL;
    for (const struct prop *key = first; key; key = key->next) {
        buf_adds(&b, key != first ? ", " : "");
        buf_addstr(&b, key->value.text);
    }
    const char *text = arena_strndup(run->arena, b.data ? b.data : "", b.len);
    buf_free(&b);
    return text;
}
