#include "read/log_words.h"

struct word {
    enum log_word meaning;
    struct str text;
};

static const struct word words[] = {
#define LOG_WORD(meaning, word) {WORD_##meaning, {(word), sizeof(word) - 1}},
#include "read/log_words.def"
};

static const struct str duration_leads[] = {
#define LOG_DURATION(text) {(text), sizeof(text) - 1},
#include "read/log_words.def"
};
static const struct str temp_file_leads[] = {
#define LOG_TEMP_FILE(text) {(text), sizeof(text) - 1},
#include "read/log_words.def"
};
static const struct str statement_leads[] = {
#define LOG_STATEMENT(text) {(text), sizeof(text) - 1},
#include "read/log_words.def"
};
static const struct str parameters_leads[] = {
#define LOG_PARAMETERS(text) {(text), sizeof(text) - 1},
#include "read/log_words.def"
};
static const struct str prepare_leads[] = {
#define LOG_PREPARE(text) {(text), sizeof(text) - 1},
#include "read/log_words.def"
};

#define LEADS(list)                                                                                \
    {                                                                                              \
        list, sizeof list / sizeof list[0]                                                         \
    }
static const struct lead {
    const struct str *text; /* English first */
    size_t count;
} leads[] = {[LEAD_DURATION] = LEADS(duration_leads),
             [LEAD_TEMP_FILE] = LEADS(temp_file_leads),
             [LEAD_STATEMENT] = LEADS(statement_leads),
             [LEAD_PARAMETERS] = LEADS(parameters_leads),
             [LEAD_PREPARE] = LEADS(prepare_leads)};

static const struct step {
    enum log_phase meaning;
    struct str before, after;
} steps[] = {
#define LOG_STEP(meaning, before, after)                                                           \
    {PHASE_##meaning, {(before), sizeof(before) - 1}, {(after), sizeof(after) - 1}},
#include "read/log_words.def"
};

enum { WORDS = sizeof words / sizeof words[0], LONGEST_WORD = 48, LONGEST_NAME = 512 };

static bool begins(struct str s, struct str with)
{
    return s.len >= with.len && memcmp(s.p, with.p, with.len) == 0;
}

/* The colon that ends a word at s[at], and the blanks behind it: some languages put a blank before
 * the colon, or none or one behind it. Where the text begins; 0: there is no colon. */
static size_t past_colon(struct str s, size_t at)
{
    if (at < s.len && s.p[at] == ' ')
        at++;
    if (at >= s.len || s.p[at] != ':')
        return 0;
    at++;
    for (int blanks = 0; blanks < 2 && at < s.len && s.p[at] == ' '; blanks++)
        at++;
    return at;
}

static enum log_word unknown_word(struct str s, size_t *len)
{
    size_t n = 0;
    for (; n < s.len && n < LONGEST_WORD; n++)
        if (strchr(" :;,.\"'()[]{}=<>/\t", s.p[n]))
            break;
    size_t end = n ? past_colon(s, n) : 0;
    if (!end || end < 2 || s.p[end - 1] != ' ' || s.p[end - 2] != ' ')
        return WORD_NONE;
    *len = end;
    return WORD_UNKNOWN;
}

enum log_word log_word_at(struct str s, size_t *len)
{
    if (s.len >= 6 && memcmp(s.p, "LOG:  ", 6) == 0) {
        *len = 6;
        return WORD_LOG;
    }
    for (size_t i = 0; i < WORDS && s.len; i++) {
        const struct word *w = &words[i];
        size_t end;
        if (w->text.p[0] == s.p[0] && begins(s, w->text) && (end = past_colon(s, w->text.len))) {
            *len = end;
            return w->meaning;
        }
    }
    return unknown_word(s, len);
}

enum log_word log_word_of(struct str word)
{
    if (str_is(word, "LOG"))
        return WORD_LOG;
    for (size_t i = 0; i < WORDS; i++)
        if (str_eq(words[i].text, word))
            return words[i].meaning;
    return WORD_UNKNOWN;
}

/* Is there a known word that ends right before the colon at s[colon]? Where it begins, else -1. */
static ptrdiff_t word_before(struct str s, size_t colon)
{
    size_t end = colon && s.p[colon - 1] == ' ' ? colon - 1 : colon;
    ptrdiff_t longest = -1;
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = words[i].text.len;
        if (n <= end && memcmp(s.p + end - n, words[i].text.p, n) == 0 &&
            (longest < 0 || (ptrdiff_t)(end - n) < longest))
            longest = (ptrdiff_t)(end - n);
    }
    return longest;
}

ptrdiff_t log_word_find(struct str s, size_t from)
{
    for (size_t at = from; at < s.len;) {
        const char *colon = memchr(s.p + at, ':', s.len - at);
        if (!colon)
            return -1;
        at = (size_t)(colon - s.p) + 1;
        if (at >= s.len || s.p[at] != ' ')
            continue;
        ptrdiff_t word = word_before(s, at - 1);
        if (word >= (ptrdiff_t)from)
            return word;
    }
    return -1;
}

bool log_lead_is(enum log_lead lead, struct str s, struct str *rest)
{
    const struct lead *l = &leads[lead];
    for (size_t i = 0; i < l->count && s.len; i++)
        if (l->text[i].p[0] == s.p[0] && begins(s, l->text[i])) {
            *rest = str_sub(s, l->text[i].len, s.len);
            return true;
        }
    return false;
}

/* Where `what`, which has a colon, begins in s; names are short. */
static ptrdiff_t find_after(struct str s, struct str what)
{
    size_t colon = (size_t)((const char *)memchr(what.p, ':', what.len) - what.p);
    size_t limit = s.len < LONGEST_NAME ? s.len : LONGEST_NAME;
    for (size_t at = colon; at < limit; at++) {
        const char *hit = memchr(s.p + at, ':', limit - at);
        if (!hit)
            return -1;
        at = (size_t)(hit - s.p);
        if (at - colon + what.len <= s.len && memcmp(s.p + at - colon, what.p, what.len) == 0)
            return (ptrdiff_t)(at - colon);
    }
    return -1;
}

static bool step_is(const struct step *step, struct str s, struct str *name, struct str *sql)
{
    if ((step->before.len && s.len && step->before.p[0] != s.p[0]) || !begins(s, step->before))
        return false;
    struct str rest = str_sub(s, step->before.len, s.len);
    *name = (struct str){0};
    *sql = rest;
    if (!step->after.len)
        return true;
    ptrdiff_t after = find_after(rest, step->after);
    if (after < 0)
        return false;
    *name = str_sub(rest, 0, (size_t)after);
    *sql = str_sub(rest, name->len + step->after.len, rest.len);
    return true;
}

enum log_phase log_phase_of(struct str s, struct str *name, struct str *sql)
{
    static const struct step english[] = {
        {PHASE_STATEMENT, {"statement: ", 11}, {"", 0}},
        {PHASE_FETCH, {"execute fetch from ", 19}, {": ", 2}},
        {PHASE_EXECUTE, {"execute ", 8}, {": ", 2}},
        {PHASE_PARSE, {"parse ", 6}, {": ", 2}},
        {PHASE_BIND, {"bind ", 5}, {": ", 2}},
    };
    for (size_t i = 0; i < sizeof english / sizeof english[0]; i++)
        if (step_is(&english[i], s, name, sql))
            return english[i].meaning;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (step_is(&steps[i], s, name, sql))
            return steps[i].meaning;
    return PHASE_NONE;
}

bool log_phase_may_begin(struct str s)
{
    static _Thread_local bool known, first[256];
    if (!known)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            if (steps[i].before.len &&
                (steps[i].meaning == PHASE_EXECUTE || steps[i].meaning == PHASE_FETCH))
                first[(unsigned char)steps[i].before.p[0]] = true;
    known = true;
    return s.len && first[(unsigned char)s.p[0]];
}
