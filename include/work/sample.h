/*
 * Values for the parameters of a statement, out of the statistics of the columns that they are
 * compared with: not what an application sends, but values that are there, of middling
 * frequency, and ranges of middling width.
 */
#ifndef WORK_SAMPLE_H
#define WORK_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct catalog;

struct sample_type {
    struct str base_name; /* as format_type has it, without modifier, domains resolved */
    char category;        /* pg_type.typcategory */
    struct str element;   /* base name of an array's elements; absent: no array */
    struct str label;     /* a label of an enum; absent: no enum */
};

struct sample {
    struct str value;   /* as text; absent: NULL, no value is known for the type */
    const char *reason; /* "of public.tasks.project_id", "LIMIT", "any integer" */
    bool from_statistics;
};

/* Choose a value for each of $1 ... $count. cat: NULL, or one that has the relations of the
 * statement. Deterministic; everything lives in the arena. */
void sample_params(struct arena *a, struct str sql, const struct catalog *cat,
                   const struct sample_type *types, size_t count, struct sample *out);

#endif
