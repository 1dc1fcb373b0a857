// SPDX-License-Identifier: GPL-2.0
/* What a release does, by its number. */
#include "unit.h"

CHECKS(check_traits)
{
	struct model_traits t;

	check(model_traits_of("6.12.95+deb13-cloud", &t) && t.droppable && !t.pseudo_noexec &&
		      model_traits_of("6.12_rc1", &t),
	      "6.12");
	check(model_traits_of("5.10", &t) && !t.above4g && !t.mseal, "5.10");
	check(model_traits_of("linux-8.0", &t) && t.zero_readonly_object, "8.0 is as the newest");
	check(!model_traits_of("5.9", &t) && !model_traits_of("x", &t) &&
		      !model_traits_of("6", &t) && !model_traits_of("6.x", &t) &&
		      !model_traits_of("6.-1", &t) && !model_traits_of("4.4.0", &t) &&
		      !model_traits_of("99999.1", &t),
	      "no releases, old ones");
}
