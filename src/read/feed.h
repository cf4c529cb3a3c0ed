/*
 * The text as libyaml gets it, and the way back from its positions to ours.
 *
 * YAML refuses characters that a JSON string may hold raw and that EXPLAIN prints raw
 * (DEL, U+0080..U+009F, U+2028 ...): they are handed over as escapes, which inside double
 * quotes is the same character. Bytes that are not UTF-8 become U+FFFD. Flow collections that
 * nest too deep (see flow.h) are handed over as an empty string. Private to read.
 */
#ifndef READ_FEED_H
#define READ_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "read/flow.h"

/* A place in the text and how many characters libyaml has been given before it. */
struct feed {
    struct str text;
    const struct flow_cuts *cuts;
    size_t at, end; /* bytes of text */
    size_t cut;     /* the next cut at or after `at` */
    size_t chars;
    int line; /* newlines passed before `at` */
};

/* A feed of text[start, end); cut: the first of the cuts that begin after start. */
struct feed feed_new(struct str text, const struct flow_cuts *cuts, size_t start, size_t end,
                     size_t cut);
/* Hand over the next bytes, `size` (16 at least) at most; 0 at the end. */
size_t feed_read(struct feed *f, char *out, size_t size);
/* Advance to libyaml's position `chars`, or to the next cut if that comes first. */
void feed_seek(struct feed *f, size_t chars);
/* The cut that begins here, NULL when none does. */
const struct flow_cut *feed_cut(const struct feed *f);
/* Pass the cut that begins here; line: newlines before its end. */
void feed_pass_cut(struct feed *f, int line);

#endif
