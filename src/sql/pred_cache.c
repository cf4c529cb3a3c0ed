/* Conditions that were parsed before, by their text. */
#include "base/arena.h"
#include "sql/pred.h"

struct entry {
    struct str text;
    const struct pred *pred;
    struct entry *next; /* in the same bucket */
};

struct key_entry {
    struct str text;
    struct sort_key key;
    bool good;
    struct key_entry *next;
};

enum { KEY_BUCKETS = 256 };

struct pred_cache {
    struct arena *a;
    struct entry **buckets;
    size_t size; /* a power of two */
    size_t count;
    struct key_entry **keys; /* [KEY_BUCKETS]; NULL: none yet */
};

enum { FIRST_SIZE = 64 };

struct pred_cache *pred_cache_new(struct arena *a)
{
    struct pred_cache *c = arena_alloc(a, sizeof *c);
    c->a = a;
    c->size = FIRST_SIZE;
    c->buckets = arena_calloc(a, c->size, sizeof *c->buckets);
    return c;
}

/* FNV-1a */
static size_t text_hash(struct str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static void push(struct pred_cache *c, struct entry *e)
{
    struct entry **bucket = &c->buckets[text_hash(e->text) & (c->size - 1)];
    e->next = *bucket;
    *bucket = e;
}

static void grow(struct pred_cache *c)
{
    struct entry **old = c->buckets;
    size_t old_size = c->size;
    c->size *= 2;
    c->buckets = arena_calloc(c->a, c->size, sizeof *c->buckets);
    for (size_t i = 0; i < old_size; i++)
        for (struct entry *e = old[i], *next; e; e = next) {
            next = e->next;
            push(c, e);
        }
}

const struct pred *pred_cache_parse(struct pred_cache *c, struct str condition)
{
    for (struct entry *e = c->buckets[text_hash(condition) & (c->size - 1)]; e; e = e->next)
        if (str_eq(e->text, condition))
            return e->pred;
    if (c->count++ == c->size)
        grow(c);
    struct entry *e = arena_alloc(c->a, sizeof *e);
    e->text = str_dup(c->a, condition);
    e->pred = pred_parse(c->a, condition);
    push(c, e);
    return e->pred;
}

static struct key_entry *key_of(struct pred_cache *c, struct str item)
{
    if (!c->keys)
        c->keys = arena_calloc(c->a, KEY_BUCKETS, sizeof *c->keys);
    struct key_entry **bucket = &c->keys[text_hash(item) % KEY_BUCKETS];
    for (struct key_entry *e = *bucket; e; e = e->next)
        if (str_eq(e->text, item))
            return e;
    struct key_entry *e = arena_alloc(c->a, sizeof *e);
    e->text = str_dup(c->a, item);
    e->good = sort_key_parse(c->a, e->text, &e->key);
    e->next = *bucket;
    *bucket = e;
    return e;
}

bool pred_cache_sort_key(struct pred_cache *c, struct str item, const struct sort_key **out)
{
    const struct key_entry *e = key_of(c, item);
    *out = &e->key;
    return e->good;
}
