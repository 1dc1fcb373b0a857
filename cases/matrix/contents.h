/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pages of the layout hold, how they may be touched, and what the kernel counts of the
 * process, compared with the model.
 */
#ifndef CASES_MATRIX_CONTENTS_H
#define CASES_MATRIX_CONTENTS_H

#include "lib/fault.h"
#include "lib/smaps.h"
#include "process.h"

/* Where a store is tried: not in the byte that tells what the page holds. */
#define CONTENTS_STORE_AT 64

/* The kind of descriptor that this object of a VMA is of. */
static inline const struct mapped_object *contents_object(const struct process *p,
							  const struct model_object *object)
{
	for (unsigned int kind = 0; kind < OBJECTS; kind++)
		if (object == &p->objects[kind].model)
			return &p->objects[kind];
	return NULL;
}

/*
 * vma: the lowest that ends above addr. Hugetlb memory is not touched, since the pool may have no
 * page for it, nor what lies below a VMA that would grow down to it.
 */
static inline bool contents_touchable(const struct model_vma *vma, uint64_t addr)
{
	if (vma->start > addr)
		return !(vma->flags & VM_GROWSDOWN);
	return !vma->object || !vma->object->huge_shift;
}

/* Does the page at addr, of this VMA, hold what it should, if it can be read? */
static inline bool contents_page_agrees(const struct process *p, const struct model_vma *vma,
					uint64_t addr)
{
	const struct mapped_object *object = contents_object(p, vma->object);
	uint64_t page = p->model.page_size, distance = addr - vma->start;
	uint64_t object_page = (vma->offset + distance) / page;
	unsigned char wanted = 0;

	if (vma->tag)
		wanted = (unsigned char)(vma->tag + (vma->tag_offset + distance) / page);
	else if (object && object->lettered && object_page >= OBJECT_FILE_PAGES)
		return fault_probe(FAULT_READ, process_pointer(addr)).signal == SIGBUS;
	else if (object && object->lettered)
		wanted = (unsigned char)('A' + object_page);
	return fault_probe_bytes(wanted, process_pointer(addr), 1).equal;
}

/* Does touching addr raise what the model says, and no more? */
static inline bool contents_access_agrees(const struct model *m, uint64_t addr, bool store)
{
	enum model_access access = model_access(m, addr, store);
	struct fault fault = fault_probe(store ? FAULT_WRITE : FAULT_READ, process_pointer(addr));

	if (access == ACCESS_OK)
		return !fault.signal;
	return fault.signal == SIGSEGV && fault.code == (access == ACCESS_MAPERR ? SEGV_MAPERR :
							 access == ACCESS_ACCERR ? SEGV_ACCERR :
										   SEGV_PKUERR);
}

/* Do the pages of [start, end) that can be read hold what the model says? */
static inline bool contents_agree(const struct process *p, const struct model *m, uint64_t start,
				  uint64_t end)
{
	for (uint64_t addr = start; addr < end; addr += m->page_size) {
		const struct model_vma *vma = model_find(m, addr);

		if (!vma || vma->start >= end)
			break;
		if (vma->start > addr)
			addr = vma->start;
		if (contents_touchable(vma, addr) && model_access(m, addr, false) == ACCESS_OK &&
		    !contents_page_agrees(p, vma, addr))
			return false;
	}
	return true;
}

/*
 * Does touching the pages of [start, end) fault where the model says so, and nowhere else? Each
 * fault is a signal, which takes a while. stores: these are tried too, and leave '!' behind.
 */
static inline bool accesses_agree(const struct model *m, uint64_t start, uint64_t end, bool stores)
{
	for (uint64_t addr = start; addr < end; addr += m->page_size) {
		const struct model_vma *vma = model_find(m, addr);

		if (vma && !contents_touchable(vma, addr))
			continue;
		if (!contents_access_agrees(m, addr, false) ||
		    (stores && !contents_access_agrees(m, addr + CONTENTS_STORE_AT, true)))
			return false;
	}
	return true;
}

/* What the kernel counts, as far as it tells. */
struct accounts {
	bool total_told, locked_told, data_told;
	uint64_t total, locked, data; /* bytes */
};

static inline struct accounts accounts_now(void)
{
	struct accounts now = { 0 };

	now.total_told = address_space_bytes(&now.total);
	now.locked_told = locked_bytes(&now.locked);
	now.data_told = status_bytes("VmData", &now.data);
	return now;
}

/* Have its accounts changed since then as those of the model, from m to after? */
static inline bool accounts_agree(const struct accounts *then, const struct model *m,
				  const struct model *after)
{
	struct accounts now = accounts_now();

	return (!then->total_told || now.total - then->total == after->total_vm - m->total_vm) &&
	       (!then->locked_told ||
		now.locked - then->locked == after->locked_vm - m->locked_vm) &&
	       (!then->data_told || now.data - then->data == after->data_vm - m->data_vm);
}

#endif
