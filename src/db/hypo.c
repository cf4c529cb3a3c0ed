#include "db/hypo.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "db/conn.h"
#include "db/txn.h"

/* A hypothetical index of this session. */
struct live_index {
    struct str statement; /* what made it */
    struct str oid, name;
    bool wanted;
};

struct hypo {
    struct conn *conn;
    struct arena *arena;
    char *schema; /* of the extension's functions, as an identifier */
    char *version;
    struct live_index *live;
    size_t live_count, live_cap;
    bool open; /* the transaction */
    size_t calls;
};

/* ---- the extension ---- */

static bool ask(struct hypo *h, struct arena *a, const char *sql, const struct str *params,
                size_t param_count, struct conn_result *out, struct err *err)
{
    struct conn_request r = {.sql = str_of(sql), .params = params, .param_count = param_count};
    return conn_run(h->conn, a, &r, out, err);
}

/* What there is instead of the extension. */
static bool lacking(struct hypo *h, struct arena *a, struct err *err)
{
    struct conn_result out;
    if (!ask(h, a, "SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'hypopg'", NULL, 0,
             &out, err))
        return false;
    err_set(err, ERR_SQL,
            "HypoPG is not in this database: the model judges instead of the planner");
    if (out.row_count)
        err_hint(err, "CREATE EXTENSION hypopg; makes it available to this database");
    else
        err_hint(err,
                 "install it on the server (package postgresql-%d-hypopg or hypopg_%d), then "
                 "CREATE EXTENSION hypopg;",
                 conn_version(h->conn) / 10000, conn_version(h->conn) / 10000);
    return false;
}

static bool find_extension(struct hypo *h, struct arena *a, struct err *err)
{
    static const char sql[] =
        "SELECT pg_catalog.quote_ident(n.nspname), e.extversion,"
        " pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.bool_and("
        "pg_catalog.has_function_privilege(p.oid, 'EXECUTE'))"
        " FROM pg_catalog.pg_extension e"
        " JOIN pg_catalog.pg_depend d ON d.refclassid = "
        "'pg_catalog.pg_extension'::pg_catalog.regclass"
        " AND d.refobjid = e.oid AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass"
        " JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND p.proname IN"
        " ('hypopg_create_index', 'hypopg_drop_index', 'hypopg_reset', 'hypopg_relation_size')"
        " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
        " WHERE e.extname = 'hypopg' GROUP BY n.oid, n.nspname, e.extversion";
    struct conn_result out;
    if (!ask(h, a, sql, NULL, 0, &out, err))
        return false;
    if (out.row_count == 0)
        return lacking(h, a, err);
    if (!str_is(conn_cell(&out, 0, 2), "t")) {
        err_set(err, ERR_SQL,
                "this role may not use HypoPG: the model judges instead of the planner");
        err_hint(err, "GRANT USAGE ON SCHEMA %.*s, and EXECUTE on its functions, to it",
                 STR_ARG(conn_cell(&out, 0, 0)));
        return false;
    }
    h->schema = arena_strndup(h->arena, conn_cell(&out, 0, 0).p, conn_cell(&out, 0, 0).len);
    h->version = arena_printf(h->arena, "HypoPG %.*s", STR_ARG(conn_cell(&out, 0, 1)));
    return true;
}

struct hypo *hypo_open(struct conn *c, struct err *err)
{
    struct hypo *h = xcalloc(1, sizeof *h);
    struct arena *scratch = arena_new(0);
    h->conn = c;
    h->arena = arena_new(0);
    bool good = find_extension(h, scratch, err);
    arena_free(scratch);
    if (good)
        return h;
    hypo_close(h);
    return NULL;
}

void hypo_close(struct hypo *h)
{
    if (!h)
        return;
    hypo_end(h);
    arena_free(h->arena);
    free(h->live);
    free(h);
}

const char *hypo_version(const struct hypo *h)
{
    return h->version;
}

size_t hypo_calls(const struct hypo *h)
{
    return h->calls;
}

/* ---- the transaction ---- */

static const char savepoint[] = "SAVEPOINT pgsift_hypo";

/* After an error: the transaction goes on, as if the statement had not been. */
static void roll_back(struct hypo *h)
{
    struct arena *a = arena_new(0);
    struct conn_request r = {.sql = STR("ROLLBACK TO pgsift_hypo"), .always = true};
    struct err ignored = {0};
    conn_run(h->conn, a, &r, NULL, &ignored);
    arena_free(a);
}

/* All of the session's, whoever made them: plans are to know exactly those that are asked for. */
static void reset(struct hypo *h)
{
    struct arena *a = arena_new(0);
    const char *sql = arena_printf(a, "SELECT %s.hypopg_reset()", h->schema);
    struct conn_request r = {.sql = str_of(sql), .always = true};
    struct err ignored = {0};
    conn_run(h->conn, a, &r, NULL, &ignored);
    h->live_count = 0;
    arena_free(a);
}

bool hypo_begin(struct hypo *h, double timeout_ms, struct err *err)
{
    struct txn_options o = {.timeout_ms = timeout_ms, .lock_timeout_ms = 5000};
    if (h->open)
        return true;
    if (!txn_begin(h->conn, &o, err))
        return false;
    h->open = true;
    if (conn_do(h->conn, savepoint, err)) {
        reset(h);
        return true;
    }
    hypo_end(h);
    return false;
}

void hypo_end(struct hypo *h)
{
    if (!h->open)
        return;
    roll_back(h); /* whatever state it is in: after this it takes statements */
    reset(h);
    txn_end(h->conn);
    h->open = false;
}

/* ---- hypothetical indexes ---- */

/* An element of an array's text. */
static void add_element(struct buf *b, struct str s)
{
    buf_adds(b, b->len > 1 ? ",\"" : "\"");
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_addc(b, '\\');
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, '"');
}

/* A statement with one array as its parameter; the buffer holds it, open, and is freed. */
static bool ask_array(struct hypo *h, struct arena *a, const char *sql, struct buf *array,
                      struct conn_result *out, struct err *err)
{
    buf_addc(array, '}');
    struct str param = buf_str(array);
    bool good = ask(h, a, sql, &param, 1, out, err);
    buf_free(array);
    return good;
}

/* All from `from` on that are not wanted. */
static bool drop_unwanted(struct hypo *h, struct arena *a, size_t from, struct err *err)
{
    struct buf oids = {0};
    size_t kept = from;
    struct conn_result out;
    buf_addc(&oids, '{');
    for (size_t i = from; i < h->live_count; i++)
        if (h->live[i].wanted)
            h->live[kept++] = h->live[i];
        else
            add_element(&oids, h->live[i].oid);
    if (kept == h->live_count) {
        buf_free(&oids);
        return true;
    }
    h->live_count = kept;
    const char *sql = arena_printf(a,
                                   "SELECT pg_catalog.count(%s.hypopg_drop_index(o)) FROM "
                                   "pg_catalog.unnest($1::pg_catalog.oid[]) o",
                                   h->schema);
    return ask_array(h, a, sql, &oids, &out, err);
}

static void add_live(struct hypo *h, struct str statement, struct str oid, struct str name)
{
    if (h->live_count == h->live_cap) {
        h->live_cap = h->live_cap * 2 + 32;
        h->live = xrealloc(h->live, h->live_cap * sizeof *h->live);
    }
    h->live[h->live_count++] = (struct live_index){
        .statement = str_dup(h->arena, statement),
        .oid = str_dup(h->arena, oid),
        .name = str_dup(h->arena, name),
        .wanted = true,
    };
}

/* In the order given: where two would serve alike, the planner's choice depends on it. */
static bool create(struct hypo *h, struct arena *a, const struct str *statements, size_t count,
                   double *size_bytes, struct err *err)
{
    struct buf array = {0};
    struct conn_result out;
    const char *sql =
        arena_printf(a,
                     "SELECT x.indexrelid, x.indexname, %s.hypopg_relation_size(x.indexrelid) FROM "
                     "pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u (s, n), "
                     "LATERAL %s.hypopg_create_index(u.s) x ORDER BY u.n",
                     h->schema, h->schema);
    buf_addc(&array, '{');
    for (size_t i = 0; i < count; i++)
        add_element(&array, statements[i]);
    if (!ask_array(h, a, sql, &array, &out, err))
        return false;
    if (out.row_count != count)
        return err_set(err, ERR_SQL, "HypoPG does not take the statement");
    *size_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        double bytes = 0;
        str_to_double(conn_cell(&out, i, 2), &bytes);
        *size_bytes += bytes;
        add_live(h, statements[i], conn_cell(&out, i, 0), conn_cell(&out, i, 1));
    }
    return true;
}

static struct live_index *find(struct hypo *h, struct str statement)
{
    for (size_t i = 0; i < h->live_count; i++)
        if (str_eq(h->live[i].statement, statement))
            return &h->live[i];
    return NULL;
}

bool hypo_try(struct hypo *h, struct arena *a, const struct hypo_index *x, double *size_bytes,
              const char **why, struct err *err)
{
    size_t before = h->live_count;
    struct err refusal = {0};
    *why = NULL;
    *size_bytes = NAN;
    if (x->partial && x->compares) {
        *why = "a partial index with such a predicate may crash the server under HypoPG";
        return true;
    }
    if (!create(h, a, x->statements, x->count, size_bytes, &refusal)) {
        if (refusal.code != ERR_SQL) {
            *err = refusal;
            return false;
        }
        roll_back(h);
        reset(h); /* some of them may be there */
        *why = arena_strdup(a, refusal.message);
        return true;
    }
    for (size_t i = before; i < h->live_count; i++)
        h->live[i].wanted = false;
    return drop_unwanted(h, a, before, err);
}

/* ---- planning ---- */

static bool held_back(const struct hypo_request *r, const struct hypo_index *x)
{
    return x->partial && (x->compares || !r->plain_tables);
}

/* The session's hypothetical indexes become those of the request. */
static bool set_indexes(struct hypo *h, struct arena *a, const struct hypo_request *r,
                        struct err *err)
{
    size_t total = 0, missing = 0;
    double bytes;
    for (size_t i = 0; i < h->live_count; i++)
        h->live[i].wanted = false;
    for (size_t i = 0; i < r->index_count; i++)
        total += r->indexes[i]->count;
    struct str *create_now = arena_calloc(a, total, sizeof *create_now);
    for (size_t i = 0; i < r->index_count; i++)
        for (size_t k = 0; k < r->indexes[i]->count && !held_back(r, r->indexes[i]); k++) {
            struct live_index *x = find(h, r->indexes[i]->statements[k]);
            if (x)
                x->wanted = true;
            else
                create_now[missing++] = r->indexes[i]->statements[k];
        }
    return drop_unwanted(h, a, 0, err) &&
           (missing == 0 || create(h, a, create_now, missing, &bytes, err));
}

static void tell_names(struct hypo *h, struct arena *a, const struct hypo_request *r,
                       struct hypo_answer *out)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < r->index_count; i++)
        total += r->indexes[i]->count;
    out->names = arena_calloc(a, total + 1, sizeof *out->names);
    out->first = arena_calloc(a, r->index_count + 1, sizeof *out->first);
    for (size_t i = 0; i < r->index_count; i++) {
        out->first[i] = at;
        for (size_t k = 0; k < r->indexes[i]->count && !held_back(r, r->indexes[i]); k++)
            out->names[at++] = str_dup(a, find(h, r->indexes[i]->statements[k])->name);
    }
    out->first[r->index_count] = at;
}

bool hypo_explain(struct hypo *h, struct arena *a, const struct hypo_request *r,
                  struct hypo_answer *out, struct err *err)
{
    if (!h->open)
        BUG("a plan is asked for outside of the transaction");
    bool good = set_indexes(h, a, r, err);
    if (good)
        tell_names(h, a, r, out);
    h->calls += good;
    good = good && explain_in_transaction(h->conn, a, r->explain, &r->statement, &out->json, err);
    /* A generic plan of an old server leaves a setting behind. */
    if (!good || r->explain->generic)
        roll_back(h);
    if (!good)
        reset(h);
    return good;
}
