#include "report/diff_text.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/tone.h"
#include "report/wrap.h"

enum { AMOUNT = 9, NAME_COLUMNS = 17, FIGURE = 12 };
/* Changes told in words, unless verbose. */
enum { CHANGES_SHOWN = 10 };

/* A comparison being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct diff_report *diff;
    const struct report_style *style;
    struct buf cell;
};

static void end_line(struct page *p)
{
    buf_addc(p->b, '\n');
    io_out_pass(p->out);
}

/* The cell from `column` on, broken into lines that begin at `indent`; then emptied. */
static void put_prose(struct page *p, int column, int indent)
{
    wrap_add(p->b, buf_str(&p->cell), column, indent, p->style->width, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

/* The cell, right-aligned, then emptied. */
static void put_right(struct page *p, int columns, enum tone tone)
{
    tone_add_right(p->b, &p->cell, columns, tone, p->style);
}

static void put_heading(struct page *p, const char *text)
{
    end_line(p);
    tone_set(p->b, p->style, TONE_STRONG);
    buf_adds(p->b, text);
    tone_set(p->b, p->style, TONE_NONE);
    end_line(p);
}

/* A hundredth of the larger plan is better or worse; less is neither. */
static enum tone delta_tone(const struct diff_report *d, double delta)
{
    if (fabs(delta) < d->pairs.whole / 100)
        return TONE_NONE;
    return delta < 0 ? TONE_BETTER : TONE_WORSE;
}

static void put_names(struct page *p)
{
    const struct diff_report *d = p->diff;
    buf_adds(&p->cell, "A  ");
    report_add_title(&p->cell, d->a);
    text_add_cut(p->b, buf_str(&p->cell), p->style->width, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
    buf_adds(&p->cell, "B  ");
    report_add_title(&p->cell, d->b);
    text_add_cut(p->b, buf_str(&p->cell), p->style->width, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

/* SLOWER or FASTER, by how much, and where most of it comes from. */
static void put_verdict(struct page *p)
{
    const struct diff_report *d = p->diff;
    const char *word = d->change > 0.005 ? "SLOWER" : d->change < -0.005 ? "FASTER" : "AS FAST";
    if (d->pairs.cost)
        word = d->change > 0.005 ? "DEARER" : d->change < -0.005 ? "CHEAPER" : "COSTS THE SAME";
    tone_set(p->b, p->style,
             d->change > 0.005    ? TONE_WORSE
             : d->change < -0.005 ? TONE_BETTER
                                  : TONE_STRONG);
    buf_adds(p->b, word);
    tone_set(p->b, p->style, TONE_NONE);
    buf_adds(&p->cell, "  ");
    diff_add_verdict(&p->cell, d);
    for (size_t i = 0; i < d->change_count && i < 2 && d->changes[i].delta != 0; i++) {
        const struct diff_change *c = &d->changes[i];
        buf_printf(&p->cell, "%s%s", i ? ", " : "; most of it: ", c->delta > 0 ? "+" : "");
        pairs_add_amount(&p->cell, &d->pairs, c->delta);
        buf_addc(&p->cell, ' ');
        pairs_add_label(&p->cell, &d->pairs, c->row, false);
    }
    put_prose(p, (int)strlen(word), 2);
    if (d->unlike_units) {
        buf_adds(&p->cell, "One plan was measured otherwise than the other: costs are compared.");
        put_prose(p, 0, 0);
    }
    if (d->strangers) {
        buf_adds(&p->cell, "The plans have no node in common: is it the same query?");
        put_prose(p, 0, 0);
    }
}

static void put_figures(struct page *p)
{
    const struct diff_report *d = p->diff;
    end_line(p);
    buf_fill(p->b, ' ', NAME_COLUMNS + 1);
    buf_adds(&p->cell, "A");
    put_right(p, FIGURE, TONE_NONE);
    buf_adds(&p->cell, "B");
    put_right(p, FIGURE, TONE_NONE);
    end_line(p);
    for (size_t i = 0; i < d->figure_count; i++) {
        const struct diff_figure *f = &d->figures[i];
        buf_printf(p->b, " %-*s", NAME_COLUMNS, f->name);
        diff_add_figure(&p->cell, f->kind, f->a);
        put_right(p, FIGURE, TONE_NONE);
        diff_add_figure(&p->cell, f->kind, f->b);
        put_right(p, FIGURE, TONE_NONE);
        if (f->a > 0 && num_known(f->b)) {
            cell_add_change(&p->cell, f->b / f->a - 1);
            put_right(p, AMOUNT, TONE_NONE);
        }
        end_line(p);
    }
}

static void put_amount(struct page *p, double v)
{
    pairs_add_amount(&p->cell, &p->diff->pairs, v);
    put_right(p, AMOUNT, TONE_NONE);
}

static void put_delta(struct page *p, double delta)
{
    if (delta > 0)
        buf_addc(&p->cell, '+');
    pairs_add_amount(&p->cell, &p->diff->pairs, delta);
    put_right(p, AMOUNT, delta_tone(p->diff, delta));
}

static void put_row(struct page *p, const struct pair_row *row)
{
    const struct pairs *pairs = &p->diff->pairs;
    double a = pairs_left(pairs, row), b = pairs_right(pairs, row);
    buf_printf(p->b, " %c", pairs_mark(pairs, row));
    put_amount(p, a);
    put_amount(p, b);
    put_delta(p, num_or(b, 0) - num_or(a, 0));
    buf_adds(p->b, "  ");
    int used = 4 + 3 * AMOUNT + pairs_add_branches(p->b, pairs, row, p->style->ascii);
    pairs_add_label(&p->cell, pairs, row, false);
    if (p->style->width > used)
        text_add_cut(p->b, buf_str(&p->cell), p->style->width - used, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

static void put_tree(struct page *p)
{
    const struct pairs *pairs = &p->diff->pairs;
    const char *unit = pairs->cost ? "cost" : report_unit_name[p->diff->a->metrics->unit];
    end_line(p);
    buf_adds(p->b, "  ");
    buf_printf(&p->cell, "A %s", unit);
    put_right(p, AMOUNT, TONE_NONE);
    buf_printf(&p->cell, "B %s", unit);
    put_right(p, AMOUNT, TONE_NONE);
    buf_adds(&p->cell, "DELTA");
    put_right(p, AMOUNT, TONE_NONE);
    buf_adds(&p->cell, "  NODE  (= same, ~ changed, - only in A, + only in B)");
    text_add_cut(p->b, buf_str(&p->cell), p->style->width - 2 - 3 * AMOUNT, p->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
    for (int i = 0; i < pairs->count; i++)
        put_row(p, &pairs->rows[i]);
}

static void add_ids(struct buf *b, const struct diff_pair *pair)
{
    if (pair->a)
        buf_printf(b, "A #%d", pair->a->id);
    if (pair->b)
        buf_printf(b, "%sB #%d", pair->a ? ", " : "", pair->b->id);
}

static void put_change(struct page *p, const struct diff_change *c, size_t rank)
{
    buf_printf(p->b, "%2zu", rank);
    put_delta(p, c->delta);
    buf_adds(&p->cell, "  ");
    pairs_add_label(&p->cell, &p->diff->pairs, c->row, false);
    buf_adds(&p->cell, "  (");
    add_ids(&p->cell, &p->diff->diff->pairs[c->row->first]);
    buf_addc(&p->cell, ')');
    put_prose(p, 2 + AMOUNT, AMOUNT + 4);
    for (size_t i = 0; i < c->why_count; i++)
        buf_printf(&p->cell, "%s%s", i ? "; " : "", c->why[i]);
    buf_fill(p->b, ' ', AMOUNT + 4);
    put_prose(p, AMOUNT + 4, AMOUNT + 4);
}

static void put_changes(struct page *p)
{
    const struct diff_report *d = p->diff;
    size_t shown = p->style->verbose ? d->change_count : CHANGES_SHOWN;
    put_heading(p, d->change_count ? "CHANGES  by weight" : "CHANGES  none worth telling");
    for (size_t i = 0; i < d->change_count && i < shown; i++)
        put_change(p, &d->changes[i], i + 1);
    if (d->change_count > shown)
        buf_printf(p->b, "   and %zu more (-v shows them)\n", d->change_count - shown);
}

static void put_settings(struct page *p)
{
    const struct diff_report *d = p->diff;
    if (d->setting_count)
        put_heading(p, "SETTINGS");
    for (size_t i = 0; i < d->setting_count; i++) {
        const struct diff_setting *s = &d->settings[i];
        buf_printf(&p->cell, " %.*s  %.*s -> %.*s", STR_ARG(s->name),
                   STR_ARG(s->a.p ? s->a : STR("default")),
                   STR_ARG(s->b.p ? s->b : STR("default")));
        put_prose(p, 0, 3);
    }
}

static void put_findings(struct page *p, const char *heading, const struct finding **all,
                         size_t count, bool remedy)
{
    if (count)
        put_heading(p, heading);
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = all[i];
        buf_printf(&p->cell, " %-6s %s", severity_name[f->severity], f->title);
        if (f->node)
            buf_printf(&p->cell, " (#%d)", f->node->id);
        put_prose(p, 0, 8);
        if (!remedy || !f->remedy)
            continue;
        buf_fill(p->b, ' ', 8);
        buf_adds(&p->cell, f->remedy);
        put_prose(p, 8, 8);
    }
}

void diff_text(struct report_stream *s, const struct diff_report *d)
{
    struct page p = {.out = s->out, .b = &s->out->buf, .diff = d, .style = s->style};
    if (s->plans)
        end_line(&p);
    put_names(&p);
    put_verdict(&p);
    if (!s->style->quiet) {
        put_figures(&p);
        put_tree(&p);
        put_changes(&p);
        put_settings(&p);
        put_findings(&p, "FINDINGS that only B has", d->came, d->came_count, true);
        put_findings(&p, "FINDINGS that only A has", d->went, d->went_count, false);
    }
    buf_free(&p.cell);
}
