#include "read/log_prefix.h"

#include <stdlib.h>

#include "read/log.h"
#include "read/log_time.h"

/*
 * Escapes are PostgreSQL's letters, and '*' for a field whose meaning could not be found out.
 * How the value of each looks:
 */
enum shape {
    SHAPE_TIME,
    SHAPE_EPOCH,
    SHAPE_NUMBER,
    SHAPE_HEX,
    SHAPE_VXID,
    SHAPE_STATE,
    SHAPE_WORD,
    SHAPE_FREE,
    SHAPE_STOP
};

static enum shape shape_of(char escape)
{
    switch (escape) {
    case 't':
    case 'm':
    case 's':
        return SHAPE_TIME;
    case 'n':
        return SHAPE_EPOCH;
    case 'p':
    case 'P':
    case 'l':
    case 'x':
    case 'Q':
        return SHAPE_NUMBER;
    case 'c':
        return SHAPE_HEX;
    case 'v':
        return SHAPE_VXID;
    case 'e':
        return SHAPE_STATE;
    case 'r':
    case 'h':
    case 'L':
        return SHAPE_WORD;
    case 'q':
        return SHAPE_STOP;
    default:
        return SHAPE_FREE;
    }
}

/* ---- compiling ---- */

static void add_literal(struct log_prefix *p, const char *from, size_t len)
{
    unsigned at = (unsigned)(from - p->text);
    struct prefix_item *last = p->count ? &p->items[p->count - 1] : NULL;
    if (last && !last->escape && last->from + last->len == at)
        last->len += (unsigned)len;
    else if (len && p->count < PREFIX_ITEMS)
        p->items[p->count++] = (struct prefix_item){.from = at, .len = (unsigned)len};
}

static struct str literal_of(const struct log_prefix *p, const struct prefix_item *it)
{
    return (struct str){p->text + it->from, it->len};
}

/* The escape at s[at] ("%-10u"); where it ends. */
static size_t add_escape(struct log_prefix *p, struct str s, size_t at)
{
    size_t i = at + 1;
    int pad = 0;
    bool left = i < s.len && s.p[i] == '-';
    i += left;
    for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9' && pad < 1000; i++)
        pad = pad * 10 + (s.p[i] - '0');
    if (i >= s.len)
        return s.len;
    if (s.p[i] == '%') {
        add_literal(p, s.p + i, 1);
    } else if (strchr("audrhbpPtmnislcevxQLq*", s.p[i]) && p->count < PREFIX_ITEMS) {
        p->items[p->count++] = (struct prefix_item){.escape = s.p[i], .pad = left ? -pad : pad};
        p->strong |= strchr("tmnpc", s.p[i]) != NULL;
    } /* what the server does not know prints nothing */
    return i + 1;
}

bool log_prefix_compile(struct log_prefix *p, struct str text)
{
    log_prefix_release(p);
    if (text.len >= PREFIX_TEXT)
        return false;
    memcpy(p->text, text.p, text.len);
    p->text[text.len] = '\0';
    struct str s = {p->text, text.len};
    for (size_t at = 0; at < s.len;) {
        if (s.p[at] == '%') {
            at = add_escape(p, s, at);
            continue;
        }
        const char *next = memchr(s.p + at, '%', s.len - at);
        size_t len = next ? (size_t)(next - s.p) - at : s.len - at;
        add_literal(p, s.p + at, len);
        at += len;
    }
    p->last_free = p->count;
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].escape && shape_of(p->items[i].escape) == SHAPE_FREE)
            p->last_free = i;
    return true;
}

void log_prefix_release(struct log_prefix *p)
{
    for (size_t i = 0; i < p->learned_count; i++)
        buf_free(&p->learned[i]);
    *p = (struct log_prefix){.count = 0};
}

/* ---- matching ---- */

struct match {
    struct log_prefix *prefix;
    struct str line;
    struct log_fields fields;
    struct str last_free; /* value of that item */
    int steps;            /* a bound on the search */
    enum log_word word;   /* of the answer */
    struct log_fields answer;
    size_t text;
    struct str answer_free;
};

enum { MOST_STEPS = 4000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t number_len(struct str s)
{
    size_t n = s.len && s.p[0] == '-';
    size_t sign = n;
    while (n < s.len && is_digit(s.p[n]))
        n++;
    return n > sign ? n : 0;
}

/* Length of a value of a fixed shape at the beginning of s; -1: it has not that shape. */
static ptrdiff_t shape_len(enum shape shape, struct str s)
{
    int ms;
    size_t n = 0;
    switch (shape) {
    case SHAPE_TIME:
        n = log_time_len(s, &ms);
        return n ? (ptrdiff_t)n : -1;
    case SHAPE_EPOCH:
        while (n < s.len && n < 14 && (is_digit(s.p[n]) || s.p[n] == '.'))
            n++;
        return n >= 10 ? (ptrdiff_t)n : -1;
    case SHAPE_NUMBER:
        return (ptrdiff_t)number_len(s); /* empty in processes of the server's own */
    case SHAPE_HEX:
        while (n < s.len && n < 32 && (is_hex(s.p[n]) || s.p[n] == '.'))
            n++;
        return (ptrdiff_t)n;
    case SHAPE_VXID:
        while (n < s.len && (is_digit(s.p[n]) || s.p[n] == '/'))
            n++;
        return (ptrdiff_t)n;
    case SHAPE_STATE:
        while (n < s.len && n < 5 && (is_digit(s.p[n]) || (s.p[n] >= 'A' && s.p[n] <= 'Z')))
            n++;
        return n == 5 ? 5 : -1;
    default:
        return -1;
    }
}

static struct str presence(struct str v)
{
    return v.len ? v : (struct str){0};
}

static long long to_number(struct str s)
{
    long long n = 0;
    if (s.len > 9) {
        str_to_int64(s, &n);
        return n;
    }
    for (size_t i = 0; i < s.len; i++)
        if (is_digit(s.p[i]))
            n = n * 10 + (s.p[i] - '0');
    return s.len && s.p[0] == '-' ? -n : n;
}

static void store(struct log_fields *f, char escape, struct str v)
{
    long long n = 0;
    v = presence(str_trim(v));
    if (escape == 'p' || escape == 'l' || escape == 'Q')
        n = to_number(v);
    switch (escape) {
    case 't':
    case 'm':
        if (!f->time_text.len || escape == 'm') /* the finer one */
            f->time_text = v;
        break;
    case 'n':
        f->epoch = v;
        break;
    case 'u':
        f->user = v;
        break;
    case 'd':
        f->database = v;
        break;
    case 'a':
        f->app = v;
        break;
    case 'r':
    case 'h':
        f->host = v;
        break;
    case 'c':
        f->session = v;
        break;
    case 'i':
        f->tag = v;
        break;
    case 'p':
        f->pid = (long)n;
        break;
    case 'l':
        f->line_num = n;
        break;
    case 'Q':
        f->query_id = n;
        break;
    default:
        break;
    }
}

/* Values that other lines proved, because there the message behind them was clear. */
static bool is_learned(const struct log_prefix *p, struct str v)
{
    for (size_t i = 0; i < p->learned_count; i++)
        if (str_eq(buf_str(&p->learned[i]), v))
            return true;
    return false;
}

static void learn(struct log_prefix *p, struct str v)
{
    if (is_learned(p, v))
        return;
    if (p->learned_count < PREFIX_LEARNED)
        buf_addstr(&p->learned[p->learned_count++], v);
}

/* A message whose words are the server's beyond doubt. */
static bool is_clear(struct str text)
{
    struct str rest;
    return (log_lead_is(LEAD_DURATION, text, &rest) && rest.len && is_digit(rest.p[0])) ||
           log_lead_is(LEAD_TEMP_FILE, text, &rest);
}

/*
 * All items fit up to `at`: is there a word? When the text behind it holds another word, the
 * value before it may have ended too early ("app=x: LOG:  y LOG:  duration ..."): then only a
 * clear message, or a value that is known, ends the search; else the first answer is kept.
 */
static bool accept(struct match *m, size_t at)
{
    size_t len;
    struct str rest = str_sub(m->line, at, m->line.len);
    if (rest.len && rest.p[0] == ' ' && !log_word_at(rest, &len))
        at++, rest = str_sub(rest, 1, rest.len); /* a template given without its last blank */
    enum log_word word = log_word_at(rest, &len);
    if (word == WORD_NONE || (word == WORD_UNKNOWN && !m->prefix->strong))
        return false;
    struct str text = str_sub(rest, len, rest.len), head = str_sub(text, 0, 256);
    bool first = m->word == WORD_NONE;
    bool free_end = m->prefix->last_free < m->prefix->count;
    bool doubtful = free_end && log_word_find(head, 0) >= 0;
    bool proven = !doubtful || is_clear(text) || is_learned(m->prefix, m->last_free);
    if (!first && !(doubtful ? proven : is_clear(text) || is_learned(m->prefix, m->last_free)))
        return false;
    if (!first && is_clear(text))
        learn(m->prefix, m->last_free);
    m->word = word;
    m->answer = m->fields;
    m->answer.severity = str_trim(str_sub(rest, 0, len));
    m->text = at + len;
    return proven;
}

static bool match_from(struct match *m, size_t i, size_t at);

/* An item that may hold anything, up to what follows it: the shortest first. */
static bool match_free(struct match *m, size_t i, size_t at, bool word)
{
    const struct prefix_item *it = &m->prefix->items[i];
    const struct prefix_item *next = i + 1 < m->prefix->count ? it + 1 : NULL;
    size_t limit = m->line.len < PREFIX_LINE ? m->line.len : PREFIX_LINE;
    size_t least = (size_t)(it->pad < 0 ? -it->pad : it->pad);
    struct log_fields before = m->fields;
    for (size_t end = at; end <= limit && m->steps > 0; end++) {
        if (word && end > at && (m->line.p[end - 1] == ' ' || m->line.p[end - 1] == '\t') && !least)
            return false;
        if (end - at < least)
            continue;
        if (next && !next->escape) {
            const char *hit = memchr(m->line.p + end, m->prefix->text[next->from], limit - end);
            if (!hit)
                return false;
            size_t to = (size_t)(hit - m->line.p);
            if (word && !least && memchr(m->line.p + at, ' ', to - at))
                return false;
            end = to;
        }
        struct str value = str_sub(m->line, at, end);
        m->fields = before;
        store(&m->fields, it->escape, value);
        if (i == m->prefix->last_free)
            m->last_free = value;
        if (match_from(m, i + 1, end))
            return true;
    }
    m->fields = before;
    return false;
}

static bool match_fixed(struct match *m, size_t i, size_t at, enum shape shape)
{
    const struct prefix_item *it = &m->prefix->items[i];
    size_t from = at;
    while (it->pad > 0 && at < m->line.len && m->line.p[at] == ' ')
        at++;
    struct str rest = str_sub(m->line, at, m->line.len);
    ptrdiff_t n = shape_len(shape, rest);
    if (n < 0)
        return false;
    store(&m->fields, it->escape, str_sub(rest, 0, (size_t)n));
    size_t end = at + (size_t)n;
    while (it->pad < 0 && end - from < (size_t)-it->pad && end < m->line.len &&
           m->line.p[end] == ' ')
        end++;
    return match_from(m, i + 1, end);
}

/* Items i.. against the line from `at` on. The depth is that of the template: at most PREFIX_ITEMS.
 */
static bool match_from(struct match *m, size_t i, size_t at)
{
    const struct log_prefix *p = m->prefix;
    if (m->steps-- <= 0)
        return false;
    if (i == p->count)
        return accept(m, at);
    const struct prefix_item *it = &p->items[i];
    if (!it->escape) {
        struct str lit = literal_of(p, it), rest = str_sub(m->line, at, m->line.len);
        return rest.len >= lit.len && memcmp(rest.p, lit.p, lit.len) == 0 &&
               match_from(m, i + 1, at + lit.len);
    }
    enum shape shape = shape_of(it->escape);
    if (shape == SHAPE_STOP) {
        struct log_fields before = m->fields;
        if (match_from(m, i + 1, at))
            return true;
        m->fields = before;
        return m->word == WORD_NONE && accept(m, at);
    }
    if (shape == SHAPE_FREE || shape == SHAPE_WORD)
        return match_free(m, i, at, shape == SHAPE_WORD);
    return match_fixed(m, i, at, shape);
}

enum log_word log_prefix_match(struct log_prefix *p, struct str line, struct log_fields *out,
                               size_t *text)
{
    struct match m = {.prefix = p, .line = line, .steps = MOST_STEPS};
    match_from(&m, 0, 0);
    *out = m.answer;
    *text = m.text;
    return m.word;
}
