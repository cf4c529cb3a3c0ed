#include "cli/trial.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "catalog/query_names.h"
#include "cli/connect.h"
#include "plan/plan.h"

/* Candidates, and what the server is told of each; NULL: it cannot take that one, and why. */
struct list {
    struct ui_index *indexes;
    struct whatif_index **hypothetical;
    const char **refusals;
    size_t count;
};

struct trial {
    struct arena *arena;
    struct planner *planner;
    const struct analysis *analysis;
    const struct report *report;
    struct whatif_query query;
    struct list *now;             /* of the background thread */
    _Atomic(struct list *) fresh; /* edited, not yet taken */
};

/* ---- lists ---- */

static struct list *list_of(struct trial *t, size_t count)
{
    struct list *l = arena_alloc(t->arena, sizeof *l);
    l->count = count;
    l->indexes = arena_calloc(t->arena, count, sizeof *l->indexes);
    l->hypothetical = arena_calloc(t->arena, count, sizeof *l->hypothetical);
    l->refusals = arena_calloc(t->arena, count, sizeof *l->refusals);
    return l;
}

struct trial *trial_new(struct planner *p, const struct analysis *an, const struct report *r,
                        struct str sql, const struct ui_index *indexes, size_t count)
{
    struct trial *t = xcalloc(1, sizeof *t);
    struct query_names names = cat_query_names(an->catalog);
    struct err ignored = {0};
    t->arena = arena_new(0);
    t->planner = p;
    t->analysis = an;
    t->report = r;
    const struct query *q = query_analyse(t->arena, sql, &names, &ignored);
    t->query = (struct whatif_query){sql, whatif_reads_plain_tables(an->catalog, q)};
    t->now = list_of(t, count);
    for (size_t i = 0; i < count; i++) {
        struct err err = {0};
        t->now->indexes[i] = indexes[i];
        t->now->hypothetical[i] = whatif_index_of_ddl(t->arena, str_of(indexes[i].ddl), &err);
        if (t->now->hypothetical[i])
            t->now->hypothetical[i]->label = indexes[i].id;
    }
    return t;
}

void trial_free(struct trial *t)
{
    if (!t)
        return;
    arena_free(t->arena);
    free(t);
}

const struct ui_index *trial_take(struct trial *t, size_t *count)
{
    struct list *l = atomic_exchange(&t->fresh, NULL);
    if (!l)
        return NULL;
    *count = l->count;
    return l->indexes;
}

/* ---- asking ---- */

/* Found out when it is first ticked. False: err says why. */
static bool is_taken(struct trial *t, size_t i, struct err *err)
{
    struct list *l = t->now;
    if (!l->hypothetical[i])
        return err_set(err, ERR_USAGE, "%s cannot be tried", l->indexes[i].id);
    if (!l->refusals[i]) {
        const char *why = t->planner->whatif.refuses(t->planner, t->arena, l->hypothetical[i]);
        l->refusals[i] = why ? why : "";
    }
    if (*l->refusals[i]) {
        err_set(err, ERR_SQL, "the planner cannot be asked about %s: %s", l->indexes[i].id,
                l->refusals[i]);
        return false;
    }
    if (l->hypothetical[i]->partial && !t->query.plain_tables)
        return err_set(
            err, ERR_SQL,
            "%s is partial, and the statement reads more than plain tables: under HypoPG "
            "that can crash a server",
            l->indexes[i].id);
    return true;
}

static bool ask(struct trial *t, const bool *on, struct plan **plan, struct err *err)
{
    const struct whatif_index **indexes = arena_calloc(t->arena, t->now->count, sizeof *indexes);
    struct whatif_answer answer;
    size_t n = 0;
    for (size_t i = 0; i < t->now->count; i++)
        if (on[i])
            indexes[n++] = t->now->hypothetical[i];
    if (!t->planner->whatif.plan(t->planner, t->arena, &t->query, indexes, n, &answer, err))
        return false;
    *plan = answer.plan;
    return true;
}

static double cost_of(const struct plan *p)
{
    return p->root->num[PROP_TOTAL_COST];
}

/* What each changes, given the others: it is ticked or unticked alone. */
static bool find_margins(struct trial *t, const bool *on, struct ui_whatif *out, struct err *err)
{
    size_t n = t->now->count;
    double *rest = arena_calloc(t->arena, n, sizeof *rest);
    bool *other = arena_calloc(t->arena, n, sizeof *other);
    for (size_t i = 0; i < n; i++) {
        struct err no = {0};
        struct plan *plan;
        rest[i] = NAN;
        if (!is_taken(t, i, &no))
            continue;
        memcpy(other, on, n * sizeof *other);
        other[i] = !on[i];
        if (!ask(t, other, &plan, err))
            return false;
        double with = on[i] ? out->after : cost_of(plan);
        double without = on[i] ? cost_of(plan) : out->after;
        rest[i] = out->before > 0 ? (with - without) / out->before : NAN;
    }
    out->rest = rest;
    return true;
}

static bool run(struct trial *t, const bool *on, struct ui_whatif *out, struct err *err)
{
    struct plan *without, *with;
    bool *none = arena_calloc(t->arena, t->now->count, sizeof *none);
    for (size_t i = 0; i < t->now->count; i++)
        if (on[i] && !is_taken(t, i, err))
            return false;
    if (!ask(t, none, &without, err) || !ask(t, on, &with, err))
        return false;
    struct analysis an = *t->analysis;
    an.planner = NULL;
    *out = (struct ui_whatif){
        .before = cost_of(without),
        .after = cost_of(with),
        .took_ms = NAN,
        .report = analysis_report(&an, t->arena, an.catalog, with, t->report->source, 1, 1),
        .basis = arena_printf(t->arena, "both plans from one transaction, %s", t->planner->basis)};
    return find_margins(t, on, out, err);
}

bool trial_run(struct trial *t, const bool *on, struct ui_whatif *out, struct err *err)
{
    struct timespec from, to;
    connect_stop(false);
    clock_gettime(CLOCK_MONOTONIC, &from);
    bool good = run(t, on, out, err);
    planner_rest(t->planner);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (good)
        out->took_ms =
            (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    return good;
}

/* ---- editing ---- */

/* "orders (customer_id) WHERE ...", out of the statement. */
static const char *target_of(struct arena *a, struct str statement)
{
    ptrdiff_t on = 0;
    for (size_t i = 0; i + 4 < statement.len; i++)
        if (str_is_nocase(str_sub(statement, i, i + 4), " on ")) {
            on = (ptrdiff_t)i + 4;
            break;
        }
    struct str rest = str_trim(str_sub(statement, (size_t)on, statement.len));
    return arena_strndup(a, rest.p, rest.len);
}

static bool add(struct trial *t, struct list *l, size_t at, struct whatif_index *x, struct err *err)
{
    struct ui_index *u = &l->indexes[at];
    const struct ui_index *old = at < t->now->count ? &t->now->indexes[at] : NULL;
    struct plan *without, *with;
    bool *on = arena_calloc(t->arena, l->count, sizeof *on);
    *u = (struct ui_index){
        .id = old ? old->id : arena_printf(t->arena, "I%zu", at + 1),
        .target = target_of(t->arena, x->statements[0]),
        .ddl = arena_printf(t->arena, "%.*s;\n", STR_ARG(x->statements[0])),
        .why = "as you wrote it",
        .remark = "edited",
        .sure = "planner",
        .size_bytes = NAN,
        .alone = NAN,
        .queries = 1,
        .on = true,
    };
    x->label = u->id;
    l->hypothetical[at] = x;
    t->now = l;
    if (!planner_size(t->planner, t->arena, x, &u->size_bytes, err) || !is_taken(t, at, err) ||
        !ask(t, on, &without, err))
        return false;
    on[at] = true;
    if (!ask(t, on, &with, err))
        return false;
    u->size_is_bound = true; /* HypoPG knows nothing of deduplication */
    u->before = cost_of(without);
    u->after = cost_of(with);
    u->alone = u->before > 0 ? (u->after - u->before) / u->before : NAN;
    return true;
}

bool trial_edit(struct trial *t, size_t index, struct str ddl, struct err *err)
{
    struct list *old = t->now;
    size_t count = index < old->count ? old->count : old->count + 1;
    size_t at = index < old->count ? index : old->count;
    struct whatif_index *x = whatif_index_of_ddl(t->arena, ddl, err);
    if (!x)
        return false;
    struct list *l = list_of(t, count);
    for (size_t i = 0; i < old->count; i++) {
        l->indexes[i] = old->indexes[i];
        l->hypothetical[i] = old->hypothetical[i];
        l->refusals[i] = old->refusals[i];
    }
    l->refusals[at] = NULL;
    connect_stop(false);
    bool good = add(t, l, at, x, err);
    planner_rest(t->planner);
    if (good)
        atomic_store(&t->fresh, l);
    else
        t->now = old;
    return good;
}
