package dev.millrace.fdl.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one YAML document, in time and memory that its limits bound: 10 MiB, lines of 256 KiB,
 * 200,000 elements as written, 100,000 and 10 Mi characters once aliases are written out, keys of
 * 1,024 characters, 40 levels, 50 aliases of lists and maps.
 */
public final class YamlReader {
  /** The longest file, in bytes. */
  public static final int MAX_BYTES = SourceText.MAX_BYTES;

  private static final int MAX_ALIASES = 50;

  private YamlReader() {}

  /** The tree that these bytes hold. */
  public static YamlTree read(byte[] bytes) {
    try {
      return compose(SourceText.decode(bytes));
    } catch (Refused e) {
      return YamlTree.refused(e.spot(), e.reason());
    }
  }

  private static YamlTree compose(String text) {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(SourceText.MAX_BYTES);
    limits.setMaxAliasesForCollections(MAX_ALIASES);
    limits.setNestingDepthLimit(BoundedParser.MAX_DEPTH + 10);
    BoundedParser parser = new BoundedParser(new ParserImpl(new StreamReader(text), limits));
    try {
      Composer composer = new Composer(parser, new UntypedResolver(), limits);
      org.yaml.snakeyaml.nodes.Node root = composer.getSingleNode();
      if (root == null) {
        return YamlTree.refused(Spot.START, "the file is empty");
      }
      return tree(root);
    } catch (MarkedYAMLException e) {
      Spot spot = BoundedParser.spot(Optional.ofNullable(e.getProblemMark())).orElse(parser.last());
      return YamlTree.refused(spot, message(e));
    } catch (YAMLException e) {
      return YamlTree.refused(parser.last(), oneLine(String.valueOf(e.getMessage())));
    }
  }

  /** The tree; without one, the faults up to where it was refused. */
  private static YamlTree tree(org.yaml.snakeyaml.nodes.Node root) {
    TreeBuilder builder = new TreeBuilder();
    try {
      Node tree = builder.build(root, "", 0);
      return new YamlTree(tree, builder.faults());
    } catch (Refused e) {
      List<Fault> faults = new ArrayList<>(builder.faults());
      faults.add(new Fault(e.spot(), "", e.reason()));
      return new YamlTree(null, faults);
    }
  }

  private static String message(MarkedYAMLException e) {
    String problem = Optional.ofNullable(e.getProblem()).orElse("not YAML");
    String text = Optional.ofNullable(e.getContext()).map(c -> c + ": ").orElse("") + problem;
    if (text.contains("expected a single document")) {
      return "more than one document; put each into a file of its own";
    }
    // What these name may be a password that should have been in quotes.
    if (text.contains("tag handle") || text.contains("Global tag")) {
      return TreeBuilder.TAGGED;
    }
    if (text.contains("undefined alias")) {
      return "an alias of nothing that has this name; a text that begins with '*' belongs in quotes";
    }
    return oneLine(text);
  }

  private static String oneLine(String text) {
    String flat = text.replaceAll("\\s+", " ").strip();
    return flat.length() <= 200 ? flat : flat.substring(0, 200) + "...";
  }
}
