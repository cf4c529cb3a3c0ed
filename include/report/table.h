/*
 * Tables and lists of a report, apart from how they are drawn: totals per node type,
 * relation and index, triggers, JIT, planning, serialization, settings.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/report.h"

enum { TABLE_COLUMNS_MAX = 6 };

struct table_row {
    struct str cell[TABLE_COLUMNS_MAX]; /* raw text; absent: empty */
    double share;                       /* of the whole, for a bar; NAN: none */
};

struct table {
    const char *id;    /* "node_types" */
    const char *title; /* "Totals per node type" */
    size_t columns;
    const char *heading[TABLE_COLUMNS_MAX]; /* NULL for all: a list of names and values */
    bool right[TABLE_COLUMNS_MAX];          /* figures: aligned right */
    bool minor[TABLE_COLUMNS_MAX];          /* may be left out where it is narrow */
    struct table_row *rows;
    size_t row_count;
    size_t left_out; /* rows beyond those, for want of space */
};

/* All tables that the plan has something for, in the arena; *count of them. limit: rows of totals
 * (0: all). */
struct table *tables_new(struct arena *a, const struct report *r, size_t limit, size_t *count);

#endif
