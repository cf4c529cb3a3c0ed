/*
 * log_destination = csvlog: rows end at a line end outside of quotes. When quotes do not come in
 * pairs (a record was broken off), the row is looked through for another that begins inside.
 */
#include <stdlib.h>

#include "read/log_impl.h"
#include "read/log_time.h"

/* Columns, from 0. */
enum {
    COL_TIME = 0,
    COL_USER = 1,
    COL_DATABASE = 2,
    COL_PID = 3,
    COL_HOST = 4,
    COL_SESSION = 5,
    COL_LINE = 6,
    COL_TAG = 7,
    COL_SEVERITY = 11,
    COL_STATE = 12,
    COL_MESSAGE = 13,
    COL_DETAIL = 14,
    COL_CONTEXT = 18,
    COL_STATEMENT = 19,
    COL_APP = 22,
    COL_QUERY_ID = 25,
    COLUMNS_LEAST = 22, /* 8.4; 23 up to 12, 24 in 13, 26 since 14 */
    COLUMNS_MOST = 40
};

/* "2026-11-22 07:32:59.204 UTC," and then a user or nothing. */
bool csv_row_begins(struct str s)
{
    int ms;
    if (s.len < 24 || s.p[4] != '-' || s.p[0] < '0' || s.p[0] > '9')
        return false;
    size_t n = log_time_len(s, &ms);
    return n && ms && n + 1 < s.len && s.p[n] == ',' && (s.p[n + 1] == '"' || s.p[n + 1] == ',');
}

struct row {
    struct str col[COLUMNS_MOST];
    bool quoted[COLUMNS_MOST]; /* holds doubled quotes */
    size_t count;
};

/* The quoted field that s begins with, behind its quote: its length, -1 when it does not end. */
static ptrdiff_t quoted_len(struct str s, bool *doubled)
{
    for (size_t at = 0; at < s.len;) {
        const char *q = memchr(s.p + at, '"', s.len - at);
        if (!q)
            return -1;
        at = (size_t)(q - s.p) + 1;
        if (at == s.len || s.p[at] != '"')
            return (ptrdiff_t)at - 1;
        *doubled = true;
        at++;
    }
    return -1;
}

/* Cut a row into its fields; false when it is not made of fields. */
static bool split(struct str s, struct row *row)
{
    *row = (struct row){.count = 0};
    for (size_t at = 0; row->count < COLUMNS_MOST;) {
        struct str rest = str_sub(s, at, s.len);
        struct str *col = &row->col[row->count];
        size_t end;
        if (rest.len && rest.p[0] == '"') {
            ptrdiff_t n = quoted_len(str_sub(rest, 1, rest.len), &row->quoted[row->count]);
            *col = str_sub(rest, 1, n < 0 ? rest.len : 1 + (size_t)n); /* what there is of it */
            if (n < 0)
                return false;
            end = at + (size_t)n + 2;
        } else {
            const char *comma = rest.len ? memchr(rest.p, ',', rest.len) : NULL;
            *col = str_sub(rest, 0, comma ? (size_t)(comma - rest.p) : rest.len);
            end = at + col->len;
            if (memchr(col->p ? col->p : "", '"', col->len))
                return false;
        }
        row->count++;
        if (end == s.len)
            return true;
        if (s.p[end] != ',')
            return false;
        at = end + 1;
    }
    return false;
}

static bool is_row(const struct row *row)
{
    return row->count >= COLUMNS_LEAST && row->col[COL_SEVERITY].len && row->col[COL_PID].len &&
           row->col[COL_STATE].len == 5;
}

/* Fields with their quotes single, one behind the other in csv.text (which has room for all). */
static struct str plain(struct log *log, const struct row *row, size_t i)
{
    struct str s = row->col[i];
    struct buf *out = &log->csv.text;
    if (i >= row->count || s.len == 0)
        return (struct str){0};
    if (!row->quoted[i])
        return s;
    size_t from = out->len;
    for (size_t at = 0; at < s.len;) {
        const char *q = memchr(s.p + at, '"', s.len - at);
        size_t end = q ? (size_t)(q - s.p) + 1 : s.len;
        buf_add(out, s.p + at, end - at);
        at = q ? end + 1 : end;
    }
    return (struct str){out->data + from, out->len - from};
}

static int64_t number(struct str s)
{
    long long n = 0;
    str_to_int64(s, &n);
    return n;
}

static void give(struct log *log, const struct row *row, size_t size, struct log_place place,
                 const char *why_cut)
{
    struct log_record r = {.place = place, .fallback_us = LOG_NO_TIME};
    struct log_fields *f = &r.fields;
    log->err.seen_any = true;
    buf_clear(&log->csv.text);
    buf_reserve(&log->csv.text, size + 1); /* so that nothing moves */
    f->time_text = row->col[COL_TIME];
    f->user = plain(log, row, COL_USER);
    f->database = plain(log, row, COL_DATABASE);
    f->pid = (long)number(row->col[COL_PID]);
    f->host = plain(log, row, COL_HOST);
    f->session = row->col[COL_SESSION];
    f->line_num = number(row->col[COL_LINE]);
    f->tag = plain(log, row, COL_TAG);
    f->severity = row->col[COL_SEVERITY];
    f->app = plain(log, row, COL_APP);
    f->query_id = row->count > COL_QUERY_ID ? number(row->col[COL_QUERY_ID]) : 0;
    r.word = log_word_of(f->severity);
    r.text[SECTION_MESSAGE] = plain(log, row, COL_MESSAGE);
    r.text[SECTION_DETAIL] = plain(log, row, COL_DETAIL);
    r.text[SECTION_CONTEXT] = plain(log, row, COL_CONTEXT);
    r.text[SECTION_STATEMENT] = plain(log, row, COL_STATEMENT);
    r.cut = why_cut != NULL;
    r.why_cut = why_cut;
    log_emit(log, &r);
}

/* The next place behind `from` where a row begins, on its own line or not; -1 none. */
static ptrdiff_t next_row(struct str s, size_t from)
{
    for (size_t at = from; at < s.len;) {
        const char *dash = memchr(s.p + at, '-', s.len - at);
        if (!dash)
            return -1;
        size_t i = (size_t)(dash - s.p);
        if (i >= from + 4 && csv_row_begins(str_sub(s, i - 4, s.len)))
            return (ptrdiff_t)i - 4;
        at = i + 1;
    }
    return -1;
}

static size_t count_lines(struct str s)
{
    size_t n = 0;
    for (const char *p = s.p, *end = s.p + s.len;
         p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n;
}

/* A broken row's fields up to where it breaks: enough to tell when and who. */
static void give_broken(struct log *log, struct str s, struct log_place place)
{
    struct row row;
    split(s, &row);
    if (row.count <= COL_SEVERITY) {
        log_complain(log, place, "this row is broken");
        return;
    }
    if (row.count <= COL_MESSAGE) { /* the message is what does not end */
        row.count = COL_MESSAGE + 1;
        row.quoted[COL_MESSAGE] = true;
    }
    for (size_t i = row.count; i < COLUMNS_MOST; i++)
        row.col[i] = (struct str){0};
    give(log, &row, s.len, place, "the row is broken off");
}

static struct log_place moved(struct log_place place, struct str over)
{
    place.offset += over.len;
    place.line += count_lines(over);
    return place;
}

static size_t row_end(struct str s, size_t from, bool *quoted);

/*
 * Text that is no row: rows that begin inside it are given, the rest is counted as broken.
 * Returns how much of it was dealt with: a row at its end may go on behind it (at_end: not).
 */
static size_t resync(struct log *log, struct str s, struct log_place place, bool at_end)
{
    size_t at = 0;
    while (at < s.len && !log->stopped) {
        struct str rest = str_sub(s, at, s.len);
        struct row row;
        bool quoted = false;
        size_t end = row_end(rest, 0, &quoted);
        struct log_place here = moved(place, str_sub(s, 0, at));
        struct str line = str_sub(rest, 0, end == rest.len ? end : end - 1);
        if (csv_row_begins(rest) && split(line, &row) && is_row(&row)) {
            give(log, &row, line.len, here, NULL);
            at += end;
            continue;
        }
        ptrdiff_t next = next_row(rest, 1);
        if (next < 0) {
            if (at && !at_end && quoted)
                return at;
            give_broken(log, rest, here);
            return s.len;
        }
        give_broken(log, str_sub(rest, 0, (size_t)next), here);
        at += (size_t)next;
    }
    return s.len;
}

/* Rows in a text that is none. A file may begin in the middle of one. */
static void find_rows(struct log *log, struct str s, struct log_place place)
{
    ptrdiff_t next = log->csv.synced ? 0 : next_row(s, 0);
    if (next < 0)
        return;
    log->csv.synced = true;
    resync(log, str_sub(s, (size_t)next, s.len), moved(place, str_sub(s, 0, (size_t)next)), true);
}

/* The row without its line end. */
static void take_row(struct log *log, struct str s, struct log_place place)
{
    struct row row;
    if (s.len == 0)
        return;
    if (split(s, &row) && is_row(&row)) {
        log->csv.synced = true;
        give(log, &row, s.len, place, NULL);
        return;
    }
    find_rows(log, s, place);
}

/* Behind the line end that ends the row, looking from `from` on, where *quoted tells whether that
 * is inside quotes; s.len when it does not end. */
static size_t row_end(struct str s, size_t from, bool *quoted)
{
    size_t at = from;
    while (at < s.len) {
        const char *p = s.p + at;
        if (*quoted) {
            const char *q = memchr(p, '"', s.len - at);
            if (!q)
                return s.len;
            *quoted = false;
            at = (size_t)(q - s.p) + 1;
            continue;
        }
        const char *nl = memchr(p, '\n', s.len - at);
        size_t end = nl ? (size_t)(nl - s.p) : s.len;
        const char *q = memchr(p, '"', end - at);
        if (q) {
            *quoted = true;
            at = (size_t)(q - s.p) + 1;
            continue;
        }
        return nl ? end + 1 : s.len;
    }
    return s.len;
}

static bool ends_row(struct str s, size_t end, bool quoted)
{
    return !quoted && end && s.p[end - 1] == '\n';
}

/* A row longer than is kept: what is in it? */
static void overflow(struct log *log)
{
    struct csv_state *c = &log->csv;
    size_t done = resync(log, buf_str(&c->row), c->place, false);
    c->place = moved(c->place, str_sub(buf_str(&c->row), 0, done));
    memmove(c->row.data, c->row.data + done, c->row.len - done);
    c->row.len -= done;
    c->quoted = false;
    c->scanned = 0;
}

/* The rest of the row that c->row begins; how many of the bytes it took. */
static size_t finish_row(struct log *log, struct str s)
{
    struct csv_state *c = &log->csv;
    bool quoted = c->quoted;
    size_t end = row_end(s, 0, &quoted);
    bool ends = ends_row(s, end, quoted);
    buf_add(&c->row, s.p, end);
    c->quoted = quoted;
    if (ends) {
        take_row(log, str_sub(buf_str(&c->row), 0, c->row.len - 1), c->place);
        buf_clear(&c->row);
        c->quoted = false;
    } else if (c->row.len > log_cap(log)) {
        overflow(log);
    }
    return end;
}

void csv_bytes(struct log *log, const char *p, size_t n)
{
    struct csv_state *c = &log->csv;
    struct str s = {p, n};
    struct log_place here = log->at;
    while (s.len && !log->stopped) {
        bool quoted = false;
        if (c->row.len) {
            size_t took = finish_row(log, s);
            here = moved(here, str_sub(s, 0, took));
            s = str_sub(s, took, s.len);
            continue;
        }
        size_t end = row_end(s, 0, &quoted);
        if (ends_row(s, end, quoted)) {
            take_row(log, str_sub(s, 0, end - 1), here);
            here = moved(here, str_sub(s, 0, end));
        } else {
            c->place = here;
            c->quoted = quoted;
            buf_add(&c->row, s.p, end);
            here = moved(here, str_sub(s, 0, end));
        }
        s = str_sub(s, end, s.len);
    }
    log->at = here;
}

void csv_end(struct log *log)
{
    struct csv_state *c = &log->csv;
    struct row row;
    struct str s = buf_str(&c->row);
    if (!s.len)
        return;
    if (!c->quoted && split(s, &row) && is_row(&row))
        give(log, &row, s.len, c->place, NULL);
    else
        find_rows(log, s, c->place);
    buf_clear(&c->row);
    c->quoted = false;
}
