package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What pages of other origins may do with a bucket ("CORS configuration"). Origins and request
 * headers may hold one {@code *}.
 *
 * @param maxAgeSeconds how long a browser may remember the answer
 */
record CorsRule(
    Optional<String> id,
    List<String> origins,
    List<String> methods,
    List<String> headers,
    List<String> exposed,
    Optional<Integer> maxAgeSeconds) {
  private static final int RULES_MAX = 100;
  private static final int ID_MAX = 255;
  private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "HEAD");

  CorsRule {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    exposed = List.copyOf(exposed);
  }

  /** The rules of a CORSConfiguration, first come first served. */
  static List<CorsRule> parse(byte[] document) {
    List<CorsRule> rules = new ArrayList<>();
    for (XmlElement rule : XmlElement.parse(document, "CORSConfiguration").all("CORSRule")) {
      rules.add(rule(rule));
    }
    if (rules.isEmpty() || rules.size() > RULES_MAX) {
      throw XmlElement.malformed("A CORSConfiguration has 1 to " + RULES_MAX + " rules.");
    }
    return rules;
  }

  private static CorsRule rule(XmlElement element) {
    Optional<String> id = element.value("ID");
    if (id.isPresent() && id.get().length() > ID_MAX) {
      throw XmlElement.malformed("The ID of a rule has at most " + ID_MAX + " characters.");
    }
    CorsRule rule =
        new CorsRule(
            id,
            texts(element, "AllowedOrigin"),
            texts(element, "AllowedMethod"),
            texts(element, "AllowedHeader"),
            texts(element, "ExposeHeader"),
            element.value("MaxAgeSeconds").map(CorsRule::seconds));
    if (rule.origins().isEmpty() || rule.methods().isEmpty()) {
      throw XmlElement.malformed("A rule has an AllowedOrigin and an AllowedMethod at least.");
    }
    for (String method : rule.methods()) {
      if (!METHODS.contains(method)) {
        throw new Refusal(
            ErrorCode.INVALID_REQUEST,
            "Found unsupported HTTP method in CORS config. Unsupported method is " + method);
      }
    }
    rule.origins().forEach(origin -> checkPattern("AllowedOrigin", origin, 1));
    rule.headers().forEach(header -> checkPattern("AllowedHeader", header, 1));
    rule.exposed().forEach(header -> checkPattern("ExposeHeader", header, 0));
    return rule;
  }

  private static List<String> texts(XmlElement element, String name) {
    return element.all(name).stream().map(child -> child.text().strip()).toList();
  }

  private static int seconds(String text) {
    if (!text.strip().matches("[0-9]{1,9}")) {
      throw XmlElement.malformed("MaxAgeSeconds must be a number: " + text);
    }
    return Integer.parseInt(text.strip());
  }

  private static void checkPattern(String name, String text, int starsMax) {
    boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (text.isEmpty() || !plain || text.chars().filter(c -> c == '*').count() > starsMax) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST,
          name
              + " \""
              + text
              + "\" must be ASCII without spaces and have at most "
              + starsMax
              + " wildcard.");
    }
  }

  /** Whether a page of that origin may do this with these request headers. */
  boolean allows(String origin, String method, List<String> requestHeaders) {
    return methods.contains(method)
        && origins.stream().anyMatch(pattern -> matches(pattern, origin))
        && requestHeaders.stream().allMatch(this::allowsHeader);
  }

  private boolean allowsHeader(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return headers.stream().anyMatch(pattern -> matches(pattern.toLowerCase(Locale.ROOT), name));
  }

  /** Whether the rule is for everyone: then the answer names no origin, and carries no cookies. */
  boolean isForEveryOrigin() {
    return origins.contains("*");
  }

  private static boolean matches(String pattern, String text) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(text);
    }
    String end = pattern.substring(star + 1);
    return text.length() >= pattern.length() - 1
        && text.startsWith(pattern.substring(0, star))
        && text.endsWith(end);
  }

  /** The document that says the same. */
  static Xml document(List<CorsRule> rules) {
    Xml xml = Xml.document("CORSConfiguration");
    for (CorsRule rule : rules) {
      xml.open("CORSRule").element("ID", rule.id());
      rule.origins().forEach(origin -> xml.element("AllowedOrigin", origin));
      rule.methods().forEach(method -> xml.element("AllowedMethod", method));
      rule.headers().forEach(header -> xml.element("AllowedHeader", header));
      rule.exposed().forEach(header -> xml.element("ExposeHeader", header));
      xml.element("MaxAgeSeconds", rule.maxAgeSeconds().map(String::valueOf)).close("CORSRule");
    }
    return xml;
  }
}
