/* Two plans compared: A and B of a file or the command line, or the plan and what it would be. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"
#include "ui/pairs.h"
#include "ui/rows.h"
#include "ui/whatif.h"
#include "ui/words.h"

static const enum action footer[] = {ACTION_HELP, ACTION_BACK, ACTION_SIDE,   ACTION_SWAP,
                                     ACTION_NEXT_FINDING, ACTION_ONLY, ACTION_DETAIL,
                                     ACTION_SEARCH, ACTION_SORT, ACTION_COPY_ROW, ACTION_NEXT_PLAN,
                                     ACTION_NONE};
static const char *const sorts[] = {"plan order", "change", NULL};

enum { SIDE_BY_SIDE_COLUMNS = 120, NARROW_COLUMNS = 60 };

struct diff_state {
    struct rows rows; /* items are rows of pairs */
    bool whatif, unified, only, swap;
    size_t a, b; /* plans */
    struct arena *arena;
    const struct plan_diff *diff; /* NULL: nothing to compare */
    struct pairs pairs;
};

static void item_text(struct app *app, struct view *v, int item, struct buf *b)
{
    const struct diff_state *s = v->state;
    (void)app;
    pairs_add_label(b, &s->pairs, &s->pairs.rows[item], s->whatif);
}

static double change_key(struct app *app, struct view *v, int item)
{
    const struct diff_state *s = v->state;
    const struct pair_row *row = &s->pairs.rows[item];
    (void)app;
    return fabs(num_or(pairs_right(&s->pairs, row), 0) - num_or(pairs_left(&s->pairs, row), 0));
}

static void arrange(struct app *app, struct view *v)
{
    struct diff_state *s = v->state;
    struct rows_source source = {
        .count = s->pairs.count, .text = item_text, .key = v->sort ? change_key : NULL};
    rows_arrange(app, v, &source);
}

/* Rows anew; the cursor stays on its pair. */
static void make_rows(struct app *app, struct view *v)
{
    struct diff_state *s = v->state;
    int item = rows_current(v);
    int pair = item >= 0 && item < s->pairs.count ? s->pairs.rows[item].first : -1;
    pairs_release(&s->pairs);
    if (s->diff)
        pairs_init(&s->pairs, s->diff, s->whatif, s->only, s->swap);
    arrange(app, v);
    int row = pair >= 0 ? pairs_row_of(&s->pairs, pair) : -1;
    if (row >= 0)
        rows_go(app, v, row);
}

static void compare(struct app *app, struct view *v)
{
    struct diff_state *s = v->state;
    struct plan_state *a = app_plan_state(app, s->a), *b = app_plan_state(app, s->b);
    s->diff = NULL;
    if (s->whatif) {
        s->diff = whatif_diff(app);
    } else if (s->a != s->b && a && b && a->plan->report && b->plan->report) {
        arena_clear(s->arena);
        s->diff = plan_diff_new(s->arena, a->plan->report->metrics, b->plan->report->metrics);
    }
    make_rows(app, v);
}

/* The pair that the tree's cursor is on, else the largest change. */
static void select_first(struct app *app, struct view *v)
{
    struct diff_state *s = v->state;
    int best = -1;
    double most = -1;
    for (int i = 0; i < s->pairs.count; i++) {
        double change = change_key(app, v, i);
        if (change > most && pairs_mark(&s->pairs, &s->pairs.rows[i]) != '=') {
            most = change;
            best = i;
        }
    }
    if (best >= 0)
        rows_go(app, v, best);
}

static void open_state(struct app *app, struct view *v, bool whatif)
{
    struct diff_state *s = xcalloc(1, sizeof *s);
    v->state = s;
    s->whatif = whatif;
    s->arena = arena_new(0);
    s->a = app->at + 1 < app->source->plan_count ? app->at : app->at ? app->at - 1 : 0;
    s->b = s->a + 1 < app->source->plan_count ? s->a + 1 : s->a;
    compare(app, v);
    select_first(app, v);
}

static void open_diff(struct app *app, struct view *v)
{
    open_state(app, v, false);
}

static void open_whatif(struct app *app, struct view *v)
{
    open_state(app, v, true);
    whatif_start(app);
}

static void close(struct view *v)
{
    struct diff_state *s = v->state;
    pairs_release(&s->pairs);
    rows_release(&s->rows);
    arena_free(s->arena);
    free(s);
}

/* Left and right as they stand on the screen. */
static const struct plan_metrics *side_of(const struct diff_state *s, bool right)
{
    return right != s->swap ? s->diff->b : s->diff->a;
}

static const struct node *node_of(const struct diff_state *s, const struct pair_row *row, bool right)
{
    const struct diff_pair *pair = &s->diff->pairs[row->first];
    return right != s->swap ? pair->b : pair->a;
}

static const struct pair_row *current(const struct view *v)
{
    const struct diff_state *s = v->state;
    int item = rows_current(v);
    return item >= 0 && item < s->pairs.count ? &s->pairs.rows[item] : NULL;
}

/* The row that changed most among those not told yet, -1 when none did. */
static int largest_change(const struct diff_state *s, const bool *told)
{
    int best = -1;
    double most = 0;
    for (int i = 0; i < s->pairs.count; i++) {
        const struct pair_row *row = &s->pairs.rows[i];
        double change =
            fabs(num_or(pairs_right(&s->pairs, row), 0) - num_or(pairs_left(&s->pairs, row), 0));
        if (told[i] || change <= most || change < s->pairs.whole / 100)
            continue;
        best = i;
        most = change;
    }
    return best;
}

static void add_whole(struct buf *b, const struct diff_state *s, bool right)
{
    const struct plan_metrics *m = side_of(s, right);
    if (s->pairs.cost) {
        buf_adds(b, s->whatif && right ? "" : "cost ");
        text_add_grouped(b, m->plan->root->num[PROP_TOTAL_COST]);
    } else if (m->unit == UNIT_TIME) {
        text_add_ms(b, m->whole);
    } else {
        text_add_count(b, m->whole);
        buf_printf(b, " %s", report_unit_name[m->unit]);
    }
}

static double whole_of(const struct diff_state *s, bool right)
{
    const struct plan_metrics *m = side_of(s, right);
    return s->pairs.cost ? m->plan->root->num[PROP_TOTAL_COST] : m->whole;
}

static void add_name(struct app *app, struct buf *b, const struct diff_state *s, bool right)
{
    struct plan_state *ps = app_plan_state(app, right != s->swap ? s->b : s->a);
    buf_printf(b, "%c %s", right ? 'B' : 'A', ps ? ps->plan->name : "");
}

/* Megabytes of one as against the other: "hit 154>142MB". */
static void add_io(struct buf *b, const char *name, double left, double right)
{
    if (!(left > 0) && !(right > 0))
        return;
    buf_printf(b, "  %s ", name);
    text_add_bytes(b, num_or(left, 0) * METRIC_BLOCK_BYTES);
    buf_addc(b, '>');
    text_add_bytes(b, num_or(right, 0) * METRIC_BLOCK_BYTES);
}

static void draw_title(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    struct diff_state *s = v->state;
    struct pen p = frame_title(app, g, r, s->whatif ? "What-if" : "Diff");
    struct buf b = {0};
    if (!s->diff)
        return;
    if (s->whatif) {
        whatif_add_names(&b, app_here(app));
        buf_adds(&b, "  ");
    } else {
        add_name(app, &b, s, false);
        buf_addc(&b, ' ');
    }
    add_whole(&b, s, false);
    buf_adds(&b, "  ->  ");
    if (!s->whatif) {
        add_name(app, &b, s, true);
        buf_addc(&b, ' ');
    }
    add_whole(&b, s, true);
    buf_adds(&b, "   ");
    pen_cut(&p, ROLE_NORMAL, buf_str(&b), pen_room(&p));
    double change = whole_of(s, true) / whole_of(s, false) - 1;
    buf_clear(&b);
    cell_add_change(&b, change);
    pen_put(&p, change < 0 ? ROLE_BETTER | STYLE_BOLD : ROLE_WORSE | STYLE_BOLD, buf_str(&b));
    buf_clear(&b);
    if (!s->whatif) {
        add_io(&b, "hit", side_of(s, false)->io.hit, side_of(s, true)->io.hit);
        add_io(&b, "read", side_of(s, false)->io.read, side_of(s, true)->io.read);
    } else if (whatif_now(app) && whatif_now(app)->basis) {
        buf_printf(&b, "   %s", whatif_now(app)->basis);
    }
    pen_cut(&p, ROLE_STRUCTURE, buf_str(&b), pen_room(&p) - 1);
    buf_free(&b);
}

/* The largest changes in a line: what got slower first, then what got faster. */
static void draw_verdict(struct view *v, struct grid *g, struct rect r)
{
    struct diff_state *s = v->state;
    struct pen p = pen_at(g, r, 0);
    bool *told = xcalloc((size_t)s->pairs.count, sizeof *told);
    double whole = whole_of(s, true) - whole_of(s, false);
    pen_skip(&p, 1);
    pen_puts(&p, ROLE_TITLE | STYLE_BOLD, whole > 0 ? "SLOWER" : "FASTER");
    int told_most = r.columns >= SIDE_BY_SIDE_COLUMNS ? 3 : 2;
    for (int i = 0; i < told_most; i++) {
        int best = largest_change(s, told);
        if (best < 0)
            break;
        const struct pair_row *row = &s->pairs.rows[best];
        double delta = num_or(pairs_right(&s->pairs, row), 0) - num_or(pairs_left(&s->pairs, row), 0);
        struct buf b = {0};
        told[best] = true;
        buf_printf(&b, "%s%s", i ? ", " : "  ", delta > 0 ? "+" : "");
        pairs_add_amount(&b, &s->pairs, delta);
        pen_put(&p, pairs_delta_style(&s->pairs, delta), buf_str(&b));
        buf_clear(&b);
        buf_addc(&b, ' ');
        pairs_add_label(&b, &s->pairs, row, false);
        pen_cut(&p, ROLE_NORMAL, buf_str(&b), (r.columns - 10) / told_most - 9);
        buf_free(&b);
    }
    free(told);
}

static const char *unit_of(const struct diff_state *s)
{
    return s->pairs.cost ? "cost" : report_unit_name[s->diff->a->unit];
}

static bool is_side_by_side(const struct diff_state *s, int columns)
{
    return columns >= SIDE_BY_SIDE_COLUMNS && !s->unified && !s->whatif;
}

static void draw_amount(struct pen *p, const struct diff_state *s, double v, unsigned style,
                        int columns)
{
    struct buf b = {0};
    pairs_add_amount(&b, &s->pairs, v);
    pen_right(p, style, buf_str(&b), columns);
    buf_free(&b);
}

static void draw_delta(struct pen *p, const struct diff_state *s, const struct pair_row *row)
{
    double left = pairs_left(&s->pairs, row), right = pairs_right(&s->pairs, row);
    struct buf b = {0};
    double delta = num_or(right, 0) - num_or(left, 0);
    if (delta > 0)
        buf_addc(&b, '+');
    pairs_add_amount(&b, &s->pairs, delta);
    pen_right(p, pairs_delta_style(&s->pairs, delta), buf_str(&b), 9);
    buf_free(&b);
}

static void draw_header(struct view *v, struct grid *g, struct rect r)
{
    struct diff_state *s = v->state;
    struct pen p = pen_at(g, r, 0);
    struct buf b = {0};
    pen_skip(&p, 3);
    buf_printf(&b, "A %s", unit_of(s));
    if (r.columns < NARROW_COLUMNS) {
        pen_right(&p, ROLE_HEADER, STR("DELTA"), 8);
        pen_skip(&p, 2);
        pen_puts(&p, ROLE_HEADER, "NODE");
        buf_free(&b);
        return;
    }
    pen_right(&p, ROLE_HEADER, buf_str(&b), 8);
    b.data[0] = 'B';
    if (is_side_by_side(s, r.columns)) {
        pen_skip(&p, 2);
        pen_puts(&p, ROLE_HEADER, "A NODE");
        pen_to(&p, r.columns / 2);
        pen_glyph(&p, ROLE_STRUCTURE, GLYPH_VERTICAL);
        pen_right(&p, ROLE_HEADER, buf_str(&b), 9);
        pen_right(&p, ROLE_HEADER, STR("DELTA"), 10);
        pen_skip(&p, 2);
        pen_puts(&p, ROLE_HEADER, "B NODE");
    } else {
        pen_skip(&p, 1);
        pen_right(&p, ROLE_HEADER, buf_str(&b), 8);
        pen_skip(&p, 1);
        pen_right(&p, ROLE_HEADER, STR("DELTA"), 8);
        pen_skip(&p, 2);
        pen_puts(&p, ROLE_HEADER, "NODE");
        const char *key = "(+ B only, - A only)";
        if (r.columns - (int)strlen(key) - 1 > pen_column(&p) + 2) {
            pen_to(&p, r.columns - (int)strlen(key) - 1);
            pen_puts(&p, ROLE_STRUCTURE, key);
        }
    }
    buf_free(&b);
}

/* One plan's half of a row. */
static void draw_half(struct pen *p, const struct diff_state *s, const struct pair_row *row,
                      bool right)
{
    const struct node *n = node_of(s, row, right);
    if (n && row->last > row->first)
        pairs_draw_node(&s->pairs, p, row, false);
    else if (n)
        pairs_draw_side(&s->pairs, p, row, n);
}

static void draw_row(struct view *v, struct grid *g, struct rect r, int line)
{
    struct diff_state *s = v->state;
    int at = v->list.top + line, item = rows_at(v, at);
    struct pen p = pen_at(g, r, line);
    if (item < 0 || item >= s->pairs.count)
        return;
    const struct pair_row *row = &s->pairs.rows[item];
    char mark[2] = {pairs_mark(&s->pairs, row), 0};
    pen_puts(&p, ROLE_NORMAL, at == v->list.cursor ? ">" : " ");
    pen_puts(&p, pairs_mark_style(mark[0]), mark);
    pen_skip(&p, 1);
    if (r.columns < NARROW_COLUMNS) {
        pen_skip(&p, -1);
        draw_delta(&p, s, row);
        pen_skip(&p, 2);
        pairs_draw_node(&s->pairs, &p, row, s->whatif);
        view_row_done(v, g, r, line);
        return;
    }
    draw_amount(&p, s, pairs_left(&s->pairs, row), ROLE_NORMAL, 8);
    if (is_side_by_side(s, r.columns)) {
        struct rect left = {r.row + line, r.column, 1, r.columns / 2 - 1};
        struct pen half = pen_at(g, left, 0);
        pen_to(&half, pen_column(&p) + 2);
        draw_half(&half, s, row, false);
        pen_to(&p, r.columns / 2);
        pen_glyph(&p, ROLE_STRUCTURE, GLYPH_VERTICAL);
        draw_amount(&p, s, pairs_right(&s->pairs, row), ROLE_NORMAL, 9);
        pen_skip(&p, 1);
        draw_delta(&p, s, row);
        pen_skip(&p, 2);
        draw_half(&p, s, row, true);
    } else {
        pen_skip(&p, 1);
        draw_amount(&p, s, pairs_right(&s->pairs, row), ROLE_NORMAL, 8);
        draw_delta(&p, s, row);
        pen_skip(&p, 2);
        pairs_draw_node(&s->pairs, &p, row, s->whatif);
    }
    view_row_done(v, g, r, line);
}

static void add_facts(struct doc *d, const struct plan_metrics *m, const struct node *n)
{
    const struct node_metrics *x = metrics_of(m, n);
    struct buf b = {0};
    if (num_known(x->self_ms)) {
        buf_adds(&b, "self ");
        text_add_ms(&b, x->self_ms);
        buf_adds(&b, "  total ");
        text_add_ms(&b, x->wall_ms);
        doc_line(d);
        doc_put(d, ROLE_NORMAL, buf_str(&b));
        buf_clear(&b);
    }
    if (num_known(x->rows)) {
        buf_adds(&b, "rows ");
        text_add_count(&b, x->rows);
    }
    if (num_known(x->rows_planned)) {
        buf_adds(&b, b.len ? "  est " : "est ");
        text_add_count(&b, x->rows_planned);
    }
    if (num_known(n->num[PROP_ACTUAL_LOOPS])) {
        buf_adds(&b, "  loops ");
        text_add_count(&b, n->num[PROP_ACTUAL_LOOPS]);
    }
    doc_line(d);
    doc_put(d, ROLE_NORMAL, buf_str(&b));
    buf_clear(&b);
    if (num_known(n->num[PROP_TOTAL_COST])) {
        buf_adds(&b, "cost ");
        text_add_grouped(&b, n->num[PROP_STARTUP_COST]);
        buf_adds(&b, "..");
        text_add_grouped(&b, n->num[PROP_TOTAL_COST]);
    }
    if (x->own_io.hit + num_or(x->own_io.read, 0) > 0) {
        buf_adds(&b, "  buffers ");
        text_add_bytes(&b, (x->own_io.hit + num_or(x->own_io.read, 0)) * METRIC_BLOCK_BYTES);
    }
    doc_line(d);
    doc_put(d, ROLE_NORMAL, buf_str(&b));
    buf_free(&b);
}

static void draw_side_pane(struct grid *g, struct rect r, const struct plan_metrics *m,
                           const struct node *n, char name)
{
    struct doc d = {0};
    struct buf b = {0};
    doc_begin(&d, r.columns, g->ascii);
    doc_printf(&d, ROLE_TITLE | STYLE_BOLD, "%c ", name);
    if (n) {
        buf_printf(&b, "#%d ", n->id);
        report_add_label(&b, n);
        doc_wrap(&d, ROLE_NORMAL, 2, buf_str(&b));
        add_facts(&d, m, n);
    } else {
        doc_puts(&d, ROLE_STRUCTURE, "no such node");
    }
    doc_draw(&d, g, r, 0);
    buf_free(&b);
    doc_release(&d);
}

static void draw_pane(struct view *v, struct grid *g, struct rect r)
{
    struct diff_state *s = v->state;
    const struct pair_row *row = current(v);
    if (r.rows < 2 || !row)
        return;
    frame_rule(g, rect_line(r, 0), NULL, ROLE_NORMAL);
    int half = r.columns / 2;
    struct rect left = {r.row + 1, r.column + 1, r.rows - 1, half - 2};
    struct rect right = {r.row + 1, r.column + half + 2, r.rows - 1, r.columns - half - 3};
    for (int i = 0; i < r.rows - 1; i++) {
        struct pen p = pen_at(g, (struct rect){r.row + 1 + i, r.column + half, 1, 1}, 0);
        pen_glyph(&p, ROLE_STRUCTURE, GLYPH_VERTICAL);
    }
    draw_side_pane(g, left, side_of(s, false), node_of(s, row, false), 'A');
    draw_side_pane(g, right, side_of(s, true), node_of(s, row, true), 'B');
}

static void draw_nothing(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    const struct diff_state *s = v->state;
    struct doc d = {0};
    const char *error = s->whatif ? whatif_error(app) : NULL;
    const char *why = error ? error
                      : !s->whatif ? "There is only one plan. Two: pgsift diff A B"
                      : app_here(app) && whatif_ticked(app_here(app))
                          ? "Only costs are known here, not the plan that would be."
                          : "No index is ticked: i shows them, Space ticks.";
    if (s->diff)
        why = v->filter ? "No row matches; & and Enter show all again." : "Nothing changed.";
    r.column += 2;
    r.columns -= 3;
    doc_begin(&d, r.columns, g->ascii);
    doc_wrap(&d, ROLE_NORMAL, 0, str_of(why));
    doc_draw(&d, g, r, 0);
    doc_release(&d);
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct diff_state *s = v->state;
    struct frame f = frame_layout(g->rows, g->columns, s->whatif ? 1 : 2);
    struct rect body = f.body, pane = {0};
    draw_title(app, v, g, rect_line(f.title, 0));
    if (s->diff && f.title.rows > 1)
        draw_verdict(v, g, rect_line(f.title, 1));
    if (!s->diff || v->list.count == 0) {
        draw_nothing(app, v, g, body);
        view_list_area(app, v, g, (struct rect){body.row, 0, 0, 0});
        frame_draw(app, v, g, &f, "Esc: back");
        return;
    }
    if (body.rows >= 10) {
        int rows = body.rows >= 20 ? 6 : 4, spare = body.rows - v->list.count - 1;
        if (spare > rows)
            rows = spare < 9 ? spare : 9;
        pane = (struct rect){body.row + body.rows - rows, 0, rows, body.columns};
        body.rows -= rows;
    }
    if (body.rows >= 2) {
        draw_header(v, g, rect_line(body, 0));
        body.row++;
        body.rows--;
    }
    draw_pane(v, g, pane);
    view_list_area(app, v, g, body);
    for (int line = 0; line < body.rows && v->list.top + line < v->list.count; line++)
        draw_row(v, g, body, line);
    frame_draw(app, v, g, &f, "matched by relation and role");
}

static bool next_change(struct app *app, struct view *v, int step)
{
    struct diff_state *s = v->state;
    for (int i = 1; i <= v->list.count; i++) {
        int at = ((v->list.cursor + step * i) % v->list.count + v->list.count) % v->list.count;
        int item = rows_at(v, at);
        if (item < 0 || pairs_mark(&s->pairs, &s->pairs.rows[item]) == '=')
            continue;
        if (step > 0 ? at <= v->list.cursor : at >= v->list.cursor)
            app_say(app, "went round");
        list_go(&v->list, at);
        return true;
    }
    app_say(app, "nothing changed");
    return true;
}

/* The node of B, else of A, in its own plan. */
static bool show_detail(struct app *app, struct view *v)
{
    struct diff_state *s = v->state;
    const struct pair_row *row = current(v);
    if (!row)
        return false;
    const struct diff_pair *pair = &s->diff->pairs[row->first];
    if (s->whatif && !pair->a) {
        app_say(app, "this node is only in the plan that would be");
        return true;
    }
    if (!s->whatif)
        app->at = pair->b ? s->b : s->a;
    app_set_node(app, s->whatif || !pair->b ? pair->a : pair->b);
    app_push(app, &detail_view);
    return true;
}

static bool other_plans(struct app *app, struct view *v, int by)
{
    struct diff_state *s = v->state;
    size_t count = app->source->plan_count;
    if (s->whatif || count < 3) {
        app_say(app, "there are no other plans to compare");
        return true;
    }
    s->a = by > 0 ? (s->a + 1) % count : (s->a + count - 1) % count;
    s->b = (s->a + 1) % count;
    compare(app, v);
    app_say(app, "plans %zu and %zu", s->a + 1, s->b + 1);
    return true;
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    struct diff_state *s = v->state;
    switch (rq->action) {
    case ACTION_NEXT_FINDING:
    case ACTION_PREV_FINDING:
        return v->list.count && next_change(app, v, rq->action == ACTION_NEXT_FINDING ? 1 : -1);
    case ACTION_SIDE:
        if (app->columns < SIDE_BY_SIDE_COLUMNS || s->whatif)
            app_say(app, "side by side needs %d columns", SIDE_BY_SIDE_COLUMNS);
        s->unified = !s->unified && !s->whatif;
        return true;
    case ACTION_SWAP:
        s->swap = !s->swap;
        make_rows(app, v);
        return true;
    case ACTION_ONLY:
        s->only = !s->only;
        make_rows(app, v);
        return true;
    case ACTION_DETAIL:
        return show_detail(app, v);
    case ACTION_NEXT_PLAN:
    case ACTION_PREV_PLAN:
        return other_plans(app, v, rq->action == ACTION_NEXT_PLAN ? 1 : -1);
    default:
        return false;
    }
}

#define DIFF_OPS(name, opening)                                                                    \
    {                                                                                              \
        .title = (name), .ctxs = CTX_BIT(CTX_DIFF) | CTX_BIT(CTX_TREE) | CTX_BIT(CTX_ANY),          \
        .footer = footer, .open = (opening), .close = close, .refresh = compare, .draw = draw,     \
        .act = act, .haystack = rows_haystack, .order = rows_order, .item = rows_item,             \
        .go = rows_go, .rearrange = arrange, .sorts = sorts, .row_text = rows_row_text,            \
    }

const struct view_ops diff_view = DIFF_OPS("Diff", open_diff);
const struct view_ops whatif_view = DIFF_OPS("What-if", open_whatif);
