/* The parts of a plan's text that differ from one execution to the next. Private to read. */
#ifndef READ_RECALL_PARTS_H
#define READ_RECALL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A number: how long it is, 0 when there is none; and its digits, while they are few. */
struct part_number {
    size_t len;
    bool decimal;
    int digits, scale;
    uint64_t mantissa;
};

/* The number that s begins with, as JSON has it; none when it has an exponent. */
void part_number(struct str s, struct part_number *out);
/* Its value, as str_to_double() has it. False when it has none. */
bool part_number_value(const struct part_number *n, struct str digits, double *out);

/* The inside of a JSON string that s begins with, up to its closing quote, in one line. */
bool part_string(struct str s, size_t *len);
/* A line, up to its end or that of s. */
size_t part_line(struct str s);
/* In text, what stands before the plan's first line, the one that has costs; without blanks at its
 * end. */
bool part_query(struct str s, size_t *len);

/*
 * Are two texts the same but for digits, and for what stands in single quotes? There, only
 * what could not be taken for EXPLAIN's own words may differ.
 */
bool part_alike(struct str a, struct str b);

#endif
