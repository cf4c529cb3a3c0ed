/* The chosen candidates as advice: names, DDL, reasons, effects, notes. */
#include <math.h>
#include <stdlib.h>

#include "advise/advise_private.h"
#include "advise/ddl.h"
#include "advise/judge.h"
#include "advise/note.h"
#include "base/arena.h"
#include "base/text.h"
#include "plan/metrics.h"

static const char *const role_words[] = {
    [IX_EQUAL] = "equality", [IX_LIST] = "list",     [IX_RANGE] = "range",
    [IX_SORT] = "sort",      [IX_JOIN] = "join",     [IX_GROUP] = "group",
    [IX_SEARCH] = "search",  [IX_FILTER] = "filter", [IX_COVERED] = "covered",
};

struct outcome {
    struct advise_run *r;
    const struct select_result *chosen;
    struct access *ways; /* per need, with all chosen indexes */
    double *after;       /* per need, in the unit */
};

/* ---- what each need takes afterwards ---- */

/* Of the chosen ones those that the query's planner uses, or has no say in. */
static size_t in_use(const struct outcome *o, size_t query, size_t *set)
{
    const struct judge *j = o->r->judge;
    size_t count = 0;
    for (size_t i = 0; i < o->chosen->count; i++) {
        size_t c = o->chosen->chosen[i];
        if (!j || !judge_knows(j, query, c) || judge_uses(j, query, c))
            set[count++] = c;
    }
    return count;
}

static void find_ways(struct outcome *o)
{
    size_t n = o->r->needs.count;
    size_t *set = xcalloc(o->chosen->count, sizeof *set);
    o->ways = arena_calloc(o->r->arena, n, sizeof *o->ways);
    o->after = arena_calloc(o->r->arena, n, sizeof *o->after);
    for (size_t i = 0; i < n; i++) {
        size_t count = in_use(o, o->r->needs.items[i].query, set);
        o->after[i] = run_need_cost(o->r, i, set, count, &o->ways[i]);
    }
    free(set);
}

static bool uses(const struct access *way, const struct ix *x)
{
    for (size_t i = 0; i < way->leg_count; i++)
        if (way->legs[i] == x)
            return true;
    return way->ix == x || way->ix2 == x;
}

/* The model says for which of a query's needs; that it is used at all is the planner's word. */
static bool served(const struct outcome *o, size_t need, const struct ix *x, size_t cand)
{
    const struct advise_run *r = o->r;
    size_t q = r->needs.items[need].query, first = r->needs.count;
    if (r->needs.items[need].rel != x->rel)
        return false;
    if (uses(&o->ways[need], x))
        return true;
    if (!r->judge || !judge_uses(r->judge, q, cand))
        return false;
    for (size_t i = r->need_from[q]; i < r->need_from[q + 1]; i++) {
        if (r->needs.items[i].rel != x->rel)
            continue;
        if (uses(&o->ways[i], x))
            return false;
        first = i < first ? i : first;
    }
    return need == first;
}

/* ---- parts of one piece of advice ---- */

static struct advice_key key_of(const struct ix_key *k)
{
    return (struct advice_key){.column = k->is_expr ? (struct str){0} : k->name,
                               .expr = k->is_expr ? k->name : (struct str){0},
                               .opclass = k->opclass,
                               .collation = k->collation,
                               .desc = k->desc,
                               .nulls_first = k->nulls_first,
                               .role = role_words[k->role]};
}

static void set_keys(struct outcome *o, struct advice_index *a, const struct ix *x)
{
    a->keys = arena_calloc(o->r->arena, x->total_count, sizeof *a->keys);
    for (size_t i = 0; i < x->total_count; i++)
        a->keys[i] = key_of(&x->keys[i]);
    a->key_count = x->key_count;
    a->total_count = x->total_count;
    a->predicate = x->predicate_text;
    struct buf b = {0};
    cat_add_qualified(&b, x->rel->schema, x->rel->name);
    buf_addc(&b, ' ');
    if (x->am != COST_BTREE)
        buf_printf(&b, "USING %s ", ix_am_name(x->am));
    ix_add_columns(&b, x);
    a->columns = arena_strndup(o->r->arena, b.data, b.len);
    buf_free(&b);
}

static const char *phrase_of(enum ix_role role)
{
    static const char *const phrases[] = {
        [IX_EQUAL] = "compared with =, so it leads",
        [IX_LIST] = "looked up by a list of values",
        [IX_RANGE] = "read as one range",
        [IX_SORT] = "in the order asked for, so nothing is sorted",
        [IX_JOIN] = "looked up once for each row of the other side of the join",
        [IX_GROUP] = "in the order of the groups",
        [IX_SEARCH] = "searched inside its values",
        [IX_FILTER] = "checked in the index, before the table is visited",
        [IX_COVERED] = "only read, so that the table need not be visited",
    };
    return phrases[role];
}

/* "project_id: compared with =, so it leads; priority, created_at: in the order asked for ..." */
static const char *rationale_of(struct outcome *o, const struct ix *x)
{
    struct buf b = {0};
    for (size_t i = 0; i < x->total_count; i++) {
        bool goes_on = i + 1 < x->total_count && x->keys[i + 1].role == x->keys[i].role;
        buf_addstr(&b, x->keys[i].name);
        buf_adds(&b, goes_on ? ", " : ": ");
        if (!goes_on)
            buf_printf(&b, "%s%s", phrase_of(x->keys[i].role), i + 1 < x->total_count ? "; " : "");
    }
    if (x->predicate_text.len)
        buf_printf(&b, "; only the rows that the queries want are in it (%.*s)",
                   STR_ARG(x->predicate_text));
    const char *s = arena_strndup(o->r->arena, b.data, b.len);
    buf_free(&b);
    return s;
}

struct lines {
    struct arena *arena;
    const char **items;
    size_t count;
};

static void add_line(struct lines *l, const char *line)
{
    if (!l->items)
        l->items = arena_calloc(l->arena, 8, sizeof *l->items);
    if (l->count < 8)
        l->items[l->count++] = line;
}

static bool is_expression_index(const struct ix *x)
{
    for (size_t i = 0; i < x->key_count; i++)
        if (x->keys[i].is_expr)
            return true;
    return false;
}

static bool has_long_key(const struct ix *x)
{
    for (size_t i = 0; i < x->key_count; i++)
        if (x->am == COST_BTREE && x->keys[i].column && x->keys[i].column->stats.known &&
            x->keys[i].column->stats.avg_width > 500)
            return true;
    return false;
}

/* Whether the model sees a gain for a query, alone or beside the others. */
static bool model_agrees(const struct outcome *o, size_t query, size_t cand)
{
    size_t count = 0, *others = xcalloc(o->chosen->count, sizeof *others);
    for (size_t i = 0; i < o->chosen->count; i++)
        if (o->chosen->chosen[i] != cand)
            others[count++] = o->chosen->chosen[i];
    double with = run_model_cost(o->r, query, o->chosen->chosen, o->chosen->count);
    bool gains = with < run_model_cost(o->r, query, others, count) * (1 - 1e-6);
    free(others);
    return gains || run_model_uses(o->r, query, cand);
}

/* The planner takes it, and the model would not have. */
static bool only_the_planner(const struct outcome *o, const struct advice_index *a, size_t cand)
{
    bool planned = false, agreed = run_serves_fk(o->r, cand);
    for (size_t i = 0; o->r->judge && i < a->effect_count; i++) {
        planned |= judge_uses(o->r->judge, a->effects[i].query, cand);
        agreed |= model_agrees(o, a->effects[i].query, cand);
    }
    return planned && !agreed;
}

/* What somebody said of the rows that a query gives, and the planner does not believe. */
static const double ROWS_OFF = 1.5;

static void warn_of_rows(const struct outcome *o, struct lines *l, const struct advice_index *a)
{
    for (size_t i = 0; i < a->effect_count && o->r->judge; i++) {
        const struct advice_query *q = &o->r->out->queries[a->effects[i].query];
        double said = o->r->said_rows[a->effects[i].query];
        double planned = q->before ? num_or(q->before->root->num[PROP_PLAN_ROWS], 0) : 0;
        if (!said || !planned || fmax(said, planned) < ROWS_OFF * fmin(said, planned))
            continue;
        add_line(l,
                 arena_printf(o->r->arena,
                              "the planner expects %s rows where %s were said: its costs are "
                              "for those that it expects",
                              note_grouped(o->r->arena, planned), note_grouped(o->r->arena, said)));
        return;
    }
}

static void set_cautions(struct outcome *o, struct advice_index *a, const struct ix *x, size_t cand)
{
    struct lines l = {.arena = o->r->arena};
    if (x->rel->kind == 'p')
        add_line(&l, "the table is partitioned: the index is built on each partition and attached");
    else if (x->rel->persistence != 't')
        add_line(
            &l,
            "CONCURRENTLY takes no lock that stops writes, but waits for older transactions; if "
            "it fails it leaves an invalid index behind, to be dropped before a second try");
    if (a->loses_hot)
        add_line(&l,
                 "updates that change its columns stop being HOT: each writes to every index of "
                 "the table");
    if (is_expression_index(x))
        add_line(&l,
                 "ANALYZE the table afterwards: the planner gathers statistics of the expression "
                 "then");
    if (x->total_count > x->key_count)
        add_line(&l, "index-only scans need a well vacuumed table");
    if (x->am == COST_GIN)
        add_line(&l, "GIN indexes are slow to write to");
    if (has_long_key(x))
        add_line(
            &l,
            "a value of more than 2,704 bytes cannot be stored in it: such an INSERT would fail");
    if (o->r->judge && judge_refusal(o->r->judge, cand))
        add_line(&l,
                 arena_printf(o->r->arena,
                              "the planner could not be asked about it (%s): the figures are the "
                              "model's",
                              judge_refusal(o->r->judge, cand)));
    warn_of_rows(o, &l, a);
    if (only_the_planner(o, a, cand))
        add_line(&l, "the planner's costs alone speak for it: the model sees no gain; measure "
                     "(--verify) before you keep it");
    if (a->before)
        add_line(&l, arena_printf(o->r->arena, "needs extension %.*s", STR_ARG(x->extension)));
    a->cautions = l.items;
    a->caution_count = l.count;
}

/* Plain indexes that the new one makes superfluous. */
static void set_replaced(struct outcome *o, struct advice_index *a, const struct ix *x)
{
    const struct rel_indexes *rel = run_existing(o->r, x->rel);
    a->replaces = arena_calloc(o->r->arena, rel->count, sizeof *a->replaces);
    for (size_t i = 0; i < rel->count; i++) {
        const struct cat_index *old = rel->items[i]->existing;
        bool needed = old->unique || old->constraint.len || old->exclusion || old->replica_identity;
        if (!needed && ix_covered_by(rel->items[i], x))
            a->replaces[a->replace_count++] = old;
    }
}

static void add_effect(struct outcome *o, struct advice_index *a, size_t query,
                       const struct node *node)
{
    const struct advice_query *q = &o->r->out->queries[query];
    a->effects[a->effect_count++] = (struct advice_effect){.query = query,
                                                           .node = node,
                                                           .cost_before = q->cost_before,
                                                           .cost_after = q->cost_after,
                                                           .ms_before = q->ms_before,
                                                           .ms_after = q->ms_after};
}

static const struct node *scan_of(const struct plan *p, const struct cat_rel *rel)
{
    for (int i = 0; p && i < p->node_count; i++)
        if (node_has_trait(p->nodes[i], TRAIT_SCAN) &&
            str_eq(node_text(p->nodes[i], PROP_RELATION_NAME), rel->name))
            return p->nodes[i];
    return NULL;
}

static bool has_effect(const struct advice_index *a, size_t query)
{
    for (size_t i = 0; i < a->effect_count; i++)
        if (a->effects[i].query == query)
            return true;
    return false;
}

static void set_effects(struct outcome *o, struct advice_index *a, const struct ix *x, size_t cand)
{
    const struct advise_run *r = o->r;
    a->effects = arena_calloc(r->arena, r->needs.count + r->fk_count + r->out->query_count,
                              sizeof *a->effects);
    for (size_t i = 0; i < r->needs.count; i++)
        if (served(o, i, x, cand))
            add_effect(o, a, r->needs.items[i].query, r->needs.items[i].node);
    for (size_t i = 0; i < r->fk_count; i++)
        if (r->fks[i].cand == cand)
            add_effect(o, a, r->fks[i].query, NULL);
    for (size_t q = 0; r->judge && q < r->out->query_count; q++)
        if (judge_uses(r->judge, q, cand) && !has_effect(a, q))
            add_effect(o, a, q, scan_of(r->out->queries[q].plan, x->rel));
}

static void set_sure(struct outcome *o, struct advice_index *a, const struct ix *x, size_t cand)
{
    bool by_rule = run_serves_fk(o->r, cand);
    bool stats = !x->unchecked && x->keys[0].column && x->keys[0].column->stats.known;
    bool plan = false;
    for (size_t i = 0; i < a->effect_count; i++)
        plan |= o->r->out->queries[a->effects[i].query].plan != NULL;
    bool planned = false;
    for (size_t i = 0; i < a->effect_count && o->r->judge; i++)
        planned |= judge_uses(o->r->judge, a->effects[i].query, cand);
    a->basis = by_rule ? BASIS_RULE : planned ? BASIS_PLANNER : plan ? BASIS_MODEL : BASIS_SQL;
    a->confidence = x->unchecked || (!plan && !stats)           ? ADVICE_LOW
                    : plan && stats && a->marginal_share >= 0.1 ? ADVICE_HIGH
                                                                : ADVICE_MEDIUM;
    if (by_rule || planned)
        a->confidence = ADVICE_HIGH;
}

static double alone(const struct outcome *o, size_t cand)
{
    const struct advise_run *r = o->r;
    double saved = 0;
    for (size_t q = 0; r->judge && q < r->out->query_count; q++)
        saved += r->out->queries[q].weight *
                 (judge_cost(r->judge, q, NULL, 0) - judge_cost(r->judge, q, &cand, 1));
    for (size_t i = 0; !r->judge && i < r->needs.count; i++)
        saved += r->out->queries[r->needs.items[i].query].weight *
                 (r->worth[i] - run_need_cost(r, i, &cand, 1, NULL));
    for (size_t i = 0; !r->judge && i < r->fk_count; i++)
        if (r->fks[i].cand == cand)
            saved += r->out->queries[r->fks[i].query].weight * (r->fks[i].worth - r->fks[i].cured);
    return o->chosen->cost_before > 0 ? saved / o->chosen->cost_before : 0;
}

static void fill(struct outcome *o, size_t at, const char *const *names)
{
    struct advise_run *r = o->r;
    size_t cand = o->chosen->chosen[at];
    const struct ix *x = r->cands.items[cand];
    struct advice_index *a = &r->out->indexes[at];
    a->id = arena_printf(r->arena, "I%zu", at + 1);
    a->schema = x->rel->schema;
    a->table = x->rel->name;
    a->rel = x->unchecked ? NULL : x->rel;
    a->am = ix_am_name(x->am);
    set_keys(o, a, x);
    set_replaced(o, a, x);
    a->name = names[at];
    if (x->extension.len && !(r->cat && cat_has_extension(r->cat, x->extension.p)))
        a->before = arena_printf(r->arena, "CREATE EXTENSION %.*s", STR_ARG(x->extension));
    a->up = ddl_up(r->arena, r->cat, x, a->name, a->replaces, a->replace_count);
    a->down = ddl_down(r->arena, x, a->name, a->replaces, a->replace_count);
    a->rationale = rationale_of(o, x);
    a->size_bytes = x->size_bytes;
    run_write_cost(r, x, a);
    a->marginal_share =
        o->chosen->cost_before > 0 ? o->chosen->marginal[at] / o->chosen->cost_before : 0;
    a->gain_share = alone(o, cand);
    set_effects(o, a, x, cand);
    set_sure(o, a, x, cand);
    set_cautions(o, a, x, cand);
}

/* ---- queries ---- */

static bool is_chosen(const struct outcome *o, size_t cand)
{
    for (size_t i = 0; i < o->chosen->count; i++)
        if (o->chosen->chosen[i] == cand)
            return true;
    return false;
}

/* The planner's figures, and its plans. */
static void take_judgement(struct outcome *o)
{
    struct advise_run *r = o->r;
    for (size_t q = 0; q < r->out->query_count; q++) {
        struct advice_query *out = &r->out->queries[q];
        out->cost_before = judge_cost(r->judge, q, NULL, 0);
        out->cost_after = judge_cost(r->judge, q, o->chosen->chosen, o->chosen->count);
        struct plan *after = judge_after(r->judge, q);
        out->before = judge_before(r->judge, q);
        out->after = after ? after : out->before;
    }
}

static void total_queries(struct outcome *o)
{
    struct advise_run *r = o->r;
    if (r->judge) {
        take_judgement(o);
        return;
    }
    for (size_t q = 0; q < r->out->query_count; q++) {
        double before = r->rest[q], after = r->rest[q];
        for (size_t i = r->need_from[q]; i < r->need_from[q + 1]; i++) {
            before += r->worth[i];
            after += o->after[i];
        }
        for (size_t i = r->fk_from[q]; i < r->fk_from[q + 1]; i++) {
            before += r->fks[i].worth;
            after += is_chosen(o, r->fks[i].cand) ? r->fks[i].cured : r->fks[i].worth;
        }
        struct advice_query *out = &r->out->queries[q];
        *(r->in_ms ? &out->ms_before : &out->cost_before) = before;
        *(r->in_ms ? &out->ms_after : &out->cost_after) = after;
    }
}

/* ---- notes ---- */

static double whole_query(const struct advise_run *r, size_t q)
{
    double whole = r->rest[q];
    for (size_t i = r->need_from[q]; i < r->need_from[q + 1]; i++)
        whole += r->worth[i];
    return whole;
}

/* The candidate that would have served the need best, and what speaks against it. */
static void find_rejected(const struct outcome *o, size_t need, struct note_input *in)
{
    const struct advise_run *r = o->r;
    double least = INFINITY;
    size_t query = r->needs.items[need].query;
    for (size_t c = 0; c < r->cands.count; c++) {
        struct access way;
        if (r->cands.items[c]->rel != r->needs.items[need].rel)
            continue;
        double takes = run_need_cost(r, need, &c, 1, &way);
        if (way.ix != r->cands.items[c] || takes >= least)
            continue;
        least = takes;
        in->best = r->cands.items[c];
        in->saved = (r->worth[need] - takes) * r->out->queries[query].weight;
        in->paid = r->write_cost[c];
        in->saves = (r->worth[need] - takes) / whole_query(r, query);
    }
}

/* A need whose share of its query is below this is not worth a word. */
static const double NOTE_LEAST_SHARE = 0.02;

static bool worth_a_note(const struct advise_run *r, size_t need)
{
    size_t q = r->needs.items[need].query;
    double whole = whole_query(r, q);
    return whole > 0 && r->worth[need] >= NOTE_LEAST_SHARE * whole;
}

/* The first of the way's indexes that is not there yet. */
static const struct ix *proposed(const struct access *way)
{
    for (size_t i = 0; i < way->leg_count; i++)
        if (!way->legs[i]->existing)
            return way->legs[i];
    return way->ix && !way->ix->existing ? way->ix : NULL;
}

/* The chosen index that serves a need. */
static const struct ix *chosen_for(const struct outcome *o, size_t need)
{
    const struct ix *x = proposed(&o->ways[need]);
    for (size_t i = 0; i < o->chosen->count && !x; i++) {
        size_t cand = o->chosen->chosen[i];
        if (served(o, need, o->r->cands.items[cand], cand))
            x = o->r->cands.items[cand];
    }
    return x;
}

/* What the model would have proposed, and the planner leaves alone. */
static void add_rejects(struct advise_run *r)
{
    size_t count;
    const struct judge_reject *all = judge_rejects(r->judge, &count);
    for (size_t i = 0; i < count; i++) {
        const struct ix *x = r->cands.items[all[i].cand];
        struct buf columns = {0};
        ix_add_columns(&columns, x);
        r->out->notes[r->out->note_count++] = (struct advice_note){
            .kind = NOTE_REJECTED,
            .query = all[i].query,
            .schema = x->rel->schema,
            .table = x->rel->name,
            .text =
                arena_printf(r->arena,
                             "an index on %s looks good to the model, but the planner would not "
                             "use it: the query costs %.0f with it and %.0f without",
                             columns.data, all[i].with, all[i].without)};
        buf_free(&columns);
    }
}

static void add_notes(struct outcome *o)
{
    struct advise_run *r = o->r;
    size_t rejects = 0;
    if (r->judge)
        judge_rejects(r->judge, &rejects);
    r->out->notes = arena_calloc(r->arena, r->needs.count + rejects, sizeof *r->out->notes);
    for (size_t i = 0; i < r->needs.count; i++) {
        const struct need *n = &r->needs.items[i];
        const struct rel_indexes *rel = run_existing(r, n->rel);
        struct note_input in = {.arena = r->arena,
                                .model = &r->model,
                                .need = n,
                                .existing = rel->items,
                                .existing_count = rel->count};
        if (!worth_a_note(r, i))
            continue;
        run_need_cost(r, i, NULL, 0, &in.before);
        in.chosen = chosen_for(o, i);
        in.limited = r->limits->budget_bytes > 0 || r->limits->max_indexes > 0;
        if (!in.chosen)
            find_rejected(o, i, &in);
        r->out->note_count += note_for(&in, &r->out->notes[r->out->note_count]);
    }
    if (r->judge)
        add_rejects(r);
}

/* ---- the planner's plans ---- */

/* Candidates in them get the names that are proposed. */
static void name_indexes(const struct outcome *o, struct plan *p, const char *const *names)
{
    size_t skip = strlen(judge_label);
    for (int i = 0; p && i < p->node_count; i++)
        for (struct prop *x = p->nodes[i]->props; x; x = x->next) {
            long long cand;
            if (x->id != PROP_INDEX_NAME || !str_starts(x->value.text, judge_label) ||
                !str_to_int64(str_sub(x->value.text, skip, x->value.text.len), &cand))
                continue;
            for (size_t k = 0; k < o->chosen->count; k++)
                if (o->chosen->chosen[k] == (size_t)cand)
                    x->value.text = str_of(names[k]);
        }
}

/* ---- the whole ---- */

static bool any_plan(const struct advise_run *r)
{
    for (size_t q = 0; q < r->out->query_count; q++)
        if (r->out->queries[q].plan)
            return true;
    return r->out->query_count == 0;
}

void run_report(struct advise_run *r, const struct select_result *chosen)
{
    struct outcome o = {.r = r, .chosen = chosen};
    const char **names = arena_calloc(r->arena, chosen->count, sizeof *names);
    find_ways(&o);
    total_queries(&o);
    r->out->indexes = arena_calloc(r->arena, chosen->count, sizeof *r->out->indexes);
    for (size_t i = 0; i < chosen->count; i++)
        names[i] = ddl_index_name(r->arena, r->cat, r->cands.items[chosen->chosen[i]], names, i);
    for (size_t q = 0; r->judge && q < r->out->query_count; q++)
        name_indexes(&o, judge_after(r->judge, q), names);
    for (size_t i = 0; i < chosen->count; i++) {
        fill(&o, i, names);
        r->out->size_bytes += num_or(r->out->indexes[i].size_bytes, 0);
    }
    r->out->index_count = chosen->count;
    r->out->in_ms = r->in_ms;
    r->out->cost_before = chosen->cost_before;
    r->out->cost_after = chosen->cost_after;
    r->out->basis = any_plan(r) ? BASIS_MODEL : BASIS_SQL;
    if (r->judge && judge_is_heard(r->judge)) {
        r->out->basis = BASIS_PLANNER;
        r->out->whatif_calls = judge_calls(r->judge);
        r->out->interrupted = judge_is_over(r->judge);
    }
    add_notes(&o);
    run_answer(r);
}
