/*
 * Index advice: the answer.
 *
 * For every table reference of every query that was looked at, either an index, or a reason
 * why none helps, or why one that exists cannot serve. Advice lives in the run's arena and
 * points into plans and the catalog.
 */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct cat_index;
struct cat_rel;
struct catalog;
struct err;
struct node;
struct plan;
struct plan_metrics;
struct query;
struct trigger;

/* How a figure or a verdict was come by, surest first. */
enum advice_basis {
    BASIS_MEASURED, /* the index was built and the query run */
    BASIS_PLANNER,  /* the real planner chose it (hypothetical index) */
    BASIS_MODEL,    /* our cost model, with the catalog's statistics or the plan's actual rows */
    BASIS_SQL,      /* from SQL and schema only: no plan, no data */
    BASIS_RULE      /* a rule that no cost estimate can see (foreign keys) */
};
extern const char *const advice_basis_name[]; /* "measured" "planner" "model" "sql only" "rule" */

/* How sure we are that the index is worth having. */
enum advice_confidence { ADVICE_LOW, ADVICE_MEDIUM, ADVICE_HIGH };
extern const char *const advice_confidence_name[];

/* One key or INCLUDE column of a proposed index. */
struct advice_key {
    struct str column;    /* raw name; absent for an expression */
    struct str expr;      /* expression in SQL; absent for a column */
    struct str opclass;   /* absent: default */
    struct str collation; /* absent: the column's */
    bool desc;
    bool nulls_first; /* effective; default is desc */
    const char
        *role; /* why it stands here: "equality" "range" "sort" "join" "group" "search" "covered" */
};

/* A query that an index serves (or harms). */
struct advice_effect {
    size_t query;                   /* index into advice.queries */
    const struct node *node;        /* the scan it replaces; NULL when known from SQL only */
    double cost_before, cost_after; /* planner units, whole query; NAN unknown */
    double ms_before, ms_after;     /* estimate from actual times, whole query; NAN unknown */
};

struct advice_index {
    const char *id;            /* "I1": by gain, largest first */
    struct str schema, table;  /* raw names */
    const struct cat_rel *rel; /* NULL: no catalog */
    const char *am;            /* "btree" */
    struct advice_key *keys;
    size_t key_count; /* without INCLUDE columns */
    size_t total_count;
    struct str predicate; /* SQL; absent: not partial */
    const char *name;     /* proposed index name */
    const char *columns; /* "tasks (project_id, priority DESC) WHERE status <> 'done'": for lists */
    const char *up;      /* statement(s), each ended by ';' and a newline */
    const char *down;
    const char *before;    /* what must be there first: CREATE EXTENSION pg_trgm; NULL nothing */
    const char *rationale; /* why this index, why in this order */
    const char **cautions; /* locks, HOT updates lost, statistics to gather ... one line each */
    size_t caution_count;
    const struct cat_index **replaces; /* existing indexes that it makes redundant */
    size_t replace_count;
    double size_bytes;      /* NAN unknown */
    double build_seconds;   /* a guess; NAN unknown */
    double write_wal_bytes; /* per row written; NAN unknown */
    double write_us;        /* microseconds per row written */
    bool loses_hot;         /* updates of its columns stop being HOT */
    double gain_share;      /* of the whole workload's cost or time, 0..1, alone */
    double marginal_share;  /* with the other chosen ones in place */
    struct advice_effect *effects;
    size_t effect_count;
    enum advice_basis basis;
    enum advice_confidence confidence;
};

enum advice_note_kind {
    NOTE_NO_INDEX_HELPS, /* "reads 82 % of the table: a sequential scan is the cheapest way" */
    NOTE_CANNOT_SERVE,   /* an index exists but cannot serve, and why */
    NOTE_EXISTS,         /* an index exists and serves; what is slow is something else */
    NOTE_REJECTED,       /* a candidate that was considered and is not worth it */
    NOTE_UNKNOWN         /* relation or column not in the catalog, condition not understood */
};

struct advice_note {
    enum advice_note_kind kind;
    size_t query;
    const struct node *node; /* NULL: not about one node */
    struct str schema, table;
    const struct cat_index *index; /* CANNOT_SERVE, EXISTS; NULL otherwise */
    const char *text;              /* the answer, one or two sentences */
    const char *instead;           /* what to do instead (rewrite, ANALYZE ...); NULL nothing */
};

/* What is answered to a query, in one word. */
enum advice_verdict {
    VERDICT_INDEX,        /* one or more of the chosen indexes serve it */
    VERDICT_EXISTS,       /* an existing index serves it already */
    VERDICT_CANNOT_SERVE, /* an existing index would, but for the way the query is written */
    VERDICT_NO_INDEX,     /* no index helps */
    VERDICT_UNKNOWN       /* the statement was not understood */
};
extern const char *const advice_verdict_name[];

struct advice_query {
    struct str name;         /* "-- name:" of a script, file name, or fingerprint */
    struct str sql;          /* absent: only the plan is known */
    const struct plan *plan; /* NULL: from SQL only */
    const struct plan_metrics *metrics;
    double weight;                  /* calls, or 1 */
    double cost_before, cost_after; /* with all chosen indexes */
    double ms_before, ms_after;
    /* The real planner's plans, without and with the chosen indexes (by their hypothetical names);
     * NULL: it was not asked. */
    const struct plan *before, *after;
    const char *planned_with; /* values of its parameters; NULL: it has none */
    enum advice_verdict verdict;
    const char *answer; /* the indexes that serve it, or the reason why there are none */
    const struct advice_index **indexes; /* that serve it, in the order of their ids */
    size_t index_count;
};

struct advice {
    struct advice_index *indexes; /* chosen ones, by gain */
    size_t index_count;
    struct advice_note *notes; /* in the order of the queries */
    size_t note_count;
    struct advice_query *queries;
    size_t query_count;
    bool unchecked; /* no catalog: existing indexes are not known */
    enum advice_basis basis;
    bool in_ms;                     /* the unit of the next two: milliseconds, else planner cost */
    double cost_before, cost_after; /* weighted, whole workload */
    double size_bytes;              /* of all chosen indexes */
    size_t whatif_calls;            /* 0 offline */
    bool interrupted;               /* the user stopped it: the best that was found until then */
};

/* What may be chosen. */
struct advice_limits {
    double budget_bytes; /* 0: none */
    size_t max_indexes;  /* 0: no limit */
    double write_weight; /* 0 reads only .. 1 as measured .. more: writes matter more */
    double least_share;  /* gain below which an index is not worth having, share of the workload */
};
void advice_limits_init(struct advice_limits *l);

/* One query to advise on: a plan, or SQL, or both. */
struct advice_input {
    struct str name;
    struct str sql;          /* absent: take the plan's query text if it has one */
    const struct plan *plan; /* NULL: SQL only */
    const struct plan_metrics *metrics;
    double weight;             /* calls; <= 0 counts as 1 */
    double rows;               /* rows that the query is said to give; <= 0 unknown */
    const struct query *query; /* sql analysed already (sql/query.h); NULL: advise does it */
};

struct whatif;

/*
 * Advise on a workload. cat may be NULL (advice is then marked unchecked); planner may be NULL
 * (the model judges). With a planner all figures are its costs, and what it does not use is not
 * proposed; what it cannot judge is the model's, scaled to them. Memory from a, which must not
 * outlive the inputs. Never fails: what cannot be understood becomes a note.
 */
struct advice *advise(struct arena *a, const struct catalog *cat, const struct advice_input *inputs,
                      size_t count, const struct advice_limits *limits, struct whatif *planner);

/* The chosen index that serves a scan node, NULL when there is none. */
const struct advice_index *advice_for_node(const struct advice *adv, const struct node *n);
/* The notes of a query: a stretch of adv->notes, which are in the order of the queries. */
const struct advice_note *advice_notes_of(const struct advice *adv, size_t query, size_t *count);
/* The first note about a node, NULL when there is none. */
const struct advice_note *advice_note_for_node(const struct advice *adv, const struct node *n);

#endif
