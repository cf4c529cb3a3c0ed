/* What is different about a node that two plans share, in short phrases. */
#include "base/arena.h"
#include "base/text.h"
#include "report/diff.h"

/* A figure is told when one side has half as much again as the other, and more than a trifle. */
static const double FACTOR = 1.5;

enum why_unit { WHY_ROWS, WHY_TIMES, WHY_BLOCKS, WHY_MS };

/* One node in its plan. */
struct spot {
    const struct plan_metrics *plan;
    const struct node *node;
};

static double rows_of(struct spot s)
{
    return metrics_of(s.plan, s.node)->rows;
}

static double removed(struct spot s)
{
    return s.plan->plan->has_actual ? metrics_of(s.plan, s.node)->rows_removed : NAN;
}

static double touched(struct spot s)
{
    const struct metric_io *io = &metrics_of(s.plan, s.node)->own_io;
    return num_known(io->hit) || num_known(io->read) ? num_or(io->hit, 0) + num_or(io->read, 0)
                                                     : NAN;
}

static double blocks_read(struct spot s)
{
    return metrics_of(s.plan, s.node)->own_io.read;
}

static double temp(struct spot s)
{
    return metrics_of(s.plan, s.node)->own_io.temp_written;
}

static double waited(struct spot s)
{
    const struct metric_io *io = &metrics_of(s.plan, s.node)->own_io;
    return num_known(io->read_ms) || num_known(io->write_ms)
               ? num_or(io->read_ms, 0) + num_or(io->write_ms, 0)
               : NAN;
}

/*
 * What a figure says: value, phrase before, unit after ("rows"), and the difference from which on
 * it is worth telling. Those without a function of their own are as EXPLAIN printed them.
 */
static const struct why {
    enum prop_id prop;
    double (*value)(struct spot s);
    const char *before, *after;
    enum why_unit unit;
    double least;
} whys[] = {
    {PROP_ACTUAL_LOOPS, NULL, "runs ", " times", WHY_TIMES, 1},
    {PROP_UNKNOWN, rows_of, "returns ", " rows", WHY_ROWS, 10},
    {PROP_UNKNOWN, removed, "throws away ", " rows", WHY_ROWS, 10},
    {PROP_UNKNOWN, touched, "touches ", "", WHY_BLOCKS, 16},
    {PROP_UNKNOWN, blocks_read, "reads ", " from outside the cache", WHY_BLOCKS, 16},
    {PROP_UNKNOWN, temp, "writes ", " of temporary files", WHY_BLOCKS, 16},
    {PROP_UNKNOWN, waited, "waits ", " for I/O", WHY_MS, 1},
    {PROP_HEAP_FETCHES, NULL, "fetches ", " rows from the table", WHY_ROWS, 10},
    {PROP_HASH_BATCHES, NULL, "hashes in ", " batches", WHY_TIMES, 1},
    {PROP_WORKERS_LAUNCHED, NULL, "has ", " workers", WHY_TIMES, 1},
    {PROP_PLAN_ROWS, NULL, "is estimated at ", " rows a time", WHY_ROWS, 10},
};

static void add_amount(struct buf *b, enum why_unit unit, double v)
{
    if (unit == WHY_BLOCKS)
        text_add_bytes(b, v * METRIC_BLOCK_BYTES);
    else if (unit == WHY_MS)
        text_add_ms(b, v);
    else
        text_add_grouped(b, v);
}

static void add_why(struct arena *a, struct diff_change *c, struct buf *phrase)
{
    if (phrase->len && c->why_count < DIFF_WHY_MAX)
        c->why[c->why_count++] = arena_strndup(a, phrase->data, phrase->len);
    buf_clear(phrase);
}

static void say_figure(struct buf *out, const struct why *w, double was, double is)
{
    double low = fmin(was, is), high = fmax(was, is);
    if (!num_known(was) || !num_known(is) || high - low < w->least || high < FACTOR * low)
        return;
    buf_adds(out, w->before);
    add_amount(out, w->unit, is);
    buf_printf(out, "%s, was ", w->after);
    add_amount(out, w->unit, was);
}

/* "Index Scan instead of Seq Scan", "uses i2 instead of i1" */
static void say_method(struct buf *out, const struct node *a, const struct node *b)
{
    struct buf was = {0}, is = {0};
    struct str old = node_text(a, PROP_INDEX_NAME), new = node_text(b, PROP_INDEX_NAME);
    node_add_name(&was, a);
    node_add_name(&is, b);
    if (!str_eq(buf_str(&was), buf_str(&is)))
        buf_printf(out, "%s instead of %s", is.data, was.data);
    else if (old.len && new.len && !str_eq(old, new))
        buf_printf(out, "uses %.*s instead of %.*s", STR_ARG(new), STR_ARG(old));
    buf_free(&was);
    buf_free(&is);
}

static void say_condition(struct buf *out, const struct node *a, const struct node *b)
{
    struct buf was = {0}, is = {0};
    report_add_detail(&was, a);
    report_add_detail(&is, b);
    if (!str_eq(buf_str(&was), buf_str(&is)) && was.len && is.len)
        buf_printf(out, "was %s", was.data);
    buf_free(&was);
    buf_free(&is);
}

/* A sort or a hash that went to disk, or no longer does. */
static void say_spill(struct buf *out, const struct node *a, const struct node *b)
{
    struct str was = node_text(a, PROP_SORT_SPACE_TYPE), is = node_text(b, PROP_SORT_SPACE_TYPE);
    if (!was.len || !is.len || str_eq(was, is))
        return;
    buf_adds(out,
             str_is(is, "Disk") ? "sorts on disk, was in memory" : "sorts in memory, was on disk");
}

void diff_find_why(struct arena *arena, const struct plan_diff *d, struct diff_change *c)
{
    const struct diff_pair *pair = &d->pairs[c->row->first];
    const struct node *a = pair->a, *b = pair->b;
    struct buf phrase = {0};
    if (!a || !b) {
        buf_adds(&phrase, b ? "only in B" : "only in A");
        add_why(arena, c, &phrase);
        buf_free(&phrase);
        return;
    }
    say_method(&phrase, a, b);
    add_why(arena, c, &phrase);
    if (pair->moved) {
        buf_adds(&phrase, "stands elsewhere in the plan");
        add_why(arena, c, &phrase);
    }
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        const struct why *w = &whys[i];
        struct spot was = {d->a, a}, is = {d->b, b};
        say_figure(&phrase, w, w->value ? w->value(was) : a->num[w->prop],
                   w->value ? w->value(is) : b->num[w->prop]);
        add_why(arena, c, &phrase);
    }
    say_spill(&phrase, a, b);
    add_why(arena, c, &phrase);
    if (c->why_count == 0) {
        say_condition(&phrase, a, b);
        add_why(arena, c, &phrase);
    }
    if (c->why_count == 0) {
        buf_adds(&phrase, "the same work in another time");
        add_why(arena, c, &phrase);
    }
    buf_free(&phrase);
}
