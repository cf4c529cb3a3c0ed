/* One node on the whole screen. */
#include <stdlib.h>

#include "ui/text_view.h"
#include "ui/tree_screen.h"

static const enum action footer[] = {ACTION_HELP,     ACTION_BACK,    ACTION_NEXT_FINDING,
                                     ACTION_HOT,      ACTION_INDEXES, ACTION_FINDINGS,
                                     ACTION_RAW,      ACTION_SEARCH,  ACTION_COPY_ROW,
                                     ACTION_COPY_DDL, ACTION_SAVE,    ACTION_NONE};

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct text_view *t = v->state;
    struct plan_state *ps = app_here(app);
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct rect r = {f.body.row, 1, f.body.rows, f.body.columns - 2};
    struct pen p = frame_title(app, g, f.title, "Node");
    if (!ps) {
        doc_begin(&t->doc, r.columns, g->ascii);
    } else {
        pen_printf(&p, ROLE_NORMAL, "%d of %d   ", ps->node, ps->outline.count);
        pen_cut(&p, ROLE_STRUCTURE, str_of(ps->plan->name), pen_room(&p) - 1);
        detail_build(app, &t->doc, app_node(app), r.columns);
    }
    text_view_draw(app, v, g, r);
    frame_draw(app, v, g, &f, "h: parent  l: child  J K: siblings  *: next hot");
}

static void show(struct app *app, struct view *v, const struct node *n)
{
    if (!n) {
        app_say(app, "there is none");
        return;
    }
    app_set_node(app, n);
    v->list.top = v->list.cursor = v->list.mark = 0;
}

static const struct node *by_hotness(struct app *app)
{
    const struct plan_metrics *m = app_here(app)->plan->report->metrics;
    size_t i = 0;
    while (i < m->hottest_count && m->hottest[i] != app_node(app))
        i++;
    return m->hottest_count ? m->hottest[i + 1 < m->hottest_count ? i + 1 : 0] : NULL;
}

static const struct node *by_finding(struct app *app, int step)
{
    struct plan_state *ps = app_here(app);
    int count = ps->outline.count;
    for (int i = 1; i < count; i++) {
        int id = ((ps->node - 1 + step * i) % count + count) % count + 1;
        if (ps->mark[id])
            return ps->outline.plan->nodes[id - 1];
    }
    return NULL;
}

static const struct node *before(const struct node *n)
{
    const struct node *at = n->parent ? n->parent->child : NULL;
    while (at && at != n && at->next != n)
        at = at->next;
    return at == n ? NULL : at;
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    const struct node *n = app_node(app);
    if (!n)
        return false;
    switch (rq->action) {
    case ACTION_HOT:
        show(app, v, by_hotness(app));
        return true;
    case ACTION_NEXT_FINDING:
    case ACTION_PREV_FINDING:
        show(app, v, by_finding(app, rq->action == ACTION_NEXT_FINDING ? 1 : -1));
        return true;
    case ACTION_COLLAPSE:
        show(app, v, n->parent);
        return true;
    case ACTION_EXPAND:
        show(app, v, n->child);
        return true;
    case ACTION_SIBLING:
        show(app, v, n->next);
        return true;
    case ACTION_SIBLING_PREV:
        show(app, v, before(n));
        return true;
    case ACTION_DETAIL:
        app_goto(app, &tree_view);
        return true;
    default:
        return false;
    }
}

const struct view_ops detail_view = {
    .title = "Node",
    .ctxs = CTX_BIT(CTX_TREE) | CTX_BIT(CTX_ANY),
    .footer = footer,
    .open = text_view_open,
    .close = text_view_close,
    .draw = draw,
    .act = act,
    .haystack = text_view_haystack,
    .item = text_view_item,
    .go = text_view_go,
    .row_text = text_view_row_text,
};
