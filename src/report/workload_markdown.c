#include "report/workload_markdown.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/markdown.h"

enum {
    LISTED = 30,
    TOLD = 15,
    RULES = 20,
    CASES = 3,
    FINDINGS = 4,
    SQL_LISTED = 100,
    SQL_TOLD = 4000
};

/* The report being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct workload_view *v;
    const struct summary *s;
    struct buf cell;
};

/* The cell as Markdown text, then emptied. */
static void put_cell(struct page *p)
{
    markdown_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

/* The cell as an item of a list; nothing when it is empty. */
static void put_item(struct page *p, const char *mark)
{
    if (p->cell.len) {
        buf_adds(p->b, mark);
        put_cell(p);
        buf_addc(p->b, '\n');
    }
    io_out_pass(p->out);
}

static void put_ms(struct page *p, double ms)
{
    text_add_ms(p->b, ms);
    buf_adds(p->b, " | ");
}

static void put_head(struct page *p)
{
    buf_adds(p->b, "# ");
    buf_adds(&p->cell, p->v->name);
    put_cell(p);
    buf_adds(p->b, "\n\n- **");
    workload_add_total(&p->cell, p->v);
    put_cell(p);
    buf_adds(p->b, "**\n");
    workload_add_span(&p->cell, p->v);
    put_item(p, "- ");
    for (size_t i = 0; workload_add_note(&p->cell, p->v, i); i++)
        put_item(p, "- ");
    buf_addc(p->b, '\n');
    workload_add_hint(&p->cell, p->v);
    if (p->cell.len)
        markdown_add_block(p->b, "sql", buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_sql_cut(struct page *p, const struct summary_query *q)
{
    struct buf line = {0};
    workload_add_sql(&line, q->query->text);
    text_add_cut(&p->cell, buf_str(&line), SQL_LISTED, false);
    buf_free(&line);
    put_cell(p);
}

static void put_row(struct page *p, const struct summary_query *q)
{
    buf_printf(p->b, "| %zu | ", q->rank);
    put_ms(p, q->time_ms);
    cell_add_share(p->b, q->share);
    buf_adds(p->b, " | ");
    text_add_grouped(p->b, (double)q->query->stat.calls);
    buf_adds(p->b, " | ");
    put_ms(p, q->mean_ms);
    put_ms(p, q->p95_ms);
    put_ms(p, (double)q->query->stat.max_ns / 1e6);
    if (q->finding_count)
        buf_printf(p->b, "%zu %s", q->finding_count, severity_name[q->severity]);
    buf_adds(p->b, " | ");
    for (size_t i = 0; i < q->index_count; i++)
        buf_printf(p->b, "%s%s", i ? " " : "", q->indexes[i]);
    buf_adds(p->b, " | ");
    put_sql_cut(p, q);
    buf_adds(p->b, " |\n");
    io_out_pass(p->out);
}

static void put_table(struct page *p)
{
    size_t shown = p->v->style->verbose ? p->s->query_count : p->v->limit ? p->v->limit : LISTED;
    if (!p->s->query_count)
        return;
    buf_adds(p->b,
             "## Queries, by time\n\n| # | total | % | calls | mean | p95 | max | findings | "
             "index | query |\n| --: | --: | --: | --: | --: | --: | --: | :-- | :-- | :-- |\n");
    for (size_t i = 0; i < p->s->query_count && i < shown; i++)
        put_row(p, &p->s->queries[i]);
    buf_addc(p->b, '\n');
    if (p->s->query_count > shown)
        buf_printf(p->b, "and %zu more\n\n", p->s->query_count - shown);
}

static void put_finding(struct page *p, const struct summary_query *q, const struct work_finding *f)
{
    buf_printf(p->b, "- **%s** ", severity_name[f->severity]);
    buf_addstr(&p->cell, f->title);
    put_cell(p);
    buf_adds(p->b, ": ");
    workload_add_stake(&p->cell, q, f);
    put_cell(p);
    buf_addc(p->b, '\n');
    buf_addstr(&p->cell, f->remedy);
    put_item(p, "  - ");
}

static void put_query(struct page *p, const struct summary_query *q)
{
    buf_printf(p->b, "<details><summary>%zu. ", q->rank);
    text_add_ms(p->b, q->time_ms);
    buf_adds(p->b, ", ");
    cell_add_share(p->b, q->share);
    buf_adds(p->b, " of the log, ");
    work_add_id(p->b, q->query->id);
    buf_adds(p->b, "</summary>\n\n");
    text_add_cut(&p->cell, q->query->text, SQL_TOLD, false);
    markdown_add_block(p->b, "sql", buf_str(&p->cell));
    buf_clear(&p->cell);
    for (size_t i = 0; workload_add_figures(&p->cell, q, i); i++)
        put_item(p, "- ");
    workload_add_shapes(&p->cell, q, CASES * 2);
    put_item(p, "- plans ");
    for (size_t i = 0; i < q->flip_count && i < CASES; i++) {
        workload_add_flip(&p->cell, q, &q->flips[i]);
        put_item(p, "- ");
    }
    for (size_t i = 0; i < q->finding_count && i < FINDINGS; i++)
        put_finding(p, q, q->findings[i]);
    workload_add_example(&p->cell, &q->query->example);
    put_item(p, "- slowest: ");
    buf_adds(p->b, "\n</details>\n\n");
}

static void put_queries(struct page *p)
{
    size_t told = p->v->limit ? p->v->limit : TOLD;
    for (size_t i = 0; i < p->s->query_count && i < told; i++)
        put_query(p, &p->s->queries[i]);
}

static void put_rules(struct page *p)
{
    if (!p->s->rule_count)
        return;
    buf_adds(p->b, "## Findings, by time at stake\n\n");
    for (size_t r = 0; r < p->s->rule_count && (r < RULES || p->v->style->verbose); r++) {
        const struct summary_rule *rule = &p->s->rules[r];
        buf_adds(p->b, "- **");
        text_add_ms(p->b, rule->stake_ms);
        buf_adds(p->b, ", ");
        cell_add_share(p->b, rule->share);
        buf_printf(&p->cell, "%s (%s), ", rule->rule->title, rule->rule->id);
        text_add_grouped(&p->cell, (double)rule->executions);
        buf_printf(&p->cell, " times in %zu quer%s", rule->query_count,
                   rule->query_count == 1 ? "y" : "ies");
        put_item(p, "** ");
        for (size_t i = 0; i < rule->case_count && i < CASES; i++) {
            const struct summary_query *q = &p->s->queries[rule->cases[i].query];
            buf_printf(&p->cell, "query %zu: %.*s, ", q->rank,
                       STR_ARG(rule->cases[i].finding->title));
            workload_add_stake(&p->cell, q, rule->cases[i].finding);
            put_item(p, "  - ");
        }
    }
    buf_addc(p->b, '\n');
}

static void put_spills(struct page *p)
{
    workload_add_spill(&p->cell, &p->s->total->spill);
    if (!p->cell.len)
        return;
    buf_adds(p->b, "## Spills to disk\n\n");
    put_cell(p);
    buf_adds(p->b, "\n\n");
}

static void put_misestimates(struct page *p)
{
    if (!p->s->misestimate_count)
        return;
    buf_adds(p->b, "## Misestimates that repeat\n\n");
    for (size_t i = 0; i < p->s->misestimate_count && i < TOLD; i++) {
        const struct summary_case *c = &p->s->misestimates[i];
        const struct summary_query *q = &p->s->queries[c->query];
        buf_printf(&p->cell, "query %zu: %.*s: ", q->rank, STR_ARG(c->finding->subject));
        workload_add_misestimate(&p->cell, q, c->finding);
        put_item(p, "- ");
    }
    buf_addc(p->b, '\n');
}

static void put_indexes(struct page *p)
{
    const struct summary *s = p->s;
    if (!s->advice || !s->plan_count)
        return;
    buf_adds(p->b, "## Indexes for the whole log\n\n");
    if (s->advice->unchecked)
        buf_adds(p->b, "Not checked against a catalog.\n\n");
    if (!s->index_count)
        buf_adds(p->b, "No index would save enough to pay for its upkeep.\n\n");
    for (size_t i = 0; i < s->index_count; i++) {
        const struct advice_index *x = s->indexes[i].index;
        buf_printf(&p->cell, "%s %s", x->id, x->columns);
        put_item(p, "### ");
        buf_addc(p->b, '\n');
        workload_add_saving(&p->cell, s, &s->indexes[i]);
        put_item(p, "- ");
        buf_adds(&p->cell, x->rationale ? x->rationale : "");
        put_item(p, "- ");
        for (size_t c = 0; c < x->caution_count; c++) {
            buf_adds(&p->cell, x->cautions[c]);
            put_item(p, "- mind: ");
        }
        buf_addc(p->b, '\n');
        if (x->before)
            markdown_add_block(p->b, "sql", str_trim(str_of(x->before)));
        markdown_add_block(p->b, "sql", str_trim(str_of(x->up)));
    }
}

static void put_problems(struct page *p)
{
    size_t count;
    const struct work_problem *problems = workload_problems(p->s->workload, &count);
    if (count)
        buf_adds(p->b, "## Not read\n\n");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&p->cell, "%.*s:%zu: %.*s", STR_ARG(problems[i].file), problems[i].line,
                   STR_ARG(problems[i].message));
        put_item(p, "- ");
    }
}

void workload_markdown(struct io_out *out, const struct workload_view *v)
{
    struct page p = {.out = out, .b = &out->buf, .v = v, .s = v->summary};
    put_head(&p);
    if (!v->style->quiet) {
        put_table(&p);
        put_queries(&p);
        put_rules(&p);
        put_spills(&p);
        put_misestimates(&p);
        put_indexes(&p);
        put_problems(&p);
    }
    buf_free(&p.cell);
}
