#include "db/params.h"

#include "base/arena.h"
#include "db/txn.h"

static const double TIMEOUT_MS = 10000;

static const char type_names[] =
    "WITH RECURSIVE /* pgsift */ base(o, oid, typ) AS ("
    "  SELECT u.o, u.t, u.t FROM unnest($1::oid[]) WITH ORDINALITY AS u(t, o)"
    "  UNION ALL"
    "  SELECT b.o, b.oid, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ"
    "   WHERE t.typtype = 'd'"
    ")"
    "SELECT format_type(b.oid, NULL), format_type(b.typ, NULL), t.typcategory,"
    "       CASE WHEN t.typcategory = 'A' THEN format_type(t.typelem, NULL) END,"
    "       (SELECT enumlabel FROM pg_enum WHERE enumtypid = b.typ ORDER BY enumsortorder LIMIT 1)"
    "  FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype <> 'd' ORDER BY b.o";

static struct str array_of(struct arena *a, const struct str *oids, size_t count)
{
    struct buf b = {0};
    buf_addc(&b, '{');
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%.*s", i ? "," : "", STR_ARG(oids[i]));
    buf_addc(&b, '}');
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static bool name_types(struct conn *c, struct arena *a, const struct str *oids, size_t count,
                       struct param_type **types, struct err *err)
{
    struct str param = array_of(a, oids, count);
    struct conn_request r = {.sql = str_of(type_names), .params = &param, .param_count = 1};
    struct conn_result out;
    if (!conn_run(c, a, &r, &out, err))
        return false;
    *types = arena_calloc(a, count + 1, sizeof **types);
    for (size_t i = 0; i < count; i++) {
        struct str category = conn_cell(&out, i, 2);
        (*types)[i] = (struct param_type){
            .name = conn_cell(&out, i, 0),
            .base_name = conn_cell(&out, i, 1),
            .category = category.len ? category.p[0] : '\0',
            .element = conn_cell(&out, i, 3),
            .label = conn_cell(&out, i, 4),
        };
    }
    return true;
}

bool params_read_types(struct conn *c, struct arena *a, struct str sql,
                       const struct conn_place *place, struct param_type **types, size_t *count,
                       struct err *err)
{
    struct txn_options txn = {.timeout_ms = TIMEOUT_MS, .lock_timeout_ms = TIMEOUT_MS / 2};
    struct conn_request r = {.sql = sql, .place = place};
    struct str *oids;
    if (!txn_begin(c, &txn, err))
        return false;
    bool good =
        conn_param_types(c, a, &r, &oids, count, err) && name_types(c, a, oids, *count, types, err);
    txn_end(c);
    return good;
}
