/*
 * Order and interpolation of strings, by bytes or by language. Private to the advise layer.
 */
#ifndef ADVISE_VALUE_TEXT_H
#define ADVISE_VALUE_TEXT_H

#include <stdbool.h>

#include "base/str.h"

/*
 * By bytes, or roughly as a language sorts: blanks and punctuation, digits, letters without
 * regard to case and accent; on a tie lower case first. <0, 0, >0.
 */
int value_text_compare(bool linguistic, struct str a, struct str b);

/*
 * The three strings as numbers, as the planner scales them: digits in a base that is made of
 * the characters which occur in low and high, after their common prefix. bytea is given as
 * text ("\x00ff") and scaled in base 256.
 */
void value_text_scale(bool linguistic, bool bytea, struct str low, struct str v, struct str high,
                      double *l, double *x, double *h);

#endif
