/*
 * A log read in a thread of its own, for somebody who looks at what has come so far: every now and
 * then there is a new picture of it, whole in itself.
 */
#ifndef LOG_READER_H
#define LOG_READER_H

#include "cli/logrun.h"
#include "report/workload.h"

/* What is known of the log at one moment. */
struct log_picture {
    struct arena *arena; /* of the summary, and of whoever has the picture */
    struct workload *workload;
    struct workload_view view;
    bool last; /* there will be no other */
};
void log_picture_free(struct log_picture *p);

/* What the reader's thread calls. */
struct log_reading {
    void *self;
    /* All of it. */
    struct workload *(*read)(void *self, const struct log_watch *watch);
    /* A summary in the arena. */
    struct workload_view (*view)(void *self, struct arena *a, const struct workload *w, bool last);
};

struct log_reader_state {
    bool reading;
    bool stopped;        /* before the end */
    double bytes, total; /* of the files; total NAN: unknown */
    double seconds;
    const char *path; /* read now; NULL: none yet */
};

struct log_reader;
/* Begins at once. */
struct log_reader *log_reader_new(const struct log_reading *what);
/* Whether all has been read, after waiting that long at most. */
bool log_reader_wait(struct log_reader *r, int timeout_ms);
/* The newest picture, if there is one that was not taken; the caller's. NULL. */
struct log_picture *log_reader_take(struct log_reader *r);
void log_reader_look(struct log_reader *r, struct log_reader_state *out);
void log_reader_stop(struct log_reader *r);
/* Stops and waits; messages that came meanwhile are printed. */
void log_reader_free(struct log_reader *r);

#endif
