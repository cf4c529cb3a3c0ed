#include "db/catalog.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "catalog/snapshot.h"
#include "db/conn.h"
#include "db/txn.h"

/* The statement of snapshot.sql. */
static const char statement[] =
#include "snapshot_sql.h"
    ;

static const double LOCK_TIMEOUT_MS = 2000;
static const double TIMEOUT_MS = 600000;

/* As SET LOCAL in snapshot.sql: what the text of values depends on; without compilation, which
 * takes longer than the statement. */
static const char settings[] =
    "SELECT /* pgsift */ set_config('jit', 'off', true), set_config('timezone', 'UTC', true), "
    "set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true), "
    "set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), "
    "set_config('pgsift.request', $1, true)";

static void add_request(struct buf *b, const struct dbcat_request *r)
{
    struct json_writer w;
    json_writer_init(&w, b, false);
    json_open_object(&w);
    if (r->schemas) {
        json_key(&w, "schemas");
        json_open_array(&w);
        for (size_t i = 0; i < r->schema_count; i++)
            json_string(&w, r->schemas[i]);
        json_close_array(&w);
    }
    if (r->relations) {
        json_key(&w, "relations");
        json_open_array(&w);
        for (size_t i = 0; i < r->relation_count; i++) {
            json_open_object(&w);
            if (r->relations[i].schema.p) {
                json_key(&w, "schema");
                json_string(&w, r->relations[i].schema);
            }
            json_key(&w, "name");
            json_string(&w, r->relations[i].name);
            json_close_object(&w);
        }
        json_close_array(&w);
    }
    json_key(&w, "values");
    json_boolean(&w, !r->no_values);
    json_close_object(&w);
}

bool dbcat_fetch(struct conn *c, struct arena *a, const struct dbcat_request *r, struct str *out,
                 struct err *err)
{
    struct txn_options txn = {
        .snapshot = true,
        .timeout_ms = r->timeout_ms > 0 ? r->timeout_ms : TIMEOUT_MS,
        .lock_timeout_ms = LOCK_TIMEOUT_MS,
    };
    struct conn_result result = {0};
    struct buf request = {0};
    add_request(&request, r);
    struct str param = buf_str(&request);
    struct conn_request set = {.sql = str_of(settings), .params = &param, .param_count = 1};
    struct conn_request get = {.sql = str_of(statement)};
    bool good = txn_begin(c, &txn, err);
    if (good) {
        good = conn_run(c, a, &set, NULL, err) && conn_run(c, a, &get, &result, err);
        txn_end(c);
    }
    buf_free(&request);
    *out = conn_cell(&result, 0, 0);
    return good;
}

struct catalog *dbcat_open(struct conn *c, const struct dbcat_request *r, struct err *err)
{
    struct arena *a = arena_new(0);
    struct catalog *cat = NULL;
    struct str document;
    if (dbcat_fetch(c, a, r, &document, err))
        cat = cat_from_snapshot(document, conn_name(c), err);
    arena_free(a);
    return cat;
}

/* ---- what a role may not see ---- */

static bool has_rows(const struct json *rel)
{
    return json_num(rel, "reltuples", 0) > 0 || json_num(rel, "size_bytes", 0) > 0;
}

static void look_at(struct dbcat_gaps *out, const struct json *rel)
{
    struct str kind = json_str(rel, "kind");
    const struct json *stat = json_get(rel, "stat");
    if (!str_is(kind, "r") && !str_is(kind, "m") && !str_is(kind, "p"))
        return;
    out->relations++;
    if (!json_bool(rel, "can_select", true)) {
        if (out->unreadable++ == 0)
            out->example = json_str(rel, "quoted");
    } else if (json_bool(rel, "rls_active", false)) {
        out->row_security++;
    } else if (!str_is(kind, "p") && has_rows(rel) && !json_str(stat, "last_analyze").p &&
               !json_str(stat, "last_autoanalyze").p && json_num(rel, "reltuples", 0) <= 0) {
        out->never_analyzed++;
    }
}

bool dbcat_find_gaps(struct arena *a, struct str document, struct dbcat_gaps *out, struct err *err)
{
    const struct json *doc = json_parse(a, document, err);
    *out = (struct dbcat_gaps){0};
    if (!doc)
        return false;
    out->role = json_str(json_get(doc, "server"), "user");
    for (const struct json *r = json_first(json_get(doc, "relations")); r; r = r->next)
        look_at(out, r);
    for (const struct json *r = json_first(json_get(doc, "requested")); r; r = r->next)
        if (!json_first(json_get(r, "oids")) && out->not_found++ == 0)
            out->missing = json_str(r, "name");
    return true;
}
