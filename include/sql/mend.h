/*
 * Statements of pg_stat_statements as SQL again.
 *
 * There a constant has become $n wherever it stood, also where SQL's grammar takes a literal only:
 * interval $1, date $1, timestamp with time zone $1, extract($1 FROM x).
 */
#ifndef SQL_MEND_H
#define SQL_MEND_H

#include "base/str.h"

struct arena;

/* "$1::interval", "date_part($1 , x)"; the text itself when there is nothing to mend. */
struct str sql_mend(struct arena *a, struct str sql);

#endif
