/*
 * What makes log readers stumble, one after the other (numbers: facts/log-formats.md, 5). Those
 * that are about the command are in tests/log.t, about the report in the tests of workloads.
 */
#include "../logfeed.h"
#include "../tap.h"

#define T "2026-11-22 07:33:11.264 UTC [24383] "
#define T2 "2026-11-22 07:33:12.000 UTC [24384] "
#define JSON_PLAN                                                                                  \
    "\t{\n\t  \"Query Text\": \"SELECT 1\",\n\t  \"Plan\": {\n\t    \"Node Type\": "               \
    "\"Result\"\n\t  }\n\t}\n"
#define CSV(pid, line, message)                                                                    \
    "2026-11-22 07:33:11.264 UTC,\"u\",\"d\"," pid ",\"[local]\",6b02." pid "," line               \
    ",\"SELECT\",2026-11-22 07:00:00 UTC,3/4,0,LOG,00000,\"" message                               \
    "\",,,,,,,,,\"psql\",\"client backend\",,-5\n"

static struct fed run(const char *text)
{
    struct fed f = {.limit = 0};
    fed_text(&f, str_of(text), 7, NULL);
    return f;
}

static void count(const char *text, size_t events, size_t whole, unsigned long long bad,
                  const char *what)
{
    struct fed f = run(text);
    bool good = f.count == events && f.whole == whole && f.stats.bad == bad;
    ok(good, "%s", what);
    if (!good)
        printf("# %zu events, %zu whole, %llu bad:\n# %.600s\n", f.count, f.whole, f.stats.bad,
               f.text.data ? f.text.data : "");
    fed_free(&f);
}

/* Does what came of the text hold this? */
static void has(const char *text, const char *part, const char *what)
{
    struct fed f = run(text);
    bool good = f.text.data && strstr(f.text.data, part);
    ok(good, "%s", what);
    if (!good)
        printf("# no \"%s\" in\n# %.900s\n", part, f.text.data ? f.text.data : "");
    fed_free(&f);
}

static void lacks(const char *text, const char *part, const char *what)
{
    struct fed f = run(text);
    ok(f.count && !strstr(f.text.data, part), "%s", what);
    fed_free(&f);
}

static void test_cuts(void)
{
    count(T "LOG:  duration: 1.000 ms  plan:\n\t{\n\t  \"Query Text\": \"SELECT 1\",\n", 1, 0, 1,
          "1: a JSON plan that the file ends in");
    count(CSV("1", "1",
              "duration: 1.000 ms  statement: SELECT 1") "2026-11-22 07:33:11.264 "
                                                         "UTC,\"u\",\"d\",1,\"[local]\",6b02.1,2,"
                                                         "\"SELECT\",2026-11-22 "
                                                         "07:00:00 UTC,3/4,0,LOG,00000,\"duration: "
                                                         "2.000 ms  statement: SEL",
          2, 1, 1, "1: a row that the file ends in");
    count("\t  \"Plan Rows\": 1\n\t}\n" T "LOG:  duration: 1.000 ms  statement: SELECT 1\n", 1, 1,
          0, "2: a file that begins in a plan");
    count("  \"\"Plan Rows\"\": 1\n}\",,,,,,,,,\"psql\",\"client backend\",,0\n" CSV(
              "1", "1", "duration: 1.000 ms  statement: SELECT 1"),
          1, 1, 0, "2: a csvlog that begins in a field");
    count("e\",\"pid\":7}\n{\"timestamp\":\"2026-11-22 07:33:11.264 "
          "UTC\",\"pid\":1,\"error_severity\":"
          "\"LOG\",\"message\":\"duration: 1.000 ms  statement: SELECT 1\"}\n",
          1, 1, 0, "2: a jsonlog that begins in an object");
}

static void test_glued(void)
{
    count(T "LOG:  duration: 1.000 ms  plan:\n\t{\n\t  \"Plan\": {\n\t    \"Node" T2
            "LOG:  duration: 2.000 ms  plan:\n" JSON_PLAN,
          2, 1, 1, "3: a plan broken off, the next one on the same line");
    has(T "LOG:  duration: 1.000 ms  plan:\n\t{\n\t  \"Plan\": {\n\t    \"Node" T2
          "LOG:  duration: 2.000 ms  statement: SELECT 2\n",
        "statement line=4 at=", "3: a statement behind a broken plan, with its line");
    count(T "LOG:  duration: 1.000 ms  statement: SELECT a, " T2
            "LOG:  duration: 2.000 ms  statement: SELECT 2\n",
          2, 1, 1, "3: a statement broken off");
    count(T "LOG:  duration: 1.000 ms  statement: SELECT 'a, " T2
            "LOG:  duration: 2.000 ms  statement: SELECT 2'\n",
          1, 1, 0, "3: what looks like that inside a literal");
    count("2026-11-22 07:33:11.264 UTC,\"u\",\"d\",1,\"[local]\",6b02.1,2,\"SELECT\",2026-11-22 "
          "07:00:00 UTC,3/4,0,LOG,00000,\"duration: 2.000 ms  statement: SEL" CSV(
              "1", "3", "duration: 1.000 ms  statement: SELECT 1")
              CSV("1", "4", "duration: 1.000 ms  statement: SELECT 2"),
          3, 2, 1, "3: a row broken off, the next one on the same line");
    count(
        "{\"timestamp\":\"2026-11-22 07:33:11.264 "
        "UTC\",\"pid\":1,\"mess{\"timestamp\":\"2026-11-22 "
        "07:33:11.264 UTC\",\"pid\":1,\"error_severity\":\"LOG\",\"message\":\"duration: 1.000 ms  "
        "statement: SELECT 1\"}\n{\"timestamp\":\"2026-11-22 07:33:11.264 UTC\",\"pid\":1,"
        "\"error_severity\":\"LOG\",\"message\":\"x\"}\n",
        2, 2, 1, "3: an object broken off, the next one on the same line");
    count(T "LOG:  duration: 1.000 ms  statement: SELECT 1\nlibpng warning: no\n\tSELECT 2\n" T
            "LOG:  duration: 2.000 ms  statement: SELECT 3\n",
          2, 2, 1, "3: a line of another program ends a record; nothing is glued to it");
}

static void test_prefixes(void)
{
    static const struct {
        const char *line, *prefix;
    } cases[] = {
        {"2026-11-22 07:33:21 UTC:[local]:postgres@corpus:[24968]:LOG:  duration: 1.000 ms  "
         "statement: S\n",
         "%t:%r:%u@%d:[%p]:"},
        {"2026-11-22 07:33:21 UTC:10.0.0.7(5122):postgres@corpus:[24968]:LOG:  duration: 1.000 ms  "
         "statement: S\n",
         "%t:%r:%u@%d:[%p]:"},
        {"2026-11-22 07:33:36 UTC-6b029ad0.64b0-LOG:  duration: 1.000 ms  statement: S\n",
         "%m-%c-"},
        {" sql_error_code = 00000 LOG:  duration: 1.000 ms  statement: S\n",
         " sql_error_code = %e "},
        {"1795332824.693 26277 LOG:  duration: 1.000 ms  statement: S\n", "%n %p "},
        {"2026-11-22 07:33:11 CET srv1 <me@shop> (77) LOG:  duration: 1.000 ms  statement: S\n",
         "%t %* <%u@%d> (%p) "},
        {"<2026-11-22 07:33:11.001 -03 host=10.1.2.3,user=me,db=shop,pid=77> LOG:  duration: 1.000 "
         "ms  statement: S\n",
         "<%m host=%h,user=%u,db=%d,pid=%p> "},
        {"LOG:  duration: 1.000 ms  statement: S\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fed f = run(cases[i].line);
        is_text(f.prefix, cases[i].prefix, "4: a prefix found out");
        ok(f.count == 1 && strstr(f.text.data, "statement line=1"), "4: and what is behind it");
        fed_free(&f);
    }
    struct log_options wrong = {.prefix = "%t:%r:%u@%d:[%p]:"};
    struct fed f = {.limit = 0};
    fed_text(&f, STR(T "LOG:  duration: 1.000 ms  statement: S\n"), 100, &wrong);
    ok(f.count == 0 && f.nothing.line == 1, "4: --prefix does not fit: the line that failed");
    ok(strstr(f.nothing.hint, "--prefix='%m [%p] '") != NULL, "4: and the one that would fit");
    fed_free(&f);
    count(
        "2026-11-22 07:33:21 UTC:[local]:u@d:[9]:LOG:  duration: 1.000 ms  statement: SELECT 1\n" T
        "LOG:  duration: 1.000 ms  statement: SELECT 2\n1795332824.693 26277 LOG:  duration: 1.000 "
        "ms  statement: S\n",
        3, 3, 0, "15: the prefix changes within a file");
}

static void test_pairs(void)
{
    static const char pair[] = T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
                                 "LOG:  duration: 2.000 ms  statement: SELECT 1\n";
    has(pair, "statement paired", "5: plan and statement of one execution");
    lacks(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
            "LOG:  duration: 2.000 ms  statement: SELECT 2\n",
          "paired", "5: another statement is no pair (sampled logs)");
    lacks(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T2
            "LOG:  duration: 2.000 ms  statement: SELECT 1\n",
          "paired", "5: nor is another process's");
    has(T "LOG:  duration: 1.000 ms  execute <unnamed>: SELECT 1\n" T
          "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN,
        "plan paired", "5: in the extended protocol a query's plan comes later");
    has(T "LOG:  statement: SELECT 1\n" T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
          "LOG:  duration: 2.000 ms\n",
        "statement paired line=9 at=210 us=1795332791264000 ms=2.000 pid=24383 sql=[SELECT 1]",
        "5: log_statement's text and the duration that comes alone");
    has(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T "CONTEXT:  SQL statement \"SELECT 1\"\n" T
          "\tPL/pgSQL function f() line 3\n",
        "plan nested", "6: a plan inside another statement");
    lacks(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
            "CONTEXT:  unnamed portal with parameters: $1 = 'SQL statement'\n",
          "nested", "7: parameters are no nesting");
    has(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
          "CONTEXT:  SQL function \"f\" statement 1\n\tunnamed portal with parameters: $1 = '1'\n",
        "plan nested", "7: but what stands before them is");
    lacks(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
            "CONTEXTE :  portail non nommé avec les paramètres : « $1 = 't' »\n",
          "nested", "7: in French too");
    has(T "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN T
          "LOG:  duration: 1.000 ms  plan:\n" JSON_PLAN,
        "batch=1", "8: the second plan of a text of several statements");
}

#define AT(ms) "2026-11-22 07:33:11." ms " UTC [24383] "
#define TEXT_PLAN(sql) "\tQuery Text: " sql "\n\tResult  (cost=0.00..0.01 rows=1 width=4)\n"

/* What the plans of a text say of others inside them: of the last one. */
static void inside(const char *text, unsigned long long plans, double ms, const char *what)
{
    struct fed f = run(text);
    bool good = f.inside == plans && fabs(f.inside_ms - ms) < 1e-9;
    ok(good, "%s", what);
    if (!good)
        printf("# %llu plans, %g ms\n", f.inside, f.inside_ms);
    fed_free(&f);
}

/* log_error_verbosity = terse: no CONTEXT. A process does one thing at a time, so that plans within
 * the time of another ran inside it. */
static void test_terse(void)
{
    inside(AT("100") "LOG:  duration: 50.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("110") "LOG:  duration: 40.000 ms  plan:\n" TEXT_PLAN("SELECT 2"),
           0, 0, "6: terse: longer than what it should be inside of");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("110") "LOG:  duration: 4.000 ms  plan:\n" TEXT_PLAN("SELECT 2")
                   AT("111") "LOG:  duration: 30.500 ms  plan:\n" TEXT_PLAN("SELECT f()"),
           2, 9, "6: terse: two plans within the time of the third");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("110") "LOG:  duration: 7.000 ms  plan:\n" TEXT_PLAN("SELECT g()")
                   AT("111") "LOG:  duration: 30.500 ms  plan:\n" TEXT_PLAN("SELECT f()"),
           2, 12, "6: terse: one after the other, not one inside the other");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("106") "LOG:  duration: 6.000 ms  plan:\n" TEXT_PLAN("SELECT 2"),
           0, 0, "6: terse: one after the other within the rounding of times");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1") T2
           "LOG:  duration: 5000.000 ms  plan:\n" TEXT_PLAN("SELECT 2"),
           0, 0, "6: terse: another process");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("190") "LOG:  duration: 150.000 ms  plan:\n" TEXT_PLAN(
                   "DECLARE c CURSOR FOR SELECT 2"),
           0, 0, "6: terse: a cursor's time is no span");
    inside(AT("100") "LOG:  duration: 5.000 ms  plan:\n" TEXT_PLAN("SELECT 1")
               AT("100") "CONTEXT:  SQL statement \"SELECT 1\"\n" AT(
                   "190") "LOG:  duration: 150.000 ms  plan:\n" TEXT_PLAN("SELECT f()"),
           0, 0, "6: with CONTEXT nothing has to be worked out");
}

static void test_fakes(void)
{
    count(T "LOG:  duration: 1.000 ms  statement: SELECT 'x\n\t" T
            "LOG:  duration: 9.000 ms  plan:\n\tQuery Text: fake'\n",
          1, 1, 0, "9: a record in a literal stays behind its TAB");
    count(CSV("1", "1",
              "duration: 1.000 ms  statement: SELECT 'x\n2026-11-22 07:00:00.000 "
              "UTC,\"\"evil\"\",\"\"d\"\",9,") CSV("1", "2", "x"),
          2, 2, 0, "9: a row in a literal stays in its quotes");
    count("2026-11-22 07:33:24 UTC [1]: user=u,db=d,app=mixed app: LOG:  [x],client=[local] LOG:  "
          "duration: 1.000 ms  statement: S\n",
          1, 1, 0, "10: an application called 'LOG:  [x]'");
    has("2026-11-22 07:33:24 UTC [1]: user=u,db=d,app=mixed app: LOG:  [x],client=[local] LOG:  "
        "duration: 1.000 ms  statement: S\n",
        "app=[mixed app: LOG:  [x]]", "10: and its name");
    has("2026-11-22 07:33:24.001 UTC [1] app=my LOG:  [x] LOG:  duration: 1.000 ms  statement: S\n"
        "2026-11-22 07:33:24.001 UTC [1] app=my LOG:  [x] DETAIL:  parameters: $1 = '2'\n",
        "params=[$1 = '2']", "10: last in the prefix: one clear line tells the others");
    has("2026-11-22 07:33:24.001 UTC [1] we ird,user=@weird db=%d, [x] LOG:  duration: 1.000 ms  "
        "statement: S\n",
        "user=[we ird,user=] db=[weird db=%d, [x]]", "10: odd users and databases");
}

static void test_words(void)
{
    has(T "LOG:  durée : 1.500 ms, instruction : SELECT 1\n",
        "statement line=1 at=0 us=1795332791264000 ms=1.500", "11: French");
    has(T "LOG:  期間: 0.158 ミリ秒  文: SELECT 1\n", "sql=[SELECT 1]", "11: Japanese");
    has(T "СООБЩЕНИЕ:  продолжительность: 3.000 мс, оператор: SELECT 1\n", "statement",
        "11: Russian");
    has(T "로그:  실행시간: 3.000 ms  S_1 구문분석: SELECT 1\n", "parse line=1",
        "11: Korean, name first");
    has(T "LOG:  Dauer: 1.000 ms  Ausführen Fetch von S_2/C_3: SELECT 1\n", "statement fetch",
        "11: German");
    has(T "LOG:  temporäre Datei: Pfad »base/pgsql_tmp/x«, Größe 4096\n", "temp=4096",
        "11: a temporary file");
    count(T "LOG:  duration: 1.000 ms  statement: SELECT 1\n" T "BROL:  what\n" T
            "LOG:  duration: 1.000 ms  statement: SELECT 1\n",
          3, 3, 0, "11: a prefix ends the text, whatever the word");
    has(T "NOTICE:  duration: 7.161 ms  plan:\n" JSON_PLAN, "plan line=1",
        "11: auto_explain.log_level");
    has(T "LOG:  00000: duration: 1.000 ms  statement: SELECT 1\n", "sql=[SELECT 1]",
        "verbose: the SQLSTATE");
    has(T "LOG:  duration: 1.000 ms  execute a b/c:d/po:rt/al: SELECT 1\n", "sql=[SELECT 1]",
        "names with blanks, slashes and colons");
}

static void test_bytes(void)
{
    has(T "LOG:  duration: 1.000 ms  statement: SELECT 'caf\xe9'\n", "caf\xe9",
        "12: bytes that are not UTF-8 stay");
    has("{\"timestamp\":\"2026-11-22 07:33:11.264 "
        "UTC\",\"pid\":1,\"error_severity\":\"LOG\",\"message\":\"duration: 1.000 ms  statement: "
        "SELECT 'caf\xe9'\"}\n",
        "caf\xe9", "12: in jsonlog too");
    has(T "LOG:  duration: 1.000 ms  statement: SELECT 1\r\n\t, 2\r\n", "sql=[SELECT 1\n, 2]\n",
        "13: CR LF throughout");
    has(T "LOG:  duration: 1.000 ms  statement: SELECT 1\r\n\t, 2\n", "sql=[SELECT 1\r\n, 2]",
        "13: a CR in a statement is data");
    has("\xEF\xBB\xBF" T "LOG:  duration: 1.000 ms  statement: SELECT 1\n", "statement line=1",
        "13: a byte order mark");
    struct fed f = {.limit = 0};
    static const char holes[] = T "LOG:  duration: 1.000 ms  statement: SEL\0\0\0ECT 1\n";
    fed_text(&f, (struct str){holes, sizeof holes - 1}, 5, NULL);
    ok(f.stats.nul_bytes == 3 && strstr(f.text.data, "sql=[SELECT 1]"),
       "13: NUL bytes are left out, and counted");
    fed_free(&f);
}

static void test_columns(void)
{
    static const char row12[] =
        "2026-11-22 07:33:11.264 UTC,\"u\",\"d\",1,\"[local]\",6b02.1,1,\"SELECT\",2026-11-22 "
        "07:00:00 UTC,3/4,0,LOG,00000,\"duration: 1.000 ms  statement: S\",,,,,,,,,\"psql\"\n";
    static const char row13[] =
        "2026-11-22 07:33:11.264 UTC,\"u\",\"d\",1,\"[local]\",6b02.1,2,\"SELECT\",2026-11-22 "
        "07:00:00 UTC,3/4,0,LOG,00000,\"duration: 1.000 ms  statement: "
        "S\",,,,,,,,,\"psql\",\"client backend\"\n";
    char text[2000];
    snprintf(text, sizeof text, "%s%s%s", row12, row13,
             CSV("1", "3", "duration: 1.000 ms  statement: S"));
    count(text, 3, 3, 0, "15: rows of 12, 13 and 14 in one file");
    count(CSV("1", "1", "duration: 1.000 ms  statement: S")
              CSV("1", "2", "duration: 1.000 ms  statement: S")
                  CSV("1", "1", "duration: 1.000 ms  statement: S")
                      CSV("1", "2", "duration: 1.000 ms  statement: S"),
          2, 2, 0, "16: the same records twice");
    count(CSV("1", "2", "duration: 1.000 ms  statement: S")
              CSV("1", "1", "duration: 1.000 ms  statement: S")
                  CSV("2", "1", "duration: 1.000 ms  statement: S"),
          3, 3, 0, "17: records out of order");
    has(CSV("1", "1", "duration: 1.000 ms  statement: S"), "id=-5", "20: a query id below zero");
}

static void test_size(void)
{
    struct buf b = {0};
    struct fed f = {.limit = 0};
    struct log_options small = {.record_cap = 4096};
    buf_adds(&b, T "LOG:  duration: 1.000 ms  statement: SELECT\n");
    for (int i = 0; i < 1000; i++)
        buf_adds(&b, "\t1234567890,\n");
    buf_adds(&b, T "LOG:  duration: 1.000 ms  statement: SELECT 2\n");
    fed_text(&f, buf_str(&b), 100, &small);
    ok(f.count == 2 && f.whole == 1 && f.stats.bad == 1,
       "21: a record longer than the cap, and the next");
    fed_free(&f);
    buf_free(&b);
    has(T "LOG:  duration: 1.000 ms  statement: SELECT 'abc[Your log message was truncated]\n",
        "statement cut", "21: what RDS cuts");
}

static void test_containers(void)
{
    has("2026-11-22T07:22:01.000000000Z stderr P " T "LOG:  duration: 1.000 ms  statement: SEL\n"
        "2026-11-22T07:22:01.000000000Z stderr F ECT 1\n",
        "sql=[SELECT 1]", "22: CRI's partial lines");
    has("{\"log\":\"" T "LOG:  duration: 1.000 ms  statement: SEL\",\"stream\":\"stderr\"}\n"
        "{\"log\":\"ECT 1\\n\",\"stream\":\"stderr\"}\n",
        "sql=[SELECT 1]", "22: docker's");
    has("Nov 22 07:28:46 db postgres[7]: [10-1] LOG:  duration: 1.000 ms  statement: SELECT\n"
        "Nov 22 07:28:46 db postgres[8]: [3-1] LOG:  duration: 2.000 ms  statement: SELECT 2\n"
        "Nov 22 07:28:46 db postgres[7]: [10-2] #011 1, \n"
        "Nov 22 07:28:46 db postgres[7]: [10-3] 2\n"
        "Nov 22 07:28:46 db postgres[7]: [10-4] DETAIL:  parameters: $1 = '1'\n",
        "pid=7 sql=[SELECT\n 1, 2] params=[$1 = '1']",
        "syslog: messages of two processes, chunks and sections");
}

static void test_times(void)
{
    has("2026-11-22 04:33:11.264 -03 [1] LOG:  duration: 1.000 ms  statement: S\n",
        "us=1795332791264000", "24: a zone as a number");
    has("2026-11-22 13:18:11.264 +0545 [1] LOG:  duration: 1.000 ms  statement: S\n",
        "us=1795332791264000", "24: with minutes");
    has("2026-11-22 08:33:11.264 CET [1] LOG:  duration: 1.000 ms  statement: S\n",
        "us=1795332791264000", "24: an abbreviation that is clear");
    has("2026-11-22 07:33:11.264 IST [1] LOG:  duration: 1.000 ms  statement: S\n",
        "us=1795332791264000", "24: one that is not is taken for UTC");
    has("1795332791.264 1 LOG:  duration: 1.000 ms  statement: S\n", "us=1795332791264000",
        "24: %n");
}

/* A record that one file begins and the next ends. */
static void test_rotation(void)
{
    struct fed f = {.limit = 0};
    struct log_options o = {.prefix = NULL};
    struct log *log = log_new(&o, fed_take, &f);
    static const char a[] = T "LOG:  duration: 1.000 ms  plan:\n\t{\n\t  \"Plan\": {\n",
                      b[] = "\t  }\n\t}\n" T "LOG:  duration: 1.000 ms  statement: S\n";
    log_file(log, STR("a"));
    log_feed(log, a, sizeof a - 1);
    log_file(log, STR("b"));
    log_feed(log, b, sizeof b - 1);
    fed_finish(&f, log);
    ok(f.count == 2 && f.whole == 2 && strstr(f.text.data, "body=[{\n  \"Plan\": {\n  }\n}]"),
       "30: rotation in the middle of a record");
    fed_free(&f);
}

int main(void)
{
    test_cuts();
    test_glued();
    test_prefixes();
    test_pairs();
    test_terse();
    test_fakes();
    test_words();
    test_bytes();
    test_columns();
    test_size();
    test_containers();
    test_times();
    test_rotation();
    count("", 0, 0, 0, "27: nothing");
    return done();
}
