/*
 * A small matcher for the regular expressions that people write in queries. Private to the
 * advise layer.
 */
#ifndef ADVISE_REGEX_H
#define ADVISE_REGEX_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Whether the expression is found in the text: 1 yes, 0 no, -1 not known. Understood are
 * characters, '.', bracket expressions, \d \w \s, * + ?, anchors and top-level alternatives;
 * groups, counted repeats and everything else, and matches that take too many steps, are -1.
 */
int regex_matches(struct str re, struct str text, bool icase);

#endif
