/* The key table in words: for help, footer and man page. */
#include "ui/bind.h"

#include "ui/key.h"

static void add_keys(struct buf *out, const struct binding *item)
{
    for (size_t i = 0; i < item->length; i++)
        key_add_name(out, item->keys[i]);
}

/* z1 ... z9 are one entry, "z1..z9". */
static bool continues_range(const struct binding *item, const struct binding *next)
{
    return item->arg && next->action == item->action && next->ctx == item->ctx &&
           next->arg == item->arg + 1;
}

void bindings_add_keys(struct buf *out, const struct bindings *b, enum action action)
{
    bool first = true;
    for (size_t i = 0; i < b->count; i++) {
        const struct binding *item = &b->items[i];
        if (item->action != action)
            continue;
        if (!first)
            buf_addc(out, ' ');
        first = false;
        add_keys(out, item);
        size_t last = i;
        while (last + 1 < b->count && continues_range(&b->items[last], &b->items[last + 1]))
            last++;
        if (last > i) {
            buf_adds(out, "..");
            add_keys(out, &b->items[last]);
            i = last;
        }
    }
}

void bindings_add_first_key(struct buf *out, const struct bindings *b, enum action action)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->items[i].action == action) {
            add_keys(out, &b->items[i]);
            return;
        }
    }
}

static const char *const ctx_title[CTX_COUNT] = {
    [CTX_ALL] = "Everywhere",
    [CTX_TREE] = "Plan tree",
    [CTX_ANY] = "From any plan",
    [CTX_LIVE] = "With a server",
    [CTX_IDX] = "Indexes",
    [CTX_FINDINGS] = "Findings",
    [CTX_LOG] = "Query log",
    [CTX_DIFF] = "Diff",
    [CTX_LIST] = "Lists to choose from",
};

/* roff: a backslash is \e, and a line must not begin with a dot or an apostrophe. */
static void add_roff(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '\\')
            buf_adds(out, "\\e");
        else if (s.p[i] == '-')
            buf_adds(out, "\\-");
        else if (s.p[i] == '\'' || (s.p[i] == '.' && i == 0))
            buf_printf(out, s.p[i] == '.' ? "\\&." : "\\(aq");
        else
            buf_addc(out, s.p[i]);
    }
}

void bindings_add_man(struct buf *out, const struct bindings *b)
{
    struct buf keys = {0};
    for (int ctx = 0; ctx < CTX_COUNT; ctx++) {
        buf_printf(out, ".SS %s\n", ctx_title[ctx]);
        for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
            if (action_info[i].ctx != (enum bind_ctx)ctx)
                continue;
            buf_clear(&keys);
            bindings_add_keys(&keys, b, (enum action)i);
            buf_adds(out, ".TP\n.B ");
            add_roff(out, buf_str(&keys));
            buf_adds(out, "\n");
            add_roff(out, str_of(action_info[i].help));
            buf_printf(out, "\n(\\fI%s\\fR)\n", action_info[i].name);
        }
    }
    buf_free(&keys);
}
