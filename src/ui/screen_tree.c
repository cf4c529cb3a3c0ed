/* The plan tree: the home of every plan. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"
#include "ui/tree_screen.h"
#include "ui/whatif.h"

static const enum action footer[] = {
    ACTION_HELP, ACTION_SEARCH, ACTION_FINDINGS, ACTION_INDEXES, ACTION_WHATIF, ACTION_DIFF,
    ACTION_ICICLE, ACTION_SORT, ACTION_RAW, ACTION_COPY_ROW, ACTION_DETAIL, ACTION_HOT,
    ACTION_NEXT_FINDING, ACTION_METRIC, ACTION_FILTER, ACTION_NEXT_PLAN, ACTION_NONE};

static const char *const sorts[METRIC_COUNT + 2] = {
    "plan order",
#define METRIC(id, name, header) name,
#include "ui/metric.def"
#undef METRIC
};

/* The cursor to the row of the node under it, wherever sort, filter and folds have put that. */
static void follow(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    if (!ps) {
        list_set_count(&v->list, 0);
        return;
    }
    list_set_count(&v->list, ps->outline.row_count);
    int row = ps->outline.row_of[ps->node];
    for (const struct node *n = app_node(app); row < 0 && n && !ps->outline.flat; n = n->parent)
        row = ps->outline.row_of[n->id]; /* folded away: to the fold */
    if (row < 0 && ps->outline.row_count)
        ps->node = ps->outline.rows[row = 0]; /* filtered out: to the first that is there */
    list_go(&v->list, row < 0 ? 0 : row);
    v->pane.top = v->pane.cursor = 0;
}

static void take_cursor(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    const struct node *n = ps ? outline_node(&ps->outline, v->list.cursor) : NULL;
    if (n && n->id != ps->node) {
        ps->node = n->id;
        v->pane.top = v->pane.cursor = 0;
    }
}

/* Show a node whatever hides it; false when the filter does. */
static bool show_node(struct app *app, struct view *v, const struct node *n)
{
    struct plan_state *ps = app_here(app);
    if (!n || outline_reveal(&ps->outline, n) < 0)
        return false;
    ps->node = n->id;
    follow(app, v);
    return true;
}

static void refresh(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    if (ps) /* the view's sort and filter hold for every plan it comes to */
        outline_arrange(&ps->outline, v->sort - 1, v->reverse, str_of(v->filter));
    follow(app, v);
}

static void rearrange(struct app *app, struct view *v)
{
    refresh(app, v);
}

static void sort_by(struct app *app, struct view *v, int metric)
{
    v->reverse = v->sort == metric + 1 && v->sort && !v->reverse;
    v->sort = metric + 1;
    rearrange(app, v);
    app_say(app, "sorted by %s%s", sorts[v->sort], v->reverse ? ", reversed" : "");
}

static bool next_hot(struct app *app, struct view *v)
{
    const struct plan_metrics *m = app_here(app)->plan->report->metrics;
    size_t here = 0;
    while (here < m->hottest_count && m->hottest[here] != app_node(app))
        here++;
    size_t next = here + 1 < m->hottest_count ? here + 1 : 0;
    if (!m->hottest_count)
        return false;
    if (here < m->hottest_count && next == 0)
        app_say(app, "that was the last; the hottest again");
    else
        app_say(app, "hottest %zu of %zu", next + 1, m->hottest_count);
    if (!show_node(app, v, m->hottest[next]))
        app_say(app, "#%d is filtered out", m->hottest[next]->id);
    return true;
}

/* In the order of the rows; going round is said. */
static bool next_finding(struct app *app, struct view *v, int step)
{
    struct plan_state *ps = app_here(app);
    const struct outline *o = &ps->outline;
    int count = o->order_count, at = 0;
    while (at < count && o->order[at] != ps->node)
        at++;
    for (int i = 1; i <= count; i++) {
        int next = ((at + step * i) % count + count) % count;
        const struct node *n = o->plan->nodes[o->order[next] - 1];
        const struct finding *f = node_finding(ps, n);
        if (!f)
            continue;
        bool round = step > 0 ? next <= at : next >= at;
        app_say(app, "%s%c%zu %s", round ? "(went round) " : "", cell_severity_sign(f->severity),
                finding_rank(ps, f), f->title);
        return show_node(app, v, n);
    }
    app_say(app, ps->shown_count ? "no finding about a node; ! lists all" : "nothing was found");
    return true;
}

static bool collapse(struct app *app, struct view *v, const struct node *n)
{
    struct plan_state *ps = app_here(app);
    struct outline *o = &ps->outline;
    if (outline_can_fold(o, n) && !o->folded[n->id]) {
        outline_fold(o, n, true);
        follow(app, v);
        return true;
    }
    if (n->parent)
        show_node(app, v, n->parent);
    return true;
}

static bool expand(struct app *app, struct view *v, const struct node *n)
{
    struct outline *o = &app_here(app)->outline;
    if (o->folded[n->id] && !o->flat) {
        outline_fold(o, n, false);
        follow(app, v);
    } else if (n->child) {
        show_node(app, v, n->child);
    }
    return true;
}

static bool toggle_fold(struct app *app, struct view *v, const struct node *n)
{
    struct outline *o = &app_here(app)->outline;
    if (!outline_can_fold(o, n)) {
        app_say(app, o->flat ? "no folds while sorted or filtered" : "#%d has no children", n->id);
        return true;
    }
    outline_fold(o, n, !o->folded[n->id]);
    follow(app, v);
    return true;
}

static bool go_sibling(struct app *app, struct view *v, const struct node *n, bool back)
{
    const struct node *to = back ? (n->parent ? n->parent->child : NULL) : n->next;
    while (back && to && to != n && to->next != n)
        to = to->next;
    if (!to || to == n)
        app_say(app, back ? "the first of its siblings" : "the last of its siblings");
    else
        show_node(app, v, to);
    return true;
}

static bool next_metric(struct app *app, int by)
{
    struct app_settings *s = app->settings;
    const struct metric_scale *scale = &app_here(app)->outline.scale;
    do
        s->metric = (s->metric + by + METRIC_COUNT) % METRIC_COUNT;
    while (s->metric != METRIC_SELF && !(scale->whole[s->metric] > 0));
    app_say(app, "bars show %s", metric_info[s->metric].name);
    return true;
}

static bool toggle_indent(struct app *app, struct view *v)
{
    struct outline *o = &app_here(app)->outline;
    o->full_indent = app->settings->full_indent = !o->full_indent;
    outline_rebuild(o);
    follow(app, v);
    app_say(app, o->full_indent ? "every child is indented" : "only children stay below their parent");
    return true;
}

static bool go_number(struct app *app, struct view *v, int id)
{
    struct plan_state *ps = app_here(app);
    if (id < 1 || id > ps->outline.count)
        app_say(app, "there is no node #%d", id);
    else if (!show_node(app, v, ps->outline.plan->nodes[id - 1]))
        app_say(app, "#%d is filtered out", id);
    return true;
}

static bool act_on_node(struct app *app, struct view *v, const struct request *rq,
                        const struct node *n)
{
    struct outline *o = &app_here(app)->outline;
    switch (rq->action) {
    case ACTION_COLLAPSE:
        return collapse(app, v, n);
    case ACTION_EXPAND:
        return expand(app, v, n);
    case ACTION_FOLD:
        return toggle_fold(app, v, n);
    case ACTION_EXPAND_ALL:
    case ACTION_COLLAPSE_ALL:
        outline_fold_all(o, rq->action == ACTION_COLLAPSE_ALL);
        follow(app, v);
        return true;
    case ACTION_DEPTH:
        outline_open_to(o, rq->arg);
        follow(app, v);
        return true;
    case ACTION_SIBLING:
    case ACTION_SIBLING_PREV:
        return go_sibling(app, v, n, rq->action == ACTION_SIBLING_PREV);
    case ACTION_HOT:
        return next_hot(app, v);
    case ACTION_NEXT_FINDING:
    case ACTION_PREV_FINDING:
        return next_finding(app, v, rq->action == ACTION_NEXT_FINDING ? 1 : -1);
    case ACTION_DETAIL:
        app_push(app, &detail_view);
        return true;
    case ACTION_METRIC:
    case ACTION_METRIC_BACK:
        return next_metric(app, rq->action == ACTION_METRIC ? 1 : -1);
    case ACTION_ICICLE:
        app->settings->no_icicle = !app->settings->no_icicle;
        return true;
    case ACTION_INDENT:
        return toggle_indent(app, v);
    case ACTION_BOTTOM:
    case ACTION_TOP:
        return rq->count > 0 && go_number(app, v, rq->count);
    default:
        return false;
    }
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    struct plan_state *ps = app_here(app);
    if (!ps)
        return false;
    take_cursor(app, v);
    if (v->in_pane && (rq->action == ACTION_TOP || rq->action == ACTION_BOTTOM))
        return false;
    if (act_on_node(app, v, rq, app_node(app)))
        return true;
    if (!v->in_pane && list_act(&v->list, rq, false)) {
        take_cursor(app, v);
        return true;
    }
    return false;
}

static void draw_rows(struct app *app, struct view *v, struct grid *g, const struct tree_layout *l)
{
    struct tree_table t = tree_table(app, v, g, l->mode);
    tree_draw_header(app, g, l->header, &t);
    view_list_area(app, v, g, l->rows);
    for (int row = 0; row < l->rows.rows; row++) {
        tree_draw_row(app, v, g, l->rows, row, &t);
        if (v->list.top + row < v->list.count)
            view_row_done(v, g, l->rows, row);
    }
    if (v->list.count == 0 && v->filter) {
        struct pen p = pen_at(g, l->rows, 0);
        pen_printf(&p, ROLE_STRUCTURE, " no row has \"%s\"; & and Enter show all again", v->filter);
    }
}

static void draw_rule(struct app *app, struct view *v, struct grid *g, const struct tree_layout *l)
{
    struct buf b = {0};
    const struct node *n = app_node(app);
    if (l->mode == TREE_NORMAL && n) {
        buf_printf(&b, "#%d ", n->id);
        node_add_title(&b, n);
        if (n->join == JOIN_INNER)
            buf_adds(&b, " (inner)");
    }
    frame_rule(g, l->rule, b.len ? b.data : NULL,
               v->in_pane ? ROLE_TITLE | STYLE_BOLD | STYLE_REVERSE : ROLE_TITLE | STYLE_BOLD);
    buf_free(&b);
}

static void draw_pane(struct app *app, struct view *v, struct grid *g, const struct tree_layout *l)
{
    struct doc d = {0};
    struct rect r = l->pane;
    v->pane_rect = r;
    if (r.rows <= 0)
        return;
    if (l->mode != TREE_WIDE) {
        r.column++;
        r.columns -= 2;
    }
    if (l->mode == TREE_WIDE || r.rows >= 12)
        detail_build(app, &d, app_node(app), r.columns);
    else
        brief_build(app, &d, app_node(app), r.columns, r.rows);
    list_set_count(&v->pane, (int)d.line_count);
    list_fit(&v->pane, r.rows);
    doc_draw(&d, g, r, v->pane.top);
    app_hit(app, l->pane, HIT_PANE, 0);
    doc_release(&d);
}

static void draw_divider(struct view *v, struct grid *g, const struct tree_layout *l)
{
    if (l->divider.columns == 0 || g->plain)
        return;
    unsigned style = v->in_pane ? ROLE_KEY | STYLE_BOLD : ROLE_STRUCTURE;
    struct rect top = {l->rule.row, l->divider.column, 1, 1};
    struct pen p = pen_at(g, top, 0);
    pen_glyph(&p, ROLE_STRUCTURE, GLYPH_TEE_DOWN);
    for (int row = 0; row < l->divider.rows; row++) {
        p = pen_at(g, l->divider, row);
        pen_glyph(&p, style, GLYPH_VERTICAL);
    }
}

void findings_strip_draw(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    for (int row = 0; row < r.rows && (size_t)row < ps->shown_count; row++) {
        const struct finding *f = ps->shown[row];
        const struct ui_index *index = finding_answer(ps, f);
        struct pen p = pen_at(g, r, row);
        struct buf b = {0};
        bool here = f->node && f->node == app_node(app);
        pen_puts(&p, ROLE_NORMAL, here ? ">" : " ");
        pen_printf(&p, role_of_severity(f->severity), "%c%zu ", cell_severity_sign(f->severity),
                   finding_rank(ps, f));
        buf_printf(&b, "%.0f%%", f->share * 100);
        if (index)
            buf_printf(&b, "  %s", index->id);
        pen_cut(&p, ROLE_NORMAL, str_of(f->title), pen_room(&p) - 10);
        pen_to(&p, r.columns - 9);
        pen_put(&p, ROLE_INFO, buf_str(&b));
        if (f->node)
            app_hit(app, rect_line(r, row), HIT_PANE, f->node->id);
        buf_free(&b);
    }
}

static void draw_strips(struct app *app, struct grid *g, const struct tree_layout *l)
{
    struct plan_state *ps = app_here(app);
    struct buf b = {0};
    if (l->icicle.rows) {
        buf_printf(&b, "icicle: width = %s incl. children",
                   ps->plan->report->metrics->unit == UNIT_TIME ? "time" : "share");
        frame_rule(g, l->icicle_rule, b.data, ROLE_NORMAL);
        icicle_draw(app, g, l->icicle);
        buf_clear(&b);
    }
    if (l->findings.rows) {
        buf_printf(&b, "findings (%zu) by what is at stake", ps->shown_count);
        frame_rule(g, l->findings_rule, b.data, ROLE_NORMAL);
        findings_strip_draw(app, g, l->findings);
    }
    buf_free(&b);
}

static void draw_unreadable(struct app *app, struct view *v, struct grid *g)
{
    struct plan_state *ps = app_plan_state(app, app->at);
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct doc d = {0};
    doc_begin(&d, g->columns - 2, g->ascii);
    bool coming = !ps && app->load.loading;
    frame_title(app, g, f.title, ps ? ps->plan->name : coming ? "pgsift" : "no plan");
    if (ps && ps->plan->error) {
        const struct err *e = ps->plan->error;
        doc_puts(&d, ROLE_HIGH, ps->plan->name);
        if (e->line)
            doc_printf(&d, ROLE_HIGH, ":%zu:%zu", e->line, e->column);
        doc_puts(&d, ROLE_HIGH, ": ");
        doc_wrap(&d, ROLE_NORMAL, 0, str_of(e->message));
        if (e->hint[0]) {
            doc_line(&d);
            doc_wrap(&d, ROLE_NORMAL, 0, str_of(e->hint));
        }
    } else if (coming) {
        struct buf progress = {0};
        doc_wrap(&d, ROLE_NORMAL, 0, STR("No plan is whole yet."));
        doc_line(&d);
        if (!f.status.rows)
            arrival_add_progress(&progress, app);
        doc_wrap(&d, ROLE_STRUCTURE, 0, buf_str(&progress));
        buf_free(&progress);
    } else {
        doc_wrap(&d, ROLE_NORMAL, 0, STR("There is no plan to show."));
    }
    struct rect r = {f.body.row, 1, f.body.rows, f.body.columns - 1};
    doc_draw(&d, g, r, 0);
    frame_draw(app, v, g, &f, ps ? "} next plan" : NULL);
    doc_release(&d);
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct plan_state *ps = app_here(app);
    if (!ps) {
        draw_unreadable(app, v, g);
        return;
    }
    struct tree_wants wants = {.nodes = ps->outline.row_count, .findings = (int)ps->shown_count,
                               .branches = ps->deepest + 4,
                               .icicle = !app->settings->no_icicle && !app->settings->plain,
                               .zoom = v->zoom, .in_pane = v->in_pane};
    struct tree_layout l = tree_layout(g->rows, g->columns, &wants);
    verdict_draw(app, g, l.title, l.mode);
    draw_rule(app, v, g, &l);
    draw_divider(v, g, &l);
    draw_strips(app, g, &l);
    draw_pane(app, v, g, &l);
    draw_rows(app, v, g, &l);
    frame_draw(app, v, g, &l.frame,
               v->sort || v->filter ? "Esc: all rows" : "]: next finding  *: next hot");
}

static const struct haystack *haystack(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    static const struct haystack nothing;
    (void)v;
    return ps ? outline_text(&ps->outline) : &nothing;
}

static void row_text(struct app *app, struct view *v, struct buf *b)
{
    (void)v;
    if (app_here(app))
        tree_add_plain(b, app_here(app), app_node(app));
}

static int item(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    (void)v;
    return ps ? ps->node : 0;
}

static void go(struct app *app, struct view *v, int id)
{
    struct plan_state *ps = app_here(app);
    if (ps && id >= 1 && id <= ps->outline.count)
        show_node(app, v, ps->outline.plan->nodes[id - 1]);
}

static const int *order(struct app *app, struct view *v, int *count)
{
    struct plan_state *ps = app_here(app);
    (void)v;
    *count = ps ? ps->outline.order_count : 0;
    return ps ? ps->outline.order : NULL;
}

static bool clicked(struct app *app, struct view *v, const struct hit *h)
{
    struct plan_state *ps = app_here(app);
    if (h->kind == HIT_SORT) {
        sort_by(app, v, h->value);
        return true;
    }
    if (h->kind == HIT_FOLD && ps) {
        list_go(&v->list, h->value);
        take_cursor(app, v);
        return toggle_fold(app, v, app_node(app));
    }
    if (h->kind == HIT_PANE && h->value && ps) {
        go(app, v, h->value);
        return true;
    }
    return false;
}

static void moved(struct app *app, struct view *v)
{
    take_cursor(app, v);
}

const struct view_ops tree_view = {
    .title = "Plan",
    .ctxs = CTX_BIT(CTX_TREE) | CTX_BIT(CTX_ANY),
    .footer = footer,
    .open = refresh,
    .refresh = refresh,
    .draw = draw,
    .act = act,
    .haystack = haystack,
    .order = order,
    .item = item,
    .go = go,
    .moved = moved,
    .clicked = clicked,
    .rearrange = rearrange,
    .sorts = sorts,
    .row_text = row_text,
};
