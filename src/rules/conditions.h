/*
 * The conditions of a plan's nodes, parsed once, and what an index could do for each.
 */
#ifndef RULES_CONDITIONS_H
#define RULES_CONDITIONS_H

#include "rules/rule.h"
#include "sql/pred.h"

struct cat_column;
struct cat_index;
struct cat_rel;

/* What could serve a conjunct of a scan's condition (facts: PostgreSQL's btree and other operator
 * classes; what it cannot use in an index). */
enum cond_use {
    COND_PLAIN,    /* a column against a value: any B-tree that leads with the column */
    COND_PREFIX,   /* LIKE 'x%', ~ '^x': a B-tree that sorts by bytes */
    COND_SPECIAL,  /* containment, text search, overlap ...: GIN or GiST */
    COND_PATTERN,  /* LIKE '%x', ILIKE, ~: trigrams */
    COND_WRAPPED,  /* a function of columns, arithmetic: an index on the expression, or a rewrite */
    COND_CAST,     /* the column is cast to another type */
    COND_EITHER,   /* an OR, each leg of which an index serves */
    COND_OR,       /* an OR with a leg that none serves */
    COND_NEGATIVE, /* <>, NOT IN, NOT LIKE, IS DISTINCT: at most the predicate of a partial index */
    COND_SUBPLAN,  /* a sub-query's result */
    COND_SAME_ROW, /* two columns of the same row */
    COND_OPAQUE,   /* volatile, or not understood */
    COND_USE_COUNT
};

struct condition {
    const struct pred *pred;
    enum cond_use use;
    /* COND_CAST: it is certain that the cast is no mere relabelling (the catalog says so, or there
     * is no type for which it would be). */
    bool sure;
};

/* The conjuncts of one condition. */
struct condition_list {
    const struct condition *item;
    size_t count;
    size_t uses[COND_USE_COUNT]; /* how many of each kind */
};

/* Conditions by their text, over many plans; and the plan at hand, for those who want words. */
struct rules_memo {
    struct arena *arena;
    struct pred_cache *parsed;
    struct rule_run run; /* as it was before the checks */
    const struct str *disabled;
    size_t disabled_count;
    struct finding_list told;
};
/* Forget them when they are too many. */
void conditions_trim(struct rules_memo *memo);

struct conditions;
struct conditions *conditions_new(struct rule_run *run);

/* The conjuncts of a property of n (PROP_FILTER, PROP_HASH_COND ...); empty when there is none. */
const struct condition_list *conditions_of(struct rule_run *run, const struct node *n,
                                           enum prop_id id);
/* The first conjunct of that use; NULL when there is none. */
const struct condition *conditions_first(const struct condition_list *list, enum cond_use use);

/* An item of a Sort Key, parsed once; false when it cannot be. */
bool conditions_sort_key(struct rule_run *run, struct str item, const struct sort_key **out);

/* Whether the cast on the left (left_side) or right side of a comparison keeps an index on the
 * column of n from use. *sure: see struct condition. */
bool conditions_cast_defeats(const struct rule_run *run, const struct node *n, const struct pred *p,
                             bool left_side, bool *sure);

/* ---- the catalog ---- */

/* The relation that n reads; NULL without a catalog or when it does not know it. */
const struct cat_rel *conditions_rel(const struct rule_run *run, const struct node *n);
const struct cat_column *conditions_column(const struct rule_run *run, const struct node *n,
                                           struct str column);
/* A usable B-tree (valid, no predicate) whose first key is the column; NULL when there is none or
 * nothing is known. */
const struct cat_index *conditions_index_on(const struct cat_rel *rel, struct str column);

/* Names of the distinct columns of conjuncts of some uses (bit mask of 1 << use), in order;
 * at most room of them. How many. */
size_t conditions_columns(const struct condition_list *list, unsigned uses, struct str *out,
                          size_t room);

#endif
