// SPDX-License-Identifier: GPL-2.0
/*
 * Between the cases and the kernel: the lie that is asked for, and what several calls have in
 * common.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/maps.h"
#include "lies.h"

const struct lie *lie;

static bool listed;

void lies_add(const struct lie *lies, size_t count)
{
	const char *name = getenv("MMAPCONF_LIE");

	for (size_t i = 0; name && i < count; i++) {
		if (!strcmp(name, lies[i].name))
			lie = &lies[i];
		if (strcmp(name, "help"))
			continue;
		printf("%s\t%s\n", lies[i].name, lies[i].what ? lies[i].what : "");
		listed = true;
	}
}

static void __attribute__((constructor(2000))) choose(void)
{
	const char *name = getenv("MMAPCONF_LIE");

	/* No exit(): main() has not begun. */
	if (listed) {
		fflush(stdout);
		_exit(0);
	}
	if (name && *name && !lie) {
		fprintf(stderr, "MMAPCONF_LIE: there is no lie '%s'; help lists them\n", name);
		_exit(3);
	}
}

/* ---- the calls ---- */

static long real_syscall(const struct call *c)
{
	return sys(c->number, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4], c->a[5]);
}

long really(const struct call *c)
{
	return c->really(c);
}

long tell(struct call *c)
{
	return lie && lie->call == c->number ? lie->tell(c) : really(c);
}

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	struct call c = { .number = number, .really = real_syscall };
	long about = number;
	va_list args;

	va_start(args, number);
	for (size_t i = 0; i < sizeof(c.a) / sizeof(c.a[0]); i++)
		c.a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_mlock2)
		about = CALL_mlock;
	if (number == SYS_pkey_mprotect)
		about = CALL_mprotect;
	if (!lie || lie->call != about)
		return really(&c);
	return lie->tell(&c);
}

/* ---- what several calls have in common ---- */

long fails(int error)
{
	errno = error;
	return -1;
}

char *start_of(const struct call *c)
{
	return (char *)(c->a[ADDR] & -(long)page_size());
}

size_t length_of(const struct call *c)
{
	return ((size_t)c->a[LENGTH] + page_size() - 1) & -page_size();
}

bool is_mapped(const void *page)
{
	unsigned char resident;

	return !sys(SYS_mincore, page, page_size(), &resident);
}

size_t first_mapping(const void *start, size_t length)
{
	struct vma vma;

	if (maps_find((uintptr_t)start, &vma) < 1 || vma.start > (uintptr_t)start)
		return length;
	return vma.end - (uintptr_t)start < length ? vma.end - (uintptr_t)start : length;
}

long swaps_error(struct call *c)
{
	long result = really(c);

	if (result == -1 && errno == lie->from)
		errno = lie->to;
	return result;
}

long grants_error(struct call *c)
{
	long result = really(c);

	return result == -1 && errno == lie->from ? 0 : result;
}

static bool is_concerned(const struct call *c)
{
	return !lie->bits || (unsigned long)c->a[lie->argument] & lie->bits;
}

long refuses(struct call *c)
{
	return is_concerned(c) ? fails(lie->to) : really(c);
}

long does_nothing(struct call *c)
{
	return is_concerned(c) ? 0 : really(c);
}

long fails_after_all(struct call *c)
{
	long result = really(c);

	return result != -1 && is_concerned(c) ? fails(lie->to) : result;
}

long clears(struct call *c)
{
	c->a[lie->argument] &= ~lie->bits;
	return really(c);
}

long adds(struct call *c)
{
	if (is_concerned(c))
		c->a[lie->argument] |= (long)lie->value;
	return really(c);
}

long sets(struct call *c)
{
	c->a[lie->argument] = (long)lie->value;
	return really(c);
}

long rounds_start_down(struct call *c)
{
	c->a[ADDR] = (long)start_of(c);
	return really(c);
}

long one_page_more(struct call *c)
{
	if (c->a[LENGTH] > 0)
		c->a[LENGTH] += (long)page_size();
	return really(c);
}

long one_page_below(struct call *c)
{
	if (c->a[LENGTH] > 0) {
		c->a[ADDR] -= (long)page_size();
		c->a[LENGTH] += (long)page_size();
	}
	return really(c);
}

long first_page_only(struct call *c)
{
	if ((size_t)c->a[LENGTH] > page_size())
		c->a[LENGTH] = (long)page_size();
	return really(c);
}

long whole_pages_only(struct call *c)
{
	if ((size_t)c->a[LENGTH] > page_size())
		c->a[LENGTH] &= -(long)page_size();
	else if ((size_t)c->a[LENGTH] < page_size())
		return fails(EINVAL);
	return really(c);
}

long takes_zero_for_a_page(struct call *c)
{
	if (!c->a[LENGTH])
		c->a[LENGTH] = (long)page_size();
	return really(c);
}

long refuses_zero(struct call *c)
{
	return c->a[LENGTH] ? really(c) : fails(lie->to);
}

long first_mapping_only(struct call *c)
{
	c->a[LENGTH] = (long)first_mapping(start_of(c), length_of(c));
	return really(c);
}
