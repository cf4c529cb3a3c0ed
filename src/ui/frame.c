/* What surrounds every screen: title, status line, footer. */
#include "ui/view.h"

#include <stdlib.h>

#include "base/arena.h"

#include "base/text.h"
#include "ui/job.h"

struct frame frame_layout(int rows, int columns, int title_rows)
{
    struct frame f = {0};
    int footer = rows >= 5, status = rows >= 12;
    int title = rows >= 4 ? (rows >= 16 ? title_rows : 1) : 0;
    if (title > title_rows)
        title = title_rows;
    f.title = (struct rect){0, 0, title, columns};
    f.body = (struct rect){title, 0, rows - title - footer - status, columns};
    f.status = (struct rect){rows - footer - status, 0, status, columns};
    f.footer = (struct rect){rows - footer, 0, footer, columns};
    return f;
}

void app_hit(struct app *app, struct rect r, enum hit_kind kind, int value)
{
    if (app->hit_count < HIT_MAX && r.rows > 0 && r.columns > 0)
        app->hits[app->hit_count++] = (struct hit){r, kind, value};
}

struct pen frame_title(struct app *app, struct grid *g, struct rect r, const char *title)
{
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 1);
    int from = pen_column(&p);
    pen_puts(&p, ROLE_TITLE | STYLE_BOLD, title);
    if (app->view->below)
        app_hit(app, (struct rect){p.row, r.column + from, 1, pen_column(&p) - from}, HIT_BACK, 0);
    pen_skip(&p, 2);
    return p;
}

void frame_rule(struct grid *g, struct rect r, const char *label, unsigned style)
{
    struct pen p = pen_at(g, r, 0);
    if (g->plain) {
        pen_to(&p, 1);
        pen_cut(&p, style, str_of(label), pen_room(&p));
        return;
    }
    pen_glyph(&p, ROLE_STRUCTURE, GLYPH_HORIZONTAL);
    if (label) {
        pen_puts(&p, ROLE_NORMAL, " ");
        pen_cut(&p, style, str_of(label), pen_room(&p) - 2);
        pen_puts(&p, ROLE_NORMAL, " ");
    }
    pen_repeat(&p, ROLE_STRUCTURE, GLYPH_HORIZONTAL, pen_room(&p));
}

/* "copy: y row  d DDL  s SQL ..." for a chord that has begun. */
static void which_key(struct app *app, struct buf *b)
{
    const struct bindings *all = &app->settings->bindings;
    unsigned ctxs = app_ctxs(app);
    enum action last = ACTION_NONE;
    for (size_t i = 0; i < all->count; i++) {
        const struct binding *item = &all->items[i];
        bool fits = (ctxs & CTX_BIT(item->ctx)) && item->length > app->chord_len &&
                    memcmp(item->keys, app->chord, app->chord_len * sizeof app->chord[0]) == 0;
        if (!fits)
            continue;
        if (item->action == last) { /* z1..z9 */
            continue;
        }
        last = item->action;
        buf_adds(b, "  ");
        for (size_t k = app->chord_len; k < item->length; k++)
            key_add_name(b, item->keys[k]);
        if (item->arg)
            buf_adds(b, "-9");
        buf_printf(b, " %s", action_info[item->action].label);
    }
}

static void pending(struct app *app, struct buf *b)
{
    if (app->count)
        buf_printf(b, "%d", app->count);
    for (size_t i = 0; i < app->chord_len; i++)
        key_add_name(b, app->chord[i]);
    if (app->chord_len && !app->which_key)
        buf_adds(b, "-");
    if (app->which_key) {
        buf_addc(b, ':');
        which_key(app, b);
    }
}

/* Progress and position side by side. */
enum { ROOMY_COLUMNS = 100 };

/* Where we are; what is going on comes first. */
static void add_position(struct app *app, struct view *v, struct buf *b)
{
    size_t before = b->len;
    arrival_add_progress(b, app);
    if (b->len > before && (v->list.count == 0 || app->columns < ROOMY_COLUMNS))
        return;
    if (b->len > before)
        buf_adds(b, "  ");
    const struct list *l = &v->list;
    int at = v->scrolls ? l->top + l->height : l->cursor + 1;
    if (at > l->count)
        at = l->count;
    buf_printf(b, "%d/%d", at, l->count);
    if (v->filter)
        buf_printf(b, "  filter \"%s\"", v->filter);
    if (v->ops->sorts)
        buf_printf(b, "  %s%s%s", v->sort ? "by " : "", v->ops->sorts[v->sort],
                   v->reverse ? ", reversed" : "");
    if (v->search.needle)
        buf_printf(b, "  find \"%s\" %d/%d", v->search.needle, search_place(app, v),
                   v->search.hit_count);
    if (job_what(app) && job_age(app) >= 200)
        buf_printf(b, "  %s ... %.1fs, Ctrl-C stops", job_what(app), (double)job_age(app) / 1000);
}

/* Message or chord if there is one; else where we are. True when it is only the position. */
static bool status_text(struct app *app, struct view *v, struct buf *b, unsigned *style)
{
    *style = ROLE_NORMAL;
    if (app->chord_len || app->count) {
        *style = ROLE_KEY | STYLE_BOLD;
        pending(app, b);
        return false;
    }
    if (app->say && app->message_count) {
        *style = ROLE_TITLE | STYLE_BOLD;
        buf_adds(b, app->messages[app->message_count - 1]);
        return false;
    }
    add_position(app, v, b);
    return true;
}

static void draw_status(struct app *app, struct view *v, struct grid *g, struct rect r,
                        const char *hint)
{
    struct buf b = {0};
    unsigned style;
    bool position = status_text(app, v, &b, &style);
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 1);
    pen_cut(&p, style, buf_str(&b), pen_room(&p) - 1);
    int room = pen_room(&p) - 3, width = text_width(str_of(hint));
    if (position && hint && !app->settings->hide_tips && width <= room) {
        pen_to(&p, r.columns - width - 1);
        pen_puts(&p, ROLE_STRUCTURE, hint);
    }
    buf_free(&b);
}

static int label_width(const struct bindings *bindings, enum action action)
{
    struct buf b = {0};
    bindings_add_first_key(&b, bindings, action);
    int width = b.len ? text_width(buf_str(&b)) + text_width(str_of(action_info[action].label)) : 0;
    /* A key of several letters ("Space", "Esc") stands apart from its label. */
    bool apart = b.len > 1;
    buf_free(&b);
    return width + (width && apart);
}

static void draw_label(struct app *app, struct pen *p, enum action action, int left)
{
    struct buf b = {0};
    int from = pen_column(p);
    bindings_add_first_key(&b, &app->settings->bindings, action);
    pen_put(p, ROLE_KEY | STYLE_BOLD, buf_str(&b));
    if (b.len > 1)
        pen_skip(p, 1);
    pen_puts(p, ROLE_NORMAL, action_info[action].label);
    app_hit(app, (struct rect){p->row, left + from, 1, pen_column(p) - from}, HIT_ACTION,
            (int)action);
    buf_free(&b);
}

/* Quit is always there, at the end; the others as far as they fit, most important first. */
static void draw_footer(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    const struct bindings *bindings = &app->settings->bindings;
    struct pen p = pen_at(g, r, 0);
    int all = 1, count = 0, quit = label_width(bindings, ACTION_QUIT);
    for (const enum action *a = v->ops->footer; *a != ACTION_NONE; a++, count++)
        all += label_width(bindings, *a) + 2;
    int gap = all + quit + 1 <= r.columns ? 2 : 1;
    pen_skip(&p, 1);
    for (int i = 0; i < count; i++) {
        enum action action = v->ops->footer[i];
        int width = label_width(bindings, action);
        if (!width || width + gap + quit > pen_room(&p))
            continue;
        draw_label(app, &p, action, r.column);
        pen_skip(&p, gap);
    }
    draw_label(app, &p, ACTION_QUIT, r.column);
}

void frame_draw(struct app *app, struct view *v, struct grid *g, const struct frame *f,
                const char *hint)
{
    bool prompting = app->prompt.kind != PROMPT_NONE;
    struct rect line = f->status.rows ? f->status : f->footer.rows ? f->footer
                                                  : rect_line(grid_rect(g), g->rows - 1);
    draw_status(app, v, g, f->status, hint);
    if (f->status.rows || !(app->say || app->chord_len || app->count))
        draw_footer(app, v, g, f->footer);
    else
        draw_status(app, v, g, f->footer, NULL);
    if (!prompting)
        return;
    struct pen p = pen_at(g, line, 0);
    for (int i = 0; i < line.columns; i++)
        pen_puts(&p, ROLE_NORMAL, " ");
    prompt_draw(&app->prompt, g, line);
    if (app->hint.len && f->footer.rows && f->status.rows) {
        struct pen hints = pen_at(g, f->footer, 0);
        for (int i = 0; i < f->footer.columns; i++)
            pen_puts(&hints, ROLE_NORMAL, " ");
        pen_to(&hints, 1);
        pen_cut(&hints, ROLE_INFO, buf_str(&app->hint), f->footer.columns - 2);
    }
}

void view_list_area(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    v->body = r;
    list_fit(&v->list, r.rows);
    for (int row = 0; row < r.rows && v->list.top + row < v->list.count; row++)
        app_hit(app, rect_line(r, row), HIT_ROW, v->list.top + row);
    grid_park_cursor(g, r.row + v->list.cursor - v->list.top, r.column);
}

void view_row_done(struct view *v, struct grid *g, struct rect r, int row)
{
    view_mark_found(v, g, rect_line(r, row));
    if (v->list.top + row == v->list.cursor && !v->scrolls)
        grid_add_attr(g, rect_line(r, row), STYLE_REVERSE);
}

/* Cells against bytes: what is found is plain text, so both agree but for wide characters, which
 * are stepped over cell by cell. */
void view_mark_found(struct view *v, struct grid *g, struct rect line)
{
    struct buf text = {0};
    struct str needle = str_of(v->search.needle);
    if (!needle.len || line.rows < 1)
        return;
    int *column_of = NULL;
    size_t cap = 0;
    for (int c = line.column; c < line.column + line.columns && c < g->columns; c++) {
        const struct cell *cell = &g->cell[(size_t)line.row * (size_t)g->columns + (size_t)c];
        if (text.len + CELL_TEXT >= cap) {
            cap = cap * 2 + 1024;
            column_of = xrealloc(column_of, cap * sizeof *column_of);
        }
        for (size_t i = 0; i < cell->len; i++)
            column_of[text.len + i] = c;
        buf_add(&text, cell->text, cell->len);
    }
    struct str rest = buf_str(&text);
    for (ptrdiff_t at; (at = smart_find(rest, needle)) >= 0;) {
        size_t from = text.len - rest.len + (size_t)at, to = from + needle.len - 1;
        struct rect found = {line.row, column_of[from], 1, column_of[to] - column_of[from] + 1};
        grid_add_attr(g, found, STYLE_UNDERLINE | STYLE_BOLD);
        rest = str_sub(rest, (size_t)at + needle.len, rest.len);
    }
    free(column_of);
    buf_free(&text);
}
