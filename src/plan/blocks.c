/* Buffers and I/O times: inclusive as printed, own with the children's taken out once. */
#include "base/arena.h"
#include "plan/measure.h"

enum { IO_FIELDS = sizeof(struct metric_io) / sizeof(double) };

static double *field(struct metric_io *io, int i)
{
    return (double *)io + i;
}

/* Sum of those that were printed; NAN when none was. */
static double add_known(double a, double b)
{
    return num_known(a) && num_known(b) ? a + b : num_known(a) ? a : b;
}

static double sum3(const double *num, enum prop_id a, enum prop_id b, enum prop_id c)
{
    return add_known(add_known(num[a], num[b]), num[c]);
}

struct metric_io metric_io_of(const double *num)
{
    struct metric_io io = {
        .hit = add_known(num[PROP_SHARED_HIT], num[PROP_LOCAL_HIT]),
        .read = add_known(num[PROP_SHARED_READ], num[PROP_LOCAL_READ]),
        .dirtied = add_known(num[PROP_SHARED_DIRTIED], num[PROP_LOCAL_DIRTIED]),
        .written = add_known(num[PROP_SHARED_WRITTEN], num[PROP_LOCAL_WRITTEN]),
        .temp_read = num[PROP_TEMP_READ],
        .temp_written = num[PROP_TEMP_WRITTEN],
        .read_ms = add_known(
            num[PROP_IO_READ_TIME],
            sum3(num, PROP_SHARED_IO_READ_TIME, PROP_LOCAL_IO_READ_TIME, PROP_TEMP_IO_READ_TIME)),
        .write_ms = add_known(num[PROP_IO_WRITE_TIME],
                              sum3(num, PROP_SHARED_IO_WRITE_TIME, PROP_LOCAL_IO_WRITE_TIME,
                                   PROP_TEMP_IO_WRITE_TIME)),
    };
    return io;
}

/*
 * Worker counters come in when workers shut down, so a node between a Gather and an early stop
 * can print less than its child. What the children printed is the least that it can have been.
 */
static void raise_to_children(struct measure *s, const struct node *n, const struct metric_io *sum)
{
    struct node_metrics *m = measure_of(s, n);
    struct metric_io children = *sum;
    for (int i = 0; i < IO_FIELDS; i++) {
        double *all = field(&m->io, i), below = *field(&children, i);
        if (num_known(*all) && below > *all) {
            m->io_late = true;
            *all = below;
        }
        *field(&m->own_io, i) = *all - below;
    }
}

/* Take a debt's counters from one payer, as far as it has them; *debt keeps what is left. */
static void pay(struct metric_io *own, struct metric_io *debt)
{
    for (int i = 0; i < IO_FIELDS; i++) {
        double *have = field(own, i), *owed = field(debt, i);
        if (!num_known(*have) || !num_known(*owed))
            continue;
        double paid = *have < *owed ? *have : *owed;
        *have -= paid;
        *owed -= paid;
    }
}

static void settle(struct measure *s, const struct debt *d)
{
    struct metric_io owed = measure_of(s, d->plan)->io;
    const struct node *evaluator = measure_of(s, d->plan)->evaluator;
    if (evaluator)
        pay(&measure_of(s, evaluator)->own_io, &owed);
    for (size_t i = 0; d->is_cte && i < d->reader_count; i++)
        pay(&measure_of(s, d->readers[i])->own_io, &owed);
}

void measure_blocks(struct measure *s)
{
    const struct plan *p = s->plan;
    struct metric_io *below = arena_calloc(s->arena, (size_t)p->node_count, sizeof *below);
    for (int i = p->node_count; i-- > 0;) {
        const struct node *n = p->nodes[i];
        struct node_metrics *m = &s->m->node[i];
        m->io = metric_io_of(n->num);
        raise_to_children(s, n, &below[i]);
        if (!n->parent || !measure_is_inside(n))
            continue;
        struct metric_io *sum = &below[n->parent->id - 1];
        for (int f = 0; f < IO_FIELDS; f++)
            *field(sum, f) += num_or(*field(&m->io, f), 0);
    }
    for (size_t i = 0; i < s->debt_count; i++)
        settle(s, &s->debts[i]);
    s->m->io = s->m->node[0].io;
}
