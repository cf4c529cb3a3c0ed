/*
 * Plans of files and standard input, read in a thread of their own while the viewer shows what
 * has come. The thread only reads: what it found is taken from it by whoever started it.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct plan;
struct read_problem;

/* One input. */
struct load_input {
    const char *name; /* a path, "-": standard input */
    struct str text;  /* present: what is in it; nothing is opened */
};

/* Something that was found: a plan, or a problem. Problems come behind the input's plans. */
struct load_event {
    size_t input;
    const struct plan *plan;            /* NULL: a problem */
    const struct read_problem *problem; /* NULL: a plan */
    size_t plan_count;                  /* of a problem: plans of its input */
};

struct load_state {
    bool loading;
    bool stopped;        /* before the end */
    double bytes, total; /* read so far, of how many; NAN: not known */
    double seconds;      /* since the start */
    const char *name;    /* of the input that is read now */
};

struct load;

/* inputs are copied but for their texts. Plans, problems and texts live as long as the load. */
struct load *load_new(const struct load_input *inputs, size_t count);
/* Read in the background from now on; all of it at once when no thread can be had. */
void load_start(struct load *l);
/* Read everything, here. */
void load_now(struct load *l);
/* Whether all has been read, after waiting that long for it at most; -1: however long. */
bool load_wait(struct load *l, int timeout_ms);
/* The next event; false: there is none yet. */
bool load_take(struct load *l, struct load_event *out);
void load_look(struct load *l, struct load_state *out);
/* Read no more: what has come by now counts as all there is. */
void load_stop(struct load *l);
/* The text of an input that cannot be read again, once it is read; else absent. */
struct str load_text(struct load *l, size_t input);
/* Stops; a reader in the midst of a large plan is left to itself, and its memory with it. */
void load_free(struct load *l);

#endif
