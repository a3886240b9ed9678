package dev.millrace.hosted;

import dev.millrace.hosted.run.HostSettings;
import dev.millrace.hosted.run.HostedRuns;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** The host's one function, {@code order}, as Spring Cloud Function finds it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class HostedFunctions {
  /** Name of the function. */
  public static final String ORDER = "order";

  /** Runs the host as a service. */
  public static void main(String[] arguments) {
    SpringApplication.run(HostedFunctions.class, arguments);
  }

  /** Follows orders; closed with the context. */
  @Bean(name = ORDER, destroyMethod = "close")
  Function<String, String> order() throws IOException {
    return HostedRuns.open(HostSettings.read(System::getenv), new SecureRandom());
  }

  /** What the service answers to. */
  @Bean
  @ConditionalOnWebApplication
  Gate gate() {
    return new Gate();
  }

  /** How the service says no. */
  @Bean
  @ConditionalOnWebApplication
  Refusals refusals() {
    return new Refusals();
  }
}
