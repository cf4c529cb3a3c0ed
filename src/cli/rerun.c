#include "cli/rerun.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/connect.h"

struct rerun_plan {
    struct arena *arena;
    struct live_item item;
};

static void free_plan(struct rerun_plan *p)
{
    if (!p)
        return;
    arena_free(p->arena);
    free(p);
}

bool rerun_do(struct rerun *r, const struct live *l, size_t i, bool analyze, struct err *err)
{
    struct rerun_plan *p = xcalloc(1, sizeof *p);
    p->arena = arena_new(0);
    connect_stop(false);
    if (live_again(l, i, analyze, p->arena, &p->item)) {
        free_plan(atomic_exchange(&r->fresh, p));
        return true;
    }
    *err = p->item.err;
    free_plan(p);
    return false;
}

static void add_time(struct rerun *r, double ms)
{
    if (isnan(ms))
        return;
    if (r->count == r->cap) {
        r->cap = r->cap * 2 + 8;
        r->ms = xrealloc(r->ms, r->cap * sizeof *r->ms);
    }
    size_t at = r->count++;
    for (; at > 0 && r->ms[at - 1] > ms; at--)
        r->ms[at] = r->ms[at - 1];
    r->ms[at] = ms;
}

/* "median of 5: 376ms, min 371ms". */
static const char *describe(const struct rerun *r, struct arena *a)
{
    struct buf b = {0};
    if (r->count < 2)
        return NULL;
    buf_printf(&b, "median of %zu: ", r->count);
    text_add_ms(&b, (r->ms[(r->count - 1) / 2] + r->ms[r->count / 2]) / 2);
    buf_adds(&b, ", min ");
    text_add_ms(&b, r->ms[0]);
    const char *text = arena_strdup(a, b.data);
    buf_free(&b);
    return text;
}

const struct live_item *rerun_take(struct rerun *r, struct arena **a)
{
    struct rerun_plan *p = atomic_exchange(&r->fresh, NULL);
    if (!p)
        return NULL;
    free_plan(r->before);
    r->before = r->shown;
    r->shown = p;
    add_time(r, p->item.ms);
    p->item.run = describe(r, p->arena);
    *a = p->arena;
    return &p->item;
}

void rerun_release(struct rerun *r)
{
    free_plan(atomic_exchange(&r->fresh, NULL));
    free_plan(r->shown);
    free_plan(r->before);
    free(r->ms);
}
