package dev.millrace.fdl.yaml;

import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** Guesses no types: says only whether a scalar was plain. */
final class UntypedResolver extends Resolver {
  static final Tag PLAIN = new Tag("tag:millrace.dev,2026:plain");

  @Override
  protected void addImplicitResolvers() {
    // A field types its scalar; patterns tried on long scalars are only time lost.
  }

  @Override
  public Tag resolve(NodeId kind, String value, boolean implicit) {
    return switch (kind) {
      case sequence -> Tag.SEQ;
      case mapping -> Tag.MAP;
      case scalar, anchor -> implicit ? PLAIN : Tag.STR;
    };
  }
}
