/*
 * Constants by type: which comparison an operator is, and how two constants compare in it.
 */
#ifndef SQL_CONSTANT_H
#define SQL_CONSTANT_H

#include <stdbool.h>

#include "base/str.h"
#include "sql/pred.h"

/* Types that compare with each other; by and large the btree operator families. */
enum const_family {
    FAMILY_UNKNOWN,
    FAMILY_INTEGER, /* smallint, integer, bigint, oid */
    FAMILY_NUMERIC,
    FAMILY_FLOAT,
    FAMILY_TEXT, /* text, character varying, name */
    FAMILY_BPCHAR,
    FAMILY_BOOLEAN,
    FAMILY_DATE,
    FAMILY_TIMESTAMP,
    FAMILY_TIMESTAMPTZ,
    FAMILY_UUID,
    FAMILY_ENUM,
    FAMILY_OTHER /* a known type of which only equal texts are understood */
};

/* Family of a type by its name (a modifier is ignored); category is pg_type.typcategory or 0. */
enum const_family const_family_of(struct str type, char category);

enum const_order { ORDER_UNKNOWN, ORDER_LESS, ORDER_EQUAL, ORDER_GREATER, ORDER_DIFFERENT };

/*
 * How a compares with b, both read as values of the family. DIFFERENT: not equal, the order is
 * not known. sorts_by_bytes: text of collation C.
 */
enum const_order const_compare(enum const_family family, bool sorts_by_bytes, struct str a,
                               struct str b);

#endif
