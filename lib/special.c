// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "page.h"
#include "special.h"
#include "syscalls.h"

static int closed(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

int special_tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int special_packet_ring(size_t length)
{
	struct { /* linux/if_packet.h: struct tpacket_req */
		unsigned int block_size, block_nr, frame_size, frame_nr;
	} ring = { page_size(), length / page_size(), 2048, length / 2048 };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0 && length && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		return closed(fd);
	return fd;
}

int special_perf_event(void)
{
	struct { /* linux/perf_event.h: struct perf_event_attr */
		uint32_t type, size;
		uint64_t config, period, sample_type, read_format, bits, rest[2];
	} event = { PERF_EVENT_SOFTWARE, sizeof(event), PERF_EVENT_DUMMY,
		    .bits = PERF_EVENT_EXCLUDE_KERNEL | PERF_EVENT_EXCLUDE_HV };

	return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

int special_io_uring(uint32_t entries, struct special_uring *uring)
{
	memset(uring, 0, sizeof(*uring));
	return (int)syscall(SYS_io_uring_setup, entries, uring);
}

int special_secretmem(size_t length)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	return fd >= 0 && ftruncate(fd, (off_t)length) ? closed(fd) : fd;
}
