#include "db/conn.h"

#include <libpq-fe.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "base/wait.h"
#include "db/libpq.h"

enum {
    TICK_MS = 100,           /* how often the stop flag is looked at */
    CANCEL_WAIT_MS = 5000,   /* for the server to say that it has cancelled */
    OLDEST_VERSION = 120000, /* the catalog's statement needs it */
};

struct conn {
    PGconn *pg;
    atomic_bool *stop;
    double patience_ms;
    char *name;
    char sqlstate[6];
    bool dead; /* it stopped answering */
    struct buf notices;
};

const char *conn_library(void)
{
    static char text[16];
    struct err missing = {0};
    if (!libpq_load(&missing))
        return NULL;
    int v = PQlibVersion();
    snprintf(text, sizeof text, "%d.%d", v / 10000, v % 10000);
    return text;
}

/* ---- connecting ---- */

static void add_words(struct buf *b, const char *between, struct str line)
{
    if (b->len)
        buf_adds(b, between);
    for (size_t i = 0; i < line.len; i++)
        if (line.p[i] != ' ' || line.p[i - 1] != ' ')
            buf_addc(b, line.p[i]);
}

/*
 * The library's message in our form: what happened in one line, the indented lines below it as the
 * hint. Where several hosts were tried there is such a pair for each; the first hint is kept. What
 * else comes after a hint is about the library's own state.
 */
static void set_connect_error(struct err *err, const char *message)
{
    struct str rest = str_of(message), line;
    struct buf text = {0}, hint = {0};
    bool hinted = false;
    while (str_line(&rest, &line)) {
        bool indented = line.len && line.p[0] == '\t';
        line = str_trim(line);
        if (line.len && indented && !hinted)
            add_words(&hint, " ", line);
        else if (line.len && !indented && (!hint.len || str_starts(line, "connection to")))
            add_words(&text, "; ", line);
        hinted |= hint.len && !indented;
    }
    err_set(err, ERR_CONNECT, "%s", text.len ? text.data : "the server could not be reached");
    if (hint.len)
        err_hint(err, "%s", hint.data);
    buf_free(&text);
    buf_free(&hint);
}

/* Whether the user, the environment or a service file says how long to wait. */
static bool has_timeout(const struct conn_options *o)
{
    bool found = o->dbname && strstr(o->dbname, "service");
    PQconninfoOption *all = PQconndefaults();
    for (PQconninfoOption *x = all; x && x->keyword; x++)
        if (strcmp(x->keyword, "connect_timeout") == 0 && x->val)
            found = true;
    PQconninfoFree(all);
    return found;
}

/*
 * Looking up a name, and waiting for a server that does not answer, cannot be broken off in the
 * library; nor can a caller that polls do what it does when one of several hosts is silent. So a
 * thread connects, and when the user has had enough it is left to itself: it closes what it gets.
 */
enum { CONNECT_VALUES = 8 };

struct attempt {
    char *values[CONNECT_VALUES + 1];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    PGconn *pg;
    bool done, abandoned;
};

/* Later entries win, so what dbname says as a conninfo string goes before the single options. */
static struct attempt *attempt_new(const struct conn_options *o, const char *password)
{
    const char *const values[CONNECT_VALUES] = {has_timeout(o) ? NULL : "10",
                                                o->host,
                                                o->port,
                                                o->user,
                                                password,
                                                o->dbname,
                                                "pgsift",
                                                "UTF8"};
    struct attempt *x = xcalloc(1, sizeof *x);
    for (int i = 0; i < CONNECT_VALUES; i++)
        x->values[i] = values[i] ? strdup(values[i]) : NULL;
    pthread_mutex_init(&x->lock, NULL);
    wait_init(&x->changed);
    return x;
}

static void attempt_free(struct attempt *x)
{
    for (int i = 0; i < CONNECT_VALUES; i++) {
        if (x->values[i])
            explicit_bzero(x->values[i], strlen(x->values[i]));
        free(x->values[i]);
    }
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

static PGconn *attempt_connect(const struct attempt *x)
{
    static const char *const names[CONNECT_VALUES + 1] = {"connect_timeout",
                                                          "host",
                                                          "port",
                                                          "user",
                                                          "password",
                                                          "dbname",
                                                          "fallback_application_name",
                                                          "client_encoding",
                                                          NULL};
    const char *values[CONNECT_VALUES + 1] = {NULL};
    for (int i = 0; i < CONNECT_VALUES; i++)
        values[i] = x->values[i];
    PGconn *pg = PQconnectdbParams(names, values, 1);
    if (!pg)
        BUG("libpq is out of memory");
    return pg;
}

static void *attempt_thread(void *arg)
{
    struct attempt *x = arg;
    PGconn *pg = attempt_connect(x);
    pthread_mutex_lock(&x->lock);
    bool abandoned = x->abandoned;
    x->pg = pg;
    x->done = true;
    pthread_cond_signal(&x->changed);
    pthread_mutex_unlock(&x->lock);
    if (abandoned) {
        PQfinish(pg);
        attempt_free(x);
    }
    return NULL;
}

/* Until it is done, or the user has had enough: then it is the thread's to free. */
static bool attempt_wait(struct attempt *x, const atomic_bool *stop)
{
    pthread_mutex_lock(&x->lock);
    while (!x->done && !x->abandoned) {
        bool done = wait_for(&x->changed, &x->lock, &x->done, TICK_MS);
        x->abandoned = !done && atomic_load(stop);
    }
    bool done = x->done;
    pthread_mutex_unlock(&x->lock);
    return done;
}

/* NULL: interrupted. */
static PGconn *connect_once(const struct conn_options *o, const char *password)
{
    struct attempt *x = attempt_new(o, password);
    pthread_t thread;
    if (!o->stop || !wait_start(&thread, attempt_thread, x)) {
        x->pg = attempt_connect(x);
    } else if (!attempt_wait(x, o->stop)) {
        pthread_detach(thread);
        return NULL;
    } else {
        pthread_join(thread, NULL);
    }
    PGconn *pg = x->pg;
    attempt_free(x);
    return pg;
}

static bool ask(const struct conn_options *o, const char *user, struct buf *password)
{
    buf_clear(password);
    return !o->never_ask && o->password && o->password(o->ctx, user, password);
}

static PGconn *connect_asking(const struct conn_options *o)
{
    struct buf password = {0};
    bool asked = o->always_ask && ask(o, o->user, &password);
    PGconn *pg = connect_once(o, asked ? password.data : NULL);
    if (pg && PQstatus(pg) == CONNECTION_BAD && PQconnectionNeedsPassword(pg) && !asked &&
        ask(o, PQuser(pg), &password)) {
        PQfinish(pg);
        pg = connect_once(o, password.data ? password.data : "");
    }
    if (password.data)
        explicit_bzero(password.data, password.cap);
    buf_free(&password);
    return pg;
}

static void keep_notice(void *arg, const PGresult *result)
{
    struct conn *c = arg;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message && severity && strcmp(severity, "WARNING") == 0)
        buf_printf(&c->notices, "%s\n", message);
}

static char *make_name(PGconn *pg)
{
    struct buf b = {0};
    const char *host = PQhost(pg), *port = PQport(pg);
    buf_printf(&b, "%s@%s", PQdb(pg), host && *host ? host : "localhost");
    if (port && *port && strcmp(port, "5432") != 0)
        buf_printf(&b, ":%s", port);
    return b.data;
}

static bool is_usable(PGconn *pg, struct err *err)
{
    int version = PQserverVersion(pg);
    if (PQstatus(pg) != CONNECTION_OK) {
        set_connect_error(err, PQerrorMessage(pg));
        if (PQconnectionNeedsPassword(pg))
            err_hint(err, "a password: PGPASSFILE, ~/.pgpass, or -W on a terminal");
        return false;
    }
    if (version < OLDEST_VERSION) {
        err_set(err, ERR_CONNECT,
                "the server is PostgreSQL %d.%d, and 12 is the oldest that is known",
                version / 10000, version % 10000);
        return err_hint(err, "the plan itself can be read from a file"), false;
    }
    return true;
}

struct conn *conn_open(const struct conn_options *o, struct err *err)
{
    if (!libpq_load(err))
        return NULL;
    PGconn *pg = connect_asking(o);
    if (!pg)
        return err_set(err, ERR_CANCELLED, "interrupted"), NULL;
    if (!is_usable(pg, err)) {
        PQfinish(pg);
        return NULL;
    }
    struct conn *c = xcalloc(1, sizeof *c);
    c->pg = pg;
    c->stop = o->stop;
    c->name = make_name(pg);
    PQsetNoticeReceiver(pg, keep_notice, c);
    return c;
}

void conn_close(struct conn *c)
{
    if (!c)
        return;
    PQfinish(c->pg);
    free(c->name);
    buf_free(&c->notices);
    free(c);
}

int conn_version(const struct conn *c)
{
    return PQserverVersion(c->pg);
}

const char *conn_name(const struct conn *c)
{
    return c->name;
}

void conn_describe(const struct conn *c, struct buf *out)
{
    const char *encoding = PQparameterStatus(c->pg, "server_encoding");
    const char *protocol = PQsslInUse(c->pg) ? PQsslAttribute(c->pg, "protocol") : NULL;
    buf_printf(out, "server: PostgreSQL %s\n", PQparameterStatus(c->pg, "server_version"));
    buf_printf(out, "database: %s\nuser: %s\nhost: %s\nport: %s\n", PQdb(c->pg), PQuser(c->pg),
               PQhost(c->pg), PQport(c->pg));
    buf_printf(out, "encoding: %s\nSSL: %s\n", encoding ? encoding : "unknown",
               protocol            ? protocol
               : PQsslInUse(c->pg) ? "yes"
                                   : "no");
    buf_printf(out, "backend: %d\n", PQbackendPID(c->pg));
}

bool conn_is_alive(const struct conn *c)
{
    return !c->dead && PQstatus(c->pg) == CONNECTION_OK;
}

void conn_set_patience(struct conn *c, double ms)
{
    c->patience_ms = ms;
}

const char *conn_sqlstate(const struct conn *c)
{
    return c->sqlstate;
}

void conn_take_notices(struct conn *c, struct buf *out)
{
    buf_addstr(out, buf_str(&c->notices));
    buf_clear(&c->notices);
}

/* ---- waiting ---- */

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Why a statement was cancelled by this side. */
enum stop_reason { STOP_NONE, STOP_USER, STOP_PATIENCE };

static void *cancel_thread(void *cancel)
{
    char message[256];
    PQcancel(cancel, message, sizeof message);
    PQfreeCancel(cancel);
    return NULL;
}

/*
 * Ask the server to cancel. That goes over a connection of its own, and the library waits for the
 * server to close it: for ever, if the server does not answer. So a thread does the waiting.
 */
static void send_cancel(struct conn *c)
{
    pthread_t thread;
    PGcancel *cancel = PQgetCancel(c->pg);
    if (cancel && pthread_create(&thread, NULL, cancel_thread, cancel) == 0)
        pthread_detach(thread);
    else
        PQfreeCancel(cancel);
}

/* Until the next result is complete. False: the server said nothing more in time. */
static bool wait_for_result(struct conn *c, const atomic_bool *stop, double until,
                            enum stop_reason *reason)
{
    double give_up = *reason ? now_ms() + CANCEL_WAIT_MS : INFINITY;
    while (PQisBusy(c->pg)) {
        struct pollfd fd = {.fd = PQsocket(c->pg), .events = POLLIN};
        if (*reason == STOP_NONE) {
            if (stop && atomic_load(stop))
                *reason = STOP_USER;
            else if (now_ms() > until)
                *reason = STOP_PATIENCE;
            if (*reason) {
                send_cancel(c);
                give_up = now_ms() + CANCEL_WAIT_MS;
            }
        }
        if (now_ms() > give_up)
            return false;
        if (fd.fd < 0)
            return true; /* the next result is the error */
        if (poll(&fd, 1, TICK_MS) > 0 && !PQconsumeInput(c->pg))
            return true;
    }
    return true;
}

/* A COPY was started: nobody here feeds it or takes its data, and it would wait for ever. */
static bool is_copy(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* The first failure of what was sent, else the last result. NULL: the server is silent, or has
 * begun what cannot be ended but with the connection. */
static PGresult *last_result(struct conn *c, const atomic_bool *stop, enum stop_reason *reason)
{
    PGresult *last = NULL, *r;
    double until = c->patience_ms > 0 ? now_ms() + c->patience_ms : INFINITY;
    for (;;) {
        if (!wait_for_result(c, stop, until, reason))
            break;
        r = PQgetResult(c->pg);
        if (!r)
            return last;
        if (is_copy(r)) {
            PQclear(r);
            break;
        }
        /* What follows a failure is only its consequence. */
        if (last && PQresultStatus(last) == PGRES_FATAL_ERROR) {
            PQclear(r);
            continue;
        }
        PQclear(last);
        last = r;
    }
    PQclear(last);
    return NULL;
}

/* ---- what the server refused ---- */

static const struct sqlstate_info {
    const char *code;
    enum err_code err;
    const char *hint;
} sqlstates[] = {
#define SQLSTATE(code, error, hint) {code, ERR_##error, hint},
#include "sqlstate.def"
#undef SQLSTATE
};

static const struct sqlstate_info *find_sqlstate(const char *code)
{
    for (size_t i = 0; i < sizeof sqlstates / sizeof sqlstates[0]; i++)
        if (strncmp(sqlstates[i].code, code, strlen(sqlstates[i].code)) == 0)
            return &sqlstates[i];
    return NULL;
}

/* Byte offset of the n-th character (from 1). */
static size_t byte_of(struct str s, size_t n)
{
    struct str rest = s;
    for (size_t i = 1; i < n && rest.len; i++) {
        size_t len = text_utf8_len(rest);
        rest = str_sub(rest, len ? len : 1, rest.len);
    }
    return s.len - rest.len;
}

/* The server's position in the user's own statement; false when it is not in there. */
static bool place_of(const struct conn_request *r, const PGresult *result, size_t *offset)
{
    const char *text = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    long long n;
    if (!r->place || !r->place->original.p || !text || !str_to_int64(str_of(text), &n) || n < 1)
        return false;
    size_t at = byte_of(r->sql, (size_t)n);
    if (at < r->place->prefix)
        return false;
    at -= r->place->prefix;
    *offset = r->place->back ? r->place->back(r->place->map, at) : at;
    return true;
}

static bool refuse(struct conn *c, const struct conn_request *r, const PGresult *result,
                   enum stop_reason reason, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const struct sqlstate_info *info = state ? find_sqlstate(state) : NULL;
    bool cancelled = state && strcmp(state, "57014") == 0;
    size_t offset;
    snprintf(c->sqlstate, sizeof c->sqlstate, "%s", state ? state : "");
    if (cancelled && reason == STOP_USER)
        return err_set(err, ERR_CANCELLED,
                       "interrupted; the statement was cancelled on the server");
    if (cancelled && reason == STOP_PATIENCE)
        return err_set(err, ERR_TIMEOUT, "the statement took longer than %.0f ms", c->patience_ms);
    if (!state) /* the library's own: the connection is gone */
        return set_connect_error(err, PQresultErrorMessage(result)), false;
    enum err_code code = cancelled ? ERR_TIMEOUT : info ? info->err : ERR_SQL;
    if (place_of(r, result, &offset))
        err_at(err, code, r->place->original.p, r->place->original.len, offset, "%s",
               message ? message : state);
    else
        err_set(err, code, "%s", message ? message : state);
    /* "unnamed portal parameter $1 = '...'" */
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    if (hint || (info && info->hint[0]))
        err_hint(err, "%s", hint ? hint : info->hint);
    else if (context && r->param_count && strstr(context, "parameter"))
        err_hint(err, "it is in %s", context);
    return false;
}

/* The server answers nothing, not even a request to cancel: the connection is of no use. */
static bool give_up(struct conn *c, enum stop_reason reason, struct err *err)
{
    c->dead = true;
    if (reason == STOP_USER)
        return err_set(err, ERR_CANCELLED, "interrupted; the server did not confirm it");
    if (reason == STOP_NONE)
        return err_set(err, ERR_SQL, "COPY is not possible here");
    err_set(err, ERR_TIMEOUT,
            "the server did not answer in time, and did not let itself be interrupted");
    return err_hint(err, "the network, or a pooler in between, may be the cause"), false;
}

/* ---- running ---- */

static void copy_result(struct arena *a, const PGresult *result, struct conn_result *out)
{
    out->row_count = (size_t)PQntuples(result);
    out->column_count = (size_t)PQnfields(result);
    out->cells = arena_calloc(a, out->row_count * out->column_count, sizeof *out->cells);
    for (size_t i = 0; i < out->row_count * out->column_count; i++) {
        int row = (int)(i / out->column_count), column = (int)(i % out->column_count);
        size_t len = (size_t)PQgetlength(result, row, column);
        if (PQgetisnull(result, row, column))
            continue;
        out->cells[i].p = arena_strndup(a, PQgetvalue(result, row, column), len);
        out->cells[i].len = len;
    }
}

struct str conn_cell(const struct conn_result *r, size_t row, size_t column)
{
    if (row >= r->row_count || column >= r->column_count)
        return (struct str){0};
    return r->cells[row * r->column_count + column];
}

static bool finish(struct conn *c, struct arena *a, const struct conn_request *r, bool sent,
                   struct conn_result *out, struct err *err)
{
    enum stop_reason reason = STOP_NONE;
    if (!sent)
        return set_connect_error(err, PQerrorMessage(c->pg)), false;
    PGresult *result = last_result(c, r->always ? NULL : c->stop, &reason);
    if (!result)
        return give_up(c, reason, err);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (good && out)
        copy_result(a, result, out);
    if (!good)
        refuse(c, r, result, reason, err);
    PQclear(result);
    return good;
}

static bool stopped(const struct conn *c, struct err *err)
{
    if (!c->stop || !atomic_load(c->stop))
        return false;
    err_set(err, ERR_CANCELLED, "interrupted");
    return true;
}

bool conn_run(struct conn *c, struct arena *a, const struct conn_request *r,
              struct conn_result *out, struct err *err)
{
    const char *sql = arena_strndup(a, r->sql.p, r->sql.len);
    const char **values = arena_calloc(a, r->param_count + 1, sizeof *values);
    for (size_t i = 0; i < r->param_count; i++)
        if (r->params[i].p)
            values[i] = arena_strndup(a, r->params[i].p, r->params[i].len);
    if (!r->always && stopped(c, err))
        return false;
    if (!conn_is_alive(c)) {
        c->sqlstate[0] = '\0';
        return err_set(err, ERR_CONNECT, "the connection to the server was lost");
    }
    if (memchr(r->sql.p, '\0', r->sql.len))
        return err_set(err, ERR_SQL, "the statement has a NUL character in it");
    if (!r->simple)
        return finish(
            c, a, r,
            PQsendQueryParams(c->pg, sql, (int)r->param_count, NULL, values, NULL, NULL, 0), out,
            err);
    return finish(c, a, r, PQsendPrepare(c->pg, "", sql, 0, NULL), NULL, err) &&
           finish(c, a, r, PQsendQuery(c->pg, sql), out, err);
}

bool conn_param_types(struct conn *c, struct arena *a, const struct conn_request *r,
                      struct str **oids, size_t *count, struct err *err)
{
    const char *sql = arena_strndup(a, r->sql.p, r->sql.len);
    enum stop_reason reason = STOP_NONE;
    if (!finish(c, a, r, PQsendPrepare(c->pg, "", sql, 0, NULL), NULL, err))
        return false;
    PGresult *result = PQsendDescribePrepared(c->pg, "") ? last_result(c, c->stop, &reason) : NULL;
    if (!result)
        return give_up(c, reason, err);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good)
        refuse(c, r, result, reason, err);
    *count = good ? (size_t)PQnparams(result) : 0;
    *oids = arena_calloc(a, *count + 1, sizeof **oids);
    for (size_t i = 0; i < *count; i++)
        (*oids)[i] = str_of(arena_printf(a, "%u", PQparamtype(result, (int)i)));
    PQclear(result);
    return good;
}

bool conn_do(struct conn *c, const char *sql, struct err *err)
{
    struct arena *a = arena_new(0);
    struct conn_request r = {.sql = str_of(sql)};
    bool good = conn_run(c, a, &r, NULL, err);
    arena_free(a);
    return good;
}
