package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.fleet.MailRoom;
import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.Join;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.PrefixKeys;
import dev.millrace.triggers.embedded.signature.SecretKey;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Keys of the embedded store, each for one provider's own prefix alone, as long as the token that
 * it came with.
 *
 * @param mail where the marks are left by which the store takes them
 */
record BucketKeyring(CoordinatorPart.Around around, Supplier<MailRoom> mail)
    implements RemoteProviders.BucketKeys {
  @Override
  public Join.Buckets of(ProviderId provider, String token) throws IOException {
    mail.get().leaveBox(provider);
    StoreAccess access = around.store();
    String bucket = around.config().orders().bucket();
    MillraceConfig.StoreElsewhere elsewhere = around.config().storeElsewhere();
    if (elsewhere != null && !elsewhere.events()) {
      // Another store's keys are made by its own means; they are to be filled in.
      return new Join.Buckets(access.endpoint(), access.region(), bucket, "", "", token);
    }
    String mark = ProviderTokens.mark(token);
    mail.get().leaveMark(provider, mark);
    AccessKey key =
        PrefixKeys.derive(
            new AccessKey(access.keys().id(), new SecretKey(access.keys().secret()), "main"),
            bucket,
            Places.ORDERS + provider + "/",
            mark);
    return new Join.Buckets(
        access.endpoint(), access.region(), bucket, key.id(), key.secret().value(), token);
  }

  @Override
  public void endOthers(ProviderId provider, String token) throws IOException {
    mail.get().endOthers(provider, token.isEmpty() ? "" : ProviderTokens.mark(token));
  }

  @Override
  public void renew(ProviderId provider) throws IOException {
    mail.get().renewMark(provider);
  }
}
