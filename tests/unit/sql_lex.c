#include "sql/lex.h"

#include "tap.h"

/* The tokens of a text as "kind:text" with spaces between them. */
static void is_tokens(const char *sql, const char *want, const char *what)
{
    static const char *const kinds[] = {"end", "id", "qid", "str", "num", "par", "op", "p", "com"};
    struct buf b = {0};
    struct lex lex = {.s = str_of(sql)};
    for (struct lex_token t; lex_next(&lex, &t);) {
        if (b.len)
            buf_addc(&b, ' ');
        buf_adds(&b, kinds[t.kind]);
        buf_adds(&b, t.unterminated ? "!:" : ":");
        buf_addstr(&b, t.text);
    }
    is_text(b.data ? b.data : "", want, what);
    buf_free(&b);
}

int main(void)
{
    is_tokens("", "", "nothing");
    is_tokens("SELECT a.b,c", "id:SELECT id:a p:. id:b p:, id:c", "words and punctuation");
    is_tokens("'it''s' E'a\\'b' 'a\\'", "str:'it''s' str:E'a\\'b' str:'a\\'", "strings");
    is_tokens("B'101' X'1F' N'x' U&'d\\0061'", "str:B'101' str:X'1F' str:N'x' str:U&'d\\0061'",
              "strings with a prefix");
    is_tokens("\"a \"\"b\"\"\" u&\"x\"", "qid:\"a \"\"b\"\"\" qid:u&\"x\"", "quoted identifiers");
    is_tokens("$$a'b$$ $t$ $$ $t$ $1 a$1", "str:$$a'b$$ str:$t$ $$ $t$ par:$1 id:a$1",
              "dollar quotes and parameters");
    is_tokens("1 1.5 .5 1e3 1e 1..2 1.5e-3",
              "num:1 num:1.5 num:.5 num:1e3 num:1 id:e num:1 p:. "
              "num:.2 num:1.5e-3",
              "numbers");
    is_tokens("a<-1 b<>-1 c@-1 d||e",
              "id:a op:< op:- num:1 id:b op:<> op:- num:1 id:c op:@- num:1 "
              "id:d op:|| id:e",
              "an operator ends in a sign only with a special character in it");
    is_tokens("x::int[1:2] a:=b c=>d",
              "id:x op::: id:int p:[ num:1 p:: num:2 p:] id:a op::= id:b "
              "id:c op:=> id:d",
              "casts, slices, named arguments");
    is_tokens("a -- x\n b /* y /* z */ w */ c", "id:a id:b id:c", "comments nest");
    is_tokens("a*/**/b", "id:a op:* id:b", "a comment ends an operator");
    is_tokens("'abc", "str!:'abc", "string without end");
    is_tokens("$a$abc", "str!:$a$abc", "dollar string without end");
    is_tokens("\"abc", "qid!:\"abc", "identifier without end");
    is_tokens("h\xc3\xa9 \xc3\xa9", "id:h\xc3\xa9 id:\xc3\xa9", "letters beyond ASCII");
    is_tokens("?|?&", "op:?|?&", "question marks are operator characters");
    return done();
}
