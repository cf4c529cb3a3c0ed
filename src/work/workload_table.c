/* The tables of a workload: queries, their shapes and findings; finding, making, freeing. */
#include <stdlib.h>

#include "base/arena.h"
#include "read/log.h"
#include "work/workload_private.h"

struct str heap_str(struct str s)
{
    if (!s.p)
        return (struct str){0};
    char *p = xmalloc(s.len + 1);
    if (s.len)
        memcpy(p, s.p, s.len);
    p[s.len] = 0;
    return (struct str){p, s.len};
}

static void drop(struct str *s)
{
    free((char *)(uintptr_t)s->p);
    *s = (struct str){0};
}

static void replace(struct str *s, struct str with)
{
    struct str copy = heap_str(with);
    drop(s);
    *s = copy;
}

/* ---- queries ---- */

static size_t slot_of(const struct workload *w, uint64_t id)
{
    size_t at = (size_t)digest_mix(id, 0) & (w->slot_count - 1);
    while (w->slots[at] && w->queries[w->slots[at] - 1]->q.id != id)
        at = (at + 1) & (w->slot_count - 1);
    return at;
}

static void grow_slots(struct workload *w)
{
    free(w->slots);
    w->slot_count = w->slot_count ? w->slot_count * 2 : 256;
    w->slots = xcalloc(w->slot_count, sizeof *w->slots);
    for (size_t i = 0; i < w->query_count; i++)
        w->slots[slot_of(w, w->queries[i]->q.id)] = (uint32_t)i + 1;
}

struct query *query_find(const struct workload *w, uint64_t id)
{
    uint32_t at = w->slot_count ? w->slots[slot_of(w, id)] : 0;
    return at ? w->queries[at - 1] : NULL;
}

struct query *query_get(struct workload *w, uint64_t id)
{
    struct query *q = query_find(w, id);
    if (q)
        return q;
    if (w->query_count == w->query_cap) {
        w->query_cap = w->query_cap ? w->query_cap * 2 : 64;
        w->queries = xrealloc(w->queries, w->query_cap * sizeof(struct query *));
    }
    q = xcalloc(1, sizeof *q);
    q->q.id = id;
    q->q.first_us = q->q.last_us = q->q.example.time_us = LOG_NO_TIME;
    w->queries[w->query_count++] = q;
    if (w->query_count * 2 > w->slot_count)
        grow_slots(w);
    else
        w->slots[slot_of(w, id)] = (uint32_t)w->query_count;
    return q;
}

void query_free(struct query *q)
{
    for (size_t i = 0; i < q->q.shape_count; i++)
        shape_free(q->q.shapes[i]);
    for (size_t i = 0; i < q->q.finding_count; i++)
        finding_free(q->q.findings[i]);
    free(q->q.shapes);
    free(q->q.findings);
    free(q->constants);
    drop(&q->q.text);
    tally_release(&q->q.stat);
    tally_series_release(&q->q.series);
    tally_hist_release(&q->q.spill.need);
    example_release(&q->q.example);
    free(q);
}

void query_offer_text(struct query *q, struct str text, size_t len)
{
    const struct str now = q->q.text;
    if (now.p && (len > q->q.text_len || (len == q->q.text_len && str_cmp(text, now) >= 0)))
        return;
    replace(&q->q.text, text);
    q->q.text_len = len;
}

void query_meet_constants(struct query *q, const uint64_t *constants, size_t count)
{
    size_t kept = 0, j = 0;
    if (!q->q.constants_known) {
        q->constants = xmalloc(count * sizeof *q->constants);
        if (count)
            memcpy(q->constants, constants, count * sizeof *constants);
        q->q.constant_count = count;
        q->q.constants_known = true;
        q->q.constants = q->constants;
        return;
    }
    for (size_t i = 0; i < q->q.constant_count; i++) {
        while (j < count && constants[j] < q->constants[i])
            j++;
        if (j < count && constants[j] == q->constants[i])
            q->constants[kept++] = q->constants[i];
    }
    q->q.constant_count = kept;
}

/* ---- shapes ---- */

struct work_shape *shape_get(struct query *q, uint64_t id)
{
    size_t low = 0, high = q->q.shape_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (q->q.shapes[mid]->id < id)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < q->q.shape_count && q->q.shapes[low]->id == id)
        return q->q.shapes[low];
    if (q->q.shape_count == q->shape_cap) {
        q->shape_cap = q->shape_cap ? q->shape_cap * 2 : 1;
        q->q.shapes = xrealloc(q->q.shapes, q->shape_cap * sizeof(struct work_shape *));
    }
    memmove(q->q.shapes + low + 1, q->q.shapes + low,
            (q->q.shape_count - low) * sizeof(struct work_shape *));
    struct work_shape *s = xcalloc(1, sizeof *s);
    s->id = id;
    s->first_us = s->last_us = s->example.time_us = LOG_NO_TIME;
    q->q.shapes[low] = s;
    q->q.shape_count++;
    return s;
}

void shape_free(struct work_shape *s)
{
    tally_release(&s->stat);
    tally_series_release(&s->series);
    example_release(&s->example);
    free(s);
}

/* ---- findings ---- */

/* rules[] is one array: its order is that of the table. */
static int compare_finding(const struct work_finding *f, const struct rule *rule,
                           struct str subject)
{
    if (f->rule != rule)
        return f->rule < rule ? -1 : 1;
    return str_cmp(f->subject, subject);
}

struct work_finding *finding_get(struct query *q, const struct rule *rule, struct str subject)
{
    size_t low = 0, high = q->q.finding_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare_finding(q->q.findings[mid], rule, subject);
        if (order == 0)
            return q->q.findings[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (q->q.finding_count == q->finding_cap) {
        q->finding_cap = q->finding_cap ? q->finding_cap * 2 : 2;
        q->q.findings = xrealloc(q->q.findings, q->finding_cap * sizeof(struct work_finding *));
    }
    memmove(q->q.findings + low + 1, q->q.findings + low,
            (q->q.finding_count - low) * sizeof(struct work_finding *));
    struct work_finding *f = xcalloc(1, sizeof *f);
    f->rule = rule;
    f->subject = heap_str(subject);
    q->q.findings[low] = f;
    q->q.finding_count++;
    return f;
}

void finding_free(struct work_finding *f)
{
    drop(&f->subject);
    drop(&f->title);
    drop(&f->remedy);
    drop(&f->sql);
    drop(&f->file);
    free(f);
}

bool finding_is_worse(const struct work_finding *f, uint64_t stake_ns, uint64_t share_ppm,
                      struct str file, size_t line, struct str title)
{
    if (!f->title.p || stake_ns != f->stake_max_ns)
        return !f->title.p || stake_ns > f->stake_max_ns;
    if (stake_ns == 0 && share_ppm != f->share_ppm)
        return share_ppm > f->share_ppm;
    int order = str_cmp(file, f->file);
    if (order == 0 && line != f->line)
        return line < f->line;
    return order ? order < 0 : str_cmp(title, f->title) < 0;
}

void finding_tell(struct work_finding *f, struct str title, struct str remedy, struct str sql,
                  struct str file, size_t line, uint64_t shape)
{
    replace(&f->title, title);
    replace(&f->remedy, remedy);
    replace(&f->sql, sql);
    replace(&f->file, file);
    f->line = line;
    f->shape = shape;
}
