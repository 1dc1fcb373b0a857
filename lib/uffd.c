// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uffd.h"

/* linux/userfaultfd.h, whose names are not ours to define twice. */
struct api {
	uint64_t api, features, ioctls;
};
struct registration {
	uint64_t start, length, mode, ioctls;
};
#define IOCTL_API _IOWR(0xaa, 0x3f, struct api)
#define IOCTL_REGISTER _IOWR(0xaa, 0x00, struct registration)
#define API_VERSION 0xaa
#define REGISTER_MISSING 1

int uffd_open(uint64_t features)
{
	struct api api = { .api = API_VERSION, .features = features };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);

	/* That flag, which lets an ordinary user in, came with 5.11. */
	if (fd < 0 && errno == EINVAL)
		fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && ioctl(fd, IOCTL_API, &api)) {
		close(fd);
		return -1;
	}
	return fd;
}

bool uffd_register(int fd, void *p, size_t length)
{
	struct registration registration = { (uintptr_t)p, length, REGISTER_MISSING, 0 };

	return !ioctl(fd, IOCTL_REGISTER, &registration);
}

bool uffd_next(int fd, int until, struct uffd_event *event)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 }, { until, POLLIN, 0 } };

	while (poll(fds, 2, -1) > 0) {
		if (read(fd, event, sizeof(*event)) == sizeof(*event))
			return true;
		if (fds[1].revents)
			return false;
	}
	return false;
}
