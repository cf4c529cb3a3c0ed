/*
 * The migration that a set of advice makes: two files of SQL, for a live database.
 *
 * No statement of it stops writers for longer than it takes to look something up in the system
 * catalogs; each has a comment that says what it locks and for how long. Those that need a strong
 * lock wait for it 5 seconds at most, so that nobody queues up behind them.
 */
#ifndef ADVISE_MIGRATION_H
#define ADVISE_MIGRATION_H

#include "base/str.h"

struct advice;
struct arena;

/* All statements up, in the order of the indexes; what they replace goes last. */
void migration_up(struct arena *a, const struct advice *adv, struct buf *out);
/* And down: the other way round. */
void migration_down(struct arena *a, const struct advice *adv, struct buf *out);

#endif
