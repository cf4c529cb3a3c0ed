#include "base/io.h"
#include "base/text.h"
#include "cli/cli.h"
#include "rules/doc.h"
#include "rules/rule.h"

static const char usage_text[] =
    "Usage: pgsift [COMMAND] [OPTION]... [FILE|-]...\n"
    "Say what is slow in a PostgreSQL plan (EXPLAIN output), why, and what to do.\n"
    "\n"
    "  psql -XAtc \"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ...\" | pgsift\n"
    "  pgsift plan.txt                  a plan in any format, pasted from anywhere\n"
    "  pgsift --format=md plan.json     the report for an issue or a pull request\n"
    "\n";

static const char end_text[] =
    "\nManual: man pgsift. Report bugs in the issue tracker of the project.\n";

enum { HELP_COLUMN = 30, HELP_COLUMNS = 80 };

/* "  -o, --output=FILE" */
static void add_option_name(struct buf *b, const struct opt_info *o)
{
    if (o->letter)
        buf_printf(b, "  -%c, --%s", o->letter, o->name);
    else
        buf_printf(b, "      --%s", o->name);
    const char *arg = opt_has_choices(o) ? "WHICH" : o->arg;
    if (o->argument == ARGUMENT_REQUIRED)
        buf_printf(b, "=%s", arg);
    else if (o->argument == ARGUMENT_OPTIONAL)
        buf_printf(b, "[=%s]", arg);
}

static void add_option(struct buf *b, const struct opt_info *o)
{
    size_t start = b->len;
    add_option_name(b, o);
    size_t width = b->len - start;
    if (width >= HELP_COLUMN - 1) {
        buf_addc(b, '\n');
        width = 0;
    }
    buf_fill(b, ' ', HELP_COLUMN - width);
    buf_printf(b, "%s\n", o->help);
}

static void add_command_lines(struct buf *b)
{
    for (int i = 1; i < COMMAND_COUNT; i++)
        buf_printf(b, "  pgsift %-*s%s\n", HELP_COLUMN - 9, command_info[i].name,
                   command_info[i].help);
    buf_addc(b, '\n');
}

static void add_common(struct buf *b)
{
    buf_adds(b, usage_text);
    add_command_lines(b);
    for (int i = 0; i < OPT_COUNT; i++)
        if (opt_info[i].common)
            add_option(b, &opt_info[i]);
    buf_adds(b, end_text);
}

static void add_commands(struct buf *b)
{
    buf_adds(b, "Commands (the first is what runs when none is named):\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        buf_printf(b, "  pgsift %s %s\n%*s%s\n", command_info[i].name, command_info[i].operands,
                   HELP_COLUMN, "", command_info[i].help);
}

static void add_exit_statuses(struct buf *b)
{
    buf_adds(
        b,
        "\nExit status: 0 fine; 1 a finding as severe as --fail-on says; 2 usage, or nothing "
        "could\nbe read; 3 the server; 4 part of the input could not be read; 130 interrupted.\n");
}

static void add_all(struct buf *b)
{
    buf_adds(b, usage_text);
    add_commands(b);
    for (int g = 0; g < GROUP_COUNT; g++) {
        buf_printf(b, "\n%s:\n", opt_group_title[g]);
        for (int i = 0; i < OPT_COUNT; i++)
            if ((int)opt_info[i].group == g)
                add_option(b, &opt_info[i]);
    }
    add_exit_statuses(b);
    buf_adds(b, end_text);
}

static void add_findings(struct buf *b)
{
    doc_add_rules(b, HELP_COLUMNS);
    buf_adds(b, "\nThresholds (--threshold=NAME=VALUE) and their defaults:\n");
    doc_add_thresholds(b, HELP_COLUMNS);
}

static bool unknown_topic(const char *topic, struct err *err)
{
    err_set(err, ERR_USAGE, "there is no help on '%s'", topic);
    err_hint(err, "topics are all, findings, and the rules that --help=findings lists");
    return false;
}

bool help_print(const char *topic, struct buf *out, struct err *err)
{
    if (!topic)
        add_common(out);
    else if (strcmp(topic, "all") == 0)
        add_all(out);
    else if (strcmp(topic, "findings") == 0)
        add_findings(out);
    else if (rule_find(str_of(topic)))
        doc_add_rule(out, rule_find(str_of(topic)), HELP_COLUMNS);
    else
        return manual_print(topic, out) || unknown_topic(topic, err);
    return true;
}

void help_version(struct buf *out)
{
    buf_adds(out, "pgsift " PGSIFT_VERSION "\n"
                  "Copyright (C) 2026 the pgsift authors.\n"
                  "This is free software; see the source for copying conditions. There is NO\n"
                  "WARRANTY, to the extent permitted by law.\n\n");
    buf_printf(out, "Built with %s.\n", io_libraries());
}
