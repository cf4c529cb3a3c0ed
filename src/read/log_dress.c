/*
 * What stands around the server's lines: container runtimes, collectors, clouds, syslog. Each
 * dress is one function that finds the text inside a physical line.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "read/log_impl.h"
#include "read/log_time.h"

/* What a physical line holds. */
struct piece {
    struct str text;
    bool joins; /* the next piece goes on with it: no line end between */
    long pid;   /* 0: not said */
    int64_t time_us;
    long message; /* syslog's number of the message (the chunk in it below); 0: none */
    long chunk;
    struct str detail; /* Azure: DETAIL beside the message */
};

struct log_dress_info {
    const char *name;
    bool (*undress)(struct log *log, struct str line, struct piece *out);
    bool lenient;  /* TABs are lost: any line goes on with a record */
    bool numbered; /* syslog: pieces are put together by process and number */
    bool optional; /* lines without the dress go on with the one before */
};

/* ---- helpers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A stamp of RFC 3339 with T at the beginning, and one blank; what follows. */
static bool take_stamp(struct str *s, int64_t *time_us)
{
    int ms;
    if (s->len < 20 || s->p[10] != 'T')
        return false;
    size_t n = log_time_len(*s, &ms);
    if (!n || n >= s->len || (s->p[n] != ' ' && s->p[n] != '\t'))
        return false;
    *time_us = log_time_us(str_sub(*s, 0, n));
    *s = str_sub(*s, n + 1, s->len);
    return true;
}

static bool take_word(struct str *s, const char *word)
{
    if (!str_starts(*s, word))
        return false;
    *s = str_sub(*s, strlen(word), s->len);
    return true;
}

/* A run of what is no blank, and the blank. */
static bool take_token(struct str *s, struct str *out)
{
    const char *blank = s->len ? memchr(s->p, ' ', s->len) : NULL;
    if (!blank || blank == s->p)
        return false;
    *out = str_sub(*s, 0, (size_t)(blank - s->p));
    *s = str_sub(*s, out->len + 1, s->len);
    return true;
}

static bool take_number(struct str *s, long *out)
{
    size_t n = 0;
    long v = 0;
    for (; n < s->len && n < 10 && is_digit(s->p[n]); n++)
        v = v * 10 + (s->p[n] - '0');
    *out = v;
    *s = str_sub(*s, n, s->len);
    return n > 0;
}

/* "postgres[4031]: " */
static bool take_program(struct str *s, long *pid)
{
    struct str rest = *s, token;
    const char *bracket = memchr(rest.p ? rest.p : "", '[', rest.len < 64 ? rest.len : 64);
    if (!bracket)
        return false;
    token = str_sub(rest, 0, (size_t)(bracket - rest.p));
    rest = str_sub(rest, token.len + 1, rest.len);
    if (!token.len || memchr(token.p, ' ', token.len) || !take_number(&rest, pid) ||
        !take_word(&rest, "]:"))
        return false;
    *s = rest.len && rest.p[0] == ' ' ? str_sub(rest, 1, rest.len) : rest;
    return true;
}

/* "[10-1] " or "[10] " */
static bool take_sequence(struct str *s, long *message, long *chunk)
{
    struct str rest = *s;
    if (!take_word(&rest, "[") || !take_number(&rest, message) || !take_word(&rest, "-") ||
        !take_number(&rest, chunk) || !take_word(&rest, "]"))
        return false;
    *s = rest.len && rest.p[0] == ' ' ? str_sub(rest, 1, rest.len) : rest;
    return true;
}

/* ---- the dresses ---- */

/* rsyslog writes control characters as #011. */
static void add_unescaped(struct buf *out, struct str s)
{
    for (size_t at = 0; at < s.len;) {
        const char *hash = memchr(s.p + at, '#', s.len - at);
        size_t end = hash ? (size_t)(hash - s.p) : s.len;
        buf_add(out, s.p + at, end - at);
        if (!hash)
            return;
        struct str code = str_sub(s, end + 1, end + 4);
        bool octal = code.len == 3 && code.p[0] == '0' && code.p[1] >= '0' && code.p[1] <= '3' &&
                     code.p[2] >= '0' && code.p[2] <= '7';
        int c = octal ? (code.p[1] - '0') * 8 + (code.p[2] - '0') : 0;
        if (c) {
            buf_addc(out, (char)c);
            at = end + 4;
        } else {
            buf_addc(out, '#');
            at = end + 1;
        }
    }
}

static bool member(struct str object, const char *key, struct json_member *out)
{
    bool bad = false;
    struct str s = str_sub(object, 1, object.len);
    if (!object.len || object.p[0] != '{')
        return false;
    while (jsonlog_member(&s, out, &bad))
        if (str_is(out->key, key))
            return true;
    return false;
}

static struct str text_of(struct log *log, const struct json_member *m)
{
    if (!m->escaped)
        return m->value;
    size_t from = log->scratch.len;
    jsonlog_unescape(&log->scratch, m->value);
    return str_sub(buf_str(&log->scratch), from, log->scratch.len);
}

/* {"log": "...\n", "stream": "stderr", "time": ...}; pieces of 16 kB without the \n */
static bool undress_docker(struct log *log, struct str line, struct piece *out)
{
    struct json_member m;
    if (!member(line, "log", &m) || m.kind != '"')
        return false;
    out->text = text_of(log, &m);
    out->joins = !str_ends(out->text, "\n");
    if (!out->joins)
        out->text.len--;
    return true;
}

/* Cloud SQL's export: one entry a physical line */
static bool undress_cloudsql(struct log *log, struct str line, struct piece *out)
{
    struct json_member m;
    if (!member(line, "textPayload", &m) || m.kind != '"')
        return false;
    out->text = text_of(log, &m);
    return true;
}

/* Azure: properties.message holds the prefix and all lines of a record */
static bool undress_azure(struct log *log, struct str line, struct piece *out)
{
    struct json_member m, message, detail;
    if (!member(line, "properties", &m) || m.kind != '{' || !member(m.value, "message", &message))
        return false;
    buf_reserve(&log->scratch, line.len + 1);
    out->text = text_of(log, &message);
    if (member(m.value, "detail", &detail) && detail.kind == '"' && detail.value.len)
        out->detail = text_of(log, &detail);
    return true;
}

/* TS stderr F text; P: the line goes on in the next */
static bool undress_cri(struct log *log, struct str line, struct piece *out)
{
    (void)log;
    if (!take_stamp(&line, &out->time_us) ||
        (!take_word(&line, "stderr ") && !take_word(&line, "stdout ")))
        return false;
    out->joins = str_starts(line, "P");
    if (!out->joins && !str_starts(line, "F"))
        return false;
    out->text = str_sub(line, 2, line.len);
    return true;
}

/* TS app[postgres.4242]: [DATABASE] [10-1]  text: blanks for the TAB; every line is a message */
static bool undress_heroku(struct log *log, struct str line, struct piece *out)
{
    struct str token;
    long message;
    (void)log;
    if (!take_stamp(&line, &out->time_us) || !take_token(&line, &token) ||
        str_find(token, "[postgres") < 0 || !str_ends(token, "]:") || !take_word(&line, "["))
        return false;
    if (!take_token(&line, &token) || !str_ends(token, "]") ||
        !take_sequence(&line, &message, &out->chunk))
        return false;
    static const char tab[] = "        ";
    out->text = line;
    if (take_word(&line, tab)) {
        buf_addc(&log->scratch, '\t');
        buf_addstr(&log->scratch, line);
        out->text = buf_str(&log->scratch);
    }
    return true;
}

/* syslog by RFC 3164, with any stamp: "Nov 22 07:28:46 host postgres[4031]: [10-1] text" */
static bool syslog_head(struct log *log, struct str *line, struct piece *out)
{
    struct str host;
    size_t n;
    if (str_starts(*line, "<")) { /* priority */
        const char *end = memchr(line->p, '>', line->len < 6 ? line->len : 6);
        if (end)
            *line = str_sub(*line, (size_t)(end - line->p) + 1, line->len);
    }
    if (!take_stamp(line, &out->time_us)) {
        out->time_us = log_syslog_us(*line, log->options.year, &n);
        if (!n)
            return false;
        *line = str_sub(*line, n + 1, line->len);
    }
    return take_token(line, &host) && take_program(line, &out->pid);
}

static bool undress_syslog(struct log *log, struct str line, struct piece *out)
{
    if (!syslog_head(log, &line, out) || !take_sequence(&line, &out->message, &out->chunk))
        return false;
    out->text = line;
    return true;
}

/* syslog by RFC 5424: "<134>1 TS host postgres 4031 - - [10-1] text" */
static bool undress_syslog5424(struct log *log, struct str line, struct piece *out)
{
    struct str token;
    (void)log;
    if (str_starts(line, "<")) {
        const char *end = memchr(line.p, '>', line.len < 6 ? line.len : 6);
        if (!end)
            return false;
        line = str_sub(line, (size_t)(end - line.p) + 1, line.len);
    }
    if (!take_word(&line, "1 ") || !take_stamp(&line, &out->time_us) ||
        !take_token(&line, &token) || !take_token(&line, &token) ||
        !take_number(&line, &out->pid) || !take_word(&line, " ") || !take_token(&line, &token) ||
        !take_word(&line, "- "))
        return false;
    out->text = line;
    take_sequence(&out->text, &out->message, &out->chunk);
    return true;
}

/* journalctl -o short, short-iso: the same without a sequence */
static bool undress_journal(struct log *log, struct str line, struct piece *out)
{
    if (!syslog_head(log, &line, out))
        return false;
    out->text = line;
    if (str_starts(line, "#011")) {
        add_unescaped(&log->scratch, line);
        out->text = buf_str(&log->scratch);
    }
    return true;
}

/* docker compose logs: "db-1  | text" */
static bool undress_compose(struct log *log, struct str line, struct piece *out)
{
    (void)log;
    const char *bar = memchr(line.p ? line.p : "", '|', line.len < 80 ? line.len : 80);
    if (!bar || bar == line.p || bar[-1] != ' ')
        return false;
    struct str name = str_trim(str_sub(line, 0, (size_t)(bar - line.p)));
    if (!name.len || memchr(name.p, ' ', name.len) || memchr(name.p, '|', name.len) ||
        memchr(name.p, '\t', name.len))
        return false;
    out->text = str_sub(line, (size_t)(bar - line.p) + 1, line.len);
    if (out->text.len && out->text.p[0] == ' ')
        out->text = str_sub(out->text, 1, out->text.len);
    return true;
}

/* kubectl logs --timestamps: TS text on every line; aws logs tail: TS before each record */
static bool undress_stamp(struct log *log, struct str line, struct piece *out)
{
    (void)log;
    if (!take_stamp(&line, &out->time_us))
        return false;
    out->text = line;
    return true;
}

static const struct log_dress_info dresses[] = {
    {.name = "docker", .undress = undress_docker},
    {.name = "cloudsql", .undress = undress_cloudsql},
    {.name = "azure", .undress = undress_azure},
    {.name = "cri", .undress = undress_cri},
    {.name = "heroku", .undress = undress_heroku, .lenient = true},
    {.name = "syslog", .undress = undress_syslog, .numbered = true},
    {.name = "syslog", .undress = undress_syslog5424, .numbered = true},
    {.name = "journal", .undress = undress_journal},
    {.name = "compose", .undress = undress_compose},
    {.name = "timestamps", .undress = undress_stamp},
    {.name = "cloudwatch", .undress = undress_stamp, .optional = true},
};

const struct log_dress_info *const log_dress_none = NULL;

const char *log_dress_name(const struct log_dress_info *dress)
{
    return dress ? dress->name : NULL;
}

bool log_dress_is_lenient(const struct log_dress_info *dress)
{
    return dress && dress->lenient;
}

/* ---- recognising ---- */

enum { LINES_LOOKED_AT = 400 };

/* How many of the first lines wear it; of how many. An optional dress: of those that have no TAB.
 * What is inside must look like the server's for stamps alone to be a dress. */
static bool wears(struct log *log, const struct log_dress_info *d, struct str sample)
{
    struct str line;
    size_t lines = 0, worn = 0, words = 0;
    while (lines < LINES_LOOKED_AT && str_line(&sample, &line)) {
        struct piece piece = {.time_us = LOG_NO_TIME};
        if (line.len == 0 || (d->optional && line.p[0] == '\t'))
            continue;
        lines++;
        buf_clear(&log->scratch);
        if (d->undress(log, line, &piece)) {
            worn++;
            words += piece.text.len && log_word_find(str_sub(piece.text, 0, 512), 0) >= 0;
        }
    }
    return worn && worn * 10 >= lines * 9 && (words || d->numbered);
}

const struct log_dress_info *log_dress_find(struct log *log, struct str sample)
{
    for (size_t i = 0; i < sizeof dresses / sizeof dresses[0]; i++)
        if (wears(log, &dresses[i], sample))
            return &dresses[i];
    return log_dress_none;
}

void log_dress_sample(struct log *log, const struct log_dress_info *d, struct str sample,
                      struct buf *out)
{
    struct str line;
    while (str_line(&sample, &line)) {
        struct piece piece = {.time_us = LOG_NO_TIME};
        buf_clear(&log->scratch);
        if (!d->undress(log, line, &piece))
            continue;
        if (d->numbered && piece.chunk > 1)
            continue;
        buf_addstr(out, piece.text);
        if (!piece.joins)
            buf_addc(out, '\n');
    }
}

/* ---- syslog's numbered pieces ---- */

enum { PENDING = 256 };

/* A message of one process, as far as it has come. */
struct syslog_pending {
    long pid, message;
    struct log_place at;
    int64_t time_us;
    unsigned long long used;
    struct buf text;
};

static void frame_text(struct log *log, struct str text)
{
    struct str line;
    for (size_t at = 0; at <= text.len;) {
        const char *nl = at < text.len ? memchr(text.p + at, '\n', text.len - at) : NULL;
        size_t end = nl ? (size_t)(nl - text.p) : text.len;
        line = str_sub(text, at, end);
        log_frame_line(log, line);
        at = end + 1;
    }
}

/* Give the message. Its sections have its number, so it is complete. */
static void flush_pending(struct log *log, struct syslog_pending *p)
{
    struct log_place at = log->at;
    if (!p->text.len)
        return;
    log->at = p->at;
    log->dress_pid = p->pid;
    log->dress_time_us = p->time_us;
    frame_text(log, buf_str(&p->text));
    stderr_flush(log, NULL);
    buf_clear(&p->text);
    log->at = at;
}

static struct syslog_pending *pending_of(struct log *log, long pid)
{
    struct syslog_pending *oldest = NULL;
    if (!log->pending)
        log->pending = xcalloc(PENDING, sizeof *log->pending);
    for (size_t i = 0; i < log->pending_count; i++) {
        struct syslog_pending *p = &log->pending[i];
        if (p->pid == pid)
            return p;
        if (!oldest || p->used < oldest->used)
            oldest = p;
    }
    if (log->pending_count < PENDING)
        oldest = &log->pending[log->pending_count++];
    else
        flush_pending(log, oldest);
    oldest->pid = pid;
    oldest->message = 0;
    return oldest;
}

/* A chunk: one that begins with a TAB is a new line of the record, another goes on with the line
 * (syslog takes 900 bytes at most); a first chunk of the same number is a section. */
static void take_numbered(struct log *log, const struct piece *piece)
{
    struct syslog_pending *p = pending_of(log, piece->pid);
    if (p->message != piece->message || !p->text.len) {
        flush_pending(log, p);
        p->message = piece->message;
        p->at = log->at;
        p->time_us = piece->time_us;
    }
    p->used = ++log->dress_clock;
    bool tab = str_starts(piece->text, "#011") || str_starts(piece->text, "\t");
    if (p->text.len && (tab || stderr_begins_section(log, piece->text)))
        buf_addc(&p->text, '\n');
    if (p->text.len <= log_cap(log))
        add_unescaped(&p->text, piece->text);
}

/* ---- lines ---- */

static void frame_piece(struct log *log, const struct piece *piece, struct str text)
{
    log->dress_pid = piece->pid;
    log->dress_time_us = piece->time_us;
    frame_text(log, text);
    if (piece->detail.len)
        stderr_section(log, WORD_DETAIL, piece->detail);
}

/* A piece of a line; the line is framed when its last piece came. */
static void take_piece(struct log *log, const struct piece *piece)
{
    if (!piece->joins && !log->joining) {
        frame_piece(log, piece, piece->text);
        return;
    }
    if (!log->joining) {
        buf_clear(&log->joined);
        log->joined_at = log->at;
        log->joining = true;
    }
    if (log->joined.len <= log_cap(log))
        buf_addstr(&log->joined, piece->text);
    if (piece->joins)
        return;
    struct log_place at = log->at;
    log->joining = false;
    log->at = log->joined_at;
    frame_piece(log, piece, buf_str(&log->joined));
    log->at = at;
}

void log_dress_line(struct log *log, struct str line)
{
    const struct log_dress_info *d = log->dress;
    struct piece piece = {.time_us = LOG_NO_TIME};
    buf_clear(&log->scratch);
    if (!d->undress(log, line, &piece)) {
        if (!d->optional)
            log->last_line_open = false; /* a line cut before it said anything cuts no record */
        if (d->optional) {
            log_frame_line(log, line);
        } else if (line.len) {
            log->stats.stray++;
        }
        return;
    }
    if (d->numbered && piece.message)
        take_numbered(log, &piece);
    else
        take_piece(log, &piece);
}

void log_dress_end(struct log *log)
{
    if (log->joining) { /* the file ends in the middle of a line */
        struct piece piece = {.text = STR(""), .time_us = LOG_NO_TIME};
        take_piece(log, &piece);
        log->last_line_open = true;
    }
    for (size_t i = 0; i < log->pending_count; i++)
        flush_pending(log, &log->pending[i]);
    log->pending_count = 0;
}

void log_dress_release(struct log *log)
{
    for (size_t i = 0; log->pending && i < PENDING; i++)
        buf_free(&log->pending[i].text);
    free(log->pending);
}
