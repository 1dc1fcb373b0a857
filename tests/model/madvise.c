// SPDX-License-Identifier: GPL-2.0
/*
 * madvise(MADV_DONTNEED) in the model.
 */
#include "unit.h"

#define AT(n) (BASE + (n)*PAGE)
#define DATA (VM_READ | VM_WRITE)

static const struct model_object file = { .open = true };
static const struct model_object huge = { .open = true, .huge_shift = 21 };

static const struct model_vma vmas[] = {
	{ AT(0), AT(2), DATA },
	{ AT(2), AT(3), DATA | VM_LOCKED },
	{ AT(4), AT(5), VM_READ | VM_SEALED },
	{ AT(5), AT(6), DATA | VM_SEALED },
	{ AT(6), AT(7), VM_READ | VM_SEALED, &file },
	{ AT(7), AT(8), VM_READ | VM_SEALED | VM_MAYSHARE },
	{ AT(8), AT(9), VM_READ | VM_SEALED | VM_LOCKED },
	{ AT(9), AT(10), DATA },
	{ AT(10), AT(11), VM_READ | VM_SEALED },
	{ AT(12), AT(13), DATA, &file },
	{ AT(13), AT(14), DATA | VM_SHARED | VM_MAYSHARE, &file },
	{ AT(14), AT(15), DATA | VM_SHARED | VM_MAYSHARE },
	{ AT(512), AT(1536), VM_SHARED | VM_MAYSHARE, &huge },
};

static const struct {
	struct model_madvise_call call; /* addr, length */
	bool older; /* than 5.18 */
	int error;
	const char *clause; /* without "madvise." where it has that */
	unsigned int pages; /* that the advice came to */
} calls[] = {
	{ { AT(0) + 1, PAGE }, false, EINVAL, "args.addr-unaligned" },
	{ { AT(0) + 1, 0 }, false, EINVAL, "args.addr-unaligned" },
	{ { AT(0), -1ul }, false, EINVAL, "args.range-wraps" },
	{ { AT(0), -PAGE }, false, EINVAL, "args.range-wraps" },
	{ { AT(3), PAGE }, false, ENOMEM, "args.unmapped-enomem" },
	{ { TOP, PAGE }, false, ENOMEM, "args.unmapped-enomem" },
	{ { AT(11), 2 * PAGE }, false, ENOMEM, "hole.applied-everywhere", 2 },
	{ { AT(14), 2 * PAGE }, false, ENOMEM, "hole.applied-everywhere", 1 },
	{ { AT(2), PAGE }, false, EINVAL, "dontneed.locked-einval" },
	{ { AT(1), 2 * PAGE }, false, EINVAL, "error.stops-midway", 1 },
	{ { BASE - PAGE, 4 * PAGE }, false, EINVAL, "hole.later-error-wins", 3 },
	{ { AT(4), PAGE }, false, EPERM, "mseal.block.discard-ro-anon" },
	{ { AT(8), PAGE }, false, EPERM, "mseal.order.eperm-before-locked-einval" },
	{ { AT(9), 2 * PAGE }, false, EPERM, "mseal.block.madvise-partial", 1 },
	{ { AT(9), 2 * PAGE }, true, EPERM, "mseal.block.discard-ro-anon" },
	{ { AT(513), PAGE }, false, EINVAL, "dontneed.hugetlb-alignment" },
	{ { AT(512), PAGE }, true, EINVAL, "dontneed.hugetlb-alignment" },
	{ { AT(512), PAGE }, false, 0, "dontneed.hugetlb-alignment", 1 },
	{ { AT(3), 0 }, false, 0, "args.len-zero" },
	{ { AT(0), 1 }, false, 0, "args.len-rounded-up", 1 },
	{ { AT(0), PAGE }, false, 0, "dontneed.private-anon-zero", 1 },
	{ { AT(12), PAGE }, false, 0, "dontneed.private-file-reverts", 1 },
	{ { AT(13), PAGE }, false, 0, "dontneed.shared-file-keeps", 1 },
	{ { AT(14), PAGE }, false, 0, "dontneed.shared-anon-keeps", 1 },
	{ { AT(5), PAGE }, false, 0, "mseal.allow.discard-rw-anon", 1 },
	{ { AT(6), PAGE }, false, 0, "mseal.allow.discard-file", 1 },
	{ { AT(7), PAGE }, false, 0, "mseal.allow.discard-shared-anon", 1 },
};

static struct model *process_of(bool older)
{
	static struct model m;

	set_up(&m, PLAIN);
	m.vma_count = 0;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(&m, &vmas[i]);
	if (older)
		m.traits.seal_by_vma = m.traits.huge_dontneed = false;
	return &m;
}

CHECKS(dontneed_one_by_one)
{
	struct model_answer a;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct model *m = process_of(calls[i].older);

		model_dontneed(m, &calls[i].call, &a);
		check_answer("madvise.", i, &a, calls[i].error, calls[i].clause);
		check(a.length == calls[i].pages * PAGE, calls[i].clause);
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_dontneed(m, &calls[i].call, &a);
		check(!a.error || strcmp(a.clause, m->planted),
		      "a decision that is left out decides nothing");
	}
}

CHECKS(dontneed_state)
{
	const struct model_madvise_call hole = { AT(12), 4 * PAGE }, midway = { AT(0), 3 * PAGE };
	struct model *m = process_of(false);
	struct model_answer a;

	check(model_store(m, AT(0), AT(15), 5), "stored");
	model_dontneed(m, &hole, &a);
	check(model_dontneed_done(m, &a) && !model_find(m, AT(12))->tag &&
		      model_find(m, AT(14))->tag == 5,
	      "private pages are discarded");
	model_dontneed(m, &midway, &a);
	check(model_dontneed_done(m, &a) && !model_find(m, AT(1))->tag && model_find(m, AT(2))->tag,
	      "up to what is locked");
}
