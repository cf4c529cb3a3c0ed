/*
 * PostgreSQL's own parser (libpg_query 15). The only file that calls it.
 *
 * Parse trees come out as JSON documents in the caller's arena, with the field names
 * of PostgreSQL 15's raw parse tree: {"stmts": [{"stmt": {"SelectStmt": {...}},
 * "stmt_location": n, "stmt_len": n}]}.
 */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

struct arena;
struct err;

/*
 * Parse a text of one or several statements. NULL and err (line, column) on a syntax error, or
 * when it nests too deeply for a tree of ours (some 300 levels; long AND, OR and IN lists do not
 * nest).
 */
const struct json *sql_parse(struct arena *a, struct str sql, struct err *err);

/*
 * How a text that was rewritten before parsing lies over its original: from byte `out` of the
 * rewritten text on, bytes correspond to those from `in` on, until the next entry. Ascending in
 * both.
 */
struct sql_edit {
    size_t out;
    size_t in;
};
struct sql_map {
    struct str original;
    const struct sql_edit *edits;
    size_t count;
};
/* The offset in the original that stands for offset `out` of the rewritten text. */
size_t sql_map_back(const struct sql_map *map, size_t out);
/* sql_parse of a rewritten text; line, column and the line shown are those of the original. */
const struct json *sql_parse_mapped(struct arena *a, struct str sql, const struct sql_map *map,
                                    struct err *err);

/* The fingerprint of a statement: equal for statements that differ in constants only. */
bool sql_fingerprint(struct str sql, uint64_t *out, struct err *err);

/* The statement with its constants replaced by $n; in the arena. */
bool sql_normalize(struct arena *a, struct str sql, struct str *out, struct err *err);

/* One statement of a text, without its semicolon. */
struct sql_part {
    struct str text;
    size_t offset; /* byte offset in the whole text */
};
/*
 * Split a text into statements by its tokens, so that a statement with a syntax error
 * does not hide the others. *out is an array of *count parts in the arena.
 */
bool sql_split(struct arena *a, struct str sql, struct sql_part **out, size_t *count,
               struct err *err);

#endif
