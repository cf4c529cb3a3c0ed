#include "cli/log_reader.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/wait.h"

struct message {
    const char *path; /* of an input: lives as long as the run */
    struct err err;
};

struct log_reader {
    struct log_reading what;
    struct log_watch watch;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    double start_s;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t done;
    bool finished;
    struct log_reader_state state;
    struct log_picture *picture;
    struct message *messages;
    size_t message_count, message_cap;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void log_picture_free(struct log_picture *p)
{
    if (!p)
        return;
    workload_free(p->workload);
    arena_free(p->arena);
    free(p);
}

/* ---- in the reader's thread ---- */

static bool stopped(void *self)
{
    return atomic_load(&((struct log_reader *)self)->stop);
}

static void progress(void *self, double bytes, double total, const char *path)
{
    struct log_reader *r = self;
    pthread_mutex_lock(&r->lock);
    r->state.bytes = bytes;
    r->state.total = total > 0 ? total : NAN;
    r->state.path = path;
    pthread_mutex_unlock(&r->lock);
}

static void publish(struct log_reader *r, struct workload *w, bool last)
{
    struct log_picture *p = xcalloc(1, sizeof *p), *before;
    p->arena = arena_new(0);
    p->workload = w;
    p->view = r->what.view(r->what.self, p->arena, w, last);
    p->last = last;
    pthread_mutex_lock(&r->lock);
    before = r->picture;
    r->picture = p;
    pthread_mutex_unlock(&r->lock);
    log_picture_free(before); /* nobody took it */
}

static void so_far(void *self, struct workload *w)
{
    publish(self, w, false);
}

static void complain(void *self, const char *path, const struct err *err)
{
    struct log_reader *r = self;
    pthread_mutex_lock(&r->lock);
    if (r->message_count == r->message_cap) {
        r->message_cap = r->message_cap * 2 + 8;
        r->messages = xrealloc(r->messages, r->message_cap * sizeof *r->messages);
    }
    r->messages[r->message_count++] = (struct message){path, *err};
    pthread_mutex_unlock(&r->lock);
}

static void read_all(struct log_reader *r)
{
    publish(r, r->what.read(r->what.self, &r->watch), true);
    pthread_mutex_lock(&r->lock);
    r->state.stopped = atomic_load(&r->stop);
    r->state.seconds = now_s() - r->start_s;
    r->finished = true;
    pthread_cond_broadcast(&r->done);
    pthread_mutex_unlock(&r->lock);
}

static void *thread_main(void *arg)
{
    read_all(arg);
    return NULL;
}

/* ---- from outside ---- */

struct log_reader *log_reader_new(const struct log_reading *what)
{
    struct log_reader *r = xcalloc(1, sizeof *r);
    r->what = *what;
    r->watch = (struct log_watch){r, stopped, progress, so_far, complain};
    r->state.total = NAN;
    r->start_s = now_s();
    pthread_mutex_init(&r->lock, NULL);
    wait_init(&r->done);
    r->started = wait_start(&r->thread, thread_main, r);
    if (!r->started)
        read_all(r);
    return r;
}

bool log_reader_wait(struct log_reader *r, int timeout_ms)
{
    pthread_mutex_lock(&r->lock);
    bool finished = wait_for(&r->done, &r->lock, &r->finished, timeout_ms);
    pthread_mutex_unlock(&r->lock);
    return finished;
}

struct log_picture *log_reader_take(struct log_reader *r)
{
    pthread_mutex_lock(&r->lock);
    struct log_picture *p = r->picture;
    r->picture = NULL;
    pthread_mutex_unlock(&r->lock);
    return p;
}

void log_reader_look(struct log_reader *r, struct log_reader_state *out)
{
    pthread_mutex_lock(&r->lock);
    *out = r->state;
    out->reading = !r->finished;
    out->stopped |= atomic_load(&r->stop); /* it may have ended just then */
    if (!r->finished)
        out->seconds = now_s() - r->start_s;
    pthread_mutex_unlock(&r->lock);
}

void log_reader_stop(struct log_reader *r)
{
    atomic_store(&r->stop, true);
}

void log_reader_free(struct log_reader *r)
{
    log_reader_stop(r);
    if (r->started)
        pthread_join(r->thread, NULL);
    for (size_t i = 0; i < r->message_count; i++)
        cli_error(r->messages[i].path, &r->messages[i].err);
    free(r->messages);
    log_picture_free(r->picture);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->done);
    free(r);
}
