package dev.millrace.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.MemoryMib;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest {
  @TempDir Path root;

  private static String report() throws Exception {
    try (InputStream in = DiscoveryTest.class.getResourceAsStream("nvidia-smi-h100.xml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Accelerator> read(String xml) throws DiscoveryProblem {
    return new NvidiaReport(Samples.PROVIDER, Samples.POOL)
        .read(xml.getBytes(StandardCharsets.UTF_8));
  }

  private List<Accelerator> smi(String script, Duration timeout) throws Exception {
    Path program = root.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new NvidiaSmi(List.of(root.resolve("missing"), program), timeout)
        .find(Samples.PROVIDER, Samples.POOL);
  }

  @Test
  void aRealCardHasItsTotalWithoutWhatTheDriverKeeps() throws Exception {
    Files.writeString(root.resolve("out.xml"), report());

    List<Accelerator> found =
        smi("[ \"$1 $2\" = '-q -x' ] && cat " + root + "/out.xml", Duration.ofSeconds(10));

    assertThat(found).hasSize(1);
    Accelerator card = found.getFirst();
    assertThat(card.model()).isEqualTo("NVIDIA H100 80GB HBM3");
    assertThat(card.address()).isEqualTo("GPU-00000000-0000-0000-0000-000000000001");
    assertThat(card.memory()).isEqualTo(new MemoryMib(81559 - 480));
    assertThat(card.kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(card.simulated()).isFalse();
  }

  @Test
  void migIsNoted() throws Exception {
    String mig =
        report()
            .replace("<current_mig>Disabled</current_mig>", "<current_mig>Enabled</current_mig>");

    assertThat(read(mig).getFirst().model()).endsWith("(MIG enabled)");
  }

  @Test
  void aHostWithoutTheProgramHasNone() throws Exception {
    assertThat(
            new NvidiaSmi(List.of(root.resolve("missing")), Duration.ofSeconds(1))
                .find(Samples.PROVIDER, Samples.POOL))
        .isEmpty();
  }

  @Test
  void whatCannotBeUnderstoodIsAProblem() throws Exception {
    String report = report();
    for (String bad :
        List.of(
            "",
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            "<nvidia_smi_log><gpu>",
            "<html></html>",
            report.substring(0, report.length() / 2),
            report.replaceAll("<uuid>.*</uuid>", ""),
            report.replaceAll("<uuid>.*</uuid>", "<uuid>../../x</uuid>"),
            report.replace("81559 MiB", "N/A"),
            report.replace("81559 MiB", "100 MiB"),
            report.replace("<uuid>GPU-", "<uuid>&x;GPU-"))) {
      assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(DiscoveryProblem.class);
    }
  }

  @Test
  void entitiesOfTheReportAreNeverResolved() throws Exception {
    Path secret = Files.writeString(root.resolve("secret"), "GPU-stolen");
    String evil =
        "<!DOCTYPE nvidia_smi_log [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]><nvidia_smi_log><gpu><uuid>&x;</uuid></gpu></nvidia_smi_log>";

    assertThatThrownBy(() -> read(evil))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageNotContaining("GPU-stolen");
  }

  @Test
  void aProgramThatHangsOrFailsIsAProblem() {
    assertThatThrownBy(() -> smi("exec sleep 1000", Duration.ofMillis(200)))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("did not answer within 200 ms");
    assertThatThrownBy(() -> smi("exit 9", Duration.ofSeconds(10)))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("ended with 9");
  }

  @Test
  void aProblemDoesNotHideWhatOthersFind() {
    List<String> problems = new ArrayList<>();
    Together together =
        new Together(
            List.of(
                (provider, pool) -> {
                  throw new DiscoveryProblem("no driver");
                },
                Simulated.gpus(2, "Trial", new MemoryMib(1000))),
            problem -> problems.add(problem.getMessage()));

    List<Accelerator> found = together.find(Samples.PROVIDER, Samples.POOL);

    assertThat(found).hasSize(2).allMatch(Accelerator::simulated);
    assertThat(found.getFirst().id()).isNotEqualTo(found.getLast().id());
    assertThat(problems).containsExactly("no driver");
  }

  private void lay(String file, String text) throws Exception {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private MemoryMib hostMemory() throws Exception {
    return new HostCpu(root, 4).find(Samples.PROVIDER, Samples.POOL).getFirst().memory();
  }

  @Test
  void theHostsMemoryIsTheSmallestLimitOnTheWayUp() throws Exception {
    lay("proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
    assertThat(hostMemory()).isEqualTo(new MemoryMib(8192));

    lay("proc/self/cgroup", "0::/a/b\n");
    lay("sys/fs/cgroup/a/b/memory.max", "max\n");
    assertThat(hostMemory()).isEqualTo(new MemoryMib(8192));

    lay("sys/fs/cgroup/a/memory.max", Long.toString(512L << 20));
    assertThat(hostMemory()).isEqualTo(new MemoryMib(512));
  }

  @Test
  void controlGroupsOfTheFirstVersionCountToo() throws Exception {
    lay("proc/meminfo", "MemTotal:        8388608 kB\n");
    lay("proc/self/cgroup", "5:devices:/\n4:memory:/x\n0::/\n");
    lay("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    lay("sys/fs/cgroup/memory/x/memory.limit_in_bytes", Long.toString(1024L << 20) + "\n");

    assertThat(hostMemory()).isEqualTo(new MemoryMib(1024));
  }

  @Test
  void thisHostHasACpu() throws Exception {
    Accelerator cpu = new HostCpu().find(Samples.PROVIDER, Samples.POOL).getFirst();

    assertThat(cpu.kind()).isEqualTo(AcceleratorKind.CPU);
    assertThat(cpu.cores()).isPositive();
    assertThat(cpu.memory().value()).isGreaterThan(100);
  }

  @Test
  void withoutMeminfoThereIsAProblem() {
    assertThatThrownBy(this::hostMemory).isInstanceOf(DiscoveryProblem.class);
  }
}
