#include "work/anon_map.h"

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "work/anonymize.h"

struct entry {
    enum anon_kind kind;
    struct str original, replacement;
};

/* Open addressing over entries[]; slots hold index + 1. */
struct anon {
    struct arena *arena;
    struct entry *entries;
    size_t count, cap;
    size_t *slots;
    size_t slot_count;
    unsigned next[ANON_KIND_COUNT]; /* numbers handed out */
    bool names_stay;
};

struct anon *anon_new(struct arena *a)
{
    struct anon *n = arena_alloc(a, sizeof *n);
    n->arena = a;
    return n;
}

struct anon *anon_new_for_values(struct arena *a)
{
    struct anon *n = anon_new(a);
    n->names_stay = true;
    return n;
}

enum space { SPACE_RELATION, SPACE_COLUMN, SPACE_OTHER, SPACE_CONSTANT };

static enum space space_of(enum anon_kind kind)
{
    if (kind >= ANON_CONSTANTS)
        return SPACE_CONSTANT;
    if (kind == ANON_COLUMN)
        return SPACE_COLUMN;
    return kind == ANON_SCHEMA || kind == ANON_TABLE || kind == ANON_ALIAS || kind == ANON_CTE
               ? SPACE_RELATION
               : SPACE_OTHER;
}

/* FNV-1a. */
static size_t hash(enum space space, struct str s)
{
    uint64_t h = 14695981039346656037u + space;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static size_t *slot_of(const struct anon *n, enum space space, struct str s)
{
    size_t i = hash(space, s) % n->slot_count;
    for (; n->slots[i]; i = (i + 1) % n->slot_count) {
        const struct entry *e = &n->entries[n->slots[i] - 1];
        if (space_of(e->kind) == space && str_eq(e->original, s))
            break;
    }
    return &n->slots[i];
}

static void grow(struct anon *n)
{
    struct entry *old = n->entries;
    n->cap = n->cap ? n->cap * 2 : 256;
    n->entries = arena_calloc(n->arena, n->cap, sizeof *n->entries);
    if (n->count)
        memcpy(n->entries, old, n->count * sizeof *old);
    n->slot_count = n->cap * 2 + 1;
    n->slots = arena_calloc(n->arena, n->slot_count, sizeof *n->slots);
    for (size_t i = 0; i < n->count; i++)
        *slot_of(n, space_of(n->entries[i].kind), n->entries[i].original) = i + 1;
}

/* A word of letters, as long as the original where that is long enough to tell words apart. */
static struct str letters(struct anon *n, struct str original, unsigned number)
{
    char word[16];
    size_t len = 0;
    for (unsigned v = number; v || len == 0; v /= 20)
        word[len++] = "bcdfghjklmnpqrstvwxz"[v % 20];
    size_t columns = original.len > len && original.len < 1000 ? original.len : len;
    char *p = arena_alloc(n->arena, columns + 1);
    memset(p, 'y', columns);
    for (size_t i = 0; i < len; i++)
        p[columns - 1 - i] = word[i];
    return (struct str){p, columns};
}

/* A day of the years from 1970 to 2069, twelve months of 28 days. */
static const char *day(struct anon *n, unsigned number)
{
    return arena_printf(n->arena, "%04u-%02u-%02u", 1970 + number / 336 % 100, number / 28 % 12 + 1,
                        number % 28 + 1);
}

static struct str invent(struct anon *n, enum anon_kind kind, struct str original, unsigned number)
{
    static const char *const prefix[] = {
        [ANON_SCHEMA] = "schema",  [ANON_TABLE] = "table", [ANON_COLUMN] = "col",
        [ANON_ALIAS] = "a",        [ANON_INDEX] = "index", [ANON_FUNCTION] = "func",
        [ANON_TYPE] = "type",      [ANON_CTE] = "cte",     [ANON_TRIGGER] = "trigger",
        [ANON_CONSTRAINT] = "con", [ANON_NAME] = "name",   [ANON_TEXT] = "text",
    };
    struct arena *a = n->arena;
    const char *made;
    switch (kind) {
    case ANON_RUN:
        return letters(n, original, number);
    case ANON_NUMBER:
        made = arena_printf(a, "%u", 1000 + number);
        break;
    case ANON_DATE:
        made = day(n, number);
        break;
    case ANON_TIMESTAMP:
        made = arena_printf(a, "%s 00:00:00", day(n, number));
        break;
    case ANON_TIME:
        made = arena_printf(a, "%02u:%02u:%02u", number / 3600 % 24, number / 60 % 60, number % 60);
        break;
    case ANON_INTERVAL:
        made = arena_printf(a, "%u days", 1000 + number);
        break;
    case ANON_UUID:
        made = arena_printf(a, "00000000-0000-0000-0000-%012u", number);
        break;
    case ANON_ADDRESS:
        made = arena_printf(a, "192.0.%u.%u", number / 256 % 256, number % 256);
        break;
    case ANON_BYTES:
        made = arena_printf(a, "\\x%08x", number);
        break;
    default:
        made = arena_printf(a, "%s%u", prefix[kind], number);
    }
    return str_of(made);
}

bool anon_knows(const struct anon *n, enum anon_kind kind, struct str original)
{
    return n->count && *slot_of(n, space_of(kind), original);
}

bool anon_knows_name(const struct anon *n, struct str original)
{
    return anon_knows(n, ANON_TABLE, original) || anon_knows(n, ANON_COLUMN, original) ||
           anon_knows(n, ANON_NAME, original);
}

static bool is_original(const struct anon *n, struct str s)
{
    return anon_knows_name(n, s) || anon_knows(n, ANON_TEXT, s);
}

struct str anon_replace(struct anon *n, enum anon_kind kind, struct str original)
{
    enum space space = space_of(kind);
    if (n->count == n->cap)
        grow(n);
    size_t *slot = slot_of(n, space, original);
    if (*slot)
        return n->entries[*slot - 1].replacement;
    struct entry *e = &n->entries[n->count];
    *e = (struct entry){kind, str_dup(n->arena, original), {0}};
    if (n->names_stay && kind < ANON_CONSTANTS) {
        e->replacement = e->original;
        *slot = ++n->count;
        return e->replacement;
    }
    do /* never what an original is called */
        e->replacement = invent(n, kind, original, ++n->next[kind]);
    while (is_original(n, e->replacement) || str_eq(e->replacement, original));
    *slot = ++n->count;
    return e->replacement;
}

static void add_escaped(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] == '\t')
            buf_adds(out, "\\t");
        else if (s.p[i] == '\n')
            buf_adds(out, "\\n");
        else if (s.p[i] == '\r')
            buf_adds(out, "\\r");
        else if (s.p[i] == '\\')
            buf_adds(out, "\\\\");
        else
            buf_addc(out, s.p[i]);
}

void anon_add_map(const struct anon *n, struct buf *out)
{
    static const char *const kind_name[] = {
        [ANON_SCHEMA] = "schema",   [ANON_TABLE] = "table",
        [ANON_COLUMN] = "column",   [ANON_ALIAS] = "alias",
        [ANON_INDEX] = "index",     [ANON_FUNCTION] = "function",
        [ANON_TYPE] = "type",       [ANON_CTE] = "cte",
        [ANON_TRIGGER] = "trigger", [ANON_CONSTRAINT] = "constraint",
        [ANON_NAME] = "name",       [ANON_TEXT] = "text",
        [ANON_RUN] = "pattern",     [ANON_NUMBER] = "number",
        [ANON_DATE] = "date",       [ANON_TIMESTAMP] = "timestamp",
        [ANON_TIME] = "time",       [ANON_INTERVAL] = "interval",
        [ANON_UUID] = "uuid",       [ANON_ADDRESS] = "address",
        [ANON_BYTES] = "bytes",
    };
    for (size_t i = 0; i < n->count; i++) {
        add_escaped(out, n->entries[i].replacement);
        buf_printf(out, "\t%s\t", kind_name[n->entries[i].kind]);
        add_escaped(out, n->entries[i].original);
        buf_addc(out, '\n');
    }
}
