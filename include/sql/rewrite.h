/*
 * EXPLAIN's own notation into SQL that a parser takes.
 *
 * EXPLAIN prints some things that are no SQL: (SubPlan 1), (InitPlan 1).col1, EXISTS(SubPlan 2),
 * (ANY (x = (hashed SubPlan 1).col1)), PARTIAL sum(x), OVER (?), (alternatives: ...). They become
 * quoted names and calls, so that the rest of the expression can be parsed; the deparser turns
 * those names back.
 */
#ifndef SQL_REWRITE_H
#define SQL_REWRITE_H

#include "base/str.h"

struct arena;

/*
 * The expression (or list of them) in a notation that a SQL parser takes. Answers the very slice
 * given when nothing had to be changed, else a text in the arena.
 */
struct str sql_rewrite_explain(struct arena *a, struct str expr);

#endif
