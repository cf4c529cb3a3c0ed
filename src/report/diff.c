#include "report/diff.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"

/* ---- figures of the whole ---- */

static double after_triggers(const struct report *r)
{
    return r->plan->trigger_count ? r->metrics->after_triggers_ms : NAN;
}

static double before_triggers(const struct report *r)
{
    return r->plan->trigger_count ? r->metrics->before_triggers_ms : NAN;
}

static double execution(const struct report *r)
{
    return r->metrics->execution_ms;
}

static double planning(const struct report *r)
{
    return r->plan->planning_ms;
}

static double serialization(const struct report *r)
{
    return r->plan->serialization ? r->plan->serialization[PROP_TIME] : NAN;
}

static double jit(const struct report *r)
{
    return r->plan->jit ? r->plan->jit->total_ms : NAN;
}

static double result_rows(const struct report *r)
{
    return r->plan->has_actual ? metrics_of(r->metrics, r->plan->root)->rows : NAN;
}

static double total_cost(const struct report *r)
{
    return r->plan->root->num[PROP_TOTAL_COST];
}

static double hit(const struct report *r)
{
    return r->metrics->io.hit;
}

static double blocks_read(const struct report *r)
{
    return r->metrics->io.read;
}

static double temp_written(const struct report *r)
{
    return r->metrics->io.temp_written;
}

static const struct {
    const char *name, *key;
    enum diff_figure_kind kind;
    double (*of)(const struct report *r);
} figures[DIFF_FIGURES_MAX] = {
    {"execution", "execution_ms", DIFF_MS, execution},
    {"planning", "planning_ms", DIFF_MS, planning},
    {"BEFORE triggers", "before_triggers_ms", DIFF_MS, before_triggers},
    {"AFTER triggers", "after_triggers_ms", DIFF_MS, after_triggers},
    {"serialization", "serialization_ms", DIFF_MS, serialization},
    {"JIT", "jit_ms", DIFF_MS, jit},
    {"rows", "rows", DIFF_COUNT, result_rows},
    {"found in cache", "hit_blocks", DIFF_BLOCKS, hit},
    {"read", "read_blocks", DIFF_BLOCKS, blocks_read},
    {"temporary files", "temp_written_blocks", DIFF_BLOCKS, temp_written},
    {"cost", "cost", DIFF_COST, total_cost},
};

static void find_figures(struct diff_report *d)
{
    for (size_t i = 0; i < DIFF_FIGURES_MAX && figures[i].of; i++) {
        double a = figures[i].of(d->a), b = figures[i].of(d->b);
        if (num_or(a, 0) > 0 || num_or(b, 0) > 0)
            d->figures[d->figure_count++] =
                (struct diff_figure){figures[i].name, figures[i].key, figures[i].kind, a, b};
    }
}

void diff_add_figure(struct buf *b, enum diff_figure_kind kind, double v)
{
    if (!num_known(v))
        return;
    if (kind == DIFF_MS)
        text_add_ms(b, v);
    else if (kind == DIFF_BLOCKS)
        text_add_bytes(b, v * METRIC_BLOCK_BYTES);
    else
        text_add_grouped(b, v);
}

/* ---- settings ---- */

static size_t count_props(const struct prop *p)
{
    size_t n = 0;
    for (; p; p = p->next)
        n++;
    return n;
}

static struct str setting(const struct plan *p, struct str name)
{
    for (const struct prop *s = p->settings; s; s = s->next)
        if (str_eq(s->key, name))
            return s->value.text;
    return (struct str){0};
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct diff_setting *)a)->name, ((const struct diff_setting *)b)->name);
}

/* Settings say something only where both plans printed them. */
static void find_settings(struct arena *arena, struct diff_report *d)
{
    const struct plan *a = d->a->plan, *b = d->b->plan;
    if (!a->settings_printed || !b->settings_printed)
        return;
    d->settings = arena_calloc(arena, count_props(a->settings) + count_props(b->settings),
                               sizeof *d->settings);
    for (const struct prop *s = a->settings; s; s = s->next) {
        struct str other = setting(b, s->key);
        if (!str_eq(s->value.text, other))
            d->settings[d->setting_count++] = (struct diff_setting){s->key, s->value.text, other};
    }
    for (const struct prop *s = b->settings; s; s = s->next)
        if (!setting(a, s->key).p)
            d->settings[d->setting_count++] = (struct diff_setting){s->key, {0}, s->value.text};
    qsort(d->settings, d->setting_count, sizeof *d->settings, by_name);
}

/* ---- changes ---- */

static int by_weight(const void *a, const void *b)
{
    const struct diff_change *x = a, *y = b;
    double p = fabs(x->delta), q = fabs(y->delta);
    if (p != q)
        return p < q ? 1 : -1;
    return x->row->first - y->row->first;
}

static void find_changes(struct arena *arena, struct diff_report *d)
{
    struct pairs *p = &d->pairs;
    d->changes = arena_calloc(arena, (size_t)p->count, sizeof *d->changes);
    for (int i = 0; i < p->count; i++) {
        const struct pair_row *row = &p->rows[i];
        if (pairs_mark(p, row) == '=')
            continue;
        struct diff_change *c = &d->changes[d->change_count++];
        c->row = row;
        c->a = pairs_left(p, row);
        c->b = pairs_right(p, row);
        c->delta = num_or(c->b, 0) - num_or(c->a, 0);
        c->share = p->whole > 0 ? c->delta / p->whole : 0;
        diff_find_why(arena, d->diff, c);
    }
    qsort(d->changes, d->change_count, sizeof *d->changes, by_weight);
}

/* ---- findings ---- */

/* Index of the pair that a finding is about; -1: the statement. */
static int place_of(const int *pair_of, const struct finding *f)
{
    return f->node ? pair_of[f->node->id - 1] : -1;
}

static bool has_like(const struct report *r, const int *pair_of, const struct finding *f, int place)
{
    for (size_t i = 0; i < r->finding_count; i++)
        if (r->findings[i]->rule == f->rule && place_of(pair_of, r->findings[i]) == place)
            return true;
    return false;
}

static const struct finding **without_like(struct arena *arena, const struct report *r,
                                           const int *pair_of, const struct report *other,
                                           const int *pair_of_other, size_t *count)
{
    const struct finding **out = arena_calloc(arena, r->finding_count, sizeof *out);
    for (size_t i = 0; i < r->finding_count; i++)
        if (!has_like(other, pair_of_other, r->findings[i], place_of(pair_of, r->findings[i])))
            out[(*count)++] = r->findings[i];
    return out;
}

/* ---- all of it ---- */

static const char *const compared_name[] = {
    [UNIT_TIME] = "time", [UNIT_BUFFERS] = "buffers", [UNIT_ROWS] = "rows", [UNIT_COST] = "cost"};

struct diff_report *diff_report_new(struct arena *arena, const struct report *a,
                                    const struct report *b, size_t number, size_t count)
{
    struct diff_report *d = arena_calloc(arena, 1, sizeof *d);
    d->a = a;
    d->b = b;
    d->number = number;
    d->count = count;
    d->diff = plan_diff_new(arena, a->metrics, b->metrics);
    pairs_init(&d->pairs, d->diff, false, false, false);
    d->unlike_units = a->metrics->unit != b->metrics->unit;
    d->strangers = d->diff->same + d->diff->changed == 0;
    d->compared = compared_name[d->pairs.cost ? UNIT_COST : a->metrics->unit];
    d->whole_a = d->pairs.cost ? total_cost(a) : a->metrics->whole;
    d->whole_b = d->pairs.cost ? total_cost(b) : b->metrics->whole;
    d->change = d->whole_a > 0 ? d->whole_b / d->whole_a - 1 : NAN;
    find_figures(d);
    find_settings(arena, d);
    find_changes(arena, d);
    d->came = without_like(arena, b, d->diff->pair_of_b, a, d->diff->pair_of_a, &d->came_count);
    d->went = without_like(arena, a, d->diff->pair_of_a, b, d->diff->pair_of_b, &d->went_count);
    return d;
}

void diff_report_release(struct diff_report *d)
{
    pairs_release(&d->pairs);
}

static void add_whole(struct buf *b, const struct diff_report *d, double v)
{
    if (strcmp(d->compared, "time") == 0)
        text_add_ms(b, v);
    else
        text_add_grouped(b, v);
}

void diff_add_verdict(struct buf *b, const struct diff_report *d)
{
    buf_printf(b, "%s ", d->compared);
    add_whole(b, d, d->whole_a);
    buf_adds(b, " -> ");
    add_whole(b, d, d->whole_b);
    buf_adds(b, " (");
    cell_add_change(b, d->change);
    buf_addc(b, ')');
}
