#include "work/statement.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "plan/plan.h"
#include "sql/lex.h"

/* Constants of one statement beyond these are not followed: no index rests on so many. */
enum { CONSTANTS_MAX = 256, RUN_SHOWN = 2 };

const char *const work_class_name[] = {"query", "cursor", "copy", "explain", "utility"};

static const struct {
    const char *word;
    enum work_class class;
    bool plain;
} kinds[] = {
    {"select", WORK_NORMAL, true},    {"insert", WORK_NORMAL, true},
    {"update", WORK_NORMAL, true},    {"delete", WORK_NORMAL, true},
    {"with", WORK_NORMAL, true},      {"values", WORK_NORMAL, true},
    {"merge", WORK_NORMAL, true},     {"table", WORK_NORMAL, true},
    {"execute", WORK_NORMAL, false},  {"declare", WORK_CURSOR, false},
    {"fetch", WORK_CURSOR, false},    {"move", WORK_CURSOR, false},
    {"close", WORK_CURSOR, false},    {"copy", WORK_COPY, false},
    {"explain", WORK_EXPLAIN, false},
};

static bool is_constant(const struct lex_token *t)
{
    return t->kind == LEX_STRING || t->kind == LEX_NUMBER || t->kind == LEX_PARAM;
}

/* A token for comparing: letters of words in lower case. */
static uint64_t token_digest(const struct lex_token *t)
{
    char low[64];
    if (t->kind != LEX_IDENT || t->text.len > sizeof low)
        return digest_of(t->text).low;
    for (size_t i = 0; i < t->text.len; i++)
        low[i] = (char)tolower((unsigned char)t->text.p[i]);
    return digest_of((struct str){low, t->text.len}).low;
}

/* ---- reading ---- */

/* Where the reading stands. */
struct reading {
    struct statement *s;
    bool keep_strings; /* code in a string: DO */
    size_t number;     /* of constants shown so far */
    size_t run;        /* constants in a row, with commas between */
    bool comma;        /* one is held back behind a constant */
    bool comma_gap;
    uint64_t before, before_that; /* digests of the tokens last seen */
    bool ended;                   /* by a semicolon */
    size_t end;                   /* offset behind the last token */
};

static void put_gap(struct reading *r, bool gap)
{
    if (gap && r->s->text.len)
        buf_addc(&r->s->text, ' ');
}

static void hash(struct reading *r, uint64_t token)
{
    r->s->fingerprint = digest_mix(r->s->fingerprint, token);
}

/* White space inside code and quoted names is one blank, too. */
static void put_code(struct buf *b, struct str s)
{
    bool gap = false;
    for (size_t i = 0; i < s.len; i++) {
        if (isspace((unsigned char)s.p[i])) {
            gap = true;
            continue;
        }
        if (gap)
            buf_addc(b, ' ');
        gap = false;
        buf_addc(b, s.p[i]);
    }
}

static void flush_comma(struct reading *r)
{
    static const struct lex_token comma = {.kind = LEX_PUNCT, .text = {",", 1}};
    if (!r->comma)
        return;
    put_gap(r, r->comma_gap);
    buf_addc(&r->s->text, ',');
    hash(r, token_digest(&comma));
    r->comma = false;
}

static void keep_constant(struct reading *r, const struct lex_token *t)
{
    struct statement *s = r->s;
    if (t->kind == LEX_PARAM || s->constant_count == CONSTANTS_MAX)
        return;
    if (s->constant_count == s->constant_cap) {
        s->constant_cap = s->constant_cap * 2 + 8;
        s->constants = xrealloc(s->constants, s->constant_cap * sizeof *s->constants);
    }
    uint64_t context = digest_mix(r->before_that, r->before);
    s->constants[s->constant_count++] = digest_add(context, t->text);
}

/* The third of a list and those after it show as dots, and to our fingerprint one is as good as
 * many. */
static void take_constant(struct reading *r, const struct lex_token *t, bool gap)
{
    static const struct lex_token sign = {.kind = LEX_PARAM, .text = {"$", 1}};
    keep_constant(r, t);
    r->run = r->comma ? r->run + 1 : 1;
    if (r->run > 1)
        r->comma = false;
    if (r->run == 1)
        hash(r, token_digest(&sign));
    if (r->run <= RUN_SHOWN) {
        if (r->run > 1) {
            put_gap(r, r->comma_gap);
            buf_addc(&r->s->text, ',');
        }
        put_gap(r, gap);
        buf_printf(&r->s->text, "$%zu", ++r->number);
    } else if (r->run == RUN_SHOWN + 1) {
        buf_adds(&r->s->text, ", ...");
    }
    r->before_that = r->before;
    r->before = token_digest(&sign);
}

static void take_token(struct reading *r, const struct lex_token *t)
{
    bool gap = t->at > r->end;
    r->end = t->at + t->text.len;
    if (lex_is(t, ";")) {
        r->ended = true;
        return;
    }
    if (r->ended) {
        r->s->batch = true;
        flush_comma(r);
        buf_addc(&r->s->text, ';');
        hash(r, ';');
        r->ended = false;
        r->run = 0;
    }
    if (is_constant(t) && !(r->keep_strings && t->kind == LEX_STRING)) {
        take_constant(r, t, gap);
        return;
    }
    if (lex_is(t, ",") && r->run && !r->comma) {
        r->comma = true;
        r->comma_gap = gap;
    } else {
        flush_comma(r);
        r->run = 0;
        put_gap(r, gap);
        put_code(&r->s->text, t->text);
        hash(r, token_digest(t));
    }
    r->before_that = r->before;
    r->before = token_digest(t);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void sort_constants(struct statement *s)
{
    size_t kept = 0;
    if (s->constant_count)
        qsort(s->constants, s->constant_count, sizeof *s->constants, compare_u64);
    for (size_t i = 0; i < s->constant_count; i++)
        if (kept == 0 || s->constants[kept - 1] != s->constants[i])
            s->constants[kept++] = s->constants[i];
    s->constant_count = kept;
}

/* The statement behind "PREPARE name (types) AS": what an EXECUTE runs. */
static struct str unprepared(struct str sql)
{
    struct lex lex = {.s = sql};
    struct lex_token t;
    int depth = 0;
    if (!lex_next(&lex, &t) || !lex_is_word(&t, "prepare"))
        return sql;
    while (lex_next(&lex, &t)) {
        depth += lex_is(&t, "(") - lex_is(&t, ")");
        if (depth == 0 && lex_is_word(&t, "as"))
            return str_trim(str_sub(sql, lex.at, sql.len));
    }
    return sql;
}

static void classify(struct statement *s, struct reading *r)
{
    struct lex lex = {.s = s->sql};
    struct lex_token t;
    s->class = WORK_UTILITY;
    s->plain = false;
    do
        if (!lex_next(&lex, &t))
            return;
    while (lex_is(&t, "(") || lex_is(&t, ";"));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (lex_is_word(&t, kinds[i].word)) {
            s->class = kinds[i].class;
            s->plain = kinds[i].plain;
        }
    r->keep_strings = lex_is_word(&t, "do");
}

/* A cut never splits a character. */
static void cut(struct buf *b)
{
    if (b->len <= STATEMENT_SHOWN)
        return;
    b->len = STATEMENT_SHOWN;
    while (b->len && ((unsigned char)b->data[b->len] & 0xC0) == 0x80)
        b->len--;
    buf_adds(b, " ...");
}

void statement_read(struct statement *s, struct str sql, bool no_values)
{
    struct reading r = {.s = s};
    struct lex lex = {.s = unprepared(str_trim(sql))};
    s->sql = lex.s;
    buf_clear(&s->text);
    s->fingerprint = 1;
    s->batch = false;
    s->constant_count = 0;
    classify(s, &r);
    r.keep_strings = r.keep_strings && !no_values;
    for (struct lex_token t; lex_next(&lex, &t);)
        take_token(&r, &t);
    sort_constants(s);
    s->plain = s->plain && !s->batch;
    s->text_len = s->text.len;
    s->digest = digest_of(buf_str(&s->text));
    cut(&s->text);
}

void statement_release(struct statement *s)
{
    buf_free(&s->text);
    free(s->constants);
    *s = (struct statement){0};
}

/* ---- texts of several statements ---- */

/* Cut the next statement off; false at the end. */
static bool next_part(struct lex *lex, struct str *part)
{
    struct lex_token t;
    do {
        size_t from = lex->at, to = from;
        while (lex_next(lex, &t) && !lex_is(&t, ";"))
            to = t.at + t.text.len;
        *part = str_trim(str_sub(lex->s, from, to));
        if (t.kind == LEX_END && part->len == 0)
            return false;
    } while (part->len == 0);
    return true;
}

static bool names(const struct lex_token *t, struct str name)
{
    if (t->kind == LEX_IDENT) {
        if (t->text.len != name.len)
            return false;
        for (size_t i = 0; i < name.len; i++)
            if (tolower((unsigned char)t->text.p[i]) != name.p[i])
                return false;
        return true;
    }
    return t->kind == LEX_QUOTED && t->text.len == name.len + 2 &&
           str_eq(str_sub(t->text, 1, t->text.len - 1), name);
}

static bool mentions(struct str sql, struct str name)
{
    struct lex lex = {.s = sql};
    for (struct lex_token t; lex_next(&lex, &t);)
        if (names(&t, name))
            return true;
    return false;
}

/* How many nodes of the plan speak for the statement, less those that speak against it. */
static int fit(struct str sql, const struct plan *p)
{
    enum { NODES_ASKED = 64 };
    int score = 0;
    struct str operation = node_text(p->root, PROP_OPERATION);
    struct lex lex = {.s = sql};
    struct lex_token first;
    bool changes =
        lex_next(&lex, &first) && (lex_is_word(&first, "insert") || lex_is_word(&first, "update") ||
                                   lex_is_word(&first, "delete") || lex_is_word(&first, "merge"));
    if (changes)
        score += operation.len &&
                         str_is_nocase(operation, "insert") == lex_is_word(&first, "insert") &&
                         str_is_nocase(operation, "update") == lex_is_word(&first, "update") &&
                         str_is_nocase(operation, "delete") == lex_is_word(&first, "delete")
                     ? 1
                     : -100;
    else if (operation.len)
        score--; /* WITH, or a statement that has nothing to do with it */
    for (int i = 0; i < p->node_count && i < NODES_ASKED; i++) {
        struct str name = node_text(p->nodes[i], PROP_RELATION_NAME);
        if (name.len)
            score += mentions(sql, name) ? 1 : -1;
    }
    return score;
}

static bool gives_plan(struct str sql)
{
    static const char *const never[] = {"set",     "begin", "commit",   "rollback", "start",
                                        "end",     "show",  "reset",    "discard",  "analyze",
                                        "vacuum",  "close", "fetch",    "move",     "savepoint",
                                        "release", "lock",  "truncate", "notify",   "listen"};
    struct lex lex = {.s = sql};
    struct lex_token t;
    if (!lex_next(&lex, &t))
        return false;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (lex_is_word(&t, never[i]))
            return false;
    return true;
}

struct str statement_of_plan(struct str batch, const struct plan *p, size_t index)
{
    struct str part, best = batch;
    int most = -1000000;
    size_t seen = 0;
    struct lex lex = {.s = batch};
    while (next_part(&lex, &part)) {
        if (!gives_plan(part))
            continue;
        int score = fit(part, p);
        if (score > most || (score == most && seen <= index))
            best = part;
        seen = score > most ? 1 : seen + (score == most);
        most = score > most ? score : most;
    }
    return best;
}

/* ---- constants that never vary ---- */

static bool holds(const uint64_t *sorted, size_t count, uint64_t v)
{
    return count && bsearch(&v, sorted, count, sizeof v, compare_u64);
}

void statement_add_fixed(struct buf *out, struct str sql, const uint64_t *constants, size_t count)
{
    sql = unprepared(str_trim(sql));
    struct lex lex = {.s = sql};
    uint64_t before = 0, before_that = 0;
    size_t done = 0;
    static const struct lex_token sign = {.kind = LEX_PARAM, .text = {"$", 1}};
    for (struct lex_token t; lex_next(&lex, &t);) {
        if (is_constant(&t)) {
            uint64_t digest = digest_add(digest_mix(before_that, before), t.text);
            buf_addstr(out, str_sub(sql, done, t.at));
            if (t.kind != LEX_PARAM && holds(constants, count, digest))
                buf_addstr(out, t.text);
            else
                buf_addc(out, '?');
            done = t.at + t.text.len;
        } else if (lex_is(&t, ";")) {
            continue; /* as in reading */
        }
        before_that = before;
        before = token_digest(is_constant(&t) ? &sign : &t);
    }
    buf_addstr(out, str_sub(sql, done, sql.len));
}
