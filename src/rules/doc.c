#include "rules/doc.h"

#include "base/text.h"
#include "rules/rule.h"

/* What a rule needs, in words: "ANALYZE, BUFFERS"; "" when it needs nothing. */
static void add_needs(struct buf *b, unsigned needs)
{
    static const char *const names[] = {"ANALYZE", "TIMING", "BUFFERS", "a catalog"};
    const char *before = "";
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (needs & 1u << i) {
            buf_printf(b, "%s%s", before, names[i]);
            before = ", ";
        }
}

/* ---- plain text ---- */

/* The words of s, on lines no longer than `columns`; the cursor stands at column `indent`, and so
 * does each further line. Ends the line. The tables are ASCII: a byte is a column. */
static void add_wrapped(struct buf *b, const char *s, int indent, int columns)
{
    int column = indent;
    while (*s) {
        int len = (int)strcspn(s, " ");
        if (column > indent && column + 1 + len > columns) {
            buf_addc(b, '\n');
            buf_fill(b, ' ', (size_t)indent);
            column = indent;
        } else if (column > indent) {
            buf_addc(b, ' ');
            column++;
        }
        buf_add(b, s, (size_t)len);
        column += len;
        s += len + (int)strspn(s + len, " ");
    }
    buf_addc(b, '\n');
}

enum { LABEL_COLUMN = 2, TEXT_COLUMN = 10 };

static void add_labelled(struct buf *b, const char *label, const char *text, int columns)
{
    if (!text || !*text)
        return;
    buf_printf(b, "%*s%-*s", LABEL_COLUMN, "", TEXT_COLUMN - LABEL_COLUMN, label);
    add_wrapped(b, text, TEXT_COLUMN, columns);
}

void doc_add_rule(struct buf *b, const struct rule *r, int columns)
{
    struct buf needs = {0};
    add_needs(&needs, r->needs);
    buf_printf(b, "%s\n  %s\n", r->id, r->title);
    add_labelled(b, "when", r->fires, columns);
    add_labelled(b, "needs", needs.data, columns);
    add_labelled(b, "why", r->why, columns);
    add_labelled(b, "remedy", r->remedy, columns);
    buf_free(&needs);
}

static const char introduction[] = "What pgsift finds in a plan. A finding counts for what its "
                                   "remedy could save, an estimate from "
                                   "the plan's own figures: its stake, in ms (in blocks, rows or "
                                   "cost where the plan has no times) "
                                   "and as a share of the execution. Severity follows from the "
                                   "share (thresholds high, medium, low). "
                                   "What looks bad and is fine is listed as cleared (-v). What "
                                   "follows from another finding is told "
                                   "inside it.";

void doc_add_rules(struct buf *b, int columns)
{
    add_wrapped(b, introduction, 0, columns);
    for (size_t i = 0; i < rule_count; i++) {
        buf_addc(b, '\n');
        doc_add_rule(b, &rules[i], columns);
    }
}

static void add_default(struct buf *b, const struct threshold_info *t)
{
    text_add_decimal(b, t->value, 3, true);
    buf_printf(b, " %s", t->unit);
}

void doc_add_thresholds(struct buf *b, int columns)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        buf_printf(b, "  %s (", threshold_info[i].name);
        add_default(b, &threshold_info[i]);
        buf_adds(b, ")\n");
        buf_fill(b, ' ', TEXT_COLUMN);
        add_wrapped(b, threshold_info[i].help, TEXT_COLUMN, columns);
    }
}

/* ---- roff ---- */

/* A sentence, ended by a full stop unless it ends itself. */
static void add_sentence(struct buf *b, const char *before, const char *s)
{
    if (!s || !*s)
        return;
    text_add_roff(b, before);
    text_add_roff(b, s);
    buf_adds(b, strchr(".:;?!)", s[strlen(s) - 1]) ? "\n" : ".\n");
}

static void add_needs_roff(struct buf *b, unsigned needs)
{
    struct buf words = {0};
    add_needs(&words, needs);
    if (words.len)
        add_sentence(b, "Needs ", words.data);
    buf_free(&words);
}

void doc_add_rules_roff(struct buf *b)
{
    for (size_t i = 0; i < rule_count; i++) {
        const struct rule *r = &rules[i];
        buf_adds(b, ".TP\n.B ");
        text_add_roff(b, r->id);
        buf_addc(b, '\n');
        add_sentence(b, "", r->title);
        add_sentence(b, "Fires when ", r->fires);
        add_needs_roff(b, r->needs);
        add_sentence(b, "", r->why);
        buf_adds(b, ".br\n");
        add_sentence(b, "Remedy: ", r->remedy);
    }
}

void doc_add_thresholds_roff(struct buf *b)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        const struct threshold_info *t = &threshold_info[i];
        buf_adds(b, ".TP\n.BR ");
        text_add_roff(b, t->name);
        buf_adds(b, " \" (");
        add_default(b, t);
        buf_adds(b, ")\"\n");
        add_sentence(b, "", t->help);
    }
}
