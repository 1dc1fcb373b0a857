/* SPDX-License-Identifier: GPL-2.0 */
/*
 * userfaultfd: memory whose missing pages, and the events of whose mappings, are told to a monitor.
 */
#ifndef LIB_UFFD_H
#define LIB_UFFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi.h"

/* Features and events of linux/userfaultfd.h. */
#define UFFD_EVENT_REMAP_FEATURE (1 << 2)
#define UFFD_EVENT_UNMAP_FEATURE (1 << 6)
#define UFFD_REMAP_EVENT 0x14
#define UFFD_UNMAP_EVENT 0x16

/* As the kernel writes it. */
struct uffd_event {
	uint8_t event, reserved[7];
	uint64_t arg[3]; /* from, to, length of a remap; start and end of an unmap */
};

/*
 * A descriptor with these features; -1: errno says why, EINVAL being a feature that the kernel
 * lacks.
 */
int uffd_open(uint64_t features);

/* Has the missing pages of these bytes told to the monitor. False: errno says why. */
bool uffd_register(int fd, void *p, size_t length);

/*
 * Waits for the next event, or for the end of those who hold the write end of the pipe: until, its
 * read end, then reads as end of file. False: there was no event.
 */
bool uffd_next(int fd, int until, struct uffd_event *event);

#endif
