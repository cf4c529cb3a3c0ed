#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

struct thread {
    pthread_t id;
    struct pool *pool;
    size_t worker;
};

struct pool {
    pool_work *work;
    void *ctx;
    struct thread *threads;
    size_t thread_count;
    pthread_mutex_t lock;
    pthread_cond_t more, less; /* a job came; one was done */
    void **jobs;               /* a ring */
    size_t depth, first, count, busy;
    bool ends;
};

static void *take_job(struct pool *p)
{
    void *job = p->jobs[p->first];
    p->first = (p->first + 1) % p->depth;
    p->count--;
    return job;
}

/* Do one job, with the lock held before and after. */
static void do_job(struct pool *p, size_t worker, void *job)
{
    p->busy++;
    pthread_mutex_unlock(&p->lock);
    p->work(p->ctx, worker, job);
    pthread_mutex_lock(&p->lock);
    p->busy--;
    pthread_cond_signal(&p->less);
}

static void *run(void *arg)
{
    struct thread *t = arg;
    struct pool *p = t->pool;
    pthread_mutex_lock(&p->lock);
    while (true) {
        while (!p->count && !p->ends)
            pthread_cond_wait(&p->more, &p->lock);
        if (!p->count)
            break;
        do_job(p, t->worker, take_job(p));
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals are for the thread that started us. */
static void start(struct pool *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < p->thread_count; i++) {
        struct thread *t = &p->threads[i];
        *t = (struct thread){.pool = p, .worker = i + 1};
        if (pthread_create(&t->id, NULL, run, t) != 0) {
            p->thread_count = i; /* with fewer it works as well */
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct pool *pool_new(size_t workers, size_t depth, pool_work *work, void *ctx)
{
    struct pool *p = xcalloc(1, sizeof *p);
    if (!workers || !depth)
        BUG("a pool of %zu workers and %zu jobs", workers, depth);
    p->work = work;
    p->ctx = ctx;
    p->depth = depth;
    p->jobs = xcalloc(depth, sizeof *p->jobs);
    p->thread_count = workers - 1;
    p->threads = xcalloc(workers, sizeof *p->threads);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    pthread_cond_init(&p->less, NULL);
    start(p);
    return p;
}

void pool_submit(struct pool *p, void *job)
{
    pthread_mutex_lock(&p->lock);
    if (p->thread_count == 0) {
        do_job(p, 0, job);
    } else if (p->count == p->depth) { /* the oldest first, so that jobs do not wait for long */
        void *oldest = take_job(p);
        p->jobs[(p->first + p->count++) % p->depth] = job;
        do_job(p, 0, oldest);
    } else {
        p->jobs[(p->first + p->count++) % p->depth] = job;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
}

void pool_drain(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->count)
        do_job(p, 0, take_job(p));
    while (p->busy)
        pthread_cond_wait(&p->less, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pool_drain(p);
    pthread_mutex_lock(&p->lock);
    p->ends = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i].id, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->more);
    pthread_cond_destroy(&p->less);
    free(p->threads);
    free(p->jobs);
    free(p);
}

size_t pool_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (size_t)n : 1;
}
