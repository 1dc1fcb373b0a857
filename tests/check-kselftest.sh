#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check-kselftest.sh KSELFTEST BUILD: compiles every case against the kernel's own
# kselftest_harness.h and compares its verdicts with those of our harness. KSELFTEST is a kernel
# tree or its tools/testing/selftests.
set -eu

if [ $# -ne 2 ]; then
	echo "usage: $0 KSELFTEST BUILD" >&2
	exit 3
fi
top=$(cd "$(dirname "$0")/.." && pwd)
selftests=$1
build=$2
[ -e "$selftests/kselftest_harness.h" ] || selftests=$1/tools/testing/selftests
if [ ! -e "$selftests/kselftest_harness.h" ]; then
	echo "check-kselftest: no kselftest_harness.h in $1 or $1/tools/testing/selftests;" \
		"linux-source-6.1 has one (make deps-dev), or say KSELFTEST=/path/to/linux" >&2
	exit 2
fi
selftests=$(cd "$selftests" && pwd)
work=$build/kselftest
mkdir -p "$work"
work=$(cd "$work" && pwd)
build=$(cd "$build" && pwd)
cc=${CC:-cc}

# "pass NAME" for every test, of our stream and of the kernel's: both print "ok N NAME". A SKIP
# stands behind the name, or, with Linux 6.1's header, in its place: it is "skip" alone.
verdicts() {
	sed -n -E 's/^ok [0-9]+ (.* )?# SKIP.*/skip/p; t
		s/^ok [0-9]+ ([^ ]+).*/pass \1/p; t
		s/^not ok [0-9]+ ([^ ]+).*/fail \1/p'
}

cd "$top"
# As the build does: capabilities where libcap is there.
flags=-D_GNU_SOURCE caps=
if echo 'int main(void) { return 0; }' | "$cc" -include sys/capability.h -x c -o "$work/try" - -lcap 2>/dev/null; then
	flags="$flags -DHAVE_LIBCAP" caps=-lcap
fi
libs=
for source in lib/*.c lib/*/*.c; do
	object=$work/$(basename "$source" .c).o
	# shellcheck disable=SC2086 # a list of flags
	"$cc" -O1 $flags -c -o "$object" "$source"
	libs="$libs $object"
done

cases=0 tests=0 differ=0
for source in cases/*/*.c; do
	name=${source#cases/}
	name=${name%.c}
	# What is about the C library itself; the suite's may be another one.
	case $name in */libc) continue ;; esac
	program=$work/$(echo "$name" | tr / -)
	cases=$((cases + 1))
	# shellcheck disable=SC2086 # lists of flags and files
	"$cc" -O1 $flags -I"$selftests" -I. -o "$program" "$source" $libs $caps
	"$program" </dev/null 2>/dev/null | verdicts >"$program.theirs" || :
	"$build/cases/$name" </dev/null 2>/dev/null | verdicts >"$program.ours" || :
	tests=$((tests + $(wc -l <"$program.ours")))
	# An EXCLUSIVE case skips whole; the kernel's harness then prints no test.
	if ! grep -q -v '^skip' "$program.ours" && [ ! -s "$program.theirs" ]; then
		continue
	fi
	# After a SKIP in the set-up, the header of Linux 6.1 runs the test all the same.
	awk 'NR == FNR { ours[FNR] = $0; next } ours[FNR] == "skip" { $0 = "skip" } { print }' "$program.ours" \
		"$program.theirs" >"$program.compared"
	if ! cmp -s "$program.ours" "$program.compared"; then
		differ=$((differ + 1))
		echo "$name differs (ours <, the kernel's header >):"
		diff "$program.ours" "$program.compared" || :
	fi
done
echo "$cases cases, $tests tests against $selftests: $differ cases differ"
[ "$differ" -eq 0 ]
