/* The top of the screen: what this is, how much in all, where, and what helps most. */
#include "ui/tree_screen.h"

#include "base/text.h"
#include "report/cell.h"
#include "ui/whatif.h"
#include "ui/words.h"

static void add_place(struct app *app, struct buf *b)
{
    buf_printf(b, "plan %zu/%zu%s", app->at + 1, app->source->plan_count,
               app->load.loading ? "+" : "");
}

static void draw_right(struct pen *p, struct rect r, unsigned style, struct str s)
{
    int width = text_width(s);
    if (r.columns - width - 1 <= pen_column(p))
        return;
    pen_to(p, r.columns - width - 1);
    pen_put(p, style, s);
}

static void draw_title(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    struct pen p = pen_at(g, rect_line(r, 0), 0);
    struct buf place = {0}, sql = {0};
    struct str query = ps->plan->sql.len ? ps->plan->sql : ps->outline.plan->query_text;
    add_place(app, &place);
    words_add_one_line(&sql, query, 1000);
    pen_skip(&p, 1);
    pen_puts(&p, ROLE_TITLE | STYLE_BOLD, "pgsift");
    pen_skip(&p, 2);
    pen_cut(&p, ROLE_NORMAL, str_of(ps->plan->name), r.columns / 3);
    pen_skip(&p, 2);
    pen_cut(&p, ROLE_STRUCTURE, buf_str(&sql), pen_room(&p) - (int)place.len - 3);
    draw_right(&p, r, ROLE_NORMAL, buf_str(&place));
    buf_free(&place);
    buf_free(&sql);
}

/* What was not needed goes first when the line is too long. */
static void drop_part(struct buf *b, const char *part)
{
    ptrdiff_t at = str_find(buf_str(b), part);
    size_t len = strlen(part);
    if (at < 0)
        return;
    memmove(b->data + at, b->data + at + len, b->len - (size_t)at - len + 1);
    b->len -= len;
}

static void draw_totals(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    struct pen p = pen_at(g, rect_line(r, 1), 0);
    struct buf b = {0};
    report_add_total(&b, ps->plan->report);
    if (ps->plan->index_count && r.columns >= 100)
        buf_printf(&b, "  %zu index suggestion%s", ps->plan->index_count,
                   ps->plan->index_count == 1 ? "" : "s");
    if (ps->plan->runs)
        buf_printf(&b, "  %s", ps->plan->runs);
    if (app->source->server && r.columns >= 100)
        buf_printf(&b, "  live: %s%s", app->source->server,
                   app->source->read_only ? "  read-only" : "");
    if (text_width(buf_str(&b)) > r.columns - 2)
        drop_part(&b, "  0B read");
    pen_skip(&p, 1);
    pen_cut(&p, ROLE_NORMAL, buf_str(&b), pen_room(&p));
    buf_free(&b);
}

/* The best that is known: the ticked indexes together, else the first index, else what the worst
 * finding says. */
static void add_fix(struct app *app, struct buf *b)
{
    struct plan_state *ps = app_here(app);
    const struct ui_whatif *w = whatif_now(app);
    if (w) {
        whatif_add_names(b, ps);
        buf_printf(b, ": %s ", words_measure(w->in_ms));
        cell_add_change(b, w->after / w->before - 1);
    } else if (ps->plan->index_count) {
        const struct ui_index *x = &ps->plan->indexes[0];
        buf_printf(b, "%s: %s ", x->id, words_measure(x->in_ms));
        cell_add_change(b, x->alone);
    } else if (ps->shown_count && ps->shown[0]->remedy) {
        const struct finding *f = ps->shown[0];
        buf_printf(b, "%c1 ", cell_severity_sign(f->severity));
        words_add_one_line(b, str_of(f->remedy), 200);
    }
}

static void draw_fix(struct app *app, struct pen *p, struct rect r)
{
    struct plan_state *ps = app_here(app);
    struct buf b = {0}, key = {0};
    int from = pen_column(p);
    bool indexes = ps->plan->index_count > 0;
    add_fix(app, &b);
    bindings_add_first_key(&key, &app->settings->bindings,
                           indexes ? ACTION_INDEXES : ACTION_FINDINGS);
    if (b.len && pen_room(p) > 12) {
        pen_puts(p, ROLE_TITLE | STYLE_BOLD, "FIX");
        pen_skip(p, 2);
        pen_cut(p, ROLE_INFO, buf_str(&b), pen_room(p) - 6);
        if (key.len && pen_room(p) > 5)
            pen_printf(p, ROLE_STRUCTURE, "  (%s)", key.data);
        app_hit(app, (struct rect){p->row, r.column + from, 1, pen_column(p) - from}, HIT_ACTION,
                indexes ? ACTION_INDEXES : ACTION_FINDINGS);
    }
    buf_free(&b);
    buf_free(&key);
}

static int fix_width(struct app *app)
{
    struct buf b = {0};
    add_fix(app, &b);
    int width = b.len ? text_width(buf_str(&b)) + 13 : 0;
    buf_free(&b);
    return width > 60 ? 60 : width;
}

static void add_hot_name(struct buf *b, const struct node *n, bool whole, bool first)
{
    struct buf name = {0};
    if (whole)
        report_add_short_label(&name, n);
    else
        node_add_name(&name, n);
    struct str s = buf_str(&name);
    if (!whole && !first && str_starts(s, "Parallel "))
        s = str_sub(s, 9, s.len);
    buf_addstr(b, s);
    buf_free(&name);
}

/* One hot node; false when there is no room or nothing to say. */
static bool draw_hot_node(struct pen *p, const struct report *r, size_t i, int room, bool whole)
{
    const struct node *n = r->metrics->hottest[i];
    double share = metrics_of(r->metrics, n)->share;
    struct buf b = {0};
    buf_printf(&b, "#%d ", n->id);
    add_hot_name(&b, n, whole, i == 0);
    buf_addc(&b, ' ');
    cell_add_share(&b, share);
    int width = text_width(buf_str(&b)) + (i ? 2 : 0);
    bool fits = i == 0 || (width <= room && share >= 0.02);
    if (fits && i)
        pen_puts(p, ROLE_NORMAL, ", ");
    if (fits)
        pen_cut(p, role_of_share(share), buf_str(&b), room);
    buf_free(&b);
    return fits;
}

static void draw_hot(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    const struct report *report = ps->plan->report;
    struct pen p = pen_at(g, rect_line(r, 2), 0);
    int fix = fix_width(app);
    pen_skip(&p, 1);
    pen_puts(&p, ROLE_TITLE | STYLE_BOLD, report->plan->has_actual ? "HOT" : "COST");
    pen_skip(&p, 2);
    for (size_t i = 0; i < 3 && i < report->metrics->hottest_count; i++)
        if (!draw_hot_node(&p, report, i, pen_room(&p) - fix, r.columns >= 100))
            break;
    pen_skip(&p, 3);
    draw_fix(app, &p, r);
}

/* " 376ms  12n  !2 +2         plan 1/1" */
static void draw_compact(struct app *app, struct grid *g, struct rect r)
{
    struct plan_state *ps = app_here(app);
    const struct report *report = ps->plan->report;
    struct pen p = pen_at(g, r, 0);
    struct buf b = {0};
    pen_skip(&p, 1);
    if (num_known(report->metrics->execution_ms) && report->plan->has_actual)
        buf_printf(&b, "%.0fms", report->metrics->execution_ms);
    else
        cell_add_amount(&b, report, report->metrics->whole);
    pen_put(&p, ROLE_TITLE | STYLE_BOLD, buf_str(&b));
    pen_printf(&p, ROLE_NORMAL, "  %dn ", report->plan->node_count);
    if (ps->shown_count)
        pen_printf(&p, role_of_severity(ps->shown[0]->severity), " %c%zu",
                   cell_severity_sign(ps->shown[0]->severity), ps->shown_count);
    if (ps->plan->index_count)
        pen_printf(&p, ROLE_INFO, " +%zu", ps->plan->index_count);
    buf_clear(&b);
    add_place(app, &b);
    draw_right(&p, r, ROLE_NORMAL, buf_str(&b));
    buf_free(&b);
}

void verdict_draw(struct app *app, struct grid *g, struct rect r, enum tree_mode mode)
{
    if (mode <= TREE_COMPACT) {
        draw_compact(app, g, r);
        return;
    }
    draw_title(app, g, r);
    draw_totals(app, g, r);
    draw_hot(app, g, r);
}
