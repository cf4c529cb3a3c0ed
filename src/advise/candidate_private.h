/* Shared by the files that draft candidates. Private to advise. */
#ifndef ADVISE_CANDIDATE_PRIVATE_H
#define ADVISE_CANDIDATE_PRIVATE_H

#include "advise/candidate.h"
#include "advise/need_private.h"

struct maker {
    struct arena *arena;
    const struct catalog *cat;
    const struct need *need;
    const struct ix *const *existing;
    size_t existing_count;
    struct candidate_list *out;
};

enum { DRAFT_MAX_PARTIAL = 3 };

/* An index being put together. */
struct draft {
    struct ix_key keys[IX_MAX_KEYS];
    size_t count;    /* all of them */
    size_t included; /* the last ones, INCLUDE columns */
    const struct need_cond *partial[DRAFT_MAX_PARTIAL];
    size_t partial_count;
    struct str extension;
};

bool draft_has(const struct draft *d, struct str canonical);
void draft_add(struct draft *d, struct ix_key key);
struct ix_key draft_key(const struct maker *m, const struct need_cond *c, enum ix_role role);
void draft_emit(const struct maker *m, const struct draft *d, enum cost_am am);

/* GIN, GiST and BRIN for what B-trees cannot search. */
void candidate_other_am(const struct maker *m, const struct need_cond *c);

/* ORDER BY distance LIMIT n. */
void candidate_knn(const struct maker *m);
/* Whether the type has a B-tree operator class, and values short enough for it. */
bool candidate_fits_btree(const struct need_cond *c);

#endif
