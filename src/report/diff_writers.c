/* All writers of comparisons, by the name that --format knows them by. */
#include "report/diff_json.h"
#include "report/diff_markdown.h"
#include "report/diff_text.h"

static void nothing_before(struct report_stream *s)
{
    (void)s;
}

static void nothing_after(struct report_stream *s, const struct report_run *run)
{
    (void)s;
    (void)run;
}

static const struct diff_writer writers[] = {
    {"text", nothing_before, diff_text, nothing_after},
    {"md", nothing_before, diff_markdown, nothing_after},
    {"json", diff_json_begin, diff_json, diff_json_end},
};

const struct diff_writer *diff_writer_find(struct str name)
{
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        if (str_is(name, writers[i].name))
            return &writers[i];
    return NULL;
}
