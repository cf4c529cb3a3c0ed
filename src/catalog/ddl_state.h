/*
 * A DDL file on its way into a catalog: what its readers share.
 *
 * Statements are carried out in their order, each on the catalog that those before it made,
 * as the server would. What a statement asks for and cannot be done is a problem of the
 * catalog, and the statement's other parts are done all the same.
 */
#ifndef CATALOG_DDL_STATE_H
#define CATALOG_DDL_STATE_H

#include "base/json.h"
#include "catalog/build.h"
#include "catalog/ddl_split.h"

struct cat_names;

/* A type as a column has it. */
struct ddl_type {
    struct str type;      /* as format_type prints it */
    struct str base_type; /* without modifier, domains resolved */
    char category;        /* 0: unknown */
    int len;
    char align;
    bool collatable;
    bool serial;          /* smallserial, serial, bigserial: NOT NULL */
    struct str collation; /* of a domain; absent: the type's default */
};

/* CREATE TYPE, CREATE DOMAIN. */
struct ddl_user_type {
    struct str schema, name;
    struct ddl_type t;
    struct cat_rel *row; /* columns of a composite type; else NULL */
};

/* CREATE COLLATION. */
struct ddl_collation {
    struct str name, collate;
    struct ddl_collation *next;
};

struct ddl {
    struct catalog *cat;
    struct arena *scratch; /* the parse tree of the current statement */
    struct str file;       /* name, for problems */
    struct ddl_source source;
    struct str statement;
    struct cat_names *types; /* struct ddl_user_type by raw name */
    struct ddl_collation *collations;
    struct str *seen_path; /* schemas that search_path has named, in order */
    size_t seen_path_count;
    bool path_is_default;       /* seen_path is the database's or a role's own setting */
    struct cat_rel *last_table; /* made by the last statement; NULL if it made none */
    bool not_enforced;          /* the statement says NOT ENFORCED (see ddl_newer.c) */
    size_t failed_bytes;        /* text that was read more than once because of errors */
};

/* ddl.c */
enum { DDL_NOWHERE = -1 };
/* Note what could not be done; location: byte offset in the statement, or DDL_NOWHERE. */
void cat_ddl_problem(struct ddl *d, double location, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Copies that live as long as the catalog. */
struct str cat_ddl_keep(struct ddl *d, struct str s);
/* {"String": {"sval": "x"}} -> x; absent if it is something else. */
struct str cat_ddl_string(const struct json *node);
/* The last part of a qualified name (a list of String nodes), and the part before it. */
struct str cat_ddl_last_name(const struct json *list);
struct str cat_ddl_first_name(const struct json *list);
/* A list of String nodes as kept texts. */
const struct str *cat_ddl_names(struct ddl *d, const struct json *list, size_t *count);
/* The only member's name of a node, "IndexStmt"; *body is what it holds. */
struct str cat_ddl_node(const struct json *node, const struct json **body);
/* The schema that something new goes to. */
struct str cat_ddl_new_schema(struct ddl *d, struct str given, struct str persistence);
/* The relation that a RangeVar means; a problem and NULL if there is none. */
struct cat_rel *cat_ddl_find_rel(struct ddl *d, const struct json *range_var);
/* Next relation that descends from rel, in catalog order; start with NULL. */
struct cat_rel *cat_ddl_descendant(const struct catalog *cat, const struct cat_rel *rel,
                                   const struct cat_rel *after);
/* A storage parameter as a number, NAN if the list of DefElem does not have it. */
double cat_ddl_option(const struct json *options, const char *name);
/* Storage parameters of an index: those it has, with these added or changed. */
void cat_ddl_index_options(struct ddl *d, struct cat_index *ix, const struct json *options);
void cat_ddl_reset_index_options(struct ddl *d, struct cat_index *ix, const struct json *options);
bool cat_ddl_has(const struct json *node, const char *flag);

/* ddl_type.c */
/* Resolve a TypeName. An unknown type is a problem, and has only its spelling. */
void cat_ddl_resolve_type(struct ddl *d, const struct json *type_name, struct ddl_type *out);
void cat_ddl_create_enum(struct ddl *d, const struct json *stmt);
void cat_ddl_create_composite(struct ddl *d, const struct json *stmt);
void cat_ddl_create_range(struct ddl *d, const struct json *stmt);
void cat_ddl_create_domain(struct ddl *d, const struct json *stmt);
/* CREATE TYPE of a base type, CREATE COLLATION. */
void cat_ddl_define(struct ddl *d, const struct json *stmt);
void cat_ddl_rename_type(struct ddl *d, struct str schema, struct str name, struct str new_schema,
                         struct str new_name);
void cat_ddl_drop_type(struct ddl *d, struct str schema, struct str name);
struct ddl_user_type *cat_ddl_find_type(struct ddl *d, struct str schema, struct str name);

/* ddl_table.c */
void cat_ddl_create_table(struct ddl *d, const struct json *stmt);
void cat_ddl_create_foreign_table(struct ddl *d, const struct json *stmt);
/* A new last column; the caller fills it in. */
struct cat_column *cat_ddl_add_column(struct ddl *d, struct cat_rel *rel, struct str name);
void cat_ddl_set_type(struct cat_column *col, const struct ddl_type *t);
/* A ColumnDef becomes the relation's last column; its constraints are not looked at. */
void cat_ddl_define_column(struct ddl *d, struct cat_rel *rel, const struct json *def);
/* NOT NULL and the like of a ColumnDef, then the constraints that make indexes and keys. */
void cat_ddl_column_constraints(struct ddl *d, struct cat_rel *rel, const struct json *def);
void cat_ddl_storage(struct cat_rel *rel, const struct json *options);

/* ddl_constraint.c */
/* A table constraint; column: what a column constraint stands at, else absent. */
void cat_ddl_constraint(struct ddl *d, struct cat_rel *rel, const struct json *constraint,
                        struct str column, bool deferrable, bool recurse);
void cat_ddl_drop_constraint(struct ddl *d, struct cat_rel *rel, struct str name);
void cat_ddl_not_null(struct cat_rel *rel, struct str column, bool not_null);
/* Foreign keys that a partition takes over from its parent. */
void cat_ddl_inherit_fks(struct ddl *d, struct cat_rel *child);
/* Foreign keys without column list refer to the primary key: looked up when all is known. */
void cat_ddl_finish_fks(struct ddl *d);

/* ddl_index.c */
void cat_ddl_create_index(struct ddl *d, const struct json *stmt);
/* Key columns and INCLUDE columns out of lists of names; false when a column is missing. */
bool cat_ddl_plain_keys(struct ddl *d, struct cat_index *ix, const struct str *keys,
                        size_t key_count, const struct str *include, size_t include_count);
/* Out of lists of IndexElem. */
bool cat_ddl_index_keys(struct ddl *d, struct cat_index *ix, const struct json *params,
                        const struct json *including);
bool cat_ddl_index_predicate(struct ddl *d, struct cat_index *ix, const struct json *where);
/* Put the index, named if it has no name yet, and its like on every partition. */
void cat_ddl_put_index(struct ddl *d, struct cat_index *ix, const char *label, bool recurse);
/* The indexes that a new partition must have: found among its own, or made. */
void cat_ddl_inherit_indexes(struct ddl *d, struct cat_rel *child);
/* The same indexes for another table (LIKE ... INCLUDING INDEXES). */
void cat_ddl_copy_indexes(struct ddl *d, const struct cat_rel *from, struct cat_rel *to);
/* A partitioned index is valid when every partition has its part of it, and that is valid. */
void cat_ddl_finish_indexes(struct catalog *cat);
void cat_ddl_attach_index(struct ddl *d, const struct json *parent, const struct json *child);
/* Whether the index needs the column (key, INCLUDE, expression or predicate). */
bool cat_ddl_index_uses(const struct cat_index *ix, struct str column);
/* After a change of the column's type: the casts in expressions and predicate are others. */
void cat_ddl_retype_index(struct ddl *d, struct cat_index *ix, struct str column);
void cat_ddl_rename_in_index(struct ddl *d, struct cat_index *ix, struct str old_name,
                             struct str new_name);

/* ddl_alter.c */
void cat_ddl_alter_table(struct ddl *d, const struct json *stmt);

/* ddl_rename.c */
void cat_ddl_rename(struct ddl *d, const struct json *stmt);
void cat_ddl_set_schema(struct ddl *d, const struct json *stmt);
void cat_ddl_drop(struct ddl *d, const struct json *stmt);

/* ddl_view.c */
void cat_ddl_create_view(struct ddl *d, const struct json *stmt);
/* CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW. */
void cat_ddl_create_table_as(struct ddl *d, const struct json *stmt);

/* ddl_partition.c */
/* "RANGE (ts)" of a PartitionSpec, "FOR VALUES ..." of a PartitionBoundSpec. */
struct str cat_ddl_partition_key(struct ddl *d, struct cat_rel *rel, const struct json *spec);
struct str cat_ddl_partition_bound(struct ddl *d, const struct json *bound);

/* ddl_stats.c */
void cat_ddl_create_statistics(struct ddl *d, const struct json *stmt);
/* The same statistics objects for another table (LIKE ... INCLUDING STATISTICS). */
void cat_ddl_copy_statistics(struct ddl *d, const struct cat_rel *from, struct cat_rel *to);

/* ddl_expr.c */
struct ddl_expr {
    struct str text;           /* as pg_get_expr prints it */
    struct str type;           /* without modifier; absent: unknown */
    struct str collation;      /* explicit, or that of a column in it; absent: default */
    struct str missing_column; /* a column that the relation lacks; else absent */
    struct str unsupported;    /* a kind of node that cannot be printed; else absent */
    double location;           /* of the missing column */
};
/* Deparse an expression over the columns of rel (NULL: no columns); texts are kept. */
struct ddl_expr cat_ddl_deparse(struct ddl *d, const struct cat_rel *rel, const struct json *node);
/* Whether it can be used; if not, that is a problem of the catalog. */
bool cat_ddl_expr_is_good(struct ddl *d, const struct cat_rel *rel, const struct ddl_expr *e);

/* ddl_name.c */
/* The name that an expression has as a column (FigureColname); absent if it has none. */
struct str cat_ddl_figure_name(const struct json *node);

/* ddl_newer.c */
/*
 * Syntax that came after PostgreSQL 15, rewritten to what 15 reads: NOT ENFORCED, virtual
 * generated columns, WITHOUT OVERLAPS, PERIOD, named NOT NULL constraints, STORAGE in column
 * definitions. False when there is nothing to rewrite. NOT ENFORCED becomes INITIALLY DEFERRED,
 * and *not_enforced says that it was there.
 */
bool cat_ddl_rewrite_newer(struct arena *a, struct str statement, struct str *out,
                           bool *not_enforced);

#endif
