package dev.sluice.destination.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.protocol.json.Json;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigTest {
    private static final JsonNode SCHEMA = ConfigSchema.of(PostgresConfig.class);

    private static PostgresConfig read(String json) throws Exception {
        return TestingPostgres.config((ObjectNode) Json.mapper().readTree(json));
    }

    @Test
    void hasThePublishedSettings() {
        List<String> settings = new ArrayList<>();
        for (var property : SCHEMA.get("properties").properties()) {
            JsonNode of = property.getValue();
            settings.add("%d %s %s %s%s"
                    .formatted(
                            of.get("order").asInt(),
                            property.getKey(),
                            of.get("type").asText(),
                            of.get("group").asText(),
                            of.has("airbyte_secret") ? " secret" : ""));
        }
        assertThat(settings)
                .containsExactly(
                        "0 host string connection",
                        "1 port integer connection",
                        "2 database string connection",
                        "3 schema string connection",
                        "4 username string connection",
                        "5 password string connection secret",
                        "6 ssl boolean connection",
                        "7 ssl_mode object connection",
                        "8 cdc_deletion_mode string sync_behavior",
                        "9 jdbc_url_params string connection",
                        "10 raw_data_schema string connection",
                        "11 disable_type_dedupe boolean connection",
                        "12 drop_cascade boolean connection",
                        "13 unconstrained_number boolean connection",
                        "14 tunnel_method object connection");
        assertThat(choices("ssl_mode", "mode"))
                .containsExactly("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
        assertThat(choices("tunnel_method", "tunnel_method"))
                .containsExactly("NO_TUNNEL", "SSH_KEY_AUTH", "SSH_PASSWORD_AUTH");
        assertThat(SCHEMA.at("/properties/ssl_mode/oneOf/5/required").toString())
                .isEqualTo("[\"mode\",\"ca_certificate\",\"client_certificate\",\"client_key\"]");
        assertThat(SCHEMA.at("/properties/cdc_deletion_mode/enum").toString())
                .isEqualTo("[\"Hard delete\",\"Soft delete\"]");
        assertThat(SCHEMA.at("/properties/port/x-sluice-env").toString()).isEqualTo("[\"PGPORT\"]");
        assertThat(SCHEMA.get("required").toString()).isEqualTo("[\"host\",\"database\",\"username\"]");
    }

    private static List<String> choices(String setting, String discriminator) {
        List<String> choices = new ArrayList<>();
        SCHEMA.at("/properties/" + setting + "/oneOf")
                .forEach(branch -> choices.add(
                        branch.at("/properties/" + discriminator + "/const").asText()));
        return choices;
    }

    @Test
    void takesTheConfigurationsOfBothPublishedGenerations() throws Exception {
        PostgresConfig old = read("""
                {"host":"db","port":5432,"database":"d","schema":"s","username":"u","ssl":true,
                 "ssl_mode":{"mode":"require"},"tunnel_method":{"tunnel_method":"NO_TUNNEL"},"something":{"else":1}}""");
        assertThat(old.sslMode()).contains(new SslMode.Require());
        assertThat(old.cdcDeletionMode()).isEqualTo(PostgresConfig.CdcDeletionMode.HARD_DELETE);
        old.requireSupported();

        PostgresConfig least = read("{\"host\":\"db\",\"database\":\"d\",\"username\":\"u\"}");
        assertThat(least.port()).isEqualTo(5432);
        assertThat(least.schema()).isEqualTo("public");
        assertThat(least.password()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"disable_type_dedupe\":true",
                "\"tunnel_method\":{\"tunnel_method\":\"SSH_KEY_AUTH\",\"tunnel_host\":\"h\",\"tunnel_user\":\"u\",\"ssh_key\":\"k\"}",
                "\"tunnel_method\":{\"tunnel_method\":\"SSH_PASSWORD_AUTH\",\"tunnel_host\":\"h\",\"tunnel_user\":\"u\",\"tunnel_user_password\":\"p\"}"
            })
    void refusesWhatIsNotSupportedYet(String setting) throws Exception {
        PostgresConfig config = read("{\"host\":\"db\",\"database\":\"d\",\"username\":\"u\",%s}".formatted(setting));
        assertThatThrownBy(() -> new Server(config).connect())
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("not supported yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslmode=disable", "a=b&PASSWORD=x", "user=me", "currentSchema=s", "nonsense"})
    void keepsUrlParametersFromUndoingOtherSettings(String parameters) throws Exception {
        PostgresConfig config =
                read("{\"host\":\"127.0.0.1\",\"database\":\"d\",\"username\":\"u\",\"jdbc_url_params\":\"%s\"}"
                        .formatted(parameters));
        assertThatThrownBy(() -> new Server(config).connect())
                .isInstanceOf(ConnectorException.class)
                .hasMessageStartingWith("`jdbc_url_params` holds ");
    }

    @Test
    void doesNotPrintSecrets() throws Exception {
        assertThat(read("{\"host\":\"db\",\"database\":\"d\",\"username\":\"u\",\"password\":\"geheim\"}"))
                .hasToString("PostgresConfig[u@db:5432/d]");
    }

    @Test
    void readsClientKeysInTheFormsThatOpensslWrites() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
        // Behind 26 bytes of wrapping lies the key as `openssl rsa -traditional` writes it.
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);

        assertThat(Server.keyAsPkcs8(pem("PRIVATE KEY", pkcs8))).isEqualTo(pkcs8);
        assertThat(Server.keyAsPkcs8(pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(pkcs8);
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"})
    void saysHowToConvertOtherClientKeys(String key) {
        assertThatThrownBy(() -> Server.keyAsPkcs8(key))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("openssl pkcs8");
    }
}
