#include "catalog/names.h"

#include <stdint.h>

#include "base/arena.h"

struct cat_names {
    struct arena *arena;
    struct cat_name_entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t name_count;   /* different names */
};

struct cat_names *cat_names_new(struct arena *a)
{
    struct cat_names *n = arena_alloc(a, sizeof *n);
    n->arena = a;
    n->bucket_count = 64;
    n->buckets = arena_calloc(a, n->bucket_count, sizeof(struct cat_name_entry *));
    return n;
}

/* FNV-1a. */
static uint64_t mix(struct str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ^ h >> 32;
}

static struct cat_name_entry **slot_of(const struct cat_names *n, struct str name)
{
    struct cat_name_entry **slot = &n->buckets[mix(name) & (n->bucket_count - 1)];
    while (*slot && !str_eq((*slot)->name, name))
        slot = &(*slot)->next;
    return slot;
}

static void grow(struct cat_names *n)
{
    struct cat_name_entry **old = n->buckets;
    size_t old_count = n->bucket_count;
    n->bucket_count *= 2;
    n->buckets = arena_calloc(n->arena, n->bucket_count, sizeof(struct cat_name_entry *));
    for (size_t i = 0; i < old_count; i++)
        for (struct cat_name_entry *e = old[i], *next; e; e = next) {
            next = e->next;
            e->next = NULL;
            *slot_of(n, e->name) = e;
        }
}

void cat_names_put(struct cat_names *n, struct str name, void *value)
{
    struct cat_name_entry *e = arena_alloc(n->arena, sizeof *e);
    *e = (struct cat_name_entry){.name = name, .value = value};
    struct cat_name_entry *first = *slot_of(n, name);
    if (first) {
        while (first->same)
            first = first->same;
        first->same = e;
        return;
    }
    if (++n->name_count > n->bucket_count)
        grow(n);
    *slot_of(n, name) = e;
}

const struct cat_name_entry *cat_names_find(const struct cat_names *n, struct str name)
{
    return *slot_of(n, name);
}

void cat_names_remove(struct cat_names *n, struct str name, const void *value)
{
    struct cat_name_entry **link = slot_of(n, name);
    if (!*link)
        return;
    struct cat_name_entry *after = (*link)->next; /* what follows this name in the bucket */
    struct cat_name_entry **head = link;
    while (*link && (*link)->value != value)
        link = &(*link)->same;
    if (!*link)
        return;
    *link = (*link)->same;
    if (*head) {
        (*head)->next = after;
    } else {
        *head = after;
        n->name_count--;
    }
}
