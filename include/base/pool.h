/*
 * A bounded queue of jobs with worker threads.
 *
 * The one who hands in jobs works too: when the queue is full, it does the job itself instead of
 * waiting. So n workers are n - 1 threads and the caller; with one worker there are no threads
 * at all, and jobs are done at once.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

/* Does one job; worker: 0 .. workers - 1, of which each does one job at a time. */
typedef void pool_work(void *ctx, size_t worker, void *job);

struct pool *pool_new(size_t workers, size_t depth, pool_work *work, void *ctx);
/* Hand in a job; from one thread only, which is worker 0. */
void pool_submit(struct pool *p, void *job);
/* Wait until all jobs are done, helping. */
void pool_drain(struct pool *p);
/* Drain, and end the threads. */
void pool_free(struct pool *p);

/* Processors that this process may use. */
size_t pool_processors(void);

#endif
