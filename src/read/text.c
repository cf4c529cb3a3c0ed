#include "read/text.h"

#include "base/err.h"
#include "plan/build.h"
#include "read/text_impl.h"

bool read_text(struct build *b, struct str text, int line, size_t *used, struct err *err)
{
    struct text_plan p;
    text_plan_init(&p);
    bool good = text_lex(&p, text, used);
    if (good) {
        text_tree(&p);
        text_emit(b, &p, line);
    } else {
        err_at(err, ERR_NOT_A_PLAN, text.p, text.len, 0, "expected a plan node");
        err_hint(err, "a node looks like \"Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\"");
    }
    text_plan_release(&p);
    return good;
}
