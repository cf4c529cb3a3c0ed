/*
 * Files of queries: statements with what the comments above them say.
 *
 *   -- name: open tasks of a project
 *   -- calls: 5000/day
 *   -- rows: 50
 *   SELECT ...;
 *
 * psql's own commands (\set, \timing ...) and the data of COPY FROM STDIN are stepped over. What
 * is wrong with one statement never costs the next: a text constant without end reaches to the
 * next line that ends in a semicolon.
 */
#ifndef SQL_SCRIPT_H
#define SQL_SCRIPT_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct script_query {
    struct str text; /* slice of the file, without semicolon and comments before it */
    size_t offset;   /* of the text in the file */
    size_t line;     /* 1-based, where the text begins */
    struct str name; /* name:, also ":name x" and "name: x :one"; absent: none */
    double calls;    /* calls: a day; a number without a unit as it stands; NAN unknown */
    double rows;     /* rows: that the query gives; NAN unknown */
    double weight;   /* weight: NAN unknown */
};

/* A comment that has one of the words but no number that can be read. */
struct script_problem {
    size_t line;
    struct str text; /* the comment */
};

struct script {
    struct script_query *queries;
    size_t query_count;
    struct script_problem *problems;
    size_t problem_count;
};

/* Split the text of a file; never fails. Everything lives in the arena and points into the text. */
void script_read(struct arena *a, struct str text, struct script *out);

#endif
