/* Answers to "why was this index not used", for people and for programs. */
#ifndef REPORT_WHY_H
#define REPORT_WHY_H

#include "advise/why.h"
#include "base/json.h"
#include "report/report.h"

/* The answers about one plan. */
struct why_report {
    const struct cat_index *index;
    const char *source; /* "-": standard input */
    size_t number;      /* of the plan in the run, 1-based */
    const struct why_answer *answers;
    size_t count;
};

void why_text(struct buf *b, const struct why_report *r, const struct report_style *style);

/* One document: begin, one plan after the other, end. */
void why_json_begin(struct json_writer *w, struct buf *b, const struct cat_index *index);
void why_json(struct json_writer *w, const struct why_report *r);
void why_json_end(struct json_writer *w, const struct report_run *run);

#endif
