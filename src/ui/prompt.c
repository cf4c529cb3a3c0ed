#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"

void history_add(struct history *h, struct str line)
{
    if (line.len == 0 || (h->count && str_is(line, h->items[h->count - 1])))
        return;
    if (h->count == HISTORY_MAX) {
        free(h->items[0]);
        memmove(h->items, h->items + 1, (HISTORY_MAX - 1) * sizeof *h->items);
        h->count--;
    }
    if (!h->items)
        h->items = xcalloc(HISTORY_MAX, sizeof *h->items);
    char *copy = xmalloc(line.len + 1);
    memcpy(copy, line.p, line.len);
    copy[line.len] = '\0';
    h->items[h->count++] = copy;
}

void history_release(struct history *h)
{
    for (int i = 0; i < h->count; i++)
        free(h->items[i]);
    free(h->items);
    *h = (struct history){0};
}

void prompt_set(struct prompt *p, struct str text)
{
    buf_clear(&p->text);
    buf_reserve(&p->text, text.len + 1); /* data is never NULL from here on */
    buf_addstr(&p->text, text);
    p->at = p->text.len;
}

void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, struct str text)
{
    p->kind = kind;
    snprintf(p->label, sizeof p->label, "%s", label);
    p->recall = -1;
    prompt_set(p, text);
}

void prompt_close(struct prompt *p)
{
    p->kind = PROMPT_NONE;
}

void prompt_release(struct prompt *p)
{
    buf_free(&p->text);
    buf_free(&p->typed);
}

static size_t before(const struct prompt *p, size_t at)
{
    while (at > 0) {
        at--;
        if (((unsigned char)p->text.data[at] & 0xC0) != 0x80)
            break;
    }
    return at;
}

static size_t after(const struct prompt *p, size_t at)
{
    if (at < p->text.len)
        at++;
    while (at < p->text.len && ((unsigned char)p->text.data[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void cut_out(struct prompt *p, size_t from, size_t to)
{
    if (to <= from)
        return;
    memmove(p->text.data + from, p->text.data + to, p->text.len - to + 1);
    p->text.len -= to - from;
    p->at = from;
}

static void put_in(struct prompt *p, struct str s)
{
    if (s.len == 0)
        return;
    buf_reserve(&p->text, s.len + 1);
    memmove(p->text.data + p->at + s.len, p->text.data + p->at, p->text.len - p->at);
    memcpy(p->text.data + p->at, s.p, s.len);
    p->text.len += s.len;
    p->text.data[p->text.len] = '\0';
    p->at += s.len;
}

static void put_code(struct prompt *p, uint32_t code)
{
    struct buf b = {0};
    text_add_utf8(&b, code);
    put_in(p, buf_str(&b));
    buf_free(&b);
}

/* Line ends and tabs of pasted text become blanks, other control characters go. */
static void put_pasted(struct prompt *p, struct str s)
{
    struct buf b = {0};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\n' || c == '\t' || c == '\r')
            c = ' ';
        if (c >= 0x20 && c != 0x7F)
            buf_addc(&b, (char)c);
    }
    struct str text = str_trim(buf_str(&b));
    if (text_is_utf8(text))
        put_in(p, text);
    buf_free(&b);
}

static size_t word_start(const struct prompt *p)
{
    size_t at = p->at;
    while (at > 0 && p->text.data[at - 1] == ' ')
        at--;
    while (at > 0 && p->text.data[at - 1] != ' ')
        at--;
    return at;
}

static enum prompt_result look_back(struct prompt *p, const struct history *h, int step)
{
    int shown = p->recall < 0 ? h->count : p->recall;
    int next = shown + step;
    if (next < 0 || next > h->count || h->count == 0)
        return PROMPT_GOES_ON;
    if (p->recall < 0) {
        buf_clear(&p->typed);
        buf_addstr(&p->typed, buf_str(&p->text));
    }
    p->recall = next == h->count ? -1 : next;
    prompt_set(p, next == h->count ? buf_str(&p->typed) : str_of(h->items[next]));
    return PROMPT_EDITED;
}

static enum prompt_result move(struct prompt *p, size_t at)
{
    p->at = at;
    return PROMPT_GOES_ON;
}

static enum prompt_result erase(struct prompt *p, size_t from, size_t to)
{
    cut_out(p, from, to);
    return PROMPT_EDITED;
}

static enum prompt_result press(struct prompt *p, uint32_t code, const struct history *h)
{
    switch (code) {
    case KEY_CODE_ENTER:
    case '\n':
        return PROMPT_DONE;
    case KEY_CODE_ESC:
    case KEY_CODE_CTRL('C'):
    case KEY_CODE_CTRL('G'):
        return PROMPT_CANCELLED;
    case KEY_CODE_TAB:
        return PROMPT_COMPLETE;
    case KEY_CODE_BACKSPACE:
    case KEY_CODE_CTRL('H'):
        return p->text.len ? erase(p, before(p, p->at), p->at) : PROMPT_CANCELLED;
    case KEY_CODE_DELETE:
    case KEY_CODE_CTRL('D'):
        return erase(p, p->at, after(p, p->at));
    case KEY_CODE_CTRL('U'):
        return erase(p, 0, p->at);
    case KEY_CODE_CTRL('K'):
        return erase(p, p->at, p->text.len);
    case KEY_CODE_CTRL('W'):
        return erase(p, word_start(p), p->at);
    case KEY_CODE_LEFT:
    case KEY_CODE_CTRL('B'):
        return move(p, before(p, p->at));
    case KEY_CODE_RIGHT:
    case KEY_CODE_CTRL('F'):
        return move(p, after(p, p->at));
    case KEY_CODE_HOME:
    case KEY_CODE_CTRL('A'):
        return move(p, 0);
    case KEY_CODE_END:
    case KEY_CODE_CTRL('E'):
        return move(p, p->text.len);
    case KEY_CODE_UP:
    case KEY_CODE_CTRL('P'):
        return look_back(p, h, -1);
    case KEY_CODE_DOWN:
    case KEY_CODE_CTRL('N'):
        return look_back(p, h, 1);
    default:
        break;
    }
    if (code < 0x20 || code >= 0x110000 || (code >= 0xD800 && code < 0xE000))
        return PROMPT_GOES_ON;
    put_code(p, code);
    return PROMPT_EDITED;
}

enum prompt_result prompt_key(struct prompt *p, const struct key *key, const struct history *h)
{
    if (key->kind == KEY_PRESS)
        return press(p, key->code, h);
    if (key->kind != KEY_PASTED)
        return PROMPT_GOES_ON;
    put_pasted(p, key->text);
    return PROMPT_EDITED;
}

/* The first byte to show so that the cursor stays in sight. */
static size_t scroll_start(const struct prompt *p, int room)
{
    size_t start = 0;
    while (start < p->at &&
           text_width((struct str){p->text.data + start, p->at - start}) >= room)
        start = after(p, start);
    return start;
}

void prompt_draw(const struct prompt *p, struct grid *g, struct rect r)
{
    struct pen pen = pen_at(g, r, 0);
    pen_puts(&pen, ROLE_KEY | STYLE_BOLD, p->label);
    size_t start = scroll_start(p, pen_room(&pen));
    struct str text = buf_str(&p->text);
    int at = pen.at + text_width(str_sub(text, start, p->at));
    pen_put(&pen, ROLE_NORMAL, str_sub(text, start, text.len));
    grid_park_cursor(g, r.row, at);
}
