/*
 * LIKE, ILIKE, regular expression and prefix patterns as the planner weighs them: the fixed
 * prefix, a guess for what follows, and matching against sample values.
 */
#ifndef ADVISE_PATTERN_H
#define ADVISE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum pattern_kind {
    PATTERN_LIKE,
    PATTERN_ILIKE,
    PATTERN_REGEX,
    PATTERN_IREGEX,
    PATTERN_PREFIX /* ^@, starts_with() */
};

/* Longer prefixes are cut (and then never count as exact). */
#define PATTERN_PREFIX_MAX 255

struct pattern_prefix {
    char text[PATTERN_PREFIX_MAX + 1];
    size_t len;      /* 0: no fixed prefix */
    bool exact;      /* the pattern matches this one string only */
    double rest_sel; /* share that the rest of the pattern is taken to keep */
};

/* What the planner's pattern_fixed_prefix and its heuristics make of a pattern. */
void pattern_prefix_of(enum pattern_kind kind, struct str pattern, struct pattern_prefix *out);

/* Whether a text matches. -1: cannot be told (regular expressions beyond the simple ones). */
int pattern_matches(enum pattern_kind kind, struct str pattern, struct str text);

/*
 * The smallest string that follows all strings with this prefix when sorting by bytes: the
 * last byte that can grow is increased. False when there is none.
 */
bool pattern_next_prefix(struct str prefix, char out[PATTERN_PREFIX_MAX + 1], size_t *len);

#endif
