/* Rows of the plan tree: figures at the left in columns, the tree at the right. */
#include "ui/tree_screen.h"

#include "base/text.h"
#include "report/cell.h"
#include "ui/words.h"

const struct tree_column_info tree_column_info[TREE_COLUMN_COUNT] = {
#define COLUMN(id, name, sort, sets) [TREE_COLUMN_##id] = {(name), (sort), (sets)},
#include "ui/tree_column.def"
#undef COLUMN
};

enum { NAME_COLUMNS = 30, TINY_COLUMNS = 14, LINES_ROOM = 10 };

/* What one row is drawn from. */
struct row {
    struct app *app;
    struct plan_state *ps;
    const struct report *report;
    const struct node *node;
    const struct node_metrics *m;
    const struct tree_table *table;
};

unsigned tree_columns(const struct app_settings *s, int set)
{
    unsigned columns = 0;
    if (s->columns[set])
        return s->columns[set];
    for (int i = 0; i < TREE_COLUMN_COUNT; i++)
        if (tree_column_info[i].sets & (1u << set))
            columns |= 1u << i;
    return columns;
}

/* What the user chose, if the plan has it. */
int tree_metric(struct app *app)
{
    int metric = app->settings->metric;
    return app_here(app)->outline.scale.whole[metric] > 0 ? metric : METRIC_SELF;
}

static int set_of(enum tree_mode mode, int screen_columns)
{
    if (mode <= TREE_COMPACT)
        return SET_COMPACT;
    return screen_columns >= 100 ? SET_WIDE : SET_NORMAL;
}

static int digits(double n)
{
    int d = 1;
    while (n >= 10) {
        n /= 10;
        d++;
    }
    return d;
}

/* The longest factor that there is, in columns; 0 when every estimate is good. */
int tree_estimate_width(const struct report *r)
{
    double factor = 0;
    int early = 0;
    for (int i = 0; i < r->plan->node_count; i++) {
        const struct node_metrics *m = &r->metrics->node[i];
        if (m->estimate != ESTIMATE_TOO_LOW && m->estimate != ESTIMATE_TOO_HIGH)
            continue;
        factor = fmax(factor, m->estimate_factor);
        early |= m->early_stop ? 2 : 0;
    }
    return factor == 0 ? 0 : (factor >= 999.5 ? 9 : 7) + early;
}

static int self_width(const struct report *r)
{
    struct buf b = {0};
    int width = text_width(str_of(cell_self_heading(r)));
    if (r->metrics->hottest_count)
        cell_add_self(&b, r, r->metrics->hottest[0]);
    if ((int)b.len > width)
        width = (int)b.len;
    buf_free(&b);
    return width;
}

/* Without decimals, on narrow screens. */
static int narrow_width(const struct report *r)
{
    double most = r->metrics->hottest_count
                      ? metrics_of(r->metrics, r->metrics->hottest[0])->weight
                      : 0;
    if (r->metrics->unit != UNIT_TIME || most < 100)
        return self_width(r) < 5 ? self_width(r) : 5;
    return digits(most + 0.5) < 4 ? 4 : digits(most + 0.5);
}

static double highest_share(const struct report *r)
{
    return r->metrics->hottest_count ? metrics_of(r->metrics, r->metrics->hottest[0])->share : 0;
}

static bool knows_buffers(const struct report *r)
{
    return r->plan->has_buffers;
}

static int bar_columns(enum tree_mode mode)
{
    return mode == TREE_WIDE ? 14 : mode == TREE_COMPACT ? 5 : mode == TREE_TINY ? 0 : 8;
}

/* 0: the plan has nothing for this column. */
static int column_width(const struct plan_state *ps, enum tree_mode mode, enum tree_column c)
{
    const struct report *r = ps->plan->report;
    switch (c) {
    case TREE_COLUMN_ID:
        return digits(r->plan->node_count) > 2 ? digits(r->plan->node_count) : 2;
    case TREE_COLUMN_SELF:
        return mode <= TREE_COMPACT ? narrow_width(r) : self_width(r);
    case TREE_COLUMN_SHARE:
        return highest_share(r) >= 0.995 ? 4 : 3;
    case TREE_COLUMN_BAR:
        return bar_columns(mode);
    case TREE_COLUMN_TOTAL:
        return 8;
    case TREE_COLUMN_ROWS:
        return 6;
    case TREE_COLUMN_ESTIMATE:
        return ps->estimate_width;
    case TREE_COLUMN_LOOPS:
        return r->plan->has_actual ? 5 : 0;
    case TREE_COLUMN_COST:
        return r->plan->has_costs ? 6 : 0;
    case TREE_COLUMN_MARK:
        return r->finding_count || ps->plan->index_count ? digits((double)r->finding_count) + 2 : 1;
    case TREE_COLUMN_BUFFERS:
    case TREE_COLUMN_READ:
    case TREE_COLUMN_TEMP:
        return knows_buffers(r) ? 5 : 0;
    case TREE_COLUMN_IO:
        return num_known(r->metrics->io.read_ms) ? 7 : 0;
    case TREE_COLUMN_COUNT:
        break;
    }
    return 0;
}

static const char *heading_of(const struct row *row, enum tree_column c)
{
    int metric = tree_metric(row->app);
    switch (c) {
    case TREE_COLUMN_ID:
        return "#";
    case TREE_COLUMN_SELF:
        return row->table->mode <= TREE_COMPACT ? "SELF" : cell_self_heading(row->report);
    case TREE_COLUMN_SHARE:
        return "%";
    case TREE_COLUMN_BAR:
        if (metric != METRIC_SELF)
            return metric_info[metric].header;
        return row->report->metrics->unit == UNIT_TIME ? "TIME" : "";
    case TREE_COLUMN_TOTAL:
        return row->report->metrics->unit == UNIT_TIME ? "TOTALms" : "TOTAL";
    case TREE_COLUMN_ROWS:
        return cell_rows_heading(row->report);
    case TREE_COLUMN_ESTIMATE:
        return "EST";
    case TREE_COLUMN_LOOPS:
        return "LOOPS";
    case TREE_COLUMN_COST:
        return "COST";
    case TREE_COLUMN_MARK:
        return "F";
    case TREE_COLUMN_BUFFERS:
        return "BUFS";
    case TREE_COLUMN_READ:
        return "READ";
    case TREE_COLUMN_IO:
        return "I/O ms";
    case TREE_COLUMN_TEMP:
        return "TEMP";
    case TREE_COLUMN_COUNT:
        break;
    }
    return "";
}

static bool is_left(enum tree_column c)
{
    return c == TREE_COLUMN_BAR || c == TREE_COLUMN_ESTIMATE || c == TREE_COLUMN_MARK;
}

static void add_positive(struct buf *b, double v)
{
    if (v > 0)
        text_add_count(b, v);
}

static void add_self(struct buf *b, const struct row *row)
{
    bool whole = row->table->mode <= TREE_COMPACT && row->report->metrics->unit == UNIT_TIME &&
                 !row->node->never_executed && row->report->metrics->whole >= 100;
    bool rounded = row->m->slack_ms > 0.1 && row->m->slack_ms > row->m->self_ms / 10;
    if (rounded)
        buf_addc(b, '~');
    if (whole)
        text_add_decimal(b, row->m->weight, 0, false);
    else
        cell_add_self(b, row->report, row->node);
}

/* Rows over all loops come from a mean that was rounded: "~" when that can be off by a tenth. */
static void add_rows(struct buf *b, const struct row *row)
{
    const struct node_metrics *m = row->m;
    double spread = m->rows_high - m->rows_low;
    if (!row->node->never_executed && spread > 1 && spread > m->rows / 10)
        buf_addc(b, '~');
    cell_add_rows(b, row->report, row->node);
}

static void add_mark(struct buf *b, const struct row *row)
{
    const struct finding *f = node_finding(row->ps, row->node);
    if (f)
        buf_printf(b, "%c%zu", cell_severity_sign(f->severity), finding_rank(row->ps, f));
    if (row->ps->served_by[row->node->id])
        buf_addc(b, '+');
}

static void add_cell(struct buf *b, const struct row *row, enum tree_column c)
{
    const struct node *n = row->node;
    const struct metric_io *io = &row->m->own_io;
    switch (c) {
    case TREE_COLUMN_ID:
        text_add_int(b, n->id);
        break;
    case TREE_COLUMN_SELF:
        add_self(b, row);
        break;
    case TREE_COLUMN_SHARE:
        if (!n->never_executed)
            cell_add_share(b, row->m->share);
        break;
    case TREE_COLUMN_TOTAL:
        cell_add_amount(b, row->report, row->m->weight_total);
        break;
    case TREE_COLUMN_ROWS:
        add_rows(b, row);
        break;
    case TREE_COLUMN_ESTIMATE:
        cell_add_estimate(b, row->report, n);
        break;
    case TREE_COLUMN_LOOPS:
        add_positive(b, n->num[PROP_ACTUAL_LOOPS]);
        break;
    case TREE_COLUMN_COST:
        if (num_known(n->num[PROP_TOTAL_COST]))
            text_add_count(b, n->num[PROP_TOTAL_COST]);
        break;
    case TREE_COLUMN_MARK:
        add_mark(b, row);
        break;
    case TREE_COLUMN_BUFFERS:
        cell_add_buffers(b, row->report, n);
        break;
    case TREE_COLUMN_READ:
        add_positive(b, io->read);
        break;
    case TREE_COLUMN_IO:
        if (num_known(io->read_ms))
            text_add_decimal(b, io->read_ms + num_or(io->write_ms, 0), 1, false);
        break;
    case TREE_COLUMN_TEMP:
        add_positive(b, num_or(io->temp_read, 0) + num_or(io->temp_written, 0));
        break;
    case TREE_COLUMN_BAR:
    case TREE_COLUMN_COUNT:
        break;
    }
}

static unsigned share_style(const struct row *row)
{
    return row->report->metrics->unit == UNIT_TIME || row->m->share < 1
               ? role_of_share(row->m->share)
               : ROLE_NORMAL;
}

static unsigned style_of(const struct row *row, enum tree_column c)
{
    const struct finding *f;
    if (row->node->never_executed)
        return ROLE_STRUCTURE;
    switch (c) {
    case TREE_COLUMN_SELF:
    case TREE_COLUMN_SHARE:
    case TREE_COLUMN_BAR:
        return share_style(row);
    case TREE_COLUMN_ESTIMATE:
        return row->m->early_stop               ? ROLE_STRUCTURE
               : row->m->estimate_factor >= 100 ? ROLE_HIGH
               : row->m->estimate_factor >= 10  ? ROLE_MEDIUM
                                                : ROLE_NORMAL;
    case TREE_COLUMN_MARK:
        f = node_finding(row->ps, row->node);
        return f ? role_of_severity(f->severity) : ROLE_INFO;
    case TREE_COLUMN_ID:
        return ROLE_STRUCTURE;
    default:
        return ROLE_NORMAL;
    }
}

static void draw_cell(struct pen *p, const struct row *row, enum tree_column c, int width)
{
    struct buf b = {0};
    unsigned style = style_of(row, c);
    if (c == TREE_COLUMN_BAR) {
        struct metric_bar bar = metric_bar(&row->ps->outline.scale, row->report->metrics, row->node,
                                           (enum metric)tree_metric(row->app));
        if (tree_metric(row->app) != METRIC_SELF)
            style = ROLE_NORMAL;
        bar_draw(p, bar.share, bar.solid, width, style);
        return;
    }
    add_cell(&b, row, c);
    if (is_left(c)) {
        int end = pen_column(p) + width;
        pen_cut(p, style, buf_str(&b), width);
        pen_to(p, end);
    } else {
        pen_right(p, style, buf_str(&b), width);
    }
    buf_free(&b);
}

static void draw_lines(struct pen *p, const struct row *row)
{
    static const enum glyph glyphs[] = {[OUTLINE_NOTHING] = GLYPH_NOTHING,
                                        [OUTLINE_THROUGH] = GLYPH_THROUGH,
                                        [OUTLINE_BRANCH] = GLYPH_BRANCH,
                                        [OUTLINE_LAST] = GLYPH_LAST};
    enum outline_line lines[64];
    int left_out, most = pen_room(p) / 4;
    if (pen_room(p) < LINES_ROOM)
        return;
    int n = outline_lines(&row->ps->outline, row->node, lines, most < 64 ? most : 64, &left_out);
    if (left_out)
        pen_glyph(p, ROLE_STRUCTURE, GLYPH_CUT);
    for (int i = 0; i < n; i++)
        pen_glyph(p, ROLE_STRUCTURE, glyphs[lines[i]]);
}

/* Label and detail in one text, so that scrolling moves both. */
static void draw_node(struct pen *p, const struct row *row, int scroll)
{
    struct buf b = {0};
    int hidden = outline_hidden(&row->ps->outline, row->node);
    if (row->table->mode <= TREE_COMPACT)
        words_add_compact(&b, row->node, row->table->ascii);
    else
        report_add_short_label(&b, row->node);
    size_t label = b.len;
    buf_adds(&b, "  ");
    report_add_detail(&b, row->node);
    unsigned style = row->node->never_executed ? ROLE_STRUCTURE : ROLE_NORMAL;
    struct str all = buf_str(&b), name = str_sub(all, 0, label);
    if (hidden) {
        pen_printf(p, ROLE_INFO, "[+%d]", hidden);
        pen_skip(p, 1);
    }
    size_t skip = 0;
    for (int i = 0; i < scroll && skip < all.len; i++) {
        size_t n = text_utf8_len(str_sub(all, skip, all.len));
        skip += n ? n : 1;
    }
    bool both = skip < label;
    if (both && text_width(str_sub(name, skip, label)) < pen_room(p)) {
        pen_put(p, style, str_sub(name, skip, label));
        pen_cut(p, ROLE_STRUCTURE, str_sub(all, label, all.len), pen_room(p));
    } else {
        pen_cut(p, both ? style : ROLE_STRUCTURE, str_sub(all, skip, all.len), pen_room(p));
    }
    buf_free(&b);
}

/* What is sorted by, and what the bars show, is shown in figures too. */
static void add_wanted(struct app *app, const struct view *v, struct tree_table *t)
{
    for (int c = 0; c < TREE_COLUMN_COUNT; c++) {
        int sort = tree_column_info[c].sort;
        bool first = c == TREE_COLUMN_BUFFERS || c == TREE_COLUMN_TOTAL || c == TREE_COLUMN_IO ||
                     c == TREE_COLUMN_COST || c == TREE_COLUMN_TEMP;
        if (first && (sort == v->sort - 1 || sort == tree_metric(app)))
            t->width[c] = column_width(app_here(app), t->mode, (enum tree_column)c);
    }
}

struct tree_table tree_table(struct app *app, const struct view *v, const struct grid *g,
                             enum tree_mode mode)
{
    struct tree_table t = {.mode = mode, .ascii = g->ascii};
    unsigned columns = tree_columns(app->settings, set_of(mode, g->columns));
    if (g->columns < NAME_COLUMNS) /* the name counts more than its figures */
        columns &= 1u << TREE_COLUMN_ID | (g->columns < TINY_COLUMNS ? 0u : 1u << TREE_COLUMN_SHARE);
    for (int c = 0; c < TREE_COLUMN_COUNT; c++)
        if (columns & (1u << c))
            t.width[c] = column_width(app_here(app), mode, (enum tree_column)c);
    if (mode >= TREE_NORMAL)
        add_wanted(app, v, &t);
    return t;
}

static struct row row_of(struct app *app, const struct tree_table *t, const struct node *n)
{
    struct plan_state *ps = app_here(app);
    const struct report *r = ps->plan->report;
    return (struct row){.app = app, .ps = ps, .report = r, .node = n, .table = t,
                        .m = n ? metrics_of(r->metrics, n) : NULL};
}

/* What the bars show, at the right end. */
static void draw_metric(struct app *app, struct pen *p, struct rect r)
{
    struct buf b = {0};
    buf_printf(&b, "[bar: %s]", metric_info[tree_metric(app)].name);
    int at = r.columns - (int)b.len - 1;
    if (at > pen_column(p) + 2) {
        pen_to(p, at);
        pen_put(p, ROLE_STRUCTURE, buf_str(&b));
        app_hit(app, (struct rect){r.row, r.column + at, 1, (int)b.len}, HIT_ACTION, ACTION_METRIC);
    }
    buf_free(&b);
}

void tree_draw_header(struct app *app, struct grid *g, struct rect r, const struct tree_table *t)
{
    struct row row = row_of(app, t, NULL);
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 1);
    if (g->plain)
        return;
    for (int c = 0; c < TREE_COLUMN_COUNT; c++) {
        int from = pen_column(&p), width = t->width[c];
        struct str heading = str_of(heading_of(&row, (enum tree_column)c));
        if (!width)
            continue;
        if (is_left((enum tree_column)c))
            pen_cut(&p, ROLE_HEADER, heading, width);
        else
            pen_right(&p, ROLE_HEADER, heading, width);
        if (tree_column_info[c].sort != TREE_NOT_SORTED)
            app_hit(app, (struct rect){r.row, r.column + from, 1, width}, HIT_SORT,
                    tree_column_info[c].sort);
        pen_to(&p, from + width + 1);
    }
    pen_puts(&p, ROLE_HEADER, "NODE");
    if (t->mode >= TREE_NORMAL)
        draw_metric(app, &p, r);
}

static void draw_plain(struct pen *p, struct plan_state *ps, const struct node *n)
{
    struct buf b = {0};
    tree_add_plain(&b, ps, n);
    pen_skip(p, 1);
    pen_cut(p, ROLE_NORMAL, buf_str(&b), pen_room(p));
    buf_free(&b);
}

void tree_draw_row(struct app *app, struct view *v, struct grid *g, struct rect r, int line,
                   const struct tree_table *t)
{
    int at = v->list.top + line;
    struct plan_state *ps = app_here(app);
    const struct node *n = outline_node(&ps->outline, at);
    if (!n)
        return;
    struct row row = row_of(app, t, n);
    struct pen p = pen_at(g, r, line);
    pen_puts(&p, ROLE_NORMAL, at == v->list.cursor ? ">" : " ");
    if (app->settings->plain) {
        draw_plain(&p, ps, n);
        return;
    }
    for (int c = 0; c < TREE_COLUMN_COUNT; c++) {
        if (!t->width[c])
            continue;
        draw_cell(&p, &row, (enum tree_column)c, t->width[c]);
        pen_skip(&p, 1);
    }
    int from = pen_column(&p);
    draw_lines(&p, &row);
    if (outline_can_fold(&ps->outline, n))
        app_hit(app, (struct rect){r.row + line, r.column + from, 1, pen_column(&p) - from + 2},
                HIT_FOLD, at);
    draw_node(&p, &row, v->scroll);
}

void tree_add_plain(struct buf *b, struct plan_state *ps, const struct node *n)
{
    const struct report *r = ps->plan->report;
    const struct node_metrics *m = metrics_of(r->metrics, n);
    const struct finding *f = node_finding(ps, n);
    buf_printf(b, "%d ", n->id);
    report_add_short_label(b, n);
    if (n->never_executed) {
        buf_adds(b, ", never executed");
    } else {
        buf_adds(b, ", self ");
        cell_add_self(b, r, n);
        buf_printf(b, " %s", report_unit_name[r->metrics->unit]);
        if (isfinite(m->share))
            buf_printf(b, ", %.0f percent", m->share * 100);
        if (num_known(m->rows))
            buf_printf(b, ", rows %.0f", m->rows);
        else if (num_known(n->num[PROP_PLAN_ROWS]))
            buf_printf(b, ", estimated rows %.0f", n->num[PROP_PLAN_ROWS]);
    }
    if (f)
        buf_printf(b, ", finding %zu", finding_rank(ps, f));
    if (ps->served_by[n->id])
        buf_printf(b, ", index %s", ps->served_by[n->id]);
    if (outline_hidden(&ps->outline, n))
        buf_printf(b, ", %d nodes folded", outline_hidden(&ps->outline, n));
}
