/*
 * A B-tree as CREATE INDEX lays it out: entries of equal width or not, posting lists for equal
 * keys, leaves filled to the fill factor, inner levels to 70 %.
 */
#include <math.h>

#include "advise/size_private.h"

/* Sample entries drawn to learn the distribution of widths. Coprime strides keep the columns'
 * draws apart from each other. */
#define DRAWS 251

static const int strides[] = {1, 97, 59, 151, 37, 211, 83, 173};

struct widths {
    double mean;     /* of an entry without its line pointer */
    double null_key; /* of an entry whose only key is NULL */
    bool fixed;      /* all alike */
};

/* Width of one entry whose columns are drawn at position i. */
static double draw_entry(const struct size_in *in, size_t columns, int i, bool skip_nulls)
{
    double data = 0;
    bool nulls = false;
    for (size_t k = 0; k < columns; k++) {
        const struct size_key *key = &in->keys[k];
        int at = (int)((long)i * strides[k % 8] % DRAWS);
        double u = (at + 0.5) / DRAWS, nf = size_null_frac(key);
        if (skip_nulls)
            u = nf + u * (1 - nf);
        double width = size_draw(key, u);
        if (width <= 0) {
            nulls = true;
            continue;
        }
        /* Values of up to 126 bytes have a one-byte header and are not aligned. */
        double to = size_is_varlena(key) && width <= 127 ? 1 : size_alignment(key);
        data = size_align(data, to) + width;
    }
    return size_align((nulls ? 16 : 8) + data, 8);
}

/* Without statistics, or with fixed widths and no NULLs, all entries are alike. */
static bool any_varies(const struct size_in *in, size_t columns)
{
    for (size_t k = 0; k < columns; k++)
        if (size_varies(&in->keys[k]))
            return true;
    return false;
}

static struct widths draw_widths(const struct size_in *in, size_t columns, bool skip_nulls)
{
    struct widths w = {.null_key = 16, .fixed = true};
    double first = draw_entry(in, columns, 0, skip_nulls), sum = 0;
    if (!any_varies(in, columns)) {
        w.mean = first;
        return w;
    }
    for (int i = 0; i < DRAWS; i++) {
        double one = draw_entry(in, columns, i, skip_nulls);
        w.fixed &= one == first;
        sum += one;
    }
    w.mean = sum / DRAWS;
    return w;
}

/* ---- posting lists ---- */

/* The largest posting list tuple, a tenth of a page. */
#define POSTING_MAX 812.0

/* Bytes (line pointers included) and items that n equal keys take. */
struct space {
    double bytes, items;
};

static struct space posting_space(double entry, double n)
{
    double most = floor((POSTING_MAX - 4 - entry) / 6);
    if (n <= 1 || most < 2)
        return (struct space){n * (entry + SIZE_LINE_POINTER), n};
    double full = floor(n / most), left = n - full * most;
    struct space s = {full * (size_align(entry + 6 * most, 8) + SIZE_LINE_POINTER), full};
    if (left >= 1) {
        s.bytes += (left > 1 ? size_align(entry + 6 * left, 8) : entry) + SIZE_LINE_POINTER;
        s.items++;
    }
    return s;
}

/* Mean of a Poisson distribution that never gives 0 and has the given mean. */
static double untruncated_mean(double mean)
{
    double lambda = mean;
    for (int i = 0; i < 60; i++)
        lambda = mean * (1 - exp(-lambda));
    return lambda;
}

/* Space of `keys` distinct values that share `rows` rows by chance. */
static struct space shared_space(double entry, double rows, double keys)
{
    struct space sum = {0, 0};
    if (rows < 1 || keys < 1)
        return sum;
    double mean = rows / keys;
    if (mean <= 1.0001)
        return (struct space){rows * (entry + SIZE_LINE_POINTER), rows};
    if (mean > 500) {
        struct space one = posting_space(entry, rint(mean));
        return (struct space){keys * one.bytes, keys * one.items};
    }
    double lambda = untruncated_mean(mean), p = exp(-lambda) / (1 - exp(-lambda));
    for (int n = 1; n < 1200; n++) {
        p *= lambda / n;
        struct space one = posting_space(entry, n);
        sum.bytes += keys * p * one.bytes;
        sum.items += keys * p * one.items;
        if (n > lambda && p < 1e-12)
            break;
    }
    return sum;
}

/* ---- which keys are equal ---- */

static double key_distinct(const struct size_in *in, size_t k)
{
    double d = in->keys[k].distinct;
    return isnan(d) ? in->rows : fmin(fmax(d, 1), fmax(in->rows, 1));
}

/* Distinct combinations of the keys other than `skip` among all rows: independent keys, thrown
 * together by chance; a unique one makes every row its own. */
static double other_distinct(const struct size_in *in, size_t skip)
{
    double cells = 1;
    for (size_t k = 0; k < in->key_count; k++) {
        if (k == skip)
            continue;
        double d = key_distinct(in, k);
        cells = cells <= 1 ? d : d >= in->rows ? in->rows : cells * d;
    }
    if (in->key_count > 2 && cells > 0.1 * in->rows)
        cells = cells * (1 - exp(-in->rows / cells));
    return fmin(cells, in->rows);
}

/* How many of d distinct values, which all rows show, `rows` of them show. */
static double part_distinct(const struct size_in *in, double d, double rows)
{
    if (rows >= in->rows)
        return d;
    return fmin(rows, d * (1 - pow(1 - rows / in->rows, in->rows / d)));
}

static double mcv_total(const struct size_key *key)
{
    double sum = 0;
    if (key->stats && key->stats->known)
        for (size_t i = 0; i < key->stats->mcv_count; i++)
            sum += key->stats->mcf[i];
    return sum;
}

/* The key whose common values take the most rows. */
static size_t most_skewed(const struct size_in *in)
{
    size_t best = 0;
    for (size_t k = 1; k < in->key_count; k++)
        if (mcv_total(&in->keys[k]) > mcv_total(&in->keys[best]))
            best = k;
    return best;
}

static void add_space(struct space *sum, struct space one)
{
    sum->bytes += one.bytes;
    sum->items += one.items;
}

/* Share of the rows that are NULL in the one other key. */
static double other_nulls(const struct size_in *in, size_t skip)
{
    return in->key_count == 2 ? size_null_frac(&in->keys[1 - skip]) : 0;
}

/* Rows of one common value of the skewed key, spread over the other keys: `others` distinct
 * values, and the NULLs together. */
static struct space spread(const struct size_in *in, double entry, double rows, double others,
                           double nulls)
{
    if (others <= 1)
        return posting_space(entry, rint(rows));
    double valued = rows * (1 - nulls);
    struct space sum = shared_space(entry, valued, part_distinct(in, others, valued));
    if (rows * nulls >= 1)
        add_space(&sum, posting_space(entry, rint(rows * nulls)));
    return sum;
}

static struct space deduplicated(const struct size_in *in, const struct widths *w, double rows)
{
    struct space sum = {0, 0};
    size_t skew = most_skewed(in);
    const struct size_key *key = &in->keys[skew];
    double others = other_distinct(in, skew), rest = rows, values = 0;
    double gaps = other_nulls(in, skew);
    for (size_t i = 0; key->stats && key->stats->known && i < key->stats->mcv_count; i++) {
        double n = rows * key->stats->mcf[i];
        add_space(&sum, spread(in, w->mean, n, others, gaps));
        rest -= n;
        values++;
    }
    double nulls = rows * size_null_frac(key);
    if (nulls >= 1) {
        add_space(&sum,
                  spread(in, in->key_count == 1 ? w->null_key : w->mean, nulls, others, gaps));
        rest -= nulls;
    }
    double own = fmax(key_distinct(in, skew) - values, 1);
    if (rest >= 1) { /* a partial index sees its share of the values */
        double all = rest * in->rows / rows;
        if (rows < in->rows)
            own = fmax(own * (1 - pow(1 - rows / in->rows, all / own)), 1);
        double valued = rest * (1 - gaps);
        double each = others <= 1 ? 1 : part_distinct(in, others, valued / own);
        add_space(&sum, shared_space(w->mean, valued, fmin(own * each, valued)));
        add_space(&sum, shared_space(w->mean, rest * gaps, fmin(own, rest * gaps)));
    }
    return sum;
}

/* ---- pages ---- */

static bool can_deduplicate(const struct size_in *in)
{
    if (in->version_num < 130000 || in->unique || in->total_count > in->key_count)
        return false;
    for (size_t k = 0; k < in->key_count; k++)
        if (!size_deduplicates(&in->keys[k]))
            return false;
    return true;
}

/* Pages for items that fill `room` bytes a page; an item that does not fit starts the next. */
static double pages_for(struct space s, double room, bool fixed)
{
    double item = s.bytes / s.items;
    double per_page = floor(room / item);
    if (!fixed)
        per_page = fmax(per_page, room / item - 0.5);
    return ceil(s.items / fmax(per_page, 1));
}

static double all_distinct(const struct size_in *in, double rows)
{
    double d = 1;
    for (size_t k = 0; k < in->key_count; k++)
        d = fmin(d * key_distinct(in, k), rows);
    return d;
}

static double joint_distinct(const struct size_in *in, double rows)
{
    if (!isnan(in->joint_distinct))
        return fmin(in->joint_distinct, rows);
    return NAN;
}

void size_btree(const struct size_in *in, struct size_out *out)
{
    double rows = fmax(out->tuples, 0), fill = isnan(in->fillfactor) ? 90 : in->fillfactor;
    bool dedup = can_deduplicate(in), single = in->key_count == 1 && in->total_count == 1;
    struct widths w = draw_widths(in, in->total_count, dedup && single);
    struct space leaf = {rows * (w.mean + SIZE_LINE_POINTER), rows};
    double joint = joint_distinct(in, rows);
    if (dedup && !isnan(joint))
        leaf = shared_space(w.mean, rows, joint);
    else if (dedup)
        leaf = deduplicated(in, &w, rows);
    if (rows < 1) {
        out->pages = 1;
        return;
    }
    double room = SIZE_PAGE_USABLE - 8192 * (100 - fill) / 100;
    double level = pages_for(leaf, room, w.fixed && leaf.items >= rows);
    struct widths pivot = draw_widths(in, in->key_count, true);
    /* Where one key fills several items, pages are told apart by row pointer as well. */
    double tie = dedup && leaf.items > 3 * all_distinct(in, rows) ? 8 : 0;
    double fanout = fmax(2, floor(5695 / (pivot.mean + tie + SIZE_LINE_POINTER)));
    out->pages = level + 1;
    for (out->height = 0; level > 1; out->height++) {
        level = ceil(level / fanout);
        out->pages += level;
    }
}

int size_btree_height(double pages, double entry_bytes)
{
    double entry = entry_bytes > 0 ? entry_bytes : 16;
    double fanout = fmax(2, floor(5695 / (entry + SIZE_LINE_POINTER)));
    int height = 0;
    /* less the metapage and about one inner page per fanout leaves */
    for (double level = pages - 1; level > 1; height++)
        level = level <= 2 ? 1 : ceil((level - 1) / (fanout + 1));
    return height;
}
