/*
 * Rules against the cases of tests/rules/NAME.cases.
 *
 *     == RULE EXPECTATION
 *     # how the figures come about
 *     the plan, as EXPLAIN prints it
 *
 * EXPECTATION: "fires STAKE [NAME=VALUE; ...] [!DISABLED]": a finding with that stake in the plan's
 * unit, within 0.1 %, and evidence of these values; "silent": no finding (RULE "-": none of any
 * rule); "cleared": one that says that it is fine; "told CAUSE": not by itself, but inside a finding
 * of that rule.
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/snapshot.h"
#include "plan/metrics.h"
#include "read/read.h"
#include "rules/rule.h"

#include "../tap.h"

static struct arena *a;
static struct catalog *catalog; /* of the file's "catalog:" line; NULL */
static const char *file;

struct test_case {
    struct str rule, expectation, plan;
    int line;
};

static struct str slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    char part[65536];
    struct buf b = {0};
    if (!f) {
        printf("Bail out! cannot read %s\n", path);
        exit(1);
    }
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_add(&b, part, n);
    fclose(f);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

/* Cut the first word off. */
static struct str word(struct str *rest)
{
    *rest = str_trim(*rest);
    const char *space = rest->len ? memchr(rest->p, ' ', rest->len) : NULL;
    size_t len = space ? (size_t)(space - rest->p) : rest->len;
    struct str w = str_sub(*rest, 0, len);
    *rest = str_trim(str_sub(*rest, len, rest->len));
    return w;
}

static struct str disabled_rule(struct str *expectation)
{
    ptrdiff_t mark = str_find(*expectation, "!");
    if (mark < 0)
        return (struct str){0};
    struct str rule = str_sub(*expectation, (size_t)mark + 1, expectation->len);
    *expectation = str_trim(str_sub(*expectation, 0, (size_t)mark));
    return str_trim(rule);
}

static struct finding_list run(const struct test_case *c, struct str disabled)
{
    struct read_result read = {0};
    struct thresholds t;
    thresholds_init(&t);
    if (!read_plans(a, c->plan, &read)) {
        printf("Bail out! %s:%d: %s\n", file, c->line, read.problems[0].err.message);
        exit(1);
    }
    const struct plan *p = read.plans[0];
    return rules_run(a, p, metrics_new(a, p), catalog, &t, &disabled, disabled.len ? 1 : 0);
}

static bool is_rule(const struct finding *f, struct str rule)
{
    return str_is(rule, f->rule->id);
}

static const struct finding *find(const struct finding_list *l, struct str rule, bool cleared)
{
    for (const struct finding *f = l->first; f; f = f->next)
        if ((is_rule(f, rule) || str_is(rule, "-")) &&
            (f->severity == SEVERITY_CLEARED) == cleared)
            return f;
    return NULL;
}

static double evidence_value(const struct finding *f, struct str name, const char **text)
{
    for (const struct evidence *e = f->evidence; e; e = e->next)
        if (str_is(name, e->name)) {
            *text = e->text;
            return e->value;
        }
    *text = NULL;
    return NAN;
}

/* "NAME=VALUE; NAME=VALUE": figures within 0.1 %, or the very text. */
static bool has_evidence(const struct finding *f, struct str list)
{
    while (list.len) {
        ptrdiff_t end = str_find(list, "; ");
        struct str one = str_sub(list, 0, end < 0 ? list.len : (size_t)end);
        list = str_sub(list, end < 0 ? list.len : (size_t)end + 2, list.len);
        ptrdiff_t eq = str_find(one, "=");
        struct str name = str_trim(str_sub(one, 0, (size_t)eq));
        struct str want = str_trim(str_sub(one, (size_t)eq + 1, one.len));
        const char *text;
        double number, got = evidence_value(f, name, &text);
        bool same = !text ? false
                    : num_known(got) && str_to_double(want, &number)
                        ? fabs(got - number) <= 0.001 * fabs(number) + 1e-9
                        : str_is(want, text);
        if (!same) {
            printf("# %.*s: got %.9g (%s), want %.*s\n", STR_ARG(name), got, text ? text : "none",
                   STR_ARG(want));
            return false;
        }
    }
    return true;
}

static bool fires(const struct test_case *c, const struct finding_list *l, struct str rest)
{
    const struct finding *f = find(l, c->rule, false);
    struct str number = word(&rest);
    double stake;
    if (!str_to_double(number, &stake)) {
        printf("# no stake in the case\n");
        return false;
    }
    if (!f)
        return false;
    if (!(fabs(f->stake - stake) <= 0.001 * stake + 1e-9)) {
        printf("# stake: got %.9g, want %.9g: %s\n", f->stake, stake, f->title);
        return false;
    }
    return f->title && *f->title && f->why && *f->why && f->remedy && *f->remedy &&
           has_evidence(f, rest);
}

static bool told(const struct test_case *c, const struct finding_list *l, struct str cause)
{
    const struct finding *f = find(l, cause, false);
    return !find(l, c->rule, false) && f && f->consequence_count > 0;
}

static void judge(const struct test_case *c)
{
    struct str rest = c->expectation, disabled = disabled_rule(&rest), how = word(&rest);
    struct finding_list l = run(c, disabled);
    bool pass = str_is(how, "fires")     ? fires(c, &l, rest)
                : str_is(how, "silent")  ? !find(&l, c->rule, false)
                : str_is(how, "cleared") ? !find(&l, c->rule, false) && find(&l, c->rule, true)
                : str_is(how, "told")    ? told(c, &l, rest)
                                         : false;
    ok(pass, "%s:%d %.*s %.*s", file, c->line, STR_ARG(c->rule), STR_ARG(how));
    for (const struct finding *f = l.first; f && !pass; f = f->next)
        printf("# %s %s %.9g: %s\n", severity_name[f->severity], f->rule->id, f->stake, f->title);
}

static void open_catalog(struct str name)
{
    struct err err = {0};
    const char *path = arena_printf(a, "tests/rules/%.*s", STR_ARG(name));
    catalog = cat_open(slurp(path), path, &err);
    if (!catalog) {
        printf("Bail out! %s: %s\n", path, err.message);
        exit(1);
    }
}

/* What stands above the first case is a heading, but for "catalog: FILE". */
static void run_file(struct str text)
{
    struct test_case c = {0};
    struct str line;
    const char *start = NULL;
    int number = 0;
    while (str_line(&text, &line)) {
        number++;
        if (str_starts(line, "catalog: "))
            open_catalog(str_sub(line, 9, line.len));
        if (str_starts(line, "== ")) {
            if (start)
                judge(&c);
            struct str head = str_sub(line, 3, line.len);
            c = (struct test_case){.rule = word(&head), .expectation = head, .line = number};
            start = text.p;
        } else if (start && str_starts(line, "#") && c.plan.len == 0) {
            start = text.p;
        } else if (start) {
            c.plan = (struct str){start, (size_t)(line.p + line.len - start)};
        }
    }
    if (start)
        judge(&c);
    cat_free(catalog);
    catalog = NULL;
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name);
}

static int is_cases(const struct dirent *d)
{
    return str_ends(str_of(d->d_name), ".cases");
}

int main(void)
{
    struct dirent **files;
    int count = scandir("tests/rules", &files, is_cases, by_name);
    a = arena_new(0);
    for (int i = 0; i < count; i++) {
        file = files[i]->d_name;
        run_file(slurp(arena_printf(a, "tests/rules/%s", file)));
        free(files[i]);
    }
    free(files);
    ok(count > 0, "there are cases");
    arena_free(a);
    return done();
}
