/*
 * The size of a GIN index, from the tokens of the sample values in pg_stats: how often each
 * common token occurs, and how many rare ones there are likely to be. A token with few rows is
 * one entry with a compressed list of row pointers; one with many has a tree of pages of its own.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "advise/size_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

/* ---- tokens of the sample ---- */

/* From this share of the rows on a common value speaks for its tokens. */
#define COMMON_SHARE 0.01

struct token {
    uint64_t hash; /* 0: free slot */
    double share;  /* of the rows */
    size_t rows;   /* sample rows that have it */
    size_t last;   /* the last of them, plus 1 */
    double bytes;  /* of the key */
    bool known;    /* pg_stats tells its share */
    bool common;   /* in a common value: its share is no accident of the sample */
};

struct tokens {
    struct token *slot;
    size_t cap, count;
    size_t sample;     /* rows looked at so far */
    double weight;     /* of the current row */
    bool in_common;    /* the current row is a common value */
    double total;      /* tokens seen, each once a row */
    size_t known_seen; /* and those whose shares are known from elsewhere */
    struct arena *scratch;
    bool keys, values; /* jsonb: what becomes a token */
};

/* Sample values are few and short; beyond this many tokens the rest is not looked at. */
#define MAX_TOKENS (1u << 16)

static void token_add(struct tokens *t, uint64_t hash, double bytes)
{
    hash = hash ? hash : 1;
    if (t->count * 4 >= t->cap * 3)
        return;
    size_t i = hash & (t->cap - 1);
    while (t->slot[i].hash && t->slot[i].hash != hash)
        i = (i + 1) & (t->cap - 1);
    struct token *k = &t->slot[i];
    if (!k->hash) {
        *k = (struct token){.hash = hash, .bytes = bytes};
        t->count++;
    }
    t->known_seen += k->known;
    if (k->known || k->last == t->sample)
        return;
    k->common |= t->in_common && t->weight >= COMMON_SHARE;
    k->last = t->sample;
    k->rows++;
    k->share += t->weight;
    t->total++;
}

static uint64_t hash_bytes(const char *p, size_t n, uint64_t h)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 1099511628211u;
    return h ^ h >> 29;
}

#define HASH_START 14695981039346656037u

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Words without the commonest endings, much as a dictionary would leave them. */
static void add_words(struct tokens *t, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char word[64];
        size_t n = 0;
        while (i < text.len && is_word_char(text.p[i])) {
            if (n < sizeof(word))
                word[n++] = lower(text.p[i]);
            i++;
        }
        if (n > 3 && word[n - 1] == 's')
            n--;
        if (n > 1)
            token_add(t, hash_bytes(word, n, HASH_START), (double)n + 1);
    }
}

static void add_trigrams(struct tokens *t, struct str text)
{
    char last[2] = {' ', ' '};
    bool inside = false;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len && is_word_char(text.p[i]) ? lower(text.p[i]) : ' ';
        if (c == ' ' && !inside)
            continue;
        char tri[3] = {last[0], last[1], c};
        token_add(t, hash_bytes(tri, 3, HASH_START), 4);
        last[0] = c == ' ' ? ' ' : last[1];
        last[1] = c;
        inside = c != ' ';
        if (!inside)
            last[0] = last[1] = ' ';
    }
}

static void add_text(struct tokens *t, struct str s)
{
    token_add(t, hash_bytes(s.p, s.len, HASH_START), (double)s.len + 1);
}

static void add_elements(struct tokens *t, struct str array)
{
    for (size_t i = 1; i + 1 < array.len; i++) {
        size_t start = i;
        bool quoted = false;
        for (; i + 1 < array.len && (quoted || array.p[i] != ','); i++)
            quoted ^= array.p[i] == '"';
        struct str elem = str_sub(array, start, i);
        if (elem.len > 1 && elem.p[0] == '"')
            elem = str_sub(elem, 1, elem.len - 1);
        add_text(t, elem);
    }
}

/* Lexemes of a tsvector's text: 'word':1,2 'next':3 */
static void add_lexemes(struct tokens *t, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] != '\'')
            continue;
        size_t start = ++i;
        while (i < text.len && text.p[i] != '\'')
            i++;
        add_text(t, str_sub(text, start, i));
    }
}

/* Depth is bounded by the JSON reader. path: hash of the keys above (jsonb_path_ops). */
static void add_json(struct tokens *t, const struct json *v, uint64_t path)
{
    if (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY) {
        for (const struct json *c = v->child; c; c = c->next) {
            if (t->keys && v->kind == JSON_OBJECT)
                token_add(t, hash_bytes(c->key.p, c->key.len, HASH_START ^ 7),
                          (double)c->key.len + 2);
            add_json(t, c, t->keys ? path : hash_bytes(c->key.p, c->key.len, path));
        }
        return;
    }
    char number[32];
    struct str text = v->text;
    if (v->kind != JSON_STRING) {
        int n = snprintf(number, sizeof(number), "%d%.15g", v->kind,
                         v->kind == JSON_NUMBER ? v->number : (double)v->boolean);
        text = (struct str){number, (size_t)n};
    }
    token_add(t, hash_bytes(text.p, text.len, t->keys ? HASH_START : path),
              t->keys ? (double)text.len + 2 : 4);
}

static void add_document(struct tokens *t, struct str text)
{
    struct arena_mark mark = arena_mark(t->scratch);
    struct err err = {0};
    const struct json *doc = json_parse(t->scratch, text, &err);
    if (doc)
        add_json(t, doc, HASH_START);
    arena_reset(t->scratch, mark);
}

typedef void tokenizer(struct tokens *t, struct str text);

static tokenizer *tokenizer_of(const struct size_key *key)
{
    if (str_is(key->opclass, "gin_trgm_ops"))
        return add_trigrams;
    if (key->word_text)
        return add_words;
    if (str_is(key->base_type, "jsonb"))
        return add_document;
    if (str_is(key->base_type, "tsvector"))
        return add_lexemes;
    return str_ends(key->base_type, "[]") ? add_elements : add_words;
}

/* Elements of arrays and tsvector whose shares are known. */
static void read_elems(struct tokens *t, const struct size_key *key)
{
    const struct cat_stats *s = key->stats;
    double rows = 1 - size_null_frac(key);
    for (size_t i = 0; i < s->elem_count; i++) {
        t->weight = rows * s->elem_freqs[i];
        t->sample = i + 1; /* so that a repeated one counts once */
        add_text(t, s->elems[i]);
    }
    for (size_t i = 0; i < t->cap; i++)
        t->slot[i].known = t->slot[i].hash != 0;
    t->sample = 0;
    t->total = 0;
}

/* A value without any token is listed under an entry for such. */
static void add_row(struct tokens *t, tokenizer *add, struct str text)
{
    double before = t->total;
    size_t known = t->known_seen;
    add(t, text);
    if (t->total == before && t->known_seen == known)
        token_add(t, HASH_START ^ 0xE, 2);
}

static void read_sample(struct tokens *t, const struct size_key *key)
{
    const struct cat_stats *s = key->stats;
    tokenizer *add = tokenizer_of(key);
    if (add == add_elements || add == add_lexemes)
        read_elems(t, key);
    double rest = 1 - size_null_frac(key);
    for (size_t i = 0; i < s->mcv_count; i++) {
        t->sample++;
        t->weight = s->mcf[i];
        t->in_common = true;
        rest -= s->mcf[i];
        add_row(t, add, s->mcv[i]);
    }
    t->in_common = false;
    for (size_t i = 0; i < s->bound_count; i++) {
        t->sample++;
        t->weight = fmax(rest, 0) / (double)s->bound_count;
        add_row(t, add, s->bounds[i]);
    }
}

/* ---- what tokens take ---- */

#define POSTING_INLINE_MAX 2700.0 /* a longer list of row pointers gets its own pages */
#define POSTING_PAGE 7900.0       /* row pointer bytes in one of them */
#define ENTRY_FILL 0.58           /* entry pages after the splits of a build */

struct gin_sum {
    double entries, entry_bytes, data_pages;
};

/*
 * Bytes of n compressed row pointers: differences to the one before, seven bits a byte, where a
 * heap page counts 2048.
 */
static double posting_bytes(double n, double heap_pages)
{
    double per_page = n / fmax(heap_pages, 1);
    double same = per_page > 1e-9 ? 1 - (1 - exp(-per_page)) / per_page : 0;
    double near = 1 - exp(-7 * per_page), mid = 1 - exp(-1023 * per_page);
    double across = 2 * near + 3 * (mid - near) + 4 * (1 - mid);
    return n * (same + (1 - same) * across) + 8;
}

/* `count` tokens that each occur in n rows. */
static void add_tokens(struct gin_sum *sum, double count, double n, double key_bytes,
                       double heap_pages)
{
    double list = posting_bytes(n, heap_pages);
    sum->entries += count;
    if (list > POSTING_INLINE_MAX) {
        double leaves = ceil(list * 1.03 / POSTING_PAGE);
        sum->data_pages += count * (leaves > 1 ? leaves + 1 : 1);
        list = 0;
    }
    sum->entry_bytes += count * (size_align(8 + size_align(key_bytes, 2) + list, 8) + 4);
}

/* Tokens seen more often than this in the sample have a frequency; the rest is taken together. */
#define RARE 2

/*
 * How many different rare tokens the whole table has: the estimator that ANALYZE uses for distinct
 * values (Haas and Stokes), on tokens. Words follow Zipf's law, which it underestimates: for them
 * the geometric mean with the guaranteed-error estimator (Charikar and others).
 */
static double rare_distinct(double seen, double different, double once, double all, bool words)
{
    if (seen < 1 || once >= seen)
        return all;
    double duj = fmin(all, seen * different / (seen - once + once * seen / fmax(all, 1)));
    double gee = fmin(all, sqrt(all / seen) * once + different - once);
    return words && gee > duj ? sqrt(duj * gee) : duj;
}

static void sum_tokens(const struct tokens *t, const struct size_in *in, double rows,
                       struct gin_sum *sum)
{
    bool words = tokenizer_of(&in->keys[0]) == add_words;
    double seen = 0, different = 0, once = 0, share = 0, bytes = 0;
    for (size_t i = 0; i < t->cap; i++) {
        const struct token *k = &t->slot[i];
        if (!k->hash)
            continue;
        if (k->known || k->common || k->rows > RARE) {
            add_tokens(sum, 1, rows * k->share, k->bytes, in->pages);
            continue;
        }
        seen += (double)k->rows;
        different++;
        once += k->rows == 1;
        share += k->share;
        bytes += k->bytes;
    }
    double all = rows * share;
    if (different < 1 || all < 1)
        return;
    double distinct = fmax(1, rare_distinct(seen, different, once, all, words));
    add_tokens(sum, distinct, all / distinct, bytes / different, in->pages);
}

/* ANALYZE lists ten times its target of 100 elements, if there are as many. */
#define FULL_ELEM_LIST 900

/* Different words among n: this times the root of n (Heaps' law). */
#define VOCABULARY 30

/* Without sample values: one token per six bytes of text, a vocabulary that grows with the root. */
static void guess_tokens(const struct size_in *in, double rows, struct gin_sum *sum)
{
    const struct size_key *key = &in->keys[0];
    bool trigrams = str_is(key->opclass, "gin_trgm_ops");
    double per_row = trigrams ? size_mean_width(key) + 2 : size_mean_width(key) / 6 + 1;
    double all = rows * per_row;
    double distinct = trigrams ? fmin(all, 6000) : fmin(all, VOCABULARY * sqrt(all));
    add_tokens(sum, fmax(distinct, 1), all / fmax(distinct, 1), trigrams ? 4 : 8, in->pages);
}

/*
 * A tsvector column shows no sample values, only its most common lexemes: what its width has room
 * for besides them are rare ones. A lexeme takes its letters and some eight bytes for its place.
 */
static void rest_of_lexemes(const struct tokens *t, const struct size_in *in, double rows,
                            struct gin_sum *sum)
{
    double listed = 0, bytes = 0, count = 0, least = 1;
    for (size_t i = 0; i < t->cap; i++) {
        listed += t->slot[i].share;
        bytes += t->slot[i].bytes;
        count += t->slot[i].hash != 0;
        if (t->slot[i].hash)
            least = fmin(least, t->slot[i].share);
    }
    double letters = count > 0 ? bytes / count : 6;
    double rest = rows * ((size_mean_width(&in->keys[0]) - 6) / (letters + 7.5) - listed);
    if (rest < 1)
        return;
    /* None of them is more frequent than the last one listed; where the list is not full, they
     * are hardly ever the same (numbers, names). */
    double each = count >= FULL_ELEM_LIST ? fmax(rows * least / 2, 1) : 1.5;
    double distinct = rest / each;
    add_tokens(sum, fmax(distinct, 1), rest / fmax(distinct, 1), letters, in->pages);
}

void size_gin(const struct size_in *in, struct size_out *out)
{
    const struct size_key *key = &in->keys[0];
    const struct cat_stats *s = key->stats;
    bool sampled = s && s->known && s->mcv_count + s->bound_count + s->elem_count;
    struct gin_sum sum = {0, 0, 0};
    if (sampled) {
        bool path = str_is(key->opclass, "jsonb_path_ops");
        struct tokens t = {.cap = MAX_TOKENS, .scratch = arena_new(0), .keys = !path};
        t.slot = xcalloc(t.cap, sizeof(*t.slot));
        read_sample(&t, key);
        if (out->tuples * size_null_frac(key) >= 1) /* and so are NULLs */
            add_tokens(&sum, 1, out->tuples * size_null_frac(key), 2, in->pages);
        sum_tokens(&t, in, out->tuples, &sum);
        if (!t.sample)
            rest_of_lexemes(&t, in, out->tuples, &sum);
        free(t.slot);
        arena_free(t.scratch);
    } else {
        guess_tokens(in, out->tuples, &sum);
    }
    out->entries = sum.entries;
    out->entry_pages = fmax(1, ceil(sum.entry_bytes / (SIZE_PAGE_USABLE * ENTRY_FILL)));
    out->data_pages = sum.data_pages;
    out->pages = 1 + out->entry_pages + out->data_pages;
}
