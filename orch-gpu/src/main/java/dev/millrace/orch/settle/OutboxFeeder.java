package dev.millrace.orch.settle;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.OutboxItem;
import dev.millrace.orch.journal.Transition.SettleOutbox;
import dev.millrace.orch.journal.Transition.TakeOutbox;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.ledger.Ledger;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries entries from the journal to the ledger; the flow never waits for it. A crash between the
 * two appends an entry again, which the ledger knows by its attempt. Where several coordinators
 * share the journal each entry is for one of their ledgers alone, and what is for nobody's is taken
 * before it is carried: so no run is in two.
 */
public final class OutboxFeeder {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxFeeder.class);
  private static final int AT_ONCE = 500;
  private static final Duration IDLE = Duration.ofSeconds(5);

  /** Entries that come within that go together: each round costs a read and two forced writes. */
  private static final Duration GATHERING = Duration.ofMillis(100);

  private final Journal journal;
  private final Recorder recorder;
  private final Ledger ledger;
  private final String name;

  /**
   * @param name of the ledger, which no other coordinator's has and which stays
   */
  public OutboxFeeder(Journal journal, Recorder recorder, Ledger ledger, String name) {
    this.journal = journal;
    this.recorder = recorder;
    this.ledger = ledger;
    this.name = name;
  }

  /** One round: carries what is there, and waits for the bell and for more when that was all. */
  public void round(Bell bell) throws IOException, InterruptedException {
    if (carry() < AT_ONCE) {
      bell.gather(GATHERING, IDLE);
    }
  }

  /**
   * Carries what is there.
   *
   * @return how many entries
   */
  public int carry() throws IOException {
    List<OutboxItem> items = taken();
    if (items.isEmpty()) {
      return 0;
    }
    List<Ledger.Appended> answers = ledger.append(items.stream().map(OutboxItem::entry).toList());
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Ledger.Appended.Conflict(long index)) {
        LOG.error(
            "attempt {} has another entry in the ledger already, at {}",
            items.get(i).entry().attempt(),
            index);
      }
    }
    recorder.commit(new SettleOutbox(items.stream().map(OutboxItem::id).toList()));
    return items.size();
  }

  private List<OutboxItem> taken() {
    List<OutboxItem> items = journal.outbox(name, AT_ONCE);
    List<Long> nobodys = items.stream().filter(item -> !item.taken()).map(OutboxItem::id).toList();
    if (nobodys.isEmpty()) {
      return items;
    }
    recorder.commit(new TakeOutbox(name, nobodys));
    return journal.outbox(name, AT_ONCE).stream().filter(OutboxItem::taken).toList();
  }
}
