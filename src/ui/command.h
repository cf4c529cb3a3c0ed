/* The ':' line: every action by name, set, open, bind, a row number. */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

struct app;

void command_ask(struct app *app);
void command_complete(struct app *app);

#endif
