#include "read/recall.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "read/json.h"

/* What a body is made of. Which kind of number matters: rows with decimals tell the version. */
enum step_kind { STEP_INTEGER, STEP_DECIMAL, STEP_TEXT, STEP_LITERAL, STEP_END };

struct step {
    enum step_kind kind;
    struct str literal;  /* LITERAL */
    struct step *child;  /* what may follow; of its literals no two begin with the same byte */
    struct step *next;   /* beside it, in the order of kinds */
    struct known *known; /* END */
};

/* A place that a body's varying text goes to. */
struct slot {
    double *number;   /* or */
    struct str *text; /* as last set from raw */
    struct str raw;
    size_t raw_cap, text_cap;
};

struct known {
    struct plan *plan;
    struct slot *slots;
    size_t count;
};

struct recall {
    struct arena *arena;
    struct step root;
    struct str *found; /* of the body at hand: the text of each slot */
    size_t count, cap;
    struct buf scratch;
};

enum { MOST_BYTES = 24 * 1024 * 1024 };

struct recall *recall_new(void)
{
    struct recall *r = xcalloc(1, sizeof *r);
    r->arena = arena_new(0);
    return r;
}

void recall_free(struct recall *r)
{
    if (!r)
        return;
    arena_free(r->arena);
    free(r->found);
    buf_free(&r->scratch);
    free(r);
}

static void forget(struct recall *r)
{
    arena_free(r->arena);
    r->arena = arena_new(0);
    r->root = (struct step){0};
}

/* ---- what stands in a body ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_len(struct str s, size_t at)
{
    size_t from = at;
    while (at < s.len && is_digit(s.p[at]))
        at++;
    return at - from;
}

/* The number that s begins with, as JSON has it; 0 when it is none, or has an exponent. */
static size_t number_len(struct str s, bool *decimal)
{
    size_t at = s.len && s.p[0] == '-';
    size_t whole = digits_len(s, at);
    *decimal = false;
    if (whole == 0 || (whole > 1 && s.p[at] == '0'))
        return 0;
    at += whole;
    if (at < s.len && s.p[at] == '.') {
        size_t part = digits_len(s, at + 1);
        if (part == 0)
            return 0;
        *decimal = true;
        at += 1 + part;
    }
    return at < s.len && (s.p[at] == 'e' || s.p[at] == 'E') ? 0 : at;
}

/* A string's bytes up to its closing quote. Lines are counted elsewhere: none may end in it. */
static bool text_len(struct str s, size_t *len)
{
    size_t at = 0;
    for (; at < s.len && s.p[at] != '"'; at++) {
        if (s.p[at] == '\0' || s.p[at] == '\n')
            return false;
        if (s.p[at] == '\\')
            at++;
    }
    *len = at;
    return at < s.len;
}

static enum step_kind kind_of(const struct build_entry *e)
{
    bool decimal;
    size_t len;
    if (e->number)
        return number_len(e->raw, &decimal) != e->raw.len ? STEP_LITERAL
               : decimal                                  ? STEP_DECIMAL
                                                          : STEP_INTEGER;
    struct str quoted = {e->raw.p, e->raw.len + 1};
    return e->text && e->raw.p && text_len(quoted, &len) && len == e->raw.len ? STEP_TEXT
                                                                              : STEP_LITERAL;
}

/* ---- finding ---- */

static void put_found(struct recall *r, struct str text)
{
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 256;
        r->found = xrealloc(r->found, r->cap * sizeof *r->found);
    }
    r->found[r->count++] = text;
}

/* The step of a list that the rest of a body begins with; *len: how much of it. */
static const struct step *step_into(const struct step *list, struct str rest, size_t *len)
{
    for (const struct step *s = list; s; s = s->next) {
        bool decimal;
        switch (s->kind) {
        case STEP_INTEGER:
        case STEP_DECIMAL:
            *len = number_len(rest, &decimal);
            if (*len && decimal == (s->kind == STEP_DECIMAL))
                return s;
            break;
        case STEP_TEXT:
            if (text_len(rest, len))
                return s;
            break;
        case STEP_LITERAL:
            *len = s->literal.len;
            if (rest.len >= *len && rest.p[0] == s->literal.p[0] &&
                memcmp(rest.p, s->literal.p, *len) == 0)
                return s;
            break;
        case STEP_END:
            *len = 0;
            if (rest.len == 0)
                return s;
            break;
        }
    }
    return NULL;
}

/* Room for a text that may change, and a NUL. */
static void set_text(struct recall *r, struct str *to, size_t *cap, struct str from)
{
    if (from.len >= *cap) {
        *cap = (from.len + 1) * 2;
        to->p = arena_alloc(r->arena, *cap);
    }
    char *room = (char *)(uintptr_t)to->p;
    memcpy(room, from.p, from.len);
    room[from.len] = '\0';
    to->len = from.len;
}

static bool put_text(struct recall *r, struct slot *slot, struct str raw)
{
    struct str meant;
    if (str_eq(raw, slot->raw))
        return true;
    if (!read_json_string(raw, &r->scratch, &meant))
        return false;
    set_text(r, &slot->raw, &slot->raw_cap, raw);
    set_text(r, slot->text, &slot->text_cap, meant);
    return true;
}

static const struct plan *put_all(struct recall *r, const struct known *k)
{
    for (size_t i = 0; i < k->count; i++) {
        struct slot *slot = &k->slots[i];
        bool good = slot->number ? str_to_double(r->found[i], slot->number)
                                 : put_text(r, slot, r->found[i]);
        if (!good)
            return NULL;
    }
    build_judge_again(k->plan);
    return k->plan;
}

const struct plan *recall_find(struct recall *r, struct str body)
{
    size_t len;
    r->count = 0;
    for (const struct step *s = &r->root; (s = step_into(s->child, body, &len));) {
        if (s->kind == STEP_END)
            return put_all(r, s->known);
        if (s->kind != STEP_LITERAL)
            put_found(r, str_sub(body, 0, len));
        body = str_sub(body, len, body.len);
    }
    return NULL;
}

/* ---- learning ---- */

static struct step *new_step(struct recall *r, enum step_kind kind, struct step *parent)
{
    struct step *s = arena_alloc(r->arena, sizeof *s), **at = &parent->child;
    while (*at && (*at)->kind < kind)
        at = &(*at)->next;
    s->kind = kind;
    s->next = *at;
    *at = s;
    return s;
}

static struct step *child_of_kind(struct step *parent, enum step_kind kind)
{
    for (struct step *s = parent->child; s; s = s->next)
        if (s->kind == kind)
            return s;
    return NULL;
}

static struct step *child_by_byte(struct step *parent, char c)
{
    for (struct step *s = parent->child; s; s = s->next)
        if (s->kind == STEP_LITERAL && s->literal.p[0] == c)
            return s;
    return NULL;
}

/* A literal ends after its first len bytes; what follows becomes a step of its own. */
static void split(struct recall *r, struct step *s, size_t len)
{
    struct step *rest = arena_alloc(r->arena, sizeof *rest);
    *rest = (struct step){.kind = STEP_LITERAL,
                          .literal = str_sub(s->literal, len, s->literal.len),
                          .child = s->child};
    s->literal.len = len;
    s->child = rest;
}

static size_t common_len(struct str a, struct str b)
{
    size_t n = 0, most = a.len < b.len ? a.len : b.len;
    while (n < most && a.p[n] == b.p[n])
        n++;
    return n;
}

static struct step *add_literal(struct recall *r, struct step *at, struct str literal)
{
    while (literal.len) {
        struct step *s = child_by_byte(at, literal.p[0]);
        if (!s) {
            s = new_step(r, STEP_LITERAL, at);
            s->literal = str_dup(r->arena, literal);
        }
        size_t len = common_len(s->literal, literal);
        if (len < s->literal.len)
            split(r, s, len);
        literal = str_sub(literal, len, literal.len);
        at = s;
    }
    return at;
}

static struct step *add_kind(struct recall *r, struct step *at, enum step_kind kind)
{
    struct step *s = child_of_kind(at, kind);
    return s ? s : new_step(r, kind, at);
}

static void add_slot(struct recall *r, struct known *k, const struct build_entry *e)
{
    struct slot *slot = &k->slots[k->count++];
    *slot = (struct slot){.number = e->number, .text = e->number ? NULL : e->text};
    if (slot->text)
        set_text(r, &slot->raw, &slot->raw_cap, e->raw);
}

/* A member given twice: which of its two texts holds hangs on the order. */
static bool has_text_twice(const struct build_record *record)
{
    for (size_t i = 0; i < record->count; i++)
        for (size_t j = i + 1; record->entry[i].text && j < record->count; j++)
            if (record->entry[j].text == record->entry[i].text)
                return true;
    return false;
}

static void add_body(struct recall *r, struct str body, struct plan *p,
                     const struct build_record *record)
{
    struct known *k = arena_alloc(r->arena, sizeof *k);
    struct step *at = &r->root;
    const char *from = body.p;
    k->plan = p;
    k->slots = arena_calloc(r->arena, record->count, sizeof *k->slots);
    for (size_t i = 0; i < record->count; i++) {
        const struct build_entry *e = &record->entry[i];
        enum step_kind kind = kind_of(e);
        if (kind == STEP_LITERAL)
            continue;
        at = add_literal(r, at, (struct str){from, (size_t)(e->raw.p - from)});
        at = add_kind(r, at, kind);
        add_slot(r, k, e);
        from = e->raw.p + e->raw.len;
    }
    at = add_literal(r, at, (struct str){from, (size_t)(body.p + body.len - from)});
    add_kind(r, at, STEP_END)->known = k;
}

const struct plan *recall_learn(struct recall *r, struct str body)
{
    struct build_record record = {0};
    struct err err = {0};
    size_t used = 0, count = 0;
    if (arena_bytes(r->arena) > MOST_BYTES)
        forget(r);
    struct build *b = build_new(r->arena, FORMAT_JSON);
    build_keep_record(b, &record);
    bool good =
        read_json(b, body, 1, &used, &err) && str_trim(str_sub(body, used, body.len)).len == 0;
    struct plan **plans = NULL;
    if (good)
        plans = build_finish(b, &count);
    else
        build_abandon(b);
    if (count == 1 && !has_text_twice(&record))
        add_body(r, body, plans[0], &record);
    free(record.entry);
    return count == 1 ? plans[0] : NULL;
}
