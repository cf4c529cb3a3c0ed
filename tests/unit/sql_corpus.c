/* Every expression of the corpus that real servers printed: parsed, understood, written back. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "sql/pred.h"
#include "tap.h"

struct tally {
    size_t rows, failed, opaque, changed;
};

static bool holds_opaque(const struct pred *p)
{
    if (p->kind == PRED_OPAQUE)
        return true;
    for (const struct pred *c = p->child; c; c = c->next)
        if (holds_opaque(c))
            return true;
    return false;
}

/* EXPLAIN puts a reference to what was computed below in parentheses, which mean nothing. */
static bool same_but_parentheses(struct str in, struct str out)
{
    while (!str_eq(in, out)) {
        if (in.len <= out.len + 1 || in.p[0] != '(' || in.p[in.len - 1] != ')')
            return false;
        in = str_sub(in, 1, in.len - 1);
    }
    return true;
}

/* What the deparser does not write back: PARTIAL, and the spelling of some functions. */
static bool is_known_loss(struct str expr)
{
    static const char *const words[] = {"PARTIAL ", "MERGE_ACTION", "JSON_", "WITHIN GROUP"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find(expr, words[i]) >= 0)
            return true;
    return false;
}

static void note(const char *what, struct str key, struct str expr, struct str got)
{
    printf("# %s: [%.*s] %.*s\n#   got %.*s\n", what, STR_ARG(key), STR_ARG(expr), (int)got.len,
           got.len ? got.p : "");
}

static bool is_condition(struct str key)
{
    static const char *const keys[] = {"Filter",          "Index Cond",   "Recheck Cond",
                                       "Hash Cond",       "Merge Cond",   "Join Filter",
                                       "One-Time Filter", "TID Cond",     "Order By",
                                       "Conflict Filter", "Run Condition"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_is(key, keys[i]))
            return true;
    return false;
}

static void try_condition(struct arena *a, struct str key, struct str expr, struct tally *t)
{
    struct pred *p = pred_parse(a, expr);
    if (holds_opaque(p)) {
        t->opaque++;
        note("opaque", key, expr, p->text);
    } else if (!same_but_parentheses(expr, p->text) && !is_known_loss(expr)) {
        t->changed++;
        note("changed", key, expr, p->text);
    }
}

static void try_value(struct arena *a, struct str key, struct str expr, struct tally *t)
{
    bool sort = str_is(key, "Sort Key") || str_is(key, "Presorted Key");
    struct sort_key k = {0};
    struct pred_side s = {0};
    bool good = sort ? sort_key_parse(a, expr, &k) : pred_side_parse(a, expr, &s);
    struct str text = sort ? k.side.text : s.text;
    if (!good) {
        t->failed++;
        note("failed", key, expr, text);
    } else if (!sort && !same_but_parentheses(expr, text) && !is_known_loss(expr)) {
        struct str whole = str_of(arena_printf(a, "(%.*s)", STR_ARG(text)));
        if (same_but_parentheses(expr, whole))
            return;
        t->changed++;
        note("changed", key, expr, text);
    }
}

static void try_row(struct str key, struct str expr, struct tally *t)
{
    if (str_is(expr, "()"))
        return;
    struct arena *a = arena_new(0);
    size_t n = 1;
    const struct str *items = &expr;
    bool condition = is_condition(key);
    if (!condition || str_is(key, "Order By"))
        items = pred_split_list(a, expr, &n);
    for (size_t i = 0; i < n; i++)
        if (condition)
            try_condition(a, key, items[i], t);
        else
            try_value(a, key, items[i], t);
    t->rows++;
    arena_free(a);
}

static struct str read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct str){0};
    struct buf b = {0};
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, chunk, n);
    fclose(f);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static void check(const struct tally *t, const char *source)
{
    ok(t->rows > 500, "%s: %zu expressions", source, t->rows);
    ok(t->failed == 0, "%s: all values parse", source);
    ok(t->opaque == 0, "%s: no condition is opaque", source);
    ok(t->changed == 0, "%s: all are written back as they were", source);
}

static void try_fixture(struct arena *a)
{
    struct tally t = {0};
    struct str rest = read_file(a, "fixtures/sql/expressions.tsv");
    for (struct str line; str_line(&rest, &line);) {
        ptrdiff_t tab = str_find(line, "\t");
        try_row(str_sub(line, 0, (size_t)tab), str_sub(line, (size_t)tab + 1, line.len), &t);
    }
    check(&t, "fixture");
}

static void try_vectors(struct arena *a)
{
    const char *shared = getenv("PGSIFT_SHARED");
    const char *path =
        arena_printf(a, "%s/facts/vectors/expressions.json", shared ? shared : "../shared");
    struct str text = read_file(a, path);
    struct err err = {0};
    if (!text.p) {
        printf("# skipped: %s is not there\n", path);
        return;
    }
    struct tally t = {0};
    const struct json *rows = json_parse(a, text, &err);
    for (const struct json *r = json_first(rows); r; r = r->next) {
        struct str key = json_str(r, "key");
        bool value = !str_is(key, "Window") && !str_is(key, "Table Function Call");
        if (value && json_bool(r, "parses_rewritten", false))
            try_row(key, json_str(r, "expr"), &t);
    }
    check(&t, "all vectors");
}

int main(void)
{
    struct arena *a = arena_new(0);
    try_fixture(a);
    try_vectors(a);
    arena_free(a);
    return done();
}
