/* The triples of tests/advice: schema / query or plan / expected advice, through two doors. */
#include "advice_check.h"

/* ---- one case ---- */

/* The same once more through the snapshot door. */
static struct catalog *case_snapshot(const struct catalog *cat)
{
    struct buf text = {0};
    struct err err = {0};
    cat_to_snapshot(cat, true, &text);
    struct catalog *again = cat_from_snapshot(buf_str(&text), "snapshot", &err);
    buf_free(&text);
    return again;
}

static void run_door(const char *file, const struct advice_case *c, const struct catalog *cat,
                     const char *door, const char *bad)
{
    struct arena *a = arena_new(0);
    struct buf faults = {0};
    const struct advice *adv = NULL;
    if (bad)
        buf_printf(&faults, "# %s\n", bad);
    if (cat) {
        adv = case_advise(a, c, cat, NULL);
        check(a, c, adv, &faults);
    }
    if (!ok(!faults.len, "%s: %.*s (%s)", file, STR_ARG(c->name), door)) {
        fputs(faults.data, stdout);
        if (adv)
            print_got(adv);
    }
    buf_free(&faults);
    arena_free(a);
}

static void run_case(const char *file, const struct advice_case *c)
{
    const char *bad;
    struct catalog *cat = case_catalog(c, &bad);
    struct catalog *again = cat ? case_snapshot(cat) : NULL;
    run_door(file, c, cat, "DDL", bad);
    run_door(file, c, again, "snapshot", again ? NULL : "the snapshot cannot be read");
    cat_free(again);
    cat_free(cat);
}

int main(void)
{
    size_t count = run_files(run_case);
    ok(count >= 120, "there are enough of them: %zu", count);
    return done();
}
