/* A node in a few lines, for panes that are too small for all of it. */
#include "base/text.h"
#include "report/cell.h"
#include "ui/tree_screen.h"
#include "ui/words.h"

struct brief {
    struct plan_state *ps;
    const struct report *report;
    const struct node *n;
    const struct node_metrics *m;
    struct doc *d;
    struct buf b; /* scratch */
};

static void put(struct brief *x, unsigned style)
{
    if (x->b.len) {
        doc_line(x->d);
        doc_put(x->d, style, buf_str(&x->b));
    }
    buf_clear(&x->b);
}

static void add_gap(struct brief *x)
{
    if (x->b.len)
        buf_adds(&x->b, "   ");
}

/* "self 164.6ms wall (x3 procs = 494ms CPU)   total 303.2ms = 81%   cost 29,296" */
static void add_time(struct brief *x)
{
    const struct node_metrics *m = x->m;
    double cost = x->n->num[PROP_TOTAL_COST];
    if (x->n->never_executed)
        buf_adds(&x->b, "never executed");
    if (num_known(m->self_ms) && !x->n->never_executed) {
        buf_adds(&x->b, "self ");
        text_add_ms(&x->b, m->self_ms);
        if (m->processes > 1) {
            buf_printf(&x->b, " wall (x%.3g procs = ", m->processes);
            text_add_ms(&x->b, m->self_process_ms);
            buf_adds(&x->b, " CPU)");
        }
        buf_adds(&x->b, "   total ");
        text_add_ms(&x->b, m->wall_ms);
        buf_printf(&x->b, " = %.0f%%", m->share_total * 100);
    }
    if (num_known(cost)) {
        add_gap(x);
        buf_adds(&x->b, "cost ");
        text_add_grouped(&x->b, cost);
    }
}

static void add_rows(struct brief *x, const char *gap)
{
    const struct node_metrics *m = x->m;
    if (num_known(m->rows)) {
        buf_adds(&x->b, "rows ");
        text_add_count(&x->b, m->rows);
        if (m->rows_removed > 0) {
            buf_adds(&x->b, " out of ");
            text_add_count(&x->b, m->rows + m->rows_removed);
        }
        buf_adds(&x->b, gap);
    }
    if (num_known(m->rows_planned)) {
        buf_adds(&x->b, "est ");
        text_add_count(&x->b, m->rows_planned);
    }
    if (num_known(x->n->num[PROP_ACTUAL_LOOPS])) {
        buf_printf(&x->b, "%sloops ", gap);
        text_add_count(&x->b, x->n->num[PROP_ACTUAL_LOOPS]);
    }
}

static double blocks(const struct metric_io *io)
{
    return num_or(io->hit, 0) + num_or(io->read, 0);
}

/* "buffers 36.5MB = 24%", with children "buffers 0B self/134MB with children". */
static void add_buffers(struct brief *x)
{
    double own = blocks(&x->m->own_io), under = blocks(&x->m->io);
    if (isnan(x->m->own_io.hit))
        return;
    add_gap(x);
    buf_adds(&x->b, "buffers ");
    text_add_bytes(&x->b, own * METRIC_BLOCK_BYTES);
    if (x->m->own_io.read > 0) {
        buf_adds(&x->b, " (");
        text_add_bytes(&x->b, x->m->own_io.read * METRIC_BLOCK_BYTES);
        buf_adds(&x->b, " read)");
    }
    if (x->n->child && under > own) {
        buf_adds(&x->b, " self/");
        text_add_bytes(&x->b, under * METRIC_BLOCK_BYTES);
        buf_adds(&x->b, " sub");
    }
}

static void add_finding(struct brief *x, const struct finding *f)
{
    const struct ui_index *index = finding_answer(x->ps, f);
    buf_printf(&x->b, "%c%zu ", cell_severity_sign(f->severity), finding_rank(x->ps, f));
    if (f->node && f->node != x->n)
        buf_printf(&x->b, "on #%d: ", f->node->id);
    if (index) {
        buf_printf(&x->b, "-> %s ", index->id);
        cell_add_change(&x->b, index->alone);
        buf_adds(&x->b, "  ");
    }
    buf_adds(&x->b, f->title);
}

/* The finding of this row, else of a child. */
static const struct finding *nearest_finding(const struct brief *x)
{
    const struct finding *f = node_finding(x->ps, x->n);
    for (const struct node *child = x->n->child; !f && child; child = child->next)
        f = node_finding(x->ps, child);
    return f;
}

static void put_conditions(struct brief *x)
{
    static const enum prop_id shown[] = {PROP_HASH_COND,   PROP_MERGE_COND,  PROP_INDEX_COND,
                                         PROP_RECHECK_COND, PROP_JOIN_FILTER, PROP_FILTER,
                                         PROP_SORT_KEY,    PROP_GROUP_KEY};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const struct value *v = node_value(x->n, shown[i]);
        if (!v)
            continue;
        doc_line(x->d);
        doc_printf(x->d, ROLE_STRUCTURE, "%s: ", prop_info[shown[i]].key);
        if (v->kind == VALUE_STRING)
            doc_put(x->d, ROLE_NORMAL, v->text);
        for (const struct prop *p = v->kind == VALUE_LIST ? v->items : NULL; p; p = p->next) {
            doc_puts(x->d, ROLE_NORMAL, p == v->items ? "" : ", ");
            doc_put(x->d, ROLE_NORMAL, p->value.text);
        }
    }
}

static void put_findings(struct brief *x)
{
    size_t done = 0;
    for (size_t i = 0; i < x->ps->shown_count; i++) {
        const struct finding *f = x->ps->shown[i];
        if (f->node != x->n && f->related != x->n)
            continue;
        add_finding(x, f);
        put(x, role_of_severity(f->severity));
        done++;
    }
    const struct finding *near = done ? NULL : nearest_finding(x);
    if (near) {
        add_finding(x, near);
        put(x, role_of_severity(near->severity));
    }
}

void brief_build(struct app *app, struct doc *d, const struct node *n, int width, int lines)
{
    struct plan_state *ps = app_here(app);
    const struct report *r = ps->plan->report;
    struct brief x = {.ps = ps, .report = r, .n = n, .m = metrics_of(r->metrics, n), .d = d};
    doc_begin(d, width, app->settings->ascii);
    if (lines >= 4) {
        add_time(&x);
        put(&x, ROLE_NORMAL);
        add_rows(&x, "   ");
        add_buffers(&x);
    } else {
        add_rows(&x, " ");
    }
    put(&x, ROLE_NORMAL);
    if (lines >= 4) {
        put_findings(&x);
        put_conditions(&x);
    } else {
        const struct finding *f = nearest_finding(&x);
        if (!f) {
            report_add_detail(&x.b, n);
            put(&x, ROLE_NORMAL);
        } else {
            add_finding(&x, f);
            put(&x, role_of_severity(f->severity));
        }
    }
    buf_free(&x.b);
}
