# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# The modules of a guest's kernel: which of them a run can need, and where they lie in its
# initramfs. Sourced.
#
# A folder of modules is as depmod leaves it: modules.dep names the modules and what each depends
# on, the last to be loaded first; modules.alias the other names that the kernel asks for them by. A
# module may be compressed.

# Besides what they depend on. What a kernel has built in, or has not, is left out.
MODULES='loop ext4 xfs btrfs overlay squashfs erofs f2fs fuse vfat nls_cp437 nls_ascii nvme virtio_blk nd_e820 nd_pmem dm_mod zram brd udmabuf
crc32c_generic crc32c_intel xxhash_generic blake2b_generic'

# The name of a module's file, without what shows that it is compressed; '-' and '_' are one, as for
# modprobe.
MODULE_NAME='function module(path) {
	sub(/.*\//, "", path)
	sub(/\.ko(\.[a-z0-9]+)?$/, "", path)
	gsub(/-/, "_", path)
	return path
}'

# unpack_module FILE: what the module is, on standard output.
unpack_module() {
	case $1 in
	*.xz) set -- xz "$1" ;;
	*.zst) set -- zstd "$1" ;;
	*.gz) set -- gzip "$1" ;;
	*)
		cat "$1"
		return
		;;
	esac
	"$1" -q -dc <"$2"
}

# The table that the guest's init loads by (harness/modules.h): "NAME FILE...", in the order to
# load; "start" is what it loads by itself. $1: the folder; the rest: what to load at the start.
module_table() {
	folder=$1
	shift
	aliases=$folder/modules.alias
	[ -r "$aliases" ] || aliases=/dev/null
	LC_ALL=C awk -v wanted="$MODULES" -v start="$*" "$MODULE_NAME"'
		FNR == 1 { file++ }
		file == 1 {
			sub(/:$/, "", $1)
			name = module($1)
			load[name] = name
			for (i = 2; i <= NF; i++)
				load[name] = module($i) " " load[name]
		}
		# A pattern is for what a bus finds, and nobody looks for that here.
		file == 2 && $1 == "alias" && $2 !~ /[*?:]/ { gsub(/-/, "_", $2); alias[$2] = alias[$2] " " $3 }
		END {
			n = split(wanted, names)
			for (i = 1; i <= n; i++) {
				if (!(names[i] in load))
					continue
				print names[i], load[names[i]]
				parts = split(load[names[i]], part)
				for (j = 1; j < parts; j++)
					if (!(part[j] in done)) {
						done[part[j]] = 1
						print part[j], load[part[j]]
					}
				done[names[i]] = 1
			}
			for (a in alias) {
				line = ""
				n = split(alias[a], part)
				for (i = 1; i <= n; i++)
					if (part[i] in done)
						line = line " " load[part[i]]
				if (line)
					print a line
			}
			line = ""
			n = split(start, part)
			for (i = 1; i <= n; i++)
				if (part[i] in load)
					line = line " " load[part[i]]
			if (line)
				print "start" line
		}' "$folder/modules.dep" "$aliases"
}

# module_files TABLE FOLDER: "NAME PATH" of each module that the table names, once.
module_files() {
	LC_ALL=C awk "$MODULE_NAME"'
		FNR == 1 { file++ }
		file == 1 { for (i = 2; i <= NF; i++) wanted[$i] = 1 }
		file == 2 {
			sub(/:$/, "", $1)
			if (module($1) in wanted)
				print module($1), $1
		}' "$1" "$2/modules.dep"
}
