// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program on a kernel that has few system calls: all but those of the list answer ENOSYS.
 *
 *	without_syscalls NAME,NAME,... PROGRAM [ARGUMENT...]
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name)                \
	{                         \
#name, SYS_##name \
	}

static const struct {
	const char *name;
	unsigned int number;
} calls[] = {
	CALL(read),	     CALL(write),	   CALL(close),
	CALL(rt_sigaction),  CALL(rt_sigprocmask), CALL(rt_sigreturn),
	CALL(pipe),	     CALL(pipe2),	   CALL(dup2),
	CALL(getpid),	     CALL(gettid),	   CALL(fork),
	CALL(clone),	     CALL(execve),	   CALL(exit),
	CALL(exit_group),    CALL(wait4),	   CALL(kill),
	CALL(tkill),	     CALL(setitimer),	   CALL(setpgid),
	CALL(prctl),	     CALL(arch_prctl),	   CALL(set_tid_address),
	CALL(uname),	     CALL(getuid),	   CALL(statfs),
	CALL(clock_gettime), CALL(rmdir),	   CALL(pause),
	CALL(munmap),	     CALL(mmap),	   CALL(brk),
	CALL(poll),	     CALL(ppoll),	   CALL(mprotect),
};

#define COUNT (sizeof(calls) / sizeof(calls[0]))

int main(int argc, char **argv)
{
	struct sock_filter filter[COUNT + 3] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	unsigned int allowed = 0;
	struct sock_fprog program = { .filter = filter };

	if (argc < 3) {
		fprintf(stderr, "usage: %s NAME,NAME,... PROGRAM [ARGUMENT...]\n", argv[0]);
		return 2;
	}
	for (char *name = strtok(argv[1], ","); name; name = strtok(NULL, ",")) {
		unsigned int i = 0;

		while (i < COUNT && strcmp(calls[i].name, name))
			i++;
		if (i == COUNT || allowed == COUNT) {
			fprintf(stderr, "%s: unknown call '%s'\n", argv[0], name);
			return 2;
		}
		filter[++allowed] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
								 calls[i].number, 0, 0);
	}
	for (unsigned int i = 1; i <= allowed; i++)
		filter[i].jt = (unsigned char)(allowed - i + 1);
	filter[allowed + 1] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	filter[allowed + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)(allowed + 3);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		return 2;
	}
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 2;
}
