#include "report/report.h"
#include "report/text.h"

const struct report_writer report_writers[] = {
    {"text", text_begin, text_plan, text_end},
};
const size_t report_writer_count = sizeof report_writers / sizeof report_writers[0];
