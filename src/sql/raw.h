/*
 * Reading raw parse trees: a node is an object with one member, named after its type.
 */
#ifndef SQL_RAW_H
#define SQL_RAW_H

#include <stdbool.h>

#include "base/json.h"

/* The types that the sql layer tells apart. */
enum raw_tag {
#define RAW(tag) RAW_##tag,
#include "sql/raw.def"
#undef RAW
    RAW_OTHER
};

enum aexpr_kind {
#define AEXPR(kind) AEXPR_##kind,
#include "sql/aexpr.def"
#undef AEXPR
    AEXPR_UNKNOWN
};

/* The type of a node; RAW_OTHER for NULL and all that is not listed in raw.def. */
enum raw_tag raw_tag(const struct json *node);
/* The members of a node (NULL when there is none). */
const struct json *raw_body(const struct json *node);
/* Body of the node when it has that type, else NULL. */
const struct json *raw_as(const struct json *node, enum raw_tag tag);
/* Last string of a list of String nodes (a qualified name); *qualifier: the one before it. */
struct str raw_last_name(const struct json *names, struct str *qualifier);
/* Value of a String node. */
struct str raw_string(const struct json *node);
/* Whether a member of a body is this enumeration value. */
bool raw_enum_is(const struct json *body, const char *member, const char *value);
/* Kind of the body of an A_Expr. */
enum aexpr_kind raw_aexpr_kind(const struct json *body);

/*
 * Whether a column name is in truth a reference to another part of the plan, which the rewriting
 * of EXPLAIN's notation has dressed as one: "SubPlan 1", "hashed SubPlan 2", "InitPlan 1" ...
 */
bool raw_is_plan_ref(struct str name);

#endif
