package dev.millrace.runtime.discovery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The library between its start and its end. Offsets and sizes are those of {@code nvml.h}. For one
 * thread.
 */
final class NvmlSession implements AutoCloseable {
  private static final int TEXT = 96;
  private static final long MEMORY_V2_SIZE = 40;
  private static final int MEMORY_V2_VERSION = 0x02000028;
  private static final long MEMORY_SIZE = 24;
  private static final long PROCESS_SIZE = 24;
  private static final int PROCESSES_FIRST = 16;
  private static final int PROCESSES_MAX = 65_536;
  private static final long NOT_AVAILABLE = -1L;

  private final NvmlLibrary library;
  private final Arena arena = Arena.ofConfined();

  /** A card or a part of one, as the library knows it. */
  record Handle(MemorySegment pointer) {}

  /** Device memory in bytes; what an older driver does not tell of is counted as not reserved. */
  record Memory(long total, long reserved, long free) {}

  private NvmlSession(NvmlLibrary library) {
    this.library = library;
  }

  /**
   * Starts the library.
   *
   * @throws DiscoveryProblem when it says that it cannot
   */
  static NvmlSession open(NvmlLibrary library) throws DiscoveryProblem {
    int result = library.call("nvmlInit_v2");
    if (result == NvmlLibrary.DRIVER_NOT_LOADED) {
      throw new DiscoveryProblem(
          "the NVIDIA driver is installed but not loaded: "
              + library.words(result)
              + "; load it (modprobe nvidia) or restart the host");
    }
    if (result != NvmlLibrary.SUCCESS) {
      throw new DiscoveryProblem(
          "the NVIDIA driver does not start: "
              + library.words(result)
              + "; after an update of the driver the host must be restarted");
    }
    return new NvmlSession(library);
  }

  /** For instance {@code 580.159.04}; empty when it is not told. */
  Optional<String> driver() {
    MemorySegment text = arena.allocate(TEXT);
    return library.call("nvmlSystemGetDriverVersion", text, TEXT - 1) == NvmlLibrary.SUCCESS
        ? Optional.of(text.getString(0))
        : Optional.empty();
  }

  int count() throws DiscoveryProblem {
    MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    require("counting the cards", library.call("nvmlDeviceGetCount_v2", count));
    return count.get(ValueLayout.JAVA_INT, 0);
  }

  Handle card(int index) throws DiscoveryProblem {
    MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
    require("card " + index, library.call("nvmlDeviceGetHandleByIndex_v2", index, pointer));
    return new Handle(pointer.get(ValueLayout.ADDRESS, 0));
  }

  String name(Handle device) throws DiscoveryProblem {
    return text("nvmlDeviceGetName", device);
  }

  String uuid(Handle device) throws DiscoveryProblem {
    return text("nvmlDeviceGetUUID", device);
  }

  private String text(String function, Handle device) throws DiscoveryProblem {
    MemorySegment text = arena.allocate(TEXT);
    require(function, library.call(function, device.pointer(), text, TEXT - 1));
    return text.getString(0);
  }

  /** The second version tells what the driver keeps for itself; older drivers have the first. */
  Memory memory(Handle device) throws DiscoveryProblem {
    MemorySegment second = arena.allocate(MEMORY_V2_SIZE, Long.BYTES);
    second.set(ValueLayout.JAVA_INT, 0, MEMORY_V2_VERSION);
    if (library.call("nvmlDeviceGetMemoryInfo_v2", device.pointer(), second)
        == NvmlLibrary.SUCCESS) {
      return new Memory(number(second, 8), number(second, 16), number(second, 24));
    }
    MemorySegment first = arena.allocate(MEMORY_SIZE, Long.BYTES);
    require(
        "asking for its memory", library.call("nvmlDeviceGetMemoryInfo", device.pointer(), first));
    return new Memory(number(first, 0), 0, number(first, 8));
  }

  /** Whether a card is cut into parts now; one that cannot be is not. */
  boolean mig(Handle card) {
    MemorySegment current = arena.allocate(ValueLayout.JAVA_INT);
    MemorySegment pending = arena.allocate(ValueLayout.JAVA_INT);
    return library.call("nvmlDeviceGetMigMode", card.pointer(), current, pending)
            == NvmlLibrary.SUCCESS
        && current.get(ValueLayout.JAVA_INT, 0) == 1;
  }

  /** The parts that a card is cut into; their numbers may have gaps. */
  List<Handle> parts(Handle card) throws DiscoveryProblem {
    MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    require(
        "counting its MIG devices",
        library.call("nvmlDeviceGetMaxMigDeviceCount", card.pointer(), count));
    List<Handle> parts = new ArrayList<>();
    for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
      MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
      int result = library.call("nvmlDeviceGetMigDeviceHandleByIndex", card.pointer(), i, pointer);
      if (result != NvmlLibrary.NOT_FOUND) {
        require("its MIG device " + i, result);
        parts.add(new Handle(pointer.get(ValueLayout.ADDRESS, 0)));
      }
    }
    return parts;
  }

  /** Percent of the last sample period; empty where the card cannot tell, for instance with MIG. */
  OptionalInt utilization(Handle card) {
    MemorySegment rates = arena.allocate(8, Integer.BYTES);
    return library.call("nvmlDeviceGetUtilizationRates", card.pointer(), rates)
            == NvmlLibrary.SUCCESS
        ? OptionalInt.of(rates.get(ValueLayout.JAVA_INT, 0))
        : OptionalInt.empty();
  }

  /** The processes that compute on a card; empty where the driver does not tell. */
  Optional<List<DeviceUse.Process>> processes(Handle card) {
    for (String function :
        List.of(
            "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2")) {
      Optional<List<DeviceUse.Process>> found = processes(function, card);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** New processes may appear between two calls: the room grows until all of them fit. */
  private Optional<List<DeviceUse.Process>> processes(String function, Handle card) {
    int room = PROCESSES_FIRST;
    while (room <= PROCESSES_MAX) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      count.set(ValueLayout.JAVA_INT, 0, room);
      MemorySegment list = arena.allocate(PROCESS_SIZE * room, Long.BYTES);
      int result = library.call(function, card.pointer(), count, list);
      if (result == NvmlLibrary.SUCCESS) {
        return Optional.of(read(list, Math.min(room, count.get(ValueLayout.JAVA_INT, 0))));
      }
      if (result != NvmlLibrary.INSUFFICIENT_SIZE) {
        return Optional.empty();
      }
      room = Math.max(room, count.get(ValueLayout.JAVA_INT, 0)) * 2;
    }
    return Optional.empty();
  }

  private static List<DeviceUse.Process> read(MemorySegment list, int count) {
    List<DeviceUse.Process> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long bytes = number(list, i * PROCESS_SIZE + 8);
      found.add(
          new DeviceUse.Process(
              Integer.toUnsignedLong(list.get(ValueLayout.JAVA_INT, i * PROCESS_SIZE)),
              bytes == NOT_AVAILABLE ? OptionalLong.empty() : OptionalLong.of(bytes)));
    }
    return found;
  }

  private static long number(MemorySegment struct, long offset) {
    return struct.get(ValueLayout.JAVA_LONG, offset);
  }

  private void require(String what, int result) throws DiscoveryProblem {
    if (result != NvmlLibrary.SUCCESS) {
      throw new DiscoveryProblem("NVML: " + what + " failed: " + library.words(result));
    }
  }

  @Override
  public void close() {
    library.call("nvmlShutdown");
    arena.close();
  }
}
