/*
 * The inside of the log reader. Bytes go through these stations:
 *
 *     log.c        chunks; the first 64 kB are looked at to find out what the file is
 *     log_input.c  encodings, NUL bytes; lines, with their numbers
 *     log_dress.c  what containers and clouds put around lines
 *     log_stderr.c, log_csv.c, log_jsonlog.c   lines (csv: bytes) -> records
 *     log_event.c  records -> events;  log_session.c  what belongs together
 */
#ifndef LOG_IMPL_H
#define LOG_IMPL_H

#include "read/log.h"
#include "read/log_prefix.h"
#include "read/log_words.h"

struct arena;
struct log_dress_info;

enum log_section {
    SECTION_MESSAGE,
    SECTION_DETAIL,
    SECTION_CONTEXT,
    SECTION_STATEMENT,
    SECTION_COUNT,
    SECTION_DROPPED = SECTION_COUNT /* HINT, QUERY, LOCATION, BACKTRACE */
};

/* A place in the input. */
struct log_place {
    size_t line;
    unsigned long long offset;
    struct str file; /* a record that ends with its file is given when the next one has begun */
};

/* One record, as any of the framers gives it; slices live until log_emit returns. */
struct log_record {
    struct log_place place;
    struct log_fields fields;
    enum log_word word; /* of its severity */
    struct str text[SECTION_COUNT];
    int64_t fallback_us; /* when, by its dress; LOG_NO_TIME */
    bool cut;
    const char *why_cut; /* for the complaint */
};

/* Framer of stderr: the record being put together. */
struct stderr_state {
    struct log_prefix prefixes[8]; /* the one that fitted last stands first */
    size_t prefix_count;
    bool given;       /* by the user: nothing is found out */
    bool open;        /* a record is being put together */
    bool lenient;     /* lines lost their TABs: whatever is no record goes on with the last */
    bool second_plan; /* a line inside the record ends in "plan:" */
    bool plan_begins; /* the last line ended in "plan:" */
    int tries;        /* lines in a row that a prefix was looked for in vain */
    long dress_pid;   /* what the dress of the record's first line said */
    int64_t dress_time_us;
    bool seen_any;       /* a record was met in this file */
    bool orphans;        /* continuation lines without a record were counted already */
    enum log_section at; /* where continuation lines go */
    struct log_record record;
    struct buf head; /* the prefix */
    struct buf text[SECTION_COUNT];
    size_t size;
    bool over;             /* past the cap: the rest is thrown away */
    struct buf failed_buf; /* the first line that fitted nothing */
    size_t failed_line;
};

struct csv_state {
    struct buf row; /* the row at hand, as far as it was read */
    struct log_place place;
    bool quoted;     /* the end of `row` is inside quotes */
    size_t scanned;  /* bytes of row that were looked at */
    bool synced;     /* a row was met: what comes next begins one */
    struct buf text; /* fields with quotes taken out */
};

struct session;

struct sessions {
    struct session *slots; /* open addressing by key */
    size_t count, cap;
    unsigned long long clock;
    size_t text_bytes; /* statements that wait for their duration */
};

/* Lines of one process, of syslog's numbered messages. */
struct syslog_pending;

struct log {
    struct log_options options;
    log_sink *sink;
    void *ctx;
    bool stopped;
    struct log_stats stats;

    struct str file;
    bool in_file;
    bool decided; /* what the file is */
    enum log_format format;
    const struct log_dress_info *dress;
    bool crlf;
    enum log_format previous;          /* of the file before */
    size_t sample;                     /* how much of the file is looked at to decide */

    /* input */
    struct buf in;         /* bytes not used yet */
    size_t used;           /* of in, taken */
    struct log_place here; /* of in.data + used */
    struct log_place at;   /* of the line (or piece) at hand */
    enum { ENCODING_UNKNOWN, ENCODING_BYTES, ENCODING_UTF16LE, ENCODING_UTF16BE } encoding;
    struct buf raw;      /* bytes before decoding that wait for more */
    size_t searched;     /* of in: no line end up to there */
    size_t too_long;     /* bytes thrown away of a line past the cap */
    bool last_line_open; /* the last line had no line end */

    struct buf joined; /* pieces of a line that its dress cut */
    struct log_place joined_at;
    bool joining;
    struct buf scratch; /* undressed line */
    struct syslog_pending *pending;
    size_t pending_count;
    unsigned long long dress_clock;
    long dress_pid;
    int64_t dress_time_us; /* of the line at hand, LOG_NO_TIME */

    struct stderr_state err;
    struct csv_state csv;
    struct buf json_text[SECTION_COUNT]; /* unescaped */
    struct buf json_field;
    struct sessions sessions; /* by process */
    struct sessions lines;    /* by %c, for line numbers */
    struct str time_text;     /* the last one converted, in time_memo */
    char time_memo[64];
    int64_t time_us;
};

/* ---- log.c ---- */
/* Count something that could not be read, and keep the first few. */
void log_complain(struct log *log, struct log_place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
size_t log_cap(const struct log *log);

/* ---- log_input.c ---- */
/* n bytes have come behind the end of log->in: they join it as UTF-8 without NULs. */
void log_decode(struct log *log, size_t n);
void log_decode_end(struct log *log);
/* All complete lines of log->in; at_end: the last one too. */
void log_take_lines(struct log *log, bool at_end);

/* ---- log_detect.c ---- */
/* Decide by the beginning of the file what it is. */
void log_detect(struct log *log, struct str sample);

/* ---- log_dress.c ---- */
extern const struct log_dress_info *const log_dress_none;
const struct log_dress_info *log_dress_find(struct log *log, struct str sample);
const char *log_dress_name(const struct log_dress_info *dress);
bool log_dress_is_lenient(const struct log_dress_info *dress);
/* Undress one physical line and hand on what it holds. */
void log_dress_line(struct log *log, struct str line);
/* What still waits for more pieces. */
void log_dress_end(struct log *log);
void log_dress_release(struct log *log);
/* A sample undressed, for log_detect: appended to out. */
void log_dress_sample(struct log *log, const struct log_dress_info *dress, struct str sample,
                      struct buf *out);

/* ---- framers ---- */
/* A logical line without its line end; its place is log->at. */
void log_frame_line(struct log *log, struct str line);
void stderr_init(struct log *log);
void stderr_line(struct log *log, struct str line);
/* Whole lines that go on with the record at hand, as many as can be taken at once: how many bytes,
 * and lines. */
size_t stderr_take_inside(struct log *log, const char *from, const char *end, size_t *lines);
/* Is it a prefix and the word of a section (DETAIL, CONTEXT ...)? */
bool stderr_begins_section(struct log *log, struct str text);
void stderr_section(struct log *log, enum log_word word, struct str text);
/* The record at hand is complete; cut: the input ended in it, for all one knows. */
void stderr_flush(struct log *log, const char *why_cut);
void stderr_release(struct log *log);
void stderr_add_prefix(struct log *log, struct str text);

void csv_bytes(struct log *log, const char *p, size_t n);
void csv_end(struct log *log);
/* Does a row of csvlog begin here? */
bool csv_row_begins(struct str s);

void jsonlog_line(struct log *log, struct str line);
/* Members of one JSON object: *s is behind the brace, or behind a value. False at the end, or
 * where it is not well formed (*bad). Values are raw: strings without their quotes, escapes as
 * they are (*escaped: there are some). */
struct json_member {
    struct str key, value;
    char kind; /* '"' string, '{' object or array, '0' number or word */
    bool escaped;
};
bool jsonlog_member(struct str *s, struct json_member *out, bool *bad);
/* Append the text of a string with its escapes undone. */
void jsonlog_unescape(struct buf *out, struct str s);

/* ---- log_event.c, log_session.c ---- */
void log_emit(struct log *log, struct log_record *r);
/*
 * Where another record begins in the middle of this message of stderr: writers that share a pipe
 * cut into each other, and a crash can end a record anywhere. Its prefix, and where (from
 * there) the text behind its word begins. -1: the message is all of a piece.
 */
ptrdiff_t log_find_glued(struct log *log, struct str message, struct log_fields *f, size_t *text);

/* nested, paired, batch_index of an event; prepared: the PREPARE of an EXECUTE. */
void sessions_pair(struct log *log, struct log_event *e, struct str prepared);
/* Was this record given before? */
bool sessions_repeated(struct log *log, const struct log_event *e);
void sessions_release(struct sessions *s);

#endif
