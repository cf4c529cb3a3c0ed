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

#endif
