#include "sql/oper.h"

static const struct oper opers[] = {
#define OPER(name, class, commutator, negator)                                                     \
    {{name, sizeof name - 1},                                                                      \
     PRED_##class,                                                                                 \
     {commutator, sizeof commutator - 1},                                                          \
     {negator, sizeof negator - 1}},
#include "sql/oper.def"
#undef OPER
};

const struct oper *oper_find(struct str name)
{
    for (size_t i = 0; i < sizeof opers / sizeof *opers; i++)
        if (str_eq(opers[i].name, name))
            return &opers[i];
    return NULL;
}
