/*
 * A dress changes nothing: every file of plans/odd that holds the plan of base.* gives that
 * plan with all its properties and figures. The others are other executions of the same
 * statement (psql ran it, or auto_explain): there the tree and the estimates are the same.
 */
#include "base/arena.h"
#include "fixture.h"
#include "plan_equal.h"
#include "plan_outline.h"
#include "read/read.h"
#include "tap.h"

/* What differs between two executions, and what only some of them were asked for. */
static const struct plan_excuse executions[] = {
    {NULL, "Actual Startup Time", EXCUSE_ANY}, {NULL, "Actual Total Time", EXCUSE_ANY},
    {NULL, "Actual Rows", EXCUSE_ANY},         {"node", "Rows Removed by Filter", EXCUSE_ANY},
    {NULL, "Shared Hit Blocks", EXCUSE_ANY},   {NULL, "Shared Read Blocks", EXCUSE_ANY},
    {"node", "Peak Memory Usage", EXCUSE_ANY}, {"node", "Maximum Storage", EXCUSE_ANY},
    {"node", "Sort Space Used", EXCUSE_ANY},   {"worker", "Actual Loops", EXCUSE_ANY},
    {"plan", "planning_ms", EXCUSE_ANY},       {"plan", "execution_ms", EXCUSE_ANY},
    {"plan", "query_text", EXCUSE_ANY},
};

/* How far a file may differ from base.*, beyond its dress. */
static const struct variant {
    const char *name;
    bool untyped, any_order, by_value;
} variants[] = {
    {"jsonb-keys-sorted", false, true, true}, {"strings", true, false, false},
    {"compact", false, false, true},          {"object", false, false, true},
    {"row-object", false, false, true},
};

static struct str base_name(struct str file)
{
    ptrdiff_t dot = str_find(file, ".");
    return str_sub(file, 0, dot < 0 ? file.len : (size_t)dot);
}

static void set_variant(struct plan_comparison *c, struct str name)
{
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (str_is(name, variants[i].name)) {
            c->untyped = variants[i].untyped;
            c->any_order = variants[i].any_order;
            c->by_value = variants[i].by_value;
        }
}

static bool is_other_execution(struct str name)
{
    return str_starts(name, "psql-");
}

static void compare_plan(const char *path, struct str name, const struct plan *base,
                         const struct plan *p)
{
    struct plan_comparison c = {0};
    set_variant(&c, name);
    if (is_other_execution(name)) {
        c.excuses = executions;
        c.excuse_count = sizeof executions / sizeof executions[0];
    }
    ok(plan_equal(&c, base, p), "%s is the plain plan", path);
    if (c.why[0])
        printf("# %s\n", c.why);
}

static void compare_file(struct arena *a, const char *path, struct str name,
                         const struct plan *base)
{
    struct read_result r;
    bool two = str_starts(name, "two-plans");
    bool good = read_plans(a, fixture_read(a, path), &r);
    if (!ok(good && r.plan_count == (two ? 2 : 1) && r.problem_count == 0, "%s: read", path)) {
        printf("# %zu plans, %zu problems: %s\n", r.plan_count, r.problem_count,
               r.problem_count ? r.problems[0].err.message : "");
        return;
    }
    for (size_t i = 0; i < r.plan_count; i++)
        compare_plan(path, name, base, r.plans[i]);
}

/* auto_explain's logs hold several statements; the cut ones are less than the whole. */
static bool is_of_one_plan(struct str name)
{
    return !str_starts(name, "autoexplain") && !str_starts(name, "trunc") && !str_is(name, "base");
}

static void compare_dir(const char *dir, const char *format)
{
    struct arena *a = arena_new(0);
    struct read_result r;
    char **names;
    const char *sub = arena_printf(a, "%s/%s", dir, format);
    size_t n = fixture_list(a, sub, "", &names);
    const char *ending = strcmp(format, "text") == 0 ? "txt" : format;
    struct str text = fixture_read(a, arena_printf(a, "%s/base.%s", sub, ending));
    if (!ok(n > 0 && read_plans(a, text, &r), "%s: base is read", sub)) {
        arena_free(a);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (is_of_one_plan(base_name(str_of(names[i]))))
            compare_file(a, arena_printf(a, "%s/%s", sub, names[i]), base_name(str_of(names[i])),
                         r.plans[0]);
    arena_free(a);
}

static void compare_all(const char *dir)
{
    static const char *const formats[] = {"text", "json", "yaml", "xml"};
    for (int f = 0; f < 4; f++)
        compare_dir(dir, formats[f]);
}

/* ---- everything else that was collected is read too ---- */

static void read_dir(const char *dir)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, "", &names), good = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        struct read_result r;
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        bool read = read_plans(a, fixture_read(a, path), &r) && r.problem_count == 0;
        bool nothing = strstr(names[i], "utility-nothing") && r.plan_count == 0;
        good += read || nothing;
        if (!read && !nothing)
            printf("# %s: %s\n", path, r.problem_count ? r.problems[0].err.message : "nothing");
        arena_reset(a, mark);
    }
    ok(n > 0 && good == n, "%s: %zu of %zu files read", dir, good, n);
    arena_free(a);
}

int main(void)
{
    static const char *const versions[] = {"pg12", "pg15", "pg17", "pg18"};
    static const char *const formats[] = {"text", "json", "yaml", "xml"};
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    compare_all("fixtures/odd");
    if (shared)
        compare_all(arena_printf(a, "%s/plans/odd", shared));
    for (size_t v = 0; shared && v < 4; v++)
        for (int f = 0; f < 4; f++) {
            read_dir(arena_printf(a, "%s/plans/%s/%s", shared, versions[v], formats[f]));
            read_dir(arena_printf(a, "%s/plans/%s/eq/%s", shared, versions[v], formats[f]));
        }
    arena_free(a);
    return done();
}
