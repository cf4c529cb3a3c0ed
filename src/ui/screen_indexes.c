/* Index advice and what-if: tick candidates, see the plan that would be. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"
#include "ui/edit.h"
#include "ui/job.h"
#include "ui/pairs.h"
#include "ui/rows.h"
#include "ui/whatif.h"
#include "ui/words.h"

static const enum action footer[] = {
    ACTION_HELP,     ACTION_TOGGLE,   ACTION_ALL_ON, ACTION_ALL_OFF, ACTION_EDIT,  ACTION_COPY_DDL,
    ACTION_MARGINAL, ACTION_WHATIF,   ACTION_DIFF,   ACTION_BACK,    ACTION_EXECUTE, ACTION_SAVE,
    ACTION_NONE};
static const char *const sorts[] = {"gain", "marginal gain", "size", NULL};

static const struct ui_index *index_at(struct app *app, int item)
{
    const struct plan_state *ps = app_here(app);
    return ps && item >= 0 && (size_t)item < ps->plan->index_count ? &ps->plan->indexes[item] : NULL;
}

static void item_text(struct app *app, struct view *v, int item, struct buf *b)
{
    const struct ui_index *x = index_at(app, item);
    (void)v;
    buf_printf(b, "%s %s%s%s", x->id, x->target, x->remark ? "  " : "", x->remark ? x->remark : "");
}

static double rest_of(struct app *app, int item)
{
    const struct ui_whatif *w = whatif_now(app);
    return w && w->rest ? w->rest[item] : NAN;
}

/* Largest first: a gain is a negative change. */
static double sort_key(struct app *app, struct view *v, int item)
{
    const struct ui_index *x = index_at(app, item);
    return v->sort == 2 ? x->size_bytes : -rest_of(app, item);
}

static void arrange(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    struct rows_source s = {.count = ps ? (int)ps->plan->index_count : 0,
                            .text = item_text,
                            .key = v->sort ? sort_key : NULL};
    rows_arrange(app, v, &s);
}

/* It opens on the index that serves the node under the cursor. */
static void open(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    v->state = xcalloc(1, sizeof(struct rows));
    arrange(app, v);
    const char *id = ps ? ps->served_by[ps->node] : NULL;
    for (size_t i = 0; id && i < ps->plan->index_count; i++)
        if (ps->plan->indexes[i].id == id)
            rows_go(app, v, (int)i);
    whatif_start(app);
}

static void draw_change(struct pen *p, double change, int columns)
{
    struct buf b = {0};
    if (isnan(change))
        buf_adds(&b, "--");
    else
        cell_add_change(&b, change);
    pen_right(p, change <= -0.10 ? ROLE_BETTER : change > 0 ? ROLE_WORSE : ROLE_NORMAL, buf_str(&b),
              columns);
    buf_free(&b);
}

static void draw_header(struct grid *g, struct rect r)
{
    struct pen p = pen_at(g, r, 0);
    bool narrow = r.columns < 60;
    pen_puts(&p, ROLE_HEADER, "    ON");
    pen_right(&p, ROLE_HEADER, STR("SIZE"), 10);
    pen_right(&p, ROLE_HEADER, STR("ALONE"), 7);
    if (!narrow) {
        pen_right(&p, ROLE_HEADER, STR("+REST"), 7);
        pen_right(&p, ROLE_HEADER, STR("QUERIES"), 9);
    }
    pen_skip(&p, 2);
    pen_puts(&p, ROLE_HEADER, "INDEX");
}

static void draw_row(struct app *app, struct view *v, struct grid *g, struct rect r, int line)
{
    int item = rows_at(v, v->list.top + line);
    const struct ui_index *x = index_at(app, item);
    struct plan_state *ps = app_here(app);
    struct pen p = pen_at(g, r, line);
    struct buf b = {0};
    bool narrow = r.columns < 60;
    if (!x)
        return;
    pen_puts(&p, ROLE_NORMAL, v->list.top + line == v->list.cursor ? ">" : " ");
    pen_printf(&p, ps->on[item] ? ROLE_INFO | STYLE_BOLD : ROLE_NORMAL, "%3s[%c]", x->id,
               ps->on[item] ? 'x' : ' ');
    pen_to(&p, 7);
    if (num_known(x->size_bytes)) {
        buf_adds(&b, x->size_is_bound ? "<=" : "");
        text_add_bytes(&b, x->size_bytes);
    }
    pen_right(&p, ROLE_NORMAL, buf_str(&b), 9);
    draw_change(&p, x->alone, 7);
    if (!narrow) {
        draw_change(&p, rest_of(app, item), 7);
        buf_clear(&b);
        text_add_count(&b, x->queries);
        pen_right(&p, ROLE_NORMAL, buf_str(&b), 9);
    }
    pen_skip(&p, 2);
    pen_cut(&p, ROLE_NORMAL, str_of(x->target), pen_room(&p));
    if (x->remark && pen_room(&p) > (int)strlen(x->remark) + 3) {
        pen_skip(&p, 2);
        pen_printf(&p, ROLE_STRUCTURE, "(%s)", x->remark);
    }
    buf_free(&b);
    view_row_done(v, g, r, line);
}

static void build(struct app *app, struct doc *d, const struct ui_index *x, int width)
{
    doc_begin(d, width, app->settings->ascii);
    doc_wrap(d, ROLE_INFO, 2, str_trim(str_of(x->ddl)));
    if (x->why) {
        doc_line(d);
        doc_wrap(d, ROLE_NORMAL, 0, str_of(x->why));
    }
    if (x->sure) {
        doc_line(d);
        doc_puts(d, ROLE_STRUCTURE, "how sure: ");
        doc_wrap(d, ROLE_NORMAL, 10, str_of(x->sure));
    }
}

static void draw_title(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    const struct ui_whatif *w = whatif_now(app);
    struct pen p = frame_title(app, g, r, "Indexes");
    struct buf b = {0};
    if (!ps)
        return;
    pen_printf(&p, ROLE_NORMAL, "%zu candidate%s  %d on", ps->plan->index_count,
               ps->plan->index_count == 1 ? "" : "s", whatif_ticked(ps));
    if (!whatif_ticked(ps)) {
        buf_adds(&b, "Space ticks one: the plan is planned again");
    } else if (w) {
        buf_adds(&b, "WHAT-IF  ");
        words_add_effect(&b, w->before, w->after, w->in_ms);
        if (num_known(w->took_ms)) {
            buf_adds(&b, "  ");
            text_add_ms(&b, w->took_ms);
        }
    } else if (job_what(app)) {
        buf_adds(&b, "planning ...");
    }
    int width = text_width(buf_str(&b)), at = r.columns - width - 1;
    if (at > pen_column(&p) + 2)
        pen_to(&p, at);
    else
        pen_skip(&p, 2);
    pen_cut(&p, w ? ROLE_BETTER : ROLE_STRUCTURE, buf_str(&b), pen_room(&p));
    buf_free(&b);
}

static void draw_nothing(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    struct doc d = {0};
    const char *why = ps && ps->plan->advice_note ? ps->plan->advice_note : NULL;
    if (!why && app->source->ops->unavailable)
        why = app->source->ops->unavailable(app->source->self, UI_CAN_WHATIF);
    doc_begin(&d, r.columns - 3, g->ascii);
    doc_wrap(&d, ROLE_NORMAL, 0,
             str_of(why ? why : "No index would help this plan: nothing in it filters, joins or "
                                "sorts so that an index could save work."));
    r.column += 2;
    r.columns -= 2;
    doc_draw(&d, g, r, 1);
    doc_draw(&d, g, r, 0);
    doc_release(&d);
}

/* Which nodes a ticked index serves. */
static void add_served(struct app *app, struct doc *d)
{
    struct plan_state *ps = app_here(app);
    struct buf b = {0};
    for (size_t i = 0; i < ps->plan->index_count; i++) {
        const struct ui_index *x = &ps->plan->indexes[i];
        for (size_t k = 0; ps->on[i] && k < x->node_count; k++) {
            const struct plan *p = ps->outline.plan;
            if (x->nodes[k] < 1 || x->nodes[k] > p->node_count)
                continue; /* an index that serves another plan */
            const struct node *n = p->nodes[x->nodes[k] - 1];
            doc_line(d);
            doc_printf(d, ROLE_INFO, "%s", x->id);
            buf_printf(&b, " serves #%d ", n->id);
            report_add_label(&b, n);
            doc_wrap(d, ROLE_NORMAL, 3, buf_str(&b));
            buf_clear(&b);
        }
    }
    buf_free(&b);
}

/* Without a plan that would be: what is known all the same. */
static void draw_known(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    const struct ui_whatif *w = whatif_now(app);
    const char *error = whatif_error(app);
    struct doc d = {0};
    frame_rule(g, rect_line(r, 0), "what it would change", ROLE_NORMAL);
    doc_begin(&d, r.columns - 2, g->ascii);
    if (error)
        doc_wrap(&d, ROLE_MEDIUM, 0, str_of(error));
    else if (!whatif_ticked(ps))
        doc_puts(&d, ROLE_STRUCTURE, "no index is ticked");
    else if (w && w->basis)
        doc_wrap(&d, ROLE_STRUCTURE, 0, str_of(w->basis));
    add_served(app, &d);
    struct str notes = str_of(ps->plan->advice_note), note;
    if (notes.len)
        doc_line(&d);
    while (str_line(&notes, &note)) {
        doc_line(&d);
        doc_wrap(&d, ROLE_NORMAL, 2, note);
    }
    doc_draw(&d, g, (struct rect){r.row + 1, r.column + 1, r.rows - 1, r.columns - 2}, 0);
    doc_release(&d);
}

/* The lower half: the plan as it would be. */
static void draw_plan(struct app *app, struct grid *g, struct rect r)
{
    const struct plan_diff *d = whatif_diff(app);
    const struct ui_whatif *w = whatif_now(app);
    struct buf label = {0};
    struct pairs pairs;
    if (r.rows < 3)
        return;
    if (!d) {
        draw_known(app, g, r);
        return;
    }
    buf_adds(&label, "plan with ");
    whatif_add_names(&label, app_here(app));
    buf_adds(&label, "  (+ new  - gone  ~ changed  = same)");
    frame_rule(g, rect_line(r, 0), label.data, ROLE_NORMAL);
    pairs_draw_cost_header(g, rect_line(r, 1));
    pairs_init(&pairs, d, true, false, false);
    int rows = r.rows - 3;
    for (int i = 0; i < pairs.count && i < rows; i++)
        pairs_draw_cost_row(&pairs, g, rect_line(r, i + 2), &pairs.rows[i]);
    struct pen p = pen_at(g, r, r.rows - 1);
    pen_skip(&p, 1);
    if (pairs.count > rows)
        pen_printf(&p, ROLE_STRUCTURE, "%d more rows: w   ", pairs.count - rows);
    pen_cut(&p, ROLE_STRUCTURE, STR("costs are planner units, not ms"), pen_room(&p));
    if (w->basis) {
        pen_skip(&p, 3);
        pen_cut(&p, ROLE_STRUCTURE, str_of(w->basis), pen_room(&p));
    }
    pairs_release(&pairs);
    buf_free(&label);
}

static void draw_ddl(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    const struct ui_index *x = index_at(app, rows_current(v));
    struct doc d = {0};
    v->pane_rect = (struct rect){0};
    if (!x || r.rows < 2)
        return;
    struct rect text = {r.row + 1, r.column + 1, r.rows - 1, r.columns - 2};
    struct buf label = {0};
    buf_printf(&label, "DDL %s", x->id);
    frame_rule(g, rect_line(r, 0), label.data, ROLE_TITLE | STYLE_BOLD);
    build(app, &d, x, text.columns);
    v->pane_rect = text;
    list_set_count(&v->pane, (int)d.line_count);
    list_fit(&v->pane, text.rows);
    doc_draw(&d, g, text, v->pane.top);
    app_hit(app, text, HIT_PANE, 0);
    buf_free(&label);
    doc_release(&d);
}

static void draw_rows(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    if (r.rows >= 2) {
        draw_header(g, rect_line(r, 0));
        r.row++;
        r.rows--;
    }
    view_list_area(app, v, g, r);
    for (int line = 0; line < r.rows && v->list.top + line < v->list.count; line++)
        draw_row(app, v, g, r, line);
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct rect body = f.body, ddl = {0}, plan = {0};
    int list = v->list.count + 1;
    if (list > body.rows / 3 && body.rows >= 9)
        list = body.rows / 3;
    if (body.rows >= 6) {
        int ddl_rows = body.rows - list >= 12 ? 5 : (body.rows - list) / 2;
        ddl = (struct rect){body.row + list, 0, ddl_rows, body.columns};
        plan = (struct rect){ddl.row + ddl.rows, 0, body.rows - list - ddl_rows, body.columns};
        body.rows = list;
    }
    draw_title(app, g, f.title);
    if (v->list.count == 0 && !v->filter) {
        draw_nothing(app, g, f.body);
    } else {
        draw_ddl(app, v, g, ddl);
        draw_plan(app, g, plan);
        draw_rows(app, v, g, body);
    }
    frame_draw(app, v, g, &f, "nothing is created on the server");
}

static void set_all(struct app *app, bool on)
{
    struct plan_state *ps = app_here(app);
    for (size_t i = 0; i < ps->plan->index_count; i++)
        ps->on[i] = on;
    whatif_start(app);
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    struct plan_state *ps = app_here(app);
    int item = rows_current(v);
    if (!ps)
        return false;
    switch (rq->action) {
    case ACTION_TOGGLE:
        if (item < 0)
            return false;
        ps->on[item] = !ps->on[item];
        whatif_start(app);
        if (!app->source->ops->whatif && app->source->ops->unavailable)
            app_say(app, "%s", app->source->ops->unavailable(app->source->self, UI_CAN_WHATIF));
        return true;
    case ACTION_ALL_ON:
    case ACTION_ALL_OFF:
        set_all(app, rq->action == ACTION_ALL_ON);
        return true;
    case ACTION_MARGINAL:
        v->sort = 1;
        arrange(app, v);
        return true;
    case ACTION_EDIT:
        return edit_ask(app, item);
    default:
        return false;
    }
}

static const struct ui_index *index_here(struct app *app, struct view *v)
{
    return index_at(app, rows_current(v));
}

const struct view_ops indexes_view = {
    .title = "Indexes",
    .ctxs = CTX_BIT(CTX_IDX) | CTX_BIT(CTX_ANY),
    .footer = footer,
    .open = open,
    .close = rows_close,
    .refresh = arrange,
    .draw = draw,
    .act = act,
    .haystack = rows_haystack,
    .order = rows_order,
    .item = rows_item,
    .go = rows_go,
    .rearrange = arrange,
    .sorts = sorts,
    .row_text = rows_row_text,
    .index = index_here,
};
