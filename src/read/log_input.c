/* Bytes become text, text becomes lines. */
#include "base/text.h"
#include "read/log_impl.h"

/* ---- encodings ---- */

/* UTF-16 without a mark: every other byte of the first four is NUL. */
static int looks_utf16(const unsigned char *p, size_t n)
{
    if (n < 4)
        return ENCODING_BYTES;
    if (p[0] && !p[1] && p[2] && !p[3])
        return ENCODING_UTF16LE;
    return !p[0] && p[1] && !p[2] && p[3] ? ENCODING_UTF16BE : ENCODING_BYTES;
}

/* Find out the encoding by the first bytes; a byte order mark is taken off. */
static void find_encoding(struct log *log, bool at_end)
{
    const unsigned char *p = (const unsigned char *)log->in.data;
    size_t n = log->in.len, mark = 0;
    if (n < 4 && !at_end)
        return;
    log->encoding = looks_utf16(p, n);
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        log->encoding = ENCODING_UTF16LE;
        mark = 2;
    } else if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
        log->encoding = ENCODING_UTF16BE;
        mark = 2;
    } else if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        mark = 3;
    }
    memmove(log->in.data, log->in.data + mark, n - mark);
    log->in.len -= mark;
    log->here.offset += mark;
}

static void drop_nuls(struct log *log, size_t from)
{
    char *p = log->in.data + from, *end = log->in.data + log->in.len;
    char *nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;
    if (!nul)
        return;
    char *to = nul;
    for (char *s = nul; s < end; s++)
        if (*s)
            *to++ = *s;
    log->stats.nul_bytes += (unsigned long long)(end - to);
    log->in.len -= (size_t)(end - to);
}

static unsigned unit_at(const struct log *log, size_t i)
{
    const unsigned char *p = (const unsigned char *)log->raw.data + i;
    return log->encoding == ENCODING_UTF16LE ? p[0] | (unsigned)p[1] << 8
                                             : p[1] | (unsigned)p[0] << 8;
}

/* As much of log->raw as is complete, appended to log->in. */
static void transcode(struct log *log)
{
    size_t i = 0;
    while (i + 2 <= log->raw.len) {
        unsigned u = unit_at(log, i);
        size_t n = 2;
        if (u >= 0xD800 && u < 0xDC00) {
            if (i + 4 > log->raw.len)
                break;
            unsigned low = unit_at(log, i + 2);
            bool pair = low >= 0xDC00 && low < 0xE000;
            u = pair ? 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
            n = pair ? 4 : 2;
        } else if (u >= 0xDC00 && u < 0xE000) {
            u = 0xFFFD;
        }
        i += n;
        if (u)
            text_add_utf8(&log->in, u);
        else
            log->stats.nul_bytes++;
    }
    memmove(log->raw.data, log->raw.data + i, log->raw.len - i);
    log->raw.len -= i;
}

/* Bytes of log->in from `from` on are as they came: decode them. */
static void decode_from(struct log *log, size_t from)
{
    if (log->encoding == ENCODING_BYTES) {
        drop_nuls(log, from);
        return;
    }
    size_t n = log->in.len - from;
    if (!n)
        return;
    buf_add(&log->raw, log->in.data + from, n);
    log->in.len = from;
    transcode(log);
}

void log_decode(struct log *log, size_t n)
{
    size_t from = log->in.len;
    log->in.len += n;
    if (log->encoding == ENCODING_UNKNOWN) {
        find_encoding(log, false);
        from = 0;
    }
    if (log->encoding != ENCODING_UNKNOWN)
        decode_from(log, from);
}

void log_decode_end(struct log *log)
{
    if (log->encoding == ENCODING_UNKNOWN && log->in.len) {
        find_encoding(log, true);
        decode_from(log, 0);
    }
    buf_clear(&log->raw);
}

/* ---- lines ---- */

static void take_line(struct log *log, struct str line)
{
    if (log->crlf && line.len && line.p[line.len - 1] == '\r')
        line.len--;
    log->stats.lines++;
    if (log->dress == log_dress_none)
        log_frame_line(log, line);
    else
        log_dress_line(log, line);
}

/* The line from log->used to `end`, and `skip` bytes of line end. */
static void advance(struct log *log, size_t end, size_t skip)
{
    log->at = log->here;
    log->here.offset += end - log->used + skip;
    log->here.line += skip;
    struct str line = {log->in.data + log->used, end - log->used};
    log->used = end + skip;
    if (log->too_long) { /* the end of a line whose beginning was taken already */
        log->too_long = skip ? 0 : log->too_long + line.len;
        return;
    }
    log->last_line_open = skip == 0;
    take_line(log, line);
}

/* The inside of a record, where nothing is around it. */
static bool take_inside(struct log *log)
{
    size_t lines = 0;
    if (log->format != LOG_STDERR || log->dress != log_dress_none || log->too_long)
        return false;
    const char *from = log->in.data + log->used;
    size_t n = stderr_take_inside(log, from, log->in.data + log->in.len, &lines);
    log->used += n;
    log->here.offset += n;
    log->here.line += lines;
    log->stats.lines += lines;
    return n > 0;
}

void log_take_lines(struct log *log, bool at_end)
{
    size_t from = log->searched > log->used ? log->searched : log->used;
    while (!log->stopped) {
        if (from == log->used && log->used < log->in.len && take_inside(log)) {
            from = log->used;
            continue;
        }
        const char *nl =
            from < log->in.len ? memchr(log->in.data + from, '\n', log->in.len - from) : NULL;
        if (!nl)
            break;
        advance(log, (size_t)(nl - log->in.data), 1);
        from = log->used;
    }
    log->searched = log->in.len;
    size_t left = log->in.len - log->used;
    if (left && (at_end || left > log_cap(log))) {
        advance(log, log->in.len, 0);
        log->too_long = at_end ? 0 : 1;
    }
}

void log_frame_line(struct log *log, struct str line)
{
    if (log->format == LOG_STDERR) {
        stderr_line(log, line);
    } else if (log->format == LOG_JSON) {
        jsonlog_line(log, line);
    } else {
        csv_bytes(log, line.p, line.len);
        csv_bytes(log, "\n", 1);
    }
}
