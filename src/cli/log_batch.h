/*
 * Records on their way to the workers: the reader copies them into batches, a worker reads their
 * plans and adds them to its own workload.
 */
#ifndef LOG_BATCH_H
#define LOG_BATCH_H

#include "cli/logrun.h"

struct log_batches;

struct log_batches *log_batches_new(const struct log_run_options *o,
                                    const struct log_filter *filter, const struct analysis *an);
/* Copy an event; a full batch goes to the workers. */
void log_batches_add(struct log_batches *b, const struct log_event *e);
/* Hand over what there is and wait until all of it is done. */
void log_batches_drain(struct log_batches *b);
/* What has come by now, in one workload of the caller's. */
struct workload *log_batches_so_far(struct log_batches *b);
/* Everything in one workload, the caller's; the batches are gone. *bad_plans: could not be read. */
struct workload *log_batches_finish(struct log_batches *b);

#endif
