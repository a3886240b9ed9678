package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Transition;
import java.sql.SQLException;

/** Which class makes which transition. */
final class Steps {
  private Steps() {}

  static Commit apply(Change change, Transition transition) throws SQLException {
    return switch (transition) {
      case Transition.AcceptNotices t -> IntakeSteps.accept(change, t);
      case Transition.DecideNotice t -> IntakeSteps.decide(change, t);
      case Transition.KeepCheckpoint t -> IntakeSteps.checkpoint(change, t);
      case Transition.PlaceAttempt t -> PlacementSteps.place(change, t);
      case Transition.FreeLease t -> PlacementSteps.free(change, t);
      case Transition.RegisterProvider t -> FleetSteps.register(change, t);
      case Transition.WithdrawKey t -> FleetSteps.withdraw(change, t);
      case Transition.BundleAttempt t -> AttemptSteps.bundle(change, t);
      case Transition.StageAttempt t -> AttemptSteps.stage(change, t);
      case Transition.ClaimAttempt t -> AttemptSteps.claim(change, t);
      case Transition.RenewLease t -> AttemptSteps.renew(change, t);
      case Transition.EndAttempt t -> EndSteps.end(change, t);
      case Transition.TakeOutbox t -> EndSteps.take(change, t);
      case Transition.SettleOutbox t -> EndSteps.settle(change, t);
      case Transition.KeepLateReceipt t -> EndSteps.keepLate(change, t);
      case Transition.BeginPublication t -> PublicationSteps.begin(change, t);
      case Transition.FinishPublication t -> PublicationSteps.finish(change, t);
      case Transition.EndJob t -> JobSteps.end(change, t);
      case Transition.CancelJob t -> JobSteps.cancel(change, t);
      case Transition.RedriveJob t -> JobSteps.redrive(change, t);
      case Transition.DiscardJob t -> JobSteps.discard(change, t);
      case Transition.KeepSecret t -> SecretRows.keep(change, t);
      case Transition.DropSecret t -> SecretRows.drop(change, t);
      case Transition.KeepToken t -> TokenRows.keep(change, t);
      case Transition.DropToken t -> TokenRows.drop(change, t);
      case Transition.DeployFunction t -> FunctionSteps.deploy(change, t);
      case Transition.Deploy t -> FunctionSteps.deploy(change, t);
      case Transition.RemoveFunction t -> FunctionSteps.remove(change, t);
      case Transition.BeginRemoval t -> RemovalSteps.begin(change, t);
      case Transition.FinishRemoval t -> RemovalSteps.finish(change, t);
      case Transition.ForgetPassing t -> PassingRows.forget(change, t);
      case Transition.KeepMark t -> RemovalSteps.mark(change, t.mark(), t.at());
    };
  }

  static Commit conflict(String reason) {
    return new Commit.Conflict(reason);
  }
}
