/* Parts of JSON documents that are about advice. Private to report. */
#ifndef REPORT_JSON_ADVICE_H
#define REPORT_JSON_ADVICE_H

#include "advise/advise.h"
#include "base/json.h"
#include "report/report.h"

/* adv: with the effects on its queries; NULL: an index of one plan, whose nodes are named. */
void json_advice_index(struct json_writer *w, const struct advice_index *x,
                       const struct advice *adv);
void json_advice_note(struct json_writer *w, const struct advice_note *n);
void json_problem(struct json_writer *w, const struct report_problem *p);

#endif
