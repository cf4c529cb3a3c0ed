/*
 * The text as expat gets it, and the way back from its offsets to ours.
 *
 * EXPLAIN prints control characters of constants raw, which no XML parser takes: they are
 * replaced by their pictures (U+2400 ...), bytes that are not UTF-8 by U+FFFD. Private to read.
 */
#ifndef READ_XML_TEXT_H
#define READ_XML_TEXT_H

#include <stddef.h>

#include "base/str.h"

/* The text itself when nothing needs replacing, else a copy in *copy with replacements. */
struct str xml_text_repair(struct str text, struct buf *copy);
/* The offset in the text of one in what xml_text_repair made of it. */
size_t xml_text_offset(struct str text, size_t repaired);

#endif
