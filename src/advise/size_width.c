#include <math.h>

#include "advise/colsel.h"
#include "advise/size_private.h"
#include "advise/value.h"

struct fixed_type {
    const char *name;
    int len;
    char align;
};

static const struct fixed_type fixed_types[] = {
    {"smallint", 2, 's'},
    {"integer", 4, 'i'},
    {"bigint", 8, 'd'},
    {"real", 4, 'i'},
    {"double precision", 8, 'd'},
    {"boolean", 1, 'c'},
    {"date", 4, 'i'},
    {"timestamp without time zone", 8, 'd'},
    {"timestamp with time zone", 8, 'd'},
    {"time without time zone", 8, 'd'},
    {"time with time zone", 12, 'd'},
    {"interval", 16, 'd'},
    {"uuid", 16, 'c'},
    {"oid", 4, 'i'},
    {"money", 8, 'd'},
    {"\"char\"", 1, 'c'},
    {"name", 64, 'c'},
    {"macaddr", 6, 'i'},
    {"point", 16, 'd'},
    {"box", 32, 'd'},
};

double size_align(double bytes, double to)
{
    return ceil(bytes / to) * to;
}

static const struct fixed_type *find_fixed(struct str name)
{
    for (size_t i = 0; i < sizeof(fixed_types) / sizeof(fixed_types[0]); i++)
        if (str_is(name, fixed_types[i].name))
            return &fixed_types[i];
    return NULL;
}

static int type_len(const struct size_key *key)
{
    if (key->typlen)
        return key->typlen;
    const struct fixed_type *t = find_fixed(key->base_type);
    return t ? t->len : key->category == 'E' ? 4 : -1;
}

bool size_is_varlena(const struct size_key *key)
{
    return type_len(key) < 0;
}

double size_alignment(const struct size_key *key)
{
    const struct fixed_type *t = find_fixed(key->base_type);
    char align = key->align ? key->align : t ? t->align : 'i';
    return align == 'c' ? 1 : align == 's' ? 2 : align == 'd' ? 8 : 4;
}

double size_null_frac(const struct size_key *key)
{
    return key->stats && key->stats->known && key->stats->null_frac > 0 ? key->stats->null_frac : 0;
}

/* Bytes of a numeric in a tuple: short headers, and two bytes per four decimal digits. */
static double numeric_width(struct str text)
{
    size_t i = 0, point = text.len;
    while (i < text.len && (text.p[i] == '-' || text.p[i] == '0'))
        i++;
    ptrdiff_t dot = str_find(text, ".");
    if (dot >= 0)
        point = (size_t)dot;
    size_t end = text.len;
    while (end > point + 1 && text.p[end - 1] == '0')
        end--;
    double whole = point > i ? ceil((double)(point - i) / 4) : 0;
    double fraction = end > point + 1 ? ceil((double)(end - point - 1) / 4) : 0;
    if (!fraction) /* trailing groups of zeros are not stored */
        for (size_t k = point; whole > 0 && k >= i + 4 && memcmp(text.p + k - 4, "0000", 4) == 0;
             k -= 4)
            whole--;
    return 3 + 2 * (whole + fraction);
}

/* Index entries beyond this are compressed; text then takes about half. */
#define COMPRESS_ABOVE 508

static double text_width(struct str text)
{
    double n = (double)text.len;
    if (n > COMPRESS_ABOVE)
        return 4 + n / 2;
    return n + (n <= 126 ? 1 : 4);
}

static double value_width(const struct size_key *key, enum value_class cls, struct str text)
{
    switch (cls) {
    case CLASS_TEXT:
    case CLASS_BPCHAR:
        return text_width(text);
    case CLASS_NUMBER:
        return numeric_width(text);
    case CLASS_BYTES:
        return 1 + ((double)text.len - 2) / 2;
    default:
        return key->stats->avg_width;
    }
}

/* What PostgreSQL assumes of a variable-width type that nobody measured. */
#define UNKNOWN_WIDTH 32.0

static double average(const struct size_key *key)
{
    if (key->stats && key->stats->known && key->stats->avg_width > 0)
        return key->stats->avg_width;
    return UNKNOWN_WIDTH;
}

/* The sample value at position u of the non-NULL rows: common values by their share, then the
 * histogram evenly. */
static struct str sample_at(const struct cat_stats *s, double u)
{
    double nulls = s->null_frac > 0 ? s->null_frac : 0, at = u * (1 - nulls), sum = 0;
    for (size_t i = 0; i < s->mcv_count; i++) {
        sum += s->mcf[i];
        if (at < sum)
            return s->mcv[i];
    }
    if (!s->bound_count)
        return s->mcv_count ? s->mcv[s->mcv_count - 1] : (struct str){NULL, 0};
    double rest = 1 - nulls - sum, share = rest > 0 ? (at - sum) / rest : 0;
    size_t i = (size_t)(share * (double)s->bound_count);
    return s->bounds[i < s->bound_count ? i : s->bound_count - 1];
}

double size_draw(const struct size_key *key, double u)
{
    double nulls = size_null_frac(key);
    int len = type_len(key);
    if (u < nulls)
        return 0;
    if (len > 0)
        return len;
    if (key->stats && key->stats->known) {
        struct str text = sample_at(key->stats, nulls < 1 ? (u - nulls) / (1 - nulls) : 0);
        if (text.p)
            return value_width(key, value_class_of(key->base_type, key->category), text);
    }
    return average(key);
}

bool size_varies(const struct size_key *key)
{
    return key->stats && key->stats->known && (type_len(key) <= 0 || size_null_frac(key) > 0);
}

double size_mean_width(const struct size_key *key)
{
    int len = type_len(key);
    return len > 0 ? len : average(key);
}

struct size_key size_key_of(const struct cat_column *col, double rows)
{
    struct sel_var v = {.stats = col->stats.known ? &col->stats : NULL,
                        .type.cls = value_class_of(col->base_type, col->category),
                        .tuples = rows};
    bool guess;
    double distinct = sel_distinct(&v, &guess);
    return (struct size_key){.base_type = col->base_type,
                             .typlen = col->typlen,
                             .align = col->align,
                             .category = col->category,
                             .stats = v.stats,
                             .distinct = guess ? NAN : distinct};
}

struct size_key size_key_of_expr(const struct cat_stats *stats, double rows)
{
    struct size_key key = {.base_type = STR("text"), .typlen = -1, .align = 'i', .distinct = NAN};
    if (stats && stats->known) {
        struct sel_var v = {.stats = stats, .tuples = rows};
        bool guess;
        key.stats = stats;
        key.distinct = sel_distinct(&v, &guess);
    }
    return key;
}

/* Types whose equal values may differ in their bytes: pg_amproc has no support function 4. */
bool size_deduplicates(const struct size_key *key)
{
    static const char *const no[] = {"numeric", "real",     "double precision", "interval",
                                     "jsonb",   "tsvector", "tsquery",          "citext",
                                     "record",  "decimal",  "float4",           "float8"};
    enum value_class cls = value_class_of(key->base_type, key->category);
    if (cls == CLASS_ARRAY || cls == CLASS_RANGE || cls == CLASS_BPCHAR)
        return false;
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        if (str_is(key->base_type, no[i]))
            return false;
    return true;
}
