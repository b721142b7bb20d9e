package dev.sluice.destination.postgres;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import java.util.Optional;

/// How the connection is encrypted, and what of the server's certificate is verified.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "mode")
@JsonSubTypes({
    @JsonSubTypes.Type(SslMode.Disable.class),
    @JsonSubTypes.Type(SslMode.Allow.class),
    @JsonSubTypes.Type(SslMode.Prefer.class),
    @JsonSubTypes.Type(SslMode.Require.class),
    @JsonSubTypes.Type(SslMode.VerifyCa.class),
    @JsonSubTypes.Type(SslMode.VerifyFull.class)
})
sealed interface SslMode {
    @JsonTypeName("disable")
    @ConfigForm(title = "disable", description = "No encryption.")
    record Disable() implements SslMode {}

    @JsonTypeName("allow")
    @ConfigForm(title = "allow", description = "Encryption only when the server insists.")
    record Allow() implements SslMode {}

    @JsonTypeName("prefer")
    @ConfigForm(title = "prefer", description = "Encryption unless the server has none.")
    record Prefer() implements SslMode {}

    @JsonTypeName("require")
    @ConfigForm(title = "require", description = "Encryption always; the server's certificate is not verified.")
    record Require() implements SslMode {}

    @JsonTypeName("verify-ca")
    @ConfigForm(title = "verify-ca", description = "Encryption, and a server certificate by an authority you name.")
    record VerifyCa(
            @Setting(title = "CA certificate", secret = true, multiline = true, order = 1)
            String caCertificate,

            @Setting(title = "Client key password", secret = true, order = 4)
            Optional<String> clientKeyPassword)
            implements SslMode {}

    @JsonTypeName("verify-full")
    @ConfigForm(
            title = "verify-full",
            description = "Encryption, a server certificate by an authority you name for that very host name, and a"
                    + " client certificate.")
    record VerifyFull(
            @Setting(title = "CA certificate", secret = true, multiline = true, order = 1)
            String caCertificate,

            @Setting(title = "Client certificate", secret = true, multiline = true, order = 2)
            String clientCertificate,

            @Setting(
                    title = "Client key",
                    description = "PEM, PKCS#8 or RSA.",
                    secret = true,
                    multiline = true,
                    order = 3)
            String clientKey,

            @Setting(title = "Client key password", secret = true, order = 4)
            Optional<String> clientKeyPassword)
            implements SslMode {}

    /// The driver's `sslmode`.
    default String driverMode() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
