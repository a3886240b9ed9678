package dev.millrace.runtime.container;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Containers of this provider that nobody will ask for again: their run's folder is gone, or the
 * end of the run is kept in it.
 */
final class Orphans {
  private static final System.Logger LOG = System.getLogger(Orphans.class.getName());

  private final EngineDoor door;
  private final DockerSettings settings;

  Orphans(EngineDoor door, DockerSettings settings) {
    this.door = door;
    this.settings = settings;
  }

  /** Takes them away; an engine that does not answer is left alone. */
  void remove() throws InterruptedException {
    if (!(door.look() instanceof Opened.Ready(Engine engine))) {
      return;
    }
    try {
      for (ContainerSummary each : engine.list(ContainerNames.common(settings))) {
        String folder = each.labels().get(ContainerNames.FOLDER);
        if (folder != null && forgotten(Path.of(folder))) {
          remove(engine, each);
        }
      }
    } catch (EngineException e) {
      LOG.log(System.Logger.Level.WARNING, "left containers were not removed: {0}", e.getMessage());
    }
  }

  /** One that cannot be removed keeps no other. */
  private static void remove(Engine engine, ContainerSummary each) throws InterruptedException {
    try {
      engine.remove(each.id());
      LOG.log(System.Logger.Level.INFO, "container {0} of an ended run was removed", each.id());
    } catch (EngineException e) {
      LOG.log(System.Logger.Level.WARNING, "container {0} stays: {1}", each.id(), e.getMessage());
    }
  }

  private static boolean forgotten(Path folder) {
    return !Files.isDirectory(folder) || new RunNotes(folder.resolve("control")).hasEnd();
  }
}
