package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;

/**
 * Access control lists as clients ask for them: everything is private, its owner may do everything,
 * and nothing else can be set.
 */
final class AclOperations {
  private static final int DOCUMENT_MAX_BYTES = 64 << 10;
  private static final String SCHEMA =
      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"";

  private final Catalog catalog;
  private final BucketOperations buckets;

  AclOperations(Catalog catalog, BucketOperations buckets) {
    this.catalog = catalog;
    this.buckets = buckets;
  }

  Answer get(S3Call call) throws IOException {
    require(call);
    Xml xml = Xml.document("AccessControlPolicy");
    BucketOperations.owner(xml, call);
    String owner = call.caller().tenant();
    xml.open("AccessControlList")
        .open("Grant")
        .open("Grantee", SCHEMA)
        .element("ID", owner)
        .element("DisplayName", owner)
        .close("Grantee")
        .element("Permission", "FULL_CONTROL")
        .close("Grant")
        .close("AccessControlList");
    return Answer.Document.ok(xml);
  }

  /** Takes what changes nothing, which some clients send with every upload. */
  Answer put(S3Call call) throws IOException {
    require(call);
    KeptHeaders.refuseUnkept(call);
    if (call.header("x-amz-acl").isEmpty()) {
      refuseOtherGrants(call);
    }
    return Answer.Empty.ok();
  }

  private static void refuseOtherGrants(S3Call call) throws IOException {
    XmlElement policy =
        XmlElement.parse(BodyReader.readDocument(call, DOCUMENT_MAX_BYTES), "AccessControlPolicy");
    for (XmlElement list : policy.all("AccessControlList")) {
      for (XmlElement grant : list.all("Grant")) {
        boolean owners =
            grant.all("Grantee").stream()
                .allMatch(who -> who.required("ID").equals(call.caller().tenant()));
        if (!owners || !grant.required("Permission").equals("FULL_CONTROL")) {
          throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Only the private ACL is supported.");
        }
      }
    }
  }

  private void require(S3Call call) throws IOException {
    if (call.target().isBucket()) {
      buckets.require(call);
    } else {
      ReadOperations.find(catalog, call.bucket(), call.key());
    }
  }
}
