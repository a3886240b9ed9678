package dev.millrace.runtime.discovery;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How busy a device is at the moment. What a driver does not tell is empty: utilization with MIG,
 * for instance.
 *
 * @param address the device's UUID
 * @param driver version of the driver
 * @param freeBytes device memory that nobody has
 * @param computePercent 0 to 100
 * @param processes those that compute on it, by the host's process ids
 */
public record DeviceUse(
    String address,
    Optional<String> driver,
    long freeBytes,
    OptionalInt computePercent,
    Optional<List<Process>> processes) {
  public DeviceUse {
    processes = processes.map(List::copyOf);
  }

  /**
   * A process on a device.
   *
   * @param pid of the host, whatever container it is in
   * @param bytes device memory that it holds, where the driver tells
   */
  public record Process(long pid, OptionalLong bytes) {}
}
