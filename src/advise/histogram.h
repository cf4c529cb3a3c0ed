/*
 * Order comparisons through a column's histogram. Private to the advise layer.
 */
#ifndef ADVISE_HISTOGRAM_H
#define ADVISE_HISTOGRAM_H

#include "advise/colsel.h"

/* Share of the values outside the most common list that satisfy "value op constant"; -1: there is
 * no histogram, or the order is not known. */
double sel_histogram(const struct sel_var *v, const struct value_type *t, enum sel_cmp op,
                     struct str constant);
/* The column's type as it applies to a constant of another class. */
struct value_type sel_type_for(const struct sel_var *v, const struct sel_arg *arg);

#endif
