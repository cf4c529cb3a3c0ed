#include "check.h"
#include "read/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    text_begins(text, false);
    text_begins(text, true);
    check_reader(read_text, FORMAT_TEXT, data, size);
    return 0;
}
