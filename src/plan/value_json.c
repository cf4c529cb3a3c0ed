#include "plan/value_json.h"

#include <stdlib.h>

#include "base/arena.h"

/* A list or group being written: what is left of it. */
struct open_value {
    enum value_kind kind;
    const struct prop *next;
};

static void put_scalar(struct json_writer *w, const struct value *v)
{
    if (v->kind == VALUE_STRING)
        json_string(w, v->text);
    else if (v->kind == VALUE_NUMBER)
        json_digits(w, v->text);
    else if (v->kind == VALUE_BOOL)
        json_boolean(w, v->boolean);
    else
        json_null(w);
}

/* The nesting is the input's choice, so no recursion. */
void value_put_json(struct json_writer *w, const struct value *v)
{
    struct open_value *stack = NULL;
    size_t depth = 0, cap = 0;
    for (;;) {
        if (v && v->kind != VALUE_LIST && v->kind != VALUE_GROUP) {
            put_scalar(w, v);
        } else if (v) {
            if (depth == cap) {
                cap = cap * 2 + 8;
                stack = xrealloc(stack, cap * sizeof *stack);
            }
            stack[depth++] = (struct open_value){v->kind, v->items};
            (v->kind == VALUE_LIST ? json_open_array : json_open_object)(w);
        }
        while (depth && !stack[depth - 1].next) {
            depth--;
            (stack[depth].kind == VALUE_LIST ? json_close_array : json_close_object)(w);
        }
        if (depth == 0)
            break;
        struct open_value *top = &stack[depth - 1];
        const struct prop *item = top->next;
        top->next = item->next;
        if (top->kind == VALUE_GROUP)
            json_key_str(w, item->key);
        v = &item->value;
    }
    free(stack);
}
