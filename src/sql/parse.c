#include "sql/parse.h"

#include <pg_query.h>

#include "base/arena.h"
#include "base/err.h"

/* libpg_query wants NUL-terminated text. */
static const char *terminated(struct arena *a, struct str s)
{
    return arena_strndup(a, s.p, s.len);
}

/* PostgreSQL counts cursor positions in characters from 1; our offsets are bytes from 0. */
static size_t byte_offset(struct str s, int cursorpos)
{
    size_t at = 0;
    for (int i = 1; i < cursorpos && at < s.len; i++)
        do
            at++;
        while (at < s.len && ((unsigned char)s.p[at] & 0xC0) == 0x80);
    return at;
}

static bool fail(struct err *err, struct str sql, const PgQueryError *e)
{
    return err_at(err, ERR_SYNTAX, sql.p, sql.len, byte_offset(sql, e->cursorpos), "%s",
                  e->message);
}

/* The negative integer constant written at an offset: "-5", "- 5", "-(5)"; 0 if there is none. */
static double negative_at(struct str sql, double location)
{
    size_t i = location >= 0 && location < (double)sql.len ? (size_t)location : sql.len;
    if (i >= sql.len || sql.p[i] != '-')
        return 0;
    for (i++; i < sql.len && strchr(" \t\r\n(-", sql.p[i]); i++)
        ;
    size_t end = i;
    while (end < sql.len && sql.p[end] >= '0' && sql.p[end] <= '9')
        end++;
    double v;
    return str_to_double(str_sub(sql, i, end), &v) ? -v : 0;
}

/*
 * libpg_query writes an integer constant into its JSON only when it is above zero. A negative
 * one is put back here from the source text, so that "ival" is missing for zero alone. (Depth is
 * bounded by the JSON reader's own limit.)
 */
static void restore_negatives(struct arena *a, struct str sql, struct json *v)
{
    struct json *ival = NULL;
    double location = -1;
    for (struct json *m = v->child; m; m = m->next) {
        restore_negatives(a, sql, m);
        if (str_is(m->key, "ival") && m->kind == JSON_OBJECT && !m->child)
            ival = m;
        else if (str_is(m->key, "location"))
            location = m->number;
    }
    double number = ival ? negative_at(sql, location) : 0;
    if (number >= 0)
        return;
    ival->child = arena_alloc(a, sizeof *ival->child);
    *ival->child = (struct json){.kind = JSON_NUMBER, .key = STR("ival"), .number = number};
    ival->count = 1;
}

const struct json *sql_parse(struct arena *a, struct str sql, struct err *err)
{
    PgQueryParseResult r = pg_query_parse(terminated(a, sql));
    struct json *tree = NULL;
    if (r.error)
        fail(err, sql, r.error);
    else
        tree = json_parse(a, str_of(r.parse_tree), err);
    if (tree && memchr(sql.p, '-', sql.len))
        restore_negatives(a, sql, tree);
    pg_query_free_parse_result(r);
    return tree;
}

bool sql_fingerprint(struct str sql, uint64_t *out, struct err *err)
{
    struct arena *a = arena_new(0);
    PgQueryFingerprintResult r = pg_query_fingerprint(terminated(a, sql));
    bool good = !r.error;
    if (good)
        *out = r.fingerprint;
    else
        fail(err, sql, r.error);
    pg_query_free_fingerprint_result(r);
    arena_free(a);
    return good;
}

bool sql_normalize(struct arena *a, struct str sql, struct str *out, struct err *err)
{
    PgQueryNormalizeResult r = pg_query_normalize(terminated(a, sql));
    bool good = !r.error;
    if (good)
        *out = str_dup(a, str_of(r.normalized_query));
    else
        fail(err, sql, r.error);
    pg_query_free_normalize_result(r);
    return good;
}

bool sql_split(struct arena *a, struct str sql, struct sql_part **out, size_t *count,
               struct err *err)
{
    PgQuerySplitResult r = pg_query_split_with_scanner(terminated(a, sql));
    bool good = !r.error;
    if (!good)
        fail(err, sql, r.error);
    *count = good ? (size_t)r.n_stmts : 0;
    *out = arena_calloc(a, *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        size_t from = (size_t)r.stmts[i]->stmt_location;
        (*out)[i].offset = from;
        (*out)[i].text = str_sub(sql, from, from + (size_t)r.stmts[i]->stmt_len);
    }
    pg_query_free_split_result(r);
    return good;
}
