/*
 * The YAML reader with deep flow collections cut out at every second level instead of every
 * 256th. A text that is JSON must give what it gives uncut.
 */
#include "check.h"
#include "plan_equal.h"
#include "read/json.h"
#include "read/yaml.h"

#define READ_YAML_FLOW_LEVELS 2
#define read_yaml read_yaml_cut
read_fn read_yaml_cut;
#include "../../src/read/yaml.c"
#undef read_yaml

struct outcome {
    bool good;
    size_t used;
    struct err err;
    struct plan **plans;
    size_t count;
};

static struct outcome outcome_of(struct arena *a, read_fn *read, struct str text)
{
    struct outcome o = {0};
    struct build *b = build_new(a, FORMAT_YAML);
    o.good = read(b, text, 1, &o.used, &o.err);
    build_truncate(b);
    o.plans = build_finish(b, &o.count);
    return o;
}

static void compare(struct arena *a, struct str text)
{
    struct outcome cut = outcome_of(a, read_yaml_cut, text), uncut = outcome_of(a, read_yaml, text);
    MUST(cut.good == uncut.good);
    if (!cut.good)
        return; /* libyaml looks ahead: of two errors, that behind a cut may show first */
    MUST(cut.used == uncut.used);
    MUST(cut.count == uncut.count);
    for (size_t i = 0; i < cut.count; i++) {
        struct plan_comparison c = {0};
        MUST(plan_equal(&c, cut.plans[i], uncut.plans[i]));
        MUST(cut.plans[i]->root->line == uncut.plans[i]->root->line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct str text = {arena_strndup(a, (const char *)data, size), size};
    check_reader(read_yaml_cut, FORMAT_YAML, data, size);
    struct outcome json = outcome_of(a, read_json, text);
    if (json.good && str_trim(str_sub(text, json.used, size)).len == 0)
        compare(a, text);
    arena_free(a);
    return 0;
}
