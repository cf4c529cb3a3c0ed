/*
 * What checks use to say something: adding findings, evidence, figures in words.
 *
 * A check gives a finding its node and its stake in the plan's unit; severity, share and
 * rank follow from the stake once all checks are through. All text lives in the run's
 * arena. Names out of the plan go in raw: the writers escape them.
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include "rules/rule.h"

/* A finding while it is being worked on. */
struct draft {
    struct finding f;   /* first: a draft is found again from its finding */
    enum severity most; /* it never counts for more than this */
    const struct node
        *blamed; /* the node whose wrong estimate led to it; NULL: none that we know */
    const struct node *region; /* the stake covers this whole subtree; NULL: the node itself */
    double whole;              /* what the share is a share of; 0: the execution */
    const char *brief;         /* how it is told inside another finding; NULL: its title */
    struct finding *teller;    /* the finding that tells it; NULL: it stands for itself */
    size_t consequence_room;
};

static inline struct draft *draft_of(struct finding *f)
{
    return (struct draft *)(void *)f;
}

/*
 * A finding of the rule being checked. stake is clamped to what there is: 0 .. the whole
 * execution, and n's own subtree at most. n NULL: about the statement. why and remedy start as
 * the rule's general ones. NULL is never returned; past 200 findings of one rule in one plan
 * further ones are not listed.
 */
struct finding *finding_add(struct rule_run *run, const struct node *n, double stake);
/* Another stake, which may reach beyond the node's own subtree; never more than the execution. */
void finding_stake(struct rule_run *run, struct finding *f, double stake);
/* A stake outside the execution (planning), as a share of `whole`. */
void finding_stake_outside(struct finding *f, double stake, double whole);
/* It looks bad and is fine: title and why say so. */
struct finding *finding_clear(struct rule_run *run, const struct node *n, const char *title,
                              const char *why);

void finding_title(struct rule_run *run, struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void finding_why(struct rule_run *run, struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void finding_remedy(struct rule_run *run, struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void finding_sql(struct rule_run *run, struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The remedy is an index on the relation that `scan` reads. */
void finding_index(struct finding *f, const struct node *scan);
/* The choice that this finding is about rests on the estimate of n. */
void finding_blame(struct finding *f, const struct node *n);

/* One line of evidence; unknown figures (NAN) are left out. text NULL: value and unit in words. */
void finding_figure(struct rule_run *run, struct finding *f, const char *name, double value,
                    const char *unit, const char *text);
/* Evidence that is no figure: a condition, a name. Left out when s is empty. */
void finding_fact(struct rule_run *run, struct finding *f, const char *name, struct str s);
/* "488,000 of 500,000 (97.6 %)" */
void finding_part(struct rule_run *run, struct finding *f, const char *name, double part, double of,
                  const char *unit);
/* One line of what follows from the finding elsewhere. */
void finding_consequence(struct rule_run *run, struct finding *f, const char *text);

/* The last finding of that rule about that node (NULL: any node); NULL when there is none. */
struct finding *finding_of(const struct rule_run *run, const char *rule_id, const struct node *n);

double threshold(const struct rule_run *run, enum threshold_id id);

/* ---- words (in the arena; "" in a quiet run) ---- */

/* "12,342"; small fractions keep a place: "0.3" */
const char *say_count(struct rule_run *run, double v);
/* Two significant digits, for what was worked out from a guess: "about 300,000" */
const char *say_about(struct rule_run *run, double v);
/* "1 row", "12,342 rows" */
const char *say_counted(struct rule_run *run, double v, const char *noun);
const char *say_ms(struct rule_run *run, double ms);
/* "97.6 %", "0.02 %" */
const char *say_share(struct rule_run *run, double share);
/* "12x", "3.4x" */
const char *say_factor(struct rule_run *run, double factor);
const char *say_bytes(struct rule_run *run, double bytes);
/* An amount in the plan's unit: "12.3ms", "4,100 blocks", "cost 812" */
const char *say_weight(struct rule_run *run, double weight);
/* "Seq Scan on orders o" */
const char *say_node(struct rule_run *run, const struct node *n);
/* "Hash Join", "Index Scan Backward" */
const char *say_type(struct rule_run *run, const struct node *n);
/* "public.orders" as in the plan, raw; "its input" when the node reads no relation */
const char *say_relation(struct rule_run *run, const struct node *n);
/* The same quoted for SQL. */
const char *say_sql_relation(struct rule_run *run, const struct node *n);
const char *say_ident(struct rule_run *run, struct str name);
/* Setting work_mem: "64MB" for at least that many bytes, a round figure. */
const char *say_setting(struct rule_run *run, double bytes);

#endif
