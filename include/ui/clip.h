/* Text onto the clipboard, by the way that works here. */
#ifndef UI_CLIP_H
#define UI_CLIP_H

#include <stdbool.h>

#include "base/str.h"

struct clip_env {
    const char *command;      /* --clipboard=CMD; NULL none */
    const char *tmux;         /* $TMUX */
    const char *sty;          /* $STY: GNU screen */
    const char *wayland, *x11; /* $WAYLAND_DISPLAY, $DISPLAY */
    bool remote;              /* through ssh: a local clipboard is not the user's */
};
void clip_env_init(struct clip_env *e, const char *command);

/*
 * In tmux its own buffer (`load-buffer -w`: by default tmux drops OSC 52 from programs), with a
 * local display wl-copy, xclip or pbcopy where one is installed, else OSC 52, which `send` is to
 * take to the terminal. *how: "copied 74 bytes (tmux buffer)", or what went wrong.
 */
void clip_copy(const struct clip_env *e, struct str text, void (*send)(void *, struct str),
               void *arg, struct buf *how);

/* The OSC 52 sequence, in pieces of 700 bytes inside screen. False when the text is longer than
 * terminals take (74,994 bytes encoded). */
bool clip_add_osc52(struct buf *out, struct str text, bool in_screen);

#endif
