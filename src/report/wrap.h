/* Prose into lines. */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include "base/str.h"

/*
 * Append text broken at spaces so that no line passes `width` columns. The first line goes
 * on where the caller stands (`column`), the others begin at `indent`. Line breaks in the
 * text are kept. Words are escaped as text_add_safe does; one longer than a line is cut up. No line
 * break at the end.
 */
void wrap_add(struct buf *b, struct str text, int column, int indent, int width, bool ascii);

#endif
