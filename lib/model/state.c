// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of a process, as a list by address. Neighbours are not merged: what a call answers does not depend on it, but for the
 * limit of their number.
 */
#include <string.h>

#include "model.h"

/* Where the first VMA that ends above addr is, or the end of the list. */
static size_t find(const struct model *m, uint64_t addr)
{
	size_t i = 0;

	while (i < m->vma_count && m->vmas[i].end <= addr)
		i++;
	return i;
}

static bool insert(struct model *m, size_t i, const struct model_vma *vma)
{
	if (m->vma_count == MODEL_VMAS_MAX)
		return false;
	memmove(&m->vmas[i + 1], &m->vmas[i], (m->vma_count - i) * sizeof(*vma));
	m->vmas[i] = *vma;
	m->vma_count++;
	return true;
}

static void account(struct model *m, const struct model_vma *vma, uint64_t bytes, bool more)
{
	uint64_t change = more ? bytes : -bytes;

	m->total_vm += change;
	if (vma->flags & VM_LOCKED)
		m->locked_vm += change;
}

bool model_add(struct model *m, const struct model_vma *vma)
{
	if (!insert(m, find(m, vma->start), vma))
		return false;
	account(m, vma, vma->end - vma->start, true);
	return true;
}

/* Splits the VMA that addr is inside of. */
static bool split(struct model *m, uint64_t addr)
{
	size_t i = find(m, addr);
	struct model_vma upper;

	if (i == m->vma_count || m->vmas[i].start >= addr)
		return true;
	upper = m->vmas[i];
	upper.offset += addr - upper.start;
	upper.start = addr;
	if (!insert(m, i + 1, &upper))
		return false;
	m->vmas[i].end = addr;
	return true;
}

bool model_remove(struct model *m, uint64_t start, uint64_t end)
{
	size_t first, last;

	if (!split(m, start) || !split(m, end))
		return false;
	first = find(m, start);
	for (last = first; last < m->vma_count && m->vmas[last].start < end; last++)
		account(m, &m->vmas[last], m->vmas[last].end - m->vmas[last].start, false);
	memmove(&m->vmas[first], &m->vmas[last], (m->vma_count - last) * sizeof(m->vmas[0]));
	m->vma_count -= last - first;
	return true;
}

const struct model_vma *model_find(const struct model *m, uint64_t addr)
{
	size_t i = find(m, addr);

	return i < m->vma_count ? &m->vmas[i] : NULL;
}

const struct model_vma *model_find_overlap(const struct model *m, uint64_t start, uint64_t end)
{
	const struct model_vma *vma = model_find(m, start);

	return vma && vma->start < end ? vma : NULL;
}

uint64_t model_mapped(const struct model *m, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;

	for (size_t i = find(m, start); i < m->vma_count && m->vmas[i].start < end; i++) {
		const struct model_vma *vma = &m->vmas[i];

		bytes += (vma->end < end ? vma->end : end) -
			 (vma->start > start ? vma->start : start);
	}
	return bytes;
}

bool model_any(const struct model *m, uint64_t start, uint64_t end, unsigned int flag)
{
	for (size_t i = find(m, start); i < m->vma_count && m->vmas[i].start < end; i++)
		if (m->vmas[i].flags & flag)
			return true;
	return false;
}
