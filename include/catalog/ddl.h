/*
 * The first door to a catalog: a .sql file, pg_dump -s output or written by hand.
 *
 * The file is read as psql would read it, statement by statement, and each statement that
 * makes or changes tables, types, indexes, constraints, views or statistics objects is
 * carried out; all others are passed over. A statement that does not parse, or asks for
 * something that does not exist, is a problem of the catalog (with file, line and column),
 * and the rest is used.
 *
 * How many rows a table has can be said in a comment, as "-- rows: 500000" (also 500_000,
 * 500k, 1.5M): inside the statement, on the line on which it ends, on the lines right above
 * it, or right below it (where the next line is no CREATE TABLE of its own).
 */
#ifndef CATALOG_DDL_H
#define CATALOG_DDL_H

#include "base/str.h"

struct catalog;
struct err;

/*
 * Read a file. file_name goes into the problems (NULL: none). The caller frees the catalog.
 * NULL and err when nothing in the file could be used: the first problem, if there is one.
 */
struct catalog *cat_from_ddl(struct str text, const char *file_name, struct err *err);

/*
 * The name that the server gives to an expression as an index column (FigureColname): "lower",
 * "expr". For cat_choose_index_name. expression: SQL text; in the arena.
 */
struct str cat_expression_name(struct arena *a, struct str expression);

#endif
