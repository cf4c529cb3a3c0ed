/* What is this file? Its first lines tell. */
#include "read/log_impl.h"
#include "read/log_time.h"

enum { MOST_LINES = 2000, HEAD = 512 };

/* Does every line end in CR LF? A CR inside a statement is data. */
static bool is_crlf(struct str sample)
{
    size_t lines = 0;
    for (size_t at = 0; at < sample.len;) {
        const char *nl = memchr(sample.p + at, '\n', sample.len - at);
        if (!nl)
            break;
        at = (size_t)(nl - sample.p) + 1;
        if (at < 2 || sample.p[at - 2] != '\r')
            return false;
        lines++;
    }
    return lines > 0;
}

static bool is_jsonlog(struct str line)
{
    struct str head = str_sub(line, 0, HEAD);
    if (head.len < 2 || head.p[0] != '{')
        return false;
    return (str_find(head, "\"error_severity\"") >= 0 || str_find(head, "\"record\"") >= 0) &&
           (str_find(head, "\"timestamp\"") >= 0 || str_find(head, "\"log_time\"") >= 0);
}

struct census {
    size_t csv, json, err;
    struct str begins[MOST_LINES]; /* lines that may begin a record of stderr */
    size_t count;
};

static void look(struct log *log, struct census *c, struct str line)
{
    if (csv_row_begins(line)) {
        c->csv++;
    } else if (is_jsonlog(line)) {
        c->json++;
    } else if (line.len && line.p[0] != '\t' && log_word_find(str_sub(line, 0, HEAD), 0) >= 0) {
        c->err++;
        if (c->count < MOST_LINES)
            c->begins[c->count++] = line;
    }
    (void)log;
}

static void take_census(struct log *log, struct census *c, struct str text)
{
    struct str line;
    while (c->csv + c->json + c->err < MOST_LINES && str_line(&text, &line))
        look(log, c, line);
}

/* Find out the prefix from the lines that look like beginnings of records. */
static void infer_prefix(struct log *log, const struct census *c)
{
    char text[PREFIX_TEXT];
    if (log->err.given || c->count == 0)
        return;
    if (log_prefix_infer(c->begins, c->count, text) > 0)
        stderr_add_prefix(log, str_of(text));
}

void log_detect(struct log *log, struct str sample)
{
    struct buf naked = {0};
    struct census *c = &(struct census){.count = 0};
    struct str text = sample;
    log->crlf = is_crlf(sample);
    log->dress = log_dress_find(log, sample);
    if (log->dress != log_dress_none) {
        log_dress_sample(log, log->dress, sample, &naked);
        text = buf_str(&naked);
    }
    take_census(log, c, text);
    if (c->csv && c->csv >= c->err && c->csv >= c->json)
        log->format = LOG_CSV;
    else if (c->json && c->json >= c->err)
        log->format = LOG_JSON;
    else if (c->err)
        log->format = LOG_STDERR;
    if (log->format == LOG_STDERR) {
        infer_prefix(log, c);
        log->err.lenient = log_dress_is_lenient(log->dress);
    }
    if (log->format != LOG_UNKNOWN && log->format != LOG_STDERR)
        stderr_flush(log, NULL);
    if (log->format != LOG_UNKNOWN && log->previous == LOG_CSV &&
        (log->format != LOG_CSV || csv_row_begins(text)))
        csv_end(log); /* the file before ended in the middle of a row, and this does not go on with
                         it */
    buf_free(&naked);
}
