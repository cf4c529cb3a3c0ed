/* What the files of the workload share. Queries, shapes and findings are allocated one by one and
 * owned by their table. */
#ifndef WORK_WORKLOAD_PRIVATE_H
#define WORK_WORKLOAD_PRIVATE_H

#include "base/digest.h"
#include "work/statement.h"
#include "work/workload.h"

/* Texts seen lately and the query that they are; two places for each. Bounded: what falls out is
 * worked out again. */
enum { CACHE_SLOTS = 8192 };
struct text_cache {
    struct cache_entry {
        struct digest digest;
        struct work_query *query; /* NULL: an empty place */
    } entry[CACHE_SLOTS];
};

/* A query with what only we write to. */
struct query {
    struct work_query q; /* first: the one is found from the other */
    size_t shape_cap, finding_cap;
    uint64_t *constants; /* q.constants */
};

struct workload {
    struct workload_options options;
    struct query **queries; /* in the order they came */
    size_t query_count, query_cap;
    uint32_t *slots; /* open addressing by id: index + 1; 0 empty */
    size_t slot_count;
    struct text_cache *raw;     /* by the text as sent */
    struct text_cache *read;    /* by the text as statement_read() has it */
    struct statement statement; /* scratch */
    uint64_t *node_digest;      /* scratch, by node id - 1 */
    unsigned char *node_below;  /* scratch: below an Append */
    size_t node_cap;
    struct buf scratch;
    struct work_total total;
    uint64_t count[WORK_COUNT_COUNT];
    struct work_problem problems[WORK_PROBLEMS_KEPT]; /* texts are malloc'ed */
    size_t problem_count;
    struct str *files; /* names, on the heap, ascending */
    size_t file_count, file_cap;
    struct str last_file; /* of files */
};

static inline struct query *query_of(const struct work_query *q)
{
    return (struct query *)(uintptr_t)q;
}

/* A copy on the heap, NUL-terminated; absent stays absent. */
struct str heap_str(struct str s);

/* ---- workload_table.c ---- */

/* The query of an id, made when it is new. */
struct query *query_get(struct workload *w, uint64_t id);
struct query *query_find(const struct workload *w, uint64_t id);
void query_free(struct query *q);
/* The text that shows: the shortest, then the first by bytes. */
void query_offer_text(struct query *q, struct str text, size_t len);
/* Keep the constants that these have, too; NULL and 0 with known false: nothing was known. */
void query_meet_constants(struct query *q, const uint64_t *constants, size_t count);
struct work_shape *shape_get(struct query *q, uint64_t id);
void shape_free(struct work_shape *s);
struct work_finding *finding_get(struct query *q, const struct rule *rule, struct str subject);
void finding_free(struct work_finding *f);
/* Whether a finding of this stake and place is told rather than f's. */
bool finding_is_worse(const struct work_finding *f, uint64_t stake_ns, uint64_t share_ppm,
                      struct str file, size_t line, struct str title);
void finding_tell(struct work_finding *f, struct str title, struct str remedy, struct str sql,
                  struct str file, size_t line, uint64_t shape);

/* ---- workload_example.c ---- */

/* Whether an example like b would take a's place. a->file absent: there is none yet. */
bool example_is_better(const struct work_example *a, const struct work_example *b);
/* Make *x a copy of `from` on the heap (freeing what it held). */
void example_set(struct work_example *x, const struct work_example *from);
void example_release(struct work_example *x);
/* Digest of an example's texts and of its plan's (not packed) text. */
uint64_t example_digest(const struct work_example *x, struct str body);

/* ---- workload_shape.c ---- */

/* Fills w->node_digest and w->node_below; the digest of the whole tree. */
uint64_t shape_of(struct workload *w, const struct plan *p);
/* "Seq Scan on orders o"; below an Append digits of names become '#'. */
void shape_add_subject(struct buf *b, const struct workload *w, const struct node *n);

/* The plan as EXPLAIN (FORMAT JSON) has it. */
void plan_add_json(struct buf *b, const struct plan *p);

/* Times, as sums need them. */
void time_widen(int64_t *first_us, int64_t *last_us, int64_t time_us);
void work_io_merge(struct work_io *into, const struct work_io *from);
void work_spill_merge(struct work_spill *into, const struct work_spill *from);
void work_temp_merge(struct work_temp *into, const struct work_temp *from);
/* Another file that records came from, unless it is known. */
void file_add(struct workload *w, struct str name);
void problem_offer(struct workload *w, struct str file, size_t line, struct str message);

#endif
