package dev.millrace.orch.crash;

import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * All that a stranger can see when everything has come to rest.
 *
 * @param outputs content by key under the output folder
 * @param orders that still lie in the intermediate bucket
 * @param processes of functions that still run
 * @param containers of the provider, running or not
 */
record Outside(
    List<JobDetail> jobs,
    Map<String, String> outputs,
    List<String> orders,
    List<DeviceRow> devices,
    List<EntryView> ledger,
    VerifyView verified,
    List<Long> processes,
    List<String> containers) {

  static Outside of(CoordinatorClient api, S3Client store, Mark mark, List<String> containers)
      throws IOException {
    List<JobDetail> details = new ArrayList<>();
    for (JobRow row : jobs(api)) {
      details.add(api.job(row.id().value()));
    }
    return new Outside(
        details,
        outputs(store),
        orders(store),
        api.devices(),
        ledger(api),
        api.verify(Optional.empty()),
        mark.carriers(),
        containers);
  }

  /** All jobs, page by page. */
  static List<JobRow> jobs(CoordinatorClient api) throws IOException {
    List<JobRow> all = new ArrayList<>();
    JobQuery query = JobQuery.newest(500);
    while (true) {
      JobPage page = api.jobs(query);
      all.addAll(page.jobs());
      String next = page.next();
      if (next == null) {
        return all;
      }
      query = query.after(next);
    }
  }

  private static List<EntryView> ledger(CoordinatorClient api) throws IOException {
    List<EntryView> all = new ArrayList<>();
    LedgerPage page = api.entries(0, 500);
    all.addAll(page.entries());
    while (page.next() != null) {
      page = api.entries(all.size(), 500);
      all.addAll(page.entries());
    }
    return all;
  }

  /** Orders in the intermediate bucket. */
  static List<String> orders(S3Client store) {
    return store
        .listObjectsV2Paginator(r -> r.bucket("millrace-orders").prefix("orders/"))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  private static Map<String, String> outputs(S3Client store) {
    Map<String, String> contents = new TreeMap<>();
    for (S3Object object :
        store
            .listObjectsV2Paginator(r -> r.bucket(Function.BUCKET).prefix(Function.OUT))
            .contents()) {
      byte[] bytes =
          store
              .getObjectAsBytes(r -> r.bucket(Function.BUCKET).key(object.key()))
              .asByteArrayUnsafe();
      contents.put(object.key(), new String(bytes, StandardCharsets.UTF_8));
    }
    return contents;
  }
}
