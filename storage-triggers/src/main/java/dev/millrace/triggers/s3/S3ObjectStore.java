package dev.millrace.triggers.s3;

import dev.millrace.schema.object.BucketNaming;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.object.Written;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * A store that speaks S3. Each call is one request without retries: who calls knows better what a
 * retry means.
 */
public final class S3ObjectStore implements ObjectStore {
  /** How long the SDK's own look may take. */
  private static final Duration HEAD_MAX = Duration.ofSeconds(15);

  /** How long one page may take: large buckets are slow to list behind many deletions. */
  private static final Duration LIST_MAX = Duration.ofMinutes(2);

  /** What stores take; in a path, anything else might name what is in another bucket. */
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,254}");

  private final StoreId id;
  private final String region;
  private final S3Client client;
  private final Optional<S3Looks> looks;
  private final Duration headTimeout;
  private final Duration listTimeout;
  private final S3Urls urls;
  private final S3Uploads uploads;
  private final S3Writes writes;
  private final S3Copies copies;

  private S3ObjectStore(
      S3StoreSettings settings, Optional<S3Looks> looks, S3Client client, S3Presigner presigner) {
    this.id = settings.id();
    this.region = settings.region();
    this.looks = looks;
    this.headTimeout = shorter(settings.attemptTimeout(), HEAD_MAX);
    this.listTimeout = shorter(settings.attemptTimeout(), LIST_MAX);
    this.client = client;
    this.urls = new S3Urls(presigner);
    this.uploads = new S3Uploads(client);
    this.writes = new S3Writes(client, uploads, S3Writes.ONE_WRITE_MAX_BYTES, S3Writes.PART_BYTES);
    this.copies = new S3Copies(client, uploads, S3Copies.ONE_COPY_MAX_BYTES, S3Copies.PART_BYTES);
  }

  /** Connects to a store; nothing is sent yet. */
  public static S3ObjectStore open(S3StoreSettings settings) {
    return open(settings, S3Looks.Times.USUAL);
  }

  static S3ObjectStore open(S3StoreSettings settings, S3Looks.Times times) {
    return new S3ObjectStore(
        settings,
        S3Looks.into(settings, InstantSource.system(), times),
        S3Clients.client(settings),
        S3Clients.presigner(settings));
  }

  @Override
  public StoreId id() {
    return id;
  }

  @Override
  public Optional<ObjectHead> head(String bucket, String key) throws StoreException {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new StoreException(
          StoreException.Kind.GIVE_UP,
          wish("HEAD", bucket, key) + ": '" + bucket + "' is no bucket's name");
    }
    ObjectName name = new ObjectName(id, bucket, key);
    return switch (looks.map(l -> l.at(name)).orElseGet(S3Looks.Unclear::new)) {
      case S3Looks.Seen(ObjectHead head) -> Optional.of(head);
      case S3Looks.Absent() -> Optional.empty();
      case S3Looks.Silent(IOException cause) ->
          throw StoreException.silent(wish("HEAD", bucket, key) + ": " + cause, cause);
      case S3Looks.Unclear() -> headBySdk(bucket, key);
    };
  }

  private Optional<ObjectHead> headBySdk(String bucket, String key) throws StoreException {
    try {
      HeadObjectResponse head =
          client.headObject(r -> {
            r.bucket(bucket).key(key);
            r.overrideConfiguration(c -> c.apiCallAttemptTimeout(headTimeout));
          });
      return Optional.of(S3Heads.of(new ObjectName(id, bucket, key), head));
    } catch (SdkServiceException e) {
      return absentOrThrow("HEAD", bucket, key, e);
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("HEAD", bucket, key), e);
    }
  }

  @Override
  public Optional<ObjectBody> read(String bucket, String key) throws StoreException {
    try {
      ResponseInputStream<GetObjectResponse> body =
          client.getObject(r -> r.bucket(bucket).key(key));
      ObjectHead head = S3Heads.of(new ObjectName(id, bucket, key), body.response());
      return Optional.of(new ObjectBody(head, new AbortingStream(body)));
    } catch (SdkServiceException e) {
      return absentOrThrow("GET", bucket, key, e);
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("GET", bucket, key), e);
    }
  }

  private static <T> Optional<T> absentOrThrow(
      String verb, String bucket, String key, SdkServiceException failure) throws StoreException {
    if (S3Errors.isAbsent(failure)) {
      return Optional.empty();
    }
    throw S3Errors.sorted(wish(verb, bucket, key), failure);
  }

  @Override
  public Written write(ObjectName name, InputStream body, long length, WriteOptions options)
      throws StoreException {
    try {
      return new Written.Done(S3Heads.unquoted(writes.write(name, body, length, options)));
    } catch (SdkServiceException e) {
      if (options.onlyIfAbsent() && S3Errors.isConditionFailed(e)) {
        return new Written.Taken();
      }
      throw S3Errors.sorted(wish("PUT", name.bucket(), name.key()), e);
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("PUT", name.bucket(), name.key()), e);
    }
  }

  @Override
  public boolean copy(ObjectName from, ObjectName to, WriteOptions options) throws StoreException {
    if (options.onlyIfAbsent()) {
      throw new IllegalArgumentException("A copy cannot ask for an absent target: " + to.uri());
    }
    Optional<ObjectHead> source = head(from.bucket(), from.key());
    if (source.isEmpty()) {
      return false;
    }
    try {
      copies.copy(source.get(), to, options);
      return true;
    } catch (SdkServiceException e) {
      // Overwritten or deleted since the HEAD: the caller looks again.
      if (S3Errors.isAbsent(e)) {
        return false;
      }
      throw S3Errors.sorted(wish("COPY", to.bucket(), to.key()), e);
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("COPY", to.bucket(), to.key()), e);
    }
  }

  @Override
  public void delete(String bucket, String key) throws StoreException {
    try {
      client.deleteObject(r -> r.bucket(bucket).key(key));
    } catch (SdkServiceException e) {
      if (!S3Errors.isAbsent(e)) {
        throw S3Errors.sorted(wish("DELETE", bucket, key), e);
      }
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("DELETE", bucket, key), e);
    }
  }

  @Override
  public ListPage list(String bucket, String prefix, String token, int max) throws StoreException {
    try {
      ListObjectsV2Response page =
          client.listObjectsV2(r -> {
            r.bucket(bucket).prefix(prefix).maxKeys(max).encodingType(EncodingType.URL);
            r.overrideConfiguration(c -> c.apiCallAttemptTimeout(listTimeout));
            if (!token.isEmpty()) {
              r.continuationToken(token);
            }
          });
      return new ListPage(S3Listings.rows(page), S3Listings.next(page));
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("LIST", bucket, prefix), e);
    }
  }

  @Override
  public FolderPage folder(String bucket, String prefix, String token, int max)
      throws StoreException {
    try {
      ListObjectsV2Response page =
          client.listObjectsV2(r -> {
            r.bucket(bucket).prefix(prefix).maxKeys(max).encodingType(EncodingType.URL);
            r.delimiter("/");
            if (!token.isEmpty()) {
              r.continuationToken(token);
            }
          });
      return new FolderPage(
          page.commonPrefixes().stream().map(p -> p.prefix()).toList(),
          S3Listings.rows(page),
          S3Listings.next(page));
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("LIST", bucket, prefix), e);
    }
  }

  @Override
  public List<ListedBucket> buckets() throws StoreException {
    try {
      return client.listBuckets().buckets().stream()
          .map(bucket -> new ListedBucket(bucket.name(), bucket.creationDate()))
          .sorted(Comparator.comparing(ListedBucket::name))
          .toList();
    } catch (SdkException e) {
      throw S3Errors.sorted("LIST the buckets", e);
    }
  }

  /** A key that may make no bucket is good for those that are there. */
  @Override
  public void ensureBucket(String bucket) throws StoreException {
    if (isThere(bucket)) {
      return;
    }
    if (!BucketNaming.takes(bucket)) {
      throw new StoreException(
          StoreException.Kind.GIVE_UP,
          "there is no bucket '"
              + bucket
              + "', and none can be made of this name; allowed: "
              + BucketNaming.ALLOWED);
    }
    try {
      client.createBucket(r -> {
        r.bucket(bucket);
        if (!region.equals("us-east-1")) {
          r.createBucketConfiguration(c -> c.locationConstraint(region));
        }
      });
    } catch (SdkServiceException e) {
      if (!S3Errors.code(e).equals("BucketAlreadyOwnedByYou")) {
        throw S3Errors.sorted(wish("CREATE", bucket, ""), e);
      }
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("CREATE", bucket, ""), e);
    }
  }

  private boolean isThere(String bucket) throws StoreException {
    try {
      client.headBucket(r -> r.bucket(bucket));
      return true;
    } catch (SdkServiceException e) {
      // Not there, or not for this key to know: whoever makes it is told.
      return false;
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("HEAD", bucket, ""), e);
    }
  }

  @Override
  public Instant now(String bucket) throws StoreException {
    try {
      HeadBucketResponse answer = client.headBucket(r -> r.bucket(bucket));
      String date =
          answer
              .sdkHttpResponse()
              .firstMatchingHeader("Date")
              .orElseThrow(() ->
                  new StoreException(
                      StoreException.Kind.GIVE_UP, "The store sends no Date header: " + id));
      return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("HEAD", bucket, ""), e);
    }
  }

  @Override
  public URI presignGet(String bucket, String key, Duration validity) {
    return urls.get(bucket, key, validity);
  }

  @Override
  public URI presignPut(String bucket, String key, Duration validity) {
    return urls.put(bucket, key, validity);
  }

  @Override
  public URI presignUpload(String bucket, String key, UploadStep step, Duration validity) {
    return urls.upload(bucket, key, step, validity);
  }

  @Override
  public void abortUploads(String bucket, String prefix) throws StoreException {
    try {
      uploads.abortAll(bucket, prefix);
    } catch (SdkException e) {
      throw S3Errors.sorted(wish("ABORT UPLOADS", bucket, prefix), e);
    }
  }

  @Override
  public void close() {
    client.close();
    looks.ifPresent(S3Looks::close);
    urls.close();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String wish(String verb, String bucket, String key) {
    return verb + " s3://" + bucket + "/" + key;
  }
}
