#include "check.h"
#include "read/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reader(read_yaml, FORMAT_YAML, data, size);
    return 0;
}
