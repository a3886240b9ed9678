package dev.millrace.runtime.unit;

/** The run may not go on as it was: thrown out of work that was cut short. */
final class LeaseLost extends Exception {
  private static final long serialVersionUID = 1L;
  private final LeaseKeeper.Standing standing;

  LeaseLost(LeaseKeeper.Standing standing, String reason) {
    super(reason);
    this.standing = standing;
  }

  LeaseKeeper.Standing standing() {
    return standing;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
