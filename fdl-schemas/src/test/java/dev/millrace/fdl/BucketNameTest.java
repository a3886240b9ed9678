package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A path's bucket is one that can be; what only an old store has is for the old store to say. */
class BucketNameTest {
  private static final String LONG = "a".repeat(64);

  private static String file(String list, String provider, String path) {
    String storage = provider.isEmpty() ? "" : "storage_provider: " + provider + ", ";
    return "functions:\n  "
        + list
        + ":\n  - {name: f, image: a, script: script.sh,\n     input: [{"
        + storage
        + "path: \""
        + path
        + "\"}], output: [{path: box}]}\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"box", "a-b", "a.b.c", "0--9", "1.2.3", "1.2.3.4.5", " /box/ ", "box/My_Folder"})
  void aNameThatCanBeMadeIsTakenAsItIs(String path) throws IOException {
    String file = file("millrace", "", path);

    assertThat(Fdl.texts(Fdl.read(file)).toString()).doesNotContain("bucket");
    assertThat(FdlSchemaTest.SCHEMA.validate(new YAMLMapper().readTree(file))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "My_Bucket",
        "my_bucket",
        "BOX/in",
        "box-",
        "box.",
        "a..b",
        "a.-b",
        "a-.b",
        "1.2.3.4",
        "255.255.255.255/in"
      })
  void anotherNameIsAnErrorInTheEmbeddedStoreAndAWarningElsewhere(String path) throws IOException {
    String bucket = path.replaceAll("/.*", "");
    for (String provider : List.of("", "millrace", "Millrace.default")) {
      String file = file("millrace", provider, path);
      assertThat(Fdl.read(file).errors())
          .singleElement()
          .asString()
          .startsWith("fn.yaml:4:")
          .contains("functions.millrace[0].input[0].path: not a bucket's name; found '" + bucket)
          .contains("allowed: 3 to 63 of a-z, 0-9, '-' and '.'");
      assertThat(FdlSchemaTest.SCHEMA.validate(new YAMLMapper().readTree(file))).isNotEmpty();
    }
    for (String provider : List.of("minio", "s3.old", "ceph")) {
      String file = file("millrace", provider, path);
      FdlResult result = Fdl.read(file);
      assertThat(Fdl.only(result).inputs().getFirst().bucket()).isEqualTo(bucket);
      assertThat(result.warnings())
          .anyMatch(w -> w.toString().contains("path: a bucket cannot be"));
      assertThat(FdlSchemaTest.SCHEMA.validate(new YAMLMapper().readTree(file))).isEmpty();
    }
  }

  @Test
  void aNameThatIsTooLongIsToldWithItsPlace() {
    assertThat(Fdl.read(file("millrace", "", LONG)).errors()).hasSize(1);
    assertThat(Fdl.read(file("millrace", "s3", LONG)).errors()).isEmpty();
    assertThat(Fdl.read(file("millrace", "s3", "a".repeat(256))).errors()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"oscar,'',0", "oscar,minio,0", "oscar,millrace,1"})
  void whatAnEntryOfOscarMeansIsJudgedByItsOwnStore(String list, String provider, int errors)
      throws IOException {
    String file = file(list, provider, "My_Bucket/in");

    assertThat(Fdl.read(file).errors()).hasSize(errors);
    assertThat(FdlSchemaTest.SCHEMA.validate(new YAMLMapper().readTree(file)).isEmpty())
        .isEqualTo(errors == 0);
  }
}
