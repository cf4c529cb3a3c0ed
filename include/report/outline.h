/*
 * The planner's plans of a query without and with the indexes that are proposed, a line a node:
 *
 *       before
 *     *      14,211  Seq Scan tasks  (project_id = 37)
 *       after
 *     *       12.20  Index Scan tasks using tasks_project_id_idx  (project_id = 37)
 *
 * with the cost of each node and what is below it. A mark says what becomes of a node: "*" done in
 * another way, "-" gone, "+" new.
 */
#ifndef REPORT_OUTLINE_H
#define REPORT_OUTLINE_H

#include "advise/advise.h"
#include "base/json.h"
#include "report/report.h"

/* Whether a query has the two plans, and they differ. */
bool outline_is_known(const struct advice_query *q);
/* The lines, without control characters, cut to width columns (0: as long as they are). Of very
 * large plans the first nodes, and how many there are more. */
void outline_add(struct buf *out, const struct advice_query *q, int width, bool ascii);
/* The same without drawing: "Plan after: #4 under #3, Index Scan ..., cost 4.50, changed". */
void outline_add_sentences(struct buf *out, const struct advice_query *q);
/* Members "plan_before" and "plan_after": nodes in the order of the plan. */
void outline_json(struct json_writer *w, const struct advice_query *q);

#endif
