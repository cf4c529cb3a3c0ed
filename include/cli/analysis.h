/* What the commands that look at plans share: thresholds, rules left out, the catalog; and from
 * them a plan's report. */
#ifndef CLI_ANALYSIS_H
#define CLI_ANALYSIS_H

#include "cli/cli.h"

struct catalog;
struct whatif;

struct analysis {
    struct thresholds thresholds;
    struct str *disabled;
    size_t disabled_count;
    struct catalog *catalog; /* NULL: none was given */
    struct whatif *planner;  /* the server's, which judges the advice; NULL: the model does */
};

/* Options of rules. False with ERR_USAGE. */
bool analysis_init(struct analysis *an, const struct cli *c, struct err *err);
/* The catalog that --catalog names, if any; quiet: without its warnings. False when it cannot be
 * read: the message has been printed. */
bool analysis_open_catalog(struct analysis *an, const struct cli *c, bool quiet, struct err *err);
/* Options of index advice: --budget, --max-indexes, --write-weight. False with ERR_USAGE. */
bool analysis_limits(const struct opts *o, struct advice_limits *l, struct err *err);
void analysis_release(struct analysis *an);

/* Metrics, findings and advice of a plan, in the arena. cat: NULL none. */
struct report *analysis_report(const struct analysis *an, struct arena *a,
                               const struct catalog *cat, const struct plan *p, const char *source,
                               size_t number, size_t count);

#endif
