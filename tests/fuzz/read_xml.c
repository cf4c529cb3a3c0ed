#include "check.h"
#include "read/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reader(read_xml, FORMAT_XML, data, size);
    return 0;
}
