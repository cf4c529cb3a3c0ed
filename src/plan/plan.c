#include "plan/plan.h"

#include <pthread.h>

const struct prop_info prop_info[PROP_COUNT] = {
#define PROP_NUM(id, key, name, decimals, kind)                                                    \
    [PROP_##id] = {key, name, decimals, PROP_KIND_##kind},
#define PROP_TXT(id, key, name) [PROP_##id] = {key, name, 0, PROP_KIND_TEXT},
#include "plan/prop.def"
};

const struct node_info node_info[NODE_TYPE_COUNT] = {
    [NODE_UNKNOWN] = {"", 0, 0, 9},
#define NODE(id, name, traits, min, max) [NODE_##id] = {name, traits, min, max},
#include "plan/node.def"
#undef NODE
};

const char *const plan_format_name[] = {"json", "text", "yaml", "xml"};

/*
 * One open-addressing table for property keys, in JSON's spelling and in XML's. It is
 * looked up for every member of every node, so the hash reads sixteen bytes at most.
 */
enum { SLOTS = 1024 };
struct slot {
    struct str key;
    enum prop_id id;
};
static struct slot slots[SLOTS];
static char xml_keys[PROP_COUNT][40];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static size_t key_hash(struct str key)
{
    uint64_t head = 0, tail = 0;
    size_t n = key.len < 8 ? key.len : 8;
    memcpy(&head, key.p, n);
    memcpy(&tail, key.p + key.len - n, n);
    uint64_t h = head * 0x9E3779B97F4A7C15u ^ (tail + key.len) * 0xC2B2AE3D27D4EB4Fu;
    return (size_t)(h >> 40) % SLOTS;
}

static void add_key(struct str key, enum prop_id id)
{
    size_t i = key_hash(key);
    while (slots[i].key.p && !str_eq(slots[i].key, key))
        i = (i + 1) % SLOTS;
    slots[i] = (struct slot){key, id};
}

static void fill_slots(void)
{
    for (int id = 0; id < PROP_COUNT; id++) {
        struct str key = str_of(prop_info[id].key);
        add_key(key, (enum prop_id)id);
        for (size_t i = 0; i < key.len; i++)
            xml_keys[id][i] = key.p[i] == ' ' || key.p[i] == '/' ? '-' : key.p[i];
        add_key((struct str){xml_keys[id], key.len}, (enum prop_id)id);
    }
}

enum prop_id prop_find(struct str key)
{
    pthread_once(&slots_once, fill_slots);
    if (key.len == 0)
        return PROP_UNKNOWN;
    for (size_t i = key_hash(key); slots[i].key.p; i = (i + 1) % SLOTS)
        if (str_eq(slots[i].key, key))
            return slots[i].id;
    return PROP_UNKNOWN;
}

enum node_type node_type_find(struct str name)
{
    for (int t = 1; t < NODE_TYPE_COUNT; t++)
        if (str_is_nocase(name, node_info[t].name))
            return (enum node_type)t;
    return NODE_UNKNOWN;
}

const struct value *prop_value(const struct prop *props, enum prop_id id)
{
    for (const struct prop *p = props; p; p = p->next)
        if (p->id == id)
            return &p->value;
    return NULL;
}

const struct value *prop_value_by_key(const struct prop *props, const char *key)
{
    for (const struct prop *p = props; p; p = p->next)
        if (str_is(p->key, key))
            return &p->value;
    return NULL;
}

const struct value *node_value(const struct node *n, enum prop_id id)
{
    return prop_value(n->props, id);
}

struct str node_text(const struct node *n, enum prop_id id)
{
    const struct value *v = node_value(n, id);
    return v && v->kind == VALUE_STRING ? v->text : (struct str){0};
}

bool node_flag(const struct node *n, enum prop_id id)
{
    const struct value *v = node_value(n, id);
    return v && v->kind == VALUE_BOOL && v->boolean;
}

const struct value *value_item(const struct value *list, size_t i)
{
    const struct prop *item = list->items;
    while (item && i--)
        item = item->next;
    return item ? &item->value : NULL;
}

bool node_is_cte(const struct node *n)
{
    return n->rel == REL_INITPLAN && str_starts(node_text(n, PROP_SUBPLAN_NAME), "CTE ");
}

const struct node *node_child(const struct node *n, enum relationship rel)
{
    for (const struct node *c = n->child; c; c = c->next)
        if (c->rel == rel)
            return c;
    return NULL;
}

const struct node *node_skip(const struct node *n, const struct node *top)
{
    while (n != top) {
        if (n->next)
            return n->next;
        n = n->parent;
    }
    return NULL;
}

const struct node *node_walk(const struct node *n, const struct node *top)
{
    return n->child ? n->child : node_skip(n, top);
}

struct str plan_setting(const struct plan *p, const char *name)
{
    const struct value *v = prop_value_by_key(p->settings, name);
    return v && v->kind == VALUE_STRING ? v->text : (struct str){0};
}
