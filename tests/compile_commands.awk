# SPDX-License-Identifier: GPL-2.0
# Makes compile_commands.json from what `make -n -B V=1` says it would run; dir is the folder it runs in.

function escaped(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return text
}

/ -c -o .*\.c$/ {
	printf "%s\n  {\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s\"}", count++ ? "," : "[", dir,
	       $NF, escaped($0)
}

END {
	print count ? "\n]" : "[]"
}
