/* Statements of the command line: -c SQL and -f FILE, one statement each. */
#ifndef CLI_STATEMENT_H
#define CLI_STATEMENT_H

#include "cli/cli.h"
#include "db/conn.h"
#include "sql/params.h"
#include "sql/script.h"

struct statement {
    const char *name;         /* "query", or the file */
    struct str original;      /* the whole text given */
    struct str text;          /* the statement in it, without semicolon */
    size_t offset;            /* of the text in the original */
    struct sql_params params; /* params.text is what is sent */
    /* CREATE TABLE AS or SELECT INTO: executed by EXPLAIN, it makes a table in a transaction that
     * is READ ONLY as well. */
    bool makes_table;
};

/*
 * Find the one statement of a text; strings live in the arena or point into the text. False with
 * ERR_USAGE when there are several or none, or when it is an EXPLAIN itself.
 */
bool statement_find(struct arena *a, const char *name, struct str text, struct statement *out,
                    struct err *err);

/* The same for a statement of a script. False: it is none that EXPLAIN explains. */
bool statement_of_script(struct arena *a, const char *name, struct str text,
                         const struct script_query *q, struct statement *out);

/* Whether it makes a table: see makes_table. */
bool statement_makes_table(struct arena *a, struct str sql);

/* Where it lies, for errors of the server. */
struct conn_place statement_place(const struct statement *s);

#endif
