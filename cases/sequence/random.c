// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of random calls on one small arena answer, one call after the other, as the model does,
 * whose state goes with them. The seeds are fixed. After every call the result is compared, what is
 * mapped in the arena, and what each page of it holds. A sequence that disagrees is shrunk: calls
 * are left out as long as it still does, in an arena of its own each time, and what remains is
 * printed. A call that the kernel lacks is left out from the start: its own cases say so.
 */
#include "kselftest_harness.h"
#include "cases/matrix/process.h"
#include "cases/matrix/verdict.h"
#include "lib/fault.h"
#include "lib/smaps.h"

#define ARENA_PAGES 48
#define SEQUENCES 150 /* of a test */
#define ENOUGH_WRONG 16 /* sequences: more change no outcome */
#define STEPS_LEAST 8
#define STEPS_MOST 30
#define LENGTH_MOST 8 /* pages */
#define MEMORIES_MAX (STEPS_MOST + 1)
#define RW (PROT_READ | PROT_WRITE)

enum call { MMAP, MUNMAP, MREMAP, MPROTECT, MSYNC, REMAP_FILE_PAGES, DONTNEED };

/* One call. Its arguments do not depend on what came before, so that others can be left out. */
struct step {
	enum call call;
	uint64_t word[5];
	bool file; /* mmap: of the memfd */
	bool left_out;
};

/* What a test mixes: which calls, and what they map. */
struct mix {
	enum call calls[8];
	unsigned int call_count;
	bool anonymous, shared, files;
};

static struct process process;
static struct mapped_object objects[OBJECTS];
static const struct area no_areas[] = { { 0 } };

static bool remap_absent;

/*
 * Of a sequence: the state as the model has it, and the objects that shared anonymous mappings
 * made.
 */
static struct model model;
static struct {
	uint64_t pages;
	bool filled;
} memories[MEMORIES_MAX];

/* ---- random steps ---- */

static uint64_t seed;

/* xorshift64 */
static uint64_t below(uint64_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 16) % limit;
}

#define ONE_OF(table) (table)[below(sizeof(table) / sizeof((table)[0]))]

static uint64_t any_address(void)
{
	return process_page(&process, (long)below(ARENA_PAGES - LENGTH_MOST));
}

static uint64_t any_length(void)
{
	return (1 + below(LENGTH_MOST)) * process.model.page_size;
}

static void random_mmap(struct step *s, const struct mix *mix)
{
	static const uint64_t prots[] = { RW, RW, RW, RW, PROT_READ, PROT_NONE };
	static const uint64_t places[] = { MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE, 0 };
	bool shared = mix->shared && below(2);

	s->file = mix->files && (!mix->anonymous || below(2));
	s->word[0] = any_address();
	s->word[1] = any_length();
	s->word[2] = ONE_OF(prots);
	s->word[3] = ONE_OF(places) | (shared ? MAP_SHARED : MAP_PRIVATE) |
		     (s->file ? 0 : MAP_ANONYMOUS) | (below(8) ? 0 : MAP_LOCKED);
	s->word[4] = s->file ? below(3) * process.model.page_size : 0;
}

static void random_step(struct step *s, const struct mix *mix)
{
	static const uint64_t moves[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED,
					  MREMAP_MAYMOVE | MREMAP_FIXED,
					  MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP };
	static const uint64_t prots[] = { RW, PROT_READ, PROT_NONE };

	memset(s, 0, sizeof(*s));
	s->call = mix->calls[below(mix->call_count)];
	s->left_out = s->call == REMAP_FILE_PAGES && remap_absent;
	if (s->call == MMAP) {
		random_mmap(s, mix);
		return;
	}
	s->word[0] = any_address();
	s->word[1] = any_length();
	switch (s->call) {
	case MREMAP:
		s->word[2] = below(2) ? s->word[1] : any_length();
		s->word[3] = ONE_OF(moves);
		s->word[4] = s->word[3] & MREMAP_FIXED ? any_address() : 0;
		break;
	case MPROTECT:
		s->word[2] = ONE_OF(prots);
		break;
	case MSYNC:
		s->word[2] = below(8);
		break;
	case REMAP_FILE_PAGES:
		s->word[3] = below(6);
		break;
	case DONTNEED:
		s->word[2] = MADV_DONTNEED;
		break;
	default:
		break;
	}
}

/* ---- one step ---- */

static const struct mapped_object *memfd(void)
{
	return object_named(objects, "memfd");
}

static void describe(char *text, size_t size, const struct step *s)
{
	static const char *const names[] = { "mmap",  "munmap",		  "mremap", "mprotect",
					     "msync", "remap_file_pages", "madvise" };
	static const unsigned int words[] = { 4, 2, 5, 3, 3, 5, 3 };
	size_t used = (size_t)snprintf(text, size, "sys_%s(", names[s->call]);

	for (unsigned int i = 0; i < words[s->call]; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%#lx", i ? ", " : "",
					 (unsigned long)s->word[i]);
	if (s->call == MMAP)
		used += (size_t)snprintf(text + used, size - used, ", %s, %#lx",
					 s->file ? "memfd" : "-1", (unsigned long)s->word[4]);
	snprintf(text + used, size - used, ");");
}

/* The call itself: its result, or an error. */
static uint64_t make(const struct step *s, int *error)
{
	static const long numbers[] = { SYS_mmap,  SYS_munmap,		 SYS_mremap, SYS_mprotect,
					SYS_msync, SYS_remap_file_pages, SYS_madvise };
	const uint64_t *w = s->word;
	uint64_t result;

	if (s->call == MMAP)
		result = (uintptr_t)sys_mmap(process_pointer(w[0]), w[1], w[2], w[3],
					     s->file ? memfd()->fd : -1, w[4]);
	else
		result = (uint64_t)syscall(numbers[s->call], w[0], w[1], w[2], w[3], w[4]);
	*error = result == UINT64_MAX ? errno : 0;
	return *error ? 0 : result;
}

static void answer(const struct step *s, struct model_answer *a)
{
	const uint64_t *w = s->word;

	switch (s->call) {
	case MMAP:
		model_mmap(&model,
			   &(struct model_mmap_call){ w[0], w[1], w[2], w[3], w[4],
						      s->file ? &memfd()->model : NULL },
			   a);
		break;
	case MUNMAP:
		model_munmap(&model, &(struct model_munmap_call){ w[0], w[1] }, a);
		break;
	case MREMAP:
		model_mremap(&model, &(struct model_mremap_call){ w[0], w[1], w[2], w[3], w[4] },
			     a);
		break;
	case MPROTECT:
		model_mprotect(&model, &(struct model_mprotect_call){ w[0], w[1], w[2] }, a);
		break;
	case MSYNC:
		model_msync(&model, &(struct model_msync_call){ w[0], w[1], w[2] }, a);
		break;
	case REMAP_FILE_PAGES:
		model_remap_file_pages(
			&model,
			&(struct model_remap_file_pages_call){ w[0], w[1], w[2], w[3], w[4] }, a);
		break;
	case DONTNEED:
		model_dontneed(&model, &(struct model_madvise_call){ w[0], w[1] }, a);
		break;
	}
}

/* The state after the call. False: the model's list is full. */
static bool done(const struct step *s, const struct model_answer *a, uint64_t result)
{
	const uint64_t *w = s->word;

	switch (s->call) {
	case MMAP:
	case REMAP_FILE_PAGES:
		return model_mmap_done(&model, a,
				       s->call == MMAP && !a->error ? result : a->address);
	case MUNMAP:
		return model_munmap_done(&model, a);
	case MREMAP:
		return model_mremap_done(
			&model, &(struct model_mremap_call){ w[0], w[1], w[2], w[3], w[4] },
			result);
	case MPROTECT:
		return model_mprotect_done(&model, a);
	case DONTNEED:
		return model_dontneed_done(&model, a);
	default:
		return true;
	}
}

/*
 * What can be written gets contents as soon as it is mapped: private pages their own, under a tag;
 * shared anonymous memory its object, the letters of which go by the number of the object. A file
 * has its letters already.
 */
static bool fill(const struct step *s, const struct model_answer *a, uint64_t start,
		 unsigned int number)
{
	uint64_t page = model.page_size, pages = a->length / page, first = s->word[4] / page;
	bool writable = a->made.flags & VM_WRITE, shared = a->made.flags & VM_MAYSHARE;
	unsigned int tag = shared ? 16 * model.memories : 16 * (1 + number % 14) + 1;

	if (s->file && pages > OBJECT_FILE_PAGES - first)
		pages = OBJECT_FILE_PAGES - first;
	if (shared && !s->file) {
		memories[model.memories].pages = pages;
		memories[model.memories].filled = writable;
	}
	if (!writable || (shared && s->file))
		return true;
	for (uint64_t i = 0; i < pages; i++)
		*(unsigned char *)process_pointer(start + i * page) = (unsigned char)(tag + i);
	return shared || model_store(&model, start, start + pages * page, tag);
}

/*
 * Does the page at addr hold what the model says, or raise SIGBUS? Only what can be read is looked
 * at.
 */
static bool page_agrees(uint64_t addr)
{
	const struct model_vma *vma = model_find_overlap(&model, addr, addr + 1);
	uint64_t page = model.page_size, index;
	bool beyond = false;
	unsigned char wanted = 0;
	struct fault fault;

	if (!vma || !(vma->flags & VM_READ))
		return true;
	index = (vma->offset + (addr - vma->start)) / page;
	if (vma->memory) {
		beyond = index >= memories[vma->memory].pages;
		if (memories[vma->memory].filled)
			wanted = (unsigned char)(16 * vma->memory + index);
	} else if (vma->tag) {
		wanted = (unsigned char)(vma->tag + (vma->tag_offset + (addr - vma->start)) / page);
	} else if (vma->object) {
		beyond = index >= OBJECT_FILE_PAGES;
		wanted = (unsigned char)('A' + index);
	}
	fault = fault_probe(FAULT_READ, process_pointer(addr));
	if (beyond || fault.signal)
		return beyond && fault.signal == SIGBUS;
	return *(volatile unsigned char *)process_pointer(addr) == wanted;
}

static bool state_agrees(void)
{
	if (!process_agrees(&process, &model, process.base, process_page(&process, ARENA_PAGES)))
		return false;
	for (long i = 0; i < ARENA_PAGES; i++)
		if (!page_agrees(process_page(&process, i)))
			return false;
	return true;
}

/* What lies where the kernel chose is out of the arena, and goes. */
static bool take_away(const struct step *s, const struct model_answer *a, uint64_t result)
{
	uint64_t length = s->word[s->call == MREMAP ? 2 : 1];

	if (a->error || a->place != PLACE_FREE)
		return true;
	return !sys_munmap(process_pointer(result), length) &&
	       model_remove(&model, result, result + length);
}

static bool returns_address(const struct step *s)
{
	return s->call == MMAP || s->call == MREMAP;
}

/*
 * Makes the call, and goes on with the model. What differs is in *kind, and its text behind the
 * call's. False: trouble.
 */
static bool run_step(const struct step *s, unsigned int number, enum mismatch *kind, char *text,
		     size_t size)
{
	struct model_answer a;
	uint64_t result;
	int error;

	answer(s, &a);
	result = make(s, &error);
	*kind = MISMATCH_NONE;
	if (error != a.error)
		*kind = error && a.error && error < MODEL_ERRNO_MAX && a.deserved[error] ?
				MISMATCH_PRECEDENCE :
				MISMATCH_WRONG;
	else if (!error && (returns_address(s) ? !model_place_ok(&model, &a, result) : result))
		*kind = MISMATCH_WRONG;
	snprintf(text, size, "%s, Linux: %s by %s", error ? errno_name(error) : "ok",
		 a.error ? errno_name(a.error) : "ok", a.clause);
	if (*kind != MISMATCH_NONE)
		return true;
	if (!done(s, &a, result) || (s->call == MMAP && !error && !fill(s, &a, result, number)) ||
	    (returns_address(s) && !take_away(s, &a, result)))
		return false;
	if (!state_agrees()) {
		*kind = MISMATCH_SIDE_EFFECT;
		snprintf(text + strlen(text), size - strlen(text), ", and another state");
	}
	return true;
}

/* ---- a sequence ---- */

struct sequence {
	struct step steps[STEPS_MOST];
	unsigned int count;
	enum mismatch kind; /* of the step that disagrees, the last one then */
	char text[200]; /* what it gave */
};

/* Runs it from an empty arena, up to the first step that disagrees. False: trouble. */
static bool run_sequence(struct sequence *q)
{
	uint64_t before = 0, locked;

	model_copy(&model, &process.model);
	q->kind = MISMATCH_NONE;
	if (sys_munmap(process_pointer(process.base), ARENA_PAGES * model.page_size))
		return false;
	locked_bytes(&before);
	for (unsigned int i = 0; i < q->count; i++) {
		if (q->steps[i].left_out)
			continue;
		if (!run_step(&q->steps[i], i, &q->kind, q->text, sizeof(q->text)))
			return false;
		if (q->kind != MISMATCH_NONE) {
			q->count = i + 1;
			return true;
		}
	}
	if (locked_bytes(&locked) && locked - before != model.locked_vm) {
		q->kind = MISMATCH_SIDE_EFFECT;
		snprintf(q->text, sizeof(q->text), "in the end %lu bytes are locked, Linux: %lu",
			 (unsigned long)(locked - before), (unsigned long)model.locked_vm);
	}
	return true;
}

/*
 * Leaves out every call without which the sequence disagrees too, until there is none. False:
 * trouble.
 */
static bool shrink(struct sequence *q)
{
	bool shrunk = true;

	while (shrunk) {
		shrunk = false;
		for (unsigned int i = 0; i < q->count; i++) {
			static struct sequence shorter;

			if (q->steps[i].left_out)
				continue;
			shorter = *q;
			shorter.steps[i].left_out = true;
			if (!run_sequence(&shorter))
				return false;
			if (shorter.kind != q->kind)
				continue;
			*q = shorter;
			shrunk = true;
		}
	}
	return true;
}

static void print(struct __test_metadata *_metadata, const struct sequence *q)
{
	unsigned int last = q->count - 1;
	char line[200];

	while (last && q->steps[last].left_out)
		last--;
	for (unsigned int i = 0; i <= last; i++) {
		if (q->steps[i].left_out)
			continue;
		describe(line, sizeof(line), &q->steps[i]);
		if (i == last)
			TH_LOG("%s /* %s */", line, q->text);
		else
			TH_LOG("%s", line);
	}
}

static void run_mix(struct __test_metadata *_metadata, const struct mix *mix, uint64_t first_seed)
{
	static struct sequence q;
	struct verdict v = { 0 };

	NEED_OWN_PROCESS("it sets limits");
	NEED(process_begin(&process), "a machine and a release that the model knows");
	objects_begin(objects);
	object_open_named(objects, "memfd");
	NEED(process_init(&process, no_areas, objects) && memfd()->there,
	     "a machine and a release that the model knows");
	remap_absent = sys_remap_file_pages(NULL, 0, 0, 0, 0) && errno == ENOSYS;
	for (uint64_t i = 0; i < SEQUENCES && v.mismatches[MISMATCH_WRONG] < ENOUGH_WRONG; i++) {
		seed = (first_seed + i) * 0x9e3779b97f4a7c15u | 1;
		memset(&q, 0, sizeof(q));
		q.count = (unsigned int)(STEPS_LEAST + below(STEPS_MOST - STEPS_LEAST + 1));
		for (unsigned int n = 0; n < q.count; n++)
			random_step(&q.steps[n], mix);
		SETUP(run_sequence(&q));
		v.calls += q.count;
		v.checked += q.count;
		if (q.kind == MISMATCH_NONE)
			continue;
		if (!v.mismatches[q.kind]) {
			SETUP(shrink(&q));
			print(_metadata, &q);
		}
		snprintf(q.text, sizeof(q.text), "the sequence of seed %llu",
			 (unsigned long long)(first_seed + i));
		verdict_add(&v, q.kind, q.count, q.text);
	}
	EXPECT_AGREEMENT(&v);
}

TEST(private_memory)
{
	static const struct mix mix = { { MMAP, MMAP, MUNMAP, MREMAP, MREMAP, MPROTECT, DONTNEED },
					7,
					.anonymous = true };

	run_mix(_metadata, &mix, 1);
}

TEST(shared_memory)
{
	static const struct mix mix = { { MMAP, MMAP, MUNMAP, MREMAP, MPROTECT, MSYNC,
					  REMAP_FILE_PAGES, REMAP_FILE_PAGES },
					8,
					.anonymous = true,
					.shared = true };

	run_mix(_metadata, &mix, 1001);
}

TEST(files)
{
	static const struct mix mix = { { MMAP, MMAP, MUNMAP, MREMAP, MPROTECT, MSYNC,
					  REMAP_FILE_PAGES, DONTNEED },
					8,
					.shared = true,
					.files = true };

	run_mix(_metadata, &mix, 2001);
}

TEST(everything)
{
	static const struct mix mix = { { MMAP, MMAP, MUNMAP, MREMAP, MPROTECT, MSYNC,
					  REMAP_FILE_PAGES, DONTNEED },
					8,
					.anonymous = true,
					.shared = true,
					.files = true };

	run_mix(_metadata, &mix, 3001);
}

TEST_HARNESS_MAIN
