#include "report/report.h"

#include <math.h>

#include "base/arena.h"
#include "report/outline.h"

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

/* Nodes that an index is proposed for. */
static void mark_indexes(struct report *r)
{
    for (size_t i = 0; r->advice && i < r->advice->index_count; i++) {
        const struct advice_index *x = &r->advice->indexes[i];
        for (size_t e = 0; e < x->effect_count; e++)
            if (x->effects[e].node)
                r->marks[x->effects[e].node->id - 1].index = true;
    }
}

const struct advice_index *report_index_of(const struct report *r, const struct node *n)
{
    if (!n || !report_mark_of(r, n)->index)
        return NULL;
    for (size_t i = 0; i < r->advice->index_count; i++)
        for (size_t e = 0; e < r->advice->indexes[i].effect_count; e++)
            if (r->advice->indexes[i].effects[e].node == n)
                return &r->advice->indexes[i];
    return NULL;
}

struct report *report_new(struct arena *a, const struct plan *p, const struct plan_metrics *m,
                          const struct finding_list *findings, const struct advice *advice,
                          const char *source, size_t number, size_t count)
{
    struct report *r = arena_alloc(a, sizeof *r);
    r->plan = p;
    r->metrics = m;
    r->advice = advice;
    r->source = source;
    r->calls = r->total_ms = NAN;
    r->number = number;
    r->count = count;
    r->marks = arena_calloc(a, (size_t)p->node_count, sizeof *r->marks);
    rank(a, r, findings);
    mark(r);
    mark_indexes(r);
    return r;
}

const struct report_writer *report_writer_find(struct str name)
{
    for (size_t i = 0; i < report_writer_count; i++)
        if (str_is(name, report_writers[i].name))
            return &report_writers[i];
    return NULL;
}

const struct advice_query *report_replanned(const struct report *r, const struct report_style *s)
{
    bool wanted = r->count == 1 || s->verbose;
    if (!wanted || !r->advice || !r->advice->query_count ||
        !outline_is_known(&r->advice->queries[0]))
        return NULL;
    return &r->advice->queries[0];
}
