/* What to do about a wrong estimate, by what it is an estimate of. */
#ifndef RULES_CURE_H
#define RULES_CURE_H

#include "rules/finding.h"

/* Why, remedy and SQL of a misestimate that begins at n (f->node). */
void cure_advise(struct rule_run *run, struct finding *f, const struct node *n);
/* The table's statistics are out of date, by the catalog: share of rows changed since the last
 * ANALYZE; NAN when it does not say. */
struct cat_rel;
double cure_changed_share(const struct cat_rel *rel);
/* Add "CREATE STATISTICS ..." for columns of the relation that n reads. kinds: "dependencies, mcv"
 */
void cure_create_statistics(struct rule_run *run, struct finding *f, const struct node *n,
                            const struct str *columns, size_t count, const char *kinds);

#endif
