/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call of a matrix as a case of its own: prints it with as much of the matrix's layout as it
 * can reach, and with what Linux gives.
 */
#ifndef CASES_MATRIX_EXAMPLE_H
#define CASES_MATRIX_EXAMPLE_H

#include <ctype.h>

/*
 * Takes apart "CALL:WORLD:WORD,WORD,...": numbers are hexadecimal, a descriptor is the name of its
 * kind.
 */
static inline bool example_parse(const char *id, struct combination *c)
{
	size_t length = strlen(matrix.call);
	char *end;

	memset(c, 0, sizeof(*c));
	if (strncmp(id, matrix.call, length) || id[length] != ':' ||
	    !isdigit((unsigned char)id[length + 1]))
		return false;
	c->world = (unsigned int)strtoul(id + length + 1, &end, 10);
	if (c->world >= matrix.worlds || *end != ':')
		return false;
	for (unsigned int i = 0; i < matrix.argument_count; i++) {
		const char *word = end + 1;
		char name[32];

		if (*end != (i ? ',' : ':'))
			return false;
		if (matrix.arguments[i].kind == ARGUMENT_FD) {
			length = strcspn(word, ",");
			snprintf(name, sizeof(name), "%.*s", (int)length, word);
			c->object = object_named(objects, name);
			if (!c->object)
				return false;
			c->word[i] = (uint64_t)c->object->fd;
			end += 1 + length;
		} else {
			if (!isxdigit((unsigned char)*word))
				return false;
			c->word[i] = strtoull(word, &end, 16);
		}
	}
	return !*end;
}

/*
 * Is one of the call's addresses in the layout? Then the case makes it, else it needs none of it.
 */
static inline bool example_needs_layout(const struct combination *c)
{
	for (unsigned int i = 0; i < matrix.argument_count; i++)
		if (matrix.arguments[i].kind == ARGUMENT_ADDRESS && c->word[i] >= process.base &&
		    c->word[i] < process_page(&process, LAYOUT_PAGES))
			return true;
	return false;
}

/* Does a descriptor stand in the case? */
static inline bool example_needs_objects(const struct combination *c, bool layout)
{
	bool needed = c->object;

	for (const struct area *area = matrix.areas; layout && area->pages; area++)
		needed = needed || (area->object && process.there[area - matrix.areas]);
	return needed;
}

static inline void example_print_area(const struct area *area)
{
	unsigned long long start = process_page(&process, area->page);
	unsigned long long bytes = process_area_bytes(&process, area);
	char prot[100], flags[200];

	describe_bits(prot, sizeof(prot), mmap_prot_bits, area->prot);
	describe_bits(flags, sizeof(flags), mmap_flags_bits, area->flags | MAP_FIXED);
	if (area->object)
		printf("\tfd = object_named(objects, \"%s\")->fd;\n", area->object);
	printf("\tSETUP(sys_mmap((void *)%#llx, %llu, %s,\n\t\t       %s, %s, %llu) != MAP_FAILED);\n",
	       start, bytes, prot, flags, area->object ? "fd" : "-1",
	       (unsigned long long)(area->object_page * process.model.page_size));
	for (unsigned int i = 0; area->fill && i < area->pages; i++)
		printf("\t*(char *)%#llx = '%c';\n",
		       (unsigned long long)(start + i * process.model.page_size), area->fill + i);
	if (area->onfault)
		printf("\tSETUP(!syscall(SYS_mlock2, (void *)%#llx, %llu, MLOCK_ONFAULT));\n",
		       start, bytes);
	if (area->sealed && process.model.traits.mseal)
		printf("\tSETUP(!sys_mseal((void *)%#llx, %llu, 0));\n", start, bytes);
}

/* What the world and the layout stand for. */
static inline void example_print_setup(const struct combination *c, bool layout)
{
	const struct model *m = &process.model;

	printf("\tSETUP(limit_set(RLIMIT_AS, %#llx));\n", (unsigned long long)LIMIT_AS);
	if (example_needs_objects(c, layout))
		printf("\tobjects_open(objects);\n");
	if (c->object)
		printf("\tNEED(object_named(objects, \"%s\")->there, \"such an object\");\n",
		       c->object->name);
	for (const struct area *area = matrix.areas; layout && area->pages; area++)
		if (process.there[area - matrix.areas])
			example_print_area(area);
	if (c->object)
		printf("\tfd = object_named(objects, \"%s\")->fd;\n", c->object->name);
	if (c->world && !m->cap_ipc_lock)
		printf("\tSETUP(caps_drop(CAPS_IPC_LOCK));\n");
	if (c->world && !m->cap_sys_rawio)
		printf("\tSETUP(caps_drop(CAPS_SYS_RAWIO));\n");
	if (m->limit_memlock != UINT64_MAX)
		printf("\tSETUP(limit_set(RLIMIT_MEMLOCK, %llu));\n",
		       (unsigned long long)m->limit_memlock);
	if (matrix.example)
		matrix.example(&process, c);
}

static inline void example_print_call(const struct combination *c)
{
	char word[200];

	printf("\n\t\tsys_%s(", matrix.call);
	for (unsigned int i = 0; i < matrix.argument_count; i++) {
		describe_word(word, sizeof(word), c, i);
		printf("%s%s%s",
		       !i		 ? "" :
		       strlen(word) > 40 ? ",\n\t\t\t" :
					   ", ",
		       matrix.arguments[i].kind == ARGUMENT_ADDRESS && c->word[i] ? "(void *)" : "",
		       matrix.arguments[i].kind == ARGUMENT_FD ? "fd" : word);
	}
	printf(")");
}

/* The pages of [start, end), as the model has them. */
static inline void example_print_picture(const struct model *m, uint64_t start, uint64_t end)
{
	printf("\taround = (struct arena){ (char *)%#llx, %llu, %llu };\n\tEXPECT_LAYOUT(\"",
	       (unsigned long long)start, (unsigned long long)((end - start) / m->page_size),
	       (unsigned long long)m->page_size);
	for (uint64_t page = start; page < end; page += m->page_size) {
		const struct model_vma *vma = model_find_overlap(m, page, page + 1);
		unsigned int flags = vma ? vma->flags : 0;

		printf("%s%c%c%s%s", page > start ? " " : "",
		       !vma	       ? '.' :
		       flags & VM_READ ? 'r' :
					 '-',
		       !vma		? '.' :
		       flags & VM_WRITE ? 'w' :
					  '-',
		       flags & VM_EXEC ? "x" : "", flags & VM_MAYSHARE ? "s" : "");
	}
	printf("\", &around);\n");
}

/* What is mapped where the call could have changed it. */
static inline void example_print_state(const struct combination *c, const struct model_answer *a)
{
	static struct model after;
	uint64_t page = process.model.page_size;

	model_copy(&after, &process.model);
	if (a->place == PLACE_EXACT)
		matrix.done(&after, c, a, a->error ? 0 : a->address);
	for (const struct area *area = matrix.areas; area->pages; area++) {
		uint64_t start = process_page(&process, area->page) - page;
		uint64_t end = start + process_area_bytes(&process, area) + 2 * page;

		if (!process.there[area - matrix.areas] || area->pages + 2 > ARENA_SLOTS_MAX)
			continue;
		example_print_picture(&after, start, end);
	}
}

static inline bool example_print(const char *id)
{
	struct combination c;
	struct model_answer a;
	char line[300];
	bool layout, objects_needed;

	if (!matrix_init() || !example_parse(id, &c))
		return false;
	for (unsigned int world = 1; world <= c.world; world++)
		if (!matrix.enter(&process, world))
			return false;
	matrix.decide(&process.model, &c, &a);
	layout = example_needs_layout(&c);
	objects_needed = example_needs_objects(&c, layout);
	matrix_describe(line, sizeof(line), &c);
	printf("// SPDX-License-Identifier: GPL-2.0\n/*\n * %s = %s: one call of the matrix, %s\n */\n",
	       line, a.error ? errno_name(a.error) : "ok", id);
	printf("#include \"kselftest_harness.h\"\n%s#include \"lib/arena.h\"\n#include \"lib/caps.h\"\n"
	       "#include \"lib/expect.h\"\n#include \"lib/limits.h\"\n#include \"lib/smaps.h\"\n#include \"lib/syscalls.h\"\n\n",
	       objects_needed ? "#include \"cases/matrix/objects.h\"\n" : "");
	printf("/* clause: %s */\nTEST(the_answer_is_that_of_linux)\n{\n", a.clause);
	if (objects_needed)
		printf("\tstatic struct mapped_object objects[OBJECTS];\n\tlong fd;\n");
	if (layout)
		printf("\tstruct arena around;\n");
	printf("%s", objects_needed || layout ? "\n" : "");
	printf("\tNEED_OWN_PROCESS(\"it sets limits\");\n");
	example_print_setup(&c, layout);
	if (a.error)
		printf("\tEXPECT_ERRNO(%s,", errno_name(a.error));
	else if (matrix.result_ok && a.place == PLACE_EXACT)
		printf("\tEXPECT_ADDR((void *)%#llx,", (unsigned long long)a.address);
	else
		printf("\tEXPECT_OK(");
	example_print_call(&c);
	printf(");\n");
	if (layout)
		example_print_state(&c, &a);
	printf("}\n\nTEST_HARNESS_MAIN\n");
	return true;
}

#endif
