// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "object.h"
#include "page.h"
#include "swap.h"

#define MAGIC "SWAPSPACE2" /* the end of the first page */
#define HEADER_AT 1024
#define DESCRIPTORS 1024 /* that may be open */

bool swap_format(int fd, size_t count)
{
	const uint32_t header[] = { 1 /* version */, (uint32_t)count - 1 /* last page */ };
	off_t magic_at = (off_t)(page_size() - strlen(MAGIC));

	return object_fill(fd, 0, pages(count), 0) &&
	       pwrite(fd, header, sizeof(header), HEADER_AT) == sizeof(header) &&
	       pwrite(fd, MAGIC, strlen(MAGIC), magic_at) == (ssize_t)strlen(MAGIC) && !fsync(fd);
}

/*
 * In a process outside the test's group, and with no descriptor of its: waits for the end of
 * whoever holds the other end.
 */
static void __attribute__((noreturn)) watch(int end, const char *path)
{
	char byte;

	setsid();
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (fd != end)
			close(fd);
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(swapoff(path) ? 1 : 0);
}

bool swap_on(struct swap *swap, const char *path)
{
	int ends[2], error;

	swap->alive = -1;
	if (pipe(ends))
		return false;
	swap->watcher = fork();
	if (!swap->watcher)
		watch(ends[0], path);
	close(ends[0]);
	swap->alive = ends[1];
	if (swap->watcher > 0 && !swapon(path, 0))
		return true;
	error = errno;
	swap_off(swap);
	errno = error;
	return false;
}

bool swap_off(struct swap *swap)
{
	int status;

	if (swap->alive < 0)
		return true;
	close(swap->alive);
	swap->alive = -1;
	return waitpid(swap->watcher, &status, 0) == swap->watcher && !status;
}
