#include "report/markdown.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "report/advice.h"
#include "report/outline.h"
#include "report/cell.h"
#include "report/table.h"
#include "report/tree.h"

enum { TOTALS_SHOWN = 12, TREE_WIDTH = 120, LABEL_COLUMNS = 160 };

/* One plan being written; cell is scratch. */
struct page {
    struct io_out *out;
    struct buf *b; /* out->buf */
    const struct report *report;
    const struct report_style *style;
    struct buf cell;
};

/* Markdown's own characters, HTML's, and '@' and '#', which GitHub turns into mentions and links.
 */
void markdown_add_text(struct buf *b, struct str s)
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
        else if (c == '@')
            buf_adds(b, "&#64;");
        else if (c == '#')
            buf_adds(b, "&#35;");
        else if (strchr("\\`*_[]|~$", c))
            buf_printf(b, "\\%c", c);
        else
            buf_addc(b, c);
    }
    buf_free(&safe);
}

/* The cell as Markdown text, then emptied. */
static void put_cell(struct page *p)
{
    markdown_add_text(p->b, buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_text(struct page *p, const char *s)
{
    markdown_add_text(p->b, str_of(s));
}

/* A paragraph may have several lines; they become one. */
static void put_prose(struct page *p, const char *s)
{
    struct str rest = str_of(s), line;
    for (bool first = true; str_line(&rest, &line); first = false) {
        if (!first)
            buf_addc(p->b, ' ');
        markdown_add_text(p->b, line);
    }
}

/* The longest run of back quotes in s: a fence must be longer. */
static size_t longest_fence(struct str s)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < s.len; i++) {
        run = s.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

void markdown_add_block(struct buf *b, const char *language, struct str text)
{
    size_t fence = longest_fence(text) + 1;
    struct str line;
    fence = fence < 3 ? 3 : fence;
    buf_fill(b, '`', fence);
    buf_printf(b, "%s\n", language);
    while (str_line(&text, &line)) {
        text_add_safe(b, line, false);
        buf_addc(b, '\n');
    }
    buf_fill(b, '`', fence);
    buf_adds(b, "\n\n");
}

static void put_block(struct page *p, const char *language, struct str text)
{
    markdown_add_block(p->b, language, text);
    io_out_pass(p->out);
}

static void put_verdict(struct page *p)
{
    report_add_title(&p->cell, p->report);
    text_add_cut(p->b, STR("### "), 4, false);
    struct buf title = {0};
    text_add_cut(&title, buf_str(&p->cell), LABEL_COLUMNS, false);
    buf_clear(&p->cell);
    markdown_add_text(p->b, buf_str(&title));
    buf_free(&title);
    buf_adds(p->b, "\n\n- ");
    report_add_total(&p->cell, p->report);
    put_cell(p);
    buf_adds(p->b, "\n- **");
    report_add_hot(&p->cell, p->report);
    put_cell(p);
    buf_adds(p->b, "**\n- ");
    report_add_worst(&p->cell, p->report);
    put_cell(p);
    if (p->report->run) {
        buf_adds(p->b, "\n- ");
        buf_adds(&p->cell, p->report->run);
        put_cell(p);
    }
    buf_adds(p->b, "\n\n");
}

/* A column of the tree: right-aligned to the widest of its cells. */
enum tree_column {
    TREE_ID,
    TREE_SELF,
    TREE_SHARE,
    TREE_ROWS,
    TREE_ESTIMATE,
    TREE_MARK,
    TREE_COLUMNS
};

static void add_tree_cell(struct buf *b, const struct report *r, const struct tree_row *row, int c)
{
    const struct node *n = row->node;
    if (row->folded) {
        if (c == TREE_SELF)
            cell_add_amount(b, r, row->weight);
        else if (c == TREE_SHARE)
            cell_add_share(b, row->share);
        return;
    }
    if (c == TREE_ID)
        buf_printf(b, "%d", n->id);
    else if (c == TREE_SELF)
        cell_add_self(b, r, n);
    else if (c == TREE_SHARE && !n->never_executed)
        cell_add_share(b, metrics_of(r->metrics, n)->share);
    else if (c == TREE_ROWS)
        cell_add_rows(b, r, n);
    else if (c == TREE_ESTIMATE)
        cell_add_estimate(b, r, n);
    else if (c == TREE_MARK)
        cell_add_mark(b, report_mark_of(r, n));
}

static const char *tree_heading(const struct report *r, int c)
{
    static const char *const fixed[] = {
        [TREE_ID] = "#", [TREE_SHARE] = "%", [TREE_ESTIMATE] = "EST", [TREE_MARK] = "F"};
    return c == TREE_SELF ? cell_self_heading(r) : c == TREE_ROWS ? cell_rows_heading(r) : fixed[c];
}

static void measure_tree(struct page *p, const struct tree *tree, int width[TREE_COLUMNS])
{
    for (int c = 0; c < TREE_COLUMNS; c++)
        width[c] = 0;
    for (size_t i = 0; i < tree->count; i++)
        for (int c = 0; c < TREE_COLUMNS; c++) {
            add_tree_cell(&p->cell, p->report, &tree->rows[i], c);
            width[c] = (int)p->cell.len > width[c] ? (int)p->cell.len : width[c];
            buf_clear(&p->cell);
        }
    for (int c = 0; c < TREE_COLUMNS; c++)
        if (width[c] && (int)strlen(tree_heading(p->report, c)) > width[c])
            width[c] = (int)strlen(tree_heading(p->report, c));
}

static void put_tree_row(struct page *p, struct buf *block, struct tree_pen *pen,
                         const struct tree_row *row, const int *width)
{
    for (int c = 0; c < TREE_COLUMNS; c++) {
        if (!width[c])
            continue;
        add_tree_cell(&p->cell, p->report, row, c);
        buf_printf(block, "%*s  ", width[c], p->cell.data ? p->cell.data : "");
        buf_clear(&p->cell);
    }
    tree_add_prefix(pen, block, row, TREE_WIDTH, false);
    if (row->folded)
        tree_add_folded_label(&p->cell, row);
    else
        report_add_label(&p->cell, row->node);
    text_add_cut(block, buf_str(&p->cell), LABEL_COLUMNS, false);
    buf_clear(&p->cell);
    buf_addc(block, '\n');
}

static void put_tree(struct page *p, struct arena *a)
{
    struct tree tree = tree_new(a, p->report, !p->style->verbose);
    struct tree_pen pen = {0};
    struct buf block = {0};
    int width[TREE_COLUMNS];
    measure_tree(p, &tree, width);
    for (int c = 0; c < TREE_COLUMNS; c++)
        if (width[c])
            buf_printf(&block, "%*s  ", width[c], tree_heading(p->report, c));
    buf_adds(&block, "NODE\n");
    for (size_t i = 0; i < tree.count; i++)
        put_tree_row(p, &block, &pen, &tree.rows[i], width);
    put_block(p, "text", buf_str(&block));
    buf_free(&block);
    tree_pen_release(&pen);
}

static void put_item(struct page *p, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(p->b, "- **%s:** ", label);
    put_prose(p, text);
    buf_addc(p->b, '\n');
}

static void put_finding(struct page *p, const struct finding *f, size_t rank)
{
    buf_printf(&p->cell, "%zu. %s: %s", rank, severity_name[f->severity], f->title);
    buf_adds(p->b, "#### ");
    put_cell(p);
    buf_adds(p->b, "\n\n- **At stake:** ");
    if (num_known(f->stake_ms)) {
        text_add_ms(p->b, f->stake_ms);
        buf_adds(p->b, ", ");
    }
    cell_add_share(p->b, f->share);
    if (f->node)
        buf_printf(p->b, ", node %d", f->node->id);
    buf_printf(p->b, " (`%s`)\n", f->rule->id);
    for (const struct evidence *e = f->evidence; e; e = e->next) {
        buf_printf(p->b, "%s", e == f->evidence ? "- **Seen:** " : "; ");
        put_text(p, e->name);
        buf_addc(p->b, ' ');
        put_text(p, e->text);
        if (!e->next)
            buf_addc(p->b, '\n');
    }
    put_item(p, "Why", f->why);
    put_item(p, "Do", f->remedy);
    for (size_t i = 0; i < f->consequence_count; i++)
        put_item(p, "Also", f->consequences[i]);
    buf_addc(p->b, '\n');
    if (f->sql)
        put_block(p, "sql", str_of(f->sql));
    io_out_pass(p->out);
}

static void put_index(struct page *p, const struct advice_index *x)
{
    struct buf effect = {0};
    advice_add_effect(&effect, p->report->advice, x);
    buf_printf(&p->cell, "Index %s on %s", x->id, x->columns);
    buf_adds(p->b, "#### ");
    put_cell(p);
    buf_adds(p->b, "\n\n");
    put_item(p, "Why", x->rationale);
    put_item(p, "Effect", effect.data);
    put_item(p, "First", x->before);
    for (size_t i = 0; i < x->caution_count; i++)
        put_item(p, "Mind", x->cautions[i]);
    buf_addc(p->b, '\n');
    put_block(p, "sql", str_of(x->up));
    buf_adds(p->b, "To undo it:\n\n");
    put_block(p, "sql", str_of(x->down));
    buf_free(&effect);
}

static void put_advice(struct page *p)
{
    const struct advice *a = p->report->advice;
    for (size_t i = 0; a && i < a->index_count; i++)
        put_index(p, &a->indexes[i]);
    for (size_t i = 0; a && i < a->note_count; i++)
        put_item(p, "Note", a->notes[i].text);
    if (a && a->note_count)
        buf_addc(p->b, '\n');
}

static void put_plans(struct page *p)
{
    const struct advice_query *q = report_replanned(p->report, p->style);
    if (!q)
        return;
    buf_adds(p->b, "Plans before and after, by the planner:\n\n");
    outline_add(&p->cell, q, 0, false);
    put_block(p, "text", buf_str(&p->cell));
    buf_clear(&p->cell);
}

static void put_table_rule(struct page *p, const struct table *t)
{
    buf_addc(p->b, '|');
    for (size_t c = 0; c < t->columns; c++)
        buf_adds(p->b, t->right[c] ? " ---: |" : " --- |");
    buf_addc(p->b, '\n');
}

static void put_table(struct page *p, const struct table *t)
{
    buf_printf(p->b, "**%s**\n\n|", t->title);
    for (size_t c = 0; c < t->columns; c++) {
        buf_addc(p->b, ' ');
        put_text(p, t->heading[c] ? t->heading[c] : "");
        buf_adds(p->b, " |");
    }
    buf_addc(p->b, '\n');
    put_table_rule(p, t);
    for (size_t i = 0; i < t->row_count; i++) {
        buf_addc(p->b, '|');
        for (size_t c = 0; c < t->columns; c++) {
            buf_addc(p->b, ' ');
            markdown_add_text(p->b, t->rows[i].cell[c]);
            buf_adds(p->b, " |");
        }
        buf_addc(p->b, '\n');
    }
    if (t->left_out)
        buf_printf(p->b, "\nand %zu more\n", t->left_out);
    buf_addc(p->b, '\n');
    io_out_pass(p->out);
}

static void put_tables(struct page *p, struct arena *a)
{
    size_t count;
    struct table *tables = tables_new(a, p->report, p->style->verbose ? 0 : TOTALS_SHOWN, &count);
    buf_adds(p->b, "<details><summary>Totals and settings</summary>\n\n");
    for (size_t i = 0; i < count; i++)
        put_table(p, &tables[i]);
    buf_adds(p->b, "</details>\n\n");
}

static void put_proof(struct page *p)
{
    report_add_proof(&p->cell, p->report);
    buf_adds(p->b, "How the times add up:\n\n");
    put_block(p, "text", buf_str(&p->cell));
    buf_clear(&p->cell);
}

void markdown_plan(struct report_stream *s, const struct report *r)
{
    struct page p = {.out = s->out, .b = &s->out->buf, .report = r, .style = s->style};
    struct arena *a = arena_new(0);
    put_verdict(&p);
    if (!s->style->quiet) {
        put_tree(&p, a);
        for (size_t i = 0; i < r->finding_count; i++)
            put_finding(&p, r->findings[i], i + 1);
        put_advice(&p);
        put_plans(&p);
        put_tables(&p, a);
    }
    if (s->style->proof)
        put_proof(&p);
    buf_free(&p.cell);
    arena_free(a);
}
