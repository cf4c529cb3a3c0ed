#include "report/workload_html.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/html.h"
#include "report/workload_page.h"

/* A page of 1,000 queries stays below 5 MB: plans come with the heaviest queries until so many
 * bytes are written, texts of the others are cut. */
enum {
    PLAN_BYTES = 2600 * 1024,
    QUERIES_MAX = 2000,
    SHAPES_TOLD = 3,
    FINDINGS_TOLD = 8,
    SQL_LISTED = 160,
    SQL_TOLD = 6000,
    SQL_TOLD_LATER = 700,
    TOLD_FULL = 100, /* queries */
    BARS = 24,
    CASES = 5
};

/* The page being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct workload_view *v;
    const struct summary *s;
    struct buf cell;
    size_t plan_bytes; /* written of plans */
    size_t plans;
};

/* The cell as text, then emptied. */
static void put_cell(struct page *p)
{
    html_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_text(struct page *p, struct str s)
{
    html_add_text(p->b, s);
}

/* ---- drawings ---- */

/* Bars of the buckets, several of them to one where there are many; as one path. */
static void put_bars(struct page *p, const char *class, const double *series, size_t count,
                     size_t bars)
{
    enum { HEIGHT = 20 };
    double most = 0;
    if (count < 2)
        return;
    bars = count < bars ? count : bars;
    double *sum = xcalloc(bars, sizeof *sum);
    for (size_t i = 0; i < count; i++)
        sum[i * bars / count] += series[i];
    for (size_t i = 0; i < bars; i++)
        most = fmax(most, sum[i]);
    buf_printf(p->b,
               "<svg class=\"%s\" viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\" "
               "aria-hidden=\"true\"><path d=\"",
               class, bars, HEIGHT);
    for (size_t i = 0; i < bars; i++) {
        if (!(sum[i] > 0))
            continue;
        int height = (int)ceil(sum[i] / most * HEIGHT);
        buf_printf(p->b, "M%zu %dh.9v%dh-.9z", i, HEIGHT - height, height);
    }
    buf_adds(p->b, "\"/></svg>");
    free(sum);
}

static void put_bar(struct page *p, double share)
{
    const char *tone = share >= 0.395 ? " high" : share >= 0.095 ? " medium" : "";
    buf_adds(p->b, "<td class=\"wide\">");
    if (share > 0.002) {
        buf_printf(p->b, "<span class=\"bar%s\" style=\"width:", tone);
        text_add_decimal(p->b, fmin(share, 1) * 6, 2, true);
        buf_adds(p->b, "em\"></span>");
    }
    buf_adds(p->b, "</td>");
}

/* A cell with a figure in words, and the number by which it is sorted. */
static void put_figure(struct page *p, double value, bool wide)
{
    buf_printf(p->b, "<td class=\"n%s\" data-v=\"", wide ? " wide" : "");
    text_add_decimal(p->b, isfinite(value) ? value : -1, 3, true);
    buf_adds(p->b, "\">");
    put_cell(p);
    buf_adds(p->b, "</td>");
}

static void put_ms(struct page *p, double ms, bool wide)
{
    if (isfinite(ms))
        text_add_ms(&p->cell, ms);
    put_figure(p, ms, wide);
}

/* In a log of many queries each has little: a tenth of a percent is told. */
static void put_share(struct page *p, double share)
{
    if (share > 0 && share < 0.0005)
        buf_adds(&p->cell, "<0.1%");
    else if (share < 0.0995)
        buf_printf(&p->cell, "%.1f%%", share * 100);
    else
        cell_add_share(&p->cell, share);
    put_figure(p, share * 100, false);
}

/* ---- head ---- */

static void put_head(struct page *p)
{
    buf_adds(p->b, page_style);
    buf_adds(p->b, "<h1>");
    put_text(p, str_of(p->v->name));
    buf_adds(p->b, "</h1>\n<ul class=\"verdict\">\n<li class=\"hot\">");
    workload_add_total(&p->cell, p->v);
    put_cell(p);
    buf_adds(p->b, "</li>\n");
    workload_add_span(&p->cell, p->v);
    if (p->cell.len) {
        buf_adds(p->b, "<li>");
        put_cell(p);
        buf_adds(p->b, "</li>\n");
    }
    for (size_t i = 0; workload_add_note(&p->cell, p->v, i); i++) {
        buf_adds(p->b, "<li class=\"soft\">");
        put_cell(p);
        buf_adds(p->b, "</li>\n");
    }
    buf_adds(p->b, "</ul>\n");
    workload_add_hint(&p->cell, p->v);
    html_put_code(p->out, buf_str(&p->cell));
    buf_clear(&p->cell);
    if (p->s->bucket_count > 1) {
        put_bars(p, "span", p->s->series, p->s->bucket_count, p->s->bucket_count);
        buf_adds(p->b, "<div class=\"soft\">time per ");
        workload_add_bucket(p->b, p->s);
        buf_adds(p->b, "</div>\n");
    }
}

static void put_nav(struct page *p)
{
    buf_adds(p->b, "<nav><a href=\"#queries\">Queries</a> ");
    if (p->s->rule_count)
        buf_adds(p->b, "<a href=\"#findings\">Findings</a> ");
    if (p->s->total->spill.executions)
        buf_adds(p->b, "<a href=\"#spills\">Spills</a> ");
    if (p->s->advice)
        buf_adds(p->b, "<a href=\"#indexes\">Indexes</a> ");
    buf_adds(p->b, "<a href=\"#details\">Details</a></nav>\n");
}

/* ---- the table ---- */

static void put_link(struct page *p, const struct summary_query *q)
{
    buf_printf(p->b, "<a href=\"#q%zu\">#%zu</a>", q->rank, q->rank);
}

static void put_sql_cut(struct page *p, const struct summary_query *q, int columns)
{
    struct buf line = {0};
    workload_add_sql(&line, q->query->text);
    text_add_cut(&p->cell, buf_str(&line), columns, false);
    buf_free(&line);
    put_cell(p);
}

static void put_marks(struct page *p, const struct summary_query *q)
{
    buf_printf(p->b, "<td data-v=\"%d\">",
               q->finding_count ? (int)q->severity * 1000 + (int)fmin(999, (double)q->finding_count)
                                : 0);
    if (q->finding_count)
        buf_printf(p->b, "<span class=\"%s\">%c%zu</span>", severity_name[q->severity],
                   cell_severity_sign(q->severity), q->finding_count);
    buf_printf(p->b, "</td><td class=\"wide\" data-v=\"%zu\">", q->index_count);
    for (size_t i = 0; i < q->index_count; i++)
        buf_printf(p->b, "%s<a href=\"#%s\">%s</a>", i ? " " : "", q->indexes[i], q->indexes[i]);
    buf_adds(p->b, "</td>");
}

static void put_row(struct page *p, const struct summary_query *q)
{
    buf_printf(p->b, "<tr><td class=\"n\" data-v=\"%zu\">", q->rank);
    put_link(p, q);
    buf_adds(p->b, "</td>");
    put_ms(p, q->time_ms, false);
    put_share(p, q->share);
    put_bar(p, q->share);
    text_add_count(&p->cell, (double)q->query->stat.calls);
    put_figure(p, (double)q->query->stat.calls, false);
    put_ms(p, q->mean_ms, false);
    put_ms(p, q->p95_ms, true);
    put_ms(p, (double)q->query->stat.max_ns / 1e6, true);
    put_marks(p, q);
    buf_adds(p->b, "<td class=\"wide\">");
    put_bars(p, "spark", q->series, p->s->bucket_count, BARS);
    buf_printf(p->b, "</td><td class=\"sql\"><a href=\"#q%zu\">", q->rank);
    put_sql_cut(p, q, SQL_LISTED);
    buf_adds(p->b, "</a></td></tr>\n");
    io_out_pass(p->out);
}

static size_t listed(const struct page *p)
{
    return p->s->query_count < QUERIES_MAX ? p->s->query_count : QUERIES_MAX;
}

static void put_table(struct page *p)
{
    buf_adds(
        p->b,
        "<h2>Queries</h2>\n<input class=\"find\" type=\"search\" placeholder=\"find in queries\" "
        "aria-label=\"find in queries\" hidden>\n<div class=\"scroll\" id=\"queries\"><table "
        "class=\"log\">\n<thead><tr>"
        "<th class=\"n\" data-sort=\"up\">#</th><th class=\"n\" data-sort=\"down\">total</th>"
        "<th class=\"n\" data-sort=\"down\">%</th><th class=\"wide\"></th>"
        "<th class=\"n\" data-sort=\"down\">calls</th><th class=\"n\" data-sort=\"down\">mean</th>"
        "<th class=\"n wide\" data-sort=\"down\">p95</th><th class=\"n wide\" "
        "data-sort=\"down\">max</th><th data-sort=\"down\" title=\"findings\">F</th>"
        "<th class=\"wide\" data-sort=\"down\">index</th><th class=\"wide\">when</th>"
        "<th data-sort=\"up\">query</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < listed(p); i++)
        put_row(p, &p->s->queries[i]);
    buf_adds(p->b, "</tbody>\n</table></div>\n<button class=\"more\" hidden></button>\n");
    if (listed(p) < p->s->query_count)
        buf_printf(p->b, "<p class=\"soft\">and %zu more</p>\n", p->s->query_count - listed(p));
}

/* ---- findings, spills, misestimates ---- */

static void put_case(struct page *p, const struct summary_case *c)
{
    const struct summary_query *q = &p->s->queries[c->query];
    buf_adds(p->b, "<li>");
    put_link(p, q);
    buf_adds(p->b, " ");
    put_text(p, c->finding->title);
    buf_adds(p->b, " <span class=\"soft\">");
    workload_add_stake(&p->cell, q, c->finding);
    put_cell(p);
    buf_adds(p->b, "</span></li>\n");
}

static void put_rule(struct page *p, const struct summary_rule *r)
{
    const char *severity = severity_name[workload_severity(p->v, r->share)];
    buf_printf(p->b, "<div class=\"finding is-%s\"><h3>", severity);
    buf_printf(p->b, "<span class=\"%s\">", severity);
    text_add_ms(p->b, r->stake_ms);
    buf_adds(p->b, ", ");
    cell_add_share(p->b, r->share);
    buf_adds(p->b, "</span> ");
    put_text(p, str_of(r->rule->title));
    buf_printf(p->b, " <span class=\"soft\">(%s) ", r->rule->id);
    text_add_grouped(p->b, (double)r->executions);
    buf_printf(p->b, " time%s in %zu quer%s</span></h3>\n<ul class=\"lines\">\n",
               r->executions == 1 ? "" : "s", r->query_count, r->query_count == 1 ? "y" : "ies");
    for (size_t i = 0; i < r->case_count && i < CASES; i++)
        put_case(p, &r->cases[i]);
    buf_adds(p->b, "</ul></div>\n");
    io_out_pass(p->out);
}

static void put_rules(struct page *p)
{
    if (p->s->rule_count)
        buf_adds(p->b, "<h2 id=\"findings\">Findings, by time at stake</h2>\n");
    for (size_t i = 0; i < p->s->rule_count; i++)
        put_rule(p, &p->s->rules[i]);
}

static void put_spills(struct page *p)
{
    size_t told = 0;
    if (!p->s->total->spill.executions)
        return;
    buf_adds(p->b, "<h2 id=\"spills\">Spills to disk</h2>\n<p>");
    workload_add_spill(&p->cell, &p->s->total->spill);
    put_cell(p);
    buf_adds(p->b, "</p>\n<ul class=\"lines\">\n");
    for (size_t i = 0; i < p->s->query_count && told < 2 * CASES; i++) {
        const struct summary_query *q = &p->s->queries[i];
        if (!q->query->spill.executions)
            continue;
        buf_adds(p->b, "<li>");
        put_link(p, q);
        buf_addc(p->b, ' ');
        workload_add_spill(&p->cell, &q->query->spill);
        put_cell(p);
        buf_adds(p->b, "</li>\n");
        told++;
    }
    buf_adds(p->b, "</ul>\n");
}

static void put_misestimates(struct page *p)
{
    if (!p->s->misestimate_count)
        return;
    buf_adds(p->b, "<h2>Misestimates that repeat</h2>\n<ul class=\"lines\">\n");
    for (size_t i = 0; i < p->s->misestimate_count && i < 4 * CASES; i++) {
        const struct summary_case *c = &p->s->misestimates[i];
        buf_adds(p->b, "<li>");
        put_link(p, &p->s->queries[c->query]);
        buf_addc(p->b, ' ');
        put_text(p, c->finding->subject);
        buf_adds(p->b, ": ");
        workload_add_misestimate(&p->cell, &p->s->queries[c->query], c->finding);
        put_cell(p);
        buf_adds(p->b, " <span class=\"soft\">");
        put_text(p, c->finding->remedy);
        buf_adds(p->b, "</span></li>\n");
    }
    buf_adds(p->b, "</ul>\n");
}

/* ---- indexes ---- */

static void put_item(struct page *p, const char *label, struct str text)
{
    if (!text.len)
        return;
    buf_printf(p->b, "<dt>%s</dt><dd>", label);
    put_text(p, text);
    buf_adds(p->b, "</dd>\n");
}

static void put_index(struct page *p, const struct summary_index *i)
{
    const struct advice_index *x = i->index;
    buf_printf(p->b, "<div class=\"finding\" id=\"%s\"><h3>%s ", x->id, x->id);
    put_text(p, str_of(x->columns));
    buf_adds(p->b, "</h3>\n<dl>\n<dt>Gain</dt><dd>");
    workload_add_saving(&p->cell, p->s, i);
    put_cell(p);
    if (num_known(x->size_bytes)) {
        buf_adds(p->b, "; size ");
        text_add_bytes(p->b, x->size_bytes);
    }
    buf_printf(p->b, "; %s confidence (%s)</dd>\n", advice_confidence_name[x->confidence],
               advice_basis_name[x->basis]);
    put_item(p, "Why", str_of(x->rationale));
    for (size_t c = 0; c < x->caution_count; c++)
        put_item(p, "Mind", str_of(x->cautions[c]));
    buf_adds(p->b, "</dl>\n");
    html_put_code(p->out, str_of(x->before));
    html_put_code(p->out, str_of(x->up));
    buf_adds(p->b, "<details><summary class=\"soft\">To undo it</summary>\n");
    html_put_code(p->out, str_of(x->down));
    buf_adds(p->b, "</details></div>\n");
}

static void put_indexes(struct page *p)
{
    const struct summary *s = p->s;
    if (!s->advice || s->plan_count == 0)
        return;
    buf_printf(p->b, "<h2 id=\"indexes\">Indexes for the whole log</h2>\n<p>%s",
               s->advice->unchecked
                   ? "Not checked against a catalog: existing indexes are not known. "
                   : "");
    if (s->index_count == 0) {
        buf_adds(p->b, "No index would save enough to pay for its upkeep.</p>\n");
        return;
    }
    buf_printf(p->b, "%zu index%s would save ", s->index_count, s->index_count == 1 ? "" : "es");
    text_add_ms(p->b, s->saved_ms);
    buf_adds(p->b, ", ");
    cell_add_share(p->b, s->saved_share);
    buf_adds(p->b, " of the log.</p>\n");
    for (size_t i = 0; i < s->index_count; i++)
        put_index(p, &s->indexes[i]);
}

/* ---- one query ---- */

static void put_line(struct page *p, const char *class)
{
    if (p->cell.len) {
        buf_printf(p->b, "<li%s%s%s>", class ? " class=\"" : "", class ? class : "",
                   class ? "\"" : "");
        put_cell(p);
        buf_adds(p->b, "</li>\n");
    }
}

static void put_figures(struct page *p, const struct summary_query *q)
{
    buf_adds(p->b, "<ul class=\"lines\">\n");
    for (size_t i = 0; workload_add_figures(&p->cell, q, i); i++)
        put_line(p, NULL);
    workload_add_shapes(&p->cell, q, 6);
    if (p->cell.len) {
        buf_adds(p->b, "<li>plans ");
        put_cell(p);
        buf_adds(p->b, "</li>\n");
    }
    for (size_t i = 0; i < q->flip_count && i < 4; i++) {
        workload_add_flip(&p->cell, q, &q->flips[i]);
        put_line(p, q->flips[i].cost_ms > 0 ? "medium" : NULL);
    }
    buf_adds(&p->cell, "slowest: ");
    workload_add_example(&p->cell, &q->query->example);
    put_line(p, NULL);
    if (q->query->example.params.len) {
        buf_adds(&p->cell, "with ");
        text_add_cut(&p->cell, q->query->example.params, 500, false);
        put_line(p, NULL);
    }
    buf_adds(p->b, "</ul>\n");
}

static void put_findings(struct page *p, const struct summary_query *q)
{
    for (size_t i = 0; i < q->finding_count && i < FINDINGS_TOLD; i++) {
        const struct work_finding *f = q->findings[i];
        buf_printf(p->b, "<div class=\"finding is-%s\"><h3><span class=\"%s\">%s</span> ",
                   severity_name[f->severity], severity_name[f->severity],
                   severity_name[f->severity]);
        put_text(p, f->title);
        buf_adds(p->b, "</h3>\n<div class=\"soft\">");
        workload_add_stake(&p->cell, q, f);
        put_cell(p);
        buf_printf(p->b, " (%s)</div>\n<div>", f->rule->id);
        put_text(p, f->remedy);
        buf_adds(p->b, "</div>\n");
        html_put_code(p->out, f->sql);
        buf_adds(p->b, "</div>\n");
    }
    if (q->finding_count > FINDINGS_TOLD)
        buf_printf(p->b, "<p class=\"soft\">and %zu smaller ones</p>\n",
                   q->finding_count - FINDINGS_TOLD);
}

static void put_served(struct page *p, const struct summary_query *q)
{
    if (!q->index_count)
        return;
    buf_adds(p->b, "<p>");
    for (size_t i = 0; i < q->index_count; i++)
        buf_printf(p->b, "%s<a href=\"#%s\">%s</a>", i ? ", " : "", q->indexes[i], q->indexes[i]);
    buf_adds(p->b, " would save ");
    text_add_ms(p->b, q->saved_ms);
    buf_adds(p->b, "</p>\n");
}

/* The example plan of a shape, folded away. */
static void put_plan(struct page *p, size_t query, size_t shape)
{
    struct arena *a = arena_new(0);
    struct report *r = workload_plan_report(a, p->v, query, shape, p->plans + 1);
    const struct summary_shape *s = &p->s->queries[query].shapes[shape];
    struct io_out part;
    if (r) {
        struct report_stream stream = {.out = &part, .style = p->v->style};
        p->plans++;
        io_out_memory(&part);
        buf_printf(&part.buf, "<details><summary>plan %s: slowest of ", s->name);
        text_add_grouped(&part.buf, (double)s->shape->stat.calls);
        buf_adds(&part.buf, ", ");
        workload_add_example(&p->cell, &s->shape->example);
        html_add_text(&part.buf, buf_str(&p->cell));
        buf_clear(&p->cell);
        buf_adds(&part.buf, "</summary>\n");
        html_plan_parts(&stream, r);
        buf_adds(&part.buf, "</details>\n");
        p->plan_bytes += part.buf.len;
        if (p->plan_bytes <= PLAN_BYTES)
            buf_addstr(p->b, buf_str(&part.buf));
        else
            buf_adds(p->b, "<p class=\"soft\">The page has no room for its plan.</p>\n");
        buf_free(&part.buf);
    }
    arena_free(a);
    io_out_pass(p->out);
}

static void put_query(struct page *p, size_t i)
{
    const struct summary_query *q = &p->s->queries[i];
    buf_printf(p->b, "<details class=\"query\" id=\"q%zu\"%s><summary>#%zu <b>", q->rank,
               i < 3 ? " open" : "", q->rank);
    text_add_ms(p->b, q->time_ms);
    buf_adds(p->b, ", ");
    cell_add_share(p->b, q->share);
    buf_adds(p->b, "</b> <code>");
    put_sql_cut(p, q, SQL_LISTED / 2);
    buf_adds(p->b, "</code></summary>\n<div class=\"soft\">");
    work_add_id(p->b, q->query->id);
    if (q->query->class != WORK_NORMAL)
        buf_printf(p->b, " (%s)", work_class_name[q->query->class]);
    buf_adds(p->b, "</div>\n");
    text_add_cut(&p->cell, q->query->text, i < TOLD_FULL ? SQL_TOLD : SQL_TOLD_LATER, false);
    html_put_code(p->out, buf_str(&p->cell));
    buf_clear(&p->cell);
    put_figures(p, q);
    put_findings(p, q);
    put_served(p, q);
    for (size_t s = 0; s < q->shape_count && s < SHAPES_TOLD && p->plan_bytes < PLAN_BYTES; s++)
        put_plan(p, i, s);
    buf_adds(p->b, "</details>\n");
}

static void put_problems(struct page *p)
{
    size_t count;
    const struct work_problem *problems = workload_problems(p->s->workload, &count);
    if (!count)
        return;
    buf_adds(p->b, "<h2>Not read</h2>\n<ul class=\"lines\">\n");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&p->cell, "%.*s:%zu: %.*s", STR_ARG(problems[i].file), problems[i].line,
                   STR_ARG(problems[i].message));
        put_line(p, NULL);
    }
    buf_adds(p->b, "</ul>\n");
}

void workload_html(struct io_out *out, const struct workload_view *v)
{
    struct page p = {.out = out, .b = &out->buf, .v = v, .s = v->summary};
    struct report_stream stream = {.out = out, .style = v->style};
    html_begin(&stream);
    put_head(&p);
    put_nav(&p);
    put_table(&p);
    put_rules(&p);
    put_spills(&p);
    put_misestimates(&p);
    put_indexes(&p);
    buf_adds(p.b, "<h2 id=\"details\">Queries one by one</h2>\n");
    for (size_t i = 0; i < listed(&p); i++)
        put_query(&p, i);
    put_problems(&p);
    buf_adds(p.b, page_script);
    html_end(&stream, NULL);
    buf_free(&p.cell);
}
