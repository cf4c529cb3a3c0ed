/*
 * Names as SQL writes them: identifiers quoted where they need it, literals, types.
 */
#ifndef SQL_IDENT_H
#define SQL_IDENT_H

#include <stdbool.h>

#include "base/str.h"

/* Whether a word is a key word that cannot name everything (all classes but unreserved). */
bool sql_is_keyword(struct str word);
/*
 * Append a name as PostgreSQL's quote_identifier would: bare when it is [a-z_][a-z0-9_$]* and no
 * key word other than an unreserved one, else in double quotes.
 */
void sql_add_ident(struct buf *b, struct str name);
/* Append text as a string literal in single quotes (standard_conforming_strings). */
void sql_add_literal(struct buf *b, struct str text);

/*
 * What format_type calls the internal type `name` ("int4" -> "integer", "timestamptz" ->
 * "timestamp with time zone"); the name itself when it has no other.
 */
struct str sql_type_display(struct str name);

#endif
