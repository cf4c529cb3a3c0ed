/*
 * Operators: what class an index advisor sees in them, and which operator says the same with the
 * sides exchanged, or the contrary.
 */
#ifndef SQL_OPER_H
#define SQL_OPER_H

#include "base/str.h"
#include "sql/pred.h"

struct oper {
    struct str name;
    enum pred_op op;
    struct str commutator; /* empty: none known */
    struct str negator;
};

/* The operator of that name; NULL when it is not in oper.def. */
const struct oper *oper_find(struct str name);

#endif
