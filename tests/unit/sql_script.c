#include "sql/script.h"

#include "base/arena.h"
#include "tap.h"

static void add_number(struct buf *b, const char *what, double v)
{
    if (!isnan(v))
        buf_printf(b, " %s=%.4g", what, v);
}

/* "line[name calls rows weight] text", one a line; problems as "!line text". */
static const char *shown(struct arena *a, const char *text)
{
    struct script s;
    struct buf b = {0};
    script_read(a, str_of(text), &s);
    for (size_t i = 0; i < s.query_count; i++) {
        const struct script_query *q = &s.queries[i];
        buf_printf(&b, "%zu", q->line);
        if (q->name.p)
            buf_printf(&b, " <%.*s>", STR_ARG(q->name));
        add_number(&b, "calls", q->calls);
        add_number(&b, "rows", q->rows);
        add_number(&b, "weight", q->weight);
        buf_printf(&b, ": %.*s\n", STR_ARG(q->text));
        if (memcmp(text + q->offset, q->text.p, q->text.len) != 0)
            buf_adds(&b, "WRONG OFFSET\n");
    }
    for (size_t i = 0; i < s.problem_count; i++)
        buf_printf(&b, "!%zu %.*s\n", s.problems[i].line, STR_ARG(s.problems[i].text));
    const char *out = arena_strdup(a, b.data ? b.data : "");
    buf_free(&b);
    return out;
}

int main(void)
{
    struct arena *a = arena_new(0);
    is_text(shown(a, ""), "", "empty file");
    is_text(shown(a, "-- nothing\n\n;;"), "", "comments and semicolons only");
    is_text(shown(a, "select 1; select 2"), "1: select 1\n1: select 2\n", "last without semicolon");
    is_text(shown(a, "\n\nselect 1\n  from t;\n-- x\nselect 2;"),
            "3: select 1\n  from t\n6: select 2\n", "lines");
    is_text(shown(a, "select ';' , \";\", $$;$$, $a$;$a$ /* ; */ -- ;\n;select 2"),
            "1: select ';' , \";\", $$;$$, $a$;$a$\n2: select 2\n", "semicolons inside");
    is_text(shown(a, "-- name: a b\n-- calls: 5000/day\n-- rows: 50\n-- weight: 3\nselect 1;\n"
                     "select 2;"),
            "5 <a b> calls=5000 rows=50 weight=3: select 1\n6: select 2\n", "notes, for one only");
    is_text(shown(a, "/* Name : x\n * calls: 2 per hour\n */\nselect 1;"),
            "4 <x> calls=48: select 1\n", "notes in a block comment");
    is_text(shown(a, "-- name: GetTask :one\nselect 1;\n-- :name get-task :? :1\nselect 2;"),
            "2 <GetTask>: select 1\n4 <get-task>: select 2\n", "names of sqlc and HugSQL");
    is_text(shown(a, "-- calls: 1,200/min\nselect 1;\n-- calls: 5k/day\nselect 2;\n"
                     "-- calls: 7 / week\nselect 3;\n-- calls: 0.5/s\nselect 4;\n-- calls: 9\n"
                     "select 5;"),
            "2 calls=1.728e+06: select 1\n4 calls=5000: select 2\n6 calls=1: select 3\n"
            "8 calls=4.32e+04: select 4\n10 calls=9: select 5\n",
            "rates");
    is_text(shown(a, "-- calls: often\nselect 1;\n-- calls: 5/fortnight\nselect 2;"),
            "2: select 1\n4: select 2\n!1 calls: often\n!3 calls: 5/fortnight\n",
            "unreadable rates");
    is_text(shown(a, "select 1; -- name: not for the next\nselect 2;"),
            "1: select 1\n2: select 2\n", "a comment behind a statement is its own");
    is_text(shown(a, "select 1 -- name: x\n;select 2;"), "1: select 1\n2: select 2\n",
            "nor is one inside");
    is_text(shown(a, "\\set x 1; y\n\\timing on\nselect :x;\n\\i other.sql\nselect 2 \\gexec\n"
                     "select 3 \\; select 4;"),
            "3: select :x\n5: select 2\n6: select 3\n6: select 4\n", "psql's commands");
    is_text(shown(a, "select 1;\ncopy t from stdin;\n1\tit's; a\n\\.\nselect 2;"),
            "1: select 1\n2: copy t from stdin\n5: select 2\n", "data of COPY");
    is_text(shown(a, "select (1;\nselect 2;"), "1: select (1\n2: select 2\n",
            "an open parenthesis costs one statement");
    is_text(shown(a, "select 'abc;\nselect 2;\nselect 3;"),
            "1: select 'abc\n2: select 2\n3: select 3\n", "an open constant costs one");
    is_text(shown(a, "select 'abc;\nselect 'x' from t;\n\nselect 'y', 'z';\n-- name: n\nselect 4;"),
            "1: select 'abc\n2: select 'x' from t\n4: select 'y', 'z'\n6 <n>: select 4\n",
            "so it does when others have constants");
    is_text(shown(a, "insert into s values ('a;\nselect 1;\n');\nselect 2;"),
            "1: insert into s values ('a;\nselect 1;\n')\n4: select 2\n",
            "a constant that holds a script stays whole");
    is_text(shown(a, "select \"abc;\nselect 2;"), "1: select \"abc\n2: select 2\n",
            "an open name costs one");
    is_text(shown(a, "select $$ abc;\nselect 2;"), "1: select $$ abc\n2: select 2\n",
            "an open dollar constant costs one");
    is_text(shown(a, "select 1 /* abc;\nselect 2;"), "1: select 1 /* abc\n2: select 2\n",
            "an open comment costs one");
    is_text(shown(a, "\xef\xbb\xbfselect 1;\r\nselect 2;\r\n"), "1: select 1\n2: select 2\n",
            "byte order mark and CRLF");
    arena_free(a);
    return done();
}
