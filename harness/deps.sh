#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Installs what building the suite needs; with --dev, also what its own tests need. Says first what
# it will install, asks nothing, and installs only what is missing. Exit status: 0 all there, 2
# could not be installed, 3 usage.

set -eu

base='gcc libc6-dev make musl-tools libcap-dev'
# linux-source-6.1: the kernel's own kselftest header and kunit.py are taken out of it.
dev="clang clang-format shellcheck python3-pytest python3-hypothesis python3-jinja2 python3-yaml gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
gcc-i686-linux-gnu libc6-dev-i386-cross runsc qemu-user-static qemu-system-x86 qemu-system-arm user-mode-linux busybox openssh-server \
openssh-client chromium valgrind strace linux-source-6.1 libcap2-bin xz-utils perl cpio e2fsprogs xfsprogs btrfs-progs squashfs-tools"

die() {
	printf 'deps.sh: %s\n' "$2" >&2
	exit "$1"
}

case $#:${1:-} in
0:) packages=$base what='build the suite' ;;
1:--dev) packages="$base $dev" what='build and test the suite' ;;
*) die 3 "usage: deps.sh [--dev], not '$*'" ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	cat >&2 <<END
deps.sh: packages are installed here on Debian and its kin only. To $what, install
  Debian:  $base
  Fedora:  gcc make glibc-static musl-gcc musl-libc-static libcap-devel libcap-static
  Alpine:  gcc make musl-dev linux-headers libcap-dev libcap-static
END
	[ "$packages" = "$base" ] || cat >&2 <<END
and for its own tests
  Debian:  $dev libclang-rt-14-dev (of clang's version)
  Fedora:  clang clang-tools-extra compiler-rt ShellCheck python3-pytest python3-hypothesis python3-jinja2 python3-pyyaml gcc-aarch64-linux-gnu
           qemu-user-static qemu-system-x86-core busybox openssh-server openssh-clients chromium valgrind strace libcap xz
           perl-Test-Harness e2fsprogs xfsprogs btrfs-progs squashfs-tools
  Alpine:  clang clang-extra-tools compiler-rt shellcheck py3-pytest py3-hypothesis py3-jinja2 py3-yaml qemu-x86_64 qemu-aarch64
           qemu-system-x86_64 busybox openssh chromium valgrind strace libcap-utils xz perl-test-harness-utils e2fsprogs
           xfsprogs btrfs-progs squashfs-tools
  and runsc from gvisor.dev
END
	exit 2
fi

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

available() {
	LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# missing PACKAGE...: those that are not installed.
missing() {
	for package in "$@"; do
		installed "$package" || printf ' %s' "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

# The sanitizers and libFuzzer of clang are a package of their own, named after clang's version.
clang_runtime() {
	LC_ALL=C apt-cache depends clang 2>/dev/null | sed -n 's/^ *Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1
}

wanted() {
	# shellcheck disable=SC2046,SC2086
	missing $packages $([ "$packages" = "$base" ] || clang_runtime)
}

want=$(wanted)
if [ -z "$want" ]; then
	echo "deps.sh: all packages are there"
	exit 0
fi
if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
	die 2 "to $what, run as root: apt-get install$want"
fi

updated=''
update() {
	[ -z "$updated" ] || return 0
	updated=1
	echo "deps.sh: apt-get update"
	apt_get update >/dev/null || die 2 "apt-get update failed"
}

for package in $want; do
	available "$package" || update
done
[ -z "$updated" ] || want=$(wanted) # clang's version may be known only now
list=''
for package in $want; do
	if available "$package"; then
		list="$list $package"
	else
		case " $base " in
		*" $package "*) die 2 "this release has no package $package, without which the suite cannot be built" ;;
		esac
		echo "deps.sh: this release has no package $package; what needs it will be skipped"
	fi
done
[ "$list" ] || exit 0
echo "deps.sh: installing$list"
# shellcheck disable=SC2086
if ! apt_get --no-install-recommends install $list >/dev/null; then
	# Lists that are there may be old.
	[ -z "$updated" ] || die 2 "apt-get install failed"
	update
	# shellcheck disable=SC2086
	apt_get --no-install-recommends install $list >/dev/null || die 2 "apt-get install failed"
fi
echo "deps.sh: done"
