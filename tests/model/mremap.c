// SPDX-License-Identifier: GPL-2.0
/* The decisions about mremap(), and the state behind it. */
#include "unit.h"

#define AT(page) (BASE + (page)*PAGE)
#define FREE AT(200)
#define HUGE_PAGE (512 * PAGE)
#define MAYMOVE MREMAP_MAYMOVE
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define DONTUNMAP (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)
#define BOTH (FIXED | MREMAP_DONTUNMAP)
#define MAY (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define PRIVATE (VM_READ | VM_WRITE | MAY)
#define SHARES (PRIVATE | VM_SHARED | VM_MAYSHARE)

static const struct model_object file = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
};
static const struct model_object zero = { .open = true, .readable = true, .zero = true };
static const struct model_object huge = { .open = true, .hook = HOOK_HUGETLB, .huge_shift = 21 };

enum page {
	A = 8, /* four pages, stored to */
	L = 16, /* two, locked */
	B = 24, /* two, blocked by F */
	F = 26, /* pages 1 and 2 of a file, shared */
	P = 32, /* two of the file, private, stored to */
	N = 40, /* two, shared without a file */
	Z = 48, /* two of /dev/zero, private, and another mapping of one page */
	C = 56, /* three mappings of two, two, and, behind a hole, one */
	S = 64, /* two, a sealed one, one */
	E = 72, /* can't grow */
	G = 80, /* grows down */
	M = 88, /* two, shared and locked */
	K = 96, /* one, of /dev/zero, shared */
	H = 2048, /* two huge pages */
};

static const struct model_vma vmas[] = {
	{ 0, PAGE, PRIVATE },
	{ AT(A), AT(A + 4), PRIVATE },
	{ AT(L), AT(L + 2), PRIVATE | VM_LOCKED },
	{ AT(B), AT(B + 2), PRIVATE },
	{ AT(F), AT(F + 2), SHARES, &file, PAGE },
	{ AT(P), AT(P + 2), PRIVATE, &file },
	{ AT(N), AT(N + 2), SHARES },
	{ AT(Z), AT(Z + 2), PRIVATE, &zero },
	{ AT(Z + 2), AT(Z + 3), PRIVATE },
	{ AT(C), AT(C + 2), PRIVATE },
	{ AT(C + 2), AT(C + 4), PRIVATE | VM_NORESERVE },
	{ AT(C + 5), AT(C + 6), PRIVATE },
	{ AT(S), AT(S + 2), PRIVATE },
	{ AT(S + 2), AT(S + 3), PRIVATE | VM_SEALED },
	{ AT(S + 3), AT(S + 4), PRIVATE },
	{ AT(E), AT(E + 1), SHARES | VM_DONTEXPAND, &file },
	{ AT(G), AT(G + 2), PRIVATE | VM_GROWSDOWN },
	{ AT(M), AT(M + 2), SHARES | VM_LOCKED },
	{ AT(K), AT(K + 1), SHARES | VM_FRESH, &zero },
	{ AT(H), AT(H) + 2 * HUGE_PAGE, PRIVATE, &huge },
	{ TOP - 2 * PAGE, TOP, PRIVATE },
};

/* What a process lacks. */
enum lack {
	NOTHING,
	RIGHTS, /* with room for one page that is locked */
	SPACE, /* RLIMIT_AS has room for two pages */
	DATA, /* RLIMIT_DATA */
	MEMORY, /* two mebibytes are more than there is */
	VMAS, /* no more of them */
	SOME_VMAS, /* five more */
	ROOM, /* nothing, and has no RLIMIT_AS */
	ADDRESSES, /* nothing, and has 5-level page tables */
};

static struct model *process(const char *release, enum lack lack)
{
	static struct model m;

	set_up(&m, PLAIN);
	m.vma_count = 0;
	m.total_vm = m.locked_vm = m.data_vm = 0;
	m.min_addr = 0x10000;
	if (lack == ADDRESSES)
		m.task_size = (1ul << 56) - PAGE;
	m.limit_memlock = m.limit_data = m.limit_commit = m.max_map_count = UINT64_MAX;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		check(model_add(&m, &vmas[i]), "room for the layout");
	check(model_store(&m, AT(A), AT(A + 4), 1) && model_store(&m, AT(P), AT(P + 2), 2) &&
		      model_store(&m, AT(N), AT(N + 2), 3),
	      "room for what is stored");
	check(model_traits_of(release, &m.traits), "a release");
	if (lack == RIGHTS) {
		m.cap_ipc_lock = m.cap_sys_rawio = false;
		m.limit_memlock = m.locked_vm + PAGE;
	}
	if (lack == SPACE)
		m.limit_as = m.total_vm + 2 * PAGE;
	if (lack == DATA)
		m.limit_data = m.data_vm + 2 * PAGE;
	if (lack == MEMORY)
		m.limit_commit = 1ul << 20;
	if (lack == MEMORY || lack == ROOM)
		m.limit_as = UINT64_MAX;
	if (lack == VMAS || lack == SOME_VMAS)
		m.max_map_count = model_map_count(&m) + (lack == SOME_VMAS ? 5 : 0);
	return &m;
}

#define NEW "7.3"
#define OLD "5.10"
static const struct {
	struct model_mremap_call call; /* addr, old_len, new_len, flags, new_addr */
	const char *release;
	enum lack lack;
	int error;
	const char *clause; /* without "mremap." where it has that */
} calls[] = {
	/* what refuses, in the kernel's order */
	{ { AT(A), PAGE, PAGE, 8 }, NEW, 0, EINVAL, "args.unknown-flag-einval" },
	{ { AT(A), PAGE, PAGE, 1ul << 33 }, OLD, 0, EINVAL, "args.unknown-flag-einval" },
	{ { AT(A) + 1, PAGE, PAGE }, NEW, 0, EINVAL, "args.oldaddr-unaligned" },
	{ { AT(A), PAGE, 0 }, NEW, 0, EINVAL, "args.newlen-zero" },
	{ { AT(A), PAGE, -1ul }, NEW, 0, EINVAL, "args.newlen-wraps-zero" },
	{ { AT(A), PAGE, 1ul << 48 }, NEW, 0, EINVAL, "args.newlen-over-tasksize" },
	{ { AT(A), PAGE, 1ul << 48 }, "6.12", ROOM, ENOMEM, "args.newlen-over-tasksize-old" },
	{ { AT(A), PAGE, PAGE, FIXED, TOP }, NEW, 0, EINVAL, "fixed.newaddr-beyond-limit" },
	{ { AT(A), PAGE, 1ul << 48, FIXED, FREE }, OLD, 0, EINVAL, "fixed.newaddr-beyond-limit" },
	{ { AT(A), PAGE, PAGE, FIXED, FREE + 1 }, NEW, 0, EINVAL, "fixed.newaddr-unaligned" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, FREE + 1 }, NEW, 0, EINVAL, "dontunmap.hint-checked" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, TOP }, "6.1", 0, EINVAL, "dontunmap.hint-checked" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, AT(A) }, NEW, 0, EINVAL, "dontunmap.hint-checked" },
	{ { AT(A), PAGE, PAGE, MREMAP_FIXED, FREE }, NEW, 0, EINVAL, "args.fixed-needs-maymove" },
	{ { AT(A), PAGE, PAGE, MREMAP_DONTUNMAP }, NEW, 0, EINVAL, "args.dontunmap-needs-maymove" },
	{ { AT(A), 0, PAGE, DONTUNMAP }, NEW, 0, EINVAL, "dup.dontunmap-einval" },
	{ { AT(A), PAGE, 2 * PAGE, DONTUNMAP }, NEW, 0, EINVAL, "args.dontunmap-resize-einval" },
	{ { AT(A), PAGE - 1, PAGE, DONTUNMAP },
	  "6.12",
	  0,
	  EINVAL,
	  "args.dontunmap-rounding-compare-old" },
	{ { AT(A), 2 * PAGE, 2 * PAGE, FIXED, AT(A + 1) }, NEW, 0, EINVAL, "fixed.overlap-einval" },
	{ { AT(A), 2 * PAGE, PAGE, FIXED, AT(A - 1) + 1 * PAGE },
	  NEW,
	  0,
	  EINVAL,
	  "fixed.overlap-einval" },
	{ { AT(A), 4 * PAGE, PAGE, FIXED, AT(A + 2) },
	  NEW,
	  0,
	  EINVAL,
	  "fixed.overlap-uses-full-oldlen" },
	{ { AT(A), PAGE, PAGE, 0 }, NEW, VMAS, ENOMEM, "limit.map-count-all" },
	{ { AT(L), PAGE, PAGE, BOTH, FREE }, NEW, SOME_VMAS, 0, "dontunmap.lock-moves" },
	{ { AT(A), PAGE, PAGE, BOTH, FREE }, NEW, VMAS, ENOMEM, "limit.map-count-all" },
	{ { AT(A), PAGE, PAGE, FIXED, FREE }, "6.18", SOME_VMAS, ENOMEM, "limit.map-count-maymove" },
	{ { AT(A), PAGE, PAGE, FIXED, FREE }, "6.12", SOME_VMAS, ENOMEM, "limit.map-count-maymove" },
	{ { AT(B), 2 * PAGE, 3 * PAGE, MAYMOVE }, "6.12", VMAS, ENOMEM, "limit.map-count-maymove" },
	{ { FREE, PAGE, PAGE, 0 }, NEW, 0, EFAULT, "efault.unmapped-old" },
	{ { FREE, PAGE, PAGE, 0 }, "6.1", 0, EFAULT, "efault.unmapped-old" },
	{ { FREE, PAGE, PAGE, FIXED, AT(300) }, NEW, 0, EFAULT, "efault.unmapped-old" },
	{ { FREE, PAGE, 2 * PAGE, 0 }, OLD, 0, EFAULT, "efault.unmapped-old" },
	{ { FREE, PAGE, PAGE, FIXED, AT(A) }, OLD, 0, EFAULT, "efault.unmapped-old" },
	{ { FREE, 0, PAGE, MAYMOVE }, NEW, 0, EFAULT, "order.efault-before-dup-einval" },
	{ { AT(S + 2), PAGE, PAGE, 0 }, NEW, 0, EPERM, "mseal.block.mremap-all" },
	{ { AT(H) + PAGE, PAGE, PAGE, 0 }, NEW, 0, EINVAL, "hugetlb.unaligned" },
	{ { AT(H), PAGE, PAGE, 0, FREE }, "6.12", 0, EINVAL, "hugetlb.unaligned" },
	{ { AT(H), 0, PAGE, MAYMOVE }, NEW, 0, EINVAL, "hugetlb.grow-einval" },
	{ { AT(H), HUGE_PAGE, HUGE_PAGE, FIXED, AT(4096) }, OLD, 0, EINVAL, "hugetlb.refused-old" },
	{ { AT(A), 0, PAGE, MAYMOVE }, NEW, 0, EINVAL, "dup.private-einval" },
	{ { AT(A), 0, PAGE, FIXED, FREE }, NEW, 0, EINVAL, "dup.private-einval" },
	{ { AT(A), 0, 2 * PAGE, FIXED, AT(A) }, NEW, 0, EINVAL, "dup.private-onto-itself-einval" },
	{ { AT(N), PAGE, PAGE, DONTUNMAP }, OLD, 0, EINVAL, "dontunmap.only-private-anon" },
	{ { AT(P), PAGE, PAGE, DONTUNMAP }, OLD, 0, EINVAL, "dontunmap.only-private-anon" },
	{ { AT(E), PAGE, PAGE, DONTUNMAP }, NEW, 0, EINVAL, "dontunmap.special-einval" },
	{ { AT(H), HUGE_PAGE, HUGE_PAGE, DONTUNMAP }, NEW, 0, EINVAL, "dontunmap.special-einval" },
	{ { AT(B), 3 * PAGE, 4 * PAGE, MAYMOVE }, NEW, 0, EFAULT, "efault.grow-crosses-vma-end" },
	{ { AT(B), 4 * PAGE, 3 * PAGE, FIXED, FREE }, NEW, 0, EFAULT, "fixed.shrink-across-vmas" },
	{ { AT(B), 4 * PAGE, 4 * PAGE, DONTUNMAP }, NEW, 0, EFAULT, "multi.not-without-fixed" },
	{ { AT(B), 4 * PAGE, 4 * PAGE, FIXED, FREE },
	  "6.12",
	  0,
	  EFAULT,
	  "multi.crossing-efault-old" },
	{ { AT(E), 0, PAGE, MAYMOVE }, NEW, 0, EFAULT, "dup.special-refused" },
	{ { AT(E), PAGE, 2 * PAGE, 0 }, NEW, 0, EFAULT, "grow.dontexpand-efault" },
	{ { AT(L), 2 * PAGE, 4 * PAGE, 0 }, NEW, RIGHTS, EAGAIN, "lock.grow-over-limit" },
	{ { AT(A), PAGE, 4 * PAGE, MAYMOVE }, NEW, SPACE, ENOMEM, "limit.as-grow" },
	{ { AT(A), PAGE, 4 * PAGE, MAYMOVE }, NEW, DATA, ENOMEM, "limit.data-grow" },
	{ { AT(A), 4 * PAGE, 1ul << 31, MAYMOVE }, NEW, MEMORY, ENOMEM, "limit.commit-guess" },
	{ { AT(C + 5), PAGE, 1ul << 31, MAYMOVE }, OLD, MEMORY, ENOMEM, "limit.commit-guess" },
	{ { AT(P), 2 * PAGE, 1ul << 31, FIXED, AT(4096) },
	  "6.12",
	  MEMORY,
	  ENOMEM,
	  "limit.commit-guess" },
	{ { AT(G), 1ul << 31, PAGE, FIXED, AT(1ul << 20) },
	  "7.2",
	  MEMORY,
	  ENOMEM,
	  "limit.commit-shrink-old" },
	{ { AT(A), -PAGE, PAGE, 0 }, NEW, 0, EINVAL, "args.oldlen-huge-einval" },
	{ { TOP, 2 * PAGE, PAGE, 0 }, OLD, 0, EINVAL, "args.oldlen-huge-einval" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(S + 2) }, NEW, 0, EPERM, "mseal.block.mremap-onto" },
	{ { AT(A), 2 * PAGE, 2 * PAGE, FIXED, AT(S + 1) },
	  NEW,
	  0,
	  EPERM,
	  "seal.destination-partly" },
	{ { AT(S), 4 * PAGE, PAGE, 0 }, NEW, 0, EPERM, "seal.shrink-over-sealed" },
	{ { AT(S), 4 * PAGE, PAGE, FIXED, AT(A) },
	  NEW,
	  0,
	  EPERM,
	  "seal.fixed-shrink-loses-destination" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(H + 1) }, NEW, 0, EINVAL, "munmap.hugetlb.part-einval" },
	{ { AT(A), 4 * PAGE, PAGE, 0 }, "6.12", VMAS, 0, "shrink.in-place" },
	{ { AT(A), 3 * PAGE, PAGE, 0 }, "6.12", VMAS, ENOMEM, "munmap.limit.split-at-max-enomem" },
	{ { AT(N), 0, PAGE, FIXED, AT(N) }, NEW, 0, EFAULT, "fixed.overlap-oldlen0-destroys" },
	{ { AT(N), 0, PAGE, FIXED, AT(N) }, "6.12", 0, EFAULT, "fixed.overlap-oldlen0-destroys" },
	{ { AT(A), -PAGE, PAGE, FIXED, AT(A) }, NEW, 0, EFAULT, "fixed.overlap-wrapped-destroys" },
	{ { AT(A), -PAGE, PAGE, FIXED, AT(A) }, "6.12", 0, EINVAL, "args.oldlen-huge-einval" },
	{ { AT(A), 4 * PAGE, 4 * PAGE, DONTUNMAP }, NEW, SPACE, ENOMEM, "dontunmap.as-limit" },
	{ { AT(A), 4 * PAGE, 4 * PAGE, DONTUNMAP }, NEW, DATA, ENOMEM, "dontunmap.data-limit" },
	{ { AT(A), PAGE, PAGE, FIXED, 0 }, NEW, RIGHTS, EPERM, "fixed.mmap-min-addr" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, 1 }, NEW, RIGHTS, EINVAL, "dontunmap.hint-checked" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, PAGE }, NEW, RIGHTS, EPERM, "dontunmap.low-hint-eperm" },
	{ { AT(M), 0, 2 * PAGE, MAYMOVE }, NEW, RIGHTS, EAGAIN, "dup.locked-counts" },
	{ { AT(N), 0, TOP - 2 * PAGE, MAYMOVE }, NEW, ROOM, 0, "dup.longer-than-source" },
	{ { AT(N), 0, TOP - PAGE, MAYMOVE }, NEW, ROOM, ENOMEM, "grow.absurd-len-enomem" },
	{ { AT(N), 0, PAGE, 0 }, NEW, 0, ENOMEM, "dup.flags0-enomem" },
	{ { AT(A), PAGE, 2 * PAGE, 0 }, NEW, 0, ENOMEM, "grow.not-tail-flags0" },
	{ { TOP - PAGE, PAGE, 2 * PAGE, 0 }, NEW, 0, ENOMEM, "grow.top-of-address-space" },
	{ { AT(B), 2 * PAGE, 3 * PAGE, 0 }, NEW, 0, ENOMEM, "grow.blocked-flags0" },
	{ { 0, PAGE, 2 * PAGE, 0 }, NEW, RIGHTS, ENOMEM, "grow.blocked-flags0" },
	{ { AT(C + 4), 2 * PAGE, 2 * PAGE, FIXED, FREE },
	  NEW,
	  0,
	  EFAULT,
	  "multi.hole-at-start-efault" },
	{ { AT(Z), 3 * PAGE, 3 * PAGE, FIXED, FREE }, NEW, 0, EFAULT, "multi.own-placement-efault" },
	{ { AT(N), 9 * PAGE, 9 * PAGE, FIXED, FREE }, NEW, 0, EFAULT, "multi.own-placement-efault" },
	{ { AT(S), 4 * PAGE, 4 * PAGE, FIXED, FREE }, NEW, 0, EPERM, "multi.partial-on-error" },

	/* what succeeds */
	{ { AT(N), 0, PAGE, FIXED, FREE }, NEW, 0, 0, "dup.fixed" },
	{ { AT(F), 0, 2 * PAGE, MAYMOVE }, NEW, 0, 0, "dup.shared" },
	{ { AT(F + 1), 0, PAGE, MAYMOVE }, NEW, 0, 0, "dup.offset-of-addr" },
	{ { AT(A), PAGE, 2 * PAGE, FIXED, FREE }, NEW, 0, 0, "fixed.grow" },
	{ { AT(G), 1ul << 31, PAGE, FIXED, AT(1ul << 20) },
	  NEW,
	  MEMORY,
	  0,
	  "fixed.destination-fully-replaced-length" },
	{ { AT(A), PAGE - 1, PAGE, BOTH, AT(B) }, NEW, 0, 0, "dontunmap.fixed-replaces" },
	{ { AT(F), PAGE, PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.shared-file" },
	{ { AT(N), PAGE, PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.shared-anon" },
	{ { AT(P), PAGE, PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.private-file" },
	{ { AT(Z), PAGE, PAGE, DONTUNMAP }, OLD, 0, 0, "dontunmap.private-file" },
	{ { AT(A + 1), 3 * PAGE, 3 * PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.partial" },
	{ { AT(A), 3 * PAGE, 3 * PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.partial" },
	{ { AT(A), 4 * PAGE, 4 * PAGE, DONTUNMAP }, NEW, 0, 0, "dontunmap.anon-zero-after" },
	{ { AT(H), 2 * HUGE_PAGE, HUGE_PAGE, FIXED, AT(4096) },
	  "7.2",
	  MEMORY,
	  0,
	  "fixed.destination-fully-replaced-length" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, 2 * TOP }, NEW, ADDRESSES, 0, "dontunmap.hint-honoured" },
	{ { AT(A), PAGE, 1ul << 47, DONTUNMAP, 2 * TOP },
	  NEW,
	  ADDRESSES,
	  EINVAL,
	  "args.dontunmap-resize-einval" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, TOP - PAGE },
	  NEW,
	  ADDRESSES,
	  0,
	  "dontunmap.hint-occupied" },
	{ { AT(A), 2 * PAGE, 2 * PAGE, DONTUNMAP, TOP - PAGE },
	  NEW,
	  ADDRESSES,
	  0,
	  "dontunmap.hint-occupied" },
	{ { AT(A), PAGE, PAGE, FIXED, TOP - PAGE }, NEW, 0, 0, "fixed.newaddr-last-page-ok" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, FREE }, NEW, 0, 0, "dontunmap.hint-honoured" },
	{ { AT(A), PAGE, PAGE, DONTUNMAP, AT(B) }, NEW, 0, 0, "dontunmap.hint-occupied" },
	{ { AT(H), PAGE, PAGE, FIXED, AT(4096) }, NEW, 0, 0, "hugetlb.move" },
	{ { AT(L), PAGE, PAGE, FIXED, FREE }, NEW, RIGHTS, 0, "lock.same-size-move-free" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(A + 3) }, NEW, 0, 0, "move.within-own-mapping" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(A - 1) }, NEW, 0, 0, "fixed.adjacent-ok" },
	{ { AT(B), 2 * PAGE, 2 * PAGE, FIXED, AT(B - 2) }, NEW, 0, 0, "fixed.adjacent-ok" },
	{ { AT(A + 3), PAGE, PAGE, FIXED, AT(A + 4) }, NEW, 0, 0, "fixed.adjacent-ok" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(L) }, NEW, 0, 0, "fixed.replaces-locked-drops-vmlck" },
	{ { AT(A), PAGE, PAGE, FIXED, AT(B) }, NEW, 0, 0, "fixed.replaces-destination" },
	{ { AT(A), 2 * PAGE, 2 * PAGE, FIXED, AT(B + 1) }, NEW, 0, 0, "fixed.replaces-destination" },
	{ { AT(B), PAGE, PAGE, FIXED, AT(B - 1) }, NEW, 0, 0, "fixed.adjacent-ok" },
	{ { TOP - PAGE, PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.content-kept" },
	{ { AT(A), PAGE, PAGE, FIXED, 0 }, NEW, 0, 0, "fixed.replaces-destination" },
	{ { AT(A + 1), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.partial-leaves-both-ends" },
	{ { AT(A), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.content-kept" },
	{ { AT(G), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.growsdown-kept" },
	{ { AT(F), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.offset-kept" },
	{ { AT(Z), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.cow-pages-kept" },
	{ { AT(N), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.content-kept" },
	{ { AT(C), 2 * PAGE, 4 * PAGE, FIXED, AT(C + 6) }, "6.12", 0, 0, "fixed.grow" },
	{ { AT(C + 5), 2 * PAGE, 2 * PAGE, FIXED, FREE }, NEW, 0, 0, "multi.hole-at-end-ok" },
	{ { AT(C), 6 * PAGE, 6 * PAGE, FIXED, FREE }, NEW, 0, 0, "multi.holes-preserved" },
	{ { AT(C), 4 * PAGE, 4 * PAGE, FIXED, FREE }, NEW, 0, 0, "multi.adjacent-vmas" },
	{ { AT(C), 4 * PAGE, 4 * PAGE, BOTH, FREE }, NEW, 0, 0, "multi.dontunmap-fixed" },
	{ { AT(A), 4 * PAGE, 5 * PAGE, 0 }, NEW, 0, 0, "grow.in-place" },
	{ { AT(A), 4 * PAGE, 5 * PAGE, 0 }, OLD, 0, 0, "grow.in-place" },
	{ { 0, PAGE, 2 * PAGE, 0 }, NEW, 0, 0, "grow.in-place" },
	{ { AT(K), PAGE, PAGE, FIXED, FREE }, NEW, 0, 0, "move.offset-kept" },
	{ { AT(A), PAGE, PAGE, FIXED, (1ul << 56) - 2 * PAGE },
	  NEW,
	  ADDRESSES,
	  0,
	  "fixed.newaddr-last-page-ok" },
	{ { AT(A + 3), PAGE, 2 * PAGE, 0 }, NEW, 0, 0, "grow.from-middle-to-tail" },
	{ { AT(F), 2 * PAGE, 3 * PAGE, 0 }, NEW, 0, 0, "grow.file-in-place-maps-more" },
	{ { AT(N), 2 * PAGE, 3 * PAGE, 0 }, NEW, 0, 0, "grow.shared-anon-sigbus" },
	{ { AT(L), 2 * PAGE, 3 * PAGE, 0 }, NEW, RIGHTS, 0, "lock.grow-within-limit-populates" },
	{ { AT(A), PAGE, 2 * PAGE, MAYMOVE }, NEW, 0, 0, "grow.not-tail-maymove" },
	{ { AT(B), 2 * PAGE, 3 * PAGE, MAYMOVE }, NEW, 0, 0, "grow.blocked-maymove" },
	{ { FREE, PAGE, PAGE, 0 }, OLD, 0, 0, "efault.unmapped-old-legacy" },
	{ { FREE, 2 * PAGE, PAGE, 0 }, OLD, 0, 0, "efault.unmapped-old-legacy" },
	{ { AT(C), 6 * PAGE, 3 * PAGE, 0 }, NEW, 0, 0, "shrink.end-inside-later-vma" },
	{ { AT(C), 6 * PAGE, PAGE, 0 }, NEW, 0, 0, "shrink.across-vmas-and-holes" },
	{ { AT(L), 2 * PAGE, PAGE, 0 }, NEW, 0, 0, "shrink.locked-updates-vmlck" },
	{ { AT(A), 3 * PAGE, PAGE, 0 }, NEW, 0, 0, "shrink.middle-splits" },
	{ { AT(A), 4 * PAGE, PAGE, MAYMOVE, 12345 }, NEW, 0, 0, "shrink.in-place" },
	{ { AT(A), 9 * PAGE, 9 * PAGE, 0 }, NEW, 0, 0, "noop.same-size-no-range-check" },
	{ { AT(A), PAGE, PAGE, MAYMOVE }, NEW, 0, 0, "noop.maymove-does-not-move" },
};

CHECKS(check_mremap_calls)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct model *m = process(calls[i].release, calls[i].lack);
		struct model_answer a, planted;

		model_mremap(m, &calls[i].call, &a);
		check_answer("mremap.", i, &a, calls[i].error, calls[i].clause);
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_mremap(m, &calls[i].call, &planted);
		check(!planted.error || strcmp(planted.clause, a.clause),
		      "a decision that is left out decides nothing");
	}
}

/* The state that a call leaves, whether it succeeds or not. */
static struct model *after(const char *release, enum lack lack, struct model_mremap_call call,
			   uint64_t result)
{
	struct model *m = process(release, lack);

	check(model_mremap_done(m, &call, result), "room for what the call leaves");
	return m;
}

static bool holds(const struct model *m, uint64_t addr, unsigned int tag, uint64_t tag_offset)
{
	const struct model_vma *vma = model_find_overlap(m, addr, addr + PAGE);

	return vma && vma->tag == tag &&
	       (!tag || vma->tag_offset + addr - vma->start == tag_offset);
}

static bool none(const struct model *m, uint64_t addr, uint64_t pages)
{
	return !model_find_overlap(m, addr, addr + pages * PAGE);
}

CHECKS(check_mremap_moves)
{
	const struct model *m = process(NEW, 0);
	uint64_t total = m->total_vm;

	m = after(NEW, 0, (struct model_mremap_call){ AT(A + 1), PAGE, 3 * PAGE, MAYMOVE }, FREE);
	check(none(m, AT(A + 1), 1) && holds(m, AT(A), 1, 0) && holds(m, AT(A + 2), 1, 2 * PAGE),
	      "the middle is gone");
	check(holds(m, FREE, 1, PAGE) && holds(m, FREE + PAGE, 0, 0) &&
		      holds(m, FREE + 2 * PAGE, 0, 0),
	      "its bytes have moved, and zeros follow");
	check(m->total_vm == total + 2 * PAGE, "two pages more");
	m = after(NEW, 0, (struct model_mremap_call){ AT(F), 2 * PAGE, PAGE, FIXED, AT(B) }, AT(B));
	check(none(m, AT(F), 2) && model_find(m, AT(B))->offset == PAGE &&
		      holds(m, AT(B + 1), 0, 0),
	      "one page of the destination is replaced");
	m = after(NEW, 0, (struct model_mremap_call){ AT(N + 1), 0, 3 * PAGE, MAYMOVE }, FREE);
	check(holds(m, AT(N), 3, 0) && holds(m, FREE, 3, PAGE) &&
		      holds(m, FREE + PAGE, 3, 2 * PAGE),
	      "a second view goes on as the object does");
	m = after(NEW, 0, (struct model_mremap_call){ AT(A), 4 * PAGE, 5 * PAGE, 0 }, AT(A));
	check(holds(m, AT(A + 3), 1, 3 * PAGE) && holds(m, AT(A + 4), 0, 0), "zeros are added");
	m = after(NEW, 0, (struct model_mremap_call){ AT(N), 2 * PAGE, 3 * PAGE, 0 }, AT(N));
	check(holds(m, AT(N + 2), 3, 2 * PAGE), "what is added of an object is the object's");
	m = after(NEW, 0, (struct model_mremap_call){ AT(C), 6 * PAGE, 6 * PAGE, FIXED, AT(A) },
		  AT(A));
	check(none(m, AT(C), 6) && holds(m, AT(A), 0, 0) &&
		      model_find(m, AT(A + 2))->flags & VM_NORESERVE && none(m, AT(A + 4), 1) &&
		      model_find(m, AT(A + 5))->start == AT(A + 5),
	      "several mappings, and the hole between them");
}

CHECKS(check_mremap_empties)
{
	const struct model_mremap_call part = { AT(L), PAGE, PAGE, BOTH, FREE };
	const struct model *m;

	m = after(NEW, 0, (struct model_mremap_call){ AT(A), 4 * PAGE, 4 * PAGE, DONTUNMAP }, FREE);
	check(holds(m, AT(A), 0, 0) && holds(m, FREE + PAGE, 1, PAGE), "zeros stay behind");
	m = after(NEW, 0, (struct model_mremap_call){ AT(N), PAGE, PAGE, DONTUNMAP }, FREE);
	check(holds(m, AT(N), 3, 0) && holds(m, FREE, 3, 0), "of an object there are two views");
	m = after(NEW, 0, part, FREE);
	check(m->locked_vm == 4 * PAGE && !(model_find(m, AT(L))->flags & VM_LOCKED) &&
		      model_find(m, AT(L + 1))->flags & VM_LOCKED,
	      "the lock moves");
	m = after("6.18", 0, part, FREE);
	check(m->locked_vm == 5 * PAGE && !model_any(m, AT(L), AT(L + 2), VM_LOCKED), "6.18");
	m = after(OLD, 0, part, FREE);
	check(m->locked_vm == 4 * PAGE && !model_any(m, AT(L), AT(L + 2), VM_LOCKED), "5.10");
	m = after(OLD, 0, (struct model_mremap_call){ AT(A), PAGE, PAGE, DONTUNMAP }, FREE);
	check(m->locked_vm == 4 * PAGE && model_any(m, AT(L), AT(L + 2), VM_LOCKED), "another");
}

/* Refused late: what was done before stays done. */
CHECKS(check_mremap_leaves)
{
	const struct model *m;

	m = after(NEW, 0, (struct model_mremap_call){ AT(N), 0, PAGE, FIXED, AT(N) }, 0);
	check(none(m, AT(N), 1) && holds(m, AT(N + 1), 3, PAGE), "the source is lost");
	m = after(NEW, 0, (struct model_mremap_call){ AT(S), 4 * PAGE, 4 * PAGE, FIXED, AT(A) }, 0);
	check(none(m, AT(S), 2) && holds(m, AT(A), 0, 0) && holds(m, AT(A + 2), 1, 2 * PAGE),
	      "the first mapping has moved");
	m = after("6.12", 0, (struct model_mremap_call){ AT(B), 3 * PAGE, 4 * PAGE, FIXED, AT(A) },
		  0);
	check(none(m, AT(A), 4), "the destination is lost");
	m = after(NEW, 0, (struct model_mremap_call){ AT(B), 3 * PAGE, 4 * PAGE, FIXED, AT(A) }, 0);
	check(holds(m, AT(A), 1, 0), "since 6.17 it is not");
	m = after(OLD, 0, (struct model_mremap_call){ FREE, 4 * PAGE, PAGE, 0 }, FREE);
	check(m->vma_count == sizeof(vmas) / sizeof(vmas[0]), "nothing was there");
}

CHECKS(check_mremap_full_list)
{
	static const struct model_mremap_call full[] = {
		{ AT(A + 1), PAGE, PAGE, FIXED, FREE }, { AT(A + 1), PAGE, 2 * PAGE, BOTH, FREE },
		{ AT(A + 1), PAGE, PAGE, BOTH, FREE },	{ AT(A + 1), PAGE, PAGE, FIXED, AT(C) },
		{ AT(A), 4 * PAGE, 5 * PAGE, 0 },	{ AT(A), 3 * PAGE, PAGE, 0 },
	};

	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
		struct model *m = process(NEW, 0);

		for (uint64_t page = 1000; m->vma_count < MODEL_VMAS_MAX; page += 2)
			model_add(m, &(struct model_vma){ AT(page), AT(page + 1) });
		check(!model_mremap_done(m, &full[i], FREE) == (i != 1), "a full list");
	}
}
