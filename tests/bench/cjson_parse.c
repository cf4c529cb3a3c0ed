/* The yardstick: read a file and run cJSON_Parse on it, nothing else. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct stat st;
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!f || fstat(fileno(f), &st) != 0)
        return 2;
    char *text = malloc((size_t)st.st_size + 1);
    if (!text || fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
        return 2;
    text[st.st_size] = '\0';
    return cJSON_Parse(text) ? 0 : 1;
}
