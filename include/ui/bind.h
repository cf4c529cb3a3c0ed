/*
 * Keys, actions and contexts as tables (ui/keys.def), and the bindings in force: the table,
 * a preset, and what the user bound on top.
 */
#ifndef UI_BIND_H
#define UI_BIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct err;

/* Where a binding holds. ANY: every screen that shows a plan; LIST: a list to choose from. */
enum bind_ctx {
    CTX_ALL,
    CTX_TREE,
    CTX_ANY,
    CTX_LIVE,
    CTX_IDX,
    CTX_FINDINGS,
    CTX_LOG,
    CTX_DIFF,
    CTX_LIST,
    CTX_COUNT
};
#define CTX_BIT(ctx) (1u << (ctx))

enum action {
    ACTION_NONE,
#define BIND(ctx, id, name, keys, label, help) ACTION_##id,
#include "ui/keys.def"
#undef BIND
    ACTION_COUNT
};

struct action_info {
    enum bind_ctx ctx;
    const char *name;
    const char *keys; /* default */
    const char *label;
    const char *help;
};
extern const struct action_info action_info[ACTION_COUNT];
extern const char *const bind_ctx_name[CTX_COUNT];

/* ACTION_NONE when there is no such action. */
enum action action_find(struct str name);

enum { BIND_CHORD = 4 };

/* One key, or a chord of up to four, that means an action in a context. */
struct binding {
    enum bind_ctx ctx;
    enum action action;
    int arg; /* the digit of "z1..z9" */
    uint32_t keys[BIND_CHORD];
    size_t length;
};

struct bindings {
    struct binding *items;
    size_t count, cap;
};

/* The default table. */
void bindings_init(struct bindings *b);
void bindings_release(struct bindings *b);
/* "default" or "less"; false when there is no such preset. */
bool bindings_preset(struct bindings *b, struct str preset);
/* Replace the keys of an action; keys as in keys.def, "none" takes them all away. */
bool bindings_set(struct bindings *b, enum bind_ctx ctx, enum action action, struct str keys,
                  struct err *err);
/* "ctx action keys", a line of the configuration. */
bool bindings_set_line(struct bindings *b, struct str line, struct err *err);

enum bind_match { BIND_NO_MATCH, BIND_PREFIX, BIND_EXACT };
/*
 * What the keys typed so far mean where the contexts `ctxs` (bits) hold. A narrower context
 * (a higher number) wins over a wider one.
 */
enum bind_match bindings_match(const struct bindings *b, unsigned ctxs, const uint32_t *keys,
                               size_t n, enum action *action, int *arg);
/* The action's keys as the table writes them: "q Q F10". Empty when it has none. */
void bindings_add_keys(struct buf *out, const struct bindings *b, enum action action);
/* Its first key only. */
void bindings_add_first_key(struct buf *out, const struct bindings *b, enum action action);
/* Whether an action can be called where these contexts hold. */
bool action_applies(enum action action, unsigned ctxs);

/* The KEYS section of the man page (roff). */
void bindings_add_man(struct buf *out, const struct bindings *b);

#endif
