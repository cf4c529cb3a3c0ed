/* Completion scripts out of the option table. */
#include "cli/cli.h"
#include "rules/rule.h"

/* Whether the argument is a file's name. */
static bool takes_file(const struct opt_info *o)
{
    return strcmp(o->arg, "FILE") == 0;
}

static void add_choices(struct buf *b, const struct opt_info *o)
{
    struct str rest = str_of(o->arg), choice;
    for (bool first = true; opt_next_choice(&rest, &choice); first = false) {
        ptrdiff_t colon = str_find(choice, ":"); /* a value of the user's own follows */
        if (colon >= 0)
            choice.len = (size_t)colon + 1;
        buf_printf(b, "%s%.*s", first ? "" : " ", STR_ARG(choice));
    }
}

static void add_rules(struct buf *b)
{
    for (size_t i = 0; i < rule_count; i++)
        buf_printf(b, "%s%s", i ? " " : "", rules[i].id);
}

static void add_thresholds(struct buf *b)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++)
        buf_printf(b, "%s%s=", i ? " " : "", threshold_info[i].name);
}

/* The words that can be an option's argument; nothing when it is free or a file. */
static void add_words(struct buf *b, int id)
{
    const struct opt_info *o = &opt_info[id];
    if (opt_has_choices(o))
        add_choices(b, o);
    else if (id == OPT_DISABLE)
        add_rules(b);
    else if (id == OPT_THRESHOLD)
        add_thresholds(b);
    else if (id == OPT_HELP) {
        buf_adds(b, "all findings ");
        add_rules(b);
    }
}

static void bash_case(struct buf *b, int id)
{
    const struct opt_info *o = &opt_info[id];
    struct buf words = {0};
    add_words(&words, id);
    if (words.len) {
        buf_printf(b, "        --%s)\n            COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n",
                   o->name, words.data);
        if (id == OPT_THRESHOLD)
            buf_adds(b, "            compopt -o nospace\n");
        buf_adds(b, "            return ;;\n");
    } else if (takes_file(o)) {
        buf_printf(b, "        --%s", o->name);
        if (o->letter)
            buf_printf(b, "|-%c", o->letter);
        buf_adds(b,
                 ")\n            COMPREPLY=($(compgen -f -- \"$cur\"))\n            return ;;\n");
    }
    buf_free(&words);
}

static void complete_bash(struct buf *b)
{
    buf_adds(b, "# bash completion for pgsift\n"
                "_pgsift()\n{\n"
                "    local cur prev\n"
                "    COMPREPLY=()\n"
                "    cur=${COMP_WORDS[COMP_CWORD]}\n"
                "    prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    if [[ $cur == = ]]; then\n        cur=\n"
                "    elif [[ $prev == = ]]; then\n"
                "        prev=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
                "    case $prev in\n");
    for (int i = 0; i < OPT_COUNT; i++)
        if (opt_info[i].argument != ARGUMENT_NONE)
            bash_case(b, i);
    buf_adds(b, "    esac\n    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W '");
    for (int i = 0; i < OPT_COUNT; i++)
        buf_printf(b, "%s--%s%s", i ? " " : "", opt_info[i].name,
                   opt_info[i].argument == ARGUMENT_REQUIRED ? "=" : "");
    buf_adds(b, "' -- \"$cur\"))\n"
                "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
                "        return\n    fi\n"
                "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                "    if ((COMP_CWORD == 1)); then\n        COMPREPLY+=($(compgen -W '");
    for (int i = 0; i < COMMAND_COUNT; i++)
        buf_printf(b, "%s%s", i ? " " : "", command_info[i].name);
    buf_adds(b, "' -- \"$cur\"))\n    fi\n}\ncomplete -o filenames -F _pgsift pgsift\n");
}

/* A help text inside [...] of a zsh specification, within single quotes. */
static void add_zsh_text(struct buf *b, const char *s)
{
    for (; *s; s++)
        if (*s == '\'')
            buf_adds(b, "'\\''");
        else if (strchr("[]:\\", *s))
            buf_printf(b, "\\%c", *s);
        else
            buf_addc(b, *s);
}

static void zsh_option(struct buf *b, int id)
{
    const struct opt_info *o = &opt_info[id];
    struct buf words = {0};
    bool many = id == OPT_DISABLE || id == OPT_THRESHOLD;
    buf_printf(b, "    '%s--%s%s[", many ? "*" : "", o->name,
               o->argument == ARGUMENT_REQUIRED   ? "="
               : o->argument == ARGUMENT_OPTIONAL ? "=-"
                                                  : "");
    add_zsh_text(b, o->help);
    buf_addc(b, ']');
    add_words(&words, id);
    if (words.len) {
        buf_printf(b, "%s:which:(", o->argument == ARGUMENT_OPTIONAL ? ":" : "");
        add_zsh_text(b, words.data);
        buf_addc(b, ')');
    } else if (o->argument != ARGUMENT_NONE)
        buf_printf(b, ":%s:%s", o->arg, takes_file(o) ? "_files" : " ");
    buf_adds(b, "' \\\n");
    if (o->letter && o->letter != '?') {
        buf_printf(b, "    '-%c[", o->letter);
        add_zsh_text(b, o->help);
        buf_printf(b, "]%s' \\\n", takes_file(o) ? ":FILE:_files" : "");
    }
    buf_free(&words);
}

static void complete_zsh(struct buf *b)
{
    buf_adds(b, "#compdef pgsift\n\n_arguments -s -S \\\n");
    for (int i = 0; i < OPT_COUNT; i++)
        zsh_option(b, i);
    buf_adds(b, "    '1:command or plan:->first' \\\n    '*:plan:_files'\n\n"
                "case $state in\n    first)\n        local -a commands\n        commands=(\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        buf_printf(b, "            '%s:", command_info[i].name);
        add_zsh_text(b, command_info[i].help);
        buf_adds(b, "'\n");
    }
    buf_adds(b, "        )\n        _describe command commands\n        _files ;;\nesac\n");
}

static void add_fish_text(struct buf *b, const char *s)
{
    for (; *s; s++)
        buf_printf(b, strchr("'\\", *s) ? "\\%c" : "%c", *s);
}

static void complete_fish(struct buf *b)
{
    buf_adds(b, "# fish completion for pgsift\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        buf_printf(b, "complete -c pgsift -n __fish_use_subcommand -a %s -d '",
                   command_info[i].name);
        add_fish_text(b, command_info[i].help);
        buf_adds(b, "'\n");
    }
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct opt_info *o = &opt_info[i];
        struct buf words = {0};
        buf_printf(b, "complete -c pgsift -l %s", o->name);
        if (o->letter)
            buf_printf(b, " -s '%c'", o->letter);
        if (o->argument == ARGUMENT_REQUIRED)
            buf_printf(b, " %s", takes_file(o) ? "-r -F" : "-x");
        add_words(&words, i);
        if (words.len)
            buf_printf(b, " -a '%s'", words.data);
        buf_adds(b, " -d '");
        add_fish_text(b, o->help);
        buf_adds(b, "'\n");
        buf_free(&words);
    }
}

void complete_print(const char *shell, struct buf *out)
{
    static const struct {
        const char *name;
        void (*print)(struct buf *b);
    } shells[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shell, shells[i].name) == 0)
            shells[i].print(out);
}
