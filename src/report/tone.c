#include "report/tone.h"

#include "base/text.h"

void tone_set(struct buf *b, const struct report_style *style, enum tone tone)
{
    static const char *const on[] = {
        [TONE_NONE] = "\033[0m",    [TONE_STRONG] = "\033[1m", [TONE_HIGH] = "\033[1;31m",
        [TONE_MEDIUM] = "\033[33m", [TONE_NOTE] = "\033[36m",  [TONE_WORSE] = "\033[31m"};
    if (style->color)
        buf_adds(b, on[tone]);
}

void tone_add_right(struct buf *b, struct buf *cell, int columns, enum tone tone,
                    const struct report_style *style)
{
    int used = text_width(buf_str(cell));
    if (used < columns)
        buf_fill(b, ' ', (size_t)(columns - used));
    if (tone)
        tone_set(b, style, tone);
    text_add_safe(b, buf_str(cell), style->ascii);
    if (tone)
        tone_set(b, style, TONE_NONE);
    buf_clear(cell);
}
