package dev.millrace.triggers.embedded.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Forms that boto3 1.43 made, with the key of Amazon's examples. */
final class PolicySignatureTest {
  private static final AccessKey KEY =
      new AccessKey(
          "AKIAIOSFODNN7EXAMPLE",
          new SecretKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
          "main");
  private static final String POLICY_4 =
      "eyJleHBpcmF0aW9uIjogIjIwMjYtMTEtMjJUMTM6MDA6MDBaIiwgImNvbmRpdGlvbnMiOiBbeyJidWNrZXQiOiAia"
          + "W5ib3gifSwgWyJzdGFydHMtd2l0aCIsICIka2V5IiwgInVwLyJdLCB7IngtYW16LWFsZ29yaXRobSI6ICJBV1"
          + "M0LUhNQUMtU0hBMjU2In0sIHsieC1hbXotY3JlZGVudGlhbCI6ICJBS0lBSU9TRk9ETk43RVhBTVBMRS8yMDI"
          + "2MTEyMi91cy1lYXN0LTEvczMvYXdzNF9yZXF1ZXN0In0sIHsieC1hbXotZGF0ZSI6ICIyMDI2MTEyMlQxMjAw"
          + "MDBaIn1dfQ==";
  private static final String POLICY_2 =
      "eyJleHBpcmF0aW9uIjogIjIwMjYtMTEtMjJUMTM6MDA6MDBaIiwgImNvbmRpdGlvbnMiOiBbeyJidWNrZXQiOiAia"
          + "W5ib3gifSwgWyJzdGFydHMtd2l0aCIsICIka2V5IiwgInVwLyJdXX0=";
  private static final Map<String, String> FIELDS_4 =
      Map.of(
          "x-amz-algorithm", "AWS4-HMAC-SHA256",
          "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/s3/aws4_request",
          "x-amz-date", "20261122T120000Z",
          "x-amz-signature", "cb8980cdd69902b0b8aadd9ab192afd71fac46476cd73c8a3ad3d331bf2af29b");
  private static final Map<String, String> FIELDS_2 =
      Map.of("awsaccesskeyid", "AKIAIOSFODNN7EXAMPLE", "signature", "0K7Pp5zDR+jlheLUdlk1cW0UTeU=");

  private final SignatureVerifier verifier =
      new SignatureVerifier(
          id -> id.equals(KEY.id()) ? Optional.of(KEY) : Optional.empty(), () -> Instant.EPOCH);

  @Test
  void agreesWithBoto3OnBothVersions() {
    assertThat(verifier.verifyPolicy(new PolicySignature(POLICY_4, FIELDS_4))).isEqualTo(KEY);
    assertThat(verifier.verifyPolicy(new PolicySignature(POLICY_2, FIELDS_2))).isEqualTo(KEY);
  }

  @Test
  void refusesAChangedPolicy() {
    String changed = POLICY_4.replace("eyJl", "eyJm");

    assertCode(new PolicySignature(changed, FIELDS_4), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
    assertCode(new PolicySignature(POLICY_4, FIELDS_2), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
  }

  @Test
  void refusesAnotherDateKeyOrAlgorithmAndAFieldThatIsNotThere() {
    assertCode(with("x-amz-date", "20261123T120000Z"), ErrorCode.INVALID_ARGUMENT);
    assertCode(with("x-amz-algorithm", "none"), ErrorCode.INVALID_ARGUMENT);
    assertCode(with("x-amz-credential", "a/b"), ErrorCode.INVALID_ARGUMENT);
    assertCode(
        with("x-amz-credential", "WHO/20261122/us-east-1/s3/aws4_request"),
        ErrorCode.INVALID_ACCESS_KEY_ID);
    for (String name : FIELDS_4.keySet()) {
      Map<String, String> fields = new HashMap<>(FIELDS_4);
      fields.remove(name);

      assertCode(new PolicySignature(POLICY_4, fields), ErrorCode.ACCESS_DENIED);
    }
  }

  private static PolicySignature with(String name, String value) {
    Map<String, String> fields = new HashMap<>(FIELDS_4);
    fields.put(name, value);
    return new PolicySignature(POLICY_4, fields);
  }

  private void assertCode(PolicySignature signature, ErrorCode code) {
    assertThatThrownBy(() -> verifier.verifyPolicy(signature))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
