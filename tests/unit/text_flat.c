/* Plans whose indentation was lost: the tree is rebuilt from what each node type takes. */
#include "base/arena.h"
#include "fixture.h"
#include "plan_outline.h"
#include "read/read.h"
#include "tap.h"

static struct plan *read_one(struct arena *a, struct str text)
{
    struct read_result r;
    return read_plans(a, text, &r) ? r.plans[0] : NULL;
}

static struct str outline(struct arena *a, const struct plan *p)
{
    struct buf b = {0};
    plan_outline(&b, p, true);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

enum loss {
    LOSE_INDENTATION,
    LOSE_ARROWS, /* too */
    LOSE_LINES   /* all in one line */
};
static const char *const loss_names[] = {"indentation", "indentation and arrows", "line ends"};

/* The first plan of a text as such a loss leaves it. */
static struct str flatten(struct arena *a, struct str text, enum loss loss)
{
    struct buf b = {0};
    struct str line;
    while (str_line(&text, &line)) {
        line = str_trim(line);
        if (line.len == 0)
            break;
        if (loss == LOSE_ARROWS && str_starts(line, "->"))
            line = str_trim(str_sub(line, 2, line.len));
        buf_addstr(&b, line);
        buf_addc(&b, loss == LOSE_LINES ? ' ' : '\n');
    }
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static bool rebuilt(struct arena *a, const char *name, struct str text, enum loss loss)
{
    const struct plan *p = read_one(a, text), *q = read_one(a, flatten(a, text, loss));
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
static void rebuild_dir(const char *dir, enum loss loss, double percent)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, ".txt", &names), good = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        struct str text = fixture_read(a, path);
        good += rebuilt(a, path, text, loss);
        arena_reset(a, mark);
    }
    ok(n > 0 && (double)good >= (double)n * percent / 100,
       "%s: %zu of %zu trees rebuilt without %s", dir, good, n, loss_names[loss]);
    arena_free(a);
}

int main(void)
{
    static const char *const versions[] = {"pg12", "pg15", "pg17", "pg18"};
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    for (int loss = LOSE_INDENTATION; loss <= LOSE_LINES; loss++) {
        rebuild_dir("fixtures/plans/flat", (enum loss)loss, 100);
        for (size_t v = 0; shared && v < sizeof versions / sizeof versions[0]; v++)
            rebuild_dir(arena_printf(a, "%s/plans/%s/text", shared, versions[v]), (enum loss)loss,
                        98);
    }
    arena_free(a);
    return done();
}
