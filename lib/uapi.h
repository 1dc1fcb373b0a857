/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of Linux's interface that a C library's headers may lack: those of older releases, and of
 * musl. No kernel headers are needed to build. Source: include/uapi of Linux 7.2; a name here is
 * the kernel's.
 */
#ifndef LIB_UAPI_H
#define LIB_UAPI_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 0x03
#endif
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#ifndef MAP_TYPE
#define MAP_TYPE 0x0f
#endif
#ifndef MAP_SYNC
#define MAP_SYNC 0x080000
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif
#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB (21 << MAP_HUGE_SHIFT)
#endif
#ifndef MAP_UNINITIALIZED
#define MAP_UNINITIALIZED 0x4000000
#endif
#if defined(__x86_64__) || defined(__i386__)
#ifndef MAP_32BIT
#define MAP_32BIT 0x40
#endif
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0x80
#endif
#endif

#ifndef MREMAP_MAYMOVE
#define MREMAP_MAYMOVE 1
#endif
#ifndef MREMAP_FIXED
#define MREMAP_FIXED 2
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#ifndef PROT_SEM
#define PROT_SEM 0x8
#endif

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1U
#endif
#ifndef MFD_ALLOW_SEALING
#define MFD_ALLOW_SEALING 2U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

#ifndef MFD_HUGETLB
#define MFD_HUGETLB 4U
#endif

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#define F_SEAL_SEAL 0x0001
#define F_SEAL_SHRINK 0x0002
#define F_SEAL_GROW 0x0004
#define F_SEAL_WRITE 0x0008
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

#ifndef FALLOC_FL_ZERO_RANGE
#define FALLOC_FL_ZERO_RANGE 0x10
#endif

#ifndef SEGV_PKUERR
#define SEGV_PKUERR 4
#endif

#ifndef PKEY_DISABLE_WRITE
#define PKEY_DISABLE_WRITE 2
#endif

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

#ifndef PR_SET_TAGGED_ADDR_CTRL
#define PR_SET_TAGGED_ADDR_CTRL 55
#endif
#ifndef PR_TAGGED_ADDR_ENABLE
#define PR_TAGGED_ADDR_ENABLE 1
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

#ifndef MADV_KEEPONFORK
#define MADV_KEEPONFORK 19
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* The same number on every architecture since 5.x, alpha left aside. */
#ifndef SYS_mseal
#define SYS_mseal 462
#endif

/* One VMA by ioctl on /proc/PID/maps, since 6.11. */
struct procmap_query {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_addr;
	uint64_t vma_start;
	uint64_t vma_end;
	uint64_t vma_flags;
	uint64_t vma_page_size;
	uint64_t vma_offset;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint32_t vma_name_size;
	uint32_t build_id_size;
	uint64_t vma_name_addr;
	uint64_t build_id_addr;
};
#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)
#define PROCMAP_QUERY_VMA_READABLE 0x01
#define PROCMAP_QUERY_VMA_WRITABLE 0x02
#define PROCMAP_QUERY_VMA_EXECUTABLE 0x04
#define PROCMAP_QUERY_VMA_SHARED 0x08
#define PROCMAP_QUERY_COVERING_OR_NEXT_VMA 0x10

/* statx() */
#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

/* statfs() */
#define FS_MAGIC_TMPFS 0x01021994
#define FS_MAGIC_BTRFS 0x9123683E
#define FS_MAGIC_OVERLAYFS 0x794C7630

#ifndef FS_MAGIC_EXT4
#define FS_MAGIC_EXT4 0xEF53
#endif

/* The same numbers on every architecture, alpha left aside. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#ifndef PACKET_RX_RING
#define PACKET_RX_RING 5
#endif
/*
 * linux/perf_event.h has these as enumerators and bit-fields, which no #ifndef sees: the names are
 * ours.
 */
#define PERF_EVENT_SOFTWARE 1
#define PERF_EVENT_DUMMY 9
#define PERF_EVENT_EXCLUDE_KERNEL (1 << 5)
#define PERF_EVENT_EXCLUDE_HV (1 << 6)

/* linux/fs.h: chattr(1) by ioctl. */
#ifndef FS_IOC_GETFLAGS
#define FS_IOC_GETFLAGS _IOR('f', 1, long)
#endif
#ifndef FS_IOC_SETFLAGS
#define FS_IOC_SETFLAGS _IOW('f', 2, long)
#endif
#ifndef FS_APPEND_FL
#define FS_APPEND_FL 0x00000020
#endif
#ifndef FS_IMMUTABLE_FL
#define FS_IMMUTABLE_FL 0x00000010
#endif

/* linux/fs.h: where a file lies on its disk. */
#ifndef FIBMAP
#define FIBMAP _IO(0x00, 1)
#define FIGETBSZ _IO(0x00, 2)
#endif

/* linux/falloc.h */
#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE 0x01
#define FALLOC_FL_PUNCH_HOLE 0x02
#endif

/* linux/loop.h */
#define LOOP_CONFIGURE 0x4C0A
#define LOOP_CTL_GET_FREE 0x4C82
#define LO_FLAGS_AUTOCLEAR 4
#define LO_FLAGS_DIRECT_IO 16
struct loop_config {
	uint32_t fd;
	uint32_t block_size;
	struct {
		uint64_t lo_device, lo_inode, lo_rdevice, lo_offset, lo_sizelimit;
		uint32_t lo_number, lo_encrypt_type, lo_encrypt_key_size, lo_flags;
		uint8_t lo_file_name[64], lo_crypt_name[64], lo_encrypt_key[32];
		uint64_t lo_init[2];
	} info;
	uint64_t reserved[8];
};

/* The kernel's headers have it in ext4's own since 5.11 or so. */
#define EXT4_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define EXT4_GOING_FLAGS_NOLOGFLUSH 2

#endif
