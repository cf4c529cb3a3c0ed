/* The text of a statement, as queries are grouped by it. Token by token, so that it works for what
 * no parser takes, and costs little. */
#ifndef WORK_STATEMENT_H
#define WORK_STATEMENT_H

#include "base/digest.h"
#include "work/workload.h"

struct plan;

/* What shows of a statement; longer ones are cut. */
enum { STATEMENT_SHOWN = 8192 };

struct statement {
    struct str sql;       /* what it was read from: of a PREPARE, the statement prepared */
    struct buf text;      /* constants as $n, no comments, white space as one blank; cut */
    size_t text_len;      /* before it was cut */
    struct digest digest; /* of text before it was cut */
    uint64_t fingerprint; /* of our own: keyword case, blanks and lengths of lists play no part */
    enum work_class class;
    bool plain;          /* a query: where text is equal, PostgreSQL's fingerprint is */
    bool batch;          /* several statements */
    uint64_t *constants; /* digests of the constants and what stands before them; ascending */
    size_t constant_count, constant_cap;
};

/* Read a statement; the memory of an earlier one is used again. no_values: nothing of its constants
 * is kept in text. */
void statement_read(struct statement *s, struct str sql, bool no_values);
void statement_release(struct statement *s);

/* The statement of a text of several that a plan belongs to: by its command and the relations it
 * names; where several fit, the index-th (from 0) of them. */
struct str statement_of_plan(struct str batch, const struct plan *p, size_t index);

/* Append the text with every constant that is not among these as '?'. */
void statement_add_fixed(struct buf *out, struct str sql, const uint64_t *constants, size_t count);

#endif
