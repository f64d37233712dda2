# Makes the tables of zone_table.h of zones.txt.
BEGIN {
	n = 0
}
$1 == "UTC" {
	utc = NR - 1
}
$2 == "=" {
	rows[NR] = "{\"" $1 "\", " data[$3] "},"
	next
}
{
	n_rule = 0
	for (i = 2; i <= NF && $i != ":"; i++)
		rule[++n_rule] = $i
	from = n
	for (i++; i <= NF; i++) {
		match($i, /[-+]/)
		minutes[n] = substr($i, 1, RSTART - 1)
		offsets[n++] = substr($i, RSTART) + 0
	}
	data[$1] = rule[1] ", " rule[2] ", "
	if (n_rule == 2)
		data[$1] = data[$1] rule[2] ", {0, 0, 0, 0}, {0, 0, 0, 0}, "
	else
		data[$1] = data[$1] rule[3] ", {" rule[4] ", " rule[5] ", " rule[6] ", " rule[7] "}, {" \
		    rule[8] ", " rule[9] ", " rule[10] ", " rule[11] "}, "
	data[$1] = data[$1] from ", " n - from
	rows[NR] = "{\"" $1 "\", " data[$1] "},"
}
END {
	print "#include \"base/zone_table.h\"\nconst uint32_t ZONE_MINUTES[] = {"
	for (i = 0; i < n; i++)
		print minutes[i] ","
	print "};\nconst int16_t ZONE_OFFSETS[] = {"
	for (i = 0; i < n; i++)
		print offsets[i] ","
	print "};\nconst struct zone ZONES[] = {"
	for (i = 1; i <= NR; i++)
		print rows[i]
	print "};\nconst size_t ZONES_N = sizeof ZONES / sizeof *ZONES, ZONES_UTC = " utc ";"
}
