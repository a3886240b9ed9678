import java.io.DataInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class Worker {
  static final PrintStream FRAMES = System.out;

  static void say(String json) {
    FRAMES.print(json.getBytes(StandardCharsets.UTF_8).length + "\n" + json);
    FRAMES.flush();
  }

  /** Enough for texts without escapes; a real worker takes a JSON library. */
  static String field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  static void work(Path input, Path output) throws Exception {
    String text = Files.readString(input);
    System.out.println("read " + text.length() + " characters");
    Files.writeString(output.resolve(input.getFileName()), text.toUpperCase());
  }

  public static void main(String[] args) throws Exception {
    System.setOut(System.err); // from here on, what is printed goes to the job's log
    DataInputStream in = new DataInputStream(System.in);
    say("{\"millrace\":1}");
    for (int digit, length = 0; (digit = in.read()) >= 0; ) {
      if (digit != '\n') {
        length = length * 10 + digit - '0';
        continue;
      }
      String json = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      length = 0;
      String job = field(json, "job");
      if (job.isEmpty()) {
        return;
      }
      int exit = 0;
      try {
        work(Path.of(field(json, "INPUT_FILE_PATH")), Path.of(field(json, "output")));
      } catch (Exception failure) {
        System.out.println("failed: " + failure);
        exit = 1;
      }
      say("{\"job\":\"" + job + "\",\"exit\":" + exit + "}");
    }
  }
}
