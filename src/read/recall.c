#include "read/recall.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "read/json.h"
#include "read/recall_parts.h"
#include "read/text.h"

/*
 * What a body is made of: text that is always the same, and slots. In which form a number stands
 * matters: rows with decimals tell the version.
 */
enum step_kind {
    STEP_INTEGER,
    STEP_DECIMAL,
    STEP_STRING, /* JSON's */
    STEP_LINE,   /* the rest of a line, in text */
    STEP_QUERY,  /* the statement before a plan in text */
    STEP_LITERAL,
    STEP_END
};

struct step {
    enum step_kind kind;
    struct str literal;  /* LITERAL */
    struct step *child;  /* what may follow; of its literals no two begin with the same byte */
    struct step *next;   /* beside it, in the order of kinds */
    struct known *known; /* END: of plans in text, those of several statements */
};

/* A place that a body's varying text goes to. */
struct slot {
    size_t at; /* which of the body's varying texts: two places may have the same */
    enum step_kind kind;
    double *number;   /* or */
    struct str *text; /* as last set from raw */
    struct str raw;
    size_t raw_cap, text_cap;
};

struct known {
    struct known *next;
    struct plan *plan;
    struct slot *slots;
    size_t count;
};

/* What the body at hand has for a slot. */
struct found {
    struct str text;
    double number;
    bool good; /* it is one */
};

struct recall {
    struct arena *arena;
    struct step root;
    struct found *found;
    size_t count, cap;
    struct buf scratch;
};

enum { MOST_BYTES = 24 * 1024 * 1024, MOST_TRIES = 8 };

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

static bool is_number(enum step_kind kind)
{
    return kind <= STEP_DECIMAL;
}

/* ---- finding ---- */

static void put_found(struct recall *r, struct str text, const struct part_number *n)
{
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 256;
        r->found = xrealloc(r->found, r->cap * sizeof *r->found);
    }
    struct found *f = &r->found[r->count++];
    f->text = text;
    f->good = n && part_number_value(n, text, &f->number);
}

static void take(struct recall *r, struct str *rest, size_t len, const struct part_number *n)
{
    put_found(r, (struct str){rest->p, len}, n);
    *rest = (struct str){rest->p + len, rest->len - len};
}

/* The step of a list that a number leads to. */
static const struct step *step_of_number(struct recall *r, const struct step *list,
                                         struct str *rest)
{
    struct part_number n;
    part_number(*rest, &n);
    for (const struct step *s = list; n.len && s && is_number(s->kind); s = s->next)
        if (n.decimal == (s->kind == STEP_DECIMAL)) {
            take(r, rest, n.len, &n);
            return s;
        }
    return NULL;
}

static bool takes_literal(const struct step *s, struct str *rest)
{
    size_t len = s->literal.len;
    if (rest->len < len || rest->p[0] != s->literal.p[0] || memcmp(rest->p, s->literal.p, len) != 0)
        return false;
    *rest = (struct str){rest->p + len, rest->len - len};
    return true;
}

/* How long the text is that a slot of this kind takes from the beginning of s. */
static bool text_len(enum step_kind kind, struct str s, size_t *len)
{
    if (kind == STEP_STRING)
        return part_string(s, len);
    if (kind == STEP_QUERY)
        return part_query(s, len);
    *len = part_line(s);
    return kind == STEP_LINE;
}

static bool takes_text(struct recall *r, enum step_kind kind, struct str *rest)
{
    size_t len;
    if (!text_len(kind, *rest, &len))
        return false;
    take(r, rest, len, NULL);
    return true;
}

/* The step of a list that the rest of a body begins with; NULL when there is none. */
static const struct step *step_into(struct recall *r, const struct step *list, struct str *rest)
{
    const struct step *s = list;
    if (s && is_number(s->kind)) {
        const struct step *hit = step_of_number(r, list, rest);
        if (hit)
            return hit;
    }
    for (; s; s = s->next)
        if ((s->kind == STEP_LITERAL && takes_literal(s, rest)) ||
            (s->kind == STEP_END && rest->len == 0) || takes_text(r, s->kind, rest))
            return s;
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

/* In text, nothing but what stands there tells where it ends: it must be like the last one. */
static bool put_text(struct recall *r, struct slot *slot, struct str raw)
{
    struct str meant = raw;
    if (str_eq(raw, slot->raw))
        return true;
    if (slot->kind == STEP_STRING ? !read_json_string(raw, &r->scratch, &meant)
                                  : !part_alike(raw, slot->raw))
        return false;
    set_text(r, &slot->raw, &slot->raw_cap, raw);
    set_text(r, slot->text, &slot->text_cap, meant);
    return true;
}

static const struct plan *put_all(struct recall *r, const struct known *k)
{
    for (size_t i = 0; i < k->count; i++) {
        struct slot *slot = &k->slots[i];
        const struct found *f = &r->found[slot->at];
        if (slot->number ? !f->good : !put_text(r, slot, f->text))
            return NULL;
        if (slot->number)
            *slot->number = f->number;
    }
    build_judge_again(k->plan);
    return k->plan;
}

/* The first of those that end alike which takes the body's texts; not too many are tried. */
static const struct plan *put_first(struct recall *r, const struct known *k)
{
    const struct plan *p = NULL;
    for (int tries = 0; k && !p && tries < MOST_TRIES; k = k->next, tries++)
        p = put_all(r, k);
    return p;
}

const struct plan *recall_find(struct recall *r, struct str body)
{
    r->count = 0;
    for (const struct step *s = &r->root; (s = step_into(r, s->child, &body));)
        if (s->kind == STEP_END)
            return put_first(r, s->known);
    return NULL;
}

/* ---- learning: the tree ---- */

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
    for (struct step *s = at->child; s; s = s->next)
        if (s->kind == kind)
            return s;
    return new_step(r, kind, at);
}

/* ---- learning: the slots ---- */

static enum step_kind kind_of_number(struct str raw)
{
    struct part_number n;
    part_number(raw, &n);
    return n.len != raw.len ? STEP_LITERAL : n.decimal ? STEP_DECIMAL : STEP_INTEGER;
}

/* A slot takes up to where raw ends, and in text what it means is what stands there. */
static enum step_kind kind_of_text(const struct build_entry *e, const struct plan *p,
                                   struct str rest)
{
    bool text = p->format == FORMAT_TEXT;
    enum step_kind kind = !text ? STEP_STRING : e->text == &p->query_text ? STEP_QUERY : STEP_LINE;
    size_t len;
    bool fits = text_len(kind, rest, &len) && len == e->raw.len;
    return fits && (!text || str_eq(e->raw, *e->text)) ? kind : STEP_LITERAL;
}

/* LITERAL: it cannot be a slot. */
static enum step_kind kind_of(const struct build_entry *e, const struct plan *p, struct str body)
{
    if (!e->raw.p || e->raw.p < body.p || e->raw.p + e->raw.len > body.p + body.len)
        return STEP_LITERAL;
    if (e->number)
        return kind_of_number(e->raw);
    struct str rest = str_sub(body, (size_t)(e->raw.p - body.p), body.len);
    return e->text ? kind_of_text(e, p, rest) : STEP_LITERAL;
}

/* Entries that can be slots come first, in the order of the body. */
static int by_place(const void *a, const void *b)
{
    const struct build_entry *x = a, *y = b;
    uintptr_t p = (uintptr_t)x->raw.p, q = (uintptr_t)y->raw.p;
    return p != q ? (p < q ? -1 : 1) : 0;
}

/* No slot may begin inside another. Two at the same text are one, with two places. */
static bool overlap(const struct build_record *record)
{
    for (size_t i = 1; i < record->count; i++) {
        struct str a = record->entry[i - 1].raw, b = record->entry[i].raw;
        if (b.p < a.p + a.len && !(a.p == b.p && a.len == b.len))
            return true;
    }
    return false;
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

static void keep_slots(struct build_record *record, const struct plan *p, struct str body)
{
    size_t kept = 0;
    for (size_t i = 0; i < record->count; i++)
        if (kind_of(&record->entry[i], p, body) != STEP_LITERAL)
            record->entry[kept++] = record->entry[i];
    record->count = kept;
    if (kept)
        qsort(record->entry, kept, sizeof *record->entry, by_place);
}

static void add_slot(struct recall *r, struct known *k, const struct build_entry *e,
                     enum step_kind kind, size_t at)
{
    struct slot *slot = &k->slots[k->count++];
    *slot = (struct slot){
        .at = at, .kind = kind, .number = e->number, .text = e->number ? NULL : e->text};
    if (slot->text)
        set_text(r, &slot->raw, &slot->raw_cap, e->raw);
}

static void add_body(struct recall *r, struct str body, struct plan *p,
                     const struct build_record *record)
{
    struct known *k = arena_alloc(r->arena, sizeof *k);
    struct step *at = &r->root;
    const char *from = body.p;
    size_t found = 0;
    k->plan = p;
    k->slots = arena_calloc(r->arena, record->count, sizeof *k->slots);
    for (size_t i = 0; i < record->count; i++) {
        const struct build_entry *e = &record->entry[i];
        enum step_kind kind = kind_of(e, p, body);
        if (i == 0 || e->raw.p != record->entry[i - 1].raw.p) {
            at = add_literal(r, at, (struct str){from, (size_t)(e->raw.p - from)});
            at = add_kind(r, at, kind);
            found++;
            from = e->raw.p + e->raw.len;
        }
        add_slot(r, k, e, kind, found - 1);
    }
    at = add_literal(r, at, (struct str){from, (size_t)(body.p + body.len - from)});
    at = add_kind(r, at, STEP_END);
    k->next = at->known;
    at->known = k;
}

/* ---- learning: a body ---- */

static bool read_whole(struct build *b, enum plan_format format, struct str body)
{
    struct err err = {0};
    size_t used = 0;
    bool good = format == FORMAT_JSON ? read_json(b, body, 1, &used, &err)
                                      : read_text(b, body, 1, &used, &err);
    return good && str_trim(str_sub(body, used, body.len)).len == 0;
}

static struct plan *read_one(struct recall *r, enum plan_format format, struct str body,
                             struct build_record *record)
{
    struct build *b = build_new(r->arena, format);
    build_keep_record(b, record);
    if (!read_whole(b, format, body)) {
        build_abandon(b);
        return NULL;
    }
    size_t count;
    struct plan **plans = build_finish(b, &count);
    return count == 1 ? plans[0] : NULL;
}

const struct plan *recall_learn(struct recall *r, enum plan_format format, struct str body)
{
    struct build_record record = {0};
    if (arena_bytes(r->arena) > MOST_BYTES)
        forget(r);
    struct plan *p = read_one(r, format, body, &record);
    if (p)
        keep_slots(&record, p, body);
    if (p && !overlap(&record) && !has_text_twice(&record))
        add_body(r, body, p, &record);
    free(record.entry);
    return p;
}
