package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;

/** A device while one plan is made: its room shrinks as jobs are placed. */
final class Device {
  /** Position among all devices sorted by id: the tie-break. */
  final int rank;

  final Accelerator accelerator;
  final Shape shape;
  final Host host;
  final boolean present;
  private long freeMib;
  private int freePercent;
  private int holders;
  private boolean idle;
  private boolean exclusive;
  private boolean kept;

  Device(int rank, DeviceView view, Shape shape, Host host) {
    this.rank = rank;
    this.accelerator = view.accelerator();
    this.shape = shape;
    this.host = host;
    this.present = view.present();
    this.freeMib = view.accelerator().memory().minus(view.reserved()).value();
    this.freePercent = Math.max(0, 100 - view.reservedPercent());
    this.holders = view.holders();
    this.exclusive = view.exclusive();
    this.idle =
        !exclusive && holders == 0 && view.reservedPercent() == 0 && view.reserved().value() == 0;
  }

  long freeMib() {
    return freeMib;
  }

  int freePercent() {
    return freePercent;
  }

  int holders() {
    return holders;
  }

  boolean idle() {
    return idle;
  }

  boolean exclusive() {
    return exclusive;
  }

  /** Reserved for a job that waited too long: nobody else gets it in this plan. */
  boolean kept() {
    return kept;
  }

  /** Whether anything at all may be placed on it. */
  boolean open() {
    return present && !kept && !exclusive && freePercent > 0;
  }

  boolean hasRoomFor(Demand demand) {
    return open()
        && demand.allows(accelerator)
        && freeMib >= demand.memoryMib()
        && (idle || !demand.exclusive())
        && demand.accepts(shape)
        && freePercent >= demand.percentOf(shape);
  }

  void keep() {
    kept = true;
  }

  Slice take(Demand demand) {
    int percent = demand.percentOf(shape);
    freeMib -= demand.memoryMib();
    freePercent -= percent;
    holders++;
    idle = false;
    exclusive = demand.exclusive();
    return new Slice(accelerator.id(), new MemoryMib(demand.memoryMib()), percent);
  }
}
