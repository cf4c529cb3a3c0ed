/*
 * A thread of its own for what may take long, and waiting for it with a limit.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>

/* Start a thread that gets no signals: they are the main thread's business. False: there is none.
 */
bool wait_start(pthread_t *thread, void *(*run)(void *), void *ctx);

/* A condition for wait_for(), which does not mind when the clock is set. */
void wait_init(pthread_cond_t *changed);
/*
 * Until *flag, which stands under the lock, but for so many milliseconds at most (negative: however
 * long it takes). The lock is held, before and after. Whether the flag is set.
 */
bool wait_for(pthread_cond_t *changed, pthread_mutex_t *lock, const bool *flag, int timeout_ms);

#endif
