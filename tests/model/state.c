// SPDX-License-Identifier: GPL-2.0
/*
 * The model's list of mappings: what is split, counted, moved, and what the mappings hold.
 */
#include "unit.h"

#define AT(n) (0x100000000000ul + (n)*PAGE)
#define DATA (VM_READ | VM_WRITE)

static const struct model_object file = { .open = true };

/*
 *	0  1  2  3  4  5  6  7  8  9
 *	|A |A |A |  |F |F |F |S |D |D |	A private, F the pages 10 to 12 of a file, S shared without a file, D grows down
 */
static const struct model_vma vmas[] = {
	{ AT(0), AT(3), DATA },
	{ AT(4), AT(7), DATA | VM_SHARED | VM_MAYSHARE, &file, 10 * PAGE },
	{ AT(7), AT(8), DATA | VM_SHARED | VM_MAYSHARE },
	{ AT(8), AT(10), DATA | VM_GROWSDOWN },
};

#define CHECK(holds) check(holds, #holds)

static struct model *fresh(void)
{
	static struct model m;

	memset(&m, 0, sizeof(m));
	m.page_size = PAGE;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		CHECK(model_add(&m, &vmas[i]));
	return &m;
}

CHECKS(what_is_mapped)
{
	struct model *m = fresh();

	CHECK(m->total_vm == 9 * PAGE && m->data_vm == 3 * PAGE && !m->locked_vm);
	CHECK(model_find(m, AT(3))->start == AT(4) && !model_find(m, AT(10)));
	CHECK(!model_find_overlap(m, AT(3), AT(4)) && model_find_overlap(m, AT(3), AT(4) + 1));
	CHECK(model_mapped(m, AT(2), AT(5)) == 2 * PAGE && model_mapped(m, AT(1), AT(2)) == PAGE);
	CHECK(model_any(m, AT(0), AT(5), VM_SHARED) && !model_any(m, AT(0), AT(4), VM_SHARED));
	CHECK(!model_any(m, AT(7), AT(20), VM_SEALED) && !model_find_overlap(m, AT(10), AT(20)));
	CHECK(model_mapped(m, AT(9), AT(20)) == PAGE);
}

CHECKS(what_is_removed)
{
	struct model *m = fresh();

	CHECK(model_remove(m, AT(1), AT(5)));
	CHECK(m->total_vm == 6 * PAGE && m->data_vm == PAGE && m->vma_count == 4);
	CHECK(model_find(m, AT(1))->start == AT(5) && model_find(m, AT(5))->offset == 11 * PAGE);
	CHECK(model_find(m, AT(0))->end == AT(1));
	CHECK(model_remove(m, AT(1), AT(5)) && m->vma_count == 4);
}

CHECKS(what_is_changed)
{
	struct model *m = fresh();

	CHECK(model_change(m, AT(2), AT(5), VM_WRITE, VM_LOCKED));
	CHECK(m->locked_vm == 2 * PAGE && m->data_vm == 2 * PAGE && m->total_vm == 9 * PAGE);
	CHECK(model_find(m, AT(1))->flags == DATA &&
	      model_find(m, AT(2))->flags == (VM_READ | VM_LOCKED));
	CHECK(model_find(m, AT(4))->end == AT(5) && model_find(m, AT(5))->offset == 11 * PAGE);
	CHECK(model_change(m, AT(0), AT(10), VM_LOCKED, 0) && !m->locked_vm);
}

CHECKS(what_is_moved)
{
	struct model *m = fresh();

	CHECK(model_store(m, AT(0), AT(3), 5));
	CHECK(model_move(m, AT(1), AT(6), AT(100)));
	CHECK(m->total_vm == 9 * PAGE && m->data_vm == 3 * PAGE);
	CHECK(!model_find_overlap(m, AT(1), AT(6)) && model_find(m, AT(6))->offset == 12 * PAGE);
	CHECK(model_find(m, AT(100))->end == AT(102) && model_find(m, AT(100))->tag_offset == PAGE);
	CHECK(model_find(m, AT(102))->start == AT(103) && model_find(m, AT(103))->end == AT(105));
	CHECK(model_move(m, AT(103), AT(105), AT(1)));
	CHECK(model_find(m, AT(1))->offset == 10 * PAGE && model_find(m, AT(1))->end == AT(3));
}

CHECKS(what_is_held)
{
	struct model *m = fresh();

	CHECK(model_store(m, AT(1), AT(8), 5));
	CHECK(!model_find(m, AT(0))->tag && model_find(m, AT(1))->tag == 5);
	CHECK(!model_find(m, AT(4))->tag && model_find(m, AT(7))->tag_offset == 6 * PAGE);
	CHECK(model_change(m, AT(6), AT(7), 0, VM_FRESH) && model_store(m, AT(6), AT(8), 6));
	CHECK(model_find(m, AT(6))->tag == 6 && model_find(m, AT(7))->tag_offset == PAGE);
	CHECK(model_discard(m, AT(2), AT(8)));
	CHECK(model_find(m, AT(1))->tag == 5 && !model_find(m, AT(2))->tag);
	CHECK(model_find(m, AT(7))->tag == 6);
	CHECK(model_add(m, &(struct model_vma){ AT(20), AT(22), DATA | VM_MAYSHARE, &file }));
	m->vmas[m->vma_count - 1].flags = DATA;
	CHECK(model_store(m, AT(20), AT(21), 7) && model_find(m, AT(20))->tag == 7);
}

CHECKS(what_the_kernel_counts)
{
	struct model *m = fresh();

	m->unlisted_vmas = 100;
	CHECK(model_map_count(m) == 104);
	CHECK(model_cuts(m, AT(1)) && !model_cuts(m, AT(0)) && !model_cuts(m, AT(3)));
	CHECK(!model_cuts(m, AT(4)) && !model_cuts(m, AT(7)) && !model_cuts(m, AT(10)));
	CHECK(model_cuts(m, AT(9)));
	CHECK(model_store(m, AT(1), AT(2), 5) && m->vma_count == 6);
	CHECK(model_map_count(m) == 104 && model_cuts(m, AT(1)) && model_cuts(m, AT(2)));
	CHECK(model_change(m, AT(1), AT(2), VM_WRITE, 0));
	CHECK(model_map_count(m) == 106 && !model_cuts(m, AT(1)));
	CHECK(model_change(m, AT(5), AT(6), 0, 0) && model_map_count(m) == 106);
	m->vmas[m->vma_count - 3].offset = 0;
	CHECK(model_map_count(m) > 106);
}

CHECKS(what_an_access_gives)
{
	struct model *m = fresh();

	CHECK(model_access(m, AT(0), false) == ACCESS_OK);
	CHECK(model_access(m, AT(3), true) == ACCESS_MAPERR);
	CHECK(model_access(m, AT(10), false) == ACCESS_MAPERR);
	CHECK(model_change(m, AT(0), AT(1), VM_ACCESS_FLAGS, 0));
	CHECK(model_access(m, AT(0), false) == ACCESS_ACCERR);
	CHECK(model_change(m, AT(0), AT(1), VM_ACCESS_FLAGS, VM_WRITE));
	CHECK(model_access(m, AT(0), false) == ACCESS_OK &&
	      model_access(m, AT(0), true) == ACCESS_OK);
	CHECK(model_change(m, AT(0), AT(1), VM_ACCESS_FLAGS, VM_EXEC));
	CHECK(model_access(m, AT(0), false) == ACCESS_OK);
	CHECK(model_access(m, AT(0), true) == ACCESS_ACCERR);
	CHECK(model_change(m, AT(0), AT(1), 0, VM_PKEY_EXEC));
	CHECK(model_access(m, AT(0), false) == ACCESS_PKUERR);
	CHECK(model_access(m, AT(0), true) == ACCESS_PKUERR);
}

/* A list that is full refuses what needs another place in it. */
CHECKS(a_full_list)
{
	struct model *m = fresh();

	while (m->vma_count < MODEL_VMAS_MAX)
		CHECK(model_add(m, &(struct model_vma){ AT(100 + 2 * m->vma_count),
							AT(101 + 2 * m->vma_count) }));
	CHECK(!model_add(m, &(struct model_vma){ AT(50), AT(51) }));
	CHECK(!model_remove(m, AT(1), AT(3)) && !model_remove(m, AT(0), AT(1)));
	CHECK(!model_change(m, AT(1), AT(3), 0, 0) && !model_move(m, AT(1), AT(3), AT(50)));
	CHECK(!model_store(m, AT(1), AT(3), 1) && !model_discard(m, AT(1), AT(3)));
	CHECK(model_remove(m, AT(0), AT(3)));
}
