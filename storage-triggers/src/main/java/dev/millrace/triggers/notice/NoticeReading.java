package dev.millrace.triggers.notice;

import dev.millrace.schema.object.Notice;
import java.util.List;

/** What a message turned out to be. Whatever it is, the sender hears that it was received. */
public sealed interface NoticeReading {

  /**
   * Word of objects.
   *
   * @param notices one for each record that speaks of a new object that can be input
   * @param ignored why other records gave none, one reason each
   */
  record Read(List<Notice> notices, List<String> ignored) implements NoticeReading {
    public Read {
      notices = List.copyOf(notices);
      ignored = List.copyOf(ignored);
    }
  }

  /** What a store sends when a notification is set up: nothing happened. */
  record TestEvent() implements NoticeReading {}

  /**
   * SNS asks whether its messages are wanted here; opening that address says so. It is for people
   * to open: a program that fetches whatever address it is sent can be sent anywhere.
   */
  record Confirmation(String url) implements NoticeReading {}

  /** Not a notice; it would not become one by being sent again. */
  record Malformed(String reason) implements NoticeReading {}
}
