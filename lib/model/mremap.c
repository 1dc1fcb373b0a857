// SPDX-License-Identifier: GPL-2.0
/*
 * mremap(): mm/mremap.c of the newest release, and of those before 6.17, which looked for the
 * mapping before they looked at the new address, and unmapped what was there before they looked at
 * how the mapping can grow.
 *
 * The state is a copy that changes as the kernel's does: a call that is refused late leaves what it
 * has done.
 */
#include "decide.h"

/* What one call works with, as far as it has come. */
struct request {
	uint64_t addr, old_len, new_len, flags, new_addr;
	const uint64_t *result; /* where the kernel put what it moved; NULL: that is not known */
	bool full; /* the list of mappings did not suffice */
	uint64_t grows; /* bytes that are charged where no new mapping is */
	bool cuts; /* they are what a shrinking cuts off: mm/mremap.c:vrm_calc_charge before 7.3 */

	bool there; /* is there a mapping at addr? */
	struct model_vma vma; /* it, as the kernel has it */
};

static bool implies_new_addr(const struct request *r)
{
	return r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
}

/* include/linux/mm.h:vma_lookup */
static void look_up(const struct model *m, struct request *r)
{
	r->there = model_find_overlap(m, r->addr, r->addr + 1);
	if (r->there)
		model_whole(m, r->addr, &r->vma);
}

/* mm/mremap.c:check_mremap_params, what concerns the new address */
static void check_new_addr(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool fixed = r->flags & MREMAP_FIXED;
	bool beyond = r->new_len > m->task_size || r->new_addr > m->task_size - r->new_len;

	DENY(fixed && beyond, EINVAL, "mremap.fixed.newaddr-beyond-limit");
	DENY(fixed && unaligned(r->new_addr, m->page_size), EINVAL,
	     "mremap.fixed.newaddr-unaligned");
	DENY(!fixed && (beyond || unaligned(r->new_addr, m->page_size)), EINVAL,
	     "mremap.dontunmap.hint-checked");
}

/* mm/mremap.c:vrm_overlaps */
static void check_overlap(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool fixed = r->flags & MREMAP_FIXED;
	bool overlaps = r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr;
	bool kept = r->old_len <= r->new_len || r->addr + r->new_len > r->new_addr;

	DENY(fixed && overlaps && kept, EINVAL, "mremap.fixed.overlap-einval");
	DENY(fixed && overlaps && !kept, EINVAL, "mremap.fixed.overlap-uses-full-oldlen");
	DENY(!fixed && overlaps, EINVAL, "mremap.dontunmap.hint-checked");
}

/* mm/mremap.c:check_mremap_params before 7.2, mremap_to before 6.17 */
static void check_map_count_old(const struct model *m, struct model_answer *a)
{
	DENY(!m->traits.map_count_first && model_map_count(m) + 2 >= m->max_map_count - 3, ENOMEM,
	     "mremap.limit.map-count-maymove");
}

/* mm/mremap.c:check_mremap_params */
static void check_mremap_params(const struct model *m, struct model_answer *a,
				const struct model_mremap_call *call, const struct request *r)
{
	bool all = m->traits.mremap_params_first, moves = implies_new_addr(r);
	bool dontunmap = r->flags & MREMAP_DONTUNMAP, fixed = r->flags & MREMAP_FIXED;
	bool resizes = r->old_len != r->new_len;

	DENY(r->flags & ~(uint64_t)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP), EINVAL,
	     "mremap.args.unknown-flag-einval");
	DENY(unaligned(r->addr, m->page_size), EINVAL, "mremap.args.oldaddr-unaligned");
	DENY(!call->new_len, EINVAL, "mremap.args.newlen-zero");
	DENY(call->new_len && !r->new_len, EINVAL, "mremap.args.newlen-wraps-zero");
	DENY(all && r->new_len > m->task_size, EINVAL, "mremap.args.newlen-over-tasksize");
	if (all && moves)
		check_new_addr(m, a, r);
	DENY(fixed && !(r->flags & MREMAP_MAYMOVE), EINVAL, "mremap.args.fixed-needs-maymove");
	DENY(dontunmap && !fixed && !(r->flags & MREMAP_MAYMOVE), EINVAL,
	     "mremap.args.dontunmap-needs-maymove");
	DENY(dontunmap && resizes && !r->old_len, EINVAL, "mremap.dup.dontunmap-einval");
	DENY(dontunmap && resizes && r->old_len, EINVAL, "mremap.args.dontunmap-resize-einval");
	DENY(dontunmap && !resizes && call->old_len != call->new_len && !all, EINVAL,
	     "mremap.args.dontunmap-rounding-compare-old");
	if (all && moves) {
		check_overlap(m, a, r);
		check_map_count_old(m, a);
	}
}

/* mm/mremap.c:check_prep_vma, what every mapping is asked; mremap itself asks it before 6.17 */
static void check_source(const struct model *m, struct model_answer *a, struct request *r)
{
	uint64_t huge;

	DENY(!r->there && r->old_len, EFAULT, "mremap.efault.unmapped-old");
	DENY(!r->there && !r->old_len, EFAULT, "mremap.order.efault-before-dup-einval");
	if (!r->there)
		return;
	DENY(r->vma.flags & VM_SEALED, EPERM, "mseal.block.mremap-all");
	if (!huge_page(&r->vma))
		return;
	/* mm/mremap.c:align_hugetlb */
	huge = huge_page(&r->vma);
	r->old_len = align_up(r->old_len, huge);
	r->new_len = align_up(r->new_len, huge);
	DENY(unaligned(r->addr, huge) || unaligned(r->new_addr, huge), EINVAL,
	     "mremap.hugetlb.unaligned");
	DENY(r->new_len > r->old_len, EINVAL, "mremap.hugetlb.grow-einval");
}

/*
 * mm/mremap.c:vrm_calc_charge, where vm.overcommit_memory leaves it to a guess
 * (mm/util.c:__vm_enough_memory)
 */
static void check_charge(const struct model *m, struct model_answer *a, const struct request *r,
			 uint64_t more)
{
	const struct model_vma *vma = &r->vma;
	/* mm/vma.c:accountable_mapping */
	bool accountable = (vma->flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE &&
			   !huge_page(vma);

	bool over = accountable && more > m->limit_commit;

	DENY(over && !r->cuts, ENOMEM, "mremap.limit.commit-guess");
	DENY(over && r->cuts, ENOMEM, "mremap.limit.commit-shrink-old");
}

/* mm/mremap.c:mlock_future_ok */
static void check_locked(const struct model *m, struct model_answer *a, const struct request *r,
			 uint64_t more)
{
	uint64_t limit = m->cap_ipc_lock ? UINT64_MAX : m->limit_memlock;
	bool over = r->vma.flags & VM_LOCKED &&
		    (m->locked_vm + more) / m->page_size > limit / m->page_size;

	DENY(over && !r->old_len, EAGAIN, "mremap.dup.locked-counts");
	DENY(over && r->old_len, EAGAIN, "mremap.lock.grow-over-limit");
}

/*
 * mm/mremap.c:check_prep_vma, what a mapping is asked that moves or grows; vma_to_resize before
 * 6.17
 */
static void check_resize(const struct model *m, struct model_answer *a, const struct request *r)
{
	const struct model_vma *vma = &r->vma;
	bool shared = vma->flags & (VM_SHARED | VM_MAYSHARE), fixed = r->flags & MREMAP_FIXED;
	bool special = vma->flags & (VM_DONTEXPAND | VM_PFNMAP) || huge_page(vma);
	bool anonymous = !shared && (!vma->object || vma->object->zero);
	bool dontunmap = r->flags & MREMAP_DONTUNMAP, shrinks = r->old_len > r->new_len;
	uint64_t old_len = shrinks ? r->new_len : r->old_len, more = r->new_len - old_len;
	bool crosses = old_len > r->vma.end - r->addr;
	bool onto_itself = fixed && r->new_addr == r->addr;

	DENY(!old_len && !shared && onto_itself, EINVAL, "mremap.dup.private-onto-itself-einval");
	DENY(!old_len && !shared && !onto_itself, EINVAL, "mremap.dup.private-einval");
	DENY(dontunmap && !anonymous && !m->traits.dontunmap_any, EINVAL,
	     "mremap.dontunmap.only-private-anon");
	DENY(huge_page(vma) && !m->traits.hugetlb_moves, EINVAL, "mremap.hugetlb.refused-old");
	DENY(dontunmap && special, EINVAL, "mremap.dontunmap.special-einval");
	DENY(crosses && more, EFAULT, "mremap.efault.grow-crosses-vma-end");
	DENY(crosses && shrinks, EFAULT, "mremap.fixed.shrink-across-vmas");
	DENY(crosses && !more && !shrinks && !fixed, EFAULT, "mremap.multi.not-without-fixed");
	DENY(crosses && !more && !shrinks && fixed, EFAULT, "mremap.multi.crossing-efault-old");
	if (!more)
		return;
	DENY(special && !old_len, EFAULT, "mremap.dup.special-refused");
	DENY(special && old_len, EFAULT, "mremap.grow.dontexpand-efault");
	check_locked(m, a, r, more);
	DENY(r->new_len > m->task_size, ENOMEM, "mremap.args.newlen-over-tasksize-old");
	DENY(m->total_vm + more > m->limit_as, ENOMEM, "mremap.limit.as-grow");
	DENY(model_over_data(m, vma->flags, more), ENOMEM, "mremap.limit.data-grow");
	if (m->traits.mremap_charges_first)
		check_charge(m, a, r, more);
}

/*
 * mm/vma.c:do_vmi_munmap, of what is at the destination, or of the tail that a shrinking cuts off
 */
static void unmap(struct model *m, struct model_answer *a, struct request *r, uint64_t start,
		  uint64_t length, bool tail)
{
	const struct model_munmap_call call = { start, length };
	bool outside = start > m->task_size || length > m->task_size - start;
	bool fixed = r->flags & MREMAP_FIXED, sealed, first_sealed;
	struct model_answer gone;

	DENY(outside, EINVAL, "mremap.args.oldlen-huge-einval");
	if (outside || !model_find_overlap(m, start, start + length))
		return;
	/* What it refuses to unmap it may have split. */
	a->unmaps |= !a->error;
	model_munmap(m, &call, &gone);
	sealed = gone.error == EPERM;
	first_sealed = model_find(m, start)->flags & VM_SEALED;
	DENY(sealed && !tail && first_sealed, EPERM, "mseal.block.mremap-onto");
	DENY(sealed && !tail && !first_sealed, EPERM, "mremap.seal.destination-partly");
	DENY(sealed && tail && !fixed, EPERM, "mremap.seal.shrink-over-sealed");
	DENY(sealed && tail && fixed, EPERM, "mremap.seal.fixed-shrink-loses-destination");
	if (gone.error && !sealed)
		refuse(m, a, gone.error, gone.clause);
	if (!a->error)
		r->full |= !model_munmap_done(m, &gone);
}

/* mm/mremap.c:vrm_set_new_addr */
static void set_new_addr(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool hinted = implies_new_addr(r) && r->new_addr, fixed = r->flags & MREMAP_FIXED;
	bool low = r->new_addr < m->min_addr && !m->cap_sys_rawio;
	uint64_t high = hinted && r->new_addr > m->window_end ? m->task_size : m->window_end;

	if (huge_page(&r->vma))
		a->align = huge_page(&r->vma);
	a->length = r->new_len;
	if (fixed) {
		place_at(a, r->new_addr, a->clause);
		DENY(low, EPERM, "mremap.fixed.mmap-min-addr");
	} else if (hinted && model_hint_valid(m, r->new_addr, r->new_len) &&
		   model_obstacle(m, r->new_addr, r->new_len) == FREE) {
		place_at(a, r->new_addr, "mremap.dontunmap.hint-honoured");
		DENY(low, EPERM, "mremap.dontunmap.low-hint-eperm");
	} else {
		/* Some of it is always taken: the program itself. */
		DENY(r->new_len >= high - m->page_size, ENOMEM, "mremap.grow.absurd-len-enomem");
		place_in(a, m->page_size, high,
			 hinted ? "mremap.dontunmap.hint-occupied" : a->clause);
	}
}

/*
 * mm/vma.c:copy_vma: maps [to, to + length) as the mapping at from is, with what that holds in its
 * first bytes; but what is shared is the object's, and goes on.
 */
static bool copy_vma(struct model *m, uint64_t from, uint64_t held, uint64_t to, uint64_t length)
{
	uint64_t at = 0, next;

	if (model_find(m, from)->flags & VM_MAYSHARE)
		held = 0;
	for (const struct model_vma vma = *model_find(m, from); at < length; at = next) {
		struct model_vma part = vma;

		next = length;
		if (at < held) {
			part = *model_find(m, from + at);
			next = part.end - from < held ? part.end - from : held;
		} else if (!(vma.flags & VM_MAYSHARE)) {
			part.tag = 0;
		}
		part.offset += from + at - part.start;
		part.tag_offset += from + at - part.start;
		part.start = to + at;
		part.end = to + next;
		if (!model_add(m, &part))
			return false;
	}
	return true;
}

/* mm/mremap.c:dontunmap_complete: what has moved was unlocked. */
static bool leave_empty(struct model *m, const struct request *r)
{
	const unsigned int locked = VM_LOCKED | VM_LOCKONFAULT;
	uint64_t end = r->addr + r->old_len, counted = m->locked_vm;
	bool done = model_discard(m, r->addr, end);

	if (!m->traits.dontunmap_unlocks_all)
		return done & model_change(m, r->addr, end, locked, 0);
	/* All of the mapping is, and goes on to be counted. */
	if (r->vma.flags & VM_LOCKED && !m->traits.dontunmap_counts_twice)
		counted -= r->old_len;
	done &= model_change(m, r->vma.start, r->vma.end, locked, 0);
	m->locked_vm = counted;
	return done;
}

/* mm/mremap.c:move_vma */
static void move_vma(struct model *m, struct model_answer *a, struct request *r)
{
	bool dontunmap = r->flags & MREMAP_DONTUNMAP;
	uint64_t count = model_map_count(m), held = r->vma.end - r->addr;
	uint64_t room = dontunmap && r->vma.flags & VM_LOCKED ? 3 : 2, to;

	DENY(m->traits.map_count_first && count + room > m->max_map_count, ENOMEM,
	     "mremap.limit.map-count-all");
	DENY(!m->traits.map_count_first && count >= m->max_map_count - 3, ENOMEM,
	     "mremap.limit.map-count-maymove");
	if (!m->traits.mremap_charges_first)
		check_charge(m, a, r, dontunmap ? r->new_len : r->grows);
	if (a->error || (a->place == PLACE_FREE && !r->result))
		return;
	to = a->place == PLACE_FREE ? *r->result : a->address;
	if (r->old_len && held > r->old_len)
		held = r->old_len;
	if (held > r->new_len)
		held = r->new_len;
	a->unmaps = true;
	r->full |= !copy_vma(m, r->addr, held, to, r->new_len);
	if (dontunmap)
		r->full |= !leave_empty(m, r);
	else
		r->full |= !model_remove(m, r->addr, r->addr + r->old_len);
}

/* What a call with a new address does where it succeeds: the most special thing is named. */
static const char *what_moves(const struct model *m, const struct request *r)
{
	uint64_t old_end = r->addr + r->old_len, new_end = r->new_addr + r->new_len;
	const struct model_vma *vma = &r->vma, *there;
	bool dontunmap = r->flags & MREMAP_DONTUNMAP, shared = vma->flags & VM_MAYSHARE;

	there = r->flags & MREMAP_FIXED ? model_find_overlap(m, r->new_addr, new_end) : NULL;
	if (!r->old_len)
		return "mremap.dup.fixed";
	if (r->old_len < r->new_len)
		return "mremap.fixed.grow";
	if (r->old_len > r->new_len)
		return "mremap.fixed.destination-fully-replaced-length";
	if (dontunmap && vma->flags & VM_LOCKED)
		return "mremap.dontunmap.lock-moves";
	if (dontunmap && there)
		return "mremap.dontunmap.fixed-replaces";
	if (dontunmap && shared)
		return vma->object ? "mremap.dontunmap.shared-file" :
				     "mremap.dontunmap.shared-anon";
	if (dontunmap && vma->object)
		return "mremap.dontunmap.private-file";
	if (dontunmap)
		return r->vma.start < r->addr || old_end < r->vma.end ?
			       "mremap.dontunmap.partial" :
			       "mremap.dontunmap.anon-zero-after";
	if (huge_page(vma))
		return "mremap.hugetlb.move";
	if (vma->flags & VM_LOCKED)
		return "mremap.lock.same-size-move-free";
	if (new_end == m->task_size)
		return "mremap.fixed.newaddr-last-page-ok";
	if (there && r->vma.start <= r->new_addr && new_end <= r->vma.end)
		return "mremap.move.within-own-mapping";
	if (there && model_any(m, r->new_addr, new_end, VM_LOCKED))
		return "mremap.fixed.replaces-locked-drops-vmlck";
	if (there)
		return "mremap.fixed.replaces-destination";
	if (r->new_addr == old_end || new_end == r->addr)
		return "mremap.fixed.adjacent-ok";
	if (r->vma.start < r->addr && old_end < r->vma.end)
		return "mremap.move.partial-leaves-both-ends";
	if (vma->flags & VM_GROWSDOWN)
		return "mremap.move.growsdown-kept";
	if (vma->object)
		return shared ? "mremap.move.offset-kept" : "mremap.move.cow-pages-kept";
	return "mremap.move.content-kept";
}

/* mm/mremap.c:mremap_to */
static void mremap_to(struct model *m, struct model_answer *a, struct request *r)
{
	bool checked = m->traits.mremap_params_first, dontunmap = r->flags & MREMAP_DONTUNMAP;
	bool existed = r->there;

	if (existed)
		grant(a, what_moves(m, r));
	r->grows = r->new_len - r->old_len;
	r->cuts = r->old_len > r->new_len;
	if (r->old_len > r->new_len)
		r->grows = m->traits.mremap_charges_shrink ? r->old_len - r->new_len : 0;
	if (r->flags & MREMAP_FIXED) {
		unmap(m, a, r, r->new_addr, r->new_len, false);
		look_up(m, r);
		DENY(checked && !r->there && r->old_len, EFAULT,
		     "mremap.fixed.overlap-wrapped-destroys");
	}
	if (r->old_len > r->new_len) {
		unmap(m, a, r, r->addr + r->new_len, r->old_len - r->new_len, true);
		r->old_len = r->new_len;
		look_up(m, r);
	}
	DENY(!r->there && existed && !r->old_len, EFAULT, "mremap.fixed.overlap-oldlen0-destroys");
	DENY(!r->there && !existed, EFAULT, "mremap.efault.unmapped-old");
	if (!r->there)
		return;
	if (!checked)
		check_resize(m, a, r);
	if (dontunmap) {
		DENY(m->total_vm + r->old_len > m->limit_as, ENOMEM, "mremap.dontunmap.as-limit");
		DENY(model_over_data(m, r->vma.flags, r->old_len), ENOMEM,
		     "mremap.dontunmap.data-limit");
	}
	set_new_addr(m, a, r);
	move_vma(m, a, r);
}

/*
 * mm/mremap.c:vma_multi_allowed: an object that places its mappings itself, and is not known to
 * obey
 */
static bool places_itself(const struct model_vma *vma)
{
	return vma->object && vma->object->zero && !(vma->flags & VM_MAYSHARE);
}

/*
 * mm/mremap.c:remap_move: mapping by mapping, what lies in the range goes to the new address, and
 * holes stay holes.
 */
static void remap_move(struct model *m, struct model_answer *a, struct request *r)
{
	const uint64_t end = r->addr + r->old_len;
	bool hole = false, dontunmap = r->flags & MREMAP_DONTUNMAP;
	const struct model_vma *vma;
	unsigned int moved = 0;
	uint64_t at = r->addr;

	for (; at < end && (vma = model_find_overlap(m, at, end)); moved++) {
		struct request part = *r;

		hole |= vma->start > at;
		DENY(hole && !moved, EFAULT, "mremap.multi.hole-at-start-efault");
		if (hole && !moved)
			return;
		part.addr = vma->start > at ? vma->start : at;
		part.new_addr = r->new_addr + (part.addr - r->addr);
		look_up(m, &part);
		at = part.vma.end < end ? part.vma.end : end;
		part.old_len = part.new_len = at - part.addr;
		DENY(places_itself(&part.vma) && (moved || part.vma.end < end), EFAULT,
		     "mremap.multi.own-placement-efault");
		DENY(moved && part.vma.flags & VM_SEALED, EPERM, "mremap.multi.partial-on-error");
		check_source(m, a, &part);
		check_resize(m, a, &part);
		mremap_to(m, a, &part);
		r->full |= part.full;
		if (a->error)
			return;
	}
	DENY(!moved, EFAULT, "mremap.efault.unmapped-old");
	if (!moved)
		return;
	place_at(a, r->new_addr, a->clause);
	if (moved == 1 && at < end)
		grant(a, "mremap.multi.hole-at-end-ok");
	if (moved > 1)
		grant(a, dontunmap ? "mremap.multi.dontunmap-fixed" :
			 hole	   ? "mremap.multi.holes-preserved" :
				     "mremap.multi.adjacent-vmas");
}

/* mm/mremap.c:vma_expandable */
static bool expandable(const struct model *m, const struct request *r, uint64_t more)
{
	return more <= m->task_size - r->vma.end &&
	       !model_find_overlap(m, r->vma.end, r->vma.end + more) &&
	       (r->vma.start >= m->min_addr || m->cap_sys_rawio);
}

/* mm/mremap.c:expand_vma_in_place */
static void expand_vma_in_place(struct model *m, struct model_answer *a, struct request *r,
				uint64_t more)
{
	struct model_vma added = *model_find(m, r->vma.end - 1);

	place_at(a, r->addr, "mremap.grow.in-place");
	if (r->vma.start < r->addr)
		grant(a, "mremap.grow.from-middle-to-tail");
	if (added.flags & VM_MAYSHARE)
		grant(a, added.object ? "mremap.grow.file-in-place-maps-more" :
					"mremap.grow.shared-anon-sigbus");
	if (added.flags & VM_LOCKED)
		grant(a, "mremap.lock.grow-within-limit-populates");
	if (!m->traits.mremap_charges_first)
		check_charge(m, a, r, more);
	if (a->error)
		return;
	added.offset += r->vma.end - added.start;
	added.tag_offset += r->vma.end - added.start;
	added.start = r->vma.end;
	added.end = r->vma.end + more;
	if (!(added.flags & VM_MAYSHARE))
		added.tag = 0;
	r->full |= !model_add(m, &added);
}

/* mm/mremap.c:expand_vma */
static void expand_vma(struct model *m, struct model_answer *a, struct request *r)
{
	bool tail = r->vma.end - r->addr == r->old_len, maymove = r->flags & MREMAP_MAYMOVE;
	uint64_t more = r->new_len - r->old_len;

	if (tail && expandable(m, r, more)) {
		expand_vma_in_place(m, a, r, more);
		return;
	}
	DENY(!maymove && !r->old_len, ENOMEM, "mremap.dup.flags0-enomem");
	DENY(!maymove && r->old_len && !tail, ENOMEM, "mremap.grow.not-tail-flags0");
	DENY(!maymove && tail && r->vma.end == m->task_size, ENOMEM,
	     "mremap.grow.top-of-address-space");
	DENY(!maymove && tail && r->vma.end != m->task_size, ENOMEM, "mremap.grow.blocked-flags0");
	grant(a, !tail ? "mremap.grow.not-tail-maymove" : "mremap.grow.blocked-maymove");
	if (!r->old_len)
		grant(a, r->vma.object && r->addr > r->vma.start ? "mremap.dup.offset-of-addr" :
			 r->new_len > r->vma.end - r->addr	 ? "mremap.dup.longer-than-source" :
								   "mremap.dup.shared");
	r->grows = more;
	set_new_addr(m, a, r);
	move_vma(m, a, r);
}

/* What a shrinking does where it succeeds: the most special thing is named. */
static const char *what_shrinks(const struct model *m, const struct request *r)
{
	uint64_t old_end = r->addr + r->old_len, new_end = r->addr + r->new_len;

	if (!r->there)
		return "mremap.efault.unmapped-old-legacy";
	if (new_end > r->vma.end)
		return "mremap.shrink.end-inside-later-vma";
	if (old_end > r->vma.end)
		return "mremap.shrink.across-vmas-and-holes";
	if (model_any(m, new_end, old_end, VM_LOCKED))
		return "mremap.shrink.locked-updates-vmlck";
	return old_end < r->vma.end ? "mremap.shrink.middle-splits" : "mremap.shrink.in-place";
}

/* mm/mremap.c:mremap_at */
static void mremap_at(struct model *m, struct model_answer *a, struct request *r)
{
	if (r->old_len < r->new_len) {
		expand_vma(m, a, r);
		return;
	}
	if (r->old_len == r->new_len)
		place_at(a, r->addr,
			 !r->there		   ? "mremap.efault.unmapped-old-legacy" :
			 r->flags & MREMAP_MAYMOVE ? "mremap.noop.maymove-does-not-move" :
						     "mremap.noop.same-size-no-range-check");
	else
		place_at(a, r->addr, what_shrinks(m, r));
	if (r->old_len > r->new_len)
		unmap(m, a, r, r->addr + r->new_len, r->old_len - r->new_len, true);
}

/* mm/mremap.c:do_mremap */
static void do_mremap(struct model *m, struct model_answer *a, struct request *r)
{
	bool moves = implies_new_addr(r);

	DENY(m->traits.map_count_first &&
		     model_map_count(m) + (r->flags & MREMAP_DONTUNMAP ? 5 : 4) > m->max_map_count,
	     ENOMEM, "mremap.limit.map-count-all");
	if (r->flags & MREMAP_FIXED && r->old_len == r->new_len) {
		remap_move(m, a, r);
		return;
	}
	look_up(m, r);
	check_source(m, a, r);
	if (!r->there)
		return;
	if (moves || r->old_len < r->new_len)
		check_resize(m, a, r);
	if (moves)
		mremap_to(m, a, r);
	else
		mremap_at(m, a, r);
}

/* mm/mremap.c:mremap before 6.17 */
static void mremap_old(struct model *m, struct model_answer *a, struct request *r)
{
	look_up(m, r);
	if (m->traits.mremap_looks_first) {
		check_source(m, a, r);
		if (!r->there)
			return;
	}
	if (implies_new_addr(r)) {
		check_new_addr(m, a, r);
		check_overlap(m, a, r);
		check_map_count_old(m, a);
		mremap_to(m, a, r);
		return;
	}
	if (r->old_len < r->new_len) {
		DENY(!r->there, EFAULT, "mremap.efault.unmapped-old");
		if (!r->there)
			return;
		check_resize(m, a, r);
	}
	mremap_at(m, a, r);
}

/* Answers, and changes the state; false: the list of mappings is full. */
static bool answer(struct model *m, const struct model_mremap_call *call, struct model_answer *a,
		   const uint64_t *result)
{
	struct request r = { call->addr,
			     align_up(call->old_len, m->page_size),
			     align_up(call->new_len, m->page_size),
			     call->flags,
			     call->new_addr,
			     result };

	memset(a, 0, sizeof(*a));
	a->align = m->page_size;
	check_mremap_params(m, a, call, &r);
	if (m->traits.mremap_params_first)
		do_mremap(m, a, &r);
	else
		mremap_old(m, a, &r);
	return !r.full;
}

void model_mremap(const struct model *m, const struct model_mremap_call *call,
		  struct model_answer *a)
{
	struct model after;

	model_copy(&after, m);
	answer(&after, call, a, NULL);
}

bool model_mremap_done(struct model *m, const struct model_mremap_call *call, uint64_t result)
{
	struct model_answer a;

	return answer(m, call, &a, &result);
}
