/*
 * PostgreSQL's cost model: what a scan, sort, aggregate or join costs, in the planner's units.
 *
 * Pure arithmetic. Sizes, row counts and selectivities come from the caller: from statistics
 * (advise/selectivity.h), or from what a plan measured. The formulas are those of costsize.c
 * and selfuncs.c, 12 to 18; they are checked against EXPLAIN to the printed cent
 * (tests/unit/cost.c, tests/unit/model.c).
 */
#ifndef ADVISE_COST_H
#define ADVISE_COST_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/catalog.h"
#include "sql/pred.h"

#define COST_PAGE_BYTES 8192.0

/* The settings that the model depends on. */
struct cost_params {
    int version_num;
    double seq_page, random_page;
    double cpu_tuple, cpu_index_tuple, cpu_operator;
    double parallel_setup, parallel_tuple;
    double cache_pages; /* effective_cache_size */
    double work_mem_bytes;
    double hash_mem_bytes; /* work_mem x hash_mem_multiplier */
    double min_parallel_table_pages, min_parallel_index_pages;
    int max_workers; /* max_parallel_workers_per_gather */
};

/* Defaults of a server version (0: 15). */
void cost_params_default(struct cost_params *p, int version_num);
/* The catalog's settings, the defaults of its version where it has none; cat may be NULL. */
void cost_params_from(struct cost_params *p, const struct catalog *cat);

/* Cost of a path: before its first row, of all rows, and how many rows there are. */
struct cost {
    double startup, total, rows;
};

/* Cost of evaluating conditions: once, and per tuple. */
struct cost_quals {
    double startup, per_tuple;
};
/* n operators or functions of the ordinary cost. */
struct cost_quals cost_ops(const struct cost_params *p, double n);
/* What the planner charges for conditions (all of them are counted, none cuts another short). */
struct cost_quals cost_quals_of(const struct cost_params *p, const struct pred *const *preds,
                                size_t count);

/* ---- scans ---- */

struct cost_table {
    double pages, tuples;
    double visible;     /* share of the pages that are all-visible, 0 .. 1 */
    double query_pages; /* pages of all tables of the query; 0: this one is alone */
};
/* Size as the planner derives it (cat_current_size); without a catalog what the relation says.
 * False, with NAN in what is missing, when it is not known. */
bool cost_table_from(struct cost_table *t, const struct catalog *cat, const struct cat_rel *rel);

/* Workers the planner would ask for. */
int cost_workers(const struct cost_params *p, double heap_pages, double index_pages);
/* By how much rows and CPU work are divided, the leader's share included. */
double cost_parallel_divisor(int workers);

/* rows: what the scan gives in all; with workers, the result is one process's part. */
struct cost cost_seq_scan(const struct cost_params *p, const struct cost_table *t,
                          struct cost_quals quals, double rows, int workers);

enum cost_am { COST_BTREE, COST_HASH, COST_GIST, COST_GIN, COST_BRIN };

struct cost_index {
    enum cost_am am;
    double pages, tuples; /* tuples: entries; of a partial index those it holds */
    int height;           /* levels above the leaves; -1: unknown (hypothetical): costs nothing */
    size_t key_count;
    double correlation;     /* of the first key, as pg_stats has it; NAN or 0: none */
    double pages_per_range; /* BRIN; 0: 128 */
    /* GIN, as its metapage has them; 0: guessed from the size */
    double entry_pages, data_pages, entries, pending_pages;
};

/* How conditions use an index. */
struct cost_probe {
    double sel;           /* of all index conditions and the index's predicate */
    double boundary_sel;  /* of those that limit the part of the index that is read */
    double searches;      /* descents: product of the lengths of IN lists, at least 1 */
    double list_searches; /* the same counting lists on keys beyond the boundary, which ..16 charges
                             as well; 0: searches */
    size_t quals;         /* index conditions */
    bool one_row;         /* a unique index with '=' on every key, without IN and IS NULL */
    double loops;         /* executions (inner side of a nested loop), at least 1 */
    bool index_only;
    struct cost_quals filter;       /* other conditions, checked on each row */
    double gin_exact, gin_prefixes; /* GIN: search entries; searches by prefix */
    double gin_scans;               /* GIN: elements of an = ANY condition; 0: 1 */
    bool gin_full;                  /* GIN: a condition that reads the whole index */
};

/* The index's own part, before any heap page. */
struct cost_access {
    double startup, total;
    double sel;         /* share of the heap's rows that it points to */
    double correlation; /* effective */
};
struct cost_access cost_index_access(const struct cost_params *p, const struct cost_table *t,
                                     const struct cost_index *ix, const struct cost_probe *probe);

/* Index (only) scan; one execution. rows: what it gives per execution; NAN: what it fetches. */
struct cost cost_index_scan(const struct cost_params *p, const struct cost_table *t,
                            const struct cost_index *ix, const struct cost_probe *probe,
                            double rows, int workers);

/* One bitmap index scan, or a combination of some. */
struct cost_bitmap {
    double total;       /* of the index parts */
    double sel;         /* share of the rows */
    double index_pages; /* of all indexes involved */
    bool combined;      /* an AND or OR */
};
/* rows: row estimate of the Bitmap Heap Scan above. */
struct cost_bitmap cost_bitmap_leg(const struct cost_params *p, const struct cost_index *ix,
                                   const struct cost_access *a, double rows);
struct cost_bitmap cost_bitmap_and(const struct cost_params *p, const struct cost_bitmap *legs,
                                   size_t count);
struct cost_bitmap cost_bitmap_or(const struct cost_params *p, const struct cost_bitmap *legs,
                                  size_t count);
/* quals: all conditions of the table (the recheck is charged in full). */
struct cost cost_bitmap_heap(const struct cost_params *p, const struct cost_table *t,
                             const struct cost_bitmap *b, struct cost_quals quals, double rows,
                             double loops, int workers);

/*
 * Mackert and Lohman: distinct pages of a table that fetching tuples one by one reads, given the
 * cache. index_pages: size of the index that leads there.
 */
double cost_pages_fetched(const struct cost_params *p, double tuples, double pages,
                          double index_pages, double query_pages);

/* ---- B-tree conditions ---- */

/* The conditions on one key column of an index. */
struct cost_key {
    bool equal;      /* =, IN or IS NULL */
    bool is_null;    /* IS NULL among them */
    double elements; /* length of an IN list (product, if several); 0 or 1: none */
    bool range;      /* < <= > >= (also IS NOT NULL) */
    double sel;      /* of all conditions on this key together; 1 when there are none */
    size_t quals;    /* conditions on this key */
    double distinct; /* of the column; NAN when only a default is known (skip scan, 18+) */
};
/*
 * Fill the probe's sel, boundary_sel, searches, quals and one_row from the conditions by key, in
 * index order. predicate_sel: of a partial index's predicate where the conditions do not imply it,
 * else 1.
 */
void cost_probe_btree(const struct cost_params *p, const struct cost_index *ix, bool unique,
                      const struct cost_key *keys, size_t count, double predicate_sel,
                      struct cost_probe *out);

/* ---- above scans ---- */

struct cost cost_gather(const struct cost_params *p, struct cost partial, double rows);
struct cost cost_gather_merge(const struct cost_params *p, struct cost partial, double rows,
                              int workers);

/* limit: rows wanted (LIMIT + OFFSET); NAN or 0: all. width in bytes. */
struct cost cost_sort(const struct cost_params *p, struct cost in, double width, double limit);
/* groups: distinct values of the presorted keys. */
struct cost cost_incremental_sort(const struct cost_params *p, struct cost in, double groups,
                                  double width, double limit);
/* count NAN: no limit; offset 0: none. */
struct cost cost_limit(struct cost in, double offset, double count);
struct cost cost_materialize(const struct cost_params *p, struct cost in, double width);
/* Reading a materialised result again. */
struct cost cost_materialize_rescan(const struct cost_params *p, struct cost in, double width);

enum cost_agg { COST_AGG_PLAIN, COST_AGG_SORTED, COST_AGG_HASHED };
struct cost_agg_work {
    size_t aggs;   /* aggregate functions */
    size_t finals; /* those of them with a final step: avg, sum of numeric, array_agg ... */
    size_t keys;   /* grouping columns */
    double groups;
    double width; /* of the input in bytes */
};
struct cost cost_aggregate(const struct cost_params *p, enum cost_agg how, struct cost in,
                           const struct cost_agg_work *w);
/* Evaluating expressions of the target list for every row of a path. */
struct cost cost_project(struct cost in, struct cost_quals expressions);

/* ---- joins ---- */

/* What is known of a join's row counts and conditions. */
struct cost_join {
    double rows; /* result */
    bool single; /* semi, anti or inner-unique: one match is enough */
    bool anti;
    double match_frac;       /* single: share of the outer rows that find a partner */
    double match_count;      /* single: partners of one that does, on average */
    struct cost_quals quals; /* conditions checked on joined rows, hash/merge clauses left out */
};

/*
 * rescan: one further execution of the inner side. indexed: the inner side is an index or bitmap
 * scan (not through Memoize) that all join conditions are index conditions of; only looked at when
 * one match is enough.
 */
struct cost cost_nested_loop(const struct cost_params *p, struct cost outer, struct cost inner,
                             struct cost rescan, const struct cost_join *j, bool indexed);
/*
 * clauses: hash conditions. bucket: largest share of the inner rows that one bucket takes
 * (cost_hash_bucket). matched: rows that pass the hash conditions; NAN: j->rows.
 */
struct cost cost_hash_join(const struct cost_params *p, struct cost outer, double outer_width,
                           struct cost inner, double inner_width, size_t clauses, double bucket,
                           double matched, const struct cost_join *j);
/*
 * Largest share of the inner rows in one bucket, from the inner key's statistics: distinct values
 * and null share in its table, frequency of its most common value (0: none), and which share of
 * the table's rows (kept, 0 .. 1) comes to the join.
 */
struct cost_hash_key {
    double distinct, null_frac, most_common, kept;
};
double cost_hash_bucket(const struct cost_params *p, double inner_rows, double inner_width,
                        const struct cost_hash_key *key);
/*
 * outer and inner are ordered already (add cost_sort). The *_start and *_end are the shares of
 * each input at which the other's range starts and ends (0 and 1: all is read). matched: rows
 * that pass the merge conditions.
 */
struct cost_merge {
    size_t clauses;
    double outer_start, outer_end, inner_start, inner_end;
    double matched;
    bool materialize_inner;
};
struct cost cost_merge_join(const struct cost_params *p, struct cost outer, struct cost inner,
                            const struct cost_merge *m, const struct cost_join *j);
/*
 * A rescan through Memoize (14+): calls of the inner side with `distinct` different keys,
 * width of its rows.
 */
struct cost cost_memoize_rescan(const struct cost_params *p, struct cost inner, double width,
                                double calls, double distinct);

#endif
