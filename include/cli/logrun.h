/*
 * Reading logs into one workload: which files, in which order, with how many workers, and what is
 * left out.
 */
#ifndef CLI_LOGRUN_H
#define CLI_LOGRUN_H

#include <regex.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/analysis.h"
#include "read/log.h"
#include "work/workload.h"

/* What is to be read. */
struct log_filter {
    int64_t since_us, until_us;           /* LOG_NO_TIME: any */
    struct str *databases, *users, *apps; /* any of them; count 0: all */
    size_t database_count, user_count, app_count;
    regex_t query; /* in the statement */
    bool has_query;
};

/* Out of the options; false with ERR_USAGE. */
bool log_filter_init(struct log_filter *f, const struct cli *c, struct err *err);
void log_filter_release(struct log_filter *f);
/* By what every record has. */
bool log_filter_takes(const struct log_filter *f, const struct log_event *e);
/* By the statement; true without --query. */
bool log_filter_takes_query(const struct log_filter *f, struct str sql);

/* One file to read. */
struct log_input {
    const char *path;
    int64_t first_us; /* time of its first record; LOG_NO_TIME: not known */
    unsigned long long size;
    int year;     /* of its last change */
    bool regular; /* no pipe; only then the size is known */
    bool known;   /* was there before */
    dev_t device;
    ino_t inode;
};

/* Files, directories and patterns as operands: what is to be read, in order of time. Of one log
 * in several formats one is taken, and *notes says so. Those that are `known` already, whatever
 * their names are now, are left out. In the arena; false with an error. */
bool log_inputs(struct arena *a, const char *const *operands, size_t count,
                const struct log_input *known, size_t known_count, struct log_input **out,
                size_t *out_count, struct buf *notes, struct err *err);

/* Operands whose files come and go, for --follow: see log_search.c. */
struct log_search;
struct log_search *log_search_new(const char *const *operands, size_t count,
                                  const struct log_input *first, size_t first_count);
void log_search_free(struct log_search *s);
/* Files that have come since the last time, in order of time; valid until log_search_free(). */
size_t log_search_again(struct log_search *s, const struct log_input **out);
/* The file that has this name now was opened. */
void log_search_know(struct log_search *s, const char *path);

/* Somebody looks on while logs are read: in place of messages on standard error and of Ctrl-C.
 * Called from the reading thread. */
struct log_watch {
    void *self;
    bool (*stopped)(void *self); /* whether to end the reading */
    void (*progress)(void *self, double bytes, double total,
                     const char *path);             /* total 0: unknown */
    void (*so_far)(void *self, struct workload *w); /* what has come by now; w is the watcher's */
    void (*complain)(void *self, const char *path, const struct err *err);
};

struct log_run_options {
    const struct log_watch *watch; /* NULL: nobody */
    size_t jobs;
    const char *prefix;
    struct log_search *follow; /* NULL: what is there is read once */
    bool quiet;
    bool no_values;
    bool explains;
};

/* How a run went. */
struct log_outcome {
    bool interrupted; /* Ctrl-C: what was read by then is there */
    size_t unread;    /* files that could not be opened or read to their end */
    enum err_code worst;
    unsigned long long stray, nul_bytes, repeated;
    unsigned long long bad; /* broken records, and plans that could not be read */
};

/* Read everything. NULL only with an error that is not about one of the inputs. */
struct workload *log_run(const struct log_input *inputs, size_t count,
                         const struct log_run_options *o, const struct log_filter *filter,
                         const struct analysis *an, struct log_outcome *outcome);

#endif
