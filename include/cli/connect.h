/* The connection that the command line describes, and what Ctrl-C does to it. */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "cli/cli.h"
#include "db/conn.h"

/* Whether the command line has an option of the connection. */
bool connect_is_asked_for(const struct opts *o);

/*
 * Connect as -h, -p, -U, -d, -w, -W and the environment say; a password is asked for on the
 * terminal. dbname: of an operand, used where -d is not given; NULL none. From then on Ctrl-C
 * sets the stop flag of the connection, and a second one ends the program.
 */
struct conn *connect_open(const struct cli *c, const char *dbname, struct err *err);
/* Close, and leave Ctrl-C to the system again. NULL is allowed. */
void connect_close(struct conn *c);
/* Whether Ctrl-C was pressed, or the flag set in another way. */
bool connect_is_stopped(void);
/* Set the flag, which cancels what runs, or clear it before the next statement. */
void connect_stop(bool on);
/* The server's warnings so far, on standard error. */
void connect_print_notices(struct conn *c, bool quiet);

#endif
