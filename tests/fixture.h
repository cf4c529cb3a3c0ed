/* Files that tests read: those in fixtures/ always, those of the shared collection when it is
 * there. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/str.h"

/* The whole file, NUL-terminated, in the arena; {NULL, 0} when it cannot be read. */
__attribute__((unused)) static struct str fixture_read(struct arena *a, const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st) || S_ISDIR(st.st_mode)) {
        if (f)
            fclose(f);
        return (struct str){0};
    }
    char *data = arena_alloc(a, (size_t)st.st_size + 1);
    size_t len = fread(data, 1, (size_t)st.st_size, f);
    fclose(f);
    return (struct str){data, len};
}

static int fixture_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* Names in a directory with that ending, sorted, in the arena; none when there is no directory. */
__attribute__((unused)) static size_t fixture_list(struct arena *a, const char *dir,
                                                   const char *ending, char ***names)
{
    struct dirent **entries;
    size_t count = 0;
    int n = scandir(dir, &entries, fixture_visible, alphasort);
    if (n < 0)
        return 0;
    *names = arena_calloc(a, (size_t)n, sizeof **names);
    for (int i = 0; i < n; i++) {
        if (str_ends(str_of(entries[i]->d_name), ending))
            (*names)[count++] = arena_strdup(a, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return count;
}

/* Where the shared collection is; NULL (and a word about it) when it is absent. */
__attribute__((unused)) static const char *fixture_shared(void)
{
    const char *dir = getenv("PGSIFT_SHARED");
    struct stat st;
    if (!dir)
        dir = "../shared";
    if (stat(dir, &st) == 0)
        return dir;
    printf("# %s is not there: its plans are not read\n", dir);
    return NULL;
}

#endif
