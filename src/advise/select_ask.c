#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "advise/select_private.h"
#include "base/arena.h"

/* ---- asking for costs, once for each query and each set that matters to it ---- */

static uint64_t hash_set(size_t query, const size_t *set, size_t count)
{
    uint64_t h = 1469598103934665603u ^ query;
    for (size_t i = 0; i < count; i++)
        h = (h * 1099511628211u) ^ (set[i] + 0x9E3779B97F4A7C15u);
    /* The table's size is a power of two: all bits must tell in the lowest ones. */
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    return h ? h : 1;
}

static struct memo *find_memo(struct search *s, uint64_t h, size_t query, size_t count)
{
    size_t i = h % s->memo_cap;
    for (; s->memo[i].used; i = (i + 1) % s->memo_cap)
        if (s->memo[i].hash == h && s->memo[i].query == query && s->memo[i].count == count &&
            memcmp(s->memo[i].set, s->set, count * sizeof *s->set) == 0)
            return &s->memo[i];
    return &s->memo[i];
}

static void grow_memo(struct search *s)
{
    struct memo *old = s->memo;
    size_t old_cap = s->memo_cap;
    s->memo_cap = old_cap ? old_cap * 2 : 1024;
    s->memo = xcalloc(s->memo_cap, sizeof *s->memo);
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i].used)
            continue;
        size_t at = old[i].hash % s->memo_cap;
        while (s->memo[at].used)
            at = (at + 1) % s->memo_cap;
        s->memo[at] = old[i];
    }
    free(old);
}

double select_ask(struct search *s, size_t query)
{
    const bool *touched = s->touched + query * s->p->cand_count;
    size_t count = 0;
    for (size_t i = 0; i < s->chosen_count; i++)
        if (touched[s->picked[i]])
            s->set[count++] = s->picked[i];
    if (s->memo_count * 2 >= s->memo_cap)
        grow_memo(s);
    uint64_t h = hash_set(query, s->set, count);
    struct memo *m = find_memo(s, h, query, count);
    if (!m->used) {
        *m = (struct memo){.hash = h, .query = query, .count = count, .used = true};
        m->set = xmalloc(count * sizeof *m->set);
        memcpy(m->set, s->set, count * sizeof *m->set);
        m->cost = s->p->cost(s->p->ctx, query, s->set, count);
        s->memo_count++;
        s->calls++;
    }
    return m->cost;
}

/* ---- what is chosen ---- */

void select_pick(struct search *s, size_t cand)
{
    size_t at = s->chosen_count++;
    for (; at > 0 && s->picked[at - 1] > cand; at--)
        s->picked[at] = s->picked[at - 1];
    s->picked[at] = cand;
    s->chosen[cand] = true;
}

void select_unpick(struct search *s, size_t cand)
{
    size_t at = 0;
    while (s->picked[at] != cand)
        at++;
    s->chosen_count--;
    for (; at < s->chosen_count; at++)
        s->picked[at] = s->picked[at + 1];
    s->chosen[cand] = false;
}

double select_total(const struct search *s)
{
    double sum = 0;
    for (size_t q = 0; q < s->p->query_count; q++)
        sum += s->p->weight[q] * s->query_cost[q];
    return sum;
}

bool select_stopped(const struct search *s)
{
    return s->p->cancelled && s->p->cancelled(s->p->ctx);
}

void select_restart(struct search *s)
{
    memset(s->chosen, 0, s->p->cand_count * sizeof *s->chosen);
    s->chosen_count = 0;
    s->size = 0;
    for (size_t q = 0; q < s->p->query_count; q++)
        s->query_base[q] = s->query_cost[q] = select_ask(s, q);
    s->base = s->now = select_total(s);
}

/* ---- life ---- */

/* `touched` as lists: a candidate concerns few queries, mostly. */
static void make_lists(struct search *s)
{
    const struct select_problem *p = s->p;
    s->queries = xcalloc(p->cand_count, sizeof *s->queries);
    s->query_counts = xcalloc(p->cand_count, sizeof *s->query_counts);
    for (size_t i = 0; i < p->query_count * p->cand_count; i++)
        s->query_counts[i % p->cand_count] += s->touched[i];
    for (size_t c = 0; c < p->cand_count; c++)
        s->queries[c] = xcalloc(s->query_counts[c], sizeof **s->queries);
    memset(s->query_counts, 0, p->cand_count * sizeof *s->query_counts);
    for (size_t q = 0; q < p->query_count; q++)
        for (size_t c = 0; c < p->cand_count; c++)
            if (s->touched[q * p->cand_count + c])
                s->queries[c][s->query_counts[c]++] = q;
}

void select_init(struct search *s, const struct select_problem *p)
{
    *s = (struct search){.p = p};
    s->chosen = xcalloc(p->cand_count, sizeof *s->chosen);
    s->picked = xcalloc(p->cand_count, sizeof *s->picked);
    s->query_cost = xcalloc(p->query_count, sizeof *s->query_cost);
    s->query_base = xcalloc(p->query_count, sizeof *s->query_base);
    s->set = xcalloc(p->cand_count, sizeof *s->set);
    s->touched = xcalloc(p->query_count * p->cand_count, sizeof *s->touched);
    for (size_t q = 0; q < p->query_count; q++)
        for (size_t c = 0; c < p->cand_count; c++)
            s->touched[q * p->cand_count + c] = p->touches(p->ctx, q, c);
    make_lists(s);
    grow_memo(s);
}

void select_release(struct search *s)
{
    for (size_t i = 0; i < s->memo_cap; i++)
        free(s->memo[i].set);
    free(s->memo);
    free(s->chosen);
    free(s->query_cost);
    free(s->query_base);
    free(s->set);
    free(s->touched);
    for (size_t c = 0; c < s->p->cand_count; c++)
        free(s->queries[c]);
    free(s->queries);
    free(s->query_counts);
    free(s->picked);
}
