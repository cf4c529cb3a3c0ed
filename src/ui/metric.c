/* What bars and sort keys go by. */
#include "ui/outline.h"

const struct metric_info metric_info[METRIC_COUNT] = {
#define METRIC(id, name, header) [METRIC_##id] = {name, header},
#include "ui/metric.def"
#undef METRIC
};

/* A sum of which one part may be missing; NAN when both are. */
static double sum(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

static double io_value(const struct metric_io *io, enum metric metric)
{
    if (metric == METRIC_BUFFERS)
        return sum(io->hit, io->read);
    if (metric == METRIC_IO)
        return sum(io->read_ms, io->write_ms);
    return sum(io->temp_read, io->temp_written);
}

static double rows_of(const struct node_metrics *x)
{
    return num_or(x->rows, x->rows_planned);
}

double metric_value(const struct plan_metrics *m, const struct node *n, enum metric metric)
{
    const struct node_metrics *x = metrics_of(m, n);
    switch (metric) {
    case METRIC_SELF:
        return x->weight;
    case METRIC_TOTAL:
        return x->weight_total;
    case METRIC_ROWS:
        return rows_of(x);
    case METRIC_ESTIMATE:
        return x->estimate_factor;
    case METRIC_COST:
        return x->self_cost;
    default:
        return io_value(&x->own_io, metric);
    }
}

void metric_scale_init(struct metric_scale *s, const struct plan_metrics *m)
{
    double most_rows = NAN;
    for (int i = 0; i < m->plan->node_count; i++) {
        double rows = rows_of(&m->node[i]);
        if (!(rows <= most_rows))
            most_rows = num_or(rows, most_rows);
    }
    *s = (struct metric_scale){.whole = {[METRIC_SELF] = m->whole,
                                         [METRIC_TOTAL] = m->whole,
                                         [METRIC_ROWS] = most_rows,
                                         [METRIC_ESTIMATE] = 4,
                                         [METRIC_BUFFERS] = io_value(&m->io, METRIC_BUFFERS),
                                         [METRIC_IO] = io_value(&m->io, METRIC_IO),
                                         [METRIC_COST] = m->plan->root->num[PROP_TOTAL_COST],
                                         [METRIC_TEMP] = io_value(&m->io, METRIC_TEMP)}};
}

static double part(double value, double whole)
{
    double share = value / whole;
    return share > 0 ? (share < 1 ? share : 1) : 0;
}

struct metric_bar metric_bar(const struct metric_scale *s, const struct plan_metrics *m,
                             const struct node *n, enum metric metric)
{
    const struct node_metrics *x = metrics_of(m, n);
    double value = metric_value(m, n, metric);
    if (metric == METRIC_ESTIMATE)
        value = log10(value);
    struct metric_bar bar = {.share = part(value, s->whole[metric])};
    bar.solid = bar.share;
    if (metric == METRIC_TOTAL)
        bar.solid = part(x->weight, s->whole[metric]);
    else if (metric == METRIC_BUFFERS)
        bar.solid = part(x->own_io.read, s->whole[metric]);
    if (bar.solid > bar.share)
        bar.solid = bar.share;
    return bar;
}
