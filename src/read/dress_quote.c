/* Quoted cells of graphical clients, CSV, and what drivers print. */
#include "base/arena.h"
#include "read/dress_private.h"

static const struct dress_swap doubled[] = {{"\"\"", "\""}};

static bool is_quoted(struct str line)
{
    struct str s = str_trim(line);
    return s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"';
}

static bool is_json_string(const struct dress *d)
{
    return d->count <= 2 && d->count && str_find(d->lines[0].text, "\\n") >= 0;
}

static bool is_title(struct str line)
{
    return str_is(str_trim(line), "QUERY PLAN") || str_is(str_trim(line), "\"QUERY PLAN\"");
}

/* psql --csv: one quoted field over many lines, or one a line. */
void undress_csv(struct dress *d)
{
    dress_drop(d, is_title);
}

/* Every line in quotes of its own (pgAdmin), or all lines in one pair of them. */
void undress_quotes(struct dress *d)
{
    if (is_json_string(d))
        return;
    if (dress_all(d, is_quoted)) {
        for (size_t i = 0; i < d->count; i++) {
            struct str s = str_trim(d->lines[i].text);
            d->lines[i].text =
                dress_swap_all(d->arena, str_sub(s, 1, s.len ? s.len - 1 : 0), doubled, 1);
        }
        return;
    }
    size_t last = d->count;
    while (last && !str_trim(d->lines[last - 1].text).len)
        last--;
    struct str first = last ? d->lines[0].text : (struct str){0};
    bool one_pair = last > 1 && first.len && first.p[0] == '"' && !str_ends(first, "\",") &&
                    str_ends(str_trim(d->lines[last - 1].text), "\"") &&
                    str_find(first, "\": ") < 0;
    if (!one_pair)
        return;
    d->lines[0].text = str_sub(first, 1, first.len);
    struct str end = str_trim(d->lines[last - 1].text);
    d->lines[last - 1].text = str_sub(end, 0, end.len - 1);
    dress_replace(d, doubled, 1);
}

/* ---- Python's repr of rows ---- */

/* One string literal at s.p[*i] (its opening quote), its escapes undone. */
static void take_literal(struct str s, size_t *i, struct buf *out)
{
    char quote = s.p[(*i)++];
    for (; *i < s.len && s.p[*i] != quote; ++*i) {
        if (s.p[*i] != '\\' || *i + 1 >= s.len) {
            buf_addc(out, s.p[*i]);
            continue;
        }
        char c = s.p[++*i];
        buf_addc(out, c == 'n' ? '\n' : c == 't' ? '\t' : c);
    }
    ++*i;
}

static void add_lines(struct dress *out, struct str text, int number)
{
    struct str line, copy = str_dup(out->arena, text);
    while (str_line(&copy, &line))
        dress_add(out, line, number);
}

/* [('line',), ('line',)]: the strings, one a line. */
static void take_rows(struct dress *d)
{
    struct dress out = {.arena = d->arena};
    struct str all = dress_join(d, 0);
    struct buf b = {0};
    for (size_t i = 0; i < all.len; i++) {
        if (all.p[i] != '\'' && all.p[i] != '"')
            continue;
        buf_clear(&b);
        take_literal(all, &i, &b);
        i--;
        add_lines(&out, buf_str(&b), 1);
    }
    buf_free(&b);
    *d = out;
}

static void add_json_string(struct buf *out, struct str s)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_addc(out, '\\');
        if (s.p[i] == '\n')
            buf_adds(out, "\\n");
        else
            buf_addc(out, s.p[i]);
    }
    buf_addc(out, '"');
}

/* {'Plan': {'Node Type': ...}}: a dict as JSON. */
static void take_dict(struct dress *d)
{
    static const struct dress_swap words[] = {{"True", "true"}, {"False", "false"},
                                              {"None", "null"}, {"(", "["},
                                              {",)", "]"},      {")", "]"}};
    struct str all = dress_join(d, 0);
    struct buf out = {0}, b = {0};
    for (size_t i = 0; i < all.len;) {
        size_t k = 0, n = sizeof words / sizeof words[0];
        if (all.p[i] == '\'' || all.p[i] == '"') {
            buf_clear(&b);
            take_literal(all, &i, &b);
            add_json_string(&out, buf_str(&b));
            continue;
        }
        while (k < n && !str_starts(str_sub(all, i, all.len), words[k].from))
            k++;
        buf_adds(&out, k < n ? words[k].to : "");
        if (k == n)
            buf_addc(&out, all.p[i]);
        i += k < n ? strlen(words[k].from) : 1;
    }
    struct dress lines = {.arena = d->arena};
    add_lines(&lines, buf_str(&out), 1);
    buf_free(&out);
    buf_free(&b);
    *d = lines;
}

void undress_python(struct dress *d)
{
    struct str first = d->count ? str_trim(d->lines[0].text) : (struct str){0};
    if (str_starts(first, "[('") || str_starts(first, "[(\"") || str_starts(first, "('"))
        take_rows(d);
    else if (str_starts(first, "[({'") || str_starts(first, "[([{'") || str_starts(first, "{'") ||
             str_starts(first, "[{'"))
        take_dict(d);
}
