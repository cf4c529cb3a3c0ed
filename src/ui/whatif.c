#include "ui/whatif.h"

#include <stdlib.h>

#include "base/arena.h"
#include "ui/job.h"
#include "ui/view.h"

struct entry {
    struct entry *next;
    bool failed;
    struct err err;
    struct ui_whatif result;
    const struct plan_diff *diff; /* made when first asked for */
    size_t plan;
    const struct ui_plan *identity; /* the plan may be replaced while it is being worked on */
    size_t count;
    bool on[]; /* the combination */
};

struct whatif_cache {
    struct arena *arena; /* of the diffs */
    struct entry *entries;
};

struct whatif_cache *whatif_cache_new(void)
{
    return xcalloc(1, sizeof(struct whatif_cache));
}

void whatif_cache_free(struct whatif_cache *c)
{
    if (!c)
        return;
    for (struct entry *e = c->entries, *next; e; e = next) {
        next = e->next;
        free(e);
    }
    if (c->arena)
        arena_free(c->arena);
    free(c);
}

static struct entry *find(const struct plan_state *ps)
{
    struct entry *e = ps->whatif ? ps->whatif->entries : NULL;
    size_t n = ps->plan->index_count;
    while (e && (e->count != n || memcmp(e->on, ps->on, n * sizeof *ps->on) != 0))
        e = e->next;
    return e;
}

int whatif_ticked(const struct plan_state *ps)
{
    int n = 0;
    for (size_t i = 0; ps->on && i < ps->plan->index_count; i++)
        n += ps->on[i];
    return n;
}

void whatif_add_names(struct buf *b, const struct plan_state *ps)
{
    bool first = true;
    for (size_t i = 0; i < ps->plan->index_count; i++) {
        if (!ps->on[i])
            continue;
        buf_printf(b, "%s%s", first ? "" : "+", ps->plan->indexes[i].id);
        first = false;
    }
}

static const char planning[] = "planning";

static void run_entry(struct app *app, void *arg)
{
    struct entry *e = arg;
    struct ui_source *s = app->source;
    e->failed = !s->ops->whatif(s->self, e->plan, e->on, &e->result, &e->err);
}

static size_t entry_size(size_t count)
{
    return sizeof(struct entry) + count * sizeof(bool);
}

static void keep(struct plan_state *ps, const struct entry *e)
{
    struct entry *copy = xmalloc(entry_size(e->count));
    memcpy(copy, e, entry_size(e->count));
    copy->next = ps->whatif->entries;
    ps->whatif->entries = copy;
}

/* Ticks may have changed while the call ran: then the next one is due. */
static void entry_done(struct app *app, void *arg)
{
    const struct entry *e = arg;
    struct plan_state *ps = app_plan_state(app, e->plan);
    bool cancelled = e->failed && e->err.code == ERR_CANCELLED;
    if (!cancelled && ps && ps->plan == e->identity && ps->whatif)
        keep(ps, e);
    whatif_start(app);
    if (app->view && app->view->ops->refresh)
        app->view->ops->refresh(app, app->view);
}

void whatif_start(struct app *app)
{
    struct plan_state *ps = app_here(app);
    if (!ps || !app->source->ops->whatif || !whatif_ticked(ps) || find(ps))
        return;
    if (job_what(app)) { /* made again when that call ends */
        if (job_what(app) == planning)
            job_cancel(app);
        return;
    }
    struct entry *e = xcalloc(1, entry_size(ps->plan->index_count));
    e->count = ps->plan->index_count;
    e->plan = app->at;
    e->identity = ps->plan;
    memcpy(e->on, ps->on, e->count * sizeof e->on[0]);
    job_start(app, planning, run_entry, entry_done, e);
}

const struct ui_whatif *whatif_now(struct app *app)
{
    struct plan_state *ps = app_here(app);
    struct entry *e = ps && whatif_ticked(ps) ? find(ps) : NULL;
    return e && !e->failed ? &e->result : NULL;
}

const char *whatif_error(struct app *app)
{
    struct plan_state *ps = app_here(app);
    struct entry *e = ps && whatif_ticked(ps) ? find(ps) : NULL;
    return e && e->failed ? e->err.message : NULL;
}

const struct plan_diff *whatif_diff(struct app *app)
{
    struct plan_state *ps = app_here(app);
    struct entry *e = ps && whatif_ticked(ps) ? find(ps) : NULL;
    if (!e || e->failed || !e->result.report)
        return NULL;
    if (!ps->whatif->arena)
        ps->whatif->arena = arena_new(0);
    if (!e->diff)
        e->diff = plan_diff_new(ps->whatif->arena, ps->plan->report->metrics,
                                e->result.report->metrics);
    return e->diff;
}
