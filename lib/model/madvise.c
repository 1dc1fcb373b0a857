// SPDX-License-Identifier: GPL-2.0
/*
 * madvise(MADV_DONTNEED): mm/madvise.c:madvise_walk_vmas, then madvise_dontneed_free. No other
 * advice: what those do is hints, or of a kind that no other call of the family depends on.
 */
#include "decide.h"

/* What the walk has met with so far. */
struct walk {
	uint64_t start, at, end;
	bool hole; /* something was not mapped */
};

/* mm/madvise.c:can_madvise_modify */
static bool seal_protects(const struct model_vma *vma)
{
	return vma->flags & VM_SEALED && !vma->object && !(vma->flags & (VM_MAYSHARE | VM_WRITE));
}

static void check_seal(const struct model *m, struct model_answer *a, const struct model_vma *vma,
		       bool partial)
{
	bool locked = vma->flags & VM_LOCKED;

	if (!seal_protects(vma))
		return;
	DENY(!partial && !locked, EPERM, "mseal.block.discard-ro-anon");
	DENY(!partial && locked, EPERM, "mseal.order.eperm-before-locked-einval");
	DENY(partial, EPERM, "mseal.block.madvise-partial");
}

/* mm/madvise.c:madvise_dontneed_free_valid_vma */
static void check_valid(const struct model *m, struct model_answer *a, const struct model_vma *vma,
			const struct walk *walk)
{
	bool huge = huge_page(vma), partial = walk->at > walk->start;
	bool locked = vma->flags & VM_LOCKED;

	DENY(huge && !m->traits.huge_dontneed, EINVAL, "madvise.dontneed.hugetlb-alignment");
	DENY(huge && m->traits.huge_dontneed && inside_huge_page(vma, walk->at), EINVAL,
	     "madvise.dontneed.hugetlb-alignment");
	DENY(locked && walk->hole, EINVAL, "madvise.hole.later-error-wins");
	DENY(locked && !walk->hole && partial, EINVAL, "madvise.error.stops-midway");
	DENY(locked && !walk->hole && !partial, EINVAL, "madvise.dontneed.locked-einval");
}

static void grant_vma(struct model_answer *a, const struct model_vma *vma)
{
	bool shared = vma->flags & VM_MAYSHARE;

	if (vma->object)
		grant(a, shared ? "madvise.dontneed.shared-file-keeps" :
				  "madvise.dontneed.private-file-reverts");
	else
		grant(a, shared ? "madvise.dontneed.shared-anon-keeps" :
				  "madvise.dontneed.private-anon-zero");
	if (vma->flags & VM_SEALED)
		grant(a, vma->object ? "mseal.allow.discard-file" :
			 shared	     ? "mseal.allow.discard-shared-anon" :
				       "mseal.allow.discard-rw-anon");
	if (huge_page(vma))
		grant(a, "madvise.dontneed.hugetlb-alignment");
}

/* mm/madvise.c:madvise_walk_vmas */
static void check_vmas(const struct model *m, struct model_answer *a, struct walk *walk)
{
	struct model_vma vma;

	a->address = walk->start;
	while (walk->at < walk->end) {
		bool found = model_whole(m, walk->at, &vma) && vma.start < walk->end;

		if (!found || vma.start > walk->at)
			walk->hole = true;
		if (!found)
			break;
		if (vma.start > walk->at)
			walk->at = vma.start;
		if (m->traits.seal_by_vma)
			check_seal(m, a, &vma, walk->at > walk->start);
		check_valid(m, a, &vma, walk);
		grant_vma(a, &vma);
		walk->at = vma.end < walk->end ? vma.end : walk->end;
		if (!a->error)
			a->length = walk->at - walk->start;
	}
}

/* A release that has not yet looked at the seals VMA by VMA looks at all of them first. */
static void check_all_seals(const struct model *m, struct model_answer *a, const struct walk *walk)
{
	for (const struct model_vma *vma = model_find_overlap(m, walk->start, walk->end); vma;
	     vma = model_find_overlap(m, vma->end, walk->end))
		check_seal(m, a, vma, false);
}

void model_dontneed(const struct model *m, const struct model_madvise_call *call,
		    struct model_answer *a)
{
	struct walk walk = { .start = align_down(call->addr, m->page_size) };
	bool mapped;

	memset(a, 0, sizeof(*a));
	walk.at = walk.start;
	walk.end = walk.start + align_up(call->length, m->page_size);
	mapped = model_find_overlap(m, walk.start, walk.end);
	DENY(unaligned(call->addr, m->page_size), EINVAL, "madvise.args.addr-unaligned");
	if (!call->length) {
		grant(a, "madvise.args.len-zero");
		return;
	}
	DENY(walk.end <= walk.start, EINVAL, "madvise.args.range-wraps");
	if (!m->traits.seal_by_vma)
		check_all_seals(m, a, &walk);
	check_vmas(m, a, &walk);
	DENY(walk.hole && !mapped, ENOMEM, "madvise.args.unmapped-enomem");
	DENY(walk.hole && mapped, ENOMEM, "madvise.hole.applied-everywhere");
	if (unaligned(call->length, m->page_size))
		grant(a, "madvise.args.len-rounded-up");
}

bool model_dontneed_done(struct model *m, const struct model_answer *a)
{
	return model_discard(m, a->address, a->address + a->length);
}
