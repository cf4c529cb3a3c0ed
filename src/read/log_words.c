#include "read/log_words.h"

struct word {
    enum log_word meaning;
    struct str text;
};

static const struct word words[] = {
#define LOG_WORD(meaning, word) {WORD_##meaning, {(word), sizeof(word) - 1}},
#include "read/log_words.def"
};

static const struct lead {
    enum log_lead meaning;
    struct str text;
} leads[] = {
#define LOG_LEAD(meaning, text) {LEAD_##meaning, {(text), sizeof(text) - 1}},
#include "read/log_words.def"
};

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
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (leads[i].meaning == lead && begins(s, leads[i].text)) {
            *rest = str_sub(s, leads[i].text.len, s.len);
            return true;
        }
    return false;
}

static bool step_is(const struct step *step, struct str s, struct str *name, struct str *sql)
{
    if (!begins(s, step->before))
        return false;
    struct str rest = str_sub(s, step->before.len, s.len);
    *name = (struct str){0};
    *sql = rest;
    if (!step->after.len)
        return true;
    const char *after = memmem(rest.p, rest.len < LONGEST_NAME ? rest.len : LONGEST_NAME,
                               step->after.p, step->after.len);
    if (!after)
        return false;
    *name = str_sub(rest, 0, (size_t)(after - rest.p));
    *sql = str_sub(rest, name->len + step->after.len, rest.len);
    return true;
}

enum log_phase log_phase_of(struct str s, struct str *name, struct str *sql)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (step_is(&steps[i], s, name, sql))
            return steps[i].meaning;
    return PHASE_NONE;
}
