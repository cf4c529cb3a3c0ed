#include "ui/job.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "ui/view.h"

struct job {
    struct app *app;
    const char *what;
    void (*run)(struct app *, void *);
    void (*done)(struct app *, void *);
    void *arg;
    uint64_t since;
    bool running;
    pthread_t thread;
    atomic_bool finished;
};

struct job *job_new(struct app *app)
{
    struct job *job = xcalloc(1, sizeof *job);
    job->app = app;
    return job;
}

void job_free(struct job *job)
{
    if (job->running) {
        job_cancel(job->app);
        pthread_join(job->thread, NULL);
        free(job->arg);
    }
    free(job);
}

static void *thread_main(void *arg)
{
    struct job *job = arg;
    const struct ui_host *host = job->app->host;
    job->run(job->app, job->arg);
    atomic_store(&job->finished, true);
    host->wake(host->self);
    return NULL;
}

static void finish(struct app *app)
{
    struct job *job = app->job;
    void *arg = job->arg;
    job->what = NULL;
    job->arg = NULL;
    job->running = false;
    job->done(app, arg);
    free(arg);
}

/* Signals are the main thread's business: they interrupt its waiting. */
static bool start_thread(struct job *job)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&job->thread, NULL, thread_main, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

bool job_start(struct app *app, const char *what, void (*run)(struct app *, void *),
               void (*done)(struct app *, void *), void *arg)
{
    struct job *job = app->job;
    if (job->running) {
        free(arg);
        return false;
    }
    job->what = what;
    job->run = run;
    job->done = done;
    job->arg = arg;
    job->since = app_now(app);
    atomic_store(&job->finished, false);
    job->running = app->host->wake && start_thread(job);
    if (!job->running) {
        run(app, arg);
        finish(app);
    }
    return true;
}

const char *job_what(const struct app *app)
{
    return app->job->running ? app->job->what : NULL;
}

uint64_t job_age(const struct app *app)
{
    return app_now(app) - app->job->since;
}

void job_cancel(struct app *app)
{
    if (app->job->running && app->source->ops->cancel)
        app->source->ops->cancel(app->source->self);
}

void job_poll(struct app *app)
{
    if (!app->job->running || !atomic_load(&app->job->finished))
        return;
    pthread_join(app->job->thread, NULL);
    finish(app);
}
