#include "check.h"
#include "read/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reader(read_json, FORMAT_JSON, data, size);
    return 0;
}
