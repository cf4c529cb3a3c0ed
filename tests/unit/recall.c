/*
 * A plan that is recalled is the plan that reading its text gives: for the plans of real logs, for
 * these with other digits and constants, and for what looks alike and is not.
 */
#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "../plan_equal.h"
#include "../tap.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "read/body.h"
#include "read/log.h"
#include "read/recall.h"

struct feed {
    struct recall *recall;
    struct arena *a;
    void (*change)(char *p, size_t n, unsigned turn);
    unsigned turn;
    size_t plans, recalled, wrong;
    char why[800];
};

static bool lines_equal(const struct plan *a, const struct plan *b)
{
    bool same =
        a->line == b->line && a->fractional_rows == b->fractional_rows && a->format == b->format;
    for (int i = 0; i < a->node_count && same; i++)
        same = a->nodes[i]->line == b->nodes[i]->line &&
               a->nodes[i]->never_executed == b->nodes[i]->never_executed;
    return same;
}

/* Recall the body, or learn it; then read it, and compare. */
static void check(struct feed *f, struct str body)
{
    struct err err = {0};
    struct plan_comparison c = {0};
    bool json = body.p[0] == '{';
    const struct plan *kept = recall_find(f->recall, body);
    f->plans++;
    f->recalled += kept != NULL;
    if (!kept)
        kept = recall_learn(f->recall, json ? FORMAT_JSON : FORMAT_TEXT, body);
    arena_clear(f->a);
    const struct plan *read = read_body(f->a, NULL, body, &err);
    bool same = kept && read ? plan_equal(&c, read, kept) && lines_equal(read, kept) : !kept;
    if (!same && !f->wrong++)
        snprintf(f->why, sizeof f->why, "%s in %.100s", c.why, body.p);
}

static bool take(void *ctx, const struct log_event *e)
{
    struct feed *f = ctx;
    bool known_format = e->body.len && (e->body.p[0] == '{' || str_starts(e->body, "Query Text: "));
    if (e->kind != LOG_PLAN || !known_format || str_starts(e->body, "Query Text: \""))
        return true;
    struct buf b = {0};
    buf_addstr(&b, e->body);
    if (f->change)
        f->change(b.data, b.len, f->turn);
    check(f, buf_str(&b));
    buf_free(&b);
    return true;
}

static bool feed_file(struct feed *f, const char *path)
{
    struct err err = {0};
    struct buf b = {0};
    struct log_options o = {.year = 2026};
    if (access(path, R_OK) != 0 || !io_read_all(path, &b, &err))
        return false;
    struct log *log = log_new(&o, take, f);
    log_file(log, str_of(path));
    log_feed(log, b.data, b.len);
    log_end(log);
    log_free(log);
    buf_free(&b);
    return true;
}

/* Other digits in decimals, as another execution would have them. */
static void change_decimals(char *p, size_t n, unsigned turn)
{
    for (size_t i = 2; i < n; i++)
        if (isdigit((unsigned char)p[i]) && p[i - 1] == '.' && isdigit((unsigned char)p[i - 2]))
            p[i] = (char)('0' + (p[i] - '0' + turn * 3) % 10);
}

/* Other digits everywhere: 1 to 9 change among themselves. */
static void change_digits(char *p, size_t n, unsigned turn)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= '1' && p[i] <= '9')
            p[i] = (char)('1' + (unsigned)(p[i] - '1' + (int)turn) % 9);
}

/* Letters become others within single quotes: constants, most of them. */
static void change_quoted(char *p, size_t n, unsigned turn)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\'')
            quoted = !quoted;
        else if (quoted && islower((unsigned char)p[i]) && p[i - 1] != '\\')
            p[i] = (char)('a' + (unsigned)(p[i] - 'a' + (int)turn) % 26);
    }
}

/* Any byte may become another one. */
static void change_anything(char *p, size_t n, unsigned turn)
{
    static const char bytes[] = "'\"\\(){}[]:,.0123456789 \t-xE";
    uint32_t random = turn * 2654435761u + (uint32_t)n;
    for (int i = 0; i < 3; i++) {
        random = random * 1664525u + 1013904223u;
        p[random % n] = bytes[(random >> 20) % (sizeof bytes - 1)];
    }
}

static void check_file(const char *path, double least_recalled)
{
    static const struct {
        const char *what;
        void (*change)(char *p, size_t n, unsigned turn);
        bool seen_again; /* most of these must be recalled */
    } changes[] = {{"as they are", NULL, true},
                   {"other decimals", change_decimals, true},
                   {"other digits", change_digits, false},
                   {"other constants", change_quoted, false},
                   {"damage", change_anything, false}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct feed f = {.recall = recall_new(), .a = arena_new(0), .change = changes[i].change};
        bool there = true;
        for (f.turn = 0; f.turn < 3 && there; f.turn++)
            there = feed_file(&f, path);
        if (there) {
            double share = f.plans ? (double)f.recalled / (double)f.plans : 0;
            ok(f.plans > 0 && f.wrong == 0, "%s, %s: %zu plans, %zu recalled, the same as read",
               path, changes[i].what, f.plans, f.recalled);
            if (f.wrong)
                printf("# %s\n", f.why);
            if (changes[i].seen_again)
                ok(share >= least_recalled, "%s, %s: two of three are recalled", path,
                   changes[i].what);
        }
        arena_free(f.a);
        recall_free(f.recall);
    }
}

/* ---- by hand ---- */

#define JSON(query, rows, loops, filter)                                                           \
    "{\n  \"Query Text\": \"" query "\",\n  \"Plan\": {\n    \"Node Type\": \"Seq Scan\",\n"       \
    "    \"Actual Rows\": " rows ",\n    \"Actual Loops\": " loops ",\n    \"Filter\": \"" filter  \
    "\"\n  }\n}"
#define TEXT(query, rows, loops, filter)                                                           \
    "Query Text: " query "\nSeq Scan on t  (cost=0.00..1.50 rows=9 width=4) "                      \
    "(actual time=0.010..0.020 rows=" rows " loops=" loops ")\n  Filter: " filter

static void check_pair(const char *what, const char *first, const char *second, size_t recalled)
{
    struct feed f = {.recall = recall_new(), .a = arena_new(0)};
    check(&f, str_of(first));
    check(&f, str_of(second));
    check(&f, str_of(first));
    ok(f.wrong == 0, "%s: the same as read", what);
    if (f.wrong)
        printf("# %s\n", f.why);
    is_int((long long)f.recalled, (long long)recalled, "recalled of the second and third");
    arena_free(f.a);
    recall_free(f.recall);
}

static void by_hand(void)
{
    const char *json = JSON("select 1", "5", "1", "(a = 1)");
    const char *text = TEXT("select 1", "5", "1", "(a = 1)");
    check_pair("JSON, other numbers", json, JSON("select 1", "17", "3", "(a = 1)"), 2);
    check_pair("JSON, never executed", json, JSON("select 1", "0", "0", "(a = 1)"), 2);
    check_pair("JSON, another statement and condition, with escapes", json,
               JSON("select \\\"x\\\"\\n\\u00e9", "5", "1", "(a = '\\\\')"), 2);
    check_pair("JSON, rows with decimals", json, JSON("select 1", "5.00", "1", "(a = 1)"), 1);
    check_pair("JSON, a number with an exponent", json, JSON("select 1", "5e3", "1", "(a = 1)"), 1);
    check_pair("JSON, more digits than a double has", json,
               JSON("select 1", "9007199254740993", "1", "(a = 1)"), 2);
    check_pair("JSON, a statement twice", JSON("a\", \"Query Text\": \"b", "1", "1", "x"),
               JSON("c\", \"Query Text\": \"b", "1", "1", "x"), 0);
    check_pair("text, other numbers", text, TEXT("select 1", "17", "3", "(a = 1)"), 2);
    check_pair("text, other constants", TEXT("select 'a'", "5", "1", "(a = 'a'::text)"),
               TEXT("select 'b c'", "5", "1", "(a = 'b c'::text)"), 2);
    check_pair("text, never executed", text,
               "Query Text: select 1\nSeq Scan on t  (cost=0.00..1.50 rows=9 width=4) "
               "(never executed)\n  Filter: (a = 1)",
               1);
    check_pair("text, rows with decimals", text, TEXT("select 1", "5.00", "1", "(a = 1)"), 1);
    check_pair("text, a constant over two lines", TEXT("select 1", "5", "1", "(a = 'x'::text)"),
               TEXT("select 1", "5", "1", "(a = 'x\n  Heap Fetches: 3'::text)"), 1);
    check_pair("text, a constant that looks like a plan", TEXT("select 'x'", "5", "1", "(a = 1)"),
               TEXT("select '\nResult  (cost=0.00..1.00 rows=1 width=1)'", "5", "1", "(a = 1)"), 1);
}

int main(void)
{
    static const char *const logs[] = {"full-json.log",    "ae-text.log",    "locale-fr-json.log",
                                       "log-duration.log", "no-analyze.log", "verbose.log",
                                       "timing-off.log",   "sampled.log"};
    const char *shared = getenv("PGSIFT_SHARED");
    by_hand();
    check_file("fixtures/logs/stderr-json.log", 0.6);
    check_file("fixtures/logs/stderr-text.log", 0.55);
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        char path[500];
        snprintf(path, sizeof path, "%s/logs/pg15/%s", shared ? shared : "../shared", logs[i]);
        check_file(path, 0.6);
    }
    return done();
}
