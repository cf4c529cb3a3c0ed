/*
 * EXPLAIN (FORMAT XML): expat's events turned into the plan builder's.
 *
 * Tags become EXPLAIN's keys ("I-O-Read-Time" is "I/O Read Time"; in keys we do not know, '-'
 * becomes a blank). XML does not tell numbers from strings: what looks like a number or a boolean
 * is one unless the key calls for text. Nor lists from objects: known lists, elements with an
 * <Item>, and plurals ("Things" of "Thing") are lists. Raw control characters, which no XML
 * may hold and EXPLAIN prints, become their pictures (U+2400 ...), bytes that are not UTF-8
 * U+FFFD. A document type is an error, so that there are no entities but the five of XML and
 * nothing outside the text is looked at. Nesting is limited by memory only.
 */
#ifndef READ_XML_H
#define READ_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/*
 * As read_json (read/json.h): one document into b, *used bytes of it (to the end of its root
 * element); line and column of an error count from the beginning of text. "..." between
 * elements marks the plan as elided.
 */
bool read_xml(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
