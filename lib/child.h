/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that a test forks, and gates that put two of them in order. A case uses CHILD() and
 * EXPECT_CHILD_OK() of expect.h.
 */
#ifndef LIB_CHILD_H
#define LIB_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid; /* 0: this is the child; -1: fork failed, errno says why */
};

struct child child_fork(void);

/* In the child: ends it. */
void child_exit(bool failed) __attribute__((noreturn));

/* In the parent: waits for it; its status as of waitpid(), or -1. */
int child_wait(struct child *child);

/* A gate is closed until somebody opens it, once. */
struct gate {
	int fds[2];
};

bool gate_init(struct gate *gate);

/* Waits until the gate is open; false: whoever could have opened it is gone. */
bool gate_wait(struct gate *gate);

void gate_open(struct gate *gate);

#endif
