// SPDX-License-Identifier: GPL-2.0
/* What 512 processes cost that say one byte through a pipe each and are waited for. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 512; i++) {
		int fds[2];
		char byte;
		pid_t pid;

		if (pipe(fds))
			return 1;
		pid = fork();
		if (pid < 0)
			return 1;
		if (!pid) {
			close(fds[0]);
			_exit(write(fds[1], "", 1) != 1);
		}
		close(fds[1]);
		if (read(fds[0], &byte, 1) != 1 || waitpid(pid, NULL, 0) != pid)
			return 1;
		close(fds[0]);
	}
	return 0;
}
