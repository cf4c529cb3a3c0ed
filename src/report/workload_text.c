#include "report/workload_text.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/text.h"
#include "report/tone.h"
#include "report/wrap.h"

enum {
    LISTED = 20, /* queries in the table */
    TOLD = 10,   /* told in full */
    OTHERS = 5,  /* in other orders */
    RULES = 12,
    CASES = 3,
    FINDINGS = 3,
    FLIPS = 2,
    SHAPES = 4,
    SQL_COLUMNS = 320,
    INDENT = 4,
    NARROW = 72
};

/* The report being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct workload_view *v;
    const struct summary *s;
    struct buf cell;
};

static enum tone severity_tone(enum severity s)
{
    return s == SEVERITY_HIGH     ? TONE_HIGH
           : s == SEVERITY_MEDIUM ? TONE_MEDIUM
           : s == SEVERITY_LOW    ? TONE_NOTE
                                  : TONE_NONE;
}

static void end_line(struct page *p)
{
    while (p->b->len && p->b->data[p->b->len - 1] == ' ')
        p->b->len--;
    buf_addc(p->b, '\n');
    io_out_pass(p->out);
}

/* The cell, wrapped, as a paragraph from `indent` on; then emptied. Nothing when it is empty. */
static void put_prose(struct page *p, int indent, enum tone tone)
{
    if (p->cell.len) {
        buf_fill(p->b, ' ', (size_t)indent);
        if (tone)
            tone_set(p->b, p->v->style, tone);
        wrap_add(p->b, buf_str(&p->cell), indent, indent + 2, p->v->style->width,
                 p->v->style->ascii);
        if (tone)
            tone_set(p->b, p->v->style, TONE_NONE);
        end_line(p);
    }
    buf_clear(&p->cell);
}

/* The cell on what is left of a line of which `used` columns are taken; then emptied. */
static void put_rest(struct page *p, int used)
{
    int room = p->v->style->width - used;
    text_add_cut(p->b, buf_str(&p->cell), room > 1 ? room : 1, p->v->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
}

/* The cell right-aligned in `width` columns; then emptied. */
static void put_right(struct page *p, int width, enum tone tone)
{
    tone_add_right(p->b, &p->cell, width, tone, p->v->style);
}

static void put_heading(struct page *p, const char *text)
{
    buf_addc(p->b, '\n');
    tone_set(p->b, p->v->style, TONE_STRONG);
    buf_adds(p->b, text);
    tone_set(p->b, p->v->style, TONE_NONE);
    end_line(p);
}

static void put_head(struct page *p)
{
    tone_set(p->b, p->v->style, TONE_STRONG);
    buf_adds(&p->cell, p->v->name);
    size_t before = p->cell.len;
    buf_adds(&p->cell, "  ");
    workload_add_span(&p->cell, p->v);
    if (p->cell.len == before + 2)
        p->cell.len = before;
    put_prose(p, 0, TONE_NONE);
    tone_set(p->b, p->v->style, TONE_NONE);
    workload_add_total(&p->cell, p->v);
    put_prose(p, 0, TONE_NONE);
    for (size_t i = 0; workload_add_note(&p->cell, p->v, i); i++)
        put_prose(p, 0, TONE_NONE);
    workload_add_hint(&p->cell, p->v);
    put_prose(p, 0, TONE_NONE);
    workload_add_spark(&p->cell, p->s->series, p->s->bucket_count, p->v->style->ascii);
    if (p->s->bucket_count < 2)
        buf_clear(&p->cell);
    if (p->cell.len) {
        buf_adds(&p->cell, "  time per ");
        workload_add_bucket(&p->cell, p->s);
        buf_addstr(p->b, buf_str(&p->cell));
        buf_clear(&p->cell);
        end_line(p);
    }
}

/* ---- the table of queries ---- */

static void put_columns(struct page *p, bool narrow)
{
    buf_adds(p->b, narrow
                       ? "   #     TOTAL    %  CALLS      MEAN  QUERY"
                       : "   #     TOTAL    %   CALLS      MEAN       P95       MAX  F   I  QUERY");
    end_line(p);
}

static void put_figures_of(struct page *p, const struct summary_query *q, bool narrow)
{
    enum tone tone = severity_tone(workload_severity(p->v, q->share));
    buf_printf(&p->cell, "%zu", q->rank);
    put_right(p, 4, TONE_NONE);
    text_add_ms(&p->cell, q->time_ms);
    put_right(p, 10, tone);
    cell_add_share(&p->cell, q->share);
    put_right(p, 5, tone);
    text_add_count(&p->cell, (double)q->query->stat.calls);
    put_right(p, narrow ? 7 : 8, TONE_NONE);
    text_add_ms(&p->cell, q->mean_ms);
    put_right(p, 10, TONE_NONE);
    if (narrow)
        return;
    text_add_ms(&p->cell, q->p95_ms);
    put_right(p, 10, TONE_NONE);
    text_add_ms(&p->cell, (double)q->query->stat.max_ns / 1e6);
    put_right(p, 10, TONE_NONE);
}

static void put_row(struct page *p, const struct summary_query *q, bool narrow)
{
    size_t count = q->finding_count;
    put_figures_of(p, q, narrow);
    buf_adds(p->b, "  ");
    int used = narrow ? 38 : 70;
    if (!narrow) {
        if (count)
            buf_printf(&p->cell, "%c%zu", cell_severity_sign(q->severity), count);
        size_t width = p->cell.len;
        text_add_safe(p->b, buf_str(&p->cell), p->v->style->ascii);
        buf_clear(&p->cell);
        buf_fill(p->b, ' ', width < 4 ? 4 - width : 1);
        if (q->index_count)
            buf_printf(&p->cell, "+%zu", q->index_count);
        width = p->cell.len;
        buf_addstr(p->b, buf_str(&p->cell));
        buf_clear(&p->cell);
        buf_fill(p->b, ' ', width < 3 ? 3 - width : 1);
    }
    workload_add_sql(&p->cell, q->query->text);
    put_rest(p, used);
}

static void put_table(struct page *p)
{
    size_t shown = p->v->style->verbose ? p->s->query_count : p->v->limit ? p->v->limit : LISTED;
    bool narrow = p->v->style->width < 100;
    if (p->s->query_count == 0)
        return;
    put_heading(p, "QUERIES  by time");
    put_columns(p, narrow);
    for (size_t i = 0; i < p->s->query_count && i < shown; i++)
        put_row(p, &p->s->queries[i], narrow);
    if (p->s->query_count > shown) {
        double rest = 0;
        for (size_t i = shown; i < p->s->query_count; i++)
            rest += p->s->queries[i].time_ms;
        buf_printf(&p->cell, "and %zu more, ", p->s->query_count - shown);
        text_add_ms(&p->cell, rest);
        buf_adds(&p->cell, " (-v shows them)");
        put_prose(p, 2, TONE_NONE);
    }
}

/* Whether another order brings to light what the order by time has far below. */
static bool is_news(const struct page *p, const size_t *order)
{
    size_t told = p->v->limit ? p->v->limit : TOLD;
    for (size_t i = 0; i < p->s->query_count && i < OTHERS; i++)
        if (order[i] >= told)
            return true;
    return false;
}

static void put_slowest(struct page *p)
{
    if (!is_news(p, p->s->by_max))
        return;
    put_heading(p, "SLOWEST  single executions");
    for (size_t i = 0; i < p->s->query_count && i < OTHERS; i++) {
        const struct summary_query *q = &p->s->queries[p->s->by_max[i]];
        buf_printf(&p->cell, "#%zu", q->rank);
        put_right(p, 6, TONE_NONE);
        text_add_ms(&p->cell, (double)q->query->stat.max_ns / 1e6);
        put_right(p, 12, TONE_NONE);
        buf_adds(p->b, " in one of ");
        text_add_grouped(&p->cell, (double)q->query->stat.calls);
        put_right(p, 8, TONE_NONE);
        buf_adds(p->b, "  ");
        workload_add_sql(&p->cell, q->query->text);
        put_rest(p, 39);
    }
}

static void put_incessant(struct page *p)
{
    if (!is_news(p, p->s->by_calls))
        return;
    put_heading(p, "MOST OFTEN");
    for (size_t i = 0; i < p->s->query_count && i < OTHERS; i++) {
        const struct summary_query *q = &p->s->queries[p->s->by_calls[i]];
        buf_printf(&p->cell, "#%zu", q->rank);
        put_right(p, 6, TONE_NONE);
        text_add_grouped(&p->cell, (double)q->query->stat.calls);
        put_right(p, 12, TONE_NONE);
        buf_adds(p->b, " times ");
        text_add_ms(&p->cell, q->mean_ms);
        put_right(p, 12, TONE_NONE);
        buf_adds(p->b, "  ");
        workload_add_sql(&p->cell, q->query->text);
        put_rest(p, 39);
    }
}

/* ---- one query in full ---- */

static void put_sql(struct page *p, struct str sql)
{
    struct buf line = {0};
    workload_add_sql(&line, sql);
    text_add_cut(&p->cell, buf_str(&line), SQL_COLUMNS, p->v->style->ascii);
    buf_free(&line);
    put_prose(p, 2, TONE_NONE);
}

static void put_series(struct page *p, const struct summary_query *q)
{
    if (p->s->bucket_count < 2)
        return;
    buf_fill(p->b, ' ', INDENT);
    workload_add_spark(p->b, q->series, p->s->bucket_count, p->v->style->ascii);
    buf_adds(p->b, "  per ");
    workload_add_bucket(p->b, p->s);
    end_line(p);
}

static void put_flips(struct page *p, const struct summary_query *q)
{
    workload_add_shapes(&p->cell, q, SHAPES);
    if (p->cell.len) {
        struct buf line = {0};
        buf_printf(&line, "plans %.*s", STR_ARG(buf_str(&p->cell)));
        buf_clear(&p->cell);
        buf_addstr(&p->cell, buf_str(&line));
        buf_free(&line);
        put_prose(p, INDENT, TONE_NONE);
    }
    for (size_t i = 0; i < q->flip_count && (i < FLIPS || p->v->style->verbose); i++) {
        workload_add_flip(&p->cell, q, &q->flips[i]);
        put_prose(p, INDENT, q->flips[i].cost_ms > 0 ? TONE_MEDIUM : TONE_NONE);
    }
}

static bool is_worth(const struct work_finding *f)
{
    return f->severity >= SEVERITY_LOW;
}

static void put_finding(struct page *p, const struct summary_query *q, const struct work_finding *f)
{
    buf_printf(&p->cell, "%c %.*s: ", cell_severity_sign(f->severity), STR_ARG(f->title));
    workload_add_stake(&p->cell, q, f);
    put_prose(p, INDENT, severity_tone(f->severity));
    buf_addstr(&p->cell, f->remedy);
    put_prose(p, INDENT + 2, TONE_NONE);
}

static void put_findings(struct page *p, const struct summary_query *q)
{
    size_t told = 0, left = 0;
    for (size_t i = 0; i < q->finding_count; i++) {
        bool all = p->v->style->verbose;
        if ((told < FINDINGS && is_worth(q->findings[i])) || all) {
            put_finding(p, q, q->findings[i]);
            told++;
        } else {
            left++;
        }
    }
    if (left) {
        buf_printf(&p->cell, "%zu smaller finding%s (-v shows them)", left, left == 1 ? "" : "s");
        put_prose(p, INDENT, TONE_NONE);
    }
}

static void put_query(struct page *p, size_t i)
{
    const struct summary_query *q = &p->s->queries[i];
    buf_addc(p->b, '\n');
    buf_printf(&p->cell, "#%zu  ", q->rank);
    work_add_id(&p->cell, q->query->id);
    buf_adds(&p->cell, "  ");
    text_add_ms(&p->cell, q->time_ms);
    buf_adds(&p->cell, ", ");
    cell_add_share(&p->cell, q->share);
    buf_adds(&p->cell, " of the log");
    if (q->query->class != WORK_NORMAL)
        buf_printf(&p->cell, "  (%s)", work_class_name[q->query->class]);
    put_prose(p, 0, TONE_STRONG);
    put_sql(p, q->query->text);
    for (size_t n = 0; workload_add_figures(&p->cell, q, n); n++)
        put_prose(p, INDENT, TONE_NONE);
    put_series(p, q);
    put_flips(p, q);
    put_findings(p, q);
    for (size_t n = 0; n < q->index_count; n++)
        buf_printf(&p->cell, "%s%s", n ? ", " : "+ ", q->indexes[n]);
    if (q->index_count) {
        buf_adds(&p->cell, " would save ");
        text_add_ms(&p->cell, q->saved_ms);
    }
    put_prose(p, INDENT, TONE_NOTE);
    buf_adds(&p->cell, "slowest: ");
    workload_add_example(&p->cell, &q->query->example);
    put_prose(p, INDENT, TONE_NONE);
    if (q->query->example.params.len) {
        buf_printf(&p->cell, "with %.*s", STR_ARG(str_sub(q->query->example.params, 0, 400)));
        put_prose(p, INDENT, TONE_NONE);
    }
}

/* The plan of the query's heaviest shape as the report of a plan has it. */
static void put_plan(struct page *p, size_t i)
{
    struct arena *a = arena_new(0);
    struct report *r = p->s->queries[i].shape_count ? workload_plan_report(a, p->v, i, 0, 1) : NULL;
    struct report_style style = *p->v->style;
    style.verbose = false;
    struct report_stream stream = {.out = p->out, .style = &style};
    if (r) {
        buf_addc(p->b, '\n');
        text_plan(&stream, r);
    }
    arena_free(a);
}

static void put_queries(struct page *p)
{
    size_t told = p->v->limit ? p->v->limit : TOLD;
    for (size_t i = 0; i < p->s->query_count && i < told; i++) {
        put_query(p, i);
        if (p->v->style->verbose)
            put_plan(p, i);
    }
}

/* ---- the log as a whole ---- */

static void put_case(struct page *p, const struct summary_case *c)
{
    const struct summary_query *q = &p->s->queries[c->query];
    buf_printf(&p->cell, "#%zu %.*s: ", q->rank, STR_ARG(c->finding->title));
    workload_add_stake(&p->cell, q, c->finding);
    put_prose(p, 6, TONE_NONE);
}

static void put_rule(struct page *p, const struct summary_rule *r)
{
    size_t cases = p->v->style->verbose ? r->case_count : CASES;
    text_add_ms(&p->cell, r->stake_ms);
    put_right(p, 10, severity_tone(workload_severity(p->v, r->share)));
    cell_add_share(&p->cell, r->share);
    put_right(p, 5, TONE_NONE);
    buf_printf(p->b, "  ");
    buf_printf(&p->cell, "%s (%s): ", r->rule->title, r->rule->id);
    text_add_grouped(&p->cell, (double)r->executions);
    buf_printf(&p->cell, " time%s in %zu quer%s", r->executions == 1 ? "" : "s", r->query_count,
               r->query_count == 1 ? "y" : "ies");
    wrap_add(p->b, buf_str(&p->cell), 17, 17, p->v->style->width, p->v->style->ascii);
    buf_clear(&p->cell);
    end_line(p);
    for (size_t i = 0; i < r->case_count && i < cases; i++)
        put_case(p, &r->cases[i]);
}

static void put_rules(struct page *p)
{
    size_t shown = p->v->style->verbose ? p->s->rule_count : RULES;
    if (p->s->rule_count)
        put_heading(p, "FINDINGS  by time at stake over all executions");
    for (size_t i = 0; i < p->s->rule_count && i < shown; i++)
        put_rule(p, &p->s->rules[i]);
    if (p->s->rule_count > shown)
        buf_printf(p->b, "  and %zu more (-v shows them)\n", p->s->rule_count - shown);
}

static void put_spills(struct page *p)
{
    size_t told = 0;
    if (!p->s->total->spill.executions)
        return;
    put_heading(p, "SPILLS");
    workload_add_spill(&p->cell, &p->s->total->spill);
    put_prose(p, 2, TONE_NONE);
    for (size_t i = 0; i < p->s->query_count && told < OTHERS; i++) {
        const struct summary_query *q = &p->s->queries[i];
        if (!q->query->spill.executions)
            continue;
        buf_printf(&p->cell, "#%zu ", q->rank);
        workload_add_spill(&p->cell, &q->query->spill);
        put_prose(p, 2, TONE_NONE);
        told++;
    }
}

static void put_misestimates(struct page *p)
{
    if (p->s->misestimate_count)
        put_heading(p, "MISESTIMATES  that repeat");
    for (size_t i = 0; i < p->s->misestimate_count && (i < OTHERS || p->v->style->verbose); i++) {
        const struct summary_case *c = &p->s->misestimates[i];
        const struct summary_query *q = &p->s->queries[c->query];
        buf_printf(&p->cell, "#%zu %.*s: ", q->rank, STR_ARG(c->finding->subject));
        workload_add_misestimate(&p->cell, q, c->finding);
        put_prose(p, 2, TONE_NONE);
        buf_addstr(&p->cell, c->finding->remedy);
        put_prose(p, INDENT + 2, TONE_NONE);
    }
}

/* Lines to copy: never wrapped. */
static void put_statement(struct page *p, const char *sql)
{
    struct str rest = str_of(sql), line;
    while (str_line(&rest, &line)) {
        buf_fill(p->b, ' ', INDENT);
        text_add_safe(p->b, line, p->v->style->ascii);
        end_line(p);
    }
}

/* Whether an index before this one had the same caution. */
static bool is_said(const struct page *p, const struct summary_index *x, const char *caution)
{
    for (const struct summary_index *before = p->s->indexes; before < x; before++)
        for (size_t i = 0; i < before->index->caution_count; i++)
            if (strcmp(before->index->cautions[i], caution) == 0)
                return true;
    return false;
}

static void put_index(struct page *p, const struct summary_index *x)
{
    buf_printf(&p->cell, "%s %s", x->index->id, x->index->columns);
    put_prose(p, 0, TONE_NOTE);
    workload_add_saving(&p->cell, p->s, x);
    if (num_known(x->index->size_bytes)) {
        buf_adds(&p->cell, "; size ");
        text_add_bytes(&p->cell, x->index->size_bytes);
    }
    put_prose(p, INDENT, TONE_NONE);
    buf_adds(&p->cell, x->index->rationale ? x->index->rationale : "");
    put_prose(p, INDENT, TONE_NONE);
    put_statement(p, x->index->before);
    put_statement(p, x->index->up);
    for (size_t i = 0; i < x->index->caution_count; i++) {
        if (is_said(p, x, x->index->cautions[i]))
            continue;
        buf_printf(&p->cell, "mind: %s", x->index->cautions[i]);
        put_prose(p, INDENT, TONE_NONE);
    }
}

static void put_indexes(struct page *p)
{
    const struct summary *s = p->s;
    if (!s->advice || s->plan_count == 0)
        return;
    put_heading(p, s->advice->unchecked
                       ? "INDEXES  for the whole log, not checked against a catalog"
                       : "INDEXES  for the whole log");
    if (s->index_count == 0) {
        buf_adds(&p->cell, "No index would save enough to pay for its upkeep.");
        put_prose(p, 2, TONE_NONE);
        return;
    }
    buf_printf(&p->cell, "%zu index%s would save ", s->index_count,
               s->index_count == 1 ? "" : "es");
    text_add_ms(&p->cell, s->saved_ms);
    buf_adds(&p->cell, ", ");
    cell_add_share(&p->cell, s->saved_share);
    buf_adds(&p->cell, " of the log");
    put_prose(p, 2, TONE_NONE);
    for (size_t i = 0; i < s->index_count; i++)
        put_index(p, &s->indexes[i]);
}

static void put_problems(struct page *p)
{
    size_t count;
    const struct work_problem *problems = workload_problems(p->s->workload, &count);
    if (count)
        put_heading(p, "NOT READ");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&p->cell, "%.*s:%zu: %.*s", STR_ARG(problems[i].file), problems[i].line,
                   STR_ARG(problems[i].message));
        put_prose(p, 2, TONE_NONE);
    }
}

void workload_text(struct io_out *out, const struct workload_view *v)
{
    struct page p = {.out = out, .b = &out->buf, .v = v, .s = v->summary};
    put_head(&p);
    if (!v->style->quiet) {
        put_table(&p);
        put_slowest(&p);
        put_incessant(&p);
        put_queries(&p);
        put_rules(&p);
        put_spills(&p);
        put_misestimates(&p);
        put_indexes(&p);
        put_problems(&p);
    }
    buf_free(&p.cell);
}
