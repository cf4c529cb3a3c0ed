#include "report/advice.h"

#include "base/text.h"
#include "plan/plan.h"

static void add_amount(struct buf *b, double v, bool in_ms)
{
    if (in_ms)
        text_add_ms(b, v);
    else
        text_add_grouped(b, v);
}

static void add_change(struct buf *b, double before, double after, bool in_ms)
{
    buf_adds(b, in_ms ? "time " : "cost ");
    add_amount(b, before, in_ms);
    buf_adds(b, " -> ");
    add_amount(b, after, in_ms);
}

static void add_count(struct buf *b, size_t n, const char *one, const char *many)
{
    text_add_grouped(b, (double)n);
    buf_printf(b, " %s", n == 1 ? one : many);
}

void advice_add_headline(struct buf *b, const struct advice_report *r)
{
    const struct advice *adv = r->advice;
    add_count(b, adv->query_count, "query", "queries");
    buf_adds(b, adv->basis == BASIS_SQL ? ", from SQL only: " : ": ");
    if (adv->index_count)
        add_count(b, adv->index_count, "index", "indexes");
    else
        buf_adds(b, "no index is worth having");
    if (adv->index_count && adv->size_bytes > 0) {
        buf_adds(b, " (");
        text_add_bytes(b, adv->size_bytes);
        buf_addc(b, ')');
    }
    if (adv->index_count && adv->cost_before > 0) {
        buf_adds(b, ", ");
        add_change(b, adv->cost_before, adv->cost_after, adv->in_ms);
        buf_adds(b, r->calls_known ? " over all calls" : "");
    }
    if (adv->unchecked)
        buf_adds(b, "; not checked against a catalog");
}

/* Which share of the workload it saves: that is what indexes are compared by. */
void advice_add_effect(struct buf *b, const struct advice *adv, const struct advice_index *x)
{
    buf_adds(b, "saves ");
    text_add_decimal(b, x->gain_share * 100, x->gain_share < 0.1 ? 1 : 0, true);
    buf_printf(b, " %% of the %s's %s", adv->query_count == 1 ? "query" : "workload",
               adv->in_ms ? "time" : "cost");
    if (num_known(x->size_bytes)) {
        buf_adds(b, "; size ");
        text_add_bytes(b, x->size_bytes);
    }
    if (num_known(x->write_us)) {
        buf_adds(b, "; ");
        text_add_decimal(b, x->write_us, 1, true);
        buf_adds(b, " us a row written");
    }
    if (x->loses_hot)
        buf_adds(b, "; updates lose HOT");
    buf_printf(b, "; %s confidence (%s)", advice_confidence_name[x->confidence],
               advice_basis_name[x->basis]);
}

void advice_add_query_effect(struct buf *b, const struct advice_query *q)
{
    bool in_ms = num_known(q->ms_before);
    double before = in_ms ? q->ms_before : q->cost_before;
    double after = in_ms ? q->ms_after : q->cost_after;
    if (num_known(before) && before > after)
        add_change(b, before, after, in_ms);
}
