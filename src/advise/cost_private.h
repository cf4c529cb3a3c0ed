/* What the parts of the cost model share. Private to the advise layer. */
#ifndef ADVISE_COST_PRIVATE_H
#define ADVISE_COST_PRIVATE_H

#include "advise/cost.h"

/* CPU work of visiting an index page, in operators. */
#define COST_PAGE_OPERATORS 50.0

/* Pages of all tables that compete for the cache. */
double cost_query_pages(const struct cost_table *t);
/* Bytes that rows take when sorted or stored: header and alignment included. */
double cost_rows_bytes(double rows, double width);
/* The index kinds that are not a B-tree. */
struct cost_access cost_access_gin(const struct cost_params *p, const struct cost_table *t,
                                   const struct cost_index *ix, const struct cost_probe *probe);
struct cost_access cost_access_brin(const struct cost_params *p, const struct cost_table *t,
                                    const struct cost_index *ix, const struct cost_probe *probe);

#endif
