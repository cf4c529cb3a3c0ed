#include "advise/value.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>

#include "advise/value_text.h"
#include "advise/value_time.h"

struct type_name {
    const char *name;
    enum value_class cls;
};

static const struct type_name type_names[] = {
    {"smallint", CLASS_NUMBER},
    {"integer", CLASS_NUMBER},
    {"bigint", CLASS_NUMBER},
    {"numeric", CLASS_NUMBER},
    {"real", CLASS_NUMBER},
    {"double precision", CLASS_NUMBER},
    {"oid", CLASS_NUMBER},
    {"int2", CLASS_NUMBER},
    {"int4", CLASS_NUMBER},
    {"int8", CLASS_NUMBER},
    {"decimal", CLASS_NUMBER},
    {"float4", CLASS_NUMBER},
    {"float8", CLASS_NUMBER},
    {"boolean", CLASS_BOOL},
    {"bool", CLASS_BOOL},
    {"text", CLASS_TEXT},
    {"character varying", CLASS_TEXT},
    {"varchar", CLASS_TEXT},
    {"name", CLASS_TEXT},
    {"\"char\"", CLASS_TEXT},
    {"character", CLASS_BPCHAR},
    {"bpchar", CLASS_BPCHAR},
    {"bytea", CLASS_BYTES},
    {"date", CLASS_DATE},
    {"timestamp without time zone", CLASS_TIMESTAMP},
    {"timestamp", CLASS_TIMESTAMP},
    {"timestamp with time zone", CLASS_TIMESTAMPTZ},
    {"timestamptz", CLASS_TIMESTAMPTZ},
    {"time without time zone", CLASS_TIME},
    {"time", CLASS_TIME},
    {"interval", CLASS_INTERVAL},
    {"inet", CLASS_NET},
    {"cidr", CLASS_NET},
    {"uuid", CLASS_UUID},
    {"money", CLASS_MONEY},
    {"jsonb", CLASS_JSONB},
    {"tsvector", CLASS_TSVECTOR},
    {"point", CLASS_GEOMETRY},
    {"box", CLASS_GEOMETRY},
    {"circle", CLASS_GEOMETRY},
    {"polygon", CLASS_GEOMETRY},
};

enum value_class value_class_of(struct str base_type, char category)
{
    if (str_ends(base_type, "[]"))
        return CLASS_ARRAY;
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
        if (base_type.len && base_type.p[0] == type_names[i].name[0] &&
            str_is(base_type, type_names[i].name))
            return type_names[i].cls;
    if (category == 'E')
        return CLASS_ENUM;
    if (category == 'R' || str_ends(base_type, "range"))
        return CLASS_RANGE;
    if (category == 'A')
        return CLASS_ARRAY;
    return CLASS_UNKNOWN;
}

bool value_is_scalar(enum value_class cls)
{
    return cls == CLASS_NUMBER || cls == CLASS_BOOL || cls == CLASS_NET || cls == CLASS_MONEY ||
           (cls >= CLASS_DATE && cls <= CLASS_INTERVAL);
}

/* ---- numbers of the other classes ---- */

static bool net_parse(struct str text, unsigned char addr[16], int *family, int *bits)
{
    char copy[64];
    text = str_trim(text);
    ptrdiff_t slash = str_find(text, "/");
    struct str host = slash < 0 ? text : str_sub(text, 0, (size_t)slash);
    if (host.len >= sizeof(copy))
        return false;
    memcpy(copy, host.p, host.len);
    copy[host.len] = '\0';
    memset(addr, 0, 16);
    *family = memchr(copy, ':', host.len) ? AF_INET6 : AF_INET;
    if (inet_pton(*family, copy, addr) != 1)
        return false;
    long long n = *family == AF_INET ? 32 : 128;
    if (slash >= 0 && !str_to_int64(str_sub(text, (size_t)slash + 1, text.len), &n))
        return false;
    *bits = (int)n;
    return true;
}

static bool net_number(struct str text, double *out)
{
    unsigned char addr[16];
    int family, bits;
    if (!net_parse(text, addr, &family, &bits))
        return false;
    double n = family == AF_INET ? 2 : 3;
    for (int i = 0; i < (family == AF_INET ? 4 : 5); i++)
        n = n * 256 + addr[i];
    *out = n;
    return true;
}

static bool money_number(struct str text, double *out)
{
    char copy[64];
    size_t n = 0;
    bool negative = false;
    for (size_t i = 0; i < text.len && n + 1 < sizeof(copy); i++) {
        negative |= text.p[i] == '-' || text.p[i] == '(';
        if ((text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '.')
            copy[n++] = text.p[i];
    }
    double v;
    if (!str_to_double((struct str){copy, n}, &v))
        return false;
    *out = negative ? -v : v;
    return true;
}

static bool bool_number(struct str text, double *out)
{
    static const char *const yes[] = {"t", "true", "yes", "y", "on", "1"};
    static const char *const no[] = {"f", "false", "no", "n", "off", "0"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        *out = str_is_nocase(text, yes[i]);
        if (*out || str_is_nocase(text, no[i]))
            return true;
    }
    return false;
}

static bool plain_number(struct str text, double *out)
{
    text = str_trim(text);
    if (str_is_nocase(text, "nan") || str_is_nocase(text, "infinity") ||
        str_is_nocase(text, "inf")) {
        *out = INFINITY; /* NaN sorts above all numbers */
        return true;
    }
    if (str_is_nocase(text, "-infinity") || str_is_nocase(text, "-inf")) {
        *out = -INFINITY;
        return true;
    }
    return str_to_double(text, out);
}

bool value_number(const struct value_type *t, struct str text, double *out)
{
    switch (t->cls) {
    case CLASS_NUMBER:
        return plain_number(text, out);
    case CLASS_BOOL:
        return bool_number(text, out);
    case CLASS_DATE:
    case CLASS_TIMESTAMP:
    case CLASS_TIMESTAMPTZ:
        return value_time_number(t, text, out);
    case CLASS_TIME:
    case CLASS_INTERVAL:
        return value_span_number(t->cls, text, out);
    case CLASS_NET:
        return net_number(text, out);
    case CLASS_MONEY:
        return money_number(text, out);
    default:
        return false;
    }
}

/* ---- equality and order ---- */

static struct str trim_blanks(struct str s)
{
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool is_integer(struct str s)
{
    long long n;
    return str_to_int64(s, &n);
}

bool value_equal(const struct value_type *t, struct str a, struct str b)
{
    if (t->cls == CLASS_BPCHAR)
        return str_eq(trim_blanks(a), trim_blanks(b));
    if (str_eq(a, b))
        return true;
    if (!value_is_scalar(t->cls) || t->cls == CLASS_NET)
        return false;
    /* Integers beyond 2^53 would look equal as doubles. */
    if (t->cls == CLASS_NUMBER && is_integer(a) && is_integer(b)) {
        long long x, y;
        return str_to_int64(a, &x) && str_to_int64(b, &y) && x == y;
    }
    double x, y;
    return value_number(t, a, &x) && value_number(t, b, &y) && x == y;
}

/* Networks: family, then the bits both masks share, then mask length, then the address. */
static bool net_compare(struct str a, struct str b, int *order)
{
    unsigned char x[16], y[16];
    int xf, yf, xb, yb;
    if (!net_parse(a, x, &xf, &xb) || !net_parse(b, y, &yf, &yb))
        return false;
    int shared = xb < yb ? xb : yb;
    *order = (xf > yf) - (xf < yf);
    for (int i = 0; *order == 0 && i < shared; i++) {
        int shift = 7 - i % 8;
        *order = (x[i / 8] >> shift & 1) - (y[i / 8] >> shift & 1);
    }
    if (*order == 0)
        *order = (xb > yb) - (xb < yb);
    if (*order == 0)
        *order = memcmp(x, y, sizeof(x));
    return true;
}

int value_net_within(struct str a, struct str b)
{
    unsigned char x[16], y[16];
    int xf, yf, xb, yb;
    if (!net_parse(a, x, &xf, &xb) || !net_parse(b, y, &yf, &yb))
        return -1;
    if (xf != yf || xb < yb)
        return 0;
    for (int i = 0; i < yb; i++)
        if ((x[i / 8] ^ y[i / 8]) >> (7 - i % 8) & 1)
            return 0;
    return 1;
}

bool value_compare(const struct value_type *t, struct str a, struct str b, int *order)
{
    double x, y;
    switch (t->cls) {
    case CLASS_TEXT:
    case CLASS_BYTES:
    case CLASS_UUID:
        *order = value_text_compare(t->linguistic, a, b);
        return true;
    case CLASS_BPCHAR:
        *order = value_text_compare(t->linguistic, trim_blanks(a), trim_blanks(b));
        return true;
    case CLASS_NET:
        return net_compare(a, b, order);
    default:
        if (!value_number(t, a, &x) || !value_number(t, b, &y))
            return false;
        *order = (x > y) - (x < y);
        return true;
    }
}

double value_fraction(const struct value_type *t, struct str low, struct str v, struct str high)
{
    double l, x, h;
    if (t->cls == CLASS_TEXT || t->cls == CLASS_BPCHAR || t->cls == CLASS_BYTES) {
        bool bytes = t->cls == CLASS_BYTES;
        value_text_scale(t->linguistic, bytes, low, v, high, &l, &x, &h);
    } else if (t->cls == CLASS_MONEY || !value_is_scalar(t->cls) || !value_number(t, low, &l) ||
               !value_number(t, v, &x) || !value_number(t, high, &h)) {
        return 0.5;
    }
    if (h <= l)
        return 0.5;
    if (x <= l)
        return 0;
    if (x >= h)
        return 1;
    double f = (x - l) / (h - l);
    return f >= 0 && f <= 1 ? f : 0.5;
}
