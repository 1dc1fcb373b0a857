// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

struct child child_fork(void)
{
	return (struct child){ .pid = fork() };
}

void child_exit(bool failed)
{
	_exit(failed ? 1 : 0);
}

int child_wait(struct child *child)
{
	int status;
	pid_t reaped;

	do
		reaped = waitpid(child->pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	return reaped == child->pid ? status : -1;
}

bool gate_init(struct gate *gate)
{
	return !pipe(gate->fds);
}

bool gate_wait(struct gate *gate)
{
	char byte;
	ssize_t n;

	/* Only then does the end of the one who opens it read as end of file. */
	close(gate->fds[1]);
	do
		n = read(gate->fds[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

void gate_open(struct gate *gate)
{
	while (write(gate->fds[1], "", 1) < 0 && errno == EINTR)
		;
}
