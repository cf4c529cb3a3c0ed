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

/* A number at hand: how long it is, 0 when there is none; and its value, while it is short. */
struct number {
    size_t len;
    bool decimal;
    int digits, scale;
    uint64_t mantissa;
};

static const char *take_digits(struct number *n, const char *p, const char *end)
{
    for (; p < end && is_digit(*p); p++, n->digits++)
        n->mantissa = n->mantissa * 10 + (uint64_t)(*p - '0');
    return p;
}

/* The number that s begins with, as JSON has it; none when it has an exponent. */
static void number_at(struct str s, struct number *n)
{
    const char *end = s.p + s.len, *p = s.p + (s.len && s.p[0] == '-');
    *n = (struct number){0};
    const char *whole = p;
    p = take_digits(n, p, end);
    if (p == whole || (p - whole > 1 && *whole == '0'))
        return;
    n->decimal = p < end && *p == '.';
    if (n->decimal) {
        const char *part = p + 1;
        p = take_digits(n, part, end);
        n->scale = (int)(p - part);
        if (p == part)
            return;
    }
    if (p == end || (*p != 'e' && *p != 'E'))
        n->len = (size_t)(p - s.p);
}

/* The value, as str_to_double() has it: short ones are divided once, which is exact. */
static bool number_value(const struct number *n, struct str text, double *out)
{
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (n->digits >= (int)(sizeof powers / sizeof powers[0]))
        return str_to_double(text, out);
    double v = (double)n->mantissa / powers[n->scale];
    *out = text.p[0] == '-' ? -v : v;
    return true;
}

/* A string's bytes up to its closing quote. Lines are counted elsewhere: none may end in it. */
static bool text_len(struct str s, size_t *len)
{
    const char *p = s.p, *end = s.p + s.len;
    for (p += read_json_plain(p, end); end - p >= 2 && *p == '\\'; p += read_json_plain(p, end))
        p += p[1] && p[1] != '\n' ? 2 : 0;
    *len = (size_t)(p - s.p);
    return p < end && *p == '"';
}

static enum step_kind kind_of(const struct build_entry *e)
{
    struct number n;
    size_t len;
    if (e->number) {
        number_at(e->raw, &n);
        return n.len != e->raw.len ? STEP_LITERAL : n.decimal ? STEP_DECIMAL : STEP_INTEGER;
    }
    struct str quoted = {e->raw.p, e->raw.len + 1};
    return e->text && e->raw.p && text_len(quoted, &len) && len == e->raw.len ? STEP_TEXT
                                                                              : STEP_LITERAL;
}

/* ---- finding ---- */

static void put_found(struct recall *r, struct str text, const struct number *n)
{
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 256;
        r->found = xrealloc(r->found, r->cap * sizeof *r->found);
    }
    struct found *f = &r->found[r->count++];
    f->text = text;
    if (n)
        f->good = number_value(n, text, &f->number);
}

/* The step of a list that a number leads to; its kind tells. */
static const struct step *step_of_number(struct recall *r, const struct step *list,
                                         struct str *rest)
{
    struct number n;
    number_at(*rest, &n);
    if (n.len == 0)
        return NULL;
    for (const struct step *s = list; s && s->kind <= STEP_DECIMAL; s = s->next)
        if (n.decimal == (s->kind == STEP_DECIMAL)) {
            put_found(r, (struct str){rest->p, n.len}, &n);
            *rest = (struct str){rest->p + n.len, rest->len - n.len};
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

static bool takes_text(struct recall *r, struct str *rest)
{
    size_t len;
    if (!text_len(*rest, &len))
        return false;
    put_found(r, (struct str){rest->p, len}, NULL);
    *rest = (struct str){rest->p + len, rest->len - len};
    return true;
}

/* The step of a list that the rest of a body begins with; NULL when there is none. */
static const struct step *step_into(struct recall *r, const struct step *list, struct str *rest)
{
    const struct step *s = list;
    if (s && s->kind <= STEP_DECIMAL) {
        const struct step *hit = step_of_number(r, list, rest);
        if (hit)
            return hit;
    }
    for (; s; s = s->next)
        if ((s->kind == STEP_LITERAL && takes_literal(s, rest)) ||
            (s->kind == STEP_TEXT && takes_text(r, rest)) ||
            (s->kind == STEP_END && rest->len == 0))
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
        const struct found *f = &r->found[i];
        struct slot *slot = &k->slots[i];
        if (slot->number ? !f->good : !put_text(r, slot, f->text))
            return NULL;
        if (slot->number)
            *slot->number = f->number;
    }
    build_judge_again(k->plan);
    return k->plan;
}

const struct plan *recall_find(struct recall *r, struct str body)
{
    r->count = 0;
    for (const struct step *s = &r->root; (s = step_into(r, s->child, &body));)
        if (s->kind == STEP_END)
            return put_all(r, s->known);
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
