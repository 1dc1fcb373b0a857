// SPDX-License-Identifier: GPL-2.0
/* The process that the checks ask about, and what they count. */
#include "unit.h"

static int failures;
static struct checks *first;

void add_checks(struct checks *checks)
{
	checks->next = first;
	first = checks;
}

void set_up(struct model *m, enum asker asker)
{
	const struct model_vma vmas[] = {
		{ BASE, BASE + 2 * PAGE, VM_READ },
		{ BASE + 3 * PAGE, BASE + 4 * PAGE, VM_SEALED },
		{ BASE + 600 * PAGE, BASE + 601 * PAGE, VM_GROWSDOWN },
		{ BASE + 1100 * PAGE, BASE + 1101 * PAGE, VM_READ },
	};

	memset(m, 0, sizeof(*m));
	model_traits_of(asker == ON_5_10 || asker == ON_5_10_NO_RIGHTS ? "5.10.0-46" : "linux-7.3",
			&m->traits);
	m->page_size = PAGE;
	m->window_end = TOP;
	m->task_size = asker == FIVE_LEVELS ? (1ul << 56) - PAGE : TOP;
	m->min_addr = PAGE;
	m->hint_min_addr = 0x10000;
	m->huge_sizes = 1ul << 21 | 1ul << 30;
	m->huge_default = 21;
	m->thp = asker != NO_THP;
	m->limit_as = 1ul << 36;
	m->limit_data = m->hard_limit_data = m->limit_commit = m->max_map_count = UINT64_MAX;
	m->cap_ipc_lock = m->cap_sys_rawio = asker != NO_RIGHTS && asker != LITTLE_LOCK &&
					     asker != ON_5_10_NO_RIGHTS;
	m->limit_memlock = asker == LITTLE_LOCK ? 2 * PAGE : 0;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(m, &vmas[i]);
	if (asker == LOW_TAKEN)
		model_add(m, &(struct model_vma){ 0x40000000, 0x80000000 });
}

void check(bool holds, const char *what)
{
	if (holds)
		return;
	printf("not so: %s\n", what);
	failures++;
}

void check_answer(const char *prefix, size_t call, const struct model_answer *answer, int error,
		  const char *clause)
{
	size_t length = strlen(prefix);
	const char *seen = answer->clause + (strncmp(answer->clause, prefix, length) ? 0 : length);

	if (answer->error != error || strcmp(seen, clause)) {
		printf("%scall %zu: %d by %s, not %d by %s\n", prefix, call, answer->error, seen,
		       error, clause);
		failures++;
	}
	check(!answer->error || answer->deserved[answer->error],
	      "an error is one that the call deserves");
}

int main(void)
{
	for (struct checks *checks = first; checks; checks = checks->next)
		checks->run();
	return failures ? 1 : 0;
}
