/*
 * Plans whose long lines were broken: hard, at one width in mid-word, as a terminal does; or
 * softly, between words, as mail does. They are joined again to the plan that they were.
 */
#include "base/arena.h"
#include "fixture.h"
#include "plan_equal.h"
#include "read/read.h"
#include "tap.h"

enum wrap {
    WRAP_HARD,
    WRAP_HARD_TRIMMED, /* blanks at the ends of lines are lost */
    WRAP_SOFT,
    WRAP_QUOTED /* softly, and "> " before each line */
};
static const char *const wrap_names[] = {"hard", "hard, trimmed", "softly", "in quoted mail"};

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* Bytes of the first `count` characters. */
static size_t bytes_of(struct str s, size_t count)
{
    size_t i = 0;
    while (i < s.len && count) {
        i++;
        while (i < s.len && ((unsigned char)s.p[i] & 0xC0) == 0x80)
            i++;
        count--;
    }
    return i;
}

/* Where a line is broken softly: at the last blank that leaves it within the width, behind its
   indentation; else at the next blank. */
static size_t soft_break(struct str s, size_t width)
{
    size_t indent = 0, at = 0, fits = bytes_of(s, width);
    while (indent < s.len && s.p[indent] == ' ')
        indent++;
    if (str_starts(str_sub(s, indent, s.len), "->  "))
        indent += 4;
    for (size_t i = indent; i < s.len; i++)
        if (s.p[i] == ' ' && s.p[i - (i > 0)] != ' ' && (i <= fits || !at))
            at = i;
    return at ? at : s.len;
}

static void wrap_line(struct buf *b, struct str s, size_t width, enum wrap how)
{
    bool hard = how == WRAP_HARD || how == WRAP_HARD_TRIMMED;
    while (characters(s) > width) {
        size_t end = hard ? bytes_of(s, width) : soft_break(s, width);
        struct str part = str_sub(s, 0, end);
        if (how == WRAP_HARD_TRIMMED)
            while (part.len && part.p[part.len - 1] == ' ')
                part.len--;
        buf_adds(b, how == WRAP_QUOTED ? "> " : "");
        buf_addstr(b, part);
        buf_addc(b, '\n');
        s = str_sub(s, end, s.len);
        while (!hard && s.len && s.p[0] == ' ')
            s = str_sub(s, 1, s.len);
    }
    buf_adds(b, how == WRAP_QUOTED ? "> " : "");
    buf_addstr(b, s);
    buf_addc(b, '\n');
}

static struct str wrap_text(struct arena *a, struct str text, size_t width, enum wrap how)
{
    struct buf b = {0};
    struct str line;
    while (str_line(&text, &line))
        wrap_line(&b, line, width, how);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static bool same_wrapped(struct arena *a, const char *path, size_t width, enum wrap how)
{
    struct read_result r, w;
    struct plan_comparison c = {0};
    struct str text = fixture_read(a, path);
    if (!read_plans(a, text, &r))
        return strstr(path, "utility-nothing") != NULL;
    bool good = read_plans(a, wrap_text(a, text, width, how), &w) && w.plan_count == r.plan_count &&
                w.problem_count == 0;
    for (size_t i = 0; good && i < r.plan_count; i++)
        good = plan_equal(&c, r.plans[i], w.plans[i]);
    if (!good && getenv("VERBOSE"))
        printf("# %s %s at %zu: %s %zu problems %s\n", path, wrap_names[how], width, c.why,
               w.problem_count, w.problem_count ? w.problems[0].err.message : "");
    return good;
}

static void wrap_dir(const char *dir, size_t width, enum wrap how, double percent)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, ".txt", &names), good = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        good += same_wrapped(a, arena_printf(a, "%s/%s", dir, names[i]), width, how);
        arena_reset(a, mark);
    }
    ok(n > 0 && (double)good >= (double)n * percent / 100,
       "%s: %zu of %zu plans are the same when broken %s at %zu columns", dir, good, n,
       wrap_names[how], width);
    arena_free(a);
}

int main(void)
{
    static const size_t widths[] = {72, 80, 100, 132};
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    for (int how = WRAP_HARD; how <= WRAP_QUOTED; how++)
        for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
            wrap_dir("fixtures/plans/flat", widths[w], (enum wrap)how, 90);
            if (shared)
                wrap_dir(arena_printf(a, "%s/plans/pg18/text", shared), widths[w], (enum wrap)how,
                         95);
        }
    arena_free(a);
    return done();
}
