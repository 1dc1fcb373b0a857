/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The specification of the family as a program: what Linux answers to a call, from the state of a
 * process and the call's arguments alone. One file a system call; its checks stand in the kernel's
 * order, and each names its clause in spec/.
 *
 * All checks are made, also behind the first that refuses: the first one is the answer, the others
 * are the further errors that the arguments deserve. A kernel that gives one of those has another
 * precedence than Linux.
 *
 * What is modelled: a process of a 64-bit machine with the address space of x86-64. No system call,
 * no libc beyond string.h.
 */
#ifndef LIB_MODEL_MODEL_H
#define LIB_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a VMA. The names are the kernel's, the numbers are not. */
#define VM_READ 0x0001u
#define VM_WRITE 0x0002u
#define VM_EXEC 0x0004u
#define VM_SHARED 0x0008u
#define VM_MAYREAD 0x0010u
#define VM_MAYWRITE 0x0020u
#define VM_MAYEXEC 0x0040u
#define VM_MAYSHARE 0x0080u
#define VM_GROWSDOWN 0x0100u
#define VM_LOCKED 0x0200u
#define VM_NORESERVE 0x0400u
#define VM_SYNC 0x0800u
#define VM_HUGETLB 0x1000u
#define VM_DROPPABLE 0x2000u
#define VM_SEALED 0x4000u
#define VM_DONTEXPAND 0x10000u
#define VM_PFNMAP 0x20000u
#define VM_LOCKONFAULT 0x40000u
/* Ours: has the protection key that lets nothing but execute. */
#define VM_PKEY_EXEC 0x80000u
/* What mprotect() gives and takes. */
#define VM_ACCESS_FLAGS (VM_READ | VM_WRITE | VM_EXEC)
/*
 * Ours: a shared object of the length of the mapping, made for it, whatever the offset (a shared
 * /dev/zero).
 */
#define VM_FRESH 0x8000u

/* What a release does otherwise than the newest one. */
struct model_traits {
	int major, minor; /* the release that these are of */
	bool droppable; /* mmap.droppable.ok */
	bool above4g; /* mmap.above4g.result, mmap.validate.above4g-ok */
	bool mseal; /* mmap.fixed.sealed-eperm */
	bool pseudo_noexec; /* mmap.kind.pipe-exec-eperm */
	bool huge_hint_up; /* mmap.hugetlb.hint-rounded-up */
	bool zero_readonly_object; /* mmap.kind.zero-shared-readonly-object */
	bool zero_thp; /* mmap.hint.thp-room, for /dev/zero */
	bool seal_before_unmap; /* mmap.seal.fixed-keeps-old */
	bool mmap_gathers_first; /* mmap.fixed.overcommit-keeps-old, mmap.fixed.overcommit-net */
	bool mremap_params_first; /* mremap.args.newlen-over-tasksize, mremap.multi.adjacent-vmas */
	bool mremap_looks_first; /* mremap.efault.unmapped-old */
	bool mremap_charges_first; /* mremap.limit.commit-guess, before it looks for a place */
	bool mremap_charges_shrink; /* mremap.limit.commit-shrink-old */
	bool hugetlb_moves; /* mremap.hugetlb.move */
	bool map_count_first; /* mremap.limit.map-count-all */
	bool dontunmap_any; /* mremap.dontunmap.shared-file */
	bool dontunmap_unlocks_all; /* not mremap.dontunmap.lock-partial-split */
	bool dontunmap_counts_twice; /* not mremap.dontunmap.lock-vmlck-unchanged */
	/* a seal counts where the call comes to it: mseal.block.mprotect-partial */
	bool seal_by_vma;
	bool huge_dontneed; /* madvise.dontneed.hugetlb-alignment */
};

/* The newest release that the traits know. */
#define MODEL_NEWEST_MAJOR 7
#define MODEL_NEWEST_MINOR 3

/*
 * The traits of a release, "6.12" or "linux-6.12" and anything behind it. False: it is older than
 * 5.10, or no release. What is newer than the newest known one has the traits of that, and its
 * number tells.
 */
bool model_traits_of(const char *release, struct model_traits *traits);

/* How far an object's offsets reach (mm/mmap.c:file_mmap_size_max). */
enum model_reach {
	REACH_LFS, /* a regular file, a block device, a socket */
	REACH_ULONG, /* any other object */
};

/* What an object's own mmap hook does. */
enum model_hook {
	HOOK_NONE, /* there is none: it can't be mapped */
	HOOK_MAPS,
	HOOK_REFUSES, /* with hook_error, whatever is asked */
	HOOK_NO_DAX, /* refuses MAP_SYNC: a file system that knows it, not on DAX */
	HOOK_HUGETLB,
};

/* What a descriptor leads to. */
struct model_object {
	bool open; /* false: EBADF */
	bool path_only; /* O_PATH */
	bool readable, writable; /* by the mode it was opened with */
	bool append_only; /* the inode, not O_APPEND */
	bool noexec; /* on a file system without execution */
	bool pseudo; /* noexec by being a pipe, a socket or an anonymous inode */
	enum model_reach reach;
	enum model_hook hook;
	int hook_error;
	const char *hook_clause; /* of HOOK_NONE and HOOK_REFUSES */
	bool zero; /* /dev/zero */
	bool no_fsync; /* it has no sync operation */
	bool thp; /* its file system places mappings for huge pages */
	unsigned int seals; /* F_SEAL_… */
	unsigned int huge_shift; /* of a hugetlb file: log2 of its pages */
};

/*
 * A mapping. What it holds: tag 0, what the object holds, and zeros where there is none. Another
 * tag, what was stored there under this tag, beginning with byte tag_offset of it: into private
 * pages, or into the object that belongs to a shared anonymous mapping.
 */
struct model_vma {
	uint64_t start, end; /* bytes; end is the first above */
	unsigned int flags; /* VM_… */
	const struct model_object *object; /* NULL: anonymous */
	uint64_t offset; /* bytes into the object */
	/* of an object that was made for a shared mapping: its number; else 0 */
	unsigned int memory;
	unsigned int tag;
	uint64_t tag_offset;
};

#define MODEL_VMAS_MAX 128

/* A process: what its next call may depend on. */
struct model {
	struct model_traits traits;
	uint64_t page_size;
	uint64_t task_size; /* the first address above all that can be mapped */
	uint64_t window_end; /* the same without a hint above it: 4-level tables' task_size */
	uint64_t min_addr; /* vm.mmap_min_addr: below it, CAP_SYS_RAWIO is needed */
	/* what a lower hint is raised to: also at least what the LSM wants */
	uint64_t hint_min_addr;
	uint64_t huge_sizes; /* bit N: there are huge pages of 1 << N bytes */
	unsigned int huge_default; /* log2 of the default size */
	bool thp; /* the kernel has transparent huge pages */
	bool cap_ipc_lock, cap_sys_rawio;
	bool pkeys; /* the processor has protection keys */
	uint64_t limit_as, limit_memlock, limit_data; /* bytes; UINT64_MAX: none */
	uint64_t hard_limit_data; /* the same, where limit_data is 0 */
	uint64_t total_vm, locked_vm, data_vm; /* bytes */
	uint64_t limit_commit; /* bytes; what one call may ask for, by overcommit */
	uint64_t max_map_count; /* vm.max_map_count */
	bool lock_future; /* mlockall(MCL_FUTURE): what is mapped is locked */
	unsigned int memories; /* how many objects were made for shared mappings */
	uint64_t unlisted_vmas; /* how many more VMAs there are than the list has */
	/* the clause of a decision that is left out: a fault of the model, for tests */
	const char *planted;
	size_t vma_count;
	struct model_vma vmas[MODEL_VMAS_MAX]; /* by address */
};

#define MODEL_ERRNO_MAX 160

/* Where a call that succeeds leaves its result. */
enum model_place {
	PLACE_EXACT, /* at address */
	PLACE_FREE, /* where the kernel likes: anywhere free in [low, high) */
};

/* Where a call is emulated by another, what that other's decisions are called. */
struct model_renaming {
	const char *theirs, *ours; /* clauses */
};

struct model_answer {
	int error; /* 0: it succeeds */
	const char *clause; /* what decided */
	bool deserved[MODEL_ERRNO_MAX]; /* the error, and every other that the arguments deserve */
	bool unmaps; /* although refused, what was in [address, address + length) is gone */
	/*
	 * Of munmap(), mprotect() and madvise(), address and length are the range that was changed,
	 * even though refused in the end.
	 */
	enum model_place place;
	uint64_t address, low, high, align;
	bool may_lack_room; /* by chance there may be none in [low, high): then ENOMEM */
	uint64_t length; /* rounded */
	struct model_vma made; /* but for its place */
	uint64_t synced_end; /* msync: what is shared in [addr, synced_end) has been written */
	const struct model_renaming *renamings; /* up to one without names; NULL: none */
};

struct model_mmap_call {
	uint64_t addr, length, prot, flags, offset;
	const struct model_object *object; /* of the descriptor */
};

struct model_msync_call {
	uint64_t addr, length, flags;
};

struct model_remap_file_pages_call {
	uint64_t start, size, prot, pgoff, flags;
};

struct model_munmap_call {
	uint64_t addr, length;
};

struct model_mprotect_call {
	uint64_t addr, length, prot;
};

struct model_madvise_call {
	uint64_t addr, length;
};

/*
 * state.c: the list of mappings. Those that change it say false where the list is full; then it may
 * be changed in part. Ranges begin and end with pages; what is not mapped in a range is left out.
 */

/* Does what has these flags count towards RLIMIT_DATA (mm/mmap.c:is_data_mapping)? */
bool model_is_data(unsigned int flags);

/*
 * Is so much more of what has these flags beyond it (mm/vma.c:may_expand_vm)? A limit of 0 is that
 * of the hard limit.
 */
bool model_over_data(const struct model *m, unsigned int flags, uint64_t more);

/* Copies a state, but for what is not used of its list. */
void model_copy(struct model *to, const struct model *from);

/* Adds a VMA where nothing is. */
bool model_add(struct model *m, const struct model_vma *vma);

/* Takes [start, end) out, and splits what it cuts through. */
bool model_remove(struct model *m, uint64_t start, uint64_t end);

/* Takes flags away from what is in [start, end), then adds others; the accounts follow. */
bool model_change(struct model *m, uint64_t start, uint64_t end, unsigned int take,
		  unsigned int give);

/*
 * Moves what is in [start, end), with all that it holds, so that start comes to be at to; the new
 * range is free, and overlaps nothing.
 */
bool model_move(struct model *m, uint64_t start, uint64_t end, uint64_t to);

/* The process stores bytes under this tag all over [start, end), and byte 0 of them at start. */
bool model_store(struct model *m, uint64_t start, uint64_t end, unsigned int tag);

/* Private pages lose what was stored in them. */
bool model_discard(struct model *m, uint64_t start, uint64_t end);

/* The lowest VMA that ends above addr, or NULL. */
const struct model_vma *model_find(const struct model *m, uint64_t addr);

/* The lowest VMA that overlaps [start, end), or NULL. */
const struct model_vma *model_find_overlap(const struct model *m, uint64_t start, uint64_t end);

/* The lowest part of a VMA that is in [start, end), but for what it holds; false: there is none. */
bool model_part(const struct model *m, uint64_t start, uint64_t end, struct model_vma *part);

/* The bytes of [start, end) that are mapped. */
uint64_t model_mapped(const struct model *m, uint64_t start, uint64_t end);

/* Does a VMA in [start, end) have this flag? */
bool model_any(const struct model *m, uint64_t start, uint64_t end, unsigned int flag);

/*
 * The lowest VMA of the kernel's that ends above addr; false: there is none. Neighbours that differ
 * in nothing but what they hold are one: so they are mapped, or come to be, but where anonymous
 * memory was moved. What it holds is that of its start.
 */
bool model_whole(const struct model *m, uint64_t addr, struct model_vma *whole);

/* Is addr inside of such a VMA, and not at its start? */
bool model_cuts(const struct model *m, uint64_t addr);

/* The VMAs of the process, as the kernel counts them. */
uint64_t model_map_count(const struct model *m);

/* What becomes of a load from, or of a store to, an address. */
enum model_access { ACCESS_OK, ACCESS_MAPERR, ACCESS_ACCERR, ACCESS_PKUERR };
enum model_access model_access(const struct model *m, uint64_t addr, bool store);

/* What each call answers; none changes the state. */

void model_mmap(const struct model *m, const struct model_mmap_call *call, struct model_answer *a);

/* The same behind checks of a call that is emulated by mmap(): what has refused already, stays. */
void model_do_mmap(const struct model *m, const struct model_mmap_call *call,
		   struct model_answer *a);

void model_msync(const struct model *m, const struct model_msync_call *call,
		 struct model_answer *a);

/* Its result is 0; what is mapped then is at address. */
void model_remap_file_pages(const struct model *m, const struct model_remap_file_pages_call *call,
			    struct model_answer *a);

/* The state after that answer: a result of PLACE_FREE is at address. False: the list is full. */
bool model_mmap_done(struct model *m, const struct model_answer *a, uint64_t address);

struct model_mremap_call {
	uint64_t addr, old_len, new_len, flags, new_addr;
};

void model_mremap(const struct model *m, const struct model_mremap_call *call,
		  struct model_answer *a);

/*
 * The state after that call, also where it was refused; a result of PLACE_FREE is at result. False:
 * the list is full.
 */
bool model_mremap_done(struct model *m, const struct model_mremap_call *call, uint64_t result);

/* May a result that the kernel placed be at address? */
bool model_place_ok(const struct model *m, const struct model_answer *a, uint64_t address);

void model_munmap(const struct model *m, const struct model_munmap_call *call,
		  struct model_answer *a);
bool model_munmap_done(struct model *m, const struct model_answer *a);

void model_mprotect(const struct model *m, const struct model_mprotect_call *call,
		    struct model_answer *a);
bool model_mprotect_done(struct model *m, const struct model_answer *a);

/* madvise(MADV_DONTNEED). */
void model_dontneed(const struct model *m, const struct model_madvise_call *call,
		    struct model_answer *a);
bool model_dontneed_done(struct model *m, const struct model_answer *a);

#endif
