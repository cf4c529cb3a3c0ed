/* In the place of conn.c in a program that is built without libpq. */
#include "db/conn.h"

#include "base/err.h"

const char *conn_library(void)
{
    return NULL;
}

struct conn *conn_open(const struct conn_options *o, struct err *err)
{
    (void)o;
    err_set(err, ERR_CONNECT, "this pgsift was built without libpq and cannot connect");
    err_hint(err, "plans, schemas and snapshots can be read from files");
    return NULL;
}

void conn_close(struct conn *c)
{
    (void)c;
}

/* No connection was ever opened, so nothing below is reached. */

int conn_version(const struct conn *c)
{
    BUG("no connection %p", (const void *)c);
}

const char *conn_name(const struct conn *c)
{
    BUG("no connection %p", (const void *)c);
}

void conn_describe(const struct conn *c, struct buf *out)
{
    (void)out;
    BUG("no connection %p", (const void *)c);
}

bool conn_is_alive(const struct conn *c)
{
    BUG("no connection %p", (const void *)c);
}

void conn_set_patience(struct conn *c, double ms)
{
    (void)ms;
    BUG("no connection %p", (const void *)c);
}

struct str conn_cell(const struct conn_result *r, size_t row, size_t column)
{
    (void)row;
    (void)column;
    BUG("no result %p", (const void *)r);
}

bool conn_run(struct conn *c, struct arena *a, const struct conn_request *r,
              struct conn_result *out, struct err *err)
{
    (void)a;
    (void)r;
    (void)out;
    (void)err;
    BUG("no connection %p", (const void *)c);
}

bool conn_param_types(struct conn *c, struct arena *a, const struct conn_request *r,
                      struct str **oids, size_t *count, struct err *err)
{
    (void)a;
    (void)r;
    (void)oids;
    (void)count;
    (void)err;
    BUG("no connection %p", (const void *)c);
}

bool conn_do(struct conn *c, const char *sql, struct err *err)
{
    (void)sql;
    (void)err;
    BUG("no connection %p", (const void *)c);
}

const char *conn_sqlstate(const struct conn *c)
{
    BUG("no connection %p", (const void *)c);
}

void conn_take_notices(struct conn *c, struct buf *out)
{
    (void)out;
    BUG("no connection %p", (const void *)c);
}
