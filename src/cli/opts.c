#include "cli/opts.h"

#include <getopt.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"

const struct command_info command_info[COMMAND_COUNT] = {
#define COMMAND(id, name, run, operands, help) {name, run, operands, help},
#include "cli/command.def"
#undef COMMAND
};

#define ALL (~0u)
#define FOR(id) (1u << COMMAND_##id)
#define COMMON true
#define RARE false
const struct opt_info opt_info[OPT_COUNT] = {
#define OPT(id, name, letter, argument, arg, group, commands, common, help, more)                  \
    {name, letter, ARGUMENT_##argument, arg, GROUP_##group, commands, common, help, more},
#include "cli/option.def"
#undef OPT
};

const char *const opt_group_title[GROUP_COUNT] = {
    [GROUP_OUTPUT] = "Output", [GROUP_ANALYSIS] = "Analysis", [GROUP_SERVER] = "Server",
    [GROUP_LOG] = "Logs",      [GROUP_TERMINAL] = "Terminal", [GROUP_OTHER] = "Other",
};

static const double MOST_MS = 2147483647; /* a server's time-out is an int */

enum { LONG_BASE = 256 }; /* getopt's value of option i is LONG_BASE + i */

bool opt_has_choices(const struct opt_info *o)
{
    return strchr(o->arg, '|') != NULL;
}

bool opt_next_choice(struct str *rest, struct str *choice)
{
    if (rest->len == 0)
        return false;
    ptrdiff_t bar = str_find(*rest, "|");
    *choice = str_sub(*rest, 0, bar < 0 ? rest->len : (size_t)bar);
    *rest = str_sub(*rest, bar < 0 ? rest->len : (size_t)bar + 1, rest->len);
    return true;
}

bool opts_given(const struct opts *o, enum opt_id id)
{
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].id == id)
            return true;
    return false;
}

const char *opts_value(const struct opts *o, enum opt_id id)
{
    for (size_t i = o->use_count; i-- > 0;)
        if (o->uses[i].id == id)
            return o->uses[i].arg;
    return NULL;
}

bool opts_int(const struct opts *o, enum opt_id id, int min, int max, int *out, struct err *err)
{
    const char *text = opts_value(o, id);
    long long v;
    if (!text)
        return true;
    if (!str_to_int64(str_of(text), &v) || v < min || v > max)
        return err_set(err, ERR_USAGE, "option '--%s' takes a whole number from %d to %d, not '%s'",
                       opt_info[id].name, min, max, text);
    *out = (int)v;
    return true;
}

bool opts_time(const struct opts *o, enum opt_id id, double *ms, struct err *err)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"min", 60e3}, {"s", 1e3}, {"h", 3600e3}, {"", 1e3}};
    const char *text = opts_value(o, id);
    struct str s = str_of(text);
    double v;
    for (size_t i = 0; text && i < sizeof units / sizeof *units; i++) {
        if (!str_ends(s, units[i].unit))
            continue;
        struct str number = str_trim(str_sub(s, 0, s.len - strlen(units[i].unit)));
        if (!str_to_double(number, &v) || v < 0 || v * units[i].ms > MOST_MS)
            break;
        *ms = v * units[i].ms;
        return true;
    }
    if (!text)
        return true;
    return err_set(err, ERR_USAGE, "option '--%s' takes a time, as in 500ms, 30s or 2min, not '%s'",
                   opt_info[id].name, text);
}

/* getopt's own tables. '-': operands come in order, whatever POSIXLY_CORRECT says; ':': a missing
 * argument is told apart. */
static void fill_getopt(struct option *longs, char *shorts)
{
    strcpy(shorts, "-:");
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct opt_info *o = &opt_info[i];
        longs[i] = (struct option){o->name, (int)o->argument, NULL, LONG_BASE + i};
        if (o->letter) {
            size_t n = strlen(shorts);
            shorts[n] = (char)o->letter;
            strcpy(shorts + n + 1, o->argument == ARGUMENT_REQUIRED ? ":" : "");
        }
    }
}

static int by_letter(int letter)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (letter && opt_info[i].letter == letter)
            return i;
    return -1;
}

/* The option nearest to a mistyped one; NULL when none is near. */
static const char *nearest_option(struct str typed)
{
    const char *names[OPT_COUNT];
    for (int i = 0; i < OPT_COUNT; i++)
        names[i] = opt_info[i].name;
    return str_nearest(typed, names, OPT_COUNT);
}

static bool unknown_long(const char *arg, struct err *err)
{
    struct str typed = str_of(arg + 2);
    ptrdiff_t equals = str_find(typed, "=");
    if (equals >= 0)
        typed = str_sub(typed, 0, (size_t)equals);
    struct buf alike = {0};
    for (int i = 0; i < OPT_COUNT; i++)
        if (typed.len && strncmp(opt_info[i].name, typed.p, typed.len) == 0)
            buf_printf(&alike, " --%s", opt_info[i].name);
    if (alike.len) {
        err_set(err, ERR_USAGE, "option '--%.*s' is ambiguous:%s", STR_ARG(typed), alike.data);
    } else {
        const char *nearest = nearest_option(typed);
        err_set(err, ERR_USAGE, "there is no option '--%.*s'", STR_ARG(typed));
        if (nearest)
            err_hint(err, "did you mean '--%s'?", nearest);
    }
    buf_free(&alike);
    return false;
}

/* getopt answered '?': an unknown option, an ambiguous one, or an argument where none is taken. */
static bool refuse(const char *arg, struct err *err)
{
    if (optopt >= LONG_BASE)
        return err_set(err, ERR_USAGE, "option '--%s' takes no argument",
                       opt_info[optopt - LONG_BASE].name);
    if (optopt)
        return err_set(err, ERR_USAGE, "there is no option '-%c'", optopt);
    return unknown_long(arg, err);
}

static bool refuse_missing(int option, struct err *err)
{
    int i = option >= LONG_BASE ? option - LONG_BASE : by_letter(option);
    return err_set(err, ERR_USAGE, "option '--%s' needs %s", opt_info[i].name,
                   opt_has_choices(&opt_info[i]) ? "a value" : opt_info[i].arg);
}

/* "word:VALUE" stands for that word with any value. */
static bool is_choice(struct str choice, struct str arg)
{
    ptrdiff_t colon = str_find(choice, ":");
    if (colon < 0)
        return str_eq(choice, arg);
    size_t word = (size_t)colon + 1;
    return str_eq(str_sub(choice, 0, word), str_sub(arg, 0, word));
}

static bool check_choice(const struct opt_info *o, const char *arg, struct err *err)
{
    struct str rest = str_of(o->arg), choice;
    if (!arg || !opt_has_choices(o))
        return true;
    while (opt_next_choice(&rest, &choice))
        if (is_choice(choice, str_of(arg)))
            return true;
    err_set(err, ERR_USAGE, "option '--%s' does not take '%s'", o->name, arg);
    err_hint(err, "one of %s", o->arg);
    return false;
}

static bool take(struct opts *out, int i, const char *arg, struct err *err)
{
    out->uses[out->use_count++] = (struct opt_use){(enum opt_id)i, arg};
    return check_choice(&opt_info[i], arg, err);
}

static bool is_command(const char *word, enum command_id *out)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, command_info[i].name) == 0) {
            *out = (enum command_id)i;
            return true;
        }
    return false;
}

/* The first operand names a command, unless it stands after "--". */
static void take_operand(struct opts *out, const char *word, bool after_dashes)
{
    if (out->file_count == 0 && !after_dashes && is_command(word, &out->command) && !out->named) {
        out->named = true;
        return;
    }
    out->files[out->file_count++] = word;
}

static bool check_commands(const struct opts *o, struct err *err)
{
    for (size_t i = 0; i < o->use_count; i++)
        if (!(opt_info[o->uses[i].id].commands & 1u << o->command))
            return err_set(err, ERR_USAGE, "'pgsift %s' has no option '--%s'",
                           command_info[o->command].name, opt_info[o->uses[i].id].name);
    return true;
}

bool opts_parse(struct arena *a, int argc, char **argv, struct opts *out, struct err *err)
{
    struct option longs[OPT_COUNT + 1] = {0};
    char shorts[2 * OPT_COUNT + 8];
    *out = (struct opts){0};
    out->uses = arena_calloc(a, (size_t)argc + 1, sizeof *out->uses);
    out->files = arena_calloc(a, (size_t)argc + 1, sizeof *out->files);
    fill_getopt(longs, shorts);
    optind = 0; /* glibc: start afresh */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        bool good = true;
        if (c == 1)
            take_operand(out, optarg, false);
        else if (c == '?' && (optopt || strcmp(argv[optind - 1], "-?") != 0))
            good = refuse(argv[optind - 1], err);
        else if (c == ':')
            good = refuse_missing(optopt, err);
        else
            good = take(out, c >= LONG_BASE ? c - LONG_BASE : by_letter(c), optarg, err);
        if (!good)
            return false;
        optopt = 0;
    }
    for (; optind < argc; optind++)
        take_operand(out, argv[optind], true);
    return check_commands(out, err);
}

/* "512MB", "1.5 GB", "8192": bytes. */
static bool read_size(struct str text, double *out)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"kb", 1024.0},          {"mb", 1048576.0}, {"gb", 1073741824.0},
                 {"tb", 1099511627776.0}, {"b", 1},          {"", 1}};
    size_t n = 0;
    while (n < text.len && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
        n++;
    double number;
    struct str unit = str_trim(str_sub(text, n, text.len));
    if (!str_to_double(str_sub(text, 0, n), &number) || !(number > 0))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (unit.len == strlen(units[i].unit) &&
            (!unit.len || str_is_nocase(unit, units[i].unit))) {
            *out = number * units[i].bytes;
            return true;
        }
    return false;
}

bool opts_size(const struct opts *o, enum opt_id id, double *bytes, struct err *err)
{
    const char *text = opts_value(o, id);
    if (!text || read_size(str_of(text), bytes))
        return true;
    return err_set(err, ERR_USAGE, "option '--%s' takes a size such as 512MB, not '%s'",
                   opt_info[id].name, text);
}
