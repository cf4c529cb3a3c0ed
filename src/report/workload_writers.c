/* All writers of reports over a log, by the name that --format knows them by. */
#include "report/workload.h"
#include "report/workload_html.h"
#include "report/workload_json.h"
#include "report/workload_markdown.h"
#include "report/workload_text.h"

const struct workload_writer workload_writers[] = {
    {"text", workload_text},     {"md", workload_markdown}, {"json", workload_json},
    {"ndjson", workload_ndjson}, {"html", workload_html},
};
const size_t workload_writer_count = sizeof workload_writers / sizeof workload_writers[0];

const struct workload_writer *workload_writer_find(struct str name)
{
    for (size_t i = 0; i < workload_writer_count; i++)
        if (str_is(name, workload_writers[i].name))
            return &workload_writers[i];
    return NULL;
}
