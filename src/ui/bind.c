#include "ui/bind.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "ui/key.h"

const struct action_info action_info[ACTION_COUNT] = {
    [ACTION_NONE] = {CTX_ALL, "none", "", "", ""},
#define BIND(ctx, id, name, keys, label, help)                                                     \
    [ACTION_##id] = {CTX_##ctx, (name), (keys), (label), (help)},
#include "ui/keys.def"
#undef BIND
};

const char *const bind_ctx_name[CTX_COUNT] = {
    [CTX_ALL] = "all",   [CTX_TREE] = "tree",         [CTX_ANY] = "any",
    [CTX_LIVE] = "live", [CTX_IDX] = "idx",           [CTX_FINDINGS] = "findings",
    [CTX_LOG] = "log",   [CTX_DIFF] = "diff",         [CTX_LIST] = "list",
};

enum action action_find(struct str name)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (str_is(name, action_info[i].name))
            return (enum action)i;
    return ACTION_NONE;
}

bool action_applies(enum action action, unsigned ctxs)
{
    return action != ACTION_NONE && (ctxs & CTX_BIT(action_info[action].ctx)) != 0;
}

static void add_binding(struct bindings *b, struct binding item)
{
    if (b->count == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 128;
        b->items = xrealloc(b->items, b->cap * sizeof *b->items);
    }
    b->items[b->count++] = item;
}

static void drop_bindings(struct bindings *b, enum bind_ctx ctx, enum action action)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].ctx != ctx || b->items[i].action != action)
            b->items[kept++] = b->items[i];
    b->count = kept;
}

/* "z1..z9": nine chords. */
static bool add_range(struct bindings *b, struct binding item, struct str word)
{
    ptrdiff_t dots = str_find(word, "..");
    if (dots != 2 || word.len != 6 || word.p[0] != word.p[4])
        return false;
    item.keys[0] = (unsigned char)word.p[0];
    item.length = 2;
    for (char c = word.p[1]; c <= word.p[5]; c++) {
        item.keys[1] = (unsigned char)c;
        item.arg = c - '0';
        add_binding(b, item);
    }
    return true;
}

static bool is_reserved(uint32_t code)
{
    return code == KEY_CODE_CTRL('S') || code == KEY_CODE_CTRL('Q') || code == KEY_CODE_CTRL('\\');
}

/* One word of a keys column: a key, a chord of characters, or a range of chords. */
static bool add_word(struct bindings *b, struct binding item, struct str word)
{
    uint32_t code = key_code_of(word);
    if (code) {
        item.keys[0] = code;
        item.length = 1;
        if (is_reserved(code))
            return false;
        add_binding(b, item);
        return true;
    }
    if (add_range(b, item, word))
        return true;
    while (word.len) {
        size_t n = text_utf8_len(word);
        if (n == 0 || item.length == BIND_CHORD || (unsigned char)word.p[0] < 0x20)
            return false;
        item.keys[item.length++] = text_utf8_decode(word);
        word = str_sub(word, n, word.len);
    }
    if (item.length)
        add_binding(b, item);
    return item.length > 0;
}

static bool next_word(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
        n++;
    *word = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->len);
    return n > 0;
}

bool bindings_set(struct bindings *b, enum bind_ctx ctx, enum action action, struct str keys,
                  struct err *err)
{
    struct str rest = keys, word;
    drop_bindings(b, ctx, action);
    if (str_is(str_trim(keys), "none"))
        return true;
    while (next_word(&rest, &word)) {
        struct binding item = {.ctx = ctx, .action = action};
        if (!add_word(b, item, word))
            return err_set(err, ERR_USAGE, "'%.*s' is no key that can be bound", STR_ARG(word));
    }
    return true;
}

bool bindings_set_line(struct bindings *b, struct str line, struct err *err)
{
    struct str rest = line, word;
    int ctx = 0;
    if (!next_word(&rest, &word))
        return err_set(err, ERR_USAGE, "expected context, action and keys");
    while (ctx < CTX_COUNT && !str_is(word, bind_ctx_name[ctx]))
        ctx++;
    if (ctx == CTX_COUNT)
        return err_set(err, ERR_USAGE, "'%.*s' is no context", STR_ARG(word));
    if (!next_word(&rest, &word))
        return err_set(err, ERR_USAGE, "expected an action after the context");
    enum action action = action_find(word);
    if (action == ACTION_NONE)
        return err_set(err, ERR_USAGE, "'%.*s' is no action", STR_ARG(word));
    if (str_trim(rest).len == 0)
        return err_set(err, ERR_USAGE, "expected keys after the action");
    return bindings_set(b, (enum bind_ctx)ctx, action, rest, err);
}

void bindings_init(struct bindings *b)
{
    *b = (struct bindings){0};
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        struct err err = {0};
        if (!bindings_set(b, action_info[i].ctx, (enum action)i, str_of(action_info[i].keys), &err))
            BUG("keys.def: %s: %s", action_info[i].name, err.message);
    }
}

void bindings_release(struct bindings *b)
{
    free(b->items);
    *b = (struct bindings){0};
}

/* What differs from the default for those whose fingers know less(1). */
static const struct {
    enum action action;
    const char *keys;
} less_keys[] = {
    {ACTION_PGDOWN, "f Space PgDn Ctrl-F Ctrl-V"},
    {ACTION_PGUP, "b PgUp Ctrl-B"},
    {ACTION_HALFDOWN, "d Ctrl-D"},
    {ACTION_HALFUP, "u Ctrl-U"},
    {ACTION_UP, "k Up Ctrl-P Ctrl-Y"},
    {ACTION_DOWN, "j e Down Ctrl-N Ctrl-E"},
    {ACTION_SAVE, "s"},
    {ACTION_SORT, "F6 o"},
    {ACTION_FOLD, "zz"},
    {ACTION_METRIC, "m"},
    {ACTION_METRIC_BACK, "none"},
    {ACTION_DIFF, "D F9"},
};

bool bindings_preset(struct bindings *b, struct str preset)
{
    bool less = str_is(preset, "less");
    if (!less && !str_is(preset, "default"))
        return false;
    bindings_release(b);
    bindings_init(b);
    for (size_t i = 0; less && i < sizeof less_keys / sizeof less_keys[0]; i++) {
        struct err err = {0};
        enum action action = less_keys[i].action;
        if (!bindings_set(b, action_info[action].ctx, action, str_of(less_keys[i].keys), &err))
            BUG("preset less: %s", err.message);
    }
    return true;
}

enum bind_match bindings_match(const struct bindings *b, unsigned ctxs, const uint32_t *keys,
                               size_t n, enum action *action, int *arg)
{
    const struct binding *best = NULL;
    for (size_t i = 0; i < b->count; i++) {
        const struct binding *item = &b->items[i];
        if (!(ctxs & CTX_BIT(item->ctx)) || item->length < n || (best && item->ctx < best->ctx))
            continue;
        if (memcmp(item->keys, keys, n * sizeof *keys) == 0)
            best = item;
    }
    if (!best)
        return BIND_NO_MATCH;
    if (best->length > n)
        return BIND_PREFIX;
    *action = best->action;
    *arg = best->arg;
    return BIND_EXACT;
}
