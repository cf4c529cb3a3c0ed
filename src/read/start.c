#include "read/start.h"

#include <ctype.h>

#include "read/dress_impl.h"
#include "read/text.h"

static size_t indent_of(struct str s)
{
    size_t n = 0;
    while (n < s.len && (s.p[n] == ' ' || s.p[n] == '\t'))
        n++;
    return n;
}

static struct str first_line(struct str text)
{
    struct str line = {0};
    str_line(&text, &line);
    return line;
}

/* ---- JSON ---- */

/* A bracket and, white space aside, what may follow it in a document of interest. */
static bool opens_json(struct str s)
{
    size_t i = 1;
    while (i < s.len && i < 400 && isspace((unsigned char)s.p[i]))
        i++;
    if (i >= s.len)
        return true; /* cut off right here */
    return s.p[0] == '[' ? strchr("[{\"]", s.p[i]) != NULL : strchr("\"}", s.p[i]) != NULL;
}

static bool begins_bare_node(struct str s)
{
    size_t i = 1;
    while (i < s.len && i < 400 && isspace((unsigned char)s.p[i]))
        i++;
    return str_starts(str_sub(s, i, s.len), "\"Node Type\"");
}

static bool begins_json(struct str text, struct str line, struct start *out)
{
    char c = line.p[out->skip];
    struct str s = str_sub(text, out->skip, text.len);
    if (c == '"')
        return str_find(line, "\\n") >= 0 || str_find(line, "\\\"") >= 0;
    if ((c != '[' && c != '{') || !opens_json(s))
        return false;
    out->bare = c == '{' && begins_bare_node(s);
    return true;
}

/* "const plan = [{"Plan": ..." */
static bool finds_json(struct str text, struct str line, struct start *out)
{
    static const char *const signs[] = {"{\"Plan\"", "{ \"Plan\"", "{\"QUERY PLAN\"",
                                        "{\"Query Text\""};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        ptrdiff_t at = str_find(line, signs[i]);
        if (at <= 0)
            continue;
        while (at > 0 && strchr("[ ", line.p[at - 1]))
            at--;
        out->skip = (size_t)at + indent_of(str_sub(line, (size_t)at, line.len));
        return begins_json(text, line, out);
    }
    return false;
}

/* ---- XML ---- */

static bool begins_xml(struct str s, struct start *out)
{
    out->bare = str_starts(s, "<Plan>");
    return out->bare || str_starts(s, "<explain") || str_starts(s, "<?xml") ||
           str_starts(s, "<Query>");
}

/* Offset behind the end tag that matches the element <Plan> at the start. */
static size_t plan_element_end(struct str s)
{
    long depth = 0;
    for (size_t i = 0; i < s.len;) {
        const char *hit = memchr(s.p + i, '<', s.len - i);
        if (!hit)
            break;
        i = (size_t)(hit - s.p);
        struct str rest = str_sub(s, i, s.len);
        depth += str_starts(rest, "<Plan>");
        if (str_starts(rest, "</Plan>") && --depth == 0)
            return i + 7;
        i++;
    }
    return s.len;
}

static size_t xml_extent(struct str s)
{
    size_t i = indent_of(s);
    struct str rest = str_sub(s, i, s.len);
    if (str_starts(rest, "<Plan>"))
        return i + plan_element_end(rest);
    const char *tag = str_starts(rest, "<Query>") ? "</Query>" : "</explain>";
    ptrdiff_t end = str_find(rest, tag);
    return end < 0 ? s.len : i + (size_t)end + strlen(tag);
}

/* ---- YAML ---- */

/* Flow style, as other programs write it: brackets, not indentation, tell where it ends. */
static bool begins_flow(struct str s)
{
    return str_starts(s, "Plan: {");
}

static bool begins_yaml(struct str s, struct start *out)
{
    bool item = str_starts(s, "- ");
    if (item)
        s = str_trim(str_sub(s, 2, s.len));
    out->bare = item && str_starts(s, "Node Type: ");
    return out->bare || str_is(s, "Plan:") || begins_flow(s) || str_starts(s, "Query Text: \"");
}

static bool is_yaml_key(struct str s)
{
    size_t i = 0;
    while (i < s.len && (isalnum((unsigned char)s.p[i]) || strchr(" /-_", s.p[i])))
        i++;
    return i > 0 && isupper((unsigned char)s.p[0]) && i < s.len && s.p[i] == ':' &&
           (i + 1 == s.len || s.p[i + 1] == ' ');
}

/* After an empty line: only what is indented goes on. */
static bool goes_on_below(struct str rest, size_t base)
{
    struct str line;
    while (str_line(&rest, &line))
        if (str_trim(line).len)
            return indent_of(line) > base;
    return false;
}

/*
 * A YAML plan ends where something stands that is neither indented below its first line nor
 * beside it what the first is, an item or a key.
 */
static size_t yaml_extent(struct str text)
{
    struct str rest = text, line;
    size_t base = indent_of(text), end = 0;
    bool item = str_starts(str_sub(text, base, text.len), "- "), empty = false;
    if (begins_flow(str_sub(text, base + (item ? 2 : 0), text.len)))
        return text.len;
    while (str_line(&rest, &line)) {
        size_t n = indent_of(line);
        struct str s = str_trim(line);
        bool fits =
            n > base ||
            (n == base && (item ? str_starts(s, "- ") : is_yaml_key(s) && !str_starts(s, "Time:")));
        if (s.len == 0) {
            if (!empty && !goes_on_below(rest, base))
                break;
            empty = true;
            continue;
        }
        if (!fits || dress_is_footer(s))
            break;
        empty = false;
        end = (size_t)(rest.p - text.p);
    }
    return end;
}

/* ---- all of them ---- */

bool start_find(struct str text, bool sure, struct start *out)
{
    struct str line = first_line(text), s = str_trim(line);
    *out = (struct start){.format = FORMAT_JSON, .skip = indent_of(line)};
    if (s.len == 0)
        return false;
    if (begins_json(text, line, out))
        return true;
    if (begins_xml(s, out)) {
        out->format = FORMAT_XML;
        return true;
    }
    if (begins_yaml(s, out)) {
        out->format = FORMAT_YAML;
        out->skip = 0; /* its indentation counts */
        return true;
    }
    if (text_begins(text, sure)) {
        out->format = FORMAT_TEXT;
        out->skip = 0;
        return true;
    }
    return finds_json(text, line, out);
}

size_t start_extent(enum plan_format format, struct str text)
{
    return format == FORMAT_YAML  ? yaml_extent(text)
           : format == FORMAT_XML ? xml_extent(text)
                                  : text.len;
}

bool start_looks_meant(struct str text)
{
    static const char *const signs[] = {
        "\"Plan\"", "\"Node Type\"", "Node Type:", "<Plan", "Plan:", "<explain"};
    struct str head = str_sub(text, 0, 2000);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_find(head, signs[i]) >= 0)
            return true;
    return false;
}

bool start_is_piece(struct str line)
{
    struct str s = str_trim(line);
    if (s.len < 2)
        return false;
    bool xml = s.p[0] == '<' && s.p[s.len - 1] == '>';
    bool json = s.p[0] == '"' && str_find(s, "\": ") > 0;
    bool yaml = indent_of(line) > 0 && (is_yaml_key(s) || str_starts(s, "- "));
    return xml || json || yaml || str_ends(s, "},") || str_ends(s, "</Plans>");
}
