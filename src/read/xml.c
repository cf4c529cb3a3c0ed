#include "read/xml.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "read/syntax.h"
#include "read/untyped.h"
#include "read/xml_text.h"

/* What an open element has turned out to be. */
enum shape {
    SHAPE_LEAF, /* so far: nothing but text; only ever the innermost */
    SHAPE_LIST,
    SHAPE_OBJECT
};

struct element {
    enum shape shape;
    unsigned seen; /* SEEN_... */
    size_t at;     /* of its tag, in the text that expat gets */
};

/* What was met in an element, for tags that stand for two keys (see set_key). */
enum {
    SEEN_SORT_GROUPS = 1,
    SEEN_SORT_SPACE = 2,
    SEEN_MEMORY_SORT = 4, /* a sort method that works in memory */
    IS_SORT_METHODS = 8   /* this is <Sort-Methods-Used> itself */
};

struct reader {
    XML_Parser parser;
    struct build *b;
    struct str text;     /* as given */
    struct str repaired; /* as expat gets it; usually the same */
    int line;
    struct err *err;
    struct element *open;
    size_t depth, cap;
    /* The innermost element while it is a leaf: EXPLAIN's key, its line, its text. */
    struct buf key;
    int leaf_line;
    struct buf leaf;
    bool done; /* the root element is complete */
    size_t used;
};

/* The offset in the text as given of one in the text as expat got it. */
static size_t given_offset(const struct reader *r, size_t repaired)
{
    return r->repaired.p == r->text.p ? repaired : xml_text_offset(r->text, repaired);
}

/* ---- elements ---- */

/*
 * Incremental Sort's groups lose their names in XML. <Incremental-Sort-Groups> is "Full-sort
 * Groups" first, then "Pre-sorted Groups"; in each, <Sort-Space> is "Sort Space Memory", which
 * is printed only if some sort was done in memory, then "Sort Space Disk" (explain.c,
 * show_incremental_sort_group_info).
 */
static const char *sort_group_key(struct element *parent, const char *tag)
{
    unsigned seen = parent->seen;
    if (strcmp(tag, "Incremental-Sort-Groups") == 0) {
        parent->seen |= SEEN_SORT_GROUPS;
        return seen & SEEN_SORT_GROUPS ? "Pre-sorted Groups" : "Full-sort Groups";
    }
    if (strcmp(tag, "Sort-Space") == 0) {
        parent->seen |= SEEN_SORT_SPACE;
        bool memory = !(seen & SEEN_SORT_SPACE) && (seen & SEEN_MEMORY_SORT);
        return memory ? "Sort Space Memory" : "Sort Space Disk";
    }
    return NULL;
}

/* The method in an <Item> of <Sort-Methods-Used>: "quicksort", "external merge" ... */
static void note_sort_method(struct reader *r, struct str method)
{
    if (r->depth > 2 && (r->open[r->depth - 2].seen & IS_SORT_METHODS) &&
        !str_starts(method, "external"))
        r->open[r->depth - 3].seen |= SEEN_MEMORY_SORT;
}

/* EXPLAIN's key of a tag: "I-O-Read-Time" is a known one, of others '-' was a blank. */
static void set_key(struct reader *r, const char *tag)
{
    const char *colon = strchr(tag, ':');
    struct str name = str_of(colon ? colon + 1 : tag);
    const char *key = r->depth > 1 ? sort_group_key(&r->open[r->depth - 2], name.p) : NULL;
    enum prop_id id = prop_find(name);
    if (id < PROP_COUNT)
        key = prop_info[id].key;
    buf_clear(&r->key);
    buf_addstr(&r->key, key ? str_of(key) : name);
    for (size_t i = 0; !key && i < r->key.len; i++)
        if (r->key.data[i] == '-')
            r->key.data[i] = ' ';
    if (str_is(name, "Sort-Methods-Used"))
        r->open[r->depth - 1].seen = IS_SORT_METHODS;
}

static enum shape parent_shape(const struct reader *r)
{
    return r->depth > 1 ? r->open[r->depth - 2].shape : SHAPE_LIST;
}

static struct str member_key(const struct reader *r)
{
    return parent_shape(r) == SHAPE_LIST ? (struct str){0} : buf_str(&r->key);
}

/* "Target-Tables" holds "Target-Table"s. */
static bool is_plural(struct str parent, const char *child)
{
    size_t n = strlen(child);
    if (parent.len != n + 1 || parent.p[n] != 's')
        return false;
    for (size_t i = 0; i < n; i++)
        if (parent.p[i] != child[i] && !(parent.p[i] == ' ' && child[i] == '-'))
            return false;
    return true;
}

static enum shape shape_with_child(const struct reader *r, const char *child)
{
    struct str key = buf_str(&r->key);
    bool list = untyped_group(key) == UNTYPED_LIST || strcmp(child, "Item") == 0 ||
                (r->depth == 1 && strcmp(child, "Query") == 0) || is_plural(key, child);
    return list ? SHAPE_LIST : SHAPE_OBJECT;
}

static void open_leaf(struct reader *r, enum shape shape)
{
    build_open(r->b, member_key(r), shape == SHAPE_LIST ? BUILD_LIST : BUILD_OBJECT, r->leaf_line);
    r->open[r->depth - 1].shape = shape;
}

/* Text between elements means nothing, except that a person left something out. */
static void stray_text(struct reader *r, struct str text)
{
    bool dots = str_find(text, "...") >= 0 || str_find(text, "\xE2\x80\xA6") >= 0;
    if (dots && build_plan(r->b))
        build_plan(r->b)->elided = true;
}

static void start_element(void *data, const char *tag, const char **attributes)
{
    struct reader *r = data;
    (void)attributes;
    if (r->depth && r->open[r->depth - 1].shape == SHAPE_LEAF) {
        open_leaf(r, shape_with_child(r, tag));
        stray_text(r, buf_str(&r->leaf));
    }
    if (r->depth == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->open = xrealloc(r->open, r->cap * sizeof *r->open);
    }
    size_t at = (size_t)XML_GetCurrentByteIndex(r->parser);
    r->open[r->depth++] = (struct element){.shape = SHAPE_LEAF, .at = at};
    set_key(r, tag);
    buf_clear(&r->leaf);
    r->leaf_line = r->line + (int)XML_GetCurrentLineNumber(r->parser) - 1;
}

static bool is_broken_blank(struct str s)
{
    return str_trim(s).len == 0 && memchr(s.p, '\n', s.len);
}

/* A leaf without text is a group that has nothing in it, or the empty string. */
static void end_leaf(struct reader *r)
{
    struct str key = buf_str(&r->key), text = buf_str(&r->leaf), trimmed = str_trim(text);
    enum untyped_group group = untyped_group(key);
    if (trimmed.len == 0 && group == UNTYPED_SCALAR && is_broken_blank(text))
        group = UNTYPED_OBJECT;
    if (trimmed.len == 0 && group != UNTYPED_SCALAR) {
        open_leaf(r, group == UNTYPED_LIST ? SHAPE_LIST : SHAPE_OBJECT);
        build_close(r->b);
        return;
    }
    note_sort_method(r, trimmed);
    enum value_kind kind = untyped_kind(trimmed);
    bool exact = kind == VALUE_STRING && !str_is(key, "Node Type");
    build_scalar(r->b, member_key(r), kind, exact ? text : trimmed);
}

static void end_element(void *data, const char *tag)
{
    struct reader *r = data;
    (void)tag;
    if (r->open[r->depth - 1].shape == SHAPE_LEAF)
        end_leaf(r);
    else
        build_close(r->b);
    if (--r->depth)
        return;
    r->done = true;
    r->used = (size_t)(XML_GetCurrentByteIndex(r->parser) + XML_GetCurrentByteCount(r->parser));
    XML_StopParser(r->parser, XML_FALSE);
}

static void take_text(void *data, const char *text, int len)
{
    struct reader *r = data;
    struct str s = {text, (size_t)len};
    if (r->depth && r->open[r->depth - 1].shape == SHAPE_LEAF)
        buf_addstr(&r->leaf, s);
    else
        stray_text(r, s);
}

/* No document type: it brings entities, and they bring expansion without end. */
static void refuse_doctype(void *data, const char *name, const char *system, const char *public,
                           int has_internal_subset)
{
    struct reader *r = data;
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal_subset;
    syntax_expected(r->err, r->text, given_offset(r, (size_t)XML_GetCurrentByteIndex(r->parser)),
                    "<explain> (EXPLAIN prints no document type)");
    XML_StopParser(r->parser, XML_FALSE);
}

/* ---- errors ---- */

/* "</name>" of the tag whose name begins at `at` in the text that expat got. */
static void add_end_tag(const struct reader *r, size_t at, char *out, size_t size)
{
    struct str tag = str_sub(r->repaired, at, r->repaired.len);
    size_t n = 0;
    while (n < tag.len && n < 60 && !strchr(" \t\r\n/>", tag.p[n]))
        n++;
    snprintf(out, size, "</%.*s>", (int)n, tag.p);
}

static void describe_expectation(const struct reader *r, enum XML_Error code, char *out,
                                 size_t size)
{
    switch (code) {
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_TAG_MISMATCH:
        if (r->depth)
            add_end_tag(r, r->open[r->depth - 1].at + 1, out, size);
        else
            snprintf(out, size, "an element");
        break;
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
        snprintf(out, size, "the end of a tag");
        break;
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
        snprintf(out, size, "']]>'");
        break;
    case XML_ERROR_UNDEFINED_ENTITY:
        snprintf(out, size, "one of &lt; &gt; &amp; &quot; &apos;");
        break;
    case XML_ERROR_SYNTAX:
    case XML_ERROR_INVALID_TOKEN:
        snprintf(out, size, "%s", r->depth ? "text or a tag" : "an element");
        break;
    default:
        snprintf(out, size, "XML as EXPLAIN prints it (%s)", XML_ErrorString(code));
        break;
    }
}

static bool parse_failed(struct reader *r)
{
    char what[120], found[80];
    enum XML_Error code = XML_GetErrorCode(r->parser);
    if (code == XML_ERROR_NO_MEMORY)
        BUG("expat: out of memory");
    size_t at = given_offset(r, (size_t)XML_GetCurrentByteIndex(r->parser));
    bool at_end = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                  code == XML_ERROR_UNCLOSED_CDATA_SECTION || code == XML_ERROR_PARTIAL_CHAR;
    describe_expectation(r, code, what, sizeof what);
    if (code == XML_ERROR_TAG_MISMATCH) {
        add_end_tag(r, (size_t)XML_GetCurrentByteIndex(r->parser), found, sizeof found);
        err_at(r->err, ERR_SYNTAX, r->text.p, r->text.len, at, "expected %s, found %s", what,
               found);
    }
    syntax_expected(r->err, r->text, at_end ? r->text.len : at, what);
    if (code == XML_ERROR_INVALID_TOKEN)
        err_hint(r->err, "in XML '<' is written &lt; and '&' is written &amp;");
    r->used = at;
    return false;
}

/* ---- the document ---- */

static bool parse(struct reader *r)
{
    const size_t most = 1 << 30; /* expat counts in int */
    struct str rest = r->repaired;
    for (bool last = false; !last;) {
        size_t n = rest.len < most ? rest.len : most;
        last = n == rest.len;
        if (XML_Parse(r->parser, rest.p, (int)n, last) == XML_STATUS_ERROR)
            return r->done || parse_failed(r);
        rest = str_sub(rest, n, rest.len);
    }
    return true;
}

static XML_Parser new_parser(struct reader *r)
{
    XML_Parser p = XML_ParserCreate("UTF-8"); /* whatever the document says: it was converted */
    if (!p)
        BUG("expat: out of memory");
    XML_SetUserData(p, r);
    XML_SetElementHandler(p, start_element, end_element);
    XML_SetCharacterDataHandler(p, take_text);
    XML_SetStartDoctypeDeclHandler(p, refuse_doctype);
    return p;
}

bool read_xml(struct build *b, struct str text, int line, size_t *used, struct err *err)
{
    struct reader r = {.b = b, .text = text, .line = line, .err = err};
    struct buf copy = {0};
    r.repaired = xml_text_repair(text, &copy);
    r.parser = new_parser(&r);
    bool good = parse(&r);
    *used = r.done ? given_offset(&r, r.used) : r.used;
    XML_ParserFree(r.parser);
    free(r.open);
    buf_free(&copy);
    buf_free(&r.key);
    buf_free(&r.leaf);
    return good;
}
