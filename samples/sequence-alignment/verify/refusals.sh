#!/bin/sh
# Bad input is normal input: each case must end with exit code 1 and one line that names the cause,
# or, where the input is only unusual, with exit code 0 and a table.
set -eu
sample=$(cd "$(dirname "$0")/.." && pwd)
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
javac -d "$work/classes" "$sample/SequenceAlignment.java"
cases=0
failed=0

wrong() {
  echo "$1" >&2
  failed=$((failed + 1))
}

align() {
  env -u INPUT_FILE_PATH -u TMP_OUTPUT_DIR -u GENOME_FILE_PATH -u MILLRACE_FUNCTION_DIR \
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$work/classes" SequenceAlignment "$@" \
    >"$work/stdout" 2>"$work/stderr"
}

# refuses EXPECTED_TEXT ARGUMENT...
refuses() {
  cases=$((cases + 1))
  expected=$1
  shift
  code=0
  align "$@" || code=$?
  lines=$(wc -l <"$work/stderr")
  if [ "$code" -ne 1 ] || [ "$lines" -ne 1 ] || ! grep -qF -- "$expected" "$work/stderr"; then
    wrong "expected '$expected' and exit code 1, found exit code $code and: $(cat "$work/stderr")"
  fi
}

# accepts NAME EXPECTED_TEXT_IN_TABLE ARGUMENT...
accepts() {
  cases=$((cases + 1))
  table=$1
  expected=$2
  shift 2
  code=0
  align --genome "$work/genome.fa" --out "$work/out" "$@" || code=$?
  if [ "$code" -ne 0 ] || ! grep -qF -- "$expected" "$work/out/$table.hits.tsv"; then
    wrong "$table: expected '$expected', found exit code $code and: $(cat "$work/stderr")"
  fi
}

# ATG AAA ... : the forward frame +1 reads MKTAYIAKQRQISFVKSHFSRQ; the second record is its reverse
# complement, so that the same letters lie on the reverse strand.
forward=ATGAAAACCGCGTATATTGCGAAACAGCGTCAGATTAGCTTTGTGAAAAGCCATTTTAGCCGTCAG
reverse=$(printf %s "$forward" | rev | tr ACGT TGCA)
printf '>one\nCC%sNN\n>two\n%sC\n' "$forward" "$reverse" >"$work/genome.fa"
printf '>q some words\nMKTAYIAKQRQISFVKSHFSRQ\n' >"$work/good.fasta"
on="--genome $work/genome.fa --out $work/out"

: >"$work/empty.fasta"
printf '\n\n' >"$work/blank.fasta"
printf 'MKTAYIAK\n' >"$work/text.fasta"
printf '>q\nMKTA\nYI1K\n' >"$work/digit.fasta"
printf '>q\nMK-TA\n' >"$work/gap.fasta"
printf '>q\nMK\351TA\n' >"$work/latin.fasta"
printf '>q\nMK\0TA\n' >"$work/nul.fasta"
printf '>\nMKTA\n' >"$work/nameless.fasta"
printf '>q\n>r\nMKTA\n' >"$work/letterless.fasta"
printf '\037\213\010\000' >"$work/damaged.fasta"
{ echo '>q'; head -c 5001 /dev/zero | tr '\0' 'A'; echo; } >"$work/long.fasta"
printf '>g\nACGT!\n' >"$work/bad.fa"

refuses 'empty, expected FASTA' $on "$work/empty.fasta"
refuses 'empty, expected FASTA' $on "$work/blank.fasta"
refuses 'line 1: not FASTA' $on "$work/text.fasta"
refuses "line 3: '1'" $on "$work/digit.fasta"
refuses "line 2: '-'" $on "$work/gap.fasta"
refuses 'line 2: ' $on "$work/latin.fasta"
refuses '0x00' $on "$work/nul.fasta"
refuses "line 1: no name after '>'" $on "$work/nameless.fasta"
refuses 'q has no letters' $on "$work/letterless.fasta"
refuses 'damaged gzip file' $on "$work/damaged.fasta"
refuses 'the limit is 5000' $on "$work/long.fasta"
refuses 'no such file' $on "$work/none.fasta"
refuses 'is a directory' $on "$work"
refuses 'no query' $on
refuses 'no such file' --genome "$work/none.fa" --out "$work/out" "$work/good.fasta"
refuses "line 2: '!' is no base" --genome "$work/bad.fa" --out "$work/out" "$work/good.fasta"
refuses 'a directory is needed' --genome "$work/genome.fa" --out "$work/genome.fa" "$work/good.fasta"
refuses "$work/genome.fa/below" --genome "$work/genome.fa" --out "$work/genome.fa/below" "$work/good.fasta"
refuses '/proc/1' --genome "$work/genome.fa" --out /proc/1/none "$work/good.fasta"
refuses '--threads must be' $on --threads 0 "$work/good.fasta"
refuses '--threshold must be' $on --threshold NaN "$work/good.fasta"
refuses 'unknown option --thread' $on --thread 1 "$work/good.fasta"
refuses '--top needs a value' $on "$work/good.fasta" --top

# The letters' own scores add up to 109. Both records together have 266 residues in six frames, so
# E = 0.041 * 22 * 266 * exp(-0.267 * 109).
row='one	109	46.6	5.5e-11	+	+3	3	68	1	22	22	22	0	MKTAYIAKQRQISFVKSHFSRQ'
accepts good "$row" "$work/good.fasta"
accepts good 'two	109	46.6	5.5e-11	-	-2	1	66	1	22	22	22	0	MKTAYIAKQRQISFVKSHFSRQ' "$work/good.fasta"
printf '>q\r\nmktayiakq\r\n\r\nrqisfvkshfsrq\r\n' >"$work/lower.fasta"
accepts lower "$row" "$work/lower.fasta"
gzip -c "$work/good.fasta" >"$work/zipped.fasta.gz"
accepts zipped "$row" "$work/zipped.fasta.gz"
printf '>q\nMUOJAYIAKQRQISFVKSHFSRQ*\n' >"$work/rare.fasta"
accepts rare 'one	' "$work/rare.fasta"
{ printf '>none\nWWW\n'; cat "$work/good.fasta"; } >"$work/two.fasta"
accepts two '# none: no hit with an E-value of 1.0e-03 or less' "$work/two.fasta"
accepts two "$row" "$work/two.fasta"
accepts good "$row" --threads 4 "$work/good.fasta"

echo "$cases cases, $failed failed"
[ "$failed" -eq 0 ]
