/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kselftest harness API over a harness of our own (harness.c): a process and a time limit for
 * each test, results by pipe. A case is written against this API alone, so that it also compiles
 * against the kernel's header of the same name. The interface is that of
 * Documentation/dev-tools/kselftest.rst.
 *
 * Differences that a case may rely on: a failed expectation has a canonical outcome (docs/tap.md),
 * a SKIP after a failure stays a failure, and TEST_HARNESS_MAIN defines no main(), since the same
 * object goes into its own small program and into the suite image.
 */
#ifndef MMAPCONF_KSELFTEST_HARNESS_H
#define MMAPCONF_KSELFTEST_HARNESS_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* lib/expect.h asks for this to tell the two headers apart. */
#define MMAPCONF_HARNESS 1

#include "registry.h"

#ifndef MMAPCONF_CASE
#error "the build defines MMAPCONF_CASE as the name of the case: <syscall>/<topic>"
#endif

static struct th_case th_case_of_file = { .name = MMAPCONF_CASE, .file = __BASE_FILE__ };
static struct th_fixture th_fixture_global __attribute__((unused)) = { .name = "global" };

#define TH_CONSTRUCTOR(name) static void __attribute__((constructor)) th_register_##name(void)

#define TH_TEST(test_name, signal_number)                                               \
	static void test_name(struct __test_metadata *_metadata);                       \
	static void th_body_##test_name(struct __test_metadata *_metadata,              \
					void *self __attribute__((unused)),             \
					const void *variant __attribute__((unused)))    \
	{                                                                               \
		test_name(_metadata);                                                   \
	}                                                                               \
	static void th_run_##test_name(struct __test_metadata *_metadata,               \
				       const void *variant __attribute__((unused)))     \
	{                                                                               \
		th_run_fixture(_metadata, NULL, NULL, NULL, th_body_##test_name, NULL); \
	}                                                                               \
	TH_CONSTRUCTOR(test_name)                                                       \
	{                                                                               \
		static struct th_test test = { .name = #test_name,                      \
					       .run = th_run_##test_name,               \
					       .termsig = signal_number };              \
		th_add_test(&th_case_of_file, &th_fixture_global, &test);               \
	}                                                                               \
	static void test_name(struct __test_metadata *_metadata __attribute__((unused)))

#define TEST(test_name) TH_TEST(test_name, 0)
#define TEST_SIGNAL(test_name, signal) TH_TEST(test_name, signal)

#define FIXTURE_DATA(fixture_name) struct th_data_##fixture_name
#define FIXTURE_VARIANT(fixture_name) struct th_variant_##fixture_name

#define FIXTURE(fixture_name)                                                                 \
	FIXTURE_DATA(fixture_name);                                                           \
	FIXTURE_VARIANT(fixture_name);                                                        \
	static struct th_fixture th_fixture_##fixture_name = { .name = #fixture_name };       \
	static void th_setup_##fixture_name(struct __test_metadata *_metadata,                \
					    FIXTURE_DATA(fixture_name) *self,                 \
					    const FIXTURE_VARIANT(fixture_name) *variant);    \
	static void th_teardown_##fixture_name(struct __test_metadata *_metadata,             \
					       FIXTURE_DATA(fixture_name) *self,              \
					       const FIXTURE_VARIANT(fixture_name) *variant); \
	TH_CONSTRUCTOR(fixture_##fixture_name)                                                \
	{                                                                                     \
		th_add_fixture(&th_case_of_file, &th_fixture_##fixture_name);                 \
	}                                                                                     \
	FIXTURE_DATA(fixture_name)

#define TH_FIXTURE_FUNCTION(what, fixture_name)                            \
	static void th_##what##_##fixture_name(                            \
		struct __test_metadata *_metadata __attribute__((unused)), \
		FIXTURE_DATA(fixture_name) *self __attribute__((unused)),  \
		const FIXTURE_VARIANT(fixture_name) *variant __attribute__((unused)))

#define FIXTURE_SETUP(fixture_name)                                                              \
	TH_FIXTURE_FUNCTION(setup, fixture_name);                                                \
	static void th_setup_thunk_##fixture_name(struct __test_metadata *_metadata, void *self, \
						  const void *variant)                           \
	{                                                                                        \
		th_setup_##fixture_name(_metadata, self, variant);                               \
	}                                                                                        \
	TH_FIXTURE_FUNCTION(setup, fixture_name)

#define FIXTURE_TEARDOWN(fixture_name)                                                  \
	static void th_teardown_thunk_##fixture_name(struct __test_metadata *_metadata, \
						     void *self, const void *variant)   \
	{                                                                               \
		th_teardown_##fixture_name(_metadata, self, variant);                   \
	}                                                                               \
	TH_FIXTURE_FUNCTION(teardown, fixture_name)

#define FIXTURE_VARIANT_ADD(fixture_name, variant_name)                                            \
	static const FIXTURE_VARIANT(fixture_name) th_variant_##fixture_name##_##variant_name;     \
	TH_CONSTRUCTOR(variant_##fixture_name##_##variant_name)                                    \
	{                                                                                          \
		static struct th_variant variant = {                                               \
			.name = #variant_name, .data = &th_variant_##fixture_name##_##variant_name \
		};                                                                                 \
		th_add_variant(&th_fixture_##fixture_name, &variant);                              \
	}                                                                                          \
	static const FIXTURE_VARIANT(fixture_name) th_variant_##fixture_name##_##variant_name =

#define TH_TEST_F(fixture_name, test_name, signal_number, seconds)                            \
	static void fixture_name##_##test_name(struct __test_metadata *_metadata,             \
					       FIXTURE_DATA(fixture_name) *self,              \
					       const FIXTURE_VARIANT(fixture_name) *variant); \
	static void th_body_##fixture_name##_##test_name(struct __test_metadata *_metadata,   \
							 void *self, const void *variant)     \
	{                                                                                     \
		fixture_name##_##test_name(_metadata, self, variant);                         \
	}                                                                                     \
	static void th_run_##fixture_name##_##test_name(struct __test_metadata *_metadata,    \
							const void *variant)                  \
	{                                                                                     \
		static FIXTURE_DATA(fixture_name) self;                                       \
		memset(&self, 0, sizeof(self));                                               \
		th_run_fixture(_metadata, &self, variant, th_setup_thunk_##fixture_name,      \
			       th_body_##fixture_name##_##test_name,                          \
			       th_teardown_thunk_##fixture_name);                             \
	}                                                                                     \
	TH_CONSTRUCTOR(fixture_name##_##test_name)                                            \
	{                                                                                     \
		static struct th_test test = { .name = #test_name,                            \
					       .run = th_run_##fixture_name##_##test_name,    \
					       .termsig = signal_number,                      \
					       .timeout = seconds };                          \
		th_add_test(&th_case_of_file, &th_fixture_##fixture_name, &test);             \
	}                                                                                     \
	static void fixture_name##_##test_name(                                               \
		struct __test_metadata *_metadata __attribute__((unused)),                    \
		FIXTURE_DATA(fixture_name) *self __attribute__((unused)),                     \
		const FIXTURE_VARIANT(fixture_name) *variant __attribute__((unused)))

#define TEST_F(fixture_name, test_name) TH_TEST_F(fixture_name, test_name, 0, 0)
#define TEST_F_SIGNAL(fixture_name, test_name, signal) TH_TEST_F(fixture_name, test_name, signal, 0)
#define TEST_F_TIMEOUT(fixture_name, test_name, seconds) \
	TH_TEST_F(fixture_name, test_name, 0, seconds)

#define TEST_HARNESS_MAIN \
	static struct th_case *const th_main __attribute__((unused)) = &th_case_of_file;

#define TH_LOG(fmt, ...) th_log(_metadata, __LINE__, fmt, ##__VA_ARGS__)

#define SKIP(statement, fmt, ...)                       \
	do {                                            \
		th_skip(_metadata, fmt, ##__VA_ARGS__); \
		statement;                              \
	} while (0)

/*
 * An expectation is a loop that runs its body, the optional handler block behind the macro, once if
 * it failed, and after it, for an ASSERT_*, ends the test.
 */
#define TH_ON_FAILURE(failed, is_assert)           \
	for (bool th_failed = (failed); th_failed; \
	     th_failed = false, (is_assert) ? th_abort(_metadata) : (void)0)

/* clang-format off */
#define TH_IS_POINTER(v) (__builtin_classify_type(v) == 5)
#define TH_KIND(v)                                                              \
	(TH_IS_POINTER(v) ? TH_POINTER :                                        \
	 _Generic((v), char: TH_SIGNED, signed char: TH_SIGNED,                 \
		  short: TH_SIGNED, int: TH_SIGNED, long: TH_SIGNED,            \
		  long long: TH_SIGNED, default: TH_UNSIGNED))
/* clang-format on */
/* A pointer of 32 bits must not reach uintmax_t in one step. */
#define TH_VALUE(v)                                                                       \
	((struct th_value){                                                               \
		(uintmax_t) __builtin_choose_expr(TH_IS_POINTER(v), (uintptr_t)(v), (v)), \
		TH_KIND(v) })

#define TH_COMPARE(expected, op, seen, is_assert)                                               \
	TH_ON_FAILURE(({                                                                        \
			      __auto_type th_expected = (expected);                             \
			      __auto_type th_seen = (seen);                                     \
			      bool th_holds = th_expected op th_seen;                           \
			      if (!th_holds)                                                    \
				      th_fail_values(_metadata, __LINE__, #op,                  \
						     TH_VALUE(th_expected), TH_VALUE(th_seen)); \
			      !th_holds;                                                        \
		      }),                                                                       \
		      is_assert)

#define TH_COMPARE_TEXT(expected, equal, seen, is_assert)                                       \
	TH_ON_FAILURE(({                                                                        \
			      const char *th_expected = (expected), *th_seen = (seen);          \
			      bool th_holds = (equal) == !strcmp(th_expected, th_seen);         \
			      if (!th_holds)                                                    \
				      th_fail(_metadata, __LINE__, "text=\"%s\" want %s\"%s\"", \
					      th_seen, (equal) ? "" : "not ", th_expected);     \
			      !th_holds;                                                        \
		      }),                                                                       \
		      is_assert)

#define TH_TRUTH(wanted, seen, is_assert)                                              \
	TH_ON_FAILURE(({                                                               \
			      bool th_holds = (wanted) == !!(seen);                    \
			      if (!th_holds)                                           \
				      th_fail(_metadata, __LINE__, "value=%s want %s", \
					      (wanted) ? "false" : "true",             \
					      (wanted) ? "true" : "false");            \
			      !th_holds;                                               \
		      }),                                                              \
		      is_assert)

#define EXPECT_EQ(expected, seen) TH_COMPARE(expected, ==, seen, false)
#define EXPECT_NE(expected, seen) TH_COMPARE(expected, !=, seen, false)
#define EXPECT_LT(expected, seen) TH_COMPARE(expected, <, seen, false)
#define EXPECT_LE(expected, seen) TH_COMPARE(expected, <=, seen, false)
#define EXPECT_GT(expected, seen) TH_COMPARE(expected, >, seen, false)
#define EXPECT_GE(expected, seen) TH_COMPARE(expected, >=, seen, false)
#define EXPECT_NULL(seen) TH_COMPARE((void *)NULL, ==, seen, false)
#define EXPECT_TRUE(seen) TH_TRUTH(true, seen, false)
#define EXPECT_FALSE(seen) TH_TRUTH(false, seen, false)
#define EXPECT_STREQ(expected, seen) TH_COMPARE_TEXT(expected, true, seen, false)
#define EXPECT_STRNE(expected, seen) TH_COMPARE_TEXT(expected, false, seen, false)

#define ASSERT_EQ(expected, seen) TH_COMPARE(expected, ==, seen, true)
#define ASSERT_NE(expected, seen) TH_COMPARE(expected, !=, seen, true)
#define ASSERT_LT(expected, seen) TH_COMPARE(expected, <, seen, true)
#define ASSERT_LE(expected, seen) TH_COMPARE(expected, <=, seen, true)
#define ASSERT_GT(expected, seen) TH_COMPARE(expected, >, seen, true)
#define ASSERT_GE(expected, seen) TH_COMPARE(expected, >=, seen, true)
#define ASSERT_NULL(seen) TH_COMPARE((void *)NULL, ==, seen, true)
#define ASSERT_TRUE(seen) TH_TRUTH(true, seen, true)
#define ASSERT_FALSE(seen) TH_TRUTH(false, seen, true)
#define ASSERT_STREQ(expected, seen) TH_COMPARE_TEXT(expected, true, seen, true)
#define ASSERT_STRNE(expected, seen) TH_COMPARE_TEXT(expected, false, seen, true)

#endif
