/* Cases of tests/advice: what was wanted of them against what came, and their files. */
#ifndef TESTS_ADVICE_CHECK_H
#define TESTS_ADVICE_CHECK_H

#include <glob.h>
#include <stdio.h>

#include "advice_case.h"
#include "base/io.h"
#include "tap.h"

/* ---- what was wanted against what came ---- */

/* "public." is left out of what is shown. */
static void add_shown(struct buf *b, const char *columns)
{
    buf_adds(b, strncmp(columns, "public.", 7) == 0 ? columns + 7 : columns);
}

static bool is_form(struct str forms, struct str shown)
{
    while (forms.len) {
        ptrdiff_t bar = str_find(forms, " | ");
        size_t end = bar < 0 ? forms.len : (size_t)bar;
        if (str_eq(str_trim(str_sub(forms, 0, end)), shown))
            return true;
        forms = str_sub(forms, bar < 0 ? forms.len : end + 3, forms.len);
    }
    return false;
}

static bool has_index(const struct advice *adv, struct str forms)
{
    bool found = false;
    for (size_t i = 0; i < adv->index_count; i++) {
        struct buf shown = {0};
        add_shown(&shown, adv->indexes[i].columns);
        found |= is_form(forms, buf_str(&shown));
        buf_free(&shown);
    }
    return found;
}

static bool contains(const char *text, const char *words)
{
    return text && strstr(text, words);
}

/* Whether answers and notes say so; with all: what is said of indexes, too. */
static bool says(const struct advice *adv, const char *words, bool all)
{
    bool found = false;
    for (size_t i = 0; i < adv->query_count; i++)
        found |= contains(adv->queries[i].answer, words);
    for (size_t i = 0; i < adv->note_count; i++)
        found |= contains(adv->notes[i].text, words) || contains(adv->notes[i].instead, words);
    for (size_t i = 0; all && i < adv->index_count; i++) {
        const struct advice_index *x = &adv->indexes[i];
        found |= contains(x->rationale, words) || contains(x->up, words) ||
                 contains(x->down, words) || contains(x->before, words);
        for (size_t k = 0; k < x->caution_count; k++)
            found |= contains(x->cautions[k], words);
    }
    return found;
}

static bool replaces(const struct advice *adv, struct str name)
{
    for (size_t i = 0; i < adv->index_count; i++)
        for (size_t k = 0; k < adv->indexes[i].replace_count; k++)
            if (str_eq(adv->indexes[i].replaces[k]->name, name))
                return true;
    return false;
}

static void add_fault(struct buf *b, struct str want)
{
    buf_printf(b, "# wanted %.*s\n", STR_ARG(want));
}

static void check(struct arena *a, const struct advice_case *c, const struct advice *adv,
                  struct buf *faults)
{
    size_t indexes = 0;
    for (size_t i = 0; i < c->want_count; i++) {
        struct str want = c->wants[i];
        ptrdiff_t space = str_find(want, " ");
        struct str what = str_dup(a, str_trim(str_sub(want, (size_t)space, want.len)));
        bool good = str_starts(want, "#index")  ? has_index(adv, what)
                    : str_starts(want, "#none") ? !adv->index_count && says(adv, what.p, false)
                    : str_starts(want, "#says") ? says(adv, what.p, true)
                                                : replaces(adv, what);
        indexes += str_starts(want, "#index");
        if (!good)
            add_fault(faults, want);
    }
    bool counted = false;
    for (size_t i = 0; i < c->want_count; i++)
        counted |= str_starts(c->wants[i], "#index") || str_starts(c->wants[i], "#none");
    if (counted && adv->index_count != indexes)
        buf_printf(faults, "# wanted %zu indexes, not %zu\n", indexes, adv->index_count);
    for (size_t q = 0; q < adv->query_count; q++)
        if (!adv->queries[q].answer || !*adv->queries[q].answer)
            buf_printf(faults, "# query %zu has no answer\n", q);
}

static void print_got(const struct advice *adv)
{
    for (size_t i = 0; i < adv->index_count; i++)
        printf("# got    %s: %s, saves %.3f\n", adv->indexes[i].columns, adv->indexes[i].rationale,
               adv->indexes[i].marginal_share);
    for (size_t i = 0; i < adv->query_count; i++)
        printf("# answer %s (%.0f -> %.0f)\n", adv->queries[i].answer, adv->queries[i].cost_before,
               adv->queries[i].cost_after);
    for (size_t i = 0; i < adv->note_count; i++)
        printf("# note   %s%s%s\n", adv->notes[i].text, adv->notes[i].instead ? " INSTEAD " : "",
               adv->notes[i].instead ? adv->notes[i].instead : "");
}

/* ---- files ---- */

static struct str cut_case(struct str *rest)
{
    ptrdiff_t next = str_find(*rest, "\n## ");
    struct str text = str_sub(*rest, 0, next < 0 ? rest->len : (size_t)next + 1);
    *rest = str_sub(*rest, text.len, rest->len);
    return text;
}

static void read_lines(struct advice_case *c, struct str text)
{
    struct str line;
    while (str_line(&text, &line))
        if (!str_starts(line, "## "))
            case_line(c, line);
}

/* Each case of a file; the number of them. */
static size_t run_file(const char *path, void (*run_case)(const char *, const struct advice_case *))
{
    struct arena *a = arena_new(0);
    struct buf text = {0};
    struct err err = {0};
    size_t count = 0;
    if (!io_read_all(path, &text, &err))
        ok(false, "%s can be read", path);
    struct str rest = str_dup(a, buf_str(&text)), common = cut_case(&rest);
    while (rest.len) {
        struct advice_case c = {0};
        struct str body = cut_case(&rest), head = body;
        advice_limits_init(&c.limits);
        str_line(&head, &c.name);
        c.name = str_sub(c.name, 3, c.name.len);
        read_lines(&c, common);
        read_lines(&c, body);
        run_case(path + strlen("tests/advice/"), &c);
        case_release(&c);
        count++;
    }
    buf_free(&text);
    arena_free(a);
    return count;
}

/* All files; the number of cases. */
static size_t run_files(void (*run_case)(const char *, const struct advice_case *))
{
    glob_t files;
    size_t count = 0;
    if (glob("tests/advice/*.case", 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++)
            count += run_file(files.gl_pathv[i], run_case);
        globfree(&files);
    }
    return count;
}

#endif
