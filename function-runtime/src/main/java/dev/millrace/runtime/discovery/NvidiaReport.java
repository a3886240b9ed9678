package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the XML of {@code nvidia-smi -q -x}. The document type that it names is never fetched, and
 * entities are never resolved.
 */
final class NvidiaReport {
  private final ProviderId provider;
  private final PoolId pool;

  NvidiaReport(ProviderId provider, PoolId pool) {
    this.provider = provider;
    this.pool = pool;
  }

  /** What is gathered of one card. */
  private static final class Card {
    private Optional<String> name = Optional.empty();
    private Optional<String> uuid = Optional.empty();
    private Optional<String> total = Optional.empty();
    private Optional<String> reserved = Optional.empty();
    private boolean mig;

    void take(String path, String text) {
      switch (path) {
        case "/product_name" -> name = Optional.of(text);
        case "/uuid" -> uuid = Optional.of(text);
        case "/fb_memory_usage/total" -> total = Optional.of(text);
        case "/fb_memory_usage/reserved" -> reserved = Optional.of(text);
        case "/mig_mode/current_mig" -> mig = text.equals("Enabled");
        default -> {}
      }
    }
  }

  List<Accelerator> read(byte[] xml) throws DiscoveryProblem {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      List<Accelerator> found = cards(reader);
      reader.close();
      return found;
    } catch (XMLStreamException e) {
      throw new DiscoveryProblem(
          "nvidia-smi's output is no XML that can be read: " + e.getMessage(), e);
    }
  }

  private List<Accelerator> cards(XMLStreamReader reader)
      throws XMLStreamException, DiscoveryProblem {
    List<Accelerator> found = new ArrayList<>();
    boolean log = false;
    while (reader.hasNext()) {
      if (reader.next() == XMLStreamConstants.START_ELEMENT) {
        log |= reader.getLocalName().equals("nvidia_smi_log");
        if (reader.getLocalName().equals("gpu")) {
          found.add(device(card(reader)));
        }
      }
    }
    if (!log) {
      throw new DiscoveryProblem("nvidia-smi's output has no nvidia_smi_log");
    }
    return found;
  }

  /** Reads to the end of the element that the reader stands on. */
  private static Card card(XMLStreamReader reader) throws XMLStreamException {
    Card card = new Card();
    StringBuilder path = new StringBuilder();
    StringBuilder text = new StringBuilder();
    int depth = 1;
    while (depth > 0) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          path.append('/').append(reader.getLocalName());
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          if (depth > 0) {
            card.take(path.toString(), text.toString().strip());
            path.setLength(path.lastIndexOf("/"));
            text.setLength(0);
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new XMLStreamException("it uses an entity: " + reader.getLocalName());
        default -> {}
      }
    }
    return card;
  }

  private Accelerator device(Card card) throws DiscoveryProblem {
    String uuid = card.uuid.orElse("");
    if (!uuid.matches("(GPU|MIG)-[0-9A-Za-z-]{1,80}")) {
      throw new DiscoveryProblem("nvidia-smi told a card without a usable uuid: '" + uuid + "'");
    }
    long free = mib(uuid, card.total) - mib(uuid, card.reserved.or(() -> Optional.of("0 MiB")));
    if (free < 1) {
      throw new DiscoveryProblem("card " + uuid + " is said to have " + free + " MiB");
    }
    return new Accelerator(
        new AcceleratorId(provider + "/" + uuid),
        provider,
        pool,
        AcceleratorKind.GPU,
        card.name.orElse("NVIDIA") + (card.mig ? " (MIG enabled)" : ""),
        uuid,
        new MemoryMib(free),
        0,
        Enforcement.NONE,
        false);
  }

  private static long mib(String uuid, Optional<String> text) throws DiscoveryProblem {
    String found = text.orElse("");
    if (!found.matches("[0-9]{1,9} MiB")) {
      throw new DiscoveryProblem("card " + uuid + " tells its memory as '" + found + "'");
    }
    return Long.parseLong(found.substring(0, found.indexOf(' ')));
  }
}
