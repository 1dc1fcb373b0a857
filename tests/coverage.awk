# SPDX-License-Identifier: GPL-2.0
# Joins the citations of `mmapconf list --json`, on standard input, with spec/*.tsv: by system call and class, how many clauses there are
# and how many of them a test cites.

FILENAME !~ /\.tsv$/ {
	line = $0
	sub(/.*"clauses": \[/, "", line)
	while (match(line, /"[a-z0-9._-]+"/)) {
		cited[substr(line, RSTART + 1, RLENGTH - 2)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
	next
}

FNR > 1 {
	split($0, field, "\t")
	call = field[1]
	sub(/\..*/, "", call)
	if (!(call in clauses))
		calls[++call_count] = call
	if (!((call, field[2]) in of_class))
		classes[call] = classes[call] " " field[2]
	clauses[call]++
	of_class[call, field[2]]++
	if (field[1] in cited) {
		covered[call]++
		covered_of[call, field[2]]++
	}
}

END {
	for (i = 1; i <= call_count; i++) {
		call = calls[i]
		printf "%-18s %4d of %4d", call, covered[call], clauses[call]
		n = split(classes[call], class, " ")
		for (j = 1; j <= n; j++)
			printf("%s %s %d/%d", j > 1 ? "," : "  ", class[j], covered_of[call, class[j]],
			       of_class[call, class[j]])
		print ""
		total += clauses[call]
		total_covered += covered[call]
	}
	printf "%-18s %4d of %4d\n", "all", total_covered, total
}
