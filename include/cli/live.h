/*
 * Plans from a server: the statements of -c and -f explained there, and the catalog of the
 * relations in them. What a command then does with them is what it does with plans of files.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "cli/cli.h"
#include "cli/statement.h"
#include "cli/live_params.h"
#include "db/catalog.h"
#include "db/explain.h"
#include "read/read.h"

struct catalog;
struct conn;
struct plan;

/* Relations to read the catalog of. */
struct live_names {
    struct dbcat_name *names;
    size_t count, cap;
};

/* One statement, in the order given; those of pg_stat_statements the heaviest first. */
struct live_item {
    const char *name;
    size_t line; /* of a script: where it begins; 0: from elsewhere */
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
    size_t count, cap;
    size_t failed; /* items without a plan */
    enum err_code worst;
    const char *source;      /* what live_run's error is about; NULL: nothing special */
    struct live_names names; /* relations beside those of the items' plans */
    struct catalog *catalog; /* NULL: not read. The caller's. */
    struct conn *conn;
};

/* Whether the command line has statements for a server. */
bool live_is_wanted(const struct cli *c);
/* Whether it has a server at all. */
bool live_is_connected(const struct cli *c);
/*
 * Read the options, take in the statements of -c and -f, connect, and take in those of
 * --statements. dbname: an operand that names the database, or NULL. False: nothing was done, and
 * err says why, l->source about what.
 */
bool live_open(struct live *l, const struct cli *c, const char *dbname, struct err *err);
/* Take in the statements of a script; text stays the caller's. */
void live_add_script(struct live *l, const char *path, struct str text);
/* The relations of a plan, or of a statement that has none, will be in the catalog too. */
void live_add_plan(struct live *l, const struct plan *p);
/*
 * Explain everything; then read the catalog of the relations in it, unless it is anonymized or
 * --catalog names a file. Warnings go to standard error; what is wrong with one statement is its
 * item's. Everything lives in the run's arena.
 */
void live_explain(struct live *l);
/* Into l->catalog, which is the caller's: the catalog of all relations so far; a warning when it
 * cannot be had. */
void live_read_catalog(struct live *l);
/*
 * What the commands that look at plans ask a server. With statements: both of the above, an operand
 * is the database. Without: only the connection, for the catalog of the plans that operands hold.
 */
bool live_run(struct live *l, const struct cli *c, struct err *err);
/* Print why live_open or live_run failed; the exit status. */
int live_refuse(const struct live *l, const struct err *err);
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
