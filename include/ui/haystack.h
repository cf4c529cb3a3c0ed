/*
 * Lines of text to search in: smart case (a needle without capitals ignores case), plain
 * substrings, no pattern language. Holds two copies of the text, one in lower case, so that a
 * keystroke in a search over 100,000 lines costs milliseconds.
 */
#ifndef UI_HAYSTACK_H
#define UI_HAYSTACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct haystack {
    struct buf text, lower; /* lines, each ended by a line feed */
    uint32_t *start;        /* [count + 1] offset of each line */
    int count, cap;
};

void haystack_release(struct haystack *h);
void haystack_clear(struct haystack *h);
/* One more line; line feeds inside become blanks. */
void haystack_add(struct haystack *h, struct str line);
/* The numbers of all lines that hold needle, in order, into *out (grown with realloc; *cap its
 * size). Returns how many. An empty needle matches nothing. */
int haystack_find(const struct haystack *h, struct str needle, int **out, int *cap);
/* Where needle is in s by the same rule, -1 if nowhere. */
ptrdiff_t smart_find(struct str s, struct str needle);

#endif
