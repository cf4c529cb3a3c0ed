#include "db/txn.h"

#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/conn.h"

/* For the server to say first that a time-out ran out: the client's clock is the last resort. */
static const double GRACE_MS = 5000;
/* A rollback that takes longer than this will not come. */
static const double ROLLBACK_MS = 10000;

static bool set_timeouts(struct conn *c, const struct txn_options *o, struct err *err)
{
    struct arena *a = arena_new(0);
    struct str values[] = {str_of(arena_printf(a, "%.0f", ceil(o->timeout_ms))),
                           str_of(arena_printf(a, "%.0f", ceil(o->lock_timeout_ms)))};
    struct conn_request r = {
        .sql = STR("SELECT /* pgsift */ set_config('statement_timeout', $1, true), "
                   "set_config('lock_timeout', $2, true)"),
        .params = values,
        .param_count = 2,
    };
    bool good = conn_run(c, a, &r, NULL, err);
    arena_free(a);
    return good;
}

bool txn_begin(struct conn *c, const struct txn_options *o, struct err *err)
{
    static const char *const begin[2][2] = {
        {"BEGIN READ ONLY", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
        {"BEGIN READ WRITE", "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"},
    };
    conn_set_patience(c, o->timeout_ms > 0 ? o->timeout_ms + GRACE_MS : 0);
    if (!conn_do(c, begin[o->write][o->snapshot], err))
        return false;
    if (set_timeouts(c, o, err))
        return true;
    txn_end(c);
    return false;
}

void txn_end(struct conn *c)
{
    struct conn_request r = {.sql = STR("ROLLBACK"), .always = true};
    struct arena *a = arena_new(0);
    struct err ignored = {0};
    conn_set_patience(c, ROLLBACK_MS);
    conn_run(c, a, &r, NULL, &ignored);
    conn_set_patience(c, 0);
    arena_free(a);
}
