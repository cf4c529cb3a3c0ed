/* Scans whose condition keeps an index from serving it, by the way it is written. */
#ifndef RULES_WRITTEN_H
#define RULES_WRITTEN_H

#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/survey.h"

/* One scan whose filter removes most rows and that no index could serve as it is. */
struct written {
    const struct scan *scan;
    const struct condition_list *list;
    double stake; /* what an index would save if it could be used */
};
/* Whether the filter of s costs anything and holds no condition that an ordinary index serves. */
bool written_badly(struct rule_run *run, const struct scan *s, struct written *out);
/* A finding about it, with the scan's evidence and the condition at fault. */
struct finding *written_add(struct rule_run *run, const struct written *w,
                            const struct condition *at_fault);
/* "lower(email)": what is compared, without qualifiers and outer parentheses. */
const char *written_left(struct rule_run *run, const struct pred *p);
/* A statement to copy only when the remedy is a condition: "WHERE ..." */
void written_show(struct rule_run *run, struct finding *f, const char *condition);

#endif
