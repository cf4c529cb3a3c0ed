#include "db/libpq.h"

#include <dlfcn.h>
#include <libpq-fe.h>

#include "base/err.h"

static struct {
#define LIBPQ(type, name, parameters, arguments) type(*name) parameters;
#define LIBPQ_VOID(name, parameters, arguments) void(*name) parameters;
#include "db/libpq.def"
#undef LIBPQ
#undef LIBPQ_VOID
} loaded;

#define LIBPQ(type, name, parameters, arguments)                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        return loaded.name arguments;                                                              \
    }
#define LIBPQ_VOID(name, parameters, arguments)                                                    \
    void name parameters                                                                           \
    {                                                                                              \
        loaded.name arguments;                                                                     \
    }
#include "db/libpq.def"
#undef LIBPQ
#undef LIBPQ_VOID

/* ISO C has no conversion from an object pointer to a function's; POSIX has this one. */
static const struct {
    const char *name;
    void **slot;
} functions[] = {
#define LIBPQ(type, name, parameters, arguments) {#name, (void **)&loaded.name},
#define LIBPQ_VOID(name, parameters, arguments) {#name, (void **)&loaded.name},
#include "db/libpq.def"
#undef LIBPQ
#undef LIBPQ_VOID
};

bool libpq_load(struct err *err)
{
    static void *library;
    if (library)
        return true;
    void *opened = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!opened) {
        err_set(err, ERR_CONNECT, "there is no libpq here: %s", dlerror());
        err_hint(err, "Debian has it in the package libpq5");
        return false;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        *functions[i].slot = dlsym(opened, functions[i].name);
        if (!*functions[i].slot)
            return err_set(err, ERR_CONNECT, "this libpq is too old: it has no %s",
                           functions[i].name);
    }
    library = opened;
    return true;
}
