/*
 * One look over the whole plan before the rules run: what each node weighs, the nodes of each
 * type that could matter, and scans with the members of a partitioned table taken together.
 *
 * Nodes below THRESHOLD_WORTH of the execution are left out of the lists (with their subtree
 * for nodes, with their family for scans): no finding about them could be worth reading, and a
 * plan of 100,000 nodes is read as fast as its few large ones.
 */
#ifndef RULES_SURVEY_H
#define RULES_SURVEY_H

#include "rules/rule.h"

/*
 * A scan of one relation, or the like scans of a partitioned or inherited table below one
 * Append (same alias but for its number, same condition). Figures are over all members, loops
 * and processes; NAN unknown.
 */
struct scan {
    const struct node *node;   /* the member that weighs most */
    const struct node *append; /* of a family; NULL: one scan alone */
    size_t members;            /* that ran; without ANALYZE: all */
    size_t empty;              /* members that ran and returned nothing */
    size_t idle;               /* members never executed */
    double weight;             /* own, in the plan's unit */
    double empty_weight;       /* of members that returned nothing */
    double rows;               /* returned (ANALYZE) or planned */
    double removed;            /* by the Filter */
    double rechecked;          /* removed by the recheck of an index condition */
    double planned;            /* Plan Rows x loops */
    double loops;
    double passes; /* times the scan ran in one process; 1: once */
    double processes;
    double pages;        /* own blocks, hit and read */
    double heap_fetches; /* of index-only scans */
    bool guessed;        /* no ANALYZE figures: removed is worked out from the cost */
    struct scan *next;
};

struct node_span {
    const struct node **node;
    size_t count;
};

struct survey {
    double *weight, *total;     /* [id - 1], plan's unit; see survey_weight */
    bool *imputed;              /* figures left out by a person: shared out by cost */
    const struct node **limit;  /* nearest Limit that can stop this node early; NULL */
    const struct node **append; /* nearest Append or Merge Append above */
    bool *joined;               /* a join lies above, in the same query level */
    struct scan **scan_of;      /* the scan that a node is a member of; NULL */
    struct node_span by_type[NODE_TYPE_COUNT];
    struct node_span subplans; /* roots of SubPlans that are worth a look */
    struct scan *scans;        /* those that are worth a look */
    size_t never_executed;
    const struct rule *saying; /* the rule that is being checked, and how often it said something */
    size_t said;
};

struct survey *survey_new(struct rule_run *run);

/* Own weight and weight with children, in the plan's unit; worked out from costs where a person
 * left a node's figures out. */
double survey_weight(const struct rule_run *run, const struct node *n);
double survey_total(const struct rule_run *run, const struct node *n);
/* A share of the whole, 0 when there is no whole. */
double survey_share(const struct rule_run *run, double weight);
/* Enough weight to be worth a word. */
bool survey_worth(const struct rule_run *run, double weight);

/* Nodes of a type that are worth a look, in plan order. */
struct node_span survey_nodes(const struct rule_run *run, enum node_type type);
struct node_span survey_subplans(const struct rule_run *run);
/* The scan in the subtree of `top` that weighs most; NULL when there is none (or it lies more than
 * a thousand nodes deep in it). */
const struct scan *survey_heaviest_scan(const struct rule_run *run, const struct node *top);
const struct node *survey_limit(const struct rule_run *run, const struct node *n);
struct scan *survey_scan(const struct rule_run *run, const struct node *n);

/* Reads all its input before its first row. */
bool survey_blocks(const struct node *n);
/* How often n ran in each process that ran it; 1 when it is not known. */
double survey_passes(const struct rule_run *run, const struct node *n);
/* A total counter (temp blocks, temp I/O time ...) of n less what its children have of it. */
double survey_own(const struct node *n, enum prop_id id);
/* "on orders_1 and 11 more partitions": what a scan reads, in words. */
const char *survey_target(struct rule_run *run, const struct scan *s);

#endif
