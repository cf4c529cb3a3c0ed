/*
 * Physical lines into the lines of a text plan.
 *
 * Two things make a line longer than one line of the input. A string constant may hold a
 * raw newline: while a quote is open nothing is a node, whatever it looks like. And mail or
 * a terminal may have broken long lines: what cannot begin a line of a plan continues the
 * line before it, if that one is unfinished or as long as the break demands.
 */
#include "read/text.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"
#include "read/text_impl.h"
#include "read/text_query.h"

enum start {
    START_NONE, /* nothing that a line of a plan begins with */
    START_BLANK,
    START_ELLIPSIS,
    START_ARROW,
    START_NODE, /* no arrow, but figures */
    START_BARE, /* the name of a node and nothing else */
    START_LABEL,
    START_TOP,
    START_DETAIL, /* a key that EXPLAIN prints below nodes */
    START_KEY     /* any other "Key: value" */
};

struct physical {
    struct str raw;  /* without line end */
    struct str body; /* without indentation and arrow */
    unsigned column;
    size_t end; /* where the next line begins */
    enum start start;
    struct str key, value;
    struct text_node node; /* START_ARROW, NODE and BARE */
    bool figures, cut;
    struct str rest; /* what follows a node's figures */
};

enum wrap { WRAP_NONE, WRAP_SOFT, WRAP_HARD };

struct lexer {
    struct text_plan *p;
    struct str text;
    size_t pos;
    unsigned number; /* of the line at pos */
    bool in_query;   /* lines of the query text come before the root */
    struct text_query query;
    bool trusting, doubted; /* quotes of the query text: not asked; a line was taken for inside */
    bool seen_arrow, seen_top, ended;
    bool optional;          /* a node was seen that may take more children than it must */
    long needs;             /* children that the nodes so far still lack */
    unsigned worker_column; /* of the last "Worker N:" line of this node; 0: none */
    ptrdiff_t label;        /* line of a label that waits for its node; -1: none */
    struct str last;        /* the last physical line taken */
    /* the line being continued */
    bool joining;
    struct buf joined;
    size_t scanned; /* bytes of it that balance was worked out for */
    int parens;
    char quote;
    bool force_join; /* broken inside a quoted constant */
    enum wrap wrap;
    size_t wrap_width;
    int wrap_tries;
};

/* ---- looking at one line ---- */

static unsigned measure_indent(struct str s, size_t *bytes)
{
    size_t i = str_spaces(s, 0);
    unsigned column = (unsigned)i;
    for (; i < s.len && (s.p[i] == ' ' || s.p[i] == '\t'); i++)
        column = s.p[i] == '\t' ? (column / 8 + 1) * 8 : column + 1;
    *bytes = i;
    return column;
}

static bool is_label(struct str s)
{
    if (str_starts(s, "CTE ") && !str_starts(s, "CTE Scan on "))
        return str_find(s, ": ") < 0 && str_find(s, "(cost=") < 0 && str_find(s, "(actual") < 0;
    if (!str_starts(s, "InitPlan ") && !str_starts(s, "SubPlan "))
        return false;
    size_t i = (size_t)((const char *)memchr(s.p, ' ', s.len) - s.p) + 1, from = i;
    while (i < s.len && (isalnum((unsigned char)s.p[i]) || s.p[i] == '_'))
        i++;
    struct str rest = str_sub(s, i, s.len);
    return i > from && (rest.len == 0 || str_starts(rest, " (returns "));
}

static bool has_figures(struct str s)
{
    char last = s.p[s.len - 1];
    if (last != ')' && last != '.' && !memchr(s.p, '(', s.len))
        return false;
    return str_find(s, "(cost=") >= 0 || str_find(s, "(actual ") >= 0 ||
           str_find(s, "(never executed)") >= 0 || str_find(s, "(COST=") >= 0 ||
           str_find(s, "(actual...") >= 0 || str_find(s, "(cost...") >= 0;
}

/* "Seq Scan on s.t a": no more than a schema, a name and an alias; "Limit": nothing at all. */
static bool is_bare_node(const struct text_node *n, struct str rest)
{
    if (!n->type || (rest.len && !text_is_ellipsis(rest)))
        return false;
    bool wants_target = (node_info[n->type->type].traits & (TRAIT_SCAN | TRAIT_INDEX)) != 0 ||
                        n->type->type == NODE_MODIFY_TABLE;
    bool may_lack = n->type->type == NODE_FOREIGN_SCAN || n->type->type == NODE_CUSTOM_SCAN ||
                    n->type->type == NODE_NAMED_TUPLESTORE_SCAN;
    if (!n->target.len)
        return may_lack || !wants_target;
    if (!wants_target)
        return false;
    size_t words = 1;
    for (size_t i = 0; i < n->target.len && !memchr(n->target.p, '"', n->target.len); i++)
        words += n->target.p[i] == ' ';
    return words <= 2;
}

static void look_at_node(struct physical *ph)
{
    ph->node = text_title(ph->body, &ph->figures, &ph->rest, &ph->cut);
}

static enum start classify(const struct lexer *l, struct physical *ph)
{
    if (ph->body.len == 0)
        return START_BLANK;
    size_t arrow = text_arrow(ph->body);
    if (arrow) {
        ph->body = str_sub(ph->body, arrow, ph->body.len);
        return START_ARROW;
    }
    if (text_is_trigger(ph->body))
        return START_TOP;
    if (text_key(ph->body, &ph->key, &ph->value)) {
        if (text_is_top_key(ph->key)) {
            bool in_worker = l->worker_column && ph->column > l->worker_column;
            return str_is(ph->key, "JIT") && in_worker ? START_DETAIL : START_TOP;
        }
        return text_is_detail_key(ph->key) ? START_DETAIL : START_KEY;
    }
    if (text_is_ellipsis(ph->body))
        return START_ELLIPSIS;
    if (is_label(ph->body))
        return START_LABEL;
    bool figures = has_figures(ph->body);
    if (figures || ph->body.len < 400) {
        look_at_node(ph);
        if (ph->figures && ph->node.name.len && isalpha((unsigned char)ph->node.name.p[0]))
            return START_NODE;
        if (is_bare_node(&ph->node, ph->rest))
            return START_BARE;
    }
    return START_NONE;
}

static bool peek_at(const struct lexer *l, size_t pos, struct physical *ph)
{
    struct str rest = str_sub(l->text, pos, l->text.len), s;
    if (!str_line(&rest, &s))
        return false;
    size_t indent;
    *ph = (struct physical){.raw = s, .end = (size_t)(rest.p - l->text.p)};
    ph->column = measure_indent(s, &indent);
    ph->body = str_trim(str_sub(s, indent, s.len));
    ph->start = classify(l, ph);
    return true;
}

/* ---- adding lines and nodes ---- */

static void *grow(void *data, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return data;
    *cap = *cap ? *cap * 2 : 64;
    return xrealloc(data, *cap * size);
}

static struct text_line *last_line(struct lexer *l)
{
    return l->p->line_count ? &l->p->lines[l->p->line_count - 1] : NULL;
}

static struct text_node *last_node(struct lexer *l)
{
    return l->p->node_count ? &l->p->nodes[l->p->node_count - 1] : NULL;
}

/* What the figures of a node say about the whole plan. */
static void note_figures(struct text_plan *p, const struct text_node *n, struct str rest)
{
    p->has_time |= num_known(n->fig[FIG_TOTAL_TIME]) || num_known(n->fig[FIG_STARTUP_TIME]);
    p->has_actual |= num_known(n->fig[FIG_ROWS]) || num_known(n->fig[FIG_LOOPS]) ||
                     n->never_executed || p->has_time;
    p->has_costs |= num_known(n->fig[FIG_TOTAL_COST]);
    p->elided |= rest.len && text_is_ellipsis(rest);
}

/* The line being continued is whole: keep it, and read a node's line anew. */
static void finish_line(struct lexer *l)
{
    struct text_line *line = last_line(l);
    if (!l->joining || !line)
        return;
    line->body = str_dup(l->p->arena, str_trim(buf_str(&l->joined)));
    l->joining = false;
    if (line->kind != TEXT_NODE)
        return;
    struct text_node *old = last_node(l), n;
    bool figures, cut;
    struct str rest;
    n = text_title(line->body, &figures, &rest, &cut);
    n.at = old->at;
    n.label = old->label;
    *old = n;
    note_figures(l->p, &n, rest);
    l->p->tail_cut = cut;
}

static void add_line(struct lexer *l, const struct physical *ph, enum text_kind kind)
{
    struct text_plan *p = l->p;
    finish_line(l);
    p->lines = grow(p->lines, p->line_count, &p->line_cap, sizeof *p->lines);
    p->lines[p->line_count++] = (struct text_line){.body = ph->body,
                                                   .line = l->number,
                                                   .column = ph->column,
                                                   .kind = kind,
                                                   .arrow = ph->start == START_ARROW};
    l->scanned = 0;
    l->parens = 0;
    l->quote = 0;
    p->tail_cut = false;
}

static void add_node(struct lexer *l, struct physical *ph)
{
    struct text_plan *p = l->p;
    if (ph->start == START_ARROW)
        look_at_node(ph);
    add_line(l, ph, TEXT_NODE);
    p->nodes = grow(p->nodes, p->node_count, &p->node_cap, sizeof *p->nodes);
    struct text_node *n = &p->nodes[p->node_count++];
    *n = ph->node;
    n->at = p->line_count - 1;
    n->label = l->label;
    if (p->node_count == 1) {
        p->base = ph->column;
        p->head_cut = ph->start == START_ARROW;
        l->needs = 0;
    } else if (n->label < 0) {
        l->needs--;
    }
    l->needs += text_min_children(n);
    const struct node_info *info = &node_info[text_node_type(n)];
    l->optional |= info->max_children > info->min_children;
    l->label = -1;
    l->worker_column = 0;
    l->seen_arrow |= ph->start == START_ARROW;
    note_figures(p, n, ph->rest);
    p->tail_cut = ph->cut;
}

/* What a detail line says about the whole plan. */
static void note_detail(struct lexer *l, const struct physical *ph)
{
    struct text_plan *p = l->p;
    if (str_is(ph->key, "Buffers")) {
        p->has_buffers = true;
    } else if (str_is(ph->key, "I/O Timings")) {
        p->has_io_timing = true;
        p->shared_io_timing |= !str_starts(ph->value, "read=") && !str_starts(ph->value, "write=");
    } else if (str_is(ph->key, "WAL")) {
        p->has_wal = true;
    } else if (str_starts(ph->key, "Worker ")) {
        l->worker_column = ph->column + 1;
    }
    p->elided |= ph->value.len > 3 && str_ends(ph->value, " ...");
}

/* ---- quoted constants with raw newlines ---- */

/* Follow quotes and parentheses over s. */
static void scan(struct str s, int *parens, char *quote)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];
        if (*quote) {
            const char *close = memchr(s.p + i, *quote, s.len - i);
            if (!close)
                return;
            i = (size_t)(close - s.p);
            *quote = 0;
        } else if (c == '\'' || c == '"') {
            *quote = c;
        } else if (c == '(') {
            ++*parens;
        } else if (c == ')') {
            --*parens;
        }
    }
}

/* What may stand behind the closing quote of a constant that PostgreSQL printed. A letter
   cannot: then the quote opens another constant, and the one before was never complete. */
static bool closes_constant(struct str after)
{
    if (after.len == 0)
        return true;
    unsigned char c = (unsigned char)after.p[0];
    return !(isalnum(c) || c == '_' || c == '%' || c >= 0x80);
}

/* The quote that closes a constant which is open at pos; -1 when there is none to be believed. */
static ptrdiff_t find_close(struct str text, size_t pos, char quote)
{
    while (pos < text.len) {
        const char *hit = memchr(text.p + pos, quote, text.len - pos);
        if (!hit)
            return -1;
        size_t at = (size_t)(hit - text.p);
        if (at + 1 < text.len && text.p[at + 1] == quote) {
            pos = at + 2;
            continue;
        }
        return closes_constant(str_sub(text, at + 1, text.len)) ? (ptrdiff_t)at : -1;
    }
    return -1;
}

static size_t count_chars(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* ---- lines broken by mail or a terminal ---- */

/* Does a node's line end inside the parentheses of its figures? */
static bool breaks_figures(struct str s)
{
    if (str_find(s, "(cost=") < 0 && str_find(s, "(actual") < 0)
        return false;
    const char *open = memrchr(s.p, '(', s.len), *close = memrchr(s.p, ')', s.len);
    return open && (!close || open > close);
}

/* Words that stand behind a blank wherever a line was broken. */
static bool begins_figure(struct str s)
{
    static const char *const words[] = {
        "rows=", "loops=", "width=", "time=", "(cost=", "(actual ", "(never", "executed)"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_starts(s, words[i]))
            return true;
    return false;
}

/* Lines that were broken in a window of text. */
struct breaks {
    size_t hard, soft;             /* in mid-word, between words */
    size_t hard_width, soft_width; /* the longest of them */
    size_t width;                  /* the longest line at all */
};

/* Figures show how: a soft break leaves "rows=3" whole. */
static struct breaks count_breaks(struct str text)
{
    struct breaks b = {0, 0, 0, 0, 0};
    struct str line, next;
    for (int i = 0; i < 400 && str_line(&text, &line); i++) {
        struct str rest = text;
        size_t n = count_chars(line);
        b.width = n > b.width ? n : b.width;
        if (!breaks_figures(line) || !str_line(&rest, &next))
            continue;
        bool soft = begins_figure(str_trim(next));
        b.soft += soft;
        b.hard += !soft;
        size_t *widest = soft ? &b.soft_width : &b.hard_width;
        *widest = n > *widest ? n : *widest;
    }
    return b;
}

/* The start of a line some way before the last one. */
static size_t window_start(const struct lexer *l)
{
    enum { BEFORE = 16384 };
    size_t from = (size_t)(l->last.p - l->text.p);
    from = from > BEFORE ? from - BEFORE : 0;
    while (from > 0 && l->text.p[from - 1] != '\n')
        from--;
    return from;
}

/* Does s end in a letter or digit and next begin with one, and is the last word of s none that
   often stands before another? */
static bool is_cut_word(struct str s, struct str next)
{
    static const char *const words[] = {" with", " time", " AND",    " OR",
                                        " NOT",  " IS",   " double", " timestamp"};
    if (next.len > 1 && strchr("=:),.", next.p[0]) && next.p[1] != ' ')
        return true;
    if (!s.len || !next.len || !isalnum((unsigned char)s.p[s.len - 1]) ||
        !isalnum((unsigned char)next.p[0]))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_ends(s, words[i]))
            return false;
    return true;
}

/*
 * Were lines broken around here? Hard breaks cut at one width in mid-word; soft ones leave
 * whole words and lines of uneven length. Looks at a window around the last line, a few times
 * in a plan at most. stray: a line that begins nothing follows; where no node's line is broken
 * it says that the last one was, if that is the longest.
 */
static void detect_wrap(struct lexer *l, const struct physical *stray)
{
    if (l->wrap != WRAP_NONE || l->wrap_tries++ >= 8)
        return;
    size_t from = window_start(l), last = count_chars(l->last);
    struct breaks b = count_breaks(str_sub(l->text, from, l->text.len));
    if (b.hard || b.soft) {
        l->wrap = b.hard ? WRAP_HARD : WRAP_SOFT;
        l->wrap_width = b.hard ? b.hard_width : b.soft_width;
    } else if (stray && last + 2 >= b.width && b.width >= 60) {
        l->wrap = is_cut_word(l->last, stray->raw) ? WRAP_HARD : WRAP_SOFT;
        l->wrap_width = last;
    }
}

/* Is the last physical line so long that its next word had to go to another line? */
static bool is_full(const struct lexer *l, struct str next)
{
    size_t n = count_chars(l->last);
    if (l->wrap == WRAP_HARD)
        return n + 1 >= l->wrap_width && n <= l->wrap_width;
    size_t word = 0;
    while (word < next.len && next.p[word] != ' ')
        word++;
    return l->wrap == WRAP_SOFT && n + 1 + count_chars(str_sub(next, 0, word)) > l->wrap_width;
}

static void start_joining(struct lexer *l)
{
    if (l->joining)
        return;
    buf_clear(&l->joined);
    buf_addstr(&l->joined, last_line(l)->body);
    l->joining = true;
}

static size_t trailing_blanks(struct str s)
{
    size_t n = 0;
    while (n < s.len && (s.p[s.len - 1 - n] == ' ' || s.p[s.len - 1 - n] == '\t'))
        n++;
    return n;
}

/* Append a physical line to the logical one before it. */
static void join(struct lexer *l, const struct physical *ph)
{
    start_joining(l);
    size_t blanks = trailing_blanks(l->last), chars = count_chars(l->last);
    if (l->wrap == WRAP_HARD) {
        if (blanks == 0 && chars < l->wrap_width && l->wrap_width - chars <= 2)
            blanks = l->wrap_width - chars; /* a blank at the break was trimmed off */
        if (blanks == 0 && begins_figure(ph->raw))
            blanks = 1;
        buf_fill(&l->joined, ' ', blanks);
        buf_add(&l->joined, ph->raw.p, ph->raw.len - trailing_blanks(ph->raw));
    } else {
        buf_addc(&l->joined, ' ');
        buf_addstr(&l->joined, str_trim(ph->raw));
    }
    l->force_join = false;
}

/* Quotes and parentheses of the line before, as far as it goes now. */
static void balance(struct lexer *l)
{
    struct str s = l->joining ? buf_str(&l->joined) : last_line(l)->body;
    scan(str_sub(s, l->scanned, s.len), &l->parens, &l->quote);
    l->scanned = s.len;
}

/*
 * Take in the following lines while a quoted constant is open at the end of the last
 * one. In a plan whose lines were broken the rest is joined as a broken line instead.
 */
static void close_quotes(struct lexer *l)
{
    struct text_line *line = last_line(l);
    while (l->pos < l->text.len) {
        balance(l);
        if (!l->quote)
            return;
        if (str_ends(line->body, "...") || str_ends(line->body, "…")) {
            l->p->elided = true;
            return;
        }
        if (count_chars(l->last) >= 40)
            detect_wrap(l, NULL);
        if (l->wrap != WRAP_NONE && is_full(l, str_sub(l->text, l->pos, l->text.len))) {
            l->force_join = true;
            return;
        }
        ptrdiff_t close = find_close(l->text, l->pos, l->quote);
        if (close < 0)
            return;
        start_joining(l);
        struct str rest = str_sub(l->text, l->pos, l->text.len), s;
        while ((ptrdiff_t)l->pos <= close && str_line(&rest, &s)) {
            buf_addc(&l->joined, '\n');
            buf_addstr(&l->joined, s);
            l->last = s;
            l->pos = (size_t)(rest.p - l->text.p);
            l->number++;
        }
    }
}

static bool may_hold_constant(struct str body)
{
    return body.len && (memchr(body.p, '\'', body.len) || memchr(body.p, '"', body.len));
}

static void take(struct lexer *l, const struct physical *ph)
{
    l->last = ph->raw;
    l->pos = ph->end;
    l->number++;
}

/* ---- which lines belong to the plan ---- */

/* Does the plan go on at pos, a few keys that nobody knows passed over? */
static bool next_is_plan(const struct lexer *l, size_t pos)
{
    struct physical next;
    for (int i = 0; i < 8 && peek_at(l, pos, &next) && next.start == START_KEY; i++)
        pos = next.end;
    if (!peek_at(l, pos, &next))
        return false;
    bool bare = next.start == START_NODE && !l->seen_arrow && l->needs > 0;
    return bare || next.start == START_ARROW || next.start == START_DETAIL ||
           next.start == START_TOP;
}

static bool next_is_deeper_key(const struct lexer *l, const struct physical *ph)
{
    struct physical next;
    return peek_at(l, ph->end, &next) && next.column > ph->column &&
           (next.start == START_KEY || next.start == START_DETAIL);
}

/* After an empty line: does the plan go on? */
static bool goes_on(const struct lexer *l, const struct physical *next)
{
    switch (next->start) {
    case START_ARROW:
        return !l->seen_top && (next->column > l->p->base || l->needs > 0);
    case START_LABEL:
        return !l->seen_top;
    case START_DETAIL:
        return !l->seen_top && (next->column > l->p->base || next_is_plan(l, next->end));
    case START_TOP:
        return !l->ended && !str_starts(next->key, "Query Text");
    default:
        return false;
    }
}

static bool skip_blank_lines(struct lexer *l)
{
    struct physical ph;
    size_t pos = l->pos;
    unsigned lines = 0;
    while (peek_at(l, pos, &ph) && ph.start == START_BLANK)
        pos = ph.end, lines++;
    if (pos >= l->text.len || (!l->in_query && !goes_on(l, &ph)))
        return false;
    l->pos = pos;
    l->number += lines;
    l->last = (struct str){0};
    return true;
}

/* A node line: part of this plan, or the root of another? */
static bool belongs(const struct lexer *l, const struct physical *ph)
{
    if (l->seen_top)
        return false;
    bool deeper = ph->column > l->p->base;
    if (ph->start == START_ARROW)
        return deeper || !l->p->head_cut || l->needs > 0;
    if (ph->start == START_NODE)
        return deeper || (!l->seen_arrow && (l->needs > 0 || l->optional || l->label >= 0));
    bool bare = !l->p->has_costs && !l->p->has_actual;
    return !l->seen_arrow && bare && (l->needs > 0 || l->label >= 0);
}

/* "Update on t_1" below "Update on t": a target table, not a node. */
static bool is_target_table(struct lexer *l, const struct physical *ph)
{
    const struct text_node *n = last_node(l);
    return ph->start == START_BARE && ph->node.type && text_node_type(n) == NODE_MODIFY_TABLE &&
           (ph->node.type->type == NODE_MODIFY_TABLE || ph->node.type->type == NODE_FOREIGN_SCAN) &&
           (ph->column > l->p->lines[n->at].column || l->needs <= 1);
}

static bool is_noise(struct str body)
{
    return body.p[0] == '(' && str_ends(body, ")") && isdigit((unsigned char)body.p[1]);
}

/* Is the last line a node's, and its figures are still to come? */
static bool lacks_figures(struct lexer *l)
{
    const struct text_plan *p = l->p;
    const struct text_node *n = last_node(l);
    bool some = n->never_executed;
    for (int f = 0; f < FIG_COUNT; f++)
        some |= num_known(n->fig[f]);
    return p->tail_cut || (!some && (p->has_costs || p->has_actual));
}

/* The rest of a node's line. */
static bool continues_node(struct lexer *l, const struct physical *ph)
{
    if (ph->start == START_NONE && begins_figure(ph->body))
        return true;
    if (!lacks_figures(l))
        return false;
    detect_wrap(l, NULL);
    bool full = l->wrap != WRAP_NONE && is_full(l, ph->body);
    return full || (l->p->tail_cut && (ph->start == START_NONE || ph->start == START_KEY));
}

/*
 * May this line be the rest of the one before? A known key cannot, unless it stands where
 * no detail does and the line before is one that has such a field.
 */
static bool continues(struct lexer *l, const struct physical *ph)
{
    struct text_line *line = last_line(l);
    bool shallow = l->wrap == WRAP_HARD && line->kind == TEXT_DETAIL && ph->column < 4;
    bool outside = ph->column <= l->p->base || (shallow && ph->column < line->column);
    if (!l->last.p || is_noise(ph->body) || l->ended)
        return false;
    if (ph->start == START_DETAIL &&
        (l->wrap == WRAP_NONE || !outside || !text_goes_on(line->body, ph->key, ph->value)))
        return line->kind == TEXT_NODE && outside && l->wrap != WRAP_NONE && lacks_figures(l) &&
               is_full(l, ph->body);
    if (line->kind == TEXT_NODE && continues_node(l, ph))
        return true;
    if (ph->start != START_NONE && !(outside && ph->start != START_NODE))
        return false;
    balance(l);
    if (line->kind != TEXT_NODE && (l->parens > 0 || l->quote))
        return ph->start != START_BARE;
    if (ph->start == START_NONE)
        detect_wrap(l, outside && next_is_plan(l, ph->end) ? ph : NULL);
    if (ph->start == START_NONE && l->wrap == WRAP_SOFT && outside)
        return count_chars(l->last) * 3 >= l->wrap_width * 2;
    return l->wrap != WRAP_NONE && ph->start != START_BARE && is_full(l, ph->body);
}

/* "Trigger RI_ConstraintTrigger_a_16 for constraint", its name and figures in the next line. */
static bool begins_broken_trigger(const struct lexer *l, const struct physical *ph)
{
    struct physical next;
    return ph->start != START_TOP && str_starts(ph->body, "Trigger ") && !l->ended &&
           peek_at(l, ph->end, &next) && str_find(next.body, "calls=") >= 0;
}

static bool may_continue(enum start start)
{
    return start == START_NONE || start == START_KEY || start == START_DETAIL ||
           start == START_NODE || start == START_BARE;
}

/* "Key: value" that we do not know: below a node, or beside the tree. */
static bool add_unknown_key(struct lexer *l, struct physical *ph)
{
    if (ph->column > l->p->base) {
        add_line(l, ph, TEXT_DETAIL);
        note_detail(l, ph);
        return true;
    }
    if (l->ended)
        return false;
    if (ph->value.len == 0 && next_is_deeper_key(l, ph)) {
        add_line(l, ph, TEXT_TOP);
        l->seen_top = true;
        return true;
    }
    if (!next_is_plan(l, ph->end))
        return false;
    add_line(l, ph, l->seen_top ? TEXT_TOP : TEXT_DETAIL);
    return true;
}

/*
 * "JIT:" after a worker's line, where the indentation was lost: it is the worker's when the
 * tree goes on behind it.
 */
static bool is_worker_jit(const struct lexer *l, const struct physical *ph)
{
    struct physical next;
    size_t pos = ph->end;
    if (!str_is(ph->key, "JIT") || !l->worker_column)
        return false;
    for (int i = 0; i < 8 && peek_at(l, pos, &next) && text_is_jit_key(next.key); i++)
        pos = next.end;
    return peek_at(l, pos, &next) && (next.start == START_DETAIL || next.start == START_ARROW ||
                                      next.start == START_NODE || next.start == START_LABEL);
}

static bool add_top(struct lexer *l, struct physical *ph)
{
    if (is_worker_jit(l, ph)) {
        add_line(l, ph, TEXT_DETAIL);
        return true;
    }
    if (str_is(ph->key, "Query Text") || l->ended)
        return false;
    add_line(l, ph, TEXT_TOP);
    l->seen_top = true;
    l->ended |= str_is_nocase(ph->key, "Execution Time") || str_is_nocase(ph->key, "Total Runtime");
    return true;
}

/* A line that nothing is known of. */
static bool add_other(struct lexer *l, struct physical *ph)
{
    if (l->seen_top || ph->column <= l->p->base || is_noise(ph->body))
        return false;
    add_line(l, ph, TEXT_DETAIL);
    return true;
}

/* One line after the root. False: the plan ends before it. */
static bool lex_line(struct lexer *l, struct physical *ph)
{
    if (!l->force_join && begins_broken_trigger(l, ph)) {
        add_line(l, ph, TEXT_TOP);
        l->seen_top = l->force_join = true;
        return true;
    }
    if (l->force_join || (may_continue(ph->start) && continues(l, ph))) {
        detect_wrap(l, ph);
        join(l, ph);
        return true;
    }
    switch (ph->start) {
    case START_ARROW:
    case START_NODE:
    case START_BARE:
        if (is_target_table(l, ph))
            add_line(l, ph, TEXT_DETAIL);
        else if (belongs(l, ph))
            add_node(l, ph);
        else
            return ph->start == START_BARE && add_other(l, ph);
        return true;
    case START_LABEL:
        if (l->seen_top)
            return false;
        add_line(l, ph, TEXT_LABEL);
        l->label = (ptrdiff_t)l->p->line_count - 1;
        return true;
    case START_TOP:
        return add_top(l, ph);
    case START_DETAIL:
        if (l->ended && ph->column <= l->p->base)
            return false;
        add_line(l, ph, TEXT_DETAIL);
        note_detail(l, ph);
        return true;
    case START_KEY:
        return add_unknown_key(l, ph);
    case START_ELLIPSIS:
        l->p->elided = true;
        return true;
    default:
        return add_other(l, ph);
    }
}

/* ---- before the root ---- */

/* A line inside a literal of the query text is none of the plan's, whatever it looks like. */
static bool is_quoted(struct lexer *l)
{
    bool open = l->in_query && !l->trusting && text_query_is_open(&l->query);
    l->doubted |= open;
    return open;
}

static void add_query_line(struct lexer *l, const struct physical *ph)
{
    struct text_line *line = last_line(l);
    line->body.len = (size_t)(ph->body.p + ph->body.len - line->body.p);
    text_query_read(&l->query, ph->raw);
}

/* A line before the root: query text and parameters. False: this is no plan. */
static bool lex_before_root(struct lexer *l, struct physical *ph)
{
    if (ph->start != START_BLANK && is_quoted(l)) {
        add_query_line(l, ph);
        return true;
    }
    bool root = ph->start == START_NODE || ph->start == START_ARROW ||
                (ph->start == START_BARE && !l->in_query);
    if (root && l->in_query && ph->column > l->p->base)
        root = false;
    if (root) {
        add_node(l, ph);
        l->in_query = false;
        return true;
    }
    bool query = ph->start == START_TOP && str_starts(ph->key, "Query ");
    if (query && (!l->in_query || !str_is(ph->key, "Query Text"))) {
        add_line(l, ph, TEXT_TOP);
        l->p->base = ph->column;
        l->in_query = true;
        l->query = (struct text_query){0};
        text_query_read(&l->query, ph->value);
        return true;
    }
    if (!l->in_query || ph->start == START_BLANK)
        return l->in_query;
    add_query_line(l, ph);
    return true;
}

static bool lex_lines(struct lexer *l)
{
    struct physical ph;
    while (peek_at(l, l->pos, &ph)) {
        if (l->p->node_count == 0) {
            if (!lex_before_root(l, &ph))
                return false;
        } else if (ph.start == START_BLANK) {
            if (!skip_blank_lines(l))
                break;
            continue;
        } else if (!lex_line(l, &ph)) {
            break;
        }
        take(l, &ph);
        if (!l->in_query && l->p->node_count && may_hold_constant(ph.body) &&
            last_line(l)->kind != TEXT_TOP)
            close_quotes(l);
    }
    finish_line(l);
    return l->p->node_count > 0;
}

bool text_lex(struct text_plan *p, struct str text, size_t *used)
{
    struct lexer l = {.p = p, .text = text, .number = 1, .label = -1};
    bool good = lex_lines(&l);
    if (!good && l.doubted) { /* a quote that is none: backslashes without E */
        p->line_count = 0;
        buf_clear(&l.joined);
        l = (struct lexer){
            .p = p, .text = text, .number = 1, .label = -1, .joined = l.joined, .trusting = true};
        good = lex_lines(&l);
    }
    *used = l.pos;
    buf_free(&l.joined);
    return good;
}

/* ---- where a plan begins ---- */

/* What may follow a root that has no figures. */
static bool follows_root(const struct lexer *l, const struct physical *root)
{
    struct physical next;
    size_t pos = root->end;
    while (peek_at(l, pos, &next) && next.start == START_BLANK)
        pos = next.end;
    if (pos >= l->text.len)
        return false;
    return next.start == START_ARROW || next.start == START_LABEL || begins_figure(next.body) ||
           (next.column > root->column &&
            (next.start == START_DETAIL || (next.start == START_KEY && next.value.len))) ||
           (next.column == root->column && next.start == START_DETAIL);
}

bool text_begins(struct str text, bool sure)
{
    struct lexer l = {.text = text, .label = -1};
    struct physical ph;
    if (!peek_at(&l, 0, &ph))
        return false;
    if (ph.start == START_ARROW)
        look_at_node(&ph);
    switch (ph.start) {
    case START_NODE:
        return true;
    case START_ARROW:
        return ph.figures || is_bare_node(&ph.node, ph.rest);
    case START_BARE:
        return sure || follows_root(&l, &ph);
    case START_TOP:
        return str_is(ph.key, "Query Text");
    default:
        return false;
    }
}

bool text_begins_below_root(struct str text)
{
    struct str line = {0};
    str_line(&text, &line);
    return text_arrow(str_trim(line)) > 0;
}

void text_plan_init(struct text_plan *p)
{
    *p = (struct text_plan){.arena = arena_new(0)};
}

void text_plan_release(struct text_plan *p)
{
    arena_free(p->arena);
    free(p->lines);
    free(p->nodes);
}
