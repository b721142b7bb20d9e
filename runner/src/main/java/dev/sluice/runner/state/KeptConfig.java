package dev.sluice.runner.state;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// A configuration that a connector has asked for, usually because a single-use token was renewed.
///
/// @param written by what the user had written then it stood in: a salt and a hash, so that it tells nothing
/// @param config complete: holds secrets
public record KeptConfig(String written, ObjectNode config) {
    private static final int SALT = 16;

    /// @param connector which one it is: a configuration must not reach another connector
    /// @param written what the user wrote, references resolved
    /// @param config what takes its place
    public static KeptConfig inPlaceOf(String connector, ObjectNode written, ObjectNode config) {
        byte[] salt = new byte[SALT];
        new SecureRandom().nextBytes(salt);
        return new KeptConfig(HexFormat.of().formatHex(salt) + hash(salt, connector, written), config);
    }

    /// Whether it stands for this; not when the user has changed his file since.
    public boolean isInPlaceOf(String connector, ObjectNode now) {
        byte[] salt = HexFormat.of().parseHex(written, 0, SALT * 2);
        return written.substring(SALT * 2).equals(hash(salt, connector, now));
    }

    private static String hash(byte[] salt, String connector, ObjectNode config) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(salt);
            // In which order the keys are written makes no difference.
            sha.update(Json.mapper()
                    .writer()
                    .with(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
                    .writeValueAsBytes(Json.mapper()
                            .createObjectNode()
                            .put("connector", connector)
                            .set("config", config)));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    @Override
    public String toString() {
        return "KeptConfig"; // Invariant 6: never the configuration.
    }
}
