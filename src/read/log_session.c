/*
 * What belongs together: one execution may be logged as a plan, as a statement with its time, and
 * as a text before that. Records of one backend are in order, so a little memory per process
 * is enough; the sessions used last are kept.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"
#include "read/log_impl.h"

enum {
    HEAD = 256, /* bytes of a statement that are compared */
    SESSIONS = 1 << 12,
    DECLARED = 4,
    WINDOW = 64,           /* line numbers of a session that may be out of order */
    RANS = 6,              /* plans that may have run inside the next one */
    TEXT_BUDGET = 32 << 20 /* bytes of statements that wait for their durations */
};

/* The beginning of a statement's text. */
struct head {
    unsigned short len;  /* of the statement, as far as it is kept */
    unsigned short have; /* bytes in text: of a text plan's body there are more */
    bool whole;          /* that is all of it */
    char text[HEAD + 1];
};

/* Plans that ended at one time or shortly before it. */
struct ran {
    int64_t first_us; /* when the first of them ended */
    uint64_t count;
    double ms;
};

struct session {
    uint64_t key;            /* 0: free */
    unsigned long long used; /* when, by the clock of records */
    struct head plan;        /* Query Text of the last plan */
    bool has_plan;           /* since the last statement */
    size_t batch;
    uint64_t portal;             /* statement whose execution goes on in parts; 0: none */
    uint64_t declared[DECLARED]; /* cursors: their plan comes when they are closed */
    unsigned next_declared;
    char *text; /* of log_statement, until its duration comes: SQL, parameters, PREPARE */
    size_t sql_len, params_len, prepared_len;
    bool text_used;
    enum log_step step;
    struct ran ran[RANS];
    unsigned ran_count;
    const char *ran_file; /* they are of one file, so that files may be read apart */
    int64_t last_line;
    uint64_t seen; /* bit n: line last_line - n was given */
};

/* ---- the table ---- */

static uint64_t hash_bytes(struct str s)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3u;
    return h ? h : 1;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 31;
    x *= 0x9E3779B97F4A7C15u;
    return x ^ x >> 29;
}

/* A backend: its process, or what %c says; one for all when the prefix has neither. */
static uint64_t key_of(const struct log_event *e)
{
    uint64_t key = e->pid ? mix((uint64_t)e->pid) : e->session.len ? hash_bytes(e->session) : 1;
    return key ? key : 1;
}

static void forget_text(struct sessions *t, struct session *s)
{
    if (!s->text)
        return;
    t->text_bytes -= s->sql_len + s->params_len + s->prepared_len;
    free(s->text);
    s->text = NULL;
}

static struct session *slot(const struct sessions *t, uint64_t key)
{
    size_t i = key & (t->cap - 1);
    while (t->slots[i].key && t->slots[i].key != key)
        i = (i + 1) & (t->cap - 1);
    return &t->slots[i];
}

/* A table of `cap` slots with the sessions used at or after `since`. */
static void rebuild(struct sessions *t, size_t cap, unsigned long long since)
{
    struct sessions old = *t;
    t->slots = xcalloc(cap, sizeof *t->slots);
    t->cap = cap;
    t->count = 0;
    for (size_t i = 0; i < old.cap; i++) {
        struct session *s = &old.slots[i];
        if (!s->key)
            continue;
        if (s->used < since) {
            forget_text(t, s);
            continue;
        }
        *slot(t, s->key) = *s;
        t->count++;
    }
    free(old.slots);
}

static int compare_used(const void *a, const void *b)
{
    const unsigned long long *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* When the older half of the sessions was used last. */
static unsigned long long median_use(const struct sessions *t)
{
    unsigned long long *used = xmalloc(t->count * sizeof *used);
    size_t n = 0;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].key)
            used[n++] = t->slots[i].used;
    qsort(used, n, sizeof *used, compare_used);
    unsigned long long median = used[n / 2];
    free(used);
    return median;
}

static struct session *session_of(struct sessions *t, uint64_t key)
{
    if (t->count * 4 >= t->cap * 3) {
        if (t->count < SESSIONS)
            rebuild(t, t->cap ? t->cap * 2 : 64, 0);
        else
            rebuild(t, t->cap, median_use(t));
    }
    struct session *s = slot(t, key);
    if (!s->key) {
        s->key = key;
        t->count++;
    }
    s->used = ++t->clock;
    return s;
}

void sessions_release(struct sessions *t)
{
    for (size_t i = 0; i < t->cap; i++)
        free(t->slots[i].text);
    free(t->slots);
    *t = (struct sessions){0};
}

/* ---- repeated records ---- */

/*
 * The server numbers the lines of a session. A number that was seen is a record given twice;
 * one far below the last one too, for records are not much out of order. A process number is
 * used again by later sessions: %c (csvlog and jsonlog have it) tells them apart.
 */
bool sessions_repeated(struct log *log, const struct log_event *e)
{
    if (!e->line_num || !e->session.len)
        return false;
    struct session *s = session_of(&log->lines, hash_bytes(e->session));
    int64_t ahead = e->line_num - s->last_line;
    if (ahead > 0) {
        s->seen = ahead >= WINDOW ? 0 : s->seen << ahead;
        s->seen |= 1;
        s->last_line = e->line_num;
        return false;
    }
    if (-ahead >= WINDOW || s->seen & UINT64_C(1) << -ahead)
        return true;
    s->seen |= UINT64_C(1) << -ahead;
    return false;
}

/* ---- the text of a plan ---- */

static void head_add(struct head *h, char c)
{
    if (h->len < HEAD + 1)
        h->text[h->len++] = c;
    h->have = h->len;
}

static void head_add_code(struct head *h, uint32_t code)
{
    struct buf b = {0};
    text_add_utf8(&b, code);
    for (size_t i = 0; i < b.len; i++)
        head_add(h, b.data[i]);
    buf_free(&b);
}

static uint32_t hex4(struct str s, size_t at)
{
    uint32_t v = 0;
    for (size_t i = at; i < at + 4 && i < s.len; i++) {
        char c = s.p[i];
        v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return v;
}

/* A string in double quotes, as JSON and YAML have it. */
static void head_of_quoted(struct head *h, struct str s)
{
    size_t i = 0;
    for (; i < s.len && s.p[i] != '"' && h->len <= HEAD; i++) {
        if (s.p[i] != '\\' || i + 1 >= s.len) {
            head_add(h, s.p[i]);
            continue;
        }
        char c = s.p[++i];
        if (c == 'u') {
            head_add_code(h, hex4(s, i + 1));
            i += 4;
        } else {
            const char *known = strchr("nntttrrrbbbfff", c);
            head_add(h, known ? (c == 'n'   ? '\n'
                                 : c == 't' ? '\t'
                                 : c == 'r' ? '\r'
                                 : c == 'b' ? '\b'
                                            : '\f')
                              : c);
        }
    }
    h->whole = i < s.len && s.p[i] == '"';
}

static void head_of_xml(struct head *h, struct str s)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#x0d;", '\r'}};
    size_t i = 0;
    while (i < s.len && s.p[i] != '<' && h->len <= HEAD) {
        size_t n = 1;
        char c = s.p[i];
        for (size_t k = 0; c == '&' && k < sizeof entities / sizeof entities[0]; k++)
            if (str_starts(str_sub(s, i, s.len), entities[k].name)) {
                c = entities[k].c;
                n = strlen(entities[k].name);
                break;
            }
        head_add(h, c);
        i += n;
    }
    h->whole = i < s.len && s.p[i] == '<';
}

/*
 * A text plan does not say where the statement ends: before the root's line, which has costs, or
 * the parameters.
 */
static void head_of_raw(struct head *h, struct str s)
{
    struct str top = str_sub(s, 0, HEAD + 512);
    ptrdiff_t end = str_find(top, "\nQuery Parameters: ");
    const char *costs = end < 0 ? memmem(top.p, top.len, "  (cost=", 8) : NULL;
    const char *nl = costs ? memrchr(top.p, '\n', (size_t)(costs - top.p)) : NULL;
    if (nl)
        end = nl - top.p;
    h->whole = end >= 0 && end <= HEAD;
    h->len = h->have = (unsigned short)(top.len < HEAD + 1 ? top.len : HEAD + 1);
    memcpy(h->text, top.p, h->len);
    if (h->whole)
        h->len = (unsigned short)end;
}

/* Query Text at the beginning of auto_explain's body, whichever format. */
static void head_of_body(struct head *h, struct str body)
{
    static const struct {
        const char *lead;
        void (*read)(struct head *h, struct str s);
    } forms[] = {{"\"Query Text\": \"", head_of_quoted},
                 {"Query Text: \"", head_of_quoted},
                 {"<Query-Text>", head_of_xml},
                 {"Query Text: ", head_of_raw}};
    struct str top = str_sub(body, 0, 100);
    h->len = h->have = 0;
    h->whole = false;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        ptrdiff_t at = str_find(top, forms[i].lead);
        if (at < 0)
            continue;
        forms[i].read(h, str_sub(body, (size_t)at + strlen(forms[i].lead), body.len));
        return;
    }
}

/* Is this the statement that the head begins? Of long ones the beginning decides. */
static bool head_is(const struct head *h, struct str sql)
{
    size_t n = sql.len < HEAD ? sql.len : HEAD;
    if (h->have < n || memcmp(h->text, sql.p, n) != 0)
        return false;
    bool guessed = h->have > h->len; /* a literal may hold what looks like a plan */
    bool fits = sql.len >= HEAD || h->text[n] == '\n';
    return h->whole ? h->len == sql.len || (guessed && fits) : sql.len >= HEAD;
}

static uint64_t head_hash(struct str sql)
{
    return hash_bytes(str_sub(sql, 0, HEAD));
}

static bool heads_equal(const struct head *a, const struct head *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool head_has_hash(const struct head *h, uint64_t hash)
{
    return head_hash((struct str){h->text, h->len}) == hash;
}

/* ---- plans ---- */

/* "unnamed portal with parameters: $1 = ..." in any language: not a statement around this one. */
static bool is_portal(struct str context)
{
    ptrdiff_t at = str_find(context, "$1 = ");
    if (at < 0)
        return false;
    size_t i = (size_t)at;
    while (i && (context.p[i - 1] == ' ' || (unsigned char)context.p[i - 1] == 0xAB ||
                 (unsigned char)context.p[i - 1] == 0xC2)) /* « */
        i--;
    bool colon = i && context.p[i - 1] == ':';
    return colon && !memchr(context.p, '\n', i) && !memchr(context.p, '(', i);
}

static bool take_hash(uint64_t *slots, size_t n, const struct head *h)
{
    for (size_t i = 0; i < n; i++)
        if (slots[i] && head_has_hash(h, slots[i])) {
            slots[i] = 0;
            return true;
        }
    return false;
}

static bool begins_nocase(struct str s, const char *word)
{
    size_t n = strlen(word);
    return s.len > n && strncasecmp(s.p, word, n) == 0;
}

/* ---- plans inside others, where the log does not say so ---- */

/* The two oldest become one: its first end is the older one's, so that no plan is counted that
 * ended too early. */
static void remember_ran(struct session *s, struct ran r)
{
    if (s->ran_count == RANS) {
        s->ran[0].count += s->ran[1].count;
        s->ran[0].ms += s->ran[1].ms;
        memmove(&s->ran[1], &s->ran[2], (RANS - 2) * sizeof s->ran[0]);
        s->ran_count--;
    }
    s->ran[s->ran_count++] = r;
}

/* Whether the time of the record is that at which its duration ended, to the millisecond. */
static bool is_span(const struct log_event *e)
{
    return e->time_us != LOG_NO_TIME && (e->pid || e->session.len) &&
           memchr(e->time_text.p, '.', e->time_text.len) && e->duration_ms < 1e12;
}

/*
 * A process does one thing at a time: what ended after this plan had begun ran inside it. Logged
 * times are cut to milliseconds. The time of a cursor is no span: it waits between fetches.
 */
static void find_inside(struct session *s, const struct head *h, struct log_event *e)
{
    static const int64_t ROUNDED_US = 1000;
    if (!is_span(e) || e->paired || begins_nocase((struct str){h->text, h->len}, "declare")) {
        s->ran_count = 0;
        return;
    }
    if (s->ran_file != e->file.p)
        s->ran_count = 0;
    s->ran_file = e->file.p;
    int64_t begin_us = e->time_us - (int64_t)(e->duration_ms * 1000);
    while (s->ran_count && s->ran[s->ran_count - 1].first_us > begin_us + ROUNDED_US) {
        const struct ran *r = &s->ran[--s->ran_count];
        e->inside += r->count;
        e->inside_ms += r->ms;
    }
    if (e->inside_ms > e->duration_ms) { /* impossible: the process number was given anew, ... */
        e->inside = 0;
        e->inside_ms = 0;
    }
    remember_ran(s, (struct ran){e->time_us, 1, e->duration_ms});
}

static void pair_plan(struct session *s, struct log_event *e)
{
    struct head h;
    e->nested = e->context.len && !is_portal(e->context);
    if (e->cut)
        return;
    if (e->nested)
        return;
    head_of_body(&h, e->body);
    bool again = s->has_plan && heads_equal(&h, &s->plan);
    s->batch = again ? s->batch + 1 : 0;
    e->batch_index = s->batch;
    s->plan = h;
    s->has_plan = true;
    e->paired = take_hash(&s->portal, 1, &h) || take_hash(s->declared, DECLARED, &h);
    if (e->paired)
        s->has_plan = false;
    find_inside(s, &h, e);
}

/* ---- statements ---- */

/*
 * Statements whose plan comes later, when the portal is closed: cursors, and queries (not
 * INSERT, UPDATE, DELETE) of the extended protocol.
 */
static void remember_portal(struct session *s, const struct log_event *e)
{
    if (begins_nocase(str_trim(str_sub(e->sql, 0, HEAD)), "declare"))
        s->declared[s->next_declared++ % DECLARED] = head_hash(e->sql);
    else if (e->step == LOG_EXECUTE)
        s->portal = head_hash(e->sql);
}

static void pair_statement(struct session *s, struct log_event *e, struct str prepared)
{
    bool same =
        s->has_plan && (head_is(&s->plan, e->sql) || (prepared.len && head_is(&s->plan, prepared)));
    if (e->step == LOG_FETCH && s->portal && s->portal == head_hash(e->sql))
        same = true;
    e->paired = same;
    s->has_plan = false;
    if (!same)
        remember_portal(s, e);
}

/* log_statement gave the text; its duration comes alone. */
static void keep_text(struct sessions *t, struct session *s, const struct log_event *e,
                      struct str prepared)
{
    struct buf b = {0};
    forget_text(t, s);
    if (t->text_bytes + e->sql.len + e->params.len + prepared.len > TEXT_BUDGET)
        return;
    buf_addstr(&b, e->sql);
    buf_addstr(&b, e->params);
    buf_addstr(&b, prepared);
    s->text = b.data;
    s->sql_len = e->sql.len;
    s->params_len = e->params.len;
    s->prepared_len = prepared.len;
    s->step = e->step;
    t->text_bytes += b.len;
}

/* A duration alone: of the text that came before, if one did. The text is freed by the next
 * record of the session, not now: the event points into it. */
static void pair_duration(struct session *s, struct log_event *e)
{
    if (!s->text) {
        e->paired = s->has_plan;
        s->has_plan = false;
        return;
    }
    e->kind = LOG_STATEMENT;
    e->step = s->step;
    e->sql = (struct str){s->text, s->sql_len};
    if (s->params_len)
        e->params = (struct str){s->text + s->sql_len, s->params_len};
    pair_statement(s, e, (struct str){s->text + s->sql_len + s->params_len, s->prepared_len});
    s->text_used = true;
}

void sessions_pair(struct log *log, struct log_event *e, struct str prepared)
{
    struct sessions *t = &log->sessions;
    if (e->kind == LOG_OTHER || e->kind == LOG_TEMP_FILE || e->kind == LOG_PARSE ||
        e->kind == LOG_BIND)
        return;
    struct session *s = session_of(t, key_of(e));
    if (s->text_used)
        forget_text(t, s);
    s->text_used = false;
    if (e->kind == LOG_PLAN) {
        pair_plan(s, e);
    } else if (e->kind == LOG_TEXT) {
        keep_text(t, s, e, prepared);
    } else if (e->kind == LOG_DURATION) {
        pair_duration(s, e);
    } else if (e->kind == LOG_STATEMENT) {
        pair_statement(s, e, prepared);
    } else { /* the statement failed */
        forget_text(t, s);
        s->has_plan = false;
    }
}
