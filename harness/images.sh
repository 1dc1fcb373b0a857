# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# File systems in files, for cases that mount one of their own through a loop device. Sourced by the
# targets whose guests, or who themselves, may mount.

tool_of_root() {
	PATH=$PATH:/usr/sbin:/sbin command -v "$1"
}

# empty_file FILE MEGABYTES: a file that holds zeros, which take no room.
empty_file() {
	dd if=/dev/zero of="$1" bs=1M count=0 seek="$2" 2>/dev/null
}

# make_images FOLDER: ext4.img, empty, with a journal and blocks of 4 KB; squashfs.img, with a file
# "data" of 8 KB. What has no tool here is left out.
make_images() {
	mkdir -p "$1/tree" || return
	if make_ext4=$(tool_of_root mkfs.ext4) && empty_file "$1/ext4.img" 8; then
		"$make_ext4" -q -F -m 0 -b 4096 -O ^resize_inode "$1/ext4.img" >/dev/null 2>&1 || rm -f "$1/ext4.img"
	fi
	if make_squashfs=$(tool_of_root mksquashfs); then
		yes 'the file of a squashfs' | head -c 8192 >"$1/tree/data"
		"$make_squashfs" "$1/tree" "$1/squashfs.img" -quiet -no-progress -noappend -all-root -processors 1 >/dev/null 2>&1 ||
			rm -f "$1/squashfs.img"
	fi
	rm -rf "$1/tree"
}
