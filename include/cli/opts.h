/*
 * Commands and options, out of command.def and option.def.
 *
 * Parsing, help, completions and the manual page all read these two tables.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;
struct cli;

enum command_id {
#define COMMAND(id, name, run, operands, help) COMMAND_##id,
#include "cli/command.def"
#undef COMMAND
    COMMAND_COUNT
};

struct command_info {
    const char *name;
    int (*run)(struct cli *c); /* returns the exit status */
    const char *operands;
    const char *help;
};
extern const struct command_info command_info[COMMAND_COUNT];

enum opt_id {
#define OPT(id, name, letter, argument, arg, group, commands, common, help, more) OPT_##id,
#include "cli/option.def"
#undef OPT
    OPT_COUNT
};

enum opt_argument { ARGUMENT_NONE, ARGUMENT_REQUIRED, ARGUMENT_OPTIONAL };
enum opt_group {
    GROUP_OUTPUT,
    GROUP_ANALYSIS,
    GROUP_LOG,
    GROUP_SERVER,
    GROUP_TERMINAL,
    GROUP_OTHER,
    GROUP_COUNT
};
extern const char *const opt_group_title[GROUP_COUNT];

struct opt_info {
    const char *name;
    int letter; /* 0: none */
    enum opt_argument argument;
    const char *arg; /* its name, or all values that are allowed, joined with '|' */
    enum opt_group group;
    unsigned commands; /* bit 1 << command_id */
    bool common;
    const char *help, *more;
};
extern const struct opt_info opt_info[OPT_COUNT];

/* One option as given. */
struct opt_use {
    enum opt_id id;
    const char *arg; /* NULL: none */
};

struct opts {
    enum command_id command;
    bool named;           /* the command was named, not assumed */
    struct opt_use *uses; /* in the order given */
    size_t use_count;
    const char **files; /* operands */
    size_t file_count;
};

/* Parse a command line; strings are those of argv. False with ERR_USAGE. */
bool opts_parse(struct arena *a, int argc, char **argv, struct opts *out, struct err *err);
bool opts_given(const struct opts *o, enum opt_id id);
/* The last value given, NULL when there is none. */
const char *opts_value(const struct opts *o, enum opt_id id);
/* A whole number from `min` to `max`; *out is left alone when the option was not given. */
bool opts_int(const struct opts *o, enum opt_id id, int min, int max, int *out, struct err *err);
/* A time, "500ms", "30" (seconds), "2min", "1h", in milliseconds; *ms is left alone when the option
 * was not given. False with ERR_USAGE. */
bool opts_time(const struct opts *o, enum opt_id id, double *ms, struct err *err);
/* A size, "512MB", "1.5 GB", "8192", in bytes; *bytes is left alone when the option was not given.
 * False with ERR_USAGE. */
bool opts_size(const struct opts *o, enum opt_id id, double *bytes, struct err *err);

/* Whether the argument is one of a fixed set. */
bool opt_has_choices(const struct opt_info *o);
/* "text|plain" cut at the bars: false at the end. */
bool opt_next_choice(struct str *rest, struct str *choice);

#endif
