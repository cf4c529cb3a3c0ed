#include "report/text.h"

#include <math.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/outline.h"
#include "report/cell.h"
#include "report/table.h"
#include "report/tone.h"
#include "report/tree.h"
#include "report/wrap.h"

enum {
    NARROW = 60,     /* below, tables leave out their minor columns */
    WIDE = 100,      /* from here on there is room for buffers */
    WIDER = 120,     /* and for a longer bar */
    TOTALS_SHOWN = 8 /* rows of a table of totals, unless verbose */
};

/* One plan being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct report *report;
    const struct report_style *style;
    struct buf cell;
};

/* Columns of the tree; 0: left out. */
struct columns {
    int id, self, share, bar, rows, estimate, mark, buffers;
};

static enum tone share_tone(double share)
{
    return share >= 0.395 ? TONE_HIGH : share >= 0.095 ? TONE_MEDIUM : TONE_NONE;
}

static enum tone severity_tone(enum severity s)
{
    return s == SEVERITY_HIGH ? TONE_HIGH : s == SEVERITY_MEDIUM ? TONE_MEDIUM : TONE_NOTE;
}

/* The cell, right-aligned in `width` columns, then emptied. */
static void put_right(struct page *p, int width, enum tone tone)
{
    tone_add_right(p->b, &p->cell, width, tone, p->style);
}

/* The cell, left-aligned after one space, then emptied. */
static void put_left(struct page *p, int width, enum tone tone)
{
    buf_addc(p->b, ' ');
    if (tone)
        tone_set(p->b, p->style, tone);
    text_add_safe(p->b, buf_str(&p->cell), p->style->ascii);
    if (tone)
        tone_set(p->b, p->style, TONE_NONE);
    int used = text_width(buf_str(&p->cell)) + 1;
    if (used < width)
        buf_fill(p->b, ' ', (size_t)(width - used));
    buf_clear(&p->cell);
}

/* The end of a line, without spaces that nobody sees. */
static void end_line(struct page *p)
{
    while (p->b->len && p->b->data[p->b->len - 1] == ' ')
        p->b->len--;
    buf_addc(p->b, '\n');
    io_out_pass(p->out);
}

/* The cell as a line of its own, cut to the width, then emptied. */
static void put_line(struct page *p)
{
    text_add_cut(p->b, buf_str(&p->cell), p->style->width, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

static void put_verdict(struct page *p)
{
    const struct report *r = p->report;
    bool worth = r->finding_count && r->findings[0]->severity >= SEVERITY_LOW;
    if (r->count != 1 || r->plan->query_text.len) {
        report_add_title(&p->cell, r);
        tone_set(p->b, p->style, TONE_STRONG);
        put_line(p);
        tone_set(p->b, p->style, TONE_NONE);
    }
    report_add_total(&p->cell, r);
    put_line(p);
    report_add_hot(&p->cell, r);
    put_line(p);
    tone_set(p->b, p->style, worth ? severity_tone(r->findings[0]->severity) : TONE_NONE);
    report_add_worst(&p->cell, r);
    put_line(p);
    tone_set(p->b, p->style, TONE_NONE);
    if (r->run) {
        wrap_add(p->b, str_of(r->run), 0, 2, p->style->width, p->style->ascii);
        end_line(p);
    }
}

static int longest_mark(struct page *p)
{
    int longest = 0;
    for (int i = 0; i < p->report->plan->node_count; i++) {
        cell_add_mark(&p->cell, &p->report->marks[i]);
        int width = (int)p->cell.len;
        longest = width > longest ? width : longest;
        buf_clear(&p->cell);
    }
    return longest;
}

static int longest_estimate(struct page *p)
{
    int longest = 0;
    for (int i = 0; i < p->report->plan->node_count; i++) {
        cell_add_estimate(&p->cell, p->report, p->report->plan->nodes[i]);
        int width = (int)p->cell.len;
        longest = width > longest ? width : longest;
        buf_clear(&p->cell);
    }
    return longest;
}

static bool has_buffers(const struct report *r)
{
    return r->plan->has_buffers && r->metrics->unit != UNIT_BUFFERS;
}

static struct columns choose_columns(struct page *p)
{
    int estimate = longest_estimate(p), mark = longest_mark(p), width = p->style->width;
    struct columns c = {.id = 3, .self = 7, .share = 5, .rows = 7};
    for (int n = p->report->plan->node_count; n >= 1000; n /= 10)
        c.id++;
    c.bar = width >= WIDER ? 15 : width >= 60 ? 9 : 5;
    c.estimate = estimate ? estimate + 1 : 0;
    c.mark = mark ? mark + 1 : 0;
    c.buffers = width >= WIDE && has_buffers(p->report) ? 7 : 0;
    return c;
}

static int columns_width(const struct columns *c)
{
    return c->id + c->self + c->share + c->bar + c->rows + c->estimate + c->mark + c->buffers + 1;
}

static void put_tree_heading(struct page *p, const struct columns *c)
{
    tone_set(p->b, p->style, TONE_STRONG);
    buf_adds(&p->cell, "#");
    put_right(p, c->id, TONE_NONE);
    buf_adds(&p->cell, cell_self_heading(p->report));
    put_right(p, c->self, TONE_NONE);
    buf_adds(&p->cell, "%");
    put_right(p, c->share, TONE_NONE);
    if (c->bar >= 5)
        buf_adds(&p->cell, p->report->metrics->unit == UNIT_TIME ? "TIME" : "PART");
    put_left(p, c->bar, TONE_NONE);
    buf_adds(&p->cell, cell_rows_heading(p->report));
    put_right(p, c->rows, TONE_NONE);
    if (c->estimate) {
        buf_adds(&p->cell, "EST");
        put_left(p, c->estimate, TONE_NONE);
    }
    if (c->mark) {
        buf_adds(&p->cell, "F");
        put_left(p, c->mark, TONE_NONE);
    }
    if (c->buffers) {
        buf_adds(&p->cell, "BUFS");
        put_right(p, c->buffers, TONE_NONE);
    }
    buf_adds(p->b, " NODE");
    tone_set(p->b, p->style, TONE_NONE);
    end_line(p);
}

static void put_bar(struct page *p, double share, int width)
{
    buf_addc(p->b, ' ');
    int used = cell_add_bar(p->b, share, width - 1, p->style->ascii);
    buf_fill(p->b, ' ', (size_t)(width - 1 - used));
}

/* Own figure, share and bar: the part that rows without a node have too. */
static void put_amount(struct page *p, const struct columns *c, double share)
{
    enum tone tone = share_tone(share);
    put_right(p, c->self, tone);
    cell_add_share(&p->cell, share);
    put_right(p, c->share, tone);
    if (tone)
        tone_set(p->b, p->style, tone);
    put_bar(p, share, c->bar);
    if (tone)
        tone_set(p->b, p->style, TONE_NONE);
}

static void put_node_cells(struct page *p, const struct columns *c, const struct node *n)
{
    const struct report *r = p->report;
    const struct report_mark *mark = report_mark_of(r, n);
    buf_printf(&p->cell, "%d", n->id);
    put_right(p, c->id, TONE_NONE);
    cell_add_self(&p->cell, r, n);
    put_amount(p, c, n->never_executed ? NAN : metrics_of(r->metrics, n)->share);
    cell_add_rows(&p->cell, r, n);
    put_right(p, c->rows, TONE_NONE);
    if (c->estimate) {
        cell_add_estimate(&p->cell, r, n);
        put_left(p, c->estimate, TONE_NONE);
    }
    if (c->mark) {
        cell_add_mark(&p->cell, mark);
        put_left(p, c->mark, mark->finding ? severity_tone(mark->finding->severity) : TONE_NONE);
    }
    if (c->buffers) {
        cell_add_buffers(&p->cell, r, n);
        put_right(p, c->buffers, TONE_NONE);
    }
}

static void put_folded_cells(struct page *p, const struct columns *c, const struct tree_row *row)
{
    buf_fill(p->b, ' ', (size_t)c->id);
    cell_add_amount(&p->cell, p->report, row->weight);
    put_amount(p, c, row->share);
    if (p->report->plan->has_actual)
        text_add_count(&p->cell, row->rows);
    put_right(p, c->rows, TONE_NONE);
    buf_fill(p->b, ' ', (size_t)(c->estimate + c->mark));
    if (c->buffers) {
        text_add_count(&p->cell, row->blocks);
        put_right(p, c->buffers, TONE_NONE);
    }
}

static void put_tree_row(struct page *p, const struct columns *c, struct tree_pen *pen,
                         const struct tree_row *row)
{
    int room = p->style->width - columns_width(c);
    if (row->folded)
        put_folded_cells(p, c, row);
    else
        put_node_cells(p, c, row->node);
    buf_addc(p->b, ' ');
    room = room > 10 ? room : 10;
    room -= tree_add_prefix(pen, p->b, row, room - room / 3, p->style->ascii);
    if (row->folded)
        tree_add_folded_label(&p->cell, row);
    else
        report_add_label(&p->cell, row->node);
    text_add_cut(p->b, buf_str(&p->cell), room, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

/* What the execution took outside its nodes, so that the column adds up to the whole. */
static void put_rest(struct page *p, const struct columns *c)
{
    struct report_rest rest[REPORT_REST_MAX];
    size_t count = report_rest(p->report, rest);
    for (size_t i = 0; i < count; i++) {
        if (rest[i].share < 0.005)
            continue;
        buf_fill(p->b, ' ', (size_t)c->id);
        cell_add_amount(&p->cell, p->report, rest[i].ms);
        put_amount(p, c, rest[i].share);
        buf_fill(p->b, ' ', (size_t)(c->rows + c->estimate + c->mark + c->buffers));
        buf_printf(p->b, " (%s)", rest[i].name);
        end_line(p);
    }
}

static void put_tree(struct page *p, struct arena *a)
{
    struct columns c = choose_columns(p);
    struct tree tree = tree_new(a, p->report, !p->style->verbose);
    struct tree_pen pen = {0};
    put_tree_heading(p, &c);
    for (size_t i = 0; i < tree.count; i++)
        put_tree_row(p, &c, &pen, &tree.rows[i]);
    tree_pen_release(&pen);
    put_rest(p, &c);
}

enum { LABEL_INDENT = 3, TEXT_INDENT = 10 };

static void put_heading(struct page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put_heading(struct page *p, const char *fmt, ...)
{
    struct buf heading = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&heading, fmt, ap);
    va_end(ap);
    buf_addc(p->b, '\n');
    tone_set(p->b, p->style, TONE_STRONG);
    wrap_add(p->b, buf_str(&heading), 0, LABEL_INDENT, p->style->width, p->style->ascii);
    tone_set(p->b, p->style, TONE_NONE);
    end_line(p);
    buf_free(&heading);
}

/* "   Why    because ..." wrapped under itself. */
static void put_paragraph(struct page *p, const char *label, struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(p->b, "%*s%-*s", LABEL_INDENT, "", TEXT_INDENT - LABEL_INDENT, label);
    wrap_add(p->b, text, TEXT_INDENT, TEXT_INDENT, p->style->width, p->style->ascii);
    end_line(p);
}

/* "rows read 500,001; kept 12,342; ..." */
static void put_evidence(struct page *p, const struct finding *f)
{
    struct buf line = {0};
    for (const struct evidence *e = f->evidence; e; e = e->next)
        buf_printf(&line, "%s%s %s", line.len ? "; " : "", e->name, e->text);
    put_paragraph(p, "Seen", buf_str(&line));
    buf_free(&line);
}

static void add_stake(struct buf *b, const struct report *r, const struct finding *f)
{
    if (num_known(f->stake_ms) && f->stake_ms > 0)
        text_add_ms(b, f->stake_ms);
    else if (f->stake > 0) {
        text_add_count(b, f->stake);
        buf_printf(b, " %s", report_unit_name[r->metrics->unit]);
    }
    if (b->len && f->share > 0) {
        buf_addc(b, ' ');
        cell_add_share(b, f->share);
    }
}

static const char *const sure_words[] = {
    [SURE_PLAN] = "", [SURE_LIKELY] = " (likely)", [SURE_GUESS] = " (a guess)"};

/* "!1 #10 Seq Scan on orders keeps ...                                   47.5ms 13%" */
static void put_finding_title(struct page *p, const struct finding *f, size_t rank)
{
    enum tone tone = severity_tone(f->severity);
    struct buf stake = {0};
    add_stake(&stake, p->report, f);
    int stake_width = text_width(buf_str(&stake));
    buf_printf(&p->cell, "%c%zu ", cell_severity_sign(f->severity), rank);
    if (f->node)
        buf_printf(&p->cell, "#%d ", f->node->id);
    buf_printf(&p->cell, "%s%s", f->title, sure_words[f->sure]);
    int width = text_width(buf_str(&p->cell)), room = p->style->width - stake_width - 2;
    tone_set(p->b, p->style, tone);
    size_t start = p->b->len;
    wrap_add(p->b, buf_str(&p->cell), 0, LABEL_INDENT, room, p->style->ascii);
    struct str last = str_sub(buf_str(p->b), start, p->b->len);
    for (ptrdiff_t nl; (nl = str_find(last, "\n")) >= 0;) {
        last = str_sub(last, (size_t)nl + 1, last.len);
        width = text_width(last);
    }
    buf_fill(p->b, ' ', (size_t)(room > width ? room - width + 2 : 2));
    buf_addstr(p->b, buf_str(&stake));
    tone_set(p->b, p->style, TONE_NONE);
    buf_clear(&p->cell);
    buf_free(&stake);
    end_line(p);
}

static void put_finding(struct page *p, const struct finding *f, size_t rank)
{
    put_finding_title(p, f, rank);
    put_evidence(p, f);
    put_paragraph(p, "Why", str_of(f->why));
    put_paragraph(p, "Do", str_of(f->remedy));
    put_paragraph(p, "SQL", str_of(f->sql));
    const struct advice_index *x =
        f->wants_index ? report_index_of(p->report, f->index_node) : NULL;
    if (x) {
        buf_printf(&p->cell, "%s on %s", x->id, x->columns);
        put_paragraph(p, "Index", buf_str(&p->cell));
        buf_clear(&p->cell);
    }
    for (size_t i = 0; i < f->consequence_count; i++)
        put_paragraph(p, i ? "" : "Also", str_of(f->consequences[i]));
}

static void put_findings(struct page *p)
{
    const struct report *r = p->report;
    if (r->finding_count)
        put_heading(p, "FINDINGS  %zu, by %s at stake", r->finding_count,
                    r->metrics->unit == UNIT_TIME ? "time" : report_unit_name[r->metrics->unit]);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(p, r->findings[i], i + 1);
    if (r->cleared_count && p->style->verbose) {
        put_heading(p, "CLEARED  looks bad and is fine");
        for (size_t i = 0; i < r->cleared_count; i++) {
            const struct finding *f = r->cleared[i];
            buf_printf(&p->cell, "%s%s%s", f->title, f->why ? ": " : "", f->why ? f->why : "");
            wrap_add(p->b, buf_str(&p->cell), 0, LABEL_INDENT, p->style->width, p->style->ascii);
            buf_clear(&p->cell);
            end_line(p);
        }
    }
}

static void put_index(struct page *p, const struct advice_index *x)
{
    tone_set(p->b, p->style, TONE_NOTE);
    buf_printf(&p->cell, "%s %s", x->id, x->columns);
    wrap_add(p->b, buf_str(&p->cell), 0, LABEL_INDENT, p->style->width, p->style->ascii);
    buf_clear(&p->cell);
    tone_set(p->b, p->style, TONE_NONE);
    end_line(p);
    put_paragraph(p, "Why", str_of(x->rationale));
    put_paragraph(p, "First", str_of(x->before));
    put_paragraph(p, "Up", str_trim(str_of(x->up)));
    put_paragraph(p, "Down", str_trim(str_of(x->down)));
    advice_add_effect(&p->cell, p->report->advice, x);
    put_paragraph(p, "Effect", buf_str(&p->cell));
    buf_clear(&p->cell);
    for (size_t i = 0; i < x->caution_count; i++)
        put_paragraph(p, i ? "" : "Mind", str_of(x->cautions[i]));
}

/* How the statement is planned without and with them. */
static void put_plans(struct page *p)
{
    const struct advice_query *q = report_replanned(p->report, p->style);
    if (!q)
        return;
    put_heading(p, "PLANS  before and after, by the planner");
    outline_add(&p->cell, q, p->style->width, p->style->ascii);
    struct str rest = buf_str(&p->cell), line;
    while (str_line(&rest, &line)) {
        buf_addstr(p->b, line);
        end_line(p);
    }
    buf_clear(&p->cell);
}

/* Indexes that would help, and for the rest why none does. */
static void put_indexes(struct page *p)
{
    const struct advice *a = p->report->advice;
    if (!a || a->index_count + a->note_count == 0)
        return;
    if (a->index_count) {
        buf_adds(&p->cell, ", ");
        advice_add_query_effect(&p->cell, &a->queries[0]);
    }
    put_heading(p, "INDEXES  %zu%s%s", a->index_count,
                a->unchecked ? ", not checked against a catalog" : "",
                p->cell.len > 2 ? p->cell.data : "");
    buf_clear(&p->cell);
    for (size_t i = 0; i < a->index_count; i++)
        put_index(p, &a->indexes[i]);
    for (size_t i = 0; i < a->note_count; i++) {
        const struct advice_note *n = &a->notes[i];
        if (n->node)
            buf_printf(&p->cell, "#%d ", n->node->id);
        buf_printf(&p->cell, "%s%s%s", n->text, n->instead ? " Instead: " : "",
                   n->instead ? n->instead : "");
        buf_adds(p->b, "-- ");
        wrap_add(p->b, buf_str(&p->cell), LABEL_INDENT, LABEL_INDENT, p->style->width,
                 p->style->ascii);
        buf_clear(&p->cell);
        end_line(p);
    }
}

static int cell_width(const struct table *t, size_t column)
{
    int width = t->heading[column] ? (int)strlen(t->heading[column]) : 0;
    for (size_t i = 0; i < t->row_count; i++) {
        int w = text_width(t->rows[i].cell[column]);
        width = w > width ? w : width;
    }
    return width;
}

static void put_table_row(struct page *p, const struct table *t, const int *width,
                          const struct str *cells)
{
    int used = 0;
    for (size_t c = 0; c < t->columns; c++) {
        bool last = c + 1 == t->columns;
        if (p->style->width < NARROW && t->minor[c])
            continue;
        buf_addstr(&p->cell, cells[c]);
        if (t->right[c]) {
            put_right(p, width[c] + (c ? 2 : 3), TONE_NONE);
        } else if (!last) {
            buf_addc(p->b, ' ');
            put_left(p, width[c] + 2, TONE_NONE);
        } else {
            int indent = used + (c ? 2 : 3);
            buf_fill(p->b, ' ', (size_t)(indent - used));
            wrap_add(p->b, buf_str(&p->cell), indent, indent, p->style->width, p->style->ascii);
            buf_clear(&p->cell);
        }
        used += width[c] + (c ? 2 : 3);
    }
    end_line(p);
}

static void put_table(struct page *p, const struct table *t)
{
    int width[TABLE_COLUMNS_MAX];
    struct str heading[TABLE_COLUMNS_MAX];
    bool empty = true;
    for (size_t c = 0; c < t->columns; c++) {
        width[c] = cell_width(t, c);
        heading[c] = str_of(t->heading[c]);
        empty &= heading[c].len == 0;
    }
    put_heading(p, "%s", t->title);
    if (!empty)
        put_table_row(p, t, width, heading);
    for (size_t i = 0; i < t->row_count; i++)
        put_table_row(p, t, width, t->rows[i].cell);
    if (t->left_out)
        buf_printf(p->b, "   and %zu more (-v shows them)\n", t->left_out);
}

static void put_tables(struct page *p, struct arena *a)
{
    size_t count;
    struct table *tables = tables_new(a, p->report, p->style->verbose ? 0 : TOTALS_SHOWN, &count);
    for (size_t i = 0; i < count; i++)
        put_table(p, &tables[i]);
}

static void put_proof(struct page *p)
{
    report_add_proof(&p->cell, p->report);
    if (p->cell.len == 0)
        buf_adds(&p->cell, "  no times to add up: the plan has none\n");
    put_heading(p, "PROOF  how the times add up");
    buf_addstr(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

void text_plan(struct report_stream *s, const struct report *r)
{
    struct page p = {.out = s->out, .b = &s->out->buf, .report = r, .style = s->style};
    struct arena *a = arena_new(0);
    if (s->plans)
        buf_addc(p.b, '\n');
    put_verdict(&p);
    if (!s->style->quiet) {
        buf_addc(p.b, '\n');
        put_tree(&p, a);
        put_findings(&p);
        put_indexes(&p);
        put_plans(&p);
        put_tables(&p, a);
    }
    if (s->style->proof)
        put_proof(&p);
    buf_free(&p.cell);
    arena_free(a);
}
