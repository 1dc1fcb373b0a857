// SPDX-License-Identifier: GPL-2.0
/*
 * mprotect() in the model.
 */
#include "unit.h"

#define AT(n) (BASE + (n)*PAGE)
#define DATA (VM_READ | VM_WRITE)
#define MAY (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define NO_WRITE (MAY & ~VM_MAYWRITE)
#define SHARE (VM_SHARED | VM_MAYSHARE)
#define DOWN PROT_GROWSDOWN
#define UP PROT_GROWSUP

static const struct model_object file = { .open = true, .writable = true };
static const struct model_object file_ro = { .open = true };
static const struct model_object sealed = { .open = true, .writable = true, .seals = F_SEAL_WRITE };
static const struct model_object huge = { .open = true, .huge_shift = 21 };

static const struct model_vma vmas[] = {
	{ AT(0), AT(4), DATA | MAY },
	{ AT(5), AT(7), VM_READ | MAY },
	{ AT(7), AT(8), VM_READ | VM_MAYSHARE | NO_WRITE, &file_ro },
	{ AT(8), AT(9), VM_READ | MAY, &file_ro },
	{ AT(9), AT(10), VM_READ | NO_WRITE | SHARE, &sealed },
	{ AT(10), AT(11), VM_READ | MAY, &sealed },
	{ AT(11), AT(12), VM_READ | SHARE | MAY, &file },
	{ AT(12), AT(13), VM_READ | SHARE | (MAY & ~VM_MAYEXEC), &file },
	{ AT(14), AT(15), VM_READ | MAY },
	{ AT(15), AT(17), DATA | MAY | VM_SEALED },
	{ AT(17), AT(18), VM_READ | VM_MAYSHARE | NO_WRITE | VM_SEALED, &file_ro },
	{ AT(19), AT(20), VM_READ | MAY | VM_LOCKED, &file },
	{ AT(20), AT(21), MAY | VM_LOCKED },
	{ AT(22), AT(23), VM_READ | MAY | VM_NORESERVE },
	{ AT(24), AT(25), VM_READ | SHARE | MAY | VM_LOCKED, &file },
	{ AT(30), AT(34), DATA | MAY | VM_GROWSDOWN },
	{ AT(512), AT(1536), MAY | SHARE, &huge },
	{ AT(2048), AT(2560), MAY, &huge },
};

enum limit { NONE, FULL, ROOM_FOR_ONE, DATA_LEFT, DATA_OVER, AS_OVER, PROMISED, SEALS_FIRST };

static struct model *process_with(enum limit limit)
{
	static struct model m;

	set_up(&m, PLAIN);
	m.vma_count = 0;
	m.total_vm = m.data_vm = 0;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(&m, &vmas[i]);
	if (limit == FULL || limit == ROOM_FOR_ONE)
		m.max_map_count = model_map_count(&m) + (limit == ROOM_FOR_ONE);
	if (limit == DATA_LEFT)
		m.limit_data = m.data_vm + PAGE;
	if (limit == DATA_OVER || limit == AS_OVER)
		m.limit_data = PAGE;
	if (limit == AS_OVER)
		m.limit_as = m.total_vm;
	if (limit == PROMISED)
		m.limit_commit = 0;
	m.traits.seal_by_vma = limit != SEALS_FIRST;
	return &m;
}

static const struct {
	struct model_mprotect_call call; /* addr, length, prot */
	enum limit limit;
	int error;
	const char *clause; /* without "mprotect." where it has that */
	unsigned int changed; /* pages */
} calls[] = {
	/* what the arguments refuse */
	{ { AT(0), PAGE, DOWN | UP }, NONE, EINVAL, "args.both-grows" },
	{ { AT(0), 0, DOWN | UP }, NONE, EINVAL, "order.grows-then-align-then-len" },
	{ { AT(0) + 1, PAGE, RW }, NONE, EINVAL, "args.addr-unaligned" },
	{ { AT(0) + 1, 0, RW }, NONE, EINVAL, "args.addr-unaligned" },
	{ { AT(0), -1ul, RW }, NONE, ENOMEM, "args.range-wraps" },
	{ { AT(0), -PAGE, RW }, NONE, ENOMEM, "args.range-wraps" },
	{ { AT(0), -PAGE, 0x10 }, NONE, ENOMEM, "order.grows-then-align-then-len" },
	{ { AT(0), PAGE, 0x10 }, NONE, EINVAL, "args.unknown-prot-bits" },
	{ { AT(0), PAGE, 1ul << 32 | RW }, NONE, EINVAL, "args.unknown-prot-bits" },
	{ { AT(4), PAGE, 0x10 }, NONE, EINVAL, "order.badprot-before-enomem" },
	/* what the range begins with */
	{ { AT(4), PAGE, RW }, NONE, ENOMEM, "unmapped.enomem" },
	{ { AT(4), 2 * PAGE, RW }, NONE, ENOMEM, "unmapped.enomem" },
	{ { TOP, PAGE, RW }, NONE, ENOMEM, "unmapped.kernel-address" },
	{ { AT(4), PAGE, RW | DOWN }, NONE, ENOMEM, "growsdown.wholly-below-enomem" },
	{ { TOP - PAGE, PAGE, RW | DOWN }, NONE, ENOMEM, "growsdown.wholly-below-enomem" },
	{ { AT(0), PAGE, RW | DOWN }, NONE, EINVAL, "growsdown.not-growable" },
	{ { AT(0), PAGE, RW | UP }, NONE, EINVAL, "growsup.unsupported" },
	{ { AT(4), PAGE, RW | UP }, NONE, ENOMEM, "growsup.unsupported" },
	/* what is in its way */
	{ { AT(4) - PAGE, 3 * PAGE, PROT_READ }, NONE, ENOMEM, "hole.middle-partial", 1 },
	{ { AT(3), 2 * PAGE, PROT_READ }, NONE, ENOMEM, "hole.end-partial", 1 },
	{ { AT(3), 2 * PAGE, RW }, NONE, ENOMEM, "hole.end-even-unchanged", 1 },
	{ { AT(512), 1025 * PAGE, PROT_READ }, NONE, ENOMEM, "hole.end-partial", 1024 },
	{ { AT(2048), 513 * PAGE, PROT_READ }, NONE, ENOMEM, "hole.end-partial", 512 },
	{ { AT(7), PAGE, RW }, NONE, EACCES, "perm.shared-readonly-fd" },
	{ { AT(6), 2 * PAGE, RW }, NONE, EACCES, "error.partial-eacces", 1 },
	{ { AT(9), PAGE, RW }, NONE, EACCES, "memfd.write.mprotect-eacces" },
	{ { AT(12), PAGE, PROT_EXEC }, NONE, EACCES, "perm.noexec-mount" },
	{ { AT(17), PAGE, RW }, NONE, EACCES, "order.eacces-before-eperm-sealed" },
	{ { AT(17), PAGE, RW }, SEALS_FIRST, EPERM, "mseal.block.mprotect" },
	{ { AT(15), PAGE, RW }, NONE, EPERM, "mseal.block.mprotect" },
	{ { AT(14), 2 * PAGE, PROT_NONE }, NONE, EPERM, "mseal.block.mprotect-partial", 1 },
	{ { AT(14), 2 * PAGE, PROT_NONE }, SEALS_FIRST, EPERM, "mseal.block.mprotect" },
	{ { AT(512) + PAGE, PAGE, RW }, NONE, EINVAL, "hugetlb.unaligned" },
	{ { AT(512), PAGE, RW }, NONE, EINVAL, "hugetlb.unaligned" },
	/* limits */
	{ { AT(0), PAGE, PROT_READ }, FULL, ENOMEM, "vma.map-count-limit" },
	{ { AT(1), PAGE, PROT_READ }, ROOM_FOR_ONE, ENOMEM, "vma.map-count-limit" },
	{ { AT(5), 2 * PAGE, RW }, DATA_LEFT, ENOMEM, "limit.data-becoming-writable" },
	{ { AT(0), 4 * PAGE, RW | PROT_EXEC }, DATA_OVER, 0, "limit.data-already-over", 4 },
	{ { AT(5), PAGE, RW }, DATA_LEFT, 0, "vma.split", 1 },
	{ { AT(0), 4 * PAGE, PROT_READ }, DATA_OVER, 0, "effect.readonly", 4 },
	{ { AT(5), 2 * PAGE, RW }, AS_OVER, 0, "ret.zero", 2 },
	{ { AT(5), 2 * PAGE, RW }, PROMISED, ENOMEM, "limit.commit-becoming-writable" },
	{ { AT(5), 2 * PAGE, PROT_EXEC }, PROMISED, 0, "effect.exec-only-x86", 2 },
	{ { AT(22), PAGE, RW }, PROMISED, 0, "ret.zero", 1 },
	{ { AT(512), 1024 * PAGE, RW }, PROMISED, 0, "mmap.kind.rdwr-shared-upgrade-ok", 1024 },
	{ { AT(2048), 512 * PAGE, RW }, PROMISED, 0, "perm.private-readonly-fd", 512 },
	{ { AT(24), PAGE, RW }, NONE, 0, "mmap.kind.rdwr-shared-upgrade-ok", 1 },
	{ { AT(0), 4 * PAGE, RW | PROT_EXEC }, PROMISED, 0, "ret.zero", 4 },
	/* what is done */
	{ { AT(0), 4 * PAGE, PROT_NONE }, NONE, 0, "effect.none", 4 },
	{ { AT(0), 4 * PAGE, PROT_NONE }, SEALS_FIRST, 0, "effect.none", 4 },
	{ { AT(0), 4 * PAGE, PROT_READ }, NONE, 0, "effect.readonly", 4 },
	{ { AT(0), 4 * PAGE, PROT_WRITE }, NONE, 0, "effect.write-only-x86", 4 },
	{ { AT(0), 4 * PAGE, PROT_EXEC }, NONE, 0, "effect.exec-only-x86", 4 },
	{ { AT(0), 4 * PAGE, RW | PROT_EXEC }, NONE, 0, "ret.zero", 4 },
	{ { AT(0), PAGE, PROT_READ }, ROOM_FOR_ONE, 0, "vma.map-count-limit", 1 },
	{ { AT(1), 3 * PAGE, PROT_READ }, NONE, 0, "vma.split", 3 },
	{ { AT(1), PAGE, RW }, FULL, 0, "vma.map-count-limit", 1 },
	{ { AT(1), PAGE, RW }, NONE, 0, "vma.noop-no-split", 1 },
	{ { AT(0), 1, RW | PROT_EXEC }, NONE, 0, "args.len-rounded-up", 1 },
	{ { AT(0), PAGE, PROT_READ | PROT_SEM }, NONE, 0, "args.prot-sem-accepted", 1 },
	{ { AT(0), 0, 0x10 }, NONE, 0, "args.len-zero-ok" },
	{ { AT(11), PAGE, RW }, NONE, 0, "mmap.kind.rdwr-shared-upgrade-ok", 1 },
	{ { AT(8), PAGE, RW }, NONE, 0, "perm.private-readonly-fd", 1 },
	{ { AT(10), PAGE, RW }, NONE, 0, "memfd.write.mmap-private", 1 },
	{ { AT(19), PAGE, RW }, NONE, 0, "effect.locked-private-writable", 1 },
	{ { AT(20), PAGE, RW }, NONE, 0, "effect.locked-none-populate", 1 },
	{ { AT(32), PAGE, PROT_READ | DOWN }, NONE, 0, "growsdown.extends-to-start", 3 },
	{ { AT(29), 2 * PAGE, PROT_READ | DOWN }, NONE, 0, "growsdown.range-below-start", 1 },
};

CHECKS(mprotect_one_by_one)
{
	struct model_answer a;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct model *m = process_with(calls[i].limit);

		model_mprotect(m, &calls[i].call, &a);
		check_answer("mprotect.", i, &a, calls[i].error, calls[i].clause);
		check(a.length == calls[i].changed * PAGE, calls[i].clause);
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_mprotect(m, &calls[i].call, &a);
		check(!a.error || strcmp(a.clause, m->planted),
		      "a decision that is left out decides nothing");
	}
}

/* Where the processor has keys, what may be executed alone gets one; not with a bit more. */
CHECKS(mprotect_execute_only)
{
	const struct model_mprotect_call alone = { AT(0), PAGE, PROT_EXEC };
	const struct model_mprotect_call more = { AT(0), PAGE, PROT_EXEC | PROT_SEM };
	const struct model_mprotect_call not_executed = { AT(0), PAGE, PROT_READ | PROT_SEM };
	struct model *m = process_with(NONE);
	struct model_answer a;

	model_mprotect(m, &alone, &a);
	check(model_mprotect_done(m, &a) && model_access(m, AT(0), false) == ACCESS_OK, "no keys");
	m->pkeys = true;
	model_mprotect(m, &not_executed, &a);
	check(!strcmp(a.clause, "mprotect.args.prot-sem-accepted"), "readable anyway");
	model_mprotect(m, &alone, &a);
	check(!a.error && strcmp(a.clause, "mprotect.vma.noop-no-split") &&
		      model_mprotect_done(m, &a) && model_access(m, AT(0), false) == ACCESS_PKUERR,
	      "a key");
	model_mprotect(m, &more, &a);
	check(!strcmp(a.clause, "mprotect.effect.exec-sem-readable") &&
		      model_mprotect_done(m, &a) && model_access(m, AT(0), false) == ACCESS_OK,
	      "the key is taken away");
}

CHECKS(mprotect_precedence)
{
	const struct model_mprotect_call call = { AT(17), 3 * PAGE, RW | 0x10 };
	struct model_answer a;

	model_mprotect(process_with(NONE), &call, &a);
	check(a.error == EINVAL && a.deserved[EACCES] && a.deserved[EPERM] && a.deserved[ENOMEM],
	      "all that is in the way");
}

CHECKS(mprotect_state)
{
	const struct model_mprotect_call call = { AT(14), 2 * PAGE, PROT_NONE };
	struct model *m = process_with(NONE);
	struct model_answer a;

	model_mprotect(m, &call, &a);
	check(model_mprotect_done(m, &a) && model_find(m, AT(14))->flags == MAY, "changed before");
	check(model_find(m, AT(15))->flags == (DATA | MAY | VM_SEALED), "and no further");
}
