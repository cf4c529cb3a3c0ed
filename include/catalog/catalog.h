/*
 * What an advisor knows of a database: relations, columns with statistics, indexes,
 * constraints, extensions, settings.
 *
 * A catalog comes through one of three doors (a DDL file, a snapshot, a live server)
 * and is never changed once its door has returned it. Everything in it lives in its
 * arena; who called the door owns the catalog and frees it with cat_free. Names are
 * raw (unquoted, as in pg_class); cat_add_ident quotes them.
 *
 * A number that the door does not know is NAN, a text it does not know is {NULL, 0}.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct cat_lookup;

enum cat_door { CAT_DOOR_DDL, CAT_DOOR_SNAPSHOT, CAT_DOOR_LIVE };

/* Per-column statistics, as in pg_stats (shares are of all rows, NULL included). */
struct cat_stats {
    bool known;
    double null_frac;
    double avg_width;   /* bytes */
    double n_distinct;  /* as stored: negative is -(distinct / rows) */
    double correlation; /* NAN for types without an order */
    size_t mcv_count;
    const struct str *mcv; /* most common values as text, most frequent first */
    const double *mcf;
    size_t bound_count;
    const struct str *bounds; /* histogram bounds as text */
    size_t elem_count;
    const struct str *elems; /* most common elements of arrays and tsvector */
    const double *elem_freqs;
};

struct cat_column {
    struct str name;
    int num;              /* attnum, 1-based; dropped columns leave gaps */
    struct str type;      /* format_type: "character varying(80)", "timestamp with time zone" */
    struct str base_type; /* type without modifier, domains resolved: "character varying" */
    char category;        /* pg_type.typcategory; 0 unknown */
    int typlen;           /* -1 varlena; 0 unknown */
    char align;           /* c s i d; 0 unknown */
    bool not_null;
    bool generated;       /* GENERATED ALWAYS AS (expression) */
    bool virtual_column;  /* generated when read (18+): cannot be indexed */
    struct str collation; /* name of an explicit collation; {NULL, 0}: the type's default */
    struct str collate;   /* LC_COLLATE of that collation; absent: unknown */
    struct cat_stats stats;
};

struct cat_key {
    struct str column; /* column name; absent for an expression */
    struct str expr;   /* expression as deparsed; absent for a column */
    bool desc;
    bool nulls_first;
    struct str opclass;     /* "text_pattern_ops"; absent: the type's default */
    struct str collation;   /* collation that differs from the column's; else absent */
    struct cat_stats stats; /* of an expression */
};

/* Expressions and predicates read as pg_get_expr prints them: "lower((email)::text)". */
struct cat_index {
    struct str schema;
    struct str name;
    struct str am;         /* "btree" */
    struct str definition; /* CREATE INDEX statement as pg_get_indexdef prints it */
    struct cat_rel *rel;
    struct cat_index *parent; /* index of the partitioned table that this one is attached to */
    struct cat_key *keys;     /* key columns first, then INCLUDE columns */
    size_t key_count;         /* without INCLUDE columns */
    size_t total_count;       /* with them */
    struct str predicate;     /* WHERE of a partial index, deparsed; else absent */
    struct str constraint;    /* name of the constraint it stands for; else absent */
    bool unique, primary, exclusion, valid, replica_identity, nulls_not_distinct;
    bool deferrable;   /* its constraint may be checked late: proves no uniqueness to the planner */
    bool clustered;    /* CLUSTER ON */
    double fillfactor; /* per cent; NAN default */
    const struct str *options; /* all storage parameters, "fillfactor=70" */
    size_t option_count;
    double pages, tuples, size_bytes;
    double scans;           /* pg_stat: idx_scan */
    struct cat_index *next; /* on the same relation */
};

enum cat_fk_action {
    CAT_FK_NO_ACTION,
    CAT_FK_RESTRICT,
    CAT_FK_CASCADE,
    CAT_FK_SET_NULL,
    CAT_FK_SET_DEFAULT
};

struct cat_fk {
    struct str name;
    struct cat_rel *rel;       /* the referencing relation */
    const struct str *columns; /* in constraint order */
    size_t column_count;
    struct str ref_schema, ref_name;
    struct cat_rel *ref; /* NULL if the catalog lacks it */
    const struct str *ref_columns;
    enum cat_fk_action on_delete, on_update;
    bool inherited;      /* a partition's share in a foreign key of its parent */
    bool not_enforced;   /* NOT ENFORCED (18+): no trigger, no look-ups */
    struct cat_fk *next; /* all foreign keys of the catalog */
};

/* CREATE STATISTICS object. */
struct cat_ext_stats {
    struct str name;
    const struct str *columns; /* plain columns; expressions are not listed */
    size_t column_count;
    bool has_expressions;
    bool ndistinct, dependencies, mcv;
    double ndistinct_value; /* for all its columns together; NAN unknown */
    struct cat_ext_stats *next;
};

struct cat_rel {
    struct str schema;
    struct str name;
    char kind;        /* pg_class.relkind: r p m f v */
    char persistence; /* p u t */
    struct cat_column *columns;
    size_t column_count;
    struct cat_index *indexes;
    struct cat_ext_stats *ext_stats;
    struct cat_rel *parent;     /* partition or inheritance parent; NULL none */
    bool is_partition;          /* of parent; false: plain inheritance */
    struct str partition_key;   /* "RANGE (ts)"; absent: not partitioned */
    struct str partition_bound; /* "FOR VALUES FROM (1) TO (2)", "DEFAULT"; absent: no partition */
    struct str view_sql;        /* view or matview: its defining query; else absent */
    bool columns_open;          /* not all columns could be told (view over something unknown) */
    bool cannot_select;         /* the role that took the snapshot may not read it: no statistics */
    bool row_security;          /* row level security is on: pg_stats hides it from the role */
    /* As in pg_class, of the last VACUUM or ANALYZE (see cat_current_size); size_bytes is of now */
    double pages, tuples, all_visible_pages, size_bytes;
    double fillfactor;       /* per cent; NAN default */
    double parallel_workers; /* storage parameter; NAN default */
    /* pg_stat_all_tables; NAN unknown */
    double seq_scans, inserts, updates, deletes, hot_updates, live_tuples, dead_tuples;
    double modified_since_analyze;
    /* The later of the manual and the automatic one; absent: never or unknown. */
    struct str last_analyze, last_vacuum;
    struct cat_rel *next;
};

struct cat_setting {
    struct str name, value; /* value in the server's unit, e.g. kB for work_mem */
    struct str unit;        /* "kB", "8kB", "ms"; absent: none */
    struct cat_setting *next;
};

/* Something in the source that was left out, and why. */
struct cat_problem {
    struct str file;     /* as the door was told; absent: none */
    size_t line, column; /* 1-based, column in characters; 0: unknown */
    struct str message;
    struct cat_problem *next;
};

struct catalog {
    struct arena *arena;
    enum cat_door door;
    int version_num; /* server_version_num; 0 unknown */
    struct str database;
    struct str db_collate; /* pg_database.datcollate; absent unknown */
    char db_provider;      /* pg_database.datlocprovider: c libc, i ICU, b builtin; 0 unknown */
    struct str db_locale;  /* locale of an ICU or builtin database; absent unknown */
    double block_size;     /* bytes */
    struct cat_rel *rels;  /* in the order of the source */
    size_t rel_count;
    struct cat_fk *fks;
    const struct str *search_path;
    size_t search_path_count;
    struct cat_setting *settings;
    const struct str *extensions; /* installed extensions */
    size_t extension_count;
    bool extensions_known;
    struct str stats_reset;       /* when the server's counters started; absent unknown */
    struct cat_problem *problems; /* in the order of the source; the first CAT_PROBLEMS_KEPT */
    size_t problem_count;         /* statements or members that were left out, all of them */
    struct cat_lookup *lookup;    /* name index, kept by the doors */
};

enum { CAT_PROBLEMS_KEPT = 100 };

/* Frees the catalog and everything in it; NULL is allowed. */
void cat_free(struct catalog *cat);

/*
 * The relation that a name means: with a schema, exactly that ("pg_temp" and "pg_temp_3" mean
 * any temporary schema); without, a temporary relation, then the first schema of the
 * search_path that has it, else the only relation of that name in any schema (NULL when
 * several have it). An empty schema counts as none.
 */
struct cat_rel *cat_find_rel(const struct catalog *cat, struct str schema, struct str name);
/* How many relations of any schema bear the name: tells "unknown" from "ambiguous". */
size_t cat_count_rels(const struct catalog *cat, struct str name);
/* The index of that name, resolved in the same way. */
struct cat_index *cat_find_index(const struct catalog *cat, struct str schema, struct str name);
struct cat_column *cat_find_column(const struct cat_rel *rel, struct str name);
/* The value of a setting; absent when it is unknown. */
struct str cat_setting_text(const struct catalog *cat, const char *name);
/* A numeric setting in its own unit, or what to assume when it is unknown. */
double cat_setting_num(const struct catalog *cat, const char *name, double otherwise);
bool cat_has_extension(const struct catalog *cat, const char *name);
/* Whether text of the column sorts by bytes (C or POSIX collation). C.UTF-8 does not count, as in
 * the planner. */
bool cat_column_is_c_collated(const struct catalog *cat, const struct cat_column *col);
/* Bytes that a value of the column takes on average: measured, else what the planner assumes. */
double cat_column_width(const struct cat_column *col);
/* The same for all columns of a row, without header and padding. */
double cat_row_width(const struct cat_rel *rel);
/*
 * Pages and live tuples as the planner sees them now: current size of the file, and the density
 * of the last VACUUM or ANALYZE. Where only the tuples are known (a hint in a DDL file), the
 * pages that they fill at the columns' widths. False (and NAN in what is missing) when nothing
 * is known.
 */
bool cat_current_size(const struct catalog *cat, const struct cat_rel *rel, double *pages,
                      double *tuples);

/* Append a name as a SQL identifier: quoted when it needs it (reserved words included). */
void cat_add_ident(struct buf *b, struct str name);
/* Append schema.name, both as identifiers; the schema is left out when absent. */
void cat_add_qualified(struct buf *b, struct str schema, struct str name);
/* Append text as a SQL string literal: 'it''s', E'back\\slash'. */
void cat_add_literal(struct buf *b, struct str text);
/*
 * A name made of parts as the server makes one: name1_name2_label, where name1 and name2 are cut
 * (the longer first) so that it all fits in 63 bytes. name2 and label may be absent.
 */
struct str cat_make_name(struct arena *a, struct str name1, struct str name2, struct str label);
/* Whether a relation or an index of the schema has the name. */
bool cat_name_taken(const struct catalog *cat, struct str schema, struct str name);
/*
 * The name that the server would choose for an index: table_col1_col2_idx, with a number after
 * the label when that is taken. columns: names of columns, or for expressions what
 * cat_index_column_name says; label: "idx", "key", "pkey" (then without columns), "excl".
 */
struct str cat_choose_index_name(const struct catalog *cat, struct arena *a,
                                 const struct cat_rel *rel, const struct str *columns,
                                 size_t column_count, const char *label);
/*
 * Append the statement that makes the index, as pg_get_indexdef prints it, without semicolon.
 * concurrently: CREATE INDEX CONCURRENTLY.
 */
void cat_add_index_definition(struct buf *b, const struct cat_index *ix, bool concurrently);

#endif
