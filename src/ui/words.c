#include "ui/words.h"

#include "base/text.h"
#include "report/report.h"

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

/* Steps over one character of an expression, or over a whole quoted string or identifier. */
static size_t step(struct str s, size_t i)
{
    char quote = s.p[i];
    if (quote != '\'' && quote != '"')
        return i + 1;
    for (i++; i < s.len; i++) {
        if (s.p[i] != quote)
            continue;
        if (i + 1 >= s.len || s.p[i + 1] != quote)
            return i + 1;
        i++;
    }
    return s.len;
}

size_t words_and_end(struct str expr)
{
    int depth = 0;
    for (size_t i = 0; i < expr.len; i = step(expr, i)) {
        if (expr.p[i] == '(')
            depth++;
        else if (expr.p[i] == ')')
            depth--;
        else if (depth == 0 && str_starts(str_sub(expr, i, expr.len), " AND "))
            return i;
    }
    return expr.len;
}

/* "(a = 1) AND (b > 2)" reads better without the brackets. */
static void add_simple(struct buf *b, struct str expr)
{
    while (expr.len) {
        size_t end = words_and_end(expr);
        buf_addstr(b, report_strip_parens(str_sub(expr, 0, end)));
        if (end < expr.len)
            buf_adds(b, " AND ");
        expr = end < expr.len ? str_sub(expr, end + 5, expr.len) : (struct str){0};
    }
}

void words_add_detail(struct buf *b, const struct node *n)
{
    struct buf telling = {0};
    if (n->never_executed)
        buf_adds(b, "never executed  ");
    if (n->num[PROP_SUBPLANS_REMOVED] > 0)
        buf_printf(b, "%.0f pruned  ", n->num[PROP_SUBPLANS_REMOVED]);
    report_add_telling(&telling, n);
    add_simple(b, buf_str(&telling));
    buf_free(&telling);
}

void words_add_change(struct buf *b, double change)
{
    double percent = change * 100;
    if (isnan(change)) {
        buf_addc(b, '?');
        return;
    }
    if (percent > 0)
        buf_addc(b, '+');
    if (fabs(percent) >= 9999.5)
        text_add_count(b, percent);
    else
        text_add_decimal(b, percent, fabs(percent) < 0.95 ? 1 : 0, true);
    buf_addc(b, '%');
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
    words_add_change(b, after / before - 1);
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
