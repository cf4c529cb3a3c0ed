/*
 * The JSON reader against cJSON: what both accept must give the same events, and what the reader
 * accepts cJSON must accept too. The builder's entries are replaced by a recorder.
 *
 * Known leniencies of the reader: lone halves of surrogate pairs (U+FFFD), numbers longer than
 * cJSON's buffer, nesting deeper than cJSON goes. Texts with those are not judged.
 */
#include <stdio.h>

#include "check.h"
#include "cjson_walk.h"
#include "read/json.h"

enum { LONGEST_NUMBER = 62 };

/* Events one behind the other: a letter, the key and a NUL, then the text or the number's bytes. */
struct build {
    struct buf events;
    int depth, deepest;
    bool long_number;
};

static void record(struct build *b, char what, struct str key)
{
    buf_addc(&b->events, what);
    buf_addstr(&b->events, key);
    buf_addc(&b->events, '\0');
}

void build_open(struct build *b, struct str key, enum build_group group, int line)
{
    (void)line;
    record(b, group == BUILD_LIST ? '[' : '{', key);
    if (++b->depth > b->deepest)
        b->deepest = b->depth;
}

void build_close(struct build *b)
{
    MUST(b->depth > 0);
    b->depth--;
    record(b, ')', (struct str){0});
}

void build_raw(struct build *b, struct str raw)
{
    (void)b;
    (void)raw;
}

void build_scalar(struct build *b, struct str key, enum value_kind kind, struct str text)
{
    record(b, (char)('0' + kind), key);
    if (kind != VALUE_NUMBER) {
        buf_addstr(&b->events, text);
        buf_addc(&b->events, '\0');
        return;
    }
    char digits[LONGEST_NUMBER + 1] = "";
    b->long_number |= text.len > LONGEST_NUMBER;
    if (text.len <= LONGEST_NUMBER)
        memcpy(digits, text.p, text.len);
    double v = strtod(digits, NULL);
    buf_add(&b->events, (const char *)&v, sizeof v);
}

static bool has_lone_escapes(struct str text)
{
    return str_find(text, "\\ud") >= 0 || str_find(text, "\\uD") >= 0 ||
           str_find(text, "\\u0000") >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct build ours = {0}, theirs = {0};
    struct err err = {0};
    size_t used = 0;
    const char *end = NULL;
    /* cJSON never looks at a text's last byte when it is not NUL-terminated. */
    struct buf text = {0};
    buf_add(&text, (const char *)data, size);
    buf_addc(&text, ' ');
    bool good = read_json(&ours, buf_str(&text), 1, &used, &err);
    cJSON *tree = cJSON_ParseWithLengthOpts(text.data, text.len, &end, false);
    if (tree)
        cjson_walk(&theirs, tree, false);
    bool judged = !ours.long_number && !has_lone_escapes(buf_str(&text));
    if (good && judged && ours.deepest < 1000)
        MUST(tree);
    if (good && judged && tree) {
        MUST(str_eq(buf_str(&ours.events), buf_str(&theirs.events)));
        MUST(end == text.data + used);
    }
    cJSON_Delete(tree);
    buf_free(&ours.events);
    buf_free(&theirs.events);
    buf_free(&text);
    return 0;
}
