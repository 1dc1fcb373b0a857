// SPDX-License-Identifier: GPL-2.0
/*
 * A fault of the kernel's own: a module of the guest, small and of no use here, whose first
 * instructions are replaced.
 */
#include <elf.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "guest.h"

#define MODULE "/modules/nls_ascii.ko"
#define SIGNED "~Module signature appended~\n"

static char module[1 << 20];

/* Where init_module() begins in the file, or 0. */
static size_t start_of_module(void)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)module;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(module + head->e_shoff);

	for (int i = 0; i < head->e_shnum; i++) {
		const Elf64_Sym *symbols = (const Elf64_Sym *)(module + sections[i].sh_offset);
		const char *names = module + sections[sections[i].sh_link].sh_offset;

		if (sections[i].sh_type != SHT_SYMTAB)
			continue;
		for (size_t j = 0; j < sections[i].sh_size / sizeof(*symbols); j++)
			if (!strcmp(names + symbols[j].st_name, "init_module"))
				return sections[symbols[j].st_shndx].sh_offset +
				       symbols[j].st_value;
	}
	return 0;
}

TEST(passes_before)
{
}

TEST(runs_into_no_instruction)
{
	/* ud2: short enough that no relocation behind the first instruction lies in it. */
	static const char code[] = { 0x0f, 0x0b };
	static const char traced[] = { (char)0xe8 };
	static const char landing[] = { (char)0xf3, 0x0f, 0x1e, (char)0xfa };
	int fd = open(MODULE, O_RDONLY);
	ssize_t size;
	size_t at;

	NEED_GUEST();
	NEED(fd >= 0, "a module");
	size = read(fd, module, sizeof(module));
	SETUP(size > (ssize_t)sizeof(SIGNED));
	/* Changed, it is taken as one that nobody has signed. */
	if (!memcmp(module + size - sizeof(SIGNED) + 1, SIGNED, sizeof(SIGNED) - 1))
		size -= sizeof(SIGNED) - 1;
	at = start_of_module();
	SETUP(at);
	/* Behind what the kernel itself writes there. */
	if (!memcmp(module + at, landing, sizeof(landing)))
		at += sizeof(landing);
	if (!memcmp(module + at, traced, sizeof(traced)))
		at += 5;
	memcpy(module + at, code, sizeof(code));
	SETUP(!syscall(SYS_init_module, module, size, ""));
}

TEST(passes_after)
{
}

TEST_HARNESS_MAIN
