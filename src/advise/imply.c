/* Whether a need's conditions prove a partial index's predicate. */
#include "advise/access_private.h"

bool access_implied(const struct need *n, const struct pred *const *conds, size_t count,
                    const struct pred *goal)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(conds[i]->text, goal->text))
            return true;
    (void)n;
    return false;
}
