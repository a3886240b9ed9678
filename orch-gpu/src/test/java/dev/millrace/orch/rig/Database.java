package dev.millrace.orch.rig;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A real PostgreSQL server, with an empty schema for whoever asks. The server refuses to run as
 * root: there, the embedded one starts itself in a user namespace of its own ({@code unshare -U}).
 */
public final class Database implements AutoCloseable {
  /** Who may do everything there, without a password. */
  public static final String USER = "postgres";

  private final EmbeddedPostgres server;
  private int schemas;

  private Database(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts one on this machine alone. */
  public static Database start() throws IOException, InterruptedException {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(
        !root || new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0,
        "PostgreSQL does not run as root, and root has no user namespaces here: be another user");
    return new Database(
        EmbeddedPostgres.builder()
            .setServerConfig("listen_addresses", "127.0.0.1")
            // Nobody pulls its plug here, and each test makes all tables anew.
            .setServerConfig("fsync", "off")
            .setServerConfig("full_page_writes", "off")
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Makes an empty schema, and says how it is reached. */
  public String emptySchema() {
    schemas++;
    sql("CREATE SCHEMA " + schema());
    return server.getJdbcUrl(USER, USER) + "&currentSchema=" + schema();
  }

  /** The name of the newest one. */
  public String schema() {
    return "s" + schemas;
  }

  /** Says something to the server itself. */
  public void sql(String statement) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement one = connection.createStatement()) {
      one.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(statement, e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
