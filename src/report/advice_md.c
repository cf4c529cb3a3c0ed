#include "report/advice.h"
#include "report/markdown.h"
#include "report/outline.h"

struct page {
    struct buf *b;
    const struct advice_report *report;
    struct buf cell; /* scratch */
};

static void put_text(struct page *p, const char *s)
{
    struct str rest = str_of(s), line;
    for (bool first = true; str_line(&rest, &line); first = false) {
        buf_adds(p->b, first ? "" : " ");
        markdown_add_text(p->b, line);
    }
}

/* The cell as Markdown text, then emptied. */
static void put_cell(struct page *p)
{
    markdown_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_item(struct page *p, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(p->b, "- **%s:** ", label);
    put_text(p, text);
    buf_addc(p->b, '\n');
}

static void put_index(struct page *p, const struct advice_index *x)
{
    buf_printf(&p->cell, "%s %s", x->id, x->columns);
    buf_adds(p->b, "### ");
    put_cell(p);
    buf_adds(p->b, "\n\n");
    put_item(p, "Why", x->rationale);
    advice_add_effect(&p->cell, p->report->advice, x);
    put_item(p, "Effect", p->cell.data);
    buf_clear(&p->cell);
    for (size_t i = 0; i < x->caution_count; i++)
        put_item(p, "Mind", x->cautions[i]);
    buf_addc(p->b, '\n');
    markdown_add_block(p->b, "sql", str_of(x->up));
    buf_adds(p->b, "To undo it:\n\n");
    markdown_add_block(p->b, "sql", str_of(x->down));
}

static void put_query(struct page *p, const struct advice_query *q)
{
    buf_adds(p->b, "| ");
    markdown_add_text(p->b, q->name);
    buf_printf(p->b, " | %s | ", advice_verdict_name[q->verdict]);
    put_text(p, q->answer);
    buf_adds(p->b, " | ");
    advice_add_query_effect(&p->cell, q);
    if (q->planned_with)
        buf_printf(&p->cell, "%s%s", p->cell.len ? "; " : "", q->planned_with);
    put_cell(p);
    buf_adds(p->b, " |\n");
}

static void put_plans(struct page *p)
{
    for (size_t i = 0; p->report->plans && i < p->report->advice->query_count; i++) {
        const struct advice_query *q = &p->report->advice->queries[i];
        if (!outline_is_known(q))
            continue;
        buf_adds(p->b, "\n### Plans of ");
        markdown_add_text(p->b, q->name);
        buf_adds(p->b, "\n\n");
        outline_add(&p->cell, q, 0, false);
        markdown_add_block(p->b, "", buf_str(&p->cell));
        buf_clear(&p->cell);
    }
}

static void put_upkeep(struct page *p, const struct upkeep *u)
{
    buf_adds(p->b, "### ");
    put_text(p, u->title);
    buf_adds(p->b, "\n\n");
    put_item(p, u->found->strictness == CAT_HEALTH_REVIEW ? "Review" : "Why", u->found->reason.p);
    buf_addc(p->b, '\n');
    markdown_add_block(p->b, "sql", str_of(u->up));
    buf_adds(p->b, "To undo it:\n\n");
    markdown_add_block(p->b, "sql", str_of(u->down));
}

void advice_markdown(const struct advice_report *r, struct buf *out)
{
    struct page p = {.b = out, .report = r};
    advice_add_headline(&p.cell, r);
    buf_adds(out, "**");
    put_cell(&p);
    buf_adds(out, "**\n\n## Indexes\n\n");
    for (size_t i = 0; i < r->advice->index_count; i++)
        put_index(&p, &r->advice->indexes[i]);
    buf_adds(out,
             "## Queries\n\n| query | verdict | answer | effect |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < r->advice->query_count; i++)
        put_query(&p, &r->advice->queries[i]);
    put_plans(&p);
    if (r->upkeep_count)
        buf_adds(out, "\n## Health of the indexes that are there\n\n");
    for (size_t i = 0; i < r->upkeep_count; i++)
        put_upkeep(&p, &r->upkeep[i]);
    buf_free(&p.cell);
}
