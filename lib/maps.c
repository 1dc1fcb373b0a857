// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
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
	static bool absent;
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
		.query_addr = addr,
		.vma_name_size = named ? sizeof(vma->name) : 0,
		.vma_name_addr = named ? (uintptr_t)vma->name : 0,
	};

	memset(vma, 0, offsetof(struct vma, name) + 1);
	/*
	 * ENAMETOOLONG: the name does not fit; the text has it, cut off. ENOENT may also be a
	 * kernel's word for "no such ioctl".
	 */
	if (absent || ioctl(fd, PROCMAP_QUERY, &q)) {
		absent = absent || errno == ENOTTY;
		return -1;
	}
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

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(const char **at, char end, uint64_t *value)
{
	const char *p = *at;

	*value = 0;
	for (int digit; (digit = hex_digit(*p)) >= 0; p++)
		*value = *value << 4 | (unsigned int)digit;
	if (p == *at || *p != end)
		return false;
	*at = p + 1;
	return true;
}

/*
 * "start-end perms offset major:minor inode   name". What ends at addr or below is not read
 * further.
 */
static bool parse_line(const char *line, uintptr_t addr, bool named, struct vma *vma)
{
	uint64_t start, end, major, minor;
	char *after;

	if (!take_hex(&line, '-', &start) || !take_hex(&line, ' ', &end) || strlen(line) < 5)
		return false;
	memset(vma, 0, offsetof(struct vma, name) + 1);
	vma->start = (uintptr_t)start;
	vma->end = (uintptr_t)end;
	if (end <= addr)
		return true;
	memcpy(vma->perms, line, 4);
	line += 5;
	if (!take_hex(&line, ' ', &vma->offset) || !take_hex(&line, ':', &major) ||
	    !take_hex(&line, ' ', &minor))
		return false;
	vma->dev_major = (unsigned int)major;
	vma->dev_minor = (unsigned int)minor;
	vma->inode = strtoull(line, &after, 10);
	while (*after == ' ')
		after++;
	if (named) {
		strncpy(vma->name, after, sizeof(vma->name) - 1);
		vma->name[sizeof(vma->name) - 1] = '\0';
	}
	return true;
}

/*
 * The next line of the text, without its end; one that does not fit is cut off. 1: found, 0: there
 * is none, -1: it can't be read.
 */
static int take_line(struct maps_reader *reader, const char **line)
{
	bool skip = reader->cut;

	reader->cut = false;
	for (;;) {
		char *start = reader->buffer + reader->at, *end;
		size_t have = reader->filled - reader->at;
		ssize_t n;

		end = memchr(start, '\n', have);
		if (end) {
			reader->at += (size_t)(end - start) + 1;
			if (skip) {
				skip = false;
				continue;
			}
			*end = '\0';
			*line = start;
			return 1;
		}
		if (skip)
			have = 0;
		memmove(reader->buffer, start, have);
		if (have == sizeof(reader->buffer) - 1) {
			reader->buffer[have] = '\0';
			reader->at = reader->filled = 0;
			reader->cut = true;
			*line = reader->buffer;
			return 1;
		}
		n = read(reader->fd, reader->buffer + have, sizeof(reader->buffer) - 1 - have);
		if (n <= 0)
			return n < 0 ? -1 : 0;
		reader->at = 0;
		reader->filled = have + (size_t)n;
	}
}

void maps_start(struct maps_reader *reader, int fd)
{
	reader->fd = fd;
	reader->named = reader->begun = reader->cut = false;
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
	for (;;) {
		const char *line;

		found = take_line(reader, &line);
		if (found != 1)
			return found;
		if (!parse_line(line, addr, reader->named, vma))
			return -1;
		if (vma->end > addr)
			return 1;
	}
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
