/*
 * libpq, loaded when a connection is first made: it brings some twenty libraries with it, which
 * cost a run over files more time and memory than all else. Its functions are called as if it
 * were linked in.
 */
#ifndef DB_LIBPQ_H
#define DB_LIBPQ_H

#include <stdbool.h>

struct err;

/* Before any of its functions. False with ERR_CONNECT when it is not there, or too old. */
bool libpq_load(struct err *err);

#endif
