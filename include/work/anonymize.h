/*
 * Plans that may leave the house: names and constants replaced, structure and figures kept.
 *
 * The same name gets the same replacement wherever it stands, over all plans of a run, and
 * so does the same constant; a constant keeps its type and shape (number, date, wildcards of a
 * LIKE pattern, elements of an array). What is PostgreSQL's own stays: key words, built-in
 * types and functions, system columns, collations, node types, figures.
 *
 * The plan is copied before anything is worked out from it, so that no later text can
 * hold what was replaced.
 */
#ifndef WORK_ANONYMIZE_H
#define WORK_ANONYMIZE_H

#include "base/str.h"

struct anon;
struct arena;
struct plan;

/* Replacements of one run; everything lives in the arena. */
struct anon *anon_new(struct arena *a);
/* The same for constants only: names stay. */
struct anon *anon_new_for_values(struct arena *a);
/* A copy of the plan, in the arena, with everything replaced. */
struct plan *anon_plan(struct anon *n, struct arena *a, const struct plan *p);
/* One line a replacement: replacement, kind, original; tab-separated, backslash escapes. */
void anon_add_map(const struct anon *n, struct buf *out);

#endif
