/*
 * Syntax of PostgreSQL 16 to 18 that the parser of 15 does not know, rewritten by tokens.
 * The text is for the parser alone; nothing of it is ever shown.
 */
#include "base/arena.h"
#include "catalog/ddl_split.h"
#include "catalog/ddl_state.h"

/* Significant tokens of a statement. */
struct tokens {
    struct str *t;
    size_t count;
};

static bool is_space(struct str token)
{
    char c = token.p[0];
    return c == ' ' || (c >= '\t' && c <= '\r') || str_starts(token, "--") ||
           str_starts(token, "/*");
}

static struct tokens tokenise(struct arena *a, struct str s)
{
    struct tokens out = {.t = arena_calloc(a, s.len, sizeof *out.t)};
    for (size_t i = 0; i < s.len;) {
        struct str rest = str_sub(s, i, s.len);
        struct str token = str_sub(rest, 0, cat_ddl_token(rest));
        if (!is_space(token))
            out.t[out.count++] = token;
        i += token.len;
    }
    return out;
}

static bool is(const struct tokens *t, size_t i, const char *word)
{
    return i < t->count && str_is_nocase(t->t[i], word);
}

/* Index behind the bracket that closes the one at i. */
static size_t behind_bracket(const struct tokens *t, size_t i)
{
    int depth = 0;
    for (; i < t->count; i++) {
        depth += is(t, i, "(") - is(t, i, ")");
        if (depth == 0)
            return i + 1;
    }
    return t->count;
}

static bool starts_element(const struct tokens *t, size_t i)
{
    return i > 0 && (is(t, i - 1, "(") || is(t, i - 1, ",") || is(t, i - 1, "add"));
}

/* [CONSTRAINT name] NOT NULL column [NO INHERIT] as an element of its own; 0 if it is none. */
static size_t not_null_element(const struct tokens *t, size_t i, struct str *column)
{
    if (!starts_element(t, i))
        return 0;
    size_t at = is(t, i, "constraint") ? i + 2 : i;
    if (!is(t, at, "not") || !is(t, at + 1, "null") || at + 2 >= t->count)
        return 0;
    *column = t->t[at + 2];
    at += 3;
    return is(t, at, "no") && is(t, at + 1, "inherit") ? at + 2 : at;
}

/* Copies one construct if it is a new one; the index behind it, or 0. */
static size_t rewrite_at(const struct tokens *t, size_t i, struct buf *b)
{
    struct str column;
    size_t end = not_null_element(t, i, &column);
    if (end) {
        buf_printf(b, " CHECK (pgsift_not_null(%.*s))", STR_ARG(column));
        return end;
    }
    if (is(t, i, "not") && is(t, i + 1, "enforced")) {
        buf_adds(b, " INITIALLY DEFERRED");
        return i + 2;
    }
    if (is(t, i, "on") && (is(t, i - 1, "statistics") || is(t, i - 1, "exists")) &&
        is(t, 1, "statistics")) {
        buf_adds(b, " pgsift_unnamed ON"); /* the name may be left out since 16 */
        return i + 1;
    }
    if (is(t, i, "enforced"))
        return i + 1;
    if (is(t, i, "without") && is(t, i + 1, "overlaps"))
        return i + 2;
    if (is(t, i, "period") && (is(t, i - 1, ",") || is(t, i - 1, "(")) && !is(t, i + 1, ",") &&
        !is(t, i + 1, ")"))
        return i + 1;
    if (is(t, i, "storage") && i > 2 &&
        (is(t, i + 1, "plain") || is(t, i + 1, "external") || is(t, i + 1, "extended") ||
         is(t, i + 1, "main")))
        return i + 2;
    if (is(t, i, "as") && is(t, i - 1, "always") && is(t, i + 1, "(")) {
        end = behind_bracket(t, i + 1);
        bool stored = is(t, end, "stored");
        buf_adds(b, stored ? " AS (NULL) STORED" : " AS ('pgsift virtual' COLLATE \"C\") STORED");
        return stored || is(t, end, "virtual") ? end + 1 : end;
    }
    return 0;
}

bool cat_ddl_rewrite_newer(struct arena *a, struct str statement, struct str *out,
                           bool *not_enforced)
{
    struct tokens t = tokenise(a, statement);
    struct buf b = {0};
    bool changed = false;
    for (size_t i = 0; i < t.count;) {
        size_t end = i ? rewrite_at(&t, i, &b) : 0;
        *not_enforced |= end && is(&t, i, "not") && is(&t, i + 1, "enforced");
        if (end) {
            changed = true;
            i = end;
            continue;
        }
        buf_addc(&b, ' ');
        buf_addstr(&b, t.t[i++]);
    }
    *out = str_dup(a, buf_str(&b));
    buf_free(&b);
    return changed;
}
