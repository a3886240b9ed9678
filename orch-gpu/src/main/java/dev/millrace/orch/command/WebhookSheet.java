package dev.millrace.orch.command;

import dev.millrace.orch.api.view.WebhookView;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** How one store is set up, to be copied line by line. */
record WebhookSheet(WebhookView webhook, URI base, String token) {
  private static final String MINIO = "minio";
  private static final String CEPH = "ceph";

  void print(Terminal terminal) {
    String root = base.toString().replaceAll("/+$", "");
    String url = root + webhook.path();
    terminal.line("url    " + url);
    terminal.line("token  " + token);
    terminal.line(
        "       as 'Authorization: Bearer TOKEN', as password of any user, or as ?token=TOKEN");
    terminal.line("");
    String type = webhook.store().substring(0, webhook.store().indexOf('.'));
    switch (type) {
      case MINIO -> minio(url).forEach(terminal::line);
      case CEPH -> ceph(url).forEach(terminal::line);
      default -> {
        minio(url).forEach(terminal::line);
        terminal.line("");
        ceph(url).forEach(terminal::line);
      }
    }
    if (isLoopback()) {
      terminal.line("");
      terminal.line(
          "The coordinator listens on " + base.getHost() + ": a store on another machine does not");
      terminal.line("reach it there. Set api.host, or put a proxy before it, and say --reach URL.");
    }
  }

  private List<String> buckets() {
    return webhook.buckets().isEmpty() ? List.of("BUCKET") : webhook.buckets();
  }

  private List<String> minio(String url) {
    List<String> lines = new ArrayList<>();
    lines.add("MinIO, ALIAS being what mc calls " + webhook.endpoint() + ":");
    lines.add("  mc admin config set ALIAS notify_webhook:millrace endpoint=" + url + " \\");
    lines.add("    auth_token=" + token + " queue_dir=/var/lib/minio-events");
    lines.add("  mc admin service restart ALIAS --json");
    for (String bucket : buckets()) {
      lines.add("  mc event add ALIAS/" + bucket + " arn:minio:sqs::millrace:webhook --event put");
    }
    return lines;
  }

  private List<String> ceph(String url) {
    List<String> lines = new ArrayList<>();
    lines.add("Ceph, with the keys of the buckets' owner in the environment:");
    lines.add("  aws configure set default.sns.signature_version s3");
    lines.add(
        "  aws --endpoint-url " + webhook.endpoint() + " --region default sns create-topic \\");
    lines.add(
        "    --name millrace --attributes '{\"push-endpoint\":\""
            + url
            + "?token="
            + token
            + "\",\"persistent\":\"true\"}'");
    for (String bucket : buckets()) {
      lines.add(
          "  aws --endpoint-url "
              + webhook.endpoint()
              + " s3api put-bucket-notification-configuration \\");
      lines.add(
          "    --bucket "
              + bucket
              + " --notification-configuration '{\"TopicConfigurations\":[{\"Id\":\"millrace\",");
      lines.add(
          "    \"TopicArn\":\"arn:aws:sns:default::millrace\",\"Events\":[\"s3:ObjectCreated:*\"]}]}'");
    }
    return lines;
  }

  private boolean isLoopback() {
    String host = String.valueOf(base.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
