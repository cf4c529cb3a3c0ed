/* Which findings are shown, and what belongs to them. */
#include <stdlib.h>

#include "base/arena.h"
#include "ui/view.h"

static bool is_hidden(const struct plan_state *ps, const struct rule *rule)
{
    struct buf id = {0};
    buf_printf(&id, " %s ", rule->id);
    bool hidden = ps->hidden.len && str_find(buf_str(&ps->hidden), id.data) >= 0;
    buf_free(&id);
    return hidden;
}

void findings_arrange(struct plan_state *ps)
{
    const struct report *r = ps->plan->report;
    free(ps->shown);
    free(ps->mark);
    ps->shown = xcalloc(r->finding_count, sizeof *ps->shown);
    ps->mark = xcalloc((size_t)r->plan->node_count + 1, sizeof *ps->mark);
    ps->shown_count = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = r->findings[i];
        if (is_hidden(ps, f->rule))
            continue;
        ps->shown[ps->shown_count++] = f;
        if (f->node && !ps->mark[f->node->id])
            ps->mark[f->node->id] = (int)i + 1;
    }
}

void findings_hide(struct plan_state *ps, const struct rule *rule)
{
    buf_printf(&ps->hidden, " %s ", rule->id);
    findings_arrange(ps);
}

void findings_unhide(struct plan_state *ps)
{
    buf_clear(&ps->hidden);
    findings_arrange(ps);
}

const struct finding *node_finding(const struct plan_state *ps, const struct node *n)
{
    int rank = ps->mark[n->id];
    return rank ? ps->plan->report->findings[rank - 1] : NULL;
}

size_t finding_rank(const struct plan_state *ps, const struct finding *f)
{
    const struct report *r = ps->plan->report;
    size_t i = 0;
    while (i < r->finding_count && r->findings[i] != f)
        i++;
    return i + 1;
}

static const struct ui_index *index_of_node(const struct plan_state *ps, const struct node *n)
{
    const char *id = n ? ps->served_by[n->id] : NULL;
    for (size_t i = 0; id && i < ps->plan->index_count; i++)
        if (ps->plan->indexes[i].id == id)
            return &ps->plan->indexes[i];
    return NULL;
}

const struct ui_index *finding_answer(const struct plan_state *ps, const struct finding *f)
{
    const struct ui_index *x = index_of_node(ps, f->node);
    return x ? x : f->wants_index ? index_of_node(ps, f->related) : NULL;
}
