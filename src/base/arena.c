#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGN = 16,
    BLOCK_MIN = 8 * 1024,
    BLOCK_MAX = 1024 * 1024,
    LARGE = 4 * 1024 * 1024, /* what an arena holds before its blocks are large pages */
    LARGE_BLOCK = 4 * 1024 * 1024,
    HUGE_PAGE = 2 * 1024 * 1024
};

struct arena_block {
    struct arena_block *next;
    size_t size; /* usable bytes in data */
    size_t used;
    _Alignas(ALIGN) char data[];
};

struct arena {
    struct arena_block *first;
    struct arena_block *now; /* block being filled; those after it are empty */
    size_t cap_bytes;
    size_t bytes;
    size_t next_size; /* of a block, its head included */
};

static void die(const char *what)
{
    fprintf(stderr, "pgsift: %s\n", what);
    exit(2);
}

/*
 * Large memory is going to be used soon and whole: the kernel is asked for pages of 2 MB. The first
 * touch of each of a thousand small pages takes longer than most of what is done with them.
 */
static void *expect_use(void *p, size_t size)
{
#ifdef MADV_HUGEPAGE
    enum { PAGE = 4096 }; /* malloc's header is on the first page of a mapping */
    size_t before = (uintptr_t)p % PAGE;
    if (size >= HUGE_PAGE)
        madvise((char *)p - before, before + size, MADV_HUGEPAGE); /* a wish: it may fail */
#else
    (void)size;
#endif
    return p;
}

/* Large memory begins with a large page, and ends with one that is at least half used. */
static void *large_alloc(size_t size)
{
    size_t rest = size % HUGE_PAGE;
    if (rest >= HUGE_PAGE / 2 && size <= SIZE_MAX - HUGE_PAGE)
        size += HUGE_PAGE - rest;
    void *p = NULL;
    return posix_memalign(&p, HUGE_PAGE, size) == 0 ? expect_use(p, size) : NULL;
}

void *xmalloc(size_t size)
{
    void *p = size >= HUGE_PAGE ? large_alloc(size) : malloc(size ? size : 1);
    if (!p)
        die("out of memory");
    return p;
}

void *xcalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        die("out of memory");
    return expect_use(p, n * size);
}

void *xrealloc(void *p, size_t size)
{
    if (!p)
        return xmalloc(size);
    p = realloc(p, size ? size : 1);
    if (!p)
        die("out of memory");
    return expect_use(p, size);
}

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *a = xcalloc(1, sizeof *a);
    a->cap_bytes = cap_bytes;
    a->next_size = BLOCK_MIN;
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct arena_block *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

/* Blocks double: a small arena wastes little, a large one has few. */
static size_t next_block_size(struct arena *a)
{
    size_t size = a->next_size, most = a->bytes < LARGE ? BLOCK_MAX : LARGE_BLOCK;
    a->next_size = size * 2 < most ? size * 2 : most;
    return size - sizeof(struct arena_block);
}

static struct arena_block *block_new(struct arena *a, size_t need)
{
    size_t size = next_block_size(a);
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(struct arena_block))
        die("out of memory");
    if (a->cap_bytes && a->bytes + size > a->cap_bytes)
        die("memory limit for one input reached");
    struct arena_block *b = xmalloc(sizeof *b + size);
    b->next = NULL;
    b->size = size;
    b->used = 0;
    a->bytes += size;
    return b;
}

/* A block with room for `need` bytes: the next kept one if it is large enough, else a new one. */
static struct arena_block *advance(struct arena *a, size_t need)
{
    struct arena_block *kept = a->now ? a->now->next : a->first;
    if (kept && kept->size >= need) {
        kept->used = 0;
        return a->now = kept;
    }
    struct arena_block *b = block_new(a, need);
    b->next = kept;
    if (a->now)
        a->now->next = b;
    else
        a->first = b;
    return a->now = b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        die("out of memory");
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct arena_block *b = a->now;
    if (!b || b->size - b->used < size)
        b = advance(a, size);
    void *p = b->data + b->used;
    b->used += size;
    return memset(p, 0, size);
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        die("out of memory");
    return arena_alloc(a, n * size);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n)
        memcpy(p, s, n);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->now, a->now ? a->now->used : 0};
}

void arena_reset(struct arena *a, struct arena_mark m)
{
    a->now = m.block;
    if (a->now)
        a->now->used = m.used;
}

void arena_clear(struct arena *a)
{
    arena_reset(a, (struct arena_mark){NULL, 0});
}

size_t arena_bytes(const struct arena *a)
{
    return a->bytes;
}
