package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.Claim;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.run.RunChannel.Heard;
import dev.millrace.schema.run.RunChannel.Renewal;
import dev.millrace.schema.run.RunChannel.Settled;
import dev.millrace.schema.run.RunChannel.UrlAnswer;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every way to the coordinator keeps. */
public abstract class RunChannelContract {
  private static final RunId OTHER = new RunId("01jd0000000000000000000009");

  protected final SigningKey key = SigningKey.generate();
  protected final FakeCoordinator coordinator =
      new FakeCoordinator(
          TrustedKeys.of(key.publicKey()),
          name -> URI.create("http://bucket/" + URLEncoder.encode(name, StandardCharsets.UTF_8)));
  private RunChannel channel;

  /** The way to that coordinator. */
  protected abstract RunChannel channel() throws IOException;

  @BeforeEach
  void open() throws IOException {
    channel = channel();
  }

  private SignedBytes order() {
    return key.sign(
        Order.TYPE,
        Json.bytes(
            Samples.order(
                Samples.function("exit 0"), Samples.input("ä\n/b", 1, 1), Samples.limits())));
  }

  @Test
  void theFirstClaimWinsAndGetsTheSameAnswerAgain() throws Exception {
    coordinator.secrets = Map.of("A", "b\"ü");

    Claim first = channel.claim(order(), Samples.RUN);

    assertThat(((Claim.Granted) first).grant().run()).isEqualTo(Samples.REF);
    assertThat(((Claim.Granted) first).grant().secrets()).containsEntry("A", "b\"ü");
    assertThat(channel.claim(order(), OTHER)).isEqualTo(new Claim.Taken());
    assertThat(channel.claim(order(), Samples.RUN)).isEqualTo(first);
  }

  @Test
  void anOrderThatIsNotSignedIsRefused() throws Exception {
    SignedBytes forged =
        SigningKey.generate().sign(Order.TYPE, "{}".getBytes(StandardCharsets.UTF_8));

    assertThat(channel.claim(forged, Samples.RUN))
        .isEqualTo(new Claim.Refused("not a valid order"));
  }

  @Test
  void urlsComeForWhatTheRunMayTouchAndForNoOtherRun() throws Exception {
    channel.claim(order(), Samples.RUN);

    for (Want want :
        new Want[] {
          new Want.Input(),
          new Want.Bundle(),
          new Want.FunctionPart("ab"),
          new Want.Output("out/new\nline é"),
          new Want.OutputUpload("out/a", new UploadStep.Part("u+/&=é", 10_000))
        }) {
      assertThat(channel.url(Samples.REF, want)).isInstanceOf(UrlAnswer.Granted.class);
    }
    assertThat(((UrlAnswer.Granted) channel.url(Samples.REF, new Want.Output("log"))).url())
        .hasToString(
            "http://bucket/"
                + URLEncoder.encode(Manifest.prefix(Samples.REF) + "log", StandardCharsets.UTF_8));
    assertThat(channel.url(new RunRef(Samples.ATTEMPT, OTHER, 7), new Want.Input()))
        .isInstanceOf(UrlAnswer.Refused.class);
  }

  @Test
  void everyAnswerToARenewalArrives() throws Exception {
    channel.claim(order(), Samples.RUN);

    for (Renewal each : Renewal.values()) {
      coordinator.renewal = each;
      assertThat(channel.renew(Samples.REF, each.ordinal() + 1L)).isEqualTo(each);
    }
    assertThat(coordinator.beats).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aSettlementIsAcceptedStaleOrRefused() throws Exception {
    channel.claim(order(), Samples.RUN);
    SignedBytes manifest = key.sign(Manifest.TYPE, new byte[] {1, 2});

    assertThat(channel.settle(Samples.REF, manifest)).isEqualTo(Settled.ACCEPTED);
    assertThat(coordinator.settled).containsEntry(Samples.RUN, manifest);
    assertThat(channel.settle(new RunRef(Samples.ATTEMPT, OTHER, 7), manifest))
        .isEqualTo(Settled.STALE);
    assertThat(channel.settle(Samples.REF, order())).isEqualTo(Settled.REFUSED);
  }

  @Test
  void whoIsReadAlongWithIsToldAsSoonAsItChanges() throws Exception {
    RunId odd = new RunId("01jd0000000000000000000008");
    coordinator.followed = new Followed.Runs(Long.MAX_VALUE, List.of(Samples.RUN, odd));
    ProviderId provider = new ProviderId("p");

    assertThat(channel.followed(provider, 0, Duration.ofSeconds(20)))
        .isEqualTo(coordinator.followed);
    assertThat(channel.followed(provider, Long.MAX_VALUE, Duration.ofMillis(100)))
        .isEqualTo(coordinator.followed);
  }

  @Test
  void whatIsPrintedArrivesAndOnlyForARunThatIsReadAlongWith() throws Exception {
    channel.claim(order(), Samples.RUN);
    byte[] text = {0, 10, 27, -1, -61, 65};
    assertThat(channel.printed(Samples.REF, 0, text)).isEqualTo(new Heard.Enough());
    coordinator.followed = new Followed.Runs(2, List.of(Samples.RUN, OTHER));

    assertThat(channel.printed(Samples.REF, 0, new byte[0])).isEqualTo(new Heard.GoOn(0));
    assertThat(channel.printed(Samples.REF, 0, text)).isEqualTo(new Heard.GoOn(6));
    assertThat(channel.printed(Samples.REF, 4, text)).isEqualTo(new Heard.GoOn(6));
    assertThat(coordinator.printed.get(Samples.RUN).read(0, 100)).isEqualTo(text);
    assertThat(channel.printed(new RunRef(Samples.ATTEMPT, OTHER, 7), 0, text))
        .isEqualTo(new Heard.Enough());
  }

  @Test
  void aCoordinatorThatIsDownIsAnUnknownOutcome() {
    coordinator.unreachable = true;

    assertThatThrownBy(() -> channel.claim(order(), Samples.RUN)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.url(Samples.REF, new Want.Input()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.renew(Samples.REF, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.settle(Samples.REF, order())).isInstanceOf(IOException.class);
  }
}
