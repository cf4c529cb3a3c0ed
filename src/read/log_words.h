/* The words that the server writes, in any of its languages (log_words.def). */
#ifndef LOG_WORDS_H
#define LOG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* What stands before the colon. */
enum log_word {
    WORD_NONE,
    WORD_LOG, /* INFO and DEBUG too */
    WORD_ERROR,
    WORD_WARNING,
    WORD_NOTICE,
    WORD_FATAL,  /* PANIC too */
    WORD_DETAIL, /* the first that names a section */
    WORD_HINT,
    WORD_QUERY,
    WORD_CONTEXT,
    WORD_STATEMENT,
    WORD_LOCATION,
    WORD_BACKTRACE,
    WORD_UNKNOWN /* some other word and a colon */
};

enum log_lead { LEAD_DURATION, LEAD_TEMP_FILE, LEAD_STATEMENT, LEAD_PARAMETERS, LEAD_PREPARE };
enum log_phase { PHASE_NONE, PHASE_STATEMENT, PHASE_FETCH, PHASE_EXECUTE, PHASE_PARSE, PHASE_BIND };

static inline bool log_word_is_section(enum log_word w)
{
    return w >= WORD_DETAIL && w <= WORD_BACKTRACE;
}

/* The word, colon and blanks that s begins with; *len is how long they are together. Unknown
 * words count only when two blanks follow the colon. */
enum log_word log_word_at(struct str s, size_t *len);
/* The meaning of a whole word (csvlog's severity); WORD_UNKNOWN when there is none. */
enum log_word log_word_of(struct str word);
/* Where a known word with its colon and two blanks begins in s, at or after `from`; -1 nowhere. */
ptrdiff_t log_word_find(struct str s, size_t from);

/* Does a message begin so? *rest is what follows. */
bool log_lead_is(enum log_lead lead, struct str s, struct str *rest);
/* What follows "duration: D ms", separators taken off; *name and *sql are filled where there are
 * some. PHASE_NONE when it is no phrase of the server's. */
enum log_phase log_phase_of(struct str s, struct str *name, struct str *sql);
/* A quick look at whether it may be worth while, for phrases whose word comes before the name. */
bool log_phase_may_begin(struct str s);

#endif
