/* Changing a candidate index by hand: its statement is edited and tried. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include <stdbool.h>

#include "base/str.h"

struct app;

/* Ask for the statement of candidate `item` (-1: a new one). False when the source cannot do it. */
bool edit_ask(struct app *app, int item);
/* Try a new candidate. */
void edit_add(struct app *app, struct str ddl);

#endif
