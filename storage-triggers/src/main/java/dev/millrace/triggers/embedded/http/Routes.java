package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.Authorizer.Action;
import dev.millrace.triggers.embedded.signature.Query;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The stated surface: which request is which operation. Whatever is not listed here is a 501. */
final class Routes {
  /** Parameters that choose an operation, most telling first. */
  private static final List<String> SELECTORS =
      List.of(
          EventOperations.NAME,
          "uploadId",
          "uploads",
          "tagging",
          "delete",
          "list-type",
          "location",
          "versioning",
          "notification",
          "cors");

  private static final Set<String> LISTING =
      Set.of(
          "prefix",
          "delimiter",
          "max-keys",
          "encoding-type",
          "list-type",
          "marker",
          "continuation-token",
          "start-after",
          "fetch-owner");
  private static final Set<String> READING =
      Set.of(
          "response-cache-control",
          "response-content-disposition",
          "response-content-encoding",
          "response-content-language",
          "response-content-type",
          "response-expires");

  private final Map<String, Route> routes = new HashMap<>();
  private final WriteOperations writes;
  private final CorsOperations cors;

  /**
   * One operation of the surface.
   *
   * @param name S3's name of it
   * @param parameters the query parameters that it understands
   */
  record Route(String name, Action action, Set<String> parameters, Operation operation) {}

  /** The limits that operations keep. */
  record Limits(long objectMaxBytes, long partMinBytes) {}

  Routes(Catalog catalog, String region, Limits limits) {
    BucketOperations buckets = new BucketOperations(catalog, region);
    cors = new CorsOperations(catalog, buckets);
    buckets(buckets, new EventOperations(catalog.events()));
    cors();
    lists(new ListOperations(catalog, buckets), new MultipartListings(catalog, buckets));
    writes = new WriteOperations(catalog, buckets, limits.objectMaxBytes());
    objects(catalog);
    multipart(
        new MultipartOperations(catalog, limits.objectMaxBytes()),
        new MultipartCompletion(catalog, limits.partMinBytes()));
  }

  private void buckets(BucketOperations buckets, EventOperations events) {
    add("GET /", new Route("ListBuckets", Action.LIST, Set.of(), buckets::list));
    add("PUT b", new Route("CreateBucket", Action.ADMINISTER, Set.of(), buckets::create));
    add("HEAD b", new Route("HeadBucket", Action.LIST, Set.of(), buckets::head));
    add("DELETE b", new Route("DeleteBucket", Action.ADMINISTER, Set.of(), buckets::delete));
    add(
        "GET / " + EventOperations.NAME,
        new Route("ListEvents", Action.ADMINISTER, EventOperations.READING, events::eventsAfter));
    add(
        "DELETE / " + EventOperations.NAME,
        new Route(
            "AcknowledgeEvents",
            Action.ADMINISTER,
            EventOperations.ACKNOWLEDGING,
            events::acknowledge));
    add(
        "GET b location",
        new Route("GetBucketLocation", Action.LIST, Set.of("location"), buckets::location));
    add(
        "GET b versioning",
        new Route("GetBucketVersioning", Action.LIST, Set.of("versioning"), buckets::versioning));
    add(
        "GET b notification",
        new Route(
            "GetBucketNotificationConfiguration",
            Action.LIST,
            Set.of("notification"),
            buckets::notification));
  }

  private void cors() {
    Set<String> parameters = Set.of("cors");
    add("GET b cors", new Route("GetBucketCors", Action.LIST, parameters, cors::get));
    add("PUT b cors", new Route("PutBucketCors", Action.ADMINISTER, parameters, cors::put));
    add(
        "DELETE b cors",
        new Route("DeleteBucketCors", Action.ADMINISTER, parameters, cors::delete));
  }

  /** What is asked by browsers, not by signed callers. */
  CorsOperations crossOrigin() {
    return cors;
  }

  private void lists(ListOperations lists, MultipartListings uploads) {
    add("GET b", new Route("ListObjects", Action.LIST, LISTING, lists::listVersion1));
    add("GET b list-type", new Route("ListObjectsV2", Action.LIST, LISTING, lists::listVersion2));
    add(
        "GET b uploads",
        new Route(
            "ListMultipartUploads",
            Action.LIST,
            Set.of(
                "uploads",
                "prefix",
                "delimiter",
                "key-marker",
                "upload-id-marker",
                "max-uploads",
                "encoding-type"),
            uploads::uploads));
    add(
        "GET o uploadId",
        new Route(
            "ListParts",
            Action.LIST,
            Set.of("uploadId", "part-number-marker", "max-parts"),
            uploads::parts));
  }

  /** What a browser's form is written by: it is no route, since it signs itself. */
  WriteOperations writes() {
    return writes;
  }

  private void objects(Catalog catalog) {
    ReadOperations reads = new ReadOperations(catalog);
    DeleteOperations deletes = new DeleteOperations(catalog);
    TaggingOperations tags = new TaggingOperations(catalog);
    add("GET o", new Route("GetObject", Action.READ, READING, reads::get));
    add("HEAD o", new Route("HeadObject", Action.READ, READING, reads::head));
    add("PUT o", new Route("PutObject", Action.WRITE, Set.of(), writes::put));
    add("PUT o copy", new Route("CopyObject", Action.WRITE, Set.of(), writes::copy));
    add("DELETE o", new Route("DeleteObject", Action.DELETE, Set.of(), deletes::delete));
    add(
        "POST b delete",
        new Route("DeleteObjects", Action.DELETE, Set.of("delete"), deletes::deleteAll));
    Set<String> tagging = Set.of("tagging");
    add("GET o tagging", new Route("GetObjectTagging", Action.READ, tagging, tags::get));
    add("PUT o tagging", new Route("PutObjectTagging", Action.WRITE, tagging, tags::put));
    add("DELETE o tagging", new Route("DeleteObjectTagging", Action.WRITE, tagging, tags::delete));
  }

  private void multipart(MultipartOperations parts, MultipartCompletion completion) {
    Set<String> uploads = Set.of("uploads");
    Set<String> part = Set.of("uploadId", "partNumber");
    Set<String> upload = Set.of("uploadId");
    add("POST o uploads", new Route("CreateMultipartUpload", Action.WRITE, uploads, parts::create));
    add("PUT o uploadId", new Route("UploadPart", Action.WRITE, part, parts::uploadPart));
    add(
        "PUT o uploadId copy",
        new Route("UploadPartCopy", Action.WRITE, part, parts::uploadPartCopy));
    add(
        "POST o uploadId",
        new Route("CompleteMultipartUpload", Action.WRITE, upload, completion::complete));
    add("DELETE o uploadId", new Route("AbortMultipartUpload", Action.WRITE, upload, parts::abort));
  }

  private void add(String pattern, Route route) {
    routes.put(pattern, route);
  }

  /** The operation that a request asks for. */
  Route find(S3Call call) {
    Route route = routes.get(pattern(call));
    if (route == null) {
      throw notImplemented(call.method() + " of this");
    }
    for (Query.Parameter parameter : call.query().parameters()) {
      String name = parameter.name();
      boolean nullVersion = name.equals("versionId") && parameter.value().equals("null");
      boolean signing = name.toLowerCase(Locale.ROOT).startsWith("x-");
      if (!signing && !nullVersion && !route.parameters().contains(name)) {
        throw notImplemented(route.name() + " with " + name);
      }
    }
    return route;
  }

  private static String pattern(S3Call call) {
    Target target = call.target();
    String level = target.isService() ? " /" : target.isBucket() ? " b" : " o";
    StringBuilder pattern = new StringBuilder(call.method()).append(level);
    for (String selector : SELECTORS) {
      if (call.query().has(selector)) {
        pattern.append(' ').append(selector);
        break;
      }
    }
    if (call.method().equals("PUT") && call.header("x-amz-copy-source").isPresent()) {
      pattern.append(" copy");
    }
    return pattern.toString();
  }

  private static Refusal notImplemented(String what) {
    return new Refusal(
        ErrorCode.NOT_IMPLEMENTED,
        "This store does not do that: " + what + ". See docs/store.md for what it does.");
  }
}
