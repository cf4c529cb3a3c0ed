/*
 * Queries to advise on, out of files: plans in any form, and SQL scripts.
 *
 * A plan whose text has the fingerprint of a script's statement is that statement's plan.
 */
#ifndef CLI_QUERIES_H
#define CLI_QUERIES_H

#include "advise/advise.h"
#include "base/err.h"
#include "cli/live.h"
#include "read/read.h"
#include "sql/query.h"

struct arena;

/* Where a query came from. */
struct queries_place {
    const char *source; /* file, "-" standard input */
    size_t line;        /* 1-based; 0 unknown */
    bool calls_known;
};

struct queries_problem {
    const char *source;
    struct err err;
    bool is_warning;
};

struct queries {
    struct arena *arena;
    const struct catalog *catalog; /* NULL: none */
    struct query_names names;
    struct advice_input *inputs;
    struct queries_place *places; /* of each input */
    size_t count, cap;
    struct queries_problem *problems;
    size_t problem_count, problem_cap;
};

/* Everything will live in the arena. */
void queries_init(struct queries *w, struct arena *a, const struct catalog *cat);
/* A file, read: plans, or a script. */
struct queries_file {
    const char *path; /* "-" standard input */
    struct str text;
    bool script;
    struct read_result read; /* its plans, when it is no script */
    struct err err;          /* it could not be read */
};
void queries_read_file(struct arena *a, const char *path, struct queries_file *out);
/* Add what a file holds; whatever cannot be read becomes a problem. */
void queries_add_file(struct queries *w, const struct queries_file *f);
/* Add the statements of a server, with their plans. */
void queries_add_live(struct queries *w, const struct live *l);
/* Bring plans and statements together, once all files are there. */
void queries_finish(struct queries *w);

#endif
