/*
 * The report for programs; every field is described in pgsift-json(5) and in the JSON
 * Schema that ships. Members that the plan does not know are left out, never null.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/report.h"

/* One document: {"schema": 1, "plans": [...], ...}. */
void json_begin(struct report_stream *s);
void json_end(struct report_stream *s, const struct report_run *run);
/* One object a line: a plan, or at the end a problem. */
void ndjson_begin(struct report_stream *s);
void ndjson_end(struct report_stream *s, const struct report_run *run);
/* A plan in either. */
void json_plan(struct report_stream *s, const struct report *r);

/* "problems": what could not be read. */
void json_problems(struct json_writer *w, const struct report_run *run);

#endif
