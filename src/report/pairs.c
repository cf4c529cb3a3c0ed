#include "report/pairs.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/report.h"

static double figure(const struct pairs *p, const struct plan_metrics *m, const struct node *n)
{
    if (!n)
        return NAN;
    return p->cost ? n->num[PROP_TOTAL_COST] : metrics_of(m, n)->weight;
}

static double side(const struct pairs *p, const struct pair_row *row, bool right)
{
    bool b = right != p->swap;
    double sum = NAN;
    for (int i = row->first; i <= row->last; i++) {
        const struct diff_pair *pair = &p->diff->pairs[i];
        double v = figure(p, b ? p->diff->b : p->diff->a, b ? pair->b : pair->a);
        if (p->cost)
            return v; /* costs include children: the first says it all */
        sum = isnan(sum) ? v : sum + num_or(v, 0);
    }
    return sum;
}

double pairs_left(const struct pairs *p, const struct pair_row *row)
{
    return side(p, row, false);
}

double pairs_right(const struct pairs *p, const struct pair_row *row)
{
    return side(p, row, true);
}

/* A hundredth of the larger plan is a change worth a mark. */
static bool is_change(const struct pairs *p, double left, double right)
{
    return fabs(num_or(right, 0) - num_or(left, 0)) >= p->whole / 100;
}

char pairs_mark(const struct pairs *p, const struct pair_row *row)
{
    const struct diff_pair *pair = &p->diff->pairs[row->first];
    if (pair->kind == PAIR_ONLY_A)
        return p->swap ? '+' : '-';
    if (pair->kind == PAIR_ONLY_B)
        return p->swap ? '-' : '+';
    if (pair->kind == PAIR_CHANGED)
        return '~';
    return !p->cost && is_change(p, pairs_left(p, row), pairs_right(p, row)) ? '~' : '=';
}

static void find_stems(struct pairs *p)
{
    for (size_t i = 0; i < p->diff->count; i++) {
        const struct diff_pair *pair = &p->diff->pairs[i];
        int up = pair->parent;
        bool straight = up < 0 || pair->only;
        p->stem[i] = up >= 0 && straight ? p->stem[up] : (int)i;
        p->level[i] = up >= 0 ? p->level[up] + !straight : 0;
    }
}

/* Whether pair i + 1 continues the row that ends with pair i. */
static bool continues(const struct pairs *p, int i)
{
    const struct diff_pair *next = &p->diff->pairs[i + 1];
    struct pair_row here = {i, i}, below = {i + 1, i + 1};
    return next->parent == i && next->only && pairs_mark(p, &here) == '=' &&
           pairs_mark(p, &below) == '=';
}

static void find_rows(struct pairs *p)
{
    int n = (int)p->diff->count;
    for (int i = 0; i < n; i++) {
        struct pair_row row = {i, i};
        while (row.last + 1 < n && continues(p, row.last))
            row.last++;
        i = row.last;
        if (!p->only || pairs_mark(p, &row) != '=')
            p->rows[p->count++] = row;
    }
}

void pairs_init(struct pairs *p, const struct plan_diff *d, bool cost, bool only, bool swap)
{
    bool comparable = d->a->unit == d->b->unit;
    *p = (struct pairs){.diff = d, .cost = cost || !comparable, .only = only, .swap = swap};
    double a = d->a->whole, b = d->b->whole;
    if (p->cost) {
        a = d->a->plan->root->num[PROP_TOTAL_COST];
        b = d->b->plan->root->num[PROP_TOTAL_COST];
    }
    p->whole = fmax(a, b);
    p->level = xcalloc(d->count, sizeof *p->level);
    p->stem = xcalloc(d->count, sizeof *p->stem);
    p->rows = xcalloc(d->count, sizeof *p->rows);
    find_stems(p);
    find_rows(p);
}

void pairs_release(struct pairs *p)
{
    free(p->level);
    free(p->stem);
    free(p->rows);
    *p = (struct pairs){0};
}

int pairs_row_of(const struct pairs *p, int pair)
{
    for (int i = 0; i < p->count; i++)
        if (pair >= p->rows[i].first && pair <= p->rows[i].last)
            return i;
    return -1;
}

int pairs_next_change(const struct pairs *p, int from, int step)
{
    for (int i = 1; i <= p->count; i++) {
        int at = ((from + step * i) % p->count + p->count) % p->count;
        if (pairs_mark(p, &p->rows[at]) != '=')
            return at;
    }
    return -1;
}

static void add_chain(struct buf *b, const struct pairs *p, const struct pair_row *row)
{
    for (int i = row->first; i <= row->last; i++) {
        const struct diff_pair *pair = &p->diff->pairs[i];
        buf_adds(b, i > row->first ? " > " : "");
        if (i == row->last)
            report_add_short_label(b, pair->b);
        else
            node_add_name(b, pair->b);
    }
}

void pairs_add_label(struct buf *b, const struct pairs *p, const struct pair_row *row, bool was)
{
    const struct diff_pair *pair = &p->diff->pairs[row->first];
    const struct node *left = p->swap ? pair->b : pair->a, *right = p->swap ? pair->a : pair->b;
    struct buf before = {0}, after = {0};
    if (row->last > row->first) {
        add_chain(b, p, row);
        return;
    }
    if (left)
        node_add_name(&before, left);
    if (right)
        node_add_name(&after, right);
    bool renamed = left && right && !str_eq(buf_str(&before), buf_str(&after));
    if (renamed && !was) {
        report_add_short_label(b, left);
        buf_adds(b, " -> ");
        if (str_eq(node_text(left, PROP_RELATION_NAME), node_text(right, PROP_RELATION_NAME))) {
            struct str index = node_text(right, PROP_INDEX_NAME);
            buf_addstr(b, buf_str(&after));
            if (index.len)
                buf_printf(b, " using %.*s", STR_ARG(index));
        } else {
            report_add_short_label(b, right);
        }
    } else {
        report_add_short_label(b, right ? right : left);
        buf_clear(&after);
        report_add_detail(&after, right ? right : left);
        if (after.len)
            buf_printf(b, "  %s", after.data);
        if (renamed)
            buf_printf(b, "  was %s", before.data);
    }
    buf_free(&before);
    buf_free(&after);
}

void pairs_add_amount(struct buf *b, const struct pairs *p, double v)
{
    if (isnan(v))
        return;
    if (p->cost && fabs(v) < 100)
        text_add_decimal(b, v, 2, false);
    else if (p->cost)
        text_add_grouped(b, v);
    else if (p->diff->a->unit == UNIT_TIME)
        text_add_decimal(b, v, p->whole < 10 ? 3 : 1, false);
    else
        text_add_count(b, v);
}

/* Deeper, the drawing stays where it is. */
enum { LEVELS_DRAWN = 30 };

int pairs_add_branches(struct buf *b, const struct pairs *p, const struct pair_row *row, bool ascii)
{
    static const char *const drawn[2][4] = {{"└ ", "├ ", "  ", "│ "}, {"` ", "|-", "  ", "| "}};
    const char *sign[LEVELS_DRAWN];
    int levels = p->level[row->first], n = levels < LEVELS_DRAWN ? levels : LEVELS_DRAWN;
    int at = row->first;
    for (int i = n; i-- > 0;) {
        int branch = p->stem[at];
        bool last = p->diff->pairs[branch].last;
        sign[i] = drawn[ascii][(branch == row->first ? 0 : 2) + !last];
        at = p->diff->pairs[branch].parent;
    }
    for (int i = 0; i < n; i++)
        buf_adds(b, sign[i]);
    return 2 * n;
}
