// SPDX-License-Identifier: GPL-2.0
/* What the C library gets wrong of the calls that it wraps. */
#include <errno.h>
#include <stdarg.h>

#include "lies.h"

void *__real_mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
	LARGE(__real_mmap);
void *__wrap_mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
	LARGE(__wrap_mmap);
int __real_munmap(void *addr, size_t length);
int __wrap_munmap(void *addr, size_t length);
void *__real_mremap(void *addr, size_t old_length, size_t new_length, int flags, ...);
void *__wrap_mremap(void *addr, size_t old_length, size_t new_length, int flags, ...);
int __real_msync(void *addr, size_t length, int flags);
int __wrap_msync(void *addr, size_t length, int flags);
int __real_remap_file_pages(void *addr, size_t size, int prot, size_t page_offset, int flags);
int __wrap_remap_file_pages(void *addr, size_t size, int prot, size_t page_offset, int flags);

static long real_mmap(const struct call *c)
{
	return (long)__real_mmap((void *)c->a[ADDR], (size_t)c->a[LENGTH], (int)c->a[PROT],
				 (int)c->a[FLAGS], (int)c->a[FD], c->offset);
}

void *__wrap_mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
	struct call c = { CALL_libc_mmap,
			  { (long)addr, (long)length, prot, flags, fd,
			    (long)(offset / OFFSET_UNIT) },
			  real_mmap,
			  offset };

	return (void *)tell(&c);
}

static long real_munmap(const struct call *c)
{
	return __real_munmap((void *)c->a[ADDR], (size_t)c->a[LENGTH]);
}

int __wrap_munmap(void *addr, size_t length)
{
	struct call c = { CALL_libc_munmap, { (long)addr, (long)length }, real_munmap };

	return (int)tell(&c);
}

static long real_mremap(const struct call *c)
{
	return (long)__real_mremap((void *)c->a[ADDR], (size_t)c->a[OLD_LENGTH],
				   (size_t)c->a[NEW_LENGTH], (int)c->a[MREMAP_FLAGS],
				   (void *)c->a[NEW_ADDR]);
}

void *__wrap_mremap(void *addr, size_t old_length, size_t new_length, int flags, ...)
{
	struct call c = { CALL_libc_mremap,
			  { (long)addr, (long)old_length, (long)new_length, flags },
			  real_mremap };
	va_list args;

	va_start(args, flags);
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		c.a[NEW_ADDR] = (long)va_arg(args, void *);
	va_end(args);
	return (void *)tell(&c);
}

static long real_msync(const struct call *c)
{
	return __real_msync((void *)c->a[ADDR], (size_t)c->a[LENGTH], (int)c->a[2]);
}

int __wrap_msync(void *addr, size_t length, int flags)
{
	struct call c = { CALL_libc_msync, { (long)addr, (long)length, flags }, real_msync };

	return (int)tell(&c);
}

static long real_remap_file_pages(const struct call *c)
{
	return __real_remap_file_pages((void *)c->a[0], (size_t)c->a[1], (int)c->a[2],
				       (size_t)c->a[3], (int)c->a[4]);
}

int __wrap_remap_file_pages(void *addr, size_t size, int prot, size_t page_offset, int flags)
{
	struct call c = { CALL_libc_remap_file_pages,
			  { (long)addr, (long)size, prot, (long)page_offset, flags },
			  real_remap_file_pages };

	return (int)tell(&c);
}

/* ---- */

static long returns_the_error(struct call *c)
{
	long result = really(c);

	return result == -1 ? -errno : result;
}

static long clears_errno(struct call *c)
{
	long result = really(c);

	if (result != -1)
		errno = 0;
	return result;
}

static long leaves_errno(struct call *c)
{
	int before = errno;
	long result = really(c);

	errno = before;
	return result;
}

static long is_the_call(struct call *c)
{
	return sys(lie->argument, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4], c->a[5]);
}

static long returns_null(struct call *c)
{
	long result = really(c);

	return result == -1 ? 0 : result;
}

LIES({ "libc_mmap.returns_null", NULL, CALL_libc_mmap, returns_null },
     { "libc_mmap.leaves_errno", NULL, CALL_libc_mmap, leaves_errno },
     { "libc_mmap.is_the_call", "the library adds and refuses nothing", CALL_libc_mmap, is_the_call,
       CALL_mmap },
     { "libc_munmap.returns_the_error", NULL, CALL_libc_munmap, returns_the_error },
     { "libc_munmap.clears_errno", NULL, CALL_libc_munmap, clears_errno },
     { "libc_mremap.leaves_errno", NULL, CALL_libc_mremap, leaves_errno },
     { "libc_mremap.new_address_is_dropped", NULL, CALL_libc_mremap, sets, NEW_ADDR, .value = 0 },
     { "libc_mremap.is_the_call", NULL, CALL_libc_mremap, is_the_call, SYS_mremap },
     { "libc_msync.is_the_call", "it is no cancellation point", CALL_libc_msync, is_the_call,
       SYS_msync },
     { "libc_remap_file_pages.flags_are_dropped", NULL, CALL_libc_remap_file_pages, sets, 4,
       .value = 0 },
     { "libc_remap_file_pages.protection_is_dropped", NULL, CALL_libc_remap_file_pages, sets, 2,
       .value = 0 });
