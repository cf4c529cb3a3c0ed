/* What the plan would be with the ticked indexes: asked once per combination. */
#ifndef UI_WHATIF_H
#define UI_WHATIF_H

#include "ui/source.h"
#include "work/diff.h"

struct app;
struct plan_state;
struct whatif_cache;

struct whatif_cache *whatif_cache_new(void);
void whatif_cache_free(struct whatif_cache *c);

/* Have the combination now ticked worked out, unless it has been. */
void whatif_start(struct app *app);
/* Its result; NULL when nothing is ticked, or it is not known (yet). */
const struct ui_whatif *whatif_now(struct app *app);
/* Why there is no result, NULL when there is one or none was asked for. */
const char *whatif_error(struct app *app);
/* The plan against the one that it would be; NULL as above, or when only costs are known. */
const struct plan_diff *whatif_diff(struct app *app);
int whatif_ticked(const struct plan_state *ps);
/* "I2+I1". */
void whatif_add_names(struct buf *b, const struct plan_state *ps);

#endif
