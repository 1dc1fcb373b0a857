# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# Writes archives in the "newc" format of cpio, which a kernel unpacks when it starts. Sourced.
# Written here since cpio is often missing.

entry_inode=0

# Zero bytes up to the next multiple of 4.
pad() {
	case $(($1 & 3)) in
	1) printf '\0\0\0' ;;
	2) printf '\0\0' ;;
	3) printf '\0' ;;
	esac
}

# entry NAME MODE [FILE [MAJOR MINOR]]: one entry, on standard output.
entry() {
	entry_size=0
	[ -z "${3:-}" ] || entry_size=$(($(wc -c <"$3")))
	entry_inode=$((entry_inode + 1))
	printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' "$entry_inode" "$(($2))" 0 0 1 0 \
		"$entry_size" 0 0 "${4:-0}" "${5:-0}" $((${#1} + 1)) 0 "$1"
	pad $((110 + ${#1} + 1))
	[ -z "${3:-}" ] || cat "$3"
	pad "$entry_size"
}

# What every archive begins with: a console, and the program that is started.
init_entries() {
	entry dev 0040755
	entry dev/console 0020600 '' 5 1
	entry init 0100755 "$1"
}

last_entry() {
	entry 'TRAILER!!!' 0
}
