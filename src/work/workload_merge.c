/* Adding one workload to another. Everything here is associative and commutative. */
#include "base/arena.h"
#include "read/log.h"
#include "work/workload_private.h"

static void sum(uint64_t *into, uint64_t from)
{
    *into = tally_sum(*into, from);
}

void work_io_merge(struct work_io *into, const struct work_io *from)
{
    sum(&into->executions, from->executions);
    sum(&into->hit, from->hit);
    sum(&into->read, from->read);
    sum(&into->dirtied, from->dirtied);
    sum(&into->written, from->written);
    sum(&into->temp_read, from->temp_read);
    sum(&into->temp_written, from->temp_written);
    sum(&into->read_ns, from->read_ns);
    sum(&into->write_ns, from->write_ns);
}

void work_spill_merge(struct work_spill *into, const struct work_spill *from)
{
    sum(&into->executions, from->executions);
    sum(&into->blocks, from->blocks);
    sum(&into->known, from->known);
    tally_hist_merge(&into->need, &from->need);
}

void work_temp_merge(struct work_temp *into, const struct work_temp *from)
{
    sum(&into->files, from->files);
    sum(&into->bytes, from->bytes);
    into->largest = from->largest > into->largest ? from->largest : into->largest;
}

static void merge_span(int64_t *first_us, int64_t *last_us, int64_t first, int64_t last)
{
    time_widen(first_us, last_us, first);
    time_widen(first_us, last_us, last);
}

static void merge_example(struct work_example *into, const struct work_example *from)
{
    if (from->file.p && example_is_better(into, from))
        example_set(into, from);
}

static void merge_shape(struct query *q, const struct work_shape *from)
{
    struct work_shape *into = shape_get(q, from->id);
    tally_merge(&into->stat, &from->stat);
    sum(&into->nested, from->nested);
    sum(&into->unmeasured, from->unmeasured);
    sum(&into->untimed, from->untimed);
    sum(&into->misestimated, from->misestimated);
    merge_span(&into->first_us, &into->last_us, from->first_us, from->last_us);
    tally_series_merge(&into->series, &from->series);
    merge_example(&into->example, &from->example);
}

static void merge_finding(struct query *q, const struct work_finding *from)
{
    struct work_finding *into = finding_get(q, from->rule, from->subject);
    if (from->title.p && finding_is_worse(into, from->stake_max_ns, from->share_ppm, from->file,
                                          from->line, from->title))
        finding_tell(into, from->title, from->remedy, from->sql, from->file, from->line,
                     from->shape);
    sum(&into->executions, from->executions);
    sum(&into->untimed, from->untimed);
    sum(&into->stake_ns, from->stake_ns);
    if (from->stake_max_ns > into->stake_max_ns)
        into->stake_max_ns = from->stake_max_ns;
    if (from->share_ppm > into->share_ppm)
        into->share_ppm = from->share_ppm;
    if (from->severity > into->severity)
        into->severity = from->severity;
    if (from->factor_min && (into->factor_min == 0 || from->factor_min < into->factor_min))
        into->factor_min = from->factor_min;
    if (from->factor_max > into->factor_max)
        into->factor_max = from->factor_max;
}

static void merge_counts(struct work_query *into, const struct work_query *from)
{
    sum(&into->nested, from->nested);
    sum(&into->nested_ns, from->nested_ns);
    sum(&into->planned, from->planned);
    sum(&into->planned_ns, from->planned_ns);
    sum(&into->paired, from->paired);
    sum(&into->whole_ns, from->whole_ns);
    sum(&into->parses, from->parses);
    sum(&into->parse_ns, from->parse_ns);
    sum(&into->binds, from->binds);
    sum(&into->bind_ns, from->bind_ns);
    sum(&into->fetches, from->fetches);
    sum(&into->fetch_ns, from->fetch_ns);
    sum(&into->errors, from->errors);
    sum(&into->rows_x100, from->rows_x100);
    sum(&into->measured, from->measured);
}

static void merge_query(struct workload *w, const struct work_query *from)
{
    struct query *q = query_get(w, from->id);
    struct work_query *into = &q->q;
    into->class = !into->text.p || from->class < into->class ? from->class : into->class;
    into->own = from->own;
    query_offer_text(q, from->text, from->text_len);
    tally_merge(&into->stat, &from->stat);
    merge_counts(into, from);
    work_io_merge(&into->io, &from->io);
    work_spill_merge(&into->spill, &from->spill);
    work_temp_merge(&into->temp, &from->temp);
    merge_span(&into->first_us, &into->last_us, from->first_us, from->last_us);
    tally_series_merge(&into->series, &from->series);
    for (size_t i = 0; i < from->shape_count; i++)
        merge_shape(q, from->shapes[i]);
    for (size_t i = 0; i < from->finding_count; i++)
        merge_finding(q, from->findings[i]);
    if (from->constants_known)
        query_meet_constants(q, from->constants, from->constant_count);
    merge_example(&into->example, &from->example);
}

static void merge_total(struct work_total *into, const struct work_total *from)
{
    tally_merge(&into->stat, &from->stat);
    sum(&into->nested, from->nested);
    sum(&into->nested_ns, from->nested_ns);
    sum(&into->phase_ns, from->phase_ns);
    sum(&into->unknown, from->unknown);
    sum(&into->unknown_ns, from->unknown_ns);
    sum(&into->plans, from->plans);
    sum(&into->unmeasured, from->unmeasured);
    sum(&into->untimed, from->untimed);
    work_io_merge(&into->io, &from->io);
    work_spill_merge(&into->spill, &from->spill);
    work_temp_merge(&into->temp, &from->temp);
    merge_span(&into->first_us, &into->last_us, from->first_us, from->last_us);
    tally_series_merge(&into->series, &from->series);
}

void workload_merge(struct workload *into, const struct workload *from)
{
    for (size_t i = 0; i < from->query_count; i++)
        merge_query(into, &from->queries[i]->q);
    merge_total(&into->total, &from->total);
    for (size_t i = 0; i < WORK_COUNT_COUNT; i++)
        sum(&into->count[i], from->count[i]);
    for (size_t i = 0; i < from->problem_count; i++)
        problem_offer(into, from->problems[i].file, from->problems[i].line,
                      from->problems[i].message);
    for (size_t i = 0; i < from->file_count; i++)
        file_add(into, from->files[i]);
    into->options.no_values = into->options.no_values || from->options.no_values;
}
