/*
 * Advice on a whole workload, written for a terminal, for GitHub, or as JSON: which indexes, which
 * query gets what, and what is wrong with the indexes that are there.
 */
#ifndef REPORT_ADVICE_H
#define REPORT_ADVICE_H

#include "advise/advise.h"
#include "advise/upkeep.h"
#include "report/report.h"

/* Where a query was read. */
struct advice_place {
    const char *source;
    size_t line; /* 0: unknown */
};

struct advice_report {
    const struct advice *advice;
    const struct advice_place *places; /* of each query */
    bool calls_known;                  /* the weights are calls, not all 1 */
    bool plans; /* show the planner's plans of each query, before and after */
    const struct upkeep *upkeep;
    size_t upkeep_count;
    const struct report_problem *problems;
    size_t problem_count;
};

void advice_text(const struct advice_report *r, const struct report_style *style, struct buf *out);
void advice_markdown(const struct advice_report *r, struct buf *out);
/* One document, described in pgsift-json(5) and fixtures/schema/advice.schema.json. */
void advice_json(const struct advice_report *r, struct buf *out);

/* The headline: "7 queries from SQL only: 5 indexes, 68.2MB; cost 1,234 -> 56". */
void advice_add_headline(struct buf *b, const struct advice_report *r);
/* What an index costs and brings, and how sure that is. */
void advice_add_effect(struct buf *b, const struct advice *adv, const struct advice_index *x);
/* What the query takes before and after, as far as it is known: "cost 14,211 -> 12". */
void advice_add_query_effect(struct buf *b, const struct advice_query *q);

#endif
