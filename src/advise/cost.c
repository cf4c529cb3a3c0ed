#include "advise/cost.h"

#include <math.h>

#include "advise/colsel.h"
#include "advise/cost_private.h"

void cost_params_default(struct cost_params *p, int version_num)
{
    if (!version_num)
        version_num = 150000;
    *p = (struct cost_params){
        .version_num = version_num,
        .seq_page = 1,
        .random_page = 4,
        .cpu_tuple = 0.01,
        .cpu_index_tuple = 0.005,
        .cpu_operator = 0.0025,
        .parallel_setup = 1000,
        .parallel_tuple = 0.1,
        .cache_pages = 524288,
        .work_mem_bytes = 4096 * 1024.0,
        .hash_mem_bytes = 4096 * 1024.0 * (version_num >= 150000 ? 2 : 1),
        .min_parallel_table_pages = 1024,
        .min_parallel_index_pages = 64,
        .max_workers = 2,
    };
}

void cost_params_from(struct cost_params *p, const struct catalog *cat)
{
    cost_params_default(p, cat ? cat->version_num : 0);
    if (!cat)
        return;
    const struct {
        const char *name;
        double *value, unit;
    } settings[] = {
        {"seq_page_cost", &p->seq_page, 1},
        {"random_page_cost", &p->random_page, 1},
        {"cpu_tuple_cost", &p->cpu_tuple, 1},
        {"cpu_index_tuple_cost", &p->cpu_index_tuple, 1},
        {"cpu_operator_cost", &p->cpu_operator, 1},
        {"parallel_setup_cost", &p->parallel_setup, 1},
        {"parallel_tuple_cost", &p->parallel_tuple, 1},
        {"effective_cache_size", &p->cache_pages, 1},
        {"work_mem", &p->work_mem_bytes, 1024},
        {"min_parallel_table_scan_size", &p->min_parallel_table_pages, 1},
        {"min_parallel_index_scan_size", &p->min_parallel_index_pages, 1},
    };
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        double v = cat_setting_num(cat, settings[i].name, NAN);
        if (!isnan(v))
            *settings[i].value = v * settings[i].unit;
    }
    double multiplier = cat->version_num && cat->version_num < 150000 ? 1 : 2;
    multiplier = cat_setting_num(cat, "hash_mem_multiplier", multiplier);
    p->hash_mem_bytes = p->work_mem_bytes * multiplier;
    p->max_workers = (int)cat_setting_num(cat, "max_parallel_workers_per_gather", p->max_workers);
}

bool cost_table_from(struct cost_table *t, const struct catalog *cat, const struct cat_rel *rel)
{
    *t = (struct cost_table){.pages = rel->pages, .tuples = rel->tuples};
    if (cat)
        cat_current_size(cat, rel, &t->pages, &t->tuples);
    if (isnan(t->pages) || isnan(t->tuples) || t->tuples < 0)
        return false;
    if (rel->all_visible_pages > 0 && t->pages > 0)
        t->visible = fmin(1, rel->all_visible_pages / t->pages);
    return true;
}

double cost_rows_bytes(double rows, double width)
{
    return rows * (ceil(width / 8) * 8 + 24);
}

/* ---- parallel query ---- */

static int workers_for(double pages, double least, int most)
{
    if (least < 1)
        least = 1;
    if (pages < least)
        return 0;
    int workers = 1;
    for (double threshold = least * 3; pages >= threshold && workers < most; threshold *= 3)
        workers++;
    return workers;
}

int cost_workers(const struct cost_params *p, double heap_pages, double index_pages)
{
    int workers = p->max_workers;
    bool use_heap = heap_pages >= 0, use_index = index_pages >= 0;
    if (use_heap) {
        int w = workers_for(heap_pages, p->min_parallel_table_pages, p->max_workers);
        workers = w < workers ? w : workers;
    }
    if (use_index) {
        int w = workers_for(index_pages, p->min_parallel_index_pages, p->max_workers);
        workers = w < workers ? w : workers;
    }
    return workers;
}

double cost_parallel_divisor(int workers)
{
    double leader = 1 - 0.3 * workers;
    return workers + (leader > 0 ? leader : 0);
}

struct cost cost_gather(const struct cost_params *p, struct cost partial, double rows)
{
    struct cost c = {partial.startup + p->parallel_setup, 0, rows};
    c.total = c.startup + (partial.total - partial.startup) + p->parallel_tuple * rows;
    return c;
}

struct cost cost_gather_merge(const struct cost_params *p, struct cost partial, double rows,
                              int workers)
{
    double streams = workers + 1.0, log_streams = log2(streams), compare = 2 * p->cpu_operator;
    double startup = compare * streams * log_streams + p->parallel_setup;
    double run = rows * compare * log_streams + p->cpu_operator * rows;
    run += p->parallel_tuple * rows * 1.05;
    return (struct cost){startup + partial.startup, startup + run + partial.total, rows};
}

/* ---- heap scans ---- */

struct cost cost_seq_scan(const struct cost_params *p, const struct cost_table *t,
                          struct cost_quals quals, double rows, int workers)
{
    double cpu = (p->cpu_tuple + quals.per_tuple) * t->tuples;
    if (workers > 0) {
        cpu /= cost_parallel_divisor(workers);
        rows = sel_round_rows(rows / cost_parallel_divisor(workers));
    }
    double total = quals.startup + p->seq_page * t->pages + cpu;
    return (struct cost){quals.startup, total, rows};
}

double cost_pages_fetched(const struct cost_params *p, double tuples, double pages,
                          double index_pages, double query_pages)
{
    double all = pages > 1 ? pages : 1, total = query_pages + index_pages;
    total = total > 1 ? total : 1;
    double cache = p->cache_pages * all / total;
    cache = cache <= 1 ? 1 : ceil(cache);
    double fetched = 2 * all * tuples / (2 * all + tuples);
    if (all <= cache)
        return fetched >= all ? all : ceil(fetched);
    double limit = 2 * all * cache / (2 * all - cache);
    if (tuples > limit)
        fetched = cache + (tuples - limit) * (all - cache) / all;
    return ceil(fetched);
}

double cost_query_pages(const struct cost_table *t)
{
    return t->query_pages > t->pages ? t->query_pages : t->pages;
}

/* Heap pages of an index-only scan: those that are not all-visible. */
static double heap_pages(const struct cost_table *t, const struct cost_probe *probe, double pages)
{
    return probe->index_only ? ceil(pages * (1 - t->visible)) : pages;
}

/* Heap I/O of one execution when the index order is that of the heap, and when it is random. */
static void heap_io(const struct cost_params *p, const struct cost_table *t,
                    const struct cost_index *ix, const struct cost_probe *probe, double sel,
                    double tuples, double *least, double *most)
{
    double loops = probe->loops > 1 ? probe->loops : 1, all = cost_query_pages(t);
    double random = cost_pages_fetched(p, tuples * loops, t->pages, ix->pages, all);
    double dense = ceil(sel * t->pages);
    random = heap_pages(t, probe, random);
    *most = random * p->random_page / loops;
    if (loops > 1) {
        dense = cost_pages_fetched(p, dense * loops, t->pages, ix->pages, all);
        *least = heap_pages(t, probe, dense) * p->random_page / loops;
        return;
    }
    dense = heap_pages(t, probe, dense);
    *least = dense > 0 ? p->random_page + (dense > 1 ? (dense - 1) * p->seq_page : 0) : 0;
}

struct cost cost_index_scan(const struct cost_params *p, const struct cost_table *t,
                            const struct cost_index *ix, const struct cost_probe *probe,
                            double rows, int workers)
{
    struct cost_access a = cost_index_access(p, t, ix, probe);
    double tuples = sel_round_rows(a.sel * t->tuples), least, most;
    heap_io(p, t, ix, probe, a.sel, tuples, &least, &most);
    double io = most + a.correlation * a.correlation * (least - most);
    double cpu = (p->cpu_tuple + probe->filter.per_tuple) * tuples;
    rows = isnan(rows) ? tuples : rows;
    if (workers > 0) {
        cpu /= cost_parallel_divisor(workers);
        rows = sel_round_rows(rows / cost_parallel_divisor(workers));
    }
    double startup = a.startup + probe->filter.startup;
    return (struct cost){startup, startup + (a.total - a.startup) + io + cpu, rows};
}

/* ---- bitmaps ---- */

struct cost_bitmap cost_bitmap_leg(const struct cost_params *p, const struct cost_index *ix,
                                   const struct cost_access *a, double rows)
{
    return (struct cost_bitmap){
        .total = a->total + 0.1 * p->cpu_operator * rows, .sel = a->sel, .index_pages = ix->pages};
}

#define COMBINE_OPERATORS 100.0

struct cost_bitmap cost_bitmap_and(const struct cost_params *p, const struct cost_bitmap *legs,
                                   size_t count)
{
    struct cost_bitmap b = {.sel = 1, .combined = true};
    for (size_t i = 0; i < count; i++) {
        b.total += legs[i].total + (i ? COMBINE_OPERATORS * p->cpu_operator : 0);
        b.sel *= legs[i].sel;
        b.index_pages += legs[i].index_pages;
    }
    return b;
}

struct cost_bitmap cost_bitmap_or(const struct cost_params *p, const struct cost_bitmap *legs,
                                  size_t count)
{
    struct cost_bitmap b = {.combined = true};
    for (size_t i = 0; i < count; i++) {
        b.total += legs[i].total;
        if (i && legs[i].combined)
            b.total += COMBINE_OPERATORS * p->cpu_operator;
        b.sel += legs[i].sel;
        b.index_pages += legs[i].index_pages;
    }
    b.sel = fmin(b.sel, 1);
    return b;
}

/* Pages that a bitmap of work_mem can hold exactly. */
static double bitmap_entries(const struct cost_params *p)
{
    return fmax(16, floor(p->work_mem_bytes / 64));
}

/* A bitmap that outgrows work_mem forgets rows of some pages, and all rows there are checked. */
static double lossy_tuples(const struct cost_params *p, const struct cost_table *t, double sel,
                           double tuples)
{
    double all = fmax(t->pages, 1), entries = bitmap_entries(p);
    double pages = fmin(2 * all * tuples / (2 * all + tuples), t->pages);
    if (entries >= pages)
        return tuples;
    double lossy = fmax(0, pages - floor(entries / 2)), exact = pages - lossy;
    if (lossy <= 0)
        return tuples;
    return sel_round_rows(sel * (exact / pages) * t->tuples + lossy / pages * t->tuples);
}

struct cost cost_bitmap_heap(const struct cost_params *p, const struct cost_table *t,
                             const struct cost_bitmap *b, struct cost_quals quals, double rows,
                             double loops, int workers)
{
    double tuples = sel_round_rows(b->sel * t->tuples), all = fmax(t->pages, 1);
    double pages = 2 * all * tuples / (2 * all + tuples);
    if (loops > 1)
        pages =
            cost_pages_fetched(p, tuples * loops, t->pages, b->index_pages, cost_query_pages(t)) /
            loops;
    pages = pages >= all ? all : ceil(pages);
    tuples = lossy_tuples(p, t, b->sel, tuples);
    double per_page = p->random_page;
    if (pages >= 2)
        per_page -= (p->random_page - p->seq_page) * sqrt(pages / all);
    double cpu = (p->cpu_tuple + quals.per_tuple) * tuples, startup = b->total + quals.startup;
    if (workers > 0) {
        cpu /= cost_parallel_divisor(workers);
        rows = sel_round_rows(rows / cost_parallel_divisor(workers));
    }
    return (struct cost){startup, startup + pages * per_page + cpu, rows};
}
