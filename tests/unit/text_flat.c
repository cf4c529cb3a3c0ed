/* Plans whose indentation was lost: the tree is rebuilt from what each node type takes. */
#include "base/arena.h"
#include "base/err.h"
#include "fixture.h"
#include "plan/build.h"
#include "plan_outline.h"
#include "read/text.h"
#include "tap.h"

static struct plan *read_one(struct arena *a, struct str text)
{
    struct build *b = build_new(a, FORMAT_TEXT);
    struct err err = {0};
    size_t used, count;
    if (!read_text(b, text, 1, &used, &err)) {
        build_abandon(b);
        return NULL;
    }
    struct plan **plans = build_finish(b, &count);
    return count ? plans[0] : NULL;
}

static struct str outline(struct arena *a, const struct plan *p)
{
    struct buf b = {0};
    plan_outline(&b, p, true);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

/* Every line without its indentation; arrows: keep them. */
static struct str flatten(struct arena *a, struct str text, bool arrows)
{
    struct buf b = {0};
    struct str line;
    while (str_line(&text, &line)) {
        line = str_trim(line);
        if (!arrows && str_starts(line, "->"))
            line = str_trim(str_sub(line, 2, line.len));
        buf_addstr(&b, line);
        buf_addc(&b, '\n');
    }
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static bool rebuilt(struct arena *a, const char *name, struct str text, bool arrows)
{
    const struct plan *p = read_one(a, text), *q = read_one(a, flatten(a, text, arrows));
    if (!p || !q)
        return false;
    struct str want = outline(a, p), got = outline(a, q);
    if (str_eq(want, got))
        return true;
    if (getenv("VERBOSE"))
        printf("# %s\n#  want %.*s\n#  got  %.*s\n", name, STR_ARG(want), STR_ARG(got));
    return false;
}

/* At least `percent` of the trees in a directory come back whole. */
static void rebuild_dir(const char *dir, bool arrows, double percent)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, ".txt", &names), good = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        struct str text = fixture_read(a, path);
        good += rebuilt(a, path, text, arrows);
        arena_reset(a, mark);
    }
    ok(n > 0 && (double)good >= (double)n * percent / 100, "%s: %zu of %zu trees rebuilt %s arrows",
       dir, good, n, arrows ? "from" : "without");
    arena_free(a);
}

int main(void)
{
    static const char *const versions[] = {"pg12", "pg15", "pg17", "pg18"};
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    for (size_t v = 0; shared && v < sizeof versions / sizeof versions[0]; v++) {
        rebuild_dir(arena_printf(a, "%s/plans/%s/text", shared, versions[v]), true, 97);
        rebuild_dir(arena_printf(a, "%s/plans/%s/text", shared, versions[v]), false, 97);
    }
    arena_free(a);
    return done();
}
