/* The undressers. Private to read. */
#ifndef READ_DRESS_PRIVATE_H
#define READ_DRESS_PRIVATE_H

#include <stdbool.h>

#include "read/dress.h"

typedef void dress_undresser(struct dress *d);

struct dress_swap {
    const char *from, *to;
};

void dress_add(struct dress *d, struct str text, int number);
/* Leave out the lines that are unwanted. */
void dress_drop(struct dress *d, bool (*unwanted)(struct str line));
/* How many of the lines that are not blank hold. */
size_t dress_tally(const struct dress *d, bool (*holds)(struct str line), size_t *filled);
bool dress_all(const struct dress *d, bool (*holds)(struct str line));
bool dress_has(const struct dress *d, const char *needle);
/* Swap texts in one line, or in all; the first that fits at a place counts. */
struct str dress_swap_all(struct arena *a, struct str s, const struct dress_swap *swaps, size_t n);
void dress_replace(struct dress *d, const struct dress_swap *swaps, size_t n);

/* dress_text.c */
dress_undresser undress_characters, undress_ansi, undress_line_prefix, undress_fence, undress_tabs,
    undress_entities;
/* dress_log.c */
dress_undresser undress_log_prefix, undress_csv_log, undress_stderr_log;
/* dress_psql.c */
dress_undresser undress_html, undress_latex, undress_record, undress_frame;
/* dress_quote.c */
dress_undresser undress_csv, undress_quotes, undress_python;

#endif
