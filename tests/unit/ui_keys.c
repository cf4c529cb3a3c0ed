/* Keys and the table of bindings; the prompt; settings, configuration and state. */
#include <stdlib.h>

#include "base/err.h"
#include "tap.h"
#include "ui/app.h"
#include "ui/background.h"
#include "ui/clip.h"
#include "ui/config.h"
#include "ui/key.h"
#include "ui/theme.h"

static struct bindings keys;

static enum bind_match match(unsigned ctxs, const char *typed, enum action *action, int *arg)
{
    uint32_t codes[8];
    size_t n = strlen(typed);
    *action = ACTION_NONE;
    for (size_t i = 0; i < n; i++)
        codes[i] = (unsigned char)typed[i];
    return bindings_match(&keys, ctxs | CTX_BIT(CTX_ALL), codes, n, action, arg);
}

static void names(void)
{
    struct buf b = {0};
    is_int(key_code_of(STR("PgDn")), KEY_CODE_PGDN, "a key by name");
    is_int(key_code_of(STR("ctrl-c")), 3, "control keys, in any case");
    is_int(key_code_of(STR("F10")), KEY_CODE_F1 + 9, "function keys");
    is_int(key_code_of(STR("é")), 0xE9, "a character is its own name");
    is_int(key_code_of(STR("F13")), 0, "there is no F13");
    key_add_name(&b, KEY_CODE_CTRL('F'));
    is_text(b.data, "Ctrl-F", "and back");
    buf_free(&b);
}

static void matching(void)
{
    enum action a;
    int arg = 0;
    is_int(match(0, "j", &a, &arg), BIND_EXACT, "j is bound everywhere");
    is_int(a, ACTION_DOWN, "to down");
    is_int(match(0, "h", &a, &arg), BIND_NO_MATCH, "h is not");
    match(CTX_BIT(CTX_TREE), "h", &a, &arg);
    is_int(a, ACTION_COLLAPSE, "but in the tree");
    is_int(match(0, "y", &a, &arg), BIND_PREFIX, "y begins a chord");
    match(0, "yd", &a, &arg);
    is_int(a, ACTION_COPY_DDL, "y d copies the DDL");
    match(CTX_BIT(CTX_TREE), "z7", &a, &arg);
    is_int(a == ACTION_DEPTH ? arg : -1, 7, "z7 opens to depth 7");
    match(CTX_BIT(CTX_IDX), " ", &a, &arg);
    is_int(a, ACTION_TOGGLE, "the narrower context wins");
    match(CTX_BIT(CTX_TREE) | CTX_BIT(CTX_DIFF), "o", &a, &arg);
    is_int(a, ACTION_ONLY, "diff before tree");
}

static void rebinding(void)
{
    struct err err = {0};
    struct buf b = {0};
    enum action a;
    int arg;
    ok(bindings_set_line(&keys, STR("tree hot Q Ctrl-T"), &err), "a bind line");
    match(CTX_BIT(CTX_TREE), "Q", &a, &arg);
    is_int(a, ACTION_HOT, "takes effect");
    is_int(match(CTX_BIT(CTX_TREE), "*", &a, &arg), BIND_NO_MATCH, "and replaces what was bound");
    bindings_add_keys(&b, &keys, ACTION_HOT);
    is_text(b.data, "Q Ctrl-T", "the help tells the new keys");
    buf_clear(&b);
    bindings_add_keys(&b, &keys, ACTION_DEPTH);
    is_text(b.data, "z1..z9", "a range is told as one");
    ok(!bindings_set_line(&keys, STR("tree nothing x"), &err), "an unknown action is refused");
    is_text(err.message, "'nothing' is no action", "with its name");
    err_clear(&err);
    ok(!bindings_set_line(&keys, STR("all down Ctrl-S"), &err), "Ctrl-S is the terminal's own");
    ok(bindings_preset(&keys, STR("less")), "the preset of less");
    match(CTX_BIT(CTX_TREE) | CTX_BIT(CTX_ANY), "d", &a, &arg);
    is_int(a, ACTION_HALFDOWN, "d is half a page, as there");
    ok(!bindings_preset(&keys, STR("emacs")), "no other preset");
    buf_free(&b);
}

/* Every key of the table is bound to something, and no two rows of a context share one. */
static void whole_table(void)
{
    int twice = 0;
    bindings_preset(&keys, STR("default"));
    for (size_t i = 0; i < keys.count; i++)
        for (size_t k = i + 1; k < keys.count; k++)
            twice += keys.items[i].ctx == keys.items[k].ctx &&
                     keys.items[i].length == keys.items[k].length &&
                     memcmp(keys.items[i].keys, keys.items[k].keys, sizeof keys.items[i].keys) == 0;
    is_int(twice, 0, "no key means two things in one context");
}

/* The table that the keys were designed as, where it is at hand: all of it must be there. */
static void design(void)
{
    const char *shared = getenv("PGSIFT_SHARED");
    char path[4096], line[512];
    int missing = 0, rows = 0;
    snprintf(path, sizeof path, "%s/keys.tsv", shared ? shared : "../shared");
    FILE *f = fopen(path, "r");
    if (!f) {
        ok(true, "# SKIP the designed table is not here");
        return;
    }
    while (fgets(line, sizeof line, f)) {
        char *save, *ctx = strtok_r(line, "\t", &save), *name = strtok_r(NULL, "\t", &save);
        char *bound = strtok_r(NULL, "\t", &save);
        if (!bound || strcmp(ctx, "ctx") == 0)
            continue;
        enum action action = action_find(str_of(name));
        rows++;
        if (action == ACTION_NONE || strcmp(bind_ctx_name[action_info[action].ctx], ctx) != 0) {
            printf("# %s %s\n", ctx, name);
            missing++;
        }
    }
    fclose(f);
    ok(rows > 60, "the designed table was read: %d rows", rows);
    is_int(missing, 0, "every action of it is there, in its context");
}

static void typing(void)
{
    struct prompt p = {0};
    struct history h = {0};
    struct key key = key_press('a');
    history_add(&h, STR("older"));
    history_add(&h, STR("newer"));
    prompt_open(&p, PROMPT_SEARCH, "/", STR("x"));
    is_int(prompt_key(&p, &key, &h), PROMPT_EDITED, "a character is taken");
    key = key_press(0x8868);
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "xa表", "of any kind");
    key = key_press(KEY_CODE_LEFT);
    prompt_key(&p, &key, &h);
    key = key_press(KEY_CODE_BACKSPACE);
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "x表", "editing goes by characters, not bytes");
    key = key_press(KEY_CODE_UP);
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "newer", "up recalls the last line");
    prompt_key(&p, &key, &h);
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "older", "and stops at the first");
    key = key_press(KEY_CODE_DOWN);
    prompt_key(&p, &key, &h);
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "x表", "down comes back to what was typed");
    key = (struct key){.kind = KEY_PASTED, .text = STR("SELECT\n1\t\033[A")};
    prompt_key(&p, &key, &h);
    is_text(p.text.data, "x表SELECT 1 [A", "pasted text stays in the line");
    key = key_press(KEY_CODE_CTRL('U'));
    prompt_key(&p, &key, &h);
    key = key_press(KEY_CODE_BACKSPACE);
    is_int(prompt_key(&p, &key, &h), PROMPT_CANCELLED, "backspace on an empty line leaves it");
    prompt_release(&p);
    history_release(&h);
}

static void configuration(void)
{
    struct app_settings s;
    struct config c;
    struct buf b = {0};
    app_settings_init(&s);
    config_init(&c);
    config_read(&c, &s, "conf",
                STR("# comment\n\ntheme = light\nmouse=off\nbind tree hot H\ncolor high 196 bold\n"
                    "nonsense\nbars = sideways\n"));
    ok(!s.mouse && s.theme == THEME_LIGHT, "values are taken");
    is_text(c.warnings.data,
            "conf:7: expected key = value, bind or color\nconf:8: bars cannot show 'sideways'; "
            "one of self, total, rows, est error, buffers, I/O, cost, temp\n",
            "bad lines are told with their place");
    is_int(theme_look(THEME_DARK, ROLE_HIGH, 256).color, 196, "a colour is changed");
    is_int(theme_look(THEME_MONO, ROLE_HIGH, 256).color, -1, "but mono stays mono");
    is_int(theme_look(THEME_DARK, ROLE_HIGH, 8).color, 1, "and eight colours have no 196th");
    config_print(&b, &c, &s);
    ok(strstr(b.data, "mouse = off                     # conf:4\n") != NULL, "origins are told");
    ok(strstr(b.data, "bind tree hot H\n") != NULL, "and what was bound");
    buf_free(&b);
    config_release(&c);
    app_settings_release(&s);
}

static void state(void)
{
    struct app_settings before, now;
    struct buf b = {0};
    app_settings_init(&before);
    app_settings_init(&now);
    struct err err = {0};
    app_settings_set(&now, STR("columns"), STR("#,self,rows"), &err);
    history_add(&now.history[PROMPT_SEARCH], STR("orders"));
    history_add(&now.history[PROMPT_EDIT], STR("CREATE INDEX secret ON t (x)"));
    state_add(&b, &before, &now);
    is_text(b.data, "columns = #,self,rows\nhistory search orders\n",
            "what was changed is kept, statements are not");
    app_settings_release(&now);
    app_settings_init(&now);
    state_read(&now, buf_str(&b));
    is_text(now.history[PROMPT_SEARCH].items[0], "orders", "and read again");
    ok(now.columns[1] != 0, "columns too");
    buf_free(&b);
    app_settings_release(&before);
    app_settings_release(&now);
}

static void surroundings(void)
{
    struct buf b = {0};
    is_int(background_of_colorfgbg(STR("0;15")), THEME_LIGHT, "COLORFGBG: light");
    is_int(background_of_colorfgbg(STR("15;default;0")), THEME_DARK, "COLORFGBG: dark");
    is_int(background_of_colorfgbg(STR("x")), -1, "COLORFGBG: nothing said");
    is_int(background_of_answer(STR("\033]11;rgb:ffff/ffff/dddd\a")), THEME_LIGHT, "OSC 11: light");
    is_int(background_of_answer(STR("\033]11;rgb:1e/1e/1e\033\\")), THEME_DARK, "OSC 11: dark");
    is_int(background_of_answer(STR("jjj")), -1, "OSC 11: no answer");
    ok(clip_add_osc52(&b, STR("hello"), false), "a short text fits");
    is_text(b.data, "\033]52;c;aGVsbG8=\a", "OSC 52");
    buf_clear(&b);
    char *lots = malloc(60000);
    memset(lots, 'x', 60000);
    ok(!clip_add_osc52(&b, (struct str){lots, 60000}, false), "a long one does not");
    buf_clear(&b);
    ok(clip_add_osc52(&b, (struct str){lots, 1500}, true), "in screen");
    size_t pieces = 0;
    for (const char *p = b.data; (p = strstr(p, "\033P")); p++)
        pieces++;
    is_int((int)pieces, 3, "2,008 bytes go in three pieces");
    free(lots);
    buf_free(&b);
}

int main(void)
{
    bindings_init(&keys);
    names();
    matching();
    rebinding();
    whole_table();
    design();
    typing();
    configuration();
    state();
    surroundings();
    bindings_release(&keys);
    return done();
}
