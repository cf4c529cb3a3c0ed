#include "rules/merge.h"

#include <pthread.h>

#include "base/arena.h"

enum where { SAME, INSIDE, AROUND, RELATED, SIDE, PLAN };

static const struct cause {
    const char *cause, *effect;
    enum where where;
} causes[] = {
#define CAUSE(cause, effect, where) {cause, effect, where},
#include "rules/cause.def"
#undef CAUSE
};

enum { CAUSES = sizeof causes / sizeof causes[0] };

/* The rules of the table, looked up once. */
static const struct rule *cause_rules[CAUSES], *effect_rules[CAUSES];
static pthread_once_t rules_once = PTHREAD_ONCE_INIT;

static void look_up_rules(void)
{
    for (size_t i = 0; i < CAUSES; i++) {
        cause_rules[i] = rule_find(str_of(causes[i].cause));
        effect_rules[i] = rule_find(str_of(causes[i].effect));
    }
}

/* Small findings of one rule that are listed one by one inside the first. */
enum { LISTED_SMALL = 4 };

static bool is_within(const struct node *n, const struct node *top)
{
    while (n && n->depth > top->depth)
        n = n->parent;
    return n == top;
}

static bool fits(enum where where, const struct finding *cause, const struct finding *effect)
{
    switch (where) {
    case SAME:
        return cause->node && cause->node == effect->node;
    case INSIDE:
        return cause->node && effect->node && is_within(effect->node, cause->node);
    case AROUND:
        return cause->node && effect->node && is_within(cause->node, effect->node);
    case RELATED:
        return (cause->node && effect->related == cause->node) ||
               (effect->node && cause->related == effect->node) ||
               (cause->related && cause->related == effect->related);
    case SIDE:
        return cause->node && effect->node && cause->related == effect->related &&
               is_within(cause->node, effect->node);
    case PLAN:
        return true;
    }
    return false;
}

void merge_tell(struct rule_run *run, struct finding *cause, struct finding *effect)
{
    struct draft *d = draft_of(effect);
    d->teller = cause;
    finding_consequence(run, cause, d->brief ? d->brief : effect->title);
    for (size_t i = 0; i < effect->consequence_count; i++)
        finding_consequence(run, cause, effect->consequences[i]);
    if (effect->stake > cause->stake)
        cause->stake = effect->stake;
    if (effect->wants_index && !cause->wants_index)
        finding_index(cause, effect->index_node);
    if (!cause->related && effect->node != cause->node)
        cause->related = effect->node;
    if (!cause->sql)
        cause->sql = effect->sql;
}

static bool is_open(struct finding *f)
{
    const struct draft *d = draft_of(f);
    return !d->teller && d->most > SEVERITY_CLEARED;
}

/* The finding that stands for itself and tells f. */
static struct finding *top_teller(struct finding *f)
{
    while (draft_of(f)->teller)
        f = draft_of(f)->teller;
    return f;
}

/* Findings by rule, so that a pair of rules costs no more than the findings that they have. */
struct by_rule {
    struct finding **item;
    size_t count;
};

static struct by_rule collect(struct rule_run *run, const struct rule *rule)
{
    struct by_rule out = {0};
    for (struct finding *f = run->findings; f; f = f->next)
        out.count += f->rule == rule;
    out.item = out.count ? arena_calloc(run->arena, out.count, sizeof *out.item) : NULL;
    out.count = 0;
    for (struct finding *f = run->findings; f; f = f->next)
        if (f->rule == rule)
            out.item[out.count++] = f;
    return out;
}

/* A cause that is told inside another itself passes the effect on. */
static void tell_if_fit(struct rule_run *run, enum where where, struct finding *cause,
                        struct finding *effect)
{
    struct finding *teller = top_teller(cause);
    if (teller != effect && draft_of(teller)->most > SEVERITY_CLEARED && fits(where, cause, effect))
        merge_tell(run, teller, effect);
}

static void apply(struct rule_run *run, size_t i)
{
    struct by_rule effects = collect(run, effect_rules[i]);
    struct by_rule reasons = effects.count ? collect(run, cause_rules[i]) : (struct by_rule){0};
    for (size_t e = 0; e < effects.count; e++)
        for (size_t c = 0; c < reasons.count && is_open(effects.item[e]); c++)
            tell_if_fit(run, causes[i].where, reasons.item[c], effects.item[e]);
}

static bool has_several(const struct rule_run *run)
{
    return run->findings && run->findings->next;
}

void merge_causes(struct rule_run *run)
{
    if (!has_several(run))
        return;
    pthread_once(&rules_once, look_up_rules);
    for (size_t i = 0; i < CAUSES; i++)
        apply(run, i);
}

static void fold(struct rule_run *run, struct finding *first, struct by_rule *all)
{
    size_t others = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct finding *f = all->item[i];
        if (f == first || !is_open(f) || f->severity > SEVERITY_INFO)
            continue;
        draft_of(f)->teller = first;
        if (++others <= LISTED_SMALL)
            finding_consequence(run, first, f->title);
    }
    if (others > LISTED_SMALL)
        finding_consequence(
            run, first, arena_printf(run->arena, "and %zu more like it", others - LISTED_SMALL));
}

static struct finding *largest_small(const struct by_rule *all)
{
    struct finding *best = NULL;
    for (size_t i = 0; i < all->count; i++) {
        struct finding *f = all->item[i];
        if (is_open(f) && f->severity <= SEVERITY_INFO && (!best || f->stake > best->stake))
            best = f;
    }
    return best;
}

void merge_small(struct rule_run *run)
{
    if (!has_several(run))
        return;
    for (size_t i = 0; i < rule_count; i++) {
        struct by_rule all = collect(run, &rules[i]);
        struct finding *first = all.count > 1 ? largest_small(&all) : NULL;
        if (first)
            fold(run, first, &all);
    }
}
