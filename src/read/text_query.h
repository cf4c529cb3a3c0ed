/* What an SQL text, read line by line, is in the middle of. */
#ifndef READ_TEXT_QUERY_H
#define READ_TEXT_QUERY_H

#include <stdbool.h>

#include "base/str.h"

/* {0} is the beginning of a text. */
struct text_query {
    char in;        /* ' " a literal or name; E a literal with backslashes; $ one in dollars;
                       - * a comment; 0: none of them */
    unsigned depth; /* of nested comments */
    struct str tag; /* of dollars, both of them included */
};

/* The next part of it; it is pointed into, and ends where a line does. */
void text_query_read(struct text_query *q, struct str line);
/* Whether what comes next is inside a literal, a quoted name or a comment. */
bool text_query_is_open(const struct text_query *q);

#endif
