#include "read/yaml_problem.h"

static const struct yaml_problem problems[] = {
    {"did not find expected key", "a key at this indentation", true, false},
    {"did not find expected '-' indicator", "'-' at this indentation", true, false},
    {"could not find expected ':'", "a key with ':' behind it", true, true},
    {"mapping values are not allowed in this context", "the end of the line", true, false},
    {"mapping keys are not allowed in this context", "the end of the line", true, false},
    {"block sequence entries are not allowed in this context", "the end of the line", true, false},
    {"found character that cannot start any token", "a key or a value", true, false},
    {"did not find expected ',' or ']'", "',' or ']'", false, false},
    {"did not find expected ',' or '}'", "',' or '}'", false, false},
    {"did not find expected node content", "a value", false, false},
    {"found unexpected ':'", "a value", false, false},
    {"found unexpected end of stream", "the closing quote of a string", false, false},
    {"found unexpected document indicator", "the closing quote of a string", false, false},
    {"found unknown escape character", "an escape sequence", false, false},
    {"did not find expected hexdecimal number", "hexadecimal digits", false, false},
    {"found invalid Unicode character escape code", "the code of a character", false, false},
};

const struct yaml_problem *yaml_problem_find(const char *problem)
{
    for (size_t i = 0; problem && i < sizeof problems / sizeof problems[0]; i++)
        if (strcmp(problem, problems[i].problem) == 0)
            return &problems[i];
    return NULL;
}

static size_t count_blanks(struct str line)
{
    size_t n = 0;
    while (n < line.len && line.p[n] == ' ')
        n++;
    return n;
}

/* The line looks like one more of the plan: indented, and with a key. */
static bool is_plan_line(struct str line, size_t root_column)
{
    return count_blanks(line) > root_column && str_find(line, ": ") >= 0;
}

size_t yaml_problem_early_end(struct str text, size_t root_column, size_t trouble)
{
    size_t start = trouble;
    while (start > 0 && text.p[start - 1] != '\n')
        start--;
    struct str rest = str_sub(text, start, text.len), line, next = {0};
    if (!str_line(&rest, &line) || count_blanks(line) > root_column)
        return 0;
    str_line(&rest, &next);
    return is_plan_line(next, root_column) ? 0 : start;
}
