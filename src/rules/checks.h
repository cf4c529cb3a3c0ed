/* The check functions of rule.def. */
#ifndef RULES_CHECKS_H
#define RULES_CHECKS_H

#include "rules/rule.h"

#define RULE(id, title, needs, check, fires, why, remedy) rule_check check;
#include "rules/rule.def"
#undef RULE

#endif
