// SPDX-License-Identifier: GPL-2.0
/* The decisions about mmap(), and the state behind it. */
#include "unit.h"

#define VALIDATE MAP_SHARED_VALIDATE
#define NOREPLACE MAP_FIXED_NOREPLACE
#define HUGE(shift) (MAP_HUGETLB | (unsigned long)(shift) << 26)
#define LOW_2GB 0x40
#define ABOVE4G 0x80

#define LOW 0x50000000ul
#define HUGE_PAGE 0x200000ul

static const struct model_object file = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
};
static const struct model_object closed = { 0 };
static const struct model_object path_only = { .path_only = true };
static const struct model_object read_only = { .open = true, .readable = true, .hook = HOOK_MAPS };
static const struct model_object write_only = { .open = true, .writable = true, .hook = HOOK_MAPS };
static const struct model_object append_only = {
	.open = true, .readable = true, .writable = true, .append_only = true, .hook = HOOK_MAPS
};
static const struct model_object append_only_ro = {
	.open = true, .readable = true, .append_only = true, .hook = HOOK_MAPS
};
static const struct model_object noexec = {
	.open = true, .readable = true, .noexec = true, .hook = HOOK_MAPS
};
static const struct model_object pipe_end = { .open = true,
					      .readable = true,
					      .pseudo = true,
					      .reach = REACH_ULONG,
					      .hook = HOOK_NONE,
					      .hook_clause = "pipe" };
static const struct model_object refuses = { .open = true,
					     .readable = true,
					     .writable = true,
					     .hook = HOOK_REFUSES,
					     .hook_error = EIO,
					     .hook_clause = "refuses" };
static const struct model_object no_dax = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_NO_DAX, .thp = true
};
static const struct model_object zero = { .open = true,
					  .readable = true,
					  .writable = true,
					  .hook = HOOK_MAPS,
					  .reach = REACH_ULONG,
					  .zero = true };
static const struct model_object zero_ro = {
	.open = true, .readable = true, .hook = HOOK_MAPS, .reach = REACH_ULONG, .zero = true
};
static const struct model_object huge = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_HUGETLB, .huge_shift = 21
};
static const struct model_object sealed = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_MAPS, .seals = F_SEAL_WRITE
};
static const struct model_object future = { .open = true,
					    .readable = true,
					    .writable = true,
					    .hook = HOOK_MAPS,
					    .seals = F_SEAL_FUTURE_WRITE };

static const struct {
	struct model_mmap_call call; /* addr, length, prot, flags, offset, object */
	enum asker asker;
	int error;
	const char *clause; /* without "mmap." where it has that */
} calls[] = {
	/* what refuses, in the kernel's order */
	{ { 0, PAGE, RW, ANON, 1, &file }, 0, EINVAL, "off.unaligned-einval" },
	{ { 0, PAGE, RW, SHARED, 0, &closed }, 0, EBADF, "fd.bad-ebadf" },
	{ { 0, PAGE, RW, SHARED, 0, &path_only }, 0, EBADF, "fd.opath-ebadf" },
	{ { 0, PAGE, RW, SHARED | MAP_HUGETLB, 0, &file },
	  0,
	  EINVAL,
	  "hugetlb.nonhuge-file-einval" },
	{ { 0, PAGE, RW, ANON | HUGE(22), 0, &file }, 0, EINVAL, "hugetlb.bad-size-einval" },
	{ { 0, 0, RW, ANON, 0, &file }, 0, EINVAL, "len.zero-einval" },
	{ { 0, -1ul, RW, ANON | HUGE(0), 0, &file }, 0, EINVAL, "hugetlb.len-wrap-einval" },
	{ { 0, -1ul, RW, ANON, 0, &file }, 0, ENOMEM, "len.page-align-overflow-enomem" },
	{ { 0, TOP + PAGE, RW, ANON, 0, &file }, 0, ENOMEM, "len.over-task-size-enomem" },
	{ { 0, TOP, RW, ANON, 0, &file }, 0, ENOMEM, "len.no-gap-enomem" },
	{ { 0, 1ul << 31, RW, ANON | LOW_2GB, 0, &file }, 0, ENOMEM, "32bit.exhausted-enomem" },
	{ { BASE + PAGE, PAGE, RW, ANON | HUGE(21) | MAP_FIXED, 0, &file },
	  0,
	  EINVAL,
	  "hugetlb.fixed-unaligned-einval" },
	{ { TOP, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, ENOMEM, "fixed.above-task-size-enomem" },
	{ { TOP + 1, PAGE, RW, ANON | MAP_FIXED, 0, &file },
	  0,
	  ENOMEM,
	  "fixed.above-task-size-enomem" },
	{ { BASE + 1, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, EINVAL, "fixed.unaligned-einval" },
	{ { BASE + 1, PAGE, RW, ANON | NOREPLACE, 0, &file },
	  0,
	  EINVAL,
	  "fixed-noreplace.unaligned-einval" },
	{ { 0, PAGE, RW, ANON | MAP_FIXED, 0, &file },
	  NO_RIGHTS,
	  EPERM,
	  "fixed.zero-without-cap-eperm" },
	{ { BASE + 3 * PAGE, PAGE, RW, ANON | NOREPLACE, 0, &file },
	  0,
	  EEXIST,
	  "fixed-noreplace.sealed-eexist" },
	{ { BASE, PAGE, RW, ANON | NOREPLACE, 0, &file },
	  0,
	  EEXIST,
	  "fixed-noreplace.overlap-eexist" },
	{ { BASE, PAGE, RW, ANON | NOREPLACE | MAP_FIXED, 0, &file },
	  0,
	  EEXIST,
	  "fixed-noreplace.wins-over-fixed" },
	{ { 0, PAGE, RW, ANON | MAP_LOCKED, 0, &file }, NO_RIGHTS, EPERM, "locked.rlimit0-eperm" },
	{ { 0, 3 * PAGE, RW, ANON | MAP_LOCKED, 0, &file },
	  LITTLE_LOCK,
	  EAGAIN,
	  "locked.over-eagain" },
	{ { 0, PAGE, RW, SHARED, 1ul << 63, &file }, 0, EOVERFLOW, "off.reg-negative-eoverflow" },
	{ { 0, PAGE, RW, SHARED, 0x7ffffffffffff000, &file },
	  0,
	  EOVERFLOW,
	  "off.reg-over-lfs-eoverflow" },
	{ { 0, PAGE, RW, SHARED, -PAGE, &zero }, 0, EOVERFLOW, "off.chardev-wrap-eoverflow" },
	{ { 0, PAGE, RW, VALIDATE | MAP_SYNC, 0, &file },
	  0,
	  EOPNOTSUPP,
	  "sync.non-dax-validate-eopnotsupp" },
	{ { BASE + 8 * PAGE, PAGE, RW, VALIDATE | NOREPLACE, 0, &file },
	  0,
	  EOPNOTSUPP,
	  "validate.noreplace-eopnotsupp" },
	{ { 0, PAGE, RW, VALIDATE | 1ul << 31, 0, &file },
	  0,
	  EOPNOTSUPP,
	  "validate.bit31-eopnotsupp" },
	{ { 0, PAGE, RW, VALIDATE | 1ul << 40, 0, &file },
	  0,
	  EOPNOTSUPP,
	  "validate.high-bits-eopnotsupp" },
	{ { 0, PAGE, RW, VALIDATE | 0x200, 0, &file },
	  0,
	  EOPNOTSUPP,
	  "validate.undefined-bits-eopnotsupp" },
	{ { 0, PAGE, RW, VALIDATE | ABOVE4G, 0, &file },
	  ON_5_10,
	  EOPNOTSUPP,
	  "validate.undefined-bits-eopnotsupp" },
	{ { 0, PAGE, RW, SHARED, 0, &read_only }, 0, EACCES, "kind.readonly-shared-write-eacces" },
	{ { 0, PAGE, PROT_READ, SHARED, 0, &append_only },
	  0,
	  EACCES,
	  "kind.append-only-rdwr-eacces" },
	{ { 0, PAGE, PROT_NONE, MAP_PRIVATE, 0, &write_only }, 0, EACCES, "kind.write-only-eacces" },
	{ { 0, PAGE, PROT_EXEC, MAP_PRIVATE, 0, &noexec }, 0, EPERM, "kind.noexec-exec-eperm" },
	{ { 0, PAGE, PROT_EXEC, MAP_PRIVATE, 0, &pipe_end }, 0, EPERM, "kind.pipe-exec-eperm" },
	{ { 0, PAGE, PROT_EXEC, MAP_PRIVATE, 0, &pipe_end }, ON_5_10, ENODEV, "pipe" },
	{ { 0, PAGE, PROT_READ, MAP_PRIVATE, 0, &pipe_end }, 0, ENODEV, "pipe" },
	{ { 0, PAGE, RW, SHARED | MAP_GROWSDOWN, 0, &huge }, 0, EINVAL, "growsdown.hugetlb-einval" },
	{ { 0, PAGE, RW, SHARED | MAP_GROWSDOWN, 0, &file }, 0, EINVAL, "growsdown.file-einval" },
	{ { 0, PAGE, RW, 0, 0, &file }, 0, EINVAL, "type.none-einval" },
	{ { 0, PAGE, RW, 8, 0, &file }, 0, EINVAL, "type.unknown-file-einval" },
	{ { 0, PAGE, RW, SHARED, 0, &sealed }, 0, EPERM, "seal.write-shared-eperm" },
	{ { 0, PAGE, RW, SHARED, 0, &future }, 0, EPERM, "seal.future-new-eperm" },
	{ { 0, PAGE, RW, SHARED, 0, &future }, ON_5_10, EPERM, "seal.future-new-eperm" },
	{ { 0, PAGE, RW, SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, 0, &file },
	  0,
	  EINVAL,
	  "growsdown.shared-einval" },
	{ { 0, PAGE, RW, 8 | MAP_ANONYMOUS | MAP_LOCKED, 0, &file },
	  0,
	  EINVAL,
	  "droppable.locked-einval" },
	{ { 0, PAGE, RW, 8 | MAP_ANONYMOUS | MAP_GROWSDOWN, 0, &file },
	  0,
	  EINVAL,
	  "droppable.growsdown-einval" },
	{ { 0, PAGE, RW, MAP_ANONYMOUS, 0, &file }, 0, EINVAL, "type.none-einval" },
	{ { 0, PAGE, RW, VALIDATE | MAP_ANONYMOUS, 0, &file }, 0, EINVAL, "validate.anon-einval" },
	{ { 0, PAGE, RW, 8 | MAP_ANONYMOUS, 0, &file },
	  ON_5_10,
	  EINVAL,
	  "type.unknown-anon-einval" },
	{ { 0, PAGE, RW, 4 | MAP_ANONYMOUS, 0, &file }, 0, EINVAL, "type.unknown-anon-einval" },
	{ { BASE + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED, 0, &file },
	  0,
	  EPERM,
	  "fixed.sealed-eperm" },
	{ { 0, 1ul << 40, RW, ANON, 0, &file }, 0, ENOMEM, "limit.rlimit-as-enomem" },
	{ { 0, PAGE, RW, SHARED, 0, &refuses }, 0, EIO, "refuses" },
	{ { 0, PAGE, RW, SHARED | MAP_SYNC, 0, &no_dax },
	  0,
	  EOPNOTSUPP,
	  "sync.ext4-shared-eopnotsupp" },
	{ { 0, PAGE, RW, VALIDATE | MAP_SYNC, 0, &no_dax },
	  0,
	  EOPNOTSUPP,
	  "sync.ext4-shared-eopnotsupp" },
	{ { 0, PAGE, RW, SHARED, PAGE, &huge }, 0, EINVAL, "hugetlb.offset-unaligned-einval" },
	{ { 0, PAGE, RW, SHARED, 0, &huge }, 0, ENOMEM, "hugetlb.none-enomem" },
	{ { 0x10000, PAGE, RW, SHARED | MAP_NORESERVE, 0, &huge },
	  ON_5_10_NO_RIGHTS,
	  EPERM,
	  "hugetlb.low-hint-is-zero" },

	/* what succeeds */
	{ { 0, PAGE, RW, ANON, 0, &file }, 0, 0, "addr.null-nonzero-result" },
	{ { 0x123, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.small-nonzero-is-null" },
	{ { PAGE, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.below-min-raised" },
	{ { BASE + 8 * PAGE, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.free-used" },
	{ { BASE + 8 * PAGE + 1, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.rounded-down" },
	{ { BASE, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.occupied-elsewhere" },
	{ { BASE + 500 * PAGE, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.in-stack-gap-moved" },
	{ { TOP, PAGE, RW, ANON, 0, &file }, 0, 0, "hint.too-high-ignored" },
	{ { TOP, 2 * PAGE, RW, ANON, 0, &file }, FIVE_LEVELS, 0, "hint.too-high-ignored" },
	{ { 2 * TOP, PAGE, RW, ANON, 0, &file }, FIVE_LEVELS, 0, "hint.free-used" },
	{ { BASE + 1000 * PAGE, PAGE, RW, MAP_PRIVATE, 0x7fffffffffffe000, &no_dax },
	  0,
	  0,
	  "hint.thp-room" },
	{ { 0, PAGE, RW, ANON | ABOVE4G, 0, &file }, 0, 0, "above4g.result" },
	{ { 0, PAGE, RW, ANON | LOW_2GB, 0, &file }, 0, 0, "32bit.range" },
	{ { 0x20000000, PAGE, RW, ANON | LOW_2GB, 0, &file }, 0, 0, "32bit.low-hint-used" },
	{ { BASE, PAGE, RW, ANON | LOW_2GB, 0, &file }, 0, 0, "32bit.high-hint-ignored" },
	{ { BASE + 8 * PAGE, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, 0, "fixed.exact" },
	{ { BASE, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, 0, "fixed.replaces-whole" },
	{ { 0, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, 0, "fixed.zero-with-cap" },
	{ { TOP - PAGE, PAGE, RW, ANON | MAP_FIXED, 0, &file }, 0, 0, "fixed.last-page-ok" },
	{ { BASE + 8 * PAGE, PAGE, RW, ANON | MAP_FIXED | LOW_2GB, 0, &file },
	  0,
	  0,
	  "32bit.fixed-ignored" },
	{ { BASE + 8 * PAGE, PAGE, RW, ANON | NOREPLACE, 0, &file },
	  0,
	  0,
	  "fixed-noreplace.exact-ok" },
	{ { 0, PAGE, RW, ANON, PAGE, &file }, 0, 0, "off.anon-ignored" },
	{ { 0, PAGE, RW | PROT_SEM, ANON, 0, &file }, 0, 0, "prot.unknown-bits-ignored" },
	{ { 0, PAGE, PROT_EXEC, SHARED | 0x200, 0, &file }, 0, 0, "shared.unknown-bits-ignored" },
	{ { 0, PAGE, RW, ANON | 0x200, 0, &file }, 0, 0, "private.unknown-bits-ignored" },
	{ { 0, PAGE, RW, ANON | MAP_SYNC, 0, &file }, 0, 0, "sync.anon-ignored" },
	{ { 0, PAGE, RW, SHARED | MAP_SYNC, 0, &file }, 0, 0, "sync.tmpfs-shared-ignored" },
	{ { 0, PAGE, RW, VALIDATE, 0, &file }, 0, 0, "validate.file-ok" },
	{ { 0, PAGE, RW, VALIDATE | ABOVE4G, 0, &file }, 0, 0, "validate.file-ok" },
	{ { 0, PAGE, RW, MAP_PRIVATE, 0, &read_only }, 0, 0, "kind.readonly-private-write-ok" },
	{ { 0, PAGE, RW, MAP_PRIVATE, 0, &sealed }, 0, 0, "seal.write-private-ok" },
	{ { 0, PAGE, PROT_READ, SHARED, 0, &sealed }, 0, 0, "seal.write-shared-read-ok" },
	{ { 0, PAGE, RW, SHARED, -2 * PAGE, &zero }, 0, 0, "off.chardev-top-bit-ok" },
	{ { 0, PAGE, PROT_READ, SHARED, -2 * PAGE, &zero_ro },
	  ON_5_10,
	  0,
	  "off.chardev-top-bit-ok" },
	{ { 0, PAGE, RW, MAP_PRIVATE, 0x7fffffffffffe000, &zero },
	  ON_5_10,
	  0,
	  "addr.null-nonzero-result" },
	{ { 0, PAGE, RW, MAP_PRIVATE, 0x7fffffffffffe000, &file }, 0, 0, "off.reg-last-ok" },
	{ { 0, PAGE, RW, 8 | MAP_ANONYMOUS, 0, &file }, 0, 0, "droppable.ok" },
	{ { 0, PAGE, RW, ANON | MAP_LOCKED, 0, &file }, 0, 0, "locked.cap-unlimited" },
	{ { 0, PAGE, RW, ANON | MAP_LOCKED, 0, &file }, LITTLE_LOCK, 0, "proc.vmflags-locked" },
	{ { 0, PAGE, RW, ANON | HUGE(30) | MAP_NORESERVE, 0, &file }, 0, 0, "hugetlb.noreserve-ok" },
	{ { BASE, PAGE, RW, SHARED | MAP_NORESERVE | LOW_2GB, 0, &huge },
	  ON_5_10,
	  0,
	  "hugetlb.noreserve-ok" },
	{ { 0, PAGE, PROT_READ, MAP_PRIVATE, 0, &noexec }, 0, 0, "addr.null-nonzero-result" },
	/* the other sides of what decides above */
	{ { 0, 0x3f000000, RW, ANON | LOW_2GB, 0, &file }, 0, 0, "32bit.range" },
	{ { LOW, 1ul << 32, RW, ANON | LOW_2GB, 0, &file }, 0, ENOMEM, "32bit.exhausted-enomem" },
	{ { LOW, PAGE, RW, ANON | LOW_2GB, 0, &file }, LOW_TAKEN, 0, "32bit.high-hint-ignored" },
	{ { PAGE, PAGE, RW, ANON | HUGE(21) | MAP_NORESERVE, 0, &file },
	  ON_5_10,
	  0,
	  "hugetlb.noreserve-ok" },
	{ { BASE - HUGE_PAGE, HUGE_PAGE, RW, SHARED, 0, &no_dax }, NO_THP, 0, "hint.free-used" },
	{ { BASE - HUGE_PAGE, HUGE_PAGE, RW, SHARED, 0, &zero }, 0, 0, "hint.free-used" },
	{ { BASE - HUGE_PAGE, HUGE_PAGE, RW, MAP_PRIVATE, 0, &zero }, 0, 0, "hint.thp-room" },
	{ { 0, PAGE, RW, SHARED, PAGE, &no_dax }, 0, 0, "addr.null-nonzero-result" },
	{ { 0, 3 * HUGE_PAGE / 2, RW, SHARED, -2 * HUGE_PAGE, &no_dax },
	  0,
	  EOVERFLOW,
	  "off.reg-negative-eoverflow" },
	{ { 0, TOP, RW, SHARED, 0, &no_dax }, 0, ENOMEM, "len.no-gap-enomem" },
	{ { 0, PAGE, RW, ANON | HUGE(21) | MAP_NORESERVE | LOW_2GB, 0, &file },
	  0,
	  0,
	  "hugetlb.noreserve-ok" },
	{ { BASE + 1024 * PAGE * 512, PAGE, RW, ANON | HUGE(21) | MAP_FIXED, 0, &file },
	  0,
	  ENOMEM,
	  "hugetlb.none-enomem" },
	{ { TOP, PAGE, RW, ANON | NOREPLACE, 0, &file }, 0, ENOMEM, "fixed.above-task-size-enomem" },
	{ { 0, PAGE, PROT_READ, SHARED, 0, &append_only_ro }, 0, 0, "addr.null-nonzero-result" },
	{ { 0, PAGE, PROT_READ, SHARED, 0, &zero_ro }, 0, 0, "addr.null-nonzero-result" },
	{ { 0, PAGE, PROT_READ, SHARED, 0, &zero_ro }, ON_5_10, 0, "addr.null-nonzero-result" },
	{ { 0, PAGE, RW, SHARED | MAP_ANONYMOUS, 0, &file }, 0, 0, "addr.null-nonzero-result" },
	{ { 0, PAGE, PROT_READ, MAP_PRIVATE, 0, &sealed }, 0, 0, "addr.null-nonzero-result" },
};

CHECKS(check_calls)
{
	static struct model m;
	struct model_answer a, planted;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		set_up(&m, calls[i].asker);
		model_mmap(&m, &calls[i].call, &a);
		check_answer("mmap.", i, &a, calls[i].error, calls[i].clause);
		if (!a.error)
			continue;
		m.planted = a.clause;
		model_mmap(&m, &calls[i].call, &planted);
		check(!planted.error || strcmp(planted.clause, a.clause),
		      "a decision that is left out decides nothing");
	}
}

/* What limits them; with none in any of it, they are granted by what is said above. */
enum limit {
	NONE,
	AS_LEFT, /* two pages */
	AS_OVER, /* it is above the limit by a page */
	DATA_LEFT, /* two pages */
	PROMISED, /* as much as a page may be promised */
	FULL, /* as many VMAs as there may be, */
	BEYOND, /* and one more */
	DATA_SOFT, /* a soft limit of 0, and two pages by the hard one */
	LOCKED, /* four pages, and two more may be */
	FUTURE, /* mlockall(MCL_FUTURE), and two pages may be locked */
	FUTURE_NONE, /* and none may be */
};

#define AT(n) (BASE + (n)*PAGE)
#define FIXED (ANON | MAP_FIXED)
#define MAY (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define DATA (VM_READ | VM_WRITE | MAY)

/* Data, a file, what is not reserved, huge pages, and a sealed mapping. */
static const struct model_vma limited_vmas[] = {
	{ AT(0), AT(4), DATA },
	{ AT(5), AT(7), DATA | VM_SHARED | VM_MAYSHARE, &file },
	{ AT(8), AT(9), DATA | VM_NORESERVE },
	{ AT(10), AT(13), DATA | VM_SEALED },
	{ AT(14), AT(15), VM_READ | MAY },
	{ AT(15), AT(16), VM_READ | MAY, &file },
	{ AT(512), AT(1024), DATA, &huge },
};

static struct model *process_with(enum limit limit, const char *release)
{
	static struct model m;

	set_up(&m, limit == FUTURE ? LITTLE_LOCK : NO_RIGHTS);
	model_traits_of(release, &m.traits);
	m.vma_count = 0;
	m.total_vm = m.data_vm = 0;
	for (size_t i = 0; i < sizeof(limited_vmas) / sizeof(limited_vmas[0]); i++)
		model_add(&m, &limited_vmas[i]);
	if (limit == AS_LEFT || limit == AS_OVER)
		m.limit_as = m.total_vm + (limit == AS_LEFT ? 2 * PAGE : -PAGE);
	if (limit == DATA_LEFT)
		m.limit_data = m.data_vm + 2 * PAGE;
	if (limit == DATA_SOFT) {
		m.limit_data = 0;
		m.hard_limit_data = m.data_vm + 2 * PAGE;
	}
	if (limit == LOCKED) {
		model_change(&m, AT(0), AT(4), 0, VM_LOCKED);
		m.limit_memlock = 6 * PAGE;
	}
	if (limit == PROMISED)
		m.limit_commit = PAGE;
	if (limit == FULL || limit == BEYOND)
		m.max_map_count = model_map_count(&m) - (limit == BEYOND);
	m.lock_future = limit == FUTURE || limit == FUTURE_NONE;
	return &m;
}

static const struct {
	struct model_mmap_call call;
	enum limit limit;
	int error;
	const char *clause; /* without "mmap." */
	const char *release; /* NULL: the newest */
} limited[] = {
	{ { 0, 2 * PAGE, RW, ANON }, AS_LEFT, 0, "addr.null-nonzero-result" },
	{ { 0, 3 * PAGE, PROT_NONE, ANON }, AS_LEFT, ENOMEM, "limit.rlimit-as-enomem" },
	{ { AT(3), 3 * PAGE, RW, FIXED }, AS_LEFT, 0, "limit.rlimit-as-net-fixed" },
	{ { AT(3), 5 * PAGE, RW, FIXED }, AS_LEFT, 0, "limit.rlimit-as-net-fixed" },
	{ { AT(16), 3 * PAGE, RW, FIXED }, AS_LEFT, ENOMEM, "limit.rlimit-as-enomem" },
	{ { AT(10), 8 * PAGE, RW, FIXED }, AS_LEFT, EPERM, "fixed.sealed-eperm" },
	{ { AT(10), 8 * PAGE, RW, FIXED }, AS_LEFT, ENOMEM, "limit.rlimit-as-enomem", "6.10" },
	{ { 0, PAGE, RW, ANON }, AS_OVER, ENOMEM, "limit.rlimit-as-already-over" },
	{ { AT(0), PAGE, RW, FIXED }, AS_OVER, ENOMEM, "limit.rlimit-as-already-over" },
	{ { 0, 2 * PAGE, RW, ANON }, DATA_LEFT, 0, "addr.null-nonzero-result" },
	{ { 0, 3 * PAGE, RW, ANON }, DATA_LEFT, ENOMEM, "limit.rlimit-data-enomem" },
	{ { 0, 3 * PAGE, RW, MAP_PRIVATE, 0, &file },
	  DATA_LEFT,
	  ENOMEM,
	  "limit.rlimit-data-enomem" },
	{ { 0, 3 * PAGE, RW, SHARED, 0, &file }, DATA_LEFT, 0, "limit.rlimit-data-exempt" },
	{ { 0, 3 * PAGE, PROT_READ, ANON }, DATA_LEFT, 0, "limit.rlimit-data-exempt" },
	{ { 0, 3 * PAGE, RW, ANON | MAP_GROWSDOWN }, DATA_LEFT, 0, "growsdown.data-rlimit-exempt" },
	{ { AT(14), 4 * PAGE, RW, FIXED }, DATA_LEFT, 0, "limit.rlimit-data-net-fixed" },
	{ { AT(14), 5 * PAGE, RW, FIXED }, DATA_LEFT, ENOMEM, "limit.rlimit-data-enomem" },
	{ { 0, 2 * PAGE, RW, ANON }, DATA_SOFT, 0, "limit.rlimit-data-soft0" },
	{ { 0, 3 * PAGE, RW, ANON }, DATA_SOFT, ENOMEM, "limit.rlimit-data-enomem" },
	{ { 0, 2 * PAGE, RW, ANON | MAP_LOCKED }, LOCKED, 0, "proc.vmflags-locked" },
	{ { 0, 3 * PAGE, RW, ANON | MAP_LOCKED }, LOCKED, EAGAIN, "locked.counts-existing" },
	{ { 0, 7 * PAGE, RW, ANON | MAP_LOCKED }, LOCKED, EAGAIN, "locked.over-eagain" },
	{ { AT(1), 3 * PAGE, RW, FIXED | MAP_LOCKED }, LOCKED, EAGAIN, "locked.fixed-double-count" },
	{ { AT(1), 5 * PAGE, RW, FIXED | MAP_LOCKED }, LOCKED, EAGAIN, "locked.fixed-double-count" },
	{ { AT(1), 6 * PAGE, RW, FIXED | MAP_LOCKED }, LOCKED, EAGAIN, "locked.counts-existing" },
	{ { 0, PAGE, RW, ANON }, PROMISED, 0, "addr.null-nonzero-result" },
	{ { 0, 2 * PAGE, RW, ANON }, PROMISED, ENOMEM, "limit.overcommit0-huge-enomem" },
	{ { 0, 2 * PAGE, RW, MAP_PRIVATE, 0, &file },
	  PROMISED,
	  ENOMEM,
	  "limit.overcommit0-huge-enomem" },
	{ { 0, 2 * PAGE, PROT_READ, ANON }, PROMISED, 0, "limit.overcommit0-noreserve-ok" },
	{ { 0, 2 * PAGE, RW, ANON | MAP_NORESERVE }, PROMISED, 0, "limit.overcommit0-noreserve-ok" },
	{ { 0, 2 * PAGE, RW, SHARED, 0, &file }, PROMISED, 0, "addr.null-nonzero-result" },
	{ { 0, 2 * PAGE, PROT_NONE, SHARED | MAP_ANONYMOUS },
	  PROMISED,
	  ENOMEM,
	  "limit.overcommit0-shared-accounted" },
	{ { 0, 2 * PAGE, RW, SHARED | MAP_ANONYMOUS | MAP_NORESERVE },
	  PROMISED,
	  0,
	  "addr.null-nonzero-result" },
	{ { 0, 2 * PAGE, RW, SHARED, 0, &zero },
	  PROMISED,
	  ENOMEM,
	  "limit.overcommit0-shared-accounted" },
	{ { AT(3), 2 * PAGE, RW, FIXED }, PROMISED, 0, "fixed.overcommit-net" },
	{ { AT(3), 2 * PAGE, RW, FIXED }, PROMISED, ENOMEM, "fixed.overcommit-hole-old", "6.11" },
	{ { AT(3), 3 * PAGE, RW, FIXED }, PROMISED, ENOMEM, "fixed.overcommit-keeps-old" },
	{ { AT(2), 3 * PAGE, RW, FIXED }, PROMISED, 0, "fixed.overcommit-net" },
	{ { AT(6), 3 * PAGE, RW, FIXED }, PROMISED, ENOMEM, "fixed.overcommit-keeps-old" },
	{ { AT(1023), 2 * PAGE, RW, FIXED }, PROMISED, ENOMEM, "fixed.overcommit-keeps-old" },
	{ { AT(1), 2 * PAGE, RW, FIXED }, PROMISED, 0, "fixed.overcommit-net" },
	{ { 0, PAGE, RW, ANON }, FULL, 0, "limit.mapcount-enomem" },
	{ { AT(0), 2 * PAGE, RW, FIXED }, FULL, 0, "limit.mapcount-enomem" },
	{ { AT(2), 2 * PAGE, RW, FIXED }, FULL, 0, "limit.mapcount-enomem" },
	{ { AT(1), 2 * PAGE, RW, FIXED }, FULL, ENOMEM, "limit.mapcount-fixed-middle" },
	{ { AT(1), 2 * PAGE, RW, FIXED }, NONE, 0, "fixed.replaces-whole" },
	{ { AT(11), PAGE, RW, FIXED }, FULL, ENOMEM, "limit.mapcount-fixed-middle" },
	{ { AT(11), PAGE, RW, FIXED }, FULL, EPERM, "fixed.sealed-eperm", "6.10" },
	{ { AT(1), PAGE, RW, FIXED }, FULL, ENOMEM, "limit.mapcount-fixed-middle", "6.1" },
	{ { 0, PAGE, RW, ANON }, BEYOND, ENOMEM, "limit.mapcount-enomem" },
	{ { AT(0), 4 * PAGE, RW, FIXED }, BEYOND, ENOMEM, "limit.mapcount-enomem" },
	{ { AT(4), PAGE, RW, FIXED }, BEYOND, ENOMEM, "limit.mapcount-merge-no-exempt" },
	{ { AT(13), PAGE, PROT_READ, FIXED }, BEYOND, ENOMEM, "limit.mapcount-merge-no-exempt" },
	{ { AT(13), PAGE, RW, FIXED }, BEYOND, ENOMEM, "limit.mapcount-enomem" },
	{ { AT(16), PAGE, PROT_READ, FIXED }, BEYOND, ENOMEM, "limit.mapcount-enomem" },
	{ { AT(7), PAGE, RW, SHARED | MAP_FIXED, 2 * PAGE, &file },
	  BEYOND,
	  ENOMEM,
	  "limit.mapcount-enomem" },
	{ { AT(4), PAGE, RW, SHARED | MAP_ANONYMOUS | MAP_FIXED },
	  BEYOND,
	  ENOMEM,
	  "limit.mapcount-enomem" },
	{ { AT(4) + 1, PAGE, RW, FIXED }, BEYOND, ENOMEM, "order.mapcount-before-addr" },
	{ { AT(4) + 1, PAGE, RW, ANON | NOREPLACE }, BEYOND, ENOMEM, "order.mapcount-before-addr" },
	{ { 0, 0, RW, ANON }, BEYOND, EINVAL, "order.len0-before-mapcount" },
	{ { 0, 2 * PAGE, PROT_NONE, ANON }, FUTURE, 0, "locked.mcl-future" },
	{ { 0, 3 * PAGE, PROT_NONE, ANON }, FUTURE, EAGAIN, "locked.mcl-future" },
	{ { 0, PAGE, PROT_NONE, ANON | MAP_LOCKED }, FUTURE, 0, "proc.vmflags-locked" },
	{ { 0, PAGE, RW, MAP_DROPPABLE | MAP_ANONYMOUS },
	  FUTURE,
	  0,
	  "droppable.mcl-future-not-locked" },
	{ { 0, PAGE, PROT_NONE, ANON }, FUTURE_NONE, EAGAIN, "locked.mcl-future-rlimit0-eagain" },
};

CHECKS(check_limits)
{
	struct model_answer a, planted;

	for (size_t i = 0; i < sizeof(limited) / sizeof(limited[0]); i++) {
		struct model *m = process_with(
			limited[i].limit, limited[i].release ? limited[i].release : "linux-7.3");

		model_mmap(m, &limited[i].call, &a);
		check_answer("mmap.", i, &a, limited[i].error, limited[i].clause);
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_mmap(m, &limited[i].call, &planted);
		check(!planted.error || strcmp(planted.clause, a.clause),
		      "a decision that is left out decides nothing");
	}
}

/*
 * What is refused when the old mappings are gone leaves a hole. What may be dropped is not locked.
 */
CHECKS(check_left)
{
	const struct model_mmap_call much = { AT(3), 3 * PAGE, RW, FIXED };
	const struct model_mmap_call shared = { AT(3), 3 * PAGE, RW,
						SHARED | MAP_ANONYMOUS | MAP_FIXED };
	const struct model_mmap_call droppable = { 0, PAGE, RW, MAP_DROPPABLE | MAP_ANONYMOUS };
	struct model *m = process_with(PROMISED, "7.3");
	struct model_answer a;

	model_mmap(m, &much, &a);
	check(a.error && !a.unmaps, "what is there stays");
	m->traits.mmap_gathers_first = false;
	model_mmap(m, &much, &a);
	check(a.error && a.unmaps, "it went before 6.12");
	m->planted = "mmap.fixed.overcommit-hole-old";
	model_mmap(m, &much, &a);
	check(!a.error && !a.unmaps, "and is mapped by a fault");
	m = process_with(PROMISED, "7.3");
	model_mmap(m, &shared, &a);
	check(a.error && a.unmaps && model_mmap_done(m, &a, a.address) &&
		      !model_find_overlap(m, AT(3), AT(6)),
	      "a hole is left");
	m = process_with(FUTURE, "7.3");
	model_mmap(m, &droppable, &a);
	check(!a.error && !(a.made.flags & VM_LOCKED), "not locked");
}

/* Taken together: the first refusal is the answer, the others are deserved. */
CHECKS(check_precedence)
{
	static struct model m;
	const struct model_mmap_call call = { BASE + 1, 0, RW, SHARED | MAP_FIXED, 1, &closed };
	struct model_answer a;

	set_up(&m, PLAIN);
	model_mmap(&m, &call, &a);
	check(a.error == EINVAL && a.deserved[EBADF] && !a.deserved[EPERM], "deserved errors");
}

/* What is not locked although it was asked for, and what may be executed alone. */
CHECKS(check_made)
{
	static struct model m;
	const struct model_mmap_call locked = { 0,  PAGE,
						RW, ANON | HUGE(21) | MAP_NORESERVE | MAP_LOCKED,
						0,  &file };
	const struct model_mmap_call executed = { 0, PAGE, PROT_EXEC, ANON, 0, &file };
	const struct model_mmap_call readable = { 0, PAGE, PROT_EXEC | PROT_SEM, ANON, 0, &file };
	struct model_answer a;

	set_up(&m, PLAIN);
	model_mmap(&m, &locked, &a);
	check(!a.error && !(a.made.flags & VM_LOCKED), "huge pages are not locked");
	model_mmap(&m, &executed, &a);
	check(!a.error && !(a.made.flags & VM_PKEY_EXEC), "no keys");
	m.pkeys = true;
	model_mmap(&m, &executed, &a);
	check(!a.error && a.made.flags & VM_PKEY_EXEC, "a key");
	model_mmap(&m, &readable, &a);
	check(!a.error && !(a.made.flags & VM_PKEY_EXEC), "and none");
}

CHECKS(check_state)
{
	static struct model m, before;
	const struct model_mmap_call middle = { BASE, PAGE, RW, SHARED | MAP_FIXED | MAP_LOCKED,
						0,    &file };
	const struct model_mmap_call hole = { BASE, PAGE, RW, SHARED | MAP_FIXED, 0, &refuses };
	const struct model_mmap_call anywhere = { 0, PAGE, RW, ANON, 0, &file };
	const struct model_mmap_call refused = { 0, 0, RW, ANON, 0, &file };
	const struct model_mmap_call hook = { 0, PAGE, RW, SHARED, 0, &refuses };
	struct model_answer a;

	set_up(&m, PLAIN);
	before = m;
	model_mmap(&m, &refused, &a);
	check(model_mmap_done(&m, &a, 0) && !memcmp(&m, &before, sizeof(m)),
	      "a refusal changes nothing");
	model_mmap(&m, &hook, &a);
	check(model_mmap_done(&m, &a, 0) && !memcmp(&m, &before, sizeof(m)),
	      "nothing was there to lose");
	model_mmap(&m, &middle, &a);
	check(model_place_ok(&m, &a, BASE) && !model_place_ok(&m, &a, BASE + PAGE), "one place");
	check(model_mmap_done(&m, &a, a.address) && m.vma_count == before.vma_count + 1,
	      "a VMA is split");
	check(m.total_vm == before.total_vm && m.locked_vm == PAGE, "accounts");
	check(model_find(&m, BASE)->object == &file && !model_find(&m, BASE + PAGE)->object,
	      "halves");
	model_mmap(&m, &hole, &a);
	check(a.unmaps && model_mmap_done(&m, &a, a.address), "a hook refuses");
	check(model_find_overlap(&m, BASE, BASE + PAGE) == NULL && !m.locked_vm,
	      "and leaves a hole");
	check(model_mapped(&m, BASE, BASE + 4 * PAGE) == 2 * PAGE, "what is mapped");
	check(model_mapped(&m, BASE + 600 * PAGE + 1, BASE + 600 * PAGE + 3) == 2, "what is cut");
	check(!model_find(&m, TOP) && !model_any(&m, BASE, BASE + 3 * PAGE, VM_SEALED),
	      "nothing there");
	model_mmap(&m, &anywhere, &a);
	check(model_place_ok(&m, &a, BASE + 9 * PAGE) && !model_place_ok(&m, &a, BASE + PAGE) &&
		      !model_place_ok(&m, &a, 1) && !model_place_ok(&m, &a, 0) &&
		      !model_place_ok(&m, &a, PAGE) && !model_place_ok(&m, &a, TOP) &&
		      !model_place_ok(&m,
				      &(struct model_answer){ .place = PLACE_FREE,
							      .align = PAGE,
							      .high = TOP,
							      .length = 2 * PAGE },
				      TOP - PAGE) &&
		      !model_place_ok(&m, &a, -PAGE),
	      "free places");
	while (m.vma_count < MODEL_VMAS_MAX)
		model_add(&m, &(struct model_vma){ TOP / 2 + 2 * m.vma_count * PAGE,
						   TOP / 2 + (2 * m.vma_count + 1) * PAGE });
	check(!model_add(&m, &(struct model_vma){ PAGE, 2 * PAGE }), "a full list");
	check(!model_mmap_done(&m, &a, PAGE), "no room to map");
	m.vmas[0].end = m.vmas[0].start + 3;
	check(!model_remove(&m, m.vmas[0].start + 1, m.vmas[0].end) &&
		      !model_remove(&m, 0, m.vmas[0].start + 1) &&
		      !model_mmap_done(&m, &(struct model_answer){ .length = 1 },
				       m.vmas[0].start + 1),
	      "no room to split");
}
