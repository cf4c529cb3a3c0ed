/* How wide rows are and how many there are, as the planner takes it. */
#include <math.h>

#include "base/arena.h"
#include "catalog/build.h"
#include "catalog/type.h"

enum {
    PAGE_HEADER = 24,
    TUPLE_HEADER = 24, /* MAXALIGN of 23 */
    LINE_POINTER = 4,
    EMPTY_PAGES = 10, /* what the planner takes for a table that was never vacuumed */
    UTF8_MAX = 4,
    VARLENA_HEADER = 4
};

/* type_maximum_size of PostgreSQL's format_type.c; 0: no limit. */
static double maximum_width(const struct cat_column *col)
{
    int typmod = cat_type_modifier(col->type);
    if (typmod < 0)
        return 0;
    if (str_is(col->base_type, "character") || str_is(col->base_type, "character varying"))
        return (double)typmod * UTF8_MAX + VARLENA_HEADER;
    if (str_is(col->base_type, "numeric")) {
        const int digits_each = 4, header = 8;
        int digits = (typmod + 2 * (digits_each - 1)) / digits_each;
        return header + digits * 2;
    }
    if (str_is(col->base_type, "bit") || str_is(col->base_type, "bit varying"))
        return (typmod + 7) / 8 + 2 * 4;
    return 0;
}

/* get_typavgwidth of PostgreSQL's lsyscache.c. */
double cat_column_width(const struct cat_column *col)
{
    if (col->stats.known && col->stats.avg_width > 0)
        return col->stats.avg_width;
    if (col->typlen > 0)
        return col->typlen;
    double max = maximum_width(col);
    if (max <= 0)
        return 32;
    if (str_is(col->base_type, "character") || max <= 32)
        return max;
    return max < 1000 ? 32 + floor((max - 32) / 2) : 32 + (1000 - 32) / 2;
}

double cat_row_width(const struct cat_rel *rel)
{
    double width = 0;
    for (size_t i = 0; i < rel->column_count; i++)
        if (!rel->columns[i].virtual_column)
            width += cat_column_width(&rel->columns[i]);
    return width;
}

static double rows_a_page(const struct catalog *cat, const struct cat_rel *rel, double row_bytes,
                          bool filled)
{
    double usable = cat->block_size - PAGE_HEADER;
    if (filled && !isnan(rel->fillfactor))
        usable *= rel->fillfactor / 100;
    double density = floor(usable / (row_bytes + TUPLE_HEADER + LINE_POINTER));
    return density < 1 ? 1 : density;
}

/* What the planner takes when nothing was measured: no padding, fill factor since 17. */
static double assumed_density(const struct catalog *cat, const struct cat_rel *rel)
{
    return rows_a_page(cat, rel, cat_row_width(rel), cat->version_num >= 170000);
}

/* What a page holds: rows are padded to eight bytes. */
static double real_density(const struct catalog *cat, const struct cat_rel *rel)
{
    return rows_a_page(cat, rel, ceil(cat_row_width(rel) / 8) * 8, true);
}

static double current_pages(const struct catalog *cat, const struct cat_rel *rel)
{
    double pages = isnan(rel->size_bytes) ? rel->pages : rel->size_bytes / cat->block_size;
    bool never_counted = !(rel->pages > 0);
    if (pages < EMPTY_PAGES && never_counted && !isnan(rel->size_bytes))
        return EMPTY_PAGES;
    return pages;
}

bool cat_current_size(const struct catalog *cat, const struct cat_rel *rel, double *pages,
                      double *tuples)
{
    *pages = current_pages(cat, rel);
    *tuples = rel->tuples;
    if (isnan(*pages) && isnan(*tuples))
        return false;
    if (isnan(*pages))
        *pages = ceil(*tuples / real_density(cat, rel));
    else if (rel->pages > 0 && !isnan(rel->tuples))
        *tuples = rint(rel->tuples / rel->pages * *pages);
    else if (rel->kind != 'p')
        *tuples = rint(assumed_density(cat, rel) * *pages);
    return !isnan(*tuples);
}
