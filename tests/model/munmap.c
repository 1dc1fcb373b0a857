// SPDX-License-Identifier: GPL-2.0
/*
 * munmap() in the model.
 */
#include "unit.h"

#define AT(n) (BASE + (n)*PAGE)
#define HUGE (512 * PAGE)
#define DATA (VM_READ | VM_WRITE)

static const struct model_object file = { .open = true };
static const struct model_object huge = { .open = true, .huge_shift = 21 };

static const struct model_vma vmas[] = {
	{ AT(0), AT(4), DATA },
	{ AT(5), AT(8), DATA, &file },
	{ AT(9), AT(12), DATA | VM_SEALED },
	{ AT(12), AT(13), DATA },
	{ AT(14), AT(16), DATA | VM_LOCKED },
	{ AT(20), AT(24), DATA | VM_GROWSDOWN },
	{ AT(512), AT(1024), VM_SHARED, &huge },
	{ AT(1024), AT(2048), VM_SHARED, &huge },
};

enum room { ROOMY, FULL, ROOM_FOR_ONE, SEALS_FIRST };

static struct model *process_with(enum room room)
{
	static struct model m;

	set_up(&m, PLAIN);
	m.vma_count = 0;
	m.min_addr = 16 * PAGE;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(&m, &vmas[i]);
	if (room == FULL || room == ROOM_FOR_ONE)
		m.max_map_count = model_map_count(&m) + (room == ROOM_FOR_ONE);
	if (room == SEALS_FIRST)
		m.traits.seal_by_vma = false;
	return &m;
}

static const struct {
	struct model_munmap_call call; /* addr, length */
	enum room room;
	int error;
	const char *clause; /* without "munmap." */
} calls[] = {
	/* what the arguments refuse */
	{ { AT(0) + 1, PAGE }, ROOMY, EINVAL, "addr.unaligned-einval" },
	{ { AT(4) + 1, 0 }, ROOMY, EINVAL, "addr.unaligned-einval" },
	{ { TOP, PAGE }, ROOMY, EINVAL, "addr.task-size-einval" },
	{ { TOP, 0 }, ROOMY, EINVAL, "addr.task-size-einval" },
	{ { -PAGE, PAGE }, ROOMY, EINVAL, "addr.task-size-einval" },
	{ { AT(0), -1ul }, ROOMY, EINVAL, "len.max-einval" },
	{ { AT(0), -PAGE }, ROOMY, EINVAL, "len.max-einval" },
	{ { AT(0), -PAGE - 1 }, ROOMY, EINVAL, "len.wraps-einval" },
	{ { AT(0), -AT(0) }, ROOMY, EINVAL, "len.wraps-einval" },
	{ { TOP - PAGE, PAGE + 1 }, ROOMY, EINVAL, "addr.end-past-task-size-einval" },
	{ { 0, -PAGE }, ROOMY, EINVAL, "len.max-einval" },
	{ { AT(0), 0 }, ROOMY, EINVAL, "len.zero-einval" },
	{ { AT(9), 0 }, ROOMY, EINVAL, "order.einval-before-sealed" },
	{ { AT(9) + 1, PAGE }, ROOMY, EINVAL, "order.einval-before-sealed" },
	/* what the VMAs refuse */
	{ { AT(9), 3 * PAGE }, ROOMY, EPERM, "sealed.eperm" },
	{ { AT(9), PAGE }, ROOMY, EPERM, "sealed.eperm" },
	{ { AT(10), PAGE }, ROOMY, EPERM, "sealed.middle-no-split" },
	{ { AT(10), PAGE }, SEALS_FIRST, EPERM, "sealed.middle-no-split" },
	{ { AT(11), 2 * PAGE }, ROOMY, EPERM, "sealed.span-nothing-removed" },
	{ { AT(1), PAGE }, FULL, ENOMEM, "limit.split-at-max-enomem" },
	{ { AT(10), PAGE }, FULL, ENOMEM, "order.mapcount-before-sealed" },
	{ { AT(512), 1 }, ROOMY, EINVAL, "hugetlb.single-len-1-einval" },
	{ { AT(1024), 1 }, ROOMY, EINVAL, "hugetlb.part-einval" },
	{ { AT(512), PAGE }, ROOMY, EINVAL, "hugetlb.part-einval" },
	{ { AT(1024), HUGE + PAGE }, ROOMY, EINVAL, "hugetlb.unrounded-len-einval" },
	{ { AT(500), 524 * PAGE + PAGE }, ROOMY, EINVAL, "hugetlb.part-einval" },
	{ { AT(513), PAGE }, ROOMY, EINVAL, "hugetlb.part-einval" },
	/* what is done */
	{ { AT(0), 4 * PAGE }, ROOMY, 0, "ret.zero" },
	{ { AT(0), 3 * PAGE + 1 }, ROOMY, 0, "len.rounded-up" },
	{ { AT(0), 8 * PAGE }, ROOMY, 0, "hole.interior-ok" },
	{ { AT(12), PAGE }, ROOMY, 0, "sealed.neighbour-ok" },
	{ { AT(0), PAGE }, ROOMY, 0, "split.head" },
	{ { AT(3), PAGE }, ROOMY, 0, "split.tail" },
	{ { AT(1), PAGE }, ROOMY, 0, "split.middle-two-lines" },
	{ { AT(6), PAGE }, ROOMY, 0, "split.middle-file-offsets" },
	{ { AT(3), 3 * PAGE }, ROOMY, 0, "split.ends-of-two-areas" },
	{ { AT(20), PAGE }, ROOMY, 0, "stack.growsdown-below" },
	{ { AT(20), 4 * PAGE }, ROOMY, 0, "ret.zero" },
	{ { AT(14), PAGE }, ROOMY, 0, "lock.vmlck-falls" },
	{ { AT(3), 3 * PAGE }, FULL, 0, "limit.two-partial-at-max-ok" },
	{ { AT(3), PAGE }, FULL, 0, "limit.edge-at-max-ok" },
	{ { AT(3), PAGE }, ROOM_FOR_ONE, 0, "split.tail" },
	{ { AT(1), PAGE }, ROOM_FOR_ONE, 0, "limit.split-at-max-enomem" },
	{ { AT(0), PAGE }, FULL, 0, "limit.edge-at-max-ok" },
	{ { AT(1024), HUGE }, ROOMY, 0, "hugetlb.whole-ok" },
	{ { AT(1024), 2 * HUGE }, ROOMY, 0, "hugetlb.whole-ok" },
	{ { 0, PAGE }, ROOMY, 0, "addr.low-unmapped-ok" },
	{ { AT(4), PAGE }, ROOMY, 0, "hole.never-mapped-ok" },
	{ { TOP - PAGE, PAGE }, ROOMY, 0, "addr.last-page-ok" },
};

CHECKS(munmap_one_by_one)
{
	struct model_answer a;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct model *m = process_with(calls[i].room);

		model_munmap(m, &calls[i].call, &a);
		check_answer("munmap.", i, &a, calls[i].error, calls[i].clause);
		check(!a.error || !a.length, "a refusal removes nothing");
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_munmap(m, &calls[i].call, &a);
		check(!a.error || strcmp(a.clause, m->planted),
		      "a decision that is left out decides nothing");
	}
}

/* The first refusal is the answer, the others are deserved as well. */
CHECKS(munmap_precedence)
{
	const struct model_munmap_call unaligned = { AT(9) + 1, PAGE };
	const struct model_munmap_call full = { AT(10), PAGE };
	struct model_answer a;

	model_munmap(process_with(ROOMY), &unaligned, &a);
	check(a.error == EINVAL && a.deserved[EPERM] && !a.deserved[ENOMEM], "EINVAL before EPERM");
	model_munmap(process_with(FULL), &full, &a);
	check(a.error == ENOMEM && a.deserved[EPERM], "ENOMEM before EPERM");
	model_munmap(process_with(SEALS_FIRST), &full, &a);
	check(a.error == EPERM && !a.deserved[ENOMEM], "all seals first");
}

CHECKS(munmap_state)
{
	const struct model_munmap_call call = { AT(3), 2 * PAGE + 1 }, refused = { AT(9), PAGE };
	struct model *m = process_with(ROOMY);
	struct model_answer a;

	model_munmap(m, &call, &a);
	check(model_munmap_done(m, &a) && !model_find_overlap(m, AT(3), AT(6)), "removed");
	check(model_find(m, AT(2))->end == AT(3) && model_find(m, AT(6))->offset == PAGE,
	      "the rest");
	model_munmap(m, &refused, &a);
	check(model_munmap_done(m, &a) && model_find(m, AT(9))->start == AT(9), "refused");
}
