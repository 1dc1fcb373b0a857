/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This process as the model sees it: its limits and rights, what is mapped in it, and a layout that
 * the matrix gives as a table, at addresses where the kernel places nothing of its own choice.
 */
#ifndef CASES_MATRIX_PROCESS_H
#define CASES_MATRIX_PROCESS_H

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "objects.h"
#include "lib/caps.h"
#include "lib/limits.h"
#include "lib/maps.h"
#include "lib/model/model.h"
#include "lib/page.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#ifndef LAYOUT_PAGES
#define LAYOUT_PAGES 2048
#endif
#define LAYOUT_AREAS_MAX 64

/* Of a range that begins in the layout and ends far behind it. */
#define LONG_LENGTH ((uint64_t)1 << 32)
#define HINT_MIN_MOST ((uint64_t)1 << 20) /* the program lies above */
#define LIMIT_AS ((uint64_t)1 << 36)

/* One mapping of the layout. What the model has to know of it, it is told by its own mmap(). */
struct area {
	unsigned int page, pages; /* in the layout */
	uint64_t prot, flags; /* of mmap(); MAP_FIXED is added */
	const char *object; /* the name of its kind (objects.h); NULL: MAP_ANONYMOUS is in flags */
	unsigned int object_page; /* its first page in the object */
	/*
	 * what its first page begins with, the next one with the next letter; 0: nothing is written
	 */
	char fill;
	bool sealed; /* where there is mseal() */
	bool onfault; /* locked by mlock2(MLOCK_ONFAULT), where there is that; else by mlock() */
};

#define MAPS_UNKNOWN -1
#define MAPS_ANEW -2 /* an open file shows those that there were when it was opened (qemu-user) */

struct process {
	struct model model; /* with the layout */
	const struct area *areas; /* ascending, up to one of no pages */
	const struct mapped_object *objects;
	bool there[LAYOUT_AREAS_MAX]; /* is this area? Not where its object can't be had */
	uint64_t base; /* the address of page 0 */
	/* /proc/self/maps, where the kernel tells its mappings; else MAPS_UNKNOWN or MAPS_ANEW */
	int maps;
	bool huge_pool; /* there may be free huge pages */
	bool plant_each; /* a fault in each decision in turn, for a test of the matrix itself */
	bool limited; /* RLIMIT_AS holds: what is huge is refused before it is populated */
	/*
	 * Above what RLIMIT_AS allows, and all memory, and not longer: an emulator may keep a table
	 * of all pages.
	 */
	uint64_t huge_length;
};

/* An address of the model in this program; both have 64 bits where a matrix runs. */
static inline void *process_pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

static inline uint64_t process_page(const struct process *p, long page)
{
	return p->base + (uint64_t)page * p->model.page_size;
}

static inline uint64_t process_area_bytes(const struct process *p, const struct area *area)
{
	return area->pages * p->model.page_size;
}

/* The descriptor of an area, or NULL where it is anonymous, or its object can't be had here. */
static inline const struct mapped_object *process_area_object(const struct process *p,
							      const struct area *area)
{
	return area->object ? object_named(p->objects, area->object) : NULL;
}

static inline bool mlock2_there(void)
{
	return !syscall(SYS_mlock2, NULL, 0, MLOCK_ONFAULT);
}

static inline bool process_map_area(const struct process *p, const struct area *area)
{
	const struct mapped_object *object = process_area_object(p, area);
	char *start = process_pointer(process_page(p, area->page));
	uint64_t prot = area->prot | (area->fill ? PROT_READ | PROT_WRITE : 0);

	if (sys_mmap(start, process_area_bytes(p, area), prot, area->flags | MAP_FIXED,
		     object ? object->fd : -1, area->object_page * p->model.page_size) != start)
		return false;
	for (unsigned int i = 0; area->fill && i < area->pages; i++)
		start[i * p->model.page_size] = (char)(area->fill + i);
	if (prot != area->prot && sys_mprotect(start, process_area_bytes(p, area), area->prot))
		return false;
	return !area->onfault ||
	       !(mlock2_there() ?
			 syscall(SYS_mlock2, start, process_area_bytes(p, area), MLOCK_ONFAULT) :
			 sys_mlock(start, process_area_bytes(p, area)));
}

static inline bool process_stays(const struct process *p, const struct area *area)
{
	return area->sealed && p->model.traits.mseal && p->there[area - p->areas];
}

/*
 * Maps what belongs into the layout, and nothing else, where an area or a hole between two has
 * something of [start, end); what is sealed stays.
 */
static inline bool process_restore_in(const struct process *p, uint64_t start, uint64_t end)
{
	uint64_t layout_end = process_page(p, LAYOUT_PAGES), free;
	const struct area *first = p->areas, *last;
	bool done = true;

	start = start < p->base ? p->base : start;
	end = end > layout_end ? layout_end : end;
	if (start >= end)
		return true;
	while (first->pages && process_page(p, first->page) + process_area_bytes(p, first) <= start)
		first++;
	for (last = first; last->pages && process_page(p, last->page) < end; last++)
		;
	free = start;
	if (first < last && process_page(p, first->page) < start)
		free = process_page(p, first->page);
	if (first < last && process_page(p, last[-1].page) + process_area_bytes(p, &last[-1]) > end)
		end = process_page(p, last[-1].page) + process_area_bytes(p, &last[-1]);
	for (const struct area *area = first;; area++) {
		uint64_t used = area < last ? process_page(p, area->page) : end;

		if (area < last && !process_stays(p, area))
			continue;
		if (used > free)
			done = !sys_munmap(process_pointer(free), used - free) && done;
		if (area == last)
			break;
		free = used + process_area_bytes(p, area);
	}
	for (const struct area *area = first; area < last; area++)
		if (p->there[area - p->areas] && !process_stays(p, area))
			done = process_map_area(p, area) && done;
	return done;
}

/* The same of the whole layout. */
static inline bool process_restore(const struct process *p)
{
	return process_restore_in(p, p->base, process_page(p, LAYOUT_PAGES));
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

/* Has a pool of huge pages any, or may it get some? Then it is not told who else takes them. */
static inline bool process_huge_pool(void)
{
	int64_t pages = 0, surplus = 0;

	return (sysctl_read("vm.nr_hugepages", &pages) && pages) ||
	       (sysctl_read("vm.nr_overcommit_hugepages", &surplus) && surplus);
}

/*
 * The address that a hint of one page is raised to, as this kernel does it: the LSM's share of it
 * is not told anywhere.
 */
static inline uint64_t process_hint_min(const struct model *m)
{
	void *p = sys_mmap(process_pointer(m->page_size), m->page_size, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return m->min_addr;
	sys_munmap(p, m->page_size);
	return (uintptr_t)p < HINT_MIN_MOST ? (uintptr_t)p : m->min_addr;
}

/* All memory that there is, swap included; 0: it is not told. */
static inline uint64_t process_memory(void)
{
	struct sysinfo memory;

	return sysinfo(&memory) ? 0 :
				  (uint64_t)(memory.totalram + memory.totalswap) * memory.mem_unit;
}

/*
 * What the kernel lets a process ask for at once, where it guesses; UINT64_MAX where
 * vm.overcommit_memory forbids that, or is not told.
 */
static inline uint64_t process_promised(void)
{
	uint64_t bytes = process_memory();
	int64_t mode = -1;

	return sysctl_read("vm.overcommit_memory", &mode) && !mode && bytes ? bytes : UINT64_MAX;
}

/* A length above what RLIMIT_AS allows, and above all memory that there is. */
static inline uint64_t process_huge_length(void)
{
	uint64_t length = 2 * LIMIT_AS;

	while (length <= process_memory())
		length *= 2;
	return length;
}

#define ROOM_TO_RUN ((uint64_t)1 << 28)

/*
 * Does RLIMIT_AS hold? There is room under it, since what runs the program may lie in the same
 * process.
 */
static inline bool process_is_limited(void)
{
	uint64_t limit = LIMIT_AS - ROOM_TO_RUN;
	void *made;

	address_space_bytes(&limit);
	limit += ROOM_TO_RUN;
	if (!limit_set(RLIMIT_AS, limit))
		return false;
	/* More than nothing is mapped already. */
	made = sys_mmap(NULL, limit, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (made != MAP_FAILED)
		sys_munmap(made, limit);
	return made == MAP_FAILED;
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
	size_t length = (size_t)(LAYOUT_PAGES * p->model.page_size);
	void *start = process_pointer(p->base);

	return sys_mmap(start, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		       start &&
	       !sys_munmap(start, length);
}

/* Maps an area, in this process and in its model. */
static inline bool process_add_area(struct process *p, const struct area *area)
{
	const struct mapped_object *object = process_area_object(p, area);
	struct model *m = &p->model;
	struct model_mmap_call call = { process_page(p, area->page),
					process_area_bytes(p, area),
					area->prot,
					area->flags | MAP_FIXED,
					area->object_page * m->page_size,
					object ? &object->model : NULL };
	struct model_answer answer;

	if (area->object && !(object && object->there))
		return true;
	model_mmap(m, &call, &answer);
	if (answer.error)
		return false;
	/* A kernel that can't map it, though it should, has other tests that say so. */
	if (!process_map_area(p, area))
		return !sys_munmap(process_pointer(call.addr), call.length);
	if (!model_mmap_done(m, &answer, answer.address))
		return false;
	/*
	 * Its letters are what is stored under the first one; what belongs to a file is the file's.
	 */
	if (area->fill && !model_store(m, call.addr, call.addr + call.length, area->fill))
		return false;
	/*
	 * What is judged by a release that has mseal(), and lacks it, has other tests that say so.
	 */
	if (area->sealed && m->traits.mseal &&
	    sys_mseal(process_pointer(call.addr), call.length, 0))
		m->traits.mseal = false;
	for (size_t i = 0; i < m->vma_count; i++)
		if (area->sealed && m->traits.mseal && m->vmas[i].start == call.addr)
			m->vmas[i].flags |= VM_SEALED;
	p->there[area - p->areas] = true;
	return !area->onfault || model_change(m, call.addr, call.addr + call.length, 0,
					      VM_LOCKED | (mlock2_there() ? VM_LOCKONFAULT : 0));
}

/* Is something of this process in [start, end) that is not of the layout? */
static inline bool process_is_in(const struct process *p, uint64_t start, uint64_t end)
{
	uint64_t layout_end = process_page(p, LAYOUT_PAGES);

	return (start < p->base &&
		model_find_overlap(&p->model, start, end < p->base ? end : p->base)) ||
	       (end > layout_end &&
		model_find_overlap(&p->model, start > layout_end ? start : layout_end, end));
}

/* Does a file that was opened before something was mapped show it? */
static inline int process_open_maps(void)
{
	int fd = maps_available() ? open("/proc/self/maps", O_RDONLY | O_CLOEXEC) : MAPS_UNKNOWN;
	struct vma seen;
	struct maps_reader reader;
	bool shown;
	char *made;

	if (fd < 0)
		return MAPS_UNKNOWN;
	made = sys_mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	maps_start(&reader, fd);
	shown = maps_next(&reader, (uintptr_t)made, &seen) == 1 && seen.start <= (uintptr_t)made;
	sys_munmap(made, page_size());
	if (shown)
		return fd;
	close(fd);
	return MAPS_ANEW;
}

/* Is [start, end) mapped as the model says? seen: what was read last. */
static inline bool process_agrees_in(struct maps_reader *reader, struct vma *seen,
				     const struct model *m, uint64_t start, uint64_t end)
{
	while (start < end) {
		const struct model_vma *wanted = model_find_overlap(m, start, end);
		uint64_t next = end;
		bool mapped;

		if (seen->end <= start && maps_next(reader, start, seen) != 1)
			seen->start = seen->end = UINTPTR_MAX;
		mapped = seen->start <= start;
		if (mapped != (wanted && wanted->start <= start))
			return false;
		if (mapped) {
			char perms[5] = { wanted->flags & VM_READ ? 'r' : '-',
					  wanted->flags & VM_WRITE ? 'w' : '-',
					  wanted->flags & VM_EXEC ? 'x' : '-',
					  wanted->flags & VM_MAYSHARE ? 's' : 'p' };

			if (strcmp(perms, seen->perms) ||
			    (wanted->object && seen->offset + (start - seen->start) !=
						       wanted->offset + (start - wanted->start)))
				return false;
			next = seen->end < wanted->end ? seen->end : wanted->end;
		} else {
			next = wanted && wanted->start < next ? wanted->start : next;
			next = seen->start < next ? seen->start : next;
		}
		start = next;
	}
	return true;
}

/* The same of two ranges, in one look; true where the kernel does not tell. */
static inline bool process_agrees_both(const struct process *p, const struct model *m,
				       uint64_t start, uint64_t end, uint64_t start2, uint64_t end2)
{
	int maps = p->maps == MAPS_ANEW ? open("/proc/self/maps", O_RDONLY | O_CLOEXEC) : p->maps;
	struct maps_reader reader;
	struct vma seen = { 0 };
	bool agrees = true;

	maps_start(&reader, maps);
	if (maps >= 0 && start2 < start)
		agrees = process_agrees_in(&reader, &seen, m, start2, end2) &&
			 process_agrees_in(&reader, &seen, m, start > end2 ? start : end2, end);
	else if (maps >= 0)
		agrees = process_agrees_in(&reader, &seen, m, start, end) &&
			 process_agrees_in(&reader, &seen, m, start2 > end ? start2 : end, end2);
	if (p->maps == MAPS_ANEW)
		close(maps);
	return agrees;
}

static inline bool process_agrees(const struct process *p, const struct model *m, uint64_t start,
				  uint64_t end)
{
	return process_agrees_both(p, m, start, end, 0, 0);
}

/* Sets a limit, unless it is what it was set to the last time. */
static inline bool process_limit(int resource, uint64_t limit)
{
	static uint64_t set[RLIM_NLIMITS];
	static bool known[RLIM_NLIMITS];

	if (known[resource] && set[resource] == limit)
		return true;
	set[resource] = limit;
	return known[resource] = limit_set(resource, limit);
}

/* Begins with it. False: this machine is not one that the model knows. */
static inline bool process_begin(struct process *p)
{
	memset(p, 0, sizeof(*p));
	p->model.page_size = page_size();
	p->base = (uint64_t)1 << 44;
	return sizeof(void *) == sizeof(uint64_t) && space_end() && process_has_room(p) &&
	       process_traits(&p->model.traits);
}

/* Goes on, and makes the layout. False as before. */
static inline bool process_init(struct process *p, const struct area *areas,
				const struct mapped_object *objects)
{
	struct model *m = &p->model;
	int64_t min_addr = 0;
	uint64_t bytes = 0;

	p->areas = areas;
	p->objects = objects;
	m->task_size = (uintptr_t)space_end();
	m->window_end = ((uint64_t)1 << SPACE_4LEVEL_BITS) - m->page_size;
	sysctl_read("vm.mmap_min_addr", &min_addr);
	m->min_addr = (uint64_t)min_addr > m->page_size ? (uint64_t)min_addr : m->page_size;
	m->hint_min_addr = process_hint_min(m);
	m->huge_sizes = process_huge_sizes();
	p->huge_pool = process_huge_pool();
	m->huge_default = 21;
	m->thp = !access("/sys/kernel/mm/transparent_hugepage", F_OK);
	/* Built without libcap, the capabilities are those that the user stands for. */
	m->cap_ipc_lock = caps_known() ? caps_have(CAPS_IPC_LOCK) : !geteuid();
	m->cap_sys_rawio = caps_known() ? caps_have(CAPS_SYS_RAWIO) : !geteuid();
	m->limit_as = LIMIT_AS;
	m->limit_memlock = m->limit_data = m->hard_limit_data = UINT64_MAX;
	m->limit_commit = m->max_map_count = UINT64_MAX;
	m->pkeys = x86_protection_keys();
	p->maps = process_open_maps();
	p->limited = process_is_limited();
	p->huge_length = process_huge_length();
	if (!process_limit(RLIMIT_AS, LIMIT_AS) || !process_add_others(p))
		return false;
	if (address_space_bytes(&bytes))
		m->total_vm = bytes;

	for (const struct area *area = areas; area->pages; area++)
		if (!process_add_area(p, area))
			return false;
	m->planted = getenv("MMAPCONF_PLANT");
	if (m->planted && !strcmp(m->planted, "each")) {
		p->plant_each = true;
		m->planted = NULL;
	}
	return true;
}

#endif
