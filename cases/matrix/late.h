/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Areas of the layout that no mmap() can make as they are, since their object was changed after it
 * was mapped, or is none of objects.h. Each has a first mapping above the layout, whose duplicates
 * mremap() puts into the layout as often as it is laid out.
 */
#ifndef CASES_MATRIX_LATE_H
#define CASES_MATRIX_LATE_H

#include "drive.h"

#define LATE_AREAS_MAX 4
#define LATE_APART 16 /* pages from one first mapping to the next */

struct late_area {
	unsigned int page, pages; /* in the layout */
	uint64_t prot;
	unsigned int object_page;
	int (*open)(void); /* -1: can't be had */
	bool (*change)(int fd); /* when it is mapped; NULL: nothing. False: can't be had */
	struct model_object model; /* of the object, when it has been changed */
};

/* The table of the matrix, up to one of no pages. */
static const struct late_area *late_areas;

static bool late_there[LATE_AREAS_MAX];

static inline uint64_t late_first(const struct process *p, size_t i)
{
	return process_page(p, LAYOUT_PAGES + LATE_APART * (1 + (long)i));
}

static inline bool late_duplicate(const struct process *p, size_t i)
{
	void *place = process_pointer(process_page(p, late_areas[i].page));

	return sys_mremap(process_pointer(late_first(p, i)), 0,
			  late_areas[i].pages * p->model.page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
			  place) == place;
}

/* Both mappings of an area, in the model. The order in which they come into it does not matter. */
static inline bool late_add(struct model *m, const struct late_area *area, uint64_t start)
{
	struct model_vma vma = {
		.start = start,
		.end = start + area->pages * m->page_size,
		.flags = (area->prot & PROT_READ ? VM_READ : 0) |
			 (area->prot & PROT_WRITE ? VM_WRITE : 0) | VM_SHARED | VM_MAYSHARE |
			 VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.object = &area->model,
		.offset = area->object_page * m->page_size,
	};

	return model_add(m, &vma);
}

static inline bool late_make(struct process *p, size_t i)
{
	const struct late_area *area = &late_areas[i];
	int fd = area->open();
	void *first = process_pointer(late_first(p, i));
	size_t bytes = area->pages * p->model.page_size;

	if (fd < 0)
		return true;
	if (sys_mmap(first, bytes, area->prot, MAP_SHARED | MAP_FIXED, fd,
		     area->object_page * p->model.page_size) != first)
		return true;
	if ((area->change && !area->change(fd)) || !late_duplicate(p, i)) {
		sys_munmap(first, bytes);
		return true;
	}
	late_there[i] = true;
	return late_add(&p->model, area, (uintptr_t)first) &&
	       late_add(&p->model, area, process_page(p, area->page));
}

/* For matrix.laid_out: the first time it makes them, in the model too. */
static inline bool late_lay_out(const struct process *p, const struct late_area *table)
{
	bool made = late_areas, done = true;

	late_areas = table;
	for (size_t i = 0; late_areas[i].pages && done; i++) {
		if (!made)
			done = late_make(&process, i);
		else if (late_there[i])
			done = late_duplicate(p, i);
	}
	return done;
}

/* For matrix.example: where such an area is. How it comes to be there, the matrix tells. */
static inline void late_example(const struct process *p,
				const struct combination *c __attribute__((unused)))
{
	for (size_t i = 0; late_areas[i].pages; i++)
		if (late_there[i])
			printf("\t/* %#llx: see late_areas[%zu] of cases/matrix/%s.c */\n",
			       (unsigned long long)process_page(p, late_areas[i].page), i,
			       matrix.call);
}

#endif
