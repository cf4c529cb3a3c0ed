/* Values for the parameters of a statement: given, left open (a generic plan), or sampled. */
#ifndef CLI_LIVE_PARAMS_H
#define CLI_LIVE_PARAMS_H

#include "cli/opts.h"
#include "cli/statement.h"
#include "db/explain.h"

struct conn;

/* --param, by number; numbers from 1, absent values were not given. */
struct live_values {
    struct str *values;
    bool *given;
    size_t count; /* highest number */
};

/* Read the options. False with ERR_USAGE. */
bool live_values_read(struct arena *a, const struct opts *o, struct live_values *out,
                      struct err *err);

struct live_binding {
    const struct str *params; /* of the statement, absent: NULL */
    size_t count;
    bool generic;
    const char *note; /* which they are and where they come from; NULL: there are none */
};

/*
 * Decide what a statement is explained with. Those that were given count; when all are missing and
 * nothing is executed, the plan is one for any values, unless `sample`; else what is missing is
 * sampled from statistics that the connection reads. Everything lives in the arena. Errors are
 * those of conn_run, and ERR_USAGE when there are more values than parameters.
 */
bool live_bind(struct conn *c, struct arena *a, const struct live_values *v,
               const struct statement *s, const struct explain_options *o, bool sample,
               struct live_binding *out, struct err *err);

#endif
