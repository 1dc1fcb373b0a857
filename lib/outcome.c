// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outcome.h"

#define NAME(number)            \
	{                       \
		number, #number \
	}
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct name {
	int number;
	const char *name;
};

static const struct name errno_names[] = {
	NAME(EPERM),	    NAME(ENOENT),     NAME(ESRCH),     NAME(EINTR),	   NAME(EIO),
	NAME(ENXIO),	    NAME(E2BIG),      NAME(ENOEXEC),   NAME(EBADF),	   NAME(ECHILD),
	NAME(EAGAIN),	    NAME(ENOMEM),     NAME(EACCES),    NAME(EFAULT),	   NAME(ENOTBLK),
	NAME(EBUSY),	    NAME(EEXIST),     NAME(EXDEV),     NAME(ENODEV),	   NAME(ENOTDIR),
	NAME(EISDIR),	    NAME(EINVAL),     NAME(ENFILE),    NAME(EMFILE),	   NAME(ENOTTY),
	NAME(ETXTBSY),	    NAME(EFBIG),      NAME(ENOSPC),    NAME(ESPIPE),	   NAME(EROFS),
	NAME(EMLINK),	    NAME(EPIPE),      NAME(EDOM),      NAME(ERANGE),	   NAME(EDEADLK),
	NAME(ENAMETOOLONG), NAME(ENOSYS),     NAME(ENOTEMPTY), NAME(ELOOP),	   NAME(EOVERFLOW),
	NAME(EBADFD),	    NAME(EOPNOTSUPP), NAME(ENOTSOCK),  NAME(EAFNOSUPPORT), NAME(EALREADY),
	NAME(EINPROGRESS),  NAME(ESTALE),     NAME(EDQUOT),    NAME(ECANCELED),	   NAME(EHWPOISON),
	NAME(ENODATA),	    NAME(EPROTO),     NAME(ETIMEDOUT),
};

static const struct name signal_names[] = {
	NAME(SIGSEGV), NAME(SIGBUS),  NAME(SIGILL),  NAME(SIGKILL), NAME(SIGABRT), NAME(SIGFPE),
	NAME(SIGTRAP), NAME(SIGTERM), NAME(SIGALRM), NAME(SIGXFSZ), NAME(SIGPIPE), NAME(SIGSYS),
};

static const struct name segv_codes[] = { NAME(SEGV_MAPERR),
					  NAME(SEGV_ACCERR),
					  { 4, "SEGV_PKUERR" } };
static const struct name bus_codes[] = { NAME(BUS_ADRALN), NAME(BUS_ADRERR), NAME(BUS_OBJERR),
					 NAME(BUS_MCEERR_AR), NAME(BUS_MCEERR_AO) };
static const struct name general_codes[] = { NAME(SI_USER), NAME(SI_KERNEL), NAME(SI_TKILL) };

static const char *find(const struct name *names, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

const char *errno_name(int number)
{
	static char other[24];
	const char *name = find(errno_names, LENGTH(errno_names), number);

	if (name)
		return name;
	snprintf(other, sizeof(other), "errno %d", number);
	return other;
}

static const char *code_name(int signal, int code)
{
	static char other[24];
	const char *name = find(general_codes, LENGTH(general_codes), code);

	if (!name && signal == SIGSEGV)
		name = find(segv_codes, LENGTH(segv_codes), code);
	if (!name && signal == SIGBUS)
		name = find(bus_codes, LENGTH(bus_codes), code);
	if (name)
		return name;
	snprintf(other, sizeof(other), "code %d", code);
	return other;
}

static const char *signal_name(int signal)
{
	static char other[24];
	const char *name = find(signal_names, LENGTH(signal_names), signal);

	if (name)
		return name;
	snprintf(other, sizeof(other), "signal %d", signal);
	return other;
}

void fault_name(const struct fault *fault, char *name, size_t size)
{
	if (fault->signal)
		snprintf(name, size, "%s/%s", signal_name(fault->signal),
			 code_name(fault->signal, fault->code));
	else
		snprintf(name, size, "none");
}

static bool say(struct outcome *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool say(struct outcome *o, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(o->text, sizeof(o->text), fmt, args);
	va_end(args);
	return false;
}

/* "p = sys_mmap(NULL, …" is "mmap". */
static void call_name(const char *call, char name[32])
{
	const char *end = strchr(call, '('), *start;

	if (!end)
		end = call + strlen(call);
	start = end;
	while (start > call && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	if (!strncmp(start, "sys_", 4))
		start += 4;
	snprintf(name, 32, "%.*s", (int)(end - start), start);
}

static const char *result_name(intptr_t result, int error)
{
	return result == -1 ? errno_name(error) : "ok";
}

bool outcome_errno(struct outcome *o, const char *call, intptr_t result, int error, int wanted)
{
	char name[32], seen[24];

	if (result == -1 && error == wanted)
		return true;
	call_name(call, name);
	snprintf(seen, sizeof(seen), "%s", result_name(result, error));
	return say(o, "%s=%s want %s", name, seen, errno_name(wanted));
}

bool outcome_ok(struct outcome *o, const char *call, intptr_t result, int error)
{
	char name[32];

	if (result != -1)
		return true;
	call_name(call, name);
	return say(o, "%s=%s want ok", name, errno_name(error));
}

bool outcome_address(struct outcome *o, const char *call, intptr_t result, int error,
		     const void *wanted)
{
	char name[32];

	if (result == (intptr_t)wanted)
		return true;
	if (!outcome_ok(o, call, result, error))
		return false;
	call_name(call, name);
	return say(o, "%s=elsewhere want exact", name);
}

static const char *access_name(enum fault_access access)
{
	return access == FAULT_READ ? "read" : access == FAULT_WRITE ? "write" : "exec";
}

bool outcome_fault(struct outcome *o, enum fault_access access, const volatile void *p, int signal,
		   int code)
{
	struct fault fault = fault_probe(access, p);
	char seen[48];

	if (fault.signal == signal && fault.code == code && fault.address == p)
		return true;
	fault_name(&fault, seen, sizeof(seen));
	if (fault.signal == signal && fault.code == code)
		return say(o, "%s fault=%s si_addr=elsewhere want exact", access_name(access),
			   seen);
	return say(o, "%s fault=%s want %s", access_name(access), seen, code_name(signal, code));
}

bool outcome_no_fault(struct outcome *o, enum fault_access access, const volatile void *p)
{
	struct fault fault = fault_probe(access, p);
	char seen[48];

	if (!fault.signal)
		return true;
	fault_name(&fault, seen, sizeof(seen));
	return say(o, "%s fault=%s want none", access_name(access), seen);
}

static bool say_bytes(struct outcome *o, const struct byte_probe *probe)
{
	char seen[48];

	if (probe->equal)
		return true;
	if (probe->fault.signal)
		fault_name(&probe->fault, seen, sizeof(seen));
	else
		snprintf(seen, sizeof(seen), "0x%02x", probe->seen);
	return say(o, "bytes=%s want 0x%02x", seen, probe->wanted);
}

bool outcome_bytes(struct outcome *o, unsigned char wanted, const volatile void *p, size_t count)
{
	struct byte_probe probe = fault_probe_bytes(wanted, p, count);

	return say_bytes(o, &probe);
}

bool outcome_copy(struct outcome *o, const void *wanted, const volatile void *p, size_t count)
{
	struct byte_probe probe = fault_probe_copy(wanted, p, count);

	return say_bytes(o, &probe);
}

bool outcome_file_bytes(struct outcome *o, unsigned char wanted, int fd, size_t offset,
			size_t count)
{
	unsigned char bytes[4096];

	while (count) {
		size_t n = count < sizeof(bytes) ? count : sizeof(bytes);
		ssize_t got = pread(fd, bytes, n, (off_t)offset);

		if (got < 0)
			return say(o, "pread=%s want ok", errno_name(errno));
		if (!got)
			return say(o, "file bytes=end want 0x%02x", wanted);
		for (ssize_t i = 0; i < got; i++)
			if (bytes[i] != wanted)
				return say(o, "file bytes=0x%02x want 0x%02x", bytes[i], wanted);
		offset += (size_t)got;
		count -= (size_t)got;
	}
	return true;
}

bool outcome_layout(struct outcome *o, const char *wanted, const struct arena *arena)
{
	char picture[ARENA_PICTURE_MAX];

	if (arena_looks_like(arena, wanted, picture))
		return true;
	return say(o, "layout=%s want %s", picture, wanted);
}

bool outcome_vmas(struct outcome *o, int wanted, const struct arena *arena)
{
	int seen = arena_vmas(arena);

	if (seen == wanted)
		return true;
	return say(o, "vmas=%d want %d", seen, wanted);
}

bool outcome_child(struct outcome *o, struct child *child)
{
	int status = child_wait(child);

	if (status < 0)
		return say(o, "child=lost want exit 0");
	if (WIFSIGNALED(status))
		return say(o, "child=%s want exit 0", signal_name(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return say(o, "child=exit %d want exit 0", WEXITSTATUS(status));
	return true;
}

void outcome_setup(struct outcome *o, const char *call, int error)
{
	char name[32];

	call_name(call, name);
	if (!error)
		say(o, "set-up: a condition does not hold");
	else
		say(o, "set-up: %s=%s", strchr(call, '(') ? name : "errno", errno_name(error));
}
