/* Expressions and statements, token by token. */
#ifndef WORK_ANON_TEXT_H
#define WORK_ANON_TEXT_H

#include <stdbool.h>

#include "base/str.h"
#include "work/anon_map.h"

/* An expression as EXPLAIN prints it: key words are in capitals there, unquoted names never. */
void anon_add_expression(struct anon *n, struct buf *out, struct str text);
/* A statement as a person wrote it; comments are left out. */
void anon_add_sql(struct anon *n, struct buf *out, struct str text);
/* A raw name; those that are PostgreSQL's own stay. */
void anon_add_name(struct anon *n, struct buf *out, enum anon_kind kind, struct str name);
/* A list of names, as search_path has it. */
void anon_add_name_list(struct anon *n, struct buf *out, enum anon_kind kind, struct str list);

#endif
