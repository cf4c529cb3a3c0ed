/* Text against JSON: one execution in both formats gives one tree, less what text leaves out. */
#include "base/arena.h"
#include "base/err.h"
#include "fixture.h"
#include "plan/build.h"
#include "read/json.h"
#include "read/text.h"
#include "tap.h"
#include "text_excuses.h"

typedef bool reader(struct build *b, struct str text, int line, size_t *used, struct err *err);

/* All plans of a text, one after the other; NULL after saying why not. */
static struct plan **read_all(struct arena *a, const char *name, struct str text, reader *read,
                              enum plan_format format, size_t *count)
{
    struct build *b = build_new(a, format);
    struct err err = {0};
    while (str_trim(text).len) {
        size_t used;
        if (!read(b, text, 1, &used, &err)) {
            printf("# %s:%zu: %s\n", name, err.line, err.message);
            build_abandon(b);
            return NULL;
        }
        text = str_sub(text, used, text.len);
    }
    return build_finish(b, count);
}

static bool same_plans(struct arena *a, const char *name, struct str json, struct str text)
{
    size_t count, other;
    struct plan **plans = read_all(a, name, json, read_json, FORMAT_JSON, &count);
    struct plan **same = read_all(a, name, text, read_text, FORMAT_TEXT, &other);
    if (!plans || !same || count != other) {
        printf("# %s: %zu plans as JSON, %zu as text\n", name, plans ? count : 0, same ? other : 0);
        return false;
    }
    for (size_t p = 0; p < count; p++) {
        struct plan_comparison c = {0};
        if (!text_says_the_same(&c, plans[p], same[p])) {
            printf("# %s: %s\n", name, c.why);
            return false;
        }
    }
    return true;
}

/* dir/json and dir/text hold the same executions. */
static void compare_dir(const char *dir)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, arena_printf(a, "%s/json", dir), ".json", &names), same = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        const char *text =
            arena_printf(a, "%s/text/%.*s.txt", dir, (int)strlen(names[i]) - 5, names[i]);
        const char *json = arena_printf(a, "%s/json/%s", dir, names[i]);
        same += same_plans(a, text, fixture_read(a, json), fixture_read(a, text));
        arena_reset(a, mark);
    }
    ok(n > 0 && same == n, "%s: %zu of %zu plans are the same as JSON and text", dir, same, n);
    arena_free(a);
}

int main(void)
{
    static const char *const versions[] = {"pg12", "pg15", "pg17", "pg18"};
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
        compare_dir(arena_printf(a, "fixtures/plans/%s/eq", versions[v]));
        if (shared)
            compare_dir(arena_printf(a, "%s/plans/%s/eq", shared, versions[v]));
    }
    arena_free(a);
    return done();
}
