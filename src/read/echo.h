/*
 * What is said before a plan: the statement, echoed by psql or pasted by a person, and the
 * duration that a server log gives. Private to read.
 */
#ifndef READ_ECHO_H
#define READ_ECHO_H

#include <stdbool.h>

#include "base/str.h"

struct arena;

struct echo {
    struct buf text;    /* of the statement, "EXPLAIN (...)" taken off */
    size_t at_blank;    /* its length where the first empty line stood; 0: none */
    bool open, ended;   /* lines are being collected; the ';' was met */
    double duration_ms; /* NAN: not said */
};

/* A line that is no part of a plan. */
void echo_line(struct echo *e, struct str line);
void echo_blank(struct echo *e);
/* The statement said last, in the arena; absent when none was. */
struct str echo_statement(const struct echo *e, struct arena *a);
void echo_clear(struct echo *e);
void echo_release(struct echo *e);

#endif
