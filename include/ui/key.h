/* What reaches the screens from outside: keys, mouse, pasted text, a new size, time going by. */
#ifndef UI_KEY_H
#define UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Key codes: a character's code point (Ctrl-A is 1 ... Ctrl-Z 26), or one of these. */
enum {
    KEY_CODE_TAB = 9,
    KEY_CODE_ENTER = 13,
    KEY_CODE_ESC = 27,
    KEY_CODE_BACKSPACE = 127,
    KEY_CODE_UP = 0x110000,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PGUP,
    KEY_CODE_PGDN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_INSERT,
    KEY_CODE_DELETE,
    KEY_CODE_SHIFT_TAB,
    KEY_CODE_SHIFT_LEFT,
    KEY_CODE_SHIFT_RIGHT,
    KEY_CODE_F1,
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
    KEY_CODE_OTHER /* a key that we have no name for */
};
#define KEY_CODE_CTRL(letter) ((letter) & 0x1F)

enum key_kind {
    KEY_PRESS,
    KEY_CLICK,        /* left button, at row/column */
    KEY_DOUBLE_CLICK, /* second click on the same cell */
    KEY_WHEEL_UP,
    KEY_WHEEL_DOWN,
    KEY_PASTED,  /* text, as the terminal brackets it */
    KEY_RESIZED, /* the screen now has rows x columns: the grid to draw into says so too */
    KEY_TICK     /* nothing happened; a clock or a background job may have something to show */
};

struct key {
    enum key_kind kind;
    uint32_t code;   /* KEY_PRESS */
    int row, column; /* mouse, 0-based */
    int rows, columns;
    struct str text; /* KEY_PASTED; valid during the call */
};

static inline struct key key_press(uint32_t code)
{
    return (struct key){.kind = KEY_PRESS, .code = code};
}

/* "PgDn", "Ctrl-F", "j" as one key; 0 when it is none. */
uint32_t key_code_of(struct str name);
void key_add_name(struct buf *b, uint32_t code);

#endif
