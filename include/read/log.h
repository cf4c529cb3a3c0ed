/*
 * PostgreSQL's server log as a stream of events, whatever its destination and dress.
 *
 * Bytes are pushed in chunks of any size; the events do not depend on where the chunks end.
 * Memory is bounded: a record longer than the cap is cut (and says so), what is remembered of a
 * session is a few hundred bytes, and of sessions only the latest are kept. A bad record is
 * counted and reported, and never stops the stream.
 *
 *     struct log *log = log_new(&options, sink, ctx);
 *     log_file(log, STR("postgresql.log"));
 *     while (... read a chunk ...) log_feed(log, p, n);
 *     log_end(log); ... log_stats(log) ...; log_free(log);
 */
#ifndef READ_LOG_H
#define READ_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum log_kind {
    LOG_PLAN,      /* auto_explain: "duration: D ms  plan:" */
    LOG_STATEMENT, /* "duration: D ms  statement|execute|execute fetch from: SQL"; also a duration
                      alone whose statement log_statement had logged just before */
    LOG_PARSE,     /* the same for the two other phases of the extended protocol */
    LOG_BIND,
    LOG_DURATION,  /* "duration: D ms" alone (log_duration), of a statement that was not logged */
    LOG_TEXT,      /* "statement: SQL", "execute N: SQL" alone (log_statement): not done yet */
    LOG_TEMP_FILE, /* "temporary file: path ..., size N" */
    LOG_ERROR,     /* ERROR, FATAL, PANIC */
    LOG_OTHER,
    LOG_KIND_COUNT
};
/* "plan", "statement" ...: for messages and JSON. */
extern const char *const log_kind_name[LOG_KIND_COUNT];

/* How a LOG_STATEMENT (or LOG_TEXT) was asked for. */
enum log_step {
    LOG_SIMPLE,  /* "statement:", the simple protocol */
    LOG_EXECUTE, /* "execute N:" */
    LOG_FETCH    /* "execute fetch from N:": goes on with an execution that had begun */
};

/* What a file is written in. Syslog's lines hold stderr's: that is a dress (see log_dress). */
enum log_format { LOG_UNKNOWN, LOG_STDERR, LOG_CSV, LOG_JSON };
extern const char *const log_format_name[];

#define LOG_NO_TIME INT64_MIN

/* One record. Strings are valid until the sink returns; those that the log did not say are absent.
 */
struct log_event {
    enum log_kind kind;
    enum log_step step;
    enum log_format format;
    struct str file;           /* name as given; "-" for standard input */
    size_t line;               /* first line of the record, from 1 (physical lines) */
    unsigned long long offset; /* byte (of the decompressed input) where it begins */
    int64_t time_us;      /* since 1970 UTC where the zone is known, else as if UTC; LOG_NO_TIME */
    struct str time_text; /* as logged */
    struct str user, database, app, host; /* absent: not in the prefix, or empty */
    long pid;                             /* 0: unknown */
    struct str session;                   /* %c */
    int64_t line_num;                     /* %l, within the session; 0: unknown */
    struct str tag;                       /* %i, command tag: "SELECT" */
    int64_t query_id;                     /* %Q: the top-level statement's; 0: unknown */
    struct str severity;                  /* as logged, perhaps translated */
    double duration_ms;                   /* NAN: none */
    struct str sql;     /* statement text, unfolded; of a LOG_PLAN absent (it is in the body),
                           of an error the STATEMENT that failed */
    struct str params;  /* DETAIL "parameters: ..." without that word */
    struct str body;    /* LOG_PLAN: plan text, unfolded, as read_plans() takes it */
    struct str message; /* LOG_ERROR, LOG_OTHER: the message */
    struct str context; /* CONTEXT */
    unsigned long long temp_bytes; /* LOG_TEMP_FILE */
    bool nested;                   /* LOG_PLAN: ran inside another statement of the same backend */
    /*
     * This record tells of an execution that another one has counted. LOG_STATEMENT: a LOG_PLAN of
     * the same execution was given already; the duration here is the statement's whole time and
     * counts no second call. LOG_PLAN: its statement was given already (a cursor's DECLARE, the
     * first part of a portal fetched in parts): the plan counts no second call.
     */
    bool paired;
    /* LOG_PLAN: how many plans with the same Query Text this session gave since its last
       statement record: in a text of several statements, which of those with plans this is. */
    size_t batch_index;
    /* LOG_PLAN, not nested as far as the log says: plans that came before it from the same process
       and ended within its time, and the time of those. They ran inside it, and the log does not
       say so (log_error_verbosity = terse leaves CONTEXT out). The fewest that it can be. */
    uint64_t inside;
    double inside_ms;
    bool cut; /* the record ended before it was complete, or was longer than the cap */
};

/* Takes an event. False stops the reading: what is still fed is ignored. */
typedef bool log_sink(void *ctx, const struct log_event *e);

struct log_options {
    const char *prefix; /* log_line_prefix; NULL: found out from the first lines */
    size_t record_cap;  /* bytes that a record may have; 0: 10 MB */
    int year;           /* of syslog's stamps, which have none; 0: they tell no time */
    unsigned skip;      /* kinds that are only counted: bits 1 << LOG_OTHER ... */
};

/* Something that could not be read; the first few are kept. */
struct log_problem {
    struct str file;
    size_t line;
    unsigned long long offset;
    struct err err;
};

enum { LOG_PROBLEMS_KEPT = 10 };

/* What has been read so far, over all files. */
struct log_stats {
    unsigned long long bytes, lines, records;
    unsigned long long kinds[LOG_KIND_COUNT];
    unsigned long long bad;       /* records that were broken, cut, or longer than the cap */
    unsigned long long stray;     /* lines that belong to no record */
    unsigned long long repeated;  /* records that had been given already (the same file twice) */
    unsigned long long nul_bytes; /* left out */
    struct log_problem problems[LOG_PROBLEMS_KEPT];
    size_t problem_count;
};

struct log;

struct log *log_new(const struct log_options *options, log_sink *sink, void *ctx);
void log_free(struct log *log);

/*
 * A file begins; `name` must live as long as the log. Files are given in the order of time: a
 * record that the end of one file cuts goes on where the next file begins in the middle of one.
 */
void log_file(struct log *log, struct str name);
/* The year of syslog's stamps from here on; 0: they tell no time. */
void log_set_year(struct log *log, int year);
/* The next bytes. False once the sink has said so. */
bool log_feed(struct log *log, const char *p, size_t n);
/*
 * The same without a copy: room for at least `least` bytes, and how many of them were filled.
 */
char *log_room(struct log *log, size_t least, size_t *size);
bool log_filled(struct log *log, size_t n);
/* Nothing comes for a while: what the log is may be judged by the little that is there (else by its
 * first 64 kB), so that its records can be seen. */
void log_settle(struct log *log);
/* The file is read to its end; the next log_file() and log_end() do this too. Its last record may
 * still go on in the next file. */
void log_file_end(struct log *log);
/* All files are read: what is pending is given. */
void log_end(struct log *log);

const struct log_stats *log_stats(const struct log *log);
/* What the file at hand is written in; LOG_UNKNOWN before enough of it was read. */
enum log_format log_format(const struct log *log);
/* In what it is wrapped: "docker", "cri", ...; NULL: nothing. */
const char *log_dress(const struct log *log);
/* The log_line_prefix that fitted last; NULL: none, or not a format that has one. */
const char *log_prefix(const struct log *log);
/* Microseconds since 1970 of "2026-11-22 07:32:59.204 UTC", as the log's times are read;
 * LOG_NO_TIME when it is none. */
int64_t log_parse_time(struct str s);
/*
 * Why a file gave no record, as an error with a hint: it holds no line that begins like a record
 * of PostgreSQL's, and the first one that failed. False: it gave some, or was empty.
 */
bool log_explain_nothing(const struct log *log, struct err *err);

#endif
