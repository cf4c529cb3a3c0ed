/*
 * The JSON reader: every plan of the collections is also parsed by cJSON, whose tree drives a
 * second builder, and the plans must be the same. Then what the reader refuses, and where.
 */
#include "read/json.h"

#include "base/arena.h"
#include "base/err.h"
#include "cjson_walk.h"
#include "fixture.h"
#include "plan_equal.h"
#include "tap.h"

static struct plan **read_ours(struct arena *a, struct str text, size_t *count)
{
    struct err err = {0};
    size_t used;
    struct build *b = build_new(a, FORMAT_JSON);
    if (read_json(b, text, 1, &used, &err) && str_trim(str_sub(text, used, text.len)).len == 0)
        return build_finish(b, count);
    build_abandon(b);
    return NULL;
}

static struct plan **read_theirs(struct arena *a, struct str text, size_t *count)
{
    cJSON *tree = cJSON_ParseWithLength(text.p, text.len);
    if (!tree)
        return NULL;
    struct build *b = build_new(a, FORMAT_JSON);
    cjson_walk(b, tree, false);
    cJSON_Delete(tree);
    return build_finish(b, count);
}

/* A double cannot hold every 64-bit identifier, and does not tell 1 from 1.00: both are tested
 * elsewhere (build.c, formats.c). */
static const struct plan_excuse excuses[] = {{"plan", "query_id", EXCUSE_ANY},
                                             {"plan", "fractional_rows", EXCUSE_ANY}};

static bool same_as_cjson(struct arena *a, const char *path)
{
    size_t ours_count = 0, theirs_count = 0;
    struct str text = fixture_read(a, path);
    struct plan **ours = read_ours(a, text, &ours_count);
    struct plan **theirs = read_theirs(a, text, &theirs_count);
    if (!ours || !theirs || ours_count != theirs_count) {
        printf("# %s: %zu plans, cJSON has %zu\n", path, ours_count, theirs_count);
        return false;
    }
    for (size_t i = 0; i < ours_count; i++) {
        struct plan_comparison c = {.excuses = excuses,
                                    .excuse_count = sizeof excuses / sizeof excuses[0],
                                    .by_value = true};
        if (!plan_equal(&c, ours[i], theirs[i])) {
            printf("# %s: %s\n", path, c.why);
            return false;
        }
    }
    return true;
}

static void compare_directory(const char *dir)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, ".json", &names), same = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        same += same_as_cjson(a, arena_printf(a, "%s/%s", dir, names[i]));
        arena_reset(a, mark);
    }
    ok(n > 0 && same == n, "%s: %zu of %zu files give the plans that cJSON's tree gives", dir, same,
       n);
    arena_free(a);
}

static void compare_collection(const char *root)
{
    static const char *const dirs[] = {"pg12/eq", "pg12", "pg15/eq", "pg15",
                                       "pg17/eq", "pg17", "pg18/eq", "pg18"};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
        compare_directory(arena_printf(a, "%s/plans/%s/json", root, dirs[i]));
    arena_free(a);
}

/* ---- syntax ---- */

static void refuses(const char *text, size_t line, size_t column, const char *message)
{
    struct err err = {0};
    size_t used;
    struct arena *a = arena_new(0);
    struct build *b = build_new(a, FORMAT_JSON);
    bool good = read_json(b, str_of(text), 1, &used, &err);
    build_abandon(b);
    arena_free(a);
    bool pass = !good && err.code == ERR_SYNTAX && err.line == line && err.column == column &&
                strcmp(err.message, message) == 0;
    if (!ok(pass, "refused: %s", message))
        printf("# %zu:%zu: %s\n", err.line, err.column, err.message);
}

static void wrong_documents(void)
{
    refuses("", 1, 1, "expected a value, found the end of the input");
    refuses("  x", 1, 3, "expected a value, found 'x'");
    refuses("[1 2]", 1, 4, "expected ',' or ']', found '2'");
    refuses("[1,]", 1, 4, "expected a value, found ']'");
    refuses("[,1]", 1, 2, "expected a value, found ','");
    refuses("[1}", 1, 3, "expected ',' or ']', found '}'");
    refuses("{\"a\":1 \"b\":2}", 1, 8, "expected ',' or '}', found '\"'");
    refuses("{\n  a: 1}", 2, 3, "expected a member name in double quotes, found 'a'");
    refuses("{\"a\" 1}", 1, 6, "expected ':' after a member name, found '1'");
    refuses("{\"a\":1,}", 1, 8, "expected a member name in double quotes, found '}'");
    refuses("{\"a\"", 1, 5, "expected ':' after a member name, found the end of the input");
    refuses("[\"a", 1, 4, "expected the closing quote of a string, found the end of the input");
    refuses("[\"\\q\"]", 1, 4, "expected an escape sequence, found 'q'");
    refuses("[\"\\u12g4\"]", 1, 7, "expected four hexadecimal digits, found 'g'");
    refuses("[-]", 1, 3, "expected a digit, found ']'");
    refuses("[01]", 1, 3, "expected '.' or the end of the number after a leading 0, found '1'");
    refuses("[1.]", 1, 4, "expected a digit, found ']'");
    refuses("[1.5e]", 1, 6, "expected a digit, found ']'");
    refuses("[+1]", 1, 2, "expected a value, found '+'");
    refuses("[tru]", 1, 2, "expected a value, found 't'");
    refuses("[1,\n\t\xC2\xA0 2]", 2, 2, "expected a value, found a non-breaking space");
    refuses("[\"\xC3\xA4\xC3\xB6\", \xE2\x80\x9Cx]", 1, 8,
            "expected a value, found '\xE2\x80\x9C'");
    refuses("[\xFF]", 1, 2, "expected a value, found byte 0xFF");
    refuses("[1\r\n\f]", 2, 1, "expected ',' or ']', found byte 0x0C");
}

static void no_nul(void)
{
    struct err err = {0};
    size_t used;
    struct arena *a = arena_new(0);
    struct build *b = build_new(a, FORMAT_JSON);
    ok(!read_json(b, STR("[\"a\0b\"]"), 1, &used, &err) && err.column == 4 &&
           strcmp(err.message, "expected text, found byte 0x00") == 0,
       "a raw NUL ends no string and is in none");
    build_abandon(b);
    arena_free(a);
}

/* The one string of a document {"Query Text": "...", ...} */
static void string_is(const char *text, struct str want, const char *what)
{
    size_t count = 0;
    struct arena *a = arena_new(0);
    struct plan **plans = read_ours(a, str_of(text), &count);
    struct str got = count == 1 ? plans[0]->query_text : (struct str){0};
    if (!ok(str_eq(got, want), "%s", what))
        printf("# \"%.*s\"\n", STR_ARG(got));
    arena_free(a);
}
#define PLAN_WITH(text) "{\"Query Text\": \"" text "\", \"Plan\": {\"Node Type\": \"Result\"}}"

static void strings(void)
{
    string_is(PLAN_WITH("plain"), STR("plain"), "a plain string");
    string_is(PLAN_WITH(""), STR(""), "an empty one");
    string_is(PLAN_WITH("a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t"), STR("a\"b\\c/d\b\f\n\r\t"), "escapes");
    string_is(PLAN_WITH("\\u0041\\u00e4\\u20AC\\ud83d\\ude00"),
              STR("A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), "Unicode escapes, a pair among them");
    string_is(PLAN_WITH("\\ud83d-\\ude00-\\ud83d\\u0041"),
              STR("\xEF\xBF\xBD-\xEF\xBF\xBD-\xEF\xBF\xBD"
                  "A"),
              "lone halves of pairs become U+FFFD");
    string_is(PLAN_WITH("a\\u0000b"),
              STR("a\xEF\xBF\xBD"
                  "b"),
              "so does U+0000");
    string_is(PLAN_WITH("a\n\tb\x01"), STR("a\n\tb\x01"), "raw control characters are taken");
    string_is(PLAN_WITH("\xC3\xA4\xFF"), STR("\xC3\xA4\xFF"), "bytes stay as they are");
}

static void used_bytes(void)
{
    static const struct {
        const char *text;
        size_t used;
    } cases[] = {{"[] []", 2}, {"  {}\n{}", 4}, {"12 13", 2}, {"\"a\"\"b\"", 3}, {"nullx", 4}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        size_t used = 0;
        struct build *b = build_new(a, FORMAT_JSON);
        bool good = read_json(b, str_of(cases[i].text), 1, &used, &err);
        ok(good && used == cases[i].used && err.code == ERR_NONE,
           "one document and no more: %zu bytes", cases[i].used);
        build_abandon(b);
    }
    arena_free(a);
}

static void lines(void)
{
    size_t count = 0, used;
    struct err err = {0};
    struct arena *a = arena_new(0);
    struct build *b = build_new(a, FORMAT_JSON);
    struct str text =
        STR("[\n {\n  \"Query Text\": \"a\nb\",\n  \"Plan\": {\"Node Type\": \"Limit\",\n"
            "   \"Plans\": [\n\n    {\"Node Type\": \"Result\"}]}}]");
    read_json(b, text, 10, &used, &err);
    struct plan **plans = build_finish(b, &count);
    ok(count == 1 && plans[0]->line == 11 && plans[0]->root->line == 14 && plans[0]->root->child &&
           plans[0]->root->child->line == 17,
       "lines of the plan and its nodes, from the line given");
    arena_free(a);
}

int main(void)
{
    const char *shared = fixture_shared();
    compare_collection("fixtures");
    compare_directory("fixtures/plans/extra");
    if (shared) {
        struct arena *a = arena_new(0);
        compare_collection(shared);
        compare_directory(arena_printf(a, "%s/facts/vectors/plans", shared));
        arena_free(a);
    }
    wrong_documents();
    no_nul();
    strings();
    used_bytes();
    lines();
    return done();
}
