/* The catalog as the analysis of statements (sql/query.h) asks it. */
#ifndef CATALOG_QUERY_NAMES_H
#define CATALOG_QUERY_NAMES_H

#include "sql/query.h"

struct catalog;

/* Answers come from cat, which must outlive them; NULL: nothing is known. */
struct query_names cat_query_names(const struct catalog *cat);

#endif
