/* What the parts of the estimator share. Private to the advise layer. */
#ifndef ADVISE_SELECTIVITY_PRIVATE_H
#define ADVISE_SELECTIVITY_PRIVATE_H

#include "advise/selectivity.h"

/* Whether a cast shows in the text but changes nothing (varchar to text), so that the column's
 * statistics apply. */
bool sel_cast_is_relabel(struct str from_base_type, struct str to);
/* The other side of a comparison as a constant; *text must live as long as *out. */
struct stable_value;
void sel_arg_of(const struct sel_env *env, const struct sel_var *v, const struct pred_side *side,
                struct stable_value *text, struct sel_arg *out);
/* One test, and a condition that was not understood. */
double sel_test_pred(const struct sel_env *env, size_t rel, const struct pred *p);
double sel_opaque(const struct pred *p);
/* Whether the operator is one of order, and which. */
bool sel_cmp_of(enum pred_op op, enum sel_cmp *out);
/* Containment, text search, key existence: operators with estimators of their own. */
double sel_special(const struct sel_env *env, const struct sel_var *v, const struct pred *p);
/* Whether the side mentions a column of rels[rel]. */
bool sel_side_uses(const struct sel_env *env, size_t rel, const struct pred_side *side);

#endif
