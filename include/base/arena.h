/*
 * A bump allocator: many small objects that die together.
 *
 * Whoever calls arena_new owns the arena and everything handed out of it; nothing
 * taken from an arena is freed on its own. Memory comes zeroed. Out of memory, or
 * past the arena's cap, the process ends with one clear line: a plan that does not
 * fit in memory cannot be reported on, so no caller checks for NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;
struct arena_block;

/* A point in an arena's life to which arena_reset can return. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};

/* New arena; cap_bytes limits what it may hold (0: no limit). */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena *a);

/* Zeroed memory of `size` bytes, aligned for any object. */
void *arena_alloc(struct arena *a, size_t size);
/* Zeroed array of n elements; the product is checked for overflow. */
void *arena_calloc(struct arena *a, size_t n, size_t size);

/* NUL-terminated copies. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

/* Give back all that was handed out since the mark (blocks are kept for reuse). */
struct arena_mark arena_mark(const struct arena *a);
void arena_reset(struct arena *a, struct arena_mark m);
/* Give back everything. */
void arena_clear(struct arena *a);

/* Bytes obtained from the system so far. */
size_t arena_bytes(const struct arena *a);

/* malloc family that ends the process with a clear line instead of returning NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);

#endif
