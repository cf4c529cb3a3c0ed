/* A template of log_line_prefix made from the beginning of one line. */
#ifndef LOG_TEMPLATE_H
#define LOG_TEMPLATE_H

#include "read/log_prefix.h"

/* By labels ("user=") and by the looks of words. False when it is too long. */
bool log_template_of_words(struct str prefix, char out[PREFIX_TEXT]);
/* By the cells between bars; who: see below. False also where there are no bars. */
bool log_template_of_cells(struct str prefix, struct str who, char out[PREFIX_TEXT]);
/* "connection authorized: user=u database=d ..." of the lines, which tells what the fields of its
 * own prefix are; absent: there is none. */
struct str log_template_who(const struct str *lines, size_t count);
/* The whole of that line. */
struct str log_template_line(const struct str *lines, size_t count);

#endif
