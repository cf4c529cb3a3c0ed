/*
 * log_destination = stderr: lines with log_line_prefix; what goes on with a record begins with a
 * TAB, which the server put there, so no text can look like the beginning of a record.
 */
#include <stdlib.h>

#include "read/log_impl.h"

enum { PREFIXES = 8, MOST_TRIES = 64 };

void stderr_init(struct log *log)
{
    struct stderr_state *s = &log->err;
    if (!log->options.prefix)
        return;
    s->given = true;
    log_prefix_compile(&s->prefixes[0], str_of(log->options.prefix));
    s->prefix_count = 1;
}

void stderr_release(struct log *log)
{
    struct stderr_state *s = &log->err;
    for (int i = 0; i < PREFIXES; i++)
        log_prefix_release(&s->prefixes[i]);
    for (int i = 0; i < SECTION_COUNT; i++)
        buf_free(&s->text[i]);
    buf_free(&s->head);
    buf_free(&s->failed_buf);
}

/* ---- prefixes ---- */

static void to_front(struct stderr_state *s, size_t i)
{
    struct log_prefix p = s->prefixes[i];
    memmove(&s->prefixes[1], &s->prefixes[0], i * sizeof p);
    s->prefixes[0] = p;
}

void stderr_add_prefix(struct log *log, struct str text)
{
    struct stderr_state *s = &log->err;
    for (size_t i = 0; i < s->prefix_count; i++)
        if (str_is(text, s->prefixes[i].text)) {
            if (i)
                to_front(s, i);
            return;
        }
    if (s->prefix_count < PREFIXES)
        s->prefix_count++;
    size_t last = s->prefix_count - 1;
    log_prefix_compile(&s->prefixes[last], text);
    if (last)
        to_front(s, last);
}

/* A line that none of the prefixes fits, but that has a word of the server's: perhaps the prefix
 * was changed. Only one that tells a time or a process is believed on one line's word. */
static enum log_word learn_prefix(struct log *log, struct str line, struct log_fields *f,
                                  size_t *text)
{
    struct stderr_state *s = &log->err;
    struct str head = str_sub(line, 0, 512);
    char made[PREFIX_TEXT];
    if (s->given || s->tries >= MOST_TRIES || log_word_find(head, 0) < 0)
        return WORD_NONE;
    s->tries++;
    struct log_prefix *p = &(struct log_prefix){.count = 0};
    if (!log_prefix_infer(&line, 1, made) || !log_prefix_compile(p, str_of(made)))
        return WORD_NONE;
    bool strong = p->strong;
    log_prefix_release(p);
    if (!strong)
        return WORD_NONE;
    s->tries--;
    stderr_add_prefix(log, str_of(made));
    return log_prefix_match(&s->prefixes[0], line, f, text);
}

static enum log_word match(struct log *log, struct str line, struct log_fields *f, size_t *text)
{
    struct stderr_state *s = &log->err;
    for (size_t i = 0; i < s->prefix_count; i++) {
        enum log_word w = log_prefix_match(&s->prefixes[i], line, f, text);
        if (w == WORD_NONE)
            continue;
        if (i)
            to_front(s, i);
        return w;
    }
    return learn_prefix(log, line, f, text);
}

/* ---- records ---- */

static void rebase(struct str *s, const char *from, const char *to)
{
    if (s->p)
        s->p = to + (s->p - from);
}

/* The fields as slices of the record's own copy of the prefix. */
static void keep_head(struct stderr_state *s, struct str head, const struct log_fields *f)
{
    struct log_fields *k = &s->record.fields;
    buf_clear(&s->head);
    buf_addstr(&s->head, head);
    *k = *f;
    struct str *slices[] = {&k->time_text, &k->epoch,   &k->user, &k->database, &k->app,
                            &k->host,      &k->session, &k->tag,  &k->severity};
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++)
        rebase(slices[i], head.p, s->head.data);
}

static bool is_state(struct str s)
{
    if (s.len < 7 || s.p[5] != ':' || s.p[6] != ' ')
        return false;
    for (int i = 0; i < 5; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z')))
            return false;
    return true;
}

static void add_text(struct log *log, struct str text)
{
    struct stderr_state *s = &log->err;
    if (s->at == SECTION_DROPPED || s->over)
        return;
    s->size += text.len;
    if (s->size > log_cap(log)) {
        s->over = true;
        return;
    }
    buf_addstr(&s->text[s->at], text);
}

static void begin(struct log *log, enum log_word word, const struct log_fields *f, struct str line,
                  size_t text)
{
    struct stderr_state *s = &log->err;
    s->open = s->seen_any = true;
    s->record = (struct log_record){.place = log->at, .word = word};
    keep_head(s, str_sub(line, 0, text), f);
    for (int i = 0; i < SECTION_COUNT; i++)
        buf_clear(&s->text[i]);
    s->at = SECTION_MESSAGE;
    s->size = 0;
    s->over = s->orphans = s->second_plan = false;
    s->dress_pid = log->dress_pid;
    s->dress_time_us = log->dress_time_us;
    struct str rest = str_sub(line, text, line.len);
    add_text(log, is_state(rest) ? str_sub(rest, 7, rest.len) : rest);
}

/* Give the record with this message; sections: those that came with it. */
static void give(struct log *log, struct str message, bool sections, const char *why_cut)
{
    struct stderr_state *s = &log->err;
    struct log_record r = s->record;
    r.text[SECTION_MESSAGE] = message;
    for (int i = SECTION_MESSAGE + 1; i < SECTION_COUNT && sections; i++)
        r.text[i] = s->text[i].len ? buf_str(&s->text[i]) : (struct str){0};
    r.cut = why_cut != NULL;
    r.why_cut = why_cut;
    if (!r.fields.pid)
        r.fields.pid = s->dress_pid;
    r.fallback_us = s->dress_time_us;
    log_emit(log, &r);
}

static size_t count_lines(struct str s)
{
    size_t n = 0;
    for (const char *p = s.p, *end = s.p + s.len;
         p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n;
}

/* Records that were written into the middle of this one (see log_glue.c): each in its turn. */
static struct str give_glued(struct log *log, struct str message)
{
    struct stderr_state *s = &log->err;
    struct log_fields f;
    size_t text;
    ptrdiff_t at;
    while ((at = log_find_glued(log, message, &f, &text)) >= 0) {
        struct str first = str_sub(message, 0, (size_t)at);
        struct str second = str_sub(message, (size_t)at, message.len);
        give(log, first, false, "another record begins in the middle of this one");
        s->record.place.line += count_lines(first);
        s->record.place.offset += (size_t)at;
        s->record.fields = f; /* slices of the message, which stays until all are given */
        struct str rest = str_sub(second, text, second.len);
        message = is_state(rest) ? str_sub(rest, 7, rest.len) : rest;
    }
    return message;
}

void stderr_flush(struct log *log, const char *why_cut)
{
    struct stderr_state *s = &log->err;
    if (!s->open)
        return;
    s->open = false;
    struct str message = give_glued(log, buf_str(&s->text[SECTION_MESSAGE]));
    if (s->over)
        why_cut = "the record is longer than is kept of one";
    give(log, message, true, why_cut);
}

static enum log_section section_of(enum log_word w)
{
    return w == WORD_DETAIL      ? SECTION_DETAIL
           : w == WORD_CONTEXT   ? SECTION_CONTEXT
           : w == WORD_STATEMENT ? SECTION_STATEMENT
                                 : SECTION_DROPPED;
}

void stderr_section(struct log *log, enum log_word word, struct str text)
{
    struct stderr_state *s = &log->err;
    s->at = section_of(word);
    if (s->at != SECTION_DROPPED && s->text[s->at].len == 0)
        add_text(log, text);
    else
        s->at = SECTION_DROPPED;
}

bool stderr_begins_section(struct log *log, struct str text)
{
    struct stderr_state *s = &log->err;
    struct log_fields f;
    size_t at;
    for (size_t i = 0; i < s->prefix_count; i++)
        if (log_word_is_section(log_prefix_match(&s->prefixes[i], text, &f, &at)))
            return true;
    return false;
}

static void go_on(struct log *log, struct str line)
{
    add_text(log, STR("\n"));
    add_text(log, line);
}

/* A line that begins no record. */
static void stray(struct log *log, struct str line)
{
    struct stderr_state *s = &log->err;
    if (!s->failed_line && !s->seen_any && line.len && line.p[0] != '\t') {
        s->failed_line = log->at.line;
        buf_clear(&s->failed_buf);
        buf_addstr(&s->failed_buf, str_sub(line, 0, PREFIX_LINE));
    }
    if (line.len == 0)
        return;
    log->stats.stray++;
    if (line.p[0] != '\t')
        return; /* of another program */
    if (!s->orphans && s->seen_any)
        log_complain(log, log->at, "this line goes on with a record that is not there");
    s->orphans = true;
}

static bool ends_in_plan(struct str line)
{
    return str_ends(line, " ms  plan:");
}

/* Not a TAB, no prefix: the line of another program, or one whose TAB was lost. */
static void other_line(struct log *log, struct str line)
{
    struct stderr_state *s = &log->err;
    if (line.len == 0)
        log->last_line_open = false; /* the end of the file cut a dress with nothing in it */
    if (s->open && s->plan_begins && line.len)
        s->lenient = true; /* what follows "plan:" is its text, whatever it begins with */
    if (s->open && s->lenient && !log->last_line_open) {
        go_on(log, line);
        return;
    }
    if (line.len)
        stderr_flush(log, NULL);
    stray(log, line);
}

/*
 * Most of a log is the inside of plans: lines with a TAB, which are taken without ado. Room for
 * all that could come is made once.
 */
size_t stderr_take_inside(struct log *log, const char *from, const char *end, size_t *lines)
{
    struct stderr_state *s = &log->err;
    const char *p = from, *nl;
    if (!s->open || s->over || s->at == SECTION_DROPPED || log->crlf || p >= end || *p != '\t')
        return 0;
    struct buf *text = &s->text[s->at];
    size_t room = log_cap(log) - s->size;
    if ((size_t)(end - p) < room)
        room = (size_t)(end - p);
    buf_reserve(text, room + 1);
    char *to = text->data + text->len;
    while (p < end && *p == '\t' && (nl = memchr(p, '\n', (size_t)(end - p)))) {
        size_t n = (size_t)(nl - p); /* the line end goes before the line, in place of the TAB */
        if (n > room)
            break;
        *to = '\n';
        memcpy(to + 1, p + 1, n - 1);
        s->second_plan |= nl[-1] == ':' && ends_in_plan((struct str){p, n});
        to += n;
        room -= n;
        p = nl + 1;
        (*lines)++;
    }
    s->size += (size_t)(to - text->data) - text->len;
    text->len = (size_t)(to - text->data);
    text->data[text->len] = '\0';
    s->plan_begins &= p == from;
    return (size_t)(p - from);
}

void stderr_line(struct log *log, struct str line)
{
    struct stderr_state *s = &log->err;
    struct log_fields f;
    size_t text = 0;
    if (line.len && line.p[0] == '\t') {
        s->plan_begins = false;
        s->second_plan |= line.p[line.len - 1] == ':' && ends_in_plan(line);
        if (s->open)
            go_on(log, str_sub(line, 1, line.len));
        else
            stray(log, line);
        return;
    }
    enum log_word word = line.len ? match(log, line, &f, &text) : WORD_NONE;
    if (word == WORD_NONE) {
        other_line(log, line);
        s->plan_begins = false;
        return;
    }
    if (!log_word_is_section(word)) {
        stderr_flush(log, NULL);
        begin(log, word, &f, line, text);
        s->plan_begins = ends_in_plan(line);
        return;
    }
    s->plan_begins = false;
    if (s->open && (!f.pid || !s->record.fields.pid || f.pid == s->record.fields.pid))
        stderr_section(log, word, str_sub(line, text, line.len));
    else
        stray(log, line);
}
