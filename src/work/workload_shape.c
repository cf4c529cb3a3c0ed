/*
 * What makes two plans one shape: the tree of nodes with their methods, the relations and indexes
 * they read, and which kinds of conditions they have. Costs, rows, constants and workers play no
 * part. Below an Append digits in names are not told apart and equal neighbours count once, so that
 * a plan that reads 12 partitions has the shape of one that reads 13.
 */
#include <ctype.h>

#include "base/arena.h"
#include "plan/plan.h"
#include "work/workload_private.h"

static uint64_t name_digest(struct str s, bool below)
{
    uint64_t d = 7;
    size_t from = 0;
    if (!below)
        return digest_add(d, s);
    for (size_t i = 0; i < s.len; i++) {
        if (!isdigit((unsigned char)s.p[i]))
            continue;
        if (i > from || from == 0)
            d = digest_add(d, str_sub(s, from, i));
        while (i + 1 < s.len && isdigit((unsigned char)s.p[i + 1]))
            i++;
        from = i + 1;
        d = digest_mix(d, '#');
    }
    return digest_add(d, str_sub(s, from, s.len));
}

static uint64_t own_digest(const struct node *n, bool below)
{
    static const enum prop_id names[] = {PROP_RELATION_NAME, PROP_INDEX_NAME, PROP_FUNCTION_NAME,
                                         PROP_CTE_NAME};
    static const enum prop_id words[] = {PROP_OPERATION, PROP_COMMAND, PROP_CUSTOM_PLAN_PROVIDER};
    static const enum prop_id conditions[] = {
        PROP_INDEX_COND, PROP_FILTER,      PROP_RECHECK_COND, PROP_HASH_COND,
        PROP_MERGE_COND, PROP_JOIN_FILTER, PROP_ORDER_BY,     PROP_ONE_TIME_FILTER};
    uint64_t d =
        digest_add(3, n->type == NODE_UNKNOWN ? n->type_name : str_of(node_info[n->type].name));
    uint64_t flags = (uint64_t)n->rel | (uint64_t)n->join << 4 | (uint64_t)n->strategy << 8 |
                     (uint64_t)n->partial << 12 | (uint64_t)n->parallel_aware << 16 |
                     (uint64_t)n->backward << 17 | (uint64_t)node_is_cte(n) << 18;
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        flags |= (uint64_t)(node_value(n, conditions[i]) != NULL) << (20 + i);
    d = digest_mix(d, flags);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str s = node_text(n, names[i]);
        if (s.len)
            d = digest_mix(d, name_digest(s, below) + i);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        d = digest_add(d, node_text(n, words[i]));
    return d;
}

static bool appends(const struct node *n)
{
    return n->type == NODE_APPEND || n->type == NODE_MERGE_APPEND;
}

uint64_t shape_of(struct workload *w, const struct plan *p)
{
    size_t count = (size_t)p->node_count;
    if (count > w->node_cap) {
        w->node_cap = count * 2;
        w->node_digest = xrealloc(w->node_digest, w->node_cap * sizeof *w->node_digest);
        w->node_below = xrealloc(w->node_below, w->node_cap);
    }
    for (size_t i = 0; i < count; i++) {
        const struct node *parent = p->nodes[i]->parent;
        w->node_below[i] = parent && (appends(parent) || w->node_below[parent->id - 1]);
    }
    for (size_t i = count; i-- > 0;) { /* children come after their parents */
        const struct node *n = p->nodes[i];
        uint64_t d = own_digest(n, w->node_below[i]), last = 0;
        for (const struct node *c = n->child; c; c = c->next) {
            uint64_t child = w->node_digest[c->id - 1];
            if (!(appends(n) && c->rel == REL_MEMBER && child == last))
                d = digest_mix(d, child);
            last = child;
        }
        w->node_digest[i] = digest_mix(d, 1);
    }
    return count ? w->node_digest[0] : 0;
}

void shape_add_subject(struct buf *b, const struct workload *w, const struct node *n)
{
    size_t from = b->len, kept = from;
    node_add_title(b, n);
    if (!w->node_below[n->id - 1])
        return;
    for (size_t i = from; i < b->len; i++) {
        char c = b->data[i];
        if (!isdigit((unsigned char)c))
            b->data[kept++] = c;
        else if (kept == from || b->data[kept - 1] != '#')
            b->data[kept++] = '#';
    }
    b->len = kept;
    b->data[kept] = 0;
}
