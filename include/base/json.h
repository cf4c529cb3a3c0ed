/*
 * JSON documents (snapshots, parse trees, configuration) and JSON output.
 *
 * Reading goes through cJSON and ends in our own tree, which lives in the caller's
 * arena. Plans do not come this way: they are read as a stream of events (read/json.h).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct err;

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One value. Members of objects and elements of arrays are chained by `next` in document order. */
struct json {
    enum json_kind kind;
    bool boolean;
    size_t count;    /* children of an array or object */
    struct str key;  /* member name; absent in arrays */
    struct str text; /* JSON_STRING: the value, NUL-terminated */
    double number;   /* JSON_NUMBER */
    struct json *child;
    struct json *next;
};

/* Parse one document; NULL and err (ERR_SYNTAX with line and column) when it is not well formed. */
struct json *json_parse(struct arena *a, struct str text, struct err *err);

/* The member `key` of an object; NULL when v is NULL, no object, or has no such member. */
const struct json *json_get(const struct json *v, const char *key);
/* A path of member names: json_path(v, "stmt", "SelectStmt", NULL). */
const struct json *json_path(const struct json *v, ...) __attribute__((sentinel));
/* First child of an array or object (NULL when v is NULL or a scalar): for (e = json_first(v); e; e
 * = e->next) */
const struct json *json_first(const struct json *v);
/* Typed look-ups of a member, with what to answer when it is missing, null or of another type. */
struct str json_str(const struct json *v, const char *key);
double json_num(const struct json *v, const char *key, double otherwise);
bool json_bool(const struct json *v, const char *key, bool otherwise);

/*
 * A streaming writer into a buffer. Commas, nesting, indentation and escaping are its
 * business; a key is given before each value inside an object. Invalid UTF-8 in strings
 * comes out as U+FFFD.
 */
struct json_writer {
    struct buf *out;
    bool pretty; /* two-space indentation; else one line */
    bool first;  /* nothing written yet at this level */
    bool after_key;
    int depth;
};

void json_writer_init(struct json_writer *w, struct buf *out, bool pretty);
void json_open_object(struct json_writer *w);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_key_str(struct json_writer *w, struct str key);
void json_string(struct json_writer *w, struct str s);
void json_cstring(struct json_writer *w, const char *s); /* NULL: null */
void json_int(struct json_writer *w, int64_t v);
/* At most `decimals` places, trailing zeros dropped; not finite: null. */
void json_decimal(struct json_writer *w, double v, int decimals);
/* The shortest decimal that reads back as the same number; not finite: null. */
void json_number(struct json_writer *w, double v);
/* Digits as they were printed, whatever their size; anything that is no JSON number becomes a
 * string. */
void json_digits(struct json_writer *w, struct str digits);
void json_boolean(struct json_writer *w, bool v);
void json_null(struct json_writer *w);

#endif
