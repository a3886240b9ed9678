package dev.millrace.schema.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Function;

/** Values that are one string in JSON. */
final class Scalars {
  private Scalars() {}

  static SimpleModule module() {
    SimpleModule module = new SimpleModule("millrace-scalars");
    add(module, TenantId.class, TenantId::value, TenantId::new);
    add(module, FunctionName.class, FunctionName::value, FunctionName::new);
    add(module, JobId.class, JobId::value, JobId::new);
    add(module, RunId.class, RunId::value, RunId::new);
    add(module, ProviderId.class, ProviderId::value, ProviderId::new);
    add(module, PoolId.class, PoolId::value, PoolId::new);
    add(module, AcceleratorId.class, AcceleratorId::value, AcceleratorId::new);
    add(module, StoreId.class, StoreId::value, StoreId::new);
    add(module, VersionTag.class, VersionTag::text, VersionTag::parse);
    add(module, SignedBytes.class, SignedBytes::line, SignedBytes::parse);
    add(module, Duration.class, Duration::toString, Duration::parse);
    add(module, Instant.class, Instant::toString, Instant::parse);
    module.addSerializer(MemoryMib.class, new MemoryWriter());
    module.addDeserializer(MemoryMib.class, new MemoryReader());
    return module;
  }

  private static <T> void add(
      SimpleModule module, Class<T> type, Function<T, String> write, Function<String, T> read) {
    module.addSerializer(type, new Writer<>(write));
    module.addDeserializer(type, new Reader<>(type, read));
  }

  private static final class Writer<T> extends JsonSerializer<T> {
    private final Function<T, String> write;

    Writer(Function<T, String> write) {
      this.write = write;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(write.apply(value));
    }
  }

  private static final class Reader<T> extends FromStringDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> read;

    Reader(Class<T> type, Function<String, T> read) {
      super(type);
      this.read = read;
    }

    @Override
    protected T _deserialize(String text, DeserializationContext context) throws IOException {
      try {
        return read.apply(text);
      } catch (IllegalArgumentException | DateTimeParseException e) {
        throw new MalformedJson(String.valueOf(e.getMessage()));
      }
    }
  }

  private static final class MemoryWriter extends JsonSerializer<MemoryMib> {
    @Override
    public void serialize(MemoryMib value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeNumber(value.value());
    }
  }

  private static final class MemoryReader extends StdDeserializer<MemoryMib> {
    private static final long serialVersionUID = 1L;

    MemoryReader() {
      super(MemoryMib.class);
    }

    @Override
    public MemoryMib deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return new MemoryMib(parser.getLongValue());
    }
  }
}
