/* The plan as text, as JSON, and its SQL: three tabs, the cursor on the same node in each. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "ui/raw.h"
#include "ui/rows.h"
#include "ui/screen.h"

static const enum action footer[] = {ACTION_HELP,  ACTION_BACK,   ACTION_RAW,       ACTION_SEARCH,
                                     ACTION_FOLD,  ACTION_EXPAND_ALL, ACTION_EDITOR,
                                     ACTION_COPY_JSON, ACTION_COPY_SQL, ACTION_FILTER, ACTION_SAVE,
                                     ACTION_NONE};

enum tab { TAB_TEXT, TAB_JSON, TAB_SQL, TAB_COUNT };
static const char *const tab_name[] = {"text", "JSON", "SQL"};

struct raw_state {
    struct rows rows; /* items are lines */
    struct raw raw;
    enum tab tab;
    bool *folded; /* [line] */
    const struct plan *plan;
};

/* Shown lines: those that match the filter, or those that no fold hides. */
static void arrange(struct app *app, struct view *v)
{
    struct raw_state *s = v->state;
    int line = rows_current(v);
    (void)app;
    s->rows.item = xrealloc(s->rows.item, ((size_t)s->raw.count + 1) * sizeof(int));
    s->rows.count = 0;
    if (v->filter) {
        int cap = s->raw.count + 1;
        s->rows.count = haystack_find(&s->rows.text, str_of(v->filter), &s->rows.item, &cap);
    }
    for (int i = 0; !v->filter && i < s->raw.count; i++) {
        s->rows.item[s->rows.count++] = i;
        if (s->folded[i])
            i = s->raw.lines[i].end;
    }
    list_set_count(&v->list, s->rows.count);
    if (line >= 0)
        rows_go(app, v, line);
}

/* To a line, unfolding what hides it. */
static void go(struct app *app, struct view *v, int line)
{
    struct raw_state *s = v->state;
    bool unfolded = false;
    if (line < 0 || line >= s->raw.count)
        return;
    for (int i = 0; i < line; i++) {
        if (s->folded[i] && s->raw.lines[i].end >= line) {
            s->folded[i] = false;
            unfolded = true;
        }
    }
    if (unfolded)
        arrange(app, v);
    rows_go(app, v, line);
    if (s->raw.lines[line].node && s->plan)
        app_set_node(app, s->plan->nodes[s->raw.lines[line].node - 1]);
}

static void fill(struct app *app, struct view *v)
{
    struct raw_state *s = v->state;
    struct plan_state *ps = app_here(app);
    s->plan = ps ? ps->outline.plan : NULL;
    if (!ps)
        raw_sql(&s->raw, (struct str){0});
    else if (s->tab == TAB_SQL)
        raw_sql(&s->raw, screen_sql(app));
    else if (s->tab == TAB_JSON)
        raw_json(&s->raw, s->plan, screen_input(app));
    else
        raw_text(&s->raw, s->plan, screen_input(app));
    free(s->folded);
    s->folded = xcalloc((size_t)s->raw.count + 1, sizeof *s->folded);
    haystack_clear(&s->rows.text);
    for (int i = 0; i < s->raw.count; i++)
        haystack_add(&s->rows.text, str_sub(s->raw.text, s->raw.lines[i].at,
                                            s->raw.lines[i].at + s->raw.lines[i].len));
    arrange(app, v);
    if (s->raw.line_of && ps && s->raw.line_of[ps->node] >= 0)
        rows_go(app, v, s->raw.line_of[ps->node]);
}

static void open(struct app *app, struct view *v)
{
    struct raw_state *s = xcalloc(1, sizeof *s);
    struct plan_state *ps = app_here(app);
    v->state = s;
    s->tab = ps && ps->outline.plan->format == FORMAT_JSON ? TAB_JSON : TAB_TEXT;
    fill(app, v);
}

static void close(struct view *v)
{
    struct raw_state *s = v->state;
    raw_release(&s->raw);
    rows_release(&s->rows);
    free(s->folded);
    free(s);
}

static void draw_title(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    const struct raw_state *s = v->state;
    struct plan_state *ps = app_here(app);
    struct pen p = frame_title(app, g, r, "Raw");
    for (int i = 0; i < TAB_COUNT; i++) {
        bool here = s->tab == (enum tab)i;
        pen_printf(&p, here ? ROLE_TITLE | STYLE_BOLD : ROLE_STRUCTURE, here ? "[%s]" : " %s ",
                   tab_name[i]);
    }
    pen_skip(&p, 2);
    if (ps)
        pen_cut(&p, ROLE_STRUCTURE, str_of(ps->plan->name), pen_room(&p) - 1);
}

static void draw_row(struct view *v, struct grid *g, struct rect r, int row, int digits)
{
    const struct raw_state *s = v->state;
    int line = rows_at(v, v->list.top + row);
    struct pen p = pen_at(g, r, row);
    const struct raw_line *l = &s->raw.lines[line];
    struct str text = str_sub(s->raw.text, l->at, l->at + l->len);
    pen_puts(&p, ROLE_NORMAL, v->list.top + row == v->list.cursor ? ">" : " ");
    pen_printf(&p, ROLE_STRUCTURE, "%*d ", digits, line + 1);
    pen_puts(&p, ROLE_INFO, s->folded[line] ? "+" : " ");
    size_t skip = 0;
    for (int i = 0; i < v->scroll && skip < text.len; i++) {
        size_t n = text_utf8_len(str_sub(text, skip, text.len));
        skip += n ? n : 1;
    }
    int room = pen_room(&p) - (s->folded[line] ? 18 : 0);
    pen_cut(&p, ROLE_NORMAL, str_sub(text, skip, text.len), room);
    if (s->folded[line])
        pen_printf(&p, ROLE_STRUCTURE, " ... %d lines", l->end - line);
    view_row_done(v, g, r, row);
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    const struct raw_state *s = v->state;
    struct frame f = frame_layout(g->rows, g->columns, 1);
    int digits = snprintf(NULL, 0, "%d", s->raw.count);
    draw_title(app, v, g, f.title);
    view_list_area(app, v, g, f.body);
    for (int row = 0; row < f.body.rows && v->list.top + row < v->list.count; row++)
        draw_row(v, g, f.body, row, digits);
    if (!s->raw.count) {
        struct pen p = pen_at(g, f.body, 0);
        pen_puts(&p, ROLE_STRUCTURE,
                 s->tab == TAB_SQL ? "  the plan does not say what the query was" : "  nothing");
    }
    frame_draw(app, v, g, &f, "r: text, JSON, SQL  o: fold  v: editor");
}

static bool fold(struct app *app, struct view *v, enum action action)
{
    struct raw_state *s = v->state;
    int line = rows_current(v);
    if (line < 0 || v->filter)
        return false;
    bool can = s->raw.lines[line].end > line;
    if (can && (action == ACTION_FOLD || s->folded[line] == (action == ACTION_EXPAND))) {
        s->folded[line] = !s->folded[line];
    } else if (action == ACTION_COLLAPSE) { /* to the line that encloses this one */
        int up = line - 1;
        while (up >= 0 && s->raw.lines[up].end < line)
            up--;
        go(app, v, up);
        return true;
    } else {
        list_move(&v->list, 1);
        return true;
    }
    arrange(app, v);
    return true;
}

static void fold_all(struct app *app, struct view *v, bool folded)
{
    struct raw_state *s = v->state;
    int least = s->tab == TAB_JSON ? 3 : 1; /* the plan's own brackets stay open */
    for (int i = 0; i < s->raw.count; i++)
        s->folded[i] = folded && i >= least && s->raw.lines[i].end > i;
    arrange(app, v);
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    struct raw_state *s = v->state;
    switch (rq->action) {
    case ACTION_RAW:
        if (!v->filter)
            go(app, v, rows_current(v)); /* the node of this line is the one to show there */
        s->tab = (s->tab + 1) % TAB_COUNT;
        v->list.cursor = v->list.top = 0;
        fill(app, v);
        return true;
    case ACTION_FOLD:
    case ACTION_COLLAPSE:
    case ACTION_EXPAND:
        return fold(app, v, rq->action);
    case ACTION_EXPAND_ALL:
    case ACTION_COLLAPSE_ALL:
        fold_all(app, v, rq->action == ACTION_COLLAPSE_ALL);
        return true;
    case ACTION_BACK: /* the tree's cursor goes to the node of this line */
        if (rows_current(v) >= 0 && !v->filter && !v->search.needle)
            go(app, v, rows_current(v));
        return false;
    default:
        return false;
    }
}

void raw_view_add_text(struct view *v, struct buf *b)
{
    const struct raw_state *s = v->state;
    buf_addstr(b, s->raw.text);
}

const struct view_ops raw_view = {
    .title = "Raw",
    .ctxs = CTX_BIT(CTX_TREE) | CTX_BIT(CTX_ANY),
    .footer = footer,
    .open = open,
    .close = close,
    .refresh = fill,
    .draw = draw,
    .act = act,
    .haystack = rows_haystack,
    .order = NULL,
    .item = rows_item,
    .go = go,
    .rearrange = arrange,
    .row_text = rows_row_text,
};
