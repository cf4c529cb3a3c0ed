#include "base/text.h"
#include "report/advice.h"
#include "report/outline.h"
#include "report/wrap.h"

enum { LABEL_COLUMN = 3, TEXT_COLUMN = 11 };

struct page {
    struct buf *b;
    const struct advice_report *report;
    const struct report_style *style;
    struct buf cell; /* scratch */
};

static void set_tone(struct page *p, const char *escape)
{
    if (p->style->color)
        buf_adds(p->b, escape);
}

static void put_wrapped(struct page *p, struct str text, int column, int indent)
{
    wrap_add(p->b, text, column, indent, p->style->width, p->style->ascii);
    buf_addc(p->b, '\n');
}

/* The cell as a line of its own in bold, then emptied. */
static void put_heading(struct page *p)
{
    set_tone(p, "\033[1m");
    wrap_add(p->b, buf_str(&p->cell), 0, LABEL_COLUMN, p->style->width, p->style->ascii);
    set_tone(p, "\033[0m");
    buf_addc(p->b, '\n');
    buf_clear(&p->cell);
}

static void put_paragraph(struct page *p, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(p->b, "%*s%-*s", LABEL_COLUMN, "", TEXT_COLUMN - LABEL_COLUMN, label);
    put_wrapped(p, str_trim(str_of(text)), TEXT_COLUMN, TEXT_COLUMN);
}

/* SQL is not broken into lines, so that it can be copied. */
static void put_sql(struct page *p, const char *label, const char *sql)
{
    struct str rest = str_trim(str_of(sql)), line;
    for (bool first = true; str_line(&rest, &line); first = false) {
        buf_printf(p->b, "%*s%-*s", LABEL_COLUMN, "", TEXT_COLUMN - LABEL_COLUMN,
                   first ? label : "");
        text_add_safe(p->b, line, p->style->ascii);
        buf_addc(p->b, '\n');
    }
}

/* ---- indexes ---- */

static void add_served(struct buf *b, const struct advice *adv, const struct advice_index *x)
{
    for (size_t i = 0; i < x->effect_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = x->effects[k].query == x->effects[i].query;
        if (!seen)
            buf_printf(b, "%s%.*s", b->len ? "; " : "",
                       STR_ARG(adv->queries[x->effects[i].query].name));
    }
}

static void put_index(struct page *p, const struct advice_index *x)
{
    const struct advice *adv = p->report->advice;
    buf_printf(&p->cell, "%s %s", x->id, x->columns);
    put_heading(p);
    add_served(&p->cell, adv, x);
    put_paragraph(p, "For", p->cell.data);
    buf_clear(&p->cell);
    put_paragraph(p, "Why", x->rationale);
    advice_add_effect(&p->cell, adv, x);
    put_paragraph(p, "Effect", p->cell.data);
    buf_clear(&p->cell);
    put_sql(p, "Up", x->up);
    put_sql(p, "Down", x->down);
    for (size_t i = 0; i < x->caution_count; i++)
        put_paragraph(p, i ? "" : "Mind", x->cautions[i]);
    buf_addc(p->b, '\n');
}

/* ---- queries ---- */

static void put_notes(struct page *p, size_t query)
{
    const struct advice_query *q = &p->report->advice->queries[query];
    size_t count;
    const struct advice_note *notes = advice_notes_of(p->report->advice, query, &count);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].text != q->answer) {
            buf_printf(&p->cell, "%.*s: %s", STR_ARG(notes[i].table), notes[i].text);
            put_paragraph(p, "Also", p->cell.data);
            buf_clear(&p->cell);
        }
        put_paragraph(p, "Instead", notes[i].instead);
    }
}

static void put_plans(struct page *p, const struct advice_query *q)
{
    struct str rest, line;
    outline_add(&p->cell, q, p->style->width - TEXT_COLUMN, p->style->ascii);
    rest = buf_str(&p->cell);
    for (bool first = true; str_line(&rest, &line); first = false)
        buf_printf(p->b, "%*s%-*s%.*s\n", LABEL_COLUMN, "", TEXT_COLUMN - LABEL_COLUMN,
                   first ? "Plans" : "", STR_ARG(line));
    buf_clear(&p->cell);
}

static void put_query(struct page *p, size_t query)
{
    static const char *const labels[] = {[VERDICT_INDEX] = "Index",
                                         [VERDICT_EXISTS] = "Served",
                                         [VERDICT_CANNOT_SERVE] = "Hindered",
                                         [VERDICT_NO_INDEX] = "None",
                                         [VERDICT_UNKNOWN] = "Unknown"};
    const struct advice_query *q = &p->report->advice->queries[query];
    buf_addstr(&p->cell, q->name);
    put_heading(p);
    put_paragraph(p, labels[q->verdict], q->answer);
    advice_add_query_effect(&p->cell, q);
    put_paragraph(p, "Effect", p->cell.data);
    buf_clear(&p->cell);
    put_paragraph(p, "With", q->planned_with);
    put_notes(p, query);
    if (p->report->plans && outline_is_known(q))
        put_plans(p, q);
}

/* ---- the whole ---- */

static void put_upkeep(struct page *p, const struct upkeep *u)
{
    buf_adds(&p->cell, u->title);
    put_heading(p);
    put_paragraph(p, u->found->strictness == CAT_HEALTH_REVIEW ? "Review" : "Why",
                  u->found->reason.p);
    put_sql(p, "Up", u->up);
    put_sql(p, "Down", u->down);
    buf_addc(p->b, '\n');
}

static void put_title(struct page *p, const char *title)
{
    buf_printf(p->b, "%s\n\n", title);
}

void advice_text(const struct advice_report *r, const struct report_style *style, struct buf *out)
{
    struct page p = {.b = out, .report = r, .style = style};
    advice_add_headline(&p.cell, r);
    put_heading(&p);
    if (style->quiet) {
        buf_free(&p.cell);
        return;
    }
    buf_addc(out, '\n');
    if (r->advice->index_count)
        put_title(&p, "INDEXES");
    for (size_t i = 0; i < r->advice->index_count; i++)
        put_index(&p, &r->advice->indexes[i]);
    put_title(&p, "QUERIES");
    for (size_t i = 0; i < r->advice->query_count; i++)
        put_query(&p, i);
    if (r->upkeep_count) {
        buf_addc(out, '\n');
        put_title(&p, "HEALTH of the indexes that are there");
    }
    for (size_t i = 0; i < r->upkeep_count; i++)
        put_upkeep(&p, &r->upkeep[i]);
    buf_free(&p.cell);
}
