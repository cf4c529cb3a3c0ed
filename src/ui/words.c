#include "ui/words.h"

#include "base/text.h"
#include "report/cell.h"

void words_add_compact(struct buf *b, const struct node *n, bool ascii)
{
    static const char parallel[] = "Parallel ";
    struct buf label = {0};
    report_add_short_label(&label, n);
    struct str s = buf_str(&label);
    if (str_starts(s, parallel)) {
        buf_adds(b, ascii ? "/" : "∥");
        s = str_sub(s, sizeof parallel - 1, s.len);
    }
    buf_addstr(b, s);
    buf_free(&label);
}

const char *words_measure(bool in_ms)
{
    return in_ms ? "time" : "cost";
}

static void add_amount(struct buf *b, double v, bool in_ms)
{
    if (in_ms)
        text_add_ms(b, v);
    else
        text_add_grouped(b, v);
}

void words_add_effect(struct buf *b, double before, double after, bool in_ms)
{
    if (isnan(before) || isnan(after))
        return;
    buf_printf(b, "%s ", words_measure(in_ms));
    add_amount(b, before, in_ms);
    buf_adds(b, " -> ");
    add_amount(b, after, in_ms);
    buf_adds(b, " (");
    cell_add_change(b, after / before - 1);
    buf_addc(b, ')');
}

void words_add_one_line(struct buf *b, struct str s, size_t most)
{
    bool blank = false;
    s = str_trim(s);
    for (size_t i = 0; i < s.len && i < most; i++) {
        bool is_blank = s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r');
        if (!is_blank || !blank)
            buf_addc(b, is_blank ? ' ' : s.p[i]);
        blank = is_blank;
    }
}
