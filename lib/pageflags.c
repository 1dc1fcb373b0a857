// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <unistd.h>

#include "pageflags.h"
#include "smaps.h"

bool page_flags(const void *p, uint64_t *flags)
{
	uint64_t frame = page_frame(p);
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	bool told = frame && fd >= 0 &&
		    pread(fd, flags, sizeof(*flags), (off_t)(frame * sizeof(*flags))) ==
			    (ssize_t)sizeof(*flags);

	close(fd);
	return told;
}
