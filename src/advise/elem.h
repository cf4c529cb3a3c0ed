/*
 * Frequencies of the elements of arrays and of lexemes. Private to the advise layer.
 */
#ifndef ADVISE_ELEM_H
#define ADVISE_ELEM_H

#include "advise/colsel.h"

bool sel_has_elems(const struct sel_var *v);
/* Share of the non-NULL rows that have the element; the guess for a rare one when it is not among
 * the common ones. */
double sel_elem_freq(const struct sel_var *v, struct str elem);
double sel_rare_elem(const struct sel_var *v);
/* A share of the non-NULL rows as one of all rows. */
double sel_of_rows(const struct sel_var *v, double sel);

#endif
