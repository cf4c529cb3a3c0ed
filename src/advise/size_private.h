/* What the size estimators share. Private to the advise layer. */
#ifndef ADVISE_SIZE_PRIVATE_H
#define ADVISE_SIZE_PRIVATE_H

#include "advise/size.h"

#define SIZE_PAGE_USABLE 8152.0 /* page less header and the index's special space */
#define SIZE_LINE_POINTER 4.0

double size_align(double bytes, double to);
/* Bytes of one value of the key, 0: NULL. u (0 .. 1) picks one of the sample values by their
 * frequencies. */
double size_draw(const struct size_key *key, double u);
/* Whether draws can differ: widths or NULLs known from statistics. */
bool size_varies(const struct size_key *key);
/* Bytes of a key's values on average, NULLs left out. */
double size_mean_width(const struct size_key *key);
double size_alignment(const struct size_key *key);
bool size_is_varlena(const struct size_key *key);
double size_null_frac(const struct size_key *key);

void size_btree(const struct size_in *in, struct size_out *out);
void size_gin(const struct size_in *in, struct size_out *out);

#endif
