/*
 * What is known of PostgreSQL's own functions: may an index hold them, does NULL go through them.
 */
#ifndef SQL_FUNC_H
#define SQL_FUNC_H

#include <stdbool.h>

#include "base/str.h"

enum func_volatility {
    FUNC_UNKNOWN, /* not a function of PostgreSQL's own, or not in func.def */
    FUNC_IMMUTABLE,
    FUNC_VARIES, /* immutable for some argument types, stable for others */
    FUNC_STABLE,
    FUNC_VOLATILE
};

/* Volatility of the function of that name (without schema). */
enum func_volatility func_volatility(struct str name);
/* Whether all functions of that name are known to answer NULL when an argument is NULL. */
bool func_is_strict(struct str name);

#endif
