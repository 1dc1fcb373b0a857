// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of a process, as a list by address. Neighbours are not merged, since what they hold
 * may differ; where VMAs are counted, neighbours that the kernel merges count as one.
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

bool model_is_data(unsigned int flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

bool model_over_data(const struct model *m, unsigned int flags, uint64_t more)
{
	uint64_t data = m->data_vm + more;

	return model_is_data(flags) && data > m->limit_data &&
	       (m->limit_data || data > m->hard_limit_data);
}

static void account(struct model *m, const struct model_vma *vma, bool more)
{
	uint64_t bytes = vma->end - vma->start, change = more ? bytes : -bytes;

	m->total_vm += change;
	if (vma->flags & VM_LOCKED)
		m->locked_vm += change;
	if (model_is_data(vma->flags))
		m->data_vm += change;
}

void model_copy(struct model *to, const struct model *from)
{
	memcpy(to, from, offsetof(struct model, vmas) + from->vma_count * sizeof(from->vmas[0]));
}

bool model_add(struct model *m, const struct model_vma *vma)
{
	if (!insert(m, find(m, vma->start), vma))
		return false;
	account(m, vma, true);
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
	upper.tag_offset += addr - upper.start;
	upper.start = addr;
	if (!insert(m, i + 1, &upper))
		return false;
	m->vmas[i].end = addr;
	return true;
}

/* Splits at both ends of [start, end): its VMAs are those from first to last, without last. */
static bool isolate(struct model *m, uint64_t start, uint64_t end, size_t *first, size_t *last)
{
	if (!split(m, start) || !split(m, end))
		return false;
	*first = *last = find(m, start);
	while (*last < m->vma_count && m->vmas[*last].start < end)
		++*last;
	return true;
}

bool model_remove(struct model *m, uint64_t start, uint64_t end)
{
	size_t first, last;

	if (!isolate(m, start, end, &first, &last))
		return false;
	for (size_t i = first; i < last; i++)
		account(m, &m->vmas[i], false);
	memmove(&m->vmas[first], &m->vmas[last], (m->vma_count - last) * sizeof(m->vmas[0]));
	m->vma_count -= last - first;
	return true;
}

bool model_change(struct model *m, uint64_t start, uint64_t end, unsigned int take,
		  unsigned int give)
{
	size_t first, last;

	if (!isolate(m, start, end, &first, &last))
		return false;
	for (size_t i = first; i < last; i++) {
		account(m, &m->vmas[i], false);
		m->vmas[i].flags = (m->vmas[i].flags & ~take) | give;
		account(m, &m->vmas[i], true);
	}
	return true;
}

bool model_move(struct model *m, uint64_t start, uint64_t end, uint64_t to)
{
	size_t first, last;

	if (!isolate(m, start, end, &first, &last))
		return false;
	for (size_t n = last - first; n; n--) {
		size_t i = find(m, start);
		struct model_vma vma = m->vmas[i];

		/* The list keeps its length, so there is room. */
		memmove(&m->vmas[i], &m->vmas[i + 1], (--m->vma_count - i) * sizeof(vma));
		vma.start += to - start;
		vma.end += to - start;
		insert(m, find(m, vma.start), &vma);
	}
	return true;
}

/* Of a VMA: does it hold bytes that are its own, or its own object's? */
static bool may_hold(const struct model_vma *vma)
{
	return !(vma->flags & VM_MAYSHARE) || !vma->object || vma->flags & VM_FRESH;
}

bool model_store(struct model *m, uint64_t start, uint64_t end, unsigned int tag)
{
	size_t first, last;

	if (!isolate(m, start, end, &first, &last))
		return false;
	for (size_t i = first; i < last; i++) {
		if (!may_hold(&m->vmas[i]))
			continue;
		m->vmas[i].tag = tag;
		m->vmas[i].tag_offset = m->vmas[i].start - start;
	}
	return true;
}

bool model_discard(struct model *m, uint64_t start, uint64_t end)
{
	size_t first, last;

	if (!isolate(m, start, end, &first, &last))
		return false;
	for (size_t i = first; i < last; i++)
		if (!(m->vmas[i].flags & VM_MAYSHARE))
			m->vmas[i].tag = 0;
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

bool model_part(const struct model *m, uint64_t start, uint64_t end, struct model_vma *part)
{
	const struct model_vma *vma = model_find_overlap(m, start, end);

	if (!vma || start >= end)
		return false;
	*part = *vma;
	if (part->start < start)
		part->start = start;
	if (part->end > end)
		part->end = end;
	return true;
}

uint64_t model_mapped(const struct model *m, uint64_t start, uint64_t end)
{
	struct model_vma part;
	uint64_t bytes = 0;

	for (uint64_t at = start; model_part(m, at, end, &part); at = part.end)
		bytes += part.end - part.start;
	return bytes;
}

bool model_any(const struct model *m, uint64_t start, uint64_t end, unsigned int flag)
{
	for (size_t i = find(m, start); i < m->vma_count && m->vmas[i].start < end; i++)
		if (m->vmas[i].flags & flag)
			return true;
	return false;
}

/* Is the VMA in this place of the list one with that before it? */
static bool continues(const struct model *m, size_t i)
{
	const struct model_vma *vma, *below;

	if (!i)
		return false;
	vma = &m->vmas[i];
	below = vma - 1;
	return below->end == vma->start && below->flags == vma->flags &&
	       below->object == vma->object && below->memory == vma->memory &&
	       (!(vma->object || vma->memory) ||
		below->offset + (below->end - below->start) == vma->offset);
}

bool model_whole(const struct model *m, uint64_t addr, struct model_vma *whole)
{
	size_t first = find(m, addr), last = first;

	if (first == m->vma_count)
		return false;
	while (continues(m, first))
		first--;
	while (last + 1 < m->vma_count && continues(m, last + 1))
		last++;
	*whole = m->vmas[first];
	whole->end = m->vmas[last].end;
	return true;
}

bool model_cuts(const struct model *m, uint64_t addr)
{
	struct model_vma whole;

	return model_whole(m, addr, &whole) && whole.start < addr;
}

uint64_t model_map_count(const struct model *m)
{
	uint64_t count = m->unlisted_vmas + m->vma_count;

	for (size_t i = 0; i < m->vma_count; i++)
		count -= continues(m, i);
	return count;
}

/*
 * arch/x86/mm/pgprot.c: what may be written can be read, and so can what may be executed, unless
 * arch/x86/mm/pkeys.c has put a protection key in the way of any access but that.
 */
enum model_access model_access(const struct model *m, uint64_t addr, bool store)
{
	const struct model_vma *vma = model_find(m, addr);

	if (!vma || vma->start > addr)
		return ACCESS_MAPERR;
	if (vma->flags & VM_PKEY_EXEC)
		return ACCESS_PKUERR;
	return vma->flags & (store ? VM_WRITE : VM_ACCESS_FLAGS) ? ACCESS_OK : ACCESS_ACCERR;
}
