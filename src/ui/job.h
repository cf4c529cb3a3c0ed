/*
 * One call into the source that may take time, made in a background thread while the screens
 * stay usable; in the foreground when the host cannot be woken (scripts, tests).
 */
#ifndef UI_JOB_H
#define UI_JOB_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct job;

struct job *job_new(struct app *app);
/* Cancels what runs, and waits for it. */
void job_free(struct job *job);

/* run: in the background; done: afterwards, on the screens' thread. arg is freed with free()
 * after done. False when another call is running; arg is then freed at once. */
bool job_start(struct app *app, const char *what, void (*run)(struct app *, void *),
               void (*done)(struct app *, void *), void *arg);
/* What runs now ("planning"), NULL when nothing does. */
const char *job_what(const struct app *app);
/* Milliseconds since it began. */
uint64_t job_age(const struct app *app);
void job_cancel(struct app *app);
/* Take the result of a call that has ended. */
void job_poll(struct app *app);

#endif
