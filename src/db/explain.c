#include "db/explain.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "db/txn.h"

enum when { NEVER, ALWAYS, ANALYZED, WRITTEN };

static const struct option_info {
    const char *name;
    int since, alone;
    enum when when;
    const char *values;
} option_info[EXPLAIN_OPTION_COUNT] = {
#define EXPLAIN_OPTION(id, name, since, alone, when, values) {name, since, alone, when, values},
#include "db/explain_option.def"
#undef EXPLAIN_OPTION
};

enum { GENERIC_SINCE = 160000 }; /* EXPLAIN (GENERIC_PLAN) */

/* ---- options ---- */

void explain_options_init(struct explain_options *o)
{
    *o = (struct explain_options){.timeout_ms = 30000, .lock_timeout_ms = 5000, .repeat = 1};
}

void explain_options_list(struct buf *out)
{
    for (int i = 0; i < EXPLAIN_OPTION_COUNT; i++) {
        buf_printf(out, "%s%s", i ? ", " : "", option_info[i].name);
        if (option_info[i].values[0])
            buf_printf(out, "=%s", option_info[i].values);
    }
}

static bool unknown_option(struct str name, struct err *err)
{
    struct buf all = {0};
    explain_options_list(&all);
    err_set(err, ERR_USAGE, "EXPLAIN has no option '%.*s' that can be chosen", STR_ARG(name));
    err_hint(err, "there are %s", all.data);
    buf_free(&all);
    return false;
}

/* Whether one of the words of "text|binary" is the value. */
static bool takes_value(const struct option_info *info, struct str value)
{
    struct str rest = str_of(info->values);
    while (rest.len) {
        ptrdiff_t bar = str_find(rest, "|");
        struct str word = str_sub(rest, 0, bar < 0 ? rest.len : (size_t)bar);
        if (str_eq(word, value))
            return true;
        rest = str_sub(rest, bar < 0 ? rest.len : (size_t)bar + 1, rest.len);
    }
    return str_is(value, "on") || str_is(value, "off");
}

static bool set_option(struct arena *a, struct explain_options *o, struct str word, struct err *err)
{
    ptrdiff_t equals = str_find(word, "=");
    struct str name = str_trim(str_sub(word, 0, equals < 0 ? word.len : (size_t)equals));
    struct str value =
        equals < 0 ? STR("on") : str_trim(str_sub(word, (size_t)equals + 1, word.len));
    for (int i = 0; i < EXPLAIN_OPTION_COUNT; i++) {
        const struct option_info *info = &option_info[i];
        if (!str_is_nocase(name, info->name))
            continue;
        if (!takes_value(info, value))
            return err_set(err, ERR_USAGE, "EXPLAIN's option %s does not take '%.*s'", info->name,
                           STR_ARG(value));
        o->values[i] = arena_strndup(a, value.p, value.len);
        return true;
    }
    return unknown_option(name, err);
}

bool explain_options_set(struct arena *a, struct explain_options *o, struct str list,
                         struct err *err)
{
    while (list.len) {
        ptrdiff_t comma = str_find(list, ",");
        struct str word = str_sub(list, 0, comma < 0 ? list.len : (size_t)comma);
        if (!set_option(a, o, word, err))
            return false;
        list = str_sub(list, comma < 0 ? list.len : (size_t)comma + 1, list.len);
    }
    return true;
}

/* ---- one execution ---- */

struct run {
    struct conn *c;
    struct arena *arena;
    const struct explain_options *o;
    const struct explain_statement *s;
    struct buf left_out;
};

static bool is_default(const struct run *r, const struct option_info *info)
{
    switch (info->when) {
    case NEVER:
        return false;
    case ALWAYS:
        return true;
    case ANALYZED:
        return r->o->analyze;
    case WRITTEN:
        return r->o->analyze && r->o->write;
    }
    return false;
}

/* Why an option that is wanted cannot be had; NULL: it can. */
static const char *obstacle(struct run *r, const struct option_info *info)
{
    int version = conn_version(r->c);
    if (version < info->since)
        return arena_printf(r->arena, "PostgreSQL %d has no EXPLAIN option %s; %d has",
                            version / 10000, info->name, info->since / 10000);
    if (!r->o->analyze && (info->alone == 0 || version < info->alone))
        return arena_printf(r->arena, "EXPLAIN's option %s needs the statement to be executed",
                            info->name);
    return NULL;
}

/* "EXPLAIN (FORMAT JSON, ...) ". */
static void add_explain(struct run *r, struct buf *b)
{
    buf_adds(b, "EXPLAIN (FORMAT JSON");
    if (r->o->analyze)
        buf_adds(b, ", ANALYZE");
    for (int i = 0; i < EXPLAIN_OPTION_COUNT; i++) {
        const struct option_info *info = &option_info[i];
        const char *value = r->o->values[i];
        if (value ? strcmp(value, "off") == 0 && !is_default(r, info) : !is_default(r, info))
            continue;
        const char *why = obstacle(r, info);
        if (why && value && strcmp(value, "off") != 0)
            buf_printf(&r->left_out, "%s\n", why);
        if (!why && (!value || strcmp(value, "on") == 0))
            buf_printf(b, ", %s", info->name);
        else if (!why)
            buf_printf(b, ", %s %s", info->name, value);
    }
}

/* A literal of any type that the server then makes of it; NULL where there is no value. */
static void add_literal(struct buf *b, struct str value)
{
    if (!value.p) {
        buf_adds(b, "NULL");
        return;
    }
    buf_adds(b, "E'");
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] == '\'' || value.p[i] == '\\')
            buf_addc(b, '\\');
        buf_addc(b, value.p[i]);
    }
    buf_addc(b, '\'');
}

/* The user's statement behind what is in the buffer already. */
static bool send_statement(struct run *r, struct buf *b, bool simple, bool bind,
                           struct conn_result *out, struct err *err)
{
    struct conn_place place = r->s->place;
    place.prefix = b->len;
    buf_addstr(b, r->s->sql);
    struct conn_request request = {.sql = buf_str(b), .place = &place, .simple = simple};
    if (bind) {
        request.params = r->s->params;
        request.param_count = r->s->param_count;
    }
    return conn_run(r->c, r->arena, &request, out, err);
}

/*
 * The generic plan of a server that has no GENERIC_PLAN, or one that is executed: by way of a
 * prepared statement. That lives as long as the session, which may be somebody else's next, so
 * it goes before the transaction ends, whatever became of it.
 */
static bool run_prepared(struct run *r, struct conn_result *out, struct err *err)
{
    struct buf b = {0};
    buf_adds(&b, "PREPARE pgsift_generic AS ");
    bool good = conn_do(r->c, "SET LOCAL plan_cache_mode = force_generic_plan", err) &&
                send_statement(r, &b, false, false, NULL, err);
    if (good) {
        buf_clear(&b);
        add_explain(r, &b);
        buf_adds(&b, ") EXECUTE pgsift_generic");
        for (size_t i = 0; i < r->s->param_count; i++) {
            buf_adds(&b, i ? ", " : "(");
            add_literal(&b, r->s->params ? r->s->params[i] : (struct str){0});
        }
        buf_adds(&b, r->s->param_count ? ")" : "");
        struct conn_request request = {.sql = buf_str(&b)};
        struct conn_request forget = {.sql = STR("DEALLOCATE pgsift_generic"), .always = true};
        struct conn_request back = {.sql = STR("ROLLBACK TO pgsift"), .always = true};
        struct err ignored = {0};
        good =
            conn_do(r->c, "SAVEPOINT pgsift", err) && conn_run(r->c, r->arena, &request, out, err);
        if (!good)
            conn_run(r->c, r->arena, &back, NULL, &ignored);
        conn_run(r->c, r->arena, &forget, NULL, &ignored);
    }
    buf_free(&b);
    return good;
}

static bool run_explain(struct run *r, struct conn_result *out, struct err *err)
{
    struct buf b = {0};
    bool simple = r->o->generic && r->s->param_count;
    if (simple && (r->o->analyze || conn_version(r->c) < GENERIC_SINCE))
        return run_prepared(r, out, err);
    add_explain(r, &b);
    buf_adds(&b, simple ? ", GENERIC_PLAN) " : ") ");
    bool good = send_statement(r, &b, simple, !simple, out, err);
    buf_free(&b);
    return good;
}

static bool is_primary(struct run *r, struct err *err)
{
    struct conn_request request = {.sql = STR("SELECT /* pgsift */ pg_is_in_recovery()")};
    struct conn_result out;
    if (!r->o->write)
        return true;
    if (!conn_run(r->c, r->arena, &request, &out, err))
        return false;
    if (!str_is(conn_cell(&out, 0, 0), "t"))
        return true;
    err_set(err, ERR_SQL, "the server is a standby, which changes no data");
    err_hint(err, "connect to the primary (target_session_attrs=primary finds it), or do not allow "
                  "writing");
    return false;
}

static bool run_inside(struct run *r, struct str *json, struct err *err)
{
    struct conn_result out = {0};
    buf_clear(&r->left_out);
    bool good = run_explain(r, &out, err);
    *json = conn_cell(&out, 0, 0);
    if (good && !json->p)
        return err_set(err, ERR_SQL, "EXPLAIN gave nothing: the statement has no plan");
    return good;
}

bool explain_in_transaction(struct conn *c, struct arena *a, const struct explain_options *o,
                            const struct explain_statement *s, struct str *json, struct err *err)
{
    struct run r = {.c = c, .arena = a, .o = o, .s = s};
    bool good = run_inside(&r, json, err);
    buf_free(&r.left_out);
    return good;
}

/* In a transaction of its own. */
static bool run_once(struct run *r, struct str *json, struct err *err)
{
    struct txn_options txn = {
        .write = r->o->write,
        .timeout_ms = r->o->timeout_ms,
        .lock_timeout_ms = r->o->lock_timeout_ms,
    };
    if (!is_primary(r, err) || !txn_begin(r->c, &txn, err))
        return false;
    bool good = run_inside(r, json, err);
    txn_end(r->c);
    return good;
}

/* ---- several executions ---- */

struct timed {
    struct str json;
    double ms;
};

static int by_time(const void *a, const void *b)
{
    const struct timed *x = a, *y = b;
    return (x->ms > y->ms) - (x->ms < y->ms);
}

/* "Execution Time" of a plan; NAN when there is none. */
static double execution_ms(struct str text)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    const struct json *doc = json_parse(a, text, &err);
    double ms = json_num(json_first(doc), "Execution Time", NAN);
    arena_free(a);
    return ms;
}

static void take_runs(struct explain_result *out, struct timed *runs, int count)
{
    qsort(runs, (size_t)count, sizeof *runs, by_time);
    int middle = (count - 1) / 2;
    out->json = runs[middle].json;
    out->runs = count;
    out->min_ms = runs[0].ms;
    out->median_ms = (runs[middle].ms + runs[count / 2].ms) / 2;
}

bool explain_statement(struct conn *c, struct arena *a, const struct explain_options *o,
                       const struct explain_statement *s, struct explain_result *out,
                       struct err *err)
{
    struct run r = {.c = c, .arena = a, .o = o, .s = s};
    int want = o->analyze && o->repeat > 1 ? o->repeat : 1, have = 0;
    struct timed *runs = xcalloc((size_t)want, sizeof *runs);
    bool good = true;
    *out = (struct explain_result){.min_ms = NAN, .median_ms = NAN};
    while (good && have < want) {
        good = run_once(&r, &runs[have].json, err);
        if (good && o->analyze)
            runs[have].ms = execution_ms(runs[have].json);
        have += good;
    }
    if (have && o->analyze)
        take_runs(out, runs, have);
    else
        out->json = runs[0].json;
    if (r.left_out.len)
        out->left_out = arena_strdup(a, r.left_out.data);
    buf_free(&r.left_out);
    free(runs);
    return good;
}
