/* A record becomes an event: what kind it is, and what its parts are. */
#include <math.h>
#include <string.h>

#include "read/log_impl.h"
#include "read/log_time.h"

static const char RDS_CUT[] = "[Your log message was truncated]";

/* ---- time ---- */

/* Records of one moment stand together: the last time converted is kept. */
static int64_t time_of(struct log *log, const struct log_record *r)
{
    struct str t = r->fields.time_text.len ? r->fields.time_text : r->fields.epoch;
    if (!t.len || t.len > sizeof log->time_memo)
        return r->fallback_us;
    if (str_eq(t, log->time_text))
        return log->time_us;
    memcpy(log->time_memo, t.p, t.len);
    log->time_text = (struct str){log->time_memo, t.len};
    log->time_us = r->fields.time_text.len ? log_time_us(t) : log_epoch_us(t);
    return log->time_us;
}

/* ---- the message ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "12.345 ms" at the beginning of s, in whatever word for ms; *rest: what follows. */
static bool take_duration(struct str s, double *ms, struct str *rest)
{
    size_t n = 0;
    while (n < s.len && (is_digit(s.p[n]) || s.p[n] == '.'))
        n++;
    if (!n || n >= s.len || s.p[n] != ' ' || !str_to_double(str_sub(s, 0, n), ms))
        return false;
    size_t unit = n + 1;
    while (unit < s.len && s.p[unit] != ' ' && s.p[unit] != ',' && s.p[unit] != '\n')
        unit++;
    *rest = str_sub(s, unit, s.len);
    return unit > n + 1;
}

static struct str skip_separator(struct str s)
{
    while (s.len && (s.p[0] == ' ' || s.p[0] == ','))
        s = str_sub(s, 1, s.len);
    return s;
}

struct reading {
    struct log_event *e;
    struct str name, prepared; /* of the statement */
};

static bool set_phase(struct reading *rd, enum log_phase phase, struct str sql, bool timed)
{
    struct log_event *e = rd->e;
    e->sql = sql;
    switch (phase) {
    case PHASE_STATEMENT:
    case PHASE_EXECUTE:
    case PHASE_FETCH:
        e->kind = timed ? LOG_STATEMENT : LOG_TEXT;
        e->step = phase == PHASE_STATEMENT ? LOG_SIMPLE
                  : phase == PHASE_EXECUTE ? LOG_EXECUTE
                                           : LOG_FETCH;
        return true;
    case PHASE_PARSE:
    case PHASE_BIND:
        if (!timed)
            return false;
        e->kind = phase == PHASE_PARSE ? LOG_PARSE : LOG_BIND;
        return true;
    default:
        return false;
    }
}

static bool read_duration(struct reading *rd, struct str s)
{
    struct log_event *e = rd->e;
    struct str rest, sql = {0};
    if (!take_duration(s, &e->duration_ms, &rest))
        return false;
    if (str_starts(rest, "  plan:")) { /* never translated */
        e->kind = LOG_PLAN;
        e->body = str_sub(rest, 7, rest.len);
        if (e->body.len && e->body.p[0] == '\n')
            e->body = str_sub(e->body, 1, e->body.len);
        return true;
    }
    if (str_trim(rest).len == 0) {
        e->kind = LOG_DURATION;
        return true;
    }
    enum log_phase phase = log_phase_of(skip_separator(rest), &rd->name, &sql);
    if (phase != PHASE_NONE)
        return set_phase(rd, phase, sql, true);
    e->duration_ms = NAN;
    return false;
}

static bool read_temp_file(struct log_event *e, struct str s)
{
    size_t n = s.len;
    long long size;
    while (n && is_digit(s.p[n - 1]))
        n--;
    if (!str_to_int64(str_sub(s, n, s.len), &size))
        return false;
    e->kind = LOG_TEMP_FILE;
    e->temp_bytes = (unsigned long long)size;
    return true;
}

/* "statement: ..." of log_statement; only at LOG, for an error may quote anything. */
static bool read_text(struct reading *rd, struct str s, enum log_word word)
{
    struct str rest, sql;
    if (word != WORD_LOG)
        return false;
    if (log_lead_is(LEAD_STATEMENT, s, &rest))
        return set_phase(rd, PHASE_STATEMENT, rest, false);
    if (!log_phase_may_begin(s))
        return false;
    enum log_phase phase = log_phase_of(s, &rd->name, &sql);
    return (phase == PHASE_EXECUTE || phase == PHASE_FETCH) && set_phase(rd, phase, sql, false);
}

static void classify(struct reading *rd, const struct log_record *r)
{
    struct log_event *e = rd->e;
    struct str message = r->text[SECTION_MESSAGE], rest;
    if (log_lead_is(LEAD_DURATION, message, &rest) && read_duration(rd, rest))
        return;
    e->message = message;
    if (r->word == WORD_ERROR || r->word == WORD_FATAL) {
        e->kind = LOG_ERROR;
        e->sql = r->text[SECTION_STATEMENT];
    } else if (!(log_lead_is(LEAD_TEMP_FILE, message, &rest) && read_temp_file(e, rest)) &&
               !read_text(rd, message, r->word)) {
        e->kind = LOG_OTHER;
    }
}

static void read_detail(struct reading *rd, struct str detail)
{
    struct str rest;
    if (log_lead_is(LEAD_PARAMETERS, detail, &rest))
        rd->e->params = rest;
    else if (log_lead_is(LEAD_PREPARE, detail, &rest))
        rd->prepared = rest;
}

/* ---- is it whole? ---- */

/* Why the text of a plan cannot be all of it; NULL: it may be. */
static const char *plan_is_cut(struct str body)
{
    struct str s = str_trim(body);
    if (s.len == 0)
        return "the plan is missing";
    if (s.p[0] == '{' && s.p[s.len - 1] != '}')
        return "the plan ends too early";
    if (s.p[0] == '<' && !str_ends(s, "</explain>"))
        return "the plan ends too early";
    return NULL;
}

static bool ends_itself(struct str body)
{
    struct str s = str_trim(body);
    return s.len && (s.p[0] == '{' || s.p[0] == '<') && !plan_is_cut(body);
}

/* A cut that matters is complained about; what is lost of a chat message is not. */
static void judge_cut(struct log *log, struct log_event *e, struct log_record *r)
{
    const char *why = r->cut ? r->why_cut : NULL;
    struct str text = e->kind == LOG_PLAN ? e->body : e->sql;
    if (e->kind == LOG_PLAN && why && ends_itself(e->body))
        why = NULL;
    if (e->kind == LOG_PLAN && !why)
        why = plan_is_cut(e->body);
    if (!why && str_ends(text, RDS_CUT))
        why = "the hoster cut this message";
    bool matters = e->kind == LOG_PLAN || e->kind == LOG_STATEMENT || e->kind == LOG_PARSE ||
                   e->kind == LOG_BIND || log->format == LOG_CSV;
    e->cut = why && matters;
    if (e->cut)
        log_complain(log, r->place, "%s", why);
}

/* ---- all of it ---- */

static void fill(struct log *log, struct log_event *e, const struct log_record *r)
{
    const struct log_fields *f = &r->fields;
    *e = (struct log_event){
        .format = log->format,
        .file = r->place.file,
        .line = r->place.line,
        .offset = r->place.offset,
        .time_us = time_of(log, r),
        .time_text = f->time_text.len ? f->time_text : f->epoch,
        .user = f->user,
        .database = f->database,
        .app = f->app,
        .host = f->host,
        .pid = f->pid,
        .session = f->session,
        .line_num = f->line_num,
        .tag = f->tag,
        .query_id = f->query_id,
        .severity = f->severity,
        .duration_ms = NAN,
        .context = r->text[SECTION_CONTEXT],
    };
}

void log_emit(struct log *log, struct log_record *r)
{
    struct log_event e;
    struct reading rd = {.e = &e};
    if (log->stopped)
        return;
    fill(log, &e, r);
    if (sessions_repeated(log, &e)) {
        log->stats.repeated++;
        return;
    }
    classify(&rd, r);
    read_detail(&rd, r->text[SECTION_DETAIL]);
    judge_cut(log, &e, r);
    sessions_pair(log, &e, rd.prepared);
    log->stats.records++;
    log->stats.kinds[e.kind]++;
    if (log->options.skip & 1u << e.kind)
        return;
    log->stopped = !log->sink(log->ctx, &e);
}
