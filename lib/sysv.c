// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/shm.h>

#include "sysv.h"

bool sysv_make(struct sysv *segment, key_t key, size_t length)
{
	int error;

	segment->id = shmget(key, length, IPC_CREAT | IPC_EXCL | 0600);
	if (segment->id < 0)
		return false;
	segment->keeper = shmat(segment->id, NULL, 0);
	error = errno;
	shmctl(segment->id, IPC_RMID, NULL);
	errno = error;
	return segment->keeper != (void *)-1;
}

int sysv_attachments(int id)
{
	struct shmid_ds status;

	return shmctl(id, IPC_STAT, &status) ? -1 : (int)status.shm_nattch;
}
