/*
 * Text for people: UTF-8, display width, escaping of what must not reach a terminal,
 * and numbers, sizes and durations as words. Nothing here depends on the locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Length (1..4) of the well-formed UTF-8 sequence at the start of s; 0 if there is none. */
size_t text_utf8_len(struct str s);
/* The code point at the start of s (well formed, see above). */
uint32_t text_utf8_decode(struct str s);
void text_add_utf8(struct buf *b, uint32_t code_point);
bool text_is_utf8(struct str s);
/* Columns that one code point takes on a terminal: 0 (combining), 1 or 2. */
int text_char_width(uint32_t code_point);
/* Columns that s takes once text_add_safe has printed it. */
int text_width(struct str s);

/*
 * Append s so that a terminal shows it and obeys nothing in it: control characters as
 * ^[ or ^A, DEL as ^?, C1 and bidirectional controls as <U+009B>, bytes that are not
 * UTF-8 as U+FFFD ('?' if ascii). With ascii, all else above 0x7E becomes '?'.
 */
void text_add_safe(struct buf *b, struct str s, bool ascii);
/* The same cut to `columns`, ending in the one-column mark "…" ("~" if ascii) when cut. Returns
 * columns used. */
int text_add_cut(struct buf *b, struct str s, int columns, bool ascii);

void text_add_int(struct buf *b, int64_t v);
/* v with `decimals` (0..9) places, rounded half away from zero; trim drops trailing zeros and the
 * point. */
void text_add_decimal(struct buf *b, double v, int decimals, bool trim);
/* 1234567 -> "1,234,567" */
void text_add_grouped(struct buf *b, double v);
/* Counts in at most five characters: 999, 7.32k, 36.8k, 1.50M, 120G. */
void text_add_count(struct buf *b, double v);
/* Bytes: 0B, 736kB, 1.2MB, 23.0GB (powers of 1024). */
void text_add_bytes(struct buf *b, double bytes);
/* Text for roff: backslashes, and dots and quotes at the start of a line, mean nothing there; '-' stays
 * an ASCII minus. */
void text_add_roff(struct buf *b, const char *s);
/* A duration given in milliseconds: 0.035ms, 376.3ms, 12.4s, 3m21s, 2h05m. */
void text_add_ms(struct buf *b, double ms);

#endif
