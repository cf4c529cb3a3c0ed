/*
 * What comes out of a log does not depend on the pieces it comes in, and a log cut anywhere in its
 * last record gives all records before it.
 */
#include <dirent.h>

#include "../logfeed.h"
#include "../tap.h"

static const char DIR_NAME[] = "fixtures/logs";

static void check_chunks(const char *name, struct str text)
{
    struct fed whole = {.limit = 0}, part = {.limit = 0};
    size_t wrong = 0;
    fed_text(&whole, text, text.len, NULL);
    for (size_t chunk = 1; chunk <= 64; chunk++) {
        fed_text(&part, text, chunk, NULL);
        bool same = str_eq(buf_str(&whole.text), buf_str(&part.text)) &&
                    memcmp(whole.stats.kinds, part.stats.kinds, sizeof part.stats.kinds) == 0 &&
                    whole.stats.bad == part.stats.bad && whole.stats.lines == part.stats.lines &&
                    whole.stats.stray == part.stats.stray && whole.format == part.format;
        if (!same && !wrong)
            wrong = chunk;
        fed_free(&part);
    }
    ok(whole.count > 0 && !wrong, "%s: the same in chunks of 1 to 64 bytes (%zu)", name, wrong);
    fed_free(&whole);
}

static void check_cuts(const char *name, struct str text)
{
    struct fed whole = {.limit = 0}, part = {.limit = 0};
    size_t wrong = 0;
    fed_text(&whole, text, text.len, NULL);
    unsigned long long last = whole.last;
    whole.limit = last;
    fed_free(&whole);
    fed_text(&whole, text, text.len, NULL);
    for (size_t cut = (size_t)last; cut < text.len && !wrong; cut++) {
        part.limit = last;
        fed_text(&part, str_sub(text, 0, cut), 4096, NULL);
        if (part.before != whole.before || part.count > whole.count)
            wrong = cut;
        fed_free(&part);
    }
    ok(whole.before > 0 && !wrong, "%s: cut in the last record, the others stay (%zu)", name,
       wrong);
    fed_free(&whole);
}

int main(void)
{
    struct dirent **names;
    int n = scandir(DIR_NAME, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", DIR_NAME, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            struct buf content = fed_content(path);
            check_chunks(names[i]->d_name, buf_str(&content));
            if (strcmp(names[i]->d_name, "utf16le.log") != 0) /* offsets are those of the text */
                check_cuts(names[i]->d_name, buf_str(&content));
            buf_free(&content);
        }
        free(names[i]);
    }
    free(names);
    ok(n > 20, "there are samples in %s", DIR_NAME);
    return done();
}
