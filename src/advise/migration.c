#include "advise/migration.h"

#include "advise/advise.h"
#include "base/arena.h"
#include "base/err.h"
#include "sql/lex.h"
#include "sql/parse.h"

/* ---- what statements lock ---- */

struct kind {
    const char *words; /* key words that the statement begins with or has, in this order */
    bool strong;       /* others wait while it waits: not for long */
    const char *note;
};

/* The first that fits counts. Locks: PostgreSQL manual, "Explicit Locking". */
static const struct kind kinds[] = {
    {"create extension", false, "Locks nothing that queries use. Needs the right to create it."},
    {"create index concurrently", false,
     "Reads and writes go on (SHARE UPDATE EXCLUSIVE: only other DDL and VACUUM wait). Reads the "
     "table twice, and waits for every transaction that is older than it, so let none stay open."},
    {"create index only", true,
     "A moment: an entry in the system catalogs, no data (SHARE). Invalid until all partitions are "
     "attached."},
    {"create index", true, "Writes wait until it is built (SHARE). Nobody else uses the table."},
    {"alter index attach", true,
     "A moment (SHARE UPDATE EXCLUSIVE on the indexes, ACCESS SHARE on the table)."},
    {"analyze", false,
     "Reads a sample; reads and writes go on (SHARE UPDATE EXCLUSIVE). Gathers the expression's "
     "statistics."},
    {"drop index concurrently", false,
     "Reads and writes go on (SHARE UPDATE EXCLUSIVE). Waits for transactions that use the index."},
    {"drop index", true, "A moment, but nobody reads or writes meanwhile (ACCESS EXCLUSIVE)."},
    {"", true, "Look up what it locks."},
};

/* Whether the words occur in the statement in this order, the first of them first. */
static bool has_words(struct str sql, struct str words)
{
    struct lex lex = {.s = sql};
    struct lex_token t;
    for (bool first = true; words.len; first = false) {
        ptrdiff_t space = str_find(words, " ");
        size_t end = space < 0 ? words.len : (size_t)space;
        char word[32] = {0};
        memcpy(word, words.p, end < sizeof word - 1 ? end : sizeof word - 1);
        bool found = false;
        while (!found && lex_next(&lex, &t)) {
            found = lex_is_word(&t, word);
            if (first && !found)
                return false;
        }
        if (!found)
            return false;
        words = str_trim(str_sub(words, end, words.len));
    }
    return true;
}

static const struct kind *kind_of(struct str sql)
{
    const struct kind *k = kinds;
    while (!has_words(sql, str_of(k->words)))
        k++;
    return k;
}

/* ---- writing ---- */

static void add_timeout(struct buf *b, bool strong, int *current)
{
    if (*current == (int)strong)
        return;
    *current = strong;
    buf_adds(b, strong ? "SET lock_timeout = '5s';\n" : "SET lock_timeout = 0;\n");
}

static void add_comment(struct buf *b, struct str text)
{
    enum { WIDTH = 92 };
    size_t column = 0;
    while (text.len) {
        ptrdiff_t space = str_find(text, " ");
        size_t end = space < 0 ? text.len : (size_t)space;
        if (column && column + 1 + end > WIDTH) {
            buf_addc(b, '\n');
            column = 0;
        }
        buf_adds(b, column ? " " : "-- ");
        buf_addstr(b, str_sub(text, 0, end));
        column += (column ? 1 : 3) + end;
        text = str_trim(str_sub(text, end, text.len));
    }
    buf_addc(b, '\n');
}

static void add_statements(struct arena *a, const char *sql, int *timeout, struct buf *b)
{
    struct sql_part *parts;
    size_t count;
    struct err err = {0};
    if (!sql_split(a, str_of(sql), &parts, &count, &err)) {
        buf_adds(b, sql);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct str text = str_trim(parts[i].text);
        const struct kind *k = kind_of(text);
        if (!text.len)
            continue;
        add_timeout(b, k->strong, timeout);
        add_comment(b, str_of(k->note));
        buf_addstr(b, text);
        buf_adds(b, ";\n");
    }
    buf_addc(b, '\n');
}

static void add_head(struct buf *b, const char *what)
{
    buf_printf(
        b,
        "-- %s\n"
        "-- Run it statement by statement, outside a transaction block (psql -f does): "
        "CONCURRENTLY\n"
        "-- refuses to run inside one. Replicas get the indexes through the write-ahead log; "
        "there\n"
        "-- too, a long query can hold up the replay of a DROP INDEX.\n"
        "-- If a CREATE INDEX CONCURRENTLY fails it leaves an invalid index behind, which "
        "costs writes\n"
        "-- and serves nothing, and which IF NOT EXISTS would take for a good one. To find "
        "those:\n"
        "--   SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;\n"
        "-- Drop them (DROP INDEX CONCURRENTLY), then run the statement again.\n\n"
        "SET statement_timeout = 0;\n",
        what);
}

static void add_index(struct arena *a, const struct advice_index *x, const char *sql, int *timeout,
                      struct buf *b)
{
    struct buf title = {0};
    buf_printf(&title, "%s: %s. %s.", x->id, x->columns, x->rationale);
    for (size_t i = 0; i < title.len; i++)
        if (title.data[i] == '\n' || title.data[i] == '\r')
            title.data[i] = ' ';
    add_comment(b, buf_str(&title));
    buf_free(&title);
    add_statements(a, sql, timeout, b);
}

void migration_up(struct arena *a, const struct advice *adv, struct buf *out)
{
    int timeout = -1;
    add_head(out, "Indexes proposed by pgsift.");
    for (size_t i = 0; i < adv->index_count; i++)
        add_index(a, &adv->indexes[i], adv->indexes[i].up, &timeout, out);
}

void migration_down(struct arena *a, const struct advice *adv, struct buf *out)
{
    int timeout = -1;
    add_head(out, "Takes back what pgsift_indexes.up.sql did.");
    for (size_t i = adv->index_count; i-- > 0;)
        add_index(a, &adv->indexes[i], adv->indexes[i].down, &timeout, out);
}
