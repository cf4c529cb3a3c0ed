/*
 * Selectivity of containment: arrays, full text search, jsonb.
 *
 * Element frequencies come from pg_stats.most_common_elems; jsonb conditions are tried on the
 * sample values.
 */
#ifndef ADVISE_CONTAIN_H
#define ADVISE_CONTAIN_H

#include <stdbool.h>

#include "advise/colsel.h"

/* array @> constant (all: every element), array && constant, constant = ANY (array). */
double sel_array(const struct sel_var *v, const struct str *elements, size_t count, bool all);
/* The same with the array as a literal, "{a,\"b c\"}". */
double sel_array_literal(const struct sel_var *v, struct str literal, bool all);

/*
 * tsvector @@ query. The query is tsquery text ("'fox' & !'dog':*"); loose: it is the words of
 * a to_tsquery call, not yet reduced to lexemes.
 */
double sel_text_search(const struct sel_var *v, struct str query, bool loose);

/* jsonb @> constant. */
double sel_json_contains(const struct sel_var *v, struct str constant, double fallback);
/* jsonb ? key, ?| keys, ?& keys. */
double sel_json_keys(const struct sel_var *v, const struct str *keys, size_t count, bool all,
                     double fallback);
/* The keys as an array literal, "{a,b}". */
double sel_json_key_array(const struct sel_var *v, struct str literal, bool all, double fallback);

/* inet << <<= >> >>= && constant. */
double sel_network(const struct sel_var *v, struct str op, struct str constant, double fallback);

#endif
