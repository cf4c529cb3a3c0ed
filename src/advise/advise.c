#include "advise/advise.h"

#include <math.h>
#include <stdlib.h>

#include "advise/advise_private.h"
#include "advise/judge.h"
#include "advise/need_private.h"
#include "advise/need_sql.h"
#include "base/arena.h"
#include "base/err.h"
#include "catalog/query_names.h"
#include "plan/metrics.h"

const char *const advice_basis_name[] = {"measured", "planner", "model", "sql only", "rule"};
const char *const advice_confidence_name[] = {"low", "medium", "high"};

void advice_limits_init(struct advice_limits *l)
{
    /* A gain of less than 1 % of the workload does not pay for an index's upkeep. */
    *l = (struct advice_limits){.write_weight = 1, .least_share = 0.01};
}

/* ---- existing indexes ---- */

const struct rel_indexes *run_existing(struct advise_run *r, const struct cat_rel *rel)
{
    for (size_t i = 0; i < r->rel_count; i++)
        if (r->rels[i].rel == rel)
            return &r->rels[i];
    if (r->rel_count == r->rel_cap) {
        size_t cap = r->rel_cap ? r->rel_cap * 2 : 16;
        struct rel_indexes *more = arena_calloc(r->arena, cap, sizeof *more);
        if (r->rel_count)
            memcpy(more, r->rels, r->rel_count * sizeof *more);
        r->rels = more;
        r->rel_cap = cap;
    }
    struct rel_indexes *entry = &r->rels[r->rel_count++];
    size_t count = 0;
    for (const struct cat_index *i = rel->indexes; i; i = i->next)
        count++;
    entry->rel = rel;
    entry->items = arena_calloc(r->arena, count, sizeof *entry->items);
    for (const struct cat_index *i = rel->indexes; i; i = i->next) {
        struct ix *x = ix_from_catalog(r->arena, i);
        access_size(&r->model, x);
        entry->items[entry->count++] = x;
    }
    return entry;
}

/* Existing indexes that can be used; an invalid one only costs writes. */
static size_t usable(const struct rel_indexes *rel, const struct ix **out)
{
    size_t count = 0;
    for (size_t i = 0; i < rel->count; i++)
        if (rel->items[i]->existing->valid)
            out[count++] = rel->items[i];
    return count;
}

/* ---- needs ---- */

static struct str text_of(const struct advice_input *in)
{
    return in->sql.len ? in->sql : in->plan ? in->plan->query_text : (struct str){0};
}

/* Text that is not SQL tells nothing; whoever handed it in has been told. */
static const struct query *analyse(struct advise_run *r, const struct advice_input *in,
                                   struct str sql)
{
    struct err ignored = {0};
    return in->query ? in->query
           : sql.len ? query_analyse(r->arena, sql, &r->names, &ignored)
                     : NULL;
}

/* A statement of which only the text is known gets the plan that the server would use today; one
 * that has a plan is seen by its text as well. */
static void ask_baseline(struct advise_run *r, size_t q, const struct query *text)
{
    struct advice_query *out = &r->out->queries[q];
    if (!r->judge)
        return;
    const struct plan *today = judge_baseline(r->judge, q, out->sql, text);
    if (today && !out->plan) {
        out->plan = today;
        out->metrics = metrics_new(r->arena, today);
    }
    if (!out->plan || !text)
        return;
    size_t from = r->more.count;
    need_from_sql(r->arena, r->cat, text, NAN, q, &r->more);
    for (size_t i = from; i < r->more.count; i++)
        access_prepare(&r->model, &r->more.items[i]);
    need_join_rows(text, r->more.items + from, r->more.count - from);
}

static void add_query(struct advise_run *r, const struct advice_input *in, size_t q)
{
    struct advice_query *out = &r->out->queries[q];
    *out = (struct advice_query){.name = in->name,
                                 .sql = text_of(in),
                                 .plan = in->plan,
                                 .metrics = in->metrics,
                                 .weight = in->weight > 0 ? in->weight : 1,
                                 .cost_before = NAN,
                                 .cost_after = NAN,
                                 .ms_before = NAN,
                                 .ms_after = NAN};
    const struct query *text = analyse(r, in, out->sql);
    r->analysed[q] = text;
    r->said_rows[q] = in->rows > 0 ? in->rows : 0;
    ask_baseline(r, q, text);
    if (out->plan)
        need_from_plan(r->arena, r->cat, out->plan, out->metrics, out->sql, q, &r->needs);
    else if (text)
        need_from_sql(r->arena, r->cat, text, in->rows, q, &r->needs);
    size_t from = r->need_from[q];
    if (out->plan && text)
        need_add_sql(r->arena, r->cat, text, r->needs.items + from, r->needs.count - from);
}

static void prepare(struct advise_run *r, size_t q)
{
    size_t from = r->need_from[q], count = r->needs.count - from;
    for (size_t i = 0; i < count; i++)
        access_prepare(&r->model, &r->needs.items[from + i]);
    if (!r->out->queries[q].plan && r->analysed[q])
        need_join_rows(r->analysed[q], r->needs.items + from, count);
}

static void find_needs(struct advise_run *r, const struct advice_input *inputs, size_t count)
{
    r->need_from = arena_calloc(r->arena, count + 1, sizeof *r->need_from);
    r->more_from = arena_calloc(r->arena, count + 1, sizeof *r->more_from);
    r->analysed = arena_calloc(r->arena, count, sizeof *r->analysed);
    r->said_rows = arena_calloc(r->arena, count, sizeof *r->said_rows);
    for (size_t q = 0; q < count; q++) {
        r->need_from[q] = r->needs.count;
        r->more_from[q] = r->more.count;
        add_query(r, &inputs[q], q);
        prepare(r, q);
    }
    r->need_from[count] = r->needs.count;
    r->more_from[count] = r->more.count;
}

static void add_candidates(struct advise_run *r, const struct need_list *needs)
{
    for (size_t i = 0; i < needs->count; i++) {
        const struct need *n = &needs->items[i];
        if (n->unchecked && r->cat && !n->node)
            continue; /* the table that a statement names is not in the catalog: a slip of the pen
                       */
        const struct rel_indexes *rel = run_existing(r, n->rel);
        const struct ix **existing = arena_calloc(r->arena, rel->count, sizeof *existing);
        size_t count = usable(rel, existing);
        candidates_for(r->arena, r->cat, n, existing, count, &r->cands);
    }
}

static void find_candidates(struct advise_run *r)
{
    r->cands.wide = r->judge != NULL;
    add_candidates(r, &r->needs);
    add_candidates(r, &r->more);
    candidates_reorder(r->arena, &r->cands);
    run_find_fks(r);
    run_find_bundles(r);
    for (size_t c = 0; c < r->cands.count; c++)
        access_size(&r->model, r->cands.items[c]);
    r->drafted = r->cands.count;
}

/* ---- what things take ---- */

/* A gain of less than a tenth is none: no model is that good. */
static const double REAL_GAIN = 0.9;

/* The candidates of a set that are of the need's relation. */
static size_t of_need(const struct advise_run *r, const struct need *n, const size_t *set,
                      size_t count, size_t *out)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (r->cands.items[set[i]]->rel == n->rel)
            out[found++] = set[i];
    return found;
}

static struct access best_way(const struct advise_run *r, const struct need *n, const size_t *set,
                              size_t count)
{
    const struct rel_indexes *rel = run_existing((struct advise_run *)(uintptr_t)r, n->rel);
    const struct ix **all = xcalloc(rel->count + count, sizeof *all);
    size_t total = usable(rel, all);
    for (size_t i = 0; i < count; i++)
        all[total++] = r->cands.items[set[i]];
    struct access best = access_best(&r->model, n, all, total);
    free(all);
    return best;
}

/* What the need takes with these candidates of its relation: the last few answers are kept. */
static double cost_with(const struct advise_run *r, size_t need, const size_t *set, size_t count)
{
    struct need_memo *memo = &r->memo[need];
    for (size_t i = 0; i < NEED_MEMO; i++)
        if (memo->entries[i].known && memo->entries[i].count == count &&
            memcmp(memo->entries[i].set, set, count * sizeof *set) == 0)
            return memo->entries[i].cost;
    double cost = best_way(r, &r->needs.items[need], set, count).cost;
    if (count > NEED_MEMO_SET)
        return cost;
    struct need_answer *a = &memo->entries[memo->next++ % NEED_MEMO];
    *a = (struct need_answer){.known = true, .count = count, .cost = cost};
    memcpy(a->set, set, count * sizeof *set);
    return cost;
}

double run_need_cost(const struct advise_run *r, size_t need, const size_t *set, size_t count,
                     struct access *way)
{
    const struct need *n = &r->needs.items[need];
    size_t *own = xcalloc(count, sizeof *own), found = of_need(r, n, set, count, own);
    double now = r->now[need], cost = found && now > 0 ? cost_with(r, need, own, found) : now;
    bool better = cost < now * REAL_GAIN;
    if (way)
        *way = best_way(r, n, own, better ? found : 0);
    free(own);
    return better ? r->worth[need] * (cost / now) : r->worth[need];
}

static double whole_of(const struct advise_run *r, const struct advice_query *q, size_t from,
                       size_t to)
{
    if (q->plan && r->in_ms)
        return q->metrics->execution_ms;
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += r->worth[i];
    double root = q->plan ? num_or(q->plan->root->num[PROP_TOTAL_COST], 0) : 0;
    return root > sum ? root : sum;
}

static void weigh_needs(struct advise_run *r)
{
    size_t n = r->needs.count;
    r->now = arena_calloc(r->arena, n, sizeof *r->now);
    r->memo = arena_calloc(r->arena, n, sizeof *r->memo);
    r->worth = arena_calloc(r->arena, n, sizeof *r->worth);
    r->rest = arena_calloc(r->arena, r->out->query_count, sizeof *r->rest);
    for (size_t i = 0; i < n; i++) {
        r->now[i] = best_way(r, &r->needs.items[i], NULL, 0).cost;
        r->worth[i] = r->in_ms ? num_or(r->needs.items[i].self_ms, 0) : r->now[i];
        /* The planner knows what functions in conditions cost. */
        if (r->judge)
            r->worth[i] = fmax(r->worth[i], num_or(r->needs.items[i].cost, 0));
    }
    for (size_t q = 0; q < r->out->query_count; q++) {
        double whole = whole_of(r, &r->out->queries[q], r->need_from[q], r->need_from[q + 1]);
        r->rest[q] = whole;
        for (size_t i = r->need_from[q]; i < r->need_from[q + 1]; i++)
            r->rest[q] -= r->worth[i];
        for (size_t i = r->fk_from[q]; i < r->fk_from[q + 1] && r->in_ms; i++)
            r->rest[q] -= r->fks[i].worth;
        if (r->rest[q] < 0)
            r->rest[q] = 0;
    }
}

/* ---- selection over the model ---- */

static bool contains(const size_t *set, size_t count, size_t cand)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == cand)
            return true;
    return false;
}

double run_model_cost(const struct advise_run *r, size_t query, const size_t *set, size_t count)
{
    double sum = r->rest[query];
    for (size_t i = r->need_from[query]; i < r->need_from[query + 1]; i++)
        sum += run_need_cost(r, i, set, count, NULL);
    return sum;
}

double run_fk_cost(const struct advise_run *r, size_t query, const size_t *set, size_t count)
{
    double sum = 0;
    for (size_t i = r->fk_from[query]; i < r->fk_from[query + 1]; i++)
        sum += contains(set, count, r->fks[i].cand) ? r->fks[i].cured : r->fks[i].worth;
    return sum;
}

static double query_cost(void *ctx, size_t query, const size_t *set, size_t count)
{
    return run_model_cost(ctx, query, set, count) + run_fk_cost(ctx, query, set, count);
}

bool run_serves_fk(const struct advise_run *r, size_t cand)
{
    for (size_t i = 0; i < r->fk_count; i++)
        if (r->fks[i].cand == cand)
            return true;
    return false;
}

bool run_model_uses(const struct advise_run *r, size_t query, size_t cand)
{
    double without = run_model_cost(r, query, NULL, 0);
    return run_model_cost(r, query, &cand, 1) < without * (1 - 1e-6);
}

static bool touches(void *ctx, size_t query, size_t cand)
{
    const struct advise_run *r = ctx;
    for (size_t i = r->need_from[query]; i < r->need_from[query + 1]; i++)
        if (r->needs.items[i].rel == r->cands.items[cand]->rel)
            return true;
    for (size_t i = r->fk_from[query]; i < r->fk_from[query + 1]; i++)
        if (r->fks[i].cand == cand)
            return true;
    return false;
}

static bool covered_by(void *ctx, size_t a, size_t b)
{
    const struct advise_run *r = ctx;
    return ix_covered_by(r->cands.items[a], r->cands.items[b]);
}

/* What a model cannot tell from nothing: a few pages more or less. */
static const double LEAST_GAIN_COST = 10, LEAST_GAIN_MS = 0.05;
static const double TIE_STEPS = 10;

static void choose_set(struct advise_run *r, const struct select_problem *p,
                       struct select_result *result)
{
    if (r->judge)
        judge_select(r->judge, p, result);
    else
        select_indexes(r->arena, p, result);
}

static void choose(struct advise_run *r, struct select_result *result)
{
    size_t n = r->cands.count;
    double *weight = arena_calloc(r->arena, r->out->query_count, sizeof *weight);
    double *size = arena_calloc(r->arena, n, sizeof *size);
    for (size_t q = 0; q < r->out->query_count; q++)
        weight[q] = r->out->queries[q].weight;
    for (size_t c = 0; c < n; c++)
        /* Of two of one size the one with fewer columns is the smaller. */
        size[c] = num_or(r->cands.items[c]->size_bytes, 0) + (double)r->cands.items[c]->total_count;
    bool *due = arena_calloc(r->arena, n, sizeof *due);
    for (size_t i = 0; i < r->fk_count; i++)
        due[r->fks[i].cand] = true;
    r->write_cost = run_write_costs(r);
    size_t *rank = arena_calloc(r->arena, n, sizeof *rank);
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < r->needs.count; i++)
            rank[c] += access_rank(&r->model, &r->needs.items[i], r->cands.items[c]);
    struct select_problem p = {.ctx = r,
                               .query_count = r->out->query_count,
                               .cand_count = n,
                               .weight = weight,
                               .cost = query_cost,
                               .touches = touches,
                               .covered_by = covered_by,
                               .size_bytes = size,
                               .write_cost = r->write_cost,
                               .rank = rank,
                               .due = due,
                               .budget_bytes = r->limits->budget_bytes,
                               .max_chosen = r->limits->max_indexes,
                               .bundles = r->bundles,
                               .bundle_count = r->bundle_count,
                               .least_share = r->limits->least_share,
                               .least_gain = r->in_ms ? LEAST_GAIN_MS : LEAST_GAIN_COST,
                               .tie_step =
                                   TIE_STEPS * (r->in_ms ? LEAST_GAIN_MS : LEAST_GAIN_COST)};
    choose_set(r, &p, result);
}

static bool all_timed(const struct advice_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!inputs[i].plan || !inputs[i].plan->has_timing)
            return false;
    return count > 0;
}

struct advice *advise(struct arena *a, const struct catalog *cat, const struct advice_input *inputs,
                      size_t count, const struct advice_limits *limits, struct whatif *planner)
{
    struct advise_run r = {
        .arena = a, .cat = cat, .limits = limits, .in_ms = !planner && all_timed(inputs, count)};
    struct select_result chosen = {0};
    r.out = arena_alloc(a, sizeof *r.out);
    r.out->queries = arena_calloc(a, count, sizeof *r.out->queries);
    r.out->query_count = count;
    r.out->unchecked = !cat;
    r.names = cat_query_names(cat);
    access_model_init(&r.model, a, cat);
    if (planner)
        r.judge = judge_new(&r, planner);
    find_needs(&r, inputs, count);
    find_candidates(&r);
    weigh_needs(&r);
    if (r.judge)
        judge_explore(r.judge);
    choose(&r, &chosen);
    run_report(&r, &chosen);
    judge_free(r.judge);
    return r.out;
}

const struct advice_index *advice_for_node(const struct advice *adv, const struct node *n)
{
    for (size_t i = 0; i < adv->index_count; i++)
        for (size_t e = 0; e < adv->indexes[i].effect_count; e++)
            if (adv->indexes[i].effects[e].node == n)
                return &adv->indexes[i];
    return NULL;
}

const struct advice_note *advice_note_for_node(const struct advice *adv, const struct node *n)
{
    for (size_t i = 0; i < adv->note_count; i++)
        if (adv->notes[i].node == n)
            return &adv->notes[i];
    return NULL;
}

/* The first note of that query or a later one. */
static size_t first_note(const struct advice *adv, size_t query)
{
    size_t from = 0, to = adv->note_count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (adv->notes[mid].query < query)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

const struct advice_note *advice_notes_of(const struct advice *adv, size_t query, size_t *count)
{
    size_t from = first_note(adv, query);
    *count = first_note(adv, query + 1) - from;
    return adv->notes + from;
}
