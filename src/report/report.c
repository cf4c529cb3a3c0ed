#include "report/report.h"

#include "base/arena.h"

static void rank(struct arena *a, struct report *r, const struct finding_list *list)
{
    r->findings = arena_calloc(a, list->count, sizeof *r->findings);
    r->cleared = arena_calloc(a, list->cleared, sizeof *r->cleared);
    for (const struct finding *f = list->first; f; f = f->next)
        if (f->severity != SEVERITY_CLEARED && r->finding_count < list->count)
            r->findings[r->finding_count++] = f;
        else if (r->cleared_count < list->cleared)
            r->cleared[r->cleared_count++] = f;
    memcpy(r->by_severity, list->by_severity, sizeof r->by_severity);
}

/* Findings come ranked, so the first one of a node is its worst. */
static void mark(struct report *r)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = r->findings[i];
        struct report_mark *m = f->node ? &r->marks[f->node->id - 1] : NULL;
        if (m && !m->finding)
            *m = (struct report_mark){.finding = f, .rank = i + 1};
    }
}

struct report *report_new(struct arena *a, const struct plan *p, const struct plan_metrics *m,
                          const struct finding_list *findings, const char *source, size_t number,
                          size_t count)
{
    struct report *r = arena_alloc(a, sizeof *r);
    r->plan = p;
    r->metrics = m;
    r->source = source;
    r->number = number;
    r->count = count;
    r->marks = arena_calloc(a, (size_t)p->node_count, sizeof *r->marks);
    rank(a, r, findings);
    mark(r);
    return r;
}

const struct report_writer *report_writer_find(struct str name)
{
    for (size_t i = 0; i < report_writer_count; i++)
        if (str_is(name, report_writers[i].name))
            return &report_writers[i];
    return NULL;
}
