#include "sql/parse.h"

#include <pg_query.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "sql/lex.h"

/*
 * libpg_query writes a tree by recursion without a look at the stack: 60,000 operators in a row
 * end the process. Trees deeper than our reader takes are useless anyway, so such text is turned
 * away before it is parsed. Brackets are no matter: bison gives up at 10,000 of them.
 */
enum { CHAIN_MAX = 2000, BRACKETS_MAX = 10000 };

/* How deep a left-leaning tree the tokens seen so far may build. */
struct chain {
    unsigned operators; /* in the current list element */
    unsigned set_ops;   /* UNION, JOIN ... in the current bracket */
    unsigned outer;     /* both, of the brackets around */
};

static const char *const operator_words[] = {"collate",  "operator", "at",    "is",      "isnull",
                                             "notnull",  "like",     "ilike", "similar", "between",
                                             "overlaps", "in",       NULL};
static const char *const set_words[] = {"union", "intersect", "except", "join", NULL};
static const char *const reset_words[] = {"and", "or", "when", "then", "else", NULL};

static bool is_one_of(const struct lex_token *t, const char *const *words)
{
    for (; *words; words++)
        if (lex_is_word(t, *words))
            return true;
    return false;
}

static void chain_token(struct chain *c, const struct lex_token *t)
{
    if (t->kind == LEX_OP)
        c->operators++;
    else if (lex_is(t, ","))
        c->operators = 0;
    else if (lex_is(t, ";"))
        c->operators = c->set_ops = 0;
    if (t->kind != LEX_IDENT)
        return;
    if (is_one_of(t, reset_words))
        c->operators = 0;
    else if (is_one_of(t, operator_words))
        c->operators++;
    else if (is_one_of(t, set_words))
        c->set_ops++;
}

static bool is_opening(const struct lex_token *t)
{
    return lex_is(t, "(") || lex_is(t, "[") || lex_is_word(t, "case");
}

static bool is_closing(const struct lex_token *t)
{
    return lex_is(t, ")") || lex_is(t, "]") || lex_is_word(t, "end");
}

static bool nests_too_deeply(struct str sql)
{
    struct chain *stack = NULL;
    size_t depth = 0, room = 0;
    struct chain now = {0};
    struct lex lex = {.s = sql};
    bool deep = false;
    for (struct lex_token t; !deep && lex_next(&lex, &t);) {
        if (is_opening(&t)) {
            if (depth == room)
                stack = xrealloc(stack, (room = room ? room * 2 : 64) * sizeof *stack);
            stack[depth++] = now;
            now = (struct chain){.outer = now.outer + now.operators + now.set_ops};
        } else if (is_closing(&t)) {
            if (depth)
                now = stack[--depth];
        } else {
            chain_token(&now, &t);
        }
        deep = now.outer + now.operators + now.set_ops > CHAIN_MAX || depth > BRACKETS_MAX;
    }
    free(stack);
    return deep;
}

static bool too_deep(struct err *err)
{
    return err_set(err, ERR_SYNTAX, "the statement nests too deeply");
}

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

size_t sql_map_back(const struct sql_map *map, size_t out)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (map->edits[mid].out <= out)
            low = mid + 1;
        else
            high = mid;
    }
    size_t in = low ? map->edits[low - 1].in + (out - map->edits[low - 1].out) : out;
    size_t limit = low < map->count ? map->edits[low].in : map->original.len;
    return in < limit ? in : limit;
}

static bool fail_mapped(struct err *err, struct str sql, const struct sql_map *map,
                        const PgQueryError *e)
{
    size_t at = sql_map_back(map, byte_offset(sql, e->cursorpos));
    return err_at(err, ERR_SYNTAX, map->original.p, map->original.len, at, "%s", e->message);
}

/* The integer behind the minus signs (and brackets) at a place of the text. */
static double negative_at(struct str sql, size_t at)
{
    struct lex lex = {.s = sql, .at = at};
    long long value = 0;
    for (struct lex_token t; lex_next(&lex, &t);)
        if (t.kind == LEX_NUMBER)
            return str_to_int64(t.text, &value) ? -(double)value : 0;
        else if (!lex_is(&t, "-") && !lex_is(&t, "+") && !lex_is(&t, "("))
            break;
    return 0;
}

/* libpg_query leaves integers below 0 out of its JSON: {"ival": {}}, which ought to be 0. */
static void mend_const(struct arena *a, struct str sql, const struct json *constant)
{
    struct json *ival = NULL;
    for (struct json *m = constant->child; m; m = m->next)
        if (str_is(m->key, "ival"))
            ival = m;
    double at = json_num(constant, "location", -1);
    if (!ival || ival->child || at < 0 || at >= (double)sql.len || sql.p[(size_t)at] != '-')
        return;
    struct json *value = arena_alloc(a, sizeof *value);
    value->kind = JSON_NUMBER;
    value->key = STR("ival");
    value->number = negative_at(sql, (size_t)at);
    ival->child = value;
    ival->count = 1;
}

/* Recursion is as deep as json_parse lets a document be. */
static void mend_tree(struct arena *a, struct str sql, struct json *v)
{
    if (str_is(v->key, "A_Const"))
        mend_const(a, sql, v);
    for (struct json *e = v->child; e; e = e->next)
        mend_tree(a, sql, e);
}

/* The tree is libpg_query's own JSON: all that can be wrong with it is its depth. */
static const struct json *read_tree(struct arena *a, struct str sql, const char *tree,
                                    struct err *err)
{
    struct err ours = {0};
    struct json *v = json_parse(a, str_of(tree), &ours);
    if (!v)
        too_deep(err);
    else if (memchr(sql.p ? sql.p : "", '-', sql.len))
        mend_tree(a, sql, v);
    return v;
}

const struct json *sql_parse_mapped(struct arena *a, struct str sql, const struct sql_map *map,
                                    struct err *err)
{
    if (nests_too_deeply(sql)) {
        too_deep(err);
        return NULL;
    }
    PgQueryParseResult r = pg_query_parse(terminated(a, sql));
    const struct json *tree = NULL;
    if (r.error)
        fail_mapped(err, sql, map, r.error);
    else
        tree = read_tree(a, sql, r.parse_tree, err);
    pg_query_free_parse_result(r);
    return tree;
}

const struct json *sql_parse(struct arena *a, struct str sql, struct err *err)
{
    struct sql_map same = {.original = sql};
    return sql_parse_mapped(a, sql, &same, err);
}

bool sql_fingerprint(struct str sql, uint64_t *out, struct err *err)
{
    if (nests_too_deeply(sql))
        return too_deep(err);
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
    if (nests_too_deeply(sql))
        return too_deep(err);
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
