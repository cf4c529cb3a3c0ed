/*
 * Matching happens in rounds, each over what the ones before left over: nodes with the same role
 * over the same relations and the same method, then with another method, then by role under a
 * matched parent. Within a round equal keys are paired in plan order.
 */
#include "work/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What a node is there for; nodes of one role can stand for each other. */
enum diff_role {
    DIFF_OTHER,
    DIFF_SCAN,
    DIFF_BITMAP, /* below a Bitmap Heap Scan: has no counterpart in other methods */
    DIFF_JOIN,
    DIFF_AGGREGATE,
    DIFF_ORDER,
    DIFF_STORE, /* Hash, Materialize, Memoize */
    DIFF_GATHER,
    DIFF_COMBINE,
};

static const enum diff_role role_of_type[NODE_TYPE_COUNT] = {
    [NODE_BITMAP_INDEX_SCAN] = DIFF_BITMAP,
    [NODE_BITMAP_AND] = DIFF_BITMAP,
    [NODE_BITMAP_OR] = DIFF_BITMAP,
    [NODE_AGGREGATE] = DIFF_AGGREGATE,
    [NODE_GROUP] = DIFF_AGGREGATE,
    [NODE_UNIQUE] = DIFF_AGGREGATE,
    [NODE_SORT] = DIFF_ORDER,
    [NODE_INCREMENTAL_SORT] = DIFF_ORDER,
    [NODE_HASH] = DIFF_STORE,
    [NODE_MATERIALIZE] = DIFF_STORE,
    [NODE_MEMOIZE] = DIFF_STORE,
    [NODE_GATHER] = DIFF_GATHER,
    [NODE_GATHER_MERGE] = DIFF_GATHER,
    [NODE_APPEND] = DIFF_COMBINE,
    [NODE_MERGE_APPEND] = DIFF_COMBINE,
};

static enum diff_role role_of(const struct node *n)
{
    if (node_has_trait(n, TRAIT_JOIN))
        return DIFF_JOIN;
    if (node_has_trait(n, TRAIT_SCAN))
        return DIFF_SCAN;
    return role_of_type[n->type];
}

/* One plan while it is being matched; arrays are indexed by id - 1. */
struct side {
    const struct plan *plan;
    uint64_t *under; /* hash of the set of relations in the subtree; order plays no part */
    int *end;        /* last id of the subtree */
    int *mate;       /* id in the other plan, 0: none */
};

struct key {
    uint64_t hash;
    int id;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ (h >> 29);
}

static uint64_t hash_text(uint64_t h, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3u;
    return mix(h, s.len);
}

/* What a scan reads. An alias tells two scans of one relation apart; an index does not count. */
static uint64_t source_of(const struct node *n)
{
    static const enum prop_id names[] = {PROP_RELATION_NAME, PROP_FUNCTION_NAME, PROP_CTE_NAME,
                                         PROP_TABLE_FUNCTION_NAME, PROP_TUPLESTORE_NAME};
    uint64_t h = 7;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        h = hash_text(h, node_text(n, names[i]));
    return hash_text(h, node_text(n, PROP_ALIAS));
}

static void measure(struct side *s, struct arena *a, const struct plan *p)
{
    size_t n = (size_t)p->node_count;
    s->plan = p;
    s->under = arena_calloc(a, n, sizeof *s->under);
    s->end = arena_calloc(a, n, sizeof *s->end);
    s->mate = arena_calloc(a, n, sizeof *s->mate);
    for (size_t i = n; i-- > 0;) {
        const struct node *node = p->nodes[i];
        if (role_of(node) == DIFF_SCAN && node->type != NODE_SUBQUERY_SCAN)
            s->under[i] += mix(1, source_of(node));
        if (s->end[i] < node->id)
            s->end[i] = node->id;
        if (!node->parent)
            continue;
        size_t up = (size_t)node->parent->id - 1;
        s->under[up] += s->under[i];
        if (s->end[up] < s->end[i])
            s->end[up] = s->end[i];
    }
}

enum round { ROUND_SAME, ROUND_METHOD, ROUND_ROLE, ROUND_COUNT };

/* 0: the node takes no part in this round. */
static uint64_t key_of(const struct side *s, const struct node *n, enum round round)
{
    enum diff_role role = role_of(n);
    uint64_t h = mix((uint64_t)role + 11, role == DIFF_SCAN ? source_of(n) : s->under[n->id - 1]);
    h = mix(h, n->rel == REL_INITPLAN || n->rel == REL_SUBPLAN);
    if (role == DIFF_BITMAP || role == DIFF_OTHER || round == ROUND_SAME)
        h = mix(h, (uint64_t)n->type + 31);
    if (n->type == NODE_UNKNOWN)
        h = hash_text(h, n->type_name);
    if (round == ROUND_SAME) {
        h = mix(h, (uint64_t)n->partial);
        h = hash_text(h, node_text(n, PROP_INDEX_NAME));
    }
    if (role == DIFF_AGGREGATE && round == ROUND_METHOD)
        h = mix(h, (uint64_t)n->partial);
    if (role == DIFF_BITMAP && round != ROUND_SAME)
        h = hash_text(h, node_text(n, PROP_INDEX_COND));
    return h ? h : 1;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->id - y->id;
}

static size_t collect(const struct side *s, enum round round, struct key *out)
{
    size_t n = 0;
    for (int i = 0; i < s->plan->node_count; i++)
        if (!s->mate[i])
            out[n++] = (struct key){key_of(s, s->plan->nodes[i], round), i + 1};
    qsort(out, n, sizeof *out, compare_keys);
    return n;
}

static void pair_up(struct side *a, struct side *b, int id_a, int id_b)
{
    a->mate[id_a - 1] = id_b;
    b->mate[id_b - 1] = id_a;
}

static void match_round(struct side *a, struct side *b, enum round round, struct key *ka,
                        struct key *kb)
{
    size_t na = collect(a, round, ka), nb = collect(b, round, kb), i = 0, k = 0;
    while (i < na && k < nb) {
        if (ka[i].hash == kb[k].hash)
            pair_up(a, b, ka[i++].id, kb[k++].id);
        else if (ka[i].hash < kb[k].hash)
            i++;
        else
            k++;
    }
}

/* Children of matched parents that stand in the same role, though what is under them differs. */
static void match_below(struct side *a, struct side *b)
{
    for (int i = 0; i < a->plan->node_count; i++) {
        if (!a->mate[i])
            continue;
        const struct node *pa = a->plan->nodes[i], *pb = b->plan->nodes[a->mate[i] - 1];
        for (const struct node *ca = pa->child; ca; ca = ca->next) {
            if (a->mate[ca->id - 1])
                continue;
            for (const struct node *cb = pb->child; cb; cb = cb->next) {
                bool free_b = !b->mate[cb->id - 1];
                bool other_scan = role_of(ca) == DIFF_SCAN && source_of(ca) != source_of(cb);
                bool other_kind = role_of(ca) == DIFF_OTHER && ca->type != cb->type;
                if (!free_b || role_of(ca) != role_of(cb) || role_of(ca) == DIFF_BITMAP ||
                    other_scan || other_kind)
                    continue;
                pair_up(a, b, ca->id, cb->id);
                break;
            }
        }
    }
}

/* Parents of matched children that stand in the same role, from the leaves up: the relations under
 * them need not be all the same (partitions come and go). */
static void match_above(struct side *a, struct side *b)
{
    for (int i = a->plan->node_count; i-- > 0;) {
        const struct node *na = a->plan->nodes[i];
        for (const struct node *c = na->child; c && !a->mate[i]; c = c->next) {
            int mate = a->mate[c->id - 1];
            const struct node *nb = mate ? b->plan->nodes[mate - 1]->parent : NULL;
            if (nb && !b->mate[nb->id - 1] && role_of(nb) == role_of(na) &&
                (role_of(na) != DIFF_OTHER || na->type == nb->type))
                pair_up(a, b, na->id, nb->id);
        }
    }
}

static bool same_prop(const struct node *a, const struct node *b, enum prop_id id)
{
    return str_eq(node_text(a, id), node_text(b, id));
}

static bool is_same(const struct node *a, const struct node *b)
{
    static const enum prop_id telling[] = {
        PROP_INDEX_NAME, PROP_RELATION_NAME, PROP_FILTER,      PROP_INDEX_COND, PROP_HASH_COND,
        PROP_MERGE_COND, PROP_JOIN_FILTER,   PROP_RECHECK_COND};
    if (a->type != b->type || a->join != b->join || a->strategy != b->strategy ||
        a->partial != b->partial || a->parallel_aware != b->parallel_aware ||
        !str_eq(a->type_name, b->type_name))
        return false;
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        if (!same_prop(a, b, telling[i]))
            return false;
    return true;
}

/* The merged tree is built as lists of children first, then laid out in preorder. */
struct merge {
    struct side a, b;
    struct arena *arena;
    struct diff_pair *pair; /* in the order of discovery: B's nodes, then A's own */
    int *first, *last, *next; /* children of a pair; -1 none */
    int count;
    int top_first, top_last;
};

static void hang(struct merge *m, int pair, int parent)
{
    int *first = parent < 0 ? &m->top_first : &m->first[parent];
    int *last = parent < 0 ? &m->top_last : &m->last[parent];
    m->pair[pair].parent = parent;
    m->next[pair] = -1;
    if (*last >= 0)
        m->next[*last] = pair;
    else
        *first = pair;
    *last = pair;
}

/* pair_b[id - 1] is the pair of B's node, pair_a likewise. */
static void make_pairs(struct merge *m, int *pair_a, int *pair_b)
{
    for (int i = 0; i < m->b.plan->node_count; i++) {
        const struct node *b = m->b.plan->nodes[i];
        const struct node *a = m->b.mate[i] ? m->a.plan->nodes[m->b.mate[i] - 1] : NULL;
        struct diff_pair *p = &m->pair[m->count];
        *p = (struct diff_pair){.a = a, .b = b};
        p->kind = !a ? PAIR_ONLY_B : is_same(a, b) ? PAIR_SAME : PAIR_CHANGED;
        bool both = a && a->parent && b->parent;
        p->moved = a && (both ? m->a.mate[a->parent->id - 1] != b->parent->id
                              : (a->parent != NULL) != (b->parent != NULL));
        pair_b[i] = m->count;
        if (a)
            pair_a[a->id - 1] = m->count;
        hang(m, m->count++, b->parent ? pair_b[b->parent->id - 1] : -1);
    }
    for (int i = 0; i < m->a.plan->node_count; i++) {
        const struct node *a = m->a.plan->nodes[i];
        if (m->a.mate[i])
            continue;
        m->pair[m->count] = (struct diff_pair){.a = a, .kind = PAIR_ONLY_A};
        pair_a[i] = m->count;
        hang(m, m->count++, a->parent ? pair_a[a->parent->id - 1] : -1);
    }
}

/* Preorder without recursion; *place maps the order of discovery to that of the drawing. */
static void lay_out(struct merge *m, struct plan_diff *d, int *place)
{
    int at = m->top_first, n = 0;
    while (at >= 0) {
        place[at] = n;
        struct diff_pair *p = &d->pairs[n++];
        *p = m->pair[at];
        p->last = m->next[at] < 0;
        int first = p->parent < 0 ? m->top_first : m->first[p->parent];
        p->only = p->last && first == at;
        if (m->first[at] >= 0) {
            at = m->first[at];
            continue;
        }
        while (at >= 0 && m->next[at] < 0)
            at = m->pair[at].parent;
        at = at >= 0 ? m->next[at] : -1;
    }
}

static void settle(struct plan_diff *d, const int *place)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->pairs[i].parent >= 0)
            d->pairs[i].parent = place[d->pairs[i].parent];
    for (size_t i = d->count; i-- > 0;) {
        struct diff_pair *p = &d->pairs[i];
        if (p->end < (int)i)
            p->end = (int)i;
        if (p->parent >= 0 && d->pairs[p->parent].end < p->end)
            d->pairs[p->parent].end = p->end;
    }
    for (size_t i = 0; i < d->count; i++) {
        const struct diff_pair *p = &d->pairs[i];
        d->same += p->kind == PAIR_SAME;
        d->changed += p->kind == PAIR_CHANGED;
        d->only_a += p->kind == PAIR_ONLY_A;
        d->only_b += p->kind == PAIR_ONLY_B;
        d->moved += p->moved;
        if (p->a)
            d->pair_of_a[p->a->id - 1] = (int)i;
        if (p->b)
            d->pair_of_b[p->b->id - 1] = (int)i;
    }
}

static void match_all(struct merge *m)
{
    size_t na = (size_t)m->a.plan->node_count, nb = (size_t)m->b.plan->node_count;
    struct key *ka = xcalloc(na, sizeof *ka), *kb = xcalloc(nb, sizeof *kb);
    for (int round = 0; round < ROUND_COUNT; round++)
        match_round(&m->a, &m->b, (enum round)round, ka, kb);
    match_above(&m->a, &m->b);
    match_below(&m->a, &m->b);
    free(ka);
    free(kb);
}

static int *ints(size_t n, int value)
{
    int *p = xcalloc(n, sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = value;
    return p;
}

struct plan_diff *plan_diff_new(struct arena *arena, const struct plan_metrics *a,
                                const struct plan_metrics *b)
{
    size_t na = (size_t)a->plan->node_count, nb = (size_t)b->plan->node_count, most = na + nb;
    struct merge m = {.arena = arena, .top_first = -1, .top_last = -1};
    struct plan_diff *d = arena_alloc(arena, sizeof *d);
    *d = (struct plan_diff){.a = a, .b = b};
    measure(&m.a, arena, a->plan);
    measure(&m.b, arena, b->plan);
    match_all(&m);
    m.pair = xcalloc(most, sizeof *m.pair);
    m.first = ints(most, -1);
    m.last = ints(most, -1);
    m.next = ints(most, -1);
    d->pair_of_a = arena_calloc(arena, na, sizeof *d->pair_of_a);
    d->pair_of_b = arena_calloc(arena, nb, sizeof *d->pair_of_b);
    make_pairs(&m, d->pair_of_a, d->pair_of_b);
    d->count = (size_t)m.count;
    d->pairs = arena_calloc(arena, d->count, sizeof *d->pairs);
    int *place = ints(most, 0);
    lay_out(&m, d, place);
    settle(d, place);
    free(place);
    free(m.pair);
    free(m.first);
    free(m.last);
    free(m.next);
    return d;
}

int plan_diff_next(const struct plan_diff *d, int from, int step)
{
    for (int i = from; i >= 0 && (size_t)i < d->count; i += step)
        if (d->pairs[i].kind != PAIR_SAME)
            return i;
    return -1;
}
