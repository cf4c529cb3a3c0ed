/* All writers, by the name that --format knows them by. */
#include "report/html.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/plain.h"
#include "report/report.h"
#include "report/sarif.h"
#include "report/text.h"

static void nothing_before(struct report_stream *s)
{
    (void)s;
}

static void nothing_after(struct report_stream *s, const struct report_run *run)
{
    (void)s;
    (void)run;
}

const struct report_writer report_writers[] = {
    {"text", nothing_before, text_plan, nothing_after},
    {"plain", nothing_before, plain_plan, nothing_after},
    {"md", nothing_before, markdown_plan, nothing_after},
    {"json", json_begin, json_plan, json_end},
    {"ndjson", ndjson_begin, json_plan, ndjson_end},
    {"html", html_begin, html_plan, html_end},
    {"sarif", sarif_begin, sarif_plan, sarif_end},
};
const size_t report_writer_count = sizeof report_writers / sizeof report_writers[0];
