package dev.millrace.orch.api.view;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions to deploy.
 *
 * @param fileName as problems shall call it
 * @param fdl text of the FDL file
 * @param scripts texts by path relative to the FDL file
 * @param files digests of files that were kept before, by path relative to the FDL file
 * @param backfill whether objects that are there already become jobs; null for no
 */
public record DeployRequest(
    String fileName,
    String fdl,
    @Nullable Map<String, String> scripts,
    @Nullable Map<String, String> files,
    @Nullable Boolean backfill) {
  public DeployRequest {
    scripts = scripts == null ? Map.of() : Map.copyOf(scripts);
    files = files == null ? Map.of() : Map.copyOf(files);
    backfill = backfill != null && backfill;
  }
}
