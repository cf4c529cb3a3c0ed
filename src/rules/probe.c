#include "rules/probe.h"

#include "rules/conditions.h"

static bool passes_on(const struct node *n)
{
    switch (n->type) {
    case NODE_HASH:
    case NODE_SORT:
    case NODE_INCREMENTAL_SORT:
    case NODE_MATERIALIZE:
    case NODE_GATHER:
    case NODE_GATHER_MERGE:
        return true;
    default:
        return false;
    }
}

/* The Append's members are one family: take it for a scan of the parent. */
static const struct scan *family_of(const struct rule_run *run, const struct node *append)
{
    const struct scan *s = append->child ? survey_scan(run, append->child) : NULL;
    size_t members = 0;
    for (const struct node *c = append->child; c; c = c->next)
        members++;
    return s && s->members + s->idle == members ? s : NULL;
}

struct feed probe_feed(const struct rule_run *run, const struct node *side)
{
    struct feed out = {0};
    const struct node *n = side;
    while (n && passes_on(n)) {
        out.passing += survey_weight(run, n);
        n = node_outer(n);
    }
    if (!n || n->never_executed)
        return out;
    if (n->type == NODE_APPEND || n->type == NODE_MERGE_APPEND) {
        out.passing += survey_weight(run, n);
        out.scan = family_of(run, n);
    } else {
        out.scan = survey_scan(run, n);
    }
    return out;
}

bool probe_keeps_unmatched(const struct node *join, enum relationship side)
{
    switch (join->join) {
    case JOIN_FULL:
        return true;
    case JOIN_LEFT:
    case JOIN_ANTI:
        return side == REL_OUTER;
    case JOIN_RIGHT:
    case JOIN_RIGHT_ANTI:
        return side == REL_INNER;
    default:
        return false;
    }
}

static struct str column_of(const struct pred_side *side, struct str alias)
{
    bool own = side->kind == SIDE_COLUMN && str_eq(side->qualifier, alias);
    return own ? side->column : (struct str){0};
}

struct str probe_column(struct rule_run *run, const struct node *join, const struct node *scan)
{
    static const enum prop_id conditions[] = {PROP_HASH_COND, PROP_MERGE_COND, PROP_JOIN_FILTER};
    struct str alias = node_text(scan, PROP_ALIAS);
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        const struct condition_list *list = conditions_of(run, join, conditions[k]);
        for (size_t i = 0; i < list->count; i++) {
            const struct pred *p = list->item[i].pred;
            if (p->kind != PRED_TEST || p->op != PRED_EQ)
                continue;
            struct str left = column_of(&p->left, alias), right = column_of(&p->right, alias);
            if (left.len || right.len)
                return left.len ? left : right;
        }
    }
    return (struct str){0};
}
