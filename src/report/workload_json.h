/*
 * The report over a log for programs; every field is described in pgsift-json(5) and in the JSON
 * Schema that ships. Members that are not known are left out, never null.
 */
#ifndef REPORT_WORKLOAD_JSON_H
#define REPORT_WORKLOAD_JSON_H

#include "report/workload.h"

/* One document. */
void workload_json(struct io_out *out, const struct workload_view *v);
/* One object a line, each with a "kind": the log, then queries, rules, indexes, problems. */
void workload_ndjson(struct io_out *out, const struct workload_view *v);

#endif
