/*
 * Rules and findings: what is slow in a plan, and why.
 *
 * Every rule is one row of rule.def: id, title, what it needs, check, why, remedy. A check
 * looks at one plan and reports findings through finding_add; it never decides severity:
 * that follows from the time at stake. One cause is one finding: what follows from another
 * finding is told inside it (finding_consequence).
 *
 * Findings live in the run's arena and point into the plan, its metrics and the catalog.
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/metrics.h"

struct arena;
struct catalog;
struct conditions;
struct rule;
struct survey;

enum severity { SEVERITY_CLEARED, SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
extern const char *const severity_name[]; /* "cleared" "info" "low" "medium" "high" */
/* False when there is no such severity. */
bool severity_find(struct str name, enum severity *out);

/* What a rule needs to say anything; without it the rule is silent. */
enum rule_need {
    NEED_NOTHING = 0,
    NEED_ANALYZE = 1,
    NEED_TIMING = 2,
    NEED_BUFFERS = 4,
    NEED_CATALOG = 8
};

/* How sure a finding is. */
enum confidence { SURE_PLAN /* seen in the plan */, SURE_LIKELY, SURE_GUESS };

/* One line of evidence: "rows removed" = "488,000 of 500,000 (97.6 %)". */
struct evidence {
    const char *name;
    const char *text;
    double value;     /* the figure by itself, in `unit`; NAN when it is no figure */
    const char *unit; /* "rows" "ms" "kB" "blocks" "x" "loops" ...; NULL none */
    struct evidence *next;
};

struct finding {
    const struct rule *rule;
    const struct node *node; /* NULL: about the statement as a whole */
    enum severity severity;
    double stake;    /* in the plan's unit (metrics->unit): what the remedy could save */
    double stake_ms; /* the same in ms; NAN without TIMING */
    double share;    /* stake as a share of the execution, 0..1 */
    const char
        *title; /* one line, no full stop: "Seq Scan on orders keeps 12,342 of 500,001 rows" */
    struct evidence *evidence;
    const char *why;    /* one or two sentences */
    const char *remedy; /* what to do, one or several sentences */
    const char *sql; /* a statement to copy (SET, ANALYZE, CREATE STATISTICS, rewrite); NULL none */
    double work_mem_bytes; /* of a spill: the work_mem that would have held it; 0: no spill, or not
                              known */
    enum confidence sure;
    bool wants_index;              /* the remedy is an index: advice for index_node is looked up */
    const struct node *index_node; /* the scan that the index would serve; NULL: not known (a
                                      trigger's own query) or none wanted */
    const struct node *related; /* second node of interest (the origin, the join ...); NULL none */
    const char **consequences;  /* what follows from this finding elsewhere, one line each */
    size_t consequence_count;
    struct finding *next;
};

/* Thresholds that the user can set: pgsift --threshold NAME=VALUE. One row each in threshold.def.
 */
enum threshold_id {
#define THRESHOLD(id, name, value, unit, help) THRESHOLD_##id,
#include "rules/threshold.def"
#undef THRESHOLD
    THRESHOLD_COUNT
};
struct threshold_info {
    const char *name;
    double value; /* default */
    const char *unit, *help;
};
extern const struct threshold_info threshold_info[THRESHOLD_COUNT];
struct thresholds {
    double value[THRESHOLD_COUNT];
};
void thresholds_init(struct thresholds *t);
/* "name=value"; false with a usage error that names the nearest one when there is no such
 * threshold. */
struct err;
bool thresholds_set(struct thresholds *t, struct str assignment, struct err *err);

/* What a check works with. */
struct rule_run {
    struct arena *arena; /* of the run: findings live here */
    const struct plan *plan;
    const struct plan_metrics *metrics;
    const struct catalog *catalog; /* NULL: none */
    const struct thresholds *thresholds;
    struct finding *findings; /* being collected */
    struct finding **tail;
    const struct rule *rule;       /* the one being checked */
    struct rules_memo *memo;       /* NULL: none */
    struct survey *survey;         /* weights, scans, nodes by type: src/rules/survey.h */
    struct conditions *conditions; /* parsed conditions, kept by src/rules/conditions.c */
    bool quiet;                    /* nothing is put into words */
};

typedef void rule_check(struct rule_run *run);

struct rule {
    const char *id;    /* "seq-scan-filter" */
    const char *title; /* "Sequential scan throws most of its rows away" */
    unsigned needs;
    rule_check *check;
    const char *fires; /* when it fires, for documentation */
    const char *why;
    const char *remedy; /* in general */
};
extern const struct rule rules[];
extern const size_t rule_count;
const struct rule *rule_find(struct str id);

/* The findings of a plan, ranked: by stake, largest first; cleared ones last. */
struct finding_list {
    struct finding *first;
    size_t count; /* without cleared ones */
    size_t cleared;
    size_t by_severity[SEVERITY_HIGH + 1];
    struct rules_memo *quiet; /* the findings have no words yet: see rules_tell(); NULL: they have */
};
/*
 * Run all rules. disabled: ids of rules to leave out (may be NULL). Memory from a, which must not
 * outlive plan, metrics and catalog.
 */
struct finding_list rules_run(struct arena *a, const struct plan *p, const struct plan_metrics *m,
                              const struct catalog *cat, const struct thresholds *t,
                              const struct str *disabled, size_t disabled_count);

/*
 * For many plans one after the other: conditions that were parsed are kept (some megabytes of
 * them), for plans of one log repeat them; and words, which cost more than finding out and are
 * seldom asked for, are left out: findings have no titles, texts or SQL of their own until
 * rules_tell(). One thread's own. Findings may point into it until the next plan.
 */
struct rules_memo;
struct rules_memo *rules_memo_new(void);
void rules_memo_free(struct rules_memo *memo);
struct finding_list rules_run_with(struct rules_memo *memo, struct arena *a, const struct plan *p,
                                   const struct plan_metrics *m, const struct catalog *cat,
                                   const struct thresholds *t, const struct str *disabled,
                                   size_t disabled_count);
/* The same findings in the same order, with their words. */
const struct finding_list *rules_tell(const struct finding_list *list);

#endif
