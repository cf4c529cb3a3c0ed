/* One line being typed: search, filter, command, an index's DDL. With history and completion. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>

#include "base/str.h"
#include "ui/grid.h"
#include "ui/key.h"

/* What the line is for; each kind has its own history. */
enum prompt_kind {
    PROMPT_NONE,
    PROMPT_SEARCH,
    PROMPT_SEARCH_BACK,
    PROMPT_FILTER,
    PROMPT_COMMAND,
    PROMPT_EDIT,     /* DDL of a candidate */
    PROMPT_SAVE,     /* file name */
    PROMPT_SERVICE,  /* connection */
    PROMPT_RANGE,    /* time range */
    PROMPT_INTERVAL, /* seconds */
    PROMPT_CONFIRM,  /* yes? */
    PROMPT_KIND_COUNT
};

enum { HISTORY_MAX = 200 };
struct history {
    char **items; /* oldest first */
    int count;
};

void history_add(struct history *h, struct str line);
void history_release(struct history *h);

struct prompt {
    enum prompt_kind kind;
    char label[64];
    struct buf text;
    size_t at;  /* byte offset of the cursor, between characters */
    int recall; /* history entry shown, -1: the line being typed */
    struct buf typed; /* the line as it was before history was looked through */
};

enum prompt_result {
    PROMPT_GOES_ON, /* nothing changed that anyone needs to know */
    PROMPT_EDITED,  /* the text changed */
    PROMPT_DONE,    /* Enter */
    PROMPT_CANCELLED,
    PROMPT_COMPLETE /* Tab: the owner may replace the text */
};

void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, struct str text);
void prompt_close(struct prompt *p);
void prompt_release(struct prompt *p);
void prompt_set(struct prompt *p, struct str text);
enum prompt_result prompt_key(struct prompt *p, const struct key *key, const struct history *h);
/* The line with its cursor; long text scrolls. */
void prompt_draw(const struct prompt *p, struct grid *g, struct rect r);

#endif
