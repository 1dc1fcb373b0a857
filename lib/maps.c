// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "maps.h"
#include "uapi.h"

static int query(int fd, uintptr_t addr, struct vma *vma)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
		.query_addr = addr,
		.vma_name_size = sizeof(vma->name),
		.vma_name_addr = (uintptr_t)vma->name,
	};

	memset(vma, 0, sizeof(*vma));
	/* ENAMETOOLONG: the name does not fit; the text has it, cut off. ENOENT may also be a kernel's word for "no such ioctl". */
	if (ioctl(fd, PROCMAP_QUERY, &q))
		return -1;
	vma->start = (uintptr_t)q.vma_start;
	vma->end = (uintptr_t)q.vma_end;
	vma->perms[0] = q.vma_flags & PROCMAP_QUERY_VMA_READABLE ? 'r' : '-';
	vma->perms[1] = q.vma_flags & PROCMAP_QUERY_VMA_WRITABLE ? 'w' : '-';
	vma->perms[2] = q.vma_flags & PROCMAP_QUERY_VMA_EXECUTABLE ? 'x' : '-';
	vma->perms[3] = q.vma_flags & PROCMAP_QUERY_VMA_SHARED ? 's' : 'p';
	vma->offset = q.vma_offset;
	vma->dev_major = q.dev_major;
	vma->dev_minor = q.dev_minor;
	vma->inode = q.inode;
	return 1;
}

static bool take_hex(const char **at, char end, uint64_t *value)
{
	char *after;

	*value = strtoull(*at, &after, 16);
	if (after == *at || *after != end)
		return false;
	*at = after + 1;
	return true;
}

/* "start-end perms offset major:minor inode   name" */
static bool parse_line(const char *line, struct vma *vma)
{
	uint64_t start, end, major, minor;
	char *after;

	memset(vma, 0, sizeof(*vma));
	if (!take_hex(&line, '-', &start) || !take_hex(&line, ' ', &end) || strlen(line) < 5)
		return false;
	memcpy(vma->perms, line, 4);
	line += 5;
	if (!take_hex(&line, ' ', &vma->offset) || !take_hex(&line, ':', &major) ||
	    !take_hex(&line, ' ', &minor))
		return false;
	vma->start = (uintptr_t)start;
	vma->end = (uintptr_t)end;
	vma->dev_major = (unsigned int)major;
	vma->dev_minor = (unsigned int)minor;
	vma->inode = strtoull(line, &after, 10);
	while (*after == ' ')
		after++;
	strncpy(vma->name, after, sizeof(vma->name) - 1);
	return true;
}

static int read_text(int fd, uintptr_t addr, struct vma *vma)
{
	char buffer[4096], line[512];
	size_t length = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] != '\n') {
				if (length < sizeof(line) - 1)
					line[length++] = buffer[i];
				continue;
			}
			line[length] = '\0';
			length = 0;
			if (!parse_line(line, vma))
				return -1;
			if (vma->end > addr)
				return 1;
		}
	}
	return n < 0 ? -1 : 0;
}

int maps_find(uintptr_t addr, struct vma *vma)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC), found;

	if (fd < 0)
		return -1;
	found = query(fd, addr, vma);
	if (found < 0)
		found = read_text(fd, addr, vma);
	close(fd);
	return found;
}

int maps_count(uintptr_t start, uintptr_t end)
{
	struct vma vma;
	int count = 0, found;

	while ((found = maps_find(start, &vma)) == 1 && vma.start < end) {
		count++;
		start = vma.end;
	}
	return found < 0 ? -1 : count;
}

bool maps_available(void)
{
	struct vma vma;

	return maps_find(0, &vma) == 1;
}
