// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "fault.h"
#include "maps.h"
#include "syscalls.h"

/*
 * Below where Linux starts its bottom-up search (a third of the address space, on the smallest
 * layouts too: 256 GiB on riscv64, 3 GiB on 32 bits), above program and heap.
 */
#if UINTPTR_MAX > 0xffffffff
#define ARENA_BASE 0x1000000000UL
#define ARENA_STRIDE 0x40000000UL
#else
#define ARENA_BASE 0x20000000UL
#define ARENA_STRIDE 0x1000000UL
#endif
#define ARENA_TRIES 16

bool arena_init(struct arena *arena, size_t slots)
{
	return arena_init_sized(arena, slots, page_size());
}

bool arena_init_sized(struct arena *arena, size_t slots, size_t slot_bytes)
{
	size_t length = (slots + 2) * slot_bytes;

	if (slots > ARENA_SLOTS_MAX) {
		errno = E2BIG;
		return false;
	}
	for (unsigned long i = 0; i < ARENA_TRIES; i++) {
		char *wanted = (char *)(ARENA_BASE + i * ARENA_STRIDE), *got;
		struct vma vma;

		got = sys_mmap(wanted, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (got == MAP_FAILED)
			return false;
		if (sys_munmap(got, length))
			return false;
		/*
		 * Linux takes a free address given as a hint. A kernel that ignores hints is asked
		 * for its maps; where it has none, nothing but an arena is ever placed here.
		 */
		if (got == wanted || maps_find((uintptr_t)wanted, &vma) < 0 ||
		    vma.start >= (uintptr_t)wanted + length) {
			arena->start = wanted + slot_bytes;
			arena->slots = slots;
			arena->slot_bytes = slot_bytes;
			return true;
		}
	}
	errno = ENOSPC;
	return false;
}

void arena_free(struct arena *arena)
{
	if (arena->start)
		sys_munmap(arena->start, arena->slots * arena->slot_bytes);
}

static unsigned long token_prot(const char *access)
{
	return (access[0] == 'r' ? PROT_READ : 0) | (access[1] == 'w' ? PROT_WRITE : 0) |
	       (access[2] == 'x' ? PROT_EXEC : 0);
}

static bool map(struct arena *arena, long first, size_t count, const char *access,
		unsigned long flags, int fd, size_t page)
{
	return sys_mmap(slot(arena, first), count * arena->slot_bytes, token_prot(access),
			MAP_FIXED | flags, fd, pages(page)) != MAP_FAILED;
}

static unsigned long token_sharing(const char *access)
{
	return access[strlen(access) - 1] == 's' ? MAP_SHARED : MAP_PRIVATE;
}

bool arena_map(struct arena *arena, long first, size_t count, const char *access)
{
	return map(arena, first, count, access, token_sharing(access) | MAP_ANONYMOUS, -1, 0);
}

bool arena_map_huge(struct arena *arena, long first, size_t count, const char *access)
{
	return map(arena, first, count, access, token_sharing(access) | MAP_ANONYMOUS | MAP_HUGETLB,
		   -1, 0);
}

bool arena_map_file(struct arena *arena, long first, size_t count, const char *access, int fd,
		    size_t page)
{
	return map(arena, first, count, access, token_sharing(access), fd, page);
}

static void token_from_vma(const struct vma *vma, char *token)
{
	*token++ = vma->perms[0];
	*token++ = vma->perms[1];
	if (vma->perms[2] == 'x')
		*token++ = 'x';
	if (vma->perms[3] == 's')
		*token++ = 's';
	*token = '\0';
}

/* A store of the byte that is there, so that looking changes nothing. */
static bool writable(volatile char *p, bool readable)
{
	char byte;

	if (!readable)
		return !fault_probe(FAULT_WRITE, p).signal;
	byte = *p;
	if (fault_probe(FAULT_WRITE, p).signal)
		return false;
	*p = byte;
	return true;
}

static void token_by_touch(volatile char *p, char *token)
{
	struct fault fault = fault_probe(FAULT_READ, p);
	bool readable = !fault.signal;

	if (fault.signal == SIGSEGV && fault.code == SEGV_MAPERR) {
		memcpy(token, "..", 3);
		return;
	}
	token[0] = readable ? 'r' : '-';
	token[1] = writable(p, readable) ? 'w' : '-';
	token[2] = '\0';
}

/* Returns whether the tokens come from the maps. */
static bool draw(const struct arena *arena, char picture[ARENA_PICTURE_MAX])
{
	struct vma vma = { 0 };
	bool told = true;
	char *at = picture;

	for (size_t i = 0; i < arena->slots; i++) {
		uintptr_t address = (uintptr_t)slot(arena, (long)i);
		char token[5] = "..";

		if (told && vma.end <= address) {
			int found = maps_find(address, &vma);

			told = found >= 0;
			if (!found)
				vma.start = vma.end = UINTPTR_MAX;
		}
		if (!told)
			token_by_touch((char *)address, token);
		else if (vma.start <= address)
			token_from_vma(&vma, token);
		if (i)
			*at++ = ' ';
		strcpy(at, token);
		at += strlen(token);
	}
	return told;
}

void arena_picture(const struct arena *arena, char picture[ARENA_PICTURE_MAX])
{
	draw(arena, picture);
}

bool arena_looks_like(const struct arena *arena, const char *wanted,
		      char picture[ARENA_PICTURE_MAX])
{
	const char *seen = picture;

	if (draw(arena, picture))
		return !strcmp(wanted, picture);
	while (*wanted && *wanted == *seen) {
		wanted++;
		seen++;
		while (*wanted == 'x' || *wanted == 's')
			wanted++;
	}
	return *wanted == *seen;
}

int arena_vmas(const struct arena *arena)
{
	return maps_count((uintptr_t)arena->start, (uintptr_t)slot(arena, (long)arena->slots));
}
