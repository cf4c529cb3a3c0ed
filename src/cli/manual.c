/* The parts of the manual pages that are tables here: written as roff at build time. */
#include "base/text.h"
#include "cli/cli.h"
#include "plan/plan.h"
#include "rules/rule.h"

/* Text for roff: backslashes and leading dots and quotes mean nothing there; '-' stays an ASCII
 * minus. */
static void add_roff(struct buf *b, const char *s)
{
    bool line_start = b->len == 0 || b->data[b->len - 1] == '\n';
    for (; *s; s++) {
        if (line_start && (*s == '.' || *s == '\''))
            buf_adds(b, "\\&");
        if (*s == '\\')
            buf_adds(b, "\\e");
        else if (*s == '-')
            buf_adds(b, "\\-");
        else
            buf_addc(b, *s);
        line_start = *s == '\n';
    }
}

static void add_sentence(struct buf *b, const char *s)
{
    if (!s || !*s)
        return;
    add_roff(b, s);
    size_t n = strlen(s);
    buf_adds(b, strchr(".:;?!", s[n - 1]) ? "\n" : ".\n");
}

static void add_argument(struct buf *b, const struct opt_info *o)
{
    struct str rest = str_of(o->arg), choice;
    if (o->argument == ARGUMENT_NONE)
        return;
    buf_adds(b, o->argument == ARGUMENT_OPTIONAL ? "\\fR[=" : "\\fR=");
    for (bool first = true; opt_next_choice(&rest, &choice); first = false)
        buf_printf(b, "%s%s%.*s\\fR", first ? "" : "|", opt_has_choices(o) ? "\\fB" : "\\fI",
                   STR_ARG(choice));
    if (o->argument == ARGUMENT_OPTIONAL)
        buf_addc(b, ']');
}

static void add_options(struct buf *b)
{
    for (int g = 0; g < GROUP_COUNT; g++) {
        buf_printf(b, ".SS %s\n", opt_group_title[g]);
        for (int i = 0; i < OPT_COUNT; i++) {
            const struct opt_info *o = &opt_info[i];
            if ((int)o->group != g)
                continue;
            buf_adds(b, ".TP\n");
            if (o->letter)
                buf_printf(b, "\\fB\\-%c\\fR, ", o->letter);
            buf_adds(b, "\\fB\\-\\-");
            add_roff(b, o->name);
            add_argument(b, o);
            buf_adds(b, "\\fR\n");
            add_sentence(b, o->help);
            add_sentence(b, o->more);
        }
    }
}

static void add_findings(struct buf *b)
{
    for (size_t i = 0; i < rule_count; i++) {
        const struct rule *r = &rules[i];
        buf_adds(b, ".TP\n.B ");
        add_roff(b, r->id);
        buf_addc(b, '\n');
        add_sentence(b, r->title);
        if (r->fires) {
            buf_adds(b, "Fires when ");
            add_sentence(b, r->fires);
        }
        add_sentence(b, r->why);
        if (r->remedy) {
            buf_adds(b, ".br\nRemedy: ");
            add_sentence(b, r->remedy);
        }
    }
}

static void add_thresholds(struct buf *b)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        const struct threshold_info *t = &threshold_info[i];
        buf_adds(b, ".TP\n.BR ");
        add_roff(b, t->name);
        buf_adds(b, " \" (");
        text_add_decimal(b, t->value, 3, true);
        buf_printf(b, " %s)\"\n", t->unit);
        add_sentence(b, t->help);
    }
}

/* Keys of EXPLAIN and their names in the JSON report. */
static void add_properties(struct buf *b)
{
    for (int id = 0; id < PROP_COUNT; id++) {
        buf_adds(b, ".TP\n.B ");
        add_roff(b, prop_info[id].name);
        buf_addc(b, '\n');
        add_roff(b, prop_info[id].key);
        buf_addc(b, '\n');
    }
}

bool manual_print(const char *part, struct buf *out)
{
    static const struct {
        const char *name;
        void (*add)(struct buf *b);
    } parts[] = {{"roff-options", add_options},
                 {"roff-findings", add_findings},
                 {"roff-thresholds", add_thresholds},
                 {"roff-properties", add_properties}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(part, parts[i].name) == 0) {
            parts[i].add(out);
            return true;
        }
    return false;
}
