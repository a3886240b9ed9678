package dev.millrace.orch.crash;

import dev.millrace.orch.api.view.AttemptRow;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares what clients were told with what came out; believes nothing that it can see itself. */
final class Judge {
  private final Map<String, List<Dropper.Sent>> histories = new LinkedHashMap<>();
  private final Outside outside;
  private final List<String> problems = new ArrayList<>();

  private Judge(List<Dropper.Sent> sent, Outside outside) {
    this.outside = outside;
    for (Dropper.Sent one : sent) {
      histories.computeIfAbsent(one.drop().key(), k -> new ArrayList<>()).add(one);
    }
  }

  /** Everything that is wrong, a line each. */
  static List<String> problems(List<Dropper.Sent> sent, Outside outside) {
    Judge judge = new Judge(sent, outside);
    judge.jobs();
    judge.outputs();
    judge.ledger();
    judge.nothingIsLeft();
    return judge.problems;
  }

  private void jobs() {
    Map<String, List<JobRow>> byKey = new TreeMap<>();
    Set<String> versions = new HashSet<>();
    for (JobDetail detail : outside.jobs()) {
      JobRow job = detail.job();
      byKey.computeIfAbsent(job.input().key(), k -> new ArrayList<>()).add(job);
      if (!versions.add(job.version() + " " + job.input().key())) {
        problems.add("two jobs for version " + job.version() + " of " + job.input().key());
      }
      if (!histories.containsKey(job.input().key())) {
        problems.add("job " + job.id() + " for a key that nobody sent: " + job.input().key());
      }
    }
    histories.forEach((key, history) -> jobs(key, history, byKey.getOrDefault(key, List.of())));
  }

  private void jobs(String key, List<Dropper.Sent> history, List<JobRow> jobs) {
    long acknowledged = history.stream().filter(Dropper.Sent::acknowledged).count();
    long succeeded = jobs.stream().filter(j -> j.state().equals("succeeded")).count();
    if (jobs.size() > history.size()) {
      problems.add(key + " was sent " + history.size() + " times and has " + jobs.size() + " jobs");
    }
    if (acknowledged > 0 && succeeded == 0) {
      problems.add(key + " was accepted and has no job that succeeded: " + states(jobs));
    }
    for (JobRow job : jobs) {
      boolean overtaken = job.state().equals("superseded") && history.size() > 1;
      if (!job.state().equals("succeeded") && !overtaken) {
        problems.add(key + " has a job that is " + job.state() + ": " + job.reason());
      }
    }
  }

  private static List<String> states(List<JobRow> jobs) {
    return jobs.stream().map(j -> j.state() + " (" + j.reason() + ")").toList();
  }

  private void outputs() {
    Set<String> unexplained = new HashSet<>(outside.outputs().keySet());
    for (List<Dropper.Sent> history : histories.values()) {
      String token = history.getFirst().drop().token();
      String one = Function.OUT + token + ".one";
      String two = Function.OUT + token + ".two";
      unexplained.remove(one);
      unexplained.remove(two);
      String found = outside.outputs().get(one) + outside.outputs().get(two);
      boolean right = possible(history).stream().anyMatch(found::equals);
      if (!right) {
        problems.add("not the outputs of " + history.getLast() + ": " + shortened(found));
      }
    }
    unexplained.forEach(key -> problems.add("an output that nobody's input explains: " + key));
  }

  /** What may lie at the final keys: of the last that was accepted, or of one sent after it. */
  private static List<String> possible(List<Dropper.Sent> history) {
    List<String> possible = new ArrayList<>();
    for (Dropper.Sent sent : history.reversed()) {
      possible.add(sent.drop().one() + sent.drop().two());
      if (sent.acknowledged()) {
        return possible;
      }
    }
    possible.add("nullnull");
    return possible;
  }

  private static String shortened(String text) {
    return text.length() <= 400 ? text : text.substring(0, 400) + "... " + text.length();
  }

  private void ledger() {
    Map<String, Integer> entries = new TreeMap<>();
    for (EntryView entry : outside.ledger()) {
      entries.merge(entry.job() + "/" + entry.attempt(), 1, Integer::sum);
    }
    for (JobDetail detail : outside.jobs()) {
      for (AttemptRow attempt : detail.attempts()) {
        String name = detail.job().id() + "/" + attempt.number();
        Integer found = entries.remove(name);
        if (attempt.endedAt() == null) {
          problems.add("attempt " + name + " has not ended: " + attempt.state());
        } else if (found == null || found != 1) {
          problems.add("attempt " + name + " has " + found + " ledger entries");
        }
      }
    }
    entries.keySet().forEach(name -> problems.add("a ledger entry of no attempt: " + name));
    if (!outside.verified().sound()) {
      problems.add("the ledger is not sound: " + outside.verified().problems());
    }
  }

  private void nothingIsLeft() {
    for (DeviceRow device : outside.devices()) {
      if (device.reservedMib() != 0 || device.reservedPercent() != 0) {
        problems.add("a slice leaked: " + device);
      }
    }
    if (!outside.orders().isEmpty()) {
      problems.add("orders of ended attempts are left: " + outside.orders());
    }
    if (!outside.processes().isEmpty()) {
      problems.add("processes of functions still run: " + outside.processes());
    }
    if (!outside.containers().isEmpty()) {
      problems.add("containers of functions are left: " + outside.containers());
    }
  }
}
