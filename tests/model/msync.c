// SPDX-License-Identifier: GPL-2.0
/*
 * msync() in the model.
 */
#include "unit.h"

#define AT(n) (BASE + (n)*PAGE)
#define RWX (VM_READ | VM_WRITE | VM_EXEC)
#define FILE_SHARED (VM_READ | VM_WRITE | VM_SHARED | VM_MAYSHARE)

static const struct model_object file = { .open = true };
static const struct model_object ring = { .open = true, .no_fsync = true };

/*
 *	0  1  2  3  4  5  6  7  8  9  10 11 12 13 14 15 16
 *	|A |P |S |..|L |S |R |..|O |..|N |M |..|K |..|K |	A private memory, P a private file, S a shared one, L locked, R without a sync
 *	operation, O locked on fault, N without access, M shared memory, K a file that can't be written through its descriptor
 */
static const struct model_vma vmas[] = {
	{ AT(0), AT(1), RWX },
	{ AT(1), AT(2), VM_WRITE, &file },
	{ AT(2), AT(3), FILE_SHARED, &file },
	{ AT(4), AT(5), VM_READ | VM_LOCKED },
	{ AT(5), AT(6), FILE_SHARED, &file },
	{ AT(6), AT(7), FILE_SHARED, &ring },
	{ AT(8), AT(9), VM_EXEC | VM_LOCKED | VM_LOCKONFAULT },
	{ AT(10), AT(11), 0 },
	{ AT(11), AT(12), FILE_SHARED },
	{ AT(13), AT(14), VM_READ | VM_MAYSHARE, &file },
	{ AT(15), AT(16), VM_READ, &ring },
};

static const struct {
	struct model_msync_call call; /* addr, length, flags */
	int error;
	const char *clause; /* without "msync." */
	uint64_t synced_end;
} calls[] = {
	/* what the arguments refuse */
	{ { AT(0), PAGE, 8 }, EINVAL, "flags.unknown-einval" },
	{ { AT(0), 0, -1ul }, EINVAL, "flags.unknown-einval" },
	{ { AT(0) + 1, 0, 0 }, EINVAL, "addr.unaligned-einval" },
	{ { AT(3), PAGE, MS_ASYNC | MS_SYNC }, EINVAL, "flags.async-sync-einval" },
	{ { AT(0), -PAGE, 0 }, ENOMEM, "len.wrap-enomem" },
	{ { -PAGE, PAGE, 0 }, ENOMEM, "len.end-exactly-zero-enomem" },
	/* what the areas refuse */
	{ { AT(4), PAGE, MS_INVALIDATE }, EBUSY, "invalidate.locked-ebusy" },
	{ { AT(8), PAGE, MS_INVALIDATE }, EBUSY, "invalidate.locked-onfault-ebusy" },
	{ { AT(2), 3 * PAGE, MS_INVALIDATE | MS_SYNC },
	  EBUSY,
	  "invalidate.ebusy-over-enomem",
	  AT(3) },
	{ { AT(3), 2 * PAGE, MS_INVALIDATE | MS_SYNC }, EBUSY, "invalidate.ebusy-over-enomem" },
	{ { AT(3), 2 * PAGE, MS_INVALIDATE | MS_ASYNC }, EBUSY, "invalidate.async-hole-continues" },
	{ { AT(2), 3 * PAGE, MS_INVALIDATE | MS_ASYNC }, EBUSY, "invalidate.async-hole-continues" },
	{ { AT(6), PAGE, MS_SYNC }, EINVAL, "sync.no-fsync-einval" },
	{ { AT(5), 4 * PAGE, MS_SYNC }, EINVAL, "sync.no-fsync-einval", AT(6) },
	{ { AT(3), 4 * PAGE, MS_SYNC }, EINVAL, "error.over-enomem", AT(6) },
	{ { AT(2), 5 * PAGE, MS_SYNC }, EINVAL, "error.over-enomem", AT(6) },
	/* holes */
	{ { AT(3), PAGE, MS_SYNC }, ENOMEM, "hole.whole-enomem" },
	{ { AT(100), PAGE, 0 }, ENOMEM, "hole.whole-enomem" },
	{ { TOP, PAGE, 0 }, ENOMEM, "addr.kernel-enomem" },
	{ { AT(2), PAGE + 1, MS_SYNC }, ENOMEM, "len.rounded-up", AT(3) },
	{ { AT(2), 2 * PAGE, MS_SYNC }, ENOMEM, "hole.trailing-sync", AT(3) },
	{ { AT(15), 2 * PAGE + 1, MS_SYNC }, ENOMEM, "hole.trailing-sync", AT(16) },
	{ { AT(3), 2 * PAGE + 1, MS_SYNC }, ENOMEM, "hole.leading-sync", AT(6) },
	{ { AT(3), 3 * PAGE, MS_SYNC }, ENOMEM, "hole.leading-sync", AT(6) },
	{ { AT(2), 4 * PAGE, MS_SYNC }, ENOMEM, "hole.sync-still-syncs-after", AT(6) },
	{ { AT(8), 4 * PAGE + 1, MS_SYNC }, ENOMEM, "hole.sync-still-syncs-after", AT(12) },
	{ { AT(2), 4 * PAGE, MS_ASYNC }, ENOMEM, "hole.interior-enomem" },
	{ { AT(3), 2 * PAGE, 0 }, ENOMEM, "hole.interior-enomem" },
	{ { AT(7), 3 * PAGE, 0 }, ENOMEM, "hole.interior-enomem" },
	{ { AT(2), 2 * PAGE, 0 }, ENOMEM, "hole.interior-enomem" },
	/* what is done */
	{ { AT(3), 0, MS_SYNC }, 0, "len.zero-ok" },
	{ { AT(3), -1ul, MS_SYNC }, 0, "len.max-zero-ok" },
	{ { AT(0), PAGE, 0 }, 0, "flags.none-ok" },
	{ { AT(0), PAGE, MS_ASYNC }, 0, "flags.async-ok" },
	{ { AT(0), PAGE, MS_INVALIDATE }, 0, "flags.invalidate-alone-ok" },
	{ { AT(0), PAGE, MS_INVALIDATE | MS_ASYNC }, 0, "flags.sync-invalidate-ok" },
	{ { AT(2), PAGE, MS_INVALIDATE | MS_SYNC }, 0, "flags.sync-invalidate-ok", AT(3) },
	{ { AT(2), PAGE, MS_SYNC }, 0, "flags.sync-ok", AT(3) },
	{ { AT(0), PAGE, 1ul << 32 }, 0, "flags.high-bits-ignored" },
	{ { AT(0), PAGE, MS_SYNC }, 0, "sync.anon-noop", AT(1) },
	{ { AT(1), PAGE, MS_SYNC }, 0, "sync.private-noop", AT(2) },
	{ { AT(13), PAGE, MS_SYNC }, 0, "sync.readonly-fd-skipped", AT(14) },
	{ { AT(15), PAGE, MS_SYNC }, 0, "sync.private-noop", AT(16) },
	{ { AT(11), PAGE, MS_SYNC }, 0, "flags.sync-ok", AT(12) },
	{ { AT(1), 2 * PAGE, MS_SYNC }, 0, "sync.mixed-kinds", AT(3) },
	{ { AT(10), PAGE, 0 }, 0, "hole.none-prot-not-hole" },
	{ { AT(4), PAGE, MS_ASYNC }, 0, "invalidate.without-flag-locked-ok" },
	{ { AT(6), PAGE, MS_ASYNC }, 0, "async.no-fsync-ok" },
	{ { AT(6), PAGE, 0 }, 0, "flags.none-ok" },
};

static struct model *process(void)
{
	static struct model m;

	set_up(&m, PLAIN);
	m.vma_count = 0;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(&m, &vmas[i]);
	return &m;
}

CHECKS(check_msync)
{
	struct model *m = process();
	struct model_answer a, planted;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		m->planted = NULL;
		model_msync(m, &calls[i].call, &a);
		check_answer("msync.", i, &a, calls[i].error, calls[i].clause);
		check(a.synced_end == calls[i].synced_end, "what is written");
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_msync(m, &calls[i].call, &planted);
		check(!planted.error || strcmp(planted.clause, a.clause),
		      "a decision that is left out decides nothing");
	}
}

/* An area that is locked behind others, without a hole; and all that a call deserves. */
CHECKS(check_msync_together)
{
	struct model *m = process();
	const struct model_msync_call later = { AT(5), 2 * PAGE, MS_INVALIDATE | MS_SYNC };
	const struct model_msync_call all = { AT(2) + 1, 10 * PAGE, 8 | MS_INVALIDATE | MS_SYNC };
	struct model_answer a;

	model_change(m, AT(6), AT(7), 0, VM_LOCKED);
	model_msync(m, &later, &a);
	check_answer("msync.", 0, &a, EBUSY, "invalidate.later-locked-ebusy");
	check(a.deserved[EINVAL] && !a.deserved[ENOMEM] && a.synced_end == AT(6),
	      "the area before it is written, its own is not");
	model_msync(m, &all, &a);
	check(a.error == EINVAL && a.deserved[EBUSY] && a.deserved[ENOMEM] && !a.synced_end,
	      "what a call deserves");
}
