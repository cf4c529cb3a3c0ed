/*
 * Transactions that leave nothing behind: every one is rolled back.
 *
 * Settings are made for the transaction only, so that a pooler that hands the server's session
 * to somebody else after each transaction does no harm and takes none.
 */
#ifndef DB_TXN_H
#define DB_TXN_H

#include <stdbool.h>

struct conn;
struct err;

struct txn_options {
    bool write;             /* else READ ONLY: the server refuses to change anything */
    bool snapshot;          /* REPEATABLE READ: everything as of one moment */
    double timeout_ms;      /* for each statement; 0: none */
    double lock_timeout_ms; /* for each lock; 0: none */
};

/* Begin. On failure no transaction is open; errors are those of conn_run. */
bool txn_begin(struct conn *c, const struct txn_options *o, struct err *err);
/* Roll back, also after an error or an interrupt. A connection that is lost has done so itself. */
void txn_end(struct conn *c);

#endif
