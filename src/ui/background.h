/* Whether the terminal's background is dark or light. */
#ifndef UI_BACKGROUND_H
#define UI_BACKGROUND_H

#include "base/str.h"

/*
 * By COLORFGBG, else by asking the terminal (OSC 11), which may take 50 ms and is not done where a
 * multiplexer or a network lies in between. in, out: descriptors of the terminal. THEME_DARK when
 * nothing is known.
 */
int background_theme(int in, int out);
/* The theme that COLORFGBG's value means, -1 none. */
int background_of_colorfgbg(struct str value);
/* The theme for a terminal's answer, "\033]11;rgb:ffff/ffff/dddd" and so on; -1: it says nothing.
 */
int background_of_answer(struct str answer);

#endif
