package dev.millrace.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.bundle.Unpacking.Unpacked;
import dev.millrace.schema.sign.Hex;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a zip from outside can do, each done by one that was crafted for it. */
class UnpackingTest {
  private static final String ENVIRONMENT = "COLOUR='blue'\n";
  private static final String INPUT = "hello hello hello";
  private static final Consumer<CraftedZip.Part> HONEST = part -> {};

  @TempDir Path folder;

  private static CraftedZip zip(Consumer<CraftedZip.Part> lies) {
    return new CraftedZip()
        .stored("environment", ENVIRONMENT, HONEST)
        .deflated("input", INPUT.getBytes(StandardCharsets.UTF_8), lies);
  }

  private Unpacked unpack(byte[] zip) throws Exception {
    return unpack(zip, ENVIRONMENT.length() + INPUT.length(), INPUT.length());
  }

  private Unpacked unpack(byte[] zip, long contentBytes, long inputBytes) throws Exception {
    Path file = Files.write(folder.resolve("bundle.zip"), zip);
    return Unpacking.unpack(
        file,
        new Unpacking.Wanted(
            contentBytes, inputBytes, folder.resolve("env"), folder.resolve("in")));
  }

  private void refused(CraftedZip zip, String why) throws Exception {
    refused(zip.bytes(), why);
  }

  private void refused(byte[] zip, String why) throws Exception {
    assertThat(unpack(zip))
        .isInstanceOfSatisfying(
            Unpacked.Refused.class, refused -> assertThat(refused.reason()).contains(why));
    // A file that a name could have meant is not there: nothing was written but the two.
    try (var files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .isSubsetOf("bundle.zip", "env", "in");
    }
  }

  private void named(String name, String why) throws Exception {
    refused(
        new CraftedZip()
            .stored("environment", ENVIRONMENT, HONEST)
            .stored(name, INPUT, part -> part.flags = 1 << 11),
        why);
  }

  @Test
  void anHonestZipIsUnpackedToTheTwoFiles() throws Exception {
    assertThat(unpack(zip(HONEST).bytes()))
        .isEqualTo(new Unpacked.Done(Hex.of(Hex.sha256(INPUT.getBytes(StandardCharsets.UTF_8)))));
    assertThat(folder.resolve("env")).hasContent(ENVIRONMENT);
    assertThat(folder.resolve("in")).hasContent(INPUT);
  }

  @Test
  void aStreamedZipWhoseSizesStandBehindTheDataIsUnpacked() throws Exception {
    byte[] input = new byte[3_000_000];
    new Random(5).nextBytes(input);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("environment"));
      out.closeEntry();
      out.putNextEntry(new ZipEntry("input"));
      out.write(input);
      out.closeEntry();
    }

    assertThat(unpack(bytes.toByteArray(), input.length, input.length))
        .isEqualTo(new Unpacked.Done(Hex.of(Hex.sha256(input))));
    assertThat(folder.resolve("in")).hasBinaryContent(input);
  }

  @Test
  void anEmptyInputIsAnInput() throws Exception {
    byte[] zip =
        new CraftedZip()
            .stored("environment", ENVIRONMENT, HONEST)
            .stored("input", "", HONEST)
            .bytes();

    assertThat(unpack(zip, ENVIRONMENT.length(), 0)).isInstanceOf(Unpacked.Done.class);
    assertThat(folder.resolve("in")).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../../x", "..", ".", "a/./x", "a//x", "input/.."})
  void aNameThatLeavesItsFolderIsRefused(String name) throws Exception {
    named(name, "leaves its folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "//host/share", "C:/x", "c:x"})
  void anAbsoluteNameIsRefused(String name) throws Exception {
    named(name, "is an absolute path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..\\x", "\\x", "a\\b"})
  void aBackslashIsRefused(String name) throws Exception {
    named(name, "holds a backslash");
  }

  @Test
  void aNulAControlCharacterAndAFolderAreRefused() throws Exception {
    named("input\0.txt", "holds a NUL");
    named("in\nput", "holds a control character");
    named("in\u001b[31m", "holds a control character");
    named("input/", "is a folder");
  }

  @Test
  void aNameThatIsNotUtf8OrNotMarkedAsSuchOrEmptyOrTooLongIsRefused() throws Exception {
    refused(zip(part -> part.named(new byte[] {(byte) 0xff, 'a'})), "is not UTF-8");
    refused(
        zip(part -> part.named("é".getBytes(StandardCharsets.UTF_8))), "is not marked as UTF-8");
    refused(zip(part -> part.named(new byte[0])), "has 0 bytes");
    refused(zip(part -> part.named("x".repeat(2000).getBytes(StandardCharsets.UTF_8))), "2000");
  }

  @Test
  void namesThatClashAreRefused() throws Exception {
    refused(zip(HONEST).stored("input", "2", HONEST), "is there twice");
    refused(zip(HONEST).stored("INPUT", "2", HONEST), "by case or accents alone");
    refused(
        zip(HONEST)
            .stored("\u00e9", "1", part -> part.flags = 1 << 11)
            .stored("e\u0301", "2", part -> part.flags = 1 << 11),
        "by case or accents alone");
    refused(zip(HONEST).stored("input/a", "2", HONEST), "that is a file of the bundle");
    refused(zip(HONEST).stored("Input/a/b", "2", HONEST), "that is a file of the bundle");
  }

  @Test
  void linksAndDevicesAndFoldersAreRefused() throws Exception {
    refused(unix(0120777), "is a link");
    refused(unix(0040755), "is not a plain file");
    refused(unix(0010644), "is not a plain file");
    refused(unix(0060644), "is not a plain file");
    refused(zip(part -> part.attributes = 0x10), "is not a plain file");
  }

  private static CraftedZip unix(int mode) {
    return zip(part -> {
      part.madeBy = 3 << 8 | 20;
      part.attributes = mode << 16;
    });
  }

  @Test
  void aPlainFileOfUnixIsTaken() throws Exception {
    assertThat(unpack(unix(0100644).bytes())).isInstanceOf(Unpacked.Done.class);
  }

  @Test
  void encryptedEntriesAndOtherMethodsAreRefused() throws Exception {
    refused(zip(part -> part.flags = 1), "is encrypted");
    refused(zip(part -> part.flags = 1 << 6), "is encrypted");
    refused(zip(part -> part.flags = 1 << 13), "is encrypted");
    refused(zip(part -> part.flags = 1 << 5), "flags that are not taken");
    for (int method : new int[] {1, 6, 9, 12, 14, 93, 99}) {
      refused(zip(part -> part.method = method), "packed by method " + method);
    }
  }

  @Test
  void extraFieldsAndCommentsThatSayMoreAreRefused() throws Exception {
    byte[] unicodePath = {0x75, 0x70, 2, 0, 1, 1};
    refused(zip(part -> part.extra = unicodePath), "extra field other than zip64's");
    refused(zip(part -> part.localExtra = unicodePath), "extra field other than zip64's");
    refused(zip(part -> part.extra = new byte[] {1}), "extra field other than zip64's");
    refused(zip(part -> part.comment = new byte[] {'x'}), "has a comment");
    refused(zip(part -> part.disk = 1), "another disk");
    refused(zip(HONEST).disk(1), "one of several disks");
  }

  @Test
  void aBombIsRefusedBeforeItUnpacks() throws Exception {
    byte[] zeros = new byte[20_000_000];
    refused(
        new CraftedZip()
            .stored("environment", ENVIRONMENT, HONEST)
            .deflated("input", zeros, HONEST),
        "unpacks to more than the 31 bytes that the order states");
    assertThat(folder.resolve("in")).doesNotExist();
  }

  @Test
  void aBombThatLiesAboutItsSizeStopsThere() throws Exception {
    byte[] zeros = new byte[20_000_000];
    refused(
        new CraftedZip()
            .stored("environment", ENVIRONMENT, HONEST)
            .deflated("input", zeros, part -> part.size = INPUT.length()),
        "unpacks to more than the 17 bytes it states");
    assertThat(Files.size(folder.resolve("in"))).isLessThanOrEqualTo(INPUT.length());
  }

  @Test
  void aRatioThatNoDeflateHasIsRefused() throws Exception {
    refused(zip(part -> part.size = 4_000_000_000L), "no DEFLATE does");
  }

  @Test
  void entriesThatShareTheirDataAreRefused() throws Exception {
    // A quoted overlap: each name unpacks the same bytes again.
    refused(zip(part -> part.offset = 0), "does not begin where the one before it ends");
  }

  @Test
  void tooManyEntriesAreRefusedWhateverTheyAre() throws Exception {
    CraftedZip many = new CraftedZip();
    for (int i = 0; i < 17; i++) {
      many.stored("e" + i, "", HONEST);
    }
    refused(many, "17 entries, more than the 16");
    refused(zip(HONEST).count(60_000), "60000 entries");
    refused(zip(HONEST).count(65_535), "zip64 end is not where it should be");
    refused(zip(HONEST).count(1), "bytes that are no entry");
    refused(zip(HONEST).count(3), "lies at byte 208, outside its 230 bytes");
    refused(zip(HONEST).count(0), "bytes that are no entry");
  }

  @Test
  void anotherSetOfEntriesIsRefused() throws Exception {
    refused(new CraftedZip(), "unpacks to 0 bytes");
    refused(
        new CraftedZip()
            .deflated("input", INPUT.getBytes(StandardCharsets.UTF_8), HONEST)
            .stored("environment", ENVIRONMENT, HONEST),
        "it holds [input, environment]");
    refused(zip(HONEST).stored("more", "", HONEST), "it holds [environment, input, more]");
    refused(
        new CraftedZip().stored("environment", ENVIRONMENT + INPUT, HONEST), "it holds [environ");
  }

  @Test
  void sizesOtherThanTheOrdersAreRefused() throws Exception {
    byte[] zip = zip(HONEST).bytes();
    assertThat(unpack(zip, 30, INPUT.length())).isInstanceOf(Unpacked.Refused.class);
    assertThat(unpack(zip, 32, INPUT.length())).isInstanceOf(Unpacked.Refused.class);
    assertThat(unpack(zip, 31, INPUT.length() - 1)).isInstanceOf(Unpacked.Refused.class);
    assertThat(unpack(zip, 31, INPUT.length() + 1)).isInstanceOf(Unpacked.Refused.class);
    assertThat(unpack(zip, 31, INPUT.length())).isInstanceOf(Unpacked.Done.class);
  }

  @Test
  void aZipThatIsCutShortAnywhereIsRefused() throws Exception {
    byte[] whole = zip(HONEST).bytes();
    for (int length = 0; length < whole.length; length++) {
      assertThat(unpack(Arrays.copyOf(whole, length)))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(Unpacked.Refused.class);
    }
  }

  @Test
  void bytesBehindBeforeOrBetweenAreRefused() throws Exception {
    refused(zip(HONEST).behind("x"), "followed by other bytes");
    refused(zip(HONEST).behind("PK\5\6" + "\0".repeat(18)), "its list of entries does not end");
    refused(zip(HONEST).beforeAll("#!/bin/sh\n"), "does not begin where the one before it ends");
    refused(zip(HONEST).beforeList("hidden"), "bytes between its last entry");
    refused(
        zip(part -> part.before = "hidden".getBytes(StandardCharsets.UTF_8)),
        "does not begin where the one before it ends");
  }

  @Test
  void aLocalHeaderThatSaysSomethingElseIsRefused() throws Exception {
    String why = "is another one in its own header";
    refused(zip(part -> part.localName = "inpux".getBytes(StandardCharsets.UTF_8)), why);
    refused(zip(part -> part.localMethod = 0), why);
    refused(zip(part -> part.localFlags = 2), why);
    refused(zip(part -> part.localCrc = 7), why);
    refused(zip(part -> part.localSize = 7), why);
    refused(
        zip(part -> part.localName = "../x".getBytes(StandardCharsets.UTF_8)), "leaves its folder");
    refused(zip(part -> part.offset = 3), "does not begin where the one before it ends");
    // It promises sizes behind the data, where there are none.
    refused(zip(part -> part.flags = 1 << 3), why);
  }

  @Test
  void dataThatIsNotWhatItsHeadersSayIsRefused() throws Exception {
    refused(zip(part -> part.crc = 7), "its header says");
    refused(zip(part -> part.packed[1] ^= 0x55), "");
    refused(zip(part -> part.packed = new byte[part.packed.length]), "is not DEFLATE");
    refused(
        new CraftedZip()
            .stored("environment", ENVIRONMENT, HONEST)
            .stored("input", INPUT, part -> part.size = 3),
        "with a size that is not its own");
  }

  @Test
  void anEntryWhoseDataGoesOnBehindTheStreamsEndIsRefused() throws Exception {
    refused(
        zip(part -> {
          part.packed = Arrays.copyOf(part.packed, part.packed.length + 9);
          part.packedSize = part.packed.length;
        }),
        "do not end as stated");
  }

  @Test
  void anEnvironmentThatIsNoneIsRefused() throws Exception {
    for (String text :
        new String[] {"COLOUR=blue\n", "A='b", "A='b'c'\n", "=''\n", "A=''\nA=''\n"}) {
      byte[] zip =
          new CraftedZip()
              .stored("environment", text, HONEST)
              .stored("input", INPUT, HONEST)
              .bytes();
      assertThat(unpack(zip, text.length() + INPUT.length(), INPUT.length()))
          .as(text)
          .isInstanceOf(Unpacked.Refused.class);
    }
  }

  @Test
  void anyByteTurnedIsRefusedOrChangesNothing() throws Exception {
    byte[] whole = zip(HONEST).bytes();
    Random random = new Random(20_260_304);
    for (int i = 0; i < 600; i++) {
      byte[] turned = whole.clone();
      turned[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      if (unpack(turned) instanceof Unpacked.Done) {
        assertThat(folder.resolve("in")).hasContent(INPUT);
        assertThat(folder.resolve("env")).hasContent(ENVIRONMENT);
      }
    }
  }

  @Test
  void moreThanFourGigabytesAreRefusedByTheSizeThatWasStatedNotByAWrap() throws Exception {
    // The sizes in a zip64 field: 2^32 + 17 would be 17 where 32 bits are counted.
    byte[] wide = {1, 0, 8, 0, 17, 0, 0, 0, 1, 0, 0, 0};
    refused(
        zip(part -> {
          part.size = Zip64.ELSEWHERE;
          part.extra = wide;
        }),
        "no DEFLATE does");
  }
}
