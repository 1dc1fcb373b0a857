// SPDX-License-Identifier: GPL-2.0
/*
 * mmap() answers every combination of its arguments as the model does. The quick plan: covering arrays of strength 3 over all arguments,
 * each flag bit by itself; one in which every level is as likely as any other, so that most calls are refused for several reasons, and
 * several in which most levels are ordinary, so that three odd ones meet in a call that is fine otherwise. All of it as this process
 * is, and a part without capabilities under a memlock limit of none and of two pages.
 */
#include "kselftest_harness.h"
#include "array.h"
#include "lib/fault.h"
#include "objects.h"
#include "process.h"
#include "verdict.h"

#define SPARSE_VARIANTS 3
#define PLAN_PARTS (2 * (1 + SPARSE_VARIANTS)) /* of the first world: both groups of objects */

/* The columns of the array. Those of the flags come last: each is a table of what its levels add to the word. */
enum column {
	COLUMN_OBJECT,
	COLUMN_TYPE,
	COLUMN_ADDR,
	COLUMN_LENGTH,
	COLUMN_OFFSET,
	COLUMN_PROT,
	COLUMN_MORE_PROT,
	COLUMN_SIZE,
	COLUMN_FLAGS,
	COLUMN_FLAGS_END = COLUMN_FLAGS + 5,
};

#define BIT(n) (1ul << (n))
#define ABOVE4G 0x80ul
#define LOW_2GB 0x40ul
#define SIZE_FIELD(n) ((n)*BIT(26))

/* Evenly: the four bits of each column, in all their combinations. */
static const uint64_t even_flags[5][4] = {
	{ MAP_FIXED, MAP_ANONYMOUS, LOW_2GB, ABOVE4G },
	{ MAP_GROWSDOWN, 0x200, 0x400, MAP_DENYWRITE },
	{ MAP_EXECUTABLE, MAP_LOCKED, MAP_NORESERVE, MAP_POPULATE },
	{ MAP_NONBLOCK, MAP_STACK, MAP_HUGETLB, MAP_SYNC },
	{ MAP_FIXED_NOREPLACE, BIT(21), BIT(25), BIT(40) },
};

/* Mostly ordinary: a word for each level. */
static const uint64_t sparse_flags[5][ARRAY_LEVELS] = {
	{ 0, 0, 0, 0, 0, MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE,
	  MAP_FIXED_NOREPLACE, MAP_FIXED_NOREPLACE, MAP_FIXED | MAP_FIXED_NOREPLACE, LOW_2GB,
	  MAP_FIXED | LOW_2GB, ABOVE4G },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_ANONYMOUS,
	  MAP_ANONYMOUS, MAP_ANONYMOUS | MAP_HUGETLB },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_NORESERVE, MAP_POPULATE,
	  MAP_NONBLOCK, MAP_STACK, MAP_GROWSDOWN },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_LOCKED, MAP_LOCKED, MAP_SYNC, MAP_SYNC,
	  MAP_HUGETLB },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x200, 0x400, BIT(21), BIT(25), BIT(40) },
};

static const uint64_t sparse_types[ARRAY_LEVELS] = {
	1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 8, 0, 4, 15
};

static const uint64_t size_fields[ARRAY_LEVELS] = {
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	MAP_UNINITIALIZED,
	SIZE_FIELD(21),
	SIZE_FIELD(21),
	SIZE_FIELD(30),
	SIZE_FIELD(22),
	BIT(31),
};

static const uint64_t more_prot[ARRAY_LEVELS] = {
	0,	 0,	  0, 0, 0, 0, 0, 0, 0, 0, PROT_SEM, 0x10, PROT_GROWSDOWN, PROT_GROWSUP,
	BIT(31), BIT(40),
};

struct combination {
	struct model_mmap_call call;
	const struct mapped_object *object;
	unsigned int weight; /* levels out of the ordinary */
	bool dear; /* one of those that are looked at in full */
};

static struct process process;
static struct mapped_object objects[OBJECTS];

static uint64_t address_of(unsigned int level)
{
	uint64_t page = process.model.page_size, top = process.model.task_size;

	switch (level) {
	case 0:
		return 0;
	case 1:
		return 0x123;
	case 2:
		return page;
	case 3:
		return process.model.hint_min_addr;
	case 4:
		return process_page(&process, 4);
	case 5:
		return process_page(&process, 4) + 0x123;
	case 6:
		return process_page(&process, LAYOUT_A + 1); /* inside of A */
	case 7:
		return process_page(&process, LAYOUT_A - 1); /* free, and up to A */
	case 8:
		return process_page(&process, LAYOUT_A + 3); /* A's last page */
	case 9:
		return process_page(&process, LAYOUT_B) + 1;
	case 10:
		return process_page(&process, LAYOUT_SEALED);
	case 11:
		return process_page(&process, LAYOUT_GAP);
	case 12:
		return top - page;
	case 13:
		return top;
	case 14:
		return BIT(63) | 1;
	default:
		return -page;
	}
}

static uint64_t length_of(unsigned int level)
{
	uint64_t page = process.model.page_size;

	switch (level) {
	case 0:
		return 0;
	case 1:
	case 2:
		return 1;
	case 3:
		return page + 1;
	case 4:
		return HUGE_LENGTH;
	case 5:
		return process.model.task_size;
	case 6:
		return process.model.task_size + page;
	case 7:
		return -page;
	case 8:
		return UINT64_MAX;
	case 9:
	case 10:
	case 11:
		return 3 * page;
	default:
		return page;
	}
}

static uint64_t offset_of(unsigned int level)
{
	uint64_t page = process.model.page_size;

	switch (level) {
	case 0:
		return 1;
	case 1:
	case 2:
		return page;
	case 3:
	case 4:
		return 100 * page;
	case 5:
	case 6:
		return INT64_MAX - page - (page - 1); /* its page ends below the limit */
	case 7:
		return INT64_MAX - (page - 1);
	case 8:
		return BIT(63);
	case 9:
		return -page;
	case 10:
		return -2 * page;
	default:
		return 0;
	}
}

/*
 * The combination of a row. variant 0: evenly, else mostly ordinary; group: of objects. False: not to be had here, for want of the object, or
 * of a limit that keeps it from filling the memory.
 */
static bool combination(unsigned int row, unsigned int variant, unsigned int group,
			struct combination *c)
{
	unsigned int level[COLUMN_FLAGS_END];
	struct model_mmap_call *call = &c->call;

	c->weight = 0;
	for (unsigned int i = 0; i < COLUMN_FLAGS_END; i++)
		level[i] = array_level(row, i, variant + 16 * group);
	c->object = &objects[group * OBJECTS_GROUP + level[COLUMN_OBJECT]];
	call->object = &c->object->model;
	call->addr = address_of(level[COLUMN_ADDR]);
	call->length = length_of(level[COLUMN_LENGTH]);
	call->offset = offset_of(level[COLUMN_OFFSET]);
	call->prot = (level[COLUMN_PROT] & 7) | more_prot[level[COLUMN_MORE_PROT]];
	call->flags = (variant ? sparse_types[level[COLUMN_TYPE]] : level[COLUMN_TYPE]) |
		      size_fields[level[COLUMN_SIZE]];
	for (unsigned int i = COLUMN_FLAGS; i < COLUMN_FLAGS_END; i++)
		for (unsigned int bit = 0; bit < (variant ? 1 : 4); bit++)
			call->flags |= variant ? sparse_flags[i - COLUMN_FLAGS][level[i]] :
				       level[i] >> bit & 1 ? even_flags[i - COLUMN_FLAGS][bit] :
							     0;
	c->weight = (unsigned int)__builtin_popcountl(call->flags & ~(uint64_t)MAP_TYPE) +
		    !!call->addr + !!call->offset + !!more_prot[level[COLUMN_MORE_PROT]] +
		    (call->length != process.model.page_size);
	c->dear = !(row * 2654435761u >> 29);
	if (!process.limited && call->length >= HUGE_LENGTH &&
	    call->flags & (MAP_POPULATE | MAP_LOCKED))
		return false;
	return c->object->there;
}

/* A place that the kernel chose is not told: it is another each time. */
static void describe(char *text, size_t size, const struct combination *c, uint64_t result,
		     int error, const struct model_answer *a, const char *what)
{
	const struct model_mmap_call *call = &c->call;
	const char *seen = "ok", *wanted = "ok";
	char address[24];

	if (error)
		seen = errno_name(error);
	else if (!a->error && !model_place_ok(&process.model, a, result))
		seen = a->place == PLACE_EXACT ? "elsewhere" : "a place that can't be";
	if (!a->error && a->place == PLACE_EXACT) {
		snprintf(address, sizeof(address), "%#lx", a->address);
		wanted = address;
		seen = result == a->address && !error ? address : seen;
	}
	snprintf(text, size, "mmap(%#lx, %#lx, %#lx, %#lx, %s, %#lx) = %s, Linux: ", call->addr,
		 call->length, call->prot, call->flags, c->object->name, call->offset, seen);
	/* errno_name() has one text for all unknown numbers. */
	if (a->error)
		wanted = errno_name(a->error);
	snprintf(text + strlen(text), size - strlen(text), "%s%s", wanted, what);
}

/* The first byte of a mapping that succeeded is what the object holds there, or it faults as it should. */
static bool bytes_agree(const struct combination *c, const struct model_answer *a, char *p)
{
	bool file = a->made.object && c->object->lettered;
	uint64_t page = a->made.offset / process.model.page_size;
	struct fault fault;

	if (a->made.flags & VM_READ && (!a->made.object || !a->made.object->huge_shift)) {
		bool beyond = file ? page >= OBJECT_FILE_PAGES :
				     a->made.flags & VM_FRESH && a->made.offset >= a->length;

		fault = fault_probe(FAULT_READ, p);
		if (beyond)
			return fault.signal == SIGBUS;
		return !fault.signal && *p == (file ? (char)('A' + page) : 0);
	}
	if (!(a->made.flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return fault_probe(FAULT_READ, p).signal == SIGSEGV;
	return true;
}

/* Is the state after the call what the model says? address: of the result, or 0. */
static bool state_agrees(const struct combination *c, const struct model_answer *a,
			 const struct model *after, uint64_t address)
{
	uint64_t page = after->page_size;

	if (address && !process_agrees(&process, after, address, address + a->length))
		return false;
	if (!c->dear)
		return true;
	return process_agrees(&process, after, process.base,
			      process_page(&process, LAYOUT_PAGES)) &&
	       (!address || bytes_agree(c, a, (char *)address)) &&
	       (!address || model_find(after, process.base) ||
		process_agrees(&process, after, address + a->length, address + a->length + page));
}

/* Could the call have changed the layout? */
static bool may_touch_layout(const struct combination *c, const struct model_answer *a)
{
	return a->place == PLACE_EXACT &&
	       model_find_overlap(&process.model, a->address, a->address + a->length) &&
	       c->call.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
}

static bool drive(struct verdict *v, const struct combination *c, const struct model_answer *a)
{
	static struct model after;
	const struct model_mmap_call *call = &c->call;
	void *p = sys_mmap((void *)call->addr, call->length, call->prot, call->flags, c->object->fd,
			   call->offset);
	int error = p == MAP_FAILED ? errno : 0;
	uint64_t address = error ? 0 : (uint64_t)p;
	enum mismatch kind = MISMATCH_NONE;
	char text[200];

	v->calls++;
	v->checked += c->dear;
	if (error == ENOMEM && a->may_lack_room && !a->address)
		return true;
	if (error != a->error)
		kind = error && a->error && error < MODEL_ERRNO_MAX && a->deserved[error] ?
			       MISMATCH_PRECEDENCE :
			       MISMATCH_WRONG;
	else if (!error && !model_place_ok(&process.model, a, address))
		kind = MISMATCH_WRONG;
	if (kind == MISMATCH_NONE && (!error || c->dear || may_touch_layout(c, a))) {
		after = process.model;
		if (!model_mmap_done(&after, a, error ? a->address : address))
			return false;
		if (!state_agrees(c, a, &after, address))
			kind = MISMATCH_SIDE_EFFECT;
	}
	if (kind != MISMATCH_NONE) {
		describe(text, sizeof(text), c, address, error, a,
			 kind == MISMATCH_SIDE_EFFECT ? ", and another state" : "");
		verdict_add(v, kind, c->weight, text);
	}
	if (!error && sys_munmap(p, a->length) && kind == MISMATCH_NONE)
		return false;
	return (kind == MISMATCH_NONE && (error ? !a->unmaps : !may_touch_layout(c, a))) ||
	       process_restore(&process);
}

/* All rows of the array in this variant and group that the model decides by the test's clause. */
static bool drive_rows(struct verdict *v, unsigned int variant, unsigned int group)
{
	struct combination c;
	struct model_answer a;

	for (unsigned int row = 0; row < ARRAY_ROWS; row++) {
		if (!combination(row, variant, group, &c)) {
			v->left_out++;
			continue;
		}
		model_mmap(&process.model, &c.call, &a);
		if (!strcmp(a.clause, v->clause) && !drive(v, &c, &a))
			return false;
	}
	return true;
}

static bool without_rights(struct process *p, uint64_t memlock)
{
	if (!caps_drop(CAPS_IPC_LOCK) || !caps_drop(CAPS_SYS_RAWIO) ||
	    !limit_set(RLIMIT_MEMLOCK, memlock))
		return false;
	p->model.cap_ipc_lock = p->model.cap_sys_rawio = false;
	p->model.limit_memlock = memlock;
	return true;
}

static void run(struct __test_metadata *_metadata, const char *clause)
{
	struct verdict v = { .clause = clause };

	NEED_OWN_PROCESS("it drops capabilities, and sets limits");
	NEED(process_init(&process), "a machine and a release that the model knows");
	objects_open(objects);
	for (unsigned int variant = 0; variant <= SPARSE_VARIANTS; variant++)
		for (unsigned int group = 0; group < 2; group++)
			SETUP(drive_rows(&v, variant, group));
	if (caps_known() && without_rights(&process, 2 * process.model.page_size)) {
		SETUP(drive_rows(&v, 1, 0));
		SETUP(without_rights(&process, 0));
		SETUP(drive_rows(&v, 2, 0));
	}
	EXPECT_AGREEMENT(&v);
}

#define DECISION(name, id)             \
	TEST(name)                     \
	{                              \
		run(_metadata, "" id); \
	}

DECISION(fd_bad_ebadf, "mmap.fd.bad-ebadf")
DECISION(fd_opath_ebadf, "mmap.fd.opath-ebadf")
DECISION(hugetlb_nonhuge_file_einval, "mmap.hugetlb.nonhuge-file-einval")
DECISION(hugetlb_bad_size_einval, "mmap.hugetlb.bad-size-einval")
DECISION(map_32bit_exhausted_enomem, "mmap.32bit.exhausted-enomem")
DECISION(map_32bit_range, "mmap.32bit.range")
DECISION(map_32bit_low_hint_used, "mmap.32bit.low-hint-used")
DECISION(map_32bit_high_hint_ignored, "mmap.32bit.high-hint-ignored")
DECISION(hint_below_min_raised, "mmap.hint.below-min-raised")
DECISION(hint_rounded_down, "mmap.hint.rounded-down")
DECISION(hint_free_used, "mmap.hint.free-used")
DECISION(hugetlb_low_hint_is_zero, "mmap.hugetlb.low-hint-is-zero")
DECISION(hint_thp_room, "mmap.hint.thp-room")
DECISION(hint_in_stack_gap_moved, "mmap.hint.in-stack-gap-moved")
DECISION(hint_occupied_elsewhere, "mmap.hint.occupied-elsewhere")
DECISION(hint_too_high_ignored, "mmap.hint.too-high-ignored")
DECISION(hint_small_nonzero_is_null, "mmap.hint.small-nonzero-is-null")
DECISION(addr_null_nonzero_result, "mmap.addr.null-nonzero-result")
DECISION(len_no_gap_enomem, "mmap.len.no-gap-enomem")
DECISION(above4g_result, "mmap.above4g.result")
DECISION(hugetlb_fixed_unaligned_einval, "mmap.hugetlb.fixed-unaligned-einval")
DECISION(fixed_above_task_size_enomem, "mmap.fixed.above-task-size-enomem")
DECISION(fixed_unaligned_einval, "mmap.fixed.unaligned-einval")
DECISION(fixed_noreplace_unaligned_einval, "mmap.fixed-noreplace.unaligned-einval")
DECISION(fixed_zero_without_cap_eperm, "mmap.fixed.zero-without-cap-eperm")
DECISION(fixed_noreplace_sealed_eexist, "mmap.fixed-noreplace.sealed-eexist")
DECISION(fixed_noreplace_wins_over_fixed, "mmap.fixed-noreplace.wins-over-fixed")
DECISION(fixed_noreplace_overlap_eexist, "mmap.fixed-noreplace.overlap-eexist")
DECISION(fixed_noreplace_exact_ok, "mmap.fixed-noreplace.exact-ok")
DECISION(fixed_zero_with_cap, "mmap.fixed.zero-with-cap")
DECISION(fixed_last_page_ok, "mmap.fixed.last-page-ok")
DECISION(map_32bit_fixed_ignored, "mmap.32bit.fixed-ignored")
DECISION(fixed_exact, "mmap.fixed.exact")
DECISION(off_chardev_wrap_eoverflow, "mmap.off.chardev-wrap-eoverflow")
DECISION(off_reg_negative_eoverflow, "mmap.off.reg-negative-eoverflow")
DECISION(off_reg_over_lfs_eoverflow, "mmap.off.reg-over-lfs-eoverflow")
DECISION(sync_non_dax_validate_eopnotsupp, "mmap.sync.non-dax-validate-eopnotsupp")
DECISION(validate_noreplace_eopnotsupp, "mmap.validate.noreplace-eopnotsupp")
DECISION(validate_bit31_eopnotsupp, "mmap.validate.bit31-eopnotsupp")
DECISION(validate_high_bits_eopnotsupp, "mmap.validate.high-bits-eopnotsupp")
DECISION(validate_undefined_bits_eopnotsupp, "mmap.validate.undefined-bits-eopnotsupp")
DECISION(kind_readonly_shared_write_eacces, "mmap.kind.readonly-shared-write-eacces")
DECISION(kind_append_only_rdwr_eacces, "mmap.kind.append-only-rdwr-eacces")
DECISION(kind_write_only_eacces, "mmap.kind.write-only-eacces")
DECISION(kind_noexec_exec_eperm, "mmap.kind.noexec-exec-eperm")
DECISION(kind_pipe_exec_eperm, "mmap.kind.pipe-exec-eperm")
DECISION(growsdown_hugetlb_einval, "mmap.growsdown.hugetlb-einval")
DECISION(growsdown_file_einval, "mmap.growsdown.file-einval")
DECISION(seal_write_shared_eperm, "mmap.seal.write-shared-eperm")
DECISION(seal_future_new_eperm, "mmap.seal.future-new-eperm")
DECISION(validate_file_ok, "mmap.validate.file-ok")
DECISION(type_none_einval, "mmap.type.none-einval")
DECISION(type_unknown_file_einval, "mmap.type.unknown-file-einval")
DECISION(growsdown_shared_einval, "mmap.growsdown.shared-einval")
DECISION(droppable_locked_einval, "mmap.droppable.locked-einval")
DECISION(droppable_growsdown_einval, "mmap.droppable.growsdown-einval")
DECISION(droppable_ok, "mmap.droppable.ok")
DECISION(validate_anon_einval, "mmap.validate.anon-einval")
DECISION(type_unknown_anon_einval, "mmap.type.unknown-anon-einval")
DECISION(off_anon_ignored, "mmap.off.anon-ignored")
DECISION(sync_ext4_shared_eopnotsupp, "mmap.sync.ext4-shared-eopnotsupp")
DECISION(hugetlb_offset_unaligned_einval, "mmap.hugetlb.offset-unaligned-einval")
DECISION(hugetlb_none_enomem, "mmap.hugetlb.none-enomem")
DECISION(hugetlb_noreserve_ok, "mmap.hugetlb.noreserve-ok")
DECISION(prot_unknown_bits_ignored, "mmap.prot.unknown-bits-ignored")
DECISION(shared_unknown_bits_ignored, "mmap.shared.unknown-bits-ignored")
DECISION(private_unknown_bits_ignored, "mmap.private.unknown-bits-ignored")
DECISION(sync_tmpfs_shared_ignored, "mmap.sync.tmpfs-shared-ignored")
DECISION(sync_anon_ignored, "mmap.sync.anon-ignored")
DECISION(kind_readonly_private_write_ok, "mmap.kind.readonly-private-write-ok")
DECISION(seal_write_private_ok, "mmap.seal.write-private-ok")
DECISION(seal_write_shared_read_ok, "mmap.seal.write-shared-read-ok")
DECISION(off_chardev_top_bit_ok, "mmap.off.chardev-top-bit-ok")
DECISION(off_reg_last_ok, "mmap.off.reg-last-ok")
DECISION(fixed_sealed_eperm, "mmap.fixed.sealed-eperm")
DECISION(fixed_replaces_whole, "mmap.fixed.replaces-whole")
DECISION(limit_rlimit_as_enomem, "mmap.limit.rlimit-as-enomem")
DECISION(locked_rlimit0_eperm, "mmap.locked.rlimit0-eperm")
DECISION(locked_over_eagain, "mmap.locked.over-eagain")
DECISION(locked_cap_unlimited, "mmap.locked.cap-unlimited")
DECISION(proc_vmflags_locked, "mmap.proc.vmflags-locked")
DECISION(off_unaligned_einval, "mmap.off.unaligned-einval")
DECISION(len_zero_einval, "mmap.len.zero-einval")
DECISION(hugetlb_len_wrap_einval, "mmap.hugetlb.len-wrap-einval")
DECISION(len_page_align_overflow_enomem, "mmap.len.page-align-overflow-enomem")
DECISION(len_over_task_size_enomem, "mmap.len.over-task-size-enomem")
DECISION(kind_dev_null_enodev, "mmap.kind.dev-null-enodev")
DECISION(kind_proc_base_enodev, "mmap.kind.proc-base-enodev")
DECISION(kind_proc_entry_eio, "mmap.kind.proc-entry-eio")
DECISION(kind_directory_enodev, "mmap.kind.directory-enodev")
DECISION(kind_pipe_read_enodev, "mmap.kind.pipe-read-enodev")
DECISION(kind_fifo_enodev, "mmap.kind.fifo-enodev")
DECISION(kind_unix_socket_enodev, "mmap.kind.unix-socket-enodev")
DECISION(kind_eventfd_enodev, "mmap.kind.eventfd-enodev")

TEST_HARNESS_MAIN
