/* The verdict of three lines, and the proof that the figures add up. */
#include <math.h>

#include "base/text.h"
#include "report/cell.h"
#include "report/report.h"

static void add_gap(struct buf *b)
{
    buf_adds(b, "  ");
}

/* White space of any kind becomes one space; cut where nobody reads on. */
static void add_one_line(struct buf *b, struct str s, size_t most)
{
    bool space = false;
    s = str_trim(s);
    for (size_t i = 0; i < s.len && i < most; i++) {
        bool is_space = s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r');
        if (!is_space || !space)
            buf_addc(b, is_space ? ' ' : s.p[i]);
        space = is_space;
    }
}

void report_add_title(struct buf *b, const struct report *r)
{
    bool stdin_source = strcmp(r->source, "-") == 0;
    buf_adds(b, stdin_source ? "standard input" : r->source);
    if (r->count != 1)
        buf_printf(b, "  plan %zu", r->number);
    if (r->count > 1)
        buf_printf(b, "/%zu", r->count);
    if (r->plan->query_text.len) {
        add_gap(b);
        add_one_line(b, r->plan->query_text, 400);
    }
}

static void add_counted(struct buf *b, size_t n, const char *noun)
{
    text_add_grouped(b, (double)n);
    buf_printf(b, " %s%s", noun, n == 1 ? "" : "s");
}

static void add_execution(struct buf *b, const struct report *r)
{
    const struct plan_metrics *m = r->metrics;
    if (!r->plan->has_actual) {
        buf_adds(b, "Not executed");
    } else if (num_known(m->execution_ms)) {
        buf_adds(b, m->execution_printed ? "Exec " : "Root ");
        text_add_ms(b, m->execution_ms);
    } else {
        buf_adds(b, "Executed without TIMING");
    }
    if (num_known(r->plan->planning_ms)) {
        buf_adds(b, "  plan ");
        text_add_ms(b, r->plan->planning_ms);
    }
}

static void add_buffers(struct buf *b, const struct metric_io *io)
{
    if (!num_known(io->hit) && !num_known(io->read))
        return;
    add_gap(b);
    text_add_bytes(b, num_or(io->hit, 0) * METRIC_BLOCK_BYTES);
    buf_adds(b, " hit  ");
    text_add_bytes(b, num_or(io->read, 0) * METRIC_BLOCK_BYTES);
    buf_adds(b, " read");
    double temp = fmax(num_or(io->temp_read, 0), num_or(io->temp_written, 0));
    if (temp > 0) {
        add_gap(b);
        text_add_bytes(b, temp * METRIC_BLOCK_BYTES);
        buf_adds(b, " temp");
    }
}

void report_add_total(struct buf *b, const struct report *r)
{
    double cost = r->plan->root->num[PROP_TOTAL_COST];
    add_execution(b, r);
    add_gap(b);
    add_counted(b, (size_t)r->plan->node_count, "node");
    add_buffers(b, &r->metrics->io);
    if (num_known(cost)) {
        buf_adds(b, "  cost ");
        text_add_grouped(b, cost);
    }
    add_gap(b);
    add_counted(b, r->finding_count, "finding");
    if (r->plan->guessed_tree)
        buf_adds(b, "  tree guessed");
    if (r->plan->elided || r->plan->truncated)
        buf_adds(b, r->plan->truncated ? "  plan cut off" : "  parts left out");
}

static const char *const rest_names[] = {"AFTER triggers", "after the plan", "serialization",
                                         "unaccounted"};

size_t report_rest(const struct report *r, struct report_rest out[REPORT_REST_MAX])
{
    const struct plan_metrics *m = r->metrics;
    const double ms[] = {m->after_triggers_ms, m->post_plan_ms, m->serialization_ms,
                         m->unaccounted_ms};
    size_t count = 0;
    for (size_t i = 0; i < REPORT_REST_MAX; i++)
        if (m->unit == UNIT_TIME && ms[i] > 0)
            out[count++] = (struct report_rest){rest_names[i], ms[i], ms[i] / m->execution_ms};
    return count;
}

static void add_hot_share(struct buf *b, double share)
{
    buf_addc(b, ' ');
    cell_add_share(b, share);
}

void report_add_hot(struct buf *b, const struct report *r)
{
    const struct plan_metrics *m = r->metrics;
    struct report_rest rest[REPORT_REST_MAX];
    size_t rest_count = report_rest(r, rest), nodes = 0, shown = 0;
    buf_adds(b, r->plan->has_actual ? "HOT  " : "COST ");
    while (shown < REPORT_HOT) {
        const struct node *n = nodes < m->hottest_count ? m->hottest[nodes] : NULL;
        double share = n ? num_or(metrics_of(m, n)->share, 0) : 0;
        size_t top = rest_count;
        for (size_t i = 0; i < rest_count; i++)
            if (rest[i].share > share && rest[i].share >= 0.05 &&
                (top == rest_count || rest[i].share > rest[top].share))
                top = i;
        if (top == rest_count && (!n || (shown && share < 0.02)))
            break;
        buf_adds(b, shown ? ", " : "");
        if (top < rest_count) {
            buf_adds(b, rest[top].name);
            add_hot_share(b, rest[top].share);
            rest[top].share = 0;
        } else {
            buf_printf(b, "#%d ", n->id);
            report_add_short_label(b, n);
            add_hot_share(b, share);
            nodes++;
        }
        shown++;
    }
    if (!shown)
        buf_adds(b, "nothing");
}

void report_add_worst(struct buf *b, const struct report *r)
{
    if (r->finding_count == 0 || r->findings[0]->severity < SEVERITY_LOW) {
        buf_adds(b, "OK   nothing found that is worth changing");
        return;
    }
    const struct finding *f = r->findings[0];
    const struct advice_index *x = f->wants_index ? report_index_of(r, f->index_node) : NULL;
    buf_printf(b, "FIX  %c1 ", cell_severity_sign(f->severity));
    if (f->node) {
        buf_printf(b, "#%d ", f->node->id);
        report_add_short_label(b, f->node);
    } else {
        add_one_line(b, str_of(f->title), 400);
    }
    buf_addc(b, ' ');
    cell_add_share(b, f->share);
    buf_adds(b, ": ");
    if (x)
        buf_printf(b, "index %s on %s", x->id, x->columns);
    else
        add_one_line(b, str_of(f->remedy ? f->remedy : f->title), 400);
}

static void add_proof_line(struct buf *b, const char *sign, double ms, const char *what,
                           double slack_ms)
{
    struct buf n = {0};
    if (!num_known(ms))
        return;
    text_add_decimal(&n, ms, 3, false);
    buf_printf(b, "%s %14s ms  %s", sign, n.data, what);
    if (slack_ms > 0) {
        buf_clear(&n);
        text_add_decimal(&n, slack_ms, 3, false);
        buf_printf(b, "  (+-%s ms rounding)", n.data);
    }
    buf_addc(b, '\n');
    buf_free(&n);
}

void report_add_proof(struct buf *b, const struct report *r)
{
    const struct plan_metrics *m = r->metrics;
    if (m->unit != UNIT_TIME)
        return;
    add_proof_line(b, " ", m->self_sum_ms, "sum of self times", m->self_sum_slack_ms);
    if (m->before_triggers_ms > 0)
        add_proof_line(b, " ", m->before_triggers_ms, "(of it BEFORE triggers)", 0);
    add_proof_line(b, "+", num_or(m->after_triggers_ms, 0), "AFTER triggers", 0);
    add_proof_line(b, "+", num_or(m->post_plan_ms, 0), "work after the plan", 0);
    if (num_known(m->serialization_ms))
        add_proof_line(b, "+", m->serialization_ms, "serialization", 0);
    add_proof_line(b, "+", m->unaccounted_ms, "unaccounted", 0);
    if (m->unclear_triggers_ms > 0)
        add_proof_line(b, " ", m->unclear_triggers_ms,
                       "(triggers, in self times or unaccounted: the plan does not tell which)", 0);
    add_proof_line(b, "=", m->execution_ms,
                   m->execution_printed ? "execution time" : "root (no execution time printed)", 0);
}
