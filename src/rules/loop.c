/* What runs again and again: inner sides of nested loops, caches, stored rows. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

static double loops_of(const struct node *n)
{
    return num_or(n->num[PROP_ACTUAL_LOOPS], 1);
}

/* The node that does the work behind a cache. */
static const struct node *behind_cache(const struct node *n)
{
    while (n->type == NODE_MEMOIZE && node_outer(n))
        n = node_outer(n);
    return n;
}

static bool is_lookup(const struct node *n)
{
    return n->type == NODE_INDEX_SCAN || n->type == NODE_INDEX_ONLY_SCAN ||
           n->type == NODE_BITMAP_HEAP_SCAN;
}

static double sum_of(const struct node *n, enum prop_id id)
{
    double sum = num_or(n->num[id], 0);
    for (size_t i = 0; i < n->worker_count; i++)
        sum += num_or(n->workers[i].num[id], 0);
    return sum;
}

/* ---- nested-loop-underestimate ---- */

/*
 * What one hash pass in place of all runs of the inner side would take. How large the inner
 * relation is, an index scan does not show: it is taken to be as large as the look-ups are many.
 */
static double hash_pass(const struct rule_run *run, const struct node *inner)
{
    const struct node *work = behind_cache(inner);
    double rows = num_or(metrics_of(run->metrics, work)->rows, 0), loops = loops_of(inner);
    if (is_lookup(work))
        return stake_hash_pass(run, loops, fmax(rows, loops));
    double passes = survey_passes(run, work);
    return survey_total(run, work) / passes + stake_hash_pass(run, loops, rows / passes);
}

static void judge_underestimate(struct rule_run *run, const struct node *join)
{
    const struct node *outer = node_outer(join), *inner = node_inner(join);
    const struct node_metrics *m = outer ? metrics_of(run->metrics, outer) : NULL;
    if (!m || !inner || inner->never_executed || m->estimate != ESTIMATE_TOO_LOW ||
        m->estimate_factor < threshold(run, THRESHOLD_MISESTIMATE))
        return;
    double spent = survey_total(run, inner), stake = spent - hash_pass(run, inner);
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, join, stake);
    f->related = outer;
    draft_of(f)->region = inner;
    finding_title(run, f, "%s ran its inner side %s times, expected %s", say_type(run, join),
                  say_count(run, loops_of(inner)),
                  say_count(run, loops_of(inner) / m->estimate_factor));
    finding_figure(run, f, "outer rows expected", outer->num[PROP_PLAN_ROWS], "rows", NULL);
    finding_figure(run, f, "outer rows", outer->num[PROP_ACTUAL_ROWS], "rows", NULL);
    finding_figure(run, f, "factor", m->estimate_factor, "x", NULL);
    finding_figure(run, f, "inner loops", loops_of(inner), "loops", NULL);
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "inner time", spent, "ms", NULL);
    finding_fact(run, f, "inner side", str_of(say_node(run, inner)));
    draft_of(f)->brief = arena_printf(run->arena, "%s (%s in its inner side, %s)", f->title,
                                      say_weight(run, spent), say_node(run, inner));
    finding_blame(f, outer);
}

void check_nested_loop_underestimate(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_NESTED_LOOP);
    for (size_t i = 0; i < span.count; i++)
        judge_underestimate(run, span.node[i]);
}

/* ---- nested-loop-inner ---- */

/* Blocks of a look-up: down the index; then a block a row. Without BUFFERS: 0.02 ms a look-up and
 * 0.005 ms a row, ten times what they take from memory. */
static const double LOOKUP_BLOCKS = 4, LOOKUP_MS = 0.02, ROW_MS = 0.005;

static double wasted(const struct rule_run *run, const struct node *work)
{
    const struct node_metrics *m = metrics_of(run->metrics, work);
    double rows = num_or(m->rows, 0), loops = loops_of(work), total = survey_total(run, work);
    double blocks = m->io.hit + m->io.read;
    if (num_known(blocks) && blocks > 0) {
        double needed = loops * LOOKUP_BLOCKS + rows;
        return blocks > 2 * needed ? total * (1 - needed / blocks) : 0;
    }
    double needed = stake_from_ms(run, loops * LOOKUP_MS + rows * ROW_MS);
    return run->metrics->unit == UNIT_TIME && total > 2 * needed ? total - needed : 0;
}

static void judge_inner(struct rule_run *run, const struct node *join)
{
    const struct node *inner = node_inner(join), *work = inner ? behind_cache(inner) : NULL;
    if (!work || !is_lookup(work) || work->never_executed || !(survey_passes(run, work) >= 2))
        return;
    const struct node_metrics *m = metrics_of(run->metrics, work);
    double stake = wasted(run, work), loops = loops_of(work), blocks = m->io.hit + m->io.read;
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, join, stake);
    f->related = work;
    draft_of(f)->region = work;
    finding_title(run, f, "Inner side of %s runs %s times: %s", say_type(run, join),
                  say_count(run, loops), say_node(run, work));
    finding_figure(run, f, "loops", loops, "loops", NULL);
    finding_figure(run, f, "rows per loop", m->rows / loops, "rows", NULL);
    finding_figure(run, f, "blocks per loop", blocks / loops, "blocks", NULL);
    if (run->metrics->unit == UNIT_TIME) {
        finding_figure(run, f, "time per loop", work->num[PROP_ACTUAL_TOTAL_TIME], "ms", NULL);
        finding_figure(run, f, "time", survey_total(run, work), "ms", NULL);
    }
    finding_fact(run, f, "index condition", node_text(work, PROP_INDEX_COND));
    finding_fact(run, f, "filter", node_text(work, PROP_FILTER));
    finding_index(f, work);
}

void check_nested_loop_inner(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_NESTED_LOOP);
    for (size_t i = 0; i < span.count; i++)
        judge_inner(run, span.node[i]);
}

/* ---- memoize-thrash ---- */

static void advise_cache(struct rule_run *run, struct finding *f, const struct node *n,
                         double misses, double evictions)
{
    double peak_kb = n->num[PROP_PEAK_MEMORY_USAGE], kept = misses - evictions;
    if (!(evictions > 0) || !(kept > 0) || !num_known(peak_kb)) {
        finding_remedy(run, f,
                       "The keys hardly repeat: better n_distinct statistics of the key keep the "
                       "planner from it; SET enable_memoize = off shows what it would do.");
        return;
    }
    double need = peak_kb * 1024 * misses / kept;
    const char *setting = stake_work_mem(run, need / stake_hash_multiplier(run));
    finding_figure(run, f, "memory for all entries", need, "bytes", NULL);
    if (!setting)
        return;
    finding_remedy(run, f,
                   "work_mem = '%s' for this query keeps all entries (peak memory x misses / "
                   "entries kept%s).",
                   setting,
                   stake_hash_multiplier(run) > 1 ? ", divided by hash_mem_multiplier" : "");
    finding_sql(run, f, "SET LOCAL work_mem = '%s';", setting);
}

static void judge_cache(struct rule_run *run, const struct node *n)
{
    double hits = sum_of(n, PROP_CACHE_HITS), misses = sum_of(n, PROP_CACHE_MISSES);
    double evictions = sum_of(n, PROP_CACHE_EVICTIONS), looked_up = hits + misses;
    const struct node *work = behind_cache(n);
    if (!(misses > 1) || (evictions == 0 && hits >= misses))
        return;
    /* At most as many misses as evictions are of keys that had been there. */
    double again = survey_total(run, work) * fmin(1, evictions / misses);
    double stake = again + survey_weight(run, n) * misses / looked_up;
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->related = work;
    finding_title(
        run, f, "Memoize finds %s of its keys in the cache%s", say_share(run, hits / looked_up),
        evictions > 0 ? arena_printf(run->arena, " and evicts %s", say_count(run, evictions)) : "");
    finding_figure(run, f, "hits", hits, "hits", NULL);
    finding_figure(run, f, "misses", misses, "misses", NULL);
    finding_figure(run, f, "evictions", evictions, "evictions", NULL);
    finding_figure(run, f, "overflows", sum_of(n, PROP_CACHE_OVERFLOWS), "overflows", NULL);
    finding_figure(run, f, "peak memory", n->num[PROP_PEAK_MEMORY_USAGE], "kB", NULL);
    finding_fact(run, f, "cache key", node_text(n, PROP_CACHE_KEY));
    advise_cache(run, f, n, misses, evictions);
}

void check_memoize_thrash(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_MEMOIZE);
    for (size_t i = 0; i < span.count; i++)
        judge_cache(run, span.node[i]);
}

/* ---- materialize-rescan ---- */

void check_materialize_rescan(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_MATERIALIZE);
    for (size_t i = 0; i < span.count; i++) {
        const struct node *n = span.node[i];
        double passes = survey_passes(run, n), rows = metrics_of(run->metrics, n)->rows;
        double stake = survey_weight(run, n) * (1 - 1 / passes);
        if (passes < 2 || !survey_worth(run, stake))
            continue;
        struct finding *f = finding_add(run, n, stake);
        f->related = n->parent;
        finding_title(run, f, "Stored rows are read %s times, %s in all",
                      say_count(run, loops_of(n)), say_counted(run, rows, "row"));
        finding_figure(run, f, "loops", loops_of(n), "loops", NULL);
        finding_figure(run, f, "rows per loop", n->num[PROP_ACTUAL_ROWS], "rows", NULL);
        finding_figure(run, f, "rows in all", rows, "rows", NULL);
        if (run->metrics->unit == UNIT_TIME)
            finding_figure(run, f, "time", survey_weight(run, n), "ms", NULL);
        finding_fact(run, f, "join filter", node_text(n->parent, PROP_JOIN_FILTER));
    }
}
