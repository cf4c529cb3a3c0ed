/*
 * Plans from a server: the statements of -c and -f explained there, and the catalog of the
 * relations in them. What a command then does with them is what it does with plans of files.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "cli/cli.h"
#include "cli/statement.h"
#include "cli/live_params.h"
#include "db/explain.h"
#include "read/read.h"

struct catalog;
struct conn;
struct plan;

/* One statement, in the order given; those of pg_stat_statements the heaviest first. */
struct live_item {
    const char *name;
    struct statement statement;
    struct str json;         /* EXPLAIN's answer; absent: there is none, err says why */
    struct read_result read; /* its plan, with the statement as query_text */
    const char *run;         /* see struct report; NULL nothing to tell */
    double calls, total_ms;  /* of pg_stat_statements; NAN: not known */
    double ms;               /* execution time, of several runs the median; NAN not executed */
    struct err err;
};

struct live {
    const struct cli *cli;
    struct arena *arena;
    struct explain_options explain;
    struct live_values values; /* of parameters */
    int most_statements;       /* of pg_stat_statements */
    bool sample;               /* missing values from statistics */
    bool quiet;
    struct live_item *items;
    size_t count;
    size_t failed; /* items without a plan */
    enum err_code worst;
    const char *source;      /* what live_run's error is about; NULL: nothing special */
    struct catalog *catalog; /* NULL: not read. The caller's. */
    struct conn *conn;
};

/* Whether the command line has statements for a server. */
bool live_is_wanted(const struct cli *c);
/*
 * The statements that --statements asks for, as items that are not explained yet; what the role
 * cannot see is a warning. False with the errors of conn_run.
 */
bool live_add_statements(struct live *l, struct err *err);
/*
 * Connect, explain everything, read the catalog (unless anonymized or --catalog names a file).
 * Warnings go to standard error; what is wrong with one statement is its item's. False: nothing was
 * done, and err says why. Everything lives in the run's arena.
 */
bool live_run(struct live *l, const struct cli *c, struct err *err);
/*
 * Explain item i once more, analyze: executing it, into an item of its own that lives in the arena
 * given. Nothing else is touched or printed, so another thread may do it. False: no plan, out->err
 * says why.
 */
bool live_again(const struct live *l, size_t i, bool analyze, struct arena *a,
                struct live_item *out);
/* Closes the connection. */
void live_release(struct live *l);

#endif
