#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# libcap.sh FOLDER: puts libcap for the machines that `make i386` and `make aarch64` build for
# there, as FOLDER/COMPILER/libcap.a and FOLDER/COMPILER/include, out of Debian's packages for these
# machines. What is there is left alone. Exit status: 0 all there, 2 something cannot be had, 3
# usage.
set -euf

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=harness/apt.sh
. "$here/apt.sh"
apt_megabytes=10 apt_for='libcap for other machines is fetched on Debian only'

complain() {
	printf 'libcap.sh: %s\n' "$*" >&2
}

fail() {
	complain "$@"
	exit 2
}

# unpack_libcap FOLDER
unpack_libcap() {
	mkdir "$1"
	tar -xf "$partial/libcap-dev.tar" -C "$1" --strip-components=2 ./usr/include
	inside=$(tar -tf "$partial/libcap-dev.tar" | grep '/libcap\.a$') || fail "there is no libcap.a in libcap-dev $version"
	tar -xOf "$partial/libcap-dev.tar" "$inside" >"$1/libcap.a"
}

# fetch MACHINE COMPILER: by Debian's name for each. It is that of the system's own release, whose
# cross compilers have the C library that it was built for. Leaves the folder as it was where it
# fails; the lists, which nothing else needs, are not kept.
fetch() {
	[ ! -d "$folder/$2" ] || return 0
	apt_machine=$1
	begin_fetching "$folder"
	if [ ! -d "$folder/$2" ]; then # no other process was faster
		write_configuration
		add_sources "$mirror" "$release"
		update_lists || :
		version=$(apt_do apt-cache show libcap-dev 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
		[ "$version" ] || fail "libcap for $1 cannot be had: no list of packages has it"
		announce libcap-dev
		download libcap-dev || fail "libcap for $1 cannot be had: $(grep '^E:' "$partial/log" | head -n 1)"
		open_package libcap-dev
		unpack_libcap "$partial/libcap"
		mv "$partial/libcap" "$folder/$2"
		rm -rf "$apt/lists"
	fi
	end_fetching
}

if [ $# -ne 1 ]; then
	complain "usage: libcap.sh FOLDER"
	exit 3
fi
mkdir -p "$1/apt" || exit 2
folder=$(CDPATH='' cd -- "$1" && pwd)
apt=$folder/apt
fetch i386 i686-linux-gnu
fetch arm64 aarch64-linux-gnu
