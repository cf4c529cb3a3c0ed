#include "report/diff_markdown.h"

#include "base/io.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/markdown.h"

enum { TITLE_COLUMNS = 160, AMOUNT = 10, CHANGES_SHOWN = 10 };

/* A comparison being written; cell is scratch. */
struct page {
    struct buf *b;
    const struct diff_report *diff;
    const struct report_style *style;
    struct buf cell;
};

/* The cell as Markdown text, then emptied. */
static void put_cell(struct page *p)
{
    markdown_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_name(struct page *p, char side, const struct report *r)
{
    struct buf title = {0};
    report_add_title(&title, r);
    text_add_cut(&p->cell, buf_str(&title), TITLE_COLUMNS, false);
    buf_printf(p->b, "- **%c:** ", side);
    put_cell(p);
    buf_addc(p->b, '\n');
    buf_free(&title);
}

static void put_verdict(struct page *p)
{
    const struct diff_report *d = p->diff;
    buf_adds(p->b, "### ");
    diff_add_verdict(&p->cell, d);
    put_cell(p);
    buf_adds(p->b, "\n\n");
    put_name(p, 'A', d->a);
    put_name(p, 'B', d->b);
    if (d->unlike_units)
        buf_adds(p->b, "- One plan was measured otherwise than the other: costs are compared.\n");
    if (d->strangers)
        buf_adds(p->b, "- The plans have no node in common: is it the same query?\n");
    buf_addc(p->b, '\n');
}

static void put_figures(struct page *p)
{
    buf_adds(p->b, "| | A | B | change |\n|---|---:|---:|---:|\n");
    for (size_t i = 0; i < p->diff->figure_count; i++) {
        const struct diff_figure *f = &p->diff->figures[i];
        buf_printf(p->b, "| %s | ", f->name);
        diff_add_figure(p->b, f->kind, f->a);
        buf_adds(p->b, " | ");
        diff_add_figure(p->b, f->kind, f->b);
        buf_adds(p->b, " | ");
        if (f->a > 0 && num_known(f->b))
            cell_add_change(p->b, f->b / f->a - 1);
        buf_adds(p->b, " |\n");
    }
    buf_addc(p->b, '\n');
}

static void add_right(struct buf *b, struct buf *cell)
{
    int used = text_width(buf_str(cell));
    if (used < AMOUNT)
        buf_fill(b, ' ', (size_t)(AMOUNT - used));
    buf_addstr(b, buf_str(cell));
    buf_clear(cell);
}

static void add_row(struct page *p, struct buf *block, const struct pair_row *row)
{
    const struct pairs *pairs = &p->diff->pairs;
    double a = pairs_left(pairs, row), b = pairs_right(pairs, row);
    double delta = num_or(b, 0) - num_or(a, 0);
    buf_addc(block, pairs_mark(pairs, row));
    pairs_add_amount(&p->cell, pairs, a);
    add_right(block, &p->cell);
    pairs_add_amount(&p->cell, pairs, b);
    add_right(block, &p->cell);
    buf_adds(&p->cell, delta > 0 ? "+" : "");
    pairs_add_amount(&p->cell, pairs, delta);
    add_right(block, &p->cell);
    buf_adds(block, "  ");
    pairs_add_branches(block, pairs, row, false);
    pairs_add_label(&p->cell, pairs, row, false);
    text_add_cut(block, buf_str(&p->cell), TITLE_COLUMNS, false);
    buf_clear(&p->cell);
    buf_addc(block, '\n');
}

static void put_tree(struct page *p)
{
    const struct pairs *pairs = &p->diff->pairs;
    struct buf block = {0};
    buf_printf(&block, " %*s%*s%*s  NODE (%s)\n", AMOUNT, "A", AMOUNT, "B", AMOUNT, "DELTA",
               pairs->cost ? "cost" : report_unit_name[p->diff->a->metrics->unit]);
    for (int i = 0; i < pairs->count; i++)
        add_row(p, &block, &pairs->rows[i]);
    markdown_add_block(p->b, "text", buf_str(&block));
    buf_free(&block);
}

static void put_change(struct page *p, const struct diff_change *c)
{
    buf_printf(p->b, "1. **%s", c->delta > 0 ? "+" : "");
    pairs_add_amount(p->b, &p->diff->pairs, c->delta);
    buf_adds(p->b, "** ");
    pairs_add_label(&p->cell, &p->diff->pairs, c->row, false);
    put_cell(p);
    for (size_t i = 0; i < c->why_count; i++) {
        buf_adds(p->b, i ? "; " : ": ");
        markdown_add_text(p->b, str_of(c->why[i]));
    }
    buf_addc(p->b, '\n');
}

static void put_changes(struct page *p)
{
    const struct diff_report *d = p->diff;
    size_t shown = p->style->verbose ? d->change_count : CHANGES_SHOWN;
    if (d->change_count)
        buf_adds(p->b, "#### Changes, by weight\n\n");
    for (size_t i = 0; i < d->change_count && i < shown; i++)
        put_change(p, &d->changes[i]);
    if (d->change_count > shown)
        buf_printf(p->b, "\nand %zu more.\n", d->change_count - shown);
    if (d->change_count)
        buf_addc(p->b, '\n');
}

static void put_settings(struct page *p)
{
    const struct diff_report *d = p->diff;
    if (d->setting_count)
        buf_adds(p->b, "#### Settings\n\n| setting | A | B |\n|---|---|---|\n");
    for (size_t i = 0; i < d->setting_count; i++) {
        const struct diff_setting *s = &d->settings[i];
        buf_adds(p->b, "| ");
        markdown_add_text(p->b, s->name);
        buf_adds(p->b, " | ");
        markdown_add_text(p->b, s->a.p ? s->a : STR("default"));
        buf_adds(p->b, " | ");
        markdown_add_text(p->b, s->b.p ? s->b : STR("default"));
        buf_adds(p->b, " |\n");
    }
    if (d->setting_count)
        buf_addc(p->b, '\n');
}

static void put_findings(struct page *p, const char *heading, const struct finding **all,
                         size_t count)
{
    if (count)
        buf_printf(p->b, "#### %s\n\n", heading);
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = all[i];
        buf_printf(p->b, "- **%s:** ", severity_name[f->severity]);
        markdown_add_text(p->b, str_of(f->title));
        if (f->node)
            buf_printf(p->b, " (node %d)", f->node->id);
        buf_addc(p->b, '\n');
    }
    if (count)
        buf_addc(p->b, '\n');
}

void diff_markdown(struct report_stream *s, const struct diff_report *d)
{
    struct page p = {.b = &s->out->buf, .diff = d, .style = s->style};
    put_verdict(&p);
    if (!s->style->quiet) {
        put_figures(&p);
        put_tree(&p);
        put_changes(&p);
        put_settings(&p);
        put_findings(&p, "Findings that only B has", d->came, d->came_count);
        put_findings(&p, "Findings that only A has", d->went, d->went_count);
    }
    buf_free(&p.cell);
    io_out_pass(s->out);
}
