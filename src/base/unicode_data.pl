#!/usr/bin/perl
# Writes unicode_data.inc from the Unicode tables that perl carries. Run it by hand after a new Unicode
# version: src/base/unicode_data.pl > src/base/unicode_data.inc
use strict;
use warnings;
use Unicode::UCD qw(casefold charinfo);
use Unicode::Normalize qw(getCombinClass);

my $last = 0x10FFFF;

sub rows {
	my ($declaration, $width, @rows) = @_;
	print "static const $declaration = {\n";
	while (my @line = splice @rows, 0, $width) {
		print "    ", join(", ", map { "{" . join(", ", @$_) . "}" } @line), ",\n";
	}
	print "};\n\n";
}

sub hex_of { return sprintf "0x%X", shift }

# Code points that fit, as ranges.
sub ranges {
	my ($fits) = @_;
	my @rows;
	for my $c (0 .. $last) {
		next if ($c >= 0xD800 && $c <= 0xDFFF) || !$fits->($c);
		if (@rows && $rows[-1][1] == $c - 1) { $rows[-1][1] = $c }
		else { push @rows, [$c, $c] }
	}
	return map { [map { hex_of($_) } @$_] } @rows;
}

no warnings qw(surrogate nonchar non_unicode);

print "/* Made by unicode_data.pl from Unicode ", Unicode::UCD::UnicodeVersion(), ". */\n\n";
rows("struct unicode_range INVISIBLE[]", 4, ranges(sub {
	my $s = chr shift;
	return $s =~ /[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\x{2800}]/;
}));
rows("struct unicode_range EMOJI[]", 4, ranges(sub {
	my $s = chr shift;
	return $s =~ /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/;
}));
rows("struct unicode_range UNSETTLED[]", 4, ranges(sub {
	my $c = shift;
	my $s = chr $c;
	return getCombinClass($c) != 0 || $s =~ /[\p{NFC_QC=N}\p{NFC_QC=M}]/;
}));

my @classes;
for my $c (0 .. $last) {
	my $class = getCombinClass($c) or next;
	if (@classes && $classes[-1][1] == $c - 1 && $classes[-1][2] == $class) { $classes[-1][1] = $c }
	else { push @classes, [$c, $c, $class] }
}
rows("struct unicode_class CLASSES[]", 4, map { [hex_of($_->[0]), hex_of($_->[1]), $_->[2]] } @classes);

# Simple case folding (CaseFolding.txt, C and S), as runs of one distance and one step.
my @folds;
for my $c (0 .. $last) {
	my $fold = casefold($c) or next;
	next if $fold->{simple} eq "";
	my $to = hex $fold->{simple};
	my $run = @folds ? $folds[-1] : undef;
	my $step = $run ? $c - $run->[1] : 0;
	if ($run && $run->[3] == $to - $c && ($step == $run->[2] || ($run->[0] == $run->[1] && $step <= 2))) {
		($run->[1], $run->[2]) = ($c, $step);
	} else {
		push @folds, [$c, $c, 1, $to - $c];
	}
}
rows("struct unicode_case FOLDS[]", 4, map { [hex_of($_->[0]), hex_of($_->[1]), $_->[2], $_->[3]] } @folds);

# One step of the canonical decomposition, Hangul left out; and the way back.
my (@parts, @pairs);
for my $c (0 .. $last) {
	next if $c >= 0xAC00 && $c <= 0xD7A3;
	my $info = charinfo($c) or next;
	my $d = $info->{decomposition};
	next if $d eq "" || $d =~ /</;
	my ($a, $b) = map { hex } split / /, $d;
	push @parts, [hex_of($c), hex_of($a), hex_of($b // 0)];
	push @pairs, [$a, $b, $c] if defined $b && chr($c) !~ /\p{Full_Composition_Exclusion}/;
}
rows("struct unicode_pair PARTS[]", 5, @parts);
rows("struct unicode_pair WHOLES[]", 5,
	map { [map { hex_of($_) } @$_] } sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } @pairs);
