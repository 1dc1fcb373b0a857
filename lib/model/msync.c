// SPDX-License-Identifier: GPL-2.0
/*
 * msync(): mm/msync.c:msync. It changes no mapping; what it has written when it ends is a part of
 * the answer.
 */
#include "decide.h"

/* The walk over the range: what it has met so far. */
struct walk {
	uint64_t at, end; /* what is still to come */
	bool mapped; /* an area was there */
	bool leading, inside; /* a hole was in front of the first area, behind it */
	bool private, shared;
};

static bool has_file(const struct model_vma *vma)
{
	return vma->object || vma->flags & VM_MAYSHARE;
}

static bool accessible(const struct model_vma *vma)
{
	return vma->flags & (VM_READ | VM_WRITE | VM_EXEC);
}

/* MS_INVALIDATE of a locked area ends the walk. */
static void check_locked(const struct model *m, struct model_answer *a, uint64_t flags,
			 const struct walk *w, const struct model_vma *vma)
{
	bool hole = w->leading || w->inside, plain = !w->mapped && !hole;
	bool onfault = vma->flags & VM_LOCKONFAULT;

	if (!(vma->flags & VM_LOCKED))
		return;
	if (!(flags & MS_INVALIDATE)) {
		grant(a, "msync.invalidate.without-flag-locked-ok");
		return;
	}
	DENY(plain && !onfault, EBUSY, "msync.invalidate.locked-ebusy");
	DENY(plain && onfault, EBUSY, "msync.invalidate.locked-onfault-ebusy");
	DENY(w->mapped && !hole, EBUSY, "msync.invalidate.later-locked-ebusy");
	DENY(hole && !(flags & MS_ASYNC), EBUSY, "msync.invalidate.ebusy-over-enomem");
	DENY(hole && flags & MS_ASYNC, EBUSY, "msync.invalidate.async-hole-continues");
}

/* fs/sync.c:vfs_fsync_range, for what is shared and can be written through its descriptor */
static void sync_area(const struct model *m, struct model_answer *a, uint64_t flags,
		      const struct walk *w, const struct model_vma *vma)
{
	bool hole = w->leading || w->inside;
	bool no_fsync = vma->flags & VM_SHARED && vma->object && vma->object->no_fsync;

	if (!(flags & MS_SYNC)) {
		if (flags & MS_ASYNC && no_fsync)
			grant(a, "msync.async.no-fsync-ok");
		return;
	}
	if (!has_file(vma))
		grant(a, "msync.sync.anon-noop");
	else if (!(vma->flags & VM_MAYSHARE))
		grant(a, "msync.sync.private-noop");
	else if (!(vma->flags & VM_SHARED))
		grant(a, "msync.sync.readonly-fd-skipped");
	DENY(no_fsync && !hole, EINVAL, "msync.sync.no-fsync-einval");
	DENY(no_fsync && hole, EINVAL, "msync.error.over-enomem");
	if (!a->error)
		a->synced_end = vma->end < w->end ? vma->end : w->end;
}

/* What it is when no area refuses, and not everything is mapped. */
static void check_holes(const struct model *m, struct model_answer *a,
			const struct model_msync_call *call, uint64_t flags, const struct walk *w)
{
	uint64_t page = m->page_size;
	bool trailing = w->at < w->end, some = w->mapped;
	/* The hole is a last page, which the length without rounding does not reach whole. */
	bool rounded = trailing && !w->leading && !w->inside && unaligned(call->length, page) &&
		       w->end - w->at == page;
	bool plain = some && !rounded;

	DENY(!some && call->addr < m->task_size, ENOMEM, "msync.hole.whole-enomem");
	DENY(!some && call->addr >= m->task_size, ENOMEM, "msync.addr.kernel-enomem");
	DENY(some && rounded, ENOMEM, "msync.len.rounded-up");
	if (flags & MS_SYNC) {
		DENY(plain && w->leading, ENOMEM, "msync.hole.leading-sync");
		DENY(plain && !w->leading && w->inside, ENOMEM,
		     "msync.hole.sync-still-syncs-after");
		DENY(plain && !w->leading && !w->inside && trailing, ENOMEM,
		     "msync.hole.trailing-sync");
	} else {
		DENY(plain && (w->leading || w->inside || trailing), ENOMEM,
		     "msync.hole.interior-enomem");
	}
}

static void walk_areas(const struct model *m, struct model_answer *a,
		       const struct model_msync_call *call, uint64_t flags, uint64_t end)
{
	const struct model_vma *vma = model_find(m, call->addr);
	struct walk w = { .at = call->addr, .end = end };

	for (; vma && vma < m->vmas + m->vma_count && vma->start < end; vma++) {
		if (vma->start > w.at)
			*(w.mapped ? &w.inside : &w.leading) = true;
		if (!accessible(vma))
			grant(a, "msync.hole.none-prot-not-hole");
		check_locked(m, a, flags, &w, vma);
		sync_area(m, a, flags, &w, vma);
		*(vma->flags & VM_SHARED ? &w.shared : &w.private) = true;
		w.mapped = true;
		w.at = vma->end;
	}
	if (flags & MS_SYNC && w.shared && w.private)
		grant(a, "msync.sync.mixed-kinds");
	check_holes(m, a, call, flags, &w);
}

/* What the flags alone grant. */
static void grant_flags(struct model_answer *a, uint64_t word)
{
	static const char *const clauses[8] = {
		[0] = "msync.flags.none-ok",
		[MS_ASYNC] = "msync.flags.async-ok",
		[MS_SYNC] = "msync.flags.sync-ok",
		[MS_INVALIDATE] = "msync.flags.invalidate-alone-ok",
		[MS_INVALIDATE | MS_ASYNC] = "msync.flags.sync-invalidate-ok",
		[MS_INVALIDATE | MS_SYNC] = "msync.flags.sync-invalidate-ok",
	};
	const char *clause = clauses[word & 7];

	grant(a, clause ? clause : "msync.flags.sync-ok");
	if (word > UINT32_MAX)
		grant(a, "msync.flags.high-bits-ignored");
}

void model_msync(const struct model *m, const struct model_msync_call *call, struct model_answer *a)
{
	uint64_t flags = (uint32_t)call->flags, length = align_up(call->length, m->page_size);
	uint64_t end = call->addr + length;

	memset(a, 0, sizeof(*a));
	grant_flags(a, call->flags);
	DENY(flags & ~(uint64_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC), EINVAL,
	     "msync.flags.unknown-einval");
	DENY(unaligned(call->addr, m->page_size), EINVAL, "msync.addr.unaligned-einval");
	DENY(flags & MS_ASYNC && flags & MS_SYNC, EINVAL, "msync.flags.async-sync-einval");
	DENY(end < call->addr && end, ENOMEM, "msync.len.wrap-enomem");
	DENY(end < call->addr && !end, ENOMEM, "msync.len.end-exactly-zero-enomem");
	if (!length)
		grant(a, call->length ? "msync.len.max-zero-ok" : "msync.len.zero-ok");
	if (end > call->addr)
		walk_areas(m, a, call, flags, end);
}
