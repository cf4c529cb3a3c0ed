#include "report/plain.h"

#include <math.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/outline.h"
#include "report/cell.h"
#include "report/table.h"

/* One plan being written; line is scratch. */
struct page {
    struct io_out *out;
    const struct report *report;
    const struct report_style *style;
    struct buf line;
};

/* The line, escaped, then emptied. */
static void put_line(struct page *p)
{
    text_add_safe(&p->out->buf, buf_str(&p->line), p->style->ascii);
    buf_addc(&p->out->buf, '\n');
    buf_clear(&p->line);
    io_out_pass(p->out);
}

/* Several lines of text, each escaped by itself. */
static void put_lines(struct page *p, const char *label, struct str text)
{
    struct str line;
    while (str_line(&text, &line)) {
        buf_printf(&p->line, "%s%.*s", label, STR_ARG(line));
        put_line(p);
    }
}

static void add_share(struct buf *b, double share)
{
    if (isfinite(share))
        buf_printf(b, ", %.0f percent", share * 100);
}

static void add_amount(struct page *p, const char *what, double amount)
{
    if (isnan(amount))
        return;
    buf_printf(&p->line, ", %s ", what);
    cell_add_amount(&p->line, p->report, amount);
    if (p->report->metrics->unit == UNIT_COST)
        return;
    buf_printf(&p->line, " %s", report_unit_name[p->report->metrics->unit]);
}

static void add_estimate(struct buf *b, const struct node_metrics *m)
{
    if (m->estimate != ESTIMATE_TOO_LOW && m->estimate != ESTIMATE_TOO_HIGH)
        return;
    buf_adds(b, ", estimate ");
    text_add_decimal(b, m->estimate_factor, 1, true);
    buf_printf(b, " times too %s", m->estimate == ESTIMATE_TOO_LOW ? "low" : "high");
    if (m->early_stop)
        buf_adds(b, " but stopped early");
}

static void put_node(struct page *p, const struct node *n)
{
    const struct node_metrics *m = metrics_of(p->report->metrics, n);
    const struct report_mark *mark = report_mark_of(p->report, n);
    buf_printf(&p->line, "%d ", n->id);
    report_add_short_label(&p->line, n);
    if (n->parent)
        buf_printf(&p->line, ", in %d", n->parent->id);
    if (n->never_executed) {
        buf_adds(&p->line, ", never executed");
    } else {
        add_amount(p, p->report->metrics->unit == UNIT_COST ? "own cost" : "self", m->weight);
        add_share(&p->line, m->share);
        double rows = p->report->plan->has_actual ? m->rows : n->num[PROP_PLAN_ROWS];
        if (isfinite(rows))
            buf_printf(&p->line, ", %s %.0f",
                       p->report->plan->has_actual ? "rows" : "estimated rows", rows);
        add_estimate(&p->line, m);
    }
    if (mark->finding)
        buf_printf(&p->line, ", finding %zu", mark->rank);
    if (mark->index)
        buf_adds(&p->line, ", index proposed");
    size_t end = p->line.len;
    buf_adds(&p->line, ": ");
    report_add_telling(&p->line, n);
    if (p->line.len == end + 2)
        p->line.len = end;
    put_line(p);
}

static void put_label(struct page *p, const char *label, const char *text)
{
    if (text && *text)
        put_lines(p, label, str_of(text));
}

static void put_finding(struct page *p, const struct finding *f, size_t rank)
{
    buf_printf(&p->line, "Finding %zu, %s", rank, severity_name[f->severity]);
    add_share(&p->line, f->share);
    if (num_known(f->stake_ms)) {
        buf_adds(&p->line, ", ");
        text_add_ms(&p->line, f->stake_ms);
    }
    if (f->node)
        buf_printf(&p->line, ", node %d", f->node->id);
    buf_printf(&p->line, ": %s", f->title);
    put_line(p);
    for (const struct evidence *e = f->evidence; e; e = e->next) {
        buf_printf(&p->line, "  Seen: %s %s", e->name, e->text);
        put_line(p);
    }
    put_label(p, "  Why: ", f->why);
    put_label(p, "  Do: ", f->remedy);
    put_label(p, "  SQL: ", f->sql);
    for (size_t i = 0; i < f->consequence_count; i++)
        put_label(p, "  Also: ", f->consequences[i]);
}

static void put_index(struct page *p, const struct advice_index *x)
{
    buf_printf(&p->line, "Index %s on %s", x->id, x->columns);
    put_line(p);
    put_label(p, "  Why: ", x->rationale);
    buf_adds(&p->line, "  Effect: ");
    advice_add_effect(&p->line, p->report->advice, x);
    put_line(p);
    put_label(p, "  First: ", x->before);
    put_label(p, "  Up: ", x->up);
    put_label(p, "  Down: ", x->down);
    for (size_t i = 0; i < x->caution_count; i++)
        put_label(p, "  Mind: ", x->cautions[i]);
}

static void put_advice(struct page *p)
{
    const struct advice *a = p->report->advice;
    for (size_t i = 0; a && i < a->index_count; i++)
        put_index(p, &a->indexes[i]);
    for (size_t i = 0; a && i < a->note_count; i++) {
        buf_printf(&p->line, "Note: %s", a->notes[i].text);
        put_line(p);
    }
}

/* How the statement is planned without and with the indexes. */
static void put_plans(struct page *p)
{
    const struct advice_query *q = report_replanned(p->report, p->style);
    struct buf text = {0};
    struct str line;
    if (q)
        outline_add_sentences(&text, q);
    for (struct str rest = buf_str(&text); str_line(&rest, &line);) {
        buf_addstr(&p->line, line);
        put_line(p);
    }
    buf_free(&text);
}

/* "Totals per relation: RELATION orders, SELFms 47.5, ..." */
static void put_table(struct page *p, const struct table *t)
{
    for (size_t i = 0; i < t->row_count; i++) {
        const char *before = ": ";
        buf_adds(&p->line, t->title);
        for (size_t c = 0; c < t->columns; c++) {
            if (t->rows[i].cell[c].len == 0)
                continue;
            bool named = t->heading[c] && *t->heading[c];
            buf_printf(&p->line, "%s%s%s%.*s", before, named ? t->heading[c] : "", named ? " " : "",
                       STR_ARG(t->rows[i].cell[c]));
            before = named ? ", " : " ";
        }
        put_line(p);
    }
}

static void put_rest(struct page *p)
{
    struct report_rest rest[REPORT_REST_MAX];
    size_t count = report_rest(p->report, rest);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&p->line, "Outside the nodes: %s", rest[i].name);
        add_amount(p, "time", rest[i].ms);
        add_share(&p->line, rest[i].share);
        put_line(p);
    }
}

static void put_details(struct page *p, struct arena *a)
{
    const struct report *r = p->report;
    size_t count;
    for (int i = 0; i < r->plan->node_count; i++)
        put_node(p, r->plan->nodes[i]);
    put_rest(p);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(p, r->findings[i], i + 1);
    for (size_t i = 0; p->style->verbose && i < r->cleared_count; i++)
        put_label(p, "Cleared: ", r->cleared[i]->title);
    put_advice(p);
    put_plans(p);
    struct table *tables = tables_new(a, r, 0, &count);
    for (size_t i = 0; i < count; i++)
        put_table(p, &tables[i]);
}

void plain_plan(struct report_stream *s, const struct report *r)
{
    struct page p = {.out = s->out, .report = r, .style = s->style};
    struct arena *a = arena_new(0);
    report_add_title(&p.line, r);
    put_line(&p);
    report_add_total(&p.line, r);
    put_line(&p);
    report_add_hot(&p.line, r);
    put_line(&p);
    report_add_worst(&p.line, r);
    put_line(&p);
    if (r->run) {
        buf_printf(&p.line, "Run: %s", r->run);
        put_line(&p);
    }
    if (!s->style->quiet)
        put_details(&p, a);
    if (s->style->proof) {
        report_add_proof(&p.line, r);
        struct str proof = str_dup(a, buf_str(&p.line));
        buf_clear(&p.line);
        put_lines(&p, "Proof: ", proof);
    }
    buf_free(&p.line);
    arena_free(a);
}
