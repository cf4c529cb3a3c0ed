#include "rules/stake.h"

#include <math.h>

#include "catalog/catalog.h"
#include "rules/finding.h"

/* Unit letters of memory settings, as the server prints them ("64MB"); bare numbers are kB. */
static double parse_memory(struct str s)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"kB", 1024.0},
                 {"MB", 1024.0 * 1024},
                 {"GB", 1024.0 * 1024 * 1024},
                 {"TB", 1024.0 * 1024 * 1024 * 1024},
                 {"B", 1}};
    double v;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_ends(s, units[i].unit)) {
            struct str digits = str_sub(s, 0, s.len - strlen(units[i].unit));
            return str_to_double(str_trim(digits), &v) ? v * units[i].bytes : NAN;
        }
    return str_to_double(s, &v) ? v * 1024 : NAN;
}

double stake_setting(const struct rule_run *run, const char *name, double otherwise)
{
    double v;
    if (str_to_double(plan_setting(run->plan, name), &v))
        return v;
    return run->catalog ? cat_setting_num(run->catalog, name, otherwise) : otherwise;
}

double stake_memory_setting(const struct rule_run *run, const char *name)
{
    struct str printed = plan_setting(run->plan, name);
    if (printed.len)
        return parse_memory(printed);
    return run->catalog ? cat_setting_num(run->catalog, name, NAN) * 1024 : NAN;
}

double stake_from_ms(const struct rule_run *run, double ms)
{
    static const double per_ms[] = {
        [UNIT_TIME] = 1, [UNIT_BUFFERS] = 100, [UNIT_ROWS] = 10000, [UNIT_COST] = 100};
    return ms * per_ms[run->metrics->unit];
}

static double seq_page(const struct rule_run *run)
{
    return stake_setting(run, "seq_page_cost", 1);
}

static double random_page(const struct rule_run *run)
{
    return stake_setting(run, "random_page_cost", 4);
}

static double cpu_tuple(const struct rule_run *run)
{
    return stake_setting(run, "cpu_tuple_cost", 0.01);
}

static double cpu_index_tuple(const struct rule_run *run)
{
    return stake_setting(run, "cpu_index_tuple_cost", 0.005);
}

static double cpu_operator(const struct rule_run *run)
{
    return stake_setting(run, "cpu_operator_cost", 0.0025);
}

/* Rows of that width on a page: tuple header and line pointer take 28 bytes. */
static double rows_per_page(double width)
{
    double room = METRIC_BLOCK_BYTES - 24, row = fmax(num_or(width, 60), 60) + 28;
    return fmax(1, floor(room / row));
}

double stake_rows_read(const struct rule_run *run, const struct node *n)
{
    double cost = n->num[PROP_TOTAL_COST];
    if (n->type != NODE_SEQ_SCAN || !(cost > 0))
        return NAN;
    double per_row =
        seq_page(run) / rows_per_page(n->num[PROP_PLAN_WIDTH]) + cpu_tuple(run) + cpu_operator(run);
    return fmod(cost, 1e10) / per_row; /* 1e10: a scan that was switched off, up to 17 */
}

/* Pages that one pass reads. */
static double pages_of(const struct scan *s, double read)
{
    double pages = s->pages / s->passes;
    if (!(pages >= 1))
        pages = read / rows_per_page(s->node->num[PROP_PLAN_WIDTH]);
    return fmax(1, pages);
}

/* What reading `rows` scattered rows of a table costs (cost_bitmap_heap_scan). */
static double fetch_cost(const struct rule_run *run, double pages, double rows)
{
    double p = fmin(pages, 2 * pages * rows / (2 * pages + rows));
    double per_page = p < 2
                          ? random_page(run)
                          : random_page(run) - (random_page(run) - seq_page(run)) * sqrt(p / pages);
    return p * per_page + rows * (cpu_tuple(run) + cpu_index_tuple(run));
}

/* Down an index of `rows` entries: comparisons, and some 50 operator costs for each of three pages
 * (genericcostestimate, btcostestimate). */
static double descent_cost(const struct rule_run *run, double rows)
{
    return (log2(fmax(2, rows)) + 150) * cpu_operator(run);
}

bool stake_lookup_pays(const struct rule_run *run, double rows)
{
    return rows * cpu_operator(run) > descent_cost(run, rows);
}

static double part_saved(double instead, double now)
{
    double saved = now > 0 ? 1 - instead / now : 0;
    return saved > 0 ? saved : 0;
}

/* What the scan costs now, per pass: pages, and the rows of one process (cost_seqscan). */
static double scan_cost(const struct rule_run *run, const struct scan *s, double pages, double read)
{
    return pages * seq_page(run) +
           read * (cpu_tuple(run) + cpu_operator(run)) / fmax(1, s->processes);
}

/* Index entries on a leaf page, for estimates of the order of magnitude. */
static const double ENTRIES_PER_LEAF = 300;

double stake_probes_save(const struct rule_run *run, const struct scan *s, double probes,
                         double matched)
{
    double read = (s->rows + s->removed) / s->passes, pages = pages_of(s, read);
    if (!(read > 0))
        return 0;
    double leaves = fetch_cost(run, fmax(1, read / ENTRIES_PER_LEAF), probes);
    double instead = probes * descent_cost(run, read) + leaves + fetch_cost(run, pages, matched);
    return part_saved(instead / fmax(1, s->processes), scan_cost(run, s, pages, read));
}

double stake_index_saves(const struct rule_run *run, const struct scan *s, double kept)
{
    double read = (s->rows + s->removed) / s->passes, pages = pages_of(s, read);
    if (!(read > 0))
        return 0;
    double leaves = (1 + floor(kept / ENTRIES_PER_LEAF)) * random_page(run);
    double instead = descent_cost(run, read) + leaves + fetch_cost(run, pages, kept);
    return part_saved(instead, scan_cost(run, s, pages, read));
}

double stake_hash_pass(const struct rule_run *run, double loops, double rows)
{
    return stake_from_ms(run, 0.0005 * loops + 0.0004 * rows);
}

double stake_temp_blocks(const struct rule_run *run, const struct node *n)
{
    const struct metric_io *own = &metrics_of(run->metrics, n)->own_io;
    return own->temp_read + own->temp_written;
}

const char *stake_work_mem(struct rule_run *run, double bytes)
{
    return bytes <= threshold(run, THRESHOLD_WORK_MEM) * 1024 * 1024 ? say_setting(run, bytes)
                                                                     : NULL;
}

double stake_hash_multiplier(const struct rule_run *run)
{
    int version = run->catalog ? run->catalog->version_num : 0;
    bool modern = version >= 150000 || run->plan->fractional_rows;
    return stake_setting(run, "hash_mem_multiplier", modern ? 2 : 1);
}

/* What a temporary block takes to be written or read. */
static const double TEMP_BLOCK_MS = 0.01;

double stake_temp(const struct rule_run *run, const struct node *n, double blocks)
{
    double ms = survey_own(n, PROP_TEMP_IO_READ_TIME) + survey_own(n, PROP_TEMP_IO_WRITE_TIME);
    if (!(run->metrics->unit == UNIT_TIME && num_known(ms)))
        ms = num_or(blocks, 0) * TEMP_BLOCK_MS;
    double cost = stake_from_ms(run, ms) / metrics_of(run->metrics, n)->processes;
    return fmin(cost, survey_weight(run, n));
}
