package dev.millrace.orch.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schema.json.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is made of rounds: medians, verdicts, comparisons. */
final class FigureTest {
  private static Figure rate(double... values) {
    return Figure.of("a.rate", "things", "/s", true, Rounds.of(values));
  }

  private static Figure time(double... values) {
    return Figure.of("a.time", "until then", "ms", false, Rounds.of(values));
  }

  @Test
  void theMedianIsTheMiddleRoundOrTheMeanOfTwo() {
    assertThat(rate(9, 1, 5).median()).isEqualTo(5);
    assertThat(rate(9, 1, 5, 7).median()).isEqualTo(6);
    assertThat(rate(9, 1, 5).spread()).isCloseTo(1.6, within(1e-9));
  }

  @Test
  void aMeasurementWithoutRoundsIsNone() {
    assertThatThrownBy(() -> rate()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aShareOfSortedTimesIsTheTimeBelowWhichItLies() {
    long[] nanos = {1_000_000, 2_000_000, 3_000_000, 400_000_000};

    assertThat(Rounds.millis(nanos, 0.5)).isEqualTo(3);
    assertThat(Rounds.millis(nanos, 0.99)).isEqualTo(400);
    assertThat(Rounds.millis(nanos, 1)).isEqualTo(400);
  }

  @Test
  void aBoundIsMetOnItsOwnSideAlone() {
    assertThat(rate(50).within(Budget.atLeast(50)).verdict()).isEqualTo(Figure.Verdict.MET);
    assertThat(rate(49).within(Budget.atLeast(50)).verdict()).isEqualTo(Figure.Verdict.MISSED);
    assertThat(time(15).within(Budget.atMost(15)).verdict()).isEqualTo(Figure.Verdict.MET);
    assertThat(time(16).within(Budget.atMost(15)).verdict()).isEqualTo(Figure.Verdict.MISSED);
    assertThat(time(16).verdict()).isEqualTo(Figure.Verdict.NONE);
  }

  @Test
  void aShareIsOfTheFloorAndEitherBoundIsEnough() {
    Budget either = Budget.atLeastOrOfFloor(300, 0.8);

    assertThat(rate(80).beside("bare", Rounds.of(100)).within(either).verdict())
        .isEqualTo(Figure.Verdict.MET);
    assertThat(rate(79).beside("bare", Rounds.of(100)).within(either).verdict())
        .isEqualTo(Figure.Verdict.MISSED);
    assertThat(rate(300).beside("bare", Rounds.of(9_000)).within(either).verdict())
        .isEqualTo(Figure.Verdict.MET);
    assertThat(rate(80).within(Budget.ofFloor(0.8)).verdict()).isEqualTo(Figure.Verdict.MISSED);
    assertThat(either.text()).isEqualTo(">= 300 or 0.8 of floor");
  }

  @Test
  void whatLiesWithinTheSpreadOfEitherRunSaysNothing() {
    Comparison noisy = Comparison.of(rate(80, 100, 120), rate(125, 130, 135));
    Comparison calm = Comparison.of(rate(99, 100, 101), rate(129, 130, 131));

    assertThat(noisy.outcome()).isEqualTo(Comparison.Outcome.WITHIN_NOISE);
    assertThat(calm.outcome()).isEqualTo(Comparison.Outcome.BETTER);
    assertThat(calm.change()).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void moreIsBetterForRatesAndWorseForTimes() {
    assertThat(Comparison.of(rate(100, 100), rate(50, 50)).outcome())
        .isEqualTo(Comparison.Outcome.WORSE);
    assertThat(Comparison.of(time(100, 100), time(50, 50)).outcome())
        .isEqualTo(Comparison.Outcome.BETTER);
  }

  @Test
  void oneRoundAloneIsTrustedLittle() {
    assertThat(Comparison.of(rate(100), rate(120)).outcome())
        .isEqualTo(Comparison.Outcome.WITHIN_NOISE);
    assertThat(Comparison.of(rate(100), rate(0)).outcome()).isEqualTo(Comparison.Outcome.WORSE);
    assertThat(Comparison.of(rate(0), rate(0)).outcome())
        .isEqualTo(Comparison.Outcome.WITHIN_NOISE);
  }

  @Test
  void aReportSurvivesItsFile() throws Exception {
    Report report =
        new Report(
            Instant.parse("2026-03-01T10:00:00Z"),
            "dev",
            true,
            new Circumstances("Linux 6", "a processor", 2, "25", 0.5, 1.5, 3, 0),
            List.of(
                rate(1, 2, 3).beside("bare", Rounds.of(4)).within(Budget.ofFloor(0.8)), time(1)),
            List.of("a note"));

    assertThat(Json.read(Json.bytes(report), Report.class)).isEqualTo(report);
    assertThat(report.met()).isFalse();
    assertThat(report.figure("a.time")).contains(time(1));
  }

  @Test
  void aMachineThatOthersUseIsNotQuiet() {
    assertThat(new Circumstances("", "", 2, "", 0.5, 9, 3, 0).quiet()).isTrue();
    assertThat(new Circumstances("", "", 2, "", 2.5, 9, 3, 0).quiet()).isFalse();
    assertThat(new Circumstances("", "", 2, "", 0.5, 9, 30, 0).quiet()).isFalse();
    assertThat(new Circumstances("", "", 2, "", 0.5, 9, 3, 8).quiet()).isFalse();
  }
}
