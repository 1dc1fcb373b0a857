/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This process as the model sees it: its limits and rights, what is mapped in it, and a layout of our own at addresses where the kernel
 * places nothing:
 *
 *	page	  0      8    12  13 14     20  21        500          600 601
 *		  |......|AAAA|...|BB|......|SS |..........|............|GG|
 *
 * A and B are private and writable, S is sealed where there is mseal(), G grows down; 500 is in its guard gap.
 */
#ifndef CASES_MATRIX_PROCESS_H
#define CASES_MATRIX_PROCESS_H

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "lib/caps.h"
#include "lib/limits.h"
#include "lib/maps.h"
#include "lib/model/model.h"
#include "lib/page.h"
#include "lib/space.h"
#include "lib/syscalls.h"

#define LAYOUT_PAGES 1024
#define LAYOUT_A 8
#define LAYOUT_B 13
#define LAYOUT_SEALED 20
#define LAYOUT_GAP 500
#define LAYOUT_GROWSDOWN 600

#define HUGE_LENGTH \
	((uint64_t)1 << 40) /* above what RLIMIT_AS allows, far below the address space */
#define HINT_MIN_MOST ((uint64_t)1 << 20) /* the program lies above */
#define LIMIT_AS ((uint64_t)1 << 36)

struct process {
	struct model model; /* with the layout */
	uint64_t base; /* the address of its page 0 */
	bool maps; /* the kernel tells its mappings */
	bool limited; /* RLIMIT_AS holds: what is huge is refused before it is populated */
};

static const struct {
	unsigned int page, pages;
	unsigned long flags;
	unsigned int vm_flags;
} process_areas[] = {
	{ LAYOUT_A, 4, 0, 0 },
	{ LAYOUT_B, 1, 0, 0 },
	{ LAYOUT_SEALED, 1, 0, VM_SEALED },
	{ LAYOUT_GROWSDOWN, 1, MAP_GROWSDOWN, VM_GROWSDOWN },
};
#define PROCESS_AREAS (sizeof(process_areas) / sizeof(process_areas[0]))

static inline uint64_t process_page(const struct process *p, long page)
{
	return p->base + (uint64_t)page * p->model.page_size;
}

static inline bool process_map_area(const struct process *p, size_t i)
{
	void *start = (void *)process_page(p, process_areas[i].page);

	return sys_mmap(start, process_areas[i].pages * p->model.page_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | process_areas[i].flags, -1,
			0) == start;
}

/* Maps what belongs into the layout, and nothing else; what is sealed stays. */
static inline bool process_restore(const struct process *p)
{
	bool sealed = p->model.traits.mseal;
	bool done = true;

	if (sealed)
		done = !sys_munmap((void *)p->base, LAYOUT_SEALED * p->model.page_size) &&
		       !sys_munmap((void *)process_page(p, LAYOUT_SEALED + 1),
				   (LAYOUT_PAGES - LAYOUT_SEALED - 1) * p->model.page_size);
	else
		done = !sys_munmap((void *)p->base, LAYOUT_PAGES * p->model.page_size);
	for (size_t i = 0; i < PROCESS_AREAS; i++)
		if (!sealed || !(process_areas[i].vm_flags & VM_SEALED))
			done = process_map_area(p, i) && done;
	return done;
}

/* The release whose rules hold: MMAPCONF_REFERENCE, else what the kernel says that it is. */
static inline bool process_traits(struct model_traits *traits)
{
	const char *reference = getenv("MMAPCONF_REFERENCE");
	struct utsname name;

	if (reference && *reference)
		return model_traits_of(reference, traits);
	return !uname(&name) && model_traits_of(name.release, traits);
}

/* The sizes of huge pages that there are. */
static inline uint64_t process_huge_sizes(void)
{
	uint64_t sizes = 0;

	for (unsigned int shift = 12; shift < 40; shift++) {
		char path[80];

		snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%lukB",
			 1ul << (shift - 10));
		if (!access(path, F_OK))
			sizes |= (uint64_t)1 << shift;
	}
	return sizes;
}

/* The address that a hint of one page is raised to, as this kernel does it: the LSM's share of it is not told anywhere. */
static inline uint64_t process_hint_min(const struct model *m)
{
	void *p = sys_mmap((void *)m->page_size, m->page_size, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return m->min_addr;
	sys_munmap(p, m->page_size);
	return (uint64_t)p < HINT_MIN_MOST ? (uint64_t)p : m->min_addr;
}

/* What else is mapped: the program, its stack, the vdso. */
static inline bool process_add_others(struct process *p)
{
	struct vma seen = { 0 };

	while (maps_find(seen.end, &seen) == 1 && seen.start < p->model.task_size) {
		struct model_vma vma = { seen.start, seen.end };

		if (!model_add(&p->model, &vma))
			return false;
	}
	return true;
}

/* Does the address space reach as far as the layout? */
static inline bool process_has_room(const struct process *p)
{
	return process_map_area(p, 0) && !sys_munmap((void *)process_page(p, process_areas[0].page),
						     process_areas[0].pages * p->model.page_size);
}

/* Makes the layout, in this process and in its model. */
static inline bool process_lay_out(struct process *p)
{
	struct model *m = &p->model;

	for (size_t i = 0; i < PROCESS_AREAS; i++) {
		uint64_t start = process_page(p, process_areas[i].page);
		struct model_vma vma = { start, start + process_areas[i].pages * m->page_size,
					 VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE |
						 VM_MAYEXEC | process_areas[i].vm_flags };

		if (!process_map_area(p, i))
			return false;
		/* What is judged by a release that has mseal(), and lacks it, has other tests that say so. */
		if (vma.flags & VM_SEALED && m->traits.mseal &&
		    sys_mseal((void *)start, vma.end - vma.start, 0))
			m->traits.mseal = false;
		if (!m->traits.mseal)
			vma.flags &= ~VM_SEALED;
		if (!model_add(m, &vma))
			return false;
	}
	return true;
}

/* Is [start, end) mapped as the model says? By the maps; true where the kernel does not tell. */
static inline bool process_agrees(const struct process *p, const struct model *m, uint64_t start,
				  uint64_t end)
{
	struct vma seen = { 0 };

	while (p->maps && start < end) {
		const struct model_vma *wanted = model_find_overlap(m, start, end);
		uint64_t next = end;
		bool mapped;

		if (seen.end <= start && maps_find(start, &seen) != 1)
			seen.start = seen.end = UINT64_MAX;
		mapped = seen.start <= start;
		if (mapped != (wanted && wanted->start <= start))
			return false;
		if (mapped) {
			char perms[5] = { wanted->flags & VM_READ ? 'r' : '-',
					  wanted->flags & VM_WRITE ? 'w' : '-',
					  wanted->flags & VM_EXEC ? 'x' : '-',
					  wanted->flags & VM_MAYSHARE ? 's' : 'p' };

			if (strcmp(perms, seen.perms) ||
			    (wanted->object && seen.offset + (start - seen.start) !=
						       wanted->offset + (start - wanted->start)))
				return false;
			next = seen.end < wanted->end ? seen.end : wanted->end;
		} else {
			next = wanted && wanted->start < next ? wanted->start : next;
			next = seen.start < next ? seen.start : next;
		}
		start = next;
	}
	return true;
}

/* False: this machine is not one that the model knows. */
static inline bool process_init(struct process *p)
{
	struct model *m = &p->model;
	int64_t min_addr = 0;
	uint64_t bytes = 0;
	void *free_range;

	memset(p, 0, sizeof(*p));
	m->page_size = page_size();
	p->base = (uint64_t)1 << 44;
	if (!space_end() || !process_has_room(p) || !process_traits(&m->traits))
		return false;
	m->task_size = (uint64_t)space_end();
	m->window_end = ((uint64_t)1 << SPACE_4LEVEL_BITS) - m->page_size;
	sysctl_read("vm.mmap_min_addr", &min_addr);
	m->min_addr = (uint64_t)min_addr > m->page_size ? (uint64_t)min_addr : m->page_size;
	m->hint_min_addr = process_hint_min(m);
	m->huge_sizes = process_huge_sizes();
	m->huge_default = 21;
	m->thp = !access("/sys/kernel/mm/transparent_hugepage", F_OK);
	/* Built without libcap, the capabilities are those that the user stands for. */
	m->cap_ipc_lock = caps_known() ? caps_have(CAPS_IPC_LOCK) : !geteuid();
	m->cap_sys_rawio = caps_known() ? caps_have(CAPS_SYS_RAWIO) : !geteuid();
	m->limit_as = LIMIT_AS;
	m->limit_memlock = UINT64_MAX;
	m->planted = getenv("MMAPCONF_PLANT");
	p->maps = maps_available();
	if (!limit_set(RLIMIT_AS, LIMIT_AS) || !process_add_others(p))
		return false;
	if (address_space_bytes(&bytes))
		m->total_vm = bytes;

	free_range = sys_mmap(NULL, 2 * LIMIT_AS, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p->limited = free_range == MAP_FAILED;
	if (!p->limited)
		sys_munmap(free_range, 2 * LIMIT_AS);
	return process_lay_out(p);
}

#endif
