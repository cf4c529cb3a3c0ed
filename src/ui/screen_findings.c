/* Findings, ranked by what is at stake, with evidence, reason and remedy of the one under the
 * cursor. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"
#include "ui/rows.h"
#include "ui/tree_screen.h"
#include "ui/whatif.h"
#include "ui/words.h"

static const enum action footer[] = {ACTION_HELP,    ACTION_BACK, ACTION_GOTO,     ACTION_INDEXES,
                                     ACTION_COPY_DDL, ACTION_WHATIF, ACTION_HIDE,  ACTION_UNHIDE,
                                     ACTION_SEARCH,  ACTION_SORT, ACTION_SAVE,     ACTION_NONE};
static const char *const sorts[] = {"at stake", "node", NULL};

static const struct finding *finding_at(struct app *app, int item)
{
    const struct plan_state *ps = app_here(app);
    return ps && item >= 0 && (size_t)item < ps->shown_count ? ps->shown[item] : NULL;
}

static void item_text(struct app *app, struct view *v, int item, struct buf *b)
{
    const struct finding *f = finding_at(app, item);
    (void)v;
    buf_printf(b, "%s ", severity_name[f->severity]);
    if (f->node) {
        buf_printf(b, "#%d ", f->node->id);
        report_add_short_label(b, f->node);
        buf_addc(b, ' ');
    }
    buf_adds(b, f->title);
}

static double node_key(struct app *app, struct view *v, int item)
{
    const struct finding *f = finding_at(app, item);
    (void)v;
    return f->node ? -f->node->id : 0;
}

static void arrange(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    struct rows_source s = {.count = ps ? (int)ps->shown_count : 0,
                            .text = item_text,
                            .key = v->sort ? node_key : NULL};
    rows_arrange(app, v, &s);
}

static void select_here(struct app *app, struct view *v)
{
    struct plan_state *ps = app_here(app);
    for (size_t i = 0; ps && i < ps->shown_count; i++) {
        if (ps->shown[i]->node == app_node(app)) {
            rows_go(app, v, (int)i);
            return;
        }
    }
}

/* It opens on the worst one, unless the tree's cursor is on a node that has one. */
static void open(struct app *app, struct view *v)
{
    v->state = xcalloc(1, sizeof(struct rows));
    arrange(app, v);
    if (v->below && v->below->ops != &tree_view)
        select_here(app, v);
}

static void paragraph(struct doc *d, const char *name, unsigned style, struct str text)
{
    if (text.len == 0)
        return;
    doc_line(d);
    doc_puts(d, ROLE_STRUCTURE, name);
    doc_tab(d, 11);
    doc_wrap(d, style, 11, text);
}

static void index_lines(struct app *app, struct doc *d, const struct ui_index *x)
{
    const struct ui_whatif *w = whatif_now(app);
    struct plan_state *ps = app_here(app);
    struct buf b = {0};
    buf_printf(&b, "%s  %s", x->id, x->ddl);
    paragraph(d, "Index", ROLE_INFO, str_trim(buf_str(&b)));
    buf_clear(&b);
    words_add_effect(&b, x->before, x->after, x->in_ms);
    if (w && whatif_ticked(ps) > 1 && ps->on[x - ps->plan->indexes]) {
        buf_adds(&b, b.len ? "; all of " : "all of ");
        whatif_add_names(&b, ps);
        buf_adds(&b, ": ");
        words_add_effect(&b, w->before, w->after, w->in_ms);
    }
    paragraph(d, "Effect", ROLE_NORMAL, buf_str(&b));
    buf_clear(&b);
    if (num_known(x->size_bytes)) {
        buf_printf(&b, "size %s", x->size_is_bound ? "<= " : "");
        text_add_bytes(&b, x->size_bytes);
    }
    if (x->remark)
        buf_printf(&b, "%s%s", b.len ? "; " : "", x->remark);
    paragraph(d, "Costs", ROLE_NORMAL, buf_str(&b));
    paragraph(d, "Sure?", ROLE_NORMAL, str_of(x->sure));
    buf_free(&b);
}

/* Everything about one finding. */
static void build(struct app *app, struct doc *d, const struct finding *f, int width)
{
    struct buf b = {0};
    const struct ui_index *index = finding_answer(app_here(app), f);
    static const char *const sure[] = {"seen in the plan", "likely", "a guess"};
    doc_begin(d, width, app->settings->ascii);
    for (const struct evidence *e = f->evidence; e; e = e->next) {
        buf_printf(&b, "%s: %s", e->name, e->text);
        paragraph(d, e == f->evidence ? "Evidence" : "", ROLE_NORMAL, buf_str(&b));
        buf_clear(&b);
    }
    for (size_t i = 0; i < f->consequence_count; i++)
        paragraph(d, i ? "" : "Follows", ROLE_NORMAL, str_of(f->consequences[i]));
    paragraph(d, "Why", ROLE_NORMAL, str_of(f->why));
    paragraph(d, "Do", ROLE_NORMAL, str_of(f->remedy));
    paragraph(d, "SQL", ROLE_INFO, str_of(f->sql));
    if (index)
        index_lines(app, d, index);
    else
        paragraph(d, "Sure?", ROLE_NORMAL, str_of(sure[f->sure]));
    paragraph(d, "Rule", ROLE_STRUCTURE, str_of(f->rule->id));
    buf_free(&b);
}

static void draw_stake(struct pen *p, const struct report *r, const struct finding *f)
{
    struct buf b = {0};
    if (num_known(f->stake_ms))
        text_add_ms(&b, f->stake_ms);
    else
        cell_add_amount(&b, r, f->stake);
    pen_right(p, ROLE_NORMAL, buf_str(&b), 8);
    buf_clear(&b);
    if (isfinite(f->share))
        buf_printf(&b, "%.0f%%", f->share * 100);
    pen_right(p, role_of_share(f->share), buf_str(&b), 5);
    buf_free(&b);
}

static void add_place(struct buf *b, const struct finding *f)
{
    if (f->node)
        buf_printf(b, "#%d", f->node->id);
    else
        buf_adds(b, "all");
}

static void draw_row(struct app *app, struct view *v, struct grid *g, struct rect r, int line)
{
    const struct finding *f = finding_at(app, rows_at(v, v->list.top + line));
    struct plan_state *ps = app_here(app);
    struct pen p = pen_at(g, r, line);
    struct buf b = {0};
    if (!f)
        return;
    const struct ui_index *index = finding_answer(ps, f);
    int right = r.columns >= 60 ? 20 : 0, node = r.columns >= 60 ? 7 : 0;
    pen_puts(&p, ROLE_NORMAL, v->list.top + line == v->list.cursor ? ">" : " ");
    pen_printf(&p, role_of_severity(f->severity), "%c%-2zu", cell_severity_sign(f->severity),
               finding_rank(ps, f));
    pen_skip(&p, 1);
    if (right)
        pen_printf(&p, role_of_severity(f->severity), "%-7s", severity_name[f->severity]);
    if (node)
        add_place(&b, f);
    int from = pen_column(&p);
    pen_cut(&p, ROLE_NORMAL, buf_str(&b), node ? node - 1 : 0);
    pen_to(&p, from + node);
    pen_cut(&p, ROLE_NORMAL, str_of(f->title), pen_room(&p) - right);
    if (right) {
        pen_to(&p, r.columns - right + 1);
        draw_stake(&p, ps->plan->report, f);
        pen_skip(&p, 1);
        pen_puts(&p, ROLE_INFO, index ? index->id : f->sql ? "SQL" : "");
    }
    buf_free(&b);
    view_row_done(v, g, r, line);
}

static void draw_header(struct grid *g, struct rect r)
{
    struct pen p = pen_at(g, r, 0);
    int right = r.columns >= 60 ? 20 : 0, node = r.columns >= 60 ? 7 : 0;
    pen_to(&p, 5);
    if (right)
        pen_printf(&p, ROLE_HEADER, "%-7s", "SEV");
    int from = pen_column(&p);
    if (node)
        pen_puts(&p, ROLE_HEADER, "NODE");
    pen_to(&p, from + node);
    pen_puts(&p, ROLE_HEADER, "WHAT");
    if (right) {
        pen_to(&p, r.columns - right + 1);
        pen_right(&p, ROLE_HEADER, STR("AT STAKE"), 13);
        pen_skip(&p, 1);
        pen_puts(&p, ROLE_HEADER, "FIX");
    }
}

static void draw_pane(struct app *app, struct view *v, struct grid *g, struct rect rule,
                      struct rect r)
{
    const struct finding *f = finding_at(app, rows_current(v));
    struct doc d = {0};
    v->pane_rect = r;
    if (!f || r.rows <= 0)
        return;
    frame_rule(g, rule, f->rule->title, ROLE_TITLE | STYLE_BOLD);
    r.column++;
    r.columns -= 2;
    build(app, &d, f, r.columns);
    list_set_count(&v->pane, (int)d.line_count);
    list_fit(&v->pane, r.rows);
    doc_draw(&d, g, r, v->pane.top);
    app_hit(app, r, HIT_PANE, 0);
    doc_release(&d);
}

static void draw_nothing(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 2);
    if (v->filter)
        pen_puts(&p, ROLE_STRUCTURE, "no row matches; & and Enter show all again");
    else if (ps && ps->plan->report->finding_count)
        pen_puts(&p, ROLE_STRUCTURE, "all are hidden; U shows them again");
    else
        pen_puts(&p, ROLE_NORMAL, "nothing found that is worth changing");
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct plan_state *ps = app_here(app);
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct rect body = f.body, rule = {0}, pane = {0};
    struct pen p = frame_title(app, g, f.title, "Findings");
    if (ps) {
        pen_printf(&p, ROLE_NORMAL, "%zu   by what is at stake   ", ps->shown_count);
        pen_cut(&p, ROLE_STRUCTURE, str_of(ps->plan->name), pen_room(&p) - 1);
    }
    int list = v->list.count + 1, pane_rows = body.rows - list - 1;
    if (pane_rows < body.rows / 2)
        pane_rows = body.rows / 2;
    if (body.rows >= 6) {
        pane = (struct rect){body.row + body.rows - pane_rows, 0, pane_rows, body.columns};
        rule = (struct rect){pane.row - 1, 0, 1, body.columns};
        body.rows -= pane_rows + 1;
    }
    if (body.rows >= 2) {
        draw_header(g, rect_line(body, 0));
        body.row++;
        body.rows--;
    }
    draw_pane(app, v, g, rule, pane);
    view_list_area(app, v, g, body);
    for (int line = 0; line < body.rows && v->list.top + line < v->list.count; line++)
        draw_row(app, v, g, body, line);
    if (v->list.count == 0)
        draw_nothing(app, v, g, body);
    frame_draw(app, v, g, &f, "Enter: its node  i: its index");
}

static void go_to_node(struct app *app, const struct finding *f)
{
    if (!f || !f->node) {
        app_say(app, "this is about the statement as a whole, not about one node");
        return;
    }
    app_set_node(app, f->node);
    app_goto(app, &tree_view);
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    struct plan_state *ps = app_here(app);
    const struct finding *f = finding_at(app, rows_current(v));
    switch (rq->action) {
    case ACTION_GOTO:
        go_to_node(app, f);
        return true;
    case ACTION_HIDE:
        if (!f)
            return false;
        app_say(app, "hidden: %s (U shows all)", f->rule->id);
        findings_hide(ps, f->rule);
        arrange(app, v);
        return true;
    case ACTION_UNHIDE:
        if (!ps)
            return false;
        findings_unhide(ps);
        arrange(app, v);
        return true;
    case ACTION_INDEXES: /* on the index of this finding */
        if (f && f->node)
            app_set_node(app, f->node);
        return false;
    default:
        return false;
    }
}

static const struct ui_index *index_here(struct app *app, struct view *v)
{
    const struct finding *f = finding_at(app, rows_current(v));
    return f ? finding_answer(app_here(app), f) : NULL;
}

/* What the remedy says to run. */
static struct str sql_here(struct app *app, struct view *v)
{
    const struct finding *f = finding_at(app, rows_current(v));
    return f ? str_of(f->sql) : (struct str){0};
}

const struct view_ops findings_view = {
    .title = "Findings",
    .ctxs = CTX_BIT(CTX_FINDINGS) | CTX_BIT(CTX_ANY),
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
    .sql = sql_here,
};
