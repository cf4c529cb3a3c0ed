#include "advise/size.h"

#include <math.h>

#include "advise/size_private.h"
#include "advise/value.h"

/* ---- the other access methods ---- */

/* GiST pages are two thirds full after the splits of a build; overlapping ranges split badly. */
static double gist_fill(const struct size_key *key)
{
    bool range = value_class_of(key->base_type, key->category) == CLASS_RANGE;
    return range ? 0.5 : 0.66;
}

/* Bytes of a GiST leaf key: points are kept as boxes, text as its trigrams. */
static double gist_key_bytes(const struct size_key *key)
{
    double width = size_mean_width(key);
    if (str_is(key->base_type, "point"))
        return 32;
    if (str_is(key->opclass, "gist_trgm_ops"))
        return 5 + 3 * 0.8 * (width + 1); /* some occur twice */
    return width;
}

static void size_gist(const struct size_in *in, struct size_out *out)
{
    double data = 0;
    for (size_t k = 0; k < in->total_count; k++)
        data += gist_key_bytes(&in->keys[k]);
    double entry = size_align(8 + data, 8) + SIZE_LINE_POINTER;
    double room = SIZE_PAGE_USABLE * gist_fill(&in->keys[0]);
    double leaves = fmax(1, ceil(out->tuples * entry / (room)));
    out->pages = leaves;
    double fanout = fmax(2, floor(room / entry));
    for (double level = leaves; level > 1; out->pages += level)
        level = ceil(level / fanout);
}

/* A hash index keeps a hash code and a pointer per row: 20 bytes. */
#define HASH_ENTRY 20.0
#define HASH_ROWS_PER_BUCKET 307.0

/* Buckets come in powers of two, in quarter steps beyond 1024. */
static double hash_buckets(double rows)
{
    double wanted = fmax(2, ceil(rows / HASH_ROWS_PER_BUCKET));
    double power = exp2(ceil(log2(wanted)));
    if (power <= 1024)
        return power;
    double half = power / 2;
    return half + ceil((wanted - half) / (half / 4)) * (half / 4);
}

/* Overflow pages of a value that more rows have than its bucket's page can take. */
static double hash_overflow(double rows)
{
    return fmax(0, ceil(rows * HASH_ENTRY / SIZE_PAGE_USABLE) - 1);
}

static void size_hash(const struct size_in *in, struct size_out *out)
{
    const struct size_key *key = &in->keys[0];
    double rows = out->tuples * (1 - size_null_frac(key)), rest = rows, values = 0;
    out->pages = 2 + hash_buckets(rows);
    for (size_t i = 0; key->stats && key->stats->known && i < key->stats->mcv_count; i++) {
        double n = out->tuples * key->stats->mcf[i];
        out->pages += hash_overflow(n);
        rest -= n;
        values++;
    }
    double others = isnan(key->distinct) ? rest : key->distinct - values;
    if (others >= 1 && rest > 0)
        out->pages += others * hash_overflow(rest / others);
}

/* Revmap entries per page, and what one range's summary takes besides its two values per key. */
#define BRIN_REVMAP_ENTRIES 1360.0

static void size_brin(const struct size_in *in, struct size_out *out)
{
    double per_range = in->pages_per_range > 0 ? in->pages_per_range : 128;
    double ranges = fmax(1, ceil(in->pages / per_range)), data = 0;
    for (size_t k = 0; k < in->key_count; k++)
        data += 2 * size_mean_width(&in->keys[k]);
    double entry = size_align(8 + data, 8) + SIZE_LINE_POINTER;
    out->pages = 1 + ceil(ranges / BRIN_REVMAP_ENTRIES) + ceil(ranges * entry / SIZE_PAGE_USABLE);
}

void size_estimate(const struct size_in *in, struct size_out *out)
{
    *out = (struct size_out){.tuples = in->rows * (isnan(in->kept) ? 1 : in->kept)};
    switch (in->am) {
    case COST_BTREE:
        size_btree(in, out);
        break;
    case COST_HASH:
        size_hash(in, out);
        break;
    case COST_GIST:
        size_gist(in, out);
        break;
    case COST_GIN:
        size_gin(in, out);
        break;
    case COST_BRIN:
        size_brin(in, out);
        break;
    }
    out->bytes = out->pages * 8192;
}

/* ---- an index of the catalog ---- */

static enum cost_am am_of(struct str name)
{
    static const char *const names[] = {
        [COST_BTREE] = "btree", [COST_HASH] = "hash", [COST_GIST] = "gist",
        [COST_GIN] = "gin",     [COST_BRIN] = "brin",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_is(name, names[i]))
            return (enum cost_am)i;
    return str_is(name, "spgist") ? COST_GIST : COST_BTREE;
}

static bool among(struct str name, const struct str *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, columns[i]))
            return true;
    return false;
}

/* Whether the index promises that the columns together never repeat. */
static bool proves_distinct(const struct cat_index *ix, const struct str *columns, size_t count)
{
    if (!ix->unique || !ix->valid || ix->predicate.len)
        return false;
    for (size_t k = 0; k < ix->key_count; k++)
        if (!ix->keys[k].column.len || !among(ix->keys[k].column, columns, count))
            return false;
    return true;
}

double size_joint_distinct(const struct cat_rel *rel, const struct str *columns, size_t count,
                           double rows)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        if (proves_distinct(ix, columns, count))
            return rows;
    for (const struct cat_ext_stats *e = rel->ext_stats; e; e = e->next) {
        size_t found = 0;
        for (size_t c = 0; c < e->column_count; c++)
            found += among(e->columns[c], columns, count);
        if (e->ndistinct && !e->has_expressions && found == count && found == e->column_count)
            return e->ndistinct_value;
    }
    return NAN;
}

/* PostgreSQL's own limit. */
#define MAX_KEYS 32

void size_in_of_index(const struct catalog *cat, const struct cat_index *ix, struct size_key *keys,
                      struct size_in *out)
{
    struct cost_table t;
    cost_table_from(&t, cat, ix->rel);
    *out = (struct size_in){.am = am_of(ix->am),
                            .keys = keys,
                            .key_count = ix->key_count,
                            .total_count = ix->total_count,
                            .rows = t.tuples,
                            .pages = t.pages,
                            .kept = 1,
                            .joint_distinct = NAN,
                            .unique = ix->unique,
                            .fillfactor = ix->fillfactor,
                            .pages_per_range = NAN,
                            .version_num = cat && cat->version_num ? cat->version_num : 150000};
    struct str columns[MAX_KEYS];
    size_t count = ix->key_count < MAX_KEYS ? ix->key_count : MAX_KEYS;
    for (size_t k = 0; k < count; k++)
        columns[k] = ix->keys[k].column;
    out->joint_distinct = size_joint_distinct(ix->rel, columns, count, t.tuples);
    for (size_t k = 0; k < ix->total_count; k++) {
        const struct cat_key *key = &ix->keys[k];
        const struct cat_column *col =
            key->column.len ? cat_find_column(ix->rel, key->column) : NULL;
        keys[k] = col ? size_key_of(col, t.tuples) : size_key_of_expr(&key->stats, t.tuples);
        keys[k].opclass = key->opclass;
        keys[k].word_text = str_starts(key->expr, "to_tsvector");
    }
}

/* ---- time and writes ---- */

/*
 * Rates of one core: reading and sorting rows, writing pages. GIN cuts every value into tokens,
 * GiST compares its way down.
 */
double size_build_seconds(const struct size_in *in, const struct size_out *out)
{
    static const double per_row_us[] = {
        [COST_BTREE] = 0.8, [COST_HASH] = 3, [COST_GIST] = 12, [COST_GIN] = 0, [COST_BRIN] = 0.15,
    };
    double us = in->pages * 8 + out->pages * 20 + in->rows * 0.05;
    us += out->tuples * per_row_us[in->am];
    if (in->am == COST_BTREE && out->tuples > 2) /* comparisons; text costs more */
        us += out->tuples * log2(out->tuples) * (size_is_varlena(&in->keys[0]) ? 0.03 : 0.01);
    if (in->am == COST_GIN)
        us += out->pages * 1100;
    return us / 1e6;
}

struct size_write size_write_cost(const struct size_in *in, const struct size_out *out)
{
    double per_row = out->tuples > 0 ? out->bytes / out->tuples : 0;
    double kept = isnan(in->kept) ? 1 : in->kept, wide = 0;
    struct size_write w = {66, 5};
    switch (in->am) {
    case COST_BTREE:
    case COST_HASH:
        /* 66 bytes are for an 8-byte key: what is beyond that is written as it is. */
        for (size_t k = 0; k < in->total_count; k++)
            wide += size_mean_width(&in->keys[k]);
        w.wal_bytes += fmax(0, size_align(wide, 8) - 8);
        w.us += fmax(0, wide - 8) * 0.05;
        break;
    case COST_GIST:
        w = (struct size_write){66 + per_row, 15};
        break;
    case COST_GIN:
        /* One entry per token: words of a title three times a B-tree's, trigrams twelve. */
        w = str_is(in->keys[0].opclass, "gin_trgm_ops") ? (struct size_write){12 * 66, 12 * 5}
                                                        : (struct size_write){3 * 66, 3 * 5};
        break;
    case COST_BRIN:
        return (struct size_write){1, 0.5};
    }
    return (struct size_write){w.wal_bytes * kept, w.us * kept};
}

struct size_write size_hot_loss(double hot_share, double touched_share, size_t indexes)
{
    double lost = fmax(0, fmin(hot_share, 1)) * fmax(0, fmin(touched_share, 1));
    return (struct size_write){lost * 66 * (double)indexes, lost * 5 * (double)indexes};
}
