/*
 * Undressing: taking EXPLAIN output out of what psql, pgAdmin, mail programs, logs and drivers
 * wrap around it, line by line, so that the readers of the formats see clean text.
 */
#ifndef READ_DRESS_H
#define READ_DRESS_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct dress_line {
    struct str text;
    int number; /* in the input as given */
};

struct dress {
    struct arena *arena;
    struct dress_line *lines;
    size_t count, cap;
};

/* Cut a text into lines; everything lives in the arena. */
void dress_init(struct dress *d, struct arena *a, struct str text);
/* Take off whatever dress is recognised. */
void dress_take_off(struct dress *d);
/* Lines [from..count) joined with newlines, in the arena. */
struct str dress_join(const struct dress *d, size_t from);
/* UTF-16 and byte order marks are turned into plain UTF-8; else the text itself. */
struct str dress_decode(struct arena *a, struct str text);

#endif
