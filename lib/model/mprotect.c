// SPDX-License-Identifier: GPL-2.0
/*
 * mprotect(): mm/mprotect.c:do_mprotect_pkey, then mprotect_fixup, VMA by VMA: those before the one
 * that is refused have changed already. Not modelled: protection keys but that of execute-only
 * memory, a personality, what PR_SET_MDWE forbids, and a change that needs no split since it joins
 * the VMA to its neighbour.
 */
#include "decide.h"

#define GROWS (PROT_GROWSDOWN | PROT_GROWSUP)
#define CHANGED_FLAGS (VM_ACCESS_FLAGS | VM_PKEY_EXEC)
#define PROT_KNOWN (PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)

/* One call on its way through the VMAs. */
struct change {
	uint64_t start, end; /* of the range */
	unsigned int access; /* what is asked for: of VM_ACCESS_FLAGS */
	unsigned int key; /* VM_PKEY_EXEC, or 0 */
	uint64_t added_vmas, added_data; /* by what it changed so far */
	bool changes; /* some VMA has not had that protection */
};

static unsigned int access_flags(uint64_t prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* The VM_MAY flags, in the place of what they allow. */
static unsigned int allowed(const struct model_vma *vma)
{
	return vma->flags >> 4 & VM_ACCESS_FLAGS;
}

/* What the VMA may never have. partial: others have been changed before. */
static void check_permission(const struct model *m, struct model_answer *a,
			     const struct model_vma *vma, unsigned int access, bool partial)
{
	unsigned int missing = access & ~allowed(vma);
	bool sealed = vma->flags & VM_SEALED, write = missing & VM_WRITE;
	bool plain = missing && !sealed && !partial;
	bool write_sealed = vma->object &&
			    vma->object->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE);

	DENY(missing && sealed, EACCES, "mprotect.order.eacces-before-eperm-sealed");
	DENY(missing && !sealed && partial, EACCES, "mprotect.error.partial-eacces");
	DENY(plain && write && write_sealed, EACCES, "memfd.write.mprotect-eacces");
	DENY(plain && write && !write_sealed, EACCES, "mprotect.perm.shared-readonly-fd");
	DENY(plain && !write, EACCES, "mprotect.perm.noexec-mount");
}

/* mm/vma.c:split_vma */
static void check_split(const struct model *m, struct model_answer *a, const struct model_vma *vma,
			uint64_t addr, struct change *change)
{
	if (!(vma->start < addr && addr < vma->end))
		return;
	DENY(model_map_count(m) + change->added_vmas >= m->max_map_count, ENOMEM,
	     "mprotect.vma.map-count-limit");
	DENY(inside_huge_page(vma, addr), EINVAL, "mprotect.hugetlb.unaligned");
	change->added_vmas++;
}

/* mprotect_fixup, of the part of a VMA from start to end */
static void check_fixup(const struct model *m, struct model_answer *a, const struct model_vma *vma,
			uint64_t start, uint64_t end, struct change *change)
{
	unsigned int flags = (vma->flags & ~CHANGED_FLAGS) | change->access | change->key;
	bool becomes_data = model_is_data(flags) && !model_is_data(vma->flags);
	bool charged = flags & VM_WRITE && !(vma->flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) &&
		       !huge_page(vma);
	uint64_t bytes = end - start;

	if (vma->flags & VM_SEALED && m->traits.seal_by_vma) {
		DENY(start == change->start, EPERM, "mseal.block.mprotect");
		DENY(start > change->start, EPERM, "mseal.block.mprotect-partial");
	}
	if (flags == vma->flags)
		return;
	change->changes = true;
	/* Beyond RLIMIT_AS already, nothing is asked. */
	DENY(becomes_data && model_over_data(m, flags, change->added_data + bytes) &&
		     m->total_vm + bytes <= m->limit_as,
	     ENOMEM, "mprotect.limit.data-becoming-writable");
	DENY(charged && bytes > m->limit_commit, ENOMEM, "mprotect.limit.commit-becoming-writable");
	check_split(m, a, vma, start, change);
	check_split(m, a, vma, end, change);
	change->added_data += becomes_data ? bytes : 0;
}

/* What a change of this VMA grants; the last one is named. */
static void grant_vma(const struct model *m, struct model_answer *a, const struct model_vma *vma,
		      const struct change *change)
{
	unsigned int gained = change->access & ~vma->flags;

	grant(a, !change->access	    ? "mprotect.effect.none" :
		 change->access == VM_READ  ? "mprotect.effect.readonly" :
		 change->access == VM_WRITE ? "mprotect.effect.write-only-x86" :
		 change->access == VM_EXEC  ? "mprotect.effect.exec-only-x86" :
					      "mprotect.ret.zero");
	if (gained & VM_WRITE && vma->flags & VM_MAYSHARE)
		grant(a, "mmap.kind.rdwr-shared-upgrade-ok");
	if (gained & VM_WRITE && !(vma->flags & VM_MAYSHARE) && vma->object &&
	    !vma->object->writable)
		grant(a, "mprotect.perm.private-readonly-fd");
	if (gained & VM_WRITE && vma->object && vma->object->seals & F_SEAL_WRITE)
		grant(a, "memfd.write.mmap-private");
	if (gained & VM_WRITE && vma->flags & VM_LOCKED && !(vma->flags & VM_MAYSHARE))
		grant(a, vma->flags & VM_READ ? "mprotect.effect.locked-private-writable" :
						"mprotect.effect.locked-none-populate");
	if (change->access & VM_WRITE && model_is_data(vma->flags) && m->data_vm > m->limit_data)
		grant(a, "mprotect.limit.data-already-over");
}

/* do_mprotect_pkey's loop. What it comes to before it is refused is changed. */
static void check_vmas(const struct model *m, struct model_answer *a, struct change *change)
{
	struct model_vma vma;

	a->address = change->start;
	for (uint64_t at = change->start, end; at < change->end; at = end) {
		if (!model_whole(m, at, &vma) || vma.start > at) {
			bool middle = model_find_overlap(m, at, change->end);

			DENY(middle, ENOMEM, "mprotect.hole.middle-partial");
			DENY(!middle && change->changes, ENOMEM, "mprotect.hole.end-partial");
			DENY(!middle && !change->changes, ENOMEM,
			     "mprotect.hole.end-even-unchanged");
			return;
		}
		end = vma.end < change->end ? vma.end : change->end;
		check_permission(m, a, &vma, change->access, at > change->start);
		check_fixup(m, a, &vma, at, end, change);
		grant_vma(m, a, &vma, change);
		if (!a->error)
			a->length = end - change->start;
	}
}

/* The checks of the arguments alone. */
static void check_arguments(const struct model *m, struct model_answer *a,
			    const struct model_mprotect_call *call)
{
	uint64_t end = call->addr + align_up(call->length, m->page_size);
	bool both = (call->prot & GROWS) == GROWS,
	     unknown = call->prot & ~(uint64_t)(GROWS | PROT_KNOWN);
	bool wraps = call->length && end <= call->addr;
	bool mapped = model_find_overlap(m, call->addr, end);

	DENY(both && call->length, EINVAL, "mprotect.args.both-grows");
	DENY(both && !call->length, EINVAL, "mprotect.order.grows-then-align-then-len");
	DENY(unaligned(call->addr, m->page_size), EINVAL, "mprotect.args.addr-unaligned");
	DENY(wraps && !unknown, ENOMEM, "mprotect.args.range-wraps");
	DENY(wraps && unknown, ENOMEM, "mprotect.order.grows-then-align-then-len");
	DENY(call->length && unknown && mapped, EINVAL, "mprotect.args.unknown-prot-bits");
	DENY(call->length && unknown && !mapped, EINVAL, "mprotect.order.badprot-before-enomem");
}

/* What the range begins with. False: there is nothing to change. */
static bool check_first(const struct model *m, struct model_answer *a,
			const struct model_mprotect_call *call, struct change *change)
{
	bool down = call->prot & PROT_GROWSDOWN, up = call->prot & PROT_GROWSUP && !down;
	struct model_vma vma;
	bool found = model_whole(m, change->start, &vma) && vma.start < change->end;
	bool reached = found && (down || vma.start <= change->start);
	bool kernel = change->start >= m->task_size;

	DENY(down && !found, ENOMEM, "mprotect.growsdown.wholly-below-enomem");
	DENY(down && found && !(vma.flags & VM_GROWSDOWN), EINVAL,
	     "mprotect.growsdown.not-growable");
	DENY(up && !reached, ENOMEM, "mprotect.growsup.unsupported");
	DENY(up && reached, EINVAL, "mprotect.growsup.unsupported");
	DENY(!down && !up && !reached && kernel, ENOMEM, "mprotect.unmapped.kernel-address");
	DENY(!down && !up && !reached && !kernel, ENOMEM, "mprotect.unmapped.enomem");
	if (reached && down)
		change->start = vma.start;
	return reached;
}

/* What the arguments grant, whatever is mapped. */
static void grant_arguments(const struct model *m, struct model_answer *a,
			    const struct model_mprotect_call *call, const struct change *change)
{
	if (model_cuts(m, change->start) || model_cuts(m, change->end))
		grant(a, "mprotect.vma.split");
	if (!change->changes)
		grant(a, "mprotect.vma.noop-no-split");
	if (unaligned(call->length, m->page_size))
		grant(a, "mprotect.args.len-rounded-up");
	if (call->prot & PROT_SEM)
		grant(a, m->pkeys && change->access == VM_EXEC ?
				 "mprotect.effect.exec-sem-readable" :
				 "mprotect.args.prot-sem-accepted");
	if (model_map_count(m) + change->added_vmas >= m->max_map_count)
		grant(a, "mprotect.vma.map-count-limit");
	if (call->prot & PROT_GROWSDOWN)
		grant(a, call->addr < change->start ? "mprotect.growsdown.range-below-start" :
						      "mprotect.growsdown.extends-to-start");
}

void model_mprotect(const struct model *m, const struct model_mprotect_call *call,
		    struct model_answer *a)
{
	struct change change = { .start = align_down(call->addr, m->page_size),
				 .access = access_flags(call->prot) };

	memset(a, 0, sizeof(*a));
	/*
	 * arch/x86/mm/pkeys.c:__arch_override_mprotect_pkey; any other bit, even one that has no
	 * effect, makes it readable.
	 */
	if (m->pkeys && (call->prot & ~(uint64_t)GROWS) == PROT_EXEC)
		change.key = VM_PKEY_EXEC;
	change.end = change.start + align_up(call->length, m->page_size);
	check_arguments(m, a, call);
	if (!call->length) {
		grant(a, "mprotect.args.len-zero-ok");
		return;
	}
	if (!check_first(m, a, call, &change))
		return;
	if (!m->traits.seal_by_vma)
		DENY(model_any(m, change.start, change.end, VM_SEALED), EPERM,
		     "mseal.block.mprotect");
	check_vmas(m, a, &change);
	grant_arguments(m, a, call, &change);
	a->made.flags = change.access | change.key;
}

bool model_mprotect_done(struct model *m, const struct model_answer *a)
{
	return model_change(m, a->address, a->address + a->length, CHANGED_FLAGS, a->made.flags);
}
