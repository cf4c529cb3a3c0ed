#include "sql/func.h"

#include <stdlib.h>

enum { FUNC_STRICT = 1, FUNC_CALLED_ON_NULL = 0 };

struct func {
    const char *name;
    enum func_volatility volatility;
    int strict;
};

static const struct func funcs[] = {
#define FUNC(name, volatility, null) {#name, FUNC_##volatility, FUNC_##null},
#include "sql/func.def"
#undef FUNC
};

static int compare_name(const void *key, const void *element)
{
    const struct str *name = key;
    const struct func *f = element;
    return str_cmp(*name, str_of(f->name));
}

static const struct func *find(struct str name)
{
    return bsearch(&name, funcs, sizeof funcs / sizeof *funcs, sizeof *funcs, compare_name);
}

enum func_volatility func_volatility(struct str name)
{
    const struct func *f = find(name);
    return f ? f->volatility : FUNC_UNKNOWN;
}

bool func_is_strict(struct str name)
{
    const struct func *f = find(name);
    return f && f->strict == FUNC_STRICT;
}
