package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cdk.ConnectorException;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;

/// Opens connections as the configuration says.
final class Server {
    private static final int CONNECT_TIMEOUT_SECONDS = 30;

    /// What other settings say; a parameter must not undo it.
    private static final Set<String> NOT_PARAMETERS =
            Set.of("user", "password", "ssl", "sslmode", "currentschema", "sslrootcert", "sslcert", "sslkey");

    private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";
    private static final String ENCRYPTED_PKCS8 = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    private static final String RSA = "-----BEGIN RSA PRIVATE KEY-----";

    private final PostgresConfig config;

    Server(PostgresConfig config) {
        this.config = config;
    }

    /// A connection without auto-commit, in UTC.
    ///
    /// @throws ConnectorException with a sentence when it cannot be had
    Connection connect() {
        config.requireSupported();
        Optional<Path> certificates = Optional.empty();
        try {
            Properties properties = properties();
            if (config.sslMode().isPresent()) {
                certificates = writeCertificates(config.sslMode().get(), properties);
            }
            Connection connection = new Driver().connect(url(), properties);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                // A role may carry limits that are meant for people; a load takes as long as it takes. A commit
                // must mean that the rows are on disk, or a state would promise too much (invariant 1).
                statement.execute("""
                        SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
                        SET TIME ZONE 'UTC';
                        SET statement_timeout = 0;
                        SET idle_in_transaction_session_timeout = 0;
                        SELECT set_config('synchronous_commit', 'local', false)
                        WHERE current_setting('synchronous_commit') = 'off'""");
            }
            connection.commit();
            return connection;
        } catch (SQLException e) {
            throw PostgresErrors.connecting(e, config);
        } catch (IOException e) {
            throw ConnectorException.temporary(
                    "the certificates of `ssl_mode` cannot be written to a temporary file: " + e.getMessage(), e);
        } finally {
            certificates.ifPresent(Server::delete);
        }
    }

    private String url() {
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return "jdbc:postgresql://%s:%d/%s".formatted(host, config.port(), URLEncoder.encode(config.database(), UTF_8));
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "sluice");
        config.jdbcUrlParams().ifPresent(text -> addParameters(text, properties));
        properties.setProperty("user", config.username());
        config.password().ifPresent(password -> properties.setProperty("password", password));
        // Details quote rows, and an error message is no place for data.
        properties.setProperty("logServerErrorDetail", "false");
        if (config.sslMode().isPresent()) {
            properties.setProperty("sslmode", config.sslMode().get().driverMode());
        } else if (config.ssl()) {
            properties.setProperty("sslmode", "require");
        }
        return properties;
    }

    private static void addParameters(String text, Properties properties) {
        for (String parameter : text.split("&")) {
            if (parameter.isBlank()) {
                continue;
            }
            int equals = parameter.indexOf('=');
            if (equals < 1) {
                throw ConnectorException.config(
                        "`jdbc_url_params` holds something that is not `key=value`; write key1=value1&key2=value2");
            }
            String key =
                    URLDecoder.decode(parameter.substring(0, equals), UTF_8).strip();
            if (NOT_PARAMETERS.contains(key.toLowerCase())) {
                throw ConnectorException.config(
                        "`jdbc_url_params` holds `%s`, which has a setting of its own; remove it there".formatted(key));
            }
            properties.setProperty(key, URLDecoder.decode(parameter.substring(equals + 1), UTF_8));
        }
    }

    /// The driver takes certificates from files; they live, readable by nobody else, while it connects.
    private static Optional<Path> writeCertificates(SslMode mode, Properties properties) throws IOException {
        switch (mode) {
            case SslMode.Disable _, SslMode.Allow _, SslMode.Prefer _, SslMode.Require _ -> {
                return Optional.empty();
            }
            case SslMode.VerifyCa verify -> {
                Path folder = Files.createTempDirectory("sluice-postgres");
                properties.setProperty(
                        "sslrootcert",
                        write(folder, "ca.pem", verify.caCertificate().getBytes(UTF_8)));
                return Optional.of(folder);
            }
            case SslMode.VerifyFull verify -> {
                byte[] key = keyAsPkcs8(verify.clientKey());
                Path folder = Files.createTempDirectory("sluice-postgres");
                properties.setProperty(
                        "sslrootcert",
                        write(folder, "ca.pem", verify.caCertificate().getBytes(UTF_8)));
                properties.setProperty(
                        "sslcert",
                        write(folder, "client.pem", verify.clientCertificate().getBytes(UTF_8)));
                properties.setProperty("sslkey", write(folder, "client.pk8", key));
                verify.clientKeyPassword().ifPresent(password -> properties.setProperty("sslpassword", password));
                return Optional.of(folder);
            }
        }
    }

    private static String write(Path folder, String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toString();
    }

    private static void delete(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw ConnectorException.system("the certificates in %s could not be removed".formatted(folder), e);
        }
    }

    /// PEM to the binary PKCS#8 that the driver reads.
    static byte[] keyAsPkcs8(String pem) {
        String text = pem.strip();
        int body = text.indexOf("-----", 5) + 5;
        int end = text.lastIndexOf("-----END");
        if (body >= 5 && end > body) {
            try {
                byte[] der = Base64.getMimeDecoder().decode(text.substring(body, end));
                if (text.startsWith(PKCS8) || text.startsWith(ENCRYPTED_PKCS8)) {
                    return der;
                }
                if (text.startsWith(RSA) && !text.contains("Proc-Type")) {
                    return wrapRsa(der);
                }
            } catch (IllegalArgumentException e) {
                // Not base 64: the same answer as for any other text.
            }
        }
        throw ConnectorException.config(
                "`ssl_mode.client_key` is not a key in PEM form that starts with `%s`; convert it: ".formatted(PKCS8)
                        + "openssl pkcs8 -topk8 -nocrypt -in client.key");
    }

    /// PKCS#8 is a sequence of version 0, the algorithm rsaEncryption, and the PKCS#1 key as an octet string.
    private static byte[] wrapRsa(byte[] key) {
        byte[] head = {2, 1, 0, 48, 13, 6, 9, 42, (byte) 134, 72, (byte) 134, (byte) 247, 13, 1, 1, 1, 5, 0};
        byte[] octets = der(4, key);
        byte[] content = new byte[head.length + octets.length];
        System.arraycopy(head, 0, content, 0, head.length);
        System.arraycopy(octets, 0, content, head.length, octets.length);
        return der(48, content);
    }

    private static byte[] der(int tag, byte[] content) {
        byte[] framed = new byte[content.length + 4];
        framed[0] = (byte) tag;
        framed[1] = (byte) 0x82; // Two bytes of length: keys have more than 127 bytes and less than 64 kB.
        framed[2] = (byte) (content.length >> 8);
        framed[3] = (byte) content.length;
        System.arraycopy(content, 0, framed, 4, content.length);
        return framed;
    }
}
