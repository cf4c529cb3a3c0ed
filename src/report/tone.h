/* Colours of reports for a terminal. */
#ifndef REPORT_TONE_H
#define REPORT_TONE_H

#include "report/report.h"

enum tone {
    TONE_NONE,
    TONE_STRONG,
    TONE_HIGH,
    TONE_MEDIUM,
    TONE_NOTE,
    TONE_WORSE,
    TONE_BETTER = TONE_NOTE
};

/* Switch to a tone, NONE: back; nothing where the style has no colours. */
void tone_set(struct buf *b, const struct report_style *style, enum tone tone);

/* Append the cell, right-aligned in `columns` columns, and empty it. */
void tone_add_right(struct buf *b, struct buf *cell, int columns, enum tone tone,
                    const struct report_style *style);

#endif
