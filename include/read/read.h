/*
 * Plans out of whatever people have: EXPLAIN output in JSON, text, YAML or XML, in the
 * dress of psql, pgAdmin, drivers, mail, Markdown or a server log; one or several plans.
 */
#ifndef READ_READ_H
#define READ_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct plan;

/* Something in the input that could not be read, or was read with a reservation. */
struct read_problem {
    struct err err;  /* line and column count in the input as given, dress included */
    bool is_warning; /* the plan beside it was read all the same (truncated, guessed ...) */
};

struct read_result {
    struct plan **plans; /* in the order of the input */
    size_t plan_count;
    struct read_problem *problems;
    size_t problem_count;
};

/*
 * Read all plans of a text. Everything in *out lives in the arena. True when at least one
 * plan was read; problems tell what was left out. False: no plan, and problems[0] says why.
 */
bool read_plans(struct arena *a, struct str text, struct read_result *out);

/*
 * The same, of an input that is still coming: what is whole can be shown meanwhile.
 *
 *     while (more of the input came)
 *         read_stream_go(s, all of it so far, false, &out);
 *     read_stream_go(s, all of it, true, &out);
 *
 * Nobody else may take memory from the arena between the calls. What out points to is the stream's
 * and is valid until the next call; the plans themselves stay.
 */
struct read_stream;
struct read_stream *read_stream_new(struct arena *a);
/*
 * text: the input from its first byte. Not ended: out has the plans that are certain by now,
 * whatever follows; what has been read is not read again. Ended: the same as read_plans() gives.
 * Plans keep their places, but for a late surprise about the input's encoding: then all plans are
 * new ones.
 */
void read_stream_go(struct read_stream *s, struct str text, bool ended, struct read_result *out);
void read_stream_free(struct read_stream *s);

#endif
