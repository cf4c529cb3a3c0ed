/*
 * The command line: what every command shares.
 *
 * Exit statuses, as documented in pgsift(1): 0 fine; 1 findings as severe as --fail-on says;
 * 2 usage or unreadable input; 3 the server; 4 part of the input could not be read; 130
 * interrupted.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/io.h"
#include "cli/opts.h"
#include "report/report.h"

struct arena;

enum { EXIT_FOUND = 1, EXIT_USAGE = 2, EXIT_PARTIAL = 4 };

struct cli {
    struct arena *arena; /* of the run */
    struct opts opts;
    const char *output; /* -o FILE; NULL: standard output */
};

/* Commands: one file each. They return the exit status. */
#define COMMAND(id, name, run, operands, help) int run(struct cli *c);
#include "cli/command.def"
#undef COMMAND

/* Errors and warnings on standard error, as "pgsift: FILE:LINE:COLUMN: message", the line with a
 * caret under it, and a hint. source may be NULL. */
void cli_error(const char *source, const struct err *err);
void cli_warning(const char *source, const struct err *err);
/* A usage error, with the pointer to --help; returns the exit status. */
int cli_usage(const struct err *err);

/* Width, characters and colours by options, environment and terminal. False with ERR_USAGE. */
bool cli_style(const struct opts *o, struct report_style *out, struct err *err);

/*
 * Where the results go: -o FILE, standard output, or a pager when standard output is a
 * terminal and the text is longer than it is high. paged: text that a pager may show.
 */
struct cli_output {
    struct io_out out;
    bool paged;
};
bool cli_output_open(struct cli_output *o, const struct cli *c, bool paged, struct err *err);
/* False with ERR_IO when not everything could be written. */
bool cli_output_close(struct cli_output *o, struct err *err);
/* True when writing to `path` would overwrite one of the inputs. */
bool cli_overwrites_input(const char *path, const struct opts *o);

/* --help[=TOPIC], --version, --completion=SHELL. False with ERR_USAGE for a topic there is not. */
bool help_print(const char *topic, struct buf *out, struct err *err);
void help_version(struct buf *out);
void complete_print(const char *shell, struct buf *out);
/* Parts of the manual pages that come from the tables: "options", "findings", "thresholds"; false
 * when there is no such part. */
bool manual_print(const char *part, struct buf *out);

#endif
