import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Aligns protein sequences with a genome: Smith-Waterman with affine gaps over the genome's six
 * reading frames, every cell computed, nothing skipped by a heuristic.
 *
 * <p>Scores: BLOSUM62 with 24 letters; a gap of length k costs 11 + k. A first pass gets the exact
 * best score of every stretch of {@link #SEGMENT} columns ({@link Lanes}); a second pass aligns
 * only where a hit is ({@link Finder}). README.md says how to run it and what the columns mean.
 */
public final class SequenceAlignment {
  /** Cost of the first letter of a gap (11 to open, 1 for the letter), and of each further one. */
  static final int GAP_FIRST = 12;

  static final int GAP_NEXT = 1;

  /** Columns that share one score in the first pass. Frames start at a multiple of it. */
  static final int SEGMENT = 32;

  /** Scores far below all that can be reached, yet far from overflow. */
  static final int NEVER = -1_000_000_000;

  static final int QUERY_LETTERS_MAX = 5_000;
  static final long QUERY_BYTES_MAX = 16L << 20;

  private SequenceAlignment() {}

  /** What the user can put right; it becomes one line on stderr and exit code 1. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** Runs one search, or with {@code --pairs FILE} scores the pairs of a file. */
  public static void main(String[] arguments) {
    try {
      Options options = Options.parse(arguments);
      if (options.pairs().isPresent()) {
        scorePairs(options.pairs().get(), options.threads());
      } else {
        search(options);
      }
    } catch (Refusal refusal) {
      fail(refusal.getMessage());
    } catch (FileSystemException e) {
      fail(e.getFile() + ": " + Optional.ofNullable(e.getReason()).orElse(reasonOf(e)));
    } catch (IOException | ExecutionException e) {
      fail(e.toString());
    } catch (InterruptedException e) {
      fail("interrupted");
    }
  }

  private static String reasonOf(FileSystemException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "access denied";
      case FileAlreadyExistsException taken -> "is a file, a directory is needed";
      default -> e.getClass().getSimpleName();
    };
  }

  private static void fail(String message) {
    System.err.println("sequence-alignment: " + message);
    System.exit(1);
  }

  /** What the arguments and, where they are silent, the environment say. */
  record Options(
      Path query,
      Path genome,
      Path out,
      int threads,
      int top,
      double threshold,
      Optional<Path> pairs) {
    static final String USAGE =
        "usage: java SequenceAlignment.java [--genome FILE] [--out DIR] [--threads N] [--top N]"
            + " [--threshold E] QUERY.fasta, or --pairs FILE";

    static Options parse(String[] arguments) {
      String query = environment("INPUT_FILE_PATH", "");
      String genome =
          environment(
              "GENOME_FILE_PATH", environment("MILLRACE_FUNCTION_DIR", ".") + "/NC_008253.fa.gz");
      String out = environment("TMP_OUTPUT_DIR", ".");
      String pairs = "";
      int threads = 1;
      int top = 10;
      double threshold = 1e-3;
      for (int i = 0; i < arguments.length; i++) {
        String name = arguments[i];
        if (!name.startsWith("--")) {
          query = name;
          continue;
        }
        if (i + 1 == arguments.length) {
          throw new Refusal(name + " needs a value; " + USAGE);
        }
        String value = arguments[++i];
        switch (name) {
          case "--genome" -> genome = value;
          case "--out" -> out = value;
          case "--pairs" -> pairs = value;
          case "--threads" -> threads = (int) number(name, value, 1, 256);
          case "--top" -> top = (int) number(name, value, 1, 1_000);
          case "--threshold" -> threshold = number(name, value, 1e-300, 10);
          default -> throw new Refusal("unknown option " + name + "; " + USAGE);
        }
      }
      if (query.isEmpty() && pairs.isEmpty()) {
        throw new Refusal("no query: give a FASTA file, or set INPUT_FILE_PATH; " + USAGE);
      }
      return new Options(
          Path.of(query),
          Path.of(genome),
          Path.of(out),
          threads,
          top,
          threshold,
          pairs.isEmpty() ? Optional.empty() : Optional.of(Path.of(pairs)));
    }

    private static String environment(String name, String otherwise) {
      String value = System.getenv(name);
      return value == null || value.isEmpty() ? otherwise : value;
    }

    private static double number(String name, String value, double least, double most) {
      try {
        double number = Double.parseDouble(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // refused below, together with what is out of range
      }
      throw new Refusal(name + " must be " + least + ".." + most + ": " + value);
    }
  }

  private static void search(Options options)
      throws IOException, InterruptedException, ExecutionException {
    List<Sequence> queries = Sequence.proteins(options.query());
    List<Sequence> contigs = Sequence.nucleotides(options.genome());
    Files.createDirectories(options.out());
    if (!Files.isWritable(options.out())) {
      throw new Refusal(options.out() + ": the output directory is not writable");
    }
    StringBuilder table = new StringBuilder(Hit.HEADER).append('\n');
    long cells = 0;
    double seconds = 0;
    for (Sequence query : queries) {
      long begin = System.nanoTime();
      Stream stream = Stream.translate(contigs, Protein.bestScore(query.letters()));
      long queryCells = query.letters().length * stream.residues();
      Statistics statistics = new Statistics(queryCells);
      int scoreMin = statistics.scoreMin(options.threshold());
      int[] maxima =
          Lanes.maxima(stream.residuesAndSeparators(), query.letters(), options.threads());
      List<Hit> hits = new Finder(query.letters(), stream, maxima, scoreMin).best(options.top());
      hits.forEach(hit -> table.append(hit.row(query.name(), statistics)).append('\n'));
      if (hits.isEmpty()) {
        table.append(
            String.format(
                Locale.ROOT,
                "# %s: no hit with an E-value of %.1e or less\n",
                query.name(),
                options.threshold()));
      }
      cells += queryCells;
      seconds += (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%s: %d letters, %d hits%s%n",
          query.name(),
          query.letters().length,
          hits.size(),
          hits.isEmpty() ? "" : ", best: " + hits.getFirst().summary(statistics));
    }
    Path result = options.out().resolve(resultName(options.query()));
    Files.writeString(result, table);
    System.out.printf(
        Locale.ROOT,
        "%d cells in %.2f s, %.0f million cells/s; hits in %s%n",
        cells,
        seconds,
        cells / seconds / 1e6,
        result);
  }

  private static String resultName(Path query) {
    String name = query.getFileName().toString();
    return name.replaceFirst("(\\.(fasta|fa|faa))?(\\.gz)?$", "") + ".hits.tsv";
  }

  /** One pair a line, query and target separated by a tab; prints one score a line. */
  private static void scorePairs(Path pairs, int threads)
      throws IOException, InterruptedException, ExecutionException {
    int line = 0;
    for (String text : Files.readAllLines(pairs, StandardCharsets.ISO_8859_1)) {
      line++;
      String[] pair = text.split("\t");
      if (pair.length != 2) {
        throw new Refusal(pairs + " line " + line + ": expected a query, a tab and a target");
      }
      byte[] query = Protein.encode(pair[0], pairs + " line " + line);
      byte[] target = Protein.encode(pair[1], pairs + " line " + line);
      int[] maxima = Lanes.maxima(target, query, threads);
      System.out.println(Arrays.stream(maxima).max().orElse(0));
    }
  }

  /** A named sequence: amino acids as indices into {@link Protein#LETTERS}, bases as letters. */
  record Sequence(String name, byte[] letters) {
    static List<Sequence> proteins(Path file) throws IOException {
      if (Files.size(file) > QUERY_BYTES_MAX) {
        throw new Refusal(file + ": larger than " + QUERY_BYTES_MAX + " bytes");
      }
      List<Sequence> found = read(file, Protein::encode);
      for (Sequence one : found) {
        if (one.letters.length > QUERY_LETTERS_MAX) {
          throw new Refusal(
              file
                  + ": "
                  + one.name
                  + " has "
                  + one.letters.length
                  + " letters, the limit is "
                  + QUERY_LETTERS_MAX);
        }
      }
      return found;
    }

    static List<Sequence> nucleotides(Path file) throws IOException {
      return read(file, Genome::encode);
    }

    /** Turns a line's text into letters, or refuses it, naming the place. */
    interface Alphabet {
      byte[] encode(String text, String place);
    }

    private static List<Sequence> read(Path file, Alphabet alphabet) throws IOException {
      List<Sequence> found = new ArrayList<>();
      ByteArrayOutputStream letters = new ByteArrayOutputStream();
      String name = "";
      int line = 0;
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(open(file), StandardCharsets.ISO_8859_1))) {
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
          line++;
          String place = file + " line " + line;
          if (text.startsWith(">")) {
            finish(file, name, letters, found);
            name = text.substring(1).strip().split("\\s+")[0];
            if (name.isEmpty()) {
              throw new Refusal(place + ": no name after '>'");
            }
          } else if (!text.isBlank()) {
            if (name.isEmpty()) {
              throw new Refusal(place + ": not FASTA, the first line must start with '>'");
            }
            letters.writeBytes(alphabet.encode(text.strip(), place));
          }
        }
      } catch (ZipException | EOFException e) {
        throw new Refusal(file + ": damaged gzip file: " + e.getMessage());
      }
      finish(file, name, letters, found);
      if (found.isEmpty()) {
        throw new Refusal(file + ": empty, expected FASTA");
      }
      return found;
    }

    private static void finish(
        Path file, String name, ByteArrayOutputStream letters, List<Sequence> found) {
      if (name.isEmpty()) {
        return;
      }
      if (letters.size() == 0) {
        throw new Refusal(file + ": " + name + " has no letters");
      }
      found.add(new Sequence(name, letters.toByteArray()));
      letters.reset();
    }

    private static InputStream open(Path file) throws IOException {
      if (Files.isDirectory(file)) {
        throw new Refusal(file + ": is a directory, expected a FASTA file");
      }
      byte[] bytes = Files.readAllBytes(file);
      boolean gzipped = bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
      InputStream plain = new ByteArrayInputStream(bytes);
      return gzipped ? new GZIPInputStream(plain) : plain;
    }
  }

  /** The amino acids and BLOSUM62 (Henikoff and Henikoff 1992, as NCBI distributes it). */
  static final class Protein {
    static final String LETTERS = "ARNDCQEGHILKMFPSTWYVBZX*";
    static final byte UNKNOWN = (byte) LETTERS.indexOf('X');

    /** Stands between frames: no alignment goes through it. */
    static final byte SEPARATOR = (byte) LETTERS.length();

    private static final String BLOSUM62 =
        """
         4 -1 -2 -2  0 -1 -1  0 -2 -1 -1 -1 -1 -2 -1  1  0 -3 -2  0 -2 -1  0 -4
        -1  5  0 -2 -3  1  0 -2  0 -3 -2  2 -1 -3 -2 -1 -1 -3 -2 -3 -1  0 -1 -4
        -2  0  6  1 -3  0  0  0  1 -3 -3  0 -2 -3 -2  1  0 -4 -2 -3  3  0 -1 -4
        -2 -2  1  6 -3  0  2 -1 -1 -3 -4 -1 -3 -3 -1  0 -1 -4 -3 -3  4  1 -1 -4
         0 -3 -3 -3  9 -3 -4 -3 -3 -1 -1 -3 -1 -2 -3 -1 -1 -2 -2 -1 -3 -3 -2 -4
        -1  1  0  0 -3  5  2 -2  0 -3 -2  1  0 -3 -1  0 -1 -2 -1 -2  0  3 -1 -4
        -1  0  0  2 -4  2  5 -2  0 -3 -3  1 -2 -3 -1  0 -1 -3 -2 -2  1  4 -1 -4
         0 -2  0 -1 -3 -2 -2  6 -2 -4 -4 -2 -3 -3 -2  0 -2 -2 -3 -3 -1 -2 -1 -4
        -2  0  1 -1 -3  0  0 -2  8 -3 -3 -1 -2 -1 -2 -1 -2 -2  2 -3  0  0 -1 -4
        -1 -3 -3 -3 -1 -3 -3 -4 -3  4  2 -3  1  0 -3 -2 -1 -3 -1  3 -3 -3 -1 -4
        -1 -2 -3 -4 -1 -2 -3 -4 -3  2  4 -2  2  0 -3 -2 -1 -2 -1  1 -4 -3 -1 -4
        -1  2  0 -1 -3  1  1 -2 -1 -3 -2  5 -1 -3 -1  0 -1 -3 -2 -2  0  1 -1 -4
        -1 -1 -2 -3 -1  0 -2 -3 -2  1  2 -1  5  0 -2 -1 -1 -1 -1  1 -3 -1 -1 -4
        -2 -3 -3 -3 -2 -3 -3 -3 -1  0  0 -3  0  6 -4 -2 -2  1  3 -1 -3 -3 -1 -4
        -1 -2 -2 -1 -3 -1 -1 -2 -2 -3 -3 -1 -2 -4  7 -1 -1 -4 -3 -2 -2 -1 -2 -4
         1 -1  1  0 -1  0  0  0 -1 -2 -2  0 -1 -2 -1  4  1 -3 -2 -2  0  0  0 -4
         0 -1  0 -1 -1 -1 -1 -2 -2 -1 -1 -1 -1 -2 -1  1  5 -2 -2  0 -1 -1  0 -4
        -3 -3 -4 -4 -2 -2 -3 -2 -2 -3 -2 -3 -1  1 -4 -3 -2 11  2 -3 -4 -3 -2 -4
        -2 -2 -2 -3 -2 -1 -2 -3  2 -1 -1 -2 -1  3 -3 -2 -2  2  7 -1 -3 -2 -1 -4
         0 -3 -3 -3 -1 -2 -2 -3 -3  3  1 -2  1 -1 -2 -2  0 -3 -1  4 -3 -2 -1 -4
        -2 -1  3  4 -3  0  1 -1  0 -3 -4  0 -3 -3 -2  0 -1 -4 -3 -3  4  1 -1 -4
        -1  0  0  1 -3  3  4 -2  0 -3 -3  1 -1 -3 -1  0 -1 -3 -2 -2  1  4 -1 -4
         0 -1 -1 -1 -2 -1 -1 -1 -1 -1 -1 -1 -1 -1 -2  0  0 -2 -1 -1 -1 -1 -1 -4
        -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4  1
        """;

    /** By query letter, then by genome letter, the separator included. */
    static final int[][] SCORES = parse();

    private Protein() {}

    private static int[][] parse() {
      int[] flat =
          Arrays.stream(BLOSUM62.strip().split("\\s+")).mapToInt(Integer::parseInt).toArray();
      int[][] scores = new int[SEPARATOR][];
      for (int letter = 0; letter < SEPARATOR; letter++) {
        scores[letter] =
            Arrays.copyOf(
                Arrays.copyOfRange(flat, letter * SEPARATOR, (letter + 1) * SEPARATOR),
                SEPARATOR + 1);
        scores[letter][SEPARATOR] = NEVER / 2;
      }
      return scores;
    }

    /** U, O and J have no row in the matrix: they count as X. */
    static byte[] encode(String text, String place) {
      byte[] letters = new byte[text.length()];
      for (int i = 0; i < letters.length; i++) {
        char upper = Character.toUpperCase(text.charAt(i));
        int letter = LETTERS.indexOf("UOJ".indexOf(upper) >= 0 ? 'X' : upper);
        if (letter < 0) {
          throw new Refusal(
              String.format(
                  Locale.ROOT,
                  "%s: '%c' (0x%02x) is no amino acid letter (A-Z or *)",
                  place,
                  text.charAt(i) < ' ' ? '?' : text.charAt(i),
                  (int) text.charAt(i)));
        }
        letters[i] = (byte) letter;
      }
      return letters;
    }

    static String decode(byte[] letters, int from, int to) {
      StringBuilder text = new StringBuilder();
      for (int i = from; i < to; i++) {
        text.append(LETTERS.charAt(letters[i]));
      }
      return text.toString();
    }

    /** No alignment of the query scores more than this. */
    static int bestScore(byte[] query) {
      int sum = 0;
      for (byte letter : query) {
        sum += Math.max(0, Arrays.stream(SCORES[letter]).max().orElseThrow());
      }
      return sum;
    }
  }

  /** Bases, and what they mean: the standard genetic code (NCBI translation table 1, as in 11). */
  static final class Genome {
    private static final String BASES = "TCAG";
    private static final String CODE =
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG";
    private static final String AMBIGUOUS = "RYSWKMBDHVN";

    private Genome() {}

    /** Bases as 0 to 3 in the order TCAG; an ambiguous base is 4. */
    static byte[] encode(String text, String place) {
      byte[] bases = new byte[text.length()];
      for (int i = 0; i < bases.length; i++) {
        char upper = Character.toUpperCase(text.charAt(i));
        int base = BASES.indexOf(upper == 'U' ? 'T' : upper);
        if (base < 0 && AMBIGUOUS.indexOf(upper) < 0) {
          throw new Refusal(place + ": '" + text.charAt(i) + "' is no base");
        }
        bases[i] = (byte) (base < 0 ? 4 : base);
      }
      return bases;
    }

    /** The complement of T, C, A, G is A, G, T, C: two places further. */
    static byte[] reverseComplement(byte[] bases) {
      byte[] reversed = new byte[bases.length];
      for (int i = 0; i < bases.length; i++) {
        byte base = bases[bases.length - 1 - i];
        reversed[i] = base == 4 ? base : (byte) (base ^ 2);
      }
      return reversed;
    }

    /** Translates from {@code offset} on; a codon with an ambiguous base is X. */
    static byte[] translate(byte[] bases, int offset) {
      byte[] residues = new byte[Math.max(0, (bases.length - offset) / 3)];
      for (int i = 0; i < residues.length; i++) {
        int at = offset + 3 * i;
        boolean known = bases[at] < 4 && bases[at + 1] < 4 && bases[at + 2] < 4;
        residues[i] =
            known
                ? (byte)
                    Protein.LETTERS.indexOf(
                        CODE.charAt(16 * bases[at] + 4 * bases[at + 1] + bases[at + 2]))
                : Protein.UNKNOWN;
      }
      return residues;
    }
  }

  /** One reading frame, and where its residues {@code from} (in) to {@code to} (out) lie. */
  record Frame(String contig, int bases, boolean forward, int offset, int from, int to) {
    /** The first base, on the forward strand and counted from 1, of residues a to b (out). */
    int genomeStart(int a, int b) {
      return forward ? offset + 3 * (a - from) + 1 : bases - (offset + 3 * (b - from)) + 1;
    }

    int genomeEnd(int a, int b) {
      return genomeStart(a, b) + 3 * (b - a) - 1;
    }
  }

  /**
   * All frames in one array. Between them, and after the last, lies a run of separators so long
   * that even a gap opened at the best possible score is used up within it.
   */
  record Stream(byte[] residuesAndSeparators, List<Frame> frames) {
    static Stream translate(List<Sequence> contigs, int scoreMax) {
      List<Frame> frames = new ArrayList<>();
      List<byte[]> translated = new ArrayList<>();
      long at = 0;
      for (Sequence contig : contigs) {
        byte[][] strands = {contig.letters(), Genome.reverseComplement(contig.letters())};
        for (int frame = 0; frame < 6; frame++) {
          byte[] residues = Genome.translate(strands[frame / 3], frame % 3);
          translated.add(residues);
          frames.add(
              new Frame(
                  contig.name(),
                  contig.letters().length,
                  frame < 3,
                  frame % 3,
                  (int) at,
                  (int) at + residues.length));
          at = Lanes.roundUp(at + residues.length + scoreMax + 1);
          if (at > Integer.MAX_VALUE / 2) {
            throw new Refusal("the genome is too large: at most about 1,000 million residues");
          }
        }
      }
      byte[] all = new byte[(int) at];
      Arrays.fill(all, Protein.SEPARATOR);
      for (int i = 0; i < frames.size(); i++) {
        System.arraycopy(translated.get(i), 0, all, frames.get(i).from(), translated.get(i).length);
      }
      return new Stream(all, frames);
    }

    long residues() {
      return frames.stream().mapToLong(frame -> frame.to() - frame.from()).sum();
    }
  }

  /**
   * The first pass: many stretches of the stream side by side, one a lane, so that the innermost
   * loop runs over lanes and the compiler turns it into vector instructions.
   *
   * <p>Cutting loses no alignment. At its end a lane goes on into its neighbour's stretch, but
   * there lets no alignment begin; it stops when no cell of its last column is above 0. An
   * alignment over the cut is thus followed to its end, unless some beginning of it scores 0 or
   * less: then without that beginning it is at least as good, and the neighbour finds it. So the
   * maxima are exact.
   */
  static final class Lanes {
    static final int LANES = 512;

    private final byte[] stream;
    private final byte[] query;
    private final int[] maxima;
    private final int[] at;
    private final int[][] score;
    private final int[][] gapInQuery;
    private final int[] gapInTarget = new int[LANES];
    private final int[] diagonal = new int[LANES];
    private final int[] best = new int[LANES];
    private final int[] column = new int[LANES];
    private final int[][] profile = new int[Protein.SEPARATOR][];
    private int lanes;

    private Lanes(byte[] stream, byte[] query, int lanes) {
      this.stream = stream;
      this.query = query;
      this.lanes = lanes;
      this.maxima = new int[segments(stream)];
      this.at = new int[lanes];
      this.score = new int[query.length][LANES];
      this.gapInQuery = new int[query.length][LANES];
      for (int[] row : gapInQuery) {
        Arrays.fill(row, NEVER);
      }
      for (byte letter : query) {
        profile[letter] = new int[LANES];
      }
    }

    static long roundUp(long columns) {
      return (columns + SEGMENT - 1) / SEGMENT * SEGMENT;
    }

    private static int segments(byte[] stream) {
      return (int) (roundUp(stream.length) / SEGMENT);
    }

    /** The exact best score of all alignments that end in each segment of the stream. */
    static int[] maxima(byte[] stream, byte[] query, int threads)
        throws InterruptedException, ExecutionException {
      int part = (segments(stream) + threads - 1) / threads * SEGMENT;
      List<Callable<int[]>> parts = new ArrayList<>();
      for (int from = 0; from < stream.length; from += part) {
        int begin = from;
        int end = Math.min(stream.length, from + part);
        parts.add(() -> scan(stream, query, begin, end));
      }
      int[] merged = new int[segments(stream)];
      try (var pool = Executors.newFixedThreadPool(threads)) {
        for (var done : pool.invokeAll(parts)) {
          int[] one = done.get();
          Arrays.setAll(merged, i -> Math.max(merged[i], one[i]));
        }
      }
      return merged;
    }

    private static int[] scan(byte[] stream, byte[] query, int from, int to) {
      int stretch = (int) roundUp((to - from + LANES - 1) / LANES);
      Lanes run = new Lanes(stream, query, (to - from + stretch - 1) / stretch);
      Arrays.setAll(run.at, lane -> from + lane * stretch);
      for (int columns = 0; columns < stretch; columns += SEGMENT) {
        run.segment(0);
      }
      while (run.keepLiving()) {
        run.segment(NEVER);
      }
      return run.maxima;
    }

    /** Advances all lanes by one segment; with floor 0 an alignment may begin anywhere. */
    private void segment(int floor) {
      Arrays.fill(best, 0);
      for (int step = 0; step < SEGMENT; step++) {
        readColumn(step);
        Arrays.fill(gapInTarget, NEVER);
        Arrays.fill(diagonal, floor);
        for (int i = 0; i < query.length; i++) {
          row(score[i], gapInQuery[i], profile[query[i]], floor);
        }
      }
      for (int lane = 0; lane < lanes; lane++) {
        int segment = at[lane] / SEGMENT;
        if (segment < maxima.length) {
          maxima[segment] = Math.max(maxima[segment], best[lane]);
        }
        at[lane] += SEGMENT;
      }
    }

    private void readColumn(int step) {
      for (int lane = 0; lane < lanes; lane++) {
        int position = at[lane] + step;
        column[lane] = position < stream.length ? stream[position] : Protein.SEPARATOR;
      }
      for (int letter = 0; letter < profile.length; letter++) {
        if (profile[letter] != null) {
          lookUp(Protein.SCORES[letter], profile[letter]);
        }
      }
    }

    private void lookUp(int[] scores, int[] row) {
      int[] letters = column;
      for (int lane = 0; lane < lanes; lane++) {
        row[lane] = scores[letters[lane]];
      }
    }

    /**
     * One row of one column in every lane. This loop is where the time goes: keep its shape (one
     * cell a lane, all indices plain), or the compiler stops using vector instructions for it.
     */
    private void row(int[] left, int[] across, int[] pair, int floor) {
      int[] down = gapInTarget;
      int[] corner = diagonal;
      int[] top = best;
      int n = lanes;
      for (int lane = 0; lane < n; lane++) {
        int before = left[lane];
        int inQuery = Math.max(across[lane] - GAP_NEXT, before - GAP_FIRST);
        int inTarget = down[lane];
        int here =
            Math.max(Math.max(corner[lane] + pair[lane], floor), Math.max(inQuery, inTarget));
        corner[lane] = before;
        across[lane] = inQuery;
        left[lane] = here;
        down[lane] = Math.max(inTarget - GAP_NEXT, here - GAP_FIRST);
        top[lane] = Math.max(top[lane], here);
      }
    }

    /** Drops the lanes whose last column holds nothing above 0; false when none is left. */
    private boolean keepLiving() {
      int[] alive = best;
      Arrays.fill(alive, 0);
      for (int i = 0; i < query.length; i++) {
        for (int lane = 0; lane < lanes; lane++) {
          alive[lane] = Math.max(alive[lane], Math.max(score[i][lane], gapInQuery[i][lane]));
        }
      }
      int kept = 0;
      for (int lane = 0; lane < lanes; lane++) {
        if (alive[lane] > 0) {
          for (int i = 0; i < query.length; i++) {
            score[i][kept] = score[i][lane];
            gapInQuery[i][kept] = gapInQuery[i][lane];
          }
          at[kept++] = at[lane];
        }
      }
      lanes = kept;
      return kept > 0;
    }
  }

  /**
   * The second pass. A hit is the best alignment of a frame; then the best of what lies on either
   * side of it in that frame, using none of its residues; and so on, best score first.
   */
  static final class Finder {
    private final byte[] query;
    private final Stream stream;
    private final int[] maxima;
    private final int scoreMin;
    private final int span;

    Finder(byte[] query, Stream stream, int[] maxima, int scoreMin) {
      this.query = query;
      this.stream = stream;
      this.maxima = maxima;
      this.scoreMin = scoreMin;
      // A positive score leaves room for no more gap letters than the best score has points.
      this.span = query.length + Protein.bestScore(query);
    }

    /** Where an alignment ends: its last residue and the query letter under it, both included. */
    record End(int score, int queryLast, int targetLast) {
      static final End NONE = new End(0, 0, 0);

      boolean worseThan(End other) {
        return score < other.score || (score == other.score && targetLast > other.targetLast);
      }
    }

    /**
     * A piece of a frame; its best score is at most {@code bound}, and known if there is an end.
     */
    record Piece(Frame frame, int from, int to, int bound, Optional<End> end) {}

    List<Hit> best(int top) {
      PriorityQueue<Piece> open =
          new PriorityQueue<>(
              Comparator.comparingInt((Piece piece) -> -piece.bound())
                  .thenComparing(piece -> piece.end().isPresent())
                  .thenComparingInt(Piece::from));
      stream.frames().forEach(frame -> offer(open, frame, frame.from(), frame.to()));
      List<Hit> hits = new ArrayList<>();
      while (!open.isEmpty() && hits.size() < top) {
        Piece piece = open.poll();
        if (piece.end().isEmpty()) {
          resolve(piece).ifPresent(open::add);
          continue;
        }
        Hit hit = Traceback.of(query, stream, piece.frame(), piece.end().get());
        hits.add(hit);
        offer(open, piece.frame(), piece.from(), hit.targetFrom());
        offer(open, piece.frame(), hit.targetTo(), piece.to());
      }
      return hits;
    }

    private void offer(PriorityQueue<Piece> open, Frame frame, int from, int to) {
      int bound = 0;
      for (int segment = from / SEGMENT; segment * SEGMENT < to; segment++) {
        bound = Math.max(bound, maxima[segment]);
      }
      if (from < to && bound >= scoreMin) {
        open.add(new Piece(frame, from, to, bound, Optional.empty()));
      }
    }

    private Optional<Piece> resolve(Piece piece) {
      End best = End.NONE;
      for (Piece run : runs(piece)) {
        if (run.bound() >= best.score()) {
          End end = bestEnd(piece, run);
          best = best.worseThan(end) ? end : best;
        }
      }
      boolean whole = piece.from() == piece.frame().from() && piece.to() == piece.frame().to();
      if (whole && best.score() != piece.bound()) {
        throw new IllegalStateException(
            "the passes disagree: " + best.score() + " and " + piece.bound());
      }
      return best.score() < scoreMin
          ? Optional.empty()
          : Optional.of(
              new Piece(piece.frame(), piece.from(), piece.to(), best.score(), Optional.of(best)));
    }

    /** The stretches of a piece in which an alignment can end that is good enough, best first. */
    private List<Piece> runs(Piece piece) {
      List<Piece> runs = new ArrayList<>();
      int segment = piece.from() / SEGMENT;
      while (segment * SEGMENT < piece.to()) {
        int first = segment;
        int bound = 0;
        while (segment * SEGMENT < piece.to() && maxima[segment] >= scoreMin) {
          bound = Math.max(bound, maxima[segment++]);
        }
        if (segment > first) {
          int from = Math.max(piece.from(), first * SEGMENT);
          int to = Math.min(piece.to(), segment * SEGMENT);
          runs.add(new Piece(piece.frame(), from, to, bound, Optional.empty()));
        }
        segment++;
      }
      runs.sort(Comparator.comparingInt((Piece run) -> -run.bound()).thenComparingInt(Piece::from));
      return runs;
    }

    /** Plain dynamic programming over all that an alignment ending in the run can reach. */
    private End bestEnd(Piece piece, Piece run) {
      int[] score = new int[query.length];
      int[] across = new int[query.length];
      Arrays.fill(across, NEVER);
      byte[] residues = stream.residuesAndSeparators();
      End best = End.NONE;
      for (int at = Math.max(piece.from(), run.from() - span); at < run.to(); at++) {
        int corner = 0;
        int down = NEVER;
        for (int i = 0; i < query.length; i++) {
          across[i] = Math.max(across[i] - GAP_NEXT, score[i] - GAP_FIRST);
          int paired = corner + Protein.SCORES[query[i]][residues[at]];
          corner = score[i];
          score[i] = Math.max(Math.max(paired, 0), Math.max(across[i], down));
          down = Math.max(down - GAP_NEXT, score[i] - GAP_FIRST);
          if (score[i] > best.score() && at >= run.from()) {
            best = new End(score[i], i, at);
          }
        }
      }
      return best;
    }
  }

  /**
   * Finds the beginning of an alignment from its end: dynamic programming leftwards, anchored at
   * the end, until the score is reached; then the kept directions are followed back.
   */
  static final class Traceback {
    private static final int PAIR = 0;
    private static final int ACROSS = 1;
    private static final int DOWN = 2;
    private static final int ACROSS_OPENS = 4;
    private static final int DOWN_OPENS = 8;

    private Traceback() {}

    static Hit of(byte[] query, Stream stream, Frame frame, Finder.End end) {
      byte[] residues = stream.residuesAndSeparators();
      int rows = end.queryLast() + 1;
      int[] score = new int[rows + 1];
      int[] across = new int[rows];
      Arrays.fill(score, NEVER);
      Arrays.fill(across, NEVER);
      List<byte[]> columns = new ArrayList<>();
      int corner = 0;
      for (int at = end.targetLast(); at >= frame.from(); at--) {
        byte[] directions = new byte[rows];
        columns.add(directions);
        int down = NEVER;
        int begin = -1;
        for (int i = rows - 1; i >= 0; i--) {
          boolean acrossOpens = score[i] - GAP_FIRST >= across[i] - GAP_NEXT;
          across[i] = acrossOpens ? score[i] - GAP_FIRST : across[i] - GAP_NEXT;
          boolean downOpens = score[i + 1] - GAP_FIRST >= down - GAP_NEXT;
          down = i == rows - 1 ? NEVER : downOpens ? score[i + 1] - GAP_FIRST : down - GAP_NEXT;
          int paired = corner + Protein.SCORES[query[i]][residues[at]];
          corner = score[i];
          score[i] = Math.max(paired, Math.max(across[i], down));
          directions[i] =
              (byte)
                  ((score[i] == paired ? PAIR : score[i] == across[i] ? ACROSS : DOWN)
                      | (acrossOpens ? ACROSS_OPENS : 0)
                      | (downOpens ? DOWN_OPENS : 0));
          if (score[i] == end.score() && begin < 0) {
            begin = i;
          }
        }
        corner = NEVER;
        if (begin >= 0) {
          return follow(query, residues, frame, end, columns, begin);
        }
      }
      throw new IllegalStateException("no beginning for the score " + end.score());
    }

    private static Hit follow(
        byte[] query, byte[] residues, Frame frame, Finder.End end, List<byte[]> columns, int i) {
      int begin = i;
      int at = end.targetLast() - columns.size() + 1;
      int from = at;
      int identities = 0;
      int length = 0;
      int gaps = 0;
      int state = PAIR;
      while (i <= end.queryLast() && at <= end.targetLast()) {
        int direction = columns.get(end.targetLast() - at)[i];
        if (state == PAIR) {
          state = direction & 3;
        }
        length++;
        if (state == PAIR) {
          identities += query[i] == residues[at] ? 1 : 0;
          i++;
          at++;
        } else if (state == ACROSS) {
          gaps++;
          at++;
          state = (direction & ACROSS_OPENS) != 0 ? PAIR : ACROSS;
        } else {
          gaps++;
          i++;
          state = (direction & DOWN_OPENS) != 0 ? PAIR : DOWN;
        }
      }
      String segment = Protein.decode(residues, from, end.targetLast() + 1);
      return new Hit(
          frame,
          end.score(),
          begin,
          end.queryLast() + 1,
          from,
          end.targetLast() + 1,
          identities,
          length,
          gaps,
          segment);
    }
  }

  /** One alignment; positions are counted from 0, the end lies outside. */
  record Hit(
      Frame frame,
      int score,
      int queryFrom,
      int queryTo,
      int targetFrom,
      int targetTo,
      int identities,
      int length,
      int gaps,
      String segment) {
    static final String HEADER =
        String.join(
            "\t",
            "query",
            "target",
            "score",
            "bits",
            "evalue",
            "strand",
            "frame",
            "genome_start",
            "genome_end",
            "query_start",
            "query_end",
            "identities",
            "length",
            "gaps",
            "segment");

    String row(String query, Statistics statistics) {
      return String.format(
          Locale.ROOT,
          "%s\t%s\t%d\t%.1f\t%.1e\t%s\t%s%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s",
          query,
          frame.contig(),
          score,
          statistics.bits(score),
          statistics.evalue(score),
          strand(),
          strand(),
          frame.offset() + 1,
          frame.genomeStart(targetFrom, targetTo),
          frame.genomeEnd(targetFrom, targetTo),
          queryFrom + 1,
          queryTo,
          identities,
          length,
          gaps,
          segment);
    }

    String summary(Statistics statistics) {
      return String.format(
          Locale.ROOT,
          "score %d, E %.1e, %d-%d (%s), %d%% identical",
          score,
          statistics.evalue(score),
          frame.genomeStart(targetFrom, targetTo),
          frame.genomeEnd(targetFrom, targetTo),
          strand(),
          100 * identities / length);
    }

    private String strand() {
      return frame.forward() ? "+" : "-";
    }
  }

  /**
   * Karlin-Altschul statistics of gapped BLOSUM62 alignments with gap costs 11 + k: lambda and K
   * are those of NCBI BLAST (blosum62_values in blast_stat.c; Altschul et al. 1997). The search
   * space is the query's letters times the residues of all frames; no lengths are taken off for
   * alignments that run out at an edge, so an E-value is rather too large than too small.
   * StrictMath keeps the figures the same on every machine.
   */
  record Statistics(long searchSpace) {
    static final double LAMBDA = 0.267;
    static final double K = 0.041;

    double evalue(int score) {
      return K * searchSpace * StrictMath.exp(-LAMBDA * score);
    }

    double bits(int score) {
      return (LAMBDA * score - StrictMath.log(K)) / StrictMath.log(2);
    }

    /** The least score whose E-value is not above the threshold. */
    int scoreMin(double threshold) {
      int score = 1;
      while (evalue(score) > threshold) {
        score++;
      }
      return score;
    }
  }
}
