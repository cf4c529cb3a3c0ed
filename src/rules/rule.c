#include "rules/rule.h"

#include <stdlib.h>

#include "base/arena.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/merge.h"
#include "rules/stake.h"
#include "rules/survey.h"

const char *const severity_name[] = {"cleared", "info", "low", "medium", "high"};

const struct rule rules[] = {
#define RULE(id, title, needs, check, fires, why, remedy)                                          \
    {id, title, needs, check, fires, why, remedy},
#include "rules/rule.def"
#undef RULE
};
const size_t rule_count = sizeof rules / sizeof rules[0];

bool severity_find(struct str name, enum severity *out)
{
    for (size_t i = 0; i <= SEVERITY_HIGH; i++)
        if (str_is(name, severity_name[i])) {
            *out = (enum severity)i;
            return true;
        }
    return false;
}

const struct rule *rule_find(struct str id)
{
    for (size_t i = 0; i < rule_count; i++)
        if (str_is(id, rules[i].id))
            return &rules[i];
    return NULL;
}

static bool has_needs(const struct rule_run *run, unsigned needs)
{
    return (!(needs & NEED_ANALYZE) || run->plan->has_actual) &&
           (!(needs & NEED_TIMING) || run->metrics->unit == UNIT_TIME) &&
           (!(needs & NEED_BUFFERS) || run->plan->has_buffers) &&
           (!(needs & NEED_CATALOG) || run->catalog);
}

static bool is_disabled(const char *id, const struct str *disabled, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(disabled[i], id))
            return true;
    return false;
}

static enum severity severity_of(const struct rule_run *run, struct finding *f)
{
    const struct draft *d = draft_of(f);
    double percent = 100 * f->share;
    enum severity s = percent >= threshold(run, THRESHOLD_HIGH)     ? SEVERITY_HIGH
                      : percent >= threshold(run, THRESHOLD_MEDIUM) ? SEVERITY_MEDIUM
                      : percent >= threshold(run, THRESHOLD_LOW)    ? SEVERITY_LOW
                                                                    : SEVERITY_INFO;
    if (f->stake < stake_from_ms(run, threshold(run, THRESHOLD_FLOOR)))
        s = SEVERITY_INFO;
    /* A guess must not fail anybody's build. */
    if (f->sure == SURE_GUESS && s > SEVERITY_MEDIUM)
        s = SEVERITY_MEDIUM;
    return s < d->most ? s : d->most;
}

static void judge(struct rule_run *run)
{
    for (struct finding *f = run->findings; f; f = f->next) {
        double whole = draft_of(f)->whole > 0 ? draft_of(f)->whole : run->metrics->whole;
        f->share = whole > 0 ? f->stake / whole : 0;
        if (f->share > 1)
            f->share = 1;
        f->stake_ms = run->metrics->unit == UNIT_TIME ? f->stake : NAN;
        f->severity = severity_of(run, f);
    }
}

/* By stake, largest first; cleared ones last; then in plan order. */
static int by_rank(const void *a, const void *b)
{
    const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
    bool cleared_x = x->severity == SEVERITY_CLEARED, cleared_y = y->severity == SEVERITY_CLEARED;
    int node_x = x->node ? x->node->id : 0, node_y = y->node ? y->node->id : 0;
    if (cleared_x != cleared_y)
        return cleared_x ? 1 : -1;
    if (x->stake != y->stake)
        return x->stake < y->stake ? 1 : -1;
    if (node_x != node_y)
        return node_x < node_y ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static struct finding_list rank(struct rule_run *run)
{
    struct finding_list out = {0};
    size_t count = 0;
    for (struct finding *f = run->findings; f; f = f->next)
        count += !draft_of(f)->teller;
    struct finding **order = xcalloc(count + 1, sizeof *order);
    count = 0;
    for (struct finding *f = run->findings; f; f = f->next)
        if (!draft_of(f)->teller)
            order[count++] = f;
    qsort(order, count, sizeof *order, by_rank);
    for (size_t i = 0; i < count; i++) {
        order[i]->next = i + 1 < count ? order[i + 1] : NULL;
        out.by_severity[order[i]->severity]++;
    }
    out.first = count ? order[0] : NULL;
    out.cleared = out.by_severity[SEVERITY_CLEARED];
    out.count = count - out.cleared;
    free(order);
    return out;
}

static struct finding_list run_all(struct rule_run run, const struct str *disabled,
                                   size_t disabled_count)
{
    run.tail = &run.findings;
    run.conditions = conditions_new(&run);
    survey_new(&run);
    for (size_t i = 0; i < rule_count; i++) {
        run.rule = &rules[i];
        if (has_needs(&run, rules[i].needs) && !is_disabled(rules[i].id, disabled, disabled_count))
            rules[i].check(&run);
    }
    merge_causes(&run);
    judge(&run);
    merge_small(&run);
    return rank(&run);
}

struct finding_list rules_run(struct arena *a, const struct plan *p, const struct plan_metrics *m,
                              const struct catalog *cat, const struct thresholds *t,
                              const struct str *disabled, size_t disabled_count)
{
    struct rule_run run = {.arena = a, .plan = p, .metrics = m, .catalog = cat, .thresholds = t};
    return run_all(run, disabled, disabled_count);
}

struct finding_list rules_run_with(struct rules_memo *memo, struct arena *a, const struct plan *p,
                                   const struct plan_metrics *m, const struct catalog *cat,
                                   const struct thresholds *t, const struct str *disabled,
                                   size_t disabled_count)
{
    struct rule_run run = {.arena = a,
                           .plan = p,
                           .metrics = m,
                           .catalog = cat,
                           .thresholds = t,
                           .memo = memo,
                           .quiet = true};
    conditions_trim(memo);
    memo->run = run;
    memo->disabled = disabled;
    memo->disabled_count = disabled_count;
    struct finding_list out = run_all(run, disabled, disabled_count);
    out.quiet = memo;
    return out;
}

const struct finding_list *rules_tell(const struct finding_list *list)
{
    struct rules_memo *memo = list->quiet;
    if (!memo)
        return list;
    memo->run.quiet = false;
    memo->told = run_all(memo->run, memo->disabled, memo->disabled_count);
    return &memo->told;
}
