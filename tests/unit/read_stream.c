/*
 * An input that comes in pieces: wherever it is cut, what is handed out early stays true, and in
 * the end there is what reading all of it at once gives.
 */
#include <dirent.h>
#include <stdlib.h>

#include "../tap.h"
#include "base/arena.h"
#include "base/io.h"
#include "plan/plan.h"
#include "read/read.h"

static void add_plan(struct buf *b, const struct plan *p)
{
    buf_printf(b, "line %d nodes %d format %d truncated %d exec %g query %.*s\n", p->line,
               p->node_count, (int)p->format, p->truncated, p->execution_ms,
               STR_ARG(p->query_text));
    for (int i = 0; i < p->node_count; i++)
        buf_printf(b, "  %d %.*s\n", p->nodes[i]->line, STR_ARG(p->nodes[i]->type_name));
}

/* What reading gave, as text. */
static void add_result(struct buf *b, const struct read_result *r)
{
    for (size_t i = 0; i < r->plan_count; i++)
        add_plan(b, r->plans[i]);
    for (size_t i = 0; i < r->problem_count; i++)
        buf_printf(b, "%zu:%zu %d %s | %s | %s\n", r->problems[i].err.line,
                   r->problems[i].err.column, r->problems[i].is_warning, r->problems[i].err.message,
                   r->problems[i].err.hint, r->problems[i].err.near);
}

enum { CUTS = 24 };

/* In pieces that end after `step` more bytes each; *early counts the plans handed out before the
 * end. */
static void read_in_pieces(struct str text, size_t step, struct buf *out, size_t *early)
{
    struct arena *a = arena_new(0);
    struct read_stream *s = read_stream_new(a);
    struct read_result r = {0};
    for (size_t at = step; at < text.len; at += step) {
        char *piece = malloc(at); /* of its own, so that nothing may point into it later */
        memcpy(piece, text.p, at);
        read_stream_go(s, (struct str){piece, at}, false, &r);
        free(piece);
        *early = r.plan_count;
    }
    read_stream_go(s, text, true, &r);
    add_result(out, &r);
    read_stream_free(s);
    arena_free(a);
}

static size_t check_text(const char *name, struct str text)
{
    struct buf whole = {0}, pieces = {0};
    struct read_result r;
    struct arena *a = arena_new(0);
    size_t early, most = 0, wrong = 0, step = text.len / CUTS + 1;
    read_plans(a, text, &r);
    add_result(&whole, &r);
    for (size_t k = 0; k < 3 && !wrong; k++) {
        buf_clear(&pieces);
        early = 0;
        read_in_pieces(text, step + k * (step / 3 + 1), &pieces, &early);
        most = early > most ? early : most;
        if (!str_eq(buf_str(&whole), buf_str(&pieces)))
            wrong = step + k * (step / 3 + 1);
    }
    if (!ok(!wrong, "%s in pieces (%zu bytes)", name, wrong))
        printf("# whole:\n%.*s# pieces:\n%.*s\n", (int)whole.len, whole.data, (int)pieces.len,
               pieces.data);
    buf_free(&whole);
    buf_free(&pieces);
    arena_free(a);
    return most;
}

/* Each file, and all of them one after the other. */
static void check_directory(const char *path)
{
    struct buf all = {0};
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char file[600];
        struct buf content = {0};
        struct err err = {0};
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && io_read_all(file, &content, &err) &&
            content.len < 200000) {
            check_text(names[i]->d_name, buf_str(&content));
            if (!strstr(names[i]->d_name, "utf16"))
                buf_addstr(&all, buf_str(&content));
        }
        buf_free(&content);
        free(names[i]);
    }
    if (all.len)
        check_text(path, buf_str(&all));
    else
        ok(true, "%s # SKIP not there", path);
    buf_free(&all);
    if (n >= 0)
        free(names);
}

static const char one[] = "[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Seq Scan\",\n"
                          "      \"Relation Name\": \"t\"\n    }\n  }\n]\n";
static const char text_one[] = "Seq Scan on t  (cost=0.00..1.01 rows=1 width=4)\n"
                               "  Filter: (a = 1)\n";

/* How many plans are there after each of these pieces. */
static void check_early(const char *what, const char *const *pieces, const size_t *want, size_t n)
{
    struct arena *a = arena_new(0);
    struct read_stream *s = read_stream_new(a);
    struct read_result r;
    struct buf text = {0};
    for (size_t i = 0; i < n; i++) {
        buf_adds(&text, pieces[i]);
        read_stream_go(s, buf_str(&text), i + 1 == n, &r);
        is_int((long long)r.plan_count, (long long)want[i], what);
    }
    is_int((long long)r.problem_count, 0, "without a complaint");
    buf_free(&text);
    read_stream_free(s);
    arena_free(a);
}

static void test_early(void)
{
    check_early(
        "a JSON plan is there when its bracket closes",
        (const char *const[]){"[\n  {\n    \"Plan\": {\n      \"Node Type\": ", "\"Result\"}}]\n",
                              one, "[{", "\"Plan\": {\"Node Type\": \"Limit\"}}]"},
        (const size_t[]){0, 1, 2, 2, 3}, 5);
    check_early("a text plan when something else follows",
                (const char *const[]){text_one, "  Rows Removed by Filter: 3\n", "\n", text_one,
                                      "Planning Time: 0.1 ms\n"},
                (const size_t[]){0, 0, 0, 1, 2}, 5);
}

/* Cancelled in the middle: what was whole stays, what was there of the next is shown. */
static void test_cancel(void)
{
    struct arena *a = arena_new(0);
    struct read_stream *s = read_stream_new(a);
    struct read_result r;
    struct buf text = {0};
    buf_adds(&text, one);
    read_stream_go(s, buf_str(&text), false, &r);
    const struct plan *first = r.plan_count ? r.plans[0] : NULL;
    buf_adds(&text, "[{\"Plan\": {\"Node Type\": \"Limit\", \"Plans\": [{\"Node Type\": \"Sort\"");
    read_stream_go(s, buf_str(&text), false, &r);
    is_int((long long)r.plan_count, 1, "half a plan is none yet");
    read_stream_go(s, buf_str(&text), true, &r);
    is_int((long long)r.plan_count, 2, "at the end it is");
    ok(first && r.plans[0] == first, "the first is still the same");
    ok(r.plan_count == 2 && r.plans[1]->truncated && r.problem_count == 1, "and it is said");
    buf_free(&text);
    read_stream_free(s);
    arena_free(a);
}

int main(void)
{
    test_early();
    test_cancel();
    static const char *const formats[] = {"text", "json", "yaml", "xml"};
    const char *shared = getenv("PGSIFT_SHARED");
    for (size_t i = 0; i < 4; i++) {
        char path[600];
        snprintf(path, sizeof path, "fixtures/odd/%s", formats[i]);
        check_directory(path);
        snprintf(path, sizeof path, "%s/plans/odd/%s", shared ? shared : "../shared", formats[i]);
        check_directory(path);
    }
    check_directory("fixtures/plans/extra");
    check_directory("fixtures/plans/pg15/text");
    check_directory("fixtures/plans/pg17/yaml");
    check_directory("fixtures/plans/pg17/xml");
    return done();
}
