/*
 * The structured formats against each other: one execution in JSON, YAML and XML gives one
 * tree, and every plan of the collections is read without error.
 */
#include "base/arena.h"
#include "base/err.h"
#include "fixture.h"
#include "plan/build.h"
#include "plan_equal.h"
#include "read/json.h"
#include "read/xml.h"
#include "read/yaml.h"
#include "tap.h"

struct format {
    const char *name;
    enum plan_format format;
    bool (*read)(struct build *b, struct str text, int line, size_t *used, struct err *err);
};
static const struct format formats[] = {
    {"json", FORMAT_JSON, read_json},
    {"yaml", FORMAT_YAML, read_yaml},
    {"xml", FORMAT_XML, read_xml},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* Plans of one file; NULL after saying why not. */
static struct plan **read_file(struct arena *a, const char *path, const struct format *f,
                               size_t *count)
{
    struct err err = {0};
    size_t used = 0;
    struct str text = fixture_read(a, path);
    if (!text.p) {
        printf("# %s: cannot be read\n", path);
        return NULL;
    }
    struct build *b = build_new(a, f->format);
    if (!f->read(b, text, 1, &used, &err)) {
        printf("# %s:%zu:%zu: %s\n", path, err.line, err.column, err.message);
        build_abandon(b);
        return NULL;
    }
    if (str_trim(str_sub(text, used, text.len)).len) {
        printf("# %s: %zu of %zu bytes read\n", path, used, text.len);
        build_abandon(b);
        return NULL;
    }
    return build_finish(b, count);
}

static const char *file_path(struct arena *a, const char *dir, const struct format *f,
                             const char *json_name)
{
    return arena_printf(a, "%s/%s/%.*s%s", dir, f->name, (int)strlen(json_name) - 4, json_name,
                        f->name);
}

static bool same_in_all(struct arena *a, const char *dir, const char *json_name)
{
    size_t count, other;
    struct plan **plans =
        read_file(a, file_path(a, dir, &formats[0], json_name), &formats[0], &count);
    if (!plans)
        return false;
    for (int i = 1; i < FORMATS; i++) {
        const char *path = file_path(a, dir, &formats[i], json_name);
        struct plan **same = read_file(a, path, &formats[i], &other);
        struct plan_comparison c = {.untyped = formats[i].format == FORMAT_XML};
        if (!same || other != count) {
            printf("# %s: %zu plans as JSON, %zu here\n", path, count, same ? other : 0);
            return false;
        }
        for (size_t p = 0; p < count; p++)
            if (!plan_equal(&c, plans[p], same[p])) {
                printf("# %s: %s\n", path, c.why);
                return false;
            }
    }
    return true;
}

/* Executions that were printed in all formats: dir/{json,yaml,xml}. */
static void compare_formats(const char *dir)
{
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, arena_printf(a, "%s/json", dir), ".json", &names), same = 0;
    struct arena_mark mark = arena_mark(a);
    for (size_t i = 0; i < n; i++) {
        same += same_in_all(a, dir, names[i]);
        arena_reset(a, mark);
    }
    ok(n > 0 && same == n, "%s: %zu of %zu plans are the same as JSON, YAML and XML", dir, same, n);
    arena_free(a);
}

/* Everything in dir/{json,yaml,xml} is read to its end. */
static void read_all(const char *dir)
{
    struct arena *a = arena_new(0);
    for (int f = 0; f < FORMATS; f++) {
        char **names;
        const char *sub = arena_printf(a, "%s/%s", dir, formats[f].name);
        size_t n = fixture_list(a, sub, "", &names), good = 0, count;
        struct arena_mark mark = arena_mark(a);
        for (size_t i = 0; i < n; i++) {
            good +=
                read_file(a, arena_printf(a, "%s/%s", sub, names[i]), &formats[f], &count) != NULL;
            arena_reset(a, mark);
        }
        ok(n > 0 && good == n, "%s: %zu of %zu files read", sub, good, n);
    }
    arena_free(a);
}

/* JSON is YAML in flow style: the YAML reader gives the same plans of it. */
static void read_json_as_yaml(const char *dir)
{
    static const struct format as_yaml = {"json", FORMAT_YAML, read_yaml};
    struct arena *a = arena_new(0);
    char **names;
    size_t n = fixture_list(a, dir, ".json", &names), same = 0, count, other;
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        struct plan **plans = read_file(a, path, &formats[0], &count);
        struct plan **again = read_file(a, path, &as_yaml, &other);
        bool equal = plans && again && count == other && count > 0;
        for (size_t p = 0; equal && p < count; p++) {
            struct plan_comparison c = {0};
            equal = plan_equal(&c, plans[p], again[p]);
            if (!equal)
                printf("# %s: %s\n", path, c.why);
        }
        same += equal;
    }
    ok(n > 0 && same == n, "%s: %zu of %zu are the same when read as YAML", dir, same, n);
    arena_free(a);
}

/* The comparison itself: a change anywhere is seen, an excuse is taken, an excess is not. */
static void check_comparison(void)
{
    static const struct plan_excuse zero[] = {{"node", "Shared Hit Blocks", EXCUSE_ZERO}};
    size_t count;
    struct arena *a = arena_new(0);
    const char *path = "fixtures/plans/pg18/eq/json/184-jit-parallel.json";
    struct plan *p = read_file(a, path, &formats[0], &count)[0];
    struct plan *q = read_file(a, path, &formats[0], &count)[0];
    struct plan_comparison c = {0}, excusing = {.excuses = zero, .excuse_count = 1};
    ok(plan_equal(&c, p, q), "a plan equals itself");
    double *hit = &q->nodes[3]->num[PROP_SHARED_HIT], was = *hit;
    *hit = NAN;
    ok(!plan_equal(&c, p, q) && strstr(c.why, "node 4: Shared Hit Blocks"), "a number is missed");
    ok(!plan_equal(&excusing, p, q) == (was != 0), "an excuse for zero excuses zero only");
    p->nodes[3]->num[PROP_SHARED_HIT] = 0;
    ok(plan_equal(&excusing, p, q) && !plan_equal(&c, p, q), "and that it does");
    p->nodes[3]->num[PROP_SHARED_HIT] = *hit = was;
    struct prop *cut = q->nodes[2]->props;
    struct prop *rest = cut->next;
    cut->next = NULL;
    ok(!plan_equal(&c, p, q) && strstr(c.why, "lost"), "a property is missed");
    ok(!plan_equal(&c, q, p) && strstr(c.why, "only in the second"), "an excess one is seen");
    cut->next = rest;
    q->jit->deform_ms += 0.001;
    ok(!plan_equal(&c, p, q) && strstr(c.why, "deform_ms"), "JIT times are compared");
    q->jit->deform_ms = p->jit->deform_ms;
    q->nodes[1]->parent = NULL;
    ok(!plan_equal(&c, p, q) && strstr(c.why, "place"), "the tree is compared");
    arena_free(a);
}

static void check_collection(const char *root)
{
    static const char *const versions[] = {"pg12", "pg15", "pg17", "pg18"};
    struct arena *a = arena_new(0);
    for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
        compare_formats(arena_printf(a, "%s/plans/%s/eq", root, versions[v]));
        read_all(arena_printf(a, "%s/plans/%s", root, versions[v]));
    }
    arena_free(a);
}

int main(void)
{
    const char *shared = fixture_shared();
    check_comparison();
    read_json_as_yaml("fixtures/plans/pg18/eq/json");
    read_json_as_yaml("fixtures/plans/pg15/json");
    read_json_as_yaml("fixtures/plans/extra");
    check_collection("fixtures");
    if (shared)
        check_collection(shared);
    return done();
}
