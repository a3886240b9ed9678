package dev.millrace.runtime.discovery;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls into NVIDIA's management library, <a
 * href="https://docs.nvidia.com/deploy/nvml-api/">NVML</a>. Every function returns an {@code int};
 * one that an older driver does not have answers {@link #FUNCTION_NOT_FOUND}.
 *
 * <p>Once loaded the library stays: it may have threads of its own.
 */
final class NvmlLibrary {
  static final int SUCCESS = 0;
  static final int NOT_SUPPORTED = 3;
  static final int NOT_FOUND = 6;
  static final int INSUFFICIENT_SIZE = 7;
  static final int DRIVER_NOT_LOADED = 9;
  static final int FUNCTION_NOT_FOUND = 13;

  private static final int MESSAGE_MAX = 256;

  private final SymbolLookup symbols;
  private final Map<String, Optional<MethodHandle>> handles = new ConcurrentHashMap<>();

  private NvmlLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * The first of these that can be loaded; empty where the driver is absent.
   *
   * @param candidates names that the system's loader knows, or absolute paths
   */
  static Optional<NvmlLibrary> load(List<String> candidates) {
    for (String candidate : candidates) {
      try {
        return Optional.of(new NvmlLibrary(lookup(candidate)));
      } catch (IllegalArgumentException e) {
        // Not there, or not for this machine: the next.
        continue;
      }
    }
    return Optional.empty();
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup lookup(String candidate) {
    return candidate.startsWith("/")
        ? SymbolLookup.libraryLookup(Path.of(candidate), Arena.global())
        : SymbolLookup.libraryLookup(candidate, Arena.global());
  }

  /**
   * Calls a function.
   *
   * @param arguments memory segments and integers
   * @return what NVML calls {@code nvmlReturn_t}
   */
  int call(String function, Object... arguments) {
    return handle(function, ValueLayout.JAVA_INT, arguments)
        .map(found -> (int) invoke(found, arguments))
        .orElse(FUNCTION_NOT_FOUND);
  }

  /** What a result means, in NVML's own words. */
  @SuppressWarnings("restricted")
  String words(int result) {
    return handle("nvmlErrorString", ValueLayout.ADDRESS, result)
        .map(found -> (MemorySegment) invoke(found, result))
        .filter(text -> text.address() != 0)
        .map(text -> text.reinterpret(MESSAGE_MAX).getString(0))
        .map(text -> text + " (" + result + ")")
        .orElse("error " + result);
  }

  private Optional<MethodHandle> handle(
      String function, MemoryLayout returns, Object... arguments) {
    return handles.computeIfAbsent(function, name -> link(name, returns, arguments));
  }

  @SuppressWarnings("restricted")
  private Optional<MethodHandle> link(String function, MemoryLayout returns, Object... arguments) {
    MemoryLayout[] parameters =
        Arrays.stream(arguments)
            .map(each -> each instanceof Integer ? ValueLayout.JAVA_INT : ValueLayout.ADDRESS)
            .toArray(MemoryLayout[]::new);
    FunctionDescriptor shape = FunctionDescriptor.of(returns, parameters);
    return symbols
        .find(function)
        .map(address -> Linker.nativeLinker().downcallHandle(address, shape));
  }

  private static Object invoke(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      // A downcall of these shapes throws nothing; the language cannot know.
      throw new IllegalStateException("a call into the NVIDIA library failed: " + e, e);
    }
  }
}
