#include "report/cell.h"

#include <math.h>

#include "base/text.h"

const char *const report_unit_name[] = {
    [UNIT_TIME] = "ms", [UNIT_BUFFERS] = "blocks", [UNIT_ROWS] = "rows", [UNIT_COST] = "cost"};

/* Past this many ms the column shows seconds. */
static const double in_seconds = 9999999.5;

const char *cell_self_heading(const struct report *r)
{
    static const char *const heading[] = {
        [UNIT_BUFFERS] = "BLOCKS", [UNIT_ROWS] = "ROWOPS", [UNIT_COST] = "COST"};
    if (r->metrics->unit != UNIT_TIME)
        return heading[r->metrics->unit];
    return r->metrics->whole < in_seconds ? "SELFms" : "SELFs";
}

const char *cell_rows_heading(const struct report *r)
{
    return r->plan->has_actual ? "ROWS" : "~ROWS";
}

static int places(double whole)
{
    return whole >= 9999.95 ? 0 : whole >= 99.995 ? 1 : whole >= 9.9995 ? 2 : 3;
}

void cell_add_amount(struct buf *b, const struct report *r, double amount)
{
    double whole = r->metrics->whole;
    if (isnan(amount))
        return;
    if (r->metrics->unit != UNIT_TIME)
        text_add_count(b, amount);
    else if (whole < in_seconds)
        text_add_decimal(b, amount, places(num_or(whole, 0)), false);
    else
        text_add_decimal(b, amount / 1000, 0, false);
}

void cell_add_self(struct buf *b, const struct report *r, const struct node *n)
{
    if (n->never_executed)
        buf_adds(b, "never");
    else
        cell_add_amount(b, r, metrics_of(r->metrics, n)->weight);
}

void cell_add_share(struct buf *b, double share)
{
    if (isfinite(share))
        buf_printf(b, "%.0f%%", share * 100);
}

void cell_add_rows(struct buf *b, const struct report *r, const struct node *n)
{
    double rows = r->plan->has_actual ? metrics_of(r->metrics, n)->rows : n->num[PROP_PLAN_ROWS];
    if (isfinite(rows) && !n->never_executed)
        text_add_count(b, rows);
}

void cell_add_estimate(struct buf *b, const struct report *r, const struct node *n)
{
    const struct node_metrics *m = metrics_of(r->metrics, n);
    if (m->estimate != ESTIMATE_TOO_LOW && m->estimate != ESTIMATE_TOO_HIGH)
        return;
    buf_adds(b, m->early_stop ? "(x" : "x");
    if (m->estimate_factor < 9.95)
        text_add_decimal(b, m->estimate_factor, 1, true);
    else
        text_add_count(b, round(m->estimate_factor));
    buf_adds(b, m->estimate == ESTIMATE_TOO_LOW ? " lo" : " hi");
    if (m->early_stop)
        buf_addc(b, ')');
}

void cell_add_buffers(struct buf *b, const struct report *r, const struct node *n)
{
    const struct metric_io *io = &metrics_of(r->metrics, n)->own_io;
    double blocks = num_or(io->hit, 0) + num_or(io->read, 0);
    if (blocks > 0)
        text_add_count(b, blocks);
}

char cell_severity_sign(enum severity s)
{
    return s == SEVERITY_HIGH ? '!' : s == SEVERITY_MEDIUM ? '~' : '.';
}

void cell_add_mark(struct buf *b, const struct report_mark *m)
{
    if (m->finding)
        buf_printf(b, "%c%zu%s", cell_severity_sign(m->finding->severity), m->rank,
                   m->index ? "+" : "");
}

int cell_add_bar(struct buf *b, double share, int columns, bool ascii)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double cells = isfinite(share) ? fmin(fmax(share, 0), 1) * columns : 0;
    int steps = (int)lround(cells * 8), full = steps / 8, rest = steps % 8;
    if (steps == 0)
        return 0;
    for (int i = 0; i < full; i++)
        buf_adds(b, ascii ? "#" : "█");
    if (rest)
        buf_adds(b, ascii ? "=" : eighths[rest]);
    return full + (rest > 0);
}

void cell_add_change(struct buf *b, double change)
{
    double percent = change * 100;
    if (isnan(change)) {
        buf_addc(b, '?');
        return;
    }
    if (percent > 0)
        buf_addc(b, '+');
    if (fabs(percent) >= 9999.5)
        text_add_count(b, percent);
    else
        text_add_decimal(b, percent, fabs(percent) < 0.95 ? 1 : 0, true);
    buf_addc(b, '%');
}
