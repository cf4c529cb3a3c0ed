/* All that is known about one node, as lines of text: figures, conditions, findings, indexes. */
#include "ui/tree_screen.h"

#include "base/text.h"
#include "report/cell.h"
#include "ui/whatif.h"
#include "ui/words.h"

enum { LABEL = 7 };

struct detail {
    struct app *app;
    struct plan_state *ps;
    const struct report *report;
    const struct node *n;
    const struct node_metrics *m;
    struct doc *d;
    struct buf b; /* scratch */
};

static struct str scratch(struct detail *x)
{
    return buf_str(&x->b);
}

static void label(struct detail *x, const char *text)
{
    doc_line(x->d);
    doc_puts(x->d, ROLE_STRUCTURE, text);
    doc_tab(x->d, LABEL);
}

/* The scratch text as one wrapped line under a label ("": none). */
static void put_line(struct detail *x, const char *text, unsigned style)
{
    label(x, text);
    doc_wrap(x->d, style, LABEL, scratch(x));
    buf_clear(&x->b);
}

static void add_ms(struct buf *b, const char *before, double ms)
{
    if (isnan(ms))
        return;
    buf_adds(b, before);
    text_add_ms(b, ms);
}

static void put_time(struct detail *x)
{
    const struct node_metrics *m = x->m;
    if (x->n->never_executed) {
        buf_adds(&x->b, "never executed");
        put_line(x, "TIME", ROLE_STRUCTURE);
        return;
    }
    if (isnan(m->self_ms))
        return;
    add_ms(&x->b, "self ", m->self_ms);
    buf_printf(&x->b, " = %.0f%%", 100 * num_or(m->share, 0));
    put_line(x, "TIME", role_of_share(m->share));
    if (m->processes > 1) {
        buf_printf(&x->b, "wall time; %.3g processes used ", m->processes);
        text_add_ms(&x->b, m->self_process_ms);
        put_line(x, "", ROLE_NORMAL);
    }
    add_ms(&x->b, "total ", m->wall_ms);
    if (isfinite(m->share_total))
        buf_printf(&x->b, " = %.0f%%", m->share_total * 100);
    add_ms(&x->b, "  startup ", m->startup_ms);
    if (num_known(x->n->num[PROP_ACTUAL_LOOPS])) {
        buf_adds(&x->b, "  loops ");
        text_add_grouped(&x->b, x->n->num[PROP_ACTUAL_LOOPS]);
    }
    put_line(x, "", ROLE_NORMAL);
    if (m->slack_ms > 0.05 && m->slack_ms > m->self_ms / 20) {
        add_ms(&x->b, "rounding of the means: +-", m->slack_ms);
        put_line(x, "", ROLE_STRUCTURE);
    }
}

/* "est 5,236/proc  actual 4,114/proc  x1.3 hi" */
static void add_estimate(struct detail *x)
{
    double plan = x->n->num[PROP_PLAN_ROWS], actual = x->n->num[PROP_ACTUAL_ROWS];
    double loops = x->n->num[PROP_ACTUAL_LOOPS];
    const char *each = x->m->processes > 1 ? "/proc" : loops > 1 ? "/loop" : "";
    buf_adds(&x->b, "est ");
    text_add_grouped(&x->b, plan);
    buf_printf(&x->b, "%s  actual ", each);
    if (actual == floor(actual))
        text_add_grouped(&x->b, actual);
    else
        text_add_decimal(&x->b, actual, 2, true);
    buf_adds(&x->b, each);
    if (num_known(x->m->estimate_factor) && x->m->estimate_factor >= 1.05) {
        buf_adds(&x->b, "  x");
        text_add_decimal(&x->b, x->m->estimate_factor, x->m->estimate_factor < 9.95, true);
        buf_adds(&x->b, plan > actual ? " hi" : " lo");
    }
    if (x->m->early_stop)
        buf_adds(&x->b, "  (stopped early: proves nothing)");
}

static void put_rows(struct detail *x)
{
    const struct node_metrics *m = x->m;
    if (isnan(m->rows)) {
        buf_adds(&x->b, "est ");
        text_add_grouped(&x->b, x->n->num[PROP_PLAN_ROWS]);
        if (num_known(x->n->num[PROP_PLAN_ROWS]))
            put_line(x, "ROWS", ROLE_NORMAL);
        buf_clear(&x->b);
        return;
    }
    if (x->n->never_executed)
        return;
    text_add_grouped(&x->b, m->rows);
    if (m->rows_removed > 0) {
        buf_adds(&x->b, " of ");
        text_add_grouped(&x->b, m->rows + m->rows_removed);
        buf_adds(&x->b, " kept (");
        text_add_decimal(&x->b, 100 * m->rows / (m->rows + m->rows_removed), 1, false);
        buf_adds(&x->b, "%), ");
        text_add_decimal(&x->b, 100 * m->rows_removed / (m->rows + m->rows_removed), 1, false);
        buf_adds(&x->b, "% removed");
    }
    put_line(x, "ROWS", ROLE_NORMAL);
    if (num_known(x->n->num[PROP_PLAN_ROWS])) {
        add_estimate(x);
        put_line(x, "",
                 m->estimate_factor >= 100 && !m->early_stop  ? ROLE_HIGH
                 : m->estimate_factor >= 10 && !m->early_stop ? ROLE_MEDIUM
                                                              : ROLE_NORMAL);
    }
}

static void add_blocks(struct buf *b, const char *what, double blocks)
{
    if (!(blocks > 0))
        return;
    buf_printf(b, "%s%s ", b->len ? "  " : "", what);
    text_add_grouped(b, blocks);
    buf_adds(b, " (");
    text_add_bytes(b, blocks * METRIC_BLOCK_BYTES);
    buf_addc(b, ')');
}

static void put_buffers(struct detail *x)
{
    const struct metric_io *io = &x->m->own_io, *all = &x->report->metrics->io;
    double own = num_or(io->hit, 0) + num_or(io->read, 0);
    double whole = num_or(all->hit, 0) + num_or(all->read, 0);
    double under = num_or(x->m->io.hit, 0) + num_or(x->m->io.read, 0);
    if (isnan(io->hit) && isnan(io->read))
        return;
    add_blocks(&x->b, "hit", io->hit);
    add_blocks(&x->b, "read", io->read);
    add_blocks(&x->b, "dirtied", io->dirtied);
    add_blocks(&x->b, "written", io->written);
    add_blocks(&x->b, "temp read", io->temp_read);
    add_blocks(&x->b, "temp written", io->temp_written);
    if (!x->b.len)
        buf_adds(&x->b, "none of its own");
    if (own > 0 && whole > 0)
        buf_printf(&x->b, "  = %.0f%% of plan", 100 * own / whole);
    if (x->n->child && under > own) {
        buf_adds(&x->b, "  with children ");
        text_add_bytes(&x->b, under * METRIC_BLOCK_BYTES);
    }
    put_line(x, "BUFS", ROLE_NORMAL);
    if (io->read_ms > 0 || io->write_ms > 0) {
        add_ms(&x->b, "reading ", io->read_ms);
        add_ms(&x->b, "  writing ", io->write_ms > 0 ? io->write_ms : NAN);
        buf_adds(&x->b, x->m->processes > 1 ? "  (summed over processes)" : "");
        put_line(x, "I/O", ROLE_NORMAL);
    }
}

static void put_cost(struct detail *x)
{
    const double *num = x->n->num;
    if (isnan(num[PROP_TOTAL_COST]))
        return;
    text_add_decimal(&x->b, num[PROP_STARTUP_COST], 2, false);
    buf_adds(&x->b, "..");
    text_add_decimal(&x->b, num[PROP_TOTAL_COST], 2, false);
    if (num_known(x->m->self_cost)) {
        buf_adds(&x->b, "  self ");
        text_add_grouped(&x->b, x->m->self_cost);
    }
    if (num_known(num[PROP_PLAN_WIDTH]))
        buf_printf(&x->b, "  width %.0f", num[PROP_PLAN_WIDTH]);
    put_line(x, "COST", ROLE_NORMAL);
}

/* A condition, one operand of its ANDs a line. */
static void put_condition(struct detail *x, const char *key, struct str expr)
{
    struct str rest = report_strip_parens(expr);
    doc_line(x->d);
    doc_puts(x->d, ROLE_STRUCTURE, key);
    doc_puts(x->d, ROLE_STRUCTURE, ":");
    int indent = 2;
    bool first = true;
    while (rest.len) {
        size_t end = report_and_end(rest);
        struct str part = str_sub(rest, 0, end);
        if (first)
            doc_puts(x->d, ROLE_NORMAL, " ");
        else
            doc_line(x->d), doc_puts(x->d, ROLE_STRUCTURE, "  AND ");
        doc_wrap(x->d, ROLE_NORMAL, first ? indent : 6, report_strip_parens(part));
        rest = end < rest.len ? str_sub(rest, end + 5, rest.len) : (struct str){0};
        first = false;
    }
}

static void add_scalar(struct buf *b, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        buf_adds(b, "null");
    else if (v->kind == VALUE_BOOL)
        buf_adds(b, v->boolean ? "true" : "false");
    else if (v->kind == VALUE_LIST || v->kind == VALUE_GROUP)
        buf_printf(b, "(%zu)", v->count);
    else
        buf_addstr(b, v->text);
}

static void add_value(struct buf *b, const struct value *v)
{
    bool many = v->kind == VALUE_LIST || v->kind == VALUE_GROUP;
    if (!many)
        add_scalar(b, v);
    for (const struct prop *item = many ? v->items : NULL; item; item = item->next) {
        buf_adds(b, item == v->items ? "" : ", ");
        if (item->key.len)
            buf_printf(b, "%.*s ", STR_ARG(item->key));
        add_scalar(b, &item->value);
    }
}

/* Told by the title or by figures above. */
static bool is_told(enum prop_id id)
{
    static const enum prop_id told[] = {
        PROP_NODE_TYPE,     PROP_PARENT_RELATIONSHIP, PROP_PARALLEL_AWARE, PROP_ASYNC_CAPABLE,
        PROP_RELATION_NAME, PROP_SCHEMA,              PROP_ALIAS,          PROP_SUBPLAN_NAME,
        PROP_STRATEGY,      PROP_PARTIAL_MODE,        PROP_OPERATION,      PROP_JOIN_TYPE,
        PROP_INDEX_NAME,    PROP_SCAN_DIRECTION,      PROP_DISABLED,
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (told[i] == id)
            return true;
    return false;
}

static bool is_condition(enum prop_id id)
{
    return id == PROP_FILTER || id == PROP_INDEX_COND || id == PROP_RECHECK_COND ||
           id == PROP_JOIN_FILTER || id == PROP_HASH_COND || id == PROP_MERGE_COND ||
           id == PROP_TID_COND || id == PROP_ONE_TIME_FILTER || id == PROP_CONFLICT_FILTER;
}

static void put_properties(struct detail *x, bool conditions)
{
    for (const struct prop *p = x->n->props; p; p = p->next) {
        if (is_told(p->id) || is_condition(p->id) != conditions)
            continue;
        const char *key = p->id == PROP_UNKNOWN ? NULL : prop_info[p->id].key;
        if (conditions && p->value.kind == VALUE_STRING) {
            put_condition(x, key, p->value.text);
            continue;
        }
        doc_line(x->d);
        if (key)
            doc_puts(x->d, ROLE_STRUCTURE, key);
        else
            doc_put(x->d, ROLE_STRUCTURE, p->key);
        doc_puts(x->d, ROLE_STRUCTURE, ": ");
        add_value(&x->b, &p->value);
        doc_wrap(x->d, ROLE_NORMAL, 2, scratch(x));
        buf_clear(&x->b);
    }
}

/* Numbers that no line above told: memory, batches, heap fetches, WAL ... */
static void put_numbers(struct detail *x)
{
    static const enum prop_id told[] = {
        PROP_STARTUP_COST, PROP_TOTAL_COST, PROP_PLAN_ROWS,   PROP_PLAN_WIDTH, PROP_ACTUAL_STARTUP_TIME,
        PROP_ACTUAL_TOTAL_TIME, PROP_ACTUAL_ROWS, PROP_ACTUAL_LOOPS};
    for (int id = 0; id < PROP_NUM_COUNT; id++) {
        double v = x->n->num[id];
        bool skip = id >= PROP_SHARED_HIT && id <= PROP_TEMP_IO_WRITE_TIME;
        for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
            skip |= told[i] == (enum prop_id)id;
        if (skip || isnan(v) || (v == 0 && id >= PROP_WAL_RECORDS && id <= PROP_WAL_FPI_BYTES))
            continue;
        doc_line(x->d);
        doc_puts(x->d, ROLE_STRUCTURE, prop_info[id].key);
        doc_puts(x->d, ROLE_STRUCTURE, ": ");
        if (str_ends(str_of(prop_info[id].name), "_kb"))
            text_add_bytes(&x->b, v * 1024);
        else if (v == floor(v))
            text_add_grouped(&x->b, v);
        else
            text_add_decimal(&x->b, v, prop_info[id].decimals, true);
        doc_put(x->d, ROLE_NORMAL, scratch(x));
        buf_clear(&x->b);
    }
}

static void put_workers(struct detail *x)
{
    for (size_t i = 0; i < x->n->worker_count; i++) {
        const struct worker *w = &x->n->workers[i];
        buf_printf(&x->b, "worker %d:", w->number);
        add_ms(&x->b, " ", w->num[PROP_ACTUAL_TOTAL_TIME] * num_or(w->num[PROP_ACTUAL_LOOPS], 1));
        if (num_known(w->num[PROP_ACTUAL_ROWS])) {
            buf_adds(&x->b, "  rows ");
            text_add_grouped(&x->b,
                             w->num[PROP_ACTUAL_ROWS] * num_or(w->num[PROP_ACTUAL_LOOPS], 1));
        }
        put_line(x, "", ROLE_STRUCTURE);
    }
}

static void put_paragraph(struct detail *x, const char *before, const char *text, unsigned style)
{
    if (!text || !*text)
        return;
    doc_line(x->d);
    doc_puts(x->d, ROLE_STRUCTURE, before);
    doc_wrap(x->d, style, (int)strlen(before), str_of(text));
}

static void put_finding(struct detail *x, const struct finding *f)
{
    const struct ui_index *index = finding_answer(x->ps, f);
    doc_line(x->d);
    doc_line(x->d);
    doc_printf(x->d, role_of_severity(f->severity) | STYLE_BOLD, "%c%zu ",
               cell_severity_sign(f->severity), finding_rank(x->ps, f));
    if (f->node && f->node != x->n)
        doc_printf(x->d, ROLE_NORMAL, "on #%d: ", f->node->id);
    doc_wrap(x->d, ROLE_NORMAL | STYLE_BOLD, 3, str_of(f->title));
    for (const struct evidence *e = f->evidence; e; e = e->next) {
        buf_printf(&x->b, "%s: %s", e->name, e->text);
        put_paragraph(x, "   ", x->b.data, ROLE_NORMAL);
        buf_clear(&x->b);
    }
    put_paragraph(x, "   why  ", f->why, ROLE_NORMAL);
    if (index) {
        buf_printf(&x->b, "%s on %s, %s ", index->id, index->target, words_measure(index->in_ms));
        cell_add_change(&x->b, index->alone);
        buf_adds(&x->b, " alone");
        put_paragraph(x, "   fix  ", x->b.data, ROLE_INFO);
        buf_clear(&x->b);
    }
    put_paragraph(x, index ? "        " : "   fix  ", f->remedy, ROLE_NORMAL);
    put_paragraph(x, "   sql  ", f->sql, ROLE_INFO);
}

static void put_index(struct detail *x, const struct ui_index *index)
{
    const struct ui_whatif *w = whatif_now(x->app);
    bool on = x->ps->on[index - x->ps->plan->indexes];
    doc_line(x->d);
    doc_line(x->d);
    doc_printf(x->d, ROLE_INFO | STYLE_BOLD, "INDEX %s", index->id);
    doc_printf(x->d, ROLE_NORMAL, "  [%c]%s", on ? 'x' : ' ', on ? " on" : "");
    if (num_known(index->size_bytes)) {
        buf_printf(&x->b, "   size %s", index->size_is_bound ? "<= " : "");
        text_add_bytes(&x->b, index->size_bytes);
        doc_put(x->d, ROLE_NORMAL, scratch(x));
        buf_clear(&x->b);
    }
    doc_line(x->d);
    doc_puts(x->d, ROLE_NORMAL, "  ");
    doc_wrap(x->d, ROLE_NORMAL, 4, str_of(index->ddl));
    words_add_effect(&x->b, index->before, index->after, index->in_ms);
    if (x->b.len)
        put_paragraph(x, "  alone  ", x->b.data, ROLE_NORMAL);
    buf_clear(&x->b);
    if (w && on && whatif_ticked(x->ps) > 1) {
        whatif_add_names(&x->b, x->ps);
        buf_adds(&x->b, "  ");
        words_add_effect(&x->b, w->before, w->after, w->in_ms);
        put_paragraph(x, "  ", x->b.data, ROLE_NORMAL);
        buf_clear(&x->b);
    }
    put_paragraph(x, "  ", index->sure, ROLE_STRUCTURE);
}

static bool is_about(const struct finding *f, const struct node *n)
{
    return f->node == n || f->related == n;
}

/* What was found just below, when there is nothing about the node itself. */
static void put_near(struct detail *x)
{
    for (const struct node *c = x->n->child; c; c = c->next) {
        const struct finding *f = node_finding(x->ps, c);
        if (f)
            put_finding(x, f);
    }
}

static void put_findings(struct detail *x)
{
    bool any = false;
    for (size_t i = 0; i < x->ps->shown_count; i++) {
        if (is_about(x->ps->shown[i], x->n)) {
            put_finding(x, x->ps->shown[i]);
            any = true;
        }
    }
    if (!any)
        put_near(x);
    for (size_t i = 0; i < x->ps->plan->index_count; i++) {
        const struct ui_index *index = &x->ps->plan->indexes[i];
        for (size_t k = 0; k < index->node_count; k++) {
            if (index->nodes[k] == x->n->id) {
                put_index(x, index);
                break;
            }
        }
    }
}

static struct detail begin(struct app *app, struct doc *d, const struct node *n, int width)
{
    struct plan_state *ps = app_here(app);
    doc_begin(d, width, app->settings->ascii);
    return (struct detail){.app = app, .ps = ps, .report = ps->plan->report, .n = n, .d = d,
                           .m = metrics_of(ps->plan->report->metrics, n)};
}

static void put_title(struct detail *x)
{
    struct str name = node_text(x->n, PROP_SUBPLAN_NAME);
    buf_printf(&x->b, "#%d ", x->n->id);
    if (name.len)
        buf_printf(&x->b, "%.*s: ", STR_ARG(name));
    node_add_title(&x->b, x->n);
    if (x->n->join == JOIN_INNER)
        buf_adds(&x->b, " (inner)");
    doc_wrap(x->d, ROLE_TITLE | STYLE_BOLD, 2, scratch(x));
    buf_clear(&x->b);
}

void detail_build(struct app *app, struct doc *d, const struct node *n, int width)
{
    struct detail x = begin(app, d, n, width);
    put_title(&x);
    doc_line(d);
    put_time(&x);
    put_rows(&x);
    put_buffers(&x);
    put_cost(&x);
    put_properties(&x, true);
    put_findings(&x);
    doc_line(d);
    put_properties(&x, false);
    put_numbers(&x);
    put_workers(&x);
    buf_free(&x.b);
}
