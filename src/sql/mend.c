#include "sql/mend.h"

#include "sql/lex.h"

enum { AHEAD = 12 };

/* A window of tokens over the text. */
struct mender {
    struct lex lex;
    struct lex_token t[AHEAD];
    struct str sql;
    size_t copied;
    struct buf out;
};

static void advance(struct mender *m, size_t n)
{
    for (; n > 0; n--) {
        memmove(m->t, m->t + 1, (AHEAD - 1) * sizeof *m->t);
        lex_next(&m->lex, &m->t[AHEAD - 1]);
    }
}

static size_t end_of(const struct lex_token *t)
{
    return t->at + t->text.len;
}

static void copy_to(struct mender *m, size_t at)
{
    buf_addstr(&m->out, str_sub(m->sql, m->copied, at));
    m->copied = at;
}

/* How many tokens the name of a type takes that may stand before a literal; 0: it is none. */
static size_t type_length(const struct mender *m)
{
    static const char *const plain[] = {"interval", "date", "timestamptz", "timetz", "numeric",
                                        "uuid",     "inet", "jsonb",       "json"};
    const struct lex_token *t = m->t;
    bool zoned = lex_is_word(&t[0], "timestamp") || lex_is_word(&t[0], "time");
    size_t n = zoned;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        n |= lex_is_word(&t[0], plain[i]);
    if (n && lex_is(&t[1], "(") && t[2].kind == LEX_NUMBER && lex_is(&t[3], ")"))
        n = 4;
    if (zoned && (lex_is_word(&t[n], "with") || lex_is_word(&t[n], "without")) &&
        lex_is_word(&t[n + 1], "time") && lex_is_word(&t[n + 2], "zone"))
        n += 3;
    return n;
}

/* interval $1 */
static bool mend_type(struct mender *m)
{
    size_t n = type_length(m);
    if (!n || m->t[n].kind != LEX_PARAM)
        return false;
    struct str type = str_sub(m->sql, m->t[0].at, end_of(&m->t[n - 1]));
    copy_to(m, m->t[0].at);
    buf_printf(&m->out, "%.*s::%.*s", STR_ARG(m->t[n].text), STR_ARG(type));
    m->copied = end_of(&m->t[n]);
    advance(m, n + 1);
    return true;
}

/* extract($1 FROM x) */
static bool mend_extract(struct mender *m)
{
    if (!lex_is_word(&m->t[0], "extract") || !lex_is(&m->t[1], "(") || m->t[2].kind != LEX_PARAM ||
        !lex_is_word(&m->t[3], "from"))
        return false;
    copy_to(m, m->t[0].at);
    buf_printf(&m->out, "date_part(%.*s ,", STR_ARG(m->t[2].text));
    m->copied = end_of(&m->t[3]);
    advance(m, 4);
    return true;
}

struct str sql_mend(struct arena *a, struct str sql)
{
    struct mender m = {.lex = {.s = sql}, .sql = sql};
    advance(&m, AHEAD);
    while (m.t[0].kind != LEX_END)
        if (!mend_type(&m) && !mend_extract(&m))
            advance(&m, 1);
    if (!m.copied)
        return sql;
    copy_to(&m, sql.len);
    struct str out = str_dup(a, buf_str(&m.out));
    buf_free(&m.out);
    return out;
}
