#include "report/html.h"

#include <math.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/outline.h"
#include "report/cell.h"
#include "report/html_page.h"
#include "report/table.h"
#include "report/tree.h"

enum { TOTALS_SHOWN = 15, INDENT_MAX = 40, BAR_EM = 7 };

/* One plan being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct report *report;
    const struct report_style *style;
    struct buf cell;
    bool part; /* of a page that tells the indexes by itself */
};

void html_add_text(struct buf *b, struct str s)
{
    struct buf safe = {0};
    text_add_safe(&safe, s, false);
    for (size_t i = 0; i < safe.len; i++) {
        char c = safe.data[i];
        if (c == '<')
            buf_adds(b, "&lt;");
        else if (c == '>')
            buf_adds(b, "&gt;");
        else if (c == '&')
            buf_adds(b, "&amp;");
        else if (c == '"')
            buf_adds(b, "&quot;");
        else if (c == '\'')
            buf_adds(b, "&#39;");
        else
            buf_addc(b, c);
    }
    buf_free(&safe);
}

/* The cell as text, then emptied. */
static void put_cell(struct page *p)
{
    html_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

/* Several lines: each is escaped by itself. */
static void add_lines(struct buf *b, struct str text)
{
    struct str line;
    for (bool first = true; str_line(&text, &line); first = false) {
        if (!first)
            buf_addc(b, '\n');
        html_add_text(b, line);
    }
}

static void put_lines(struct page *p, struct str text)
{
    add_lines(p->b, text);
}

static const char *tone_of(double share)
{
    return share >= 0.395 ? " high" : share >= 0.095 ? " medium" : "";
}

void html_put_code(struct io_out *out, struct str text)
{
    text = str_trim(text);
    if (!text.len)
        return;
    buf_adds(&out->buf, "<button class=\"copy\" type=\"button\" hidden>copy</button><pre>");
    add_lines(&out->buf, text);
    buf_adds(&out->buf, "</pre>\n");
    io_out_pass(out);
}

static void put_code(struct page *p, const char *text)
{
    html_put_code(p->out, str_of(text));
}

static void put_verdict(struct page *p)
{
    const struct report *r = p->report;
    bool worth = r->finding_count && r->findings[0]->severity >= SEVERITY_LOW;
    buf_adds(p->b, "<h1>");
    report_add_title(&p->cell, r);
    put_cell(p);
    buf_adds(p->b, "</h1>\n<ul class=\"verdict\">\n<li>");
    report_add_total(&p->cell, r);
    put_cell(p);
    buf_adds(p->b, "</li>\n<li class=\"hot\">");
    report_add_hot(&p->cell, r);
    put_cell(p);
    buf_printf(p->b, "</li>\n<li class=\"%s\">",
               worth ? severity_name[r->findings[0]->severity] : "soft");
    report_add_worst(&p->cell, r);
    put_cell(p);
    if (r->run) {
        buf_adds(p->b, "</li>\n<li class=\"soft\">");
        buf_adds(&p->cell, r->run);
        put_cell(p);
    }
    buf_adds(p->b, "</li>\n</ul>\n");
}

static void put_number(struct page *p)
{
    buf_adds(p->b, "<td class=\"n\">");
    put_cell(p);
    buf_adds(p->b, "</td>");
}

static void put_bar(struct page *p, double share)
{
    buf_adds(p->b, "<td>");
    if (isfinite(share) && share > 0) {
        buf_printf(p->b, "<span class=\"bar%s\" style=\"width:", tone_of(share));
        text_add_decimal(p->b, fmin(share, 1) * BAR_EM, 2, true);
        buf_adds(p->b, "em\"></span>");
    }
    buf_adds(p->b, "</td>");
}

static void put_mark(struct page *p, const struct report_mark *m)
{
    buf_adds(p->b, "<td>");
    if (m->finding) {
        buf_printf(p->b, "<a class=\"%s\" href=\"#p%zu-f%zu\">",
                   severity_name[m->finding->severity], p->report->number, m->rank);
        cell_add_mark(&p->cell, m);
        put_cell(p);
        buf_adds(p->b, "</a>");
    }
    buf_adds(p->b, "</td>");
}

static void put_name(struct page *p, const struct tree_row *row)
{
    int level = row->level < INDENT_MAX ? row->level : INDENT_MAX;
    buf_printf(p->b, "<td class=\"node\" style=\"padding-left:%d.%dem\">", level, level % 2 * 5);
    if (row->folded) {
        buf_adds(p->b, "<span class=\"soft\">");
        tree_add_folded_label(&p->cell, row);
        put_cell(p);
        buf_adds(p->b, "</span></td>");
        return;
    }
    if (row->node->child)
        buf_adds(
            p->b,
            "<button class=\"fold\" type=\"button\" aria-expanded=\"true\" aria-label=\"fold\" "
            "hidden>\u2212</button>");
    else
        buf_adds(p->b, "<span class=\"fold\"></span>");
    report_add_short_label(&p->cell, row->node);
    put_cell(p);
    report_add_telling(&p->cell, row->node);
    if (p->cell.len) {
        buf_adds(p->b, " <span class=\"cond\">");
        put_cell(p);
        buf_adds(p->b, "</span>");
    }
    buf_adds(p->b, "</td>");
}

static void put_node_row(struct page *p, const struct tree_row *row)
{
    const struct node *n = row->node;
    const struct report *r = p->report;
    double share = n->never_executed ? NAN : metrics_of(r->metrics, n)->share;
    buf_printf(p->b, "<tr id=\"p%zu-n%d\" data-depth=\"%d\" data-parent=\"%d\">", r->number, n->id,
               n->depth, n->parent ? n->parent->id : 0);
    buf_printf(&p->cell, "%d", n->id);
    put_number(p);
    cell_add_self(&p->cell, r, n);
    put_number(p);
    cell_add_share(&p->cell, share);
    put_number(p);
    put_bar(p, share);
    cell_add_rows(&p->cell, r, n);
    put_number(p);
    buf_adds(p->b, "<td>");
    cell_add_estimate(&p->cell, r, n);
    put_cell(p);
    buf_adds(p->b, "</td>");
    put_mark(p, report_mark_of(r, n));
    cell_add_buffers(&p->cell, r, n);
    put_number(p);
    put_name(p, row);
    buf_adds(p->b, "</tr>\n");
    io_out_pass(p->out);
}

static void put_folded_row(struct page *p, const struct tree_row *row)
{
    buf_printf(p->b, "<tr data-depth=\"%d\"><td></td>", row->node->depth);
    cell_add_amount(&p->cell, p->report, row->weight);
    put_number(p);
    cell_add_share(&p->cell, row->share);
    put_number(p);
    put_bar(p, row->share);
    if (p->report->plan->has_actual)
        text_add_count(&p->cell, row->rows);
    put_number(p);
    buf_adds(p->b, "<td></td><td></td><td></td>");
    put_name(p, row);
    buf_adds(p->b, "</tr>\n");
}

static void put_rest(struct page *p)
{
    struct report_rest rest[REPORT_REST_MAX];
    size_t count = report_rest(p->report, rest);
    for (size_t i = 0; i < count; i++) {
        buf_adds(p->b, "<tr><td></td>");
        cell_add_amount(&p->cell, p->report, rest[i].ms);
        put_number(p);
        cell_add_share(&p->cell, rest[i].share);
        put_number(p);
        put_bar(p, rest[i].share);
        buf_printf(p->b, "<td></td><td></td><td></td><td></td><td class=\"soft\">(%s)</td></tr>\n",
                   rest[i].name);
    }
}

static void put_tree(struct page *p, struct arena *a)
{
    struct tree tree = tree_new(a, p->report, !p->style->verbose);
    buf_printf(
        p->b,
        "<div class=\"scroll\"><table class=\"tree\">\n<thead><tr><th class=\"n\">#</th>"
        "<th class=\"n\">%s</th><th class=\"n\">%%</th><th></th><th class=\"n\">%s</th>"
        "<th>EST</th><th>F</th><th class=\"n\">BUFS</th><th>NODE</th></tr></thead>\n<tbody>\n",
        cell_self_heading(p->report), cell_rows_heading(p->report));
    for (size_t i = 0; i < tree.count; i++)
        (tree.rows[i].folded ? put_folded_row : put_node_row)(p, &tree.rows[i]);
    put_rest(p);
    buf_adds(p->b, "</tbody>\n</table></div>\n");
}

static void put_item(struct page *p, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(p->b, "<dt>%s</dt><dd>", label);
    put_lines(p, str_of(text));
    buf_adds(p->b, "</dd>\n");
}

static void put_finding_title(struct page *p, const struct finding *f, size_t rank)
{
    const char *severity = severity_name[f->severity];
    buf_printf(
        p->b,
        "<div class=\"finding is-%s\" id=\"p%zu-f%zu\">\n<h3><span class=\"%s\">%zu. %s</span> ",
        severity, p->report->number, rank, severity, rank, severity);
    buf_adds(&p->cell, f->title);
    put_cell(p);
    buf_adds(p->b, "</h3>\n<div class=\"soft\">");
    if (num_known(f->stake_ms)) {
        text_add_ms(p->b, f->stake_ms);
        buf_adds(p->b, ", ");
    }
    cell_add_share(p->b, f->share);
    buf_adds(p->b, " at stake");
    if (f->node)
        buf_printf(p->b, ", node <a href=\"#p%zu-n%d\">#%d</a>", p->report->number, f->node->id,
                   f->node->id);
    buf_printf(p->b, " (%s)</div>\n", f->rule->id);
}

static void put_finding(struct page *p, const struct finding *f, size_t rank)
{
    const struct advice_index *x =
        f->wants_index ? report_index_of(p->report, f->index_node) : NULL;
    put_finding_title(p, f, rank);
    buf_adds(p->b, "<dl>\n");
    for (const struct evidence *e = f->evidence; e; e = e->next)
        buf_printf(&p->cell, "%s%s %s", p->cell.len ? "; " : "", e->name, e->text);
    if (p->cell.len) {
        buf_adds(p->b, "<dt>Seen</dt><dd>");
        put_cell(p);
        buf_adds(p->b, "</dd>\n");
    }
    put_item(p, "Why", f->why);
    put_item(p, "Do", f->remedy);
    if (x) {
        buf_adds(p->b, "<dt>Index</dt><dd><a href=\"#");
        if (!p->part)
            buf_printf(p->b, "p%zu-", p->report->number);
        buf_printf(p->b, "%s\">%s</a> ", x->id, x->id);
        buf_adds(&p->cell, x->columns);
        put_cell(p);
        buf_adds(p->b, "</dd>\n");
    }
    for (size_t i = 0; i < f->consequence_count; i++)
        put_item(p, "Also", f->consequences[i]);
    buf_adds(p->b, "</dl>\n");
    put_code(p, f->sql);
    buf_adds(p->b, "</div>\n");
    io_out_pass(p->out);
}

static void put_findings(struct page *p)
{
    const struct report *r = p->report;
    buf_adds(p->b, "<h2>Findings</h2>\n");
    if (r->finding_count == 0)
        buf_adds(p->b, "<p>Nothing found that is worth changing.</p>\n");
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(p, r->findings[i], i + 1);
    if (r->cleared_count == 0)
        return;
    buf_adds(p->b, "<details><summary>Looks bad and is fine</summary>\n<ul>\n");
    for (size_t i = 0; i < r->cleared_count; i++) {
        buf_adds(p->b, "<li>");
        buf_printf(&p->cell, "%s%s%s", r->cleared[i]->title, r->cleared[i]->why ? ": " : "",
                   r->cleared[i]->why ? r->cleared[i]->why : "");
        put_cell(p);
        buf_adds(p->b, "</li>\n");
    }
    buf_adds(p->b, "</ul></details>\n");
}

static void put_index(struct page *p, const struct advice_index *x)
{
    struct buf effect = {0};
    advice_add_effect(&effect, p->report->advice, x);
    buf_printf(p->b, "<h3 id=\"p%zu-%s\">%s ", p->report->number, x->id, x->id);
    buf_adds(&p->cell, x->columns);
    put_cell(p);
    buf_adds(p->b, "</h3>\n<dl>\n");
    put_item(p, "Why", x->rationale);
    put_item(p, "Effect", effect.data);
    put_item(p, "First", x->before);
    for (size_t i = 0; i < x->caution_count; i++)
        put_item(p, "Mind", x->cautions[i]);
    buf_adds(p->b, "</dl>\n");
    put_code(p, x->up);
    buf_adds(p->b, "<div class=\"soft\">To undo it:</div>\n");
    put_code(p, x->down);
    buf_free(&effect);
}

static void put_advice(struct page *p)
{
    const struct advice *a = p->report->advice;
    if (!a || a->index_count + a->note_count == 0)
        return;
    buf_adds(p->b, "<h2>Indexes</h2>\n");
    for (size_t i = 0; i < a->index_count; i++)
        put_index(p, &a->indexes[i]);
    for (size_t i = 0; i < a->note_count; i++) {
        buf_adds(p->b, "<p>");
        if (a->notes[i].node)
            buf_printf(p->b, "<a href=\"#p%zu-n%d\">#%d</a> ", p->report->number,
                       a->notes[i].node->id, a->notes[i].node->id);
        buf_adds(&p->cell, a->notes[i].text);
        put_cell(p);
        buf_adds(p->b, "</p>\n");
    }
}

static void put_plans(struct page *p)
{
    const struct advice_query *q = report_replanned(p->report, p->style);
    if (!q)
        return;
    buf_adds(p->b, "<h3>Plans before and after, by the planner</h3>\n<pre>");
    outline_add(&p->cell, q, 0, false);
    put_lines(p, buf_str(&p->cell));
    buf_clear(&p->cell);
    buf_adds(p->b, "</pre>\n");
}

static void put_table(struct page *p, const struct table *t)
{
    buf_printf(p->b, "<h3>%s</h3>\n<div class=\"scroll\"><table>\n<tr>", t->title);
    for (size_t c = 0; t->heading[0] && c < t->columns; c++)
        buf_printf(p->b, "<th%s>%s</th>", t->right[c] ? " class=\"n\"" : "", t->heading[c]);
    buf_adds(p->b, "</tr>\n");
    for (size_t i = 0; i < t->row_count; i++) {
        buf_adds(p->b, "<tr>");
        for (size_t c = 0; c < t->columns; c++) {
            buf_printf(p->b, "<td class=\"%s\">", t->right[c] ? "n" : "name");
            html_add_text(p->b, t->rows[i].cell[c]);
            buf_adds(p->b, "</td>");
        }
        buf_adds(p->b, "</tr>\n");
    }
    buf_adds(p->b, "</table></div>\n");
    if (t->left_out)
        buf_printf(p->b, "<p class=\"soft\">and %zu more</p>\n", t->left_out);
    io_out_pass(p->out);
}

static void put_details(struct page *p, struct arena *a)
{
    size_t count;
    struct table *tables = tables_new(a, p->report, p->style->verbose ? 0 : TOTALS_SHOWN, &count);
    buf_adds(p->b, "<h2>Totals</h2>\n");
    for (size_t i = 0; i < count; i++)
        put_table(p, &tables[i]);
    report_add_proof(&p->cell, p->report);
    if (p->cell.len) {
        buf_adds(p->b, "<details><summary>How the times add up</summary>\n<pre>");
        put_lines(p, buf_str(&p->cell));
        buf_clear(&p->cell);
        buf_adds(p->b, "</pre></details>\n");
    }
    if (p->report->plan->query_text.len) {
        buf_adds(p->b, "<details><summary>Query</summary>\n<pre>");
        put_lines(p, p->report->plan->query_text);
        buf_adds(p->b, "</pre></details>\n");
    }
}

void html_begin(struct report_stream *s)
{
    buf_adds(&s->out->buf, html_head);
}

void html_plan(struct report_stream *s, const struct report *r)
{
    struct page p = {.out = s->out, .b = &s->out->buf, .report = r, .style = s->style};
    struct arena *a = arena_new(0);
    buf_adds(p.b, "<section>\n");
    put_verdict(&p);
    if (!s->style->quiet) {
        put_tree(&p, a);
        put_findings(&p);
        put_advice(&p);
        put_plans(&p);
        put_details(&p, a);
    }
    buf_adds(p.b, "</section>\n");
    buf_free(&p.cell);
    arena_free(a);
}

void html_plan_parts(struct report_stream *s, const struct report *r)
{
    struct page p = {
        .out = s->out, .b = &s->out->buf, .report = r, .style = s->style, .part = true};
    struct arena *a = arena_new(0);
    put_tree(&p, a);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(&p, r->findings[i], i + 1);
    buf_free(&p.cell);
    arena_free(a);
}

void html_end(struct report_stream *s, const struct report_run *run)
{
    (void)run;
    buf_adds(&s->out->buf, html_tail);
}
