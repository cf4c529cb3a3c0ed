/* --verify: what was chosen is built on the server, measured, and rolled back. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "advise/advise.h"
#include "cli/cli.h"
#include "db/verify.h"

struct conn;

/* Read the options that go with it. False with ERR_USAGE. */
bool verify_read_options(const struct opts *o, struct verify_options *out, struct err *err);

/*
 * Measure the workload without and with the proposed indexes. The queries' times are filled in, and
 * what a measured plan used is marked so. False: nothing was measured, err says why.
 */
bool verify_advice(struct conn *c, struct arena *a, const struct verify_options *o,
                   struct advice *adv, struct err *err);

#endif
