#include "ui/key.h"

#include <ctype.h>

#include "base/text.h"

static const struct {
    const char *name;
    uint32_t code;
} key_names[] = {
    {"Esc", KEY_CODE_ESC},
    {"Enter", KEY_CODE_ENTER},
    {"Tab", KEY_CODE_TAB},
    {"Space", ' '},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"PgUp", KEY_CODE_PGUP},
    {"PgDn", KEY_CODE_PGDN},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"Ins", KEY_CODE_INSERT},
    {"Del", KEY_CODE_DELETE},
    {"Shift-Tab", KEY_CODE_SHIFT_TAB},
    {"Shift-Left", KEY_CODE_SHIFT_LEFT},
    {"Shift-Right", KEY_CODE_SHIFT_RIGHT},
};
enum { KEY_NAME_COUNT = sizeof key_names / sizeof key_names[0] };

static uint32_t function_key(struct str name)
{
    long long n;
    if (name.len < 2 || (name.p[0] != 'F' && name.p[0] != 'f'))
        return 0;
    if (!str_to_int64(str_sub(name, 1, name.len), &n) || n < 1 || n > 12)
        return 0;
    return KEY_CODE_F1 + (uint32_t)n - 1;
}

uint32_t key_code_of(struct str name)
{
    size_t n = text_utf8_len(name);
    if (n && n == name.len)
        return text_utf8_decode(name);
    for (size_t i = 0; i < KEY_NAME_COUNT; i++)
        if (str_is_nocase(name, key_names[i].name))
            return key_names[i].code;
    if (name.len == 6 && str_is_nocase(str_sub(name, 0, 5), "ctrl-")) {
        int c = toupper((unsigned char)name.p[5]);
        return c >= '@' && c <= '_' ? KEY_CODE_CTRL((uint32_t)c) : 0;
    }
    return function_key(name);
}

void key_add_name(struct buf *b, uint32_t code)
{
    for (size_t i = 0; i < KEY_NAME_COUNT; i++) {
        if (key_names[i].code == code) {
            buf_adds(b, key_names[i].name);
            return;
        }
    }
    if (code < 32)
        buf_printf(b, "Ctrl-%c", (int)code + '@');
    else if (code >= KEY_CODE_F1 && code <= KEY_CODE_F12)
        buf_printf(b, "F%d", (int)(code - KEY_CODE_F1) + 1);
    else if (code < KEY_CODE_UP)
        text_add_utf8(b, code);
    else
        buf_adds(b, "that key");
}
