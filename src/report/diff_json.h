/* Comparisons of plans as one JSON document; pgsift-json(5) describes it. */
#ifndef REPORT_DIFF_JSON_H
#define REPORT_DIFF_JSON_H

#include "report/diff.h"

void diff_json_begin(struct report_stream *s);
void diff_json(struct report_stream *s, const struct diff_report *d);
void diff_json_end(struct report_stream *s, const struct report_run *run);

#endif
