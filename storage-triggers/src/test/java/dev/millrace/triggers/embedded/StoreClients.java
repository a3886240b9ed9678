package dev.millrace.triggers.embedded;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Clients of a store under test. */
final class StoreClients {
  private StoreClients() {}

  /** The SDK with its own defaults, which send a CRC32 trailer with every body. */
  static S3Client sdk(EmbeddedStore store) {
    return sdk(store.endpoint(), credentials(store));
  }

  static S3Client sdk(URI endpoint, StaticCredentialsProvider credentials) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(credentials)
        .httpClient(Apache5HttpClient.create())
        .build();
  }

  static S3Presigner presigner(EmbeddedStore store) {
    return S3Presigner.builder()
        .endpointOverride(store.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(credentials(store))
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
        .build();
  }

  static StaticCredentialsProvider credentials(EmbeddedStore store) {
    return credentials(store.accessKey().id(), store.accessKey().secret().value());
  }

  static StaticCredentialsProvider credentials(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }
}
