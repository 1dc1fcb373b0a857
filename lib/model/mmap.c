// SPDX-License-Identifier: GPL-2.0
/*
 * mmap(): arch/x86/kernel/sys_x86_64.c:mmap, then mm/mmap.c: ksys_mmap_pgoff, do_mmap,
 * __get_unmapped_area, then mm/vma.c:mmap_region.
 */
#include "decide.h"

/* include/linux/mman.h: what MAP_SHARED_VALIDATE knows without the object's help. */
#define MAP_HUGE_SHIFT 26
#define MAP_HUGE_MASK 0x3f
#define ABOVE4G 0x80
#define ONLY_32BIT 0x40
#define LEGACY_MAP_MASK                                                                        \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | ONLY_32BIT | MAP_GROWSDOWN |   \
	 MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE |          \
	 MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_UNINITIALIZED | 21ul << MAP_HUGE_SHIFT | \
	 30ul << MAP_HUGE_SHIFT)

#define MAX_LFS_FILESIZE ((uint64_t)INT64_MAX)
#define PMD_SIZE ((uint64_t)1 << 21)
#define FOUR_GIB ((uint64_t)1 << 32)
/* arch/x86/kernel/sys_x86_64.c:find_start_end */
#define LOW_BEGIN ((uint64_t)0x40000000)
#define LOW_END ((uint64_t)0x80000000)
#define LOW_RANDOM ((uint64_t)0x02000000)

/* What one call works with, as far as it has come. */
struct request {
	uint64_t addr, length, prot, flags, offset;
	const struct model_object *object; /* NULL: anonymous */
	unsigned int vm_flags;
	bool hinted; /* addr is a hint, or an order */
	bool future_seal; /* which an older kernel looks at in the object's hook only */
	bool crowded; /* the hint is free, but not the room that huge pages would need */
};

/*
 * The internal file behind MAP_ANONYMOUS|MAP_HUGETLB; one for each size of pages, so that
 * huge_shift need not be kept elsewhere.
 */
static const struct model_object *huge_object(unsigned int shift)
{
#define HUGE_OBJECT(n)                                                                  \
	{                                                                               \
		.open = true, .readable = true, .writable = true, .hook = HOOK_HUGETLB, \
		.huge_shift = n                                                         \
	}
	static const struct model_object sizes[] = { HUGE_OBJECT(21), HUGE_OBJECT(30) };

	return shift == 30 ? &sizes[1] : &sizes[0];
}

static bool has_write_seal(const struct model_object *object)
{
	return object->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE);
}

/* mm/mmap.c:ksys_mmap_pgoff: the descriptor becomes an object, and a huge length is rounded. */
static void find_object(const struct model *m, struct model_answer *a,
			const struct model_mmap_call *call, struct request *r)
{
	unsigned int shift = (r->flags >> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;

	if (!(r->flags & MAP_ANONYMOUS)) {
		DENY(!call->object->open && !call->object->path_only, EBADF, "mmap.fd.bad-ebadf");
		DENY(call->object->path_only, EBADF, "mmap.fd.opath-ebadf");
		if (!call->object->open)
			return;
		r->object = call->object;
		DENY(!r->object->huge_shift && r->flags & MAP_HUGETLB, EINVAL,
		     "mmap.hugetlb.nonhuge-file-einval");
	} else if (r->flags & MAP_HUGETLB) {
		if (!shift)
			shift = m->huge_default;
		DENY(!(m->huge_sizes >> shift & 1), EINVAL, "mmap.hugetlb.bad-size-einval");
		if (m->huge_sizes >> shift & 1)
			r->object = huge_object(shift);
	}
	if (r->object && r->object->huge_shift)
		r->length = align_up(r->length, (uint64_t)1 << r->object->huge_shift);
}

/* mm/mmap.c:round_hint_to_min */
static uint64_t round_hint_to_min(const struct model *m, uint64_t hint)
{
	hint = align_down(hint, m->page_size);
	return hint && hint < m->hint_min_addr ? m->hint_min_addr : hint;
}

/* arch/x86/kernel/sys_x86_64.c:arch_get_unmapped_area, for MAP_32BIT */
static void place_low(const struct model *m, struct model_answer *a, const struct request *r,
		      uint64_t room)
{
	DENY(r->length > LOW_END - LOW_BEGIN, ENOMEM, "mmap.32bit.exhausted-enomem");
	/* The window begins at random. */
	a->may_lack_room = r->length > LOW_END - LOW_BEGIN - LOW_RANDOM &&
			   r->length <= LOW_END - LOW_BEGIN;
	if (!r->addr)
		place_in(a, LOW_BEGIN, LOW_END, "mmap.32bit.range");
	else if (r->length <= LOW_END && LOW_END - r->length >= r->addr &&
		 model_obstacle(m, r->addr, room) == FREE)
		place_at(a, r->addr, "mmap.32bit.low-hint-used");
	else
		place_in(a, LOW_BEGIN, LOW_END, "mmap.32bit.high-hint-ignored");
}

/*
 * arch/x86/kernel/sys_x86_64.c:arch_get_unmapped_area_topdown, without MAP_FIXED; hint is what the
 * caller gave
 */
static void place_topdown(const struct model *m, struct model_answer *a, struct request *r,
			  uint64_t hint, uint64_t room, bool flags_count)
{
	bool above4g = flags_count && m->traits.above4g && r->flags & ABOVE4G;
	uint64_t low = above4g ? FOUR_GIB : m->page_size;
	uint64_t high = r->addr > m->window_end ? m->task_size : m->window_end;
	const char *clause;

	if (!r->hinted) {
		clause = above4g ? "mmap.above4g.result" :
			 hint	 ? "mmap.hint.small-nonzero-is-null" :
				   "mmap.addr.null-nonzero-result";
	} else if (!model_hint_valid(m, r->addr, room)) {
		clause = "mmap.hint.too-high-ignored";
	} else {
		switch (model_obstacle(m, r->addr, room)) {
		case FREE:
			place_at(a, r->addr,
				 hint < m->hint_min_addr       ? "mmap.hint.below-min-raised" :
				 unaligned(hint, m->page_size) ? "mmap.hint.rounded-down" :
								 "mmap.hint.free-used");
			/* Only a huge hint, rounded down, comes here below the least address. */
			DENY(r->addr < m->min_addr && !m->cap_sys_rawio, EPERM,
			     "mmap.hugetlb.low-hint-is-zero");
			return;
		case IN_GAP:
			clause = "mmap.hint.in-stack-gap-moved";
			break;
		default:
			clause = "mmap.hint.occupied-elsewhere";
			r->crowded = model_obstacle(m, r->addr, r->length) == FREE;
		}
	}
	/* Some of it is always taken: the program itself. */
	DENY(r->length >= high - m->page_size, ENOMEM, "mmap.len.no-gap-enomem");
	place_in(a, low, high, clause);
}

/*
 * mm/huge_memory.c:__thp_get_unmapped_area: is the mapping placed so that its huge pages lie as
 * those of the file? The sums are signed, and wrap at the maximum size of a file.
 */
static bool thp_aligns(const struct model *m, const struct request *r)
{
	uint64_t end = r->offset + r->length, aligned = align_up(r->offset, PMD_SIZE);

	if (!r->object || !m->thp)
		return false;
	if (!r->object->thp && !(r->object->zero && m->traits.zero_thp && !(r->flags & MAP_SHARED)))
		return false;
	return (int64_t)end > (int64_t)aligned && end - aligned >= PMD_SIZE &&
	       r->offset + r->length + PMD_SIZE >= r->offset;
}

/*
 * mm/mmap.c:__get_unmapped_area without MAP_FIXED, and
 * fs/hugetlbfs/inode.c:hugetlb_get_unmapped_area
 */
static void choose_place(const struct model *m, struct model_answer *a, struct request *r,
			 uint64_t hint)
{
	bool huge = r->object && r->object->huge_shift;
	uint64_t room = r->length;

	if (thp_aligns(m, r) && room + PMD_SIZE <= m->task_size)
		room += PMD_SIZE;
	r->hinted = r->addr;
	if (huge) {
		a->align = (uint64_t)1 << r->object->huge_shift;
		r->addr = m->traits.huge_hint_up ? align_up(r->addr, a->align) :
						   align_down(r->addr, a->align);
		r->hinted = m->traits.huge_hint_up ? r->addr : r->hinted;
	}
	if (r->flags & ONLY_32BIT && (!huge || m->traits.huge_hint_up))
		place_low(m, a, r, room);
	else
		place_topdown(m, a, r, hint, room, !huge || m->traits.huge_hint_up);
}

/* mm/mmap.c:__get_unmapped_area with MAP_FIXED or MAP_FIXED_NOREPLACE */
static void check_fixed(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool noreplace = r->flags & MAP_FIXED_NOREPLACE;
	bool outside = r->addr > m->task_size - r->length;

	if (r->object && r->object->huge_shift)
		DENY(unaligned(r->addr, (uint64_t)1 << r->object->huge_shift), EINVAL,
		     "mmap.hugetlb.fixed-unaligned-einval");
	DENY(outside, ENOMEM, "mmap.fixed.above-task-size-enomem");
	DENY(!noreplace && unaligned(r->addr, m->page_size), EINVAL, "mmap.fixed.unaligned-einval");
	DENY(noreplace && unaligned(r->addr, m->page_size), EINVAL,
	     "mmap.fixed-noreplace.unaligned-einval");
	DENY(r->addr < m->min_addr && !m->cap_sys_rawio, EPERM,
	     "mmap.fixed.zero-without-cap-eperm");
	if (noreplace) {
		bool overlaps = !outside && model_find_overlap(m, r->addr, r->addr + r->length);
		bool sealed = overlaps && model_any(m, r->addr, r->addr + r->length, VM_SEALED);

		DENY(overlaps && sealed, EEXIST, "mmap.fixed-noreplace.sealed-eexist");
		DENY(overlaps && !sealed && r->flags & MAP_FIXED, EEXIST,
		     "mmap.fixed-noreplace.wins-over-fixed");
		DENY(overlaps && !sealed && !(r->flags & MAP_FIXED), EEXIST,
		     "mmap.fixed-noreplace.overlap-eexist");
		place_at(a, r->addr, "mmap.fixed-noreplace.exact-ok");
	} else {
		place_at(a, r->addr,
			 r->addr < m->min_addr		     ? "mmap.fixed.zero-with-cap" :
			 r->addr == m->task_size - r->length ? "mmap.fixed.last-page-ok" :
			 r->flags & ONLY_32BIT		     ? "mmap.32bit.fixed-ignored" :
							       "mmap.fixed.exact");
	}
}

/* Is it private memory that would join what is mapped next to it? */
static bool joins(const struct model *m, const struct request *r)
{
	if (r->object || (r->flags & MAP_TYPE) != MAP_PRIVATE)
		return false;
	for (size_t i = 0; i < m->vma_count; i++) {
		const struct model_vma *vma = &m->vmas[i];

		if ((vma->end == r->addr || vma->start == r->addr + r->length) && !vma->object &&
		    vma->flags == r->vm_flags)
			return true;
	}
	return false;
}

/* mm/mmap.c:do_mmap: there may be one VMA above the limit, and then no more. */
static void check_map_count(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool over = model_map_count(m) > m->max_map_count;
	bool misplaced = r->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
			 unaligned(r->addr, m->page_size);

	DENY(over && misplaced, ENOMEM, "mmap.order.mapcount-before-addr");
	DENY(over && joins(m, r), ENOMEM, "mmap.limit.mapcount-merge-no-exempt");
	DENY(over && !misplaced && !joins(m, r), ENOMEM, "mmap.limit.mapcount-enomem");
}

/* mm/mmap.c:file_mmap_ok */
static void check_reach(const struct model *m, struct model_answer *a, const struct request *r)
{
	uint64_t most = r->object->reach == REACH_LFS ? MAX_LFS_FILESIZE : UINT64_MAX;
	/* The length is below any address, so far below both. */
	bool beyond = r->offset / m->page_size > (most - r->length) / m->page_size;

	DENY(beyond && r->object->reach == REACH_ULONG, EOVERFLOW,
	     "mmap.off.chardev-wrap-eoverflow");
	DENY(beyond && r->object->reach == REACH_LFS && r->offset > MAX_LFS_FILESIZE, EOVERFLOW,
	     "mmap.off.reg-negative-eoverflow");
	DENY(beyond && r->object->reach == REACH_LFS && r->offset <= MAX_LFS_FILESIZE, EOVERFLOW,
	     "mmap.off.reg-over-lfs-eoverflow");
}

/* mm/mmap.c:do_mmap, the flags that MAP_SHARED_VALIDATE does not know */
static void check_validate(const struct model *m, struct model_answer *a, const struct request *r)
{
	uint64_t known = LEGACY_MAP_MASK | (m->traits.above4g ? ABOVE4G : 0);
	uint64_t unknown = r->flags & ~known;

	/* On a file system that knows MAP_SYNC its hook answers, after everything else here. */
	if (r->object->hook == HOOK_NO_DAX)
		unknown &= ~(uint64_t)MAP_SYNC;
	DENY(unknown == MAP_SYNC, EOPNOTSUPP, "mmap.sync.non-dax-validate-eopnotsupp");
	DENY(unknown == MAP_FIXED_NOREPLACE, EOPNOTSUPP, "mmap.validate.noreplace-eopnotsupp");
	DENY(unknown == (uint64_t)1 << 31, EOPNOTSUPP, "mmap.validate.bit31-eopnotsupp");
	DENY(unknown && !(unknown & UINT32_MAX), EOPNOTSUPP, "mmap.validate.high-bits-eopnotsupp");
	DENY(unknown & UINT32_MAX && unknown != MAP_SYNC && unknown != MAP_FIXED_NOREPLACE &&
		     unknown != (uint64_t)1 << 31,
	     EOPNOTSUPP, "mmap.validate.undefined-bits-eopnotsupp");
}

/* mm/mmap.c:do_mmap, MAP_SHARED and MAP_SHARED_VALIDATE of a file */
static void check_shared_file(const struct model *m, struct model_answer *a, struct request *r)
{
	DENY(r->prot & PROT_WRITE && !r->object->writable, EACCES,
	     "mmap.kind.readonly-shared-write-eacces");
	DENY(r->object->append_only && r->object->writable, EACCES,
	     "mmap.kind.append-only-rdwr-eacces");
	r->vm_flags |= VM_SHARED | VM_MAYSHARE;
	if (!r->object->writable)
		r->vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
	if (r->object->zero && (r->vm_flags & VM_SHARED || m->traits.zero_readonly_object))
		r->vm_flags |= VM_FRESH;
}

/* The same, and MAP_PRIVATE */
static void check_file(const struct model *m, struct model_answer *a, struct request *r)
{
	bool noexec = r->object->noexec || (r->object->pseudo && m->traits.pseudo_noexec);

	DENY(!r->object->readable, EACCES, "mmap.kind.write-only-eacces");
	DENY(r->object->noexec && r->prot & PROT_EXEC, EPERM, "mmap.kind.noexec-exec-eperm");
	DENY(!r->object->noexec && noexec && r->prot & PROT_EXEC, EPERM,
	     "mmap.kind.pipe-exec-eperm");
	if (noexec)
		r->vm_flags &= ~VM_MAYEXEC;
	DENY(r->object->hook == HOOK_NONE, ENODEV, r->object->hook_clause);
	DENY(r->vm_flags & VM_GROWSDOWN && r->object->huge_shift, EINVAL,
	     "mmap.growsdown.hugetlb-einval");
	DENY(r->vm_flags & VM_GROWSDOWN && !r->object->huge_shift, EINVAL,
	     "mmap.growsdown.file-einval");
}

/* mm/memfd.c:memfd_check_seals_mmap */
static void check_seals(const struct model *m, struct model_answer *a, struct request *r)
{
	bool shared_write = r->vm_flags & VM_SHARED && r->prot & PROT_WRITE;

	DENY(shared_write && r->object->seals & F_SEAL_WRITE, EPERM,
	     "mmap.seal.write-shared-eperm");
	r->future_seal = shared_write && r->object->seals & F_SEAL_FUTURE_WRITE;
	DENY(r->future_seal && m->traits.seal_before_unmap, EPERM, "mmap.seal.future-new-eperm");
	if (r->vm_flags & VM_SHARED && !shared_write)
		r->vm_flags &= ~VM_MAYWRITE;
}

static void check_object(const struct model *m, struct model_answer *a, struct request *r)
{
	uint64_t type = r->flags & MAP_TYPE;

	check_reach(m, a, r);
	if (type == MAP_SHARED_VALIDATE) {
		check_validate(m, a, r);
		grant(a, "mmap.validate.file-ok");
	}
	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		check_shared_file(m, a, r);
	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE || type == MAP_PRIVATE)
		check_file(m, a, r);
	DENY(!type, EINVAL, "mmap.type.none-einval");
	DENY(type > MAP_SHARED_VALIDATE, EINVAL, "mmap.type.unknown-file-einval");
	if (has_write_seal(r->object))
		check_seals(m, a, r);
}

static void check_anonymous(const struct model *m, struct model_answer *a, struct request *r)
{
	uint64_t type = r->flags & MAP_TYPE;
	bool droppable = type == MAP_DROPPABLE && m->traits.droppable;

	if (type == MAP_SHARED) {
		DENY(r->flags & MAP_GROWSDOWN, EINVAL, "mmap.growsdown.shared-einval");
		r->vm_flags |= VM_SHARED | VM_MAYSHARE;
	}
	if (droppable) {
		DENY(r->flags & MAP_LOCKED, EINVAL, "mmap.droppable.locked-einval");
		DENY(r->flags & MAP_GROWSDOWN, EINVAL, "mmap.droppable.growsdown-einval");
		r->vm_flags |= VM_DROPPABLE | VM_NORESERVE;
		grant(a, m->lock_future ? "mmap.droppable.mcl-future-not-locked" :
					  "mmap.droppable.ok");
	}
	DENY(!type, EINVAL, "mmap.type.none-einval");
	DENY(type == MAP_SHARED_VALIDATE, EINVAL, "mmap.validate.anon-einval");
	DENY(type > MAP_SHARED_VALIDATE && !droppable, EINVAL, "mmap.type.unknown-anon-einval");
	if (r->offset)
		grant(a, "mmap.off.anon-ignored");
	r->offset = 0;
}

/*
 * Does it continue a neighbour, or what is left of what it replaces? Before 6.12 that one grows,
 * and the object's hook is not asked (mm/mmap.c:mmap_region of 6.1).
 */
static bool merges(const struct model *m, const struct request *r)
{
	for (size_t i = 0; i < m->vma_count; i++) {
		const struct model_vma *vma = &m->vmas[i];
		bool below = vma->start < r->addr && vma->end >= r->addr;
		bool above = vma->start <= r->addr + r->length && vma->end > r->addr + r->length;

		if ((below || above) && vma->object == r->object && vma->flags == r->vm_flags &&
		    vma->offset - vma->start == r->offset - r->addr)
			return true;
	}
	return false;
}

/*
 * The object's own hook, which mm/vma.c:__mmap_region calls when the old mappings are gone already.
 */
static void check_hook(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool refused = false;

	switch (r->object->hook) {
	case HOOK_REFUSES:
		refused = refuse(m, a, r->object->hook_error, r->object->hook_clause);
		break;
	case HOOK_NO_DAX:
		if (r->flags & MAP_SYNC)
			refused = refuse(m, a, EOPNOTSUPP, "mmap.sync.ext4-shared-eopnotsupp");
		break;
	case HOOK_HUGETLB:
		/*
		 * fs/hugetlbfs/inode.c:hugetlbfs_file_mmap; no page is free, by the matrix's own
		 * choice
		 */
		if (unaligned(r->offset, (uint64_t)1 << r->object->huge_shift))
			refused = refuse(m, a, EINVAL, "mmap.hugetlb.offset-unaligned-einval");
		if (!(r->vm_flags & VM_NORESERVE))
			refused |= refuse(m, a, ENOMEM, "mmap.hugetlb.none-enomem");
		else
			grant(a, "mmap.hugetlb.noreserve-ok");
		break;
	default:
		break;
	}
	if (r->future_seal && !m->traits.seal_before_unmap && !merges(m, r))
		refused |= refuse(m, a, EPERM, "mmap.seal.future-new-eperm");
	if (refused)
		a->unmaps = true;
}

/*
 * What a flag that is ignored, or an object that allows it, grants. The most special one is named.
 */
static void grant_special(const struct model *m, struct model_answer *a, const struct request *r)
{
	const struct model_object *object = r->object;
	bool shared = r->vm_flags & VM_MAYSHARE;
	uint64_t known = LEGACY_MAP_MASK | ABOVE4G | MAP_TYPE | MAP_FIXED_NOREPLACE | MAP_SYNC;

	if (r->prot & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))
		grant(a, "mmap.prot.unknown-bits-ignored");
	if (r->flags & ~known)
		grant(a, shared ? "mmap.shared.unknown-bits-ignored" :
				  "mmap.private.unknown-bits-ignored");
	if (r->flags & MAP_SYNC)
		grant(a, object ? "mmap.sync.tmpfs-shared-ignored" : "mmap.sync.anon-ignored");
	if (object && !object->writable && !shared && r->prot & PROT_WRITE)
		grant(a, "mmap.kind.readonly-private-write-ok");
	if (object && has_write_seal(object) && !shared && r->prot & PROT_WRITE)
		grant(a, "mmap.seal.write-private-ok");
	if (object && has_write_seal(object) && r->vm_flags & VM_SHARED)
		grant(a, "mmap.seal.write-shared-read-ok");
	if (object && object->reach == REACH_ULONG && r->offset > MAX_LFS_FILESIZE)
		grant(a, "mmap.off.chardev-top-bit-ok");
	if (object && object->reach == REACH_LFS && r->offset > MAX_LFS_FILESIZE - 4 * m->page_size)
		grant(a, "mmap.off.reg-last-ok");
	if (r->crowded)
		grant(a, "mmap.hint.thp-room");
}

/* mm/vma.c:vms_gather_munmap_vmas: what MAP_FIXED replaces has to go. */
static void check_replaced(const struct model *m, struct model_answer *a, const struct request *r)
{
	uint64_t end = r->addr + r->length;
	bool sealed = model_any(m, r->addr, end, VM_SEALED);
	bool full = model_map_count(m) >= m->max_map_count, middle;
	struct model_vma first;

	model_whole(m, r->addr, &first);
	middle = first.start < r->addr && end < first.end;
	/* Before 6.12, seals were looked at before anything was split. */
	DENY(middle && full && (m->traits.seal_by_vma || !sealed), ENOMEM,
	     "mmap.limit.mapcount-fixed-middle");
	DENY(sealed, EPERM, "mmap.fixed.sealed-eperm");
}

/*
 * mm/vma.c:may_expand_vm, of what comes to what is mapped: only that counts, whatever is replaced.
 */
static void check_expansion(const struct model *m, struct model_answer *a, const struct request *r,
			    uint64_t replaced)
{
	uint64_t more = r->length - replaced;
	bool data = model_is_data(r->vm_flags), over = m->total_vm + more > m->limit_as;
	bool was_over = m->total_vm > m->limit_as;

	DENY(over && was_over, ENOMEM, "mmap.limit.rlimit-as-already-over");
	DENY(over && !was_over, ENOMEM, "mmap.limit.rlimit-as-enomem");
	DENY(model_over_data(m, r->vm_flags, more), ENOMEM, "mmap.limit.rlimit-data-enomem");
	if (m->total_vm + r->length > m->limit_as)
		grant(a, "mmap.limit.rlimit-as-net-fixed");
	if (m->data_vm + r->length <= m->limit_data)
		return;
	grant(a, data && !m->limit_data	    ? "mmap.limit.rlimit-data-soft0" :
		 data			    ? "mmap.limit.rlimit-data-net-fixed" :
		 r->vm_flags & VM_GROWSDOWN ? "mmap.growsdown.data-rlimit-exempt" :
					      "mmap.limit.rlimit-data-exempt");
}

/* mm/vma.c:accountable_mapping */
static bool accountable(const struct model_object *object, unsigned int flags)
{
	return !(object && object->huge_shift) &&
	       (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/*
 * The bytes that are accounted in what is mapped there. What mprotect() made read-only, and goes on
 * to be accounted, is not among them.
 */
static uint64_t accounted(const struct model *m, uint64_t start, uint64_t end)
{
	struct model_vma part;
	uint64_t bytes = 0;

	for (uint64_t at = start; model_part(m, at, end, &part); at = part.end)
		bytes += accountable(part.object, part.flags) ? part.end - part.start : 0;
	return bytes;
}

/*
 * mm/vma.c:__mmap_setup, where vm.overcommit_memory leaves it to a guess
 * (mm/util.c:__vm_enough_memory)
 */
static void check_commit(const struct model *m, struct model_answer *a, const struct request *r,
			 uint64_t replaced)
{
	bool gathered = m->traits.mmap_gathers_first, much = r->length > m->limit_commit, over;
	uint64_t charged = r->length;

	if (!accountable(r->object, r->vm_flags)) {
		if (much && !(r->vm_flags & VM_MAYSHARE))
			grant(a, "mmap.limit.overcommit0-noreserve-ok");
		return;
	}
	if (gathered && replaced)
		charged -= accounted(m, r->addr, r->addr + r->length);
	over = charged > m->limit_commit;
	DENY(over && !replaced, ENOMEM, "mmap.limit.overcommit0-huge-enomem");
	DENY(over && replaced && gathered, ENOMEM, "mmap.fixed.overcommit-keeps-old");
	if (over && replaced && !gathered && refuse(m, a, ENOMEM, "mmap.fixed.overcommit-hole-old"))
		a->unmaps = true;
	if (much)
		grant(a, "mmap.fixed.overcommit-net");
}

/*
 * mm/shmem.c:__shmem_file_setup: the object of a shared mapping is made when the old mappings are
 * gone already.
 */
static void check_shared_memory(const struct model *m, struct model_answer *a,
				const struct request *r)
{
	bool made = r->object ? r->vm_flags & VM_FRESH : r->vm_flags & VM_SHARED;

	if (made && !(r->vm_flags & VM_NORESERVE) && r->length > m->limit_commit &&
	    refuse(m, a, ENOMEM, "mmap.limit.overcommit0-shared-accounted"))
		a->unmaps = true;
}

/* mm/vma.c:mmap_region */
static void check_region(const struct model *m, struct model_answer *a, const struct request *r)
{
	bool replaces = r->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
			r->addr <= m->task_size - r->length;
	bool gathers_first = m->traits.mmap_gathers_first;
	uint64_t replaced = replaces ? model_mapped(m, r->addr, r->addr + r->length) : 0;

	if (replaced == r->length)
		grant(a, "mmap.fixed.replaces-whole");
	if (replaced && gathers_first)
		check_replaced(m, a, r);
	check_expansion(m, a, r, replaced);
	if (replaced && !gathers_first)
		check_replaced(m, a, r);
	check_commit(m, a, r, replaced);
	grant_special(m, a, r);
	check_shared_memory(m, a, r);
	if (r->object)
		check_hook(m, a, r);
	if (model_map_count(m) == m->max_map_count)
		grant(a, "mmap.limit.mapcount-enomem");
}

/* The bytes that are locked of what MAP_FIXED replaces. */
static uint64_t replaced_locked(const struct model *m, const struct request *r)
{
	uint64_t bytes = 0, end = r->addr + r->length;
	struct model_vma part;

	if (!(r->flags & MAP_FIXED))
		return 0;
	for (uint64_t at = r->addr; model_part(m, at, end, &part); at = part.end)
		bytes += part.flags & VM_LOCKED ? part.end - part.start : 0;
	return bytes;
}

/*
 * mm/mmap.c:do_mmap, MAP_LOCKED, and what mlockall() wants of every mapping. What is replaced goes
 * on to count.
 */
static void check_mlock(const struct model *m, struct model_answer *a, const struct request *r)
{
	uint64_t limit = m->cap_ipc_lock ? UINT64_MAX : m->limit_memlock;
	uint64_t most = align_down(limit, m->page_size), locked = m->locked_vm + r->length;
	bool asked = r->flags & MAP_LOCKED, over = locked > most, alone = r->length > most;
	bool net_over;

	if (!(r->vm_flags & VM_LOCKED))
		return;
	net_over = locked - replaced_locked(m, r) > most;
	DENY(asked && !limit, EPERM, "mmap.locked.rlimit0-eperm");
	DENY(asked && alone, EAGAIN, "mmap.locked.over-eagain");
	DENY(asked && !alone && net_over, EAGAIN, "mmap.locked.counts-existing");
	DENY(asked && !alone && !net_over && over, EAGAIN, "mmap.locked.fixed-double-count");
	DENY(!asked && over && limit, EAGAIN, "mmap.locked.mcl-future");
	DENY(!asked && over && !limit, EAGAIN, "mmap.locked.mcl-future-rlimit0-eagain");
	grant(a, !asked		 ? "mmap.locked.mcl-future" :
		 m->cap_ipc_lock ? "mmap.locked.cap-unlimited" :
				   "mmap.proc.vmflags-locked");
}

static unsigned int vm_flags(const struct model *m, const struct request *r)
{
	return (r->prot & PROT_READ ? VM_READ : 0) | (r->prot & PROT_WRITE ? VM_WRITE : 0) |
	       (r->prot & PROT_EXEC ? VM_EXEC : 0) | (r->flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) |
	       (r->flags & MAP_LOCKED || m->lock_future ? VM_LOCKED : 0) |
	       (r->flags & MAP_SYNC ? VM_SYNC : 0) | (r->flags & MAP_NORESERVE ? VM_NORESERVE : 0) |
	       VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

void model_mmap(const struct model *m, const struct model_mmap_call *call, struct model_answer *a)
{
	memset(a, 0, sizeof(*a));
	model_do_mmap(m, call, a);
}

void model_do_mmap(const struct model *m, const struct model_mmap_call *call,
		   struct model_answer *a)
{
	struct request r = { call->addr, call->length, call->prot, call->flags, call->offset };
	bool crowded;

	a->align = m->page_size;
	r.vm_flags = vm_flags(m, &r);

	DENY(unaligned(r.offset, m->page_size), EINVAL, "mmap.off.unaligned-einval");
	find_object(m, a, call, &r);
	crowded = model_map_count(m) > m->max_map_count;
	DENY(!r.length && !call->length && !crowded, EINVAL, "mmap.len.zero-einval");
	DENY(!r.length && !call->length && crowded, EINVAL, "mmap.order.len0-before-mapcount");
	DENY(!r.length && call->length, EINVAL, "mmap.hugetlb.len-wrap-einval");
	if (!(r.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		r.addr = round_hint_to_min(m, r.addr);
	DENY(r.length && !align_up(r.length, m->page_size), ENOMEM,
	     "mmap.len.page-align-overflow-enomem");
	r.length = align_up(r.length, m->page_size);
	check_map_count(m, a, &r);
	DENY(r.length > m->task_size, ENOMEM, "mmap.len.over-task-size-enomem");
	if (r.length > m->task_size)
		r.length = m->page_size; /* for the checks behind, which add to it */
	if (r.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		check_fixed(m, a, &r);
	else
		choose_place(m, a, &r, call->addr);
	check_mlock(m, a, &r);
	if (r.object)
		check_object(m, a, &r);
	else if (r.flags & MAP_ANONYMOUS)
		check_anonymous(m, a, &r);
	check_region(m, a, &r);

	a->length = r.length;
	a->made.flags = r.vm_flags;
	if (m->pkeys && r.prot == PROT_EXEC)
		a->made.flags |= VM_PKEY_EXEC;
	/*
	 * Neither huge pages, which are never swapped out, nor what may be dropped are marked as
	 * locked, or counted.
	 */
	if ((r.object && r.object->huge_shift) || r.vm_flags & VM_DROPPABLE)
		a->made.flags &= ~VM_LOCKED;
	a->made.object = r.object;
	a->made.offset = r.offset;
}

bool model_place_ok(const struct model *m, const struct model_answer *a, uint64_t address)
{
	if (a->place == PLACE_EXACT)
		return address == a->address;
	return !unaligned(address, a->align) && address >= a->low && address >= m->hint_min_addr &&
	       address < a->high && a->length <= a->high - address &&
	       !model_find_overlap(m, address, address + a->length);
}

bool model_mmap_done(struct model *m, const struct model_answer *a, uint64_t address)
{
	struct model_vma made = a->made;

	if (a->error && !a->unmaps)
		return true;
	if (a->error && a->place != PLACE_EXACT)
		return true;
	made.start = address;
	made.end = address + a->length;
	/*
	 * mm/shmem.c:shmem_zero_setup; where another call is emulated, it has the object already.
	 */
	if (made.flags & VM_MAYSHARE && (!made.object || made.flags & VM_FRESH) && !made.memory)
		made.memory = ++m->memories;
	if (!model_remove(m, made.start, made.end))
		return false;
	return a->error || model_add(m, &made);
}
