package dev.millrace.triggers.embedded.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrefixKeysTest {
  private static final AccessKey WHOLE =
      new AccessKey("whole", new SecretKey("a-secret-of-the-store"), "main");

  private final Set<String> marks = new HashSet<>();
  private final PrefixKeys keys =
      new PrefixKeys(
          id -> id.equals(WHOLE.id()) ? Optional.of(WHOLE) : Optional.empty(),
          (caller, access) -> caller.id().equals(WHOLE.id()),
          (bucket, key) -> marks.contains(bucket + "/" + key));

  private static final AccessKey KEY = PrefixKeys.derive(WHOLE, "orders", "far/", "m1");

  private boolean reads(AccessKey key, String bucket, String object) {
    return keys.permits(
        key, new Authorizer.Access(Authorizer.Action.READ, "GetObject", bucket, object));
  }

  @Test
  void aKeyHoldsWhileItsMarkIsThere() {
    assertThat(keys.find(KEY.id())).contains(KEY);
    assertThat(reads(KEY, "orders", "far/x")).isFalse();
    marks.add("orders/" + PrefixKeys.markKey("far/", "m2"));
    assertThat(reads(KEY, "orders", "far/x")).isFalse();

    marks.add("orders/" + PrefixKeys.markKey("far/", "m1"));
    assertThat(reads(KEY, "orders", "far/x")).isTrue();
    assertThat(
            keys.permits(
                KEY,
                new Authorizer.Access(Authorizer.Action.LIST, "ListObjectsV2", "orders", "far/")))
        .isTrue();

    marks.clear();
    assertThat(reads(KEY, "orders", "far/x")).isFalse();
    assertThat(reads(WHOLE, "orders", "far/x")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "READ, GetObject, orders, near/x",
    "READ, GetObject, orders, fa",
    "READ, GetObject, other, far/x",
    "WRITE, PutObject, orders, far/x",
    "WRITE, PutObject, orders, far/.mail/key-m1",
    "DELETE, DeleteObject, orders, far/x",
    "LIST, ListObjectsV2, orders, ''",
    "LIST, ListMultipartUploads, orders, far/",
    "LIST, ListBuckets, '', ''",
    "ADMINISTER, DeleteBucket, orders, far/"
  })
  void itMayNothingElse(Authorizer.Action action, String operation, String bucket, String key) {
    marks.add("orders/" + PrefixKeys.markKey("far/", "m1"));

    assertThat(keys.permits(KEY, new Authorizer.Access(action, operation, bucket, key))).isFalse();
  }

  @Test
  void eachMarkHasASecretOfItsOwn() {
    AccessKey next = PrefixKeys.derive(WHOLE, "orders", "far/", "m2");

    assertThat(next.id()).isNotEqualTo(KEY.id());
    assertThat(next.secret()).isNotEqualTo(KEY.secret());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MRP.",
        "MRP.whole",
        "MRP.whole.b3JkZXJzL2Zhci8",
        "MRP.whole.b3JkZXJzL2Zhci8.",
        "MRP.whole.b3JkZXJzL2Zhci8.m1.more",
        "MRP.whole.b3JkZXJzL2Zhci8=.m1!",
        "MRP.other.b3JkZXJzL2Zhci8.m1",
        "MRP.whole.*.m1",
        "MRP.whole.L2Zhci8.m1",
        "MRP.whole.b3JkZXJzLw.m1"
      })
  void whatNamesNoScopeAndNoMarkIsNoKeyThatMayAnything(String id) {
    marks.add("orders/" + PrefixKeys.markKey("far/", "m1"));
    marks.add("orders/" + PrefixKeys.markKey("far/", ""));
    AccessKey forged = new AccessKey(id, KEY.secret(), "main");

    assertThat(reads(forged, "orders", "far/x") && keys.find(id).isPresent()).isFalse();
  }
}
