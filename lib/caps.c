// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "caps.h"

#ifdef HAVE_LIBCAP
#include <sys/capability.h>

bool caps_known(void)
{
	return true;
}

bool caps_have(int capability)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	if (!caps)
		return false;
	if (cap_get_flag(caps, capability, CAP_EFFECTIVE, &value))
		value = CAP_CLEAR;
	cap_free(caps);
	return value == CAP_SET;
}

bool caps_drop(int capability)
{
	cap_value_t list[] = { capability };
	cap_t caps = cap_get_proc();
	bool dropped;

	if (!caps)
		return false;
	dropped = !cap_set_flag(caps, CAP_EFFECTIVE, 1, list, CAP_CLEAR) &&
		  !cap_set_flag(caps, CAP_PERMITTED, 1, list, CAP_CLEAR) && !cap_set_proc(caps);
	cap_free(caps);
	return dropped;
}

#else

bool caps_known(void)
{
	return false;
}

bool caps_have(int capability)
{
	(void)capability;
	return false;
}

bool caps_drop(int capability)
{
	(void)capability;
	errno = ENOTSUP;
	return false;
}

#endif
