#!/bin/sh
# Aligns the sequences of $INPUT_FILE_PATH by NCBI's tblastn; the table of hits goes to $TMP_OUTPUT_DIR.
# Composition is not corrected for and nothing is masked: scores are then plain BLOSUM62 with 11 + k.
set -eu
genome=$(mktemp "${TMPDIR:-/tmp}/genome.XXXXXX")
trap 'rm -f "$genome"' EXIT
gzip -dc "$MILLRACE_FUNCTION_DIR/NC_008253.fa.gz" >"$genome"
name=$(basename "$INPUT_FILE_PATH")
table=$TMP_OUTPUT_DIR/${name%.*}.blast.tsv
printf 'query\ttarget\tscore\tbits\tevalue\tframe\tgenome_start\tgenome_end\tquery_start\tquery_end\tidentities\tlength\tgaps\n' >"$table"
tblastn -query "$INPUT_FILE_PATH" -subject "$genome" -evalue 1e-3 -comp_based_stats 0 -seg no \
  -outfmt '6 qseqid sseqid score bitscore evalue sframe sstart send qstart qend nident length gaps' \
  >>"$table"
echo "$name: $(($(wc -l <"$table") - 1)) hits"
