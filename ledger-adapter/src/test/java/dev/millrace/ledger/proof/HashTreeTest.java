package dev.millrace.ledger.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.sign.Hex;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashTreeTest {
  private static final HexFormat HEX = HexFormat.of();

  /** The inputs of Certificate Transparency's own reference tests. */
  private static final List<String> INPUTS =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static HashTree reference() {
    HashTree tree = new HashTree();
    INPUTS.forEach(input -> tree.add(TreeHash.leaf(HEX.parseHex(input))));
    return tree;
  }

  private static List<String> hex(List<byte[]> hashes) {
    return hashes.stream().map(Hex::of).toList();
  }

  @Test
  void rootsAreThoseOfTheReferenceTree() {
    HashTree tree = reference();

    assertThat(Hex.of(tree.root(0)))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Hex.of(tree.root(1)))
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assertThat(Hex.of(tree.root(2)))
        .isEqualTo("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    assertThat(Hex.of(tree.root(8)))
        .isEqualTo("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  }

  @Test
  void pathsAreThoseOfTheReferenceTree() {
    HashTree tree = reference();

    assertThat(hex(tree.inclusion(0, 8)))
        .containsExactly(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
    assertThat(hex(tree.inclusion(7, 8)))
        .containsExactly(
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assertThat(hex(tree.inclusion(3, 7)))
        .containsExactly(
            "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e");
  }

  @Test
  void consistencyProofsAreThoseOfTheReferenceTree() {
    HashTree tree = reference();

    assertThat(hex(tree.consistency(6, 8)))
        .containsExactly(
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assertThat(hex(tree.consistency(2, 5)))
        .containsExactly(
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
    assertThat(hex(tree.consistency(3, 7)))
        .containsExactly(
            "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
            "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e");
    assertThat(tree.consistency(0, 8)).isEmpty();
    assertThat(tree.consistency(8, 8)).isEmpty();
  }

  private static List<byte[]> leaves(int count) {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(TreeHash.leaf(new byte[] {(byte) i, (byte) (i >> 8)}));
    }
    return leaves;
  }

  private static HashTree tree(List<byte[]> leaves) {
    HashTree tree = new HashTree();
    leaves.forEach(tree::add);
    return tree;
  }

  /** RFC 6962's definition, word for word. */
  private static byte[] defined(List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return TreeHash.empty();
    }
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int k = 1;
    while (2 * k < leaves.size()) {
      k *= 2;
    }
    return TreeHash.node(defined(leaves.subList(0, k)), defined(leaves.subList(k, leaves.size())));
  }

  @Test
  void everyRootOfEverySizeIsTheDefinedOne() {
    List<byte[]> leaves = leaves(300);
    HashTree tree = tree(leaves);
    for (int size = 0; size <= 300; size++) {
      assertThat(tree.root(size)).isEqualTo(defined(leaves.subList(0, size)));
    }
  }

  @Test
  void everyInclusionProofUpTo64VerifiesAndNoChangedOneDoes() {
    List<byte[]> leaves = leaves(64);
    HashTree tree = tree(leaves);
    for (int size = 1; size <= 64; size++) {
      byte[] root = tree.root(size);
      for (int index = 0; index < size; index++) {
        List<byte[]> path = tree.inclusion(index, size);
        byte[] leaf = leaves.get(index);
        assertThat(Proofs.verifyInclusion(index, size, leaf, path, root)).isTrue();
        for (int other = 0; other < 66; other++) {
          assertThat(other != index && Proofs.verifyInclusion(other, size, leaf, path, root))
              .isFalse();
        }
        for (List<byte[]> bad : damaged(path)) {
          assertThat(Proofs.verifyInclusion(index, size, leaf, bad, root)).isFalse();
        }
        assertThat(Proofs.verifyInclusion(index, size, flipped(leaf), path, root)).isFalse();
        assertThat(Proofs.verifyInclusion(index, size, leaf, path, flipped(root))).isFalse();
        assertThat(Proofs.verifyInclusion(-1, size, leaf, path, root)).isFalse();
      }
    }
  }

  @Test
  void everyConsistencyProofUpTo64VerifiesAndNoChangedOneDoes() {
    HashTree tree = tree(leaves(64));
    for (int second = 0; second <= 64; second++) {
      byte[] now = tree.root(second);
      for (int first = 0; first <= second; first++) {
        byte[] old = tree.root(first);
        List<byte[]> path = tree.consistency(first, second);
        assertThat(Proofs.verifyConsistency(first, old, second, now, path)).isTrue();
        for (List<byte[]> bad : damaged(path)) {
          assertThat(Proofs.verifyConsistency(first, old, second, now, bad)).isFalse();
        }
        assertThat(Proofs.verifyConsistency(first, flipped(old), second, now, path)).isFalse();
        assertThat(first > 0 && Proofs.verifyConsistency(first, old, second, flipped(now), path))
            .isFalse();
        assertThat(Proofs.verifyConsistency(second + 1, old, second, now, path)).isFalse();
      }
    }
  }

  private static byte[] flipped(byte[] hash) {
    byte[] copy = hash.clone();
    copy[31] ^= 1;
    return copy;
  }

  /** The path with each hash flipped, with one too many, with one too few. */
  private static List<List<byte[]>> damaged(List<byte[]> path) {
    List<List<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < path.size(); i++) {
      List<byte[]> bad = new ArrayList<>(path);
      bad.set(i, flipped(bad.get(i)));
      all.add(bad);
    }
    List<byte[]> longer = new ArrayList<>(path);
    longer.add(TreeHash.empty());
    all.add(longer);
    if (!path.isEmpty()) {
      all.add(path.subList(1, path.size()));
    }
    return all;
  }

  @Test
  void whatIsNotThereIsRefused() {
    HashTree tree = reference();

    assertThatThrownBy(() -> tree.root(9)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tree.leaf(8)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tree.inclusion(8, 8)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tree.consistency(5, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tree.add(new byte[31])).isInstanceOf(IllegalArgumentException.class);
  }
}
