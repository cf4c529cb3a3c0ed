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
    int num;              /* attnum, 1-based */
    struct str type;      /* format_type: "character varying(80)", "timestamp with time zone" */
    struct str base_type; /* type without modifier, domains resolved: "character varying" */
    char category;        /* pg_type.typcategory; 0 unknown */
    int typlen;           /* -1 varlena; 0 unknown */
    char align;           /* c s i d; 0 unknown */
    bool not_null;
    bool generated;
    struct str collation; /* name of an explicit collation; {NULL, 0}: the type's default */
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

struct cat_index {
    struct str schema;
    struct str name;
    struct str am;         /* "btree" */
    struct str definition; /* CREATE INDEX statement */
    struct cat_rel *rel;
    struct cat_key *keys;  /* key columns first, then INCLUDE columns */
    size_t key_count;      /* without INCLUDE columns */
    size_t total_count;    /* with them */
    struct str predicate;  /* WHERE of a partial index, deparsed; else absent */
    struct str constraint; /* name of the constraint it stands for; else absent */
    bool unique, primary, exclusion, valid, replica_identity, nulls_not_distinct;
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
    struct cat_fk *next; /* all foreign keys of the catalog */
};

/* CREATE STATISTICS object. */
struct cat_ext_stats {
    struct str name;
    const struct str *columns;
    size_t column_count;
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
    struct cat_rel *parent;   /* partition or inheritance parent; NULL none */
    struct str partition_key; /* "RANGE (ts)"; absent: not partitioned */
    struct str view_sql;      /* view or matview: its defining query; else absent */
    double pages, tuples, all_visible_pages, size_bytes;
    double fillfactor; /* per cent; NAN default */
    /* pg_stat_all_tables; NAN unknown */
    double seq_scans, inserts, updates, deletes, hot_updates, live_tuples, dead_tuples;
    double modified_since_analyze;
    struct str
        last_analyze; /* later of last_analyze and last_autoanalyze; absent: never or unknown */
    struct cat_rel *next;
};

struct cat_setting {
    struct str name, value; /* value in the server's unit, e.g. kB for work_mem */
    struct cat_setting *next;
};

struct catalog {
    struct arena *arena;
    enum cat_door door;
    int version_num; /* server_version_num; 0 unknown */
    struct str database;
    struct str db_collate; /* pg_database.datcollate; absent unknown */
    struct cat_rel *rels;  /* in the order of the source */
    size_t rel_count;
    struct cat_fk *fks;
    const struct str *search_path;
    size_t search_path_count;
    struct cat_setting *settings;
    const struct str *extensions; /* installed extensions */
    size_t extension_count;
    bool extensions_known;
    struct str stats_reset; /* when the server's counters started; absent unknown */
    size_t problem_count;   /* statements or members that were left out */
    void *lookup;           /* name index, made by the doors through cat_finish */
};

void cat_free(struct catalog *cat);

/*
 * The relation that a name means: with a schema, exactly that; without, the first schema of
 * the search_path that has it, else the only relation of that name in any schema (NULL when
 * several have it). An empty schema counts as none.
 */
struct cat_rel *cat_find_rel(const struct catalog *cat, struct str schema, struct str name);
struct cat_column *cat_find_column(const struct cat_rel *rel, struct str name);
/* A numeric setting in its own unit, or what to assume when it is unknown. */
double cat_setting_num(const struct catalog *cat, const char *name, double otherwise);
bool cat_has_extension(const struct catalog *cat, const char *name);
/* Whether text of the column sorts by bytes (C or POSIX collation). C.UTF-8 does not count, as in
 * the planner. */
bool cat_column_is_c_collated(const struct catalog *cat, const struct cat_column *col);

/* Append a name as a SQL identifier: quoted when it needs it (reserved words included). */
void cat_add_ident(struct buf *b, struct str name);
/* Append schema.name, both as identifiers; the schema is left out when absent. */
void cat_add_qualified(struct buf *b, struct str schema, struct str name);

#endif
