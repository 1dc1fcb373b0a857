// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "maps.h"
#include "uapi.h"

static int query(int fd, uintptr_t addr, struct vma *vma, bool named)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
		.query_addr = addr,
		.vma_name_size = named ? sizeof(vma->name) : 0,
		.vma_name_addr = named ? (uintptr_t)vma->name : 0,
	};

	memset(vma, 0, offsetof(struct vma, name) + 1);
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

/* The next VMA of the text. As maps_find(). */
static int next_line(struct maps_reader *reader, struct vma *vma)
{
	char line[512];
	size_t length = 0;

	for (;;) {
		if (reader->at == reader->filled) {
			ssize_t n = read(reader->fd, reader->buffer, sizeof(reader->buffer));

			if (n <= 0)
				return n < 0 ? -1 : 0;
			reader->filled = (size_t)n;
			reader->at = 0;
		}
		if (reader->buffer[reader->at] == '\n')
			break;
		if (length < sizeof(line) - 1)
			line[length++] = reader->buffer[reader->at];
		reader->at++;
	}
	reader->at++;
	line[length] = '\0';
	return parse_line(line, vma) ? 1 : -1;
}

void maps_start(struct maps_reader *reader, int fd)
{
	reader->fd = fd;
	reader->named = reader->begun = false;
	reader->at = reader->filled = 0;
}

int maps_next(struct maps_reader *reader, uintptr_t addr, struct vma *vma)
{
	int found = reader->begun ? -1 : query(reader->fd, addr, vma, reader->named);

	if (found > 0)
		return found;
	if (!reader->begun && lseek(reader->fd, 0, SEEK_SET))
		return -1;
	reader->begun = true;
	do
		found = next_line(reader, vma);
	while (found == 1 && vma->end <= addr);
	return found;
}

/* A reader of its own; ->fd is below 0 where the kernel does not tell. */
static void open_maps(struct maps_reader *reader)
{
	maps_start(reader, open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
	reader->named = true;
}

int maps_find(uintptr_t addr, struct vma *vma)
{
	struct maps_reader reader;
	int found;

	open_maps(&reader);
	if (reader.fd < 0)
		return -1;
	found = maps_next(&reader, addr, vma);
	close(reader.fd);
	return found;
}

int maps_count(uintptr_t start, uintptr_t end)
{
	struct maps_reader reader;
	struct vma vma;
	int count = 0, found;

	open_maps(&reader);
	if (reader.fd < 0)
		return -1;
	while ((found = maps_next(&reader, start, &vma)) == 1 && vma.start < end) {
		count++;
		start = vma.end;
	}
	close(reader.fd);
	return found < 0 ? -1 : count;
}

bool maps_available(void)
{
	struct vma vma;

	return maps_find(0, &vma) == 1;
}
